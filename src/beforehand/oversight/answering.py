"""How recommendations, commitments, queries and redress stand at a moment, told as rows. Pure."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import msgspec

from beforehand.oversight.live_checks import State, verdict, words
from beforehand.oversight.live_trace import Failing
from beforehand.record import answering as a
from beforehand.record.answering_state import (
    Answering,
    Commitment,
    CommitmentState,
    Query,
    QueryState,
    Recommendation,
)

if TYPE_CHECKING:
    from beforehand.oversight.live_trace import Trace
    from beforehand.record.view import RecordView

RESOLUTION_MONTHS: Final = 6  # OMB Circular A-50
Resolution: TypeAlias = Literal["agreed", "running", "passed"]


class Reopened(msgspec.Struct, frozen=True, kw_only=True):
    """`entry`: the id of the entry that did it; null where the body reopened it itself."""

    at: str
    by: str
    entry: str | None


class RecommendationTold(msgspec.Struct, frozen=True, kw_only=True):
    """One recommendation.

    status       in the words of the body that made it
    resolve_by   the last day of its resolution clock; `resolution`: how that stands
    targets      every day that management set, the first one first; `slips`: how many followed it
    check        its live check in words; null for none, and `holds` with it
    because      what made the check fail, mended failings too, each with the entry that did it
    text         null where it is not published, or its document holds no plain text
    """

    recommendation: str
    report: str
    body: a.Maker
    number: int
    office: str
    priority: bool
    published: bool
    issued: str
    status: str
    days_open: int
    response: a.Response | None
    resolve_by: str
    resolution: Resolution
    targets: tuple[str, ...]
    slips: int
    overdue: bool
    evidence: int
    reopened: tuple[Reopened, ...]
    check: str | None
    holds: State | None
    because: tuple[Failing, ...]
    text: str | None


class CommitmentTold(msgspec.Struct, frozen=True, kw_only=True):
    """One commitment; `targets`: every day it was promised for, the first one first."""

    commitment: str
    office: str
    promised: a.Promised
    targets: tuple[str, ...]
    state: CommitmentState
    days_overdue: int
    replacement: str | None


class QueryTold(msgspec.Struct, frozen=True, kw_only=True):
    """One question to an office.

    days           how many it has waited, or had until its first answer
    days_overdue   how many of them came after its date
    silence        when the silence was noted on the ledger
    """

    query: str
    office: str
    asker: a.Asker
    received: str
    due: str
    state: QueryState
    days: int
    days_overdue: int
    silence: str | None
    concerning: tuple[str, ...]
    official: str | None
    reason: a.Withheld | None


class RedressCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many came to an office, and what became of them; of nobody in particular."""

    office: str
    redress_kind: a.RedressKind
    received: int
    waiting: int
    overdue: int
    granted: int
    granted_in_part: int
    denied: int
    no_record: int


def resolve_by(issued: str) -> str:
    """Return the last day of the resolution clock: six months after a report."""
    day = date.fromisoformat(issued)
    months = day.month - 1 + RESOLUTION_MONTHS
    year, month = day.year + months // 12, months % 12 + 1
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(day.day, last)).isoformat()


def recommendations(
    view: RecordView, trace: Trace, at: str, *, texts: Mapping[str, str | None]
) -> tuple[RecommendationTold, ...]:
    """Return every recommendation, those of one report together and by number.

    texts   the text of each document, by digest
    """
    kept = view.answering
    found = [
        _recommendation(view, trace, one, at, texts)
        for one in kept.recommendations.values()
    ]
    return tuple(sorted(found, key=lambda one: (one.issued, one.report, one.number)))


