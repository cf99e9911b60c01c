"""A department in which only what the safeguards permit ever happens, and its promises beside it."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import msgspec

from beforehand.policy.decide import decide
from beforehand.policy.question import put
from beforehand.policy.sets import SafeguardSet
from beforehand.record import facts as f
from beforehand.record.acts import Act
from beforehand.record.checks import GrammarError
from beforehand.record.grammar import check, founds
from beforehand.record.kinds import DecidedFact
from beforehand.record.recorded import Recorded
from tests.second.fitting import concerned
from tests.second.promises import Promises, effects
from tests.second.templates import FIRST_DAY, department
from tests.second.worlds import World, text_of
from tests.world import DIGEST, GUARDS, TERMS

# Who lawfully does what a step of the invented department leaves to one who may not.
LAWFUL = {
    "trained-analyst": "component",
    "trained-steward": "component",
    "trained-supervisor": "component",
    "signed-analyst": "analyst",
    "signed-steward": "steward",
    "signed-supervisor": "supervisor",
}
# Nobody above the supervisor recertifies them, and nothing that they do needs it.
NEEDLESS = {"recertified-supervisor"}
# Room for six questions a quarter, so that it is not the budget alone that refuses.
ROOMY = msgspec.structs.replace(
    TERMS, budget_rho_micro=300_000, budget_delta_e15=60_000_000
)


class Department(World):
    """`permitted` and `refused` count acts, by verb and by safeguard."""

    def __init__(self, guards: SafeguardSet = GUARDS) -> None:
        super().__init__(Random(0))  # decides nothing here: the day is set
        self.offset = 0
        self.now = datetime(2026, 11, 20, 10)  # noqa: DTZ001  # UTC
        self.guards = guards
        self.promises = Promises()
        self.permitted: dict[str, int] = {}
        self.refused: dict[str, int] = {}
        self.history: list[tuple[Act, datetime]] = []

    def set_up(self) -> None:
        """Go all the way to a question that could be asked, each step permitted."""
        for name, (actor, step, sealed) in department(0).items():
            if name in NEEDLESS:
                continue
            fact: DecidedFact = self.first_text() if name == "draft" else step
            if known := self.record.assessments.get("pia"):
                fact = bound(fact, known.digest)
            act = Act(actor=LAWFUL.get(name, actor), fact=fact, sealed=sealed)
            if not self.take(act):
                raise AssertionError(name, self.unmet(act))

    def unmet(self, act: Act) -> frozenset[str]:
        at = text_of(self.now)
        found = decide(self.guards, put(self.record, act, at=at)).unmet
        return frozenset(one.safeguard for one in found)

    def take(self, act: Act) -> bool:
        """Decide and record an act, as the program does; whether it was permitted."""
        self.wait(1000)
        try:
            check(self.record, act)
        except GrammarError:
            return False
        if not founds(self.record, act) and (unmet := self.unmet(act)):
            for name in unmet:
                self.refused[name] = self.refused.get(name, 0) + 1
            return False
        self.permitted[act.verb] = self.permitted.get(act.verb, 0) + 1
        self.happened(act)
        return True

    def happened(self, act: Act) -> None:
        """What is permitted happens: it is told to the promises, and goes on record."""
        self.promises.saw(act, self.now)
        self.history.append((act, self.now))
        self.doers = [*self.doers[-11:], act.actor]
        at = text_of(self.now)
        self.record.apply(
            Recorded.made(
                index=self.record.size,
                at=at,
                actor=act.actor,
                id=f"e-{self.record.size}",
                fact=act.fact,
                opened=act.sealed,
                unmet=(),
            )
        )
        self.remember(act.fact)

    def go_on_from(self, other: Department) -> None:
        """Let all happen here that happened there, without deciding it again."""
        for act, self.now in other.history:
            self.happened(act)

    def act(
        self,
        verb: str,
        *,
        changes: tuple[int, ...] = (0, 0, 1, 1, 2, 4),
        hands: bool = True,
    ) -> Act:
        """Return an act as `World` does, whose days move on with the time."""
        self.offset = (self.now.date() - FIRST_DAY).days
        return super().act(verb, changes=changes, hands=hands)

    def usual(self, verb: str) -> bool:
        """Do what is usual, by who usually does it."""
        act = self.act(verb, changes=(0,), hands=False)
        return self.take(act)

    def by_a_hand_in_it(self, verb: str) -> None:
        """Have it done by each of those who had a hand in what it is about."""
        act = self.act(verb, changes=(0,), hands=False)
        for one in sorted(concerned(act.fact, self.record) & self.record.persons.keys()):
            self.take(Act(actor=one, fact=act.fact, sealed=act.sealed))

    def past(self, day: datetime) -> None:
        """Let the time pass until the end of something, or one more millisecond."""
        self.now = max(self.now, day) + timedelta(milliseconds=self.rng.choice((-1, 0, 1)))

    # -- what an invariant asks ----------------------------------------------------------

    def effects(self) -> set[str]:
        """What the Record has kept of assessments, in the words of `promises.effects`."""
        found = set[str]()
        for name, known in self.record.assessments.items():
            digest = known.digest
            found.add(f"{name} withdrawn: {known.withdrawn}")
            steps = {
                "submitted": digest in known.submitted,
                "endorsed": digest in known.endorsed,
                "reviewed": digest in known.reviewed,
                "approved": digest in known.approvals,
                "disclosed": digest in known.disclosed,
            }
            found |= {f"{name} {step}: {is_so}" for step, is_so in steps.items()}
        return found

    def told_effects(self) -> set[str]:
        return set(effects(self.promises))

    def renewals(self) -> list[tuple[str, DecidedFact]]:
        """What lapses of itself, done again: training, signatures, promises, access."""
        evidence = f.MitigationDone(assessment="pia", mitigation="check", evidence=DIGEST)
        found: list[tuple[str, DecidedFact]] = [("manager", evidence)]
        for person in ("analyst", "steward", "supervisor"):
            found += [
                ("component", f.TrainingCompleted(person=person)),
                (person, f.RulesSigned(person=person, document=DIGEST)),
                ("supervisor", f.AccessRecertified(person=person)),
            ]
        return found

    def screening(self) -> f.ThresholdFiled:
        """A threshold analysis of its own, under a new name."""
        self.count += 1
        filed = department(0)["pta"].fact
        if not isinstance(filed, f.ThresholdFiled):
            raise TypeError(filed)
        return msgspec.structs.replace(filed, threshold=f"threshold-{self.count}")

    def first_text(self) -> f.AssessmentDrafted:
        draft = department(0)["draft"].fact
        if not isinstance(draft, f.AssessmentDrafted):
            raise TypeError(draft)
        return msgspec.structs.replace(draft, terms=ROOMY)


def bound(fact: DecidedFact, digest: str) -> DecidedFact:
    """Return a step of the review, taken on the text of this digest."""
    if not hasattr(fact, "digest"):
        return fact
    return msgspec.structs.replace(fact, digest=digest)
