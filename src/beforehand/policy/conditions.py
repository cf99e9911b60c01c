"""The condition of a safeguard, read as a tree: what it may not be.

Without these checks a missing fact could satisfy it, an audit could misread its dates, or it
could ask nothing at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from operator import eq, ge, gt, le, lt, ne
from typing import TypeAlias

from beforehand.refusal import InputError

Node: TypeAlias = bool | int | str | list["Node"] | dict[str, "Node"] | None

# Polarity survives these; below anything else a test for presence may count as its negation.
TRANSPARENT = ("&&", "||")
COMPARISONS: Mapping[str, Callable[[int, int], bool]] = {
    "==": eq,
    "!=": ne,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}


def check_condition(body: Node, *, dates: AbstractSet[str], where: str) -> None:
    """Check that `body` fails when a fact is missing and mentions each date once.

    A negated `has` or `in` is true of an absent entity, without an error; a date mentioned
    twice makes the reading of spans by their ends inexact. A condition that is the same
    whatever the facts are asks nothing. Raises InputError.

    dates   names of the attributes that are moments
    """
    if (always := constant(body)) is not None:
        raise InputError(
            where=where,
            expected="a condition that depends on the facts",
            got=f"one that is always {str(always).lower()}",
        )
    for operator, positive in _presence_tests(body, positive=True):
        if not positive:
            raise InputError(
                where=where,
                expected="no negated `has` or `in`, which an absent fact would satisfy",
                got=f"`{operator}` under a negation or a comparison",
            )
    mentioned: set[str] = set()
    for path, ordered in _dates(body, dates, ordered=False):
        if path in mentioned:
            raise InputError(where=where, expected="each date once", got=f"{path} twice")
        if not ordered:
            raise InputError(
                where=where, expected="dates compared by <, <=, > or >=", got=path
            )
        mentioned.add(path)


def constant(body: Node) -> bool | None:  # noqa: PLR0911  # one case an operator
    """Return what a condition is whatever the facts are; None where that is not plain to see.

    Seen: literals, two sides that are the same, and what `!`, `&&`, `||` and `if` make of them.
    """
    match body:
        case {"Value": bool(value)}:
            return value
        case {"!": {"arg": inner}}:
            found = constant(inner)
            return None if found is None else not found
        case {"&&": {"left": left, "right": right}}:
            return _joined(left, right, settles=False)
        case {"||": {"left": left, "right": right}}:
            return _joined(left, right, settles=True)
        case {"if-then-else": {"if": test, "then": then, "else": other}}:
            chosen = {True: (then,), False: (other,), None: (then, other)}[constant(test)]
            found, *more = (constant(one) for one in chosen)
            return found if all(one is found for one in more) else None
        case dict():
            for name in COMPARISONS.keys() & body.keys():
                return _compared(COMPARISONS[name], body[name])
            return None
        case _:
            return None


def _joined(left: Node, right: Node, *, settles: bool) -> bool | None:
    sides = {constant(left), constant(right)}
    return settles if settles in sides else None if None in sides else not settles


def _compared(compare: Callable[[int, int], bool], sides: Node) -> bool | None:
    match sides:
        case {"left": left, "right": right} if left == right:
            return compare(0, 0)
        case {"left": {"Value": int(left)}, "right": {"Value": int(right)}}:
            return compare(left, right)
        case {"left": {"Value": _}, "right": {"Value": _}}:  # two texts: not ordered, other
            return compare(0, 1)
        case _:
            return None


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


def _dates(
    node: Node, names: AbstractSet[str], *, ordered: bool
) -> Iterator[tuple[str, bool]]:
    """Yield each mention of a date, and whether it stands on a side of an order comparison."""
    if isinstance(node, list):
        for one in node:
            yield from _dates(one, names, ordered=ordered)
    elif isinstance(node, dict):
        access = node.get(".")
        if isinstance(access, dict) and access.get("attr") in names:
            yield _path(node), ordered
            return
        for operator, inner in node.items():
            yield from _dates(
                inner, names, ordered=ordered or operator in ("<", "<=", ">", ">=")
            )


def _path(node: Node) -> str:
    if isinstance(node, dict):
        if "Var" in node:
            return str(node["Var"])
        access = node.get(".")
        if isinstance(access, dict):
            return f"{_path(access['left'])}.{access['attr']}"
    return "?"
