"""A table is read block by block as the csv module alone would read it, row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from beforehand.oversight.outside import tables
from beforehand.oversight.outside.blocks import Splitter
from beforehand.oversight.outside.files import table_of
from beforehand.oversight.outside.sightings import Row, Unread, batches
from beforehand.refusal import InputError
from tests.oversight.test_outside import COLUMNS, SAMPLES, award, download

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

HEADER = "award_id_piid,recipient_name,description\r\n"
Read = list[tuple[int, Row]]


def by_csv_alone(data: bytes) -> Read:
    """Every row is among the first, which the csv module reads."""
    return _rows(data, first=10**9, block=1)


def by_blocks(data: bytes, block: int, *, first: int = 1) -> Read:
    return _rows(data, first=first, block=block)


def _rows(data: bytes, *, first: int, block: int) -> Read:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tables, "SEEN_FIRST", first)
        patched.setattr(tables, "BLOCK", block)
        patched.setattr(tables, "day_order", lambda _: "day first")
        return list(table_of(io.BytesIO(data), "table", "2026-11-25").rows)


def splitter(*, width: int = 3, unlike: str = "award_id_piid") -> Splitter:
    return Splitter(",", width=width, places=[2, 0], unlike=unlike, limit=tables.CELL_LIMIT)


# -- laws --------------------------------------------------------------------------------

cells = st.text(st.sampled_from('aB1, "\r\n\t\x00é\ufeff漢'), max_size=6)
written = st.lists(cells, min_size=1, max_size=5).map(
    lambda row: ",".join(
        '"' + cell.replace('"', '""') + '"' if set(cell) & set(',"\r\n') else cell
        for cell in row
    )
)
fitting = st.lists(cells, min_size=3, max_size=3).map(
    lambda row: ",".join('"' + cell.replace('"', '""') + '"' for cell in row)
)
as_it_comes = st.text(st.sampled_from('a,"\r\n\x00é'), max_size=12)
lines = st.tuples(
    st.one_of(fitting, fitting, written, as_it_comes, st.just(HEADER.strip())),
    st.sampled_from(["\n", "\n", "\r\n", "\r", ""]),
).map("".join)


@settings(max_examples=600)
@given(
    st.lists(lines, max_size=12).map("".join),
    st.integers(1, 60),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
@example('a,b,c\na,b,"open\n', 1, "utf-8")
@example('a,b,c\na,"b"x,c\na,b"y,"c"\n', 60, "utf-8")
@example("a,b,c\na,b,c\n\ufeffa,b,c\n", 1, "utf-8")
@example('a,b,c\na,b,c\n"",,""""\na,b\n\n', 60, "utf-8")
def test_any_table_is_read_alike(text: str, block: int, encoding: str) -> None:
    data = (HEADER + text).encode(encoding)
    assert by_blocks(data, block) == by_csv_alone(data)


@given(
    st.lists(st.binary(max_size=8), max_size=8).map(b",x\r\nA1,".join), st.integers(1, 60)
)
def test_any_bytes_are_read_alike(rows: bytes, block: int) -> None:
    data = HEADER.encode() + rows
    assert by_blocks(data, block) == by_csv_alone(data)


@pytest.mark.parametrize("block", [1, 1_000, 100_000])
@pytest.mark.parametrize(
    "path", [one for one in SAMPLES if "json" not in one.suffix], ids=lambda one: one.name
)
def test_every_sample_is_read_alike(path: Path, block: int) -> None:
    data = path.read_bytes()
    assert by_blocks(data, block) == by_csv_alone(data)
    assert by_blocks(data * 2, block) == by_csv_alone(data * 2)


# -- what is split at once ---------------------------------------------------------------


def test_whole_rows_are_split_and_what_is_left_is_given_back() -> None:
    found = splitter().split('a,b,c\r\n"d, ""e""",f,"g\r\nh"\r\n"i,j\n')
    assert found is not None
    assert (list(found[0]), found[1]) == ([("c", "a"), ("g\r\nh", 'd, "e"')], '"i,j\n')


@pytest.mark.parametrize(
    "text",
    [
        "a,b,c\n\na,b,c\n",
        "a,b\n",
        "a,b,c,d\n",
        'a,b"c,d"\n',
        'a,"b"c,d\n',
        'a,b,"c\n',
        "a,b,c\rd,e,f\n",
        "\ufeffa,b,c\n",
        "award_id_piid,b,c\n",
        "a,b,c",
    ],
    ids=[
        "a blank line",
        "too few cells",
        "too many cells",
        "quotes within cells",
        "text after a quote",
        "an open quote",
        "a return alone",
        "a byte order mark",
        "perhaps the header again",
        "no line break",
    ],
)
def test_what_is_not_certain_is_left_to_the_csv_module(text: str) -> None:
    assert splitter().split(text) is None


