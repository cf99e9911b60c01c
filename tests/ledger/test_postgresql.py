"""What is so of PostgreSQL alone; what is so of both stores is in test_ledger.py."""

import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from threading import Thread

import psycopg
import pytest

from beforehand.ledger import Ledger
from beforehand.ledger.errors import ClosedError, DurabilityError, LedgerError
from beforehand.ledger.postgresql import PostgresqlStore
from beforehand.ledger.store import open_store, without_password
from tests.ledger.postgres_server import Server, running_server

ORIGIN = "ledger.example/test"
Make = Callable[..., bytes]


@pytest.fixture
def store(database: str) -> Iterator[PostgresqlStore]:
    with closing(PostgresqlStore.create(database, origin=ORIGIN)) as store:
        yield store


@pytest.fixture
def ledger(store: PostgresqlStore) -> Ledger:
    return Ledger(store)


@pytest.fixture
def admin(store: PostgresqlStore) -> Iterator[psycopg.Connection]:
    """Give another connection to the ledger's database."""
    with psycopg.connect(store.address, autocommit=True) as db:
        yield db


def end_all_others(db: psycopg.Connection) -> None:
    db.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )


# -- durability


def test_the_server_of_the_tests_waits_for_the_disk(admin: psycopg.Connection) -> None:
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        assert admin.execute(f"SHOW {name}".encode()).fetchone() == ("on",)


@pytest.mark.parametrize("level", ["off", "local", "remote_write"])
@pytest.mark.parametrize("who", ["DATABASE {}", "ROLE weak"])
def test_a_commit_that_does_not_wait_for_the_disk_is_refused(
    server: Server, database: str, level: str, who: str
) -> None:
    PostgresqlStore.create(database, origin=ORIGIN).close()
    weak = database.replace("postgres@", "weak@") if who == "ROLE weak" else database
    with psycopg.connect(database, autocommit=True) as db:
        db.execute("CREATE ROLE weak LOGIN SUPERUSER")
        name = who.format(db.info.dbname)
        db.execute(f"ALTER {name} SET synchronous_commit = {level}".encode())
    try:
        with pytest.raises(DurabilityError, match=f"got on, on and {level}"):
            Ledger.open(weak)
        with pytest.raises(LedgerError, match="not empty"):
            PostgresqlStore.create(weak, origin=ORIGIN)
    finally:
        with server.admin() as db:
            db.execute("DROP ROLE weak")


def test_a_group_is_refused_when_its_session_was_weakened(
    store: PostgresqlStore, ledger: Ledger, entry: Make
) -> None:
    with ledger.group():
        ledger.append(entry(0))
    assert store._db is not None  # noqa: SLF001  # there is no other way
    store._db.execute("SET synchronous_commit = off")  # noqa: SLF001
    with pytest.raises(DurabilityError, match="on, on and off"), ledger.group():
        ledger.append(entry(1))
    assert ledger.size == 1
    store._db.execute("SET synchronous_commit = remote_apply")  # noqa: SLF001
    with ledger.group():
        ledger.append(entry(1))


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
def test_a_server_that_does_not_write_to_the_disk_is_refused(setting: str) -> None:
    with (
        running_server(**{setting: "off"}) as server,
        server.database() as address,
        pytest.raises(DurabilityError, match="expected fsync on"),
    ):
        Ledger.create(address, origin=ORIGIN)


def test_a_table_that_a_crash_empties_is_refused(
    database: str, store: PostgresqlStore, admin: psycopg.Connection
) -> None:
    store.close()
    admin.execute("ALTER TABLE entries SET UNLOGGED")
    with pytest.raises(DurabilityError, match="table entries"):
        Ledger.open(database)


# -- connections


def test_a_connection_lost_in_a_group_writes_nothing_and_the_next_group_works(
    ledger: Ledger, entry: Make, admin: psycopg.Connection
) -> None:
    with ledger.group():
        ledger.append(entry(0))

    def lose() -> None:
        with ledger.group():
            ledger.append(entry(1))
            end_all_others(admin)

    with pytest.raises(LedgerError, match="terminating connection"):
        lose()
    assert ledger.size == 1
    with ledger.group():
        assert ledger.append(entry(1)) == 1


