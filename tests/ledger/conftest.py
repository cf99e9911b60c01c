import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import msgspec
import psycopg
import pytest

from beforehand.ledger import Envelope, Ledger, Signer, encode, time_text
from beforehand.ledger.sqlite import SqliteStore
from beforehand.ledger.tables import FOR_EVER

START = datetime(2026, 1, 1, tzinfo=UTC)
ORIGIN = "ledger.example/test"
ZEROBLOB = """CREATE FUNCTION zeroblob(size int) RETURNS bytea LANGUAGE sql
AS $$ SELECT decode(repeat('00', size), 'hex') $$"""
"""What SQLite has and PostgreSQL has not."""


def _envelope(number: int, **changes: object) -> Envelope:
    plain = Envelope(
        actor="p-1",
        at=time_text(START + timedelta(microseconds=number)),
        data=msgspec.Raw(b'{"days":30,"form":"aggregate"}'),
        decision=None,
        id=f"id-{number}",
        kind="contract.awarded",
        kv=1,
        refs=(),
        seal={},
        subject="c-1",
    )
    return msgspec.structs.replace(plain, **changes)


@pytest.fixture
def envelope() -> Callable[..., Envelope]:
    """Make the envelope of one number: later numbers are later in time."""
    return _envelope


@pytest.fixture
def entry() -> Callable[..., bytes]:
    """Make the bytes of one entry: later numbers are later in time."""

    def make(number: int, **changes: object) -> bytes:
        return encode(_envelope(number, **changes))

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """Give an empty ledger, once in each store."""
    address: Path | str = tmp_path / "ledger.sqlite"
    if request.param == "postgresql":
        address = request.getfixturevalue("database")
    with closing(Ledger.create(address, origin=ORIGIN)) as ledger:
        yield ledger


@pytest.fixture
def sqlite_ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Give a ledger for what is so of SQLite alone."""
    with closing(Ledger.create(tmp_path / "only.sqlite", origin=ORIGIN)) as ledger:
        yield ledger


@pytest.fixture
def tamper() -> Callable[[Ledger, str], None]:
    """Do to a ledger's rows what its triggers forbid."""

    def tamper(ledger: Ledger, statement: str) -> None:
        if isinstance(ledger.store, SqliteStore):
            with closing(sqlite3.connect(ledger.store.path)) as lite, lite:
                for table, verb in product(FOR_EVER, ("UPDATE", "DELETE")):
                    lite.execute(f"DROP TRIGGER {table}_no_{verb}")
                lite.execute(statement)
        else:
            with psycopg.connect(ledger.store.address) as db:
                for table in FOR_EVER:
                    db.execute(f"DROP TRIGGER {table}_stays ON {table}".encode())
                db.execute(ZEROBLOB)
                db.execute(statement.encode())

    return tamper


@pytest.fixture
def fill(ledger: Ledger, entry: Callable[..., bytes]) -> Callable[[int], None]:
    """Append numbered entries until the ledger has so many."""

    def until(size: int) -> None:
        with ledger.group():
            for number in range(ledger.size, size):
                ledger.append(entry(number))

    return until


@pytest.fixture
def signer() -> Signer:
    return Signer.generate(ORIGIN)
