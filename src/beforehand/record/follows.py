"""The grammar of the groups: people, the life of assessments, buying, use, safeguard sets.

As in `grammar.py`, only what makes no sense is an error; what is not allowed is refused.
"""

from __future__ import annotations

from collections.abc import Container
from typing import assert_never

import msgspec

from beforehand.record import buying as b
from beforehand.record import people as p
from beforehand.record import reviewing as r
from beforehand.record import rulebook as k
from beforehand.record import using as u
from beforehand.record.acts import Act, Json
from beforehand.record.checks import (
    all_known,
    at_most,
    in_order,
    known,
    new,
    no,
    other,
    unended,
)
from beforehand.record.facts import SafeguardsAdopted, SafeguardsAdopted2
from beforehand.record.state import Assessment
from beforehand.record.terms import Area
from beforehand.record.view import RecordView

MOST_NORTH_E4 = 1_800_000
MOST_EAST_E4 = 3_599_999
LONGEST_DEVICE = 64


# -- people ------------------------------------------------------------------------------


def check_people(view: RecordView, fact: p.AnyPeopleFact) -> None:  # noqa: C901
    people = view.people
    match fact:
        case p.DelegationMade():
            new("delegation", fact.delegation, people.authorities)
            known("delegator", fact.delegator, view.persons)
            known("delegate", fact.delegate, view.persons)
            if fact.delegate == fact.delegator:
                no("delegate", "another person than the delegator", repr(fact.delegate))
            _posts(view, fact)
        case p.ActingNamed():
            new("acting", fact.acting, people.authorities)
            known("person", fact.person, view.persons)
            _posts(view, fact)
        case p.DelegationEnded():
            unended("delegation", fact.delegation, people.authorities)
        case p.ActingEnded():
            unended("acting", fact.acting, people.authorities)
        case p.SiteNamed():
            new("site", fact.site, people.sites)
            at_most("north_e4", fact.north_e4, MOST_NORTH_E4)
            at_most("east_e4", fact.east_e4, MOST_EAST_E4)
        case p.SessionOpened():
            new("session", fact.session, people.sessions)
            known("person", fact.person, view.persons)
            known("site", fact.site, people.sites)
        case p.SessionClosed():
            known("session", fact.session, people.sessions)
            if people.sessions[fact.session].closed:
                no("session", "one that is open", repr(fact.session))
        case p.AccountLocked():
            known("person", fact.person, view.persons)
        case p.AccountUnlocked():
            known("person", fact.person, people.locks)
        case _:
            assert_never(fact)


def _posts(view: RecordView, fact: p.DelegationMade | p.ActingNamed) -> None:
    known("office", fact.office, view.offices)
    in_order("last_day", fact.first_day, fact.last_day)
    if not fact.roles:
        no("roles", "at least one post", "none")


# -- the life of an assessment -----------------------------------------------------------


def check_reviewing(view: RecordView, fact: r.AnyReviewingFact) -> None:  # noqa: C901
    match fact:
        case r.ThreadOpened():
            new("thread", fact.thread, view.threads)
            standing(view, fact.assessment)
        case r.ThreadAnswered() | r.ThreadResolved() | r.ThreadReopened():
            known("thread", fact.thread, view.threads)
            resolved = view.threads[fact.thread].resolved is not None
            if resolved != isinstance(fact, r.ThreadReopened):
                is_open = "resolved" if isinstance(fact, r.ThreadReopened) else "open"
                no("thread", f"one that is {is_open}", repr(fact.thread))
        case r.ThresholdRevoked():
            known("threshold", fact.threshold, view.thresholds)
            if not view.thresholds[fact.threshold].approved:
                no("threshold", "one that is approved", repr(fact.threshold))
        case r.AssessmentReinstated():
            known("assessment", fact.assessment, view.assessments)
            if not view.assessments[fact.assessment].withdrawn:
                no("assessment", "one that is withdrawn or superseded", fact.assessment)
        case r.AssessmentSuperseded():
            standing(view, fact.assessment)
            successor = standing(view, fact.successor)
            if fact.successor == fact.assessment:
                no("successor", "another assessment", repr(fact.successor))
            if successor.digest not in successor.approvals:
                no("successor", "one whose text as it stands is approved", fact.successor)
        case r.DelayAccepted():
            terms = standing(view, fact.assessment).draft.terms
            known(
                "mitigation", fact.mitigation, {one.mitigation for one in terms.mitigations}
            )
        case _:
            _on_this_text(standing(view, fact.assessment), fact)


