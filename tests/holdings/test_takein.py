"""Which rows are stored, as what, and under which reason the others fall."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.cells import Box, Sightings, cell_of, coarser
from beforehand.holdings.takein import (
    ROW,
    Pseudonyms,
    Sifted,
    canonical_id,
    merge,
    pseudonym,
    sift,
)
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from beforehand.holdings.manifest import TakeInTerms
    from beforehand.holdings.places import PlaceList
    from tests.holdings.conftest import MakeChunk, RawRow

KEY = bytes(range(32))
ANA = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
BEN = "6ba7b810-9dad-41d1-80b4-00c04fd430c8"
ZERO = "00000000-0000-0000-0000-000000000000"
NOON = 1_772_452_800  # 2026-03-02 12:00 UTC
NAN = float("nan")


def number(device: str, key: bytes = KEY) -> int:
    """HMAC-SHA-256 written out (RFC 2104), its first 8 bytes."""
    padded = key.ljust(64, b"\0")
    inner = hashlib.sha256(
        bytes(b ^ 0x36 for b in padded) + device.replace("-", "").encode()
    ).digest()
    outer = hashlib.sha256(bytes(b ^ 0x5C for b in padded) + inner).digest()
    return int.from_bytes(outer[:8])


def sifted(chunk: Sightings, terms: TakeInTerms, places: PlaceList) -> Sifted:
    return sift(chunk, terms=terms, pseudonyms=Pseudonyms(KEY), places=places)


def test_a_row_is_stored_as_pseudonym_cell_and_step(
    chunk: MakeChunk, terms: TakeInTerms, clinic: PlaceList
) -> None:
    # 0.001 degrees are column 1 and row 2 of 50 m from the origin: at 200 m, both 0.
    rows = sifted(chunk([(ANA, NOON + 1_799, 0.001, 0.001, 5.0)]), terms, clinic).rows
    assert rows["device"].tolist() == [number(ANA)]
    assert rows["cell"].tolist() == [3 << 34]
    hours = (NOON - 4 * 86_400) // 3_600
    assert rows["step"].tolist() == [hours]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        pytest.param((None, NOON, 1.0, 1.0, 5.0), "device.missing", id="null id"),
        pytest.param((" ", NOON, 1.0, 1.0, 5.0), "device.missing", id="blank id"),
        pytest.param(("unknown", NOON, 1.0, 1.0, 5.0), "device.malformed", id="no uuid"),
        pytest.param((ANA[:-1], NOON, 1.0, 1.0, 5.0), "device.malformed", id="short uuid"),
        pytest.param((ZERO, NOON, 1.0, 1.0, 5.0), "device.zero", id="zero id"),
        pytest.param(("0" * 32, NOON, 1.0, 1.0, 5.0), "device.zero", id="bare zero id"),
        pytest.param(
            (ANA, NOON - 43_201, 1.0, 1.0, 5.0), "time.outside", id="a second early"
        ),
        pytest.param(
            (ANA, NOON + 129_600, 1.0, 1.0, 5.0), "time.outside", id="a second late"
        ),
        pytest.param((ANA, -(2**63), 1.0, 1.0, 5.0), "time.outside", id="least time"),
        pytest.param((ANA, 2**63 - 1, 1.0, 1.0, 5.0), "time.outside", id="greatest time"),
        pytest.param((ANA, NOON, NAN, 1.0, 5.0), "position.missing", id="nan longitude"),
        pytest.param((ANA, NOON, 1.0, NAN, 5.0), "position.missing", id="nan latitude"),
        pytest.param((ANA, NOON, 0.0, -0.0, 5.0), "position.zero", id="null island"),
        pytest.param((ANA, NOON, 180.1, 1.0, 5.0), "position.range", id="longitude"),
        pytest.param((ANA, NOON, 1.0, -90.1, 5.0), "position.range", id="latitude"),
        pytest.param((ANA, NOON, math.inf, 1.0, 5.0), "position.range", id="infinite"),
        pytest.param((ANA, NOON, 1.0, 1.0, NAN), "accuracy.missing", id="no accuracy"),
        pytest.param(
            (ANA, NOON, 1.0, 1.0, -1.0), "accuracy.missing", id="negative accuracy"
        ),
        pytest.param((ANA, NOON, 1.0, 1.0, 100.1), "accuracy.worse", id="too coarse"),
        pytest.param((ANA, NOON, -40.0, 30.0005, 5.0), "place.clinic", id="in a clinic"),
        pytest.param((ZERO, 0, NAN, 0.0, NAN), "device.zero", id="the first reason counts"),
        pytest.param(
            (ANA, NOON - 43_200, 1.0, 1.0, 100.0), None, id="first second, just fits"
        ),
        pytest.param(
            (ANA, NOON + 129_599, 180.0, -90.0, 0.0), None, id="last second, a corner"
        ),
        pytest.param((ANA, NOON, -40.0, 30.001, 5.0), None, id="past the clinic's door"),
    ],
)
def test_each_row_is_stored_or_falls_for_one_reason(
    chunk: MakeChunk, terms: TakeInTerms, clinic: PlaceList, row: RawRow, reason: str | None
) -> None:
    result = sifted(chunk([row]), terms, clinic)
    assert result.dropped == ({} if reason is None else {reason: 1})
    assert len(result.rows) == (reason is None)


def test_rows_outside_the_area_are_dropped(
    chunk: MakeChunk, terms: TakeInTerms, clinic: PlaceList
) -> None:
    origin = 1 << 19
    area = Box(level=0, columns=(origin, origin + 2), rows=(origin, origin + 3))
    here = msgspec.structs.replace(terms, area=area)
    rows: list[RawRow] = [
        (ANA, NOON, 0.0010, 0.001, 5.0),  # column 1, row 2
        (ANA, NOON, 0.0011, 0.001, 5.0),  # column 2, just outside
        (ANA, NOON, -0.0001, 0.001, 5.0),
        (ANA, NOON, 0.0010, 0.0012, 5.0),  # row 3, just outside
    ]
    result = sifted(chunk(rows), here, clinic)
    assert (len(result.rows), result.dropped) == (1, {"area.outside": 3})


@pytest.mark.parametrize(
    "spelling",
    [
        ANA,
        ANA.upper(),
        ANA.replace("-", ""),
        ANA.replace("-", "").upper(),
        f" {ANA.title()} ",
    ],
)
def test_spellings_of_one_id_are_one_device(spelling: str) -> None:
    assert Pseudonyms(KEY).number(spelling)[1] == number(ANA)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{" + ANA + "}",
        "urn:uuid:" + ANA,
        ANA.replace("-", "", 1),
        ANA + "0",
        ANA.replace("3", "g", 1),
        ANA.replace("-", "\u2010"),
        ANA.replace("3", "\uff13", 1),
        ANA + "\n",
    ],
)
def test_other_spellings_are_no_id(text: str) -> None:
    assert canonical_id(text) is None


def test_another_key_gives_other_pseudonyms() -> None:
    other = Pseudonyms(bytes(32)).number(ANA)[1]
    assert other == number(ANA, bytes(32)) != number(ANA)
    assert pseudonym(KEY, ANA.replace("-", ""))[:8] == number(ANA).to_bytes(8)


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(InputError, match="expected 32 bytes, got 31 bytes"):
        Pseudonyms(bytes(31))


def test_two_devices_with_one_number_stop_the_take_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def colliding(_key: bytes, canonical: str) -> bytes:
        return bytes(8) + canonical.encode()

    monkeypatch.setattr("beforehand.holdings.takein.pseudonym", colliding)
    pseudonyms = Pseudonyms(KEY)
    pseudonyms.number(ANA)
    pseudonyms.number(ANA.upper())
    with pytest.raises(InputError, match="one number for two devices"):
        pseudonyms.number(BEN)


def test_rows_are_merged_and_sorted_by_cell_step_device() -> None:
    rows = np.array(
        [(2, 9, 1), (1, 9, 1), (2, 9, 1), (1, 8, 7), (1, 9, 0), (2**64 - 1, 2**40 - 1, 1)],
        dtype=ROW,
    )
    distinct, sightings = merge(rows)
    assert distinct.tolist() == [
        (1, 8, 7),
        (1, 9, 0),
        (1, 9, 1),
        (2, 9, 1),
        (2**64 - 1, 2**40 - 1, 1),
    ]
    assert sightings.tolist() == [1, 1, 1, 2, 1]


def test_no_rows_merge_to_none() -> None:
    distinct, sightings = merge(np.empty(0, dtype=ROW))
    assert (len(distinct), len(sightings)) == (0, 0)


def test_columns_that_do_not_fit_are_refused(
    chunk: MakeChunk, terms: TakeInTerms, clinic: PlaceList
) -> None:
    good = chunk([(ANA, NOON, 1.0, 1.0, 5.0)])
    short = Sightings(
        names=good.names,
        device=good.device,
        seconds=good.seconds,
        longitude=good.longitude[:0],
        latitude=good.latitude,
        accuracy=good.accuracy,
    )
    nameless = Sightings(
        names=(),
        device=good.device,
        seconds=good.seconds,
        longitude=good.longitude,
        latitude=good.latitude,
        accuracy=good.accuracy,
    )
    for bad in (short, nameless):
        with pytest.raises(InputError):
            sifted(bad, terms, clinic)


messy_rows = st.lists(
    st.tuples(
        st.sampled_from([ANA, ANA.upper(), BEN, BEN.replace("-", ""), ZERO, "x", "", None]),
        st.sampled_from([0, NOON, NOON + 899, NOON + 3_600, NOON + 86_400, NOON + 200_000]),
        st.sampled_from([-40.0, -40.0005, -40.01, 0.0, 0.001, 180.0, 200.0, NAN]),
        st.sampled_from([30.0, 30.0005, 30.01, 0.0, 0.001, -90.0, 90.5, NAN]),
        st.sampled_from([0.0, 5.0, 100.0, 101.0, NAN]),
    ),
    max_size=40,
)


def naive(row: RawRow, terms: TakeInTerms) -> str | tuple[int, int, int]:
    """One row in plain words: the reason it falls for, or what is stored."""
    name, seconds, longitude, latitude, accuracy = row
    bare = (name or "").replace("-", "").lower()
    checks = {
        "device.missing": not bare,
        "device.malformed": bare == "x",
        "device.zero": bool(bare) and set(bare) == {"0"},
        "time.outside": not NOON - 43_200 <= seconds < NOON + 129_600,
        "position.missing": longitude != longitude or latitude != latitude,  # noqa: PLR0124
        "position.zero": longitude == latitude == 0,
        "position.range": longitude > 180 or latitude > 90,
        "accuracy.missing": math.isnan(accuracy),
        "accuracy.worse": accuracy > 100,
        "place.clinic": longitude in {-40.0, -40.0005} and latitude in {30.0, 30.0005},
    }
    for reason, falls in checks.items():
        if falls:
            return reason
    cell = coarser(cell_of(np.array([longitude]), np.array([latitude])), terms.level)
    return number(bare), int(cell[0]), (seconds - 345_600) // 3_600


@given(rows=messy_rows)
def test_messy_rows_are_all_accounted_for(
    chunk: MakeChunk, terms: TakeInTerms, clinic: PlaceList, rows: list[RawRow]
) -> None:
    expected = [naive(row, terms) for row in rows]
    result = sifted(chunk(rows), terms, clinic)
    assert result.dropped == Counter(one for one in expected if isinstance(one, str))
    kept = Counter(one for one in expected if not isinstance(one, str))
    distinct, sightings = merge(result.rows)
    assert dict(zip(distinct.tolist(), sightings.tolist(), strict=True)) == kept
    assert len(rows) == sum(sightings.tolist()) + sum(result.dropped.values())