def _recommendation(
    view: RecordView,
    trace: Trace,
    known: Recommendation,
    at: str,
    texts: Mapping[str, str | None],
) -> RecommendationTold:
    made = known.made
    issued = view.answering.reports[made.report].issued.issued
    held = made.check and verdict(view, trace, made.check, office=made.office, at=at)
    return RecommendationTold(
        recommendation=made.recommendation,
        report=made.report,
        body=known.body,
        number=made.number,
        office=made.office,
        priority=made.priority,
        published=made.document is not None,
        issued=issued,
        status=known.status,
        days_open=_days(issued, known.closed_at or at),
        response=known.answers[-1].response if known.answers else None,
        resolve_by=resolve_by(issued),
        resolution=_resolution(known, issued, at),
        targets=tuple(one.due for one in known.targets),
        slips=max(0, len(known.targets) - 1),
        overdue=known.closed is None and known.due is not None and known.due < at[:10],
        evidence=len(known.evidence),
        reopened=tuple(
            Reopened(at=one.at, by=one.by, entry=one.entry) for one in known.reopened
        ),
        check=words(made.check) if made.check else None,
        holds=held.state if held else None,
        because=held.because if held else (),
        text=texts.get(made.document) if made.document else None,
    )


def _resolution(known: Recommendation, issued: str, at: str) -> Resolution:
    if known.resolved:
        return "agreed"
    return "running" if at[:10] <= resolve_by(issued) else "passed"


def commitments(view: RecordView, at: str) -> tuple[CommitmentTold, ...]:
    """Return every commitment, by the day for which it is promised now."""
    found = [_commitment(one, at) for one in view.answering.commitments.values()]
    return tuple(sorted(found, key=lambda one: (one.targets[-1], one.commitment)))


def _commitment(known: Commitment, at: str) -> CommitmentTold:
    state = known.state(at)
    late = {"overdue": at, "late": known.kept}.get(state)
    return CommitmentTold(
        commitment=known.made.commitment,
        office=known.made.office,
        promised=known.made.promised,
        targets=tuple(one.due for one in known.targets),
        state=state,
        days_overdue=_days(known.due, late) if late else 0,
        replacement=known.replacement,
    )


def queries(view: RecordView, at: str) -> tuple[QueryTold, ...]:
    """Return every question to an office, the longest waiting first, then by their date."""
    found = [_query(one, at) for one in view.answering.queries.values()]
    return tuple(
        sorted(found, key=lambda one: (one.state != "overdue", one.due, one.query))
    )


def _query(known: Query, at: str) -> QueryTold:
    reply = known.replies[-1][1] if known.replies else None
    until = known.replies[0][0] if known.replies else at
    return QueryTold(
        query=known.lodged.query,
        office=known.lodged.office,
        asker=known.lodged.asker,
        received=known.lodged.received,
        due=known.due,
        state=known.state(at),
        days=known.days(at),
        days_overdue=_days(known.due, until),
        silence=known.silent,
        concerning=known.lodged.concerning,
        official=reply.official if reply else None,
        reason=reply.reason if reply else None,
    )


def redress(kept: Answering, at: str) -> tuple[RedressCount, ...]:
    """Return how many complaints and requests came to each office, and what became of them."""
    found: Counter[tuple[str, a.RedressKind, str]] = Counter()
    for one in kept.redress.values():
        waits = "waiting" if at[:10] <= one.due else "overdue"
        found[one.received.office, one.received.redress_kind, one.outcome or waits] += 1
    return tuple(
        RedressCount(
            office=office,
            redress_kind=kind,
            received=sum(n for (o, k, _), n in found.items() if (o, k) == (office, kind)),
            waiting=found[office, kind, "waiting"],
            overdue=found[office, kind, "overdue"],
            granted=found[office, kind, "granted"],
            granted_in_part=found[office, kind, "granted_in_part"],
            denied=found[office, kind, "denied"],
            no_record=found[office, kind, "no_record"],
        )
        for office, kind in sorted({(office, kind) for office, kind, _ in found})
    )


def _days(first: str, last: str) -> int:
    """Return the whole days (UTC) from one day or moment to another; none before it."""
    between = date.fromisoformat(last[:10]) - date.fromisoformat(first[:10])
    return max(0, between.days)
