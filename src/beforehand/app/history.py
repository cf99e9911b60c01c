"""A register's history: its entries by page, as they come, and the Record as of any moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING

import msgspec

from beforehand.app import clock
from beforehand.ledger.index import Index
from beforehand.ledger.rebuild import compare_tree, rebuild_index
from beforehand.ledger.times import time_text
from beforehand.record.encoding import KINDS
from beforehand.record.fold import Record
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beforehand.app.registers import App
    from beforehand.record.view import RecordView

_ALL_KINDS = "docs/reference/entries.md lists them."
_PAUSE_S = 0.5
_SMALLEST_STEP = timedelta(microseconds=1)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries are wanted; a field that is None asks for nothing.

    since, until   moments as entries write them; from `since` on, before `until`
    after          an entry's number; only those beyond it
    limit          how many at most, in one page
    """

    kind: str | None = None
    subject: str | None = None
    actor: str | None = None
    office: str | None = None
    since: str | None = None
    until: str | None = None
    after: int | None = None
    limit: int = 50


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """`after` asks for the next page; None when this one was the last."""

    entries: tuple[tuple[int, bytes], ...]
    after: int | None


def check_kind(kind: str) -> None:
    """Raise InputError, which names the nearest, for a kind of entry that is none."""
    kinds = {name for name, _ in KINDS}
    if kind not in kinds:
        near = get_close_matches(kind, kinds, n=1)
        raise InputError(
            where="--kind",
            expected="a kind of entry",
            got=repr(kind),
            do=f"The nearest is {near[0]}." if near else _ALL_KINDS,
        )


def page(app: App, asked: Asked) -> Page:
    """Return one page of entries, the oldest first. Raises InputError for a kind that is none."""
    if asked.kind is not None:
        # An empty page would say that there are none, which a slip must not.
        check_kind(asked.kind)
    wanted = {name: getattr(asked, name) for name in asked.__struct_fields__}
    found = app.find(**{**wanted, "limit": asked.limit + 1})
    shown = found[: asked.limit]
    more = len(found) > len(shown)
    return Page(entries=tuple(shown), after=shown[-1][0] if more else None)


def follow(app: App, asked: Asked) -> Iterator[tuple[int, bytes]]:
    """Yield entries that match, those that are there and then each as it comes, for ever."""
    while True:
        found = page(app, asked).entries
        yield from found
        if found:
            asked = msgspec.structs.replace(asked, after=found[-1][0])
        else:
            clock.sleep(_PAUSE_S)


def as_of(app: App, size: int) -> RecordView:
    """Return the Record of the first `size` entries, folded afresh. Raises InputError."""
    if not 0 <= size <= app.ledger.size:
        raise InputError(
            where="as of", expected=f"0 to {app.ledger.size:,} entries", got=f"{size:,}"
        )
    record = Record()
    for entry in app.recorded(0, size):
        record.apply(entry)
    return record


def size_at(app: App, moment: datetime) -> int:
    """Return how many entries were recorded by `moment`, those of that very moment included."""
    return app.ledger.first_at(time_text(moment + _SMALLEST_STEP))


def read_moment(text: str, *, where: str, end: bool = False) -> datetime:
    """Return the moment in `text`: a day, or a time, which is UTC unless it says otherwise.

    end   a day then stands for its end, and not for its beginning
    Raises InputError.
    """
    try:
        if len(text) == len("2026-11-25"):
            day = date.fromisoformat(text) + timedelta(days=end)
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise InputError(
            where=where,
            expected="a day as 2026-11-25, or a time as 2026-11-25T09:30:00Z",
            got=repr(text[:60]),
        ) from error
    return moment if moment.utcoffset() is not None else moment.replace(tzinfo=UTC)


class Rebuilt(msgspec.Struct, frozen=True, kw_only=True):
    """What was made anew.

    entries   how many were checked and hashed: their tree is the stored one
    index     how many rows of the index were other than the entries say; it was replaced
    """

    entries: int
    index: int


def rebuild(app: App) -> Rebuilt:
    """Make anew what is derived from the entries, and compare.

    Raises LedgerError when the tree differs: that is never mended.
    """
    entries = compare_tree(app.ledger)
    return Rebuilt(
        entries=entries, index=rebuild_index(app.ledger, Index(app.settings.index))
    )