def test_connections_lost_while_idle_are_made_anew(
    ledger: Ledger, entry: Make, admin: psycopg.Connection
) -> None:
    for n in range(3):
        with ledger.group():
            assert ledger.append(entry(n)) == n
        assert ledger.size == n + 1
        end_all_others(admin)
        assert ledger.last_time() is not None
        end_all_others(admin)


def test_a_commit_that_was_not_answered_is_said_to_be_unknown(
    ledger: Ledger, entry: Make, admin: psycopg.Connection
) -> None:
    admin.execute(
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM pg_sleep(30); RETURN NEW; END $$;"
        " CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON entries DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION slow()"
    )
    said: list[LedgerError] = []

    def write() -> None:
        try:
            with ledger.group():
                ledger.append(entry(0))
        except LedgerError as error:
            said.append(error)

    writer = Thread(target=write)
    writer.start()
    in_commit = "SELECT count(*) FROM pg_stat_activity WHERE query = 'COMMIT' AND wait_event = 'PgSleep'"
    while admin.execute(in_commit).fetchone() != (1,):
        pass
    end_all_others(admin)
    writer.join(20)
    assert "NOT KNOWN" in str(said[0])
    admin.execute("DROP TRIGGER slow ON entries")
    with ledger.group():
        assert ledger.append(entry(0)) == 0


def test_a_group_in_which_a_statement_failed_is_never_acknowledged(
    store: PostgresqlStore, ledger: Ledger, entry: Make
) -> None:
    """PostgreSQL answers the COMMIT of such a transaction without an error."""

    def write() -> None:
        with store.write() as rows:
            rows.add("entries", [(0, "id-0", entry(0))])
            with pytest.raises(psycopg.Error):
                rows.run("SELECT 1 / 0")

    with pytest.raises(LedgerError, match=r"\(ROLLBACK\); nothing was written"):
        write()
    assert list(ledger.entries()) == []


def test_a_statement_that_the_database_refuses_is_said_in_its_words(
    store: PostgresqlStore, ledger: Ledger, entry: Make
) -> None:
    def write() -> None:
        with store.write() as rows:
            rows.add("entries", [(0, "id-0", entry(0)), (1, "id-0", entry(0))])

    with pytest.raises(LedgerError, match="duplicate key"):
        write()
    with ledger.group():
        assert ledger.append(entry(0)) == 0


def test_a_closed_store_reads_and_writes_nothing(store: PostgresqlStore) -> None:
    reading = store.read()
    reading.__enter__()
    store.close()
    reading.__exit__(None, None, None)
    store.close()
    with pytest.raises(ClosedError), store.read():
        pass
    with pytest.raises(ClosedError), store.write():
        pass


# -- reading


def test_rows_come_as_they_are_fetched_while_others_are_asked_for(
    store: PostgresqlStore, ledger: Ledger, entry: Make
) -> None:
    with ledger.group():
        ledger.append_many([entry(n) for n in range(2500)])
    with store.read() as rows:
        one = rows.each(
            "SELECT number, bytes FROM entries WHERE number >= ? ORDER BY number", [5]
        )
        two = rows.each("SELECT number FROM entries ORDER BY number")
        assert [next(one), *islice(one, 1500)] == [(n, entry(n)) for n in range(5, 1506)]
        assert next(two) == (0,)
        assert rows.all("SELECT count(*) FROM entries") == [(2500,)]
        assert len(list(one)) == 2500 - 1506
        still_open = rows.all("SELECT name FROM pg_cursors WHERE name <> ''")
        assert still_open == [("each_1",)]  # the one that was not read to its end
    with store.read() as rows:
        assert list(rows.each("SELECT number FROM entries WHERE number < 0")) == []


def test_a_reader_sees_one_moment_while_others_write(
    store: PostgresqlStore, ledger: Ledger, entry: Make
) -> None:
    with ledger.group():
        ledger.append(entry(0))
    with store.read() as rows:
        with ledger.group():
            ledger.append(entry(1))
        assert rows.all("SELECT size FROM head") == [(1,)]
        assert rows.all("SELECT max(number) FROM entries") == [(0,)]
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            rows.run("DELETE FROM head")
    assert ledger.size == 2


