from pathlib import Path

import pytest

from beforehand.ledger import Ledger
from tests.faults.told import ORIGIN, Place


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Give a place with an empty ledger in the store that the test names."""
    database = (
        request.getfixturevalue("database") if request.param == "postgresql" else None
    )
    place = Place.make(tmp_path / "place", database=database)
    Ledger.create(place.address, origin=ORIGIN).close()
    return place
