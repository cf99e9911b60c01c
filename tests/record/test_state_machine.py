"""The one promise: nothing is bought before an assessment that covers it is approved.

People do whatever they like with two assessments and the contracts; the safeguards decide. What
must hold is worked out beside them, in plain sets, from the acts that were let through.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from beforehand.policy.decide import decide
from beforehand.policy.question import put
from beforehand.policy.sets import SafeguardSet
from beforehand.record import facts as f
from beforehand.record import reviewing as r
from beforehand.record.acts import Act
from beforehand.record.checks import GrammarError
from beforehand.record.grammar import check
from beforehand.record.kinds import DecidedFact
from beforehand.record.state import text_digest
from tests.record.generated import recorded
from tests.world import AWARD, DIGEST, DRAFT, GUARDS, RISK, TERMS, Step, record, steps

START = datetime(2026, 11, 20, 10, tzinfo=UTC)
# Everything an award needs but an assessment. `outer` carries `feed`: it buys it too.
BEFORE = tuple(steps())[: tuple(steps()).index("draft")]
OUTER = f.DatasetNamed(dataset="outer", supplier="maker", contains=(), carries=("feed",))
LOW = msgspec.structs.replace(RISK, likelihood="limited", severity="limited")
BOUGHT_WITH = {"feed": {"feed"}, "outer": {"outer", "feed"}}
THRESHOLD = f.ThresholdFiled2(
    retention_days=100,
    threshold="wide",
    office="dept",
    datasets=("feed", "outer"),
    needs_assessment=True,
    document=DIGEST,
)
EVIDENCE = [
    msgspec.structs.replace(steps()["evidence"].fact, dataset=name) for name in BOUGHT_WITH
]

OPINIONS: tuple[tuple[r.Body, str], ...] = (
    ("privacy_office", "reviewer"),
    ("counsel", "lawyer"),
    ("civil_liberties", "liberty"),
    ("affected_groups", "component"),
)
ASSESSMENTS = ("pia", "pia-2")
OFFICES = ("harbor", "routes")
assessments = st.sampled_from(ASSESSMENTS)
some_offices = st.sampled_from([OFFICES, ("harbor",)])
some_datasets = st.sampled_from([("feed", "outer"), ("feed",), ("outer",)])
days = st.sampled_from([1, 5, 20])


class Buying(RuleBasedStateMachine):
    """`approved` and `disclosed` hold texts themselves, by which the model knows them."""

    guards: SafeguardSet = GUARDS

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.record = record(tuple(name for name in steps() if name not in BEFORE))
        self.text: dict[str, f.AssessmentDrafted] = {}
        self.approved: dict[f.AssessmentDrafted, datetime] = {}
        self.disclosed: set[f.AssessmentDrafted] = set()
        self.withdrawn: set[str] = set()
        self.unbacked: list[str] = []
        self.contracts: set[str] = set()

    def take(self, actor: str, fact: DecidedFact) -> bool:
        """Decide `fact` as the program does; whether it went on the record."""
        self.now += timedelta(seconds=1)
        at = self.now.isoformat(timespec="microseconds").replace("+00:00", "Z")
        act = Act(actor=actor, fact=fact)
        try:
            check(self.record, act)
        except GrammarError:
            return False
        allowed = decide(self.guards, put(self.record, act, at=at)).allowed
        if allowed:
            step = Step(fact=fact, actor=actor, at=at)
            self.record.apply(recorded(self.record.size, step))
        return allowed

    def digest(self, assessment: str) -> str:
        text = self.text.get(assessment)
        return DIGEST if text is None else text_digest(text)

    def covers(self, assessment: str, office: str, bought: set[str]) -> bool:
        text = self.text.get(assessment)
        return (
            text is not None
            and assessment not in self.withdrawn
            and text in self.disclosed
            and text in self.approved
            and self.now < self.approved[text]
            and office in text.terms.offices
            and bought <= set(text.terms.datasets)
        )

    @initialize()
    def prepare(self) -> None:
        assert self.take("manager", OUTER)
        roles = f.PersonAppointed(
            person="manager",
            office="dept",
            roles=("program_manager",),
            account="individual",
        )
        assert self.take("root", roles)
        assert self.take("manager", THRESHOLD)
        privacy = msgspec.structs.replace(
            roles, person="reviewer", roles=("privacy_officer",)
        )
        assert self.take("root", privacy)
        assert self.take("reviewer", f.ThresholdApproved(threshold="wide"))
        for fact in EVIDENCE:
            assert self.take("manager", fact)

    @rule(days=days)
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.try_to_buy()

    @rule(assessment=assessments, offices=some_offices, datasets=some_datasets)
    def draft(
        self, assessment: str, offices: tuple[str, ...], datasets: tuple[str, ...]
    ) -> None:
        terms = msgspec.structs.replace(
            TERMS, offices=offices, datasets=datasets, mitigations=()
        )
        fact = msgspec.structs.replace(
            DRAFT, assessment=assessment, threshold="wide", terms=terms, risks=(LOW,)
        )
        if self.take("manager", fact):
            self.text[assessment] = fact
        self.try_to_buy()

    @rule(assessment=assessments)
    def submit(self, assessment: str) -> None:
        """And the component's own review of it."""
        digest = self.digest(assessment)
        self.take("component", f.AssessmentSubmitted(assessment=assessment, digest=digest))
        self.take("component", r.AssessmentEndorsed(assessment=assessment, digest=digest))

    @rule(assessment=assessments)
    def review(self, assessment: str) -> None:
        """With the opinions that an approval needs."""
        digest = self.digest(assessment)
        for body, actor in OPINIONS:
            fact = r.OpinionGiven(
                assessment=assessment,
                digest=digest,
                body=body,
                outcome="agrees",
                document=DIGEST,
            )
            self.take(actor, fact)
        self.take("reviewer", f.AssessmentReviewed(assessment=assessment, digest=digest))

    @rule(assessment=assessments, actor=st.sampled_from(["chief", "manager"]), days=days)
    def approve(self, assessment: str, actor: str, days: int) -> None:
        until = (self.now + timedelta(days=days)).date().isoformat()
        fact = f.AssessmentApproved(
            assessment=assessment, digest=self.digest(assessment), expires=until
        )
        if self.take(actor, fact):
            lapses = datetime.fromisoformat(until).replace(tzinfo=UTC)
            self.approved[self.text[assessment]] = lapses

    @rule(assessment=assessments, withheld=st.booleans())
    def disclose(self, assessment: str, withheld: bool) -> None:
        digest = self.digest(assessment)
        fact = (
            f.AssessmentWithheld(
                assessment=assessment, digest=digest, reason="classified", official="chief"
            )
            if withheld
            else f.AssessmentPublished(assessment=assessment, digest=digest)
        )
        if self.take("chief", fact):
            self.disclosed.add(self.text[assessment])

    @rule(
        assessment=assessments,
        offices=some_offices,
        datasets=some_datasets,
        days=days,
        last=st.sampled_from([4, 5, 5]),
    )
    def take_through(
        self,
        assessment: str,
        offices: tuple[str, ...],
        datasets: tuple[str, ...],
        days: int,
        last: int,
    ) -> None:
        """The whole review, or all but disclosure, in one go: so that something is bought."""
        self.draft(assessment, offices, datasets)
        self.submit(assessment)
        self.review(assessment)
        self.approve(assessment, "chief", days)
        if last == 5:
            self.disclose(assessment, withheld=False)
        self.try_to_buy()

    @rule(assessment=assessments)
    def withdraw(self, assessment: str) -> None:
        if self.take("chief", f.AssessmentWithdrawn(assessment=assessment)):
            self.withdrawn.add(assessment)
        self.try_to_buy()

    @rule()
    def try_to_buy(self) -> None:
        """Everything, for each office, under each assessment and under none."""
        for office, dataset, assessment in product(
            OFFICES, BOUGHT_WITH, (*ASSESSMENTS, None)
        ):
            fact = msgspec.structs.replace(
                AWARD,
                contract=f"c-{len(self.contracts)}",
                office=office,
                datasets=(dataset,),
                assessment=assessment,
            )
            if self.take("buyer", fact):
                self.contracts.add(fact.contract)
                if not (
                    assessment and self.covers(assessment, office, BOUGHT_WITH[dataset])
                ):
                    self.unbacked.append(fact.contract)

    @invariant()
    def nothing_was_bought_without_an_assessment(self) -> None:
        assert set(self.record.contracts) == self.contracts
        assert not self.unbacked


