"""Exports in JSON, read back: the name of the list, and its rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from beforehand.oversight.outside import formats, taken, told
from beforehand.oversight.outside.sightings import Row, Unread

if TYPE_CHECKING:
    from beforehand.oversight.outside.sightings import Json

VERSION: Final = 1
NAMES: Final = (*told.LISTS, *taken.LISTS)


def records(answer: Mapping[str, Json]) -> tuple[str, list[Json]]:
    """Return the format of an export, and its rows. The format is empty if not known."""
    name, rows = answer.get("export"), answer.get("rows")
    if name in NAMES and answer.get("version") == VERSION and isinstance(rows, list):
        return f"{formats.EXPORT}{name}", rows
    return "", []


def read(record: Json, form: str, as_of: str) -> Row:
    """Return what one row of an export says."""
    if not isinstance(record, dict):
        return Unread(reason="not-an-object")
    name = form.removeprefix(formats.EXPORT)
    if name in told.LISTS:
        return told.read_json(name, record)
    texts = {column: said for column, said in record.items() if isinstance(said, str)}
    if texts.keys() != set(taken.header(name)):
        return Unread(reason=told.REASON)
    return read_texts(name, texts, as_of)


def read_texts(name: str, texts: Mapping[str, str], as_of: str) -> Row:
    """Return what a row says, by its texts as they were before any guard."""
    if name in told.LISTS:
        return told.read_texts(name, texts)
    own = formats.BY_NAME[taken.LISTS[name].form]
    return formats.exported(own, "unknown", as_of)(texts)
