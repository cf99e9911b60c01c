"""The tables of a ledger: their schema, the head, the stored hashes, one group of appends.

Entries, tile hashes and checkpoints are only ever inserted; triggers forbid the rest. What
can be had from the entries themselves is not stored beside them, but for two things that a
proof or an append needs at once: the hash of each full tile, and the head.
"""

from collections.abc import Iterator, Sequence
from threading import get_ident
from typing import Any, Final, NamedTuple

from beforehand.ledger import merkle
from beforehand.ledger.entry import Checked
from beforehand.ledger.errors import ClockError, InconsistentError
from beforehand.ledger.merkle import HASH_BYTES, TILE_HEIGHT, Edge, HashAt, leaf_hash
from beforehand.ledger.store import Row, Rows
from beforehand.ledger.tiles import split_hashes

SCHEMA: Final = """
CREATE TABLE ledger (origin TEXT NOT NULL);
CREATE TABLE entries ({number} PRIMARY KEY, id TEXT NOT NULL UNIQUE, bytes {bytes} NOT NULL);
CREATE TABLE hashes (
  level INTEGER NOT NULL, {number} NOT NULL, hash {bytes} NOT NULL, PRIMARY KEY (level, number)
);
CREATE TABLE checkpoints (size {integer} PRIMARY KEY, root {bytes} NOT NULL, note TEXT NOT NULL);
CREATE TABLE head (size {integer} NOT NULL, at TEXT NOT NULL, edge {bytes} NOT NULL);
"""
"""For `.format(number=..., bytes=..., integer=...)`: the stores name their types otherwise."""

FOR_EVER: Final = ("ledger", "entries", "hashes", "checkpoints")
"""The tables whose rows nothing may update or delete."""

WIDTHS: Final = {"ledger": 1, "entries": 3, "hashes": 3, "checkpoints": 3, "head": 3}
"""How many columns each table has."""

_TILE: Final = 1 << TILE_HEIGHT


class Head(NamedTuple):
    """Where the ledger stands.

    at   the time of the newest entry; empty when there is none
    """

    edge: Edge
    at: str

    def row(self) -> Row:
        return self.edge.size, self.at, b"".join(self.edge.hashes)


EMPTY: Final = Head(Edge(), "")


def read_head(rows: Rows) -> Head:
    ((size, at, edge),) = rows.all("SELECT size, at, edge FROM head")
    return Head(Edge(size, split_hashes(bytes(edge))), at)


def read_entries(rows: Rows, start: int, stop: int) -> Iterator[tuple[int, bytes]]:
    """Yield (index, bytes) of entries [start, stop), as far as there are any."""
    for number, entry in rows.each(
        "SELECT number, bytes FROM entries WHERE number >= ? AND number < ? ORDER BY number",
        (start, stop),
    ):
        yield number, bytes(entry)


def stored_hashes(rows: Rows) -> HashAt:
    """Return the hashes of the stored tree; those below a full tile are made of its entries."""

    def stored(level: int, start: int, stop: int) -> list[bytes]:
        if level == 0:
            found = [leaf_hash(entry) for _, entry in read_entries(rows, start, stop)]
        else:
            found = [
                bytes(one)
                for (one,) in rows.all(
                    "SELECT hash FROM hashes WHERE level = ? AND number >= ? AND number < ?"
                    " ORDER BY number",
                    (level, start, stop),
                )
            ]
        if len(found) != stop - start or any(len(one) != HASH_BYTES for one in found):
            raise InconsistentError(
                f"hashes {start:,} to {stop:,} of level {level} are not stored"
            )
        return found

    return merkle.from_tiles(stored)


def require_sound(rows: Rows) -> None:
    """Hold the head against the rows, the newest tiles and the newest checkpoint.

    Publishing reads every new row back; this is quick enough for each start.
    """
    edge = read_head(rows).edge
    ((count,),) = rows.all("SELECT coalesce(max(number) + 1, 0) FROM entries")
    if count != edge.size:
        raise InconsistentError(f"the head says {edge.size:,} entries, there are {count:,}")
    hash_at = stored_hashes(rows)
    full = edge.size // _TILE
    for tile in range(max(0, full - 2), full):
        first, stop = tile * _TILE, (tile + 1) * _TILE
        leaves = [leaf_hash(entry) for _, entry in read_entries(rows, first, stop)]
        if merkle.root(leaves) != hash_at(TILE_HEIGHT, tile):
            raise InconsistentError(
                f"entries {first:,} to {stop - 1:,} are not what was hashed"
            )
    if Edge.at(edge.size, hash_at).hashes != edge.hashes:
        raise InconsistentError("the head is not the edge of the stored entries and hashes")
    for size, signed_root in rows.all(
        "SELECT size, root FROM checkpoints ORDER BY size DESC LIMIT 1"
    ):
        require_extends(edge.size, hash_at, size, bytes(signed_root))


def require_extends(
    size: int, hash_at: HashAt, signed_size: int, signed_root: bytes
) -> None:
    """Raise InconsistentError unless the tree begins with what a checkpoint signed."""
    if signed_size > size:
        raise InconsistentError(
            f"a checkpoint of {signed_size:,} entries was signed, the ledger has {size:,};"
            " was an older copy restored?"
        )
    if merkle.root_at(signed_size, hash_at) != signed_root:
        raise InconsistentError(
            f"the ledger is not what was signed at {signed_size:,} entries"
        )


class Group:
    """What one transaction appends: checked here, hashed and written when it ends."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._edge, self.at = read_head(rows)
        self.thread = get_ident()
        self._new: list[Row] = []
        self._by_id: dict[str, tuple[int, bytes]] = {}

    @property
    def size(self) -> int:
        return self._edge.size + len(self._new)

    def earlier(self, ids: Sequence[str]) -> dict[str, tuple[int, bytes]]:
        """Return the index and bytes of each entry that has one of these ids."""
        places = ", ".join("?" * len(ids))
        found = {
            entry_id: (number, bytes(entry))
            for number, entry_id, entry in self._rows.all(
                f"SELECT number, id, bytes FROM entries WHERE id IN ({places})",  # noqa: S608  # only question marks
                ids,
            )
        }
        return found | {one: self._by_id[one] for one in ids if one in self._by_id}

    def add(self, checked: Checked[Any], entry: bytes) -> int:
        if checked.at <= self.at:
            raise ClockError(f"expected a time after {self.at}, got {checked.at}")
        number = self.size
        self.at = checked.at
        self._new.append((number, checked.id, entry))
        self._by_id[checked.id] = number, entry
        return number

    def write(self) -> None:
        """Write everything to the open transaction."""
        if not self._new:
            return
        self._rows.add("entries", self._new)
        completed = self._edge.extend([leaf_hash(entry) for _, _, entry in self._new])
        hashes = [
            (level, number, one)
            for level, (first, found) in completed.items()
            for number, one in enumerate(found, first)
        ]
        if hashes:
            self._rows.add("hashes", hashes)
        self._rows.run(
            "UPDATE head SET size = ?, at = ?, edge = ?", Head(self._edge, self.at).row()
        )
