"""Clocks: every date of a register in one list, so that what passes can be seen coming.

A date that refuses is worked out by the very functions that the safeguards' facts come from:
the moment in the list is the moment from which the act is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, TypeAlias

import msgspec

from beforehand.ledger.times import time_text
from beforehand.oversight.clock_answering import of_answering
from beforehand.oversight.clock_dates import Clock
from beforehand.oversight.clock_people import of_people, of_register, of_reported
from beforehand.oversight.clock_things import of_things
from beforehand.oversight.clock_words import WORDS, Kind
from beforehand.policy.asker import STAFF_OFFICES
from beforehand.policy.put import FOREVER, moment
from beforehand.record.shapes import Role
from beforehand.record.view import RecordView

State: TypeAlias = Literal["overdue", "today", "coming"]
_DAY: Final = 86_400_000
_LATELY: Final = 30 * _DAY  # how long what has ended by itself is still shown
_1970: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """One date, as of a moment.

    of          the id of the thing whose date it is
    part        what of it: a mitigation, the assessment that sets the date, the posts; or null
    offices     whose duty it is; none stands for the department
    person      whose it is, where it is one person's
    moment      from when it counts, as entries write times
    state       overdue: from `moment` on; today: it falls by the end of that day (UTC)
    dated       whether the moment was known beforehand; else it is since when this stands
    days_open   whole days since it was opened or discovered, where that is known
    safeguard   the id of the safeguard that refuses from then on; null where none does
    acts        the verbs that settle it; `roles`: the posts that can
    """

    what: Kind
    of: str
    part: str | None
    offices: tuple[str, ...]
    person: str | None
    moment: str
    state: State
    dated: bool
    days_open: int | None
    safeguard: str | None
    stops: str
    do: str
    acts: tuple[str, ...]
    roles: tuple[Role, ...]


def due(view: RecordView, at: str) -> tuple[Due, ...]:
    """Return every date of a register as of a moment, the earliest first.

    What ends by itself (a delegation, a use request) is listed until 30 days after its end;
    everything else until it is settled.

    at   a moment as entries write it; later than the newest entry it is a forecast
    Cost: a walk over the Record.
    """
    now = moment(at).first
    found = [
        _told(one, now)
        for one in _clocks(view, at)
        if one.moment < FOREVER and not (one.ends and now - one.moment > _LATELY)
    ]
    return tuple(sorted(found, key=_order))


def _clocks(view: RecordView, at: str) -> Iterator[Clock]:
    yield from of_things(view, at)
    yield from of_people(view, at)
    yield from of_register(view, at)
    yield from of_answering(view)
    yield from of_reported(view)


def _told(one: Clock, now: int) -> Due:
    words = WORDS[one.what]
    opened = one.opened if one.opened is not None or one.dated else one.moment
    return Due(
        what=one.what,
        of=one.of,
        part=one.part,
        offices=one.offices,
        person=one.person,
        moment=_text(one.moment),
        state=_state(one.moment, now),
        dated=one.dated,
        days_open=None if opened is None else max(0, (now - opened) // _DAY),
        safeguard=words.safeguard,
        stops=words.stops,
        do=words.do,
        acts=words.acts,
        roles=words.roles,
    )


def _state(falls: int, now: int) -> State:
    if falls <= now:
        return "overdue"
    # A lapse at midnight is today's on the day before: that is the last day to do something.
    return "today" if falls <= (now // _DAY + 1) * _DAY else "coming"


def _text(milliseconds: int) -> str:
    return time_text(_1970 + timedelta(milliseconds=milliseconds))


def _order(one: Due) -> tuple[str, ...]:
    return (
        *(one.moment, one.what, one.of, one.part or ""),
        *(*one.offices, one.person or ""),
    )


# -- for whom ----------------------------------------------------------------------------


def for_office(view: RecordView, one: Due, office: str) -> bool:
    """Whether a date is the duty of an office or of one under it."""
    under = {*view.offices_under(office), *view.reported.units_under(office)}
    if not one.offices:
        return office == view.department
    return not under.isdisjoint(one.offices)


def for_person(view: RecordView, one: Due, person: str, at: str) -> bool:
    """Whether a date is the person's own, or one that a post of theirs can settle."""
    offices = one.offices or ((view.department,) if view.department else ())
    above = {each for office in offices for each in view.above(office)}
    return person == one.person or any(
        _serves(view, office) in above and not roles.isdisjoint(one.roles)
        for office, roles in _posts(view, person, at)
    )


def _posts(view: RecordView, person: str, at: str) -> Iterator[tuple[str, frozenset[Role]]]:
    known = view.persons.get(person)
    yield from known.roles.items() if known else ()
    for one in view.people.authorities_of(person, at[:10]):
        yield one.office, one.roles


def _serves(view: RecordView, office: str) -> str:
    known = view.offices[office]
    return known.parent if known.kind in STAFF_OFFICES and known.parent else office
