"""Random worlds: the invented department set up at any time, with steps changed, left out, added.

No safeguard is asked while a world is made, only the grammar: so it gets into states that the
safeguards would not have let it reach, and each of them can be seen to refuse.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import datetime, timedelta
from random import Random

import msgspec

from beforehand.record import facts as f
from beforehand.record.acts import DAYS, Act
from beforehand.record.checks import GrammarError
from beforehand.record.fold import Record
from beforehand.record.grammar import check
from beforehand.record.kinds import ACTS, DecidedFact
from beforehand.record.recorded import Recorded
from beforehand.record.state import Assessment
from beforehand.record.stating import Statement
from tests.second.chance import NOBODY, Chance, fields, on_record
from tests.second.days import start
from tests.second.fitting import concerned, fitted
from tests.second.habits import FRESH, KNOWN, LEFT_OUT, NEXT, OFTEN, SET_UP, TWINNED
from tests.second.parts import as_requested, other_part
from tests.second.subjects import ABOUT, about
from tests.second.templates import (
    FIRST_DAY,
    OTHER,
    Template,
    department,
    moved,
    templates,
)
from tests.world import DIGEST


def text_of(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds") + "Z"


class World:
    """A Record with its clock, and what is needed to make more of it."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        first = rng.choice(SET_UP)
        self.offset = (first - FIRST_DAY).days
        self.now = datetime(first.year, first.month, first.day, rng.choice((0, 10, 23)))  # noqa: DTZ001  # UTC
        self.record = Record()
        self.moments: list[datetime] = [self.now]
        self.doers: list[str] = ["root"]  # who did something, the newest last
        self.count = 0

    # -- making it -----------------------------------------------------------------------

    def set_up(self) -> None:
        """Go through the department's own steps, a few of them otherwise than they were."""
        rng = self.rng
        careless = rng.choice((0.0, 0.01, 0.04))
        left_out = rng.choice(LEFT_OUT)
        rows = rng.random() < 0.2
        for number, (name, step) in enumerate(department(self.offset).items()):
            actor, fact, sealed = step
            if number > 1:
                if rng.random() < careless or name in left_out:
                    continue
                if rng.random() < careless:
                    actor = self.somebody()
                if rng.random() < careless * (3 if name in ("draft", "feed", "pta") else 1):
                    fact = self.changed(fact, rng.choice((1, 1, 2)))
                if rng.random() < 0.02:
                    self.happen()
                fact = self.otherwise(fact)
                fact = self.for_rows(fact) if rows else fact
            self.wait(rng.choice((1, 700, 999_999)))
            self.take(Act(actor=actor, fact=self.on_this_text(fact), sealed=sealed))
        if rng.random() < 0.25:
            self._second_assessment()
        while rng.random() < 0.4:
            self.wait(1000)
            self.take(self.act("ask", changes=(0,)))

    def _second_assessment(self) -> None:
        """Take another assessment through review, as the first was, to supersede or rely on."""
        for name in TWINNED:
            self.wait(1000)
            step = department(self.offset)[name]
            fact = msgspec.structs.replace(step.fact, assessment="pia-2")
            if name == "draft" and self.rng.random() < 0.5:
                fact = self.changed(fact, 1)
            self.take(Act(actor=step.actor, fact=self.on_this_text(fact)))

    def for_rows(self, fact: DecidedFact) -> DecidedFact:
        """As the department would be that may ask for rows, by a legal process."""
        match fact:
            case f.AssessmentDrafted2():
                terms = msgspec.structs.replace(fact.terms, forms=("aggregate", "rows"))
                return msgspec.structs.replace(fact, terms=terms)
            case f.UseRequested2():
                act = self.act("record-process", changes=(0, 0, 1))
                process: str | None = getattr(act.fact, "process", None)
                known = process if self.take(act) else None
                return msgspec.structs.replace(fact, form="rows", process=known)
            case _:
                return fact

    def otherwise(self, fact: DecidedFact) -> DecidedFact:
        """Now and then what the department's review hangs on is otherwise."""
        if self.rng.random() > 0.4:
            return fact
        match fact:
            case f.DatasetNamed():
                return msgspec.structs.replace(fact, contains=("advertising_id",))
            case f.ThresholdFiled2():
                other = self.rng.choice(
                    ({"needs_assessment": False}, {"retention_days": 99})
                )
                return msgspec.structs.replace(fact, **other)
            case f.ContractAwarded():
                starts = self.now.date() + timedelta(days=self.rng.choice((1, 2, 3)))
                return msgspec.structs.replace(fact, starts=starts.isoformat())
            case f.AssessmentDrafted2():
                chance = self.chance()
                risks = chance.several(dict(fields(type(fact)))["risks"].item_type, "risks")  # type: ignore[attr-defined]
                return msgspec.structs.replace(fact, risks=risks)
            case _:
                return fact

    def wait(self, microseconds: int) -> None:
        self.now += timedelta(microseconds=microseconds)

    def take(self, act: Act) -> bool:
        """Put an act on record if the grammar lets it; whether it did."""
        if act.actor not in self._actors():
            return False
        try:
            check(self.record, act)
        except GrammarError:
            return False
        at = text_of(self.now)
        self.record.apply(
            Recorded.made(
                index=self.record.size,
                at=at,
                actor=act.actor,
                id=f"e-{self.record.size}",
                fact=act.fact,
                opened=self._opened(act),
                unmet=(),
            )
        )
        self.doers = [*self.doers[-11:], act.actor]
        self.remember(act.fact)
        return True

    def _actors(self) -> Container[str]:
        """Who can have acted: without an account only suppliers do, and who opens a register."""
        return {*self.record.persons, *self.record.suppliers, "root"}

    def _opened(self, act: Act) -> Mapping[str, object]:
        """The sealed parts that can be opened: now and then none, as without the vault."""
        return {} if self.rng.random() < 0.03 else act.sealed

    def remember(self, fact: DecidedFact) -> None:
        """Keep when something happened, and each day that it names."""
        self.moments.append(self.now)
        for name, _ in fields(type(fact)):
            if name in DAYS and (day := getattr(fact, name)) is not None:
                self.moments.append(start(day))
        if isinstance(fact, f.AssessmentDrafted):
            self.moments += [start(one.due) for one in fact.terms.mitigations]

    def happen(self) -> None:
        """Let something more happen, of any kind, somewhat later."""
        rng = self.rng
        self.wait(rng.choice((1, 1500, 10**6, 3600 * 10**6)))
        if rng.random() < 0.05:
            self.wait(rng.choice((1, 1, 3, 10, 40)) * 86_400 * 10**6)
        verb = rng.choice(OFTEN if rng.random() < 0.5 else tuple(templates()))
        while self.take(self.act(verb)) and verb in NEXT and rng.random() < 0.7:
            self.wait(1000)
            verb = rng.choice(NEXT[verb])

    # -- acts ----------------------------------------------------------------------------

    def chance(self) -> Chance:
        return Chance(self.rng, self.record, self.now.date())

    def somebody(self) -> str:
        if self.rng.random() < 0.01:
            return NOBODY
        return self.rng.choice(list(self.record.persons))

    def changed(self, fact: DecidedFact, times: int) -> DecidedFact:
        chance = self.chance()
        return chance.change(fact, times)  # type: ignore[return-value]  # of the same class

    def act(
        self,
        verb: str,
        *,
        changes: tuple[int, ...] = (0, 0, 1, 1, 2, 4),
        hands: bool = True,
    ) -> Act:
        """Return an act of a kind, by who does it as a rule or, with `hands`, by others."""
        rng = self.rng
        actor, fact, sealed = self._template(verb)
        fact = self.with_known(self.on_record(fact, verb))
        actor = self.actor(fact, actor) if hands else actor
        if rng.random() < 0.8:
            fact = fitted(fact, actor, record=self.record, rng=rng, today=self.now.date())
        if times := rng.choice(changes):
            fact = self.changed(fact, times)
        fact = self.on_this_text(fact)
        if isinstance(fact, f.QuestionAdmitted) and rng.random() < 0.7:
            sealed = as_requested(fact, sealed, self.chance())
        if rng.random() < 0.3:
            chance = self.chance()
            sealed = {part: other_part(part, one, chance) for part, one in sealed.items()}
        return Act(actor=actor, fact=fact, sealed=sealed)

    def _template(self, verb: str) -> Template:
        """An act to start from; one by chance alone where none is known that is possible."""
        known = templates().get(verb)
        if known:
            return moved(verb, self.rng.randrange(len(known)), self.offset)
        chance = self.chance()
        fact: DecidedFact = chance.made(ACTS[verb])  # type: ignore[assignment]  # of the class
        return Template(self.somebody(), fact, dict.fromkeys(fact.sealed))

    def actor(self, fact: DecidedFact, usual: str) -> str:
        """Who does it: as a rule who usually does, else somebody with a hand in the matter."""
        rng = self.rng
        lot = rng.random()
        if lot < 0.15:
            return rng.choice(sorted(concerned(fact, self.record)) or [usual])
        if lot < 0.22:
            return rng.choice(self.doers)
        return self.somebody() if lot < 0.34 else usual

    def on_record(self, fact: DecidedFact, verb: str) -> DecidedFact:
        """Give a fact a new subject where it must have one, else now and then another."""
        if verb in FRESH and verb != "take-in":
            self.count += 1
            return msgspec.structs.replace(
                fact, **{fact.about: f"{fact.about}-{self.count}"}
            )
        if verb == "take-in":
            digest = self.rng.choice((DIGEST, OTHER, f"{self.rng.getrandbits(256):064x}"))
            return msgspec.structs.replace(fact, snapshot=digest)
        field = fact.about
        if field in ("key", "register", "reader", "policies"):
            return fact
        known = about(self.record, verb, field)
        if known and (getattr(fact, field) not in known or self.rng.random() < 0.35):
            newest = known[-1:] if self.rng.random() < 0.5 else known
            name = NOBODY if self.rng.random() < 0.03 else self.rng.choice(newest)
            fact = msgspec.structs.replace(fact, **{field: name})
        return fact

    def can(self, verb: str) -> bool:
        """Whether there is anything that such an act could be about."""
        return verb not in ABOUT or bool(about(self.record, verb, ""))

    def with_known(self, fact: DecidedFact) -> DecidedFact:
        """Name what is on record where a template names what came up in another world."""
        changes = {}
        for name in KNOWN:
            known = list(on_record(self.record, name))
            now = getattr(fact, name, None)
            if now is not None and name != fact.about and now not in known and known:
                changes[name] = self.rng.choice(known)
        return msgspec.structs.replace(fact, **changes) if changes else fact

    def on_this_text(self, fact: DecidedFact) -> DecidedFact:
        """Bind a step in the life of an assessment to the text as it stands, as people do."""
        known: Assessment | Statement | None = self.record.assessments.get(
            getattr(fact, "assessment", None) or ""
        ) or self.record.stating.statements.get(getattr(fact, "statement", None) or "")
        if known is None or not hasattr(fact, "digest") or self.rng.random() < 0.03:
            return fact
        return msgspec.structs.replace(fact, digest=known.digest)
