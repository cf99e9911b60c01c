"""Tables as text: their delimiter, their header, and their rows as they come."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import IO

from beforehand.oversight.outside import formats
from beforehand.oversight.outside.sightings import Row, Unread
from beforehand.oversight.outside.values import day_order
from beforehand.refusal import InputError

CELL_LIMIT = 8 * 2**20
SEEN_FIRST = 2_000
_DELIMITERS = (",", "\t", ";", "|")
_LINES_OF_A_CELL = 200

Numbered = Iterator[tuple[int, Row]]


def rows(stream: IO[str], *, name: str, head: str, as_of: str) -> tuple[str, Numbered]:
    """Return the format of a table, and its rows by number, the first after the header being 1.

    head   what it begins with
    The format is empty when the columns are not known. Raises InputError where it is no table.
    """
    delimiter = _delimiter(head)
    csv.field_size_limit(CELL_LIMIT)
    lines = csv.reader(stream, delimiter=delimiter)
    cells = _parsed(lines, name)
    header = next((one for one in cells if any(cell.strip() for cell in one)), [])
    form = formats.recognised(header)
    if form is None:
        return "", iter(())
    if form.name == "column-names":
        names = (Unread(reason="column-name") for _ in cells)
        return form.name, enumerate(chain([Unread(reason="column-name")], names), 1)
    first = list(islice(cells, SEEN_FIRST))
    order = day_order(formats.day_cells(header, first))
    read = formats.reader(form, header, order, as_of)
    return form.name, _read(chain(first, cells), header, read)


def _delimiter(head: str) -> str:
    """Return the delimiter by which the first line is a known header; else the comma."""
    for one in _DELIMITERS:
        header = next(csv.reader(head.splitlines(keepends=True)[:50], delimiter=one), [])
        if len(header) > 1 and formats.recognised(header):
            return one
    return ","


def _parsed(lines: Iterator[list[str]], name: str) -> Iterator[list[str]]:
    try:
        yield from lines
    except csv.Error as error:
        raise InputError(
            where=name,
            expected=f"rows with cells of at most {CELL_LIMIT:,} characters",
            got=str(error),
        ) from error


def _read(
    cells: Iterable[list[str]], header: list[str], read: formats.ReadCells
) -> Numbered:
    width, first = len(header), header[0].lstrip("\ufeff")
    for number, row in enumerate(cells, 1):
        if len(row) != width:
            trimmed = _trimmed(row, width)
            if isinstance(trimmed, Unread):
                yield number, trimmed
                continue
            row = trimmed  # noqa: PLW2901  # the same row, without what is empty
        if row[0] == first and row == [first, *header[1:]]:
            yield number, Unread(reason="header-repeated")
        else:
            yield number, read(row)


def _trimmed(row: list[str], width: int) -> list[str] | Unread:
    """Return a row without empty cells beyond the header, or what is wrong with it."""
    if not any(cell.strip() for cell in row):
        return Unread(reason="blank")
    if len(row) > width and not any(row[width:]):
        return row[:width]
    if any(cell.count("\n") > _LINES_OF_A_CELL for cell in row):
        return Unread(reason="quote-not-closed")
    return Unread(reason="too-few-cells" if len(row) < width else "too-many-cells")
