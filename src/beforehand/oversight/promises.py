"""Promises held against the record; and what every claim needs: when the contracts ran.

A promise speaks of what is to come, so it can be late (kept after its date) or overdue (past
its date and not kept on record). The four kinds of answer in words are in `statements`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beforehand.oversight.findings import Verdict, VerdictWord
from beforehand.record import spans
from beforehand.record.spans import UNKNOWN, Span, Stretch

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beforehand.record.reported import (
        AssessmentReported,
        ContractReported,
        RecommendationReported,
        ReportedRecord,
        StatementReported,
    )

SHOWN = 4


def say(
    statement: StatementReported,
    word: VerdictWord,
    why: str,
    *,
    because: Iterable[str] = (),
    possible: Iterable[str] = (),
) -> Verdict:
    return Verdict(
        id=statement.item,
        office=statement.office,
        verdict=word,
        because=tuple(sorted(set(because))),
        open=tuple(sorted(set(possible))),
        why=why,
    )


def listed(ids: Iterable[str]) -> str:
    """Return ids as a sentence names them; a long list is cut, and says by how much."""
    known = sorted(set(ids))
    rest = len(known) - SHOWN
    return ", ".join(known[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def consistent(
    statement: StatementReported,
    *,
    because: Iterable[str] = (),
    possible: Iterable[str] = (),
) -> Verdict:
    """Return the verdict that is left when nothing certain decides."""
    kept, left = set(because), set(possible)
    why = "Nothing certain on this record speaks against it"
    why += f"; in keeping with it: {listed(kept)}" if kept else ""
    why += f"; left open by what is not known: {listed(left)}" if left else ""
    return say(statement, "consistent", f"{why}.", because=kept, possible=left)


def compiled_on(record: ReportedRecord) -> Span:
    """Return the day up to which the record was gathered: its today."""
    return spans.parse(record.case.compiled if record.case else None)


def bounded(first: Span, last: Span) -> Stretch:
    """Return the time between; of two days that contradict each other neither is certain."""
    try:
        return Stretch(first, last)
    except ValueError:
        return Stretch(UNKNOWN, UNKNOWN)


def run(
    contract: ContractReported, compiled: Span, *, ended: Span | None = None
) -> Stretch:
    """Return the time from a contract's award to its end.

    Without an award date it was awarded no later than it ended or was reported.
    """
    known = contract.awarded is not None
    awarded = spans.parse(contract.awarded) if known else spans.until(compiled)
    return bounded(awarded, spans.parse(contract.ended) if ended is None else ended)


def runs(record: ReportedRecord, office: str) -> dict[str, Stretch]:
    """Return when each contract of `office` and of the units below it ran, by id."""
    compiled = compiled_on(record)
    return {
        one.item: run(one, compiled, ended=record.ends_of(one))
        for one in record.contracts.values()
        if office in record.unit_and_above(one.office)
    }


def contracts_ended(record: ReportedRecord, statement: StatementReported) -> Verdict:
    """Hold "the contracts end by that day" against the contracts."""
    said, due = spans.parse(statement.day), spans.parse(statement.claim.due)
    held = runs(record, statement.claim.office)
    past = {item: one for item, one in held.items() if due.surely_before(one.last)}
    kept_running = [i for i, one in past.items() if not due.possibly_before(one.first)]
    new = {item: one for item, one in past.items() if due.surely_before(one.first)}
    new_before = [i for i, one in new.items() if not said.possibly_before(one.first)]
    new_after = [i for i, one in new.items() if said.surely_before(one.first)]
    perhaps = {item for item, one in held.items() if due.possibly_before(one.last)}
    perhaps -= {*kept_running, *new_before, *new_after}
    late = _late(said, due)
    if late == "contradicted":
        new_before += kept_running
    if new_before:
        why = f"Contracts were in force after that date, before it was said: {listed(new_before)}."
        return say(statement, "contradicted", why, because=new_before, possible=perhaps)
    if kept_running:
        why = f"Contracts from before that date ran past it: {listed(kept_running)}."
        compiled = compiled_on(record)
        ended = all(not compiled.possibly_before(held[i].last) for i in kept_running)
        word: VerdictWord = "late" if ended else "overdue"
        return say(statement, word, why, because=kept_running, possible=perhaps)
    if new_after:
        why = (
            "It may have been kept at the time; after that date, and after it was said,"
            f" this record reports, a new contract was awarded: {listed(new_after)}."
        )
        return say(statement, "reversed", why, because=new_after, possible=perhaps)
    if past:
        why = (
            f"Contracts were in force after that date ({listed(past)}), but whether they ran on"
            " or were new, and new before or after it was said, is not known."
        )
        return say(
            statement, "undecidable", why, because=past, possible=perhaps - set(past)
        )
    if held and not perhaps and record.is_complete_for("contracts"):
        why = f"The record is declared complete for contracts, and all ended by then: {listed(held)}."
        return say(statement, "supported", why, because=held)
    kept = [item for item, one in held.items() if one.last.surely_within(said, due)]
    return _may_run_on(statement, kept, perhaps)


def _may_run_on(
    statement: StatementReported, kept: Iterable[str], perhaps: Iterable[str]
) -> Verdict:
    """Return what is left of such a promise where nothing certain decides."""
    if not perhaps:
        return consistent(statement, because=kept)
    why = f"Nothing certain on this record speaks against it, but {listed(perhaps)} may run past that date"
    why += f"; in keeping with it: {listed(kept)}" if kept else ""
    return say(statement, "consistent", f"{why}.", because=kept, possible=perhaps)


def assessment_approved_by(record: ReportedRecord, statement: StatementReported) -> Verdict:
    """Hold "the assessment will be approved by that day" against the office's assessments."""
    said, due = spans.parse(statement.day), spans.parse(statement.claim.due)
    own = [
        one
        for one in record.assessments.values()
        if one.assessment_kind == "PIA"
        and statement.claim.office in record.unit_and_above(one.office)
    ]
    counting = [
        (one.item, day)
        for one in own
        for day in approvals(one)
        if not _surely_another(day, said, due)
    ]
    kept = [
        item
        for item, day in counting
        if not day.possibly_before(said) or due.surely_before(said)
        if not due.possibly_before(day)
    ]
    if kept:
        why = f"An approval on or before its date is on record: {listed(kept)}."
        return say(statement, "supported", why, because=kept)
    ids = {item for item, _ in counting}
    if counting and all(due.surely_before(day) for _, day in counting):
        why = f"The approval on record came after its date: {listed(ids)}."
        return say(statement, _late(said, due), why, because=ids)
    if counting:
        why = (
            f"An approval is on record ({listed(ids)}), but its day is not known well enough"
            " to say whether it is the promised one and came in time."
        )
        return say(statement, "undecidable", why, because=ids)
    return _not_on_record(record, statement, own)


