"""The index: which entries are of a kind, about a subject, by an actor, for an office.

All of it is derived from the entries, so appending never waits for it. It lies in a SQLite
file of its own that may be thrown away at any time, reads what was appended since when it is
asked, and begins anew when it finds that it belongs to another history.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from beforehand.ledger.entry import Envelope, decode_trusted
from beforehand.ledger.errors import LedgerError
from beforehand.ledger.ledger import Ledger
from beforehand.ledger.merkle import root_at

COLUMNS: Final = ("kind", "subject", "actor", "office")
_SCHEMA: Final = """
CREATE TABLE named (
  number INTEGER PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL,
  office TEXT
);
CREATE INDEX by_kind ON named (kind);
CREATE INDEX by_subject ON named (subject);
CREATE INDEX by_actor ON named (actor);
CREATE INDEX by_office ON named (office) WHERE office IS NOT NULL;
CREATE TABLE upto (size INTEGER NOT NULL, root BLOB NOT NULL, origin TEXT NOT NULL);
"""
_TOGETHER: Final = 5000


class _Office(msgspec.Struct):
    office: object = None


class Index:
    """The index of one ledger. Threads and processes may share its file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def find(
        self,
        ledger: Ledger,
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
        names = {"kind": kind, "subject": subject, "actor": actor, "office": office}
        given: dict[str, str | int] = {
            f"{name} = ?": value for name, value in names.items() if value is not None
        }
        first = -1 if after is None else after
        if since is not None:
            first = max(first, ledger.first_at(since) - 1)
        given["number > ?"] = first
        if until is not None:
            given["number < ?"] = ledger.first_at(until)
        with self._caught_up(ledger) as db:
            numbers = db.execute(
                f"SELECT number FROM named WHERE {' AND '.join(given)}"  # noqa: S608  # clauses are ours
                " ORDER BY number LIMIT ?",
                (*given.values(), limit),
            ).fetchall()
        return ledger.numbered([number for (number,) in numbers])

    def rows(self, ledger: Ledger) -> Iterator[tuple[object, ...]]:
        """Yield every row, to compare this index with another of the same ledger."""
        with self._caught_up(ledger) as db:
            yield from db.execute("SELECT * FROM named ORDER BY number")

    @contextmanager
    def _caught_up(self, ledger: Ledger) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, isolation_level=None, timeout=60)) as db:
            self.path.chmod(0o600)
            # Nothing here is worth an fsync: after a crash it is made anew.
            db.execute("PRAGMA synchronous = OFF")
            db.execute("BEGIN IMMEDIATE")
            _catch_up(db, ledger)
            db.execute("COMMIT")
            yield db


def _catch_up(db: sqlite3.Connection, ledger: Ledger) -> None:
    size = _known_size(db, ledger)
    if size is None:
        _begin(db)
        size = 0
    edge = ledger.head()
    if edge.size == size:
        return
    entries = ledger.entries(size, edge.size)
    while some := list(islice(entries, _TOGETHER)):
        db.executemany("INSERT INTO named VALUES (?, ?, ?, ?, ?)", map(_row, some))
    db.execute("DELETE FROM upto")
    db.execute("INSERT INTO upto VALUES (?, ?, ?)", (edge.size, edge.root(), ledger.origin))


def _known_size(db: sqlite3.Connection, ledger: Ledger) -> int | None:
    """Return how many entries are indexed; None unless they are the beginning of this ledger."""
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'upto'").fetchone():
        return None
    found = db.execute("SELECT size, root, origin FROM upto").fetchone()
    if found is None:
        return None
    size, root, origin = found
    try:
        with ledger.hashes(size) as hash_at:
            same = root_at(size, hash_at) == root
    except LedgerError:  # the ledger is shorter: an older copy was restored
        return None
    return size if same and origin == ledger.origin else None


def _begin(db: sqlite3.Connection) -> None:
    for table in ("named", "upto"):
        db.execute(f"DROP TABLE IF EXISTS {table}")
    for statement in filter(str.strip, _SCHEMA.split(";")):
        db.execute(statement)


def _row(numbered: tuple[int, bytes]) -> tuple[object, ...]:
    number, data = numbered
    entry = decode_trusted(data)
    return number, entry.kind, entry.subject, entry.actor, office_of(entry)


def office_of(entry: Envelope) -> str | None:
    """Return the entry's office: `data.office`, where that is text."""
    office = msgspec.json.decode(entry.data, type=_Office).office
    return office if isinstance(office, str) else None
