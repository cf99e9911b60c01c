"""The dates of people, of the register itself, and of what was reported. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from beforehand.oversight.clock_dates import Clock, after, date_of, last, plus
from beforehand.oversight.clock_words import Kind
from beforehand.oversight.promises import compiled_on
from beforehand.oversight.statements import verdict
from beforehand.policy.attributes import person_facts
from beforehand.policy.put import day, moment
from beforehand.record import spans
from beforehand.record.reported import AssessmentReported, StatementReported
from beforehand.record.shapes import Role
from beforehand.record.state import Person
from beforehand.record.view import RecordView

_ASKERS: Final = frozenset[Role]({"analyst", "data_steward"})
# Which posts need which of a person's dates: those whose acts the safeguard bears on.
NEEDED_BY: Final[Mapping[Kind, frozenset[Role]]] = {
    "training": _ASKERS | {"supervisor"},
    "rules-of-behavior": _ASKERS,
    "recertification": _ASKERS,
}
_FACT_OF: Final[Mapping[Kind, str]] = {
    "training": "trained_until",
    "rules-of-behavior": "rules_until",
    "recertification": "recertified_until",
}


def of_people(view: RecordView, at: str) -> Iterator[Clock]:
    """Yield the dates of people, in no order."""
    yield from _persons(view, at)
    yield from _locks(view)
    yield from _authorities(view)
    yield from _exceptions(view)


def of_register(view: RecordView, at: str) -> Iterator[Clock]:
    """Yield the dates of the register's own rules and sealed parts, in no order."""
    yield from _sealed_parts(view)
    yield from _safeguards(view, at)


def of_reported(view: RecordView) -> Iterator[Clock]:
    """Yield the dates of what was recommended and promised in public, in no order."""
    yield from _recommendations(view)
    yield from _commitments(view)


# -- people ------------------------------------------------------------------------------


def _persons(view: RecordView, at: str) -> Iterator[Clock]:
    for name, known in view.persons.items():
        posts = _posts(view, known, at)
        facts = person_facts(known, locked=name in view.people.locks)
        for what, needing in NEEDED_BY.items():
            offices = sorted(one for one, held in posts.items() if held & needing)
            if offices and _FACT_OF[what] in facts:
                yield Clock(
                    what=what,
                    of=name,
                    moment=date_of(facts, _FACT_OF[what]),
                    offices=tuple(offices),
                    person=name,
                )


def _posts(view: RecordView, known: Person, at: str) -> dict[str, frozenset[Role]]:
    """Return the posts that a person holds by office, those of others included."""
    posts = dict(known.roles)
    for one in view.people.authorities_of(known.person, at[:10]):
        posts[one.office] = posts.get(one.office, frozenset()) | one.roles
    return posts


def _locks(view: RecordView) -> Iterator[Clock]:
    for name, lock in view.people.locks.items():
        yield Clock(
            what="account-locked",
            of=name,
            part=lock.reason,
            moment=moment(lock.at).first,
            offices=tuple(sorted(view.persons[name].roles)),
            person=name,
            dated=False,
        )


def _authorities(view: RecordView) -> Iterator[Clock]:
    for name, one in view.people.authorities.items():
        if one.ended is None:
            yield Clock(
                what="acting" if one.of is None else "delegation",
                of=name,
                part=", ".join(sorted(one.roles)),
                moment=after(one.last_day),
                offices=(one.office,),
                person=one.person,
                ends=True,
            )


def _exceptions(view: RecordView) -> Iterator[Clock]:
    for name, one in view.buying.exceptions.items():
        if one.ended is None:
            yield Clock(
                what="exception",
                of=name,
                part=f"{one.recorded.safeguard} on {one.recorded.on}",
                moment=after(one.recorded.last_day),
                person=one.recorded.official,
                ends=True,
            )


# -- the register's own ------------------------------------------------------------------


def _sealed_parts(view: RecordView) -> Iterator[Clock]:
    for name, one in view.deletions.items():
        if one.proved is None:
            since = moment(one.at).first
            yield Clock(what="deletion-unproved", of=name, moment=since, dated=False)
    first = _first_sealed(view)
    if view.schedule is not None and first is not None:
        falls = plus(first, view.schedule.days + 1)
        of = view.opened or ""
        yield Clock(what="sealed-retention", of=of, part=first, moment=falls)


def _first_sealed(view: RecordView) -> str | None:
    """Return the first day whose entries may still have sealed parts."""
    gone = [one.decided.before for one in view.deletions.values() if one.proved]
    # Nothing is sealed before there are safeguards to decide it.
    adopted = view.rulebook.adopted.get(view.department or "", ())
    return max([*gone, *(one.at[:10] for one in adopted[:1])], default=None)


def _safeguards(view: RecordView, at: str) -> Iterator[Clock]:
    for (policies, office), one in view.rulebook.proposals.items():
        yield Clock(
            what="safeguards-proposed",
            of=policies,
            moment=day(one.made.in_force_from).first,
            offices=(office,),
            person=one.by,
            opened=moment(one.at).first,
        )
    for office in view.rulebook.adopted:
        for coming in view.rulebook.coming(office, at):
            yield Clock(
                what="safeguards-begin",
                of=coming.policies,
                moment=moment(coming.since).first,
                offices=(office,),
            )


# -- what was reported -------------------------------------------------------------------


def _recommendations(view: RecordView) -> Iterator[Clock]:
    """Those not closed: by their date, or else since the report, or since they were seen open."""
    record = view.reported
    for name, one in record.recommendations.items():
        report = record.reports.get(one.report)
        issued = last(report.issued) if report else None
        opened = issued or last(one.status_as_of)
        due = last(one.due)
        # One of which it is not known whether it is open counts by its date alone.
        falls = due or (opened if one.status != "unknown" else None)
        if one.status != "closed" and falls is not None:
            yield Clock(
                what="recommendation",
                of=name,
                part=one.report,
                moment=after(falls) if due else day(falls).first,
                offices=(one.to,) if one.to else (),
                dated=due is not None,
                opened=day(opened).first if opened else None,
            )


def _commitments(view: RecordView) -> Iterator[Clock]:
    """What was promised by a day, as far as the record does not show that it was kept."""
    record = view.reported
    promised: list[tuple[StatementReported | AssessmentReported, str | None, str]] = [
        *((one, one.claim.due, one.claim.office) for one in record.statements.values()),
        *(
            (one, event.day, one.office)
            for one in record.assessments.values()
            for event in one.events
            if event.event == "target"
        ),
    ]
    for one, promised_for, office in promised:
        due = last(promised_for)
        if due and _pends(view, one):
            yield Clock(
                what="commitment", of=one.item, moment=after(due), offices=(office,)
            )


def _pends(view: RecordView, one: StatementReported | AssessmentReported) -> bool:
    if isinstance(one, AssessmentReported):
        return one.status in ("unknown", "drafted", "under_review")
    found = verdict(view.reported, one).verdict
    compiled = compiled_on(view.reported)
    to_come = not spans.parse(one.claim.due).surely_before(compiled)
    return found == "overdue" or (found == "consistent" and to_come)
