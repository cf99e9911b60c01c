"""The order of times is kept when the clock steps back, and a clock far behind is refused."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.ledger import Ledger, next_time, parse_time, time_text
from beforehand.ledger.entry import decode_trusted
from beforehand.ledger.errors import ClockError
from tests.faults.told import ORIGIN, entry_at

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
FIVE_MINUTES = timedelta(minutes=5)


@pytest.mark.parametrize(
    "back", [timedelta(seconds=1), timedelta(minutes=1), FIVE_MINUTES], ids=str
)
def test_a_clock_that_stepped_back_a_little_gives_the_next_moment(back: timedelta) -> None:
    last = time_text(NOON)
    assert next_time(last, NOON - back) == "2026-01-01T12:00:00.000001Z"


@pytest.mark.parametrize(
    "back", [FIVE_MINUTES + timedelta(microseconds=1), timedelta(minutes=10)], ids=str
)
def test_a_clock_over_five_minutes_behind_is_refused(back: timedelta) -> None:
    with pytest.raises(ClockError, match="set the clock right"):
        next_time(time_text(NOON), NOON - back)


@given(st.lists(st.timedeltas(timedelta(minutes=-20), timedelta(minutes=20)), max_size=30))
def test_times_only_ever_increase_whatever_the_clock_does(steps: list[timedelta]) -> None:
    last, now = None, NOON
    for step in steps:
        now += step
        behind = last is not None and parse_time(last) - now > FIVE_MINUTES
        try:
            new = next_time(last, now)
        except ClockError:
            assert behind
            continue
        assert not behind
        assert last is None or new > last
        assert parse_time(new) >= now
        last = new


def test_a_ledger_appends_through_a_step_back_and_stops_at_a_long_one(
    tmp_path: Path,
) -> None:
    ledger = Ledger.create(tmp_path / "ledger.sqlite", origin=ORIGIN)
    clock = [NOON - timedelta(seconds=back) for back in (0, 1, 60, 0)]
    for number, now in enumerate(clock):
        with ledger.group():
            at = next_time(ledger.last_time(), now)
            ledger.append(entry_at(at, f"id-{number}"))
    with pytest.raises(ClockError), ledger.group():
        next_time(ledger.last_time(), NOON - timedelta(minutes=10))
    times = [decode_trusted(one).at for _, one in ledger.entries()]
    assert times == sorted(set(times))
    assert len(times) == 4
    ledger.close()