def test_bytes_are_kept_whatever_they_are_and_however_given(store: PostgresqlStore) -> None:
    every = bytes(range(256)) + b"\\x00\n\t"
    with store.write() as rows:
        rows.add("entries", [(0, "a\n\\N", every), (1, "é", memoryview(every))])
        rows.add("checkpoints", [(0, bytearray(every), "— note\n")])
    with store.read() as rows:
        assert rows.all("SELECT * FROM entries ORDER BY number") == [
            (0, "a\n\\N", every),
            (1, "é", every),
        ]
        assert rows.all("SELECT * FROM checkpoints") == [(0, every, "— note\n")]


# -- what is refused


@pytest.mark.parametrize("table", ["entries", "checkpoints", "hashes", "ledger", "moved"])
def test_what_is_recorded_cannot_be_truncated(
    ledger: Ledger, admin: psycopg.Connection, table: str
) -> None:
    with pytest.raises(psycopg.errors.RaiseException, match="stays as it is"):
        admin.execute(f"TRUNCATE {table}".encode())
    assert ledger.origin == ORIGIN


def test_a_database_with_a_table_named_as_ours_is_not_empty(database: str) -> None:
    with psycopg.connect(database) as db:
        db.execute("CREATE SCHEMA other")
        db.execute("CREATE TABLE other.entries (n int)")
    with pytest.raises(LedgerError, match="not empty: it has entries"):
        Ledger.create(database, origin=ORIGIN)


def test_a_database_without_a_ledger_does_not_open(server: Server, database: str) -> None:
    with pytest.raises(LedgerError, match="no ledger in the database"):
        Ledger.open(database)
    with pytest.raises(LedgerError, match='database "nowhere" does not exist'):
        Ledger.open(server.address("nowhere"))


def test_a_role_that_may_not_make_tables_is_refused(server: Server, database: str) -> None:
    with server.admin() as db:
        db.execute("CREATE ROLE reader LOGIN")
    try:
        with pytest.raises(LedgerError, match="may make tables"):
            Ledger.create(database.replace("postgres@", "reader@"), origin=ORIGIN)
    finally:
        with server.admin() as db:
            db.execute("DROP ROLE reader")


def test_a_database_that_is_not_in_utf_8_is_refused(server: Server) -> None:
    with server.admin() as db:
        db.execute(
            "CREATE DATABASE ascii TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'"
        )
    with pytest.raises(LedgerError, match="in UTF8, got SQL_ASCII"):
        Ledger.create(server.address("ascii"), origin=ORIGIN)


def test_of_two_who_make_a_ledger_at_once_one_does(database: str) -> None:
    said: list[str] = []

    def create() -> None:
        try:
            Ledger.create(database, origin=ORIGIN).close()
        except LedgerError as error:
            said.append(str(error))

    threads = [Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(said) == 3
    Ledger.open(database).close()


# -- addresses


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql:///d", "postgresql:///d"),
        ("postgresql://h/d", "postgresql://h/d"),
        ("postgresql://u@h:5432/d?sslmode=verify-full", None),
        ("postgres://u@h1,h2:99/d?target_session_attrs=read-write&x=a@b", None),
        ("postgresql:///d?host=/run/pg&user=u@x", None),
        ("postgresql://u:secret@h/d", "postgresql://u@h/d"),
        ("postgresql://u:@h/d", "postgresql://u@h/d"),
        ("postgresql://u:se:c#r?et@h/d", "postgresql://u@h/d"),
        ("postgresql://h/d?password=secret&user=u", "postgresql://h/d?user=u"),
        ("postgresql://h/d?p%61ssword=secret", "postgresql://h/d?"),
        ("postgresql://h/d?sslpassword=secret&a=b", "postgresql://h/d?a=b"),
    ],
)
def test_an_address_is_shown_without_its_password(address: str, shown: str | None) -> None:
    assert without_password(address) == (address if shown is None else shown)


def test_a_password_is_not_said_when_the_database_cannot_be_reached() -> None:
    address = "postgresql://u:secret-word@localhost:1/d?password=secret-word"
    with pytest.raises(LedgerError) as caught:
        Ledger.open(address)
    assert "secret-word" not in str(caught.value)


def test_without_the_driver_the_message_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "beforehand.ledger.postgresql")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(LedgerError, match=r'pip install "beforehand\[postgresql\]"'):
        open_store("postgresql:///d")
