"""A day in an invented city: where each device is at each second. Pure.

A plan is seven stops. Between two, a device moves along the streets at a steady pace, east
first or north first, so sightings on the way are on the way. Stop 0 is where it slept last
night and stop 6 where it sleeps tonight; a stop not made is the same spot as the one before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from beforehand.assay import city as table
from beforehand.assay.chance import around, below, chosen, key, quantile
from beforehand.assay.ground import Spots

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from beforehand.assay.city import City
    from beforehand.assay.ground import Ground
    from beforehand.cells import Ints

_STOPS = 7
_NIGHTS = 4  # the longest time away
_WEEK = 7
_SUNDAY = 6
_NOON = 43_200


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Stops of every device on one day.

    east, north      (device, stop) decimetres
    arrives, leaves  (device, stop) second of the day; the last stop is never left
    """

    east: Ints
    north: Ints
    arrives: Ints
    leaves: Ints


def plan_day(city: City, ground: Ground, seed: int, day: int) -> Plan:
    """Return the plan of day number `day`, 0 being the city's first (and -1 allowed)."""
    device = np.arange(city.devices, dtype=np.int64)
    weekday = (city.first_day.weekday() + day) % _WEEK
    last_night, tonight = (_night(ground, seed, device, d) for d in (day - 1, day))
    away = tonight.east != ground.home.east
    works = (
        chosen(key(seed, "works"), device, table.WORKS) & (weekday < _SUNDAY - 1) & ~away
    )
    main = _either(works, ground.work, _main(ground, seed, device, day, tonight))
    schooled = works & chosen(key(seed, "has school"), device, table.HAS_SCHOOL)
    first = _either(schooled, ground.sensitive.at(ground.school), last_night)
    lunch_out = works & chosen(key(seed, "lunch out", day), device, 400)
    lunch = _either(
        lunch_out, ground.venues.at(_pick(seed, "lunch", day, ground.lunch)), main
    )
    evening = _evening(ground, seed, device, day, main)
    evening = _either(away, tonight, evening)
    stops = (last_night, first, main, lunch, main, evening, tonight)
    return _timed(stops, seed, device, day, works)


