"""The engine's process: right counts, bounded devices, and nothing else it can do."""

# ruff: noqa: S608  # building hostile SQL is what these tests are for

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from beforehand.cells import Box, deinterleave, interleave
from beforehand.gate.engines.engine import Engine
from beforehand.gate.engines.frames import EngineError
from beforehand.gate.plan import PRIME, keys, sql
from beforehand.gate.protection import SIGHTINGS_CAP

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from beforehand.gate.question import Question

    Ask = Callable[..., Question]
    Row = tuple[int, int, int, int]
    Files = tuple[tuple[str, str], ...]
    Write = Callable[[Sequence[Row]], tuple[Path, Files]]

FIRST_STEP = 1_968_960  # 2 March 2026, 00:00 UTC
REAL_ENGINE = settings(
    deadline=None,
    max_examples=20,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # files are written over
)


def level0(column: int, row: int) -> int:
    return int(interleave(np.array([column]), np.array([row]))[0])


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    """Rows in and just outside `ask_for`'s area and window, of a few devices."""
    one = st.tuples(
        st.sampled_from([0, 1, 2, PRIME, 2**63 - 1, 2**63, 2**64 - 1]),
        st.builds(level0, st.integers(375500, 375556), st.integers(616044, 616084)),
        st.integers(FIRST_STEP - 2, FIRST_STEP + 26),
        st.sampled_from([1, 2, 3, 9, 65535]),
    )
    return draw(st.lists(one, max_size=60))


def counts_by_hand(
    rows: Sequence[Row], question: Question, salt: int
) -> Mapping[object, int]:
    """Return the same bounded counts, one row at a time, in plain Python: the oracle."""
    k1, k2, k3, k4, k5 = keys(salt)
    touched: dict[int, Counter[tuple[int, int]]] = defaultdict(Counter)
    for device, cell0, step0, sightings in rows:
        cell, step = cell0 >> 2 * question.grid, step0 // question.step
        column, row = (
            int(one[0]) for one in deinterleave(np.array([cell], dtype=np.uint64))
        )
        if isinstance(question.area, Box):
            inside = column in range(*question.area.columns) and row in range(
                *question.area.rows
            )
        else:
            inside = cell in question.area.cells
        if inside and step in question.steps:
            touched[device][cell, step] += sightings
    found: Counter[object] = Counter()
    for device, pairs in touched.items():

        def mix(pair: tuple[int, int], device: int = device) -> tuple[int, int, int]:
            cell, step = pair
            seed = device % PRIME * k1 + (cell >> 20) * k2 + cell % 2**20 * k3
            seed += (step - question.steps.start) * k4 + k5
            return pow(seed % PRIME, 5, PRIME), cell % 2**14, step

        for pair in sorted(pairs, key=mix)[: question.l0]:
            once = question.measure == "devices"
            found[pair] += 1 if once else min(pairs[pair], SIGHTINGS_CAP)
    return found


VARIANTS: list[dict[str, object]] = [
    {},
    {"l0": 1},
    {"measure": "sightings"},
    {"area": {"cells": [level0(23469, 38503), level0(23471, 38504)]}},
    {
        "grid": 0,
        "step": 1,
        "area": {"level": 0, "columns": [375504, 375552], "rows": [616048, 616080]},
    },
    {"grid": 20, "area": {"level": 20, "columns": [0, 1], "rows": [0, 1]}},
]


@REAL_ENGINE
@given(rows(), st.sampled_from(VARIANTS), st.integers(0, 2**128 - 1))
def test_counts_before_noise_are_those_of_a_plain_reading(  # noqa: PLR0917
    engine: Engine,
    snapshot: Write,
    ask_for: Ask,
    data: list[Row],
    changed: dict[str, object],
    salt: int,
) -> None:
    question = ask_for(**changed)
    folder, files = snapshot(data)
    text = sql(question, salt=salt)
    found = engine.run(text, folder=folder, files=files, deadline_s=20)
    assert found == counts_by_hand(data, question, salt)


@pytest.mark.parametrize("grid", [0, 1, 2])
def test_an_area_holds_its_own_cells_and_none_beside_them(
    engine: Engine, snapshot: Write, ask_for: Ask, grid: int
) -> None:
    # Edges off every larger block, where a test on interleaved bits would slip.
    columns, rows_ = (375_507 >> grid, 375_541 >> grid), (616_051 >> grid, 616_077 >> grid)
    question = ask_for(
        grid=grid, area={"level": grid, "columns": columns, "rows": rows_}, l0=1
    )
    around = [(x, y) for x in range(375_495, 375_555) for y in range(616_040, 616_090)]
    data = [(n, level0(*place), FIRST_STEP, 1) for n, place in enumerate(around)]
    folder, files = snapshot(data)
    found = engine.run(sql(question, salt=3), folder=folder, files=files, deadline_s=20)
    size = 1 << grid
    assert {cell for cell, _ in found} == {
        level0(x, y) for x in range(*columns) for y in range(*rows_)
    }
    assert set(found.values()) == {size * size}
    assert found == counts_by_hand(data, question, 3)


