"""A second procedure, in plain Python and of its own reading, decides as the shipped one does."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from beforehand.policy.sets import Safeguard, SafeguardSet
from tests.second.agreement import Found, cedar, many, plain, run
from tests.second.case import RULES
from tests.second.procedure import NOT_GUARDED, second
from tests.world import GUARDS, NOW, ask, record

if TYPE_CHECKING:
    from beforehand.policy.conditions import Node

SEED = 90_000
OTHER_SIDE = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}


def test_the_second_procedure_has_a_predicate_for_each_safeguard_and_no_other() -> None:
    assert set(RULES) == set(GUARDS.safeguards)


def test_the_two_agree_on_questions_of_a_fixed_seed() -> None:
    found = run(3000, seed=SEED)
    assert not found.mismatches, "\n".join(found.mismatches[:5])
    assert found.asked == 3000


def test_the_two_agree_on_questions_of_any_seed() -> None:
    seed = secrets.randbelow(10**12)
    print(f"the worlds from {seed} on")  # noqa: T201  # shown when it fails
    found = run(1000, seed=seed)
    assert not found.mismatches, "\n".join(found.mismatches[:5])


def test_the_questions_meet_and_miss_each_safeguard_often() -> None:
    found = Found()
    for question in islice(many(SEED), 20_000):
        found.take(question.act.verb, plain(question))
    assert found.fewest() >= (20, "")
    assert found.allowed.total() > 4_000
    assert len(found.allowed) > 75  # of the acts that safeguards bear on


def test_everything_that_is_missing_is_said_at_once() -> None:
    """By the second procedure too: somebody unknown asks with nothing in place."""
    asked = ask("nobody")
    bears = {one.id for one in GUARDS.by_act["ask"]}
    assert second(record(), asked, NOW) == bears
    assert second(record(), ask(), NOW) == frozenset()


def test_an_act_that_nothing_guards_is_refused_by_both() -> None:
    fewer = SafeguardSet(text="none", safeguards={})
    question = next(many(SEED))
    assert cedar(question, fewer) == NOT_GUARDED


def test_the_questions_come_to_the_very_ends_of_times_and_amounts() -> None:
    """With `<` for `<=` and the other way round in each condition, the two part soon."""
    wrong = {name: _other_side(one) for name, one in GUARDS.safeguards.items()}
    changed = {name for name, one in wrong.items() if one != GUARDS.safeguards[name]}
    guards = SafeguardSet(text="the other side", safeguards=wrong)
    noticed: set[str] = set()
    for question in islice(many(SEED), 2500):
        noticed |= cedar(question, guards) ^ plain(question)
    assert noticed <= changed
    assert len(noticed) > 0.6 * len(changed)


def _other_side(safeguard: Safeguard) -> Safeguard:
    return replace(
        safeguard, condition=json.dumps(_turned(json.loads(safeguard.condition)))
    )


def _turned(node: Node) -> Node:
    if isinstance(node, list):
        return [_turned(one) for one in node]
    if isinstance(node, dict):
        return {OTHER_SIDE.get(key, key): _turned(one) for key, one in node.items()}
    return node
