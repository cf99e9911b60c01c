"""The audit: the DHS record item by item, and small invented records for each rule."""

from __future__ import annotations

from importlib import resources

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.oversight.audit import findings
from beforehand.oversight.casefile import facts, read_case
from beforehand.oversight.findings import Finding
from beforehand.policy.sets import baseline
from beforehand.record.reported import (
    AssessmentReported,
    CaseTaken,
    ContractReported,
    DatasetReported,
    Event,
    OfficeReported,
    Period,
    ReportedFact,
    ReportedRecord,
)

GUARDS = baseline()
FILE = "0" * 64
APPROVED = "assessment.approved"


def dhs() -> dict[tuple[str, str], Finding]:
    data = (resources.files("beforehand") / "cases" / "dhs-ctd.yaml").read_bytes()
    record = ReportedRecord()
    for fact in facts(read_case(data, "dhs-ctd.yaml"), FILE):
        record.apply(fact)
    return {(one.subject, one.safeguard): one for one in findings(record, GUARDS)}


DHS = dhs()
PURCHASES = [
    *("hsarpa-venntel-portal-2018", "hsarpa-venntel-feed-2018", "ice-venntel-2018"),
    *("cbp-licences-2019", "cbp-venntel-2020", "cbp-venntel-renewal", "cbp-ctd-2023"),
    *("usss-locate-x", "ice-babel-street", "ice-venntel-2021", "ice-penlink-2025"),
]
BY_CBP_ITSELF = {
    "cbp-licences-2019",
    "cbp-venntel-2020",
    "cbp-venntel-renewal",
    "cbp-ctd-2023",
}


@pytest.mark.parametrize("contract", PURCHASES)
def test_no_purchase_of_the_dhs_record_had_an_approved_assessment_before_it(
    contract: str,
) -> None:
    found = DHS[contract, APPROVED]
    assert found.verdict == "fails"
    # CBP has an assessment, which came too late; the others have none that covers them.
    assert found.absence == (contract not in BY_CBP_ITSELF)
    assert "E-Government Act of 2002" in found.cites
    assert found.remedy.startswith("Have an assessment approved")


@pytest.mark.parametrize("contract", sorted(BY_CBP_ITSELF))
def test_cbp_bought_before_its_assessment_which_came_late_and_after_the_use(
    contract: str,
) -> None:
    because = " ".join(DHS[contract, APPROVED].because)
    assert "published in August 2024" in because
    assert "after its target date, 31 March 2024" in because
    assert "after the use it covers had ended" in because


def test_the_2025_award_fails_by_absence_and_says_that_ices_own_state_is_unknown() -> None:
    found = DHS["ice-penlink-2025", APPROVED]
    because = " ".join(found.because)
    assert found.absence
    assert "ice-geolocation-pia: no approval on this record" in because
    assert "what became of it since is unknown" in because
    assert "declared complete" in because


def test_a_renewal_without_an_award_date_was_awarded_no_later_than_it_ended() -> None:
    found = DHS["cbp-venntel-renewal", APPROVED]
    assert found.when == "no later than 30 September 2021"
    assert "since it ended then at the latest" in found.because[0]
    assert found.confidence == "C"


def test_a_contract_without_a_vendor_is_decided_where_every_value_gives_one_answer() -> (
    None
):
    assert DHS["cbp-ctd-2023", APPROVED].verdict == "fails"
    undecided = DHS["cbp-ctd-2023", "assessment.threshold"]
    assert undecided.verdict == "undecidable"
    assert "Which datasets it concerned is not on this record." in undecided.because


def test_a_units_purchase_counts_for_its_component_too() -> None:
    assert DHS["cbp-ctd-2023", APPROVED].offices == ("cbp-ntc", "cbp", "dhs")


def test_cbps_use_before_its_assessment_fails_by_the_same_safeguard() -> None:
    found = DHS["dhs-cbp-pia-080", APPROVED]
    assert (found.act, found.verdict) == ("use", "fails")


def test_the_departments_finding_decides_only_what_was_bought_before_it() -> None:
    threshold = {name: DHS[name, "assessment.threshold"].verdict for name in PURCHASES}
    early = {"hsarpa-venntel-portal-2018", "hsarpa-venntel-feed-2018", "ice-venntel-2018"}
    assert {name for name, verdict in threshold.items() if verdict == "fails"} == early
    assert set(threshold.values()) == {"fails", "undecidable"}