@REAL_ENGINE
@given(rows(), st.sampled_from(VARIANTS[:3]), st.integers(0, 2**128 - 1), st.integers(0, 6))
def test_attack_25_removing_one_device_moves_at_most_l0_counts_each_by_its_bound(  # noqa: PLR0917
    engine: Engine,
    snapshot: Write,
    ask_for: Ask,
    data: list[Row],
    changed: dict[str, object],
    salt: int,
    which: int,
) -> None:
    question = ask_for(**changed)
    devices = sorted({row[0] for row in data}) or [0]
    gone = devices[which % len(devices)]
    # The device is seen everywhere, so the bound is what holds it and not its own habits.
    everywhere = [
        (gone, level0(375504 + 16 * x, 616048 + 16 * y), FIRST_STEP + 4 * hour, 9)
        for x in range(3)
        for y in range(2)
        for hour in range(6)
    ]
    text = sql(question, salt=salt)

    def run(rows: list[Row]) -> Mapping[tuple[int, int], int]:
        folder, files = snapshot(rows)
        return engine.run(text, folder=folder, files=files, deadline_s=20)

    with_it = run(data + everywhere)
    without = run([row for row in data if row[0] != gone])
    moved = {
        key: with_it.get(key, 0) - without.get(key, 0)
        for key in with_it.keys() | without.keys()
        if with_it.get(key, 0) != without.get(key, 0)
    }
    most = 1 if question.measure == "devices" else SIGHTINGS_CAP
    assert len(moved) == question.l0
    assert all(0 < change <= most for change in moved.values())


def test_devices_in_the_same_places_keep_different_ones(
    engine: Engine, snapshot: Write, ask_for: Ask
) -> None:
    # 300 devices seen in all 36 pairs keep one each: were the mix alike, one pair had all.
    spread = [(x, y, hour) for x in range(3) for y in range(2) for hour in range(6)]
    data = [
        (device, level0(375504 + 16 * x, 616048 + 16 * y), FIRST_STEP + 4 * hour, 1)
        for device in range(300)
        for x, y, hour in spread
    ]
    folder, files = snapshot(data)
    found = engine.run(
        sql(ask_for(l0=1), salt=7), folder=folder, files=files, deadline_s=20
    )
    assert sum(found.values()) == 300
    assert len(found) >= 30
    assert max(found.values()) < 30


