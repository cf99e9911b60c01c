"""Tables as text: their delimiter, their header, and their rows as they come."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import TextIO

from beforehand.oversight.outside import formats
from beforehand.oversight.outside.formats import Reader
from beforehand.oversight.outside.sightings import Row, Unread
from beforehand.oversight.outside.values import day_order
from beforehand.refusal import InputError

CELL_LIMIT = 8 * 2**20
SEEN_FIRST = 2_000
BLOCK = 2**20
ROW_LIMIT = 16 * 2**20
FIRST_ROOM = 32 * 2**20
"""Characters that the rows seen first may have between them, but for the last row's own."""
_DELIMITERS = (",", "\t", ";", "|")
_LINES_OF_A_CELL = 200

Numbered = Iterator[tuple[int, Row]]


def rows(stream: TextIO, *, name: str, head: str, as_of: str) -> tuple[str, Numbered]:
    """Return the format of a table, and its rows by number, the first after the header being 1.

    head   what it begins with
    The format is empty when the columns are not known. Raises InputError where it is no table.
    """
    delimiter = _delimiter(head)
    csv.field_size_limit(CELL_LIMIT)
    cells = _Lines("", stream, name).rows(delimiter)
    header = next((one for one in cells if any(cell.strip() for cell in one)), [])
    form = formats.recognised(header)
    if form is None:
        return "", iter(())
    if form.name == "column-names":
        names = (Unread(reason="column-name") for _ in cells)
        return form.name, enumerate(chain([Unread(reason="column-name")], names), 1)
    first = _first_rows(cells)
    order = day_order(formats.day_cells(header, first))
    reader = formats.reader(form, header, order, as_of)
    rest = _in_blocks(stream, delimiter, header, reader, name)
    return form.name, enumerate(chain(_read(first, header, reader), rest), 1)


def _delimiter(head: str) -> str:
    """Return the delimiter by which the first line is a known header; else the comma."""
    for one in _DELIMITERS:
        header = next(csv.reader(head.splitlines(keepends=True)[:50], delimiter=one), [])
        if len(header) > 1 and formats.recognised(header):
            return one
    return ","


def _first_rows(cells: Iterator[list[str]]) -> list[list[str]]:
    """Return the rows from which the order of days is told: few enough to be held."""
    first, room = [], FIRST_ROOM
    for row in islice(cells, SEEN_FIRST):
        first.append(row)
        room -= sum(map(len, row)) + len(row)
        if room < 0:
            break
    return first


def _in_blocks(
    stream: TextIO, delimiter: str, header: list[str], reader: Reader, name: str
) -> Iterator[Row]:
    """Read what is left of a table, block by block: at once where that says the same."""
    text = stream.read(BLOCK) + _line(stream, name)
    if not text:
        return
    # Slow to import, and most tables have ended before it is needed.
    from beforehand.oversight.outside.blocks import Splitter  # noqa: PLC0415

    splitter = Splitter(
        delimiter,
        width=len(header),
        places=reader.places,
        unlike=_first(header),
        limit=CELL_LIMIT,
    )
    while text:
        rest = ""
        if found := splitter.split(text):
            picked, rest = found
            yield from map(reader.read, picked)
        else:
            lines = _Lines(text, stream, name)
            yield from _read(lines.of_block(lines.rows(delimiter)), header, reader)
        text = rest + stream.read(BLOCK) + _line(stream, name)


def _line(stream: TextIO, name: str) -> str:
    """Return the next line. Raises InputError where it is longer than any row may be."""
    line = stream.readline(ROW_LIMIT + 1)
    if len(line) > ROW_LIMIT:
        raise _too_long(name, "more")
    return line


def _too_long(name: str, got: str) -> InputError:
    return InputError(
        where=name,
        expected=f"cells of at most {CELL_LIMIT:,} characters, in rows of at most"
        f" {ROW_LIMIT:,}",
        got=got,
    )


class _Lines:
    """The lines of a block, and those after it for as long as its last row goes on."""

    def __init__(self, text: str, stream: TextIO, name: str) -> None:
        self._left = iter(io.StringIO(text, newline="").readlines())
        self._next = next(self._left, None)
        self._stream, self._name = stream, name
        self._of_row = 0  # characters of the row that is being read

    def _lines(self) -> Iterator[str]:
        while self._next is not None:
            line, self._next = self._next, next(self._left, None)
            yield self._counted(line)
        while line := _line(self._stream, self._name):
            yield self._counted(line)

    def _counted(self, line: str) -> str:
        self._of_row += len(line)
        if self._of_row > ROW_LIMIT:
            raise _too_long(self._name, "more")
        return line

    def rows(self, delimiter: str) -> Iterator[list[str]]:
        """Yield the cells of each row. Raises InputError."""
        try:
            for row in csv.reader(self._lines(), delimiter=delimiter):
                self._of_row = 0
                yield row
        except csv.Error as error:
            raise _too_long(self._name, str(error)) from error

    def of_block(self, cells: Iterator[list[str]]) -> Iterator[list[str]]:
        """Yield the rows that begin in the block, of those read from its lines."""
        while self._next is not None:
            yield from islice(cells, 1)


def _first(header: list[str]) -> str:
    return header[0].lstrip("\ufeff")


def _read(cells: Iterable[list[str]], header: list[str], reader: Reader) -> Iterator[Row]:
    width, again, pick = len(header), [_first(header), *header[1:]], reader.pick
    for row in cells:
        if len(row) != width:
            trimmed = _trimmed(row, width)
            if isinstance(trimmed, Unread):
                yield trimmed
                continue
            row = trimmed  # noqa: PLW2901  # the same row, without what is empty
        if row[0] == again[0] and row == again:
            yield Unread(reason="header-repeated")
        else:
            yield reader.read(pick(row))


def _trimmed(row: list[str], width: int) -> list[str] | Unread:
    """Return a row without empty cells beyond the header, or what is wrong with it."""
    if not any(cell.strip() for cell in row):
        return Unread(reason="blank")
    if len(row) > width and not any(row[width:]):
        return row[:width]
    if any(cell.count("\n") > _LINES_OF_A_CELL for cell in row):
        return Unread(reason="quote-not-closed")
    return Unread(reason="too-few-cells" if len(row) < width else "too-many-cells")
