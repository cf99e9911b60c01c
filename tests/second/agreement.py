"""Both procedures asked the same questions: where they differ, and what the questions reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import count, islice

from beforehand.policy.decide import decide
from beforehand.policy.question import put
from beforehand.policy.sets import SafeguardSet
from tests.second.case import RULES
from tests.second.procedure import BEARING, NOT_GUARDED, second
from tests.second.questions import Question, questions
from tests.world import GUARDS

COMPARED = frozenset(RULES) | NOT_GUARDED
TOGETHER = 25  # worlds that one process is given at a time


@dataclass(kw_only=True)
class Found:
    """What a run found.

    met, unmet   by safeguard, how often it bore on a question and was, or was not, met
    allowed      by act, how often everything was met
    """

    asked: int = 0
    allowed: Counter[str] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)
    unmet: Counter[str] = field(default_factory=Counter)
    mismatches: list[str] = field(default_factory=list)

    def take(self, verb: str, unmet: frozenset[str]) -> None:
        self.asked += 1
        if not unmet:
            self.allowed[verb] += 1
        for name in BEARING.get(verb, ()):
            (self.unmet if name in unmet else self.met)[name] += 1

    def add(self, other: Found) -> None:
        self.asked += other.asked
        self.allowed += other.allowed
        self.met += other.met
        self.unmet += other.unmet
        self.mismatches += other.mismatches

    def fewest(self) -> tuple[int, str]:
        """How often the safeguard that was met, or unmet, least often was so; and which."""
        return min(
            (min(self.met[name], self.unmet[name]), name)
            for name in GUARDS.safeguards.keys() & RULES.keys()
        )


def cedar(question: Question, guards: SafeguardSet = GUARDS) -> frozenset[str]:
    """Return what the shipped procedure says is unmet."""
    found = decide(guards, put(question.record, question.act, at=question.at)).unmet
    return frozenset(one.safeguard for one in found if one.safeguard in COMPARED)


def plain(question: Question) -> frozenset[str]:
    """Return what the second procedure says is unmet."""
    return second(question.record, question.act, question.at)


def compare(asked: Iterator[Question]) -> Found:
    found = Found()
    for question in asked:
        first, other = cedar(question), plain(question)
        found.take(question.act.verb, first)
        if first != other:
            found.mismatches.append(described(question, first, other))
    return found


def described(question: Question, first: frozenset[str], other: frozenset[str]) -> str:
    return (
        f"world {question.seed}, question {question.number}, at {question.at}:"
        f" {question.act.actor} {question.act.fact!r} {dict(question.act.sealed)!r};"
        f" only Cedar says {sorted(first - other)}, only the second {sorted(other - first)}"
    )


def run(number: int, *, seed: int) -> Found:
    """Ask so many questions of the worlds from `seed` on."""
    return compare(islice(many(seed), number))


def many(seed: int) -> Iterator[Question]:
    for world in count(seed):
        yield from questions(world)


def run_in_processes(number: int, *, seed: int, processes: int) -> Iterator[Found]:
    """Yield what was found so far, each time some worlds more are done; ends at `number`."""
    total = Found()
    with ProcessPoolExecutor(processes) as pool:
        firsts = count(seed, TOGETHER)
        waiting = [pool.submit(_worlds, next(firsts)) for _ in range(2 * processes)]
        while total.asked < number:
            total.add(waiting.pop(0).result())
            waiting.append(pool.submit(_worlds, next(firsts)))
            yield total
        pool.shutdown(cancel_futures=True)


def _worlds(first: int) -> Found:
    return compare(
        one for seed in range(first, first + TOGETHER) for one in questions(seed)
    )
