"""Lists written as CSV and JSON, a row at a time, as `import` reads them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from beforehand.oversight.outside import exported, taken, told
from beforehand.oversight.outside.celltext import guarded

if TYPE_CHECKING:
    from beforehand.oversight.outside.sightings import Body

_AT_ONCE = 1_000


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What a file of a list begins with.

    at        the moment at which it was made
    entries   how many entries of the ledger it rests on
    """

    export: str
    title: str
    register: str
    origin: str
    at: str
    entries: int


def header(name: str) -> tuple[str, ...]:
    """Return the columns of a list."""
    return told.header(name) if name in told.LISTS else taken.header(name)


def title(name: str) -> str:
    return told.LISTS[name].title if name in told.LISTS else taken.LISTS[name].title


def csv_of(name: str, rows: Iterable[Body]) -> Iterator[bytes]:
    """Yield a list as RFC 4180 has it: a header, CRLF, quotes where needed."""
    columns = header(name)
    yield _lines([columns])
    every = iter(rows)
    while some := list(islice(every, _AT_ONCE)):
        yield _lines([guarded(row[one]) for one in columns] for row in some)


def _lines(rows: Iterable[Iterable[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def json_of(head: Head, rows: Iterable[Body]) -> Iterator[bytes]:
    """Yield a list as one JSON object, a row a line."""
    says = {**msgspec.structs.asdict(head), "version": exported.VERSION}
    yield msgspec.json.encode(says)[:-1] + b',"rows":['
    between = b"\n"
    for row in rows:
        yield between + msgspec.json.encode(_plain(head.export, row))
        between = b",\n"
    yield b"\n]}\n"


def _plain(name: str, row: Body) -> dict[str, object] | Body:
    return told.typed(name, row) if name in told.LISTS else row
