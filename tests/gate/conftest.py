"""Forms, snapshots and one warm engine for the gate's tests."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, TypeAlias

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from beforehand.gate.engines.engine import Engine
from beforehand.gate.question import Question, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

Form: TypeAlias = dict[str, object]
Row: TypeAlias = tuple[int, int, int, int]  # device, cell, step, sightings
Files: TypeAlias = tuple[tuple[str, str], ...]


@pytest.fixture
def form() -> Form:
    """Return an allowed question over 3 x 2 cells of 800 m and six hours."""
    return {
        "kind": "aggregate",
        "dataset": "city.2026",
        "snapshot": "a1" * 32,
        "office": "unit-1",
        "purpose": "traffic",
        "request": "u-1",
        "assessment": "pia-1",
        "area": {"level": 4, "columns": [23469, 23472], "rows": [38503, 38505]},
        "window": {"start": "2026-03-02T00:00:00Z", "end": "2026-03-02T06:00:00Z"},
        "grid": 4,
        "step": 4,
        "measure": "devices",
        "filters": [],
        "l0": 4,
        "profile": "usual",
    }


@pytest.fixture
def ask_for(form: Form) -> Callable[..., Question]:
    """Return the question of `form` with some fields changed."""

    def make(**changed: object) -> Question:
        return parse(json.dumps(form | changed).encode())

    return make


@pytest.fixture
def snapshot(tmp_path: Path) -> Callable[[Sequence[Row]], tuple[Path, Files]]:
    """Return a function that writes rows as a snapshot of two files."""

    def write(rows: Sequence[Row]) -> tuple[Path, Files]:
        files = []
        half = len(rows) // 2
        for name, part in (
            ("2026-03-02.parquet", rows[:half]),
            ("more.parquet", rows[half:]),
        ):
            columns = {
                "device": pa.array([row[0] for row in part], pa.uint64()),
                "cell": pa.array([row[1] for row in part], pa.uint64()),
                "step": pa.array([row[2] for row in part], pa.uint32()),
                "sightings": pa.array([row[3] for row in part], pa.uint16()),
            }
            pq.write_table(pa.table(columns), tmp_path / name)
            files.append((name, hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()))
        return tmp_path, tuple(files)

    return write


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    with Engine() as one:
        yield one
