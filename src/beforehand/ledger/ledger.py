"""The ledger: entries in one order, each append in a durable group, whatever store holds them.

The head (size, newest time, right edge) moves in the same transaction as the entries.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import get_ident
from typing import Final, NamedTuple, Self

import msgspec

from beforehand.ledger import merkle
from beforehand.ledger.checkpoint import Checkpoint
from beforehand.ledger.entry import Envelope, check_many, decode_trusted
from beforehand.ledger.errors import ConflictingIdError, LedgerError, OvertakenError
from beforehand.ledger.merkle import Edge, HashAt
from beforehand.ledger.store import Store, create_store, open_store
from beforehand.ledger.tables import (
    Group,
    Head,
    read_entries,
    read_head,
    require_sound,
    stored_hashes,
)

_TOGETHER: Final = 1000
"""How many ids are looked up at once: far below what a statement may hold."""
_END: Final = 2**62


class Signed(NamedTuple):
    """A checkpoint as it was recorded, with its signed note."""

    checkpoint: Checkpoint
    note: str


class Ledger:
    """One process's hold on a ledger. Several processes and threads may hold the same one."""

    def __init__(self, store: Store) -> None:
        """Take a store. Raises InconsistentError if what it holds contradicts itself."""
        self.store = store
        self._group: Group | None = None
        try:
            with store.read() as rows:
                ((self.origin,),) = rows.all("SELECT origin FROM ledger")
                require_sound(rows)
        except BaseException:
            store.close()
            raise

    @classmethod
    def create(cls, address: Path | str, *, origin: str) -> Self:
        """Make an empty ledger.

        address  a path for SQLite, or `postgresql://...`
        origin   its URL without scheme or trailing slash; also the name of its signing key
        """
        return cls(create_store(address, origin=origin))

    @classmethod
    def open(cls, address: Path | str) -> Self:
        """Open a ledger. Raises DurabilityError, or InconsistentError if it contradicts itself."""
        return cls(open_store(address))

    def close(self) -> None:
        self.store.close()

    # -- writing

    @contextmanager
    def group(self) -> Iterator[None]:
        """Append in this: everything becomes durable when it ends, or nothing does if it raises.

        Waits for whoever else is writing, in this process or another.
        """
        with self.store.write() as rows:
            try:
                # Read here, under the lock: another process may have appended since.
                self._group = Group(rows)
                yield
                self._group.write()
            finally:
                self._group = None

    def append(self, entry: bytes) -> int:
        """Add `entry` to the open group and return its index.

        An entry with an id that is here already, and the same in all but `at` and `decision`
        (which are not the caller's), is not added: its index is returned.

        Raises MalformedEntryError, EntryTooLargeError, ConflictingIdError; ClockError when `at`
        is not after the newest entry's.
        """
        (index,) = self.append_many([entry])
        return index

    def append_new(self, entry: bytes) -> int:
        """Add `entry`, whose id was made by chance just now, and return its index.

        So no id is looked up: the lookup's pause would let every waiting thread in between.
        The store still refuses an id that it has, and then the whole group.
        Raises MalformedEntryError, EntryTooLargeError, ClockError.
        """
        (checked,) = check_many([entry])
        return self._open_group().add(checked, entry)

    def append_many(self, entries: Sequence[bytes]) -> list[int]:
        """Add each of `entries`, as `append` does, at a fraction of the cost; return their indexes.

        Raises as `append` does, and then some of them may stand in the open group already.
        """
        group = self._open_group()
        indexes: list[int] = []
        for first in range(0, len(entries), _TOGETHER):
            some = entries[first : first + _TOGETHER]
            checked = check_many(some)
            earlier = group.earlier([one.id for one in checked])
            for one, entry in zip(checked, some, strict=True):
                known = earlier.get(one.id)
                if known is None:
                    index = group.add(one, entry)
                    earlier[one.id] = index, entry  # it may stand twice among these
                else:
                    index = _same(*known, entry, one.id)
                indexes.append(index)
        return indexes

    def earlier(self, entry_id: str) -> tuple[int, bytes] | None:
        """Return the index and bytes of the entry with this id; to be asked inside a group."""
        return self._open_group().earlier([entry_id]).get(entry_id)

    def last_time(self) -> str | None:
        """Return the newest entry's time; inside a group, what the group appended counts."""
        own = self._own_group()
        return (own.at if own else self._head().at) or None

    def _own_group(self) -> Group | None:
        # What another thread is appending is not there yet for this one.
        group = self._group
        return group if group is not None and group.thread == get_ident() else None

    def _open_group(self) -> Group:
        group = self._own_group()
        if group is None:
            raise LedgerError("expected to be called inside `with ledger.group():`")
        return group

    # -- reading; each call sees what is durable at that moment

    @property
    def size(self) -> int:
        """How many entries there are; inside a group, those it appended count."""
        own = self._own_group()
        return own.size if own else self._head().edge.size

    def head(self) -> Edge:
        return self._head().edge

    def _head(self) -> Head:
        with self.store.read() as rows:
            return read_head(rows)

    def entries(
        self, start: int = 0, stop: int | None = None
    ) -> Iterator[tuple[int, bytes]]:
        """Yield (index, bytes) of entries [start, stop) that are durable."""
        with self.store.read() as rows:
            yield from read_entries(rows, start, _END if stop is None else stop)

    def numbered(self, indexes: Sequence[int]) -> list[tuple[int, bytes]]:
        """Return (index, bytes) of the entries at these indexes, in their order."""
        if not indexes:
            return []
        places = ", ".join("?" * len(indexes))
        with self.store.read() as rows:
            found = rows.all(
                f"SELECT number, bytes FROM entries WHERE number IN ({places}) ORDER BY number",  # noqa: S608  # only question marks
                indexes,
            )
        return [(number, bytes(entry)) for number, entry in found]

    def first_at(self, moment: str) -> int:
        """Return the index of the first entry whose time is `moment` or later, or the size.

        Times ascend with the index, so no index of times is stored. Cost: log2(size) reads.
        """
        with self.store.read() as rows:
            low, high = 0, read_head(rows).edge.size
            while low < high:
                middle = (low + high) // 2
                ((_, entry),) = read_entries(rows, middle, middle + 1)
                if decode_trusted(entry).at < moment:
                    low = middle + 1
                else:
                    high = middle
        return low

    def root(self, size: int) -> bytes:
        """Return the root of the first `size` entries."""
        with self.hashes(size) as hash_at:
            return merkle.root_at(size, hash_at)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        with self.hashes(size) as hash_at:
            return merkle.inclusion_proof(index, size, hash_at)

    def consistency(self, old: int, new: int) -> list[bytes]:
        with self.hashes(new) as hash_at:
            return merkle.consistency_proof(old, new, hash_at)

    @contextmanager
    def hashes(self, size: int) -> Iterator[HashAt]:
        """Give the hashes of the stored tree, of which `size` entries must be durable."""
        with self.store.read() as rows:
            if not 0 <= size <= (have := read_head(rows).edge.size):
                raise LedgerError(f"the ledger has {have:,} entries, not {size:,}")
            yield stored_hashes(rows)

    # -- checkpoints

    def checkpoints(self) -> list[Signed]:
        """Return every checkpoint that was recorded, the smallest first."""
        with self.store.read() as rows:
            found = rows.all("SELECT size, root, note FROM checkpoints ORDER BY size")
        return [
            Signed(Checkpoint(origin=self.origin, size=size, root=bytes(root)), note)
            for size, root, note in found
        ]

    def record_checkpoint(self, signed: Signed, *, newest: int | None) -> None:
        """Record a signed head, if the newest one recorded still has the size `newest`.

        Raises OvertakenError otherwise: two processes must never sign apart.
        """
        checkpoint = signed.checkpoint
        with self.store.write() as rows:
            ((found,),) = rows.all("SELECT max(size) FROM checkpoints")
            if found != newest or (newest is not None and newest >= checkpoint.size):
                raise OvertakenError(
                    f"expected the newest checkpoint to have the size {newest}, got {found};"
                    " publish again"
                )
            rows.add("checkpoints", [(checkpoint.size, checkpoint.root, signed.note)])


def _same(index: int, stored: bytes, entry: bytes, entry_id: str) -> int:
    """Return `index` if both say the same; their ids are."""
    if _content(stored) != _content(entry):
        raise ConflictingIdError(
            f"entry {index:,} has the id {entry_id} already, with other content"
        )
    return index


def _content(entry: bytes) -> Envelope:
    """Return the part of an entry that its author is answerable for."""
    return msgspec.structs.replace(decode_trusted(entry), at="", decision=None)
