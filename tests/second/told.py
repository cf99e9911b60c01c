"""What was told: each permitted act is noted in the plain sets of `heard`."""

from __future__ import annotations

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
from tests.second.heard import Given, Heard, Incident


class Told(Heard):
    """What was heard, and how it changes."""

    # -- noting --------------------------------------------------------------------------

    def note(self, act: Act, at: datetime) -> None:
        self.at = at
        self._of_people(act)
        self._of_review(act)
        self._of_buying(act)
        self._of_use(act)
        self._of_custody(act)

    def _of_people(self, act: Act) -> None:  # noqa: C901, PLR0912  # one case a kind
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
