"""The tables of a ledger in SQLite: their schema, the head, the stored hashes, one group of appends.

Entries, tile hashes and checkpoints are only ever inserted; triggers forbid the rest.
"""

import sqlite3
from threading import get_ident
from typing import Final, NamedTuple

from beforehand.ledger import merkle
from beforehand.ledger.entry import Checked
from beforehand.ledger.errors import ClockError, InconsistentError
from beforehand.ledger.merkle import HASH_BYTES, TILE_HEIGHT, Edge, HashAt, leaf_hash
from beforehand.ledger.tiles import split_hashes

SCHEMA: Final = """
CREATE TABLE ledger (origin TEXT NOT NULL);
CREATE TABLE entries (
  number INTEGER PRIMARY KEY, bytes BLOB NOT NULL, leaf BLOB NOT NULL,
  id TEXT NOT NULL UNIQUE, at TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, office TEXT
);
CREATE INDEX by_kind ON entries (kind);
CREATE INDEX by_subject ON entries (subject);
CREATE INDEX by_actor ON entries (actor);
CREATE INDEX by_office ON entries (office);
CREATE TABLE hashes (
  level INTEGER NOT NULL, number INTEGER NOT NULL, hash BLOB NOT NULL,
  PRIMARY KEY (level, number)
) WITHOUT ROWID;
CREATE TABLE checkpoints (size INTEGER PRIMARY KEY, root BLOB NOT NULL, note TEXT NOT NULL);
CREATE TABLE head (size INTEGER NOT NULL, at TEXT, edge BLOB NOT NULL);
INSERT INTO head VALUES (0, NULL, x'');
"""
FOR_EVER: Final = "".join(
    f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}"
    " BEGIN SELECT RAISE(ABORT, 'what is on the ledger stays as it is'); END;\n"
    for table in ("entries", "hashes", "checkpoints", "ledger")
    for verb in ("UPDATE", "DELETE")
)


class Head(NamedTuple):
    """Where the ledger stands.

    at   the time of the newest entry; None when there is none
    """

    edge: Edge
    at: str | None


def read_head(db: sqlite3.Connection) -> Head:
    size, at, edge = db.execute("SELECT size, at, edge FROM head").fetchone()
    return Head(Edge(size, split_hashes(edge)), at)


def stored_hashes(db: sqlite3.Connection) -> HashAt:
    def stored(level: int, start: int, stop: int) -> list[bytes]:
        if level == 0:
            query = (
                "SELECT leaf FROM entries WHERE number >= ? AND number < ? ORDER BY number"
            )
            rows = db.execute(query, (start, stop)).fetchall()
        else:
            query = (
                "SELECT hash FROM hashes WHERE level = ? AND number >= ? AND number < ?"
                " ORDER BY number"
            )
            rows = db.execute(query, (level, start, stop)).fetchall()
        if len(rows) != stop - start or any(len(row[0]) != HASH_BYTES for row in rows):
            raise InconsistentError(
                f"hashes {start:,} to {stop:,} of level {level} are not stored"
            )
        return [row[0] for row in rows]

    return merkle.from_tiles(stored)


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
    """What one transaction appends."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.edge, self.at = read_head(db)
        self._start = self.edge.size
        self.thread = get_ident()

    def earlier(self, entry_id: str) -> tuple[int, bytes] | None:
        row: tuple[int, bytes] | None = self._db.execute(
            "SELECT number, bytes FROM entries WHERE id = ?", (entry_id,)
        ).fetchone()
        return row

    def add(self, checked: Checked, entry: bytes, office: str | None) -> int:
        if self.at is not None and checked.at <= self.at:
            raise ClockError(f"expected a time after {self.at}, got {checked.at}")
        number = self.edge.size
        leaf = leaf_hash(entry)
        row = (number, entry, leaf, checked.id, checked.at)
        named = (checked.kind, checked.subject, checked.actor, office)
        self._db.execute(
            "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, *named)
        )
        completed = self.edge.append(leaf)
        self.at = checked.at
        for level in range(TILE_HEIGHT, len(completed) + 1, TILE_HEIGHT):
            self._db.execute(
                "INSERT INTO hashes VALUES (?, ?, ?)",
                (level // TILE_HEIGHT, number >> level, completed[level - 1]),
            )
        return number

    def write_head(self) -> None:
        if self.edge.size != self._start:
            self._db.execute(
                "UPDATE head SET size = ?, at = ?, edge = ?",
                (self.edge.size, self.at, b"".join(self.edge.hashes)),
            )
