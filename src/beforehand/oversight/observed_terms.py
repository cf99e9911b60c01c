"""One act held against the terms of the assessment that it relied on, term by term."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, TypeGuard

import msgspec

from beforehand.cells import level_name
from beforehand.policy.asker import STAFF_OFFICES
from beforehand.record import buying as b
from beforehand.record import facts as f
from beforehand.record import state as s
from beforehand.record.terms import Asked
from beforehand.record.view import quarter

if TYPE_CHECKING:
    from beforehand.record.recorded import AnyFact, Recorded
    from beforehand.record.terms import Terms
    from beforehand.record.view import RecordView

Term: TypeAlias = Literal[
    "datasets",
    "purposes",
    "offices",
    "people",
    "forms",
    "area",
    "finest_grid",
    "finest_step",
    "prices",
    "budget",
    "places",
    "retention_days",
    "review_days",
    "mitigations",
    "sharing",
]
Act: TypeAlias = (
    b.SolicitationIssued
    | f.ContractAwarded
    | f.ContractModified
    | f.HoldingTaken
    | f.UseRequested
    | f.QuestionAdmitted
)
Why: TypeAlias = str | msgspec.UnsetType | None
"""What breaks the term; None: in keeping with it; unset: it cannot be read."""

_STEP_MINUTES: Final = 15


def relies_on(fact: AnyFact) -> TypeGuard[Act]:
    return isinstance(fact, Act)


def by_act(
    record: RecordView, entry: Recorded, fact: Act, terms: Terms
) -> Iterator[tuple[Term, Why]]:
    """Yield each term that this act could have broken, and how it did.

    record   as it stood before the entry
    """
    datasets = (fact.dataset,) if isinstance(fact, _OF_ONE) else fact.datasets
    yield "datasets", _beyond("dataset", record.carried(datasets), terms.datasets)
    office = _office(record, fact)
    yield "offices", _beyond("office", (office,), terms.offices)
    purpose = getattr(fact, "purpose", None)
    if purpose is not None:
        yield "purposes", _beyond("purpose", (purpose,), terms.purposes)
    match fact:
        case f.HoldingTaken():
            yield "finest_grid", _finer(fact.grid, terms.finest_grid, "cells", "data held")
            yield "finest_step", _finer(fact.step, terms.finest_step, "steps", "data held")
            yield "places", _beyond("list of places", (fact.places,), (terms.places,))
        case f.UseRequested():
            yield "people", _person(record, entry, terms)
            yield "forms", _beyond("form", (fact.form,), terms.forms)
        case f.QuestionAdmitted():
            yield "people", _person(record, entry, terms)
            yield "prices", _price(fact, terms)
            yield "budget", _budget(record, entry, fact, terms)
            yield from _of_form(entry, terms)
        case _:
            pass


_OF_ONE = (f.HoldingTaken, f.UseRequested, f.QuestionAdmitted)


def _office(record: RecordView, fact: Act) -> str:
    if isinstance(fact, f.ContractModified):
        return record.contracts[fact.contract].awarded.office
    return fact.office


def _beyond(what: str, found: Iterable[str], promised: Iterable[str]) -> str | None:
    beyond = sorted(set(found) - set(promised))
    return f"{what} {', '.join(beyond)} is not promised" if beyond else None


def _finer(found: int, promised: int, what: str, of: str) -> str | None:
    return f"{of} in finer {what} than promised" if found < promised else None


def _person(record: RecordView, entry: Recorded, terms: Terms) -> str | None:
    """A person outside: no post of theirs is in, above or below an office that was promised."""
    known = record.persons.get(entry.actor)
    posts = {office for office, roles in (known.roles if known else {}).items() if roles}
    given = record.people.authorities_of(entry.actor, entry.at[:10])
    posts |= {one.office for one in given if one.roles}
    near = {
        one
        for office in terms.offices
        for one in (*record.above(office), *record.offices_under(office))
    }
    inside = any(_serves(record, office) in near for office in posts)
    return None if inside else f"person {entry.actor} is of no promised office"


def _serves(record: RecordView, office: str) -> str:
    known = record.offices[office]
    return known.parent if known.kind in STAFF_OFFICES and known.parent else office


def _price(fact: f.QuestionAdmitted, terms: Terms) -> str | None:
    profile = terms.profile(fact.profile)
    if profile is None:
        return f"the price {fact.profile} is not promised"
    above = fact.rho_micro > profile.rho_micro or fact.delta_e15 > profile.delta_e15
    return f"a question cost more than {fact.profile}" if above else None


def _budget(
    record: RecordView, entry: Recorded, fact: f.QuestionAdmitted, terms: Terms
) -> str | None:
    """What was spent on the dataset in that quarter, under whatever assessment."""
    spent = record.spent.get((fact.dataset, quarter(entry.at)), s.Spent())
    over = (
        spent.rho_micro + fact.rho_micro > terms.budget_rho_micro
        or spent.delta_e15 + fact.delta_e15 > terms.budget_delta_e15
    )
    when = quarter(entry.at)
    return f"the budget of {fact.dataset} for {when} was overspent" if over else None


def _of_form(entry: Recorded, terms: Terms) -> Iterator[tuple[Term, Why]]:
    """The terms that a question's sealed form is held against. Its values are not repeated."""
    found = entry.opened.get("form")
    if found is None:
        for term in _SEALED:
            yield term, msgspec.UNSET
        return
    asked = msgspec.convert(found, Asked)
    yield "forms", _beyond("form", (asked.form,), terms.forms)
    yield "finest_grid", _finer(asked.grid, terms.finest_grid, "cells", "a question")
    yield "finest_step", _finer(asked.step, terms.finest_step, "steps", "a question")
    outside = not terms.area.holds(asked.area)
    yield "area", "a question about places outside the area" if outside else None
    oldest = days_after(entry.at, -terms.retention_days)[:10]
    old = asked.window_start[:10] < oldest
    yield "retention_days", "a question about days past retention" if old else None