def standing(view: RecordView, assessment: str) -> Assessment:
    """Return an assessment that is not withdrawn. Raises GrammarError."""
    known("assessment", assessment, view.assessments)
    found = view.assessments[assessment]
    if found.withdrawn:
        no("assessment", "one that is not withdrawn", repr(assessment))
    return found


def on_text(assessment: Assessment, digest: str) -> None:
    """A step binds to the text in front of the person: a superseded text cannot be signed."""
    if digest != assessment.digest:
        no("digest", f"the digest of the text as it stands, {assessment.digest}", digest)


def on_record(where: str, name: str, view: RecordView) -> None:
    """Check that an id is of something on record: a name with a slip in it bears on nothing."""
    among: tuple[Container[str], ...] = (
        view.requests,
        view.persons,
        view.offices,
        view.datasets,
        view.contracts,
        view.assessments,
        view.thresholds,
        view.suppliers,
    )
    # Questions are counted, not kept: the program makes their ids, each beginning so.
    if not (
        name == view.opened or name.startswith("q-") or any(name in one for one in among)
    ):
        no(where, "an id that is on the record", repr(name))


def _on_this_text(
    found: Assessment,
    fact: r.AssessmentEndorsed
    | r.AssessmentReturned
    | r.AssessmentRecalled
    | r.ApprovalRevoked
    | r.OpinionGiven,
) -> None:
    if isinstance(fact, r.ApprovalRevoked):
        # An approval can be revoked while an edit lies over it: the edit may be undone.
        known("digest", fact.digest, found.approvals)
        return
    on_text(found, fact.digest)
    submitted, approved = fact.digest in found.submitted, fact.digest in found.approvals
    match fact:
        case r.OpinionGiven():
            return
        case r.AssessmentEndorsed():
            possible = submitted and fact.digest not in found.endorsed
        case r.AssessmentReturned() | r.AssessmentRecalled():
            possible = submitted and not approved
        case _:
            assert_never(fact)
    if not possible:
        no("act", "a text that is submitted, and not past this step", f"`{fact.act}`")


# -- buying ------------------------------------------------------------------------------


def check_buying(view: RecordView, fact: b.AnyBuyingFact) -> None:  # noqa: C901
    buying = view.buying
    match fact:
        case b.SolicitationIssued():
            new("solicitation", fact.solicitation, buying.solicitations)
            known("office", fact.office, view.offices)
            all_known("datasets", fact.datasets, view.datasets)
            if not fact.datasets:
                no("datasets", "at least one dataset", "none")
            if fact.assessment is not None:
                known("assessment", fact.assessment, view.assessments)
        case b.SolicitationCancelled():
            known("solicitation", fact.solicitation, buying.solicitations)
            if buying.solicitations[fact.solicitation].cancelled:
                no("solicitation", "one that is not cancelled", repr(fact.solicitation))
        case b.ExceptionRecorded():
            new("exception", fact.exception, buying.exceptions)
            known("official", fact.official, view.persons)
            on_record("on", fact.on, view)
            in_order("last_day", fact.first_day, fact.last_day)
        case b.ExceptionEnded():
            unended("exception", fact.exception, buying.exceptions)
        case b.InquiryOpened():
            new("inquiry", fact.inquiry, buying.inquiries)
            known("dataset", fact.dataset, view.datasets)
            supplier = view.datasets[fact.dataset].named.supplier
            if fact.supplier != supplier:
                no("supplier", f"the dataset's own, {supplier}", repr(fact.supplier))
            if not fact.questions:
                no("questions", "at least one question", "none")
        case b.InquiryAnswered():
            known("inquiry", fact.inquiry, buying.inquiries)
            asked = buying.inquiries[fact.inquiry].opened.questions
            all_known("answered", fact.answered, set(asked))
        case _:
            assert_never(fact)


# -- use ---------------------------------------------------------------------------------


