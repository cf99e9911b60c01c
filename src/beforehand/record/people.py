"""Facts about who may act for whom, from where, and whose account is locked.

A delegate counts as the person who delegated, for every rule that keeps two people apart. A
session says where a person signed in: one person in two places locks the account by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from math import asin, cos, radians, sin, sqrt
from typing import Literal, TypeAlias, assert_never

import msgspec
from msgspec.structs import replace

from beforehand.record.shapes import Fact, Role

Suspicion = Literal["two_places", "impossible_pace"]
LockReason = Literal["shared", "misuse", "left", "inquiry"]
EARTH_KM = 6_371
FASTEST_KM_H = 1_000  # faster than any airliner from door to door
SAME_SITE_KM = 1


class PeopleFact(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fact of this group."""


# -- acting for another ------------------------------------------------------------------


class DelegationMade(PeopleFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`delegate` may act in these posts of `delegator`, on these days alone."""

    kind, act, about = "delegation.made", "delegate", "delegation"
    delegation: str
    delegator: str
    delegate: str
    office: str
    roles: tuple[Role, ...]
    first_day: str
    last_day: str


class DelegationEnded(PeopleFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "delegation.ended", "end-delegation", "delegation"
    delegation: str


class ActingNamed(PeopleFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`person` holds vacant posts as an acting official, on these days alone."""

    kind, act, about = "acting.named", "name-acting", "acting"
    acting: str
    person: str
    office: str
    roles: tuple[Role, ...]
    first_day: str
    last_day: str


class ActingEnded(PeopleFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "acting.ended", "end-acting", "acting"
    acting: str


# -- where people sign in ----------------------------------------------------------------


class SiteNamed(PeopleFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place where people sign in.

    north_e4   ten-thousandths of a degree north of the South Pole, 0 to 1,800,000
    east_e4    ten-thousandths of a degree east of 180 degrees west, 0 to 3,599,999
    """

    kind, act, about = "site.named", "name-site", "site"
    site: str
    north_e4: int
    east_e4: int


class SessionOpened(PeopleFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "session.opened", "open-session", "session"
    session: str
    person: str
    site: str


class SessionClosed(PeopleFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "session.closed", "close-session", "session"
    session: str


class AccountLocked(PeopleFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "account.locked", "lock-account", "person"
    person: str
    reason: LockReason


class AccountUnlocked(PeopleFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`document` is the inquiry; nothing unlocks an account without one."""

    kind, act, about = "account.unlocked", "unlock-account", "person"
    person: str
    outcome: Literal["one_person", "sharing_ended", "misuse_ended"]
    document: str


AnyPeopleFact: TypeAlias = (
    DelegationMade
    | DelegationEnded
    | ActingNamed
    | ActingEnded
    | SiteNamed
    | SessionOpened
    | SessionClosed
    | AccountLocked
    | AccountUnlocked
)

# -- what the Record keeps of them -------------------------------------------------------


class Authority(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Posts held for a time. `of` is who delegated them, None for an acting official."""

    person: str
    of: str | None
    office: str
    roles: frozenset[Role]
    first_day: str
    last_day: str
    at: str
    ended: str | None = None

    def holds(self, day: str) -> bool:
        return self.first_day <= day <= self.last_day and self.ended is None


class Session(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    person: str
    site: str
    at: str
    closed: str | None = None


class Lock(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    reason: LockReason | Suspicion
    at: str


class People:
    """Authorities, sites, sessions and locks, by id; locks by person."""

    def __init__(self) -> None:
        self.authorities: dict[str, Authority] = {}
        self.sites: dict[str, SiteNamed] = {}
        self.sessions: dict[str, Session] = {}
        self.locks: dict[str, Lock] = {}
        self._given: dict[str, list[str]] = {}  # person -> ids of authorities given to them
        self._last: dict[str, list[str]] = {}  # person -> open sessions and the last closed

    def apply(self, fact: AnyPeopleFact, at: str) -> None:  # noqa: C901
        match fact:
            case DelegationMade():
                self._give(fact.delegation, fact.delegate, fact.delegator, fact, at)
            case ActingNamed():
                self._give(fact.acting, fact.person, None, fact, at)
            case DelegationEnded():
                self._end(fact.delegation, at)
            case ActingEnded():
                self._end(fact.acting, at)
            case SiteNamed():
                self.sites[fact.site] = fact
            case SessionOpened():
                self._open(fact, at)
            case SessionClosed():
                self._close(fact.session, at)
            case AccountLocked():
                self.locks[fact.person] = Lock(reason=fact.reason, at=at)
            case AccountUnlocked():
                self.locks.pop(fact.person, None)
                # What was inquired into is not suspected again.
                for name in self._last.pop(fact.person, []):
                    self._close(name, at)
                self._last.pop(fact.person, None)
            case _:
                assert_never(fact)

    def authorities_of(self, person: str, day: str) -> Iterator[Authority]:
        """Yield the authorities that `person` holds on a day (ISO), the posts of others."""
        for name in self._given.get(person, ()):
            if (one := self.authorities[name]).holds(day):
                yield one

    def stands_for(self, person: str, day: str) -> frozenset[str]:
        """Return `person` and everyone whose delegate they are on that day, by any steps."""
        if person not in self._given:
            return frozenset((person,))
        found: set[str] = set()
        waiting = [person]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += [each.of for each in self.authorities_of(one, day) if each.of]
        return frozenset(found)

    def _give(
        self,
        name: str,
        person: str,
        of: str | None,
        fact: DelegationMade | ActingNamed,
        at: str,
    ) -> None:
        self.authorities[name] = Authority(
            person=person,
            of=of,
            office=fact.office,
            roles=frozenset(fact.roles),
            first_day=fact.first_day,
            last_day=fact.last_day,
            at=at,
        )
        self._given.setdefault(person, []).append(name)

    def _end(self, name: str, at: str) -> None:
        self.authorities[name] = replace(self.authorities[name], ended=at)

    def _open(self, fact: SessionOpened, at: str) -> None:
        session = Session(person=fact.person, site=fact.site, at=at)
        kept = self._last.setdefault(fact.person, [])
        found = self.suspicion(fact.person, fact.site, at)
        if found is not None and fact.person not in self.locks:
            self.locks[fact.person] = Lock(reason=found, at=at)
        self.sessions[fact.session] = session
        kept.append(fact.session)

    def _close(self, name: str, at: str) -> None:
        session = self.sessions[name]
        if session.closed is None:
            self.sessions[name] = replace(session, closed=at)
        kept = self._last.get(session.person, [])
        older = [one for one in kept if one != name and self.sessions[one].closed]
        for one in older:
            kept.remove(one)

    def suspicion(self, person: str, site: str, at: str) -> Suspicion | None:
        """Return why a sign-in at `site` now suggests that two people share the account."""
        here = self.sites[site]
        for name in self._last.get(person, ()):
            other = self.sessions[name]
            distance = kilometres(here, self.sites[other.site])
            if distance <= SAME_SITE_KM:
                continue
            if other.closed is None:
                return "two_places"
            if distance > FASTEST_KM_H * _hours(other.closed, at):
                return "impossible_pace"
        return None


def kilometres(one: SiteNamed, other: SiteNamed) -> float:
    """Return the distance on the ground, by the haversine formula on a sphere."""
    north = radians(one.north_e4 / 1e4 - 90), radians(other.north_e4 / 1e4 - 90)
    east = radians((one.east_e4 - other.east_e4) / 1e4)
    half = sin((north[0] - north[1]) / 2) ** 2
    half += cos(north[0]) * cos(north[1]) * sin(east / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))


def _hours(first: str, last: str) -> float:
    return (
        datetime.fromisoformat(last) - datetime.fromisoformat(first)
    ).total_seconds() / 3600