_SEALED: Final[tuple[Term, ...]] = (
    "forms",
    "finest_grid",
    "finest_step",
    "area",
    "retention_days",
)


# -- days and words ----------------------------------------------------------------------


def days_after(at: str, days: int) -> str:
    """Return the moment, or the day, so many days after; its time of day is kept."""
    return (date.fromisoformat(at[:10]) + timedelta(days=days)).isoformat() + at[10:]


def mitigation_days(due: str, delays: list[tuple[str, str]]) -> str:
    """Return the last day for a mitigation: a delay counts if accepted while it was not late.

    delays   when each was accepted, and until when, the first first
    """
    for accepted, until in delays:
        if accepted <= due:
            due = max(due, until)
    return due


def words_of(term: Term, terms: Terms) -> str:
    """Return what a term promises, in words."""
    profiles = (f"{one.name} {one.rho_micro:,}" for one in terms.profiles)
    mitigations = (f"{one.mitigation} by {one.due}" for one in terms.mitigations)
    columns, rows = _range(terms.area.columns), _range(terms.area.rows)
    said: dict[Term, str] = {
        "datasets": _listed(terms.datasets),
        "purposes": _listed(terms.purposes),
        "offices": _listed(terms.offices),
        "people": f"asked by people of {_listed(terms.offices)}",
        "forms": _listed(terms.forms),
        "area": f"columns {columns}, rows {rows}",
        "finest_grid": f"cells of {level_name(terms.finest_grid)} or more",
        "finest_step": f"steps of {_STEP_MINUTES * terms.finest_step:,} minutes or more",
        "prices": f"millionths of rho a question: {_listed(profiles)}",
        "budget": f"{terms.budget_rho_micro:,} millionths of rho a dataset and quarter",
        "places": f"places of list {terms.places} removed",
        "retention_days": f"kept {terms.retention_days:,} days at most",
        "review_days": f"reviewed within {terms.review_days:,} days",
        "mitigations": _listed(mitigations),
        "sharing": f"shared with {_listed(terms.sharing)}",
    }
    return said[term]


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words) or "none"


def _range(ends: tuple[int, int]) -> str:
    return f"{ends[0]:,} to {ends[1]:,}"
