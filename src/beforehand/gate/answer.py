"""What a question gets back: noisy counts, how far to trust them, and what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from beforehand.gate.protection import Protection, Released  # msgspec reads them
from beforehand.gate.question import Measure
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from beforehand.gate.question import Question


class Cell(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One noisy count.

    cell, step   at the answer's level and step length; steps from Monday 5 January 1970
    count        with noise; may be below 0 where cells were listed
    low, high    95% interval of the true bounded count, never below 0
    """

    cell: int
    step: int
    count: int
    low: int
    high: int


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A protected answer. It holds no exact number that came from the data.

    question     identity of the question, 64 hex digits
    entry        index of the ledger entry that let it run
    level, step  grid level; step length in units of 15 minutes
    unit         what is counted
    cells        in (cell, step) order
    hidden       counts of the form that are not shown: below the threshold, or none at all
    sigma_milli  standard deviation of the noise, in thousandths
    threshold    smallest count that can show; null where nothing is hidden
    l0           most counts one device could touch; its other ones were left out
    linf         most it could add to one of them
    rho_micro    what it cost, zCDP in millionths
    delta_e15    and in units of 1e-15
    plan         SHA-256 of the text that ran
    """

    question: str
    entry: int
    level: int
    step: int
    unit: Measure
    cells: tuple[Cell, ...]
    hidden: int
    sigma_milli: int
    threshold: int | None
    l0: int
    linf: int
    rho_micro: int
    delta_e15: int
    plan: str

    def to_json(self) -> bytes:
        """Return the one spelling: keys sorted, whole numbers and text only."""
        return msgspec.json.encode(self, order="sorted")


def from_json(data: bytes) -> Answer:
    """Return a stored answer. Raises InputError."""
    try:
        return msgspec.json.decode(data, type=Answer)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(
            where="answer", expected="a stored answer", got=str(error)
        ) from error


def answer(  # each is a fact of the answer
    question: Question,
    released: Released,
    *,
    protection: Protection,
    identity: str,
    entry: int,
    plan: str,
) -> Answer:
    """Return what may be shown of `released`; nothing here reads the data."""
    half = protection.half_width
    return Answer(
        question=identity,
        entry=entry,
        level=question.grid,
        step=question.step,
        unit=question.measure,
        cells=tuple(
            Cell(cell=cell, step=step, count=n, low=max(0, n - half), high=max(0, n + half))
            for cell, step, n in released.cells
        ),
        hidden=released.hidden,
        sigma_milli=protection.sigma_milli,
        threshold=protection.threshold,
        l0=protection.l0,
        linf=protection.linf,
        rho_micro=protection.charge.rho_micro,
        delta_e15=protection.charge.delta_e15,
        plan=plan,
    )
