"""What one row says, or why it says nothing; and how two rows about one thing become one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final, Literal, TypeAlias

import msgspec

BATCH: Final = 2_000
ROOM: Final = 64 * 2**20
"""Characters that the rows of one batch may have between them, but for the last row's own."""

Kind = Literal[
    "award",
    "use-case",
    "assessment",
    "recommendation",
    "watch-entry",
    "inspector-general",
    "told",
]
Outcome = Literal["new", "completed", "corrected", "same", "older"]
Body: TypeAlias = dict[str, str]
"""Field -> text, only of fields that say something; lists are joined by a blank."""

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

OUTCOMES: tuple[Outcome, ...] = ("new", "completed", "corrected", "same", "older")


class Sighting(msgspec.Struct, kw_only=True, gc=False, tag=True, array_like=True):
    """What a row says of one thing.

    key     what makes it that thing; two rows with one key speak of one thing
    as_of   the day its source last changed it; empty is older than any day
    flags   what is implausible in it, sorted
    mixed   field -> its own day, of fields that have another than `as_of`
    """

    kind: Kind
    key: str
    body: Body
    as_of: str = ""
    flags: tuple[str, ...] = ()
    mixed: Body = {}

    def field_as_of(self, name: str) -> str:
        return self.mixed.get(name, self.as_of)


class Unread(msgspec.Struct, kw_only=True, frozen=True, tag=True, array_like=True):
    """A row that says nothing that can be kept: the reason, by id."""

    reason: str


Row: TypeAlias = Sighting | Unread


def batches(rows: Iterator[tuple[int, Row]]) -> Iterator[list[tuple[int, Row]]]:
    """Yield rows some at a time: few enough to be held, also where each is large."""
    while True:
        batch, room = [], ROOM
        for one in islice(rows, BATCH):
            batch.append(one)
            row = one[1]
            if isinstance(row, Sighting):
                room -= sum(map(len, row.body.values()))
                if room < 0:
                    break
        if not batch:
            return
        yield batch


class Known(msgspec.Struct, kw_only=True):
    """A thing on the shelf.

    as_of   of every field but those in `mixed`, which have their own
    """

    body: Body
    as_of: str
    mixed: Body = {}

    def field_as_of(self, name: str) -> str:
        return self.mixed.get(name, self.as_of)


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One value that a later row replaced."""

    key: str
    field: str
    before: str
    after: str


def merged(known: Known, seen: Sighting) -> tuple[Known, Outcome, list[Change]]:
    """Return what is so after `seen`, what that was, and what it replaced.

    Each field keeps its newest value; of two of the same day the later import counts. So the
    order of imports matters only between values that their sources date alike.
    """
    is_older = seen.as_of <= known.as_of and not (known.mixed or seen.mixed)
    if is_older and seen.body == known.body:
        return known, "same", []
    days: Body = {}
    body: Body = {}
    changes: list[Change] = []
    filled = kept = False
    for name in known.body.keys() | seen.body.keys():
        before, after = known.body.get(name), seen.body.get(name)
        dated, said = known.field_as_of(name), seen.field_as_of(name)
        if after is None or (before is not None and said < dated):
            kept = kept or (after is not None and after != before)
            body[name], days[name] = before or "", dated
            continue
        body[name], days[name] = after, said
        if before is None:
            filled = True
        elif before != after:
            changes.append(Change(key=seen.key, field=name, before=before, after=after))
    newest = max(known.as_of, seen.as_of)
    mixed = {name: day for name, day in sorted(days.items()) if day != newest}
    now = Known(body=dict(sorted(body.items())), as_of=newest, mixed=mixed)
    if changes:
        return now, "corrected", sorted(changes, key=lambda one: one.field)
    return now, "completed" if filled else "older" if kept else "same", []
