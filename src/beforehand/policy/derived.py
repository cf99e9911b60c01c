"""What Cedar is asked for one act: permits derived from the forbids, and what they read.

A permit has a `when` for each safeguard that bears on the act, so that anything missing denies
(`forbid unless` alone would allow: Cedar skips a policy whose evaluation raises).

Cedar reads the context anew each time, which was most of the cost of a decision; parsed
entities are kept. So what may stay the same from one question to the next, `context.x`, is
read from an entity made of it, `GIVEN.x`, and only numbers stay in the context. A condition
that mentions none of those is standing: while everything it may read stays the same, so does
its answer, and it is kept too. The others are moving. An attribute that no condition of the
act mentions is not handed over.

The published text and the digest of a question know nothing of this.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import cedarpy

from beforehand.policy.conditions import Node
from beforehand.policy.put import Reading, Ref, encode, entity

# No condition can name it: the schema, which every condition fits, has no such type.
GIVEN = Ref("Beforehand::Given", "question")
HOLDS, FAILS = "holds:", "fails:"
CONTEXT: Node = {"Var": "context"}
RESOURCE: Node = {"Var": "resource"}


class Handed(NamedTuple):
    """The part of a question that is handed to Cedar, in Cedar's JSON.

    moving   the context
    about    the resource, as far as the standing conditions know it: GIVEN where none reads it
    things   the entities of the question, each by itself
    given    the entity that is made of the rest of its context
    """

    moving: str
    about: Ref
    things: tuple[str, ...]
    given: str


@dataclass(frozen=True)
class Permits:
    """Some of the conditions of an act, by the id of their safeguard, compiled."""

    conditions: Mapping[str, Node]
    act: str

    @cached_property
    def all(self) -> cedarpy.PolicySet:
        """One permit: every condition, each its own `when`."""
        whens = [_when(one) for one in self.conditions.values()]
        return _policies({"all": _permit(self.act, whens)})

    @cached_property
    def each(self) -> cedarpy.PolicySet:
        """Two permits a condition, named by `HOLDS` or `FAILS` and its place among them.

        Where it cannot be evaluated neither is satisfied.
        """
        return _policies(
            {
                f"{name}{place}": _permit(self.act, [_when(one, kind)])
                for place, one in enumerate(self.conditions.values())
                for name, kind in ((HOLDS, "when"), (FAILS, "unless"))
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # found again by identity
class Derived:
    """What is asked for one act.

    of_resource  whether a standing condition reads the resource
    numbers      attributes read from the context
    given      attributes read from GIVEN
    mentioned  every attribute, of whatever, that a condition mentions; None where one looks at
               the context as a whole: then all is handed over as it was put, and is moving
    """

    act: str
    standing: Permits
    moving: Permits
    of_resource: bool
    numbers: tuple[str, ...]
    given: tuple[str, ...]
    mentioned: frozenset[str] | None

    def hand(self, reading: Reading) -> Handed:
        """Return the part of a question that the conditions read."""
        names = self.mentioned
        if names is None:
            whole = tuple(one.whole for one in reading.things)
            return Handed(reading.context, GIVEN, whole, entity(GIVEN, {}))
        facts = reading.given
        numbers = {name: facts[name] for name in self.numbers if name in facts}
        things = [text for one in reading.things if (text := one.mentioning(names))]
        given = {name: facts[name] for name in self.given if name in facts}
        return Handed(
            moving=encode(numbers),
            about=reading.put.resource if self.of_resource else GIVEN,
            things=tuple(things),
            given=entity(GIVEN, given),
        )


def derive(act: str, conditions: Mapping[str, str], *, numbers: frozenset[str]) -> Derived:
    """Return what is asked for an act.

    conditions  the condition of each safeguard that bears on it, in Cedar's JSON
    numbers     names of the attributes that the schema declares as numbers
    """
    bodies: dict[str, Node] = {name: json.loads(one) for name, one in conditions.items()}
    read = {name: frozenset(_of_context(body)) for name, body in bodies.items()}
    every = frozenset[str]().union(*read.values())
    whole = any(_looks_at_whole_context(body) for body in bodies.values())
    given = frozenset[str]() if whole else every - numbers
    compiled = {name: _from_given(body, given) for name, body in bodies.items()}
    standing = {
        name: one for name, one in compiled.items() if not whole and read[name] <= given
    }
    moving = {name: one for name, one in compiled.items() if name not in standing}
    return Derived(
        act=act,
        standing=Permits(standing, act),
        moving=Permits(moving, act),
        of_resource=any(node == RESOURCE for node in _nodes(standing)),
        numbers=tuple(sorted(every - given)),
        given=tuple(sorted(given)),
        mentioned=None if whole else frozenset(_mentioned(bodies)),
    )


def _from_given(node: Node, given: frozenset[str]) -> Node:
    """Return a condition that reads the attributes `given` from GIVEN, not the context."""
    if isinstance(node, list):
        return [_from_given(one, given) for one in node]
    match node:
        case {"left": {"Var": "context"}, "attr": str(name)} if name in given:
            return {"left": {"Value": {"__entity": dict(GIVEN._asdict())}}, "attr": name}
        case dict():
            return {key: _from_given(one, given) for key, one in node.items()}
        case _:
            return node


def _of_context(body: Node) -> Iterator[str]:
    """Yield each attribute of the context that a `.` or a `has` names."""
    for node in _nodes(body):
        match node:
            case {"left": {"Var": "context"}, "attr": str(name)}:
                yield name
            case _:
                pass


def _looks_at_whole_context(body: Node) -> bool:
    every = sum(node == CONTEXT for node in _nodes(body))
    return every > sum(1 for _ in _of_context(body))


def _mentioned(bodies: dict[str, Node]) -> Iterator[str]:
    """Yield every attribute that a `.` or a `has` names."""
    for node in _nodes(bodies):
        if isinstance(name := node.get("attr"), str):
            yield name


def _nodes(node: Node) -> Iterator[dict[str, Node]]:
    inner: Iterable[Node] = ()
    if isinstance(node, dict):
        yield node
        inner = node.values()
    elif isinstance(node, list):
        inner = node
    for one in inner:
        yield from _nodes(one)


def _permit(act: str, conditions: list[Node]) -> Node:
    everyone: Node = {"op": "All"}
    return {
        "effect": "permit",
        "principal": everyone,
        "action": {"op": "==", "entity": {"type": "Action", "id": act}},
        "resource": everyone,
        "conditions": conditions,
    }


def _when(condition: Node, kind: str = "when") -> Node:
    return {"kind": kind, "body": condition}


def _policies(static: Mapping[str, Node]) -> cedarpy.PolicySet:
    text = json.dumps({"staticPolicies": static, "templates": {}, "templateLinks": []})
    return cedarpy.PolicySet.from_json_str(text)
