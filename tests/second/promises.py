"""What must never happen, watched in plain sets beside the program, from permitted acts alone.

It knows no Record and no safeguard. Each broken promise is one sentence in `broken`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from beforehand.record import buying as b
from beforehand.record import custody as c
from beforehand.record import facts as f
from beforehand.record import people as p
from beforehand.record import reviewing as r
from beforehand.record import rulebook as k
from beforehand.record import using as u
from beforehand.record.acts import Act
from tests.second.case import text
from tests.second.told import Told

YEAR = timedelta(days=365)
SHARED_MAY = frozenset({"answer-as-supplier"})
LOCKED_MAY = frozenset({"answer-as-supplier", "close-session"})


class Promises(Told):
    """Told of each permitted act, before it counts; keeps what was promised and is broken."""

    def __init__(self) -> None:
        super().__init__()
        self.broken: list[str] = []

    def saw(self, act: Act, at: datetime) -> None:
        self.at = at
        self._accounts(act)
        self._data(act)
        self._two_people(act)
        self._lengths(act)
        self._endings(act)
        self.note(act, at)

    def never(self, is_so: object, sentence: str) -> None:
        if is_so:
            self.broken.append(f"{sentence} ({self.at})")

    # -- who -----------------------------------------------------------------------------

    def _accounts(self, act: Act) -> None:
        self.never(
            act.actor in self.locked and act.verb not in LOCKED_MAY,
            "somebody acted from a locked account",
        )
        self.never(
            act.actor in self.shared and act.verb not in SHARED_MAY,
            "somebody acted from a shared account",
        )
        post = self.post_for(act)
        self.never(
            post and post not in self.posts_of(act.actor),
            f"{act.verb} by one who is no {post}",
        )

    def _two_people(self, act: Act) -> None:
        hands = self.counts_as(act.actor)
        match act.fact:
            case (
                r.AssessmentEndorsed() | f.AssessmentReviewed() | r.DelayAccepted() as fact
            ):
                drafters = self.drafters[fact.assessment]
                self.never(hands & drafters, "a drafter reviewed")
            case f.AssessmentApproved() as fact:
                self.never(hands & self.drafters[fact.assessment], "a drafter approved")
                reviewers = self.reviewers[self.text[fact.assessment]]
                self.never(hands & reviewers, "a reviewer approved")
            case f.ThresholdApproved() as fact:
                self.never(hands & self.filers[fact.threshold], "a filer approved")
            case f.UseApproved() | f.UseConcurred() as fact:
                self.never(hands & self.requesters[fact.request], "a requester decided")
                self.never(hands & self.deciders[fact.request], "one person decided twice")
            case f.UseReviewed() | u.SampleDrawn() as fact:
                asked = self.questions.get((fact.office, fact.dataset), ())
                askers = {who for _, who in asked}
                self.never(hands & askers, "an asker reviewed")
            case u.IncidentClosed() as fact:
                opener = self.incidents[fact.incident].by
                self.never(opener in hands, "an incident was closed by who opened it")
            case k.SafeguardsApproved() as fact:
                key = fact.policies, fact.office
                self.never(hands & self.proposers[key], "a proposer approved a set")
            case fact if act.verb in (
                *("appoint", "record-training", "recertify-access", "unlock-account"),
                "name-acting",
            ):
                self.never(text(fact, "person") in hands, f"{act.verb} of oneself")
            case _:
                pass

    # -- what ----------------------------------------------------------------------------

    def _data(self, act: Act) -> None:
        claim = self.claim(act)
        if claim is None:
            return
        office, purpose, datasets, assessment = claim
        carried = self.with_carried(datasets)
        verb = act.verb
        self.never(carried & self.stopped, f"{verb} under a stop")
        covered = assessment and self.covers(assessment, office, purpose, carried)
        self.never(not covered, f"{verb} without an assessment that covers it")
        if isinstance(act.fact, f.QuestionAdmitted):
            self._question(act, act.fact, carried)

    def _question(self, act: Act, fact: f.QuestionAdmitted, carried: set[str]) -> None:
        terms = self.text[fact.assessment].terms
        asked = self.questions.get((fact.office, fact.dataset), ())
        longest = timedelta(days=terms.review_days)
        self.never(
            asked and self.at >= asked[0][0] + longest, "a question after a late review"
        )
        near = self.near(fact.office)
        self.never(
            any(of in near and due <= self.at for of, due in self.exigencies.values()),
            "a question after a late exigency",
        )
        self.never(
            any(
                one.is_late(self.at) and one.datasets & carried
                for one in self.incidents.values()
            ),
            "a question after a late notice",
        )
        request = fact.request
        self.never(
            request not in self.use_approved or request not in self.use_concurred,
            "a question without both decisions on its use",
        )
        self.never(
            act.actor != self.requests[request][1], "a question on another's request"
        )
        rho, delta = self.spent.get((fact.dataset, self.quarter()), (0, 0))
        self.never(
            rho + fact.rho_micro > terms.budget_rho_micro
            or delta + fact.delta_e15 > terms.budget_delta_e15,
            "a budget overspent",
        )
        self.never(
            self.contract_of[fact.snapshot] in self.ended, "a question after the contract"
        )
        trained = self.trained.get(act.actor)
        self.never(trained is None or self.at - trained >= YEAR, "an untrained question")

    # -- how long, and how it ends -------------------------------------------------------

    def _lengths(self, act: Act) -> None:
        match act.fact:
            case f.ContractAwarded() as fact if fact.pilot:
                self.never(_days(fact.starts, fact.ends) > 365, "a pilot over a year")
            case f.ContractModified() as fact if fact.contract in self.pilots:
                starts = self.pilots[fact.contract]
                self.never(_days(starts, fact.ends) > 365, "a pilot drawn out over a year")
            case p.DelegationMade() | p.ActingNamed() as fact:
                first = max(fact.first_day, self.at.date().isoformat())
                self.never(_days(first, fact.last_day) > 210, "acting for over 210 days")
            case b.ExceptionRecorded() as fact:
                today = self.at.date().isoformat()
                self.never(_days(today, fact.last_day) > 365, "an exception over a year")
                self.never(act.actor != fact.official, "an exception in another's name")
            case u.ProcessRecorded() as fact if fact.process_kind == "exigency":
                days = _days(self.at.date().isoformat(), fact.expires)
                self.never(days > 3, "an exigency of over two days")
            case _:
                pass

    def _endings(self, act: Act) -> None:
        match act.fact:
            case u.IncidentClosed() as fact:
                told = self.incidents[fact.incident].told
                wanted = {"privacy_office", "inspector_general"}
                self.never(not wanted <= told, "an incident closed without its notices")
                self.never(not fact.outcome, "an incident closed without an outcome")
            case c.DeletionDecided() as fact:
                self.never(self.held - set(fact.keeping), "deletion of what is held")
                kept = self.at.date() - timedelta(days=self.retention_days)
                self.never(date.fromisoformat(fact.before) > kept, "an early deletion")
            case c.SealedOpened() as fact:
                own = self.counts_as(act.actor)
                self.never(fact.by in own, "somebody opened what they sealed")
            case f.SafeguardsAdopted() as fact:
                day = getattr(fact, "in_force_from", None)
                office = getattr(fact, "office", None) or "dept"
                was = self.set_approved.get((fact.policies, office))
                founding = not self.parent  # the first set: before there is any office
                self.never(
                    not founding and (was is None or was != day), "a set not approved"
                )
            case b.InquiryAnswered() as fact:
                self.never(fact.inquiry in self.supplied, "a link used twice")
            case _:
                pass


def _days(first: str, last: str) -> int:
    """How many days from one to another, both counted."""
    return (date.fromisoformat(last) - date.fromisoformat(first)).days + 1


def effects(told: Told) -> Iterable[str]:
    """Return what an assessment's steps, and their undoing, should have left, as words."""
    for name, draft in told.text.items():
        yield f"{name} withdrawn: {name in told.withdrawn}"
        for step in ("submitted", "endorsed", "reviewed", "approved", "disclosed"):
            yield f"{name} {step}: {draft in getattr(told, step)}"
