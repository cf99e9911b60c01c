"""Everybody does everything, in any order, at any time; what is permitted breaks no promise."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from random import Random
from typing import Literal

import msgspec
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from beforehand.policy.sets import SafeguardSet
from beforehand.record import facts as f
from beforehand.record import reviewing as r
from beforehand.record.acts import Act
from beforehand.record.kinds import DecidedFact
from beforehand.record.people import AccountLocked, AccountUnlocked
from beforehand.record.shapes import Role
from tests.second.deadlines import deadlines
from tests.second.department import ROOMY, Department
from tests.second.procedure import BEARING
from tests.second.worlds import text_of
from tests.world import DIGEST, GUARDS, TERMS

VERBS = tuple(sorted(BEARING))
# What is bought and used, all the way to a question.
BUY_AND_USE = (
    *("solicit", "award", "modify", "take-in", "request-use", "approve-use", "concur-use"),
    *("ask", "ask"),
)
# Acts that keep two people apart.
APART = (
    *("approve-use", "concur-use", "endorse-assessment", "review-assessment"),
    *("approve-assessment", "approve-threshold-analysis", "close-incident", "draw-sample"),
    *("review-use", "approve-safeguards"),
)
# What turns up, and should stop the buying and asking of what it touches.
SHAKES = (
    *(
        "stop-dataset",
        "withdraw-assessment",
        "revoke-approval",
        "revoke-threshold-analysis",
    ),
    *(
        "draft-assessment",
        "end-contract",
        "open-incident",
        "record-process",
        "lock-account",
    ),
    *("ask", "ask", "name-dataset", "adopt-procedures", "end-process", "return-assessment"),
)
# Acts that belong together, so that one often follows from another.
TOGETHER = (
    ("place-hold", "delete-sealed", "delete-sealed", "open-sealed", "open-sealed"),
    ("propose-safeguards", "approve-safeguards", "adopt-safeguards", "withdraw-safeguards"),
    ("open-incident", "give-notice", "close-incident", "close-incident", "reopen-incident"),
    ("delegate", "delegate", "name-acting", "end-delegation", "end-acting"),
    ("ask-supplier", "answer-as-supplier", "answer-as-supplier"),
    ("record-exception", "record-exception", "end-exception"),
    ("open-thread", "answer-thread", "resolve-thread", "reopen-thread"),
    ("name-site", "open-session", "open-session", "ask", "unlock-account"),
    ("file-threshold-analysis", "approve-threshold-analysis", "revoke-threshold-analysis"),
    ("record-process", "resolve-exigency", "end-process", "ask"),
    ("ask", "draw-sample", "review-use", "ask"),
    ("appoint", "record-training", "recertify-access", "sign-rules"),
)
# Who gets which posts for the department as well: such as would let them decide on their own.
POSTS: tuple[tuple[str, tuple[Role, ...]], ...] = (
    ("analyst", ("analyst", "supervisor")),
    ("supervisor", ("analyst", "supervisor", "counsel")),
    ("lawyer", ("counsel", "supervisor", "analyst")),
    ("chief", ("program_manager", "chief_privacy_officer")),
    ("reviewer", ("program_manager", "privacy_officer")),
    ("manager", ("program_manager", "privacy_officer", "chief_privacy_officer")),
    ("component", ("component_privacy_officer", "privacy_officer")),
    ("keeper", ("data_steward", "chief_privacy_officer", "counsel")),
)
ACCOUNTS: tuple[Literal["individual", "shared"], ...] = (*("individual",) * 7, "shared")
DECISIONS = ("approve-use", "concur-use")
STEPS = ("submit", "endorse", "review", "approve", "publish")
UNDONE = ("edit", "withdraw", "revoke", "stop", "lock")

seeds = st.integers(0, 2**32 - 1)


@cache
def set_up() -> Department:
    """A department all set up; each example goes on from there."""
    found = Department()
    found.set_up()
    return found


class Everybody(RuleBasedStateMachine):
    guards: SafeguardSet = GUARDS
    permitted = 0  # over all examples

    def __init__(self) -> None:
        super().__init__()
        self.here = Department(self.guards)
        self.here.go_on_from(set_up())

    def teardown(self) -> None:
        type(self).permitted += sum(self.here.permitted.values())

    # -- what people do ------------------------------------------------------------------

    @rule(verb=st.sampled_from(VERBS), seed=seeds)
    def somebody_does_something(self, verb: str, seed: int) -> None:
        self.here.rng = Random(seed)
        self.here.take(self.here.act(verb))

    @rule(verb=st.sampled_from(VERBS), seed=seeds)
    def the_usual_is_done(self, verb: str, seed: int) -> None:
        self.here.rng = Random(seed)
        self.here.usual(verb)

    @rule(verbs=st.sampled_from(TOGETHER), seed=seeds, hands=st.booleans())
    def one_thing_leads_to_another(
        self, verbs: tuple[str, ...], seed: int, hands: bool
    ) -> None:
        self.here.rng = Random(seed)
        for verb in self.here.rng.choices(verbs, k=6):
            self.here.take(self.here.act(verb, changes=(0, 0, 1), hands=hands))

    @rule(verb=st.sampled_from(APART), seed=seeds)
    def who_has_a_hand_in_it_tries(self, verb: str, seed: int) -> None:
        self.here.rng = Random(seed)
        self.here.by_a_hand_in_it(verb)

    @rule(post=st.sampled_from(POSTS), account=st.sampled_from(ACCOUNTS), seed=seeds)
    def somebody_gets_more_posts(
        self,
        post: tuple[str, tuple[Role, ...]],
        account: Literal["individual", "shared"],
        seed: int,
    ) -> None:
        """And at once writes what they might then approve; and perhaps shares the account."""
        person, roles = post
        fact = f.PersonAppointed(person=person, office="dept", roles=roles, account=account)
        self.here.take(Act(actor="root", fact=fact))
        draft = self.here.record.assessments["pia"].draft
        self.here.take(Act(actor=person, fact=draft))
        screening = self.here.screening()
        if self.here.take(Act(actor=person, fact=screening)):
            approval = f.ThresholdApproved(threshold=screening.threshold)
            self.here.take(Act(actor=person, fact=approval))
        self.people_and_papers_are_renewed()
        self.use_is_requested_and_decided(seed, ())

    @rule(
        verbs=st.lists(st.sampled_from(SHAKES), min_size=1, max_size=3),
        seed=seeds,
        days=st.sampled_from((0, 0, 0, 1, 4, 31)),
    )
    def something_comes_up_and_all_goes_on(
        self, verbs: list[str], seed: int, days: int
    ) -> None:
        """Whatever happened, and however long ago: people go on buying and asking."""
        self.here.rng = Random(seed)
        for verb in verbs:
            self.here.usual(verb)
        self.here.now += timedelta(days=days)
        if days:
            self.people_and_papers_are_renewed()
        self.buy_and_use(seed)

    @rule()
    def people_and_papers_are_renewed(self) -> None:
        for actor, fact in self.here.renewals():
            self.here.take(Act(actor=actor, fact=fact))

    @rule(seed=seeds)
    def loose_ends_are_tied(self, seed: int) -> None:
        self.here.rng = Random(seed)
        for verb in (
            *("resume-dataset", "reinstate-assessment", "resolve-exigency", "give-notice"),
            *("give-notice", "close-incident", "draw-sample", "review-use"),
            *("approve-threshold-analysis", "unlock-account", "resolve-thread"),
        ):
            self.here.usual(verb)

    @rule(seed=seeds)
    def buy_and_use(self, seed: int) -> None:
        self.here.rng = Random(seed)
        for verb in BUY_AND_USE:
            self.here.take(self.here.act(verb, changes=(0, 0, 1), hands=False))

    @rule(
        seed=seeds, decided=st.sampled_from(((), DECISIONS, DECISIONS[:1], DECISIONS[1:]))
    )
    def use_is_requested_and_decided(self, seed: int, decided: tuple[str, ...]) -> None:
        """By who should, by some of them, or by nobody; and whoever has a hand in it tries."""
        self.here.rng = Random(seed)
        if self.here.usual("request-use"):
            for verb in decided:
                self.here.usual(verb)
            for verb in DECISIONS:
                self.here.by_a_hand_in_it(verb)
        self.buy_and_use(seed)

    # -- the review ----------------------------------------------------------------------

    @rule(days=st.sampled_from((1, 2, 30, 365)), last=st.integers(1, len(STEPS)))
    def the_text_goes_through_review(self, days: int, last: int) -> None:
        """The text as it stands, whatever it is; not always to the end."""
        digest = self.here.record.assessments["pia"].digest
        until = (self.here.now + timedelta(days=days)).date().isoformat()
        named = {"assessment": "pia", "digest": digest}
        speakers = ("reviewer", "lawyer", "liberty", "component")
        opinions = [
            (who, r.OpinionGiven(**named, body=body, outcome="agrees", document=DIGEST))
            for who, body in zip(speakers, r.BODIES, strict=True)
        ]
        steps: list[tuple[str, DecidedFact]] = [
            ("component", f.AssessmentSubmitted(**named)),
            ("component", r.AssessmentEndorsed(**named)),
            ("reviewer", f.AssessmentReviewed(**named)),
            ("chief", f.AssessmentApproved(**named, expires=until)),
            ("chief", f.AssessmentPublished(**named)),
        ]
        for actor, fact in [*opinions, *steps[:last]]:
            self.here.take(Act(actor=actor, fact=fact))

    @rule(
        sharing=st.sampled_from(((), ("partner",), ("press",))),
        datasets=st.sampled_from((("feed",), ("feed",), ())),
    )
    def the_text_is_edited(
        self, sharing: tuple[str, ...], datasets: tuple[str, ...]
    ) -> None:
        terms = msgspec.structs.replace(ROOMY, sharing=sharing, datasets=datasets)
        draft = msgspec.structs.replace(self.here.first_text(), terms=terms)
        self.here.take(Act(actor="manager", fact=draft))
        self.buy_and_use(0)

    @rule(what=st.sampled_from(UNDONE), seed=seeds)
    def something_is_done_and_undone(self, what: str, seed: int) -> None:
        """What was permitted is refused meanwhile, and permitted again after."""
        here = self.here
        here.rng = Random(seed)
        award = here.act("award", changes=(0,), hands=False)
        there, back = self._there_and_back(what)
        before = here.unmet(award)
        if not here.take(there):
            return
        meanwhile = here.unmet(award)
        self.buy_and_use(seed)
        if here.take(back) and not before:
            assert meanwhile or not self._bears(there.verb)
            assert here.unmet(award) == before, f"{back.verb} left something undone"

    def _there_and_back(self, what: str) -> tuple[Act, Act]:
        known = self.here.record.assessments["pia"]
        other = msgspec.structs.replace(TERMS, sharing=("undone",))
        edited = msgspec.structs.replace(known.draft, terms=other)
        revoked = r.ApprovalRevoked(assessment="pia", digest=known.digest, document=DIGEST)
        given = known.approvals.get(known.digest)
        expires = given.expires if given else "2027-11-20"
        again = f.AssessmentApproved(assessment="pia", digest=known.digest, expires=expires)
        acts: dict[str, tuple[tuple[str, DecidedFact], tuple[str, DecidedFact]]] = {
            "edit": (("manager", edited), ("manager", known.draft)),
            "withdraw": (
                ("chief", f.AssessmentWithdrawn(assessment="pia")),
                ("chief", r.AssessmentReinstated(assessment="pia")),
            ),
            "revoke": (("chief", revoked), ("chief", again)),
            "stop": (
                ("reviewer", f.DatasetStopped(dataset="feed")),
                ("chief", f.DatasetResumed(dataset="feed")),
            ),
            "lock": (
                ("root", _lock("buyer")),
                ("reviewer", _unlock("buyer")),
            ),
        }
        (one, there), (other_one, back) = acts[what]
        return Act(actor=one, fact=there), Act(actor=other_one, fact=back)

    def _bears(self, verb: str) -> bool:
        """Whether the safeguard against what was done is among these."""
        against = {
            "draft-assessment": "assessment.text-in-force",
            "withdraw-assessment": "assessment.standing",
            "revoke-approval": "assessment.approved",
            "stop-dataset": "stop.none",
            "lock-account": "person.unlocked",
        }
        return against[verb] in self.guards.safeguards

    # -- time ----------------------------------------------------------------------------

    @rule(
        days=st.sampled_from((0, 0, 0, 1, 1, 3, 31, 31, 366)),
        seconds=st.integers(0, 86_400),
    )
    def time_passes(self, days: int, seconds: int) -> None:
        self.here.now += timedelta(days=days, seconds=seconds)

    @rule(seed=seeds)
    def something_is_just_over(self, seed: int) -> None:
        """Wait for the end of what a question rests on, to the millisecond; then go on."""
        self.here.rng = Random(seed)
        act = self.here.act("ask", changes=(0,), hands=False)
        if act.fact.request in self.here.record.requests:  # type: ignore[union-attr]
            at = text_of(self.here.now)
            ahead = [
                one
                for one in deadlines(self.here.record, act, at)
                if self.here.now < one < self.here.now + timedelta(days=60)
            ]
            if ahead:
                self.here.past(self.here.rng.choice(ahead))
        self.buy_and_use(seed)

    # -- what must hold ------------------------------------------------------------------

    @invariant()
    def no_promise_is_broken(self) -> None:
        assert not self.here.promises.broken, self.here.promises.broken[0]

    @invariant()
    def every_step_and_its_undoing_has_its_effect(self) -> None:
        assert self.here.effects() == self.here.told_effects()

    @invariant()
    def whoever_was_locked_or_shared_is(self) -> None:
        told, record = self.here.promises, self.here.record
        assert told.locked <= record.people.locks.keys()
        assert told.shared == {
            name for name, one in record.persons.items() if not one.individual
        }

    @invariant()
    def what_was_spent_is_what_was_asked_for(self) -> None:
        record = self.here.record
        assert sum(rho for rho, _ in self.here.promises.spent.values()) == sum(
            one.rho_micro for one in record.spent.values()
        )


def _lock(person: str) -> DecidedFact:
    return AccountLocked(person=person, reason="inquiry")


def _unlock(person: str) -> DecidedFact:
    return AccountUnlocked(person=person, outcome="one_person", document=DIGEST)


def profile(examples: int, steps: int = 30) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def without(*names: str) -> SafeguardSet:
    """Return the shipped set without some of its safeguards."""
    if missing := set(names) - set(GUARDS.safeguards):
        raise KeyError(missing)
    kept = {name: one for name, one in GUARDS.safeguards.items() if name not in names}
    return SafeguardSet(text="weaker", safeguards=kept)


def run_without(names: Iterable[str], *, examples: int) -> None:
    """Run the machine with some safeguards left out. Raises what it finds."""

    class Weaker(Everybody):
        guards = without(*names)

    only = settings(
        profile(examples),
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        print_blob=False,
    )
    run_state_machine_as_test(Weaker, settings=only)
