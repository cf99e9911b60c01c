"""The fold: what each fact changes, and that it does not matter how often one stops."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beforehand.record import facts as f
from beforehand.record.fold import Record, fold
from beforehand.record.kinds import DecidedFact
from beforehand.record.recorded import Recorded
from beforehand.record.state import Spent, UseLog, text_digest
from beforehand.record.terms import Area, Asked
from tests.record.generated import asked, histories, plain, recorded
from tests.world import AREA, DRAFT, FORM, TERMS, TEXT, Step, changed, record, steps

JUNE = "2026-06-30T23:59:59.999999Z"
JULY = "2026-07-01T00:00:00.000000Z"
EDITED = msgspec.structs.replace(
    DRAFT, terms=msgspec.structs.replace(TERMS, sharing=("partner",))
)


def after(*more: Step, without: tuple[str, ...] = ()) -> Record:
    return record(without, *more)


def at(moment: str, step: Step) -> Step:
    return Step(fact=step.fact, actor=step.actor, at=moment, opened=step.opened)


def ended(question: str, fact: type[DecidedFact] = f.QuestionWithheld) -> Step:
    given_back = f.QuestionAnswered(
        question=question, answer=TEXT, plan=TEXT, shown=1, hidden=0
    )
    withheld = f.QuestionWithheld(question=question, reason="authority_ended")
    chosen = given_back if fact is f.QuestionAnswered else withheld
    return Step(fact=chosen, actor="root", at=JULY)


def office(name: str, parent: str) -> Step:
    fact = f.OfficeNamed(office=name, office_kind="unit", parent=parent)
    return Step(fact=fact, actor="root")


def dataset(name: str, *carries: str) -> Step:
    fact = f.DatasetNamed(dataset=name, supplier="maker", contains=(), carries=carries)
    return Step(fact=fact, actor="manager")


# -- one law -----------------------------------------------------------------------------


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories(), st.data())
def test_folding_on_from_any_prefix_is_folding_in_one_go(
    entries: list[Recorded], data: st.DataObject
) -> None:
    stop = data.draw(st.integers(0, len(entries)))
    halted = fold(entries[:stop])
    before = plain(halted)
    whole = fold(entries)

    assert plain(fold(entries[:stop])) == before
    for entry in entries[stop:]:
        halted.apply(entry)
    assert plain(halted) == plain(whole)
    assert whole.size == len(entries)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories())
def test_a_value_that_was_read_is_never_changed_by_what_comes_later(
    entries: list[Recorded],
) -> None:
    growing = Record()
    seen: list[tuple[object, object]] = []
    for entry in entries:
        growing.apply(entry)
        kept = [
            *growing.assessments.values(),
            *growing.persons.values(),
            *growing.use_logs.values(),
            *growing.contracts.values(),
        ]
        seen += [(one, plain(one)) for one in kept]
    assert all(plain(value) == as_read for value, as_read in seen)


# -- counters ----------------------------------------------------------------------------


def test_what_is_spent_counts_in_the_quarter_it_was_spent_in() -> None:
    view = after(
        at(JUNE, asked("q-1", rho_micro=3, delta_e15=5)),
        at(JULY, asked("q-2", rho_micro=7, delta_e15=11)),
        at(JULY, asked("q-3", rho_micro=13, delta_e15=17)),
    )
    assert plain(view.spent) == {
        ("feed", "2026-Q2"): plain(Spent(rho_micro=3, delta_e15=5)),
        ("feed", "2026-Q3"): plain(Spent(rho_micro=20, delta_e15=28)),
    }


def test_what_is_spent_is_not_given_back_when_the_answer_is_withheld() -> None:
    view = after(at(JUNE, asked("q-1", rho_micro=3)), ended("q-1"))
    assert view.spent["feed", "2026-Q2"].rho_micro == 3


def test_questions_are_counted_by_office_dataset_and_month() -> None:
    view = after(
        at(JUNE, asked("q-1")),
        at(JUNE, asked("q-2")),
        at(JULY, asked("q-3", repeats="q-1")),
        ended("q-1", f.QuestionAnswered),
        ended("q-2"),
    )
    assert view.counted == {
        ("question.admitted", "routes", "feed", "2026-06"): 2,
        ("question.admitted", "routes", "feed", "2026-07"): 1,
        ("question.answered", "routes", "feed", "2026-07"): 1,
        ("question.withheld", "routes", "feed", "2026-07"): 1,
    }


def test_a_refusal_counts_once_for_each_safeguard_it_names() -> None:
    view = after()
    for office_id in ("harbor", None, "harbor"):
        fact = f.ActRefused(refused="award", on="c-9", office=office_id)
        step = Step(fact=fact, actor="buyer", at=JULY)
        view.apply(recorded(view.size, step, unmet=("stop.none", "budget.enough")))
    assert view.counted == {
        ("act.refused", "harbor", "stop.none", "2026-07"): 2,
        ("act.refused", "harbor", "budget.enough", "2026-07"): 2,
        ("act.refused", "", "stop.none", "2026-07"): 1,
        ("act.refused", "", "budget.enough", "2026-07"): 1,
    }


def review(moment: str, office_id: str = "routes") -> Step:
    fact = f.UseReviewed(office=office_id, dataset="feed", finding="in_order")
    return Step(fact=fact, actor="supervisor", at=moment)


@pytest.mark.parametrize(
    ("more", "log"),
    [
        pytest.param(
            [at(JUNE, asked("q-1")), at(JULY, asked("q-2"))],
            UseLog(unreviewed_since=JUNE, askers=frozenset({"analyst"})),
            id="unreviewed since the first question",
        ),
        pytest.param(
            [at(JUNE, asked("q-1")), at(JULY, asked("q-2", "other"))],
            UseLog(unreviewed_since=JUNE, askers=frozenset({"analyst", "other"})),
            id="everybody who asked",
        ),
        pytest.param(
            [at(JUNE, asked("q-1")), review(JULY)],
            UseLog(reviewed=JULY),
            id="a review empties it",
        ),
        pytest.param(
            [at(JUNE, asked("q-1")), review(JUNE), at(JULY, asked("q-2", "other"))],
            UseLog(reviewed=JUNE, unreviewed_since=JULY, askers=frozenset({"other"})),
            id="and it begins again",
        ),
        pytest.param(
            [at(JUNE, asked("q-1")), review(JULY, "harbor")],
            UseLog(unreviewed_since=JUNE, askers=frozenset({"analyst"})),
            id="another office's review is another's",
        ),
        pytest.param(
            [at(JUNE, asked("q-2", repeats="q-1"))],
            UseLog(unreviewed_since=JUNE, askers=frozenset({"analyst"})),
            id="a repeated question is a use too",
        ),
    ],
)
def test_a_log_of_use_runs_from_review_to_review(more: list[Step], log: UseLog) -> None:
    assert plain(after(*more).use_logs["routes", "feed"]) == plain(log)


# -- assessments -------------------------------------------------------------------------


def test_an_edit_voids_the_approval_and_undoing_it_restores_it() -> None:
    edit = Step(fact=EDITED, actor="other")
    assert after().assessments["pia"].status == "In force"

    edited = after(edit).assessments["pia"]
    assert (edited.status, edited.digest) == ("Draft", text_digest(EDITED))
    assert edited.approved_digest == TEXT
    assert edited.drafted_by == {"manager", "other"}

    undone = after(edit, steps()["draft"]).assessments["pia"]
    assert (undone.status, undone.digest) == ("In force", TEXT)
    assert undone.drafted_by == {"manager", "other"}
    assert list(undone.disclosed) == [TEXT]


def test_an_edit_changes_no_other_approval_than_its_own() -> None:
    edit = Step(fact=EDITED, actor="manager")
    digest = text_digest(EDITED)
    more = [
        Step(fact=fact, actor=actor)
        for actor, fact in (
            ("component", f.AssessmentSubmitted(assessment="pia", digest=digest)),
            ("reviewer", f.AssessmentReviewed(assessment="pia", digest=digest)),
            (
                "chief",
                f.AssessmentApproved(assessment="pia", digest=digest, expires="2026-12-01"),
            ),
        )
    ]
    both = after(edit, *more).assessments["pia"]
    assert {name: one.expires for name, one in both.approvals.items()} == {
        TEXT: "2027-11-20",
        digest: "2026-12-01",
    }
    assert both.approved_digest == digest
    assert digest not in both.disclosed


def test_every_part_of_a_draft_is_bound_by_its_digest() -> None:
    other = [
        msgspec.structs.replace(DRAFT, document="1" * 64),
        msgspec.structs.replace(DRAFT, office="routes"),
        msgspec.structs.replace(DRAFT, threshold="other"),
        msgspec.structs.replace(DRAFT, assessment="other"),
        EDITED,
    ]
    assert len({text_digest(one) for one in [DRAFT, *other]}) == 6


@pytest.mark.parametrize(
    ("without", "status"),
    [
        pytest.param(("submitted", "reviewed", "approved"), "Draft", id="drafted"),
        pytest.param(("reviewed", "approved"), "In review", id="submitted"),
        pytest.param(("approved",), "In review", id="reviewed"),
        pytest.param((), "In force", id="approved"),
    ],
)
def test_the_status_of_an_assessment(without: tuple[str, ...], status: str) -> None:
    named = (*without, "published", "award", "held", "request")
    named = (*named, "use-approved", "use-concurred")
    assert after(without=named).assessments["pia"].status == status


def test_what_is_withdrawn_stays_so_whatever_is_drafted() -> None:
    withdrawn = Step(fact=f.AssessmentWithdrawn(assessment="pia"), actor="chief")
    assert after(withdrawn, steps()["draft"]).assessments["pia"].status == "Withdrawn"


# -- people, contracts, things -----------------------------------------------------------


def test_roles_are_kept_by_office_and_the_latest_appointment_there_counts() -> None:
    appointed = changed("analyst", roles=("supervisor",))["analyst"]
    elsewhere = changed("analyst", office="harbor", roles=("counsel",))["analyst"]
    assert after(appointed, elsewhere).persons["analyst"].roles == {
        "routes": frozenset({"supervisor"}),
        "harbor": frozenset({"counsel"}),
    }
    assert after(appointed).persons["analyst"].trained is not None


def test_a_person_whose_account_was_ever_shared_is_not_individual_again() -> None:
    shared = changed("analyst", account="shared")["analyst"]
    assert not after(shared, steps()["analyst"]).persons["analyst"].individual


def test_a_modification_replaces_what_it_changes_and_keeps_the_award() -> None:
    fact = f.ContractModified(
        contract="c-1",
        change="option",
        assessment=None,
        datasets=("more",),
        ends="2029-01-01",
    )
    found = after(Step(fact=fact, actor="buyer", at=JULY)).contracts["c-1"]
    assert (found.datasets, found.ends, found.assessment) == (("more",), "2029-01-01", None)
    assert (found.awarded.ends, found.modified_at) == ("2027-11-19", (JULY,))
    assert found.ended is None


def test_a_stop_holds_until_it_is_lifted() -> None:
    stop = Step(fact=f.DatasetStopped(dataset="feed"), actor="chief")
    resume = Step(fact=f.DatasetResumed(dataset="feed"), actor="chief")
    assert after(stop).datasets["feed"].stopped
    assert not after(stop, resume).datasets["feed"].stopped


# -- walks over what may be a ring -------------------------------------------------------


def test_offices_above_and_under() -> None:
    view = after()
    assert view.above("routes") == ("routes", "harbor", "dept")
    assert view.above("nowhere") == ()
    assert view.offices_under("harbor") == ("harbor", "routes")
    assert view.offices_under("nowhere") == ()


def test_offices_in_a_ring_are_walked_once() -> None:
    """The grammar lets no ring arise; a ledger from elsewhere may hold one all the same."""
    view = after(office("a", "c"), office("b", "a"), office("c", "b"), office("d", "d"))
    assert view.above("b") == ("b", "a", "c")
    assert view.above("d") == ("d",)
    assert view.offices_under("a") == ("a", "b", "c")


def test_datasets_that_carry_each_other_are_walked_once() -> None:
    view = after(dataset("a", "b"), dataset("b", "c", "a"), dataset("c", "a", "feed"))
    assert view.carried(("a",)) == ("a", "b", "c", "feed")
    assert view.carried(("feed", "feed")) == ("feed",)
    assert view.carried(("unknown",)) == ("unknown",)
    assert view.carried(()) == ()


# -- sealed parts ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opened", "area", "has_case"),
    [
        pytest.param({}, None, None, id="a stranger"),
        pytest.param({"case": None, "area": None}, None, False, id="no case"),
        pytest.param({"case": "1"}, None, True, id="only the case"),
        pytest.param({"area": msgspec.to_builtins(AREA)}, AREA, None, id="only the area"),
    ],
)
def test_a_use_request_as_far_as_it_is_opened(
    opened: Mapping[str, object], area: Area | None, has_case: bool | None
) -> None:
    request = record(instead=changed("request", opened=opened)).requests["r-1"]
    assert (request.area, request.has_case) == (area, has_case)


def test_a_use_request_is_bound_to_the_text_it_was_made_under() -> None:
    edit = Step(fact=EDITED, actor="manager")
    assert after(edit).requests["r-1"].text == TEXT


def test_the_form_of_a_question_is_known_only_where_it_is_opened() -> None:
    open_one, closed = asked("q-1"), asked("q-2")
    view = after(open_one, Step(fact=closed.fact, actor=closed.actor))
    assert view.questions["q-1"].form == msgspec.convert(FORM, Asked)
    assert view.questions["q-2"].form is None


# -- questions ---------------------------------------------------------------------------


@pytest.mark.parametrize("fact", [f.QuestionAnswered, f.QuestionWithheld])
def test_a_question_is_open_until_it_is_answered_or_withheld(
    fact: type[DecidedFact],
) -> None:
    view = after(asked("q-1"), asked("q-2"))
    assert set(view.questions) == {"q-1", "q-2"}
    assert view.questions["q-2"].index == view.size - 1
    assert set(after(asked("q-1"), asked("q-2"), ended("q-1", fact)).questions) == {"q-2"}


def test_a_repeated_question_is_never_open() -> None:
    assert after(asked("q-2", repeats="q-1")).questions == {}


@pytest.mark.parametrize(
    "fact",
    [
        pytest.param(f.ThresholdApproved(threshold="none"), id="threshold"),
        pytest.param(f.AssessmentWithdrawn(assessment="none"), id="assessment"),
        pytest.param(f.ContractEnded(contract="none"), id="contract"),
        pytest.param(f.UseApproved(request="none"), id="request"),
        pytest.param(f.DatasetStopped(dataset="none"), id="dataset"),
        pytest.param(f.TrainingCompleted(person="none"), id="person"),
        pytest.param(
            f.QuestionWithheld(question="none", reason="engine_failed"), id="question"
        ),
    ],
)
def test_a_fact_about_nothing_on_record_never_folds_in_silence(fact: DecidedFact) -> None:
    with pytest.raises(KeyError, match="none"):
        after(Step(fact=fact, actor="root"))
