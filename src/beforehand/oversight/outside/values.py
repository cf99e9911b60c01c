"""Values as outsiders write them: amounts, days, award numbers, names.

A value that cannot be read is kept as written and flagged; nothing is guessed in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Literal

from beforehand.record import spans

DayOrder = Literal["day first", "month first", "unknown"]
"""How a file writes 05/06/2017; unknown when none of its days shows it."""

FIRST_YEAR, LAST_YEAR = 1950, 2099
HUGE = Decimal(10) ** 12
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?")
_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{2}|\d{4})(?:[ T].*)?")
_WORDED = re.compile(r"([A-Za-z]{3})[a-z]*\.? (\d{1,2}), (\d{4})")
_MONTH = re.compile(r"([A-Za-z]{3})[a-z]* (\d{4})")
_PLAIN_AMOUNT = re.compile(r"-?(0|[1-9]\d{0,11})(\.\d+)?").fullmatch
# Amounts between bars, of which each is plain but for zeros at its end.
are_decimal = re.compile(
    r"-?(?:0|[1-9]\d{0,11})(?:\.\d+)?(?:\|-?(?:0|[1-9]\d{0,11})(?:\.\d+)?)*"
).fullmatch
_NUMBER = re.compile(r"-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_MONTHS = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_LONG_DIGITS, _SHORT_DIGITS, _CENTURY_TURNS = 8, 6, 69


@lru_cache(65_536)
def read_day(text: str, order: DayOrder) -> tuple[str, str]:
    """Return the day in EDTF and a flag; either may be empty.

    A day whose order nothing shows comes back as its year alone. A time after it is dropped.
    """
    text = text.strip()
    if not text:
        return "", ""
    if found := _ISO.fullmatch(text):
        return _checked(int(found[1]), int(found[2]), int(found[3]))
    if found := _SLASHED.fullmatch(text):
        return _slashed(int(found[1]), int(found[2]), _year(found[3]), order)
    if found := _WORDED.fullmatch(text):
        if found[1].lower() in _MONTHS:
            month = _MONTHS.index(found[1].lower()) + 1
            return _checked(int(found[3]), month, int(found[2]))
    elif (found := _MONTH.fullmatch(text)) and found[1].lower() in _MONTHS:
        return _edtf(f"{int(found[2]):04}-{_MONTHS.index(found[1].lower()) + 1:02}")
    return _edtf(text)


def _edtf(text: str) -> tuple[str, str]:
    """A year, a month or another day known only roughly, as EDTF writes it."""
    try:
        spans.parse(text)
    except ValueError:
        return "", "date-unreadable"
    return text, ""


def _year(text: str) -> int:
    """Two digits mean 1969 to 2068, as in POSIX."""
    year = int(text)
    if len(text) > 2:  # noqa: PLR2004  # two digits
        return year
    return year + (1900 if year >= _CENTURY_TURNS else 2000)


def _slashed(one: int, two: int, year: int, order: DayOrder) -> tuple[str, str]:
    if order == "day first" or one > 12 >= two:  # noqa: PLR2004  # months
        return _checked(year, two, one)
    if order == "month first" or two > 12 >= one or one == two:  # noqa: PLR2004
        return _checked(year, one, two)
    known, wrong = _edtf(f"{year:04}")
    return known, wrong or "date-order-unknown"


def _checked(year: int, month: int, day: int) -> tuple[str, str]:
    try:
        found = date(year, month, day).isoformat()
    except ValueError:
        return "", "date-unreadable"
    return found, "" if FIRST_YEAR <= year <= LAST_YEAR else "date-implausible"


def day_order(cells: Iterable[str]) -> DayOrder:
    """Return how the days in these cells are written; contradiction shows nothing."""
    found = [one for one in map(_SLASHED.fullmatch, map(str.strip, cells)) if one]
    days = any(int(one[1]) > 12 for one in found)  # noqa: PLR2004  # months
    months = any(int(one[2]) > 12 for one in found)  # noqa: PLR2004
    if days == months:
        return "unknown"
    return "day first" if days else "month first"


def read_amount(text: str) -> tuple[str, str]:
    """Return the amount as plain decimal text and a flag. Empty is not zero."""
    if _PLAIN_AMOUNT(text):  # nearly all are, and this is asked of millions
        plain = text.rstrip("0").rstrip(".") if "." in text else text
        return ("0" if plain == "-0" else plain), ""
    return _read_odd_amount(text)


@lru_cache(4_096)  # of what is no plain amount there are few, each many times
def _read_odd_amount(text: str) -> tuple[str, str]:
    text = text.strip()
    if not text:
        return "", ""
    bare = text.replace(",", "").replace("$", "").replace(" ", "")
    if bare.startswith("(") and bare.endswith(")"):
        bare = f"-{bare[1:-1]}"
    if not _NUMBER.fullmatch(bare):
        return "", "amount-unreadable"
    try:
        amount = Decimal(bare)
    except InvalidOperation:
        return "", "amount-unreadable"
    if abs(amount) >= HUGE:
        return bare if len(bare) < 40 else "", "amount-implausible"  # noqa: PLR2004
    flag = "amount-rounded" if "e" in bare.lower() else ""
    return format(_plain(amount), "f"), flag


def _plain(amount: Decimal) -> Decimal:
    """Drop zeros that end a fraction, and the sign of zero."""
    whole = amount.to_integral_value()
    return whole + 0 if amount == whole else amount.normalize()


def is_number_of(amount: str, award: str) -> bool:
    """Whether an amount looks like the award's own number, put in the wrong column."""
    digits = amount.partition(".")[0].lstrip("-0")
    if len(digits) < _SHORT_DIGITS or tail_of(award) not in digits:
        return False
    own = _digits(award)
    return own == digits or (len(digits) >= _LONG_DIGITS and own.endswith(digits))


def tail_of(award: str) -> str:
    """Return what every amount holds that is the award's number; no amount does if it is short."""
    own = _digits(award)
    return own[-_SHORT_DIGITS:] if len(own) >= _SHORT_DIGITS else "none"


def _digits(award: str) -> str:
    return re.sub(r"\D", "", award).lstrip("0")


def award_number(text: str) -> str:
    """Return an award number as it is compared: capitals and digits alone."""
    if text.isalnum():
        return text.upper()
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def is_award_number(number: str) -> bool:
    """Whether a number, as compared, can be a procurement instrument's: FAR 4.1603 and before."""
    return bool(re.fullmatch(r"(?=.*\d)(?=.*[A-Z])[A-Z0-9]{10,20}", number))


def spaced(text: str) -> str:
    """Return text on one line, with single blanks."""
    return " ".join(text.split())


def compared(text: str) -> str:
    """Return a name as it is compared: capitals, digits and single blanks."""
    return " ".join(re.sub(r"[^A-Z0-9]+", " ", text.upper()).split())
