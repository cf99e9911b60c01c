"""A process to be killed: it appends from several threads and publishes, and says what is done.

Each line of its output is one acknowledgement, written whole by one system call: what is read
there was said, also when the process died in the next instruction.
"""

import os
from collections.abc import Callable
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Final

import msgspec

from beforehand.ledger import Ledger, Sequencer, publish
from beforehand.ledger.durable import locked
from tests.faults.steps import STEPS, kill_at
from tests.faults.told import Acknowledged, Place, Published, Saying, entry

NEVER_REACHED: Final = 3


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What one process is to do.

    name        of the process; its entries' ids begin with it
    step, nth   where to die by its own hand; "" for nowhere
    publishes   stop after so many, which means that the step was never reached
    """

    place: Place
    name: str
    step: str = ""
    nth: int = 0
    publishes: int = 40
    threads: int = 4

    @property
    def output(self) -> Path:
        return self.place.root / f"{self.name}.said"


class Say:
    def __init__(self, output: Path) -> None:
        self._handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def __call__(self, line: Saying) -> None:
        os.write(self._handle, msgspec.json.encode(line) + b"\n")


def append(job: Job, say: Say, sequencer: Sequencer[str, int], thread: int) -> None:
    for number in count():
        name = f"{job.name}-{thread}-{number}"
        say(Acknowledged(index=sequencer.submit(name), id=name))


def publish_again_and_again(job: Job, say: Say, ledger: Ledger) -> None:
    signer, anchor = job.place.signer(), job.place.anchor()
    # As the application does: one at a time publishes to a folder.
    lock = os.open(job.place.root / "publishing.lock", os.O_RDWR | os.O_CREAT, 0o600)
    for _ in range(job.publishes):
        with locked(lock):
            signed = publish(ledger, job.place.published, signer, anchor=anchor)
        say(Published(note=signed.note))


def start(act: Callable[..., None], *args: object) -> None:
    Thread(target=act, args=args, daemon=True).start()


def run(job: Job) -> None:
    say = Say(job.output)
    ledger = Ledger.open(job.place.address)

    def take(name: str) -> int:
        return ledger.append_new(entry(ledger, name))

    sequencer = Sequencer(group=ledger.group, take=take, lost=lambda: None)
    if job.step:
        kill_at(STEPS[job.step], job.nth, store=job.place.store)
    for thread in range(job.threads):
        start(append, job, say, sequencer, thread)
    publish_again_and_again(job, say, ledger)
    os._exit(NEVER_REACHED)
