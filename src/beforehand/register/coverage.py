"""Contracts and the assessments that may cover them, as timelines on one common axis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from beforehand.oversight.audit import approval
from beforehand.record import spans
from beforehand.record.spans import UNKNOWN, Span
from beforehand.register.timeline import DAY, Cover, Run, Timeline, timeline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from beforehand.record.reported import (
        AssessmentReported,
        ContractReported,
        ReportedRecord,
    )
    from beforehand.record.state import Assessment, Contract
    from beforehand.record.view import RecordView
    from beforehand.register.site import EntryRow, Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A contract ready to be laid on an axis. `whole`: see `timeline`."""

    run: Run
    covers: tuple[Cover, ...]
    whole: bool


def timelines(site: Site) -> Mapping[str, Timeline]:
    """Return the timeline of each contract by id, all from and to the same days."""
    laid = dict(_reported(site) if site.about == "record" else _live(site))
    if not laid:
        return {}
    first, last = _axis(laid)
    return {
        contract: timeline(one.run, one.covers, whole=one.whole, first=first, last=last)
        for contract, one in laid.items()
    }


def until(site: Site) -> date:
    """Return the last day of which the register can speak: the case's, or the day it was made."""
    made = _day(site.made_at)
    case = site.view.reported.case
    if site.about == "record" and case is not None:
        return spans.parse(case.compiled).last or made
    return made


def _axis(laid: Mapping[str, Laid]) -> tuple[date, date]:
    """From the year of the first day that any contract names to the last day, or `until`."""
    runs = [one.run for one in laid.values()]
    known = [
        day
        for run in runs
        for span in (run.starts, run.ends)
        for day in (span.first, span.last)
        if day is not None
    ]
    known += [run.until for run in runs]
    return date(min(known).year, 1, 1), max(known)


# -- a reported record -------------------------------------------------------------------


def _reported(site: Site) -> Iterator[tuple[str, Laid]]:
    record = site.view.reported
    whole = record.is_complete_for("published_assessments")
    for contract in record.contracts.values():
        run = Run(
            starts=spans.parse(contract.awarded),
            ends=spans.parse(contract.ended),
            until=until(site),
        )
        yield (
            contract.item,
            Laid(run=run, covers=_reported_covers(record, contract), whole=whole),
        )


def _reported_covers(
    record: ReportedRecord, contract: ContractReported
) -> tuple[Cover, ...]:
    found = []
    for one in record.assessments.values():
        approved = _reported_approval(record, one)
        applies = _applies(record, contract, one)
        if one.assessment_kind != "PIA" or approved is None or applies is False:
            continue
        found.append(
            Cover(
                assessment=one.item,
                surely=bool(applies),
                approved=approved,
                lost=_withdrawal(one),
            )
        )
    return tuple(found)


def _applies(
    record: ReportedRecord, contract: ContractReported, assessment: AssessmentReported
) -> bool | None:
    """Whether it is for the contract's office and every dataset; None where that is unknown."""
    if assessment.office not in record.unit_and_above(contract.office):
        return False
    if contract.datasets is None or assessment.datasets is None:
        return None
    bought = set(record.carried(contract.datasets))
    return bought <= set(assessment.datasets)


def _reported_approval(
    record: ReportedRecord, assessment: AssessmentReported
) -> Span | None:
    """Return the day it was approved; None where the record says that it was not.

    The same reading as the audit's: without an approval on record there was none only where
    the record is declared complete and does not itself call the assessment approved.
    """
    decides = approval(assessment)
    if decides is not None:
        return spans.parse(decides.day)
    complete = record.is_complete_for("published_assessments")
    if complete and assessment.status not in ("approved", "published"):
        return None
    return UNKNOWN


def _withdrawal(assessment: AssessmentReported) -> Span | None:
    """Return the day after it was withdrawn: a day that was covered in part is not uncovered."""
    days = [spans.parse(one.day) for one in assessment.events if one.event == "withdrawn"]
    if days:
        first, last = days[0].first, days[0].last
        return Span(first and first + DAY, last and last + DAY)
    return UNKNOWN if assessment.status == "withdrawn" else None


# -- a live register ---------------------------------------------------------------------


def _live(site: Site) -> Iterator[tuple[str, Laid]]:
    for name, contract in site.view.contracts.items():
        covers = tuple(
            cover
            for one in site.view.assessments.values()
            for cover in _live_covers(site, contract, one)
        )
        # A live register holds every approval there is: what it lacks was not given.
        yield name, Laid(run=_run(contract, site), covers=covers, whole=True)


def _run(contract: Contract, site: Site) -> Run:
    ends = _day(contract.ends)
    if contract.ended is not None:
        ends = min(ends, _day(contract.ended))
    return Run(
        starts=_exact(_day(contract.awarded.starts)), ends=_exact(ends), until=until(site)
    )


def _live_covers(site: Site, contract: Contract, one: Assessment) -> Iterator[Cover]:
    """Yield a cover for each text that was approved, as long as it stood."""
    if not _is_for(site.view, contract, one):
        return
    for digest, given in one.approvals.items():
        yield Cover(
            assessment=one.draft.assessment,
            surely=True,
            approved=_exact(_day(given.at)),
            lost=_lost(site, one, digest),
        )


def _is_for(view: RecordView, contract: Contract, one: Assessment) -> bool:
    terms = one.draft.terms
    bought = set(view.carried(contract.datasets))
    return contract.awarded.office in terms.offices and bought <= set(terms.datasets)


def _lost(site: Site, one: Assessment, digest: str) -> Span:
    """Return the first day on which the approval of `digest` no longer counts."""
    given = one.approvals[digest]
    expires = _day(given.expires)
    withdrawn = [
        _day(entry.at) + DAY
        for entry in site.entries
        if _withdraws(entry, one.draft.assessment)
    ]
    if withdrawn:
        return _exact(min(expires, withdrawn[0]))
    if one.withdrawn or digest != one.digest:
        # The text was changed after this approval; on which day is not kept in the Record.
        begun = _day(given.at)
        return Span(begun, max(begun, min(expires, until(site) + DAY)))
    return _exact(expires)


def _withdraws(entry: EntryRow, assessment: str) -> bool:
    return entry.kind == "assessment.withdrawn" and entry.subject == assessment


def _day(text: str) -> date:
    """Return the day of a moment or of a day as text."""
    return date.fromisoformat(text[:10])


def _exact(day: date) -> Span:
    return Span(day, day)