def test_a_table_of_one_column_is_left_to_the_csv_module() -> None:
    assert splitter(width=1).split("a\n") is None


def test_a_download_is_split_at_once() -> None:
    """Were it left to the csv module, nothing would be wrong, and all would be slow."""
    rows = [award(f"70CTD024F{at:08}", transaction_description='A, "B"') for at in range(9)]
    text = download(*rows).decode()
    places = [COLUMNS.index("transaction_description"), 0]
    wide = Splitter(",", width=len(COLUMNS), places=places, unlike="x", limit=2**20)
    found = wide.split(text)
    assert found is not None
    assert [one[0] for one in found[0]] == ["transaction_description", *['A, "B"'] * 9]
    assert found[1] == ""


# -- limits ------------------------------------------------------------------------------


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_cell_beyond_the_limit_is_refused_wherever_it_stands(quote: str) -> None:
    cell = f"{quote}{'x' * tables.CELL_LIMIT}{quote}"
    kept = f"{HEADER}A1,b,c\r\nA2,{cell},c\r\n".encode()
    assert [number for number, _ in by_blocks(kept, 64)] == [1, 2]
    beyond = kept.replace(b"xx", b"xxx", 1)
    with pytest.raises(InputError, match="at most 8,388,608 characters"):
        by_blocks(beyond, 64)


@pytest.mark.parametrize("before", [0, 1], ids=["in the first row", "in a later one"])
@pytest.mark.parametrize(
    "part",
    [
        pytest.param(b"x" * 2**20, id="a line without an end"),
        pytest.param(b"x," * 2**19, id="cells without an end"),
        pytest.param(b'"x\n",' * (2**20 // 5), id="cells on many lines"),
    ],
)
def test_a_row_beyond_the_limit_is_refused_before_it_is_held(
    part: bytes, before: int
) -> None:
    """Folded, such a row is a thousandth of what it takes to hold it."""
    taken = []

    def parts() -> Iterator[bytes]:
        yield HEADER.encode() + b"A1,b,c\r\n" * before
        for number in range(64):
            taken.append(number)
            yield part

    file = io.BufferedReader(Coming(parts()), 2**16)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tables, "SEEN_FIRST", 1)
        with pytest.raises(InputError, match="in rows of at most 16,777,216, got more"):
            list(table_of(file, "table", "").rows)
    assert len(taken) < 20


class Coming(io.RawIOBase):
    """A file that comes in parts."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        super().__init__()
        self._parts, self._left = parts, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        self._left = self._left or next(self._parts, b"")
        room = memoryview(buffer).cast("B")
        some, self._left = self._left[: len(room)], self._left[len(room) :]
        room[: len(some)] = some
        return len(some)


def test_large_rows_are_held_a_few_at_a_time() -> None:
    rows = [f'A{at},{"v" * 2**20},"{"d" * 2**20}"\r\n' for at in range(100)]
    came = []

    def parts() -> Iterator[bytes]:
        yield HEADER.encode()
        for number, row in enumerate(rows):
            came.append(number)
            yield row.encode()

    table = table_of(io.BufferedReader(Coming(parts()), 2**16), "table", "")
    assert len(came) < 20, "the first rows, from which the order of days is told"
    found = list(batches(table.rows))
    assert [len(one) for one in found] == [32, 32, 32, 4]
    assert [number for one in found for number, _ in one] == list(range(1, 101))


def test_a_quote_that_is_not_closed_is_named_and_what_follows_is_read() -> None:
    wrong = 'A2,b,"c\n' + "A3,b,c\n" * 300 + 'A4,"b",c\nA5,b,c\n'
    data = f"{HEADER}A1,b,c\n{wrong}".encode()
    rows = by_blocks(data, 64)
    assert rows == by_csv_alone(data)
    assert rows[1] == (2, Unread(reason="quote-not-closed"))
    assert [number for number, _ in rows] == [1, 2, 3]


def test_the_first_rows_are_read_as_the_rest() -> None:
    rows = [award(f"70CTD024F{at:08}") for at in range(50)]
    data = download(*rows)
    assert by_blocks(data, 5_000, first=20) == by_csv_alone(data)
    assert len(by_csv_alone(data)) == len(list(csv.reader(io.StringIO(data.decode())))) - 1