def check_using(view: RecordView, act: Act, fact: u.AnyUsingFact) -> None:
    using = view.using
    match fact:
        case u.ProcessRecorded():
            new("process", fact.process, using.processes)
            known("office", fact.office, view.offices)
            known("dataset", fact.dataset, view.datasets)
            in_order("last_day", fact.first_day, fact.last_day)
            _scope(act)
        case u.ProcessEnded():
            unended("process", fact.process, using.processes)
        case u.ExigencyResolved():
            _exigency(using, fact)
        case u.OwnPlacesDeclared():
            known("person", fact.person, view.persons)
            _areas(act.sealed.get("areas"))
        case u.SampleDrawn():
            known("office", fact.office, view.offices)
            known("dataset", fact.dataset, view.datasets)
        case u.IncidentOpened():
            new("incident", fact.incident, using.incidents)
            known("office", fact.office, view.offices)
            all_known("datasets", fact.datasets, view.datasets)
        case u.NoticeGiven() | u.IncidentClosed():
            _open_incident(using, fact.incident)
        case u.IncidentReopened():
            known("incident", fact.incident, using.incidents)
            if not using.incidents[fact.incident].closed:
                no("incident", "one that is closed", repr(fact.incident))
        case _:
            assert_never(fact)


def _open_incident(using: u.Using, incident: str) -> None:
    known("incident", incident, using.incidents)
    if using.incidents[incident].closed:
        no("incident", "one that is open", repr(incident))


def _exigency(using: u.Using, fact: u.ExigencyResolved) -> None:
    known("process", fact.process, using.processes)
    if not using.processes[fact.process].pends:
        no("process", "an exigency that is not resolved yet", repr(fact.process))
    if fact.obtained is not None:
        known("obtained", fact.obtained, using.processes)
        if using.processes[fact.obtained].recorded.process_kind == "exigency":
            no("obtained", "a warrant, a court order or consent", "an exigency")


def _scope(act: Act) -> None:
    area, device = act.sealed.get("area"), act.sealed.get("device")
    if area is not None:
        as_area("sealed.area", area)
    right = isinstance(device, str) and 0 < len(device.strip()) == len(device)
    if device is not None and not (right and len(str(device)) <= LONGEST_DEVICE):
        no("sealed.device", "a device's id as text, or null", other(device))
    if area is None and device is None:
        no("sealed", "an area, a device, or both", "neither")


def _areas(value: Json) -> None:
    if not isinstance(value, list) or not value:
        no("sealed.areas", "a list of areas", other(value))
    for one in value:
        as_area("sealed.areas", one)


def as_area(where: str, value: Json) -> Area:
    """Return a rectangle of cells. Raises GrammarError, which does not repeat the value."""
    try:
        return msgspec.convert(value, Area)
    except msgspec.ValidationError:
        no(where, "columns and rows of level-0 cells", other(value))


# -- safeguard sets ----------------------------------------------------------------------


def check_rulebook(  # noqa: C901
    view: RecordView, fact: SafeguardsAdopted | k.AnyRulebookFact
) -> None:
    rulebook = view.rulebook
    match fact:
        case SafeguardsAdopted2():
            if fact.office is not None:
                known("office", fact.office, view.offices)
            if view.size == 1 and rulebook.adopts(fact) != (view.department, None):
                no("act", "a first set for the department, in force at once", "another")
        case SafeguardsAdopted():
            pass
        case k.SafeguardsProposed():
            known("office", fact.office, view.offices)
            if rulebook.proposal(fact.policies, office=fact.office):
                no("policies", "a set that is not proposed for it yet", fact.policies)
        case k.SafeguardsApproved():
            made = rulebook.proposal(fact.policies, office=fact.office)
            if made is None or made.approved:
                no("policies", "a set proposed for it, not approved yet", fact.policies)
        case k.SafeguardsWithdrawn():
            adopted = rulebook.adopted.get(fact.office, ())
            stands = any(one.policies == fact.policies and not one.ended for one in adopted)
            if not (stands or rulebook.proposal(fact.policies, office=fact.office)):
                expected = "a set proposed for it, or adopted and not ended"
                no("policies", expected, fact.policies)
        case _:
            assert_never(fact)
