"""The ledger in a SQLite file: entries in one order, each append in a durable group.

The head (size, newest time, right edge) moves in the same transaction as the entries.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Lock, get_ident
from typing import Final, NamedTuple, Self

import msgspec

from beforehand.ledger import merkle
from beforehand.ledger.checkpoint import Checkpoint
from beforehand.ledger.durable import locked, open_durably, require_durable, sync_folder
from beforehand.ledger.entry import Envelope, check_many, decode_trusted
from beforehand.ledger.errors import (
    ClosedError,
    ConflictingIdError,
    InconsistentError,
    LedgerError,
)
from beforehand.ledger.merkle import Edge, HashAt, leaf_hash
from beforehand.ledger.tables import (
    FOR_EVER,
    SCHEMA,
    Group,
    Head,
    read_head,
    require_extends,
    stored_hashes,
)

_LATEST_ROWS: Final = 512


class Signed(NamedTuple):
    """A checkpoint as it was recorded, with its signed note."""

    checkpoint: Checkpoint
    note: str


class SqliteLedger:
    """One process's hold on a ledger. Several processes and threads may hold the same one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db = open_durably(path)
        self._lock_file = os.open(_lock_path(path), os.O_RDWR | os.O_CREAT, 0o600)
        self._writing = Lock()  # flock does not part two threads that share one handle
        self._group: Group | None = None
        try:
            (self.origin,) = self._db.execute("SELECT origin FROM ledger").fetchone()
            self._require_sound()
        except BaseException:
            self.close()
            raise

    @classmethod
    def create(cls, path: Path, *, origin: str) -> Self:
        """Make an empty ledger.

        origin   its URL without scheme or trailing slash; also the name of its signing key
        """
        if path.exists():
            raise LedgerError(f"{path} is there already")
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            db.executescript(f"BEGIN; {SCHEMA} {FOR_EVER} COMMIT;")
            db.execute("INSERT INTO ledger VALUES (?)", (origin,))
        sync_folder(path.parent)
        return cls(path)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a ledger. Raises DurabilityError, or InconsistentError if it contradicts itself."""
        return cls(path)

    def close(self) -> None:
        with self._writing:
            self._db.close()
            if self._lock_file >= 0:
                os.close(self._lock_file)
            self._lock_file = -1

    # -- writing

    @contextmanager
    def group(self) -> Iterator[None]:
        """Append in this: everything becomes durable when it ends, or nothing does if it raises.

        Waits for whoever else is writing, in this process or another.
        """
        with self._writing:
            if self._lock_file < 0:
                raise ClosedError("the ledger was closed")
            with locked(self._lock_file):
                require_durable(self._db)
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    # Read here, under the lock: another process may have appended since.
                    self._group = Group(self._db)
                    yield
                    self._group.write_head()
                    self._db.execute("COMMIT")
                    # Now durable. A crash before this line loses only what nobody was told of.
                except BaseException:
                    # A failed COMMIT may have ended the transaction already.
                    with suppress(sqlite3.OperationalError):
                        self._db.execute("ROLLBACK")
                    raise
                finally:
                    self._group = None

    def append(self, entry: bytes, *, office: str | None = None) -> int:
        """Add `entry` to the open group and return its index.

        office   indexed for `find`; the ledger does not know where a kind keeps it
        An entry with an id that is here already, and the same in all but `at` and `decision`
        (which are not the caller's), is not added: its index is returned.

        Raises MalformedEntryError, EntryTooLargeError, ConflictingIdError; ClockError when `at`
        is not after the newest entry's.
        """
        (checked,) = check_many([entry])
        group = self._open_group()
        earlier = group.earlier(checked.id)
        if earlier is None:
            return group.add(checked, entry, office)
        number, stored = earlier
        if _content(stored) != _content(entry):
            raise ConflictingIdError(
                f"entry {number:,} has the id {checked.id} already, with other content"
            )
        return number

    def earlier(self, entry_id: str) -> tuple[int, bytes] | None:
        """Return the index and bytes of the entry with this id; to be asked inside a group."""
        return self._open_group().earlier(entry_id)

    def last_time(self) -> str | None:
        """Return the newest entry's time; inside a group, what the group appended counts."""
        own = self._own_group()
        return own.at if own else self._head().at

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
        return own.edge.size if own else self._head().edge.size

    def head(self) -> Edge:
        return self._head().edge

    def _head(self) -> Head:
        with self._reader() as db:
            return read_head(db)

    def entries(
        self, start: int = 0, stop: int | None = None
    ) -> Iterator[tuple[int, bytes]]:
        """Yield (index, bytes) of entries [start, stop) that are durable."""
        with self._reader() as db:
            yield from db.execute(
                "SELECT number, bytes FROM entries WHERE number >= ? AND number < ?",
                (start, 2**62 if stop is None else stop),
            )

    def find(  # one argument a column that can be asked for
        self,
        *,
        kind: str | None = None,
        subject: str | None = None,
        actor: str | None = None,
        office: str | None = None,
        since: str | None = None,
        until: str | None = None,
        after: int | None = None,
        limit: int = 100,
    ) -> list[tuple[int, bytes]]:
        """Return (index, bytes) of the entries that match, the oldest first.

        since, until   times as entries write them; from `since` on, before `until`
        after          an index; only entries beyond it, to read on from an earlier answer
        """
        asked = {
            "kind = ?": kind,
            "subject = ?": subject,
            "actor = ?": actor,
            "office = ?": office,
            "at >= ?": since,
            "at < ?": until,
            "number > ?": after,
        }
        given = {clause: value for clause, value in asked.items() if value is not None}
        where = " AND ".join(["TRUE", *given])
        with self._reader() as db:
            return db.execute(
                f"SELECT number, bytes FROM entries WHERE {where} ORDER BY number LIMIT ?",  # noqa: S608  # clauses are ours
                (*given.values(), limit),
            ).fetchall()

    def inclusion(self, index: int, size: int) -> list[bytes]:
        with self.hashes(size) as hash_at:
            return merkle.inclusion_proof(index, size, hash_at)

    def consistency(self, old: int, new: int) -> list[bytes]:
        with self.hashes(new) as hash_at:
            return merkle.consistency_proof(old, new, hash_at)

    @contextmanager
    def hashes(self, size: int) -> Iterator[HashAt]:
        """Give the hashes of the stored tree, of which `size` entries must be durable."""
        with self._reader() as db:
            if not 0 <= size <= (have := read_head(db).edge.size):
                raise LedgerError(f"the ledger has {have:,} entries, not {size:,}")
            yield stored_hashes(db)

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        # A connection of its own gives each read one moment, apart from an open group.
        uri = f"{self.path.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as db:
            db.execute("BEGIN")
            yield db

    # -- checkpoints

    def checkpoints(self) -> list[Signed]:
        """Return every checkpoint that was recorded, the smallest first."""
        with self._reader() as db:
            rows = db.execute(
                "SELECT size, root, note FROM checkpoints ORDER BY size"
            ).fetchall()
        return [
            Signed(Checkpoint(origin=self.origin, size=size, root=root), note)
            for size, root, note in rows
        ]

    def record_checkpoint(self, signed: Signed, *, newest: int | None) -> None:
        """Record a signed head, if the newest one recorded still has the size `newest`.

        Raises InconsistentError otherwise: two processes must never sign apart.
        """
        checkpoint = signed.checkpoint
        with self.group():
            (found,) = self._db.execute("SELECT max(size) FROM checkpoints").fetchone()
            if found != newest or (newest is not None and newest >= checkpoint.size):
                raise InconsistentError(
                    f"expected the newest checkpoint to have the size {newest}, got {found};"
                    " publish again"
                )
            self._db.execute(
                "INSERT INTO checkpoints VALUES (?, ?, ?)",
                (checkpoint.size, checkpoint.root, signed.note),
            )

    # -- soundness

    def _require_sound(self) -> None:
        """Hold the head against the stored hashes, the newest rows and the newest checkpoint.

        Publishing reads every new row back; this is quick enough for each start.
        """
        with self._reader() as db:
            edge = read_head(db).edge
            (rows,) = db.execute(
                "SELECT coalesce(max(number) + 1, 0) FROM entries"
            ).fetchone()
            if rows != edge.size:
                raise InconsistentError(
                    f"the head says {edge.size:,} entries, there are {rows:,}"
                )
            for number, stored, leaf in db.execute(
                "SELECT number, bytes, leaf FROM entries WHERE number >= ?",
                (rows - _LATEST_ROWS,),
            ):
                if leaf_hash(stored) != leaf:
                    raise InconsistentError(f"entry {number:,} is not what was hashed")
            hash_at = stored_hashes(db)
            if Edge.at(edge.size, hash_at).hashes != edge.hashes:
                raise InconsistentError("the head is not the edge of the stored hashes")
            newest = db.execute(
                "SELECT size, root FROM checkpoints ORDER BY size DESC LIMIT 1"
            ).fetchone()
            if newest is not None:
                require_extends(edge.size, hash_at, *newest)


def _content(entry: bytes) -> Envelope:
    """Return the part of an entry that its author is answerable for."""
    return msgspec.structs.replace(decode_trusted(entry), at="", decision=None)


def _lock_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")
