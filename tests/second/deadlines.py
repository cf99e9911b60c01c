"""The moments at which what an act rests on begins or is over: there the procedures could differ."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from beforehand.record import facts as f
from beforehand.record.acts import Act
from beforehand.record.answering import QueryLodged, RedressReceived, ReportIssued
from beforehand.record.buying import InquiryAnswered
from beforehand.record.fold import Record
from beforehand.record.state import Assessment, UseRequest
from beforehand.record.using import ProcessRecorded
from beforehand.record.view import RecordView
from tests.second.case import Case
from tests.second.days import YEAR, end, moment, start, third_anniversary
from tests.second.posts import DATA_FACTS


def deadlines(record: Record, act: Act, at: str) -> list[datetime]:
    case = Case(record, act, at)
    if isinstance(act.fact, InquiryAnswered):
        return [start(record.buying.inquiries[act.fact.inquiry].opened.expires)]
    if isinstance(act.fact, ReportIssued):
        return [start(act.fact.issued)]
    if isinstance(act.fact, QueryLodged | RedressReceived):
        return [start(act.fact.received)]
    if isinstance(act.fact, ProcessRecorded):
        return list(_exigencies(record))
    if not isinstance(act.fact, DATA_FACTS):
        return []
    return [
        *_of_person(case),
        *(_of_assessment(case, case.assessment) if case.assessment else ()),
        *_of_data(case),
        *(_of_request(record, case.request) if case.request else ()),
        *(_of_asking(case, act.fact) if isinstance(act.fact, f.QuestionAdmitted) else ()),
    ]


def _of_person(case: Case) -> Iterator[datetime]:
    if case.who is None:
        return
    for done in (case.who.trained, case.who.rules_signed):
        if done:
            yield moment(done) + YEAR
    if case.who.recertified:
        then = moment(case.who.recertified)
        months = then.year * 12 + (then.month - 1) // 3 * 3 + 3
        yield datetime(months // 12, months % 12 + 1, 1)  # noqa: DTZ001  # UTC


def _of_assessment(case: Case, known: Assessment) -> Iterator[datetime]:
    for one in known.approvals.values():
        yield start(one.expires)
        yield moment(one.at)
    for promised in known.draft.terms.mitigations:
        yield end(promised.due)
    yield from map(end, known.delays.values())
    if case.threshold and case.threshold.approved:
        yield moment(case.threshold.approved)
        yield third_anniversary(moment(case.threshold.approved))


def _of_data(case: Case) -> Iterator[datetime]:
    if contract := case.contract:
        yield from (start(contract.awarded.starts), end(contract.ends))
    for one in case.carried:
        if evidence := case.record.evidence.get(one):
            yield moment(evidence.at) + YEAR
    for adopted in case.record.procedures.values():
        yield start(adopted.adopted.in_force_from)


def _of_request(record: Record, known: UseRequest) -> Iterator[datetime]:
    yield start(known.asked.expires)
    process = record.using.processes.get(getattr(known.asked, "process", None) or "")
    if process:
        yield start(process.recorded.expires)


def _of_asking(case: Case, fact: f.QuestionAdmitted) -> Iterator[datetime]:
    terms = case.record.assessments[fact.assessment].draft.terms
    log = case.record.use_logs.get((fact.office, fact.dataset))
    if log and log.unreviewed_since:
        yield moment(log.unreviewed_since) + timedelta(days=terms.review_days)
    yield from _exigencies(case.record)
    for incident in case.record.using.incidents.values():
        yield end(incident.opened.discovered) + timedelta(days=3)


def _exigencies(record: RecordView) -> Iterator[datetime]:
    for process in record.using.processes.values():
        if process.pends:
            yield start(process.recorded.expires)
