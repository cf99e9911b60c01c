"""What may be adopted as a safeguard set, and what a set is."""

from __future__ import annotations

import pytest

from beforehand.policy.sets import baseline, propose, propose_files
from beforehand.record.kinds import ACTS
from beforehand.refusal import InputError

GOOD = """
@id("stop.none") @says("A stop stands.") @remedy("Wait.") @cites("An order")
forbid (principal, action in [Action::"ask"], resource) unless { context.stopped == false };
"""


def condition(text: str) -> str:
    return GOOD.replace("context.stopped == false", text)


def test_a_good_set_is_read_with_its_words() -> None:
    only = propose(GOOD, where="test").safeguards["stop.none"]
    assert (only.says, only.remedy, only.cites, only.acts) == (
        "A stop stands.",
        "Wait.",
        "An order",
        ("ask",),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(condition("!(context has stopped)"), "negated", id="negated has"),
        pytest.param(condition('!(principal in Person::"x")'), "negated", id="negated in"),
        pytest.param(
            condition("(context has stopped) == false"), "negated", id="compared has"
        ),
        pytest.param(
            condition("if context has stopped then false else true"),
            "negated",
            id="has in an if",
        ),
        pytest.param(
            condition("context.stopped == false && !(true && (context has stopped))"),
            "negated",
            id="has deep under a negation",
        ),
        pytest.param(
            condition(
                "context.at < context.review_due && context.retained_from < context.at"
            ),
            "each date once",
            id="a date twice",
        ),
        pytest.param(
            condition("context.at == context.review_due"),
            "dates compared by",
            id="dates equal",
        ),
        pytest.param(
            condition("context.stoped == false"), "fit the schema", id="misspelt attribute"
        ),
        pytest.param(GOOD.replace('@remedy("Wait.")', ""), "@remedy", id="no remedy"),
        pytest.param(GOOD.replace('"Wait."', '" "'), "words in every", id="empty remedy"),
        pytest.param(
            GOOD.replace('"stop.none"', '"halt.none"'), "an id in", id="unknown subject"
        ),
        pytest.param(
            GOOD.replace("forbid", "permit").replace("unless", "when"),
            "a forbid",
            id="a permit",
        ),
        pytest.param(GOOD.replace("unless", "when"), "unless", id="forbid when"),
        pytest.param(
            GOOD.replace('action in [Action::"ask"]', "action"),
            "acts it bears on, by name, got any act",
            id="any act",
        ),
        pytest.param(
            GOOD.replace("(principal,", '(principal == Person::"x",'),
            "unless",
            id="one person only",
        ),
        pytest.param(GOOD + GOOD, "each id once", id="one id twice"),
        pytest.param("forbid (", "Cedar", id="no Cedar at all"),
        pytest.param("", "safeguards and no templates", id="nothing"),
    ],
)
def test_a_set_that_could_fail_open_or_mislead_is_refused(text: str, expected: str) -> None:
    with pytest.raises(InputError, match=expected):
        propose(text, where="test")


def bearing_on(acts: str) -> str:
    return GOOD.replace('[Action::"ask"]', acts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(bearing_on("[]"), "by name, got an empty list", id="no act"),
        pytest.param(
            bearing_on('[Action::"aks"]'), "program has, got aks", id="no such act"
        ),
        pytest.param(
            bearing_on('[Action::"ask", Action::"buy"]'),
            "program has, got buy",
            id="one act of two",
        ),
        pytest.param(
            bearing_on('[Action::"withhold-answer"]'),
            "fit the schema",
            id="an act that nothing decides",
        ),
        pytest.param(
            bearing_on('[Action::"ask", Action::"ask"]'), "each act once", id="an act twice"
        ),
        pytest.param(
            GOOD.replace("forbid", '@history("purchases")\nforbid'),
            "@history of purchase or use",
            id="no such history",
        ),
        pytest.param(condition("true"), "always true", id="true"),
        pytest.param(condition("false"), "always false", id="false"),
        pytest.param(condition("!false"), "always true", id="a negated literal"),
        pytest.param(condition("context.stopped || true"), "always true", id="or true"),
        pytest.param(condition("context.stopped && false"), "always false", id="and false"),
        pytest.param(condition("true && true"), "always true", id="true and true"),
        pytest.param(condition("false || !true"), "always false", id="false or false"),
        pytest.param(condition("1 < 2"), "always true", id="two numbers"),
        pytest.param(condition('"a" == "b"'), "always false", id="two texts"),
        pytest.param(condition('"a" != "b"'), "always true", id="two other texts"),
        pytest.param(
            condition("context.office == context.office"),
            "always true",
            id="one side twice",
        ),
        pytest.param(
            condition("context.office != context.office"), "always false", id="not itself"
        ),
        pytest.param(
            condition("if context.stopped then true else 1 == 1"),
            "always true",
            id="either way of an if",
        ),
        pytest.param(
            condition("if 1 == 2 then context.stopped else true"),
            "always true",
            id="the way an if takes",
        ),
    ],
)
def test_a_safeguard_that_can_match_nothing_is_refused_by_name(
    text: str, expected: str
) -> None:
    with pytest.raises(InputError, match=expected) as refused:
        propose(text, where="new.cedar")
    assert "new.cedar" in refused.value.where
    assert "stop.none" in refused.value.where


@pytest.mark.parametrize(
    "asked",
    [
        "context.stopped",
        "!context.stopped",
        "context.stopped && true",
        "context.stopped || false",
        "if context.stopped then false else true",
        "if context.stopped then context.stopped else true",
        "1 <= context.grid",
        "context.office == context.purpose",
    ],
)
def test_a_condition_that_looks_at_a_fact_is_taken(asked: str) -> None:
    assert "stop.none" in propose(condition(asked), where="test").safeguards


def test_every_act_that_a_safeguard_bears_on_is_one_that_the_program_has() -> None:
    assert set(baseline().by_act) <= set(ACTS)


def test_what_does_not_fit_the_schema_is_named_by_file_and_id_and_not_by_number() -> None:
    other = GOOD.replace("stop.none", "stop.other").replace("stopped", "stoped")
    with pytest.raises(InputError) as refused:
        propose(GOOD + other, where="new.cedar")
    assert refused.value.where == "new.cedar (stop.other)"
    assert "`stoped`" in refused.value.got
    assert "policy1" not in str(refused.value)


def test_files_are_one_set_and_its_text_is_theirs() -> None:
    other = GOOD.replace("stop.none", "stop.other")
    found = propose_files({"a.cedar": GOOD, "b.cedar": other})
    assert list(found.safeguards) == ["stop.none", "stop.other"]
    assert propose(found.text, where="again") == found


def test_an_id_in_two_files_is_refused_with_both_names() -> None:
    with pytest.raises(InputError, match="each id once") as refused:
        propose_files({"a.cedar": GOOD, "b.cedar": GOOD})
    assert refused.value.where == "b.cedar (stop.none)"
    assert "a.cedar" in refused.value.got


def test_the_sets_name_changes_with_any_letter_of_it() -> None:
    other = propose(GOOD.replace("Wait.", "Wait!"), where="test")
    assert propose(GOOD, where="test").digest != other.digest


def test_the_baseline_has_every_subject_and_act() -> None:
    guards = baseline()
    assert {one.partition(".")[0] for one in guards.safeguards} == {
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
        *("delegation", "exception", "incident", "rulebook", "statement", "count"),
        *("answering", "recommendation", "commitment", "query", "redress"),
    }
    assert {"award", "modify", "take-in", "approve-use", "ask", "answer"} <= set(
        guards.by_act
    )
