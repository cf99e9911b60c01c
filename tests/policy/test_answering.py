"""Who may say what of a recommendation, a commitment, a question and redress."""

from __future__ import annotations

import pytest

from beforehand.policy.decide import decide
from beforehand.policy.office import office_of
from beforehand.policy.question import put
from beforehand.record import answering as a
from beforehand.record import facts as f
from beforehand.record import people as p
from beforehand.record.acts import Act
from beforehand.record.fold import Record
from beforehand.record.kinds import DecidedFact
from tests.policy import answering_tables as t
from tests.world import GUARDS, NOW, record


def unmet(view: Record, what: Act) -> set[str]:
    return {one.safeguard for one in decide(GUARDS, put(view, what, at=NOW)).unmet}


@pytest.mark.parametrize("name", t.MORE_REFUSED)
def test_what_is_not_theirs_to_say_is_refused(name: str) -> None:
    safeguard, view, what = t.MORE_REFUSED[name]
    assert unmet(view, what) == {safeguard}


@pytest.mark.parametrize("name", t.MORE_ALLOWED)
def test_what_is_theirs_to_say_is_allowed(name: str) -> None:
    view, what = t.MORE_ALLOWED[name]
    assert unmet(view, what) == set()


@pytest.mark.parametrize("actor", ["analyst", "buyer", "liberty", "root", "lawyer"])
def test_anyone_with_an_account_of_their_own_lodges_a_question(actor: str) -> None:
    assert unmet(record(), t.asked(actor, t.QUERY)) == set()
    assert unmet(record(), t.asked(actor, t.REDRESS)) == set()


def test_nobody_lodges_under_a_shared_account_or_without_one() -> None:
    shared = t.by(
        "root",
        f.PersonAppointed(
            person="desk", office="harbor", roles=("analyst",), account="shared"
        ),
    )
    found = unmet(record((), shared), t.asked("desk", t.QUERY))
    assert found == {"person.individual"}
    assert "person.individual" in unmet(record(), t.asked("nobody", t.QUERY))


def test_everything_is_unmet_for_who_is_not_on_record() -> None:
    what = t.act("nobody", t.REPLY)
    bearing = {one.id for one in GUARDS.by_act[what.verb]}
    assert unmet(record((), t.LODGED), what) == bearing


def test_an_acting_inspector_general_of_the_office_is_the_body() -> None:
    acting = t.by(
        "root",
        p.ActingNamed(
            acting="a-9",
            person="keeper",
            office="oig",
            roles=("inspector_general",),
            first_day="2026-11-20",
            last_day="2026-12-20",
        ),
    )
    assert unmet(record((), acting, *t.ANSWERED), t.act("keeper", t.CLOSED)) == set()


@pytest.mark.parametrize("fact", [t.SILENT, t.FAILED], ids=lambda fact: fact.kind)
def test_what_the_program_notes_no_person_can_submit(fact: DecidedFact) -> None:
    view = record((), *t.DONE, t.LODGED)
    assert unmet(view, t.act("watcher", fact)) == {"person.act-known"}


OF_OFFICE: dict[str, tuple[Record, DecidedFact, str | None]] = {
    "an answer": (record((), *t.MADE), t.CONCUR, "harbor"),
    "a plan": (record((), *t.MADE), t.PLAN, "harbor"),
    "a commitment": (record(), t.PROMISE, "harbor"),
    "a moved commitment": (record((), t.PROMISED), t.MOVED, "harbor"),
    "a reply": (record((), t.LODGED), t.REPLY, "harbor"),
    "a settled request": (record((), t.RECEIVED), t.SETTLED, "harbor"),
    "a report on it": (record(), t.REPORT, None),
    "a recommendation to it": (record((), *t.MADE[:2]), t.ADVICE, None),
    "a closing": (record((), *t.ANSWERED), t.CLOSED, None),
    "a reopening": (record((), *t.DONE), t.REOPENED, None),
    "a question to it": (record(), t.QUERY, None),
    "a complaint to it": (record(), t.REDRESS, None),
}


@pytest.mark.parametrize("name", OF_OFFICE)
def test_no_set_of_an_office_comes_between_it_and_who_oversees_or_asks_it(
    name: str,
) -> None:
    view, fact, office = OF_OFFICE[name]
    assert office_of(view, t.act("root", fact)) == office
    assert (office is None) == isinstance(fact, a.OF_OUTSIDERS)
