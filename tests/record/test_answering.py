"""Recommendations, commitments, queries and redress: their states, and what may follow what."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, get_args

import msgspec
import pytest

from beforehand.record import answering as a
from beforehand.record.acts import Act, by_hand
from beforehand.record.answering_state import CommitmentState, QueryState
from beforehand.record.checks import GrammarError
from beforehand.record.grammar import check
from beforehand.record.workdays import holidays, working_days_after
from beforehand.refusal import InputError
from tests.policy import answering_tables as t
from tests.world import DIGEST, Step, record

if TYPE_CHECKING:
    from beforehand.record.answering_state import Recommendation
    from beforehand.record.kinds import DecidedFact


def recommended(*steps: Step, of: str = "rec-1") -> Recommendation:
    return record((), *steps).answering.recommendations[of]


GAO_ANSWERED = (
    *t.MADE_OUTSIDE,
    t.by("chief", t.changed(t.CONCUR, recommendation="rec-2")),
)
PARTLY = t.by(
    "reviewer",
    a.RecommendationRated(
        recommendation="rec-2", status="open_partially_addressed", document=DIGEST
    ),
)
NOT_DONE = t.changed(t.CLOSED_OUTSIDE, status="closed_not_implemented")
STATES = {
    "made": (t.MADE, "rec-1", "open_unresolved"),
    "answered and planned": (t.ANSWERED, "rec-1", "open_unresolved"),
    "plan accepted": ((*t.ANSWERED, t.by("watcher", t.RATED)), "rec-1", "open_resolved"),
    "answered otherwise since": (
        (*t.ANSWERED, t.by("watcher", t.RATED), t.by("manager", t.CONCUR)),
        "rec-1",
        "open_unresolved",
    ),
    "closed": (t.DONE, "rec-1", "closed"),
    "reopened": ((*t.DONE, t.by("watcher", t.REOPENED)), "rec-1", "open_resolved"),
    "reopened by its check": (
        (*t.DONE, t.by("beforehand", t.FAILED)),
        "rec-1",
        "open_resolved",
    ),
    "made by GAO": (t.MADE_OUTSIDE, "rec-2", "open"),
    "partially addressed": ((*GAO_ANSWERED, PARTLY), "rec-2", "open_partially_addressed"),
    "partially addressed, and answered again": (
        (*GAO_ANSWERED, PARTLY, GAO_ANSWERED[-1]),
        "rec-2",
        "open_partially_addressed",
    ),
    "closed by GAO": (
        (*t.MADE_OUTSIDE, t.by("reviewer", t.CLOSED_OUTSIDE)),
        "rec-2",
        "closed_implemented",
    ),
    "closed by GAO as not done": (
        (*t.MADE_OUTSIDE, t.by("reviewer", NOT_DONE)),
        "rec-2",
        "closed_not_implemented",
    ),
}


def test_every_status_of_a_recommendation_has_an_example() -> None:
    every = {*get_args(a.OpenStatus), *get_args(a.ClosedStatus)}
    assert {status for _, _, status in STATES.values()} == every


@pytest.mark.parametrize("name", STATES)
def test_a_recommendation_is_in_a_state_of_its_body(name: str) -> None:
    steps, of, status = STATES[name]
    assert recommended(*steps, of=of).status == status


def test_every_target_is_kept_and_each_later_one_is_a_slip() -> None:
    slip = t.by("manager", t.changed(t.PLAN, due="2027-06-30"))
    found = recommended(*t.ANSWERED, slip)
    assert [one.due for one in found.targets] == ["2027-03-31", "2027-06-30"]
    assert (found.due, found.evidence) == ("2027-06-30", (DIGEST,))


def test_who_reopened_it_is_kept_and_which_entry_did() -> None:
    again = (t.by("watcher", t.CLOSED), t.by("watcher", t.REOPENED))
    found = recommended(*t.DONE, t.by("beforehand", t.FAILED), *again)
    assert [(one.by, one.entry) for one in found.reopened] == [
        ("beforehand", "e-1"),
        ("watcher", None),
    ]


MOVED = t.by("manager", t.MOVED)
COMMITMENTS = {
    "pending on its last day": ((t.PROMISED,), "2026-12-31", "pending"),
    "overdue a day later": ((t.PROMISED,), "2027-01-01", "overdue"),
    "moved, and pending again": ((t.PROMISED, MOVED), "2027-01-01", "pending"),
    "moved, and overdue": ((t.PROMISED, MOVED), "2027-03-01", "overdue"),
    "kept": ((t.PROMISED, t.by("manager", t.KEPT)), "2027-06-01", "kept"),
    "kept on its last day": (
        (t.PROMISED, Step(fact=t.KEPT, actor="manager", at="2026-12-31T23:59:59.000000Z")),
        "2027-06-01",
        "kept",
    ),
    "late": (
        (t.PROMISED, Step(fact=t.KEPT, actor="manager", at="2027-01-01T00:00:00.000000Z")),
        "2027-06-01",
        "late",
    ),
    "superseded": (
        (t.PROMISED, t.SECOND, t.by("manager", t.SUPERSEDED)),
        "2027-06-01",
        "superseded",
    ),
}


def test_every_state_of_a_commitment_has_an_example() -> None:
    found = {state for _, _, state in COMMITMENTS.values()}
    assert found == set(get_args(CommitmentState))


@pytest.mark.parametrize("name", COMMITMENTS)
def test_a_commitment_is_kept_late_overdue_or_superseded(name: str) -> None:
    steps, day, state = COMMITMENTS[name]
    known = record((), *steps).answering.commitments["pr-1"]
    assert known.state(f"{day}T12:00:00.000000Z") == state


def test_a_moved_commitment_keeps_its_first_day() -> None:
    known = record((), t.PROMISED, MOVED).answering.commitments["pr-1"]
    assert [one.due for one in known.targets] == ["2026-12-31", "2027-02-28"]


def replied(reply: a.Reply) -> Step:
    return t.by("manager", t.changed(t.REPLY, reply=reply))


QUERIES = {
    "waiting on its last day": ((t.LODGED,), "2026-12-21", "waiting", 31),
    "overdue a day later": ((t.LODGED,), "2026-12-22", "overdue", 32),
    "known": ((t.LODGED, t.by("manager", t.REPLY)), "2027-12-22", "known", 0),
    "withheld": ((t.LODGED, t.by("chief", t.KEPT_BACK)), "2027-12-22", "withheld", 0),
    "withheld, and known since": (
        (t.LODGED, t.by("chief", t.KEPT_BACK), t.by("manager", t.REPLY)),
        "2027-12-22",
        "known",
        0,
    ),
    "denied": ((t.LODGED, replied("denied")), "2027-12-22", "denied", 0),
    "not known to the office": ((t.LODGED, replied("unknown")), "2027-12-22", "unknown", 0),
}


def test_every_state_of_a_question_has_an_example() -> None:
    found = {state for _, _, state, _ in QUERIES.values()}
    assert found == set(get_args(QueryState))


@pytest.mark.parametrize("name", QUERIES)
def test_a_question_waits_is_answered_or_is_met_with_silence(name: str) -> None:
    steps, day, state, days = QUERIES[name]
    known = record((), *steps).answering.queries["qu-1"]
    at = f"{day}T12:00:00.000000Z"
    assert (known.state(at), known.days(at)) == (state, days)


def test_a_date_that_is_given_counts_and_twenty_working_days_where_none_is() -> None:
    given = t.by("analyst", t.changed(t.QUERY, query="qu-2", due="2026-12-01"))
    queries = record((), t.LODGED, given).answering.queries
    assert [one.due for one in queries.values()] == ["2026-12-21", "2026-12-01"]


# -- what may follow what ----------------------------------------------------------------

IMPOSSIBLE: dict[str, tuple[tuple[Step, ...], DecidedFact, str]] = {
    "an inspector general without an office": (
        (),
        t.changed(t.REPORT, issuer=None),
        "issuer",
    ),
    "an inspector general in another office": (
        (),
        t.changed(t.REPORT, issuer="privacy"),
        "issuer",
    ),
    "a body outside with an office": ((), t.changed(t.OUTSIDE, issuer="oig"), "issuer"),
    "a report twice": (t.MADE[:1], t.REPORT, "report"),
    "a finding of another report": (
        (*t.MADE[:2], *t.MADE_OUTSIDE[:1]),
        t.changed(t.ADVICE, report="rep-2"),
        "finding",
    ),
    "a check of no quarter": (
        t.MADE[:2],
        t.changed(t.ADVICE, check=a.ReviewsOnTime(quarters=0)),
        "check.quarters",
    ),
    "a check of more quarters than there were": (
        t.MADE[:2],
        t.changed(t.ADVICE, check=a.ReviewsOnTime(quarters=41)),
        "check.quarters",
    ),
    "a partial agreement without a reason": (
        t.MADE,
        t.changed(t.CONCUR, document=None),
        "document",
    ),
    "resolved without a plan": (t.MADE, t.RATED, "status"),
    "GAO's word for another body": (
        t.ANSWERED,
        t.changed(t.CLOSED, status="closed_implemented"),
        "status",
    ),
    "another body's word for GAO": (
        t.MADE_OUTSIDE,
        t.changed(t.CLOSED_OUTSIDE, status="closed"),
        "status",
    ),
    "an answer to what is closed": (t.DONE, t.CONCUR, "recommendation"),
    "reopened while open": (t.ANSWERED, t.REOPENED, "recommendation"),
    "a failed check of one that has none": (
        (*t.MADE_OUTSIDE, t.by("reviewer", t.CLOSED_OUTSIDE)),
        t.changed(t.FAILED, recommendation="rec-2"),
        "recommendation",
    ),
    "moved to the same day": ((t.PROMISED,), t.changed(t.MOVED, due="2026-12-31"), "due"),
    "kept twice": ((t.PROMISED, t.by("manager", t.KEPT)), t.KEPT, "commitment"),
    "superseded by itself": (
        (t.PROMISED,),
        t.changed(t.SUPERSEDED, replacement="pr-1"),
        "replacement",
    ),
    "about something unknown": ((), t.changed(t.QUERY, concerning=("none",)), "concerning"),
    "due before it came": ((), t.changed(t.QUERY, due="2026-11-19"), "due"),
    "answered again once known": ((t.LODGED, t.by("manager", t.REPLY)), t.REPLY, "query"),
    "withheld by nobody": (
        (t.LODGED,),
        t.changed(t.KEPT_BACK, official=None),
        "official, reason",
    ),
    "withheld for nothing": (
        (t.LODGED,),
        t.changed(t.KEPT_BACK, reason=None),
        "official, reason",
    ),
    "denied by an official": (
        (t.LODGED,),
        t.changed(t.REPLY, reply="denied", official="chief"),
        "official, reason",
    ),
    "known without an answer": ((t.LODGED,), t.changed(t.REPLY, document=None), "document"),
    "silence twice": ((t.LODGED, t.by("beforehand", t.SILENT)), t.SILENT, "query"),
    "silence after an answer": (
        (t.LODGED, t.by("manager", t.REPLY)),
        t.SILENT,
        "query",
    ),
    "redress answered twice": (
        (t.RECEIVED, t.by("component", t.SETTLED)),
        t.SETTLED,
        "redress",
    ),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_makes_no_sense_is_an_error_that_names_the_field(name: str) -> None:
    before, fact, where = IMPOSSIBLE[name]
    sealed = dict.fromkeys(fact.sealed)
    with pytest.raises(GrammarError) as error:
        check(record((), *before), Act(actor="root", fact=fact, sealed=sealed))
    assert error.value.where == where


@pytest.mark.parametrize("name", [["A"], " A", "", 1])
def test_a_name_that_is_none_is_not_repeated(name: object) -> None:
    act = Act(actor="analyst", fact=t.QUERY, sealed={"name": name})  # type: ignore[dict-item]
    with pytest.raises(GrammarError) as error:
        check(record(), act)
    assert "sealed.name" in str(error.value)
    assert "another" in str(error.value)


def test_a_question_may_be_about_a_recommendation() -> None:
    fact = t.changed(t.QUERY, concerning=("rec-1", "feed"))
    check(record((), *t.MADE), Act(actor="analyst", fact=fact, sealed={"name": None}))


def test_silence_and_failed_checks_are_nobodys_to_write() -> None:
    for fact in (t.SILENT, t.FAILED):
        act = {**msgspec.to_builtins(fact), "act": fact.act, "actor": "watcher"}
        with pytest.raises(InputError, match="makes itself"):
            by_hand(msgspec.json.encode(act), where="")


def test_an_unknown_form_of_check_is_no_act() -> None:
    act = {
        **msgspec.to_builtins(t.ADVICE),
        "act": "make-recommendation",
        "actor": "watcher",
    }
    assert by_hand(msgspec.json.encode(act), where="").fact == t.ADVICE
    act["check"] = {"form": "everything_is_fine"}
    with pytest.raises(InputError, match="form"):
        by_hand(msgspec.json.encode(act), where="")
    act["check"] = {"form": "no_question_under_stop", "since": "yesterday"}
    with pytest.raises(InputError, match="since"):
        by_hand(msgspec.json.encode(act), where="")


# -- working days ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "days", "last"),
    [
        pytest.param("2026-11-20", 1, "2026-11-23", id="over a weekend"),
        pytest.param("2026-11-25", 1, "2026-11-27", id="over Thanksgiving"),
        pytest.param(
            "2026-07-02", 1, "2026-07-06", id="a Saturday's holiday had on Friday"
        ),
        pytest.param("2027-07-02", 1, "2027-07-06", id="a Sunday's holiday had on Monday"),
        pytest.param("2027-12-30", 1, "2028-01-03", id="a New Year had in December"),
        pytest.param("2026-11-20", 20, "2026-12-21", id="twenty"),
    ],
)
def test_working_days_leave_out_weekends_and_public_holidays(
    first: str, days: int, last: str
) -> None:
    assert working_days_after(first, days) == last


def test_the_holidays_of_2026_are_those_of_the_personnel_office() -> None:
    """As the Office of Personnel Management lists them; 3 July is observed for the 4th."""
    days = "0101 0119 0216 0525 0619 0703 0907 1012 1111 1126 1225"
    expected = {date(2026, int(one[:2]), int(one[2:])) for one in days.split()}
    assert holidays(2026) == expected | {date(2027, 1, 1)}


@pytest.mark.parametrize(
    ("before", "fact", "said"),
    [
        pytest.param(
            t.DONE,
            t.CONCUR,
            "one that is open, got rec-1, which is closed. The body that made it can reopen",
            id="a closed recommendation",
        ),
        pytest.param(
            t.MADE,
            t.REOPENED,
            "one that is closed, got rec-1, which is open.",
            id="an open one",
        ),
        pytest.param(
            (t.PROMISED, t.by("manager", t.KEPT)),
            t.MOVED,
            "got pr-1, which was kept.",
            id="a commitment that was kept",
        ),
        pytest.param(
            (t.PROMISED, t.SECOND, t.by("manager", t.SUPERSEDED)),
            t.MOVED,
            "got pr-1, which was superseded by pr-2.",
            id="one that was superseded",
        ),
        pytest.param(
            (t.LODGED,),
            t.changed(t.KEPT_BACK, reason=None),
            "official, reason: expected who withholds it, and why, got null.",
            id="withheld with no reason",
        ),
        pytest.param(
            (t.LODGED,),
            t.changed(t.KEPT_BACK, reply="unknown"),
            "expected null beside the reply `unknown`: only `withheld` has them, got a value.",
            id="a reason for what is not withheld",
        ),
    ],
)
def test_what_cannot_follow_is_told_how_things_stand(
    before: tuple[Step, ...], fact: DecidedFact, said: str
) -> None:
    with pytest.raises(GrammarError) as error:
        check(
            record((), *before),
            Act(actor="root", fact=fact, sealed=dict.fromkeys(fact.sealed)),
        )
    assert said in str(error.value)


def test_an_id_with_a_slip_is_told_the_nearest_that_there_is() -> None:
    fact = t.changed(t.CONCUR, recommendation="rec1")
    with pytest.raises(GrammarError, match=r"got 'rec1'\. The nearest there is: rec-1\.$"):
        check(record((), *t.MADE), Act(actor="root", fact=fact))
