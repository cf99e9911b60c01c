"""Statements held against a record: which verdict fits first, and that only certainty decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beforehand.oversight.casefile import facts, read_case
from beforehand.oversight.statements import verdict, verdicts
from beforehand.record.reported import ReportedRecord
from tests.oversight.invented import (
    COMPILED_DAYS,
    FILE,
    SHIPPED,
    claims,
    contract,
    dataset,
    deals,
    filled,
    held,
    record,
    reviews,
    statement,
)

if TYPE_CHECKING:
    from beforehand.oversight.findings import VerdictWord
    from beforehand.record.reported import (
        Part,
        StatementReported,
    )

DHS: dict[str, tuple[VerdictWord, tuple[str, ...], tuple[str, ...]]] = {
    "ice-stopped-2024-01": (
        "reversed",
        ("ice-penlink-2025",),
        ("ice-babel-street", "ice-venntel-2018"),
    ),
    "ice-no-requests-2022-12": ("reversed", ("ice-penlink-2025",), ()),
    "ice-no-unit-since-2021": ("reversed", ("ice-penlink-2025",), ()),
    "ice-refused-2023-09": ("consistent", (), ("ice-babel-street", "ice-venntel-2018")),
    "cbp-ended-2023": (
        "consistent",
        ("cbp-ctd-2023",),
        ("cbp-licences-2019", "cbp-venntel-2020"),
    ),
    "cbp-pia-by-march-2024": ("late", ("dhs-cbp-pia-080",), ()),
    "cbp-pia-period": ("conflicting", ("cbp-pta-period",), ()),
    "cbp-pta-period": ("conflicting", ("cbp-pia-period",), ()),
    "cbp-anonymized-2020": ("undecidable", (), ()),
    "dhs-policy-by-june-2024": (
        "overdue",
        ("oig-23-61-8",),
        ("fedscoop-dhs-2024", "oig-23-61-8"),
    ),
    "usss-consent-none-2022": ("undecidable", (), ()),
    "usss-no-longer-2024": ("consistent", (), ("usss-locate-x",)),
}


def shipped() -> ReportedRecord:
    case = read_case(SHIPPED.read_bytes(), SHIPPED.name)
    return filled(ReportedRecord(), facts(case, FILE))


def test_the_shipped_case_gets_these_verdicts_in_its_own_order() -> None:
    found = verdicts(shipped())
    assert [one.id for one in found] == list(DHS)
    assert {one.id: (one.verdict, one.because, one.open) for one in found} == DHS


def test_every_verdict_says_why_in_one_sentence_and_names_real_items() -> None:
    whole = shipped()
    known = {*whole.contracts, *whole.assessments, *whole.statements, *whole.questions}
    known |= {*whole.recommendations}
    for one in verdicts(whole):
        assert one.why.endswith(".")
        assert one.why.count(". ") == 0
        assert {*one.because, *one.open} <= known
        assert one.office == whole.statements[one.id].office


STOPPED = statement("no_use", "2024-03-10", first="2024-01-01")


@pytest.mark.parametrize(
    ("awarded", "ended", "word", "named"),
    [
        pytest.param("2024-02-01", None, "contradicted", "because", id="bought within"),
        pytest.param("2024-03-10", None, "contradicted", "because", id="bought the day it was said"),
        pytest.param("2024-01-01", None, "contradicted", "because", id="bought the day it begins"),
        pytest.param("2024-02", None, "contradicted", "because", id="a month wholly within"),
        pytest.param("2022", "2025", "contradicted", "because", id="ran throughout"),
        pytest.param("2022", "2024-01-02", "contradicted", "because", id="ran a day into it"),
        pytest.param("2022", "2024-01-01", "consistent", "", id="ended the day it begins"),
        pytest.param("2022", "2024-01", "consistent", "open", id="ended that month"),
        pytest.param("2022", "2023-12-31~", "consistent", "", id="ended about then, at the latest that day"),
        pytest.param("2022", "2024-01-01~", "consistent", "open", id="ended about that day"),
        pytest.param("2022", None, "consistent", "open", id="end unknown"),
        pytest.param(None, "2024-02", "contradicted", "because", id="award unknown, ran into it"),
        pytest.param(None, None, "consistent", "open", id="both unknown"),
        pytest.param("2024-01~", None, "consistent", "open", id="about the month it begins"),
        pytest.param("2023", "2023-06", "consistent", "", id="over before"),
        pytest.param("2024-03-11", None, "reversed", "because", id="bought the day after"),
        pytest.param("2025", None, "reversed", "because", id="bought a year after"),
        pytest.param("2024-03", None, "undecidable", "because", id="bought before or after it was said"),
        pytest.param("2024-03-10~", None, "undecidable", "because", id="bought about that day"),
        pytest.param("2024-03", "2025", "reversed", "because", id="in force after, in every reading"),
        pytest.param(None, "2025", "reversed", "because", id="award unknown, in force after"),
        pytest.param("2024", None, "undecidable", "because", id="bought some day that year"),
        pytest.param("2024~", None, "consistent", "open", id="bought about that year"),
    ],
)  # fmt: skip
def test_no_use_is_held_against_purchases_and_running_contracts(
    awarded: str | None, ended: str | None, word: VerdictWord, named: str
) -> None:
    found = held(STOPPED, contract("deal", awarded, ended))
    assert found.verdict == word
    assert found.because == (("deal",) if named == "because" else ())
    assert found.open == (("deal",) if named == "open" else ())


def test_a_claim_covers_the_units_below_the_office_and_no_other_office() -> None:
    below = contract("deal", "2024-02-01", None, office="lamp-wick")
    beside = contract("deal", "2024-02-01", None, office="gate")
    above = contract("deal", "2024-02-01", None, office="island")
    assert held(STOPPED, below).verdict == "contradicted"
    assert held(STOPPED, beside) == held(STOPPED, above) == held(STOPPED)
    assert held(STOPPED).verdict == "consistent"


def test_data_bought_under_another_name_counts_as_bought() -> None:
    suite = contract("deal", "2024-02-01", None, supplier=None, datasets=("suite",))
    assert held(STOPPED, dataset("suite", ("feed",)), suite).verdict == "contradicted"


@pytest.mark.parametrize("day", [None, "2024~"])
def test_a_purchase_decides_nothing_when_the_day_of_saying_is_missing(
    day: str | None,
) -> None:
    claim = statement("no_use", day, first="2024-01-01")
    found = held(claim, contract("deal", "2024-02-01", None))
    assert (found.verdict, found.because, found.open) == ("undecidable", ("deal",), ())


@pytest.mark.parametrize("day", [None, "2024~"])
def test_what_ran_on_the_day_the_claim_begins_ran_before_it_was_said_whenever_that_was(
    day: str | None,
) -> None:
    claim = statement("no_use", day, first="2024-01-01")
    assert held(claim, contract("deal", "2022", "2024-02-01")).verdict == "contradicted"
    assert held(claim, contract("deal", "2022", None)).verdict == "consistent"


def test_a_claim_of_a_stop_in_the_month_it_was_said_stopped_no_later_than_that() -> None:
    claim = statement("no_use", "2024-01", first="2024-01")
    assert held(claim, contract("deal", "2022", "2024-02-01")).verdict == "contradicted"
    assert held(claim, contract("deal", "2022", "2024-01-20")).verdict == "consistent"
    assert held(claim, contract("deal", "2024-01-20", None)).verdict == "consistent"


def test_since_when_unknown_still_denies_the_day_it_was_said() -> None:
    claim = statement("no_use", "2024-03-10", first=None)
    assert held(claim, contract("deal", "2022", "2025")).verdict == "contradicted"
    assert held(claim, contract("deal", "2022", "2024-03-10")).open == ("deal",)


def test_a_claim_that_begins_after_it_was_said_can_only_be_reversed() -> None:
    claim = statement("no_use", "2024-01-01", first="2024-06-01")
    assert held(claim, contract("deal", "2024-03-01", "2024-05-01")).verdict == "consistent"
    assert held(claim, contract("deal", "2023", "2025")).verdict == "reversed"
    assert held(claim, contract("deal", "2024-07-01", None)).verdict == "reversed"


def test_the_first_verdict_that_fits_is_given_and_the_rest_is_open_only_if_unsure() -> None:
    within, after = contract("within", "2024-02-01", None), contract("after", "2025", None)
    either, unsure = contract("either", "2024-03", None), contract("unsure", None, None)
    found = held(STOPPED, within, after, either, unsure)
    assert (found.verdict, found.because) == ("contradicted", ("within",))
    assert found.open == ("either", "unsure")
    found = held(STOPPED, after, either, unsure)
    assert (found.verdict, found.because) == ("reversed", ("after",))
    found = held(STOPPED, either, unsure)
    assert (found.verdict, found.because, found.open) == (
        "undecidable",
        ("either",),
        ("unsure",),
    )


def test_a_contract_whose_days_contradict_each_other_is_never_certain() -> None:
    found = held(STOPPED, contract("deal", "2025", "2024-02"))
    assert (found.verdict, found.open) == ("consistent", ("deal",))


USED = statement("used_during", "2024-05", item="used", first="2024-01-10", last="2024-02")


@pytest.mark.parametrize(
    ("other", "word"),
    [
        pytest.param(USED, "conflicting", id="used within"),
        pytest.param(msgspec.structs.replace(USED, day=None), "conflicting", id="said on an unknown day"),
        pytest.param(statement("used_during", None, item="used", first="2024-01-01", last="2024-03-10"), "conflicting", id="the very same time"),
        pytest.param(statement("used_during", None, item="used", first="2024-02", last="2024-03"), "consistent", id="perhaps afterwards"),
        pytest.param(statement("used_during", None, item="used", first="2023", last="2024-02"), "consistent", id="perhaps only before"),
        pytest.param(statement("used_during", None, item="used", first=None, last=None), "consistent", id="no days"),
        pytest.param(statement("used_during", None, item="used", office="lamp-wick", first="2024-02", last="2024-02"), "conflicting", id="a unit below"),
        pytest.param(statement("used_during", None, item="used", office="gate", first="2024-02", last="2024-02"), "consistent", id="another office"),
        pytest.param(statement("used_during", None, item="used", office="island", first="2024-02", last="2024-02"), "consistent", id="the office above"),
        pytest.param(statement("used_during", None, item="used", speaker="gate", first="2024-02", last="2024-02"), "consistent", id="another office says it"),
        pytest.param(statement("ran", None, item="used", use="lamps", first="2019", last="2024-02"), "conflicting", id="ran into it"),
        pytest.param(statement("ran", None, item="used", use="lamps", first="2019", last="2024-01-01"), "consistent", id="ran to the day it begins"),
        pytest.param(statement("ran", None, item="used", use="lamps", first="2019", last=None), "consistent", id="ran with no known end"),
    ],
)  # fmt: skip
def test_no_use_and_use_in_that_time_conflict_and_both_show_it(
    other: StatementReported, word: VerdictWord
) -> None:
    whole = record(STOPPED, other)
    assert verdict(whole, STOPPED).verdict == word
    assert verdict(whole, other).verdict == word
    if word == "conflicting":
        assert verdict(whole, STOPPED).because == ("used",)
        assert verdict(whole, other).because == ("said",)


def test_a_statement_that_only_perhaps_says_otherwise_is_open() -> None:
    perhaps = statement("used_during", None, item="used", first="2024-02", last="2024-03")
    whole = record(STOPPED, perhaps)
    assert verdict(whole, STOPPED).open == ("used",)
    assert verdict(whole, perhaps).open == ("said",)


def test_a_use_with_no_known_end_is_claimed_up_to_the_day_it_was_said() -> None:
    for last in (None, "2024"):
        used = statement(
            "used_during", "2024-02", item="used", first="2024-01-10", last=last
        )
        assert verdict(record(STOPPED, used), STOPPED).verdict == "conflicting"


def test_two_uses_without_a_name_are_not_taken_for_one() -> None:
    one = statement("ran", None, first="2018", last="2019")
    other = statement("ran", None, item="other", first="2020", last="2021")
    assert verdict(record(one, other), one).verdict == "consistent"


def test_a_purchase_within_the_claimed_time_comes_before_what_was_said_otherwise() -> None:
    whole = record(STOPPED, USED, contract("deal", "2024-02-01", None))
    assert verdict(whole, STOPPED).verdict == "contradicted"
    assert verdict(whole, USED).verdict == "conflicting"


@pytest.mark.parametrize(
    ("awarded", "word", "named"),
    [
        pytest.param("2022-12-31", "consistent", "", id="the day before"),
        pytest.param("2023-01-01", "contradicted", "because", id="the first day"),
        pytest.param("2024-06-30", "contradicted", "because", id="the day it was said"),
        pytest.param("2024-07-01", "reversed", "because", id="the day after"),
        pytest.param("2024-06", "contradicted", "because", id="the month it was said, to its last day"),
        pytest.param("2024-06~", "undecidable", "because", id="about that month"),
        pytest.param("2023~", "consistent", "open", id="about that year"),
        pytest.param(None, "consistent", "open", id="unknown"),
    ],
)  # fmt: skip
def test_no_new_requests_is_held_against_awards_alone(
    awarded: str | None, word: VerdictWord, named: str
) -> None:
    claim = statement("no_new_requests", "2024-06-30", first="2023-01-01")
    found = held(claim, contract("deal", awarded, None))
    assert found.verdict == word
    assert found.because == (("deal",) if named == "because" else ())
    assert found.open == (("deal",) if named == "open" else ())
    assert held(claim, contract("deal", "2020", "2030")).verdict == "consistent"


def test_no_new_requests_and_use_do_not_conflict() -> None:
    claim = statement("no_new_requests", "2024-06-30", first="2023-01-01")
    assert held(claim, USED).verdict == "consistent"


@pytest.mark.parametrize(
    ("awarded", "ended", "whole", "word", "named"),
    [
        pytest.param("2023", "2025", True, "supported", "because", id="in force throughout"),
        pytest.param("2023", "2025", False, "consistent", "because", id="the record is not complete"),
        pytest.param("2023", "2024-02-15", True, "consistent", "because", id="part of the time"),
        pytest.param("2023", None, True, "consistent", "open", id="end unknown"),
        pytest.param("2023", "2023-12", True, "consistent", "", id="over before"),
        pytest.param("2024-01-10", "2024-02-29", True, "supported", "because", id="exactly that time"),
        pytest.param("2024-01", "2025", True, "consistent", "because", id="begun about then"),
    ],
)  # fmt: skip
def test_use_is_supported_only_by_a_whole_record_that_shows_access_all_that_time(
    awarded: str, ended: str | None, *, whole: bool, word: VerdictWord, named: str
) -> None:
    parts: tuple[Part, ...] = ("contracts",) if whole else ()
    found = held(USED, contract("deal", awarded, ended), complete_for=parts)
    assert found.verdict == word
    assert found.because == (("deal",) if named == "because" else ())
    assert found.open == (("deal",) if named == "open" else ())


RAN = statement("ran", None, use="lamps", first="2018-12", last="2023-09")


@pytest.mark.parametrize(
    ("first", "last", "use", "office", "word"),
    [
        pytest.param("2019", "2023", "lamps", "lamp", "conflicting", id="another start"),
        pytest.param("2018", "2021", "lamps", "lamp", "conflicting", id="another end"),
        pytest.param("2018", "2023", "lamps", "lamp", "consistent", id="the same, told roughly"),
        pytest.param("2019~", "2023", "lamps", "lamp", "consistent", id="about another start"),
        pytest.param(None, None, "lamps", "lamp", "consistent", id="days unknown"),
        pytest.param("2019", "2021", "kites", "lamp", "consistent", id="another use"),
        pytest.param("2019", "2021", None, "lamp", "consistent", id="a use not named"),
        pytest.param("2019", "2021", "lamps", "gate", "consistent", id="another office"),
        pytest.param("2019", "2021", "lamps", "lamp-wick", "conflicting", id="a unit below"),
        pytest.param(None, "2018-11", "lamps", "lamp", "conflicting", id="over before the other began"),
    ],
)  # fmt: skip
def test_two_accounts_of_one_use_conflict_when_their_days_surely_differ(
    first: str | None, last: str | None, use: str | None, office: str, word: VerdictWord
) -> None:
    other = statement(
        "ran", "2024", item="other", office=office, use=use, first=first, last=last
    )
    whole = record(RAN, other)
    assert verdict(whole, RAN).verdict == verdict(whole, other).verdict == word
    assert verdict(whole, RAN).because == (("other",) if word == "conflicting" else ())


def test_safeguards_cannot_be_checked() -> None:
    claim = statement("safeguards", "2024")
    assert held(claim, contract("deal", "2024", None)).verdict == "undecidable"


def test_many_ids_are_cut_in_the_sentence_and_kept_in_the_answer() -> None:
    deals = [contract(f"deal-{n}", "2024-02-01", None) for n in range(9)]
    found = held(STOPPED, *deals)
    assert len(found.because) == 9
    assert "deal-3 and 5 more" in found.why


# -- the law: what is less certain never decides more

ORDER: tuple[VerdictWord, ...] = (
    "contradicted",
    "conflicting",
    "late",
    "overdue",
    "reversed",
    "supported",
    "consistent",
)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_telling_any_day_more_roughly_never_gives_a_more_certain_verdict(
    data: st.DataObject,
) -> None:
    claim = data.draw(claims("said"))
    other = data.draw(claims("other"))
    contracts = [data.draw(deals(f"deal-{n}")) for n in range(data.draw(st.integers(0, 3)))]
    assessments = [
        data.draw(reviews(f"pia-{n}")) for n in range(data.draw(st.integers(0, 2)))
    ]
    parts: tuple[Part, ...] = data.draw(st.sampled_from(((), ("contracts",))))
    close = data.draw(st.integers(0, len(COMPILED_DAYS) - 1))
    compiled = COMPILED_DAYS[close], data.draw(st.sampled_from(COMPILED_DAYS[close:]))
    closely, roughly = (
        held(
            claim[n],
            other[n],
            *(pair[n] for pair in (*contracts, *assessments)),
            compiled=compiled[n],
            complete_for=parts,
        ).verdict
        for n in (0, 1)
    )
    if roughly == "undecidable":
        return
    if closely == "undecidable":
        assert roughly == "consistent"
    else:
        # What fitted first may fall away; what fits still is then further down the list.
        assert ORDER.index(roughly) >= ORDER.index(closely)
