"""Working days: neither Saturdays, Sundays nor legal public holidays (5 U.S.C. 6103). Pure."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Final

CLOCK_DAYS: Final = 20  # 5 U.S.C. 552(a)(6)(A)(i)
_SATURDAY: Final = 5
# Month and day; and month, weekday (Monday is 0), and which of the month, -1 for its last.
_FIXED: Final = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))
_MOVING: Final = ((1, 0, 3), (2, 0, 3), (5, 0, -1), (9, 0, 1), (10, 0, 2), (11, 3, 4))


def working_days_after(first: str, days: int = CLOCK_DAYS) -> str:
    """Return the last of so many working days after a day (ISO): that day is not counted."""
    found = date.fromisoformat(first)
    left = days
    while left:
        found += timedelta(days=1)
        if found.weekday() < _SATURDAY and found not in holidays(found.year):
            left -= 1
    return found.isoformat()


@lru_cache(256)
def holidays(year: int) -> frozenset[date]:
    """Return the days off for the public holidays of a year, and for the next New Year."""
    fixed = [date(year, month, day) for month, day in _FIXED]
    moving = [_nth(year, *which) for which in _MOVING]
    return frozenset([_observed(one) for one in (*fixed, date(year + 1, 1, 1))] + moving)


def _observed(holiday: date) -> date:
    """A holiday on a Saturday is had on the Friday, one on a Sunday on the Monday."""
    return holiday + timedelta(days={5: -1, 6: 1}.get(holiday.weekday(), 0))


def _nth(year: int, month: int, weekday: int, which: int) -> date:
    if which < 0:
        last = date(year, month, 31)  # only May has such a one
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))
