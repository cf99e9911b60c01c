"""The long run: both procedures on many questions, the machine for long, many races.

    python -m tests.second.soak --questions 1000000 --seed 1

Says how far it is as it goes, and at last one line with every count. Exit status 1 if anything
was found.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from unittest import mock

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from beforehand.app import clock
from tests.second.agreement import Found, run_in_processes
from tests.second.field import field
from tests.second.machine import Everybody, profile, run_without
from tests.second.races import RACES, SteppingClock, lapse_at_midnight, run

# Safeguards without which the machine finds a broken promise, each line by itself.
NEEDED = (
    "stop.none",
    "assessment.standing",
    "assessment.unexpired",
    "assessment.approved assessment.text-in-force assessment.unexpired",
    "assessment.text-in-force assessment.disclosed",
    "assessment.covers-purpose",
    "assessment.mitigations",
    "assessment.threshold assessment.threshold-current",
    "separation.reviewer-approves",
    "separation.requester-approves",
    "separation.filer-approves",
    "separation.own-access",
    "contract.pilot-ends",
    "review.current",
    "incident.notices-given",
    "person.unlocked",
    "person.individual",
    "person.is-contracting-officer",
    "budget.enough",
    "delegation.limited",
    "rulebook.approved",
    "request.approved",
    "request.concurred",
)
EVERY = 20_000  # questions between two lines of progress


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def agree(questions: int, *, seed: int, processes: int) -> Found:
    """Ask both procedures, and say how far it is."""
    began, said, found = time.monotonic(), 0, Found()
    for found in run_in_processes(questions, seed=seed, processes=processes):
        if found.asked - said >= EVERY:
            said = found.asked
            rate = found.asked / (time.monotonic() - began)
            wrong = len(found.mismatches)
            say(f"{said:,} questions, {rate:,.0f} a second, {wrong} disagreements")
    for one in found.mismatches[:20]:
        say(one)
    fewest, name = found.fewest()
    say(f"allowed {found.allowed.total():,}; {name} met or unmet least often: {fewest:,}")
    return found


def go_on(examples: int) -> tuple[int, int]:
    """Run the machine; return how many acts were permitted, and how many promises broke."""

    class Long(Everybody):
        pass

    try:
        run_state_machine_as_test(
            Long, settings=settings(profile(examples, 50), database=None)
        )
    except AssertionError as error:
        say(f"the machine: {error}")
        return Long.permitted, 1
    say(f"the machine: {examples:,} runs, {Long.permitted:,} permitted acts")
    return Long.permitted, 0


def needed(examples: int) -> int:
    """Return without how many of the safeguards, each left out in turn, a promise breaks."""
    noticed = 0
    for names in NEEDED:
        try:
            run_without(names.split(), examples=examples)
        except AssertionError as error:
            noticed += 1
            say(f"without {names}: {str(error).splitlines()[0]}")
        else:
            say(f"without {names}: nothing noticed")
    return noticed


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as found:
        yield Path(found) / "register"


def race(times: int, *, seed: int) -> int:
    """Race so often in all, and return how often it was safe."""
    rng, each = Random(seed), times // (len(RACES) + 1)
    safe = 0
    with _folder() as folder, field(folder, processes=2) as here:
        other = here.other
        for name in RACES:
            here.other = None
            found = run(here, name, times=each // 2, rng=rng)
            here.other = other
            found += run(here, name, times=each - each // 2, rng=rng)
            say(f"races, {name}: {found} of {each} safe")
            safe += found
    left = times - each * len(RACES)
    stepping = SteppingClock(datetime(2026, 12, 30, 12, tzinfo=UTC))
    stepped = mock.patch.object(clock, "now", stepping.now)
    with stepped, _folder() as folder, field(folder) as here:
        found = sum(
            lapse_at_midnight(here, f"l-{number}", rng, stepping) for number in range(left)
        )
    say(f"races, a lapse at midnight: {found} of {left} safe")
    return safe + found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--questions", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**9))
    parser.add_argument("--examples", type=int, default=1000)
    parser.add_argument("--races", type=int, default=500)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    say(f"seed {asked.seed}")
    found = agree(asked.questions, seed=asked.seed, processes=asked.processes)
    permitted, broken = go_on(asked.examples)
    noticed = needed(300)
    safe = race(asked.races, seed=asked.seed)
    wrong = len(found.mismatches)
    say(
        f"soak: {found.asked:,} questions, {wrong} disagreements;"
        f" {permitted:,} permitted acts in {asked.examples:,} runs, {broken} broken promises;"
        f" {noticed} of {len(NEEDED)} missed safeguards noticed;"
        f" {safe} of {asked.races} races safe; seed {asked.seed}"
    )
    return int(bool(wrong or broken or noticed < len(NEEDED) or safe < asked.races))


if __name__ == "__main__":
    sys.exit(main())
