"""What others say of recommendations, and how every statement stands, told as rows. Pure.

The recommendations made in a register itself are told by `answering`. Here are those that a
case file reports and those that a published list names: they have no ledger behind them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from beforehand.oversight import live_claims
from beforehand.oversight import statements as reported_statements
from beforehand.oversight.answering import resolve_by
from beforehand.oversight.outside import values
from beforehand.record import spans
from beforehand.record.answering import Maker
from beforehand.record.counting import totals
from beforehand.record.reported import Confidence, RecommendationStatus, Response
from beforehand.record.stating import VerdictWord

if TYPE_CHECKING:
    from beforehand.oversight.findings import Verdict
    from beforehand.oversight.outside.shelf import Kept
    from beforehand.record.reported import RecommendationReported, ReportedRecord
    from beforehand.record.stating import Statement
    from beforehand.record.view import RecordView

_ISO_DAY = len("2026-11-25")
StatementState: TypeAlias = Literal["drafted", "confirmed", "issued", "reported"]


class ReportTold(msgspec.Struct, frozen=True, kw_only=True):
    """A report on an office.

    reported          whether a case file reports it; else it was issued in the register
    body              what kind of body made it; null of a reported one, which names its office
    issuer            the office that made it; null for a body that has none here
    office            on which it is; null where the case file does not say
    number            its official number, where the case file gives it
    issued            in EDTF
    findings          ids of those that were made in the register
    recommendations   how many it makes: of a reported one, as many as its source states
    open              how many of them are open; null where the source does not say
    """

    report: str
    reported: bool
    body: Maker | None
    issuer: str | None
    number: str | None
    office: str | None
    issued: str | None
    findings: tuple[str, ...]
    recommendations: int
    open: int | None


class ReportedTold(msgspec.Struct, frozen=True, kw_only=True):
    """A recommendation as a case file reports it.

    issued    of its report; days in EDTF
    overdue   its day has surely passed, and it is not closed as far as is reported
    text      null where the source does not give it
    """

    recommendation: str
    report: str
    report_number: str | None
    number: int | None
    office: str | None
    issued: str | None
    status: RecommendationStatus
    status_as_of: str | None
    response: Response | None
    due: str | None
    overdue: bool
    text: str | None
    confidence: Confidence
    sources: tuple[str, ...]


class ListedTold(msgspec.Struct, frozen=True, kw_only=True):
    """A recommendation as a published list names it, and which row says so.

    state        in the words of a register; `status`: in the list's own
    resolve_by   the last day of its resolution clock, where it is unresolved; null if not known
    """

    report: str
    issued: str | None
    office: str | None
    number: str | None
    status: str | None
    state: str
    resolve_by: str | None
    text: str
    as_of: str | None
    file: str
    row: int


class StatementTold(msgspec.Struct, frozen=True, kw_only=True):
    """One claim of one statement, held against the record; a reported statement has one claim.

    day         when it was said or issued, in EDTF; null for a draft, or where it is not known
    because     ids of what the verdict rests on; `open`: what is merely possible
    """

    statement: str
    number: int
    office: str
    claim: str
    state: StatementState
    day: str | None
    verdict: VerdictWord
    because: tuple[str, ...]
    open: tuple[str, ...]
    why: str


def reports(view: RecordView) -> tuple[ReportTold, ...]:
    """Return every report, those issued in the register first, each kind by its day."""
    kept = view.answering
    made = [
        ReportTold(
            report=name,
            reported=False,
            body=one.issued.body,
            issuer=one.issued.issuer,
            number=None,
            office=one.issued.office,
            issued=one.issued.issued,
            findings=tuple(n for n, f in kept.findings.items() if f.made.report == name),
            recommendations=len(own := kept.of_report(name)),
            open=sum(rec.closed is None for rec in own),
        )
        for name, one in kept.reports.items()
    ]
    said = [
        ReportTold(
            report=name,
            reported=True,
            body=None,
            issuer=one.office,
            number=one.number,
            office=None,
            issued=one.issued,
            findings=(),
            recommendations=one.recommendations,
            open=one.open,
        )
        for name, one in view.reported.reports.items()
    ]
    return tuple(
        sorted((*made, *said), key=lambda one: (one.reported, one.issued or "", one.report))
    )


def reported(
    record: ReportedRecord, at: str, texts: Mapping[str, str | None]
) -> tuple[ReportedTold, ...]:
    """Return every reported recommendation, those of one report together and by number.

    texts   the text by id, of those that the source gives
    """
    found = [_reported(record, one, at, texts) for one in record.recommendations.values()]
    return tuple(sorted(found, key=lambda one: (one.report, one.number or 0)))


def _reported(
    record: ReportedRecord,
    one: RecommendationReported,
    at: str,
    texts: Mapping[str, str | None],
) -> ReportedTold:
    report = record.reports.get(one.report)
    today = spans.parse(at[:_ISO_DAY])
    late = one.due is not None and spans.parse(one.due).surely_before(today)
    return ReportedTold(
        recommendation=one.item,
        report=one.report,
        report_number=report.number if report else None,
        number=one.number,
        office=one.to,
        issued=report.issued if report else None,
        status=one.status,
        status_as_of=one.status_as_of,
        response=one.response,
        due=one.due,
        overdue=late and one.status != "closed",
        text=texts.get(one.item),
        confidence=one.confidence,
        sources=one.sources,
    )


def listed(things: Iterable[Kept]) -> tuple[ListedTold, ...]:
    """Return every recommendation of imported lists, by report, addressee and number."""
    found = [_listed(one) for one in things]
    return tuple(
        sorted(
            found, key=lambda one: (one.report, one.office or "", one.number or "", one.row)
        )
    )


def _listed(kept: Kept) -> ListedTold:
    body = kept.body
    issued = body.get("day")
    # What is no day, or none that can be, is kept as its list wrote it, and starts no clock.
    day, wrong = values.read_day(issued or "", "unknown")
    runs = body["state"] == "open_unresolved" and len(day) == _ISO_DAY and not wrong
    return ListedTold(
        report=body.get("report") or body["title"],
        issued=issued,
        office=body.get("to"),
        number=body.get("number"),
        status=body.get("status"),
        state=body["state"],
        resolve_by=resolve_by(day) if runs else None,
        text=body["text"],
        as_of=kept.as_of or None,
        file=kept.file,
        row=kept.row,
    )


def statements(view: RecordView, at: str) -> tuple[StatementTold, ...]:
    """Return each claim of each statement, of the register itself and then the reported ones."""
    live = [
        told
        for name, one in sorted(view.stating.statements.items())
        for told in _own(view, name, one, at)
    ]
    verdicts = reported_statements.verdicts(view.reported)
    return (*live, *(_said(view.reported, one) for one in verdicts))


def _own(view: RecordView, name: str, one: Statement, at: str) -> Iterator[StatementTold]:
    state: StatementState = "confirmed" if one.digest in one.confirmed else "drafted"
    found = live_claims.held(view, one.drafted, at=at)
    pairs = zip(one.drafted.claims, found, strict=True)
    for number, (claim, verdict) in enumerate(pairs, start=1):
        yield StatementTold(
            statement=name,
            number=number,
            office=claim.office,
            claim=claim.claim,
            state="issued" if one.issued else state,
            day=one.issued[:_ISO_DAY] if one.issued else None,
            verdict=verdict.verdict,
            because=verdict.because,
            open=verdict.open,
            why=verdict.why,
        )


def _said(record: ReportedRecord, one: Verdict) -> StatementTold:
    statement = record.statements[one.id]
    return StatementTold(
        statement=one.id,
        number=1,
        office=statement.office,
        claim=statement.claim.claim,
        state="reported",
        day=statement.day,
        verdict=one.verdict,
        because=one.because,
        open=one.open,
        why=one.why,
    )


class CountTold(msgspec.Struct, frozen=True, kw_only=True):
    """A sealed count: what anyone can add up of it; `opened` are numbers of items."""

    count: str
    office: str
    entry: int
    root: str
    items: int
    uncovered: int
    amount: int
    told: int
    by_year: Mapping[str, int]
    by_kind: Mapping[str, int]
    opened: tuple[int, ...]


class ImportTold(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was imported, by digest, and what became of its rows."""

    file: str
    formats: tuple[str, ...]
    rows_as_of: str | None
    rows: int
    created: int
    completed: int
    corrected: int
    unchanged: int
    older: int
    refused: int
    flagged: int
    by: str
    at: str


def counts(view: RecordView) -> tuple[CountTold, ...]:
    """Return every sealed count, by id."""
    return tuple(
        CountTold(
            count=name,
            office=one.committed.office,
            entry=one.entry,
            root=one.committed.root,
            items=(sums := totals(one.committed.items)).items,
            uncovered=sums.uncovered,
            amount=sums.amount,
            told=sums.told,
            by_year=sums.by_year,
            by_kind=sums.by_kind,
            opened=tuple(sorted(one.opened)),
        )
        for name, one in sorted(view.counting.counts.items())
    )


def imports(view: RecordView) -> tuple[ImportTold, ...]:
    """Return every imported file, the first one first."""
    return tuple(
        ImportTold(
            file=name,
            formats=(taken := one.taken).formats,
            rows_as_of=taken.as_of,
            rows=taken.rows,
            created=taken.created,
            completed=taken.completed,
            corrected=taken.corrected,
            unchanged=taken.unchanged,
            older=taken.older,
            refused=sum(dropped.rows for dropped in taken.refused),
            flagged=sum(dropped.rows for dropped in taken.flagged),
            by=one.by,
            at=one.at,
        )
        for name, one in view.imported.files.items()
    )
