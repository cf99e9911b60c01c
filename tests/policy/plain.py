"""Decisions made the plain way, which `derived.py` must come out the same as.

Cedar is asked the published conditions, of the whole context and all entities, in three
evaluations, and nothing is kept.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import TYPE_CHECKING

import cedarpy

from beforehand.policy.put import Chosen, Moments, Put, Ref, Value, live

if TYPE_CHECKING:
    from collections.abc import Mapping

    from beforehand.policy.sets import SafeguardSet


def permit(guards: SafeguardSet, act: str) -> cedarpy.PolicySet:
    """The one permit of an act, each condition its own `when`."""
    whens = [("when", one.condition) for one in guards.by_act[act]]
    return _policies({"all": ("permit", act, whens)})


def answers(
    guards: SafeguardSet, put: Put, chosen: Chosen = live
) -> dict[str, bool | None]:
    """Return what each condition is: None where it cannot be evaluated."""
    act, bearing = put.action, guards.by_act[put.action]
    passed = ask(
        put,
        _policies({one.id: ("permit", act, [("when", one.condition)]) for one in bearing}),
        chosen,
    ).diagnostics.reasons
    failed = ask(
        put,
        _policies(
            {one.id: ("forbid", act, [("unless", one.condition)]) for one in bearing}
        ),
        chosen,
    ).diagnostics.reasons
    return {
        one.id: True if one.id in passed else False if one.id in failed else None
        for one in bearing
    }


def unmet(guards: SafeguardSet, put: Put) -> list[tuple[str, bool]]:
    """Return each unmet safeguard with whether it is shown."""
    answer = ask(put, permit(guards, put.action))
    named = {put.principal, put.resource}
    named |= {one for one in put.context.values() if isinstance(one, Ref)}
    missing = named - put.entities.keys()
    if answer.allowed and not answer.diagnostics.errors and not missing:
        return []
    return [
        (name, answer is False)
        for name, answer in answers(guards, put).items()
        if answer is not True or missing
    ]


def three_valued(guards: SafeguardSet, put: Put) -> dict[str, bool | None]:
    every = [answers(guards, put, chosen) for chosen in put.readings()]
    return {
        name: first if all(one[name] == first for one in every) else None
        for name, first in every[0].items()
    }


def ask(
    put: Put, policies: cedarpy.PolicySet, chosen: Chosen = live
) -> cedarpy.AuthzResult:
    context, entities = texts(put, chosen)
    request = {
        "principal": put.principal._asdict(),
        "action": {"type": "Action", "id": put.action},
        "resource": put.resource._asdict(),
        "context": context,
    }
    return cedarpy.is_authorized(request, policies, entities)


def digest(put: Put) -> str:
    parts = (put.principal.id, put.action, *put.resource, *texts(put, live))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def texts(put: Put, chosen: Chosen) -> tuple[str, str]:
    """Return the context and the entities in Cedar's JSON."""
    entities = [
        {"uid": ref._asdict(), "attrs": _facts(facts, chosen, str(ref)), "parents": []}
        for ref, facts in put.entities.items()
    ]
    return _text(_facts(put.context, chosen, "context")), _text(entities)


def _facts(facts: Mapping[str, Value], chosen: Chosen, place: str) -> dict[str, object]:
    return {name: _value(one, chosen, f"{place}.{name}") for name, one in facts.items()}


def _value(value: Value, chosen: Chosen, place: str) -> object:
    match value:
        case Moments():
            return chosen(place, value)
        case Ref():
            return {"__entity": value._asdict()}
        case bool() | int() | str():
            return value
        case frozenset():
            members: list[Value] = list(value)
            return [_value(one, chosen, place) for one in sorted(members, key=str)]
        case _:
            return _facts(value, chosen, place)


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _policies(
    every: Mapping[str, tuple[str, str, list[tuple[str, str]]]],
) -> cedarpy.PolicySet:
    everyone = {"op": "All"}
    static = {
        name: {
            "effect": effect,
            "principal": everyone,
            "action": {"op": "==", "entity": {"type": "Action", "id": act}},
            "resource": everyone,
            "conditions": [
                {"kind": kind, "body": json.loads(body)} for kind, body in conditions
            ],
        }
        for name, (effect, act, conditions) in every.items()
    }
    return _parsed(
        json.dumps({"staticPolicies": static, "templates": {}, "templateLinks": []})
    )


@cache
def _parsed(text: str) -> cedarpy.PolicySet:
    return cedarpy.PolicySet.from_json_str(text)
