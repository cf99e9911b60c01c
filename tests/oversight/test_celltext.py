"""What is written into cells comes back whole, and no cell is a formula."""

from __future__ import annotations

import csv
import io
from typing import Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.oversight.outside import celltext


class _Part(msgspec.Struct, frozen=True):
    name: str
    number: int | None


class _Row(msgspec.Struct, frozen=True, kw_only=True):
    text: str
    perhaps: str | None
    word: Literal["kept", "broken"]
    perhaps_word: Literal["kept", "broken"] | None
    number: int
    perhaps_number: int | None
    true: bool
    texts: tuple[str, ...]
    perhaps_texts: tuple[str, ...] | None
    words: tuple[Literal["kept", "broken"], ...]
    numbers: tuple[int, ...]
    parts: tuple[_Part, ...]
    counts: dict[str, int]


COLUMNS = celltext.columns(_Row)
texts = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    [
        "=1+1",
        "'=1",
        "''@x",
        "-5",
        "+5",
        "@a",
        "\tx",
        "a | b",
        "|",
        "[]",
        '["a"]',
        "'",
        " ",
        "\r\n",
        "\n=1",
        "\uff1d1+1",
        "'\uff20x",
    ]
)
words: Any = st.sampled_from(["kept", "broken"])
numbers = st.integers(-(2**53), 2**53)
rows = st.builds(
    _Row,
    text=texts,
    perhaps=st.none() | texts.filter(bool),
    word=words,
    perhaps_word=st.none() | words,
    number=numbers,
    perhaps_number=st.none() | numbers,
    true=st.booleans(),
    texts=st.lists(texts, max_size=3).map(tuple),
    perhaps_texts=st.none() | st.lists(texts, max_size=3).map(tuple),
    words=st.lists(words, max_size=3).map(tuple),
    numbers=st.lists(numbers, max_size=3).map(tuple),
    parts=st.lists(st.builds(_Part, texts, st.none() | numbers), max_size=2).map(tuple),
    counts=st.dictionaries(texts, numbers, max_size=2),
)


@given(rows)
def test_a_row_is_read_back_as_it_was_written(row: _Row) -> None:
    written = celltext.written(row, COLUMNS)
    assert list(written) == list(_Row.__struct_fields__)
    assert _Row(**celltext.values(written, COLUMNS)) == row  # type: ignore[arg-type]  # by column


@given(texts)
def test_a_guarded_text_comes_back_and_starts_no_formula(text: str) -> None:
    guarded = celltext.guarded(text)
    assert celltext.unguarded(guarded) == text
    assert not guarded.startswith(celltext.FORMULA) or guarded == text
    if guarded.startswith(celltext.FORMULA):
        assert float(guarded) <= 0  # a number, and no formula


@pytest.mark.parametrize(
    "sign", ["=", "+", "-", "@", "\t", "\r", "\n", *"\uff1d\uff0b\uff0d\uff20"]
)
def test_a_sign_that_begins_a_formula_is_guarded(sign: str) -> None:
    """OWASP, CSV injection: line breaks and signs at full width are among them."""
    for text in (f"{sign}SUM(A1)", f"'{sign}SUM(A1)"):
        assert celltext.guarded(text) == f"'{text}"


@given(st.lists(texts, min_size=1, max_size=4).filter(lambda row: row != [""]))
def test_cells_survive_a_table(row: list[str]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerow(map(celltext.guarded, row))
    (read,) = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert list(map(celltext.unguarded, read)) == row


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("number", ""),
        ("number", "1.5"),
        ("number", "many"),
        ("true", "yes"),
        ("word", "perhaps"),
        ("numbers", "[1,"),
        ("parts", '[{"name":"a"}]'),
        ("counts", ""),
    ],
)
def test_a_text_of_no_such_value_is_refused(column: str, text: str) -> None:
    (found,) = (one for one in COLUMNS if one.name == column)
    with pytest.raises(msgspec.DecodeError):
        found.read(text)
