"""Promised against observed: each term kept, and each broken by one entry that is named."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, get_args

import msgspec
import pytest

from beforehand.oversight.observed import Held, Observed, observe
from beforehand.oversight.observed_terms import Term
from beforehand.record import facts as f
from beforehand.record import using as u
from beforehand.record.recorded import Recorded
from beforehand.record.reviewing import DelayAccepted
from beforehand.refusal import InputError
from tests.policy import group_tables as g
from tests.world import AWARD, DIGEST, NOW, SAMPLE, TERMS, Step, ask, changed, person, steps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from beforehand.record.acts import Json

HELD = frozenset({DIGEST})


def entries(*more: Step, instead: Mapping[str, Step] | None = None) -> list[Recorded]:
    taken = [(instead or {}).get(name, one) for name, one in steps().items()]
    return [
        Recorded.made(
            index=index,
            at=one.at,
            actor=one.actor,
            id=f"e-{index}",
            fact=one.fact,
            opened=one.opened,
            unmet=(),
        )
        for index, one in enumerate([*taken, *more])
    ]


def question(
    number: int,
    *,
    at: str = "2026-11-21",
    form: Mapping[str, Json] | None = None,
    actor: str = "analyst",
    **changes: object,
) -> Step:
    act = ask(actor, form=form, question=f"q-{number}", **changes)
    return Step(
        fact=act.fact, actor=actor, at=f"{at}T10:00:00.{number:06}Z", opened=act.sealed
    )


def seen(
    *more: Step,
    at: str = NOW,
    holdings: frozenset[str] | None = HELD,
    instead: Mapping[str, Step] | None = None,
) -> dict[str, Observed]:
    rows = observe(entries(*more, instead=instead), at=at, holdings=holdings)
    return {row.term: row for row in rows}


ASKED = question(1)
FIRST_MORE = len(steps())
REVIEW = f.UseReviewed(office="routes", dataset="feed", finding="in_order")
DONE = f.MitigationDone(assessment="pia", mitigation="check", evidence=DIGEST)
CARRIER = Step(
    fact=f.DatasetNamed(dataset="outer", supplier="maker", contains=(), carries=("feed",)),
    actor="manager",
)


def reviewed(day: str) -> Step:
    return Step(fact=REVIEW, actor="supervisor", at=f"{day}T10:00:00.000000Z")


def done(day: str) -> Step:
    return Step(fact=DONE, actor="manager", at=f"{day}T10:00:00.000000Z")


def drawn(day: str) -> Step:
    return Step(fact=SAMPLE, actor="supervisor", at=f"{day}T10:00:00.000000Z")


def test_what_was_asked_as_promised_keeps_each_term() -> None:
    found = seen(ASKED, reviewed("2026-11-22"), done("2026-11-23"))
    unseen = {name for name, row in found.items() if row.verdict != "kept"}
    assert unseen == {"sharing"}
    assert found["sharing"].verdict == "not_yet_observable"
    assert found["purposes"].entries[-1] == FIRST_MORE
    assert found["budget"].counted == 1


def test_of_an_assessment_under_which_nothing_was_done_nothing_can_be_seen_yet() -> None:
    alone = [one for one in entries() if not hasattr(one.fact, "purpose")]
    alone = [one for one in alone if not isinstance(one.fact, f.HoldingTaken)]
    alone = [one for one in alone if getattr(one.fact, "request", None) is None]
    rows = observe(alone, at=NOW, holdings=HELD)
    assert {row.verdict for row in rows} == {"not_yet_observable"}


BREAKING = [
    pytest.param("datasets", [CARRIER, question(1, dataset="outer")], id="dataset"),
    pytest.param("purposes", [question(1, purpose="hiring")], id="purpose"),
    pytest.param("offices", [question(1, office="privacy")], id="office"),
    pytest.param("forms", [question(1, form={"form": "rows"})], id="form of a question"),
    pytest.param("finest_grid", [question(1, form={"grid": 4})], id="finer cell"),
    pytest.param("finest_step", [question(1, form={"step": 3})], id="finer step"),
    pytest.param(
        "area",
        [question(1, form={"area": {"columns": [0, 3201], "rows": [0, 1]}})],
        id="outside the area",
    ),
    pytest.param("prices", [question(1, rho_micro=50_001)], id="dearer"),
    pytest.param("prices", [question(1, profile="other")], id="a price not promised"),
    pytest.param("budget", [question(1, rho_micro=100_001)], id="overspent at once"),
    pytest.param(
        "retention_days",
        [question(1, form={"window_start": "2026-08-12T00:00:00Z"})],
        id="about days past retention",
    ),
]


@pytest.mark.parametrize(("term", "more"), BREAKING)
def test_one_entry_beyond_a_term_breaks_it_and_is_named(
    term: str, more: list[Step]
) -> None:
    assert seen(ASKED)[term].verdict == "kept"
    row = seen(*more)[term]
    assert row.verdict == "broken"
    assert row.entries == (FIRST_MORE + len(more) - 1,)


def test_three_questions_that_each_cost_what_they_may_overspend_a_quarter() -> None:
    three = [question(number) for number in (1, 2, 3)]
    assert seen(*three[:2])["budget"].verdict == "kept"
    over = seen(*three)["budget"]
    assert (over.entries, "2026-Q4" in over.why) == ((FIRST_MORE + 2,), True)
    third = question(3, at="2027-01-02")
    assert (
        seen(*three[:2], third, at="2027-01-03T00:00:00.000000Z")["budget"].verdict
        == "kept"
    )


def test_a_question_by_a_person_of_another_office_is_named() -> None:
    posts = Step(
        fact=f.OfficeNamed(office="dock", office_kind="component", parent="dept"),
        actor="root",
    )
    outsider = person("outsider", "dock", "analyst")
    assert seen(posts, outsider, ASKED)["people"].verdict == "kept"
    row = seen(posts, outsider, question(1, actor="outsider"))["people"]
    assert (row.verdict, row.entries) == ("broken", (FIRST_MORE + 2,))
    assert row.why == "Person outsider is of no promised office."


def test_a_post_lost_since_does_not_make_who_asked_an_outsider() -> None:
    left = person("analyst", "routes")
    assert seen(ASKED, left)["people"].verdict == "kept"
    assert seen(left, ASKED)["people"].verdict == "broken"


@pytest.mark.parametrize(
    ("term", "change"),
    [
        ("finest_grid", {"grid": 4}),
        ("finest_step", {"step": 1}),
        ("places", {"places": "none"}),
    ],
)
def test_data_held_otherwise_than_promised_is_named(
    term: str, change: dict[str, object]
) -> None:
    assert seen(ASKED)[term].verdict == "kept"
    row = seen(ASKED, instead=changed("held", **change))[term]
    assert row.verdict == "broken"
    assert row.entries == (list(steps()).index("held"),)


def test_data_past_its_days_is_broken_while_it_is_held_and_kept_once_it_is_gone() -> None:
    # The first day of it is 1 October, and it may be kept for a hundred days.
    last, after = "2027-01-09T10:00:00.000000Z", "2027-01-10T10:00:00.000000Z"
    assert seen(at=last)["retention_days"].verdict == "kept"
    row = seen(at=after)["retention_days"]
    assert (row.verdict, row.entries) == ("broken", (list(steps()).index("held"),))
    assert seen(at=after, holdings=frozenset())["retention_days"].verdict == "kept"
    unseen = seen(at=after, holdings=None)["retention_days"]
    assert unseen.verdict == "not_yet_observable"


def test_a_review_is_on_time_or_late_by_its_oldest_question() -> None:
    last, late = "2026-12-21", "2026-12-22"
    assert (
        seen(ASKED, reviewed(last), at=f"{late}T10:00:00.000000Z")["review_days"].verdict
        == "kept"
    )
    row = seen(ASKED, reviewed(late))["review_days"]
    assert (row.verdict, row.entries) == ("broken", (FIRST_MORE, FIRST_MORE + 1))


def test_questions_that_wait_too_long_for_a_review_break_it_with_no_further_entry() -> None:
    assert seen(ASKED)["review_days"].verdict == "not_yet_observable"
    row = seen(ASKED, at="2026-12-22T10:00:00.000000Z")["review_days"]
    assert (row.verdict, row.entries) == ("broken", (FIRST_MORE,))


def test_a_question_put_after_a_sample_was_drawn_waits_on_and_is_the_one_named() -> None:
    later = question(2, at="2026-11-23")
    steps_ = (ASKED, drawn("2026-11-22"), later, reviewed("2026-11-24"))
    row = seen(*steps_, at="2026-12-24T10:00:00.000000Z")["review_days"]
    assert (row.verdict, row.entries) == ("broken", (FIRST_MORE + 2,))


def test_a_mitigation_is_kept_by_its_day_and_broken_after_it() -> None:
    approval = list(steps()).index("approved")
    assert seen()["mitigations"].verdict == "not_yet_observable"
    assert seen(done("2026-12-01"))["mitigations"].verdict == "kept"
    late = seen(done("2026-12-02"))["mitigations"]
    assert late.why == "Mitigation check was done after its day, 2026-12-01."
    assert (late.verdict, late.entries) == ("broken", (FIRST_MORE,))
    overdue = seen(at="2026-12-02T00:00:00.000000Z")["mitigations"]
    assert (overdue.verdict, overdue.entries) == ("broken", (approval,))


def test_an_accepted_delay_counts_only_if_it_was_accepted_in_time() -> None:
    fact = DelayAccepted(
        assessment="pia", mitigation="check", until="2027-01-31", document=DIGEST
    )
    in_time = Step(fact=fact, actor="chief", at="2026-11-30T10:00:00.000000Z")
    too_late = replace(in_time, at="2026-12-02T10:00:00.000000Z")
    at = "2026-12-10T10:00:00.000000Z"
    assert seen(in_time, at=at)["mitigations"].verdict == "not_yet_observable"
    assert seen(too_late, at=at)["mitigations"].verdict == "broken"


def test_a_withdrawn_assessment_promises_nothing_after_its_end() -> None:
    gone = Step(
        fact=f.AssessmentWithdrawn(assessment="pia"),
        actor="chief",
        at="2026-11-30T10:00:00.000000Z",
    )
    assert seen(gone, at="2027-03-01T10:00:00.000000Z")["mitigations"].verdict == (
        "not_yet_observable"
    )


def test_a_form_that_cannot_be_read_keeps_nothing() -> None:
    dark = replace(ASKED, opened={})
    found = seen(ASKED, dark)
    for term in ("forms", "finest_grid", "finest_step", "area", "retention_days"):
        assert found[term].verdict == "not_yet_observable"
        assert "cannot be read" in found[term].why
    assert found["purposes"].verdict == "kept"


def test_a_later_text_does_not_excuse_what_an_earlier_one_did_not_promise() -> None:
    wide = msgspec.structs.replace(TERMS, purposes=("planning", "hiring"))
    again = [
        Step(fact=one.fact, actor=one.actor)
        for name, one in g.drafted(terms=wide).items()
        if not name.startswith("opinion")
    ]
    broken = seen(question(1, purpose="hiring"), *again)["purposes"]
    assert (broken.verdict, broken.entries) == ("broken", (FIRST_MORE,))
    assert broken.promised == "planning, hiring"
    assert seen(*again, question(1, purpose="hiring"))["purposes"].verdict == "kept"


def test_an_award_for_another_purpose_breaks_the_promise_too() -> None:
    award = msgspec.structs.replace(AWARD, contract="c-2", purpose="hiring")
    row = seen(Step(fact=award, actor="buyer"))["purposes"]
    assert (row.verdict, row.entries) == ("broken", (FIRST_MORE,))


def test_what_relies_on_another_assessment_is_not_held_against_this_one() -> None:
    other = msgspec.structs.replace(
        AWARD, contract="c-2", purpose="hiring", assessment=None
    )
    assert seen(ASKED, Step(fact=other, actor="buyer"))["purposes"].verdict == "kept"


def test_one_assessment_is_told_of_by_name() -> None:
    rows = observe(entries(ASKED), at=NOW, holdings=HELD, assessment="pia")
    assert {row.assessment for row in rows} == {"pia"}
    with pytest.raises(InputError, match="one on the record"):
        observe(entries(), at=NOW, holdings=HELD, assessment="other")


def test_incidents_and_samples_of_others_are_no_concern_of_it() -> None:
    other = u.SampleDrawn(
        sample="s-2", office="harbor", dataset="feed", asked=0, questions=(), flags=()
    )
    assert seen(ASKED, Step(fact=other, actor="supervisor"))["people"].verdict == "kept"


# -- every term --------------------------------------------------------------------------

DOCK = Step(
    fact=f.OfficeNamed(office="dock", office_kind="component", parent="dept"), actor="root"
)
OUTSIDER = person("outsider", "dock", "analyst")
ELSEWHERE = (DOCK, OUTSIDER, question(1, actor="outsider"))
# For each term what is in keeping with it, and what is not: the entries that break a term.
BROKEN: dict[Term, list[Step]] = {
    **{pair.values[0]: pair.values[1] for pair in BREAKING},  # type: ignore[misc]
    "people": [*ELSEWHERE],
    "review_days": [ASKED, reviewed("2026-12-22")],
    "mitigations": [done("2026-12-02")],
}
KEPT: dict[Term, list[Step]] = {
    **{term: [ASKED] for term in get_args(Term)},
    "people": [DOCK, OUTSIDER, ASKED],
    "review_days": [ASKED, reviewed("2026-12-21")],
    "mitigations": [done("2026-12-01")],
}
# Kept or broken by how the data is held.
HOLDING = {"places": changed("held", places="none")}
# No entry says to whom an answer went on, so that it can be neither.
NEVER_SEEN = {"sharing"}
# Of an assessment that is only approved: nothing was done under it yet.
BARELY = [*steps()][: [*steps()].index("published") + 1]


@pytest.mark.parametrize("term", [*BROKEN, *HOLDING])
def test_each_term_is_not_seen_then_kept_then_broken_by_one_entry(term: Term) -> None:
    few = entries()[: len(BARELY)]
    rows = {row.term: row.verdict for row in observe(few, at=NOW, holdings=HELD)}
    assert rows[term] == "not_yet_observable"
    assert seen(*KEPT[term])[term].verdict == "kept"
    row = seen(*BROKEN.get(term, [ASKED]), instead=HOLDING.get(term))[term]
    assert row.verdict == "broken"
    assert row.entries


def test_every_term_has_a_row() -> None:
    assert {*BROKEN, *HOLDING, *NEVER_SEEN} == {*get_args(Term)}
    assert {row.verdict for row in seen(ASKED, done("2026-12-02")).values()} == {
        *get_args(Held)
    }
