"""What Cedar is asked is derived, kept and cut to what is read; the answers are those of plain Cedar."""

from __future__ import annotations

import json
from dataclasses import replace

import cedarpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beforehand.policy.decide import Decision, decide, read_three_valued
from beforehand.policy.put import Facts, Moments, Put, Ref, Value, exactly, live
from beforehand.policy.question import put
from beforehand.policy.sets import Safeguard, SafeguardSet
from beforehand.record.acts import Act
from tests.policy import plain
from tests.world import GUARDS, NOW, ask, award, record, steps

A, B, C = Ref("Person", "a"), Ref("Thing", "b"), Ref("Thing", "c")

# `at` is a number by the schema and the other names are not. Together they read a context in
# every way there is: tests for presence, records, sets, entities, and the context as a whole.
CONDITIONS = (
    'context.word == "x"',
    "context.flag",
    "context.at <= 1",
    "context.flag && context.at < 2",
    'context has word && context.word == "x"',
    "context has at && 0 < context.at",
    "context has other",
    "context.one.word == context.word",
    "context.one has word",
    "context.one.at <= context.at",
    "context.one == context.other",
    "principal == context.one",
    "resource in [context.one, context.other]",
    "context.one is Person",
    "principal.flag",
    "principal has word && resource has word",
    "context.record.word == context.word",
    "context.record has at && context.record.at < context.at",
    "context has record.word",
    "context.many.contains(context.word)",
    "principal.many.containsAll(context.many)",
    'context.word like "x*"',
    "if context.flag then principal.flag else context.at == 1",
    '{word: context.word} == {word: "x"}',
    '{left: context.one, attr: "word"} == {left: context.other, attr: "word"}',
    "context.other == 1",
    "!context.flag",
)
WHOLE = (
    'context == {word: "x"}',
    "[context].contains({at: 1})",
    "{a: context} == {a: {at: 1}}",
)

words = st.sampled_from(("", "x", "xy", 'é"\\\n', "__entity"))
small = st.integers(0, 2)
plainly: st.SearchStrategy[Value] = st.one_of(
    words,
    small,
    st.booleans(),
    st.sampled_from((A, B, C)),
    st.frozensets(words, max_size=3),
    st.frozensets(st.sampled_from((A, B, C))),
    st.tuples(small, small).map(lambda pair: Moments(min(pair), max(pair))),
)
# Each of its own type most of the time, or every condition would be an error.
typed: dict[str, st.SearchStrategy[Value]] = {
    "at": st.one_of(small.map(exactly), small, st.just(Moments(0, 2))),
    "word": words,
    "flag": st.booleans(),
    "one": st.sampled_from((A, B, C)),
    "other": st.sampled_from((A, B, C)),
    "many": st.frozensets(words, max_size=3),
}
leaves = {name: st.one_of(one, one, one, plainly) for name, one in typed.items()}
record_of = st.fixed_dictionaries({}, optional=leaves)
facts: st.SearchStrategy[Facts] = st.fixed_dictionaries(
    {}, optional={**leaves, "record": st.one_of(record_of, plainly)}
)


@st.composite
def questions(draw: st.DrawFn) -> Put:
    entities = {ref: draw(facts) for ref in (A, B, C) if draw(st.integers(0, 5))}
    return Put(
        action="ask",
        principal=A,
        resource=draw(st.sampled_from((B, C))),
        context=draw(facts),
        entities=entities,
    )


def guards_of(conditions: list[str]) -> SafeguardSet:
    """Return a set of conditions that need not fit the schema: an adopted one may not."""
    found = {
        f"c{number}": Safeguard(
            id=f"c{number}",
            says=text,
            remedy="",
            cites="",
            history=frozenset(),
            acts=("ask",),
            condition=body(text),
            text="",
        )
        for number, text in enumerate(conditions)
    }
    return SafeguardSet(text="\n".join(conditions), safeguards=found)


def body(condition: str) -> str:
    text = f"permit (principal, action, resource) when {{ {condition} }};"
    (policy,) = json.loads(cedarpy.policies_to_json_str(text))["staticPolicies"].values()
    return json.dumps(policy["conditions"][0]["body"])


def shown(decision: Decision) -> list[tuple[str, bool]]:
    return [(one.safeguard, one.shown) for one in decision.unmet]


SETS = {text: guards_of([text]) for text in (*CONDITIONS, *WHOLE)}
SETS |= {"all": guards_of(list(CONDITIONS)), "and whole": guards_of([*CONDITIONS, *WHOLE])}


@settings(max_examples=400)
@given(st.sampled_from(sorted(SETS)), questions())
def test_a_decision_is_that_of_plain_cedar(name: str, question: Put) -> None:
    guards = SETS[name]
    decision = decide(guards, question)
    assert shown(decision) == plain.unmet(guards, question)
    assert decision.question == plain.digest(question)


@settings(max_examples=60)
@given(st.sampled_from(sorted(SETS)), questions())
def test_three_values_are_those_of_plain_cedar(name: str, question: Put) -> None:
    guards = SETS[name]
    assert read_three_valued(guards, question) == plain.three_valued(guards, question)


# -- the baseline ------------------------------------------------------------------------


