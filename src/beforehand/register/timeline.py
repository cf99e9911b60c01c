"""The arithmetic of a coverage timeline: which days a contract ran, and which were covered.

Dates on a public record are spans, so a day has three answers: surely, perhaps, no. Only a
day on which the contract surely ran and that surely no approved assessment covered counts as
uncovered; hence "at least N days". Days are whole and both ends count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beforehand.record.spans import Span

Ran: TypeAlias = Literal["surely", "perhaps", "planned", "no"]
Covered: TypeAlias = Literal["covered", "uncovered", "undecided"]

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A contract's period.

    starts, ends   the first and the last day it ran, as far as they are known
    until          the last day of which the register can speak; what lies later is planned
    """

    starts: Span
    ends: Span
    until: date

    def on(self, day: date) -> Ran:
        """Say whether the contract ran on `day`."""
        if self.starts.first is not None and day < self.starts.first:
            return "no"
        if self.ends.last is not None and day > self.ends.last:
            return "no"
        if day > self.until:
            return "no" if self.ends.last is None else "planned"
        # It started no later than it ended and ended no earlier than it started, so one
        # exact day is sure even where the other end is not known at all.
        begun = self.starts.last or self.ends.last
        ended = self.ends.first or self.starts.first
        if begun is not None and ended is not None and begun <= day <= ended:
            return "surely"
        return "perhaps"

    def turns(self) -> set[date]:
        """Return every day on which the answer of `on` may change."""
        ends = (self.starts.first, self.ends.first, self.ends.last, self.until)
        found = {one + DAY for one in ends if one is not None}
        found |= {
            one
            for one in (self.starts.first, self.starts.last, self.ends.last)
            if one is not None
        }
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """An assessment that covers a contract, surely or perhaps.

    surely     whether it surely is for the contract's office and all of its datasets
    approved   the day from which it counts
    lost       the first day on which it no longer counts; None: it still does
    """

    assessment: str
    surely: bool
    approved: Span
    lost: Span | None

    def surely_on(self, day: date) -> bool:
        begun = self.approved.last is not None and self.approved.last <= day
        kept = self.lost is None or (self.lost.first is not None and day < self.lost.first)
        return self.surely and begun and kept

    def perhaps_on(self, day: date) -> bool:
        begun = self.approved.first is None or self.approved.first <= day
        kept = self.lost is None or self.lost.last is None or day < self.lost.last
        return begun and kept

    def turns(self) -> set[date]:
        found = {self.approved.first, self.approved.last}
        if self.lost is not None:
            found |= {self.lost.first, self.lost.last}
        return {one for one in found if one is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Days of one kind, both ends counted. `first` is None where the beginning is unknown."""

    first: date | None
    last: date
    ran: Ran
    cover: Covered
    assessments: tuple[str, ...]

    @property
    def days(self) -> int | None:
        return None if self.first is None else (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The days from `first` to `last`, in stretches that leave no gap.

    open_start   the contract may have begun before `first`: that day is not known at all
    """

    run: Run
    first: date
    last: date
    open_start: bool
    stretches: tuple[Stretch, ...]

    @property
    def listed(self) -> tuple[Stretch, ...]:
        """The stretches in which the contract surely or perhaps ran, or is planned to."""
        return tuple(one for one in self.stretches if one.ran != "no")

    @property
    def is_exact(self) -> bool:
        """Whether there is but one reading: each day is known to have run or not, covered or not."""
        return all(
            one.ran != "perhaps" and (one.ran == "planned" or one.cover != "undecided")
            for one in self.listed
        )

    @property
    def sure_days(self) -> int:
        """On how many days it ran in every reading of its dates."""
        return _days(one for one in self.stretches if one.ran == "surely")

    @property
    def uncovered_days(self) -> int:
        """On how many days, in every reading, it ran and nothing covered it."""
        return _days(
            one
            for one in self.stretches
            if one.ran == "surely" and one.cover == "uncovered"
        )


def timeline(
    run: Run, covers: tuple[Cover, ...], *, whole: bool, first: date, last: date
) -> Timeline:
    """Lay `run` and `covers` out over the days from `first` to `last`.

    whole   no other assessment can exist: the record is complete for them. Without it a day
            that nothing covers is undecided, since an assessment may be missing.
    """
    turns = run.turns().union(*(one.turns() for one in covers))
    starts = sorted({first} | {one for one in turns if first < one <= last})
    ends = [*(one - DAY for one in starts[1:]), last]
    open_start = run.starts.first is None and run.on(first) != "no"
    stretches = [
        Stretch(
            first=start,
            last=end,
            ran=run.on(start),
            cover=_cover(start, covers, whole=whole),
            assessments=tuple(
                sorted({c.assessment for c in covers if c.perhaps_on(start)})
            ),
        )
        for start, end in zip(starts, ends, strict=True)
    ]
    return Timeline(
        run=run,
        first=first,
        last=last,
        open_start=open_start,
        stretches=_joined(stretches, open_start=open_start),
    )


def _cover(day: date, covers: tuple[Cover, ...], *, whole: bool) -> Covered:
    if any(one.surely_on(day) for one in covers):
        return "covered"
    if whole and not any(one.perhaps_on(day) for one in covers):
        return "uncovered"
    return "undecided"


def _joined(stretches: list[Stretch], *, open_start: bool) -> tuple[Stretch, ...]:
    """Join neighbours that say the same, so that the table has one row for each change."""
    joined: list[Stretch] = []
    for one in stretches:
        if joined and _says(joined[-1]) == _says(one):
            one = _spanning(joined.pop(), one)  # noqa: PLW2901  # the joined one takes its place
        joined.append(one)
    if open_start and joined:
        joined[0] = _spanning(None, joined[0])
    return tuple(joined)


def _says(one: Stretch) -> tuple[Ran, Covered, tuple[str, ...]]:
    return one.ran, one.cover, one.assessments


def _spanning(first: Stretch | None, last: Stretch) -> Stretch:
    return Stretch(
        first=first.first if first else None,
        last=last.last,
        ran=last.ran,
        cover=last.cover,
        assessments=last.assessments,
    )


def _days(stretches: Iterable[Stretch]) -> int:
    return sum(one.days or 0 for one in stretches)
