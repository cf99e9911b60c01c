"""Points inside a sensitive place, held against PROJ's geodesics."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest

from beforehand.cells import Place, cell_of
from beforehand.holdings.places import PlaceList
from beforehand.refusal import InputError

GEOD = pyproj.Geod(ellps="WGS84")


def a_place(
    longitude: float, latitude: float, radius: int, category: str = "clinic"
) -> Place:
    return Place(
        category=category, longitude=longitude, latitude=latitude, radius_metres=radius
    )


def which(places: PlaceList, longitude: float, latitude: float) -> int:
    east, north = np.array([longitude]), np.array([latitude])
    return int(places.which(east, north, cell_of(east, north))[0])


@pytest.mark.parametrize("radius", [1, 50, 500, 20_000])
@pytest.mark.parametrize(
    ("longitude", "latitude"),
    [
        pytest.param(-40.0, 30.0, id="mid-latitude"),
        pytest.param(10.0, 0.0, id="equator"),
        pytest.param(179.9999, -16.5, id="beside the antimeridian"),
        pytest.param(-180.0, 65.0, id="on the antimeridian"),
        pytest.param(25.0, 84.9, id="far north"),
    ],
)
def test_every_point_within_the_radius_is_inside_and_none_well_beyond(
    longitude: float, latitude: float, radius: int
) -> None:
    places = PlaceList("test", "1", (a_place(longitude, latitude, radius),))
    chance = np.random.default_rng(radius)
    far = radius * np.concatenate((np.sqrt(chance.uniform(0, 4, 2_000)), [0, 0.999, 1.02]))
    azimuth = chance.uniform(0, 360, len(far))
    start = np.full(len(far), longitude), np.full(len(far), latitude)
    east, north, _ = GEOD.fwd(*start, azimuth, far)
    inside = places.which(east, north, cell_of(east, north)) == 0
    assert inside[far <= radius].all()
    assert not inside[far >= radius * 1.02].any()


def test_of_two_places_the_earlier_counts() -> None:
    school, clinic = a_place(1.0, 1.0, 100, "school"), a_place(1.0, 1.0, 200, "clinic")
    assert which(PlaceList("test", "1", (school, clinic)), 1.0, 1.0) == 0
    assert which(PlaceList("test", "1", (clinic, school)), 1.0, 1.0) == 0
    # One point in both, one 150 m east in the larger alone, one in neither.
    east, north = np.array([1.0, 1.00135, 1.01]), np.array([1.0, 1.0, 1.0])
    both = PlaceList("test", "1", (school, clinic))
    assert both.which(east, north, cell_of(east, north)).tolist() == [0, 1, -1]


def test_an_empty_list_holds_no_point() -> None:
    assert which(PlaceList("none", "1", ()), 1.0, 1.0) == -1


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(a_place(0.0, 85.1, 100), id="too near a pole"),
        pytest.param(a_place(float("nan"), 0.0, 100), id="not a number"),
        pytest.param(a_place(181.0, 0.0, 100), id="no longitude"),
        pytest.param(a_place(0.0, 0.0, 0), id="no radius"),
        pytest.param(a_place(0.0, 0.0, 20_001), id="too wide"),
    ],
)
def test_what_is_no_place_is_named(place: Place) -> None:
    with pytest.raises(InputError, match="number 1"):
        PlaceList("test", "1", (a_place(0.0, 0.0, 100), place))


def test_any_change_to_a_list_changes_its_digest() -> None:
    place = a_place(1.0, 1.0, 100)
    lists = [
        PlaceList("a", "1", (place,)),
        PlaceList("b", "1", (place,)),
        PlaceList("a", "2", (place,)),
        PlaceList("a", "1", ()),
        PlaceList("a", "1", (a_place(1.0, 1.0, 101),)),
        PlaceList("a", "1", (a_place(1.0000001, 1.0, 100),)),
        PlaceList("a", "1", (a_place(1.0, 1.0, 100, "school"),)),
    ]
    assert len({one.sha256 for one in lists}) == len(lists)
    assert PlaceList("a", "1", (a_place(1.0, 1.0, 100),)).sha256 == lists[0].sha256
