"""Safeguard sets: Cedar text, read and checked, and the permits derived from it.

The forbids are the source. One permit an act is derived, with a `when` for each safeguard
that bears on the act, so that anything missing denies (`forbid unless` alone would allow:
Cedar skips a policy whose evaluation raises). A check at proposal closes the hole that is
left: no condition may hold a negated `has` or a negated `in`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import TypeAlias

import cedarpy

from beforehand.refusal import InputError

Node: TypeAlias = bool | int | str | list["Node"] | dict[str, "Node"] | None

SUBJECTS = (
    *(
        "assessment",
        "contract",
        "supplier",
        "person",
        "request",
        "separation",
        "procedures",
    ),
    *("process", "budget", "review", "retention", "place", "stop"),
    *("sealed", "hold", "deletion"),
)
ANNOTATIONS = {"id", "says", "remedy", "cites"}
# Polarity survives these; below anything else a test for presence may count as its negation.
TRANSPARENT = ("&&", "||")


@dataclass(frozen=True, slots=True, kw_only=True)
class Safeguard:
    """One safeguard. `history`: which reported acts it is asked of ("purchase", "use")."""

    id: str
    says: str
    remedy: str
    cites: str
    history: frozenset[str]
    acts: tuple[str, ...]
    condition: str
    text: str


@dataclass(frozen=True)
class SafeguardSet:
    """A set as proposed or adopted.

    text      the forbids, as published; its SHA-256 is the set's name on the ledger
    """

    text: str
    safeguards: Mapping[str, Safeguard]

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def by_act(self) -> Mapping[str, tuple[Safeguard, ...]]:
        acts = sorted({act for one in self.safeguards.values() for act in one.acts})
        return {
            act: tuple(one for one in self.safeguards.values() if act in one.acts)
            for act in acts
        }

    @cached_property
    def permit(self) -> Mapping[str, cedarpy.PolicySet]:
        """The one permit of each act: all its conditions, each its own `when`."""
        return {
            act: _policies(
                {
                    act: {
                        **_head(act, "permit"),
                        "conditions": [_when(one) for one in bearing],
                    }
                }
            )
            for act, bearing in self.by_act.items()
        }

    @cached_property
    def forbids(self) -> Mapping[str, cedarpy.PolicySet]:
        """The forbids of each act, to learn which conditions are false."""
        return {
            act: _policies(
                {
                    one.id: {**_head(act, "forbid"), "conditions": [_when(one, "unless")]}
                    for one in bearing
                }
            )
            for act, bearing in self.by_act.items()
        }

    @cached_property
    def each(self) -> Mapping[str, cedarpy.PolicySet]:
        """A permit for each condition alone, to learn which conditions are true."""
        return {
            act: _policies(
                {
                    one.id: {**_head(act, "permit"), "conditions": [_when(one)]}
                    for one in bearing
                }
            )
            for act, bearing in self.by_act.items()
        }


def _head(act: str, effect: str) -> dict[str, Node]:
    everyone: dict[str, Node] = {"op": "All"}
    return {
        "effect": effect,
        "principal": everyone,
        "action": {"op": "==", "entity": {"type": "Action", "id": act}},
        "resource": everyone,
    }


def _when(safeguard: Safeguard, kind: str = "when") -> Node:
    return {"kind": kind, "body": json.loads(safeguard.condition)}


def _policies(static: Mapping[str, Node]) -> cedarpy.PolicySet:
    text = json.dumps({"staticPolicies": static, "templates": {}, "templateLinks": []})
    return cedarpy.PolicySet.from_json_str(text)


def baseline() -> SafeguardSet:
    """Return the safeguards that ship with Beforehand."""
    folder = resources.files("beforehand.policy") / "safeguards"
    files = sorted(
        (one for one in folder.iterdir() if one.name.endswith(".cedar")),
        key=lambda one: one.name,
    )
    return propose(
        "\n".join(one.read_text(encoding="utf-8") for one in files), where="baseline"
    )


def schema() -> str:
    folder = resources.files("beforehand.policy") / "safeguards"
    return (folder / "schema.cedarschema").read_text(encoding="utf-8")


def propose(text: str, *, where: str) -> SafeguardSet:
    """Return the set in `text`, checked. Raises InputError for what may not be adopted."""
    try:
        parsed = json.loads(cedarpy.policies_to_json_str(text))
    except ValueError as error:
        raise InputError(where=where, expected="Cedar policies", got=str(error)) from error
    if parsed.get("templates") or not parsed["staticPolicies"]:
        raise InputError(where=where, expected="safeguards and no templates", got="other")
    checked = cedarpy.validate_policies(text, schema())
    if not checked.validation_passed:
        raise InputError(
            where=where,
            expected="safeguards that fit the schema",
            got="; ".join(str(one) for one in checked.errors),
        )
    safeguards: dict[str, Safeguard] = {}
    for number, policy in enumerate(parsed["staticPolicies"].values()):
        one = _safeguard(policy, where=f"{where}: policy {number + 1}")
        if one.id in safeguards:
            raise InputError(where=where, expected="each id once", got=one.id)
        safeguards[one.id] = one
    return SafeguardSet(text=text, safeguards=dict(sorted(safeguards.items())))


def _safeguard(policy: dict[str, Node], *, where: str) -> Safeguard:
    notes = policy.get("annotations")
    if not isinstance(notes, dict) or not set(notes) >= ANNOTATIONS:
        raise InputError(
            where=where,
            expected="@id, @says, @remedy and @cites",
            got=", ".join(notes) if isinstance(notes, dict) else "none",
        )
    said = {name: str(value or "").strip() for name, value in notes.items()}
    name = said["id"]
    where = f"{where} ({name})"
    if empty := sorted(key for key in ANNOTATIONS if not said[key]):
        raise InputError(
            where=where, expected="words in every annotation", got=f"none in {empty}"
        )
    if name.partition(".")[0] not in SUBJECTS or not name.partition(".")[2]:
        raise InputError(where=where, expected=f"an id in {', '.join(SUBJECTS)}", got=name)
    conditions = policy.get("conditions")
    if policy.get("effect") != "forbid" or not isinstance(conditions, list):
        raise InputError(where=where, expected="a forbid", got=str(policy.get("effect")))
    kinds = [one.get("kind") for one in conditions if isinstance(one, dict)]
    if kinds != ["unless"] or any(
        policy.get(part) != {"op": "All"} for part in ("principal", "resource")
    ):
        raise InputError(
            where=where,
            expected="forbid (principal, action in [...], resource) unless { ... }",
            got=f"conditions {kinds}, or a principal or resource of its own",
        )
    only = conditions[0]
    body = only["body"] if isinstance(only, dict) else None
    check_condition(body, where=where)
    return Safeguard(
        id=name,
        says=said["says"],
        remedy=said["remedy"],
        cites=said["cites"],
        history=frozenset(said.get("history", "").split()),
        acts=_acts(policy.get("action"), where=where),
        condition=json.dumps(body),
        text=cedarpy.policies_from_json_str(
            json.dumps(
                {"staticPolicies": {"p": policy}, "templates": {}, "templateLinks": []}
            )
        ),
    )


def _acts(action: Node, *, where: str) -> tuple[str, ...]:
    if isinstance(action, dict):
        single, several = action.get("entity"), action.get("entities")
        named = several if isinstance(several, list) else [single]
        acts = [str(one["id"]) for one in named if isinstance(one, dict)]
        if acts:
            return tuple(acts)
    raise InputError(
        where=where, expected="the acts it bears on, by name", got="any action"
    )


def check_condition(body: Node, *, where: str) -> None:
    """Check that `body` fails when a fact is missing and mentions each date once.

    A negated `has` or `in` is true of an absent entity, without an error; a date mentioned
    twice makes the reading of spans by their ends inexact. Raises InputError.
    """
    for operator, positive in _presence_tests(body, positive=True):
        if not positive:
            raise InputError(
                where=where,
                expected="no negated `has` or `in`, which an absent fact would satisfy",
                got=f"`{operator}` under a negation or a comparison",
            )
    mentioned: set[str] = set()
    for path, ordered in _dates(body, ordered=False):
        if path in mentioned:
            raise InputError(where=where, expected="each date once", got=f"{path} twice")
        if not ordered:
            raise InputError(
                where=where, expected="dates compared by <, <=, > or >=", got=path
            )
        mentioned.add(path)


def _presence_tests(node: Node, *, positive: bool) -> Iterator[tuple[str, bool]]:
    if isinstance(node, list):
        for one in node:
            yield from _presence_tests(one, positive=positive)
    if not isinstance(node, dict):
        return
    for operator, inner in node.items():
        if operator in ("has", "in", "is", "like", "hasTag"):
            yield operator, positive
        keeps = operator in TRANSPARENT or operator in ("left", "right")
        yield from _presence_tests(inner, positive=positive and keeps)


def _dates(node: Node, *, ordered: bool) -> Iterator[tuple[str, bool]]:
    """Yield each mention of a date, and whether it stands on a side of an order comparison."""
    if isinstance(node, list):
        for one in node:
            yield from _dates(one, ordered=ordered)
    elif isinstance(node, dict):
        access = node.get(".")
        if isinstance(access, dict) and access.get("attr") in date_attributes():
            yield _path(node), ordered
            return
        for operator, inner in node.items():
            yield from _dates(inner, ordered=ordered or operator in ("<", "<=", ">", ">="))


def _path(node: Node) -> str:
    if isinstance(node, dict):
        if "Var" in node:
            return str(node["Var"])
        access = node.get(".")
        if isinstance(access, dict):
            return f"{_path(access['left'])}.{access['attr']}"
    return "?"


@cache
def date_attributes() -> frozenset[str]:
    """Return the names of the attributes that the schema declares as moments."""
    return frozenset(re.findall(r"(\w+): Moment", schema()))
