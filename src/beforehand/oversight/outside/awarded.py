"""What files say of one award, read together: the newest value of each thing counts."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from beforehand.oversight.outside import values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beforehand.oversight.outside.shelf import Award

_IN_ALL = ("obligated_in_all", "total", "potential")


def newest(award: Award) -> dict[str, str]:
    """Return the fields of all its rows."""
    found: dict[str, str] = {}
    for kept in award.rows:
        found |= kept.body
    return found


def amounts(award: Award) -> Iterator[str]:
    """Yield every amount that is said of all of it, the best first, the newest of each first.

    In US dollars as decimal text. Nothing implausible counts.
    """
    for name in _IN_ALL:
        for kept in reversed(award.rows):
            said, wrong = values.read_amount(kept.body.get(name, ""))
            if said and not wrong and not values.is_number_of(said, award.number):
                yield said


def amount(award: Award) -> str:
    """Return what was obligated in all, or else the value; else the sum of its rows, if any."""
    if found := next(amounts(award), ""):
        return found
    parts = [values.read_amount(kept.body.get("obligated", "")) for kept in award.rows]
    some = [Decimal(said) for said, wrong in parts if said and not wrong]
    return format(sum(some), "f") if some else ""


def first_signed(award: Award) -> str:
    """Return the first day on which a row of it was signed; empty where none says so."""
    days = (values.read_day(kept.body.get("signed", ""), "unknown") for kept in award.rows)
    return min((day for day, wrong in days if day and not wrong), default="")
