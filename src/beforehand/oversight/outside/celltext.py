"""Typed values as the texts of cells, and back whole.

Null is an empty cell, and so is an empty list that cannot be null. Texts of a list stand
between bars; what is deeper is JSON.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec
from msgspec import inspect

if TYPE_CHECKING:
    from collections.abc import Mapping

# A spreadsheet runs a cell that begins so as a formula (OWASP, CSV injection).
# The last four are the first as East Asian keyboards write them, at full width.
FORMULA = (*("=", "+", "-", "@", "\t", "\r", "\n"), *"\uff1d\uff0b\uff0d\uff20")
BETWEEN = " | "
_MARK, _BAR, _JSON = "'", "|", ("[", '"')
_FIRST = frozenset((*FORMULA, _MARK))
_is_number = re.compile(r"-?\d+(\.\d+)?", re.ASCII).fullmatch
Shape: TypeAlias = Literal["text", "number", "texts", "deep"]


def guarded(text: str) -> str:
    """Return a text that no spreadsheet runs; `unguarded` gives it back."""
    if text[:1] not in _FIRST:  # nearly all, and this is asked of millions
        return text
    if text.lstrip(_MARK).startswith(FORMULA) and not _is_number(text):
        return f"{_MARK}{text}"
    return text


def unguarded(text: str) -> str:
    """Return what `guarded` was given."""
    if text[:1] == _MARK and text.lstrip(_MARK).startswith(FORMULA):
        return text[1:]
    return text


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a row. `of`: its type, without null."""

    name: str
    of: object
    shape: Shape
    nullable: bool

    def write(self, value: object) -> str:
        """Return a value of this column as text."""
        if value is None or (value == () and not self.nullable):
            return ""
        if self.shape == "text":
            return str(value)
        if self.shape == "texts" and isinstance(value, tuple) and _is_plain(value):
            return BETWEEN.join(value)
        return msgspec.json.encode(value).decode()

    def read(self, text: str) -> object:
        """Return the value that a text is of. Raises msgspec.ValidationError."""
        if text == "" and (self.nullable or self.shape != "text"):
            return None if self.nullable else msgspec.convert([], self.of)
        if self.shape == "text":
            return msgspec.convert(text, self.of)
        if self.shape == "texts" and not text.startswith(_JSON):
            return msgspec.convert(text.split(BETWEEN), self.of)
        return msgspec.json.decode(text, type=self.of)

    def convert(self, value: object) -> object:
        """Return a value of JSON as one of this column. Raises msgspec.ValidationError."""
        return None if value is None and self.nullable else msgspec.convert(value, self.of)


def _is_plain(texts: tuple[str, ...]) -> bool:
    """Whether the texts can be told apart again when they stand between bars."""
    return (
        bool(texts)
        and not texts[0].startswith(_JSON)
        and texts != ("",)
        and not any(_BAR in one for one in texts)
    )


def columns(row: type[msgspec.Struct]) -> tuple[Column, ...]:
    """Return the columns of a kind of row, in the order of its fields."""
    info = inspect.type_info(row)
    if not isinstance(info, inspect.StructType):
        raise TypeError(f"{row} has no fields")
    types = {one.encode_name: one.type for one in msgspec.structs.fields(row)}
    return tuple(_column(one.name, types[one.name], one.type) for one in info.fields)


def _column(name: str, of: object, told: inspect.Type) -> Column:
    nullable = False
    if isinstance(told, inspect.UnionType):
        nullable = told.includes_none
        rest = [one for one in told.types if not isinstance(one, inspect.NoneType)]
        told = rest[0] if len(rest) == 1 else inspect.AnyType()
    return Column(name=name, of=of, shape=_shape(told), nullable=nullable)


def _shape(told: inspect.Type) -> Shape:
    match told:
        case inspect.StrType():
            return "text"
        case inspect.LiteralType(values=values) if all(isinstance(v, str) for v in values):
            return "text"
        case inspect.VarTupleType(item_type=item) if _shape(item) == "text":
            return "texts"
        case inspect.IntType() | inspect.BoolType():
            return "number"
        case _:
            return "deep"


def written(row: msgspec.Struct, of: tuple[Column, ...]) -> dict[str, str]:
    """Return a row as texts by column; every column is there."""
    return {one.name: one.write(getattr(row, one.name)) for one in of}


def values(texts: Mapping[str, str], of: tuple[Column, ...]) -> dict[str, object]:
    """Return texts by column as values for JSON. Raises msgspec.ValidationError."""
    return {one.name: one.read(texts.get(one.name, "")) for one in of}
