"""Stated counts beside what the record can name, and what it cannot show at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from beforehand.oversight.findings import (
    CountHeld,
    RecommendationsOf,
    RecommendationState,
    Unanswered,
)
from beforehand.oversight.promises import compiled_on, run
from beforehand.record import spans
from beforehand.record.reported import Part, ReportedRecord

if TYPE_CHECKING:
    from collections.abc import Iterator, Sized

    from beforehand.record.reported import (
        AssessmentReported,
        ContractReported,
        CountReported,
        RecommendationReported,
        ReportReported,
    )

OPEN = ("open", "open_resolved", "open_unresolved")


def held(record: ReportedRecord) -> tuple[CountHeld, ...]:
    """Return every stated count beside the contracts that it surely and possibly counts."""
    return tuple(_held(record, one) for one in record.counts.values())


def _held(record: ReportedRecord, count: CountReported) -> CountHeld:
    if count.counted != "contracts":
        return CountHeld(
            id=count.item,
            stated=count.value,
            certain=None,
            possible=None,
            named=(),
            perhaps=(),
            why="This record names no such things one by one, so it can only repeat the count.",
        )
    first = spans.parse(count.period.first if count.period else None)
    last = spans.parse(count.period.last if count.period else None)
    compiled = compiled_on(record)
    named, perhaps = list[str](), list[str]()
    for one in record.contracts.values():
        awarded = run(one, compiled).first
        if not _counts(record, count, one) or not awarded.possibly_within(first, last):
            continue
        # Offices not known: any contract may be meant, and none surely is.
        is_certain = count.offices is not None and awarded.surely_within(first, last)
        (named if is_certain else perhaps).append(one.item)
    return CountHeld(
        id=count.item,
        stated=count.value,
        certain=len(named),
        possible=len(named) + len(perhaps),
        named=tuple(sorted(named)),
        perhaps=tuple(sorted(perhaps)),
        why=_why(count, len(named), len(named) + len(perhaps)),
    )


def _counts(
    record: ReportedRecord, count: CountReported, contract: ContractReported
) -> bool:
    """Whether the contract is of an office counted, or a unit below; no office named: of any."""
    if not count.offices:
        return True
    return bool(set(count.offices) & set(record.unit_and_above(contract.office)))


def _why(count: CountReported, certain: int, possible: int) -> str:
    about = "about " if count.value_about else ""
    stated = (
        f"The source counts {about}{count.value} without naming them; this record names"
        f" {certain} that surely and {possible} that possibly are among them."
    )
    if count.value_about:
        return stated
    if certain > count.value:
        return f"{stated} It names more than the source counts."
    if possible < count.value:
        return f"{stated} At least {count.value - possible} are not on it."
    return stated


def recommendations(record: ReportedRecord) -> tuple[RecommendationsOf, ...]:
    """Return, for every report, how many recommendations it states and the record names."""
    return tuple(_of(record, one) for one in record.reports.values())


def _of(record: ReportedRecord, report: ReportReported) -> RecommendationsOf:
    own = [one for one in record.recommendations.values() if one.report == report.item]
    own.sort(key=_by_number)
    return RecommendationsOf(
        report=report.item,
        stated=report.recommendations,
        named=len(own),
        open_stated=report.open,
        open_named=tuple(one.item for one in own if one.status in OPEN),
        text_unknown=tuple(one.item for one in own if not one.text_known),
        state_unknown=tuple(one.item for one in own if one.status == "unknown"),
        each=tuple(_state(one) for one in own),
    )


def _state(one: RecommendationReported) -> RecommendationState:
    return RecommendationState(
        id=one.item,
        number=one.number,
        to=one.to,
        status=one.status,
        status_as_of=one.status_as_of,
        response=one.response,
        due=one.due,
        text_known=one.text_known,
    )


def _by_number(one: RecommendationReported) -> tuple[bool, int, str]:
    return one.number is None, one.number or 0, one.item


def unanswered(record: ReportedRecord) -> tuple[Unanswered, ...]:
    """Return the questions of which no answer is reported, with what they were about."""
    return tuple(
        Unanswered(id=one.item, to=one.to, asked=one.asked, about=one.about)
        for one in record.questions.values()
        if one.answer == "none"
    )


def cannot_show(record: ReportedRecord) -> tuple[str, ...]:
    """Return what this record cannot show, as sentences."""
    return (
        *_incomplete(record),
        *_contracts(record),
        *_assessments(record),
        *_recommendations(record),
        *_others(record),
    )


def _incomplete(record: ReportedRecord) -> Iterator[str]:
    parts: tuple[Part, ...] = get_args(Part)
    missing = [one.replace("_", " ") for one in parts if not record.is_complete_for(one)]
    if missing:
        yield f"It is not declared complete for {_joined(missing)}: what is absent may exist."


def _contracts(record: ReportedRecord) -> Iterator[str]:
    every = record.contracts.values()
    lacking = {
        "award date": [one for one in every if one.awarded is None],
        "end": [one for one in every if one.ended is None],
        "amount": [one for one in every if one.amount is None],
        "vendor": [one for one in every if one.supplier is None],
        "list of datasets": [one for one in every if one.datasets is None],
    }
    for what, some in lacking.items():
        yield from _not_known(what, some, every, "contracts")
    datasets = record.datasets.values()
    opaque = [one for one in datasets if one.contains is None]
    lone = [one for one in datasets if one.carries is None]
    yield from _not_known("content", opaque, datasets, "datasets")
    if lone:
        yield f"What else comes inside {len(lone)} of its {len(datasets)} datasets is not known."


def _assessments(record: ReportedRecord) -> Iterator[str]:
    every = record.assessments.values()
    unknown = [one for one in every if one.status == "unknown"]
    undated = [one for one in every if one.status != "unknown" and not _is_dated(one)]
    yield from _not_known("state", unknown, every, "assessments")
    yield from _not_known("day of the state", undated, every, "assessments")


def _is_dated(assessment: AssessmentReported) -> bool:
    """Whether an event with a day tells since when the assessment is in its state."""
    telling = {"under_review": "filed", "never_approved": "finding"}
    event = telling.get(assessment.status, assessment.status)
    return any(one.event == event and one.day is not None for one in assessment.events)


def _recommendations(record: ReportedRecord) -> Iterator[str]:
    every = record.recommendations.values()
    lacking = {
        "text": [one for one in every if not one.text_known],
        "addressee": [one for one in every if one.to is None],
        "state": [one for one in every if one.status == "unknown"],
        "day of the state": [
            one for one in every if one.status != "unknown" and one.status_as_of is None
        ],
    }
    for what, some in lacking.items():
        yield from _not_known(what, some, every, "recommendations")
    for one in recommendations(record):
        if one.named < one.stated:
            yield f"{one.report} states {one.stated} recommendations; {one.named} are named here."
        missing = (one.open_stated or 0) - len(one.open_named)
        if missing > 0:
            yield (
                f"{one.report} is said to have {one.open_stated} open recommendations;"
                f" this record cannot name {missing} of them."
            )


def _others(record: ReportedRecord) -> Iterator[str]:
    uncounted = [one.item for one in record.counts.values() if one.counted != "contracts"]
    if uncounted:
        yield f"It names nothing of what is counted in {_joined(uncounted)}."
    said = record.statements.values()
    yield from _not_known("day", [o for o in said if o.day is None], said, "statements")
    incidents = record.incidents.values()
    unresolved = [one for one in incidents if not one.outcome_known]
    yield from _not_known("outcome", unresolved, incidents, "incidents")
    silent = unanswered(record)
    if silent:
        yield f"It holds no answer to {len(silent)} of its {len(record.questions)} questions."


def _not_known(what: str, some: Sized, every: Sized, nouns: str) -> Iterator[str]:
    if len(some):
        yield f"The {what} of {len(some)} of its {len(every)} {nouns} is not known."


def _joined(words: list[str]) -> str:
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)
