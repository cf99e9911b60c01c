"""Counts, recommendations, silences, and what a record says it cannot show."""

from __future__ import annotations

import pytest

from beforehand.oversight.casefile import facts, read_case
from beforehand.oversight.counts import cannot_show, held, recommendations, unanswered
from beforehand.record.reported import ReportedRecord
from tests.oversight.invented import (
    FILE,
    SHIPPED,
    assessment,
    contract,
    count,
    dataset,
    filled,
    question,
    recommendation,
    record,
    report,
    statement,
)


def shipped() -> ReportedRecord:
    case = read_case(SHIPPED.read_bytes(), SHIPPED.name)
    return filled(ReportedRecord(), facts(case, FILE))


def test_the_shipped_case_names_two_to_seven_of_nine_counted_contracts() -> None:
    nine, queries = held(shipped())
    assert (nine.id, nine.stated, nine.certain, nine.possible) == (
        "oig-nine-contracts",
        9,
        2,
        7,
    )
    assert nine.named == ("cbp-licences-2019", "cbp-venntel-2020")
    assert nine.perhaps == (
        "cbp-ctd-2023",
        "cbp-venntel-renewal",
        "ice-babel-street",
        "ice-venntel-2018",
        "usss-locate-x",
    )
    assert nine.why.endswith("At least 2 are not on it.")
    assert (queries.id, queries.certain, queries.possible) == (
        "oig-queries-2020",
        None,
        None,
    )


def test_the_shipped_case_names_eight_recommendations_and_four_of_five_open_ones() -> None:
    (found,) = recommendations(shipped())
    assert (found.stated, found.named, found.open_stated) == (8, 8, 5)
    assert found.open_named == ("oig-23-61-1", "oig-23-61-3", "oig-23-61-5", "oig-23-61-7")
    assert found.text_unknown == (
        "oig-23-61-2",
        "oig-23-61-4",
        "oig-23-61-6",
        "oig-23-61-7",
    )
    assert found.state_unknown == (
        "oig-23-61-2",
        "oig-23-61-4",
        "oig-23-61-6",
        "oig-23-61-8",
    )


def test_the_shipped_case_says_what_it_cannot_show() -> None:
    said = cannot_show(shipped())
    assert said[0] == (
        "It is not declared complete for contracts, statements and recommendations:"
        " what is absent may exist."
    )
    assert "The award date of 2 of its 11 contracts is not known." in said
    assert "The vendor of 1 of its 11 contracts is not known." in said
    assert "The addressee of 2 of its 8 recommendations is not known." in said
    assert (
        "oig-23-61 is said to have 5 open recommendations; this record cannot name 1 of them."
        in said
    )
    assert "It names nothing of what is counted in oig-queries-2020." in said
    assert "It holds no answer to 3 of its 3 questions." in said
    assert all(one.endswith(".") for one in said)


@pytest.mark.parametrize(
    ("awarded", "ended", "certain", "possible"),
    [
        pytest.param("2019-10-01", None, 1, 1, id="the first day"),
        pytest.param("2020-09-30", None, 1, 1, id="the last day"),
        pytest.param("2019-09-30", None, 0, 0, id="the day before"),
        pytest.param("2020-10-01", None, 0, 0, id="the day after"),
        pytest.param("2020-09", None, 1, 1, id="the last month"),
        pytest.param("2020-09~", None, 0, 1, id="about the last month"),
        pytest.param("2020", None, 0, 1, id="a year partly within"),
        pytest.param("2020", "2020-08", 1, 1, id="that year, over before the period was"),
        pytest.param(None, None, 0, 1, id="unknown"),
        pytest.param(None, "2019-09-30", 0, 0, id="unknown, over before"),
    ],
)
def test_a_contract_is_counted_by_the_day_of_its_award(
    awarded: str | None, ended: str | None, certain: int, possible: int
) -> None:
    stated = count("2019-10-01", "2020-09-30", offices=("lamp",))
    deal = contract("deal", awarded, ended, office="lamp-wick")
    (found,) = held(record(stated, deal))
    assert (found.certain, found.possible) == (certain, possible)


