"""The closed form in which data may be asked about, and its one canonical spelling.

A person may give the area as a box in degrees; it is snapped outward to whole cells here,
so that what is decided, charged and answered is what the person is shown. The canonical
form holds whole numbers and text only, and its SHA-256 is the question's identity.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import Literal, TypeAlias, cast

import msgspec
import numpy as np

from beforehand.cells import MAX_LEVEL, STEP_SIZES, Box, cells_in_box, deinterleave, step_of
from beforehand.gate.reading import Fields, decode, wrong

Measure: TypeAlias = Literal["devices", "sightings"]

MOST_PARTITIONS = 200_000
L0_CHOICES = (1, 4, 9, 16, 25)  # squares: OpenDP's plain Gaussian takes a whole L2 distance
MEASURES: tuple[Measure, ...] = ("devices", "sightings")

_ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,20})?")
_FARTHEST = 180  # degrees
_SIDES = ("west", "south", "east", "north")
_NAMES = ("dataset", "office", "purpose", "request", "assessment", "profile")


class Listing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Cells named one by one, at the question's grid level; increasing, none twice."""

    cells: tuple[int, ...]


class Window(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From `start` up to but not including `end`; UTC, as 2026-03-02T00:00:00Z."""

    start: str
    end: str


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked of a data set, by whom, for what, in its canonical form.

    snapshot  SHA-256 of the snapshot's manifest, 64 hex digits
    area      a rectangle of cells, of which the answer shows those the data bears out; or
              a listing, of which the answer shows every cell, noised zeros too
    grid      level of the cells, 0 (50 m) to 20; an area of cells has the same level
    step      length of a time step in units of 15 minutes
    filters   none is supported yet
    l0        most (cell, step) counts that one device may touch
    profile   name of the assessment's budget profile: rho and delta

    Made by `parse` alone, which alone checks it.
    """

    kind: Literal["aggregate"]
    dataset: str
    snapshot: str
    office: str
    purpose: str
    request: str
    assessment: str
    area: Box | Listing
    window: Window
    grid: int
    step: int
    measure: Measure
    filters: tuple[()]
    l0: int
    profile: str

    @property
    def listed(self) -> bool:
        """Whether the form names every cell, so that its answer hides none."""
        return isinstance(self.area, Listing)

    @property
    def steps(self) -> range:
        """The window's steps, of length `step`, counted from Monday 5 January 1970."""
        return range(
            _step(self.window.start) // self.step, _step(self.window.end) // self.step
        )

    @property
    def cells(self) -> int:
        """How many cells the form names."""
        return len(self.area.cells) if isinstance(self.area, Listing) else self.area.count

    @property
    def partitions(self) -> int:
        """How many counts the form asks for: cells x steps; it depends on no data."""
        return self.cells * len(self.steps)

    @property
    def bounds(self) -> Box:
        """The smallest rectangle of level-0 cells that holds the area."""
        if isinstance(self.area, Box):
            return self.area.at(0)
        columns, rows = deinterleave(np.array(self.area.cells, dtype=np.uint64))
        return Box(
            level=self.grid,
            columns=(int(columns.min()), int(columns.max()) + 1),
            rows=(int(rows.min()), int(rows.max()) + 1),
        ).at(0)

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """The window's start and end, in UTC."""
        return _moment(self.window.start), _moment(self.window.end)


def area_within(
    question: Question, *, columns: tuple[int, int], rows: tuple[int, int]
) -> bool:
    """Whether every cell asked about lies in these half-open level-0 ranges; exact."""
    asked = question.bounds
    return (
        columns[0] <= asked.columns[0]
        and asked.columns[1] <= columns[1]
        and rows[0] <= asked.rows[0]
        and asked.rows[1] <= rows[1]
    )


def canonical(question: Question) -> bytes:
    """Return the one spelling: JSON, keys sorted, no spaces, whole numbers and text."""
    return msgspec.json.encode(question, order="sorted")


def identity(question: Question) -> str:
    """Return the SHA-256 of the canonical form, 64 hex digits."""
    return hashlib.sha256(canonical(question)).hexdigest()


def parse(data: bytes) -> Question:
    """Return the question that `data` (JSON) spells, snapped. Raises InputError.

    `parse(canonical(question)) == question`.
    """
    form = Fields(decode(data), where="", names=Question.__struct_fields__)
    grid = form.choice("grid", range(MAX_LEVEL + 1))
    step = form.choice("step", tuple(STEP_SIZES.values()))
    if form.get("filters") != []:
        raise wrong(
            "filters", "an empty list, since no filter is supported", form.get("filters")
        )
    ids = {name: form.text(name, _ID, _id_expected()) for name in _NAMES}
    question = Question(
        kind=cast("Literal['aggregate']", form.choice("kind", ("aggregate",))),
        snapshot=form.text("snapshot", _DIGEST, "64 hex digits, in lower case"),
        area=_area(form.get("area"), grid),
        window=_window(form.get("window"), step),
        grid=grid,
        step=step,
        measure=cast("Measure", form.choice("measure", MEASURES)),
        filters=(),
        l0=form.choice("l0", L0_CHOICES),
        **ids,
    )
    if question.partitions > MOST_PARTITIONS:
        raise wrong(
            "area and window",
            f"at most {MOST_PARTITIONS:,} cells x steps",
            f"a form of {question.partitions:,}",
        )
    return question


def _id_expected() -> str:
    return "an id: a-z, 0-9, '.' and '-', at most 64, a letter or digit first"


# -- area --------------------------------------------------------------------------------


def _area(value: object, grid: int) -> Box | Listing:
    if isinstance(value, dict) and "cells" in value:
        return _listing(Fields(value, where="area", names=("cells",)), grid)
    if isinstance(value, dict) and "box" in value:
        box = Fields(value, where="area", names=("box",)).get("box")
        sides = Fields(box, where="area.box", names=_SIDES)
        west, south, east, north = (_degrees(sides, name) for name in _SIDES)
        return cells_in_box(west, south, east, north, grid)
    names = ("level", "columns", "rows")
    fields = Fields(value, where="area", names=names)
    level = fields.choice("level", (grid,))
    return Box(
        level=level,
        columns=_range(fields, "columns", grid),
        rows=_range(fields, "rows", grid),
    )


def _listing(fields: Fields, grid: int) -> Listing:
    cells = fields.integers("cells", below=4 ** (MAX_LEVEL - grid) - 1)
    if not cells:
        raise wrong("area.cells", "at least one cell", "a list of none")
    return Listing(cells=tuple(sorted(set(cells))))


def _range(fields: Fields, name: str, grid: int) -> tuple[int, int]:
    match fields.integers(name, below=2 ** (MAX_LEVEL - grid)):
        case [first, stop] if first < stop:
            return first, stop
        case other:
            raise wrong(fields.path(name), "[first, stop] with first < stop", other)


def _degrees(sides: Fields, name: str) -> float:
    """Return one side: a JSON number, or a decimal as text."""
    value = sides.get(name)
    match value:
        case str() if _DEGREES.fullmatch(value):
            return float(value)
        case bool():
            pass
        case int() | float() if -_FARTHEST <= value <= _FARTHEST:  # false of NaN too
            return float(value)
        case _:
            pass
    raise wrong(
        sides.path(name), "degrees from -180 to 180, as a number or decimal text", value
    )


# -- time --------------------------------------------------------------------------------


def _window(value: object, step: int) -> Window:
    fields = Fields(value, where="window", names=("start", "end"))
    expected = "a UTC time as 2026-03-02T00:00:00Z, since 1970-01-05"
    window = Window(
        start=fields.text("start", _MOMENT, expected),
        end=fields.text("end", _MOMENT, expected),
    )
    for name, text in (("start", window.start), ("end", window.end)):
        try:
            aligned = _step(text) % step == 0 and _moment(text).timestamp() % 900 == 0
            early = _step(text) < 0
        except ValueError as error:
            raise wrong(fields.path(name), expected, text) from error
        if early:
            raise wrong(fields.path(name), expected, text)
        if not aligned:
            raise wrong(
                fields.path(name), f"the first moment of a step of {step} x 15 min", text
            )
    if window.start >= window.end:  # one spelling each, so text compares as time does
        raise wrong("window.end", "a time after window.start", window.end)
    return window


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _step(text: str) -> int:
    return int(step_of(np.array(int(_moment(text).timestamp()), dtype=np.int64)))
