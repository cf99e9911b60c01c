"""Raw rows written by hand, and the terms they are taken in under."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeAlias

import numpy as np
import pytest

from beforehand.cells import Place, Sightings
from beforehand.holdings.manifest import TakeInTerms
from beforehand.holdings.places import PlaceList

RawRow: TypeAlias = tuple[str | None, int, float, float, float]
MakeChunk: TypeAlias = Callable[[Sequence[RawRow]], Sightings]


@pytest.fixture(scope="session")
def chunk() -> MakeChunk:
    """Return a maker of a chunk from rows of id, seconds, longitude, latitude, accuracy."""

    def make(rows: Sequence[RawRow]) -> Sightings:
        names = sorted({row[0] for row in rows if row[0] is not None})
        return Sightings(
            names=tuple(names),
            device=np.array(
                [-1 if row[0] is None else names.index(row[0]) for row in rows],
                dtype=np.int32,
            ),
            seconds=np.array([row[1] for row in rows], dtype=np.int64),
            longitude=np.array([row[2] for row in rows], dtype=np.float64),
            latitude=np.array([row[3] for row in rows], dtype=np.float64),
            accuracy=np.array([row[4] for row in rows], dtype=np.float64),
        )

    return make


@pytest.fixture(scope="session")
def terms() -> TakeInTerms:
    """Two days, cells of 200 m, steps of an hour."""
    return TakeInTerms(
        level=2,
        step=4,
        area=None,
        first_day=date(2026, 3, 2),
        last_day=date(2026, 3, 3),
        accuracy_metres=100,
    )


@pytest.fixture(scope="session")
def clinic() -> PlaceList:
    return PlaceList(
        "invented",
        "1",
        (Place(category="clinic", longitude=-40.0, latitude=30.0, radius_metres=100),),
    )
