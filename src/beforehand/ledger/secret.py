"""A secret file: SQLite for its owner alone, from which what is shredded leaves no trace.

Shredding deletes rows, empties the write-ahead log and rewrites the file, so that no page and
no frame holds the old bytes. What a disk keeps of blocks that a file no longer uses, and what
a backup keeps, is not in its power.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, Self

from beforehand.ledger.durable import open_durably
from beforehand.ledger.errors import BusyError, LedgerError

Row = Sequence[str | bytes | int]

_SHREDDED: Final = """
CREATE TABLE shredded (
  deletion TEXT NOT NULL, what TEXT NOT NULL, rows INTEGER NOT NULL,
  PRIMARY KEY (deletion, what)
) WITHOUT ROWID;
"""


class SecretFile:
    """One such file. Its owner sees to it that one thread at a time uses it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db = open_durably(path)
        self._db.execute("PRAGMA secure_delete = ON")
        # Rewriting the file must not copy it into a folder of temporary files.
        self._db.execute("PRAGMA temp_store = MEMORY")

    @classmethod
    def create(cls, path: Path, schema: str) -> Self:
        if path.exists():
            raise LedgerError(f"{path} is there already")
        path.touch(mode=0o600)
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA secure_delete = ON")
            db.executescript(f"BEGIN; {schema} {_SHREDDED} COMMIT;")
        return cls(path)

    def close(self) -> None:
        self._db.close()

    def read(self, sql: str, values: Row = ()) -> list[tuple[str | bytes | int, ...]]:
        return self._db.execute(sql, values).fetchall()

    def write(self, sql: str, rows: Iterable[Row]) -> None:
        """Run one statement for each row, in one commit; durable when this returns."""
        with self._committed():
            self._db.executemany(sql, rows)

    def shred(self, deletion: str, what: str, sql: str, rows: Iterable[Row]) -> int:
        """Delete by `sql`, without a trace; return how many rows `deletion` deleted in all.

        Repeatable: the count is committed with the rows it counts, so that a crash at any
        point loses neither. Raises BusyError where another process is reading.
        """
        count = "INSERT INTO shredded VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET rows = rows + excluded.rows"
        with self._committed():
            gone = self._db.executemany(sql, rows).rowcount
            self._db.execute(count, (deletion, what, max(gone, 0)))
        # The rows are gone, durably; their bytes still stand in the log. A crash here is
        # mended by doing it again, which deletes nothing and rewrites the file.
        self._rewrite()
        ((total,),) = self.read(
            "SELECT rows FROM shredded WHERE deletion = ? AND what = ?", (deletion, what)
        )
        return int(total)

    @contextmanager
    def _committed(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise

    def _rewrite(self) -> None:
        for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM") * 2:
            try:
                found = self._db.execute(statement).fetchone()
            except sqlite3.OperationalError as error:
                raise BusyError(f"{self.path} is in use: {error}; try again") from error
            if found is not None and found[0]:
                raise BusyError(
                    f"{self.path} is being read; close what reads it, try again"
                )
