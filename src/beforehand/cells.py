"""The grid: positions and times to nested integer cells and steps. Pure.

**Cells** are squares of 50 m x 2^level in EPSG:6933 (WGS 84 / NSIDC EASE-Grid 2.0:
cylindrical, equal-area, true at 30 degrees), their edges on multiples of 50 m x 2^level.
Every cell of a level has the same area, and each lies in one cell of the next level. A
cell's number interleaves its column and row (bit 0 is the column's), 40 bits at level 0;
its parent `n` levels up is `cell >> 2n`. A number means nothing without its level.

A cell is square on the map only: on the ground it is narrower than tall poleward of 30
degrees (`width_to_height`). Cells do not join across the antimeridian.

**Steps** are 15 minutes UTC, counted from Monday 5 January 1970, so that weeks start where
people's do. A coarser step is `step // size`, its size one of `STEP_SIZES`.

The last part holds the values that `assay` and `holdings` hand each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from beforehand.refusal import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

Floats: TypeAlias = "NDArray[np.float64]"
Ints: TypeAlias = "NDArray[np.int64]"
Cells: TypeAlias = "NDArray[np.uint64]"

CELL_METRES = 50
MAX_LEVEL = 20  # one cell holds the whole world
HALF_SPAN = 1 << 19  # columns and rows are counted from 2^19 cells west and south of (0, 0)

STEP_SECONDS = 900
STEPS_A_DAY = 96
STEP_SIZES = {
    "15 min": 1,
    "1 h": 4,
    "6 h": 24,
    "1 day": STEPS_A_DAY,
    "1 week": 7 * STEPS_A_DAY,
}
FIRST_DAY = date(1970, 1, 5)  # step 0 starts here; a Monday
_FIRST_SECOND = 4 * 86_400

# WGS 84, and EPSG method 9835 with its standard parallel at 30 degrees (sin^2 = 1/4).
_A = 6_378_137.0
_F = 1 / 298.257_223_563
_E2 = _F * (2 - _F)
_E = _E2**0.5
_K0 = (0.75 / (1 - _E2 / 4)) ** 0.5
_N = _F / (2 - _F)
# Karney, On auxiliary latitudes (2023), authalic to geographic, cut after the third
# flattening's fourth power: what is left out is under 1e-6 m.
_GEOGRAPHIC = (
    _N * (4 / 3 + _N * (4 / 45 + _N * (-16 / 35 - _N * 2582 / 14175))),
    _N**2 * (46 / 45 + _N * (152 / 945 - _N * 11966 / 14175)),
    _N**3 * (3044 / 2835 + _N * 3802 / 14175),
    _N**4 * 6059 / 4725,
)


def _authalic(sine: Floats) -> Floats:
    """Snyder's q of the latitude with this sine (Map Projections, 1987, 3-12)."""
    scaled = _E * sine
    # log1p keeps the digits that (1 - s) / (1 + s) would lose near the equator.
    logs: Floats = np.log1p(-scaled) - np.log1p(scaled)
    q: Floats = (1 - _E2) * (sine / (1 - scaled * scaled) - logs / (2 * _E))
    return q


_Q_POLE = float(_authalic(np.ones(1))[0])
WORLD_X = _A * _K0 * float(np.pi)  # the map's edge, metres: longitude 180
WORLD_Y = _A * _Q_POLE / (2 * _K0)  # the map's edge, metres: latitude 90


# -- positions ---------------------------------------------------------------------------


def is_position(longitude: Floats, latitude: Floats) -> NDArray[np.bool_]:
    """Where both are finite, longitude in [-180, 180] and latitude in [-90, 90]."""
    return (np.abs(longitude) <= 180) & (np.abs(latitude) <= 90)  # noqa: PLR2004  # NaN: False


def project(longitude: Floats, latitude: Floats) -> tuple[Floats, Floats]:
    """Return metres east and north in EPSG:6933; within 1 um of PROJ.

    longitude, latitude   degrees, for which `is_position` holds; anything else gives
                          numbers without meaning
    """
    x = np.radians(longitude) * (_A * _K0)
    y = _authalic(np.sin(np.radians(latitude))) * (_A / (2 * _K0))
    return x, y


