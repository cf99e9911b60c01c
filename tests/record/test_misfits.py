"""An act whose fields do not fit is told which field, what was expected and what came."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from beforehand.record.acts import Json, decode_act
from beforehand.refusal import InputError

RECOMMEND: Mapping[str, Json] = {
    "act": "make-recommendation",
    "actor": "p-pine",
    "recommendation": "rec-1",
    "report": "report-1",
    "finding": None,
    "number": 1,
    "office": "harbor",
    "priority": False,
    "document": None,
    "check": None,
}
LODGE: Mapping[str, Json] = {
    "act": "lodge-query",
    "actor": "p-larch",
    "query": "query-1",
    "office": "harbor",
    "asker": "press",
    "received": "2026-11-20",
    "due": None,
    "concerning": [],
    "document": "0" * 64,
}
CLAIM: Mapping[str, Json] = {"claim": "no_purchase", "office": "harbor", "first": "2026"}
STATE: Mapping[str, Json] = {
    "act": "draft-statement",
    "actor": "p-fir",
    "statement": "st-1",
    "office": "harbor",
    "claims": [dict(CLAIM)],
    "document": "0" * 64,
}


@pytest.mark.parametrize(
    ("act", "said"),
    [
        pytest.param(
            {"act": "answer-query", "actor": "p-fir", "query": "q", "reply": "known"},
            "act.json: expected the fields `official`, `reason`, `document`, got none.",
            id="every missing field at once",
        ),
        pytest.param(
            {**LODGE, "asker": "journalist"},
            "act.json: asker: expected congress or court or inspector_general or press or public, "
            "got 'journalist'.",
            id="a word that is not of the list",
        ),
        pytest.param(
            {**LODGE, "name": "Jo"},
            'got `name`. Write it inside `sealed`: {"name": ...}.',
            id="a sealed part in the open",
        ),
        pytest.param(
            {**LODGE, "colour": "red"},
            "got `colour`. docs/reference/acts.md#lodge-query says what each field holds.",
            id="a field that no act has",
        ),
        pytest.param(
            {**RECOMMEND, "number": "1"},
            "act.json: number: expected a whole number, got a text.",
            id="another type",
        ),
        pytest.param(
            {**RECOMMEND, "check": "no award"},
            "act.json: check: expected an object or null, got a text.",
            id="one type of several",
        ),
        pytest.param(
            {**RECOMMEND, "check": {"form": "no_award_without_cover"}},
            "act.json: check.form: expected no_award_without_coverage or ",
            id="a form that no check has",
        ),
        pytest.param(
            {**RECOMMEND, "check": {"form": "no_award_without_coverage"}},
            "act.json: check: expected the field `since`, got none.",
            id="a field missing further in",
        ),
        pytest.param(
            STATE,
            "act.json: claims[0].claim: expected assessment_approved_by or ",
            id="a word in an object of a list",
        ),
    ],
)
def test_a_field_that_does_not_fit_is_named_with_what_was_expected(
    act: Mapping[str, Json], said: str
) -> None:
    with pytest.raises(InputError) as told:
        decode_act(json.dumps(act).encode(), where="act.json")
    assert said in str(told.value)
