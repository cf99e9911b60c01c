"""What the acts of each group put to the safeguards: people, reviewing, buying, using."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import TYPE_CHECKING, assert_never

from beforehand.policy.attributes import after, days_after
from beforehand.policy.put import FOREVER, Moments, day
from beforehand.record import buying as b
from beforehand.record import people as p
from beforehand.record import reviewing as r
from beforehand.record import using as u

if TYPE_CHECKING:
    from beforehand.policy.asker import Asker
    from beforehand.policy.put import Facts
    from beforehand.record import facts as f
    from beforehand.record.state import UseRequest
    from beforehand.record.terms import Area, Asked

ACTING_DAYS = 210  # 5 U.S.C. 3346
EXCEPTION_DAYS = 365
DELAY_DAYS = 365
EXIGENCY_DAYS = 2  # 18 U.S.C. 2518(7): forty-eight hours
NOTICE_DAYS = 3
NOTICES = frozenset({"privacy_office", "inspector_general"})


# -- people ------------------------------------------------------------------------------


def of_people(asker: Asker, fact: p.AnyPeopleFact) -> None:
    match fact:
        case p.DelegationMade():
            asker.roles(fact.office)
            _given(asker, fact, fact.delegate)
            asker.context["delegator"] = asker.named(fact.delegator)
            delegator = asker.view.persons[fact.delegator]
            own = delegator.roles.get(fact.office, frozenset())
            asker.context["delegator_roles"] = frozenset(str(one) for one in own)
        case p.ActingNamed():
            asker.roles(fact.office)
            _given(asker, fact, fact.person)
        case p.DelegationEnded():
            known = asker.view.people.authorities[fact.delegation]
            asker.roles(known.office)
            asker.context["delegator"] = asker.named(known.of or known.person)
        case p.ActingEnded():
            asker.roles(asker.view.people.authorities[fact.acting].office)
        case p.SiteNamed():
            asker.of_department()
        case p.SessionClosed():
            asker.roles()
            person = asker.view.people.sessions[fact.session].person
            asker.context["person"] = asker.named(person)
        case p.SessionOpened() | p.AccountLocked() | p.AccountUnlocked():
            roles = asker.view.persons[fact.person].roles
            asker.roles(*roles)
            asker.context["person"] = asker.named(fact.person)
            if isinstance(fact, p.AccountLocked):
                held = (role for some in roles.values() for role in some)
                asker.context["is_inspector"] = "inspector_general" in held
        case _:
            assert_never(fact)


def _given(asker: Asker, fact: p.DelegationMade | p.ActingNamed, person: str) -> None:
    asker.context |= {
        "person": asker.named(person),
        "given_roles": frozenset(str(one) for one in fact.roles),
        "last": after(fact.last_day),
        "last_possible": days_after(max(fact.first_day, asker.at[:10]), ACTING_DAYS),
    }


# -- the life of an assessment -----------------------------------------------------------


def of_reviewing(asker: Asker, fact: r.AnyReviewingFact) -> None:
    view = asker.view
    match fact:
        case r.ThreadOpened():
            asker.roles(view.assessments[fact.assessment].draft.office)
        case r.ThreadAnswered() | r.ThreadResolved() | r.ThreadReopened():
            thread = view.threads[fact.thread]
            asker.roles(view.assessments[thread.assessment].draft.office)
            asker.context["opener"] = asker.named(thread.by)
        case r.ThresholdRevoked():
            asker.roles(view.thresholds[fact.threshold].filed.office)
        case r.OpinionGiven():
            asker.roles(view.assessments[fact.assessment].draft.office)
            asker.context |= {"body": fact.body, "outcome": fact.outcome}
        case r.AssessmentEndorsed() | r.DelayAccepted():
            asker.roles(view.assessments[fact.assessment].draft.office)
            asker.context["assessment"] = asker.assessment(fact.assessment)
            if isinstance(fact, r.DelayAccepted):
                asker.context |= {
                    "until": after(fact.until),
                    "last_possible": days_after(asker.at[:10], DELAY_DAYS),
                }
        case _:
            asker.roles(view.assessments[fact.assessment].draft.office)


# -- buying ------------------------------------------------------------------------------


def of_buying(asker: Asker, fact: b.AnyBuyingFact) -> None:
    buying = asker.view.buying
    match fact:
        case b.SolicitationIssued():
            asker.office(fact.office)
            del asker.context["offices"]
            asker.coverage(fact.purpose, fact.datasets, fact.assessment)
        case b.SolicitationCancelled():
            asker.roles(buying.solicitations[fact.solicitation].issued.office)
        case b.ExceptionRecorded():
            asker.of_department()
            asker.context |= {
                "official": asker.named(fact.official),
                "last": after(fact.last_day),
                "last_possible": days_after(asker.at[:10], EXCEPTION_DAYS),
            }
        case b.ExceptionEnded():
            asker.of_department()
        case b.InquiryOpened():
            asker.roles()
        case b.InquiryAnswered():
            inquiry = buying.inquiries[fact.inquiry]
            # The supplier has no account: the link is what shows who answers.
            asker.named(asker.act.actor)
            token = asker.act.sealed.get("token")
            text = token if isinstance(token, str) else ""
            asker.context |= {
                "supplier": inquiry.opened.supplier,
                "actor": asker.act.actor,
                "link": inquiry.opened.link,
                "token_digest": hashlib.sha256(text.encode()).hexdigest(),
                "answered": inquiry.answer is not None,
                "expires": day(inquiry.opened.expires),
            }
        case _:
            assert_never(fact)


# -- use ---------------------------------------------------------------------------------


def of_using(asker: Asker, fact: u.AnyUsingFact) -> None:
    view = asker.view
    match fact:
        case u.ProcessRecorded():
            asker.roles(fact.office)
            asker.context |= {
                "process_kind": fact.process_kind,
                "expires": day(fact.expires),
                "last_possible": days_after(asker.at[:10], EXIGENCY_DAYS),
                "clocks": clocks(asker, fact.office, (fact.dataset,)),
            }
        case u.ProcessEnded() | u.ExigencyResolved():
            asker.roles(view.using.processes[fact.process].recorded.office)
        case u.OwnPlacesDeclared():
            asker.roles()
            asker.context["person"] = asker.named(fact.person)
        case u.SampleDrawn():
            asker.reviewing_use(fact.office, fact.dataset)
        case u.IncidentOpened():
            asker.roles(fact.office)
            asker.context["discovered"] = day(fact.discovered)
        case u.NoticeGiven() | u.IncidentReopened():
            asker.roles(view.using.incidents[fact.incident].opened.office)
        case u.IncidentClosed():
            incident = view.using.incidents[fact.incident]
            asker.roles(incident.opened.office)
            asker.context |= {
                "opener": asker.named(incident.by),
                "notified": incident.notified,
            }
        case _:
            assert_never(fact)


def clocks(asker: Asker, office: str, datasets: tuple[str, ...]) -> Facts:
    """Return the deadlines that stand over an office and these datasets, the earliest of each.

    exigency_due   of the exigencies of the office, and of those above and below it
    incident_due   by which an incident that touches one of the datasets must be told of
    """
    using = asker.view.using
    exigency, incident = _NEVER, _NEVER
    if using.pending:
        related = {*asker.view.above(office), *asker.view.offices_under(office)}
        exigency = min(
            (
                day(one.recorded.expires)
                for one in map(using.processes.__getitem__, using.pending)
                if one.recorded.office in related
            ),
            default=_NEVER,
        )
    if using.open_incidents:
        incident = min(
            (
                incident_due(one)
                for one in map(using.incidents.__getitem__, using.open_incidents)
                if not set(datasets).isdisjoint(one.opened.datasets)
            ),
            default=_NEVER,
        )
    return {"exigency_due": exigency, "incident_due": incident}


def incident_due(incident: u.Incident) -> Moments:
    """Return the moment by which those who must be told of an incident are to be told."""
    if incident.closed or incident.notified >= NOTICES:
        return _NEVER
    return days_after(incident.opened.discovered, NOTICE_DAYS + 1)


def process_facts(asker: Asker, request: UseRequest, asked: Asked | None) -> Facts | None:
    """Return how the legal process that a request relies on fits what is asked.

    asked   the question; None for the request itself
    None where the request names no process.
    """
    name = getattr(request.asked, "process", None)
    known = asker.view.using.processes.get(name) if name else None
    if known is None:
        return None
    told = known.recorded
    window = (request.asked.first_day, request.asked.last_day)
    area = request.area
    if asked is not None:
        # A window's end is not in it: midnight belongs to the day before.
        window = (asked.window_start[:10], _last_day_of(asked.window_end))
        area = asked.area
    in_scope = (
        told.dataset == request.asked.dataset
        and told.office in asker.view.above(request.asked.office)
        and told.first_day <= window[0]
        and window[1] <= told.last_day
        and _inside(known, area, of_request=asked is None)
    )
    return {
        "in_scope": in_scope,
        "standing": known.ended is None,
        "expires": day(told.expires),
    }


def _inside(process: u.Process, area: Area | None, *, of_request: bool) -> bool:
    """Whether the area is inside the process's; one that names only a device has none."""
    if process.area is not None:
        return area is not None and process.area.holds(area)
    # The device itself is compared when the question names it.
    return process.device is not None and of_request


