"""A date in the list is the date that refuses, and no dated safeguard is missing from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.ledger.times import parse_time, time_text
from beforehand.oversight.clock_people import NEEDED_BY
from beforehand.oversight.clock_words import NOT_LISTED, WORDS, Kind
from beforehand.oversight.clocks import Due, due, for_office, for_person
from beforehand.policy.decide import decide
from beforehand.policy.question import put
from beforehand.record import custody as c
from beforehand.record import facts as f
from beforehand.record import people as p
from beforehand.record import reported as rep
from beforehand.record import rulebook as k
from beforehand.record.acts import Act
from beforehand.record.fold import Record, fold
from beforehand.record.recorded import Recorded
from beforehand.record.view import RecordView
from tests.policy import answering_tables as t
from tests.policy import group_tables as g
from tests.record.generated import histories
from tests.world import (
    DIGEST,
    GUARDS,
    NOW,
    SAMPLE,
    TERMS,
    Step,
    ask,
    award,
    changed,
    record,
    steps,
)

DONE = Step(
    fact=f.MitigationDone(assessment="pia", mitigation="check", evidence=DIGEST),
    actor="manager",
)
STATES = ("coming", "today", "overdue")


@dataclass(frozen=True, kw_only=True)
class Refuses:
    """A kind, a record that has such a date, and an act which that date alone refuses."""

    kind: Kind
    view: Record
    act: Act | Callable[[str], Act]
    of: str
    falls: str

    def put(self, at: str) -> set[str]:
        act = self.act if isinstance(self.act, Act) else self.act(at)
        return unmet(self.view, act, at)


def unmet(view: RecordView, act: Act, at: str) -> set[str]:
    return {one.safeguard for one in decide(GUARDS, put(view, act, at=at)).unmet}


def only(view: RecordView, kind: Kind, of: str, at: str = NOW) -> Due:
    (found,) = [one for one in due(view, at) if (one.what, one.of) == (kind, of)]
    return found


def moved(at: str, **by: float) -> str:
    return time_text(parse_time(at) + timedelta(**by))


def lasting(**more: object) -> dict[str, Step]:
    """An assessment whose approval and terms outlast the other dates of a record."""
    terms = msgspec.structs.replace(TERMS, mitigations=(), **more)
    found = g.drafted(terms=terms)
    approved = msgspec.structs.replace(found["approved"].fact, expires="2035-01-01")
    return {**found, "approved": Step(fact=approved, actor="chief")}


def modify(at: str) -> Act:
    """A modification that lets the contract run until the end of that day."""
    fact = f.ContractModified(
        contract="c-1", change="option", assessment="pia", datasets=("feed",), ends=at[:10]
    )
    return g.act("buyer", fact)


def asked_once() -> Step:
    return Step(
        fact=ask().fact,
        actor="analyst",
        opened=ask().sealed,
        at="2026-11-20T11:00:00.000000Z",
    )


LATE_EVIDENCE = changed("evidence", at="2029-11-01T10:00:00.000000Z")
TRAINED = "2025-12-10T09:30:00.123456Z"
REFUSING = (
    Refuses(
        kind="assessment-lapses",
        view=record((), DONE),
        act=award(),
        of="pia",
        falls="2027-11-20T00:00:00.000000Z",
    ),
    Refuses(
        kind="threshold-lapses",
        view=record(instead=lasting() | LATE_EVIDENCE),
        act=award(),
        of="pta",
        falls="2029-11-20T00:00:00.000000Z",
    ),
    Refuses(
        kind="mitigation",
        view=record(),
        act=award(),
        of="pia",
        falls="2026-12-02T00:00:00.000000Z",
    ),
    Refuses(
        kind="mitigation",
        view=record((), g.by("chief", g.DELAY)),
        act=award(),
        of="pia",
        falls="2027-02-01T00:00:00.000000Z",
    ),
    Refuses(
        kind="contract-ends",
        view=record((), DONE, instead=changed("award", ends="2026-12-10")),
        act=ask(),
        of="c-1",
        falls="2026-12-11T00:00:00.000000Z",
    ),
    Refuses(
        kind="pilot-year",
        view=record(instead=lasting() | changed("award", pilot=True)),
        act=modify,
        of="c-1",
        falls="2027-11-20T00:00:00.000000Z",
    ),
    Refuses(
        kind="supplier-reassessment",
        view=record(instead=lasting()),
        act=award(),
        of="feed",
        falls="2027-11-20T10:00:00.000000Z",
    ),
    Refuses(
        kind="supplier-link",
        view=record((), g.ASKED_SUPPLIER),
        act=g.act("maker", g.ANSWER, token=g.TOKEN),
        of="i-1",
        falls="2026-12-25T00:00:00.000000Z",
    ),
    Refuses(
        kind="retention",
        view=record(instead=lasting(retention_days=70)),
        act=ask(form={"window_start": "2026-10-01T00:00:00Z"}),
        of=DIGEST,
        falls="2026-12-11T00:00:00.000000Z",
    ),
    Refuses(
        kind="review-of-use",
        view=record((), DONE, asked_once()),
        act=ask(question="q-2"),
        of="feed",
        falls="2026-12-20T11:00:00.000000Z",
    ),
    Refuses(
        kind="use-request",
        view=record((), DONE, instead=changed("request", expires="2026-12-20")),
        act=ask(),
        of="r-1",
        falls="2026-12-20T00:00:00.000000Z",
    ),
    Refuses(
        kind="legal-process",
        view=g.rows(expires="2026-11-30"),
        act=ask(form={"form": "rows"}),
        of="w-1",
        falls="2026-11-30T00:00:00.000000Z",
    ),
    Refuses(
        kind="exigency",
        view=record((), g.DECLARED),
        act=ask(),
        of="w-2",
        falls="2026-11-27T00:00:00.000000Z",
    ),
    Refuses(
        kind="incident-notice",
        view=record((), g.OPENED),
        act=ask(),
        of="n-1",
        falls="2026-11-25T00:00:00.000000Z",
    ),
    Refuses(
        kind="training",
        view=record((), DONE, instead=changed("trained-analyst", at=TRAINED)),
        act=ask(),
        of="analyst",
        falls="2026-12-10T09:30:00.123000Z",
    ),
    Refuses(
        kind="rules-of-behavior",
        view=record((), DONE, instead=changed("signed-analyst", at=TRAINED)),
        act=ask(),
        of="analyst",
        falls="2026-12-10T09:30:00.123000Z",
    ),
    Refuses(
        kind="recertification",
        view=record((), DONE, instead=changed("request", expires="2027-06-01")),
        act=ask(),
        of="analyst",
        falls="2027-01-01T00:00:00.000000Z",
    ),
)


@pytest.mark.parametrize("one", REFUSING, ids=lambda one: f"{one.kind} {one.falls[:10]}")
def test_an_act_is_allowed_until_the_listed_moment_and_refused_from_it_on(
    one: Refuses,
) -> None:
    listed = only(one.view, one.kind, one.of, at="2026-11-24T00:00:00.000000Z")
    assert (listed.moment, listed.dated) == (one.falls, True)
    assert one.put(moved(listed.moment, microseconds=-1)) == set()
    assert one.put(listed.moment) == {listed.safeguard}


def test_every_dated_safeguard_that_is_listed_has_such_an_act() -> None:
    tried = {WORDS[one.kind].safeguard for one in REFUSING}
    assert tried >= {one for one in closing() if one not in NOT_LISTED}


def closing() -> set[str]:
    """The safeguards that refuse from a date on, by their text."""
    compares = re.compile(r"\(?context\.at\)? < ")
    return {one.id for one in GUARDS.safeguards.values() if compares.search(one.text)}


def test_no_safeguard_that_has_a_date_is_forgotten() -> None:
    dated = {one.id for one in GUARDS.safeguards.values() if "context.at" in one.text}
    listed = {one.safeguard for one in WORDS.values()}
    assert len(closing()) >= 14
    assert dated - set(NOT_LISTED) <= listed
    opening = {
        one for one, why in NOT_LISTED.items() if why.startswith("it refuses before")
    }
    assert opening <= dated - closing()
    assert set(NOT_LISTED) <= dated
    assert not listed & set(NOT_LISTED)


# -- what stands open, and what ends by itself -------------------------------------------

STOPPED = Step(fact=f.DatasetStopped(dataset="feed"), actor="chief")
SINCE = "2026-11-20T10:00:00.000000Z"
STANDING: dict[Kind, tuple[Record, Act, str]] = {
    "assessment-not-disclosed": (record(("published",)), award(), "pia"),
    "remark-open": (record(g.IN_REVIEW, g.REMARK), g.act("chief", g.APPROVE), "t-1"),
    "dataset-stopped": (record((), STOPPED), award(), "feed"),
    "interim-procedures": (
        record(instead=changed("procedures", interim=True)),
        ask(),
        "p-1",
    ),
    "account-locked": (g.shared(), ask(), "analyst"),
}


@pytest.mark.parametrize("kind", STANDING)
def test_what_stands_is_listed_since_when_with_the_safeguard_that_refuses(
    kind: Kind,
) -> None:
    view, act, of = STANDING[kind]
    (found,) = [one for one in due(view, NOW) if one.what == kind]
    assert (found.of, found.moment, found.state) == (of, SINCE, "overdue")
    assert (found.dated, found.days_open) == (False, 5)
    assert unmet(view, act, NOW) == {found.safeguard}


def test_a_stop_counts_from_its_newest_order() -> None:
    facts = (STOPPED.fact, f.DatasetResumed(dataset="feed"), STOPPED.fact)
    orders = [
        Step(fact=fact, actor="chief", at=f"2026-11-2{day}T10:00:00.000000Z")
        for day, fact in enumerate(facts, start=1)
    ]
    first, again = record((), *orders[:1]), record((), *orders)
    assert only(first, "dataset-stopped", "feed").moment == orders[0].at
    assert only(again, "dataset-stopped", "feed").moment == orders[2].at


def inquired(*more: Step) -> Record:
    later = "2026-11-21T10:00:00.000000Z"
    asked = Step(fact=g.INQUIRY, actor="manager", at=later)
    return record((), asked, *more)


def reported(*facts: rep.ReportedFact) -> Record:
    found = Record()
    for number, one in enumerate(facts):
        made = Recorded.made(
            index=number,
            at=SINCE,
            actor="x",
            id=f"e-{number}",
            fact=one,
            opened={},
            unmet=(),
        )
        found.apply(made)
    return found


CASE = rep.CaseTaken(file=DIGEST, item="case", compiled="2026-11-01", complete_for=())
REPORT = rep.ReportReported(
    file=DIGEST, item="report", confidence="A", sources=(), office="dept", number=None,
    issued="2023-09", recommendations=2, open=2,
)  # fmt: skip
ADVICE = rep.RecommendationReported(
    file=DIGEST, item="advice", confidence="A", sources=(), report="report", number=1,
    to="dept", text_known=True, response="concur", due="2024-06-30", status="open",
    status_as_of="2026-03",
)  # fmt: skip
PROMISE = rep.StatementReported(
    file=DIGEST, item="promise", confidence="A", sources=(), office="dept", day="2023-09",
    claim=rep.Claim(claim="policy_issued_by", office="dept", due="2024-06-30"),
)  # fmt: skip
TARGET = rep.AssessmentReported(
    file=DIGEST, item="paper", assessment_kind="PIA", number=None, office="dept",
    datasets=None, status="drafted", covers=None,
    events=(rep.Event(event="target", day="2026-12", confidence="B", sources=()),),
)  # fmt: skip
PROPOSED = k.SafeguardsProposed(
    policies=DIGEST, office="harbor", in_force_from="2026-12-24", document=DIGEST
)
ADOPTED = Step(
    fact=f.SafeguardsAdopted2(
        policies=DIGEST, safeguards=1, office="harbor", in_force_from="2026-12-24"
    ),
    actor="chief",
)
DELETION = c.DeletionDecided(deletion="d-1", before="2026-11-21", keeping=(), parts=1)
DECIDED = Step(fact=DELETION, actor="keeper")
PROVED = Step(
    fact=c.DeletionProved(deletion="d-1", parts=1, wraps=1, answers=0, kept=0, remaining=0),
    actor="keeper",
)
OTHERS: dict[Kind, tuple[Record, str, str]] = {
    "incident-open": (record((), g.OPENED), "n-1", "2026-11-21T00:00:00.000000Z"),
    "supplier-unanswered": (
        inquired(Step(fact=g.ANSWER, actor="maker", at="2026-11-22T10:00:00.000000Z")),
        "i-1",
        "2026-11-22T10:00:00.000000Z",
    ),
    "delegation": (record((), g.DELEGATED), "d-1", "2026-12-21T00:00:00.000000Z"),
    "acting": (record((), g.by("root", g.ACTING)), "a-1", "2026-12-21T00:00:00.000000Z"),
    "exception": (
        record((), g.by("chief", g.EXCEPTION)),
        "x-1",
        "2026-12-26T00:00:00.000000Z",
    ),
    "sealed-retention": (record(), "test", "2026-12-21T00:00:00.000000Z"),
    "deletion-unproved": (record((), DECIDED), "d-1", SINCE),
    "safeguards-proposed": (
        record((), Step(fact=PROPOSED, actor="component")),
        DIGEST,
        "2026-12-24T00:00:00.000000Z",
    ),
    "safeguards-begin": (record((), ADOPTED), DIGEST, "2026-12-24T00:00:00.000000Z"),
    "recommendation-answer": (
        record((), *t.MADE),
        "rec-1",
        "2027-05-21T00:00:00.000000Z",
    ),
    "recommendation-target": (
        record((), *t.ANSWERED),
        "rec-1",
        "2027-04-01T00:00:00.000000Z",
    ),
    "commitment-due": (record((), t.PROMISED), "pr-1", "2027-01-01T00:00:00.000000Z"),
    "query": (record((), t.LODGED), "qu-1", "2026-12-22T00:00:00.000000Z"),
    "redress": (record((), t.RECEIVED), "rd-1", "2026-12-22T00:00:00.000000Z"),
    "recommendation": (
        reported(CASE, REPORT, ADVICE),
        "advice",
        "2024-07-01T00:00:00.000000Z",
    ),
    "commitment": (reported(CASE, PROMISE), "promise", "2024-07-01T00:00:00.000000Z"),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_every_other_kind_is_listed_at_its_moment_and_refuses_nothing(kind: Kind) -> None:
    view, of, falls = OTHERS[kind]
    found = only(view, kind, of)
    assert (found.moment, found.safeguard) == (falls, None)


def test_there_is_an_example_of_every_kind() -> None:
    tried = {one.kind for one in REFUSING} | set(STANDING) | set(OTHERS)
    assert tried == set(get_args(Kind)) == set(WORDS)


ENDING: dict[str, tuple[Record, Kind]] = {
    "a use request": (record(), "use-request"),
    "legal process": (record((), g.RECORDED), "legal-process"),
    "a delegation": (record((), g.DELEGATED), "delegation"),
    "an acting post": (record((), g.by("root", g.ACTING)), "acting"),
    "an exception": (record((), g.by("chief", g.EXCEPTION)), "exception"),
}


@pytest.mark.parametrize("name", ENDING)
def test_what_ends_by_itself_is_shown_for_thirty_days_more(name: str) -> None:
    view, kind = ENDING[name]
    (found,) = [one for one in due(view, NOW) if one.what == kind]
    last = moved(found.moment, days=30)
    assert [one.state for one in due(view, last) if one.what == kind] == ["overdue"]
    after = moved(last, milliseconds=1)
    assert [one for one in due(view, after) if one.what == kind] == []


SETTLED: dict[str, tuple[Record, Kind]] = {
    "a mitigation that is done": (record((), DONE), "mitigation"),
    "a withdrawn assessment": (record((), g.WITHDRAWN), "assessment-lapses"),
    "an analysis of withdrawn ones alone": (record((), g.WITHDRAWN), "threshold-lapses"),
    "a revoked analysis": (
        record((), g.by("reviewer", g.REVOKED_PTA)),
        "threshold-lapses",
    ),
    "a published text": (record(), "assessment-not-disclosed"),
    "a resolved remark": (
        record((), g.REMARK, g.by("lawyer", g.RESOLVED)),
        "remark-open",
    ),
    "an ended contract": (
        record((), g.by("buyer", f.ContractEnded(contract="c-1"))),
        "contract-ends",
    ),
    "a reviewed log": (
        record(
            (),
            asked_once(),
            g.by("supervisor", SAMPLE),
            g.by("supervisor", g.REVIEW),
        ),
        "review-of-use",
    ),
    "an inquiry after which evidence was filed": (
        inquired(Step(**{**vars(steps()["evidence"]), "at": NOW})),
        "supplier-link",
    ),
    "a resolved exigency": (
        record((), g.DECLARED, g.by("lawyer", g.RESOLVE)),
        "exigency",
    ),
    "an incident of which both were told": (
        record((), g.OPENED, *g.NOTICES),
        "incident-notice",
    ),
    "a closed incident": (
        record((), g.OPENED, *g.NOTICES, g.by("reviewer", g.CLOSED)),
        "incident-open",
    ),
    "an unlocked account": (record(), "account-locked"),
    "an ended delegation": (
        record((), g.DELEGATED, g.by("root", p.DelegationEnded(delegation="d-1"))),
        "delegation",
    ),
    "a lifted stop": (
        record((), STOPPED, g.by("chief", f.DatasetResumed(dataset="feed"))),
        "dataset-stopped",
    ),
    "a proved deletion": (record((), DECIDED, PROVED), "deletion-unproved"),
    "no schedule": (record(("schedule",)), "sealed-retention"),
    "a closed recommendation": (
        reported(CASE, REPORT, msgspec.structs.replace(ADVICE, status="closed")),
        "recommendation",
    ),
    "an agreed plan": (
        record((), *t.ANSWERED, t.by("watcher", t.RATED)),
        "recommendation-answer",
    ),
    "an answer to a body outside": (
        record(
            (),
            *t.MADE_OUTSIDE,
            t.by("chief", t.changed(t.CONCUR, recommendation="rec-2")),
        ),
        "recommendation-answer",
    ),
    "a target of what its body closed": (
        record((), *t.DONE),
        "recommendation-target",
    ),
    "a commitment that is kept": (
        record((), t.PROMISED, t.by("manager", t.KEPT)),
        "commitment-due",
    ),
    "a commitment that another replaced": (
        record(
            (),
            t.PROMISED,
            t.SECOND,
            t.by("manager", t.SUPERSEDED),
            t.by("manager", t.changed(t.KEPT, commitment="pr-2")),
        ),
        "commitment-due",
    ),
    "an answered question": (record((), t.LODGED, t.by("manager", t.REPLY)), "query"),
    "answered redress": (record((), t.RECEIVED, t.by("component", t.SETTLED)), "redress"),
    "one of which neither state nor date is known": (
        reported(CASE, REPORT, msgspec.structs.replace(ADVICE, status="unknown", due=None)),
        "recommendation",
    ),
}


@pytest.mark.parametrize("name", SETTLED)
def test_what_is_settled_is_not_listed(name: str) -> None:
    view, kind = SETTLED[name]
    assert [one for one in due(view, NOW) if one.what == kind] == []


def test_sealed_parts_are_past_their_schedule_on_the_day_they_may_first_be_deleted() -> (
    None
):
    falls = only(record(), "sealed-retention", "test").moment
    delete = g.act("keeper", DELETION)
    assert unmet(record(), delete, moved(falls, microseconds=-1)) == {
        "deletion.past-retention"
    }
    assert unmet(record(), delete, falls) == set()
    # What was deleted is counted from where the deletion left off.
    left = only(record((), DECIDED, PROVED), "sealed-retention", "test")
    assert (left.part, left.moment) == ("2026-11-21", "2026-12-22T00:00:00.000000Z")


def test_an_open_recommendation_says_for_how_long_also_without_a_date() -> None:
    found = only(reported(CASE, REPORT, ADVICE), "recommendation", "advice")
    assert (found.dated, found.state, found.days_open) == (True, "overdue", 1152)
    undated = msgspec.structs.replace(ADVICE, due=None)
    found = only(reported(CASE, REPORT, undated), "recommendation", "advice")
    assert (found.dated, found.moment[:10], found.days_open) == (False, "2023-09-30", 1152)


def test_a_target_of_an_assessment_is_a_commitment_until_it_is_approved() -> None:
    assert only(reported(CASE, TARGET), "commitment", "paper").moment[:10] == "2027-01-01"
    approved = msgspec.structs.replace(TARGET, status="approved")
    assert due(reported(CASE, approved), NOW) == ()


# -- states ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "state"),
    [
        pytest.param("2026-12-30T23:59:59.999999Z", "coming", id="the day before the last"),
        pytest.param("2026-12-31T00:00:00.000000Z", "today", id="the last day begins"),
        pytest.param("2026-12-31T23:59:59.999999Z", "today", id="a microsecond before"),
        pytest.param("2027-01-01T00:00:00.000000Z", "overdue", id="the moment"),
    ],
)
def test_a_lapse_at_midnight_is_todays_on_the_last_day(at: str, state: str) -> None:
    assert only(record(), "use-request", "r-1", at).state == state


@given(entries=histories(), days=st.tuples(st.integers(0, 4000), st.integers(0, 4000)))
def test_the_state_of_a_date_never_goes_back(
    entries: list[Recorded], days: tuple[int, int]
) -> None:
    view = fold(entries)
    begin = "2026-01-01T12:00:00.000000Z"
    first, later = (moved(begin, days=one) for one in sorted(days))

    def states(at: str) -> Mapping[tuple[object, ...], int]:
        return {
            (one.what, one.of, one.part, one.moment): STATES.index(one.state)
            for one in due(view, at)
        }

    before, after = states(first), states(later)
    assert all(after[one] >= before[one] for one in set(before) & set(after))


@given(entries=histories(), day=st.integers(0, 4000))
def test_a_date_is_overdue_exactly_from_its_moment_on(
    entries: list[Recorded], day: int
) -> None:
    at = moved("2026-01-01T12:00:00.000000Z", days=day)
    found = due(fold(entries), at)
    assert [one.moment for one in found] == sorted(one.moment for one in found)
    for one in found:
        datetime.fromisoformat(one.moment)
        assert (one.state == "overdue") == (one.moment <= at)


def test_a_date_beyond_the_calendar_never_comes_and_hides_no_other() -> None:
    delay = msgspec.structs.replace(g.DELAY, until="9999-12-31")
    view = record(
        (), g.by("chief", delay), instead=changed("request", last_day="9999-12-31")
    )
    found = {one.what for one in due(view, NOW)}
    assert {"assessment-lapses", "use-request", "contract-ends"} <= found
    assert "mitigation" not in found


def test_of_an_edited_text_what_was_last_approved_lapses() -> None:
    edited = msgspec.structs.replace(steps()["draft"].fact, office="routes")
    view = record((), DONE, Step(fact=edited, actor="manager"))
    falls = only(view, "assessment-lapses", "pia").moment
    assert "assessment.unexpired" not in unmet(view, award(), moved(falls, microseconds=-1))
    assert "assessment.unexpired" in unmet(view, award(), falls)


# -- who ---------------------------------------------------------------------------------


def test_the_posts_that_can_settle_a_date_are_those_the_safeguards_ask_for() -> None:
    named = re.compile(r"roles\)?\.contains(?:Any)?\((.*?)\)")
    for kind, words in WORDS.items():
        able: set[str] = set()
        for verb in words.acts:
            texts = " ".join(one.text for one in GUARDS.by_act[verb])
            able |= set(re.findall(r'"([a-z_]+)"', " ".join(named.findall(texts))))
        if words.acts:
            assert set(words.roles) <= able, kind
            assert words.roles or not able, kind


@pytest.mark.parametrize("kind", NEEDED_BY)
def test_the_posts_that_need_a_date_are_those_whose_acts_it_stops(kind: Kind) -> None:
    safeguard = GUARDS.safeguards[WORDS[kind].safeguard or ""]
    posts = {
        re.findall(r'"([a-z_]+)"', one.text.partition("roles")[2])[0]
        for verb in safeguard.acts
        for one in GUARDS.by_act[verb]
        if one.id.startswith("person.is-")
    }
    assert posts == NEEDED_BY[kind]


def test_only_people_whose_posts_need_it_have_a_date() -> None:
    # The supervisor holds no post that asks or takes in; training they need as well.
    whose = {
        kind: {o.of for o in due(record(), NOW) if o.what == kind} for kind in NEEDED_BY
    }
    assert whose["training"] == {"analyst", "steward", "supervisor"}
    assert whose["recertification"] == {"analyst", "steward"}


def test_who_acts_for_another_needs_what_the_post_needs() -> None:
    acting = msgspec.structs.replace(g.ACTING, person="manager", roles=("data_steward",))
    trained = g.by("supervisor", f.TrainingCompleted(person="manager"))
    view = record((), trained, g.by("root", acting))
    assert only(view, "training", "manager").offices == ("harbor",)
    assert not [one for one in due(record((), trained), NOW) if one.of == "manager"]


def test_an_office_sees_its_own_dates_and_those_of_the_units_under_it() -> None:
    view = record()
    found = due(view, NOW)

    def of(office: str) -> set[str]:
        return {one.what for one in found if for_office(view, one, office)}

    assert "use-request" in of("routes") & of("harbor") & of("dept")
    assert "contract-ends" in of("harbor") - of("routes")
    assert "sealed-retention" in of("dept") - of("harbor")
    assert of("dept") == {one.what for one in found}


def test_a_person_sees_what_is_theirs_and_what_their_posts_can_settle() -> None:
    view = record((), asked_once(), g.DELEGATED)
    found = due(view, NOW)

    def of(person: str) -> set[tuple[str, str]]:
        return {(one.what, one.of) for one in found if for_person(view, one, person, NOW)}

    assert {("use-request", "r-1"), ("rules-of-behavior", "analyst")} <= of("analyst")
    assert ("rules-of-behavior", "steward") not in of("analyst")
    assert ("review-of-use", "feed") in of("supervisor") - of("analyst")
    assert ("review-of-use", "feed") in of("component"), "a delegate of the supervisor"
    assert ("assessment-lapses", "pia") in of("chief"), "a post of the whole department"
    assert of("nobody") == set()


def test_a_moved_commitment_and_a_slipped_target_are_listed_at_their_newest_day() -> None:
    moved_on = record((), t.PROMISED, t.by("manager", t.MOVED))
    assert only(moved_on, "commitment-due", "pr-1").moment[:10] == "2027-03-01"
    slip = t.by("manager", t.changed(t.PLAN, due="2027-06-30"))
    slipped = record((), *t.ANSWERED, slip)
    assert only(slipped, "recommendation-target", "rec-1").moment[:10] == "2027-07-01"


def test_a_reopened_recommendation_has_its_dates_again() -> None:
    again = record((), *t.DONE, t.by("watcher", t.REOPENED))
    assert only(again, "recommendation-target", "rec-1").state == "coming"
