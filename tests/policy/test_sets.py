"""What may be adopted as a safeguard set, and what a set is."""

from __future__ import annotations

import pytest

from beforehand.policy.sets import baseline, propose
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
        pytest.param(GOOD.replace('"ask"', '"aks"'), "fit the schema", id="misspelt act"),
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
            "fit the schema|acts it bears on",
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
    }
    assert {"award", "modify", "take-in", "approve-use", "ask", "answer"} <= set(
        guards.by_act
    )