SHORT = settings(
    max_examples=30,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
Buying.TestCase.settings = SHORT
TestNothingIsBoughtBeforehand = Buying.TestCase


def only_through(machine: type[Buying]) -> None:
    settings_of_this = settings(
        SHORT,
        max_examples=200,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        print_blob=False,
    )
    run_state_machine_as_test(machine, settings=settings_of_this)


@pytest.mark.parametrize(
    "left_out",
    [
        # One covers for another: a text that is not approved is not disclosed either.
        pytest.param("approved text-in-force unexpired disclosed", id="never approved"),
        pytest.param("text-in-force disclosed", id="edited since"),
        pytest.param("disclosed", id="not disclosed"),
        pytest.param("unexpired", id="lapsed"),
        pytest.param("standing", id="withdrawn"),
        pytest.param("covers", id="of something else"),
    ],
)
def test_the_promise_does_not_hold_without_its_safeguards(left_out: str) -> None:
    """So the machine goes where each safeguard is needed, and its plain sets see the wrong."""
    names = {f"assessment.{name}" for name in left_out.split()}
    assert names < set(GUARDS.safeguards)
    fewer = {name: one for name, one in GUARDS.safeguards.items() if name not in names}

    class Weaker(Buying):
        guards = SafeguardSet(text="weaker", safeguards=fewer)

    with pytest.raises(AssertionError, match="unbacked"):
        only_through(Weaker)
