"""Promises held against a record: kept in time, late, overdue, or not to be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.oversight.invented import (
    assessment,
    contract,
    held,
    question,
    recommendation,
    statement,
)

if TYPE_CHECKING:
    from beforehand.oversight.findings import VerdictWord
    from beforehand.record.reported import Part

ENDING = statement("contracts_ended", "2023-09-01", due="2023-09-30")


@pytest.mark.parametrize(
    ("awarded", "ended", "word", "named"),
    [
        pytest.param("2021", "2023-09-30", "consistent", "because", id="ended that day"),
        pytest.param("2021", "2023-10-01", "late", "because", id="ended the day after"),
        pytest.param("2021", "2023-09-30~", "consistent", "open", id="ended about that day"),
        pytest.param("2021", "2023-08", "consistent", "", id="ended before it was said"),
        pytest.param("2021", None, "consistent", "open", id="end unknown"),
        pytest.param(None, "2023-09-30", "consistent", "because", id="award unknown, ended that day"),
        pytest.param(None, "2024", "undecidable", "because", id="ended after, perhaps a new one"),
        pytest.param("2023-09-30", "2024", "late", "because", id="awarded that day"),
        pytest.param("2023", "2024", "undecidable", "because", id="awarded before or after"),
        pytest.param("2023-10-01", None, "reversed", "because", id="a new one the day after"),
        pytest.param(None, None, "consistent", "open", id="both unknown"),
    ],
)  # fmt: skip
def test_a_promise_that_contracts_end_is_held_against_their_ends(
    awarded: str | None, ended: str | None, word: VerdictWord, named: str
) -> None:
    found = held(ENDING, contract("deal", awarded, ended))
    assert found.verdict == word
    assert found.because == (("deal",) if named == "because" else ())
    assert found.open == (("deal",) if named == "open" else ())


def test_a_promise_that_contracts_end_is_supported_by_a_whole_record_of_ended_ones() -> (
    None
):
    ended = (
        contract("ended", "2021", "2022"),
        contract("last", "2021", "2023-09-30", office="lamp-wick"),
    )
    whole: tuple[Part, ...] = ("contracts",)
    found = held(ENDING, *ended, complete_for=whole)
    assert (found.verdict, found.because, found.open) == (
        "supported",
        ("ended", "last"),
        (),
    )
    found = held(ENDING, *ended, contract("running", "2021", None), complete_for=whole)
    assert (found.verdict, found.open) == ("consistent", ("running",))
    assert "but running may run past that date" in found.why
    assert held(ENDING, complete_for=whole).verdict == "consistent"


def test_a_new_contract_after_the_date_reverses_only_what_was_said_before_it() -> None:
    deal = contract("deal", "2023-12-01", None)
    words = {
        "2023-11": "reversed",
        "2024": "contradicted",
        "2023": "undecidable",
        None: "undecidable",
    }
    for day, word in words.items():
        claim = statement("contracts_ended", day, due="2023-09-30")
        assert held(claim, deal).verdict == word


def test_said_after_its_date_it_is_no_promise_and_can_be_contradicted() -> None:
    claim = statement("contracts_ended", "2024-05", due="2023-09-30")
    assert held(claim, contract("deal", "2021", "2023-12")).verdict == "contradicted"
    approved = assessment("pia", ("approved", "2024-01"))
    claim = statement("assessment_approved_by", "2024-05", due="2023-09-30")
    assert held(claim, approved).verdict == "contradicted"
    approved = assessment("pia", ("approved", "2022"))
    assert held(claim, approved).verdict == "supported"


PROMISED = statement("assessment_approved_by", "2023-09", due="2024-03-31")


@pytest.mark.parametrize(
    ("day", "word"),
    [
        pytest.param("2024-03-31", "supported", id="that day"),
        pytest.param("2024-04-01", "late", id="the day after"),
        pytest.param("2024-03", "supported", id="that month"),
        pytest.param("2024-03-31~", "undecidable", id="about that day"),
        pytest.param("2024", "undecidable", id="that year"),
        pytest.param(None, "undecidable", id="unknown"),
        pytest.param("2024-08", "late", id="months after"),
        pytest.param("2023-08-31", "overdue", id="before it was promised"),
        pytest.param("2023-09-10", "undecidable", id="perhaps before it was promised"),
        pytest.param("2023-10-01", "supported", id="the month after it was promised"),
    ],
)
def test_a_promised_assessment_is_held_against_its_approval(
    day: str | None, word: VerdictWord
) -> None:
    found = held(PROMISED, assessment("pia", ("approved", day)))
    assert found.verdict == word
    assert found.because == (("pia",) if word != "overdue" else ())


@pytest.mark.parametrize(
    ("compiled", "word"),
    [
        pytest.param("2024-03-31", "consistent", id="compiled that day"),
        pytest.param("2024-04-01", "overdue", id="compiled the day after"),
        pytest.param("2024", "consistent", id="compiled some day that year"),
        pytest.param(None, "consistent", id="no case"),
    ],
)
def test_without_an_approval_on_record_it_is_overdue_once_its_date_has_passed(
    compiled: str | None, word: VerdictWord
) -> None:
    draft = assessment("pia", ("drafted", "2023-10"), status="under_review")
    never = assessment("no", status="never_approved")
    silent = question("silent", ("pia",), "none")
    answered = question("answered", ("pia",), "withheld")
    found = held(PROMISED, draft, never, silent, answered, compiled=compiled)
    assert (found.verdict, found.because, found.open) == (word, (), ("pia", "silent"))


def test_only_an_impact_assessment_of_the_office_or_below_keeps_the_promise() -> None:
    analysis = assessment("pta", ("approved", "2024-01"), kind="PTA")
    beside = assessment("pia", ("approved", "2024-01"), office="gate")
    below = assessment("pia", ("approved", "2024-01"), office="lamp-wick")
    assert held(PROMISED, analysis).verdict == "overdue"
    assert held(PROMISED, beside).verdict == "overdue"
    assert held(PROMISED, below).verdict == "supported"


def test_published_counts_where_no_approval_is_on_record_and_only_there() -> None:
    both = assessment("pia", ("published", "2024-08"), ("approved", "2024-01"))
    assert held(PROMISED, assessment("pia", ("published", "2024-08"))).verdict == "late"
    assert held(PROMISED, both).verdict == "supported"
    undated = assessment("pia", status="published")
    assert held(PROMISED, undated).verdict == "undecidable"


def test_the_earliest_approval_that_counts_decides() -> None:
    old = assessment("old", ("approved", "2022"))
    early, late = (
        assessment("early", ("approved", "2024-01")),
        assessment("late", ("approved", "2025")),
    )
    rough = assessment("rough", ("approved", "2024"))
    found = held(PROMISED, old, early, late, rough)
    assert (found.verdict, found.because) == ("supported", ("early",))
    found = held(PROMISED, old, late)
    assert (found.verdict, found.because) == ("late", ("late",))
    found = held(PROMISED, old, late, rough)
    assert (found.verdict, found.because) == ("undecidable", ("late", "rough"))


def test_of_an_approval_on_a_promise_of_unknown_day_only_lateness_is_certain() -> None:
    claim = statement("assessment_approved_by", None, due="2024-03-31")
    assert held(claim, assessment("pia", ("approved", "2024-08"))).verdict == "late"
    assert held(claim, assessment("pia", ("approved", "2024-01"))).verdict == "undecidable"


POLICY = statement("policy_issued_by", "2023-09", office="island", due="2024-06-30")


def test_a_policy_is_overdue_once_its_date_has_passed_and_consistent_before() -> None:
    assert held(POLICY, compiled="2024-06-30").verdict == "consistent"
    assert held(POLICY, compiled="2024-07-01").verdict == "overdue"
    assert held(POLICY, compiled=None).verdict == "consistent"
    unknown = statement("policy_issued_by", "2023-09", office="island", due=None)
    assert held(unknown).verdict == "consistent"


def test_a_policy_rests_on_the_recommendation_due_the_same_day() -> None:
    same = recommendation("same", to=None, due="2024-06-30")
    also = recommendation("also", due="2024-06-30", status="open")
    other = recommendation("other", due="2024-07-01")
    undated = recommendation("undated")
    silent, answered = (
        question("silent", ("same",), "none"),
        question("told", ("same",), "known"),
    )
    found = held(POLICY, same, also, other, undated, silent, answered)
    assert found.verdict == "overdue"
    assert (found.because, found.open) == (("also", "same"), ("same", "silent"))


def test_a_closed_recommendation_leaves_it_open_whether_the_policy_came_in_time() -> None:
    closed = recommendation("closed", to="island", due="2024-06-30", status="closed")
    found = held(POLICY, closed)
    assert (found.verdict, found.because) == ("undecidable", ("closed",))


def test_a_recommendation_to_another_office_says_nothing_of_the_policy() -> None:
    claim = statement("policy_issued_by", "2023-09", due="2024-06-30")
    beside = recommendation("beside", to="gate", due="2024-06-30", status="closed")
    assert held(claim, beside).because == ()


def test_a_contract_not_dated_at_all_was_awarded_by_the_day_the_record_was_compiled() -> (
    None
):
    claim = statement("no_new_requests", "2027", first="2026-07-01")
    assert held(claim, contract("deal", None, None), compiled="2026-06-30").open == ()
    assert held(claim, contract("deal", None, None), compiled="2026-07").open == ("deal",)