def test_no_finding_is_without_source_or_reason() -> None:
    assert all(one.sources and one.because and one.remedy for one in DHS.values())


# -- invented records --------------------------------------------------------------------

OFFICES: tuple[ReportedFact, ...] = (
    OfficeReported(file=FILE, item="dept", office_kind="department", parent=None),
    OfficeReported(file=FILE, item="harbor", office_kind="component", parent="dept"),
    OfficeReported(file=FILE, item="routes", office_kind="unit", parent="harbor"),
    OfficeReported(file=FILE, item="land", office_kind="component", parent="dept"),
    DatasetReported(
        file=FILE, item="inner", supplier=None, contains=(), carries=(), sources=()
    ),
    DatasetReported(
        file=FILE, item="feed", supplier=None, contains=(), carries=(), sources=()
    ),
    DatasetReported(
        file=FILE, item="outer", supplier=None, contains=(), carries=("inner",), sources=()
    ),
)
BOUGHT = ContractReported(
    file=FILE,
    item="c",
    office="routes",
    supplier=None,
    datasets=("feed",),
    amount=None,
    amount_about=False,
    awarded="2020-06-15",
    ended=None,
    confidence="A",
    sources=("s",),
)
PIA = AssessmentReported(
    file=FILE,
    item="pia",
    assessment_kind="PIA",
    number=None,
    office="harbor",
    datasets=("feed",),
    status="published",
    covers=None,
    events=(Event(event="published", day="2020-05", confidence="A", sources=("t",)),),
)


def published(day: str | None) -> AssessmentReported:
    event = Event(event="published", day=day, confidence="A", sources=("t",))
    return msgspec.structs.replace(PIA, events=(event,))


def verdict(
    *more: ReportedFact, complete: bool = True, safeguard: str = APPROVED
) -> tuple[str, Finding]:
    record = ReportedRecord()
    parts = ("published_assessments",) if complete else ()
    case = CaseTaken(file=FILE, item="case", compiled="2026-01-01", complete_for=parts)  # type: ignore[arg-type]
    for fact in (case, *OFFICES, *more):
        record.apply(fact)
    found = {one.safeguard: one for one in findings(record, GUARDS)}
    return found[safeguard].verdict, found[safeguard]


replace = msgspec.structs.replace


