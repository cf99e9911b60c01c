"""Rows taken onto the shelf: each lands, or is named with its reason, and the counts add up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from typing import Protocol, TypeAlias

import msgspec

from beforehand.oversight.outside.files import Table
from beforehand.oversight.outside.sightings import (
    OUTCOMES,
    Change,
    Known,
    Outcome,
    Row,
    Sighting,
    Unread,
    batches,
    merged,
)
from beforehand.refusal import InputError

SHOWN_ROWS, SHOWN_CHANGES = 20, 1_000


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows have it, and the numbers of the first of them."""

    reason: str
    rows: int
    first: tuple[int, ...]


class MemberCounts(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the rows of one member, each counted once; `flagged` counts beside them.

    form       empty for a member whose columns are not known; none of its rows were read
    new        nothing was known of it
    completed  something not known before was added
    corrected  a value on the shelf was replaced
    same       it says nothing new
    older      it differs, and what is on the shelf is newer
    refused    it says nothing that can be kept, by reason
    """

    name: str
    form: str
    read: int
    new: int
    completed: int
    corrected: int
    same: int
    older: int
    refused: tuple[Reason, ...]
    flagged: tuple[Reason, ...]

    @property
    def landed(self) -> int:
        return self.new + self.completed + self.corrected + self.same + self.older

    def adds_up(self) -> bool:
        return self.read == self.landed + sum(one.rows for one in self.refused)


class Landed(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did, or would do.

    changes        the first values that were replaced, from what to what
    changes_in_all how many there were
    """

    members: tuple[MemberCounts, ...]
    changes: tuple[Change, ...]
    changes_in_all: int

    @property
    def formats(self) -> tuple[str, ...]:
        return tuple(sorted({one.form for one in self.members if one.form}))

    def count(self, outcome: Outcome | str) -> int:
        return sum(getattr(one, outcome) for one in self.members)

    def refused(self) -> dict[str, int]:
        return _summed(one.refused for one in self.members)

    def flagged(self) -> dict[str, int]:
        return _summed(one.flagged for one in self.members)


def _summed(several: Iterable[tuple[Reason, ...]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in several:
        for one in some:
            found[one.reason] = found.get(one.reason, 0) + one.rows
    return dict(sorted(found.items()))


Key: TypeAlias = tuple[str, str]
Thing: TypeAlias = tuple[Sighting, Known, int | None, str]
"""A sighting, what is known after it, and the row and member to name; None: those named before."""


class Shelf(Protocol):
    """Where things are kept by kind and key, inside one transaction."""

    def known(self, keys: Iterable[Key]) -> dict[Key, Known]: ...

    def put(self, things: Iterable[Thing], *, new: bool) -> None: ...


class _Noted:
    """Counts rows by a word, with the numbers of the first."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._first: dict[str, list[int]] = {}

    def note(self, word: str, number: int) -> None:
        self._rows[word] = self._rows.get(word, 0) + 1
        first = self._first.setdefault(word, [])
        if len(first) < SHOWN_ROWS:
            first.append(number)

    def reasons(self) -> tuple[Reason, ...]:
        return tuple(
            Reason(reason=word, rows=rows, first=tuple(self._first[word]))
            for word, rows in sorted(self._rows.items())
        )


def land(tables: Iterable[Table], shelf: Shelf, *, told: Callable[[int], None]) -> Landed:
    """Put every row of every table on the shelf. Raises InputError; the caller then undoes all.

    told   called with the number of rows read so far
    """
    members: list[MemberCounts] = []
    changes: list[Change] = []
    in_all = read = 0
    for table in tables:
        counts, changed, found = _table(table, shelf, lambda rows: told(read + rows))  # noqa: B023
        members.append(counts)
        changes += changed[: SHOWN_CHANGES - len(changes)]
        in_all += found
        read += counts.read
    if not any(one.form for one in members):
        raise InputError(
            where=members[0].name if members else "",
            expected="a member whose columns are known",
            got="none",
            do="docs/reference/imports.md lists the formats and their columns.",
        )
    return Landed(members=tuple(members), changes=tuple(changes), changes_in_all=in_all)


def _table(
    table: Table, shelf: Shelf, told: Callable[[int], None]
) -> tuple[MemberCounts, list[Change], int]:
    refused, flagged = _Noted(), _Noted()
    outcomes: dict[Outcome, int] = dict.fromkeys(OUTCOMES, 0)
    changes: list[Change] = []
    in_all = read = 0
    for batch in batches(table.rows):
        for found in _batch(batch, shelf, table.name, refused, flagged):
            outcome, changed = found
            outcomes[outcome] += 1
            in_all += len(changed)
            if changed and len(changes) < SHOWN_CHANGES:
                changes += changed
        read += len(batch)
        told(read)
    counts = MemberCounts(
        name=table.name,
        form=table.form,
        read=read,
        refused=refused.reasons(),
        flagged=flagged.reasons(),
        **outcomes,
    )
    return counts, changes, in_all


def _batch(
    batch: list[tuple[int, Row]],
    shelf: Shelf,
    member: str,
    refused: _Noted,
    flagged: _Noted,
) -> Iterator[tuple[Outcome, list[Change]]]:
    """Take some rows at once. A thing may stand in a batch more than once."""
    seen = _seen(batch, refused, flagged)
    keys = [(row.kind, row.key) for _, row in seen]
    known = shelf.known(keys)
    if not known and len(set(keys)) == len(keys):  # so it is throughout a first import
        shelf.put([(row, _first(row), number, member) for number, row in seen], new=True)
        yield from repeat(("new", []), len(keys))
        return
    new: dict[Key, Thing] = {}
    changed: dict[Key, Thing] = {}
    for key, (number, row) in zip(keys, seen, strict=True):
        before = known.get(key)
        if before is None:
            known[key] = now = _first(row)
            new[key] = (row, now, number, member)
            yield "new", []
            continue
        now, outcome, changes = merged(before, row)
        if now != before:
            known[key] = now
            if key in new:
                new[key] = (row, now, new[key][2], member)
            else:
                corrected = number if changes else None
                changed[key] = (row, now, corrected or _row_of(changed.get(key)), member)
        yield outcome, changes
    shelf.put(new.values(), new=True)
    shelf.put(changed.values(), new=False)


def _seen(
    batch: list[tuple[int, Row]], refused: _Noted, flagged: _Noted
) -> list[tuple[int, Sighting]]:
    """Return the rows that say something, by number; note the others, and flags."""
    seen = []
    for number, row in batch:
        if isinstance(row, Unread):
            refused.note(row.reason, number)
            continue
        for flag in row.flags:
            flagged.note(flag, number)
        seen.append((number, row))
    return seen


def _first(row: Sighting) -> Known:
    return Known(body=row.body, as_of=row.as_of, mixed=row.mixed)


def _row_of(thing: Thing | None) -> int | None:
    return thing[2] if thing else None
