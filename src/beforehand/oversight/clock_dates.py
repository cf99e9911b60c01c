"""A date before it is told: what has it, whose it is, and the moment. Pure.

Moments are milliseconds since 1970, as the safeguards compare them.
"""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from beforehand.oversight.clock_words import Kind
from beforehand.policy.put import FOREVER, Facts, Moments, day
from beforehand.record import spans


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """One date; the fields are those of `Due`.

    ends   it ends by itself, and then nothing is left to settle
    """

    what: Kind
    of: str
    moment: int
    part: str | None = None
    offices: tuple[str, ...] = ()
    person: str | None = None
    dated: bool = True
    opened: int | None = None
    ends: bool = False


def date_of(facts: Facts, name: str) -> int:
    """Return a date of a thing as the safeguards have it."""
    found = facts[name]
    if not isinstance(found, Moments):
        raise TypeError(f"expected {name} to be a date")
    return found.first


def after(last_day: str) -> int:
    """Return the first moment after a last day; FOREVER beyond the calendar."""
    return plus(last_day, 1)


def plus(first: str, days: int) -> int:
    """Return the first moment of the day `days` days after another; FOREVER beyond the calendar."""
    try:
        return day((date.fromisoformat(first) + timedelta(days=days)).isoformat()).first
    except OverflowError:
        return FOREVER


def last(rough: str | None) -> str | None:
    """Return the last day that a roughly known one can be."""
    found = spans.parse(rough).last
    return found.isoformat() if found else None
