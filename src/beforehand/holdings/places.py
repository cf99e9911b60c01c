"""Sensitive places: points inside one are dropped before anything is stored. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from beforehand.cells import Place, cells_in_box, coarser, is_position
from beforehand.holdings.manifest import PlacesUsed
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beforehand.cells import Cells, Floats, Ints

_LEVEL = 4  # 800 m: a place touches few such cells, and few points lie in them
_EARTH_METRES = 6_371_009.0
# On a sphere distances are up to 0.6% off, so a place reaches 1% further than it says:
# a point is dropped that might have stayed, never the other way about.
_MARGIN = 1.01
_FURTHEST = 20_000
_HIGHEST = 85  # degrees; beyond, a place's longitudes would not be a narrow range
_METRES_A_DEGREE = 110_500.0  # of latitude, where it is shortest


@dataclass(frozen=True)
class PlaceList:
    """A named, versioned list; where two places overlap, the earlier counts.

    Raises InputError, naming the place, for a radius not in 1 to 20,000 m, a latitude
    beyond 85 degrees, or what is no position.
    """

    name: str
    version: str
    places: tuple[Place, ...]

    def __post_init__(self) -> None:
        for number, place in enumerate(self.places):
            _check(place, where=f"places {self.name} {self.version}, number {number}")

    def used(self) -> PlacesUsed:
        """Return what a manifest says of the list."""
        return PlacesUsed(name=self.name, version=self.version, sha256=self.sha256)

    @cached_property
    def sha256(self) -> str:
        """Digest of name, version and every place, to 1e-7 degrees (about a centimetre)."""
        rows = [
            (p.category, round(p.longitude * 1e7), round(p.latitude * 1e7), p.radius_metres)
            for p in self.places
        ]
        return sha256(msgspec.json.encode((self.name, self.version, rows))).hexdigest()

    @cached_property
    def categories(self) -> tuple[str, ...]:
        return tuple(place.category for place in self.places)

    @cached_property
    def _near(self) -> tuple[Cells, Ints]:
        """Pairs of a cell and the place that may reach into it, sorted by cell, then place."""
        pairs = sorted(
            (cell, number)
            for number, place in enumerate(self.places)
            for cell in _touched(place)
        )
        cells = np.array([cell for cell, _ in pairs], dtype=np.uint64)
        return cells, np.array([number for _, number in pairs], dtype=np.int64)

    def which(self, longitude: Floats, latitude: Floats, cell: Cells) -> Ints:
        """Return the index of the place that each point lies in, or -1.

        longitude, latitude   degrees, positions
        cell                  their level-0 cells
        """
        found = np.full(len(cell), -1, dtype=np.int64)
        near, place = self._near
        coarse = coarser(cell, _LEVEL)
        first = np.searchsorted(near, coarse, side="left")
        count = np.searchsorted(near, coarse, side="right") - first
        suspects = np.flatnonzero(count)
        count = count[suspects]
        point = np.repeat(suspects, count)
        step = np.arange(len(point)) - np.repeat(np.cumsum(count) - count, count)
        candidate = place[np.repeat(first[suspects], count) + step]
        inside = self._inside(longitude[point], latitude[point], candidate)
        # Reversed, so that of several the first of the list is written last.
        found[point[inside][::-1]] = candidate[inside][::-1]
        return found

    def _inside(self, longitude: Floats, latitude: Floats, place: Ints) -> Ints:
        reach = np.array([p.radius_metres for p in self.places], dtype=np.float64)
        lon = np.radians([p.longitude for p in self.places])[place]
        lat = np.radians([p.latitude for p in self.places])[place]
        here = np.radians(latitude)
        # The haversine keeps its digits over metres, where the cosine rule has none.
        half = np.sin((here - lat) / 2) ** 2
        half += np.cos(here) * np.cos(lat) * np.sin((np.radians(longitude) - lon) / 2) ** 2
        far = 2 * _EARTH_METRES * np.arcsin(np.sqrt(half))
        return np.flatnonzero(far <= reach[place] * _MARGIN)


def _check(place: Place, *, where: str) -> None:
    position = is_position(np.array(place.longitude), np.array(place.latitude))
    if not position.all() or abs(place.latitude) > _HIGHEST:
        raise InputError(
            where=where,
            expected=f"longitude in [-180, 180], latitude in [-{_HIGHEST}, {_HIGHEST}]",
            got=f"{place.longitude}, {place.latitude}",
        )
    if not 1 <= place.radius_metres <= _FURTHEST:
        raise InputError(
            where=where,
            expected=f"a radius of 1 to {_FURTHEST} m",
            got=str(place.radius_metres),
        )


def _touched(place: Place) -> Iterator[int]:
    """Yield every cell that the place may reach into, and perhaps a few more."""
    tall = place.radius_metres * 1.02 / _METRES_A_DEGREE
    wide = tall / float(np.cos(np.radians(abs(place.latitude) + tall)))
    west, east = place.longitude - wide, place.longitude + wide
    spans = [(max(west, -180.0), min(east, 180.0))]
    if west < -180:  # noqa: PLR2004
        spans.append((west + 360, 180.0))
    if east > 180:  # noqa: PLR2004
        spans.append((-180.0, east - 360))
    for left, right in spans:
        box = cells_in_box(
            left, place.latitude - tall, right, place.latitude + tall, _LEVEL
        )
        yield from box.cells().tolist()
