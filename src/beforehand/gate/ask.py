"""The one flow behind every door: decide and charge, count, protect, decide again, answer.

The charge stands before the engine starts, so a crash, a failed run or a withheld answer
costs budget and never privacy. What a person can see of a question that gets no answer
(its status, its words, and its time to within a grid) is the same for all data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from beforehand.gate import plan
from beforehand.gate.answer import answer
from beforehand.gate.engines.frames import EngineError
from beforehand.gate.protection import price, release
from beforehand.gate.question import identity
from beforehand.refusal import InputError, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from beforehand.gate.answer import Answer
    from beforehand.gate.budget import Charge
    from beforehand.gate.protection import Counts
    from beforehand.gate.question import Question

Withheld: TypeAlias = Literal["authority_ended", "engine_failed"]

GRID_MS = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """The safeguards let the question be asked, and the ledger holds that.

    entry     index of the `question.admitted` entry
    salt      from [0, 2^128), drawn for this admission and told to nobody
    folder    where the snapshot is
    files     (name, SHA-256 in hex) of its files, from its manifest
    level     of the cells that the snapshot holds
    step      of the snapshot, in units of 15 minutes
    stored    the answer this form got before; then nothing was charged and nothing runs
    """

    entry: int
    salt: int
    folder: Path
    files: tuple[tuple[str, str], ...]
    level: int = 0
    step: int = 1
    stored: Answer | None = None


class Doors(Protocol):
    """What `app` gives the gate: the safeguards, the ledger and the stored answers."""

    def admit(self, question: Question, *, identity: str, charge: Charge) -> Admission:
        """Decide, and write `question.admitted` with its charge, in one turn of the sequencer.

        Looks for a stored answer only after the safeguards let the question through, and
        before it charges. Raises Refusal. On return the entry is durable.
        """

    def answered(self, admission: Admission, given: Answer) -> None:
        """Decide authority again; store the answer and write `question.answered`.

        One turn of the sequencer, so nothing can end the authority in between. Raises
        Refusal when authority has ended; then it has written nothing.
        """

    def withheld(self, admission: Admission, reason: Withheld) -> None:
        """Write `question.withheld`."""


class Runner(Protocol):
    """An engine; see `engines.engine.Engine`."""

    def run(
        self,
        sql: str,
        *,
        folder: Path,
        files: tuple[tuple[str, str], ...],
        deadline_s: float,
    ) -> Counts: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How answers are let go on a time grid.

    clock_ms   milliseconds of a clock that never goes back
    sleep_ms   waits that long
    """

    clock_ms: Callable[[], int]
    sleep_ms: Callable[[int], None]
    grid_ms: int = GRID_MS


def ask(  # each is a part of the world that the caller owns
    question: Question,
    *,
    profile: Charge,
    doors: Doors,
    engine: Runner,
    pace: Pace,
    deadline_s: float,
) -> Answer:
    """Return the protected answer to `question`, at a moment on the time grid.

    profile   the most the question may spend: its assessment's profile
    Raises Refusal (also when authority ended during the run), EngineError, and InputError
    when the profile pays for no release.
    """
    started = pace.clock_ms()
    try:
        return _ask(question, profile, doors, engine, deadline_s)
    finally:
        # A refusal or a failure waits like an answer: how long a run took is not told.
        elapsed = pace.clock_ms() - started
        pace.sleep_ms(release_at(elapsed, pace.grid_ms) - elapsed)


def _ask(
    question: Question, profile: Charge, doors: Doors, engine: Runner, deadline_s: float
) -> Answer:
    protection = price(question, profile)
    name = identity(question)
    admission = doors.admit(question, identity=name, charge=protection.charge)
    # Durable from here on: the decision and the charge.
    if admission.stored is not None:
        return admission.stored
    try:
        text = plan.sql(
            question, salt=admission.salt, level=admission.level, step=admission.step
        )
        counts = engine.run(
            text, folder=admission.folder, files=admission.files, deadline_s=deadline_s
        )
    except (EngineError, InputError):  # InputError: the snapshot is coarser than the form
        doors.withheld(admission, "engine_failed")
        raise
    given = answer(
        question,
        release(counts, question, protection),
        protection=protection,
        identity=name,
        entry=admission.entry,
        plan=plan.digest(text),
    )
    try:
        doors.answered(admission, given)
    except Refusal:
        doors.withheld(admission, "authority_ended")
        raise
    return given


def release_at(elapsed_ms: int, grid_ms: int) -> int:
    """Return the first moment of the grid, in milliseconds, that is not before `elapsed_ms`."""
    return -(-max(elapsed_ms, 1) // grid_ms) * grid_ms
