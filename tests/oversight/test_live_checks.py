"""Each live check holds, fails by an entry that it names, and cannot be observed too early."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import msgspec
import pytest

from beforehand.oversight.live_checks import Verdict, reopens, words
from beforehand.oversight.live_trace import Form, next_quarter
from beforehand.record import answering as a
from beforehand.record import facts as f
from beforehand.record import people as p
from beforehand.record.kinds import DecidedFact
from tests.oversight.traced import World
from tests.policy import answering_tables as t
from tests.policy import group_tables as g
from tests.world import AWARD, DIGEST, SAMPLE, TERMS, Step, ask, steps

SET_UP = len(steps())
LATEST = "2027-02-10T10:00:00.000000Z"


def on(day: str, actor: str, fact: DecidedFact) -> Step:
    return Step(fact=fact, actor=actor, at=f"{day}T10:00:00.000000Z")


def at(day: str) -> str:
    return f"{day}T12:00:00.000000Z"


def asked(day: str, name: str = "q-1") -> Step:
    act = ask(question=name)
    return replace(on(day, "analyst", act.fact), opened=act.sealed)


def why(found: Verdict) -> list[tuple[int, str, str, str | None]]:
    """Return what failed: the entry after the set-up that did it, of what, since and until."""
    return [
        (one.entry - SET_UP, one.of, one.since[:10], one.until and one.until[:10])
        for one in found.because
    ]


AWARDED = a.AwardsCovered(since="2026-11-21")
BARE = msgspec.structs.replace(AWARD, contract="c-2", assessment=None)
AGAIN = f.ContractModified(
    contract="c-1", change="option", assessment="pia", datasets=("feed",), ends="2028-11-19"
)


# -- awards ------------------------------------------------------------------------------


def test_awards_that_an_approved_assessment_covers_hold_the_check() -> None:
    world = World(on("2026-11-22", "buyer", AGAIN))
    assert world.held(AWARDED, at("2026-11-25")) == Verdict(state="holds", because=())


UNCOVERED: dict[str, tuple[Step, ...]] = {
    "none named": (on("2026-11-22", "buyer", BARE),),
    "withdrawn before": (
        on("2026-11-22", "chief", f.AssessmentWithdrawn(assessment="pia")),
        on("2026-11-22", "buyer", AGAIN),
    ),
    "lapsed before": (on("2027-11-20", "buyer", AGAIN),),
    "for another purpose": (
        on(
            "2026-11-22",
            "buyer",
            msgspec.structs.replace(AWARD, contract="c-2", purpose="other"),
        ),
    ),
    "of another office": (
        on(
            "2026-11-22",
            "buyer",
            msgspec.structs.replace(AWARD, contract="c-2", office="dept"),
        ),
    ),
    "of data that it does not name": (
        on(
            "2026-11-22",
            "manager",
            f.DatasetNamed(dataset="new", supplier="maker", contains=(), carries=()),
        ),
        on("2026-11-22", "buyer", msgspec.structs.replace(AGAIN, datasets=("new",))),
    ),
}


@pytest.mark.parametrize("name", UNCOVERED)
def test_an_award_without_coverage_fails_it_by_its_own_entry(name: str) -> None:
    more = UNCOVERED[name]
    found = World(*more).held(AWARDED, at("2027-12-01"))
    assert found.state == "fails"
    assert [one.entry - SET_UP for one in found.because] == [len(more) - 1]


def test_what_lapses_or_is_withdrawn_after_an_award_does_not_undo_its_coverage() -> None:
    world = World(
        on("2026-11-22", "buyer", AGAIN),
        on("2026-11-23", "chief", f.AssessmentWithdrawn(assessment="pia")),
    )
    assert world.held(AWARDED, at("2028-11-25")).state == "holds"


def test_only_awards_since_its_day_count_and_before_it_nothing_is_seen() -> None:
    world = World(on("2026-11-22", "buyer", BARE))
    later = a.AwardsCovered(since="2026-11-23")
    assert world.held(later, at("2026-11-22")).state == "not_yet_observable"
    assert world.held(later, at("2026-11-23")).state == "holds"


# -- stops -------------------------------------------------------------------------------

STOPPED = on("2026-11-22", "chief", f.DatasetStopped(dataset="feed"))


def test_a_question_to_a_stopped_dataset_fails_it_by_its_own_entry() -> None:
    check = a.StopsKept(since="2026-11-21")
    before = World(asked("2026-11-22"), STOPPED)
    assert before.held(check, at("2026-11-25")).state == "holds"
    found = World(STOPPED, asked("2026-11-23")).held(check, at("2026-11-25"))
    assert (found.state, why(found)) == ("fails", [(1, "q-1", "2026-11-23", None)])


# -- reviews -----------------------------------------------------------------------------

REVIEWS = a.ReviewsOnTime(quarters=1)
EARLIER = {"open": replace(steps()["open"], at="2026-06-01T10:00:00.000000Z")}
DRAWN = on("2026-12-20", "supervisor", SAMPLE)
READ = on("2026-12-20", "supervisor", g.REVIEW)


def test_reviews_on_time_hold_it() -> None:
    found = World(asked("2026-11-25"), DRAWN, READ, instead=EARLIER)
    assert found.held(REVIEWS, LATEST).state == "holds"


def test_a_review_that_is_late_fails_it_by_the_first_question_that_nobody_read() -> None:
    late = (
        replace(DRAWN, at="2026-12-30T10:00:00.000000Z"),
        replace(READ, at="2026-12-30T11:00:00.000000Z"),
    )
    world = World(asked("2026-11-24"), asked("2026-11-25", "q-2"), *late, instead=EARLIER)
    found = world.held(REVIEWS, LATEST)
    assert found.state == "fails"
    assert why(found) == [(0, "routes feed", "2026-12-24", "2026-12-30")]


def test_a_review_that_never_comes_fails_it_from_the_moment_it_is_due() -> None:
    world = World(asked("2026-11-25"), instead=EARLIER)
    assert world.held(REVIEWS, "2026-12-25T09:59:59.999999Z").state == "holds"
    found = world.held(REVIEWS, "2026-12-25T10:00:00.000000Z")
    assert (found.state, why(found)) == ("fails", [(0, "routes feed", "2026-12-25", None)])


def test_a_review_leaves_what_was_asked_after_its_sample_to_be_read() -> None:
    later = asked("2026-12-20", "q-2")
    world = World(asked("2026-11-25"), DRAWN, later, READ, instead=EARLIER)
    found = world.held(REVIEWS, LATEST)
    assert why(found) == [(2, "routes feed", "2027-01-19", None)]


def test_of_questions_that_wait_together_the_shortest_term_counts() -> None:
    terms = msgspec.structs.replace(TERMS, review_days=5)
    draft = f.AssessmentDrafted2(
        assessment="pia-2", office="harbor", threshold="pta", document=DIGEST, terms=terms
    )
    second = on("2026-11-21", "manager", draft)
    act = ask(question="q-2", assessment="pia-2")
    other = replace(on("2026-11-26", "analyst", act.fact), opened=act.sealed)
    world = World(second, asked("2026-11-25"), other, instead=EARLIER)
    assert world.held(REVIEWS, "2026-11-30T09:59:59.999999Z").state == "holds"
    found = world.held(REVIEWS, "2026-11-30T10:00:00.000000Z")
    assert (found.state, why(found)) == ("fails", [(1, "routes feed", "2026-11-30", None)])
    alone = World(second, asked("2026-11-25"), instead=EARLIER)
    assert alone.held(REVIEWS, "2026-11-30T10:00:00.000000Z").state == "holds"


def test_what_was_late_before_the_quarters_asked_about_counts_no_more() -> None:
    late = replace(READ, at="2026-12-30T11:00:00.000000Z")
    world = World(asked("2026-11-25"), late, instead=EARLIER)
    assert world.held(REVIEWS, at("2027-03-31")).state == "fails"
    assert world.held(REVIEWS, at("2027-04-01")).state == "holds"
    assert world.held(a.ReviewsOnTime(quarters=2), at("2027-04-01")).state == "fails"


def test_reviews_are_observed_once_a_register_has_so_many_whole_quarters() -> None:
    world = World(asked("2026-11-25"), DRAWN, READ)
    assert world.held(REVIEWS, at("2027-03-31")).state == "not_yet_observable"
    assert world.held(REVIEWS, at("2027-04-01")).state == "holds"
    nobody_asked = World()
    assert nobody_asked.held(REVIEWS, at("2028-01-01")).state == "not_yet_observable"
    assert world.held(REVIEWS, at("2028-01-01"), "law").state == "not_yet_observable"


# -- mitigations -------------------------------------------------------------------------

PROMISED = "pia check"
DRAFTED = [*steps()].index("draft") - SET_UP
MITIGATED = f.MitigationDone(assessment="pia", mitigation="check", evidence=DIGEST)


def test_a_mitigation_fails_it_from_the_day_after_it_was_promised_for() -> None:
    world = World()
    assert world.held(a.MitigationsOnTime(), at("2026-12-01")).state == "holds"
    found = world.held(a.MitigationsOnTime(), at("2026-12-02"))
    assert found.state == "fails"
    assert why(found) == [(DRAFTED, PROMISED, "2026-12-02", None)]


MENDED: dict[str, tuple[str, DecidedFact]] = {
    "done late": ("manager", MITIGATED),
    "a delay accepted late": ("chief", g.DELAY),
    "withdrawn": ("chief", f.AssessmentWithdrawn(assessment="pia")),
}


@pytest.mark.parametrize("name", MENDED)
def test_what_was_overdue_and_mended_holds_and_is_told_all_the_same(name: str) -> None:
    world = World(on("2026-12-09", *MENDED[name]))
    found = world.held(a.MitigationsOnTime(), at("2026-12-10"))
    assert found.state == "holds"
    assert why(found) == [(DRAFTED, PROMISED, "2026-12-02", "2026-12-09")]


def test_what_was_overdue_is_told_also_when_the_text_is_promised_no_longer() -> None:
    """The approval is revoked and the text recalled: nothing is promised then, and it was."""
    revoked = on("2026-12-09", "chief", g.REVOKED)
    recalled = on("2026-12-10", "manager", g.RECALLED)
    found = World(revoked, recalled).held(a.MitigationsOnTime(), at("2026-12-11"))
    assert (found.state, why(found)) == (
        "holds",
        [(DRAFTED, PROMISED, "2026-12-02", "2026-12-10")],
    )


def test_what_is_done_in_time_never_fails() -> None:
    world = World(on("2026-12-01", "manager", MITIGATED))
    found = world.held(a.MitigationsOnTime(), at("2027-12-10"))
    assert found == Verdict(state="holds", because=())


def test_an_office_that_promised_nothing_cannot_be_observed() -> None:
    found = World().held(a.MitigationsOnTime(), at("2027-12-10"), "law")
    assert found.state == "not_yet_observable"


# -- accounts ----------------------------------------------------------------------------


def appointed(account: str, *roles: str) -> f.PersonAppointed:
    return f.PersonAppointed(person="desk", office="routes", roles=roles, account=account)  # type: ignore[arg-type]


def test_a_shared_account_fails_it_until_it_has_no_post() -> None:
    check = a.NoSharedAccounts()
    assert World().held(check, at("2026-11-25")).state == "holds"
    shared = on("2026-11-22", "root", appointed("shared", "analyst"))
    found = World(shared).held(check, at("2026-11-25"))
    assert (found.state, why(found)) == ("fails", [(0, "desk", "2026-11-22", None)])
    ended = on("2026-11-24", "root", appointed("shared"))
    found = World(shared, ended).held(check, at("2026-11-25"))
    assert (found.state, why(found)) == ("holds", [(0, "desk", "2026-11-22", "2026-11-24")])


def test_sharing_that_an_inquiry_found_is_told_by_the_entry_of_the_inquiry() -> None:
    unlocked = p.AccountUnlocked(person="analyst", outcome="sharing_ended", document=DIGEST)
    world = World(
        on("2026-11-22", "supervisor", g.LOCK), on("2026-11-23", "chief", unlocked)
    )
    found = world.held(a.NoSharedAccounts(), at("2026-11-25"))
    assert why(found) == [(1, "analyst", "2026-11-23", "2026-11-23")]


# -- incidents ---------------------------------------------------------------------------

INCIDENTS = a.IncidentsClosed(days=10)
OPENED = on("2026-11-22", "analyst", g.INCIDENT)  # discovered on 21 November


def test_an_incident_fails_it_when_it_is_older_than_so_many_days() -> None:
    world = World(OPENED)
    assert world.held(INCIDENTS, "2026-12-01T23:59:59.999999Z").state == "holds"
    found = world.held(INCIDENTS, "2026-12-02T00:00:00.000000Z")
    assert (found.state, why(found)) == ("fails", [(0, "n-1", "2026-12-02", None)])


def test_an_incident_that_is_closed_in_time_never_fails_and_one_closed_late_did() -> None:
    world = World(OPENED, on("2026-12-01", "reviewer", g.CLOSED))
    assert world.held(INCIDENTS, LATEST) == Verdict(state="holds", because=())
    world = World(OPENED, on("2026-12-03", "reviewer", g.CLOSED))
    found = world.held(INCIDENTS, LATEST)
    assert (found.state, why(found)) == (
        "holds",
        [(0, "n-1", "2026-12-02", "2026-12-03")],
    )


def test_an_incident_that_is_reopened_fails_it_anew_by_the_entry_that_reopened_it() -> None:
    closed = on("2026-12-01", "reviewer", g.CLOSED)
    world = World(OPENED, closed, on("2026-12-20", "watcher", g.REOPEN))
    found = world.held(INCIDENTS, LATEST)
    assert (found.state, why(found)) == ("fails", [(2, "n-1", "2026-12-20", None)])


# -- recertification ---------------------------------------------------------------------


def test_access_that_nobody_confirmed_fails_it_with_the_quarter() -> None:
    check = a.AccountsRecertified()
    world = World()
    assert world.held(check, "2026-12-31T23:59:59.999999Z").state == "holds"
    found = world.held(check, "2027-01-01T00:00:00.000000Z")
    assert found.state == "fails"
    last = [*steps()].index("recertified-analyst") - SET_UP
    assert (last, "analyst", "2027-01-01", None) in why(found)
    assert {one.of for one in found.because} == {"analyst", "keeper", "steward"}


def test_access_confirmed_late_holds_again_and_did_fail() -> None:
    late = [
        on("2027-01-05", "supervisor", f.AccessRecertified(person=one))
        for one in ("analyst", "keeper", "steward")
    ]
    found = World(*late).held(a.AccountsRecertified(), LATEST)
    assert found.state == "holds"
    assert {(one.of, one.until and one.until[:10]) for one in found.because} == {
        ("analyst", "2027-01-05"),
        ("keeper", "2027-01-05"),
        ("steward", "2027-01-05"),
    }


def test_a_new_analyst_has_until_the_end_of_the_quarter() -> None:
    new = on("2027-01-05", "root", appointed("individual", "analyst"))
    world = World(new)
    found = world.held(a.AccountsRecertified(), LATEST, "routes")
    assert {one.of for one in found.because} == {"analyst"}
    found = world.held(a.AccountsRecertified(), at("2027-04-01"), "routes")
    assert (0, "desk", "2027-04-01", None) in why(found)


def test_an_office_with_nobody_to_confirm_cannot_be_observed() -> None:
    found = World().held(a.AccountsRecertified(), LATEST, "law")
    assert found.state == "not_yet_observable"


@pytest.mark.parametrize(
    ("month", "first"),
    [("2026-01", "2026-04"), ("2026-09", "2026-10"), ("2026-10", "2027-01")],
)
def test_the_next_quarter_begins_on_its_first_day(month: str, first: str) -> None:
    assert next_quarter(f"{month}-15T10:00:00.000000Z") == f"{first}-01T00:00:00.000000Z"


# -- what they reopen --------------------------------------------------------------------


def closed_on(day: str, check: a.Check, *more: Step) -> World:
    made = t.changed(t.ADVICE, check=check)
    steps_to = [on("2026-11-21", one.actor, one.fact) for one in t.MADE[:2]]
    steps_to += [on("2026-11-21", "watcher", made), on(day, "watcher", t.CLOSED)]
    taken = sorted((*steps_to, *more), key=lambda one: one.at)
    return World(*taken)


def reopening(world: World, moment: str) -> str | None:
    known = world.record.answering.recommendations["rec-1"]
    found = reopens(world.record, world.trace, known, moment)
    return found.of if found else None


def test_what_fails_after_the_closing_reopens_and_names_the_first() -> None:
    world = closed_on("2026-11-23", AWARDED, on("2026-11-24", "buyer", BARE))
    assert reopening(world, at("2026-11-25")) == "c-2"


def test_what_had_failed_before_the_closing_was_accepted_with_it() -> None:
    world = closed_on("2026-11-23", AWARDED, on("2026-11-22", "buyer", BARE))
    assert world.held(AWARDED, at("2026-11-25")).state == "fails"
    assert reopening(world, at("2026-11-25")) is None


def test_an_earlier_entry_that_comes_to_fail_after_the_closing_reopens_too() -> None:
    world = closed_on("2026-11-23", INCIDENTS, OPENED)
    assert reopening(world, at("2026-12-01")) is None
    assert reopening(world, at("2026-12-02")) == "n-1"


def test_what_failed_and_was_mended_before_anybody_looked_reopens_all_the_same() -> None:
    mended = on("2026-12-03", "reviewer", g.CLOSED)
    world = closed_on("2026-11-23", INCIDENTS, OPENED, mended)
    assert reopening(world, at("2026-12-10")) == "n-1"


def test_what_fails_in_another_office_reopens_nothing() -> None:
    other = on(
        "2026-11-24",
        "root",
        f.OfficeNamed(office="land", office_kind="component", parent="dept"),
    )
    bought = on("2026-11-24", "buyer", msgspec.structs.replace(BARE, office="land"))
    world = closed_on("2026-11-23", AWARDED, other, bought)
    assert reopening(world, at("2026-11-25")) is None


def test_an_open_recommendation_is_not_reopened() -> None:
    world = closed_on(
        "2026-11-23", AWARDED, on("2026-11-23", "watcher", t.REOPENED),
        on("2026-11-24", "buyer", BARE),
    )  # fmt: skip
    assert reopening(world, at("2026-11-25")) is None


# -- every form --------------------------------------------------------------------------

ONE_MORE = on("2026-11-22", "buyer", BARE)
SHARED = on("2026-11-22", "root", appointed("shared", "analyst"))
SOME_DAY = "2026-11-25T10:00:00.000000Z"
# A check, and two situations one entry or one microsecond apart: in the first it holds, in the
# second it fails.
Situation = tuple[World, str]
FLIPS: dict[type[a.Check], tuple[a.Check, Situation, Situation]] = {
    a.AwardsCovered: (AWARDED, (World(), SOME_DAY), (World(ONE_MORE), SOME_DAY)),
    a.ReviewsOnTime: (
        REVIEWS,
        (World(asked("2026-11-25"), instead=EARLIER), "2026-12-25T09:59:59.999999Z"),
        (World(asked("2026-11-25"), instead=EARLIER), "2026-12-25T10:00:00.000000Z"),
    ),
    a.StopsKept: (
        a.StopsKept(since="2026-11-21"),
        (World(asked("2026-11-23")), SOME_DAY),
        (World(STOPPED, asked("2026-11-23")), SOME_DAY),
    ),
    a.MitigationsOnTime: (
        a.MitigationsOnTime(),
        (World(), "2026-12-01T23:59:59.999999Z"),
        (World(), "2026-12-02T00:00:00.000000Z"),
    ),
    a.NoSharedAccounts: (
        a.NoSharedAccounts(),
        (World(), SOME_DAY),
        (World(SHARED), SOME_DAY),
    ),
    a.IncidentsClosed: (
        INCIDENTS,
        (World(OPENED), "2026-12-01T23:59:59.999999Z"),
        (World(OPENED), "2026-12-02T00:00:00.000000Z"),
    ),
    a.AccountsRecertified: (
        a.AccountsRecertified(),
        (World(), "2026-12-31T23:59:59.999999Z"),
        (World(), "2027-01-01T00:00:00.000000Z"),
    ),
}


@pytest.mark.parametrize("form", FLIPS)
def test_one_entry_or_one_microsecond_flips_it(form: type[a.Check]) -> None:
    check, (before, early), (after, late) = FLIPS[form]
    assert isinstance(check, form)
    assert before.held(check, early).state == "holds"
    assert after.held(check, late).state == "fails"


def test_every_form_has_two_situations_that_flip_it_and_words_of_its_own() -> None:
    assert {*FLIPS} == {*get_args(a.Check)}
    assert len({words(check) for check, _, _ in FLIPS.values()}) == len(FLIPS)


def test_every_kind_of_failing_is_one_that_a_form_looks_at() -> None:
    found = {
        one.form
        for check, _, (world, late) in FLIPS.values()
        for one in world.held(check, late).because
    }
    assert found == {*get_args(Form)}
