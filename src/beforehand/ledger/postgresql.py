"""The PostgreSQL store: one ledger a database, and the row of the head as the writer's lock.

Nothing about durability is set here. What the server, the database or the role say is read
at each group, and anything weaker than a commit that waits for the disk is refused.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from threading import Lock
from typing import Final, Self, TypeAlias

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow

from beforehand.ledger.errors import (
    ClosedError,
    DurabilityError,
    InconsistentError,
    LedgerError,
    UnreachableError,
)
from beforehand.ledger.store import Row, Rows, without_password
from beforehand.ledger.tables import EMPTY, FOR_EVER, SCHEMA, WIDTHS

_Connection: TypeAlias = psycopg.Connection[TupleRow]
_Cursor: TypeAlias = psycopg.Cursor[TupleRow]

_TABLES: Final = {*WIDTHS, "moved"}
_TYPES: Final = {
    "entries": ("int8", "text", "bytea"),
    "hashes": ("int4", "int8", "bytea"),
    "checkpoints": ("int8", "bytea", "text"),
}
"""The types of the columns of each table that rows are added to."""

_CREATE: Final = (
    SCHEMA.format(number="number BIGINT", bytes="BYTEA", integer="BIGINT")
    + """
-- By its bytes: the order of another collation may change with a new system library, and then
-- an index no longer finds, nor keeps unique, what it holds.
ALTER TABLE entries ALTER COLUMN id TYPE TEXT COLLATE "C";
-- Holds the size at which the ledger was moved elsewhere, once it was.
CREATE TABLE moved (size BIGINT NOT NULL);
CREATE FUNCTION stays_as_it_is() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'what is on the ledger stays as it is'; END $$;
"""
)
_TRIGGERS: Final = "".join(
    f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION stays_as_it_is();\n"
    for table in (*FOR_EVER, "moved")
)
_DURABLE: Final = (
    "current_setting('fsync'), current_setting('full_page_writes'),"
    " current_setting('synchronous_commit')"
)
# Each goes out in one message. At READ COMMITTED each statement sees what was committed before
# it began: so the second SELECT sees what he did for whom the first one waited.
_WRITE: Final = (
    f"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SELECT {_DURABLE} FROM head FOR UPDATE;"  # noqa: S608  # ours
    " SELECT size FROM moved"
)
_READ: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT size FROM moved"
_TOGETHER: Final = 1000
_IDLE: Final = 4
"""How many connections are kept for the next reads: making one takes longer than most reads."""


class PostgresqlStore:
    """One process's hold on the database. Several processes and threads may hold the same one.

    address   a libpq address; its server, role or service file may hold what it does not
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self.check: Callable[[], None] = lambda: None
        self._writing = Lock()
        self._db: _Connection | None = None
        self._idle: list[_Connection] = []
        self._idle_lock = Lock()
        self._closed = False
        with _saying(self.address), self._connect() as db:
            _require_ledger(db, self.address)
            _require_durable(*db.execute(f"SELECT {_DURABLE}").fetchall())
            _require_here(db.execute("SELECT size FROM moved").fetchall())

    @classmethod
    def create(cls, address: str, *, origin: str) -> Self:
        cls.require_empty(address)
        with (
            _saying(without_password(address)),
            _connection(address) as db,
            db.transaction(),
        ):
            db.execute(_CREATE + _TRIGGERS)
            db.execute("INSERT INTO ledger VALUES (%s)", (origin,))
            db.execute("INSERT INTO head VALUES (%s, %s, %s)", EMPTY.row())
        return cls(address)

    @staticmethod
    def require_empty(address: str) -> None:
        shown = without_password(address)
        with _saying(shown), _connection(address) as db:
            if found := _tables(db):
                named = ", ".join(sorted(name for name, _, _ in found))
                raise LedgerError(f"the database {shown} is not empty: it has {named}")
            if (encoding := db.info.parameter_status("server_encoding")) != "UTF8":
                raise LedgerError(f"expected a database in UTF8, got {encoding}")
            ((may,),) = db.execute(
                "SELECT has_schema_privilege(current_schema(), 'CREATE')"
            )
            if not may:
                raise LedgerError(f"expected a role that may make tables in {shown}")
            _require_durable(*db.execute(f"SELECT {_DURABLE}").fetchall())

    @property
    def address(self) -> str:
        return without_password(self._address)

    @contextmanager
    def read(self) -> Iterator["_Rows"]:
        with _saying(self.address):
            begun = self._begin(self._take_idle(), _READ)
            try:
                _require_here(_next_rows(begun))
                yield _Rows(begun.connection)
            finally:
                _undo(begun.connection)
                self._give_back(begun.connection)

    @contextmanager
    def write(self) -> Iterator["_Rows"]:
        with self._writing, _saying(self.address):
            if self._closed:
                raise ClosedError("the ledger was closed")
            begun = self._begin(self._db, _WRITE)
            self._db = begun.connection
            try:
                _require_durable(*_next_rows(begun))
                _require_here(_next_rows(begun))
                self.check()
                yield _Rows(begun.connection)
                self._commit(begun.connection)
            except BaseException:
                _undo(begun.connection)
                raise

    def retire(self, rows: Rows, *, size: int) -> None:
        rows.run("INSERT INTO moved VALUES (?)", (size,))

    def close(self) -> None:
        with self._writing, self._idle_lock:
            self._closed = True
            for db in (self._db, *self._idle):
                if db is not None:
                    db.close()
            self._idle.clear()

    def _connect(self) -> _Connection:
        return _connection(self._address)

    def _begin(self, db: _Connection | None, sql: str) -> _Cursor:
        """Begin on `db`, or on a new connection if there is none or it was lost."""
        if db is not None:
            try:
                return db.execute(sql)
            except psycopg.OperationalError:
                if not db.closed:
                    _undo(db)
                    raise
                # Lost while nothing was going on in it, so nothing can have been written.
        fresh = self._connect()
        try:
            return fresh.execute(sql)
        except BaseException:
            fresh.close()
            raise

    def _commit(self, db: _Connection) -> None:
        try:
            ended = db.execute("COMMIT").statusmessage
        except psycopg.Error as error:
            if not db.closed:
                raise  # the server answered: it undid everything
            raise UnreachableError(
                f"the connection to {self.address} was lost during the commit: it is NOT KNOWN"
                " whether the last acts were recorded. Look for them before trying again"
            ) from error
        # To the COMMIT of a transaction in which a statement failed it answers ROLLBACK.
        if ended != "COMMIT":
            raise LedgerError(
                f"the database undid the group ({ended}); nothing was written"
            )
        # Now durable. A crash before this line loses only what nobody was told of.

    def _take_idle(self) -> _Connection | None:
        with self._idle_lock:
            if self._closed:
                raise ClosedError("the ledger was closed")
            return self._idle.pop() if self._idle else None

    def _give_back(self, db: _Connection) -> None:
        with self._idle_lock:
            if not (db.closed or self._closed) and len(self._idle) < _IDLE:
                self._idle.append(db)
            else:
                db.close()


