"""The gate's cost: a protected answer against the same aggregate in raw DuckDB.

Both run over one snapshot made here, by the same worker, in turns, so that what the machine
does besides weighs on both. The raw one has no bound and no noise: it protects nobody.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from beforehand.cells import interleave
from beforehand.gate import plan
from beforehand.gate.ask import Admission, Pace, Withheld, ask
from beforehand.gate.budget import Charge
from beforehand.gate.engines.engine import Engine
from beforehand.gate.protection import Counts, price, release
from beforehand.gate.question import Question, canonical, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from beforehand.gate.answer import Answer

SIZES = ((2_000_000, 5_000, 4), (10_000_000, 20_000, 14))  # rows, devices, days
ROUNDS = 7
PROFILE = Charge(rho_micro=50_000, delta_e15=10_000_000)
FIRST_STEP = 1_968_960  # 2 March 2026
COLUMN, ROW = 375_552, 616_064  # a corner on cells of every level up to 6
Files = tuple[tuple[str, str], ...]
T = TypeVar("T")

RAW = """\
SELECT CAST(cell AS BIGINT) >> {levels} AS cell, CAST(step AS BIGINT) // 4 AS step,
       COUNT(DISTINCT device) AS count
FROM snapshot
WHERE step >= {first} AND step < {stop}
GROUP BY 1, 2
"""


def run() -> None:
    for rows, devices, days in SIZES:
        with tempfile.TemporaryDirectory() as name, Engine() as engine:
            folder = Path(name)
            files = snapshot(folder, rows=rows, devices=devices, days=days)
            print(
                f"gate: {rows:,} rows, {devices:,} devices, {days} days; medians of {ROUNDS}"
            )
            for grid in (6, 5):
                protected_against_raw(engine, folder, files, question(grid, days))
    overhead()


def snapshot(folder: Path, *, rows: int, devices: int, days: int) -> Files:
    """Write days of devices that move about a home, sorted by cell; return its files."""
    rng = np.random.default_rng(20260302)
    homes = rng.integers(0, 320, (devices, 2))
    files = []
    for day in range(days):
        count = rows // days
        device = rng.integers(0, devices, count)
        # Most sightings near home, as in real traces; the box is 16 km wide.
        spread = np.rint(rng.laplace(0, 12, (count, 2))).astype(np.int64)
        place = np.clip(homes[device] + spread, 0, 319)
        cell = interleave(COLUMN + place[:, 0], ROW + place[:, 1])
        step = rng.integers(day * 96, (day + 1) * 96, count) + FIRST_STEP
        order = np.argsort(cell)
        table = pa.table(
            {
                "device": device.astype(np.uint64)[order]
                * np.uint64(0x9E37_79B9_7F4A_7C15),
                "cell": cell[order],
                "step": step.astype(np.uint32)[order],
                "sightings": np.ones(count, np.uint16),
            }
        )
        path = folder / f"{day}.parquet"
        pq.write_table(table, path)
        files.append((path.name, hashlib.sha256(path.read_bytes()).hexdigest()))
    return tuple(files)


def question(grid: int, days: int) -> Question:
    """Return devices per cell of 50 m x 2^grid and hour, over the whole box."""
    form = {
        "kind": "aggregate",
        "dataset": "bench",
        "snapshot": "00" * 32,
        "office": "bench",
        "purpose": "bench",
        "request": "bench",
        "assessment": "bench",
        "area": {
            "level": grid,
            "columns": [COLUMN >> grid, COLUMN + 320 >> grid],
            "rows": [ROW >> grid, ROW + 320 >> grid],
        },
        "window": {
            "start": "2026-03-02T00:00:00Z",
            "end": f"2026-03-{2 + days:02}T00:00:00Z",
        },
        "grid": grid,
        "step": 4,
        "measure": "devices",
        "filters": [],
        "l0": 25,
        "profile": "bench",
    }
    return parse(json.dumps(form).encode())


def protected_against_raw(
    engine: Engine, folder: Path, files: Files, asked: Question
) -> None:
    protection = price(asked, PROFILE)
    raw_text = RAW.format(
        levels=2 * asked.grid, first=asked.steps.start * 4, stop=asked.steps.stop * 4
    )
    counted = partial(engine.run, folder=folder, files=files, deadline_s=60)
    raw_s, bounded_s, noise_s = [], [], []
    for turn in range(ROUNDS + 1):
        text = plan.sql(asked, salt=turn)
        raw_time, raw = timed(partial(counted, raw_text))
        bounded_time, counts = timed(partial(counted, text))
        noise_time, released = timed(partial(release, counts, asked, protection))
        if turn:  # the first round warms the files and the worker
            raw_s.append(raw_time)
            bounded_s.append(bounded_time)
            noise_s.append(noise_time)
    if not all(counts[key] <= raw[key] for key in counts) or len(raw) < len(counts):
        raise AssertionError("a bounded count is above the raw one")
    both = median(map(sum, zip(bounded_s, noise_s, strict=True)))
    print(
        f"  level {asked.grid}, {asked.partitions:,} counts in the form, {len(raw):,} in the data, "
        f"{len(released.cells):,} shown at {protection.threshold} and above:"
    )
    goal = "goal <= 2.0x" if asked.partitions <= 10_000 else "no goal above 10,000"
    print(
        f"    raw {median(raw_s):.3f} s   bounded {median(bounded_s):.3f} s   "
        f"noise {median(noise_s):.3f} s   protected / raw {both / median(raw_s):.2f}x ({goal})"
    )


def overhead() -> None:
    """Time everything but engine and noise: read, price, decide, write SQL, build, encode."""
    asked = canonical(question(6, 4))
    engine, doors = Nothing(), Open()
    pace = Pace(clock_ms=lambda: 0, sleep_ms=lambda _: None)

    def once() -> bytes:
        given = ask(
            parse(asked),
            profile=PROFILE,
            doors=doors,
            engine=engine,
            pace=pace,
            deadline_s=9,
        )
        return given.to_json()

    once()
    taken = sorted(timed(once)[0] * 1000 for _ in range(500))
    print(
        f"  everything but engine and noise: p50 {taken[250]:.2f} ms, "
        f"p95 {taken[475]:.2f} ms (goal <= 5 ms; safeguards and ledger have their own benches)"
    )


class Nothing:
    """An engine that counts nothing."""

    def run(self, *_: object, **__: object) -> Counts:
        return {}


class Open:
    """Doors that let all through and keep nothing."""

    def admit(self, question: Question, *, identity: str, charge: Charge) -> Admission:
        del question, identity, charge
        return Admission(entry=0, salt=1, folder=Path(), files=())

    def answered(self, admission: Admission, given: Answer) -> None: ...

    def withheld(self, admission: Admission, reason: Withheld) -> None: ...


def timed(work: Callable[[], T]) -> tuple[float, T]:
    began = perf_counter()
    result = work()
    return perf_counter() - began, result