def positions(plan: Plan, device: Ints, second: Ints) -> Spots:
    """Return where each device is at each second of the plan's day."""
    stop = np.zeros(len(device), dtype=np.int64)
    for leaving in range(_STOPS - 1):
        stop += second >= plan.leaves[device, leaving]
    before = np.maximum(stop - 1, 0)
    left, arrives = plan.leaves[device, before], plan.arrives[device, stop]
    moved = np.clip(second - left, 0, arrives - left)
    east, north = plan.east[device, before], plan.north[device, before]
    far_east, far_north = plan.east[device, stop] - east, plan.north[device, stop] - north
    way = np.abs(far_east) + np.abs(far_north)
    gone = np.where(stop > 0, way * moved // np.maximum(arrives - left, 1), way)
    east_first = device & 1 == 1
    leg = np.minimum(gone, np.where(east_first, np.abs(far_east), np.abs(far_north)))
    along_east = np.where(east_first, leg, gone - leg) * np.sign(far_east)
    along_north = np.where(east_first, gone - leg, leg) * np.sign(far_north)
    return Spots(east=east + along_east, north=north + along_north)


def _night(ground: Ground, seed: int, device: Ints, day: int) -> Spots:
    """Return where each device sleeps on the night after `day`: home, a shelter or away."""
    away = np.zeros(len(device), dtype=np.bool_)
    for ago in range(_NIGHTS):
        # A trip is drawn for its first night, so every day sees it alike.
        leaves = chosen(key(seed, "trip", day - ago), device, table.TRIP_A_WEEK // _WEEK)
        away |= leaves & (below(key(seed, "nights", day - ago), device, _NIGHTS) >= ago)
    sheltered = chosen(key(seed, "shelter"), device, table.IN_SHELTER)
    sheltered &= chosen(key(seed, "shelter week", (day + _WEEK) // _WEEK), device, 500)
    home = _either(sheltered, ground.sensitive.at(ground.shelter), ground.home)
    return _either(away, ground.lodging, home)


def _main(ground: Ground, seed: int, device: Ints, day: int, tonight: Spots) -> Spots:
    """Return where a day off is spent: out, at worship or in."""
    out = chosen(key(seed, "out", day), device, 550) & (tonight.east == ground.home.east)
    main = _either(out, ground.venues.at(_pick(seed, "main", day, ground.errands)), tonight)
    if day % _WEEK == _SUNDAY:
        worships = chosen(key(seed, "worships"), device, table.WORSHIPS)
        worships &= chosen(key(seed, "worships today", day), device, 600)
        main = _either(worships, ground.sensitive.at(ground.worship), main)
    return main


def _evening(ground: Ground, seed: int, device: Ints, day: int, main: Spots) -> Spots:
    """Return the stop on the way home: none, an errand, now and then a clinic."""
    errand = chosen(key(seed, "errand", day), device, 450)
    stop = _either(
        errand, ground.venues.at(_pick(seed, "evening", day, ground.errands)), main
    )
    patient = chosen(key(seed, "patient"), device, table.GOES_TO_CLINIC)
    patient &= chosen(key(seed, "clinic", day), device, 60)
    return _either(patient, ground.sensitive.at(ground.clinic), stop)


def _timed(
    stops: tuple[Spots, ...], seed: int, device: Ints, day: int, works: NDArray[np.bool_]
) -> Plan:
    """Give each stop its times: leave as usual, but never before a short stay."""
    jitter = around(key(seed, "jitter", day), device, 1_800)
    late = np.where(works, 0, 3_600)
    leaves_home = (
        quantile(key(seed, "leaves home"), device, table.LEAVES_HOME) + jitter + late
    )
    lunch = _NOON + around(key(seed, "noon", day), device, 3_600)
    leaves_work = np.where(
        works,
        quantile(key(seed, "leaves work"), device, table.LEAVES_WORK) - jitter,
        50_400,
    )
    usual = (leaves_home, leaves_home, lunch, lunch + 1_500, leaves_work, leaves_work)
    stays = (0, 400, 600, 1_500, 600, 600 + below(key(seed, "stay", day), device, 4_800))
    east = np.stack([s.east for s in stops], axis=1)
    north = np.stack([s.north for s in stops], axis=1)
    arrives, leaves = np.zeros_like(east), np.full_like(east, 1 << 40)
    for stop in range(_STOPS - 1):
        leaves[:, stop] = np.maximum(usual[stop], arrives[:, stop] + stays[stop])
        way = np.abs(np.diff(east[:, stop : stop + 2]))[:, 0]
        way = way + np.abs(np.diff(north[:, stop : stop + 2]))[:, 0]
        arrives[:, stop + 1] = leaves[:, stop] + _travel_seconds(way)
    return Plan(east=east, north=north, arrives=arrives, leaves=leaves)


def _travel_seconds(way: Ints) -> Ints:
    """8 m/s in town, 28 m/s between towns, and two minutes to set out; 0 for no way."""
    pace = np.where(way > 400_000, 280, 80)  # noqa: PLR2004  # 40 km, in decimetres
    return np.where(way > 0, 120 + way // pace, 0)


def _either(which: NDArray[np.bool_], yes: Spots, no: Spots) -> Spots:
    return Spots(
        east=np.where(which, yes.east, no.east), north=np.where(which, yes.north, no.north)
    )


def _pick(seed: int, purpose: str, day: int, choices: Ints) -> Ints:
    """Return today's choice of each device among its own."""
    device = np.arange(len(choices), dtype=np.int64)
    return choices[device, below(key(seed, purpose, day), device, choices.shape[1])]
