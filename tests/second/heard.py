"""What permitted acts did, in plain sets kept without the Record, and what these say."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from beforehand.record import buying as b
from beforehand.record import facts as f
from beforehand.record import rulebook as k
from beforehand.record.acts import Act

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


@dataclass
class Heard:
    at: datetime = datetime(2026, 1, 1)  # noqa: DTZ001  # every moment here is UTC
    parent: dict[str, str] = field(default_factory=dict)
    carries: dict[str, tuple[str, ...]] = field(default_factory=dict)
    roles: dict[str, dict[str, frozenset[str]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    shared: set[str] = field(default_factory=set)
    locked: set[str] = field(default_factory=set)
    open: dict[str, tuple[str, str]] = field(
        default_factory=dict
    )  # session -> person, site
    sites: dict[str, tuple[int, int]] = field(default_factory=dict)
    given: dict[str, Given] = field(default_factory=dict)
    trained: dict[str, datetime] = field(default_factory=dict)
    # the review: by text, which is the draft itself
    text: dict[str, f.AssessmentDrafted] = field(default_factory=dict)
    drafters: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    reviewers: dict[f.AssessmentDrafted, set[str]] = field(
        default_factory=lambda: defaultdict(set)
    )
    submitted: set[f.AssessmentDrafted] = field(default_factory=set)
    endorsed: set[f.AssessmentDrafted] = field(default_factory=set)
    reviewed: set[f.AssessmentDrafted] = field(default_factory=set)
    approved: dict[f.AssessmentDrafted, datetime] = field(default_factory=dict)
    disclosed: set[f.AssessmentDrafted] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    delays: dict[tuple[str, str], str] = field(default_factory=dict)
    done: set[tuple[str, str]] = field(default_factory=set)
    thresholds: dict[str, f.ThresholdFiled] = field(default_factory=dict)
    filers: dict[str, set[str]] = field(default_factory=dict)
    threshold_approved: dict[str, datetime] = field(default_factory=dict)
    # buying and using
    awarded: dict[str, f.ContractAwarded] = field(default_factory=dict)
    pilots: dict[str, str] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    contract_of: dict[str, str] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)
    supplied: set[str] = field(default_factory=set)
    requests: dict[str, tuple[f.UseRequested, str]] = field(default_factory=dict)
    requesters: dict[str, set[str]] = field(default_factory=dict)
    deciders: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    use_approved: set[str] = field(default_factory=set)
    use_concurred: set[str] = field(default_factory=set)
    admitted: dict[str, f.QuestionAdmitted] = field(default_factory=dict)
    questions: dict[tuple[str, str], list[tuple[datetime, str]]] = field(
        default_factory=dict
    )
    sampled: dict[tuple[str, str], datetime] = field(default_factory=dict)
    spent: dict[tuple[str, tuple[int, int]], tuple[int, int]] = field(default_factory=dict)
    exigencies: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    incidents: dict[str, Incident] = field(default_factory=dict)
    # custody and sets
    held: set[str] = field(default_factory=set)
    holds: dict[str, str] = field(default_factory=dict)
    retention_days: int = 0
    proposed: dict[tuple[str, str], k.SafeguardsProposed] = field(default_factory=dict)
    proposers: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    set_approved: dict[tuple[str, str], str] = field(default_factory=dict)

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

    def claim(self, act: Act) -> Claim | None:  # noqa: PLR0911  # one case a kind
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
