"""Deciding: one question put to a safeguard set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import cedarpy

from beforehand.policy.derived import FAILS, HOLDS, Derived, Permits
from beforehand.policy.put import Put, Ref, live
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
    """Return what `guards` say of `put`.

    Cost: one Cedar evaluation for an allowed act, as long as what may stand between questions
    has stood; one more to learn which of the others do not hold.
    """
    reading = put.read(live)
    digest = reading.digest()
    derived = guards.derived(put.action)
    if derived is None:
        return Decision(policies=guards.digest, question=digest, unmet=(UNGUARDED,))
    moving, about, things, given = derived.hand(reading)
    entities, standing = _standing(derived, put.principal, about, things, given)
    asked = _Asked(put.action, put.principal, put.resource, moving, entities)
    unheld = standing | _unheld(asked, derived.moving)
    missing = put.missing()
    unmet = (
        ()
        if not unheld and not missing
        else tuple(
            _unmet(one, shown=unheld.get(one.id, True) is False)
            for one in guards.by_act[put.action]
            # Where a named entity was not given, even a true answer may rest on its absence.
            if one.id in unheld or missing
        )
    )
    return Decision(policies=guards.digest, question=digest, unmet=unmet)


def read_three_valued(guards: SafeguardSet, put: Put) -> Mapping[str, bool | None]:
    """Return, by safeguard, whether `put` passes it in every reading of its dates.

    True passes, False fails, None cannot be decided: a fact is missing, or two readings of a
    date known only roughly disagree. Exact because a condition mentions each date once.
    Cost: two evaluations for each of 2^n readings, n the dates that are not exact.
    """
    derived = guards.derived(put.action)
    if derived is None:
        return {}
    found: dict[str, bool | None] = {}
    for number, chosen in enumerate(put.readings()):
        moving, _, things, given = derived.hand(put.read(chosen))
        entities = _entities(things, given)
        asked = _Asked(put.action, put.principal, put.resource, moving, entities)
        unheld = _one_by_one(asked, derived.standing) | _one_by_one(asked, derived.moving)
        for one in guards.by_act[put.action]:
            answer = unheld.get(one.id, True)
            agrees = number == 0 or found[one.id] == answer
            found[one.id] = answer if agrees else None
    return found


class _Asked(NamedTuple):
    """A question as Cedar takes it. `entities`: None where Cedar cannot read them."""

    action: str
    principal: Ref
    resource: Ref
    context: str
    entities: cedarpy.Entities | None


# The safeguards that do not hold: False fails, None cannot be evaluated.
Unheld: TypeAlias = dict[str, bool | None]


@lru_cache(1024)
def _standing(
    derived: Derived, principal: Ref, about: Ref, things: tuple[str, ...], given: str
) -> tuple[cedarpy.Entities | None, Unheld]:
    """Return which standing conditions do not hold: they read nothing but these.

    People ask again while nothing about them has changed.
    """
    entities = _entities(things, given)
    asked = _Asked(derived.act, principal, about, "{}", entities)
    return entities, _unheld(asked, derived.standing)


def _unheld(asked: _Asked, permits: Permits) -> Unheld:
    if not permits.conditions:
        return {}
    answer = _ask(asked, permits.all)
    if answer is not None and answer.allowed and not answer.diagnostics.errors:
        return {}
    return _one_by_one(asked, permits)


def _one_by_one(asked: _Asked, permits: Permits) -> Unheld:
    if not permits.conditions:
        return {}
    answer = _ask(asked, permits.each)
    # Only permits are asked, so Cedar gives all that are satisfied as its reasons.
    reasons = frozenset(answer.diagnostics.reasons if answer else ())
    return {
        name: False if f"{FAILS}{place}" in reasons else None
        for place, name in enumerate(permits.conditions)
        if f"{HOLDS}{place}" not in reasons
    }


def _ask(asked: _Asked, policies: cedarpy.PolicySet) -> cedarpy.AuthzResult | None:
    """Ask Cedar; None for what it cannot read. Its error text names entities: it goes no further."""
    if asked.entities is None:
        return None
    request = {
        "principal": {"type": asked.principal.type, "id": asked.principal.id},
        "action": {"type": "Action", "id": asked.action},
        "resource": {"type": asked.resource.type, "id": asked.resource.id},
        "context": asked.context,
    }
    return cedarpy.is_authorized(request, policies, asked.entities)


@lru_cache(1024)
def _entities(things: tuple[str, ...], given: str) -> cedarpy.Entities | None:
    """Parse the entities of a question. None for what Cedar cannot read, which denies.

    What is given in the context changes more often than the things that are asked about.
    """
    try:
        return _things(things).with_added_json_str(f"[{given}]")
    except ValueError:  # a number beyond 64 bits, say
        return None


@lru_cache(1024)
def _things(texts: tuple[str, ...]) -> cedarpy.Entities:
    return cedarpy.Entities.from_json_str(f"[{','.join(texts)}]")


def _unmet(safeguard: Safeguard, *, shown: bool) -> Unmet:
    return Unmet(
        safeguard=safeguard.id,
        says=safeguard.says,
        remedy=safeguard.remedy,
        cites=safeguard.cites,
        shown=shown,
    )