@pytest.mark.parametrize(
    ("facts_", "complete", "expected"),
    [
        pytest.param((BOUGHT, PIA), True, "passes", id="covered before"),
        pytest.param(
            (BOUGHT, PIA), False, "passes", id="covered before, record not complete"
        ),
        pytest.param((BOUGHT,), True, "fails", id="none, on a record that is complete"),
        pytest.param((BOUGHT,), False, "undecidable", id="none, on a record that is not"),
        pytest.param((BOUGHT, published("2020-07")), True, "fails", id="surely later"),
        pytest.param(
            (BOUGHT, published("2020-07")), False, "undecidable", id="another may exist"
        ),
        pytest.param(
            (BOUGHT, published("2020-06")), True, "undecidable", id="the same month"
        ),
        pytest.param(
            (BOUGHT, published("2020-06-15")), True, "undecidable", id="the same day"
        ),
        pytest.param(
            (BOUGHT, published("2020-06-14")), True, "passes", id="the day before"
        ),
        pytest.param(
            (BOUGHT, published("2020~")), True, "undecidable", id="about that year"
        ),
        pytest.param((BOUGHT, published(None)), True, "undecidable", id="no day known"),
        pytest.param(
            (BOUGHT, replace(PIA, office="land")), True, "fails", id="of another component"
        ),
        pytest.param(
            (BOUGHT, replace(PIA, office="dept")), True, "passes", id="the department's"
        ),
        pytest.param(
            (BOUGHT, replace(PIA, datasets=("inner",))), True, "fails", id="other data"
        ),
        pytest.param(
            (BOUGHT, replace(PIA, datasets=None)),
            True,
            "undecidable",
            id="its data unknown",
        ),
        pytest.param(
            (replace(BOUGHT, datasets=("outer",)), replace(PIA, datasets=("outer",))),
            True,
            "fails",
            id="carried data must be named beside what carries it",
        ),
        pytest.param(
            (
                replace(BOUGHT, datasets=("outer",)),
                replace(PIA, datasets=("inner", "outer")),
            ),
            True,
            "passes",
            id="carried data is named too",
        ),
        pytest.param(
            (replace(BOUGHT, datasets=("outer",)), replace(PIA, datasets=("inner",))),
            True,
            "fails",
            id="what carries is more than what is carried",
        ),
        pytest.param(
            (replace(BOUGHT, datasets=None), PIA),
            True,
            "undecidable",
            id="bought data unknown",
        ),
        pytest.param(
            (replace(BOUGHT, datasets=None), published("2021")),
            True,
            "fails",
            id="bought data unknown, every value fails",
        ),
        pytest.param(
            (replace(BOUGHT, awarded=None, ended="2020-04"), PIA),
            True,
            "fails",
            id="ended before",
        ),
        pytest.param(
            (replace(BOUGHT, awarded=None, ended="2021"), PIA),
            True,
            "undecidable",
            id="no award date",
        ),
        pytest.param(
            (replace(BOUGHT, awarded=None), PIA), True, "undecidable", id="no dates at all"
        ),
        pytest.param(
            (replace(BOUGHT, awarded=None), published("2026-02")),
            True,
            "fails",
            id="after compiling",
        ),
        pytest.param(
            (BOUGHT, published("2021"), replace(PIA, item="other")),
            True,
            "passes",
            id="best counts",
        ),
        pytest.param(
            (BOUGHT, published("2021"), replace(PIA, item="other", datasets=("inner",))),
            True,
            "fails",
            id="one late and one of other data do not add up",
        ),
        pytest.param(
            (BOUGHT, replace(PIA, status="under_review", events=())),
            True,
            "fails",
            id="in review",
        ),
        pytest.param(
            (BOUGHT, replace(PIA, status="under_review", events=())),
            False,
            "undecidable",
            id="in review, record not complete",
        ),
        pytest.param(
            (
                BOUGHT,
                replace(
                    PIA,
                    events=(
                        *PIA.events,
                        Event(
                            event="withdrawn",
                            day="2020-05-31",
                            confidence="A",
                            sources=("t",),
                        ),
                    ),
                ),
            ),
            True,
            "undecidable",
            id="withdrawn before",
        ),
        pytest.param(
            (
                BOUGHT,
                replace(
                    PIA,
                    events=(
                        Event(
                            event="approved",
                            day="2020-06-01",
                            confidence="A",
                            sources=("t",),
                        ),
                        Event(
                            event="published", day="2021", confidence="A", sources=("t",)
                        ),
                    ),
                ),
            ),
            True,
            "passes",
            id="approved before, published after",
        ),
    ],
)
def test_an_approved_assessment_before_the_award(
    facts_: tuple[ReportedFact, ...], complete: bool, expected: str
) -> None:
    assert verdict(*facts_, complete=complete)[0] == expected


def test_the_weakest_mark_among_the_deciding_facts_is_shown() -> None:
    event = Event(event="published", day="2020-05", confidence="C", sources=("t",))
    found = verdict(BOUGHT, replace(PIA, events=(event,)))[1]
    assert (found.verdict, found.confidence, found.sources) == ("passes", "C", ("s", "t"))


def test_a_use_is_held_against_its_beginning() -> None:
    used = replace(PIA, covers=Period(first="2019", last="2020"))
    record = ReportedRecord()
    case = CaseTaken(
        file=FILE, item="case", compiled="2026", complete_for=("published_assessments",)
    )
    for fact in (case, *OFFICES, used):
        record.apply(fact)
    found = {(one.act, one.safeguard): one.verdict for one in findings(record, GUARDS)}
    assert found["use", APPROVED] == "fails"
    assert found["use", "procedures.adopted"] == "undecidable"


days = (
    st.dates().filter(lambda day: 1990 <= day.year <= 2030).map(lambda day: day.isoformat())
)


@given(days, days, st.sampled_from([4, 7, 10]), st.sampled_from([4, 7, 10]))
def test_knowing_less_never_makes_an_answer_more_certain(
    awarded: str, approved: str, keep_award: int, keep_approval: int
) -> None:
    """Cutting a day to its month or year, or losing nothing, may only weaken the verdict."""
    sharp = verdict(replace(BOUGHT, awarded=awarded), published(approved))[0]
    rough = verdict(
        replace(BOUGHT, awarded=awarded[:keep_award]), published(approved[:keep_approval])
    )[0]
    assert rough in (sharp, "undecidable")
