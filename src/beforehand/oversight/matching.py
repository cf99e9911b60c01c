"""Sealed items beside what is on record: which could be which, with reasons. Proposed, never assumed.

An item that is not opened is compared by its public predicates alone, and fits many. One that is
opened is compared by what it says too. Nothing here is ever recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from beforehand.oversight.outside import awarded, values
from beforehand.record import spans
from beforehand.record.counting import Counted
from beforehand.record.reported import ContractReported
from beforehand.record.spans import Span

if TYPE_CHECKING:
    from beforehand.oversight.outside.shelf import Award

Fit = Literal["possible", "probable"]
Source = Literal["record", "imported"]
Told = Mapping[str, str | int | None]
_FORMS: Final = frozenset(
    {"CO", "COMPANY", "CORP", "CORPORATION", "INC", "INCORPORATED", "LIMITED", "LLC", "LLP"}
    | {"LP", "LTD", "PLC"}
)
_ENOUGH: Final = 2  # things that an opened item and a contract both say, and say alike


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A contract on record, or an award that was imported. What is not known is null.

    awarded        in EDTF
    amounts        every amount that is said of it, in US dollars as decimal text
    amount_about   whether they are rough
    """

    id: str
    source: Source
    office: str | None
    supplier: str | None
    awarded: str | None
    amounts: tuple[str, ...]
    amount_about: bool


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """One item that could be one contract.

    source    whether it is a contract on record or an award that was imported
    fit       probable only where two things that the opened item says are the contract's own
    reasons   why it could be, and what stays unknown, as sentences
    """

    number: int
    contract: str
    source: Source
    fit: Fit
    reasons: tuple[str, ...]


def on_record(contracts: Iterable[ContractReported]) -> Iterator[Candidate]:
    """Yield the contracts of a record as what items could be."""
    for one in contracts:
        yield Candidate(
            id=one.item,
            source="record",
            office=one.office,
            supplier=one.supplier,
            awarded=one.awarded,
            amounts=(one.amount,) if one.amount is not None else (),
            amount_about=one.amount_about,
        )


def imported(
    awards: Iterable[Award], items: Iterable[Counted], opened: Mapping[int, Told]
) -> Iterator[Candidate]:
    """Yield the awards that share more with some item than a year: nearly all share that.

    Cost: one pass over the awards.
    """
    whole = {one.amount for one in items if one.amount is not None}
    suppliers = [str(one["supplier"]) for one in opened.values() if one.get("supplier")]
    numbers = {values.award_number(str(one.get("award") or "")) for one in opened.values()}
    for award in awards:
        vendor = awarded.newest(award).get("vendor")
        amounts = tuple(dict.fromkeys(awarded.amounts(award)))
        if (
            award.number in numbers
            or any(_dollars(one) in whole for one in amounts)
            or any(vendor and _one_name(one, vendor) for one in suppliers)
        ):
            yield Candidate(
                id=award.number,
                source="imported",
                office=None,
                supplier=vendor,
                awarded=awarded.first_signed(award) or None,
                amounts=amounts,
                amount_about=False,
            )


def proposals(
    items: tuple[Counted, ...],
    opened: Mapping[int, Told],
    candidates: Iterable[Candidate],
) -> tuple[Proposal, ...]:
    """Return every pairing that nothing known speaks against, by item, the probable first.

    opened   number of an item -> what its disclosure says
    """
    found = [
        one
        for candidate in candidates
        for number, item in enumerate(items, start=1)
        if (one := _pair(number, item, opened.get(number), candidate)) is not None
    ]
    return tuple(sorted(found, key=_rank))


def _rank(one: Proposal) -> tuple[int, bool, bool, str]:
    return one.number, one.fit != "probable", one.source != "record", one.contract


def _pair(
    number: int, item: Counted, told: Told | None, candidate: Candidate
) -> Proposal | None:
    if item.item_kind == "database":
        return None
    awarded_on = spans.parse(candidate.awarded)
    year = fiscal_year(item.fiscal_year)
    if not awarded_on.possibly_within(_day(year.first), _day(year.last)):
        return None
    sure = awarded_on.surely_within(_day(year.first), _day(year.last))
    how = "surely" if sure else "possibly"
    reasons = [f"It was {how} awarded in fiscal year {item.fiscal_year}."]
    same = 0
    for agrees, why in _compared(item, told or {}, candidate):
        if agrees is False:
            return None
        same += agrees is True
        reasons.append(why)
    if candidate.source == "imported" and not same:
        return None
    if told is None:
        reasons.append("The item is not opened: many contracts could be it.")
    return Proposal(
        number=number,
        contract=candidate.id,
        source=candidate.source,
        fit="probable" if same >= _ENOUGH and told is not None else "possible",
        reasons=tuple(reasons),
    )


def _compared(
    item: Counted, told: Told, candidate: Candidate
) -> Iterator[tuple[bool | None, str]]:
    """Yield whether each thing that both could say is the same; None where one does not say it."""
    number = values.award_number(candidate.id)
    pairs: dict[str, tuple[str | int | None, str | None]] = {
        "office": (told.get("office"), candidate.office),
        "supplier": (told.get("supplier"), candidate.supplier),
        "awarded": (told.get("awarded"), candidate.awarded),
        "award": (
            told.get("award"),
            candidate.id if values.is_award_number(number) else None,
        ),
    }
    for name, (own, its) in pairs.items():
        if own is not None and its is not None:
            same = _same(name, str(own), its)
            said = f"Its {name} is said in words of its own: {own}."
            yield same, said if same is None else f"Both say {name} {its}."
        elif own is not None:
            yield None, f"Its {name} is not known of the contract."
    if item.amount is not None and candidate.amounts:
        about = "about " if candidate.amount_about else ""
        yield _same_amount(item.amount, candidate), f"The amount is {about}the same."


def _same(name: str, own: str, its: str) -> bool | None:
    """Whether two values of one name agree; None where that cannot be told."""
    match name:
        case "awarded":
            return _overlap(own, its)
        case "supplier":
            return _one_name(own, its)
        case "award":
            return values.award_number(own) == values.award_number(its)
        case _:
            return own == its


def _one_name(one: str, other: str) -> bool:
    """Whether two names are one, but for how they are written and what sort of company it is."""
    first, second = map(_without_form, (one, other))
    return bool(first) and first == second


def _without_form(name: str) -> list[str]:
    words = values.compared(name.replace(".", "")).split()  # L.L.C.
    while words and words[-1] in _FORMS:
        words.pop()
    return words


def _same_amount(amount: int, candidate: Candidate) -> bool:
    stated = [_dollars(one) for one in candidate.amounts]
    if candidate.amount_about:
        return any(abs(one - amount) * 10 <= max(one, amount) for one in stated)
    return amount in stated


def _dollars(amount: str) -> int:
    return int(float(amount))


def _overlap(one: str, other: str) -> bool | None:
    try:
        first, second = spans.parse(one), spans.parse(other)
    except ValueError:  # an item may say it in its own words: they speak neither way
        return None
    return not (first.surely_before(second) or second.surely_before(first))


def fiscal_year(year: int) -> Span:
    """Return the days of a fiscal year of the United States: 1 October to 30 September."""
    return Span(date(year - 1, 10, 1), date(year, 9, 30))


def _day(day: date | None) -> Span:
    return Span(day, day)
