"""Time as the second procedure reads it: moments in UTC, cut to the millisecond.

The safeguards count milliseconds (house.md: "Cedar time is milliseconds: `at` is floored"),
so a microsecond before midnight is the day before.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

YEAR = timedelta(days=365)


@lru_cache(8192)
def moment(text: str) -> datetime:
    """Return a moment that the ledger or a question's form writes, without its offset: UTC."""
    found = datetime.fromisoformat(text.removesuffix("Z"))
    return found - timedelta(microseconds=found.microsecond % 1000)


@lru_cache(8192)
def start(day: str) -> datetime:
    """Return the midnight with which a day begins."""
    return datetime.strptime(day, "%Y-%m-%d")  # noqa: DTZ007  # every moment here is UTC


@lru_cache(8192)
def end(day: str) -> datetime:
    """Return the midnight with which a day is over."""
    return start(day) + timedelta(hours=24)


def quarter(moment: datetime | date) -> tuple[int, int]:
    return moment.year, (moment.month - 1) // 3 + 1


def third_anniversary(of: datetime) -> datetime:
    """Return the midnight that begins the same day three years on; 1 March for 29 February."""
    day = datetime(of.year, of.month, of.day)  # noqa: DTZ001  # every moment here is UTC
    try:
        return day.replace(year=day.year + 3)
    except ValueError:
        return datetime(day.year + 3, 3, 1)  # noqa: DTZ001