def test_contracts_of_other_offices_are_not_counted_unless_none_is_named() -> None:
    deal = contract("deal", "2020-01-01", None, office="gate")
    counted = {("lamp",): (0, 0), ("lamp", "gate"): (1, 1), ("island",): (1, 1), (): (1, 1)}
    for offices, numbers in counted.items():
        (found,) = held(record(count("2019", "2020", offices=offices), deal))
        assert (found.certain, found.possible) == numbers


def test_where_the_offices_or_the_period_are_not_known_no_contract_is_certain() -> None:
    deal = contract("deal", "2020-01-01", None)
    for stated in (
        count("2019", "2020", offices=None),
        count(None, "2020", offices=("lamp",)),
    ):
        (found,) = held(record(stated, deal))
        assert (found.certain, found.possible, found.perhaps) == (0, 1, ("deal",))


def test_a_record_that_names_more_than_were_counted_says_so() -> None:
    few = [contract(f"deal-{n}", "2020-01-01", None) for n in range(4)]
    (found,) = held(record(count("2019-01-01", "2020-12-31", offices=(), value=3), *few))
    assert found.why.endswith("It names more than the source counts.")


def test_recommendations_are_named_by_number_and_sorted_by_state() -> None:
    named = [
        recommendation("ten", number=10, status="open_resolved"),
        recommendation("two", number=2, status="open_unresolved", text_known=False),
        recommendation("some", status="open"),
        recommendation("done", number=3, status="closed"),
    ]
    (found,) = recommendations(
        record(report("rep", 6, None), report("none", 0, 0), *named)
    )[:1]
    assert (found.report, found.stated, found.named) == ("rep", 6, 4)
    assert found.open_named == ("two", "ten", "some")
    assert (found.open_stated, found.text_unknown, found.state_unknown) == (
        None,
        ("two",),
        (),
    )


def test_only_a_question_that_got_no_answer_at_all_is_unanswered() -> None:
    asked = (
        question("b", None, "none"),
        question("a", (), "withheld"),
        question("c", (), "none"),
    )
    assert [one.id for one in unanswered(record(*asked))] == ["b", "c"]


def test_a_record_says_what_is_missing_from_it_and_nothing_else() -> None:
    whole = record(
        complete_for=(
            "published_assessments",
            "contracts",
            "statements",
            "recommendations",
        )
    )
    assert cannot_show(whole) == ()
    assert cannot_show(record(complete_for=("contracts",)))[0].startswith(
        "It is not declared complete for published assessments, statements and recommendations:"
    )
    said = cannot_show(
        record(
            contract("deal", None, "2024", supplier=None, datasets=None),
            dataset("suite", None),
            assessment("unknown"),
            assessment("rough", status="approved"),
            assessment("known", ("approved", "2024"), status="approved"),
            assessment("seen", ("filed", "2024"), status="under_review"),
            report("rep", 3, 1),
            recommendation("one", to=None, status="open"),
            recommendation("two", text_known=False),
            statement("safeguards", None),
            question("asked", None, "none"),
        )
    )
    assert said[1:] == (
        "The award date of 1 of its 1 contracts is not known.",
        "The amount of 1 of its 1 contracts is not known.",
        "The vendor of 1 of its 1 contracts is not known.",
        "The list of datasets of 1 of its 1 contracts is not known.",
        "What else comes inside 1 of its 1 datasets is not known.",
        "The state of 1 of its 4 assessments is not known.",
        "The day of the state of 1 of its 4 assessments is not known.",
        "The text of 1 of its 2 recommendations is not known.",
        "The addressee of 1 of its 2 recommendations is not known.",
        "The state of 1 of its 2 recommendations is not known.",
        "The day of the state of 1 of its 2 recommendations is not known.",
        "rep states 3 recommendations; 2 are named here.",
        "The day of 1 of its 1 statements is not known.",
        "It holds no answer to 1 of its 1 questions.",
    )