def unproject(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return longitude and latitude in degrees; beyond the map's edge, that of the edge.

    Within 1 um on the ground below latitude 89; a few centimetres at the poles, where an
    equal-area map has no more digits.
    """
    longitude = np.degrees(np.clip(x, -WORLD_X, WORLD_X) / (_A * _K0))
    beta = np.arcsin(np.clip(y / WORLD_Y, -1.0, 1.0))
    latitude = beta + sum(c * np.sin(2 * k * beta) for k, c in enumerate(_GEOGRAPHIC, 1))
    return longitude, np.degrees(latitude)


def width_to_height(latitude: float) -> float:
    """How wide a cell is on the ground for one metre of its height.

    1 at 30 degrees, 0.67 at 45, 0.12 at 72; 1.33 at the equator, 0 at the poles.
    """
    sine = float(np.sin(np.radians(latitude)))
    return float((1 - sine * sine) / (1 - _E2 * sine * sine) / _K0**2)


# -- cells -------------------------------------------------------------------------------


def interleave(column: Ints, row: Ints) -> Cells:
    """Return the cell with this column and row, each in [0, 2^20); bit 0 is the column's."""
    return _spread(column) | (_spread(row) << np.uint64(1))


def deinterleave(cell: Cells) -> tuple[Ints, Ints]:
    """Return column and row of `cell`, at its own level."""
    cell = np.asarray(cell, dtype=np.uint64)
    return _gather(cell), _gather(cell >> np.uint64(1))


def cell_of(longitude: Floats, latitude: Floats) -> Cells:
    """Return the level-0 cell that holds each position (for which `is_position` holds)."""
    x, y = project(longitude, latitude)
    column = np.floor(x / CELL_METRES).astype(np.int64) + HALF_SPAN
    row = np.floor(y / CELL_METRES).astype(np.int64) + HALF_SPAN
    return interleave(column, row)


def coarser(cell: Cells, levels: int) -> Cells:
    """Return the cell `levels` up that holds each cell; 0 gives the cell itself."""
    if not 0 <= levels <= MAX_LEVEL:
        raise InputError(where="levels", expected=f"0 to {MAX_LEVEL}", got=str(levels))
    return np.asarray(cell, dtype=np.uint64) >> np.uint64(2 * levels)


def edge_metres(level: int) -> int:
    """Return the length of a cell's edge on the map. Raises InputError: no such level."""
    if not 0 <= level <= MAX_LEVEL:
        raise InputError(where="level", expected=f"0 to {MAX_LEVEL}", got=str(level))
    return CELL_METRES << level


def level_name(level: int) -> str:
    """Return the edge in words: "50 m", "1.6 km"."""
    metres = edge_metres(level)
    return f"{metres} m" if metres < 1000 else f"{metres / 1000:g} km"  # noqa: PLR2004


def cell_bounds(cell: int, level: int) -> tuple[int, int, int, int]:
    """Return x0, y0, x1, y1 of a cell in whole metres of EPSG:6933."""
    edge = edge_metres(level)
    column, row = deinterleave(np.array([cell], dtype=np.uint64))
    x0 = (int(column[0]) << level) * CELL_METRES - HALF_SPAN * CELL_METRES
    y0 = (int(row[0]) << level) * CELL_METRES - HALF_SPAN * CELL_METRES
    return x0, y0, x0 + edge, y0 + edge


def cell_corners(cell: int, level: int) -> list[tuple[float, float]]:
    """Return a cell's ring of (longitude, latitude), anticlockwise and closed, for GeoJSON.

    Edges follow meridians and parallels, so four corners are exact. A cell that juts over
    the map's edge is cut there.
    """
    x0, y0, x1, y1 = cell_bounds(cell, level)
    xs, ys = np.array([x0, x1, x1, x0, x0]), np.array([y0, y0, y1, y1, y0])
    longitude, latitude = unproject(xs.astype(np.float64), ys.astype(np.float64))
    return list(zip(longitude.tolist(), latitude.tolist(), strict=True))


def _spread(number: Ints) -> Cells:
    """Put a zero bit above each of the low 20 bits."""
    bits = np.asarray(number).astype(np.uint64)
    for shift, mask in _SPREAD:
        bits = (bits | (bits << shift)) & mask
    return bits


def _gather(cell: Cells) -> Ints:
    """Undo `_spread`, ignoring the bits between."""
    bits = cell & _SPREAD[-1][1]
    for (shift, _), mask in zip(reversed(_SPREAD), _GATHER, strict=True):
        bits = (bits | (bits >> shift)) & mask
    return bits.astype(np.int64)


_SPREAD = tuple(
    (np.uint64(shift), np.uint64(mask))
    for shift, mask in (
        (16, 0x0000_FFFF_0000_FFFF),
        (8, 0x00FF_00FF_00FF_00FF),
        (4, 0x0F0F_0F0F_0F0F_0F0F),
        (2, 0x3333_3333_3333_3333),
        (1, 0x5555_5555_5555_5555),
    )
)
_GATHER = (*(mask for _, mask in reversed(_SPREAD[:-1])), np.uint64(0xFFFF_FFFF))


# -- boxes -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle of cells of one level: half-open ranges of columns and rows."""

    level: int
    columns: tuple[int, int]
    rows: tuple[int, int]

    @property
    def count(self) -> int:
        return (self.columns[1] - self.columns[0]) * (self.rows[1] - self.rows[0])

    def at(self, level: int) -> Box:
        """Return the box at another level; a coarser one is grown outward to whole cells."""
        down = self.level - level
        if down >= 0:
            c, r = ((a << down, b << down) for a, b in (self.columns, self.rows))
        else:
            c, r = ((a >> -down, -(-b >> -down)) for a, b in (self.columns, self.rows))
        return Box(level=level, columns=c, rows=r)

    def holds(self, cell: Cells) -> NDArray[np.bool_]:
        """Which of these cells, all of the box's own level, lie in it."""
        column, row = deinterleave(cell)
        across = (column >= self.columns[0]) & (column < self.columns[1])
        return across & (row >= self.rows[0]) & (row < self.rows[1])

    def cells(self) -> Cells:
        """Return every cell of the box, in increasing order. Memory: 8 bytes a cell."""
        rows, columns = np.mgrid[slice(*self.rows), slice(*self.columns)]
        return np.sort(interleave(columns.ravel(), rows.ravel()))

    def degrees(self) -> tuple[float, float, float, float]:
        """Return west, south, east, north, cut at the map's edge."""
        edge = edge_metres(self.level)
        xs, ys = np.array(self.columns) * edge, np.array(self.rows) * edge
        shift = HALF_SPAN * CELL_METRES
        (west, east), (south, north) = unproject(
            (xs - shift).astype(np.float64), (ys - shift).astype(np.float64)
        )
        return float(west), float(south), float(east), float(north)


def cells_in_box(west: float, south: float, east: float, north: float, level: int) -> Box:
    """Return the smallest box of whole cells that covers these degrees.

    An edge within a millimetre of a cell's edge counts as on it, so that a box already
    snapped stays what it is.
    Raises InputError for what is no position, is empty, or crosses the antimeridian.
    """
    lon, lat = (
        np.array([west, east], dtype=np.float64),
        np.array([south, north], dtype=np.float64),
    )
    if not is_position(lon, lat).all():
        raise InputError(
            where="area",
            expected="longitudes in [-180, 180] and latitudes in [-90, 90]",
            got=f"west {west}, south {south}, east {east}, north {north}",
        )
    if not (west < east and south < north):
        raise InputError(
            where="area",
            expected="west < east and south < north",
            got=f"west {west}, south {south}, east {east}, north {north}",
            do="Ask for each side of the antimeridian on its own.",
        )
    x, y = project(lon, lat)
    return Box(level=level, columns=_outward(x, level), rows=_outward(y, level))


def _outward(metres: Floats, level: int) -> tuple[int, int]:
    edge = edge_metres(level)
    millimetre = 0.001
    origin = HALF_SPAN * CELL_METRES
    first = int(np.floor((metres[0] + millimetre + origin) / edge))
    stop = int(np.ceil((metres[1] - millimetre + origin) / edge))
    return first, max(stop, first + 1)


# -- steps -------------------------------------------------------------------------------


def step_of(seconds: Ints) -> Ints:
    """Return the step that holds each moment.

    seconds   whole seconds of Unix time, int64; before 5 January 1970 the step is negative
    """
    return (np.asarray(seconds, dtype=np.int64) - _FIRST_SECOND) // STEP_SECONDS


def step_start(step: int, size: int = 1) -> int:
    """Return the Unix time at which a step begins, `size` being its length in 15 minutes."""
    return step * size * STEP_SECONDS + _FIRST_SECOND


def first_step(day: date) -> int:
    """Return the step that begins at this day's midnight UTC."""
    return (day - FIRST_DAY).days * STEPS_A_DAY


def day_of(step: int) -> date:
    """Return the UTC day that holds a 15-minute step."""
    return FIRST_DAY + timedelta(days=step // STEPS_A_DAY)


# -- what assay and holdings hand each other ---------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Sightings:
    """Raw rows as a supplier sends them, before any rule: columns of one length.

    names       the distinct spellings of advertising ids in this chunk, as they came
    device      int32, index into `names`; -1 where the row has none
    seconds     int64, Unix time
    longitude, latitude   float64, degrees; NaN where missing
    accuracy    float64, metres of horizontal accuracy; NaN where missing
    """

    names: tuple[str, ...]
    device: NDArray[np.int32]
    seconds: Ints
    longitude: Floats
    latitude: Floats
    accuracy: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A sensitive place: everything within `radius_metres` of a point."""

    category: str
    longitude: float
    latitude: float
    radius_metres: int
