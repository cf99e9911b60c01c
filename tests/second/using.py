"""What must be so to use the data: procedures, requests, legal process, budget, review."""

from __future__ import annotations

from datetime import datetime, timedelta

from beforehand.record import facts as f
from beforehand.record import using as u
from beforehand.record.state import Procedures
from beforehand.record.terms import Area
from tests.second.assessment import inside
from tests.second.case import Case, rule, text
from tests.second.days import end, moment, quarter, start

EXIGENCY = timedelta(days=2)  # 18 U.S.C. 2518(7): forty-eight hours
NOTICE = timedelta(days=3)
TO_TELL = {"privacy_office", "inspector_general"}


def _question(case: Case) -> f.QuestionAdmitted:
    fact = case.act.fact
    if not isinstance(fact, f.QuestionAdmitted):
        raise TypeError(fact)
    return fact


# -- procedures, places, retention -------------------------------------------------------


def _procedures(case: Case) -> Procedures | None:
    """Those of the office, or of the nearest office above it that has any."""
    here: str | None = case.claim.office
    while here is not None:
        if newest := case.record.procedures.get(here):
            chain = [newest]
            while chain[-1].earlier is not None:
                chain.append(chain[-1].earlier)
            begun = (
                one
                for one in chain
                if start(one.adopted.in_force_from) <= case.now
                and moment(one.at) <= case.now
            )
            return next(begun, newest)
        here = case.record.offices[here].parent
    return None


@rule("procedures.adopted")
def procedures_are_in_force(case: Case) -> bool | None:
    known = _procedures(case)
    if known is None:
        return None
    return start(known.adopted.in_force_from) <= case.now and moment(known.at) <= case.now


@rule("procedures.final")
def procedures_are_final(case: Case) -> bool | None:
    known = _procedures(case)
    return None if known is None else not getattr(known.adopted, "interim", False)


@rule("place.removed")
def places_were_removed(case: Case) -> bool | None:
    if case.assessment is None:
        return None
    wanted = case.assessment.draft.terms.places
    fact = case.act.fact
    if isinstance(fact, f.HoldingTaken):
        return fact.places == wanted
    taken = case.record.snapshots[case.claim.snapshot or ""].taken
    return taken.places == wanted if taken.dataset in case.claim.datasets else None


@rule("retention.inside")
def is_inside_retention(case: Case) -> bool | None:
    if case.assessment is None or case.form is None:
        return None
    kept = timedelta(days=case.assessment.draft.terms.retention_days)
    return moment(case.form.window_start) >= case.today - kept


# -- the use request ---------------------------------------------------------------------


@rule("request.approved")
def supervisor_approved(case: Case) -> bool | None:
    return None if case.request is None else case.request.approved_by is not None


@rule("request.concurred")
def counsel_concurred(case: Case) -> bool | None:
    return None if case.request is None else case.request.concurred_by is not None


@rule("request.case")
def names_a_case(case: Case) -> bool | None:
    if case.request is None or "case" not in case.request.opened:
        return None
    return case.request.opened["case"] not in (None, "")


@rule("request.covers")
def request_is_for_this(case: Case) -> bool | None:
    if case.request is None or case.form is None:
        return None
    asked, claim = case.request.asked, case.claim
    return (
        asked.office,
        (asked.dataset,),
        asked.purpose,
        asked.form,
        asked.assessment,
    ) == (
        claim.office,
        claim.datasets,
        claim.purpose,
        case.form.form,
        claim.assessment,
    )


@rule("request.area")
def is_inside_requested_area(case: Case) -> bool | None:
    if case.request is None or case.request.area is None or case.form is None:
        return None
    return inside(case.form.area, case.request.area)


@rule("request.period")
def is_inside_requested_period(case: Case) -> bool | None:
    if case.request is None or case.form is None:
        return None
    asked = case.request.asked
    first, last = moment(case.form.window_start), moment(case.form.window_end)
    return start(asked.first_day) <= first and last <= end(asked.last_day)


@rule("request.unexpired")
def request_has_not_expired(case: Case) -> bool | None:
    return None if case.request is None else case.now < start(case.request.asked.expires)


@rule("request.own")
def is_by_the_requester(case: Case) -> bool | None:
    return None if case.request is None else case.act.actor == case.request.by


@rule("request.text-unchanged")
def assessment_is_as_it_was(case: Case) -> bool | None:
    if case.request is None or case.assessment is None:
        return None
    return case.request.text == case.assessment.digest


@rule("separation.requester-approves")
def did_not_make_the_request(case: Case) -> bool | None:
    return None if case.request is None else not case.request.requesters & case.counts_as


@rule("separation.one-decision")
def has_not_decided_it_before(case: Case) -> bool | None:
    return None if case.request is None else not case.request.deciders & case.counts_as


# -- legal process -----------------------------------------------------------------------


def _process(case: Case) -> u.Process | None:
    name = case.request and getattr(case.request.asked, "process", None)
    return case.record.using.processes.get(name) if name else None


def _asks_rows(case: Case) -> bool | None:
    if isinstance(case.act.fact, f.UseApproved):
        return None if case.request is None else case.request.asked.form != "aggregate"
    return None if case.form is None else case.form.form != "aggregate"


