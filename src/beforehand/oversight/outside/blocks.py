"""Cells of many rows at once, by Arrow: what Python's csv module says of them, in a third of the time.

Arrow is asked only of a block in which the two surely agree: every quote opens or closes a
cell, no return stands alone, no line is empty, and every row is as wide as the header. Of any
other block nothing is said here, and the csv module reads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
from numpy.typing import NDArray
from pyarrow import csv

Picked: TypeAlias = tuple[str, ...]
"""Some cells of a row."""

_BYTE_ORDER_MARK = "\ufeff"
_QUOTE, _NEWLINE, _RETURN = b'"\n\r'


class Splitter:
    """Splits blocks of one table."""

    def __init__(
        self, delimiter: str, *, width: int, places: Sequence[int], unlike: str, limit: int
    ) -> None:
        """Pick the cells at `places` out of rows of `width` cells.

        unlike   the header's first cell; a block with a row that begins with it is not split
        limit    characters that a cell may have
        """
        self._places = [str(place) for place in places]
        self._unlike, self._limit, self._width = unlike, limit, width
        self._delimiter = ord(delimiter)
        self._names = [str(at) for at in range(width)]
        wanted = sorted({*self._places, "0"})
        self._parse = csv.ParseOptions(
            delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False
        )
        self._convert = csv.ConvertOptions(
            include_columns=wanted, column_types=dict.fromkeys(wanted, pa.string())
        )

    def split(self, text: str) -> tuple[Iterator[Picked], str] | None:
        """Return the picked cells of each whole row, and the text after the last of them.

        text   whole lines, of which the first begins a row
        None where it is not certain that the csv module would say the same.
        """
        if (
            self._width < 2  # noqa: PLR2004  # an empty line is then told from an empty cell by nothing
            or len(text) > self._limit
            or text.startswith(_BYTE_ORDER_MARK)  # Arrow drops it
        ):
            return None
        data = text.encode()
        codes = np.frombuffer(data, np.uint8)
        end = _end_of_rows(data, codes, self._delimiter) if _are_plain(codes) else 0
        columns = self._columns(data[:end]) if end else None
        if columns is None or self._unlike in columns["0"]:
            return None
        picked = zip(*(columns[place] for place in self._places), strict=True)
        return picked, data[end:].decode()

    def _columns(self, data: bytes) -> dict[str, list[str]] | None:
        """Return the columns by place; None where a row is not as wide as the header."""
        read = csv.ReadOptions(
            column_names=self._names, block_size=len(data) + 1, use_threads=False
        )
        try:
            table = csv.read_csv(
                pa.py_buffer(data),
                read_options=read,
                parse_options=self._parse,
                convert_options=self._convert,
            )
        except pa.ArrowInvalid:
            return None
        return {
            name: column.to_numpy().tolist()
            for name, column in zip(table.column_names, table.columns, strict=True)
        }


def _are_plain(codes: NDArray[np.uint8]) -> bool:
    """Whether each return is before a line break, and no line is empty.

    A return alone ends a row too; and an empty line Arrow reads as a row of empty cells.
    """
    returns = np.flatnonzero(codes == _RETURN)
    breaks = np.flatnonzero(codes == _NEWLINE)
    first = np.concatenate(([0], breaks[:-1] + 1))
    last = breaks - (codes[breaks - 1] == _RETURN)
    if len(returns) and returns[-1] + 1 == len(codes):
        return False
    return bool((codes[returns + 1] == _NEWLINE).all() and (first < last).all())


def _end_of_rows(data: bytes, codes: NDArray[np.uint8], delimiter: int) -> int:
    """Return where the last whole row ends; 0 where none does, or a quote is out of place."""
    quotes = np.flatnonzero(codes == _QUOTE)
    end = len(data)
    while True:
        end = data.rfind(b"\n", 0, end)
        before = int(np.searchsorted(quotes, end))
        if end < 0 or not before % 2:
            break
        # That line break stands in a cell: go on before the quote that opened it.
        end = int(quotes[before - 1])
    return end + 1 if _are_in_place(codes, quotes[:before], delimiter) else 0


def _are_in_place(
    codes: NDArray[np.uint8], quotes: NDArray[np.intp], delimiter: int
) -> bool:
    """Whether every first quote begins a cell and every second ends one; or the two are one.

    The first of a block may begin it; after each second there is at least a line break.
    """
    opens, closes = quotes[::2], quotes[1::2]
    before = codes[opens[opens > 0] - 1]
    after = codes[closes + 1]
    return bool(
        np.isin(before, (delimiter, _NEWLINE, _QUOTE)).all()
        and np.isin(after, (delimiter, _NEWLINE, _RETURN, _QUOTE)).all()
    )
