"""A process that is killed loses nothing that it acknowledged, wherever it dies."""

import multiprocessing
import random
import signal
from contextlib import ExitStack
from time import monotonic, sleep
from typing import Final, Self

import pytest

from tests.faults.amounts import KILLS, SEED, TURNS
from tests.faults.steps import STEPS, STORES, find
from tests.faults.told import Place, Told, read_sayings
from tests.faults.worker import Job, run

FORKS: Final = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    [
        *("__main__", "tests.faults.worker", "beforehand.app.importing"),
        *(one.partition(":")[0] for one in STORES.values()),
    ]
)
both_stores = pytest.mark.parametrize("place", STORES, indirect=True)


class Process:
    """A worker, forked from a process that has everything imported, to be killed alone."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._process = FORKS.Process(target=run, args=(job,))
        self._process.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def said(self) -> bytes:
        output = self._job.output
        return output.read_bytes() if output.exists() else b""

    def wait_until_it_says(self, count: int) -> None:
        deadline = monotonic() + 30
        while self.said().count(b"\n") < count:
            assert self._process.exitcode is None, "it died too early"
            assert monotonic() < deadline, "it says nothing"
            sleep(0.005)

    def wait_until_it_dies(self) -> None:
        self._process.join(60)
        assert self._process.exitcode == -signal.SIGKILL, "it never came to the step"

    def kill(self) -> None:
        self._process.kill()
        self._process.join()


# The store makes no difference to the steps of publishing, which are its caller's.
@pytest.mark.parametrize(
    ("place", "step"),
    [
        (store, name)
        for store in STORES
        for name, step in STEPS.items()
        if store == "sqlite" or step.touches_the_store
    ],
    indirect=["place"],
)
def test_a_kill_at_a_named_step_loses_nothing_told(place: Place, step: str) -> None:
    chance = random.Random(f"{SEED} {step}")
    told = Told()
    for turn in range(TURNS):
        nth = chance.randint(1, STEPS[step].often)
        with Process(Job(place=place, name=f"p{turn}", step=step, nth=nth)) as process:
            process.wait_until_it_dies()
        told.add(read_sayings(process.said()))
        told.check(place)
    assert told.entries


@both_stores
def test_kills_at_random_moments_lose_nothing_told(place: Place) -> None:
    chance = random.Random(SEED)
    told = Told()
    for turn in range(KILLS):
        with Process(Job(place=place, name=f"p{turn}", publishes=10_000)) as process:
            process.wait_until_it_says(1)
            sleep(chance.uniform(0, 0.12))
        told.add(read_sayings(process.said()))
        told.check(place)
    assert len(told.entries) > KILLS


@both_stores
def test_kills_of_one_of_two_processes_lose_nothing_told(place: Place) -> None:
    chance = random.Random(SEED)
    told = Told()
    for turn in range((KILLS + 2) // 3):
        with ExitStack() as stack:
            both = [
                stack.enter_context(
                    Process(Job(place=place, name=f"{who}{turn}", publishes=10_000))
                )
                for who in ("ana", "ben")
            ]
            for process in both:
                process.wait_until_it_says(1)
            sleep(chance.uniform(0, 0.12))
            chance.choice(both).kill()
            sleep(chance.uniform(0, 0.12))
        for process in both:
            told.add(read_sayings(process.said()))
        told.check(place)


def test_a_step_whose_function_is_gone_is_loud() -> None:
    with pytest.raises(AttributeError):
        find("beforehand.ledger.tables:Group.renamed", "sqlite")
    with pytest.raises(ModuleNotFoundError):
        find("beforehand.ledger.renamed:publish", "sqlite")