@rule("process.rows")
def process_names_what_is_asked(case: Case) -> bool | None:
    rows, known = _asks_rows(case), _process(case)
    if rows is None or case.request is None:
        return None
    if not rows or known is None:
        return None if rows else True
    asked, told = case.request.asked, known.recorded
    first, last = start(asked.first_day), end(asked.last_day)
    if case.form is not None:
        first, last = moment(case.form.window_start), moment(case.form.window_end)
    return (
        told.dataset == asked.dataset
        and told.office in case.up(asked.office)
        and start(told.first_day) <= first
        and last <= end(told.last_day)
        and _names_area(case, known)
    )


def _names_area(case: Case, process: u.Process) -> bool:
    """Whether the area asked about is the process's; a device alone names no area to ask in."""
    asked: Area | None = case.request.area if case.request else None
    if case.form is not None:
        asked = case.form.area
    if process.area is None:
        return process.device is not None and case.form is None
    return asked is not None and inside(asked, process.area)


@rule("process.standing")
def process_has_not_ended(case: Case) -> bool | None:
    rows, known = _asks_rows(case), _process(case)
    return (None if known is None else known.ended is None) if rows else _is_false(rows)


@rule("process.unexpired")
def process_has_not_expired(case: Case) -> bool | None:
    rows, known = _asks_rows(case), _process(case)
    if not rows:
        return _is_false(rows)
    return None if known is None else case.now < start(known.recorded.expires)


def _is_false(found: bool | None) -> bool | None:
    return None if found is None else not found


@rule("process.exigency-deadline")
def exigency_is_two_days_at_most(case: Case) -> bool | None:
    fact = case.act.fact
    if not isinstance(fact, u.ProcessRecorded):
        raise TypeError(fact)
    return fact.process_kind != "exigency" or start(fact.expires) - case.today <= EXIGENCY


@rule("process.exigency-resolved")
def no_exigency_is_overdue(case: Case) -> bool | None:
    """Of the office, and of those above and under it: each has a say in what became of it."""
    near = case.related(text(case.act.fact, "office"))
    return not any(
        one.recorded.process_kind == "exigency"
        and one.resolved is None
        and start(one.recorded.expires) <= case.now
        for one in case.record.using.processes.values()
        if one.recorded.office in near
    )


@rule("process.exigency-again")
def no_earlier_exigency_is_overdue(case: Case) -> bool | None:
    """Until the earlier one's deadline, another may be declared beside it."""
    fact = case.act.fact
    if not isinstance(fact, u.ProcessRecorded):
        raise TypeError(fact)
    return fact.process_kind != "exigency" or no_exigency_is_overdue(case)


# -- incidents ---------------------------------------------------------------------------


@rule("incident.notified")
def incidents_were_told_of(case: Case) -> bool | None:
    """Three days after the day of discovery, an open incident has been told of to both."""
    return not any(
        one.closed is None
        and not one.notified >= TO_TELL
        and case.now >= end(one.opened.discovered) + NOTICE
        for one in case.record.using.incidents.values()
        if case.carried & set(one.opened.datasets)
    )


@rule("incident.discovered")
def was_discovered_by_now(case: Case) -> bool | None:
    fact = case.act.fact
    if not isinstance(fact, u.IncidentOpened):
        raise TypeError(fact)
    return start(fact.discovered) <= case.now


def _incident(case: Case) -> u.Incident:
    fact = case.act.fact
    if not isinstance(fact, u.IncidentClosed):
        raise TypeError(fact)
    return case.record.using.incidents[fact.incident]


@rule("incident.notices-given")
def both_were_told(case: Case) -> bool | None:
    return {"privacy_office", "inspector_general"} <= _incident(case).notified


@rule("separation.own-incident")
def did_not_open_it(case: Case) -> bool | None:
    return _incident(case).by not in case.counts_as


# -- budget and review -------------------------------------------------------------------


@rule("budget.profile")
def price_is_of_a_profile(case: Case) -> bool | None:
    fact = _question(case)
    profiles = case.record.assessments[fact.assessment].draft.terms.profiles
    found = [one for one in profiles if one.name == fact.profile]
    if not found:
        return None
    return fact.rho_micro <= found[0].rho_micro and fact.delta_e15 <= found[0].delta_e15


@rule("budget.enough")
def budget_is_left(case: Case) -> bool | None:
    fact = _question(case)
    terms = case.record.assessments[fact.assessment].draft.terms
    year, part = quarter(case.now)
    spent = case.record.spent.get((fact.dataset, f"{year:04}-Q{part}"))
    rho, delta = (spent.rho_micro, spent.delta_e15) if spent else (0, 0)
    return (
        rho + fact.rho_micro <= terms.budget_rho_micro
        and delta + fact.delta_e15 <= terms.budget_delta_e15
    )


@rule("review.current")
def earlier_questions_were_reviewed(case: Case) -> bool | None:
    """Terms that leave no day for a review let nothing be asked, not even a first question."""
    fact = _question(case)
    log = case.record.use_logs.get((fact.office, fact.dataset))
    longest = case.record.assessments[fact.assessment].draft.terms.review_days
    if log is None or log.unreviewed_since is None:
        return longest > 0
    since: datetime = moment(log.unreviewed_since)
    return case.now - since < timedelta(days=longest)


@rule("separation.own-use")
def asked_none_of_them(case: Case) -> bool | None:
    fact = case.act.fact
    if not isinstance(fact, f.UseReviewed | u.SampleDrawn):
        raise TypeError(fact)
    log = case.record.use_logs.get((fact.office, fact.dataset))
    return log is None or not log.askers & case.counts_as
