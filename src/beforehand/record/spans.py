"""Spans of days: what is known of a day that a source gives only roughly.

Three forms of EDTF (ISO 8601-2) occur: 2020-08-05, 2020-08, 2020. A final ~ means
approximately and widens the span by one unit (day, month, year) on each side.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

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
            raise ValueError(f"expected a last day not before {self.first}, got {self.last}")

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