def _questions() -> dict[str, Put]:
    """Return questions on the baseline, by name: those of every step, and some refused."""
    view = record()
    acts = {
        **{name: Act(actor=one.actor, fact=one.fact) for name, one in steps().items()},
        "ask": ask(),
        "ask at no price": ask(profile="none"),
        "ask for another": ask("manager"),
        "award": award(),
    }
    asked = {name: put(view, one, at=NOW) for name, one in acts.items() if name != "open"}
    return {name: one for name, one in asked.items() if one.action in GUARDS.by_act}


QUESTIONS = _questions()


@st.composite
def damaged(draw: st.DrawFn) -> Put:
    """A question as the program puts it, with facts left out or put in place of others."""
    question = QUESTIONS[draw(st.sampled_from(sorted(QUESTIONS)))]
    entities = {
        ref: _damage(draw, facts)
        for ref, facts in question.entities.items()
        if draw(st.integers(0, 9))
    }
    return replace(question, context=_damage(draw, question.context), entities=entities)


def _damage(draw: st.DrawFn, facts: Facts) -> Facts:
    left = dict(facts)
    for name in draw(st.sets(st.sampled_from(sorted(facts)), max_size=3)) if facts else ():
        if draw(st.booleans()):
            del left[name]
        else:
            left[name] = draw(plainly)
    return left if left != facts else facts


@settings(max_examples=150)
@given(damaged())
def test_the_baseline_decides_as_plain_cedar_does(question: Put) -> None:
    same(question)


@pytest.mark.parametrize("name", QUESTIONS)
def test_any_one_fact_left_out_is_answered_as_plain_cedar_answers(name: str) -> None:
    question = QUESTIONS[name]
    for left_out in question.context:
        context = _without(question.context, left_out)
        same(replace(question, context=context))
    for ref, facts in question.entities.items():
        for left_out in facts:
            entities = {**question.entities, ref: _without(facts, left_out)}
            same(replace(question, entities=entities))


def _without(facts: Facts, name: str) -> Facts:
    return {key: value for key, value in facts.items() if key != name}


def same(question: Put) -> None:
    decision = decide(GUARDS, question)
    assert shown(decision) == plain.unmet(GUARDS, question)
    assert decision.question == plain.digest(question)


# -- what is kept never answers for another question --------------------------------------


def test_true_and_one_are_not_taken_for_each_other() -> None:
    guards = guards_of(["context.word == 1"])
    for value in (True, 1, True):
        question = Put(
            action="ask",
            principal=A,
            resource=B,
            context={"word": value},
            entities={A: {}, B: {}},
        )
        assert decide(guards, question).allowed == (value is not True)


def test_a_standing_answer_is_of_its_own_principal_and_resource() -> None:
    guards = guards_of(["principal == context.one && resource == context.other"])
    for who, what in ((A, B), (C, B), (A, C), (A, B)):
        question = Put(
            action="ask",
            principal=who,
            resource=what,
            context={"one": A, "other": B},
            entities={A: {}, B: {}, C: {}},
        )
        assert decide(guards, question).allowed == ((who, what) == (A, B))


def test_two_sets_share_nothing_that_is_kept() -> None:
    question = Put(
        action="ask",
        principal=A,
        resource=B,
        context={"flag": True},
        entities={A: {}, B: {}},
    )
    assert decide(guards_of(["context.flag"]), question).allowed
    assert not decide(guards_of(["!context.flag"]), question).allowed


@pytest.mark.parametrize("where", ["context", "number", "entity"])
def test_what_cedar_cannot_read_denies(where: str) -> None:
    guards = guards_of(["context.word == 1", "context.at == 1", "principal.word == 1"])
    huge = 2**63
    question = Put(
        action="ask",
        principal=A,
        resource=B,
        context={
            "word": huge if where == "context" else 1,
            "at": huge if where == "number" else 1,
        },
        entities={A: {"word": huge if where == "entity" else 1}, B: {}},
    )
    assert not decide(guards, question).allowed


def test_only_what_is_mentioned_is_handed_over_and_numbers_alone_as_context() -> None:
    guards = guards_of(["context.word == principal.word", "context.at == 1"])
    question = Put(
        action="ask",
        principal=A,
        resource=B,
        context={"at": 1, "word": "x", "many": frozenset({"y"})},
        entities={A: {"word": "x", "flag": True}, B: {"flag": True}},
    )
    derived = guards.derived("ask")
    assert derived is not None
    handed = derived.hand(question.read(live))
    assert handed.moving == '{"at":1}'
    assert handed.things == (
        '{"attrs":{"word":"x"},"parents":[],"uid":{"id":"a","type":"Person"}}',
    )
    assert '"attrs":{"word":"x"}' in handed.given
    assert set(derived.standing.conditions) == {"c0"}
    assert set(derived.moving.conditions) == {"c1"}


def test_the_digest_of_a_question_never_changes() -> None:
    question = Put(
        action="ask",
        principal=Ref("Person", "ana"),
        resource=Ref("Dataset", 'fe"ed'),
        context={
            "at": exactly(1_795_600_800_000),
            "z": frozenset({"b", "a"}),
            "datasets": frozenset({Ref("Dataset", "x"), Ref("Dataset", "é")}),
            "supplier": {"known": True, "by": Moments(1, 2)},
            "n": -3,
            "words": "tab\t, é, \x1f and \x7f",
        },
        entities={Ref("Person", "ana"): {"individual": True}, Ref("Dataset", 'fe"ed'): {}},
    )
    assert question.read(live).digest() == DIGEST


DIGEST = "6b4db56e6785b26c63b3362f52965e3a2bf46530cb4b3a37be9c144a16a170c9"
