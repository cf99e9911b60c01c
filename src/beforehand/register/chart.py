"""Timelines as shapes to draw. Where things lie is decided here; a template writes the SVG.

One row a contract. Behind it the days that an approved assessment covers are shaded. The
contract is a bar: solid where it surely ran, hatched where it may have, an outline where it
is planned. A red band below it marks the uncovered days. Each row says its count in words,
so nothing is told by colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, TypeAlias

from beforehand.record import spans
from beforehand.register.timeline import DAY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from beforehand.register.timeline import Stretch, Timeline

Shape: TypeAlias = Literal[
    "covered", "perhaps-covered", "surely", "perhaps", "planned", "uncovered"
]

WIDTH, MARGIN = 960, 16
TOP, ROW, BAR, BAND = 28, 64, 18, 8
SHADE_Y, BAR_Y, BAND_Y, LABEL_Y = 20, 26, 46, 14
FADE = 28  # how far from the edge a bar fades whose beginning is not known
TICKS = 12  # at most so many years are named on the axis


@dataclass(frozen=True, slots=True, kw_only=True)
class Rect:
    shape: Shape
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    label: Label
    rects: tuple[Rect, ...]
    fade: Rect | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawing of `width` by `height` units; `until` marks where the register stops speaking."""

    width: int
    height: int
    ticks: tuple[Label, ...]
    rows: tuple[Row, ...]
    until: Label
    describes: str


def chart(lines: Sequence[tuple[str, Timeline]], *, describes: str) -> Chart:
    """Return the drawing of `lines`, at least one: what a row says in words, and its days."""
    first_line = lines[0][1]
    scale = _Scale(first_line.first, first_line.last)
    rows = tuple(
        _row(scale, says, line, TOP + number * ROW)
        for number, (says, line) in enumerate(lines)
    )
    height = TOP + len(rows) * ROW + MARGIN
    return Chart(
        width=WIDTH,
        height=height,
        ticks=tuple(_ticks(scale)),
        rows=rows,
        until=Label(
            x=scale.at(first_line.run.until + DAY),
            y=height - 4,
            text=spans.day_words(first_line.run.until),
        ),
        describes=describes,
    )


class _Scale:
    def __init__(self, first: date, last: date) -> None:
        self.first, self.last = first, last
        self.unit = (WIDTH - 2 * MARGIN) / ((last - first).days + 1)

    def at(self, day: date) -> float:
        """Return where `day` begins."""
        return round(MARGIN + (day - self.first).days * self.unit, 2)


def _ticks(scale: _Scale) -> Iterator[Label]:
    years = range(scale.first.year, scale.last.year + 1)
    every = -(-len(years) // TICKS)
    for year in years[::every]:
        yield Label(x=scale.at(date(year, 1, 1)), y=LABEL_Y, text=str(year))


def _row(scale: _Scale, title: str, line: Timeline, top: int) -> Row:
    rects = [rect for one in line.stretches for rect in _rects(scale, line, one, top)]
    order: list[Shape] = ["covered", "perhaps-covered"]
    rects.sort(key=lambda one: one.shape not in order)  # the shade lies behind the bar
    fade = None
    if line.open_start:
        fade = Rect(
            shape="perhaps", x=MARGIN, y=top + BAR_Y - 1, width=FADE, height=BAR + 2
        )
    return Row(
        label=Label(x=MARGIN, y=top + LABEL_Y, text=title), rects=tuple(rects), fade=fade
    )


def _rects(scale: _Scale, line: Timeline, one: Stretch, top: int) -> Iterator[Rect]:
    x = scale.at(one.first or line.first)
    width = round(scale.at(one.last + DAY) - x, 2)
    if one.cover == "covered" or (one.cover == "undecided" and one.assessments):
        shape: Shape = "covered" if one.cover == "covered" else "perhaps-covered"
        yield Rect(shape=shape, x=x, y=top + SHADE_Y, width=width, height=ROW - SHADE_Y - 4)
    if one.ran != "no":
        # A single sure day would be a hair's breadth; two units can still be seen.
        wide = max(width, 2)
        yield Rect(shape=one.ran, x=x, y=top + BAR_Y, width=wide, height=BAR)
        if one.ran == "surely" and one.cover == "uncovered":
            yield Rect(shape="uncovered", x=x, y=top + BAND_Y, width=wide, height=BAND)
