"""Moving a ledger between stores: nothing is left behind, nothing gets in between."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest

from beforehand.ledger import Ledger, Signer, publish
from beforehand.ledger.errors import InconsistentError, LedgerError
from beforehand.ledger.move import Moved, move
from beforehand.ledger.sqlite import SqliteStore

ORIGIN = "ledger.example/test"
TABLES = {
    "ledger": "origin",
    "entries": "number",
    "hashes": "level, number",
    "checkpoints": "size",
    "head": "size",
}
Make = Callable[..., bytes]
Tamper = Callable[[Ledger, str], None]


@pytest.fixture
def target(ledger: Ledger, tmp_path: Path, request: pytest.FixtureRequest) -> Path | str:
    """Give an empty place in the other store than the ledger is in."""
    if isinstance(ledger.store, SqliteStore):
        address: str = request.getfixturevalue("database")
        return address
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def opened() -> Iterator[list[Ledger]]:
    """Close what a test opens."""
    opened: list[Ledger] = []
    yield opened
    for one in opened:
        one.close()


def untold(_words: str, _share: float) -> None:
    """Nobody asks."""


def unswitched() -> None:
    """Nothing is in force by being named in a file."""


def rows_of(ledger: Ledger) -> dict[str, list[tuple[object, ...]]]:
    with ledger.store.read() as rows:
        return {
            table: list(rows.each(f"SELECT * FROM {table} ORDER BY {order}"))  # noqa: S608
            for table, order in TABLES.items()
        }


@pytest.fixture
def full(ledger: Ledger, entry: Make, signer: Signer, tmp_path: Path) -> Ledger:
    """Give a ledger with full tiles and checkpoints."""
    for first, stop in ((0, 300), (300, 601)):
        with ledger.group():
            ledger.append_many([entry(n) for n in range(first, stop)])
        publish(ledger, tmp_path / "log", signer)
    return ledger


def test_every_row_is_there_and_the_new_one_goes_on(
    full: Ledger, target: Path | str, entry: Make, signer: Signer, tmp_path: Path
) -> None:
    before, root = rows_of(full), full.head().root()
    told: list[tuple[str, float]] = []
    moved = move(full, target, switch=unswitched, told=lambda *one: told.append(one))
    assert moved == Moved(601, root, 2)
    assert told == [("601 of 601 copied", 0.5), ("601 compared", 1.0)]
    with closing(Ledger.open(target)) as now:
        assert rows_of(now) == before
        assert [len(before[table]) for table in ("hashes", "checkpoints")] == [2, 2]
        with now.group():
            assert now.append(entry(601)) == 601
            assert now.append(entry(5)) == 5
        publish(now, tmp_path / "log", signer)
    with pytest.raises(LedgerError, match="moved"):
        full.head()


def test_an_empty_ledger_moves(ledger: Ledger, target: Path | str) -> None:
    moved = move(ledger, target, switch=unswitched, told=untold)
    assert (moved.size, moved.checkpoints) == (0, 0)
    Ledger.open(target).close()


def test_a_target_that_is_not_empty_is_refused_and_the_old_one_stays(
    full: Ledger, target: Path | str, entry: Make
) -> None:
    Ledger.create(target, origin=ORIGIN).close()
    with pytest.raises(LedgerError, match=r"there already|not empty"):
        move(full, target, switch=pytest.fail, told=untold)
    with full.group():
        assert full.append(entry(601)) == 601


def test_who_appends_meanwhile_waits_and_then_is_refused(
    full: Ledger, target: Path | str, entry: Make, opened: list[Ledger]
) -> None:
    """Both those who hold the old ledger, and who opens the new one before it is in force."""
    said: list[str] = []
    at: list[str] = []

    def append(ledger: Ledger, number: int) -> None:
        try:
            with ledger.group():
                at.append("in")
                ledger.append(entry(number))
        except LedgerError as error:
            said.append(str(error))

    old = Ledger.open(full.store.address)
    opened.append(old)
    threads = [Thread(target=append, args=(old, 700))]
    threads[0].start()
    threads[0].join(20)  # it may append before the move
    assert (at, said, old.size) == (["in"], [], 602)

    def switch() -> None:
        new = Ledger.open(target)
        opened.append(new)
        threads[:] = [
            Thread(target=append, args=(old, 701)),
            Thread(target=append, args=(new, 702)),
        ]
        for thread in threads:
            thread.start()
            thread.join(0.3)
            assert thread.is_alive()
        at.append("switched")

    moved = move(full, target, switch=switch, told=untold)
    for thread in threads:
        thread.join(20)
    assert moved.size == 602
    assert at == ["in", "switched", "in"]  # the new one's
    assert len(said) == 1
    assert "moved" in said[0]
    assert opened[1].size == 603


@pytest.mark.parametrize(
    ("harm", "table"),
    [
        pytest.param("UPDATE ledger SET origin = 'other'", "ledger", id="origin"),
        pytest.param(
            "UPDATE entries SET bytes = zeroblob(1) WHERE number = 3", "entries", id="entry"
        ),
        pytest.param("UPDATE entries SET id = 'x' WHERE number = 3", "entries", id="id"),
        pytest.param("DELETE FROM entries WHERE number = 600", "entries", id="last entry"),
        pytest.param("UPDATE hashes SET hash = zeroblob(32)", "hashes", id="hash"),
        pytest.param(
            "INSERT INTO hashes VALUES (2, 0, zeroblob(32))", "hashes", id="a hash more"
        ),
        pytest.param(
            "INSERT INTO checkpoints VALUES (9, zeroblob(32), '')",
            "checkpoints",
            id="a checkpoint more",
        ),
        pytest.param("UPDATE head SET at = ''", "head", id="head"),
    ],
)
def test_a_copy_that_is_not_the_same_is_never_put_in_force(
    full: Ledger,
    target: Path | str,
    entry: Make,
    *,
    tamper: Tamper,
    harm: str,
    table: str,
) -> None:
    def told(words: str, _share: float) -> None:
        assert words == "601 of 601 copied"
        with closing(Ledger.open(target)) as copy:
            tamper(copy, harm)

    with pytest.raises(InconsistentError, match=f"of the table {table} is not the same"):
        move(full, target, switch=pytest.fail, told=told)
    with full.group():
        assert full.append(entry(601)) == 601


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param("UPDATE entries SET bytes = zeroblob(1) WHERE number = 3", id="entry"),
        pytest.param("DELETE FROM entries WHERE number = 3", id="entry gone"),
        pytest.param("UPDATE hashes SET hash = zeroblob(32) WHERE number = 0", id="hash"),
        pytest.param("UPDATE entries SET id = 'x' WHERE number = 3", id="id"),
    ],
)
def test_a_ledger_that_was_tampered_with_is_not_moved(
    full: Ledger, target: Path | str, tamper: Tamper, harm: str
) -> None:
    tamper(full, harm)
    with pytest.raises(LedgerError):
        move(full, target, switch=pytest.fail, told=untold)
    assert full.size == 601


def test_a_switch_that_fails_leaves_the_old_one_in_force(
    full: Ledger, target: Path | str, entry: Make
) -> None:
    def switch() -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        move(full, target, switch=switch, told=untold)
    with full.group():
        assert full.append(entry(601)) == 601


def test_a_new_file_is_not_made_while_somebody_holds_the_one_that_was_moved_away(
    sqlite_ledger: Ledger, database: str, entry: Make
) -> None:
    """Closing it would delete the write-ahead log of the new one, which has the same name."""
    assert isinstance(sqlite_ledger.store, SqliteStore)
    path = sqlite_ledger.store.path
    with sqlite_ledger.group():
        sqlite_ledger.append(entry(0))
    held = Ledger.open(path)
    move(sqlite_ledger, database, switch=unswitched, told=untold)
    sqlite_ledger.close()
    with closing(Ledger.open(database)) as now:
        with pytest.raises(LedgerError, match="still held by a process"):
            move(now, path, switch=pytest.fail, told=untold)
        held.close()
        move(now, path, switch=unswitched, told=untold)
    with closing(Ledger.open(path)) as again:
        assert list(again.entries()) == [(0, entry(0))]
    assert (path.parent / f"{path.name}.moved-1").exists()
