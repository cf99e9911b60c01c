"""The grid, held against PROJ, published corners and numbers worked by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.cells import (
    FIRST_DAY,
    HALF_SPAN,
    MAX_LEVEL,
    STEP_SIZES,
    WORLD_X,
    WORLD_Y,
    Box,
    cell_bounds,
    cell_corners,
    cell_of,
    cells_in_box,
    coarser,
    day_of,
    deinterleave,
    edge_metres,
    first_step,
    interleave,
    is_position,
    level_name,
    project,
    step_of,
    step_start,
    unproject,
    width_to_height,
)
from beforehand.refusal import InputError

PROJ = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:6933", always_xy=True)

longitudes = st.floats(-180, 180)
latitudes = st.floats(-90, 90)
levels = st.integers(0, MAX_LEVEL)


def one(value: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([value], dtype=np.float64)


def test_projection_agrees_with_proj_to_a_micrometre() -> None:
    chance = np.random.default_rng(20260302)
    longitude = chance.uniform(-180, 180, 100_000)
    latitude = np.concatenate((chance.uniform(-90, 90, 99_996), [-90, 90, 0, 30]))
    x, y = project(longitude, latitude)
    expected_x, expected_y = PROJ.transform(longitude, latitude)
    assert np.abs(x - expected_x).max() < 1e-6
    assert np.abs(y - expected_y).max() < 1e-6


def test_the_corner_of_the_global_grid_is_where_nsidc_publishes_it() -> None:
    # EASE-Grid 2.0 global (Brodzik et al. 2012, corrected 2014): its corner in both forms.
    x, y = project(one(180.0), one(85.0445664))
    assert x == pytest.approx([17_367_530.45], abs=0.005)
    assert y == pytest.approx([7_314_540.83], abs=0.005)
    assert pytest.approx(float(x[0])) == WORLD_X
    assert round(WORLD_Y, 2) == 7_342_230.14


def test_unproject_undoes_project_to_a_micrometre_on_the_ground() -> None:
    latitude = np.linspace(-89, 89, 20_001)
    longitude = np.linspace(-180, 180, 20_001)
    back_longitude, back_latitude = unproject(*project(longitude, latitude))
    assert np.abs(back_longitude - longitude).max() * 111_320 < 1e-6
    assert np.abs(back_latitude - latitude).max() * 111_320 < 1e-6


def test_unproject_stops_at_the_edge_of_the_map() -> None:
    longitude, latitude = unproject(np.array([9e9, -9e9]), np.array([9e9, -9e9]))
    assert longitude.tolist() == [180, -180]
    assert latitude == pytest.approx([90, -90], abs=1e-9)


@pytest.mark.parametrize(
    ("longitude", "latitude", "column", "row"),
    [
        pytest.param(0.0, 0.0, 0, 0, id="origin is the corner of its cell"),
        pytest.param(-1e-9, -1e-9, -1, -1, id="a hair south-west of the origin"),
        # 0.001 degrees are 96.5 m of X and 127.6 m of Y at the equator.
        pytest.param(0.001, 0.001, 1, 2, id="a thousandth of a degree"),
        pytest.param(
            180.0, 90.0, 347_350, 146_844, id="north pole, antimeridian from the west"
        ),
        pytest.param(-180.0, -90.0, -347_351, -146_845, id="south pole, from the east"),
    ],
)
def test_known_cells(longitude: float, latitude: float, column: int, row: int) -> None:
    found = deinterleave(cell_of(one(longitude), one(latitude)))
    assert [int(part[0]) - HALF_SPAN for part in found] == [column, row]


def test_known_interleavings() -> None:
    column = np.array([0, 1, 0, 3, HALF_SPAN, 2**20 - 1])
    row = np.array([0, 0, 1, 0, HALF_SPAN, 2**20 - 1])
    assert interleave(column, row).tolist() == [0, 1, 2, 5, 3 << 38, 2**40 - 1]


@given(st.integers(0, 2**20 - 1), st.integers(0, 2**20 - 1))
def test_deinterleave_undoes_interleave(column: int, row: int) -> None:
    back = deinterleave(interleave(np.array([column]), np.array([row])))
    assert [int(part[0]) for part in back] == [column, row]


@given(longitudes, latitudes)
def test_a_cell_holds_its_point_at_every_level(longitude: float, latitude: float) -> None:
    (x,), (y,) = project(one(longitude), one(latitude))
    cell = cell_of(one(longitude), one(latitude))
    for level in range(MAX_LEVEL + 1):
        x0, y0, x1, y1 = cell_bounds(int(coarser(cell, level)[0]), level)
        assert x0 <= x < x1
        assert y0 <= y < y1
        assert x1 - x0 == y1 - y0 == edge_metres(level)


@given(st.integers(0, 2**40 - 1), levels, levels)
def test_a_parent_contains_its_children(cell: int, low: int, up: int) -> None:
    low, high = sorted((low, min(low + up, MAX_LEVEL)))
    child = coarser(np.array([cell], dtype=np.uint64), low)
    inner = cell_bounds(int(child[0]), low)
    outer = cell_bounds(int(coarser(child, high - low)[0]), high)
    assert outer[0] <= inner[0] < inner[2] <= outer[2]
    assert outer[1] <= inner[1] < inner[3] <= outer[3]


def test_corners_are_a_closed_anticlockwise_ring() -> None:
    cell = int(cell_of(one(-40.0), one(30.0))[0]) >> 10
    ring = cell_corners(cell, 5)
    assert ring[0] == ring[-1]
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))
    assert area > 0
    longitude, latitude = zip(*ring, strict=True)
    corners = PROJ.transform(longitude, latitude)
    x0, y0, x1, y1 = cell_bounds(cell, 5)
    assert corners[0] == pytest.approx([x0, x1, x1, x0, x0], abs=1e-5)
    assert corners[1] == pytest.approx([y0, y0, y1, y1, y0], abs=1e-5)


def test_cells_are_equal_in_area_on_the_ground() -> None:
    geod = pyproj.Geod(ellps="WGS84")
    areas = []
    for latitude in (0.0, 30.0, 45.0, 64.0):
        ring = cell_corners(int(cell_of(one(10.0), one(latitude))[0]), 0)
        east, north = zip(*ring, strict=True)
        areas.append(geod.polygon_area_perimeter(east, north)[0])
    assert areas == pytest.approx([2_500] * 4, rel=1e-4)


@pytest.mark.parametrize(
    ("latitude", "ratio"),
    [(0, 1.331), (30, 1.0), (45, 0.668), (-45, 0.668), (72, 0.128), (90, 0)],
)
def test_cells_narrow_away_from_thirty_degrees(latitude: float, ratio: float) -> None:
    assert width_to_height(latitude) == pytest.approx(ratio, abs=1e-3)


def test_positions_are_told_from_what_is_none() -> None:
    longitude = np.array([180, -180.1, np.nan, 0, np.inf])
    latitude = np.array([-90, 0, 0, 90.1, 0])
    assert is_position(longitude, latitude).tolist() == [True, False, False, False, False]


@given(longitudes, longitudes, latitudes, latitudes, levels)
def test_a_box_of_cells_covers_the_box_asked_for(
    west: float, east: float, south: float, north: float, level: int
) -> None:
    west, east = sorted((west, east))
    south, north = sorted((south, north))
    if not (west < east and south < north):
        return
    box = cells_in_box(west, south, east, north, level)
    (x0, x1), (y0, y1) = project(np.array([west, east]), np.array([south, north]))
    edge, origin = edge_metres(level), HALF_SPAN * 50
    for (start, stop), low, high in ((box.columns, x0, x1), (box.rows, y0, y1)):
        assert start * edge - origin <= low + 0.001
        assert high - 0.001 <= stop * edge - origin
        # and no wider than it must be
        assert stop - start <= (high - low) / edge + 2


@given(longitudes, latitudes, st.integers(0, 12), st.integers(1, 40), st.integers(1, 40))
def test_snapping_a_snapped_box_changes_nothing(
    longitude: float, latitude: float, level: int, wide: int, tall: int
) -> None:
    column, row = deinterleave(
        coarser(cell_of(one(longitude / 2), one(latitude / 2)), level)
    )
    box = Box(
        level=level,
        columns=(int(column[0]), int(column[0]) + wide),
        rows=(int(row[0]), int(row[0]) + tall),
    )
    west, south, east, north = box.degrees()
    if west > -180 and east < 180 and south > -85 and north < 85:
        assert cells_in_box(west, south, east, north, level) == box


def test_a_box_lists_the_cells_it_holds() -> None:
    box = Box(level=3, columns=(7, 10), rows=(4, 6))
    cells = box.cells()
    assert box.count == len(cells) == 6
    assert cells.tolist() == sorted(cells.tolist())
    assert box.holds(cells).all()
    column, row = np.array([6, 7, 9, 10, 7, 7]), np.array([4, 3, 5, 4, 5, 6])
    assert box.holds(interleave(column, row)).tolist() == [
        False,
        False,
        True,
        False,
        True,
        False,
    ]


def test_a_box_grows_outward_to_a_coarser_level_and_is_exact_at_a_finer() -> None:
    box = Box(level=1, columns=(3, 5), rows=(2, 4))
    assert box.at(2) == Box(level=2, columns=(1, 3), rows=(1, 2))
    assert box.at(0) == Box(level=0, columns=(6, 10), rows=(4, 8))
    assert box.at(0).at(1) == box


@pytest.mark.parametrize(
    ("west", "south", "east", "north", "level"),
    [
        pytest.param(float("nan"), 0, 1, 1, 0, id="not a number"),
        pytest.param(0, 0, float("inf"), 1, 0, id="infinite"),
        pytest.param(0, -90.1, 1, 1, 0, id="beyond a pole"),
        pytest.param(0, 0, 180.1, 1, 0, id="beyond the antimeridian"),
        pytest.param(170, 0, -170, 1, 0, id="across the antimeridian"),
        pytest.param(0, 1, 1, 1, 0, id="empty"),
        pytest.param(0, 0, 1, 1, 21, id="no such level"),
        pytest.param(0, 0, 1, 1, -1, id="negative level"),
    ],
)
def test_what_is_no_box_is_an_input_error(
    west: float, south: float, east: float, north: float, level: int
) -> None:
    with pytest.raises(InputError):
        cells_in_box(west, south, east, north, level)


def test_levels_have_names() -> None:
    assert [level_name(level) for level in (0, 4, 5, 6)] == [
        "50 m",
        "800 m",
        "1.6 km",
        "3.2 km",
    ]
    with pytest.raises(InputError):
        level_name(21)
    with pytest.raises(InputError):
        coarser(np.array([1], dtype=np.uint64), -1)


@pytest.mark.parametrize(
    ("moment", "step"),
    [
        pytest.param(datetime(1970, 1, 5, tzinfo=UTC), 0, id="the first Monday"),
        pytest.param(
            datetime(1970, 1, 4, 23, 59, 59, tzinfo=UTC), -1, id="the second before"
        ),
        pytest.param(
            datetime(1970, 1, 5, 0, 14, 59, tzinfo=UTC), 0, id="last second of step 0"
        ),
        pytest.param(
            datetime(1970, 1, 5, 0, 15, tzinfo=UTC), 1, id="first second of step 1"
        ),
        # 2,930 weeks after 5 January 1970.
        pytest.param(datetime(2026, 3, 2, tzinfo=UTC), 2_930 * 672, id="a Monday in 2026"),
    ],
)
def test_known_steps(moment: datetime, step: int) -> None:
    assert step_of(np.array([int(moment.timestamp())])).tolist() == [step]


@given(st.integers(0, 2**32), st.sampled_from(sorted(STEP_SIZES.values())))
def test_a_step_starts_at_or_before_each_of_its_moments(seconds: int, size: int) -> None:
    seconds += 4 * 86_400
    step = int(step_of(np.array([seconds]))[0]) // size
    assert step_start(step, size) <= seconds < step_start(step + 1, size)


@given(st.dates(FIRST_DAY, date(2200, 1, 1)))
def test_days_and_steps_agree(day: date) -> None:
    step = first_step(day)
    assert step_start(step) == int(
        datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
    )
    assert (day_of(step), day_of(step + 95)) == (day, day)
    assert FIRST_DAY.weekday() == 0
