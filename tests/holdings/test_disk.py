"""Snapshots: whole or not there, the same for the same rows, and never changed unseen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet  # type: ignore[import-untyped]

from beforehand.assay.synthetic import City, generate, places
from beforehand.cells import Sightings, day_of
from beforehand.holdings.disk import (
    Snapshot,
    check_snapshot,
    clear_unfinished,
    read_manifest,
    take_in,
)
from beforehand.holdings.manifest import TakeInTerms, decode, digest, encode
from beforehand.holdings.places import PlaceList
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.holdings.conftest import MakeChunk, RawRow

KEY = bytes(range(32))
ANA = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
BEN = "6ba7b810-9dad-41d1-80b4-00c04fd430c8"
NOON = 1_772_452_800  # 2026-03-02 12:00 UTC
CITY = City(devices=300, days=3)
CITY_TERMS = TakeInTerms(
    level=0,
    step=1,
    area=None,
    first_day=date(2026, 3, 2),
    last_day=date(2026, 3, 4),
    accuracy_metres=1_000,
)
CITY_PLACES = PlaceList("invented city", "1", places(CITY, 1))
ROWS: list[RawRow] = [
    (ANA, NOON, 1.0, 1.0, 5.0),
    (ANA.upper(), NOON + 60, 1.0, 1.0, 5.0),
    (BEN, NOON, 1.0, 1.0, 5.0),
    (ANA, NOON + 86_400, 1.0, 1.0, 5.0),
    (BEN, NOON, -40.0, 30.0, 5.0),
    (None, NOON, 1.0, 1.0, 5.0),
]


def quiet(_what: str, _share: float) -> None: ...


def taken(
    chunks: Iterable[Sightings],
    root: Path,
    *,
    terms: TakeInTerms = CITY_TERMS,
    listed: PlaceList = CITY_PLACES,
    key: bytes = KEY,
) -> Snapshot:
    return take_in(
        chunks,
        dataset="city",
        terms=terms,
        key=key,
        places=listed,
        root=root,
        progress=quiet,
    )


def part(
    chunk: Sightings, rows: slice | np.ndarray[tuple[int], np.dtype[np.int64]]
) -> Sightings:
    columns = {
        f.name: getattr(chunk, f.name)[rows] for f in fields(chunk) if f.name != "names"
    }
    return Sightings(names=chunk.names, **columns)


@pytest.fixture(scope="module")
def city_rows() -> list[Sightings]:
    return list(generate(CITY, 1))


@pytest.fixture
def by_hand(
    tmp_path: Path, chunk: MakeChunk, terms: TakeInTerms, clinic: PlaceList
) -> Snapshot:
    return taken([chunk(ROWS)], tmp_path, terms=terms, listed=clinic)


def test_a_snapshot_by_hand(by_hand: Snapshot) -> None:
    manifest = by_hand.manifest
    assert (manifest.rows_read, manifest.rows_stored, manifest.rows_merged) == (6, 3, 1)
    assert manifest.dropped == {"device.missing": 1, "place.clinic": 1}
    assert [(file.name, file.rows) for file in manifest.files] == [
        ("day=2026-03-02.parquet", 2),
        ("day=2026-03-03.parquet", 1),
    ]
    first = parquet.read_table(by_hand.folder / "day=2026-03-02.parquet")
    assert [f"{f.name} {f.type}" for f in first.schema] == [
        "device uint64",
        "cell uint64",
        "step uint32",
        "sightings uint32",
    ]
    assert sorted(first.column("sightings").to_pylist()) == [1, 2]
    assert by_hand.folder.name == by_hand.digest[:16]
    assert read_manifest(by_hand.folder) == manifest
    assert check_snapshot(by_hand.folder, by_hand.digest) == manifest


def test_the_manifest_is_canonical_and_names_no_device(by_hand: Snapshot) -> None:
    data = (by_hand.folder / "manifest.json").read_bytes()
    assert digest(data) == by_hand.digest
    assert data.startswith(b'{"dataset":"city","dropped":{"device.missing":1,')
    json.loads(data, parse_float=lambda text: pytest.fail(f"{text} is no integer"))
    stored = parquet.read_table(by_hand.folder / by_hand.manifest.files[0].name)
    for device in stored.column("device").to_pylist():
        assert str(device).encode() not in data
        assert f"{device:016x}".encode() not in data
    with pytest.raises(InputError, match="canonical form"):
        decode(data.replace(b":", b": ", 1), where="manifest")


def test_a_manifest_whose_sums_are_wrong_is_refused(by_hand: Snapshot) -> None:
    data = encode(by_hand.manifest)
    for field in (b'"rows_read":6', b'"rows_stored":3', b'"rows_merged":1'):
        name, _, count = field.partition(b":")
        wrong = data.replace(field, name + b":" + str(int(count) + 1).encode())
        assert wrong != data
        with pytest.raises(InputError):
            decode(wrong, where="manifest")


@pytest.mark.parametrize(
    "change",
    [
        {"level": 21},
        {"step": 5},
        {"accuracy_metres": 0},
        {"first_day": date(2026, 3, 4)},
        {"first_day": date(1970, 1, 4)},
    ],
    ids=str,
)
def test_terms_that_make_no_sense_are_refused(
    terms: TakeInTerms, change: dict[str, int | date]
) -> None:
    with pytest.raises(InputError):
        msgspec.structs.replace(terms, **change)


def test_a_city_is_taken_in_sorted_by_day_and_cell(
    tmp_path: Path, city_rows: list[Sightings]
) -> None:
    snapshot = taken(city_rows, tmp_path)
    assert snapshot.manifest.rows_read == sum(len(chunk.device) for chunk in city_rows)
    assert {reason.partition(".")[0] for reason in snapshot.manifest.dropped} == {
        "device",
        "time",
        "position",
        "accuracy",
        "place",
    }
    assert len(snapshot.manifest.files) == 3
    for file in snapshot.manifest.files:
        columns = parquet.read_table(snapshot.folder / file.name).to_pydict()
        keys = list(zip(columns["cell"], columns["step"], columns["device"], strict=True))
        assert keys == sorted(set(keys))
        assert {f"day={day_of(step)}.parquet" for step in set(columns["step"])} == {
            file.name
        }


def test_the_same_rows_again_add_nothing(
    tmp_path: Path, city_rows: list[Sightings]
) -> None:
    first = taken(city_rows, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert taken(city_rows, tmp_path) == first
    assert {
        path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path != tmp_path
    } == before


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32), cuts=st.lists(st.integers(0, 9_000), max_size=4))
def test_order_and_chunks_of_the_rows_do_not_matter(
    tmp_path_factory: pytest.TempPathFactory,
    city_rows: list[Sightings],
    seed: int,
    cuts: list[int],
) -> None:
    names = city_rows[0].names
    columns = {
        f.name: np.concatenate([getattr(chunk, f.name) for chunk in city_rows])
        for f in fields(Sightings)
        if f.name != "names"
    }
    whole = Sightings(names=names, **columns)
    order = np.random.default_rng(seed).permutation(len(whole.device))
    pieces = [part(whole, piece) for piece in np.split(order, sorted(cuts))]
    root = tmp_path_factory.mktemp("snapshots")
    assert taken(pieces, root).digest == taken(city_rows, root).digest


def test_another_key_gives_another_snapshot(
    tmp_path: Path, city_rows: list[Sightings]
) -> None:
    first, second = taken(city_rows, tmp_path), taken(city_rows, tmp_path, key=bytes(32))
    assert first.digest != second.digest
    assert first.manifest.dropped == second.manifest.dropped
    devices = [
        set(
            parquet.read_table(s.folder / s.manifest.files[0].name)
            .column("device")
            .to_pylist()
        )
        for s in (first, second)
    ]
    assert len(devices[0]) == len(devices[1]) > 100
    assert not devices[0] & devices[1]


def test_a_week_long_step_is_in_the_file_of_its_monday(
    tmp_path: Path, chunk: MakeChunk, terms: TakeInTerms, clinic: PlaceList
) -> None:
    weekly = msgspec.structs.replace(terms, step=672)
    snapshot = taken([chunk(ROWS)], tmp_path, terms=weekly, listed=clinic)
    assert [(f.name, f.rows) for f in snapshot.manifest.files] == [
        ("day=2026-03-02.parquet", 2)
    ]


def test_nothing_to_store_is_a_snapshot_without_files(tmp_path: Path) -> None:
    snapshot = taken([], tmp_path)
    assert snapshot.manifest.files == ()
    assert check_snapshot(snapshot.folder, snapshot.digest).rows_read == 0


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_a_failure_while_reading_leaves_nothing(
    tmp_path: Path, city_rows: list[Sightings], error: type[BaseException]
) -> None:
    def broken() -> Iterator[Sightings]:
        yield city_rows[0]
        raise error

    with pytest.raises(error):
        taken(broken(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_to_rename_leaves_nothing(
    tmp_path: Path, city_rows: list[Sightings], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path, _target: Path) -> Path:
        raise OSError

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(OSError):  # noqa: PT011  # any error of the disk
        taken(city_rows, tmp_path)
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import test_disk
def die(path, target): os._exit(9)
Path.rename = die
test_disk.taken(test_disk.generate(test_disk.CITY, 1), Path(sys.argv[1]))
"""


