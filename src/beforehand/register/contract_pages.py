"""Contracts: one page of all with their days on one axis, and a page of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from beforehand.register import text
from beforehand.register.chart import chart
from beforehand.register.lookup import contract_path
from beforehand.register.page import Edition, Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beforehand.record.reported import Confidence, ContractReported
    from beforehand.record.state import Contract


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A contract in words, reported or live. `more`: the terms that only one kind has."""

    id: str
    office: str
    supplier: str | None
    datasets: tuple[str, ...] | None
    starts: str
    ends: str
    uncovered: str
    more: tuple[tuple[str, str], ...]
    amount: str = text.UNKNOWN
    assessment: str | None = None
    confidence: Confidence = "C"
    sources: tuple[str, ...] = ()


def pages(edition: Edition) -> Iterator[Page]:
    rows = shown(edition)
    drawn = [(_says(one), edition.lines[one.id]) for one in rows]
    describes = (
        f"Days of {text.count(len(rows), 'contract')}; the table below has them all."
    )
    yield Page(
        path="contracts/index.html",
        template="contracts.html",
        title="Contracts",
        menu="Contracts",
        values={
            "rows": rows,
            "lines": edition.lines,
            "chart": chart(drawn, describes=describes) if rows else None,
            "wrong": _wrong(edition),
        },
    )
    findings = edition.site.audit.findings if edition.site.audit else ()
    for one in rows:
        line = edition.lines[one.id]
        yield Page(
            path=contract_path(one.id),
            template="contract.html",
            title=f"Contract {one.id}",
            values={
                "one": one,
                "line": line,
                "chart": chart(
                    [(_says(one), line)],
                    describes=f"Days of {one.id}: uncovered, {one.uncovered}.",
                ),
                "found": [two for two in findings if two.subject == one.id],
            },
        )


def shown(edition: Edition) -> list[Shown]:
    if edition.site.about == "record":
        return [
            _reported(edition, one) for one in edition.site.view.reported.contracts.values()
        ]
    return [_live(edition, one) for one in edition.site.view.contracts.values()]


def _reported(edition: Edition, one: ContractReported) -> Shown:
    starts, ends = text.span(one.awarded), text.span(one.ended)
    amount = text.money(one.amount, about=one.amount_about)
    uncovered = text.uncovered(edition.lines[one.item])
    return Shown(
        id=one.item,
        office=one.office,
        supplier=one.supplier,
        datasets=one.datasets,
        starts=starts,
        ends=ends,
        uncovered=uncovered,
        amount=amount,
        confidence=one.confidence,
        sources=one.sources,
        more=(
            ("What", edition.look.prose(one.item, "what")),
            ("Amount", amount),
            ("Awarded", starts),
            ("Ended", ends),
            ("Days that no assessment covered", uncovered),
        ),
    )


def _live(edition: Edition, one: Contract) -> Shown:
    awarded = one.awarded
    starts, ends = text.moment(awarded.starts), text.moment(one.ends)
    uncovered = text.uncovered(edition.lines[awarded.contract])
    changed = ", ".join(text.moment(at) for at in one.modified_at) or "never"
    return Shown(
        id=awarded.contract,
        office=awarded.office,
        supplier=awarded.supplier,
        datasets=one.datasets,
        starts=starts,
        ends=ends,
        uncovered=uncovered,
        assessment=one.assessment,
        more=(
            ("Purpose", awarded.purpose),
            ("Pilot", "yes" if awarded.pilot else "no"),
            ("Awarded", text.moment(one.awarded_at)),
            ("Starts", starts),
            ("Ends", ends),
            ("Ended early", text.moment(one.ended) if one.ended else "no"),
            ("Changed", changed),
            ("Days that no assessment covered, so far", uncovered),
        ),
    )


def _says(one: Shown) -> str:
    return f"{one.id}: uncovered, {one.uncovered}"


def _wrong(edition: Edition) -> str:
    lines = edition.lines.values()
    bare = sum(1 for one in lines if one.uncovered_days)
    unsure = sum(1 for one in lines if not one.sure_days)
    said = (
        f"{bare:,} of {text.count(len(lines), 'contract')} ran for days on which, in every"
        " reading, no approved assessment covered it."
    )
    if unsure:
        said += (
            f" Of {text.count(unsure, 'contract')} too little is known to be certain of a"
            " single day."
        )
    return said
