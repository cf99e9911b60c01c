"""Acts that race on a real register, from threads and a second process: each is safe."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING

import pytest

from beforehand.app import clock
from beforehand.app.overseeing import replay_register
from tests.second.field import field
from tests.second.races import RACES, SteppingClock, lapse_at_midnight, run

if TYPE_CHECKING:
    from pathlib import Path

EACH = 5


def test_races_of_threads_and_of_a_second_process_are_safe(tmp_path: Path) -> None:
    rng = Random(1)
    with field(tmp_path / "register", processes=2) as here:
        other = here.other
        for race in RACES:
            here.other = None
            safe = run(here, race, times=EACH // 2, rng=rng)
            here.other = other
            safe += run(here, race, times=EACH - EACH // 2, rng=rng)
            assert safe == EACH, race
        assert replay_register(here.app).same


def test_an_approval_lapses_at_midnight_whoever_acts_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    time = SteppingClock(datetime(2026, 12, 30, 12, tzinfo=UTC))
    monkeypatch.setattr(clock, "now", time.now)
    rng = Random(2)
    with field(tmp_path / "register") as here:
        safe = [lapse_at_midnight(here, f"l-{n}", rng, time) for n in range(EACH)]
        assert safe == [True] * EACH
        assert replay_register(here.app).same
