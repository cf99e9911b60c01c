"""Spans of days: what is known of a day that a source gives only roughly.

Three forms of EDTF (ISO 8601-2) occur: 2020-08-05, 2020-08, 2020. A final ~ means
approximately and widens the span by one unit (day, month, year) on each side.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

_FORM = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?(~?)")
_YEARS = range(1000, 9999)  # so that widening by a year stays a date
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Span:
    """From the first to the last day it can be; None: not known on that side.

    "Surely" means in every reading, "possibly" in at least one.
    """

    first: date | None
    last: date | None

    def __post_init__(self) -> None:
        if self.first is not None and self.last is not None and self.last < self.first:
            raise ValueError(
                f"expected a last day not before {self.first}, got {self.last}"
            )

    def surely_before(self, other: Span) -> bool:
        return self.last is not None and other.first is not None and self.last < other.first

    def possibly_before(self, other: Span) -> bool:
        return self.first is None or other.last is None or self.first < other.last

    def surely_within(self, first: Span, last: Span) -> bool:
        """Whether this day lies between a day of `first` and one of `last`, ends included."""
        return (
            self.first is not None
            and first.last is not None
            and first.last <= self.first
            and self.last is not None
            and last.first is not None
            and self.last <= last.first
        )

    def possibly_within(self, first: Span, last: Span) -> bool:
        after = self.last is None or first.first is None or first.first <= self.last
        before = self.first is None or last.last is None or self.first <= last.last
        return after and before


UNKNOWN = Span(None, None)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time from some day of `first` to some day of `last`, both days included.

    It ends no earlier than it begins, so each of the two spans bounds the other: what has no
    known beginning began no later than it ended.
    Raises ValueError if it certainly ends before it begins.
    """

    first: Span
    last: Span

    def __post_init__(self) -> None:
        if self.last.surely_before(self.first):
            raise ValueError(
                f"expected an end not before the beginning, got {self.first} to {self.last}"
            )
        begun = _earliest(self.first.last, self.last.last)
        ended = _latest(self.first.first, self.last.first)
        object.__setattr__(self, "first", Span(self.first.first, begun))
        object.__setattr__(self, "last", Span(ended, self.last.last))

    def surely_meets(self, other: Stretch) -> bool:
        """Whether the two have a day in common, in every reading."""
        return not (
            other.last.possibly_before(self.first) or self.last.possibly_before(other.first)
        )

    def possibly_meets(self, other: Stretch) -> bool:
        return not (
            other.last.surely_before(self.first) or self.last.surely_before(other.first)
        )


def _earliest(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)


def _latest(one: date | None, other: date | None) -> date | None:
    return max((day for day in (one, other) if day is not None), default=None)


@lru_cache(16_384)
def parse(text: str | None) -> Span:
    """Return the span of days that `text` means; None means a day not known at all.

    Raises ValueError that says what was expected and what came.
    """
    if text is None:
        return UNKNOWN
    found = _FORM.fullmatch(text)
    if found is None or int(found[1]) not in _YEARS:
        raise _wrong(text)
    year, month, day, about = int(found[1]), found[2], found[3], bool(found[4])
    try:
        if day is not None:
            return _day(date(year, int(month), int(day)), about=about)
        if month is not None:
            return _month(year, int(month), about=about)
    except ValueError as error:
        raise _wrong(text) from error
    return Span(date(year - about, 1, 1), date(year + about, 12, 31))


def _wrong(text: str) -> ValueError:
    return ValueError(
        f"expected a day as 2020-08-05, 2020-08 or 2020, each perhaps with ~, got {text!r}"
    )


def _day(day: date, *, about: bool) -> Span:
    widened = timedelta(days=about)
    return Span(day - widened, day + widened)


def _month(year: int, month: int, *, about: bool) -> Span:
    date(year, month, 1)  # refuses a thirteenth month
    first, last = year * MONTHS + month - 1 - about, year * MONTHS + month - 1 + about
    last_year, last_month = last // MONTHS, last % MONTHS + 1
    return Span(
        date(first // MONTHS, first % MONTHS + 1, 1),
        date(last_year, last_month, calendar.monthrange(last_year, last_month)[1]),
    )


def until(ended: Span) -> Span:
    """Return what is known of a day that came no later than `ended`."""
    return Span(None, ended.last)


def day_words(day: date) -> str:
    """Return a day as people read it: 30 September 2026."""
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


@lru_cache(16_384)
def words(span: Span) -> str:
    """Return a span as people read it, to follow a verb: "on 5 August 2020", "in 2018"."""
    first, last = span.first, span.last
    if first is None:
        return "on an unknown day" if last is None else f"no later than {day_words(last)}"
    if last is None:
        return f"no earlier than {day_words(first)}"
    if first == last:
        return f"on {day_words(first)}"
    if (first.month, first.day, last.month, last.day) == (1, 1, MONTHS, 31):
        same = first.year == last.year
        return f"in {first.year}" if same else f"between {first.year} and {last.year}"
    whole = first.day == 1 and last.day == calendar.monthrange(last.year, last.month)[1]
    if whole and (first.year, first.month) == (last.year, last.month):
        return f"in {calendar.month_name[first.month]} {first.year}"
    return f"between {day_words(first)} and {day_words(last)}"