@pytest.mark.parametrize(("level", "step"), [(2, 1), (0, 4), (4, 2)])
def test_a_coarser_snapshot_gives_the_same_counts_to_forms_no_finer(
    engine: Engine, snapshot: Write, ask_for: Ask, level: int, step: int
) -> None:
    fine = [
        (device, level0(375_504 + 5 * device, 616_048 + 3 * device), FIRST_STEP + device, 1)
        for device in range(12)
    ]
    coarse = [(device, cell >> 2 * level, at // step, n) for device, cell, at, n in fine]
    question = ask_for()
    folder, files = snapshot(coarse)
    text = sql(question, salt=1, level=level, step=step)
    found = engine.run(text, folder=folder, files=files, deadline_s=20)
    assert found == counts_by_hand(fine, question, 1)
    assert found


# -- attack 24: any SQL at all ----------------------------------------------------------

COUNTS = "SELECT 1::BIGINT AS cell, 2::BIGINT AS step, COUNT(*)::BIGINT AS count FROM"


def statements(folder: Path) -> dict[str, str]:
    """Statements that would write, read or load something, by the file they are after."""
    data, secret, new = folder / "more.parquet", folder / "secret.csv", folder / "new"
    return {
        "copy": f"COPY (SELECT 1) TO '{new}'",
        "copy-over": f"COPY (SELECT 1 AS device) TO '{data}' (FORMAT parquet, USE_TMP_FILE false)",
        "copy-snapshot": f"COPY snapshot TO '{new}.csv'",
        "export": f"EXPORT DATABASE '{new}'",
        "attach": f"ATTACH '{new}.db' AS other",
        "attach-then-count": f"ATTACH '{new}.db' AS other; {COUNTS} range(3)",
        "read_csv": f"{COUNTS} read_csv('{secret}')",
        "read_text": f"{COUNTS} read_text('{secret}')",
        "read_blob": f"{COUNTS} read_blob('{secret}')",
        "read_parquet": f"{COUNTS} read_parquet('{data}')",
        "parquet_metadata": f"{COUNTS} parquet_metadata('{data}')",
        "bare-file": f"{COUNTS} '{data}'",
        "glob": f"{COUNTS} glob('{folder}/*')",
        "passwd": f"{COUNTS} read_csv('/etc/passwd')",
        "http": f"{COUNTS} read_csv('http://127.0.0.1:9/x')",
        "python-variable": f"{COUNTS} rows",
        "install": "INSTALL httpfs",
        "load": "LOAD httpfs",
        "load-file": f"LOAD '{new}.duckdb_extension'",
        "set-access": "SET enable_external_access = true",
        "set-then-read": f"SET enable_external_access = true; {COUNTS} read_csv('{secret}')",
        "reset": f"RESET disabled_filesystems; {COUNTS} read_csv('{secret}')",
        "pragma": f"PRAGMA temp_directory='{folder}'",
        "log": f"PRAGMA enable_profiling; PRAGMA profiling_output='{new}.json'; SELECT 1",
        "secret": "CREATE PERSISTENT SECRET s (TYPE s3)",
        "raw-rows": "SELECT device, cell, step FROM snapshot",
        "raw-devices": "SELECT device AS cell, step, 1::BIGINT AS count FROM snapshot",
        "other-columns": "SELECT 1::BIGINT AS count, 2::BIGINT AS cell, 3::BIGINT AS step",
        "nothing": "",
        "no-sql": "\x00 \u2603; --",
    }


BOMBS = {
    "repeat": f"{COUNTS} (SELECT repeat(repeat('x', 10000000), 900) AS x FROM range(1000)) WHERE x LIKE '%y'",
    "cross-join": f"{COUNTS} range(100000000000) a, range(100000) b",
    "recursion": f"WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n FROM t) {COUNTS} t",
    "table": "CREATE TABLE big AS SELECT a.range, random() AS r FROM range(1000000000) a",
    "list": f"{COUNTS} (SELECT list_sort(list_transform(range(200000000), x -> x * random())))",
}


def state(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
    }


@pytest.mark.parametrize("name", statements(Path()))
def test_attack_24_any_other_sql_gives_no_counts_and_changes_no_file(
    engine: Engine, snapshot: Write, name: str
) -> None:
    folder, files = snapshot([(1, 2, 3, 4)] * 3)
    (folder / "secret.csv").write_text("a,b\n1,2\n", encoding="ascii")
    before = state(folder)
    statement = statements(folder)[name]
    with pytest.raises(EngineError) as error:
        engine.run(statement, folder=folder, files=files, deadline_s=5)
    assert str(error.value) == "the engine could not run the question"
    assert error.value.__cause__ is None
    assert state(folder) == before
    # The engine is well, and these columns are let through: it was the reading that failed.
    well = engine.run(f"{COUNTS} range(3)", folder=folder, files=files, deadline_s=20)
    assert well == {(1, 2): 3}


@pytest.mark.parametrize("name", BOMBS)
def test_attack_24_a_bomb_ends_by_its_deadline(
    engine: Engine, snapshot: Write, name: str
) -> None:
    folder, files = snapshot([(1, 2, 3, 4)] * 3)
    before = state(folder)
    engine.isolation()  # started
    began = time.monotonic()
    with pytest.raises(EngineError):
        engine.run(BOMBS[name], folder=folder, files=files, deadline_s=1.0)
    assert time.monotonic() - began < 3.0
    assert state(folder) == before


def test_attack_24_a_table_that_one_statement_makes_is_not_there_for_the_next(
    engine: Engine, snapshot: Write
) -> None:
    folder, files = snapshot([(1, 2, 3, 4)] * 3)
    shadow = "CREATE TABLE kept AS SELECT 9::BIGINT AS cell, 9::BIGINT AS step, 9::BIGINT AS count"
    again = f"{shadow}; SELECT * FROM kept"
    assert engine.run(again, folder=folder, files=files, deadline_s=5) == {(9, 9): 9}
    with pytest.raises(EngineError):
        engine.run("SELECT * FROM kept", folder=folder, files=files, deadline_s=5)


def test_more_rows_than_any_form_has_are_not_let_through(
    engine: Engine, snapshot: Write
) -> None:
    folder, files = snapshot([(1, 2, 3, 4)] * 3)
    many = "SELECT range AS cell, range AS step, range AS count FROM range({})"
    assert (
        len(engine.run(many.format(200_000), folder=folder, files=files, deadline_s=20))
        == 200_000
    )
    with pytest.raises(EngineError):
        engine.run(many.format(200_001), folder=folder, files=files, deadline_s=20)


# -- the snapshot's files ---------------------------------------------------------------


def test_only_the_files_of_the_manifest_are_read(engine: Engine, snapshot: Write) -> None:
    folder, files = snapshot([(1, 2, 3, 4), (5, 6, 7, 8)])
    count = f"{COUNTS} snapshot"
    assert engine.run(count, folder=folder, files=files, deadline_s=20) == {(1, 2): 2}
    assert engine.run(count, folder=folder, files=files[:1], deadline_s=20) == {(1, 2): 1}


def test_a_file_that_is_not_the_manifests_is_not_read(
    engine: Engine, snapshot: Write
) -> None:
    folder, files = snapshot([(1, 2, 3, 4), (5, 6, 7, 8)])
    count = f"{COUNTS} snapshot"
    engine.run(count, folder=folder, files=files, deadline_s=20)
    name = files[0][0]
    (folder / name).write_bytes(
        (folder / files[1][0]).read_bytes()
    )  # whole, but another day
    with pytest.raises(EngineError):
        engine.run(count, folder=folder, files=files, deadline_s=20)


@pytest.mark.parametrize(
    "name", ["../secret.parquet", "/etc/passwd", "", ".", "missing.parquet"]
)
def test_a_name_that_leads_elsewhere_is_not_followed(
    engine: Engine, snapshot: Write, name: str
) -> None:
    folder, files = snapshot([(1, 2, 3, 4)] * 2)
    with pytest.raises(EngineError):
        engine.run(
            f"{COUNTS} snapshot", folder=folder, files=((name, files[0][1]),), deadline_s=20
        )


def test_a_link_to_another_folder_is_not_followed(engine: Engine, snapshot: Write) -> None:
    folder, files = snapshot([(1, 2, 3, 4)] * 2)
    (folder / "link.parquet").symlink_to(folder / files[0][0])
    linked = (("link.parquet", files[0][1]),)
    with pytest.raises(EngineError):
        engine.run(f"{COUNTS} snapshot", folder=folder, files=linked, deadline_s=20)


# -- the process ------------------------------------------------------------------------


def children() -> set[int]:
    found: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(FileNotFoundError):  # a thread that has ended since
            found |= {int(pid) for pid in (task / "children").read_text().split()}
    return found


def test_the_process_is_held_by_the_kernel(engine: Engine) -> None:
    isolation = engine.isolation()
    assert isolation.no_file_writes
    assert isolation.memory_bytes >= (2048 + 3072) * 2**20
    # Where the kernel refuses an ordinary user a namespace, `doctor` says so.
    assert isolation.own_network in {True, False}


def test_a_closed_engine_leaves_no_process_and_starts_again(snapshot: Write) -> None:
    folder, files = snapshot([(1, 2, 3, 4)] * 2)
    before = children()
    with Engine() as one:
        for _ in range(2):
            one.run(f"{COUNTS} snapshot", folder=folder, files=files, deadline_s=20)
            assert len(children() - before) == 1
            one.close()
            assert children() == before


def test_a_worker_that_died_is_replaced(snapshot: Write) -> None:
    folder, files = snapshot([(1, 2, 3, 4)] * 2)
    before = children()
    with Engine() as one:
        one.isolation()
        (worker,) = children() - before
        os.kill(worker, signal.SIGKILL)
        # Seen as dead, not yet reaped: that is the engine's to do.
        os.waitid(os.P_PID, worker, os.WEXITED | os.WNOWAIT)
        counts = one.run(f"{COUNTS} snapshot", folder=folder, files=files, deadline_s=20)
        assert counts == {(1, 2): 2}


ORPHANED = """
import sys, threading, time, pathlib
from beforehand.gate.engines.engine import Engine
engine = Engine()
engine.isolation()
print(pathlib.Path("/proc/self/task/%d/children" % threading.get_native_id()).read_text(), flush=True)
if sys.argv[1] == "busy":
    engine.run("SELECT COUNT(*) FROM range(100000000000) a, range(100000) b",
               folder=pathlib.Path("/"), files=(), deadline_s=60)
time.sleep(60)
"""


@pytest.mark.parametrize("state", ["idle", "busy"])
def test_a_worker_ends_when_its_parent_is_killed(state: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ORPHANED, state], stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        time.sleep(0.3)
        parent.kill()
    deadline = time.monotonic() + 5
    while _runs(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(worker)


def _runs(pid: int) -> bool:
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())  # empty for a zombie
    except OSError:
        return False
