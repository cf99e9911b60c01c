"""For each verb some acts that are possible, moved to any time; chance changes them further."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import NamedTuple

import msgspec

from beforehand.record import custody as c
from beforehand.record import facts as f
from beforehand.record import rulebook as k
from beforehand.record.acts import Act, Json
from beforehand.record.kinds import DecidedFact
from beforehand.record.terms import Area
from tests.policy import (
    answering_tables,
    counting_tables,
    group_tables,
    imported_tables,
    stating_tables,
)
from tests.record.possible import FACTS, SEALS
from tests.world import AREA, DIGEST, FORM, ask, award, steps

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
FIRST_DAY = date(2026, 11, 20)  # when the invented department of tests.world was set up
OTHER = "1" * 64
AREAS = (
    AREA,
    AREA,
    Area(columns=(1, 3199), rows=(5, 6)),
    Area(columns=(0, 3201), rows=(0, 3200)),
    Area(columns=(0, 3200), rows=(0, 3199)),
    Area(columns=(7, 7), rows=(0, 1)),
)
# Who usually does it, where no step of the department says.
ACTORS = {
    "withhold-assessment": "chief",
    "withdraw-assessment": "chief",
    "record-mitigation": "manager",
    "modify": "buyer",
    "end-contract": "buyer",
    "record-training": "component",
    "answer": "analyst",
    "ask": "analyst",
    "stop-dataset": "reviewer",
    "resume-dataset": "chief",
    "add-log-key": "root",
    "retire-log-key": "root",
    "name-reader": "root",
    "open-sealed": "supervisor",
    "audit-sealed": "watcher",
    "place-hold": "lawyer",
    "lift-hold": "watcher",
    "delete-sealed": "keeper",
    "sign-rules": "analyst",
    "adopt-safeguards": "chief",
}
# Its first version names no day, so it can never be what was approved.
SUPERSEDED = f.SafeguardsAdopted


class Template(NamedTuple):
    actor: str
    fact: DecidedFact
    sealed: dict[str, Json]


def _of(act: Act) -> Template:
    return Template(act.actor, act.fact, dict(act.sealed))


def _rulebook() -> list[Template]:
    day = "2026-12-01"
    proposed = k.SafeguardsProposed(
        policies=DIGEST, office="harbor", in_force_from=day, document=DIGEST
    )
    return [
        Template("component", proposed, {}),
        Template("chief", k.SafeguardsApproved(policies=DIGEST, office="harbor"), {}),
        Template("chief", k.SafeguardsWithdrawn(policies=DIGEST, office="harbor"), {}),
        Template(
            "chief",
            f.SafeguardsAdopted2(
                policies=DIGEST, safeguards=1, office="harbor", in_force_from=day
            ),
            {},
        ),
    ]


@cache
def templates() -> dict[str, list[Template]]:
    """Return, by verb, acts that are possible in the invented department."""
    actors = {one.fact.act: one.actor for one in steps().values()} | ACTORS
    more = [
        Template(actors.get(verb, "root"), fact, dict(SEALS.get(verb, {})))
        for verb, fact in FACTS.items()
    ]
    more += [
        Template(one.actor, one.fact, msgspec.convert(dict(one.opened), dict))
        for one in steps().values()
    ]
    tables = (
        group_tables,
        answering_tables,
        imported_tables,
        stating_tables,
        counting_tables,
    )
    more += [_of(act) for one in tables for _, act in one.ALLOWED.values()]
    more += [Template("reviewer", answering_tables.OUTSIDE, {})] * 2
    more += [_of(ask()), _of(award()), *_rulebook()]
    more += [_of(ask(form={**FORM, "form": "rows"}))]
    more += [Template("lawyer", group_tables.EXIGENCY, dict(group_tables.SCOPE))]
    keeping = c.DeletionDecided(
        deletion="d-1", before="2026-10-21", keeping=("r-1",), parts=1
    )
    more += [Template("keeper", keeping, {})]
    more = [one for one in more if not isinstance(one.fact, SUPERSEDED) or one.fact.kv > 1]
    found: dict[str, list[Template]] = {}
    for one in more:
        found.setdefault(one.fact.act, []).append(one)
    return found


@lru_cache(4096)
def moved(verb: str, number: int, days: int) -> Template:
    """Return a template as it would be had all been set up so many days later."""
    one = templates()[verb][number]
    fact = msgspec.convert(_moved(msgspec.to_builtins(one.fact), days), type(one.fact))
    sealed = _moved(one.sealed, days)
    return Template(one.actor, fact, msgspec.convert(sealed, dict))


@cache
def department(days: int) -> dict[str, Template]:
    """Return the steps of the invented department, by name, had it been set up later."""
    return {
        name: Template(
            one.actor,
            msgspec.convert(_moved(msgspec.to_builtins(one.fact), days), type(one.fact)),
            msgspec.convert(_moved(dict(one.opened), days), dict),
        )
        for name, one in steps().items()
    }


def _moved(value: object, days: int) -> object:
    match value:
        case str() if _DAY.match(value):
            then = date.fromisoformat(value[:10]) + timedelta(days=days)
            return then.isoformat() + value[10:]
        case list() | tuple():
            return [_moved(one, days) for one in value]
        case dict():
            return {key: _moved(one, days) for key, one in value.items()}
        case _:
            return value