def _not_on_record(
    record: ReportedRecord, statement: StatementReported, own: list[AssessmentReported]
) -> Verdict:
    waiting = {
        one.item for one in own if one.status != "never_approved" and not approvals(one)
    }
    possible = waiting | unanswered_about(record, waiting)
    if spans.parse(statement.claim.due).surely_before(compiled_on(record)):
        why = "Its date has passed and no approval is on this record."
        return say(statement, "overdue", why, possible=possible)
    why = "No approval is on this record, and its date had not surely passed when it was compiled."
    return say(statement, "consistent", why, possible=possible)


def approvals(assessment: AssessmentReported) -> tuple[Span, ...]:
    """Return the days that count as its approval; a day not known where only its state says so."""
    for event in ("approved", "published"):
        found = tuple(spans.parse(o.day) for o in assessment.events if o.event == event)
        if found:
            return found
    return (UNKNOWN,) if assessment.status in ("approved", "published") else ()


def policy_issued_by(record: ReportedRecord, statement: StatementReported) -> Verdict:
    """Hold "the policy will be issued by that day" against the calendar alone.

    A report has no policies in it; a recommendation due the same day is the nearest thing. A
    register has the procedures that were adopted.
    """
    said, due = spans.parse(statement.day), spans.parse(statement.claim.due)
    issued = {
        item: day
        for item, day in record.policies_of(statement.claim.office).items()
        if not _surely_another(day, said, due)
    }
    kept = [item for item, day in issued.items() if not due.possibly_before(day)]
    if kept:
        why = f"Procedures in force on or before its date are on record: {listed(kept)}."
        return say(statement, "supported", why, because=kept)
    if issued and not all(due.surely_before(day) for day in issued.values()):
        why = (
            f"Procedures are on record ({listed(issued)}), but the promised day is not known"
            " well enough to say whether they came in time."
        )
        return say(statement, "undecidable", why, because=issued)
    if issued:
        why = f"The procedures on record are in force after its date: {listed(issued)}."
        return say(statement, _late(said, due), why, because=issued)
    about = [
        one for one in record.recommendations.values() if _same_task(record, one, statement)
    ]
    ids = {one.item for one in about}
    closed = [one.item for one in about if one.status == "closed"]
    possible = {one.item for one in about if one.status == "unknown"}
    possible |= unanswered_about(record, ids)
    if closed:
        why = (
            f"The recommendation due that day is closed ({listed(closed)}), but whether and"
            " when the policy was issued is not on this record."
        )
        return say(statement, "undecidable", why, because=ids, possible=possible)
    if due.surely_before(compiled_on(record)):
        why = "Its date has passed and this record shows no such policy; one may exist."
        return say(statement, "overdue", why, because=ids, possible=possible)
    why = "Its date had not surely passed when this record was compiled."
    return say(statement, "consistent", why, because=ids, possible=possible)


def unanswered_about(record: ReportedRecord, items: set[str]) -> set[str]:
    """Return the questions about any of `items` that got no answer on the record."""
    return {
        one.item
        for one in record.questions.values()
        if one.answer == "none" and items & set(one.about or ())
    }


def _late(said: Span, due: Span) -> VerdictWord:
    """Said after its date it is no promise but a claim about the past, and can be false."""
    return "contradicted" if due.surely_before(said) else "late"


def _surely_another(approved: Span, said: Span, due: Span) -> bool:
    """Whether an approval came before the promise was made, so that another was promised."""
    return approved.surely_before(said) and not due.possibly_before(said)


def _same_task(
    record: ReportedRecord, one: RecommendationReported, statement: StatementReported
) -> bool:
    due, office = statement.claim.due, statement.claim.office
    if due is None or one.due is None or spans.parse(one.due) != spans.parse(due):
        return False
    return (
        one.to is None
        or office in record.unit_and_above(one.to)
        or one.to in record.unit_and_above(office)
    )