def test_a_kill_before_the_rename_leaves_no_snapshot_and_the_next_run_finishes(
    tmp_path: Path, city_rows: list[Sightings]
) -> None:
    here = str(Path(__file__).parent)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), here],
        check=False,
        env=dict(os.environ),
    )
    assert done.returncode == 9
    assert [path.name[:9] for path in tmp_path.iterdir()] == [".take-in-"]
    snapshot = taken(city_rows, tmp_path)
    clear_unfinished(tmp_path)
    assert list(tmp_path.iterdir()) == [snapshot.folder]
    check_snapshot(snapshot.folder, snapshot.digest)


def test_a_changed_file_is_found_and_named(by_hand: Snapshot) -> None:
    path = by_hand.folder / "day=2026-03-03.parquet"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"day=2026-03-03\.parquet"):
        check_snapshot(by_hand.folder, by_hand.digest)


def test_a_missing_an_added_and_another_manifest_are_named(by_hand: Snapshot) -> None:
    added = by_hand.folder / "day=2026-03-09.parquet"
    added.write_bytes(b"")
    with pytest.raises(InputError, match=r"day=2026-03-09\.parquet"):
        check_snapshot(by_hand.folder, by_hand.digest)
    added.unlink()
    with pytest.raises(InputError, match=r"manifest\.json"):
        check_snapshot(by_hand.folder, "0" * 64)
    (by_hand.folder / "day=2026-03-02.parquet").unlink()
    with pytest.raises(InputError, match=r"day=2026-03-02\.parquet.*got none"):
        check_snapshot(by_hand.folder, by_hand.digest)
    (by_hand.folder / "manifest.json").unlink()
    with pytest.raises(InputError, match="no such file"):
        read_manifest(by_hand.folder)


def test_progress_never_falls_and_ends_at_one(
    tmp_path: Path, city_rows: list[Sightings]
) -> None:
    shares: list[float] = []
    take_in(
        city_rows,
        dataset="city",
        terms=CITY_TERMS,
        key=KEY,
        places=CITY_PLACES,
        root=tmp_path,
        progress=lambda _what, share: shares.append(share),
        expected_chunks=3,
    )
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
