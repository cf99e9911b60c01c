"""Deciding: one question put to a safeguard set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import cedarpy

from beforehand.policy.put import Put, Reading, live
from beforehand.policy.sets import Safeguard, SafeguardSet
from beforehand.refusal import Unmet


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the safeguards answered.

    policies   digest of the set asked
    question   digest of the question put
    unmet      every unmet safeguard, by id; empty means allowed
    """

    policies: str
    question: str
    unmet: tuple[Unmet, ...]

    @property
    def allowed(self) -> bool:
        return not self.unmet


UNGUARDED = Unmet(
    safeguard="person.act-known",
    says="No safeguard bears on this act, and what nothing guards is refused.",
    remedy="Have a safeguard for the act adopted first.",
    cites="Beforehand, the safeguards",
    shown=False,
)


def decide(guards: SafeguardSet, put: Put) -> Decision:
    """Return what `guards` say of `put`. The forbids run only when the permit does not.

    Cost: one Cedar evaluation for an allowed act, three for a refused one.
    """
    reading = put.read(live)
    digest = reading.digest()
    permit = guards.permit.get(put.action)
    if permit is None:
        return Decision(policies=guards.digest, question=digest, unmet=(UNGUARDED,))
    answer = _ask(reading, permit)
    whole = answer.allowed and not answer.errors and not put.missing()
    unmet = () if whole else _explain(guards, reading)
    return Decision(policies=guards.digest, question=digest, unmet=unmet)


def read_three_valued(guards: SafeguardSet, put: Put) -> Mapping[str, bool | None]:
    """Return, by safeguard, whether `put` passes it in every reading of its dates.

    True passes, False fails, None cannot be decided: a fact is missing, or two readings of a
    date known only roughly disagree. Exact because a condition mentions each date once.
    Cost: two evaluations for each of 2^n readings, n the dates that are not exact.
    """
    found: dict[str, bool | None] = {}
    for number, chosen in enumerate(put.readings()):
        for name, answer in _answers(guards, put.read(chosen)).items():
            agrees = number == 0 or found[name] == answer
            found[name] = answer if agrees else None
    return found


def _explain(guards: SafeguardSet, reading: Reading) -> tuple[Unmet, ...]:
    """Return every safeguard of the act that is false, or that cannot be evaluated."""
    answers = _answers(guards, reading)
    missing = reading.put.missing()
    return tuple(
        _unmet(guards.safeguards[name], shown=answer is False)
        for name, answer in answers.items()
        # Where a named entity was not given, even a true answer may rest on its absence.
        if answer is not True or missing
    )


def _answers(guards: SafeguardSet, reading: Reading) -> dict[str, bool | None]:
    act = reading.put.action
    passed = _ask(reading, guards.each[act]).reasons
    failed = _ask(reading, guards.forbids[act]).reasons
    return {
        one.id: True if one.id in passed else False if one.id in failed else None
        for one in guards.by_act[act]
    }


class _Answer(NamedTuple):
    allowed: bool
    reasons: frozenset[str]
    errors: bool


def _ask(reading: Reading, policies: cedarpy.PolicySet) -> _Answer:
    # Cedar's error text names entities: that there was one is all that leaves this function.
    answer = cedarpy.is_authorized(reading.request(), policies, _entities(reading.entities))
    found = answer.diagnostics
    return _Answer(answer.allowed, frozenset(found.reasons), bool(found.errors))


@lru_cache(1024)
def _entities(text: str) -> cedarpy.Entities:
    """Parse the entities of a question; people ask again while nothing about them changed."""
    return cedarpy.Entities.from_json_str(text)


def _unmet(safeguard: Safeguard, *, shown: bool) -> Unmet:
    return Unmet(
        safeguard=safeguard.id,
        says=safeguard.says,
        remedy=safeguard.remedy,
        cites=safeguard.cites,
        shown=shown,
    )
