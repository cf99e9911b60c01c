"""The SQLite store: one file in WAL mode, synchronous FULL, and a lock file beside it."""

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Self

from beforehand.ledger.durable import locked, open_durably, require_durable, sync_folder
from beforehand.ledger.errors import ClosedError, LedgerError
from beforehand.ledger.store import Row, Rows
from beforehand.ledger.tables import EMPTY, FOR_EVER, SCHEMA, WIDTHS

_TRIGGERS = "".join(
    f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}"
    " BEGIN SELECT RAISE(ABORT, 'what is on the ledger stays as it is'); END;\n"
    for table in FOR_EVER
    for verb in ("UPDATE", "DELETE")
)


class SqliteStore:
    """One process's hold on the file. Several processes and threads may hold the same one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.check: Callable[[], None] = lambda: None
        self._db = open_durably(path)
        self._file = _file_at(path)
        self._lock_file = os.open(_lock_path(path), os.O_RDWR | os.O_CREAT, 0o600)
        self._writing = Lock()  # flock does not part two threads that share one handle

    @classmethod
    def create(cls, path: Path, *, origin: str) -> Self:
        cls.require_empty(path)
        schema = SCHEMA.format(number="number INTEGER", bytes="BLOB", integer="INTEGER")
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            db.executescript(f"BEGIN; {schema} {_TRIGGERS} COMMIT;")
            db.execute("BEGIN")
            db.execute("INSERT INTO ledger VALUES (?)", (origin,))
            db.execute("INSERT INTO head VALUES (?, ?, ?)", EMPTY.row())
            db.execute("COMMIT")
        sync_folder(path.parent)
        return cls(path)

    @staticmethod
    def require_empty(path: Path) -> None:
        for one in (path, _with_suffix(path, "-wal")):
            if one.exists():
                raise LedgerError(f"{one} is there already")
        for moved in path.parent.glob(f"{path.name}.moved-*"):
            if not moved.name.endswith(("-wal", "-shm", "-journal")):
                _require_let_go(moved)

    @property
    def address(self) -> str:
        return str(self.path)

    @contextmanager
    def read(self) -> Iterator["_Rows"]:
        self._require_here()
        # A connection of its own gives each read one moment, apart from an open group.
        uri = f"{self.path.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as db:
            db.execute("BEGIN")
            yield _Rows(db)

    @contextmanager
    def write(self) -> Iterator["_Rows"]:
        with self._writing:
            if self._lock_file < 0:
                raise ClosedError("the ledger was closed")
            with locked(self._lock_file):
                self._require_here()
                self.check()
                require_durable(self._db)
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    yield _Rows(self._db)
                    self._commit()
                except BaseException:
                    # A failed COMMIT may have ended the transaction already.
                    with suppress(sqlite3.OperationalError):
                        self._db.execute("ROLLBACK")
                    raise

    def _commit(self) -> None:
        self._db.execute("COMMIT")
        # Now durable. A crash before this line loses only what nobody was told of.

    def retire(self, rows: Rows, *, size: int) -> None:  # noqa: ARG002  # the other needs them
        new = _free_name(self.path, size)
        # The write-ahead log goes with the file, which would lack what is in it.
        for suffix in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                _with_suffix(self.path, suffix).rename(_with_suffix(new, suffix))
        sync_folder(self.path.parent)

    def _require_here(self) -> None:
        if _file_at(self.path) != self._file:
            raise LedgerError(f"{self.path} was moved; open the register again")

    def close(self) -> None:
        with self._writing:
            self._db.close()
            if self._lock_file >= 0:
                os.close(self._lock_file)
            self._lock_file = -1


class _Rows:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def all(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        return self._db.execute(sql, values).fetchall()

    def each(self, sql: str, values: Sequence[object] = ()) -> Iterator[Row]:
        return self._db.execute(sql, values)

    def add(self, table: str, rows: Sequence[Row]) -> None:
        places = ", ".join("?" * WIDTHS[table])
        self._db.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608  # a table of ours

    def run(self, sql: str, values: Sequence[object] = ()) -> None:
        self._db.execute(sql, values)


def _lock_path(path: Path) -> Path:
    return _with_suffix(path, ".lock")


def _with_suffix(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _file_at(path: Path) -> tuple[int, int] | None:
    """Return what tells the file at `path` from any other; None if there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _free_name(path: Path, size: int) -> Path:
    """Return a name for a ledger that was moved at `size` entries; it may have been twice."""
    new = _with_suffix(path, f".moved-{size}")
    return next(
        one
        for one in (new, *(_with_suffix(new, f"-{n}") for n in range(2, 1000)))
        if not one.exists()
    )


def _require_let_go(moved: Path) -> None:
    """Raise LedgerError if a process still holds a ledger that was moved away.

    When it ends, SQLite would delete the write-ahead log that it knew by name, and that would
    be the one of the new ledger. Leaving WAL mode needs every other connection to be gone.
    """
    with closing(sqlite3.connect(moved, isolation_level=None, timeout=0)) as db:
        try:
            db.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            raise LedgerError(
                f"{moved} is still held by a process that opened the register before it was"
                f" moved ({error}); end that process first"
            ) from error
