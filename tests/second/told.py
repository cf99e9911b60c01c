"""What was told: plain sets of what permitted acts did, kept without the Record."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from beforehand.record import buying as b
from beforehand.record import custody as c
from beforehand.record import facts as f
from beforehand.record import people as p
from beforehand.record import reviewing as r
from beforehand.record import rulebook as k
from beforehand.record import using as u
from beforehand.record.acts import Act
from beforehand.record.state import text_digest

Claim = tuple[str, str, tuple[str, ...], str | None]
POSTS = {
    "award": "contracting_officer",
    "modify": "contracting_officer",
    "solicit": "contracting_officer",
    "approve-assessment": "chief_privacy_officer",
    "review-assessment": "privacy_officer",
    "endorse-assessment": "component_privacy_officer",
    "approve-threshold-analysis": "privacy_officer",
    "approve-use": "supervisor",
    "concur-use": "counsel",
    "ask": "analyst",
    "take-in": "data_steward",
    "delete-sealed": "data_steward",
    "resume-dataset": "chief_privacy_officer",
    "revoke-approval": "chief_privacy_officer",
    "appoint": "administrator",
}


@dataclass
class Incident:
    by: str
    datasets: set[str]
    due: datetime
    told: set[str] = field(default_factory=set)
    closed: bool = False

    def is_late(self, at: datetime) -> bool:
        done = self.closed or {"privacy_office", "inspector_general"} <= self.told
        return not done and self.due <= at


@dataclass
class Given:
    """Posts that one person may use for a time; `of` is None for an acting official."""

    to: str
    of: str | None
    roles: frozenset[str]
    first: str
    last: str


class Told:
    def __init__(self) -> None:
        self.at = datetime(2026, 1, 1)  # noqa: DTZ001  # every moment here is UTC
        self.parent: dict[str, str] = {}
        self.carries: dict[str, tuple[str, ...]] = {}
        self.roles: dict[str, dict[str, frozenset[str]]] = defaultdict(dict)
        self.shared: set[str] = set()
        self.locked: set[str] = set()
        self.open: dict[str, tuple[str, str]] = {}  # session -> person, site
        self.sites: dict[str, tuple[int, int]] = {}
        self.given: dict[str, Given] = {}
        self.trained: dict[str, datetime] = {}
        # the review: by text, which is the draft itself
        self.text: dict[str, f.AssessmentDrafted] = {}
        self.drafters: dict[str, set[str]] = defaultdict(set)
        self.reviewers: dict[f.AssessmentDrafted, set[str]] = defaultdict(set)
        self.submitted: set[f.AssessmentDrafted] = set()
        self.endorsed: set[f.AssessmentDrafted] = set()
        self.reviewed: set[f.AssessmentDrafted] = set()
        self.approved: dict[f.AssessmentDrafted, datetime] = {}
        self.disclosed: set[f.AssessmentDrafted] = set()
        self.withdrawn: set[str] = set()
        self.delays: dict[tuple[str, str], str] = {}
        self.done: set[tuple[str, str]] = set()
        self.thresholds: dict[str, f.ThresholdFiled] = {}
        self.filers: dict[str, set[str]] = {}
        self.threshold_approved: dict[str, datetime] = {}
        # buying and using
        self.awarded: dict[str, f.ContractAwarded] = {}
        self.pilots: dict[str, str] = {}
        self.ended: set[str] = set()
        self.contract_of: dict[str, str] = {}
        self.stopped: set[str] = set()
        self.supplied: set[str] = set()
        self.requests: dict[str, tuple[f.UseRequested, str]] = {}
        self.requesters: dict[str, set[str]] = {}
        self.deciders: dict[str, set[str]] = defaultdict(set)
        self.use_approved: set[str] = set()
        self.use_concurred: set[str] = set()
        self.admitted: dict[str, f.QuestionAdmitted] = {}
        self.questions: dict[tuple[str, str], list[tuple[datetime, str]]] = {}
        self.sampled: dict[tuple[str, str], datetime] = {}
        self.spent: dict[tuple[str, tuple[int, int]], tuple[int, int]] = {}
        self.exigencies: dict[str, tuple[str, datetime]] = {}
        self.incidents: dict[str, Incident] = {}
        # custody and sets
        self.held: set[str] = set()
        self.holds: dict[str, str] = {}
        self.retention_days = 0
        self.proposed: dict[tuple[str, str], k.SafeguardsProposed] = {}
        self.proposers: dict[tuple[str, str], set[str]] = {}
        self.set_approved: dict[tuple[str, str], str] = {}

    # -- reading -------------------------------------------------------------------------

    def counts_as(self, person: str) -> set[str]:
        """Who counts as acting: the person, and whom they act for today, step by step."""
        day = self.at.date().isoformat()
        found, before = {person}, set[str]()
        while found != before:
            before = set(found)
            found |= {
                one.of
                for one in self.given.values()
                if one.of and one.to in found and one.first <= day <= one.last
            }
        return found

    def posts_of(self, person: str) -> set[str]:
        day = self.at.date().isoformat()
        lent = [
            one.roles
            for one in self.given.values()
            if one.to == person and one.first <= day <= one.last
        ]
        return set().union(*self.roles[person].values(), *lent)

    def post_for(self, act: Act) -> str | None:
        return POSTS.get(act.verb)

    def above(self, office: str) -> list[str]:
        found = [office]
        while found[-1] in self.parent:
            found.append(self.parent[found[-1]])
        return found

    def near(self, office: str) -> set[str]:
        """The office, those above it and those under it."""
        under = {one for one in self.parent if office in self.above(one)}
        return under.union(self.above(office))

    def with_carried(self, datasets: tuple[str, ...]) -> set[str]:
        found: set[str] = set()
        for one in datasets:
            found |= {one} | self.with_carried(self.carries.get(one, ()))
        return found

    def quarter(self) -> tuple[int, int]:
        return self.at.year, (self.at.month - 1) // 3

    def covers(self, name: str, office: str, purpose: str, carried: set[str]) -> bool:
        """Whether an assessment's text as it stands is in force and covers this, now."""
        text = self.text.get(name)
        if text is None or name in self.withdrawn or text not in self.disclosed:
            return False
        lapses = self.approved.get(text)
        terms = text.terms
        return (
            lapses is not None
            and self.at < lapses
            and office in terms.offices
            and purpose in terms.purposes
            and carried <= set(terms.datasets)
            and self._kept_its_promises(name, text)
            and self._screened(text.threshold, office, carried)
        )

    def _kept_its_promises(self, name: str, text: f.AssessmentDrafted) -> bool:
        today = self.at.date().isoformat()
        return all(
            (name, one.mitigation) in self.done
            or today <= max(one.due, self.delays.get((name, one.mitigation), ""))
            for one in text.terms.mitigations
        )

    def _screened(self, threshold: str, office: str, carried: set[str]) -> bool:
        filed, at = self.thresholds[threshold], self.threshold_approved.get(threshold)
        return (
            at is not None
            and self.at - at < timedelta(days=3 * 366)
            and filed.office in self.above(office)
            and carried <= set(filed.datasets)
        )

    def claim(self, act: Act) -> Claim | None:
        """For an act on data: its office, purpose, datasets, and what it relies on."""
        match act.fact:
            case b.SolicitationIssued() | f.ContractAwarded() as fact:
                return fact.office, fact.purpose, fact.datasets, fact.assessment
            case f.ContractModified() as fact:
                of = self.awarded[fact.contract]
                return of.office, of.purpose, fact.datasets, fact.assessment
            case f.HoldingTaken() as fact:
                purpose = self.awarded[fact.contract].purpose
                return fact.office, purpose, (fact.dataset,), fact.assessment
            case f.UseApproved() as fact:
                asked = self.requests[fact.request][0]
                return asked.office, asked.purpose, (asked.dataset,), asked.assessment
            case f.QuestionAdmitted() as fact:
                return fact.office, fact.purpose, (fact.dataset,), fact.assessment
            case f.QuestionAnswered() as fact:
                of_it = self.admitted[fact.question]
                return of_it.office, of_it.purpose, (of_it.dataset,), of_it.assessment
            case _:
                return None

    # -- noting --------------------------------------------------------------------------

    def note(self, act: Act, at: datetime) -> None:
        self.at = at
        self._of_people(act)
        self._of_review(act)
        self._of_buying(act)
        self._of_use(act)
        self._of_custody(act)

    def _of_people(self, act: Act) -> None:
        match act.fact:
            case f.RegisterOpened() as fact:
                self.roles[fact.administrator]["dept"] = frozenset({"administrator"})
            case f.OfficeNamed() as fact:
                self.parent[fact.office] = fact.parent
            case f.PersonAppointed() as fact:
                self.roles[fact.person][fact.office] = frozenset(fact.roles)
                if fact.account == "shared":
                    self.shared.add(fact.person)
            case p.DelegationMade() as fact:
                self._give(fact.delegation, fact.delegate, fact.delegator, fact)
            case p.ActingNamed() as fact:
                self._give(fact.acting, fact.person, None, fact)
            case p.DelegationEnded() as fact:
                del self.given[fact.delegation]
            case p.ActingEnded() as fact:
                del self.given[fact.acting]
            case p.SiteNamed() as fact:
                self.sites[fact.site] = fact.north_e4, fact.east_e4
            case p.SessionOpened() as fact:
                self._signed_in(fact)
            case p.SessionClosed() as fact:
                self.open.pop(fact.session, None)
            case p.AccountLocked() as fact:
                self.locked.add(fact.person)
            case p.AccountUnlocked() as fact:
                self.locked.discard(fact.person)
                of = fact.person
                self.open = {key: one for key, one in self.open.items() if one[0] != of}
            case f.TrainingCompleted() as fact:
                self.trained[fact.person] = self.at
            case _:
                pass

    def _give(
        self, name: str, to: str, of: str | None, fact: p.DelegationMade | p.ActingNamed
    ) -> None:
        roles = frozenset[str](fact.roles)
        self.given[name] = Given(to, of, roles, fact.first_day, fact.last_day)

    def _signed_in(self, fact: p.SessionOpened) -> None:
        """In two places a degree apart at once: then two people use the account."""
        here = self.sites[fact.site]
        for person, site in self.open.values():
            other = self.sites[site]
            if person == fact.person and abs(here[0] - other[0]) > 10_000:
                self.locked.add(person)
        self.open[fact.session] = fact.person, fact.site

    def _of_review(self, act: Act) -> None:  # noqa: C901, PLR0912  # one case a kind
        hands = self.counts_as(act.actor)
        match act.fact:
            case f.ThresholdFiled() as fact:
                self.thresholds[fact.threshold] = fact
                self.filers[fact.threshold] = hands
            case f.ThresholdApproved() as fact:
                self.threshold_approved[fact.threshold] = self.at
            case r.ThresholdRevoked() as fact:
                del self.threshold_approved[fact.threshold]
            case f.AssessmentDrafted() as fact:
                self.text[fact.assessment] = fact
                self.drafters[fact.assessment] |= hands
            case f.AssessmentSubmitted() as fact:
                self.submitted.add(self.text[fact.assessment])
            case r.AssessmentEndorsed() as fact:
                self.endorsed.add(self.text[fact.assessment])
            case f.AssessmentReviewed() as fact:
                self.reviewed.add(self.text[fact.assessment])
                self.reviewers[self.text[fact.assessment]] = hands
            case f.AssessmentApproved() as fact:
                until = datetime.fromisoformat(fact.expires)
                self.approved[self.text[fact.assessment]] = until
            case f.AssessmentPublished() | f.AssessmentWithheld() as fact:
                self.disclosed.add(self.text[fact.assessment])
            case f.AssessmentWithdrawn() | r.AssessmentSuperseded() as fact:
                self.withdrawn.add(fact.assessment)
            case r.AssessmentReinstated() as fact:
                self.withdrawn.discard(fact.assessment)
            case r.AssessmentReturned() | r.AssessmentRecalled() as fact:
                for steps in (self.submitted, self.endorsed, self.reviewed):
                    steps.discard(self.text[fact.assessment])
            case r.ApprovalRevoked() as fact:
                self._revoked(fact)
            case r.DelayAccepted() as fact:
                self.delays[fact.assessment, fact.mitigation] = fact.until
            case f.MitigationDone() as fact:
                self.done.add((fact.assessment, fact.mitigation))
            case _:
                pass

    def _revoked(self, fact: r.ApprovalRevoked) -> None:
        """The text of that digest is approved no more; its review stays done."""
        for text in list(self.approved):
            if text.assessment == fact.assessment and text_digest(text) == fact.digest:
                del self.approved[text]

    def _of_buying(self, act: Act) -> None:
        match act.fact:
            case f.DatasetNamed() as fact:
                self.carries[fact.dataset] = fact.carries
            case f.ContractAwarded() as fact:
                self.awarded[fact.contract] = fact
                if fact.pilot:
                    self.pilots[fact.contract] = fact.starts
            case f.ContractEnded() as fact:
                self.ended.add(fact.contract)
            case f.DatasetStopped() as fact:
                self.stopped.add(fact.dataset)
            case f.DatasetResumed() as fact:
                self.stopped.discard(fact.dataset)
            case b.InquiryAnswered() as fact:
                self.supplied.add(fact.inquiry)
            case _:
                pass

    def _of_use(self, act: Act) -> None:  # noqa: C901, PLR0912  # one case a kind
        hands = self.counts_as(act.actor)
        match act.fact:
            case f.HoldingTaken() as fact:
                self.contract_of[fact.snapshot] = fact.contract
            case f.UseRequested() as fact:
                self.requests[fact.request] = fact, act.actor
                self.requesters[fact.request] = hands
            case f.UseApproved() as fact:
                self.use_approved.add(fact.request)
                self.deciders[fact.request] |= hands
            case f.UseConcurred() as fact:
                self.use_concurred.add(fact.request)
                self.deciders[fact.request] |= hands
            case f.QuestionAdmitted() as fact:
                self._asked(act.actor, fact)
            case u.SampleDrawn() as fact:
                self.sampled[fact.office, fact.dataset] = self.at
            case f.UseReviewed() as fact:
                key = fact.office, fact.dataset
                read = self.sampled.pop(key)
                kept = [one for one in self.questions.get(key, ()) if one[0] > read]
                self.questions[key] = kept
            case u.ProcessRecorded() as fact if fact.process_kind == "exigency":
                due = datetime.fromisoformat(fact.expires)
                self.exigencies[fact.process] = fact.office, due
            case u.ExigencyResolved() as fact:
                del self.exigencies[fact.process]
            case u.IncidentOpened() as fact:
                found = date.fromisoformat(fact.discovered) + timedelta(days=4)
                due = datetime.combine(found, datetime.min.time())
                self.incidents[fact.incident] = Incident(act.actor, set(fact.datasets), due)
            case u.NoticeGiven() as fact:
                self.incidents[fact.incident].told.add(fact.to)
            case u.IncidentClosed() | u.IncidentReopened() as fact:
                closed = isinstance(fact, u.IncidentClosed)
                self.incidents[fact.incident].closed = closed
            case _:
                pass

    def _asked(self, who: str, fact: f.QuestionAdmitted) -> None:
        self.admitted[fact.question] = fact
        self.questions.setdefault((fact.office, fact.dataset), []).append((self.at, who))
        key = fact.dataset, self.quarter()
        rho, delta = self.spent.get(key, (0, 0))
        self.spent[key] = rho + fact.rho_micro, delta + fact.delta_e15

    def _of_custody(self, act: Act) -> None:
        match act.fact:
            case c.HoldPlaced() as fact:
                self.holds[fact.hold] = fact.on
                self.held = set(self.holds.values())
            case c.HoldLifted() as fact:
                del self.holds[fact.hold]
                self.held = set(self.holds.values())
            case c.ScheduleSet() as fact:
                self.retention_days = fact.days
            case k.SafeguardsProposed() as fact:
                self.proposed[fact.policies, fact.office] = fact
                self.proposers[fact.policies, fact.office] = self.counts_as(act.actor)
            case k.SafeguardsApproved() as fact:
                made = self.proposed[fact.policies, fact.office]
                self.set_approved[fact.policies, fact.office] = made.in_force_from
            case k.SafeguardsWithdrawn() as fact:
                self.set_approved.pop((fact.policies, fact.office), None)
            case f.SafeguardsAdopted() as fact:
                office = getattr(fact, "office", None) or "dept"
                self.set_approved.pop((fact.policies, office), None)
            case _:
                pass
