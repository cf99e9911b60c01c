"""One table in two spellings: JSON for machines, CSV for spreadsheets. The same rows in both."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import msgspec

from beforehand.oversight.outside.celltext import BETWEEN, guarded

Value: TypeAlias = bool | int | str | list["Value"] | dict[str, "Value"] | None
Row: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows that all have the same fields.

    says   what a row is, in a sentence
    null   what a null is in the CSV: "unknown" of a reported record, "none" of a live one
    """

    name: str
    title: str
    says: str
    fields: tuple[str, ...]
    rows: tuple[Row, ...]
    null: str

    def json(self) -> bytes:
        return pretty([{name: row[name] for name in self.fields} for row in self.rows])

    def csv(self) -> bytes:
        """Return the rows as RFC 4180 has them: a header, CRLF, quotes where needed."""
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow(self.fields)
        writer.writerows(
            [cell(row[name], null=self.null) for name in self.fields] for row in self.rows
        )
        return out.getvalue().encode()


def cell(value: Value, *, null: str) -> str:
    """Return a value as one CSV cell; a list of texts is joined, anything deeper is JSON."""
    match value:
        case None:
            return null
        case bool() | int():
            return str(value).lower()
        case str():
            return guarded(value)
        case []:
            return "none"
        case list() if all(isinstance(one, str) for one in value):
            return guarded(BETWEEN.join(str(one) for one in value))
        case _:
            return msgspec.json.encode(value).decode()


def pretty(value: object) -> bytes:
    """Return `value` as indented JSON with a final newline."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
