"""How recommendations, commitments, questions and redress are told."""

from __future__ import annotations

from typing import get_args

import pytest

from beforehand.oversight import answering as told
from beforehand.record import answering as a
from tests.oversight.traced import World
from tests.policy import answering_tables as t
from tests.world import Step, record


def at(day: str) -> str:
    return f"{day}T12:00:00.000000Z"


def only(world: World, day: str) -> told.RecommendationTold:
    (found,) = told.recommendations(world.record, world.trace, at(day), texts={})
    return found


@pytest.mark.parametrize(
    ("issued", "last"),
    [
        pytest.param("2026-11-20", "2027-05-20", id="over a year's end"),
        pytest.param("2026-08-31", "2027-02-28", id="to the end of a shorter month"),
        pytest.param("2027-08-31", "2028-02-29", id="to a leap day"),
        pytest.param("2026-12-31", "2027-06-30", id="from December"),
    ],
)
def test_the_resolution_clock_runs_for_six_months(issued: str, last: str) -> None:
    assert told.resolve_by(issued) == last


def test_the_resolution_clock_passes_the_day_after_and_an_agreed_plan_ends_it() -> None:
    made = World(*t.MADE)
    assert only(made, "2027-05-20").resolution == "running"
    assert only(made, "2027-05-21").resolution == "passed"
    answered = World(*t.ANSWERED)
    assert only(answered, "2027-05-21").resolution == "passed"
    agreed = World(*t.ANSWERED, t.by("watcher", t.RATED))
    assert only(agreed, "2027-05-21").resolution == "agreed"


def test_a_recommendation_is_told_with_its_answer_dates_and_slips() -> None:
    slip = t.by("manager", t.changed(t.PLAN, due="2027-06-30"))
    found = only(World(*t.ANSWERED, slip), "2027-07-01")
    assert (found.response, found.slips, found.overdue) == ("partially_concur", 1, True)
    assert found.targets == ("2027-03-31", "2027-06-30")
    assert (found.published, found.evidence, found.days_open) == (False, 1, 223)
    assert (found.check, found.holds) == ("No account is shared", "holds")


def test_a_closed_one_is_open_no_longer_and_never_overdue() -> None:
    found = only(World(*t.DONE), "2028-07-01")
    assert (found.status, found.overdue, found.days_open) == ("closed", False, 0)


def test_a_commitment_is_told_with_every_day_it_was_promised_for() -> None:
    moved = record((), t.PROMISED, t.by("manager", t.MOVED))
    (found,) = told.commitments(moved, at("2027-03-10"))
    assert found.targets == ("2026-12-31", "2027-02-28")
    assert (found.state, found.days_overdue) == ("overdue", 10)
    kept = Step(fact=t.KEPT, actor="manager", at=at("2027-01-02"))
    (found,) = told.commitments(record((), t.PROMISED, kept), at("2027-03-10"))
    assert (found.state, found.days_overdue) == ("late", 2)


def test_what_is_met_with_silence_comes_first_and_says_for_how_long() -> None:
    early = t.by("analyst", t.changed(t.QUERY, query="qu-0", due="2026-11-23"))
    answered = Step(
        fact=t.changed(t.KEPT_BACK, query="qu-0"), actor="chief", at=at("2026-11-25")
    )
    view = record((), early, answered, t.LODGED)
    first, second = told.queries(view, at("2026-12-31"))
    assert (first.query, first.state, first.days, first.days_overdue) == (
        "qu-1",
        "overdue",
        41,
        10,
    )
    assert (second.query, second.state, second.days_overdue) == ("qu-0", "withheld", 2)
    assert (second.official, second.reason) == ("chief", "law_enforcement")


def test_redress_is_counted_and_names_nobody() -> None:
    more = [
        t.by("analyst", t.changed(t.REDRESS, redress=f"rd-{number}", due="2026-11-23"))
        for number in (2, 3)
    ]
    complaint = t.by(
        "analyst", t.changed(t.REDRESS, redress="rd-4", redress_kind="complaint")
    )
    settled = t.by("component", t.SETTLED)
    view = record((), t.RECEIVED, settled, *more, complaint)
    access, complaints = told.redress(view.answering, at("2026-11-25"))
    assert (access.redress_kind, access.received, access.overdue) == ("access", 3, 2)
    assert (access.granted_in_part, access.waiting) == (1, 0)
    assert (complaints.redress_kind, complaints.waiting) == ("complaint", 1)


def test_a_body_outside_is_told_in_its_own_words() -> None:
    found = only(World(*t.MADE_OUTSIDE), "2026-11-25")
    assert (found.body, found.status, found.priority, found.check) == (
        "gao",
        "open",
        True,
        None,
    )
    assert isinstance(t.OUTSIDE, a.ReportIssued)


OUTCOMES = ("waiting", "overdue", *get_args(a.Outcome))


def counted(day: str, outcome: a.Outcome | None = None) -> dict[str, int]:
    """What became of the one request that came in, told on a day."""
    fact = t.changed(t.SETTLED, outcome=outcome)
    settled = () if outcome is None else (t.by("component", fact),)
    (found,) = told.redress(record((), t.RECEIVED, *settled).answering, at(day))
    return {name: many for name in OUTCOMES if (many := getattr(found, name))}


def test_redress_waits_on_its_last_day_and_is_overdue_a_day_later() -> None:
    assert counted("2026-12-21") == {"waiting": 1}
    assert counted("2026-12-22") == {"overdue": 1}


@pytest.mark.parametrize("outcome", get_args(a.Outcome))
def test_what_was_answered_is_counted_by_its_outcome_alone(outcome: a.Outcome) -> None:
    assert counted("2027-06-01", outcome) == {outcome: 1}


def test_every_count_of_redress_is_told_of() -> None:
    fields = {*told.RedressCount.__struct_fields__}
    assert fields - {*OUTCOMES} == {"office", "redress_kind", "received"}


RESOLVED: dict[told.Resolution, tuple[tuple[Step, ...], str]] = {
    "running": (t.ANSWERED, "2027-05-20"),
    "passed": (t.ANSWERED, "2027-05-21"),
    "agreed": ((*t.ANSWERED, t.by("watcher", t.RATED)), "2027-05-21"),
}


def test_each_state_of_the_resolution_clock_is_a_day_or_an_entry_from_another() -> None:
    assert {*RESOLVED} == {*get_args(told.Resolution)}
    for state, (taken, day) in RESOLVED.items():
        assert only(World(*taken), day).resolution == state


def test_a_target_is_overdue_a_day_after_it() -> None:
    assert not only(World(*t.ANSWERED), "2027-03-31").overdue
    assert only(World(*t.ANSWERED), "2027-04-01").overdue
