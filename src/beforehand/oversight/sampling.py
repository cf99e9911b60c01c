"""Which questions a supervisor reads, and which of them show a pattern. Pure.

The draw cannot be foreseen by who asks and can be repeated by who audits: its seed is the root
of the ledger as it stood just before the draw.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import TYPE_CHECKING

import msgspec

from beforehand.record.terms import Area
from beforehand.record.using import Flag

if TYPE_CHECKING:
    from beforehand.record.view import RecordView

FEWEST = 5
SHARE = 0.1
# An area of at most so many level-0 cells (2 km by 2 km) looks at a neighbourhood.
NEIGHBOURHOOD = 40 * 40


class Put(msgspec.Struct, frozen=True, kw_only=True):
    """A question that was put.

    area   None where its form can no longer be opened
    case   whether its request names a case; None where that can no longer be opened
    """

    entry: int
    question: str
    at: str
    by: str
    request: str
    purpose: str
    area: Area | None
    case: bool | None


def draw(
    questions: Sequence[Put], flags: Sequence[Flag], *, seed: bytes
) -> tuple[str, ...]:
    """Return the ids to read: every flagged one, and a tenth of the others, at least five.

    seed   32 bytes; the same seed draws the same questions
    """
    flagged = {one.question for one in flags}
    others = [one.question for one in questions if one.question not in flagged]
    wanted = min(len(others), max(FEWEST, ceil(SHARE * len(others))))
    chosen = set(random.Random(seed).sample(others, wanted)) | flagged  # noqa: S311  # repeatable, not secret
    return tuple(one.question for one in questions if one.question in chosen)


def patterns(
    questions: Sequence[Put],
    declared: Mapping[str, Sequence[Area]],
    coworkers: Mapping[str, frozenset[str]],
) -> Iterator[Flag]:
    """Yield each pattern of each question: a look at one's own places, a coworker's, no case.

    declared    person -> the places that they declared
    coworkers   person -> who works in an office of theirs
    """
    for one in questions:
        if one.case is not True:
            yield Flag(question=one.question, pattern="no_case")
        if one.area is None or size(one.area) > NEIGHBOURHOOD:
            continue
        seen = {name for name, places in declared.items() if _touches(one.area, places)}
        if one.by in seen:
            yield Flag(question=one.question, pattern="own")
        if seen & coworkers.get(one.by, frozenset()) - {one.by}:
            yield Flag(question=one.question, pattern="coworker")


def coworkers_of(view: RecordView, person: str) -> frozenset[str]:
    """Return everyone with a post in an office of this person's, or in one above or below it."""
    known = view.persons.get(person)
    related = {
        name
        for office in (known.roles if known else ())
        for name in (*view.above(office), *view.offices_under(office))
    }
    return frozenset(
        name for name, one in view.persons.items() if not related.isdisjoint(one.roles)
    )


def size(area: Area) -> int:
    """Return how many level-0 cells an area has."""
    return (area.columns[1] - area.columns[0]) * (area.rows[1] - area.rows[0])


def _touches(area: Area, places: Sequence[Area]) -> bool:
    return any(
        _overlap(area.columns, one.columns) and _overlap(area.rows, one.rows)
        for one in places
    )


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]
