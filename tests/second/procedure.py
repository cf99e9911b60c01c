"""The second procedure: what of the safeguards an act does not meet, in plain Python.

It takes from the shipped set only the acts that each safeguard bears on.
"""

from __future__ import annotations

from importlib import import_module

from beforehand.policy.sets import SafeguardSet
from beforehand.record.acts import Act
from beforehand.record.buying import InquiryAnswered
from beforehand.record.view import RecordView
from tests.second.case import RULES, Case
from tests.world import GUARDS

for _subject in (
    "answering",
    "assessment",
    "buying",
    "counts",
    "custody",
    "people",
    "reviews",
    "rulebook",
    "statements",
    "using",
):
    import_module(f"tests.second.{_subject}")

NOT_GUARDED = frozenset({"person.act-known"})


def bearing(guards: SafeguardSet, verb: str) -> frozenset[str]:
    """Return the safeguards that bear on an act and that there is a predicate for.

    A test says when there is none for one.
    """
    return frozenset(
        name
        for name, one in guards.safeguards.items()
        if verb in one.acts and name in RULES
    )


BEARING = {
    verb: bearing(GUARDS, verb) for one in GUARDS.safeguards.values() for verb in one.acts
}


def second(record: RecordView, act: Act, at: str) -> frozenset[str]:
    """Return the ids of the safeguards that `act` does not meet at the moment `at`.

    What cannot be shown is not met. Nothing can be shown of somebody who is not on record,
    and of suppliers alone nothing needs to be.
    """
    names = BEARING.get(act.verb)
    if names is None:
        return NOT_GUARDED
    case = Case(record, act, at)
    if case.who is None and not isinstance(act.fact, InquiryAnswered):
        return names
    return frozenset(name for name in names if RULES[name](case) is not True)
