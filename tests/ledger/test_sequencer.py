from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event, Thread

import pytest

from beforehand.ledger import Envelope, Ledger, Sequencer, decode, encode, next_time
from beforehand.ledger.errors import BusyError, ClosedError, ConflictingIdError
from beforehand.refusal import Refusal, Unmet

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Groups:
    """Stands in for a ledger: counts commits, and can be held or made to fail."""

    def __init__(self) -> None:
        self.commits: list[list[int]] = []
        self.go = Event()
        self.go.set()
        self.entered = Event()
        self.fails: Exception | None = None
        self.lost = 0
        self._taken: list[int] = []

    @contextmanager
    def group(self) -> Iterator[None]:
        self._taken = []
        yield
        self.entered.set()
        assert self.go.wait(10)
        if self.fails:
            raise self.fails
        self.commits.append(self._taken)

    def take(self, act: int) -> int:
        self._taken.append(act)
        if act < 0:
            unmet = Unmet(safeguard="a.b", says="No.", remedy="Ask.", cites="law")
            raise Refusal(what="act", unmet=(unmet,), entry=act)
        return act * 2

    @property
    def taken(self) -> list[int]:
        return [act for commit in self.commits for act in commit]

    def sequencer(self, depth: int = 1024) -> Sequencer[int, int]:
        return Sequencer(
            group=self.group, take=self.take, lost=self.count_lost, depth=depth
        )

    def count_lost(self) -> None:
        self.lost += 1


def in_threads(count: int, act: Callable[[int], object]) -> list[Thread]:
    threads = [Thread(target=act, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    return threads


def join(threads: list[Thread]) -> None:
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()


def test_a_result_is_returned_after_its_commit() -> None:
    groups = Groups()
    sequencer = groups.sequencer()
    groups.go.clear()
    answers: list[int] = []
    threads = in_threads(1, lambda _: answers.append(sequencer.submit(21)))
    assert groups.entered.wait(10)
    assert answers == []  # taken, and not yet durable
    groups.go.set()
    join(threads)
    assert answers == [42]
    sequencer.close()


def test_a_refusal_is_raised_after_its_commit_and_harms_nobody_else() -> None:
    groups = Groups()
    sequencer = groups.sequencer()
    with pytest.raises(Refusal) as caught:
        sequencer.submit(-1)
    assert caught.value.entry == -1
    assert groups.commits == [[-1]]
    assert sequencer.submit(1) == 2
    assert groups.lost == 0
    sequencer.close()


def test_all_who_wait_share_one_commit() -> None:
    groups = Groups()
    sequencer = groups.sequencer()
    groups.go.clear()
    first = in_threads(1, sequencer.submit)
    assert groups.entered.wait(10)
    others = in_threads(20, lambda n: sequencer.submit(n + 100))
    while sequencer.waiting < 20:
        pass
    groups.go.set()
    join(first + others)
    assert [len(one) for one in groups.commits] == [1, 20]
    sequencer.close()


def test_a_full_queue_refuses_and_does_not_grow() -> None:
    groups = Groups()
    sequencer = groups.sequencer(depth=2)
    groups.go.clear()
    threads = in_threads(1, sequencer.submit)
    assert groups.entered.wait(10)
    threads += in_threads(2, sequencer.submit)
    while sequencer.waiting < 2:
        pass
    with pytest.raises(BusyError, match="2 acts are waiting already; nothing was done"):
        sequencer.submit(9)
    groups.go.set()
    join(threads)
    assert 9 not in groups.taken
    sequencer.close()


@pytest.mark.parametrize("error", [OSError("disk full"), ZeroDivisionError("a bug")])
def test_when_a_commit_fails_everyone_in_it_is_told_and_the_caller_rebuilds(
    error: Exception,
) -> None:
    groups = Groups()
    sequencer = groups.sequencer()
    groups.fails = error
    raised = []

    def submit(act: int) -> None:
        try:
            sequencer.submit(act)
        except (OSError, ZeroDivisionError) as caught:
            raised.append(caught)

    join(in_threads(8, submit))
    assert raised == [error] * 8
    assert groups.lost >= 1
    groups.fails = None
    assert sequencer.submit(5) == 10
    sequencer.close()


def test_closing_finishes_what_was_taken_and_refuses_more() -> None:
    groups = Groups()
    sequencer = groups.sequencer()
    groups.go.clear()
    threads = in_threads(5, sequencer.submit)
    assert groups.entered.wait(10)
    closer = in_threads(1, lambda _: sequencer.close())
    groups.go.set()
    join(threads + closer)
    assert sorted(groups.taken) == [0, 1, 2, 3, 4]
    with pytest.raises(ClosedError):
        sequencer.submit(6)
    sequencer.close()


def test_32_threads_write_one_ledger_without_a_gap(
    ledger: Ledger, envelope: Callable[..., Envelope]
) -> None:
    def take(number: int) -> int:
        at = next_time(ledger.last_time(), NOW)
        return ledger.append(encode(envelope(0, id=f"id-{number}", at=at)))

    sequencer = Sequencer(group=ledger.group, take=take, lost=lambda: None)
    told: dict[int, int] = {}

    def write(thread: int) -> None:
        for n in range(thread * 100, thread * 100 + 100):
            told[n] = sequencer.submit(n)

    join(in_threads(32, write))
    sequencer.close()
    entries = [decode(one) for _, one in ledger.entries()]
    assert sorted(told.values()) == list(range(3200))
    assert all(entries[index].id == f"id-{n}" for n, index in told.items())
    assert [one.at for one in entries] == sorted({one.at for one in entries})


def test_the_same_id_from_many_threads_is_appended_once(
    ledger: Ledger, envelope: Callable[..., Envelope]
) -> None:
    def take(number: int) -> int:
        at = next_time(ledger.last_time(), NOW)
        return ledger.append(
            encode(envelope(0, id="once", at=at, subject=f"s-{number % 2}"))
        )

    sequencer = Sequencer(group=ledger.group, take=take, lost=lambda: None)
    told: list[int | str] = []

    def write(number: int) -> None:
        try:
            told.append(sequencer.submit(number))
        except ConflictingIdError:
            told.append("conflict")

    join(in_threads(20, write))
    sequencer.close()
    assert told.count(0) == told.count("conflict") == 10
    assert ledger.size == 1


def test_an_act_that_is_not_taken_in_time_is_called_off_and_never_done() -> None:
    groups = Groups()
    sequencer = Sequencer(
        group=groups.group, take=groups.take, lost=groups.count_lost, patience_s=0.05
    )
    groups.go.clear()
    first = in_threads(1, lambda _: sequencer.submit(1))
    assert groups.entered.wait(10)
    # It is taken: however long it lasts, it is not called off.
    with pytest.raises(BusyError, match=r"not free for 0\.05 s; nothing was done"):
        sequencer.submit(2)
    groups.go.set()
    join(first)
    sequencer.close()
    assert groups.taken == [1]


def test_a_group_that_cannot_begin_fails_those_who_wait_and_the_next_one_begins() -> None:
    groups = Groups()
    broken = True

    @contextmanager
    def group() -> Iterator[None]:
        if broken:
            raise OSError("the lock file is gone")
        with groups.group():
            yield

    sequencer = Sequencer(group=group, take=groups.take, lost=groups.count_lost)
    with pytest.raises(OSError, match="lock file"):
        sequencer.submit(1)
    broken = False
    assert sequencer.submit(2) == 4
    sequencer.close()
