"""Moving a ledger from one store to another: copied, proved the same, and only then in force.

The writer's lock of the old store is held from the first row to the last, and that of the new
one while it is proved and put in force. So nothing can be appended to the old ledger that the
new one lacks, nor to the new one before it is certain which of the two is in force. A crash
leaves the old one in force and a part of a copy, or the new one.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice, zip_longest
from pathlib import Path
from typing import Final, NamedTuple

from beforehand.ledger.errors import InconsistentError
from beforehand.ledger.ledger import Ledger
from beforehand.ledger.store import Row, Rows
from beforehand.ledger.tables import read_entries, read_head

_ORDERS: Final = {
    "ledger": "origin",
    "entries": "number",
    "hashes": "level, number",
    "checkpoints": "size",
    "head": "size",
}
_TOGETHER: Final = 5000


class Moved(NamedTuple):
    """What was moved, and proved to be there."""

    size: int
    root: bytes
    checkpoints: int


def move(
    source: Ledger,
    target: Path | str,
    *,
    switch: Callable[[], None],
    told: Callable[[str, float], None],
) -> Moved:
    """Copy `source` to `target`, which must be empty, prove the copy, and put it in force.

    switch   makes everybody who opens the ledger from now on open it at `target`, durably, or
             raises and changes nothing; called once, when everything is proved
    told     is told what is going on, and which share of it is done

    Raises InconsistentError if the copy is not the same.
    """
    with source.store.write() as old:
        with closing(Ledger.create(target, origin=source.origin)) as copy:
            _copy_entries(old, copy, told)
            with copy.store.write() as new:
                _copy_checkpoints(old, new)
            with copy.store.write() as new:
                moved = _prove(old, new, told)
                switch()
        # The new one is in force. A crash here leaves an old one that its own mark does not
        # close yet; `Store.check` refuses those who hold it open.
        source.store.retire(old, size=moved.size)
    return moved


def _copy_entries(old: Rows, copy: Ledger, told: Callable[[str, float], None]) -> None:
    """Append every entry, which checks and hashes each anew."""
    size = read_head(old).edge.size
    entries = read_entries(old, 0, size)
    while some := list(islice(entries, _TOGETHER)):
        with copy.group():
            indexes = copy.append_many([entry for _, entry in some])
        if indexes != [number for number, _ in some]:
            raise InconsistentError(f"entry {some[0][0]:,} or one soon after is missing")
        told(f"{indexes[-1] + 1:,} of {size:,} copied", (indexes[-1] + 1) / size / 2)


def _copy_checkpoints(old: Rows, new: Rows) -> None:
    found = _rows(old, "checkpoints")
    while some := list(islice(found, _TOGETHER)):
        new.add("checkpoints", some)


def _prove(old: Rows, new: Rows, told: Callable[[str, float], None]) -> Moved:
    """Compare every row of every table, byte by byte.

    The head of the copy was computed from its own entries: the same head is the same tree.
    """
    counts = {
        table: _require_same(table, _rows(old, table), _rows(new, table))
        for table in _ORDERS
    }
    edge = read_head(new).edge
    told(f"{edge.size:,} compared", 1.0)
    return Moved(edge.size, edge.root(), counts["checkpoints"])


def _rows(rows: Rows, table: str) -> Iterator[Row]:
    for row in rows.each(f"SELECT * FROM {table} ORDER BY {_ORDERS[table]}"):  # noqa: S608  # a table of ours
        yield tuple(bytes(one) if isinstance(one, memoryview) else one for one in row)


def _require_same(table: str, old: Iterator[Row], new: Iterator[Row]) -> int:
    """Return how many rows there are in both. Raises InconsistentError."""
    count = 0
    for was, is_now in zip_longest(old, new):
        if was != is_now:
            raise InconsistentError(
                f"row {count:,} of the table {table} is not the same in the copy; the old"
                " ledger stays in force"
            )
        count += 1
    return count
