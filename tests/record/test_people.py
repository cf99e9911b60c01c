"""Who may act for whom, and what two sign-ins of one person say."""

from __future__ import annotations

import pytest

from beforehand.record.people import (
    AccountUnlocked,
    ActingNamed,
    DelegationEnded,
    DelegationMade,
    People,
    SessionClosed,
    SessionOpened,
    SiteNamed,
    kilometres,
)

# Public places, as degrees north of the South Pole and east of 180 degrees west, times 10^4.
BERLIN = SiteNamed(site="berlin", north_e4=1_425_200, east_e4=1_934_050)
PARIS = SiteNamed(site="paris", north_e4=1_388_566, east_e4=1_823_522)
NEXT_DOOR = SiteNamed(site="next-door", north_e4=1_425_205, east_e4=1_934_055)
DIGEST = "0" * 64


def at(clock: str) -> str:
    return f"2026-11-20T{clock}:00.000000Z"


def opened(people: People, name: str, site: str, clock: str, person: str = "ana") -> None:
    people.apply(SessionOpened(session=name, person=person, site=site), at(clock))


def closed(people: People, name: str, clock: str) -> None:
    people.apply(SessionClosed(session=name), at(clock))


@pytest.fixture
def people() -> People:
    found = People()
    for site in (BERLIN, PARIS, NEXT_DOOR):
        found.apply(site, at("00:00"))
    return found


def test_the_distance_between_two_cities_is_the_known_one() -> None:
    assert kilometres(BERLIN, PARIS) == pytest.approx(878, abs=3)
    assert kilometres(BERLIN, BERLIN) == 0


def test_two_places_at_once_lock_the_account(people: People) -> None:
    opened(people, "one", "berlin", "09:00")
    assert "ana" not in people.locks
    opened(people, "two", "paris", "17:00")
    assert people.locks["ana"].reason == "two_places"


def test_a_journey_faster_than_any_locks_the_account(people: People) -> None:
    opened(people, "one", "berlin", "09:00")
    closed(people, "one", "10:00")
    opened(people, "two", "paris", "10:52")
    assert people.locks["ana"].reason == "impossible_pace"


@pytest.mark.parametrize(
    ("site", "clock"),
    [
        pytest.param("paris", "10:53", id="a journey that a plane could make"),
        pytest.param("berlin", "10:01", id="the same place"),
        pytest.param("next-door", "10:01", id="next door"),
    ],
)
def test_what_one_person_can_do_locks_nothing(
    people: People, site: str, clock: str
) -> None:
    opened(people, "one", "berlin", "09:00")
    closed(people, "one", "10:00")
    opened(people, "two", site, clock)
    assert people.locks == {}


def test_an_earlier_session_that_is_still_open_is_not_forgotten(people: People) -> None:
    opened(people, "old", "berlin", "08:00")
    opened(people, "near", "next-door", "09:00")
    closed(people, "near", "09:30")
    opened(people, "far", "paris", "20:00")
    assert people.locks["ana"].reason == "two_places"


def test_another_person_elsewhere_is_another_person(people: People) -> None:
    opened(people, "one", "berlin", "09:00")
    opened(people, "two", "paris", "09:00", person="ben")
    assert people.locks == {}


def test_unlocking_begins_afresh(people: People) -> None:
    opened(people, "one", "berlin", "09:00")
    opened(people, "two", "paris", "09:00")
    unlock = AccountUnlocked(person="ana", outcome="sharing_ended", document=DIGEST)
    people.apply(unlock, at("10:00"))
    assert people.locks == {}
    assert all(one.closed for one in people.sessions.values())
    opened(people, "three", "berlin", "10:01")
    assert people.locks == {}
    opened(people, "four", "paris", "10:02")
    assert people.locks["ana"].reason == "two_places"


def delegate(people: People, name: str, of: str, to: str) -> None:
    fact = DelegationMade(
        delegation=name,
        delegator=of,
        delegate=to,
        office="harbor",
        roles=("supervisor",),
        first_day="2026-11-20",
        last_day="2026-11-25",
    )
    people.apply(fact, at("00:00"))


@pytest.mark.parametrize(
    ("day", "stands_for"),
    [
        pytest.param("2026-11-19", {"cas"}, id="the day before"),
        pytest.param("2026-11-20", {"ana", "ben", "cas"}, id="its first day"),
        pytest.param("2026-11-25", {"ana", "ben", "cas"}, id="its last day"),
        pytest.param("2026-11-26", {"cas"}, id="the day after"),
    ],
)
def test_a_delegate_counts_as_who_delegated_by_any_steps(
    people: People, day: str, stands_for: set[str]
) -> None:
    delegate(people, "d-1", "ana", "ben")
    delegate(people, "d-2", "ben", "cas")
    assert people.stands_for("cas", day) == stands_for
    assert people.stands_for("ana", day) == {"ana"}


def test_a_circle_of_delegates_is_one_person(people: People) -> None:
    delegate(people, "d-1", "ana", "ben")
    delegate(people, "d-2", "ben", "ana")
    assert people.stands_for("ana", "2026-11-20") == {"ana", "ben"}


def test_an_ended_delegation_and_an_acting_post_stand_for_nobody(people: People) -> None:
    delegate(people, "d-1", "ana", "ben")
    people.apply(DelegationEnded(delegation="d-1"), at("12:00"))
    acting = ActingNamed(
        acting="a-1",
        person="ben",
        office="harbor",
        roles=("counsel",),
        first_day="2026-11-20",
        last_day="2026-11-25",
    )
    people.apply(acting, at("12:00"))
    assert people.stands_for("ben", "2026-11-20") == {"ben"}
    (post,) = people.authorities_of("ben", "2026-11-20")
    assert (post.roles, post.of) == (frozenset({"counsel"}), None)
