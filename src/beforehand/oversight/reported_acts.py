"""Reported acts: the purchases and uses that a case tells of, each as a span of days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from beforehand.record import spans
from beforehand.record.spans import Span

if TYPE_CHECKING:
    from beforehand.record.reported import (
        AssessmentReported,
        Confidence,
        ContractReported,
        Item,
        ReportedRecord,
        StatementReported,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedAct:
    """A purchase, at its award, or a use, at its beginning.

    when       the day it happened, as far as that is known
    told       the same in words, with what it rests on
    datasets   None where the record does not name them
    """

    subject: str
    act: Literal["purchase", "use"]
    when: Span
    told: tuple[str, ...]
    office: str
    datasets: tuple[str, ...] | None
    confidence: Confidence
    sources: tuple[str, ...]


def reported_acts(record: ReportedRecord) -> tuple[ReportedAct, ...]:
    """Return every reported purchase and use, in the order of the case."""
    compiled = spans.parse(record.case.compiled if record.case else None)
    purchases = [_purchase(one, compiled) for one in record.contracts.values()]
    periods = [_period(one) for one in record.assessments.values() if one.covers]
    claimed = [
        _claimed(one)
        for one in record.statements.values()
        if one.claim.claim in ("used_during", "ran")
    ]
    return (*purchases, *periods, *claimed)


def _purchase(contract: ContractReported, compiled: Span) -> ReportedAct:
    when, told = awarded(contract, compiled)
    return ReportedAct(
        subject=contract.item,
        act="purchase",
        when=when,
        told=(told,),
        office=contract.office,
        datasets=contract.datasets,
        confidence=contract.confidence,
        sources=contract.sources,
    )


def awarded(contract: ContractReported, compiled: Span) -> tuple[Span, str]:
    """Return when a contract was awarded, and the sentence that says how that is known.

    Without an award date it was awarded no later than it ended, and in any case no later
    than the day the record was compiled.
    """
    if contract.awarded is not None:
        when = spans.parse(contract.awarded)
        return when, f"It was awarded {spans.words(when)}."
    ended = spans.parse(contract.ended)
    when = spans.until(compiled if ended.last is None else ended)
    why = "it ended then at the latest" if ended.last else "the record was compiled then"
    return (
        when,
        f"Its award date is not on record; it was awarded {spans.words(when)}, since {why}.",
    )


def _period(assessment: AssessmentReported) -> ReportedAct:
    first, last = (
        (assessment.covers.first, assessment.covers.last) if assessment.covers else ("", "")
    )
    begun = spans.parse(first)
    ended = spans.parse(last)
    return ReportedAct(
        subject=assessment.item,
        act="use",
        when=begun,
        told=(
            f"The use it covers began {spans.words(begun)} and ended {spans.words(ended)}.",
        ),
        office=assessment.office,
        datasets=assessment.datasets,
        confidence=weakest(*(one.confidence for one in assessment.events)),
        sources=_together(*(one.sources for one in assessment.events)),
    )


def _claimed(statement: StatementReported) -> ReportedAct:
    begun = spans.parse(statement.claim.first)
    return ReportedAct(
        subject=statement.item,
        act="use",
        when=begun,
        told=(
            f"The office itself says that it used the data, beginning {spans.words(begun)}.",
        ),
        office=statement.claim.office,
        datasets=None,
        confidence=statement.confidence,
        sources=statement.sources,
    )


def weakest(*marks: Confidence) -> Confidence:
    """Return the weakest confidence mark; C when there is none."""
    return max(marks, default="C")


def _together(*several: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for few in several for one in few))


def named(item: Item, number: str | None) -> str:
    """Return how a sentence names an item: its official number, if it has one, and its id."""
    return f"{number} ({item.item})" if number else item.item
