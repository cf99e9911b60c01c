import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Thread
from time import sleep

import msgspec
import pytest

from beforehand.ledger import Envelope, Index, Ledger, decode
from beforehand.ledger.checkpoint import Checkpoint
from beforehand.ledger.errors import (
    ClockError,
    ClosedError,
    ConflictingIdError,
    DurabilityError,
    EntryTooLargeError,
    InconsistentError,
    LedgerError,
    MalformedEntryError,
)
from beforehand.ledger.ledger import Signed
from beforehand.ledger.merkle import (
    Edge,
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from beforehand.ledger.sqlite import SqliteStore
from beforehand.ledger.store import require_empty
from beforehand.ledger.tables import FOR_EVER

Make = Callable[..., bytes]
Tamper = Callable[[Ledger, str], None]

# Appends entries one a group, in the ledger's own order of time, and says each once durable.
WRITER = """
import sys
import msgspec
from beforehand.ledger import Envelope, Ledger, encode, next_time, parse_time
name, address, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
ledger = Ledger.open(address)
start = parse_time("2026-01-01T00:00:00.000000Z")
for n in range(count):
    with ledger.group():
        index = ledger.append(encode(Envelope(
            actor=name, at=next_time(ledger.last_time(), start), data=msgspec.Raw(b"{}"),
            decision=None, id=f"{name}-{n}", kind="k", kv=1, refs=(), seal={}, subject="s")))
    print(index, f"{name}-{n}", flush=True)
"""


def test_entries_come_back_as_they_were_in_order(ledger: Ledger, entry: Make) -> None:
    with ledger.group():
        indexes = [ledger.append(entry(n)) for n in range(5)]
    assert indexes == [0, 1, 2, 3, 4]
    assert list(ledger.entries()) == [(n, entry(n)) for n in range(5)]
    assert list(ledger.entries(1, 3)) == [(1, entry(1)), (2, entry(2))]
    assert ledger.size == 5


@pytest.mark.parametrize("size", [0, 1, 2, 3, 255, 256, 257, 511, 512, 513, 1025])
def test_the_head_is_the_root_of_all_entries(
    ledger: Ledger, entry: Make, fill: Callable[[int], None], size: int
) -> None:
    fill(size)
    leaves = [leaf_hash(entry(n)) for n in range(size)]
    assert ledger.head().root() == root(leaves)
    with ledger.hashes(size) as hash_at:
        assert Edge.at(size, hash_at).root() == root(leaves)


def test_a_ledger_of_65_537_is_exact_and_opens_again(ledger: Ledger, entry: Make) -> None:
    template = entry(0)
    leaves: list[bytes] = []
    for first in range(0, 65_537, 8192):
        some = [
            template.replace(b'"id-0"', b'"id-%d"' % n).replace(
                b"00.000000Z", b"%02d.%06dZ" % divmod(n, 1_000_000)
            )
            for n in range(first, min(first + 8192, 65_537))
        ]
        leaves += map(leaf_hash, some)
        with ledger.group():
            ledger.append_many(some)
            if first == 57_344:
                assert ledger.size == 65_536
    assert ledger.head().root() == root(leaves)
    again = Ledger.open(ledger.store.address)
    assert again.head().root() == root(leaves)
    verify_inclusion(
        index=40_000,
        size=65_536,
        leaf=leaves[40_000],
        proof=again.inclusion(40_000, 65_536),
        root=root(leaves[:65_536]),
    )
    verify_consistency(
        old_size=257,
        new_size=65_537,
        proof=again.consistency(257, 65_537),
        old_root=root(leaves[:257]),
        new_root=root(leaves),
    )
    again.close()


def test_a_group_that_fails_leaves_nothing(ledger: Ledger, entry: Make) -> None:
    with ledger.group():
        ledger.append(entry(0))
    before = ledger.head().root()

    def fail_after_appending() -> None:
        with ledger.group():
            ledger.append(entry(1))
            assert ledger.size == 2
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_appending()
    assert ledger.size == 1
    assert ledger.head().root() == before
    with ledger.group():
        assert ledger.append(entry(1)) == 1


def test_another_thread_sees_an_open_group_only_when_it_is_durable(
    ledger: Ledger, entry: Make
) -> None:
    seen: list[object] = []

    def look() -> None:
        seen.extend((ledger.size, ledger.last_time(), list(ledger.entries())))

    with ledger.group():
        ledger.append(entry(0))
        thread = Thread(target=look)
        thread.start()
        thread.join()
    assert seen == [0, None, []]


def test_appending_outside_a_group_is_refused(ledger: Ledger, entry: Make) -> None:
    with pytest.raises(LedgerError, match=r"with ledger\.group"):
        ledger.append(entry(0))


def test_the_same_id_and_content_gives_the_earlier_index(
    ledger: Ledger, entry: Make
) -> None:
    with ledger.group():
        ledger.append(entry(0))
        ledger.append(entry(1))
    with ledger.group():
        assert ledger.append(entry(0)) == 0
        assert ledger.append(entry(7, id="id-1")) == 1  # tried again: later by the clock
        assert ledger.earlier("id-1") == (1, entry(1))
        assert ledger.earlier("id-2") is None
    assert ledger.size == 2


def test_the_same_id_with_other_content_is_refused(ledger: Ledger, entry: Make) -> None:
    with ledger.group():
        ledger.append(entry(0))
    with ledger.group(), pytest.raises(ConflictingIdError, match="id-0"):
        ledger.append(entry(1, id="id-0", subject="c-2"))
    assert ledger.size == 1


def test_the_same_id_at_once_is_appended_once(ledger: Ledger, entry: Make) -> None:
    indexes = []

    def write(n: int) -> None:
        with ledger.group():
            indexes.append(ledger.append(entry(n, id="once")))

    threads = [Thread(target=write, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert indexes == [0] * 16
    assert ledger.size == 1


def test_a_time_that_is_not_later_is_refused(ledger: Ledger, entry: Make) -> None:
    with ledger.group():
        ledger.append(entry(5))
        for n in (5, 4):
            with pytest.raises(ClockError):
                ledger.append(entry(n, id="another"))
    assert ledger.size == 1


def test_an_entry_of_65_535_bytes_is_taken_and_one_byte_more_is_not(
    ledger: Ledger, entry: Make
) -> None:
    largest = entry(0, actor="x" * (65_535 - len(entry(0, actor=""))))
    with ledger.group():
        ledger.append(largest)
        with pytest.raises(EntryTooLargeError):
            ledger.append(largest.replace(b'"actor":"', b'"actor":"x'))
    assert list(ledger.entries()) == [(0, largest)]


def test_bytes_that_are_not_canonical_are_refused(ledger: Ledger, entry: Make) -> None:
    with ledger.group(), pytest.raises(MalformedEntryError):
        ledger.append(entry(0).replace(b":", b": ", 1))
    assert ledger.size == 0


COLUMNS = {"entries": "id", "checkpoints": "note", "hashes": "hash", "ledger": "origin"}


@pytest.mark.parametrize("table", FOR_EVER)
@pytest.mark.parametrize("verb", ["DELETE FROM {}", "UPDATE {} SET {} = {}"])
def test_what_is_recorded_cannot_be_updated_or_deleted(
    ledger: Ledger, fill: Callable[[int], None], table: str, verb: str
) -> None:
    fill(256)
    ledger.record_checkpoint(signed(ledger), newest=None)
    statement = verb.format(table, column := COLUMNS[table], column)
    with (
        pytest.raises((sqlite3.IntegrityError, LedgerError), match="stays as it is"),
        ledger.store.write() as rows,
    ):
        rows.run(statement)


def signed(ledger: Ledger) -> Signed:
    edge = ledger.head()
    return Signed(
        Checkpoint(origin=ledger.origin, size=edge.size, root=edge.root()), "note\n"
    )


def test_checkpoints_are_recorded_by_compare_and_swap(
    ledger: Ledger, fill: Callable[[int], None]
) -> None:
    fill(1)
    first = signed(ledger)
    ledger.record_checkpoint(first, newest=None)
    fill(2)
    second = signed(ledger)
    for wrong in (None, 2):
        with pytest.raises(InconsistentError, match="publish again"):
            ledger.record_checkpoint(second, newest=wrong)
    ledger.record_checkpoint(second, newest=1)
    with pytest.raises(InconsistentError):
        ledger.record_checkpoint(first, newest=2)
    assert ledger.checkpoints() == [first, second]


def test_entries_are_found_by_kind_subject_actor_office_and_time(
    ledger: Ledger, entry: Make, tmp_path: Path
) -> None:
    index = Index(tmp_path / "index.sqlite")

    def append(numbers: range) -> None:
        with ledger.group():
            for n in numbers:
                data = msgspec.Raw(b"{}" if n < 6 else b'{"office":"o-1"}')
                names = {"subject": f"s-{n % 3}", "actor": f"a-{n % 4}"}
                ledger.append(entry(n, kind=f"k-{n % 2}", data=data, **names))

    def found(**asked: object) -> list[int]:
        return [number for number, _ in index.find(ledger, **asked)]  # type: ignore[arg-type]

    assert found() == []
    append(range(5))
    assert found(kind="k-1") == [1, 3]
    append(range(5, 12))

    at = [decode(one).at for _, one in ledger.entries()]
    assert found() == list(range(12))
    assert found(kind="k-1", subject="s-0") == [3, 9]
    assert found(actor="a-2") == [2, 6, 10]
    assert found(office="o-1", kind="k-0") == [6, 8, 10]
    assert found(since=at[3], until=at[5]) == [3, 4]
    assert found(after=8, limit=2) == [9, 10]
    assert found(kind="k-9") == []


def test_proofs_are_given_for_durable_sizes_only(
    ledger: Ledger, fill: Callable[[int], None]
) -> None:
    fill(3)
    with pytest.raises(LedgerError, match="has 3 entries, not 4"):
        ledger.inclusion(0, 4)


def test_a_ledger_in_a_weaker_journal_mode_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weak"
    Ledger.create(path, origin="o").close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
    with pytest.raises(DurabilityError, match="expected journal_mode wal"):
        Ledger.open(path)


@pytest.mark.parametrize("level", ["OFF", "NORMAL"])
def test_a_group_is_refused_when_synchronous_is_weaker(
    sqlite_ledger: Ledger, entry: Make, level: str
) -> None:
    assert isinstance(sqlite_ledger.store, SqliteStore)
    db = sqlite_ledger.store._db  # noqa: SLF001  # there is no other way
    db.execute(f"PRAGMA synchronous = {level}")
    with pytest.raises(DurabilityError, match="synchronous 2"), sqlite_ledger.group():
        sqlite_ledger.append(entry(0))
    assert sqlite_ledger.size == 0


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        pytest.param(
            "UPDATE entries SET bytes = zeroblob(1) WHERE number = 2",
            "entries 0 to 255",
            id="row",
        ),
        pytest.param(
            "DELETE FROM entries WHERE number = 299", "there are 299", id="last row"
        ),
        pytest.param(
            "UPDATE head SET size = 299, edge = substr(edge, 33)", "has", id="head"
        ),
        pytest.param(
            "UPDATE hashes SET hash = zeroblob(32)", "entries 0 to 255", id="tile hash"
        ),
        pytest.param("DELETE FROM hashes", "not stored", id="no tile hash"),
        pytest.param(
            "UPDATE checkpoints SET root = zeroblob(32)", "signed at 300", id="root"
        ),
        pytest.param(
            "INSERT INTO checkpoints VALUES (301, zeroblob(1), '')",
            "older copy",
            id="rolled back",
        ),
    ],
)
def test_a_ledger_that_contradicts_itself_does_not_open(
    ledger: Ledger, fill: Callable[[int], None], tamper: Tamper, harm: str, says: str
) -> None:
    fill(300)
    ledger.record_checkpoint(signed(ledger), newest=None)
    tamper(ledger, harm)
    with pytest.raises(LedgerError, match=says):
        Ledger.open(ledger.store.address)


def test_a_closed_ledger_takes_nothing(ledger: Ledger) -> None:
    ledger.close()
    ledger.close()
    with pytest.raises(ClosedError), ledger.group():
        pass


def test_a_ledger_is_not_created_over_another(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match=r"there already|not empty"):
        Ledger.create(ledger.store.address, origin="o")
    with pytest.raises(LedgerError, match=r"there already|not empty"):
        require_empty(ledger.store.address)


def test_a_ledger_is_not_opened_from_nothing(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="no file"):
        Ledger.open(tmp_path / "nothing")


def test_a_ledger_that_moved_away_takes_and_shows_nothing_to_those_who_hold_it(
    ledger: Ledger, entry: Make, fill: Callable[[int], None]
) -> None:
    fill(3)
    with closing(Ledger.open(ledger.store.address)) as held:
        assert held.size == 3
        with ledger.store.write() as rows:
            ledger.store.retire(rows, size=3)
        for one in (held, ledger):
            with pytest.raises(LedgerError, match="moved"), one.group():
                one.append(entry(3))
            with pytest.raises(LedgerError, match="moved"):
                one.head()
        with pytest.raises(LedgerError, match=r"moved|no file"):
            Ledger.open(ledger.store.address)


def test_who_waited_for_a_ledger_that_then_moved_writes_nothing(
    ledger: Ledger, entry: Make
) -> None:
    said: list[str] = []

    def write() -> None:
        try:
            with held.group():
                held.append(entry(0))
        except LedgerError as error:
            said.append(str(error))

    with closing(Ledger.open(ledger.store.address)) as held:
        waiting = Thread(target=write)
        with ledger.store.write() as rows:
            waiting.start()
            waiting.join(0.3)
            assert waiting.is_alive()  # it waits for the lock
            ledger.store.retire(rows, size=0)
        waiting.join(20)
    assert len(said) == 1
    assert "moved" in said[0]


def writer(address: str, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, name, address, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def told(process: subprocess.Popen[str]) -> dict[int, str]:
    """Return what a writer was told is durable: index -> id."""
    output, _ = process.communicate(timeout=60)
    whole = output[: output.rfind("\n") + 1]
    return {int(index): name for index, name in map(str.split, whole.splitlines())}


def test_two_processes_write_one_ledger_without_a_gap(ledger: Ledger) -> None:
    processes = [writer(ledger.store.address, name, 200) for name in ("ana", "ben")]
    acknowledged = [told(process) for process in processes]
    entries = {index: decode(one) for index, one in ledger.entries()}
    assert {len(one) for one in acknowledged} == {200}
    assert sorted(entries) == list(range(400))
    for one in acknowledged:
        assert all(entries[index].id == name for index, name in one.items())
    times = [entries[n].at for n in range(400)]
    assert times == sorted(set(times))
    Ledger.open(ledger.store.address).close()


def test_nothing_acknowledged_is_lost_when_the_writer_is_killed(
    ledger: Ledger,
) -> None:
    chance = random.Random(4)
    before: dict[int, str] = {}
    for turn in range(6):
        process = writer(ledger.store.address, f"turn-{turn}", 100_000)
        assert process.stdout is not None
        process.stdout.readline()  # it is appending by now
        sleep(chance.uniform(0, 0.15))
        os.kill(process.pid, signal.SIGKILL)
        before |= told(process)
        opened = Ledger.open(
            ledger.store.address
        )  # refuses a head that its rows contradict
        ids = [decode(one).id for _, one in opened.entries()]
        opened.close()
        assert all(ids[index] == name for index, name in before.items())
    assert len(before) > 6


def test_an_envelope_read_back_is_equal_to_the_one_written(
    ledger: Ledger, entry: Make, envelope: Callable[..., Envelope]
) -> None:
    with ledger.group():
        ledger.append(entry(0, data=msgspec.Raw(b'{"a":1}')))
    ((_, stored),) = ledger.entries()
    assert decode(stored) == envelope(0, data=msgspec.Raw(b'{"a":1}'))
