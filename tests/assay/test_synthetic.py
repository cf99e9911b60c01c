"""The invented city: the same bytes everywhere, and plausible where it claims to be."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.assay.chance import around, below, draw, key, quantile
from beforehand.assay.city import AWAY_EAST, City
from beforehand.assay.habits import plan_day, positions
from beforehand.assay.synthetic import day_rows, generate, places, settle
from beforehand.cells import Sightings, cell_of, coarser, is_position, step_of
from beforehand.refusal import InputError

SMALL = City(devices=300, days=3)
TOWN = City(devices=2_000, days=7)
COLUMNS = ("device", "seconds", "longitude", "latitude", "accuracy")


def checksum(chunks: list[Sightings]) -> str:
    """Digest of every column of every chunk, little-endian."""
    whole = hashlib.sha256()
    for chunk in chunks:
        whole.update("\n".join(chunk.names).encode())
        for name in COLUMNS:
            column = getattr(chunk, name)
            whole.update(column.astype(column.dtype.newbyteorder("<")).tobytes())
    return whole.hexdigest()


@pytest.fixture(scope="module")
def town() -> Sightings:
    """One week of a small city, as one chunk."""
    chunks = list(generate(TOWN, 7))
    columns = {name: np.concatenate([getattr(c, name) for c in chunks]) for name in COLUMNS}
    return Sightings(names=chunks[0].names, **columns)


def test_chance_is_splitmix64() -> None:
    # The first outputs of the published generator for the seed 1234567.
    assert draw(1_234_567, np.arange(1, 4)).tolist() == [
        6_457_827_717_110_365_317,
        3_203_168_211_198_807_973,
        9_817_491_932_198_370_423,
    ]


def test_chance_depends_on_purpose_and_day() -> None:
    assert len({key(1, "home"), key(1, "work"), key(2, "home"), key(1, "home", 1)}) == 4


@given(st.integers(0, 2**64 - 1), st.integers(1, 2**31))
def test_draws_stay_in_their_range(stream: int, limit: int) -> None:
    counter = np.arange(50)
    assert (
        (below(stream, counter, limit) >= 0) & (below(stream, counter, limit) < limit)
    ).all()
    assert (np.abs(around(stream, counter, limit)) <= limit).all()


def test_quantiles_follow_their_table() -> None:
    drawn = quantile(5, np.arange(100_000), (0, 100, 1_000, 2_000, 10_000))
    assert drawn.min() >= 0
    assert drawn.max() < 10_000
    assert np.quantile(drawn, [0.25, 0.5, 0.75]) == pytest.approx(
        [100, 1_000, 2_000], rel=0.05
    )


def test_the_same_seed_gives_the_same_bytes_on_every_machine() -> None:
    assert checksum(list(generate(SMALL, 1))) == (
        "3302b2f0124fc90d9e3c09c0cfcbd370705017074a77d8b0a650843bdefb5a1b"
    )


def test_days_can_be_made_in_any_order() -> None:
    settled = settle(SMALL, 1)
    backwards = [day_rows(settled, day) for day in reversed(range(SMALL.days))]
    assert checksum(backwards[::-1]) == checksum(list(generate(SMALL, 1)))


def test_another_seed_gives_another_city() -> None:
    assert checksum(list(generate(SMALL, 1))) != checksum(list(generate(SMALL, 2)))
    assert places(SMALL, 1) != places(SMALL, 2)


@pytest.mark.parametrize("city", [City(devices=199), City(days=0)])
def test_a_city_too_small_is_an_input_error(city: City) -> None:
    with pytest.raises(InputError):
        settle(city, 1)


def test_the_city_lies_in_the_open_ocean(town: Sightings) -> None:
    normal = is_position(town.longitude, town.latitude) & (town.longitude < 0)
    assert normal.mean() > 0.99
    assert -41 < town.longitude[normal].min() < town.longitude[normal].max() < -38
    assert 29 < town.latitude[normal].min() < town.latitude[normal].max() < 32
    assert all(29 < p.latitude < 31 and -41 < p.longitude < -39 for p in places(TOWN, 7))


def test_devices_move_without_jumps_within_a_day_and_over_midnight() -> None:
    settled = settle(SMALL, 3)
    device = np.repeat(np.arange(SMALL.devices), 86_400 // 60)
    second = np.tile(np.arange(0, 86_400, 60), SMALL.devices)
    for day in range(8):
        plan = plan_day(SMALL, settled.ground, 3, day)
        spot = positions(plan, device, second)
        east, north = (axis.reshape(SMALL.devices, -1) for axis in (spot.east, spot.north))
        way = np.abs(np.diff(east)) + np.abs(np.diff(north))
        # 28 m/s between towns, in decimetres a minute.
        assert way.max() <= 280 * 60 + 1
        tomorrow = plan_day(SMALL, settled.ground, 3, day + 1)
        assert (plan.arrives[:, -1] < 86_400).all()
        assert (east[:, -1] == tomorrow.east[:, 0]).all()
        assert (east[:, 0] == plan.east[:, 0]).all()


def test_some_nights_are_away_and_some_in_a_shelter() -> None:
    city = replace(SMALL, devices=3_000)
    ground = settle(city, 3).ground
    nights = np.stack([plan_day(city, ground, 3, day).east[:, -1] for day in range(14)])
    assert 0.005 < (nights > AWAY_EAST // 2).mean() < 0.06
    shelters = ground.sensitive.east[np.array(ground.categories) == "shelter"]
    assert 0 < np.isin(nights, shelters).any(axis=0).sum() < 60


def test_downtown_is_dense_in_working_hours() -> None:
    """At least 40 cells of 1.6 km and an hour of one Tuesday hold over 300 devices."""
    rows = day_rows(settle(City(), 7), 1)
    good = (
        (rows.device >= 0)
        & (rows.device < 20_000)
        & is_position(rows.longitude, rows.latitude)
    )
    cell = coarser(cell_of(rows.longitude[good], rows.latitude[good]), 5).astype(np.int64)
    hour = step_of(rows.seconds[good]) // 4
    seen = np.stack((cell, hour, rows.device[good].astype(np.int64)), axis=1)
    _, devices = np.unique(np.unique(seen, axis=0)[:, :2], axis=0, return_counts=True)
    assert (devices > 300).sum() >= 40


def test_points_a_device_have_a_heavy_tail(town: Sightings) -> None:
    count = np.bincount(
        town.device[(town.device >= 0) & (town.device < 2_000)], minlength=2_000
    )
    median, top = np.quantile(count, [0.5, 0.99])
    assert 20 < median < 80
    assert top > 10 * median
    assert (count == 0).any()


def test_few_points_single_out_many_devices_but_not_all(town: Sightings) -> None:
    """Two random points at 1.6 km and 1 h: a prototype singled out nearly everyone."""
    good = (
        (town.device >= 0)
        & (town.device < 2_000)
        & is_position(town.longitude, town.latitude)
    )
    cell = coarser(cell_of(town.longitude[good], town.latitude[good]), 5)
    hour = step_of(town.seconds[good]) // 4
    crowd: dict[tuple[int, int], set[int]] = {}
    trace: dict[int, set[tuple[int, int]]] = {}
    rows = zip(town.device[good].tolist(), cell.tolist(), hour.tolist(), strict=True)
    for device, *point in rows:
        crowd.setdefault((point[0], point[1]), set()).add(device)
        trace.setdefault(device, set()).add((point[0], point[1]))
    chance = np.random.default_rng(0)
    alone = []
    for points in (sorted(t) for t in trace.values() if len(t) >= 2):
        first, second = (points[i] for i in chance.choice(len(points), 2, replace=False))
        alone.append(len(crowd[first] & crowd[second]) == 1)
    assert 0.3 < np.mean(alone) < 0.9


def test_the_feed_has_the_faults_of_real_feeds(town: Sightings) -> None:
    count = TOWN.devices
    zero = town.names.index("00000000-0000-0000-0000-000000000000")
    assert zero == 3 * count
    start = (TOWN.first_day - date(1970, 1, 1)).days * 86_400
    faults = {
        "no id": town.device == -1,
        "zero id": town.device == zero,
        "malformed id": town.device > zero,
        "other spelling": (town.device >= count) & (town.device < 2 * count),
        "no hyphens": (town.device >= 2 * count) & (town.device < zero),
        "null island": (town.longitude == 0) & (town.latitude == 0),
        "not a number": np.isnan(town.longitude),
        "out of range": town.longitude > 180,
        "axes swapped": town.longitude > 29,
        "stale": town.seconds < start,
    }
    assert all(0 < fault.mean() < 0.02 for fault in faults.values())
    names = town.names
    assert names[0].lower() == names[count].lower() != names[count]
    assert names[2 * count] == names[0].replace("-", "")
    assert len({name.lower() for name in names[:count]}) == count


def test_sensitive_places_are_visited(town: Sightings) -> None:
    for place in places(TOWN, 7):
        near = np.abs(town.longitude - place.longitude) < 0.0005
        assert (near & (np.abs(town.latitude - place.latitude) < 0.0005)).any(), place
