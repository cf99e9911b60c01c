"""What a threshold analysis needs is computed, and no answer takes identifiability back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.documents.screening import contradicted, screen
from tests.documents.filled import filled, pia, pta, read

CHOICES = [number for number, one in pta().questions.items() if one.options]
ADVERTISING = frozenset({"device_location_history", "advertising_id"})


def chosen(**choices: str) -> str:
    """Return an analysis with every choice `no`, but those given (as `_2_2="yes"`)."""
    given_choices = dict.fromkeys(CHOICES, "no")
    given_choices |= {name[1:].replace("_", "."): one for name, one in choices.items()}
    said = "It is what the tests have chosen here."
    values = {
        number.replace(".", "_"): f"{{choice: {one}, answer: {said}}}"
        for number, one in given_choices.items()
    }
    return filled(pta(), **values)


@pytest.mark.parametrize(
    ("choices", "identifiable", "needs_pia", "needs_sorn", "because"),
    [
        pytest.param({}, False, False, False, (), id="nothing"),
        pytest.param({"_1_2": "yes"}, False, False, False, (), id="new but of nobody"),
        pytest.param({"_2_1": "yes"}, True, False, False, ("2.1",), id="of somebody"),
        pytest.param(
            {"_2_1": "yes", "_1_2": "yes"}, True, True, False, ("1.2", "2.1"), id="new"
        ),
        pytest.param({"_2_2": "yes"}, True, True, False, ("2.2",), id="advertising id"),
        pytest.param({"_2_2": "unknown"}, True, True, False, ("2.2",), id="unknown is yes"),
        pytest.param(
            {"_2_1": "yes", "_3_2": "yes"}, True, True, True, ("2.1", "3.2"), id="looked up"
        ),
        pytest.param({"_2_4": "yes"}, False, False, False, (), id="anonymous, they say"),
    ],
)
def test_what_is_needed_follows_from_the_choices(
    choices: dict[str, str],
    identifiable: bool,
    needs_pia: bool,
    needs_sorn: bool,
    because: tuple[str, ...],
) -> None:
    found = screen(read(chosen(**choices)))
    assert (found.identifiable, found.needs_pia) == (identifiable, needs_pia)
    assert (found.needs_sorn, found.because) == (needs_sorn, because)


@given(
    st.fixed_dictionaries(
        {one: st.sampled_from(["yes", "no", "unknown"]) for one in CHOICES}
    )
)
def test_no_other_answer_takes_back_that_advertising_id_location_is_identifiable(
    choices: dict[str, str],
) -> None:
    keyed = {"_" + number.replace(".", "_"): one for number, one in choices.items()}
    found = screen(read(chosen(**{**keyed, "_2_2": "yes"})))
    assert found.identifiable
    assert found.needs_pia
    assert "2.2" in found.because


def test_what_is_not_answered_counts_as_yes() -> None:
    found = screen(read("template: dhs-pta\n"))
    assert (found.identifiable, found.needs_pia, found.needs_sorn) == (True, True, True)


def test_from_an_impact_assessment_nothing_follows() -> None:
    assert screen(read(filled(pia()))).because == ()


def test_a_choice_that_the_record_contradicts_is_a_fault_by_number() -> None:
    answers = read(chosen(_2_1="yes"))
    (fault,) = contradicted(answers, ADVERTISING | {"speed"})
    assert fault.number == "2.2"
    assert "advertising_id" in fault.got
    assert contradicted(answers, frozenset({"advertising_id"})) == ()
    for choice in ("yes", "unknown"):
        assert contradicted(read(chosen(_2_2=choice)), ADVERTISING) == ()
