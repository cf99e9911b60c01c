"""What is due in a register: its clocks, as of now, of an earlier moment, or of one to come."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from beforehand.app import clock
from beforehand.app.history import as_of, size_at
from beforehand.app.registers import App
from beforehand.ledger.times import parse_time, time_text
from beforehand.oversight.clocks import Due, due, for_office, for_person
from beforehand.record.rulebook import in_force
from beforehand.record.view import RecordView
from beforehand.refusal import InputError


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """What is due, the earliest first.

    at         the moment that it is told of
    entries    how many entries of the ledger it rests on
    forecast   whether the moment is still to come: as it will be if nothing more is recorded
    """

    register: str
    at: str
    entries: int
    forecast: bool
    due: tuple[Due, ...]


def listing(
    app: App,
    at: datetime | None = None,
    *,
    within: int | None = None,
    office: str | None = None,
    person: str | None = None,
) -> Listing:
    """Return what is due as of a moment; a past one sees the entries recorded by then alone.

    at       None for now
    within   leaves out what falls more than so many days after the moment
    office   only the duties of this office and those under it
    person   only what is this person's, or what a post of theirs can settle
    Raises InputError for an office or a person that the Record does not know.
    """
    # No entry of the ledger is yet to come, whatever the clock says.
    last = app.ledger.last_time()
    now = max(clock.now(), parse_time(last)) if last else clock.now()
    moment = at or now
    if moment < now:
        size = size_at(app, moment)
        view = as_of(app, size)
    else:
        view = app.view()
        size = view.size
    text = time_text(moment)
    _check(view, office, person)
    found = due(view, text)
    rules = _rules(app, view, text)
    horizon = None if within is None else _days_after(text, within)
    return Listing(
        register=app.settings.register,
        at=text,
        entries=size,
        forecast=moment > now,
        due=tuple(
            _as_ruled(one, rules)
            for one in found
            if (horizon is None or one.moment <= horizon)
            and (office is None or for_office(view, one, office))
            and (person is None or for_person(view, one, person, text))
        ),
    )


def _check(view: RecordView, office: str | None, person: str | None) -> None:
    known = {*view.offices, *view.reported.offices}
    if office is not None and office not in known:
        raise InputError(where="--office", expected="an office by then", got=repr(office))
    if person is not None and person not in view.persons:
        raise InputError(where="--person", expected="a person by then", got=repr(person))


def _days_after(at: str, days: int) -> str:
    try:
        return time_text(parse_time(at) + timedelta(days=days))
    except OverflowError:  # beyond the calendar: everything
        return "9999"


def _rules(app: App, view: RecordView, at: str) -> frozenset[str]:
    """Return the ids of the department's safeguards at a moment; none before there were any."""
    parts = in_force(view, None, at)
    return frozenset(app.library.named(parts[0]).safeguards if parts else ())


def _as_ruled(one: Due, rules: frozenset[str]) -> Due:
    """Return a date as the safeguards in force have it: one that they lack refuses nothing."""
    if one.safeguard is None or one.safeguard in rules:
        return one
    stops = f"Nothing; the safeguards in force have no {one.safeguard}."
    return msgspec.structs.replace(one, safeguard=None, stops=stops)