class _Rows:
    def __init__(self, db: _Connection) -> None:
        self._db = db
        self._names = count()

    def all(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        return self._execute(sql, values).fetchall()

    def each(self, sql: str, values: Sequence[object] = ()) -> Iterator[Row]:
        name = (
            f"each_{next(self._names)}"  # the end of the transaction closes it, if not we
        )
        self._execute(f"DECLARE {name} NO SCROLL CURSOR FOR {sql}", values)
        while some := self.all(f"FETCH {_TOGETHER} FROM {name}"):
            yield from some
            if len(some) < _TOGETHER:
                break
        self._execute(f"CLOSE {name}")

    def add(self, table: str, rows: Sequence[Row]) -> None:
        copy = f"COPY {table} FROM STDIN (FORMAT BINARY)".encode()
        with self._db.cursor() as cursor, cursor.copy(copy) as into:
            into.set_types(_TYPES[table])
            for row in rows:
                into.write_row(row)

    def run(self, sql: str, values: Sequence[object] = ()) -> None:
        self._execute(sql, values)

    def _execute(self, sql: str, values: Sequence[object] = ()) -> _Cursor:
        # No text of ours holds a % or a ? that does not stand for a value.
        query = sql.replace("?", "%s").encode()
        return self._db.cursor(binary=True).execute(query, values or None)


def _connection(address: str) -> _Connection:
    return psycopg.connect(
        address,
        autocommit=True,
        client_encoding="utf8",
        fallback_application_name="beforehand",
    )


@contextmanager
def _saying(address: str) -> Iterator[None]:
    """Say what the database said as a LedgerError: everything in this was undone."""
    try:
        yield
    except psycopg.Error as error:
        said = " ".join(str(error).split())
        absent = isinstance(error, psycopg.OperationalError)
        kind = UnreachableError if absent else LedgerError
        raise kind(f"the database {address} says: {said}") from error


def _undo(db: _Connection) -> None:
    """End the transaction, if one is open, and drop a connection that is not fit for another."""
    with suppress(psycopg.Error):
        db.execute("ROLLBACK")
    if db.info.transaction_status != TransactionStatus.IDLE:
        db.close()


def _next_rows(cursor: _Cursor) -> list[Row]:
    """Return the rows of the next statement of several."""
    cursor.nextset()
    return cursor.fetchall()


def _tables(db: _Connection) -> list[Row]:
    return db.execute(
        "SELECT relname, relpersistence, pg_table_is_visible(c.oid) FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = relnamespace WHERE relname = ANY(%s)"
        " AND nspname !~ '^pg_' AND nspname <> 'information_schema'",
        (sorted(_TABLES),),
    ).fetchall()


def _require_ledger(db: _Connection, address: str) -> None:
    found = _tables(db)
    if {name for name, _, visible in found if visible} != _TABLES:
        raise LedgerError(f"there is no ledger in the database {address}")
    for name, persistence, _ in found:
        if persistence != "p":
            raise DurabilityError(f"expected a table {name} that outlasts a crash (LOGGED)")


def _require_durable(*rows: Row) -> None:
    """Take what `_DURABLE` gave; with FOR UPDATE, the one row of the head was locked for it."""
    if len(rows) != 1:
        raise InconsistentError(f"expected one row in the table head, got {len(rows)}")
    ((fsync, full_pages, synchronous),) = rows
    if (fsync, full_pages) != ("on", "on") or synchronous not in ("on", "remote_apply"):
        raise DurabilityError(
            "expected fsync on, full_page_writes on and synchronous_commit on or remote_apply,"
            f" got {fsync}, {full_pages} and {synchronous}"
        )


def _require_here(moved: Sequence[Row]) -> None:
    for (size,) in moved:
        raise LedgerError(
            f"the ledger was moved elsewhere at {size:,} entries; open the register again"
        )
