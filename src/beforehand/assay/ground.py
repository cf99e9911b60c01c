"""Where things stand in an invented city: homes, workplaces, venues, sensitive places. Pure.

Positions are decimetres east and north of the city's centre, int64, on a flat map.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from beforehand.assay import city as table
from beforehand.assay.chance import around, below, chosen, key

if TYPE_CHECKING:
    from beforehand.assay.city import City
    from beforehand.cells import Ints

_NEAREST = 12  # venues near a home or a workplace that its people choose from
_FAVOURITES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Spots:
    """Points on the flat map, in decimetres."""

    east: Ints
    north: Ints

    def at(self, index: Ints) -> Spots:
        return Spots(east=self.east[index], north=self.north[index])


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Every spot of a city, and which of them each device calls its own.

    venues       shops and the like; `lunch` and `errands` index it: (device, choice)
    sensitive    in the order of `categories`
    school, worship, clinic, shelter   index `sensitive`, one a device
    """

    home: Spots
    work: Spots
    lodging: Spots
    venues: Spots
    lunch: Ints
    errands: Ints
    sensitive: Spots
    categories: tuple[str, ...]
    school: Ints
    worship: Ints
    clinic: Ints
    shelter: Ints


def lay_out(city: City, seed: int) -> Ground:
    """Return the ground of a city. Cost: well under a second for 20,000 devices."""
    hoods = _square(seed, "hood", table.NEIGHBOURHOODS, table.SPREAD)
    device = np.arange(city.devices, dtype=np.int64)
    homes = _in_hoods(seed, "building", city.devices * 2 // 5, hoods)
    jobs = _downtown_or_hood(seed, "job", city.devices // 25, hoods, table.WORKS_DOWNTOWN)
    venues = _downtown_or_hood(
        seed, "venue", city.devices // 30, hoods, table.VENUE_DOWNTOWN
    )
    categories = tuple(
        category
        for category, count, _ in table.SENSITIVE
        for _ in range(max(1, count * city.devices // 20_000))
    )
    sensitive = _in_hoods(seed, "sensitive", len(categories), hoods)
    home = below(key(seed, "home"), device, len(homes.east))
    # The product of two even draws: a few employers are many people's.
    job = below(
        key(seed, "job"), device, below(key(seed, "size"), device, len(jobs.east)) + 1
    )
    nearest = {
        c: _nearest(homes, sensitive, _of(categories, c), 1)[home, 0]
        for c in set(categories)
    }
    return Ground(
        home=homes.at(home),
        work=jobs.at(job),
        lodging=_lodgings(seed, device),
        venues=venues,
        lunch=_choices(seed, "lunch", _nearest(jobs, venues, None, _NEAREST), job),
        errands=_choices(seed, "errand", _nearest(homes, venues, None, _NEAREST), home),
        sensitive=sensitive,
        categories=categories,
        school=nearest["school"],
        worship=nearest["worship"],
        clinic=nearest["clinic"],
        shelter=nearest["shelter"],
    )


def _of(categories: tuple[str, ...], category: str) -> Ints:
    return np.flatnonzero(np.array(categories) == category)


def _square(seed: int, purpose: str, count: int, reach: int) -> Spots:
    """Return points spread evenly over a square about the centre."""
    number = np.arange(count, dtype=np.int64)
    east = below(key(seed, purpose + " east"), number, 2 * reach) - reach
    return Spots(
        east=east, north=below(key(seed, purpose + " north"), number, 2 * reach) - reach
    )


def _about(seed: int, purpose: str, middle: Spots, reach: int) -> Spots:
    """Return one point near each of `middle`."""
    number = np.arange(len(middle.east), dtype=np.int64)
    return Spots(
        east=middle.east + around(key(seed, purpose + " east"), number, reach),
        north=middle.north + around(key(seed, purpose + " north"), number, reach),
    )


def _in_hoods(seed: int, purpose: str, count: int, hoods: Spots) -> Spots:
    hood = below(key(seed, purpose + " hood"), np.arange(count), len(hoods.east))
    return _about(seed, purpose, hoods.at(hood), table.BLOCK)


def _downtown_or_hood(
    seed: int, purpose: str, count: int, hoods: Spots, downtown: int
) -> Spots:
    out = _in_hoods(seed, purpose, count, hoods)
    inside = _square(seed, purpose + " inner", count, table.DOWNTOWN)
    which = chosen(key(seed, purpose + " downtown"), np.arange(count), downtown)
    return Spots(
        east=np.where(which, inside.east, out.east),
        north=np.where(which, inside.north, out.north),
    )


def _lodgings(seed: int, device: Ints) -> Spots:
    """Return where each device sleeps in the other town; a few hundred houses there."""
    houses = _square(seed, "lodging", 300, table.AWAY_SPREAD)
    mine = houses.at(below(key(seed, "my lodging"), device, 300))
    return Spots(east=mine.east + table.AWAY_EAST, north=mine.north + table.AWAY_NORTH)


def _nearest(spots: Spots, among: Spots, which: Ints | None, count: int) -> Ints:
    """Return for each spot the indices of the nearest of `among` (only `which` of them)."""
    index = np.arange(len(among.east)) if which is None else which
    there = among.at(index)
    far = np.abs(spots.east[:, None] - there.east) + np.abs(
        spots.north[:, None] - there.north
    )
    # A stable sort: which of two equally near comes first must not differ by platform.
    order = np.argsort(far, axis=1, kind="stable")[:, :count]
    return index[order].astype(np.int64)


def _choices(seed: int, purpose: str, near: Ints, own: Ints) -> Ints:
    """Return for each device a few of the venues near its own building."""
    slots = len(own) * _FAVOURITES
    pick = below(key(seed, purpose), np.arange(slots), near.shape[1])
    return near[own[:, None], pick.reshape(len(own), _FAVOURITES)]
