"""The one query the gate runs: written here from a checked form, never edited, never taken in.

Restricted SQL: no function but `SUM`, `LEAST`, `MIN_BY` and `UNNEST`, no text literal at all,
whole numbers that `parse` checked, every column cast to BIGINT before arithmetic. What is
DuckDB's own: `//` for whole division, an unsigned `device` whose `%` is never negative, and
`MIN_BY(value, order, n)`, the n values that come first (a third faster than a window).

A device keeps at most `l0` of its (cell, step) pairs. Which ones is drawn by a mix of
device, cell and step under keys from the question's secret salt, written out in arithmetic
below 2^63 since an engine's own hash() differs from engine to engine:

    pair = cell * 2^18 + step - first    58 bits: a form has under 2^18 steps
    load = pair * 8 + weight             the weight is what the device adds: 1 to 4
    seed = (device mod p) k1 + (cell >> 20) k2 + (cell mod 2^20) k3 + (step - first) k4 + k5
    mix  = ((seed mod p)^5 mod p) * 2^32 + pair mod 2^32,  p = 2^31 - 1

x^5 permutes the numbers mod p (5 does not divide p - 1) and is far from linear, so devices
that touch the same pairs keep different ones. Privacy does not rest on the mix: any choice
that looks at one device alone bounds what that device can move.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from beforehand.cells import MAX_LEVEL, Box, interleave
from beforehand.gate.protection import SIGHTINGS_CAP
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from beforehand.gate.question import Question

TABLE = "snapshot"
PRIME = 2**31 - 1
SALTS = 2**128  # so many that the public digest of the text gives no salt away

_TEMPLATE = """\
WITH placed AS (
  SELECT device, CAST(cell AS BIGINT) >> {levels:d} AS cell,
         CAST(step AS BIGINT) // {size:d} - {first:d} AS step{sightings}
  FROM {table}
  WHERE step >= {first_step:d} AND step < {stop_step:d}
    AND cell >= {first_cell:d} AND cell <= {last_cell:d}
), touched AS (
  SELECT device, cell * 262144 + step AS pair, {weight} AS weight
  FROM placed
  WHERE {area}
  GROUP BY device, pair
), seeded AS (
  SELECT device, pair, weight,
         (CAST(device % {prime:d} AS BIGINT) * {k1:d} + (pair >> 38) * {k2:d}
          + ((pair >> 18) & 1048575) * {k3:d} + (pair & 262143) * {k4:d} + {k5:d}) % {prime:d} AS seed
  FROM touched
), squared AS (
  SELECT device, pair, weight, seed, seed * seed % {prime:d} AS square
  FROM seeded
), mixed AS (
  SELECT device, pair * 8 + weight AS load,
         square * square % {prime:d} * seed % {prime:d} * 4294967296 + (pair & 4294967295) AS mix
  FROM squared
), kept AS (
  SELECT UNNEST(MIN_BY(load, mix, {l0:d})) AS load
  FROM mixed
  GROUP BY device
)
SELECT load >> 21 AS cell, ((load >> 3) & 262143) + {first:d} AS step,
       CAST(SUM(load & 7) AS BIGINT) AS count
FROM kept
GROUP BY cell, step
"""


def sql(question: Question, *, salt: int, level: int = 0, step: int = 1) -> str:
    """Return the text that answers `question`: columns cell, step, count, all BIGINT.

    salt          from [0, 2^128), secret, drawn once for each question that is charged
    level, step   of what the snapshot holds: its cells' level, and its steps in units of
                  15 minutes
    Raises InputError when the snapshot is coarser than what is asked.
    """
    if question.grid < level or question.step % step:
        raise InputError(
            where="grid and step",
            expected=f"no finer than the snapshot: level {level}, steps of {step} x 15 min",
            got=f"level {question.grid}, steps of {question.step} x 15 min",
        )
    k1, k2, k3, k4, k5 = keys(salt)
    box = question.bounds.at(level)
    size = question.step // step
    steps = question.steps
    counting = question.measure == "sightings"
    return _TEMPLATE.format(
        table=TABLE,
        levels=2 * (question.grid - level),
        size=size,
        first_step=steps.start * size,
        stop_step=steps.stop * size,
        # Only narrows what is read: a Z-order number grows with its column and its row.
        first_cell=_cell(box.columns[0], box.rows[0]),
        last_cell=_cell(box.columns[1] - 1, box.rows[1] - 1),
        area=_area(question),
        sightings=", CAST(sightings AS BIGINT) AS sightings" if counting else "",
        weight=(
            f"CAST(LEAST(SUM(sightings), {SIGHTINGS_CAP:d}) AS BIGINT)"
            if counting
            else "CAST(1 AS BIGINT)"
        ),
        prime=PRIME,
        first=steps.start,
        l0=question.l0,
        k1=k1,
        k2=k2,
        k3=k3,
        k4=k4,
        k5=k5,
    )


def digest(text: str) -> str:
    """Return the SHA-256 of the text that ran, 64 hex digits."""
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def keys(salt: int) -> tuple[int, int, int, int, int]:
    """Return the five keys of a salt, each in [1, p)."""
    if not 0 <= salt < SALTS:
        raise ValueError("a salt is a whole number from [0, 2^128)")
    stretched = hashlib.sha512(
        b"beforehand/gate/keep/v1" + salt.to_bytes(16, "big")
    ).digest()
    # 64 bits each: what is left of a modulus of 31 bits is even to 2^-33.
    k1, k2, k3, k4, k5 = (
        int.from_bytes(stretched[at : at + 8], "big") % (PRIME - 1) + 1
        for at in range(0, 40, 8)
    )
    return k1, k2, k3, k4, k5


def _area(question: Question) -> str:
    """Return the test of the area on `cell`, a BIGINT at the question's level."""
    area = question.area
    if not isinstance(area, Box):
        return f"cell IN ({', '.join(f'{cell:d}' for cell in area.cells)})"
    # With the other one's bits masked away, interleaved columns (and rows) still compare
    # as the columns do: no bit needs to be gathered.
    side = 2 ** (MAX_LEVEL - area.level) - 1
    column, row = _cell(side, 0), _cell(0, side)
    first, last = area.columns[0], area.columns[1] - 1
    south, north = area.rows[0], area.rows[1] - 1
    return (
        f"(cell & {column:d}) BETWEEN {_cell(first, 0):d} AND {_cell(last, 0):d}\n"
        f"    AND (cell & {row:d}) BETWEEN {_cell(0, south):d} AND {_cell(0, north):d}"
    )


def _cell(column: int, row: int) -> int:
    return int(interleave(np.array([column]), np.array([row]))[0])