def _last_day_of(end: str) -> str:
    if end[11:].strip("Z") == "00:00:00":
        return (date.fromisoformat(end[:10]) - timedelta(days=1)).isoformat()
    return end[:10]


def review_facts(asker: Asker, fact: f.UseReviewed) -> Facts:
    """Return how a review fits the newest sample of the office's questions."""
    view = asker.view
    known = view.using.samples.get((fact.office, fact.dataset))
    log = view.use_logs.get((fact.office, fact.dataset))
    sample, judged = getattr(fact, "sample", None), getattr(fact, "judged", ())
    read = {one.question: one.judged for one in judged}
    if known is None or log is None or log.sampled is None:
        return {"sample_current": False, "sample_read": False, "flags_answered": False}
    flagged = {one.question for one in known.drawn.flags}
    referred = "referred" in read.values()
    return {
        "sample_current": sample == known.drawn.sample and known.by == asker.act.actor,
        "sample_read": set(read) == set(known.drawn.questions) and len(read) == len(judged),
        "flags_answered": all(read.get(one) in ("explained", "referred") for one in flagged)
        and referred == (fact.finding == "referred"),
    }


def opened_threads(asker: Asker, assessment: str) -> int:
    return sum(
        one.assessment == assessment and one.resolved is None
        for one in asker.view.threads.values()
    )


_NEVER = Moments(FOREVER, FOREVER)
