"""Which assessments may cover which contract: the same reading as the audit's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import pytest

from beforehand.record import reported as r
from beforehand.record.fold import Record
from beforehand.register.coverage import timelines

if TYPE_CHECKING:
    from beforehand.register import Site
    from beforehand.register.timeline import Covered

CONTRACT = r.ContractReported(
    file="ab" * 32,
    item="deal",
    office="unit",
    supplier="acme",
    datasets=("outer",),
    amount=None,
    amount_about=False,
    awarded="2020-03-01",
    ended="2020-03-01",
    confidence="A",
    sources=(),
)
REVIEW = r.AssessmentReported(
    file="ab" * 32,
    item="review",
    assessment_kind="PIA",
    number=None,
    office="agency",
    datasets=("outer", "inner"),
    status="approved",
    covers=None,
    events=(r.Event(event="approved", day="2020-01-01", confidence="A", sources=()),),
)
WITHDRAWN = r.Event(event="withdrawn", day="2020-02-01", confidence="A", sources=())


def site_with(site: Site, review: r.AssessmentReported, *, complete: bool = True) -> Site:
    record = Record()
    facts: list[r.ReportedFact] = [
        r.CaseTaken(
            file="ab" * 32,
            item="case",
            compiled="2026-11-24",
            complete_for=("published_assessments",) if complete else (),
        ),
        r.DatasetReported(
            file="ab" * 32,
            item="outer",
            supplier=None,
            contains=(),
            carries=("inner",),
            sources=(),
        ),
        CONTRACT,
        review,
    ]
    facts += [
        r.OfficeReported(file="ab" * 32, item=item, office_kind="component", parent=parent)
        for item, parent in (("agency", None), ("unit", "agency"), ("other", "agency"))
    ]
    for fact in facts:
        record.reported.apply(fact)
    return replace(site, view=record)


@pytest.mark.parametrize(
    ("given", "complete", "cover"),
    [
        pytest.param({}, True, "covered", id="of the office above"),
        pytest.param({"office": "other"}, True, "uncovered", id="of another office"),
        pytest.param(
            {"office": "other"}, False, "undecided", id="one may exist that nobody reported"
        ),
        pytest.param({"datasets": ("inner",)}, True, "uncovered", id="not what carries it"),
        pytest.param({"datasets": ("outer",)}, True, "uncovered", id="not what it carries"),
        pytest.param({"datasets": None}, True, "undecided", id="for datasets not known"),
        pytest.param({"assessment_kind": "PTA"}, True, "uncovered", id="only a threshold"),
        pytest.param(
            {"events": (), "status": "under_review"}, True, "uncovered", id="in review"
        ),
        pytest.param(
            {"events": (), "status": "under_review"},
            False,
            "undecided",
            id="in review, on a record that may lack the approval",
        ),
        pytest.param({"events": ()}, True, "undecided", id="approved on a day not known"),
        pytest.param(
            {"events": (*REVIEW.events, WITHDRAWN)},
            True,
            "uncovered",
            id="withdrawn before",
        ),
        pytest.param(
            {"status": "withdrawn"}, True, "undecided", id="withdrawn on a day not known"
        ),
    ],
)
def test_a_reported_contract_is_covered_by_what_is_surely_for_it(
    reported_site: Site,
    given: dict[str, object],
    complete: bool,
    cover: Covered,
) -> None:
    review = msgspec.structs.replace(REVIEW, **given)
    line = timelines(site_with(reported_site, review, complete=complete))["deal"]
    assert [one.cover for one in line.stretches if one.ran == "surely"] == [cover]


@pytest.mark.parametrize(
    ("terms", "uncovered"),
    [
        pytest.param({}, 10, id="its own"),
        pytest.param({"offices": ("agency",)}, 308, id="for another office"),
        pytest.param({"datasets": ("other",)}, 308, id="for another dataset"),
    ],
)
def test_a_live_contract_is_covered_by_an_assessment_for_its_office_and_datasets(
    live_site: Site, terms: dict[str, object], uncovered: int
) -> None:
    known = live_site.view.assessments["review"]
    changed = msgspec.structs.replace(
        known.draft, terms=msgspec.structs.replace(known.draft.terms, **terms)
    )
    assert isinstance(live_site.view, Record)
    live_site.view.assessments["review"] = msgspec.structs.replace(known, draft=changed)
    assert timelines(live_site)["deal"].uncovered_days == uncovered


def test_a_live_assessment_covers_the_day_on_which_it_is_withdrawn_and_no_later(
    live_site: Site,
) -> None:
    withdrawn = replace(
        live_site.entries[0],
        kind="assessment.withdrawn",
        subject="review",
        at="2026-11-20T00:00:00.000000Z",
    )
    line = timelines(replace(live_site, entries=(withdrawn,)))["deal"]
    assert line.uncovered_days == 10 + 5  # 21 to 25 November, the day the page speaks for


def test_a_text_changed_after_its_approval_leaves_later_days_undecided(
    live_site: Site,
) -> None:
    assert isinstance(live_site.view, Record)
    known = live_site.view.assessments["review"]
    live_site.view.assessments["review"] = msgspec.structs.replace(known, digest="cd" * 32)
    line = timelines(live_site)["deal"]
    assert line.uncovered_days == 10
    assert not line.is_exact
