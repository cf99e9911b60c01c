"""A law: what the grammar lets through never stops the program later."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beforehand.policy.question import put
from beforehand.record import facts as f
from beforehand.record.acts import Act, check_form
from beforehand.record.checks import GrammarError
from beforehand.record.grammar import check
from beforehand.record.kinds import ACTS, DecidedFact
from tests.record.generated import asked, facts, recorded
from tests.record.possible import (
    OTHER,
    SEALS,
)
from tests.world import (
    DIGEST,
    NOW,
    TERMS,
    TEXT,
    Step,
    record,
)

# Ids that are on the record, so that many generated acts are possible, and one that is not.
ON_RECORD: Mapping[str, tuple[str, ...]] = {
    "office": ("dept", "harbor", "routes", "privacy", "none"),
    "parent": ("dept", "routes", "none"),
    "offices": ("harbor", "routes"),
    "person": ("analyst", "root", "new"),
    "supplier": ("maker", "new"),
    "dataset": ("feed", "new"),
    "datasets": ("feed",),
    "carries": ("feed",),
    "threshold": ("pta", "new"),
    "assessment": ("pia", "new"),
    "mitigation": ("check",),
    "contract": ("c-1", "c-2"),
    "snapshot": (DIGEST, OTHER),
    "request": ("r-1", "r-2"),
    "question": ("q-1", "q-2"),
    "digest": (TEXT, OTHER),
    "register": ("test", "other"),
    "hold": ("h-1", "h-2"),
    "on": ("r-1", "routes", "none"),
    "deletion": ("d-1", "d-2"),
    "by": ("analyst", "somebody"),
}


@st.composite
def likely_acts(draw: st.DrawFn) -> Act:
    kind = draw(st.sampled_from(list(ACTS.values())))
    fact: DecidedFact = draw(facts(kind))  # type: ignore[assignment]
    for name in kind.__struct_fields__:
        if ids := ON_RECORD.get(name):
            one: st.SearchStrategy[object] = st.sampled_from(ids)
            if isinstance(getattr(fact, name), tuple):
                one = st.lists(st.sampled_from(ids), max_size=2).map(tuple)
            fact = msgspec.structs.replace(fact, **{name: draw(one)})
    if isinstance(fact, f.AssessmentDrafted):
        own = {name: getattr(TERMS, name) for name in ("datasets", "offices")}
        fact = msgspec.structs.replace(
            fact, terms=msgspec.structs.replace(fact.terms, **own)
        )
    return Act(
        actor=draw(st.sampled_from(["root", "new"])),
        fact=fact,
        sealed=SEALS.get(kind.act, {}),
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(likely_acts(), max_size=25))
def test_what_the_grammar_lets_through_can_be_decided_and_folded(acts: list[Act]) -> None:
    """Otherwise one act, once it is on the ledger, would keep every later one from being read."""
    view = record((), asked("q-1"))
    for act in acts:
        check_form(act.fact, where="")
        try:
            check(view, act)
        except GrammarError:
            continue
        put(view, act, at=NOW)
        step = Step(fact=act.fact, actor=act.actor, at=NOW, opened=act.sealed)
        view.apply(recorded(view.size, step))
