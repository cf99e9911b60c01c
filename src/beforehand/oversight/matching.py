"""Sealed items beside what is on record: which could be which, with reasons. Proposed, never assumed.

An item that is not opened is compared by its public predicates alone, and fits many. One that is
opened is compared by what it says too. Nothing here is ever recorded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final, Literal

import msgspec

from beforehand.record import spans
from beforehand.record.counting import Counted
from beforehand.record.reported import ContractReported
from beforehand.record.spans import Span

Fit = Literal["possible", "probable"]
Told = Mapping[str, str | int | None]
_ENOUGH: Final = 2  # things that an opened item and a contract both say, and say alike


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """One item that could be one contract.

    fit       probable only where two things that the opened item says are the contract's own
    reasons   why it could be, and what stays unknown, as sentences
    """

    number: int
    contract: str
    fit: Fit
    reasons: tuple[str, ...]


def proposals(
    items: tuple[Counted, ...],
    opened: Mapping[int, Told],
    contracts: Mapping[str, ContractReported],
) -> tuple[Proposal, ...]:
    """Return every pairing that nothing known speaks against, by item, the probable first.

    opened   number of an item -> what its disclosure says
    """
    found = [
        one
        for number, item in enumerate(items, start=1)
        for contract in contracts.values()
        if (one := _pair(number, item, opened.get(number), contract)) is not None
    ]
    return tuple(
        sorted(found, key=lambda one: (one.number, one.fit != "probable", one.contract))
    )


def _pair(
    number: int, item: Counted, told: Told | None, contract: ContractReported
) -> Proposal | None:
    if item.item_kind == "database":
        return None
    awarded = spans.parse(contract.awarded)
    year = fiscal_year(item.fiscal_year)
    if not awarded.possibly_within(_day(year.first), _day(year.last)):
        return None
    sure = awarded.surely_within(_day(year.first), _day(year.last))
    how = "surely" if sure else "possibly"
    reasons = [f"It was {how} awarded in fiscal year {item.fiscal_year}."]
    same = 0
    for agrees, why in _compared(item, told or {}, contract):
        if agrees is False:
            return None
        same += agrees is True
        reasons.append(why)
    if told is None:
        reasons.append("The item is not opened: many contracts could be it.")
    fit: Fit = "probable" if same >= _ENOUGH and told is not None else "possible"
    return Proposal(number=number, contract=contract.item, fit=fit, reasons=tuple(reasons))


def _compared(
    item: Counted, told: Told, contract: ContractReported
) -> Iterator[tuple[bool | None, str]]:
    """Yield whether each thing that both could say is the same; None where one does not say it."""
    pairs: dict[str, tuple[str | int | None, str | int | None]] = {
        "office": (told.get("office"), contract.office),
        "supplier": (told.get("supplier"), contract.supplier),
        "awarded": (told.get("awarded"), contract.awarded),
    }
    for name, (own, its) in pairs.items():
        if own is not None and its is not None:
            same = _overlap(str(own), str(its)) if name == "awarded" else own == its
            yield same, f"Both say {name} {its}."
        elif own is not None:
            yield None, f"Its {name} is not known of the contract."
    if item.amount is not None and contract.amount is not None:
        stated = int(float(contract.amount))
        near = abs(stated - item.amount) * 10 <= max(stated, item.amount)
        same = near if contract.amount_about else stated == item.amount
        yield same, f"The amount is {'about ' if contract.amount_about else ''}the same."


def _overlap(one: str, other: str) -> bool:
    try:
        first, second = spans.parse(one), spans.parse(other)
    except (
        ValueError
    ):  # an item may say it in its own words: then it speaks against nothing
        return True
    return not (first.surely_before(second) or second.surely_before(first))


def fiscal_year(year: int) -> Span:
    """Return the days of a fiscal year of the United States: 1 October to 30 September."""
    return Span(date(year - 1, 10, 1), date(year, 9, 30))


def _day(day: date | None) -> Span:
    return Span(day, day)
