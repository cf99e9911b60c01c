"""Rows of the tables, as plain JSON values, from the values that the pages are written from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from beforehand.register.tables import Row, Table, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beforehand.register.site import Site


def table(  # a table's parts, in the order they are read
    name: str,
    title: str,
    says: str,
    fields: tuple[str, ...],
    rows: Iterable[Row],
    *,
    null: str = "none",
) -> Table:
    return Table(
        name=name, title=title, says=says, fields=fields, rows=tuple(rows), null=null
    )


def built(value: object) -> dict[str, Value]:
    """Return a struct, a dataclass or a mapping as plain JSON values."""
    plain: dict[str, Value] = msgspec.to_builtins(value)
    return plain


def prose(site: Site, item: str, fields: tuple[str, ...]) -> dict[str, Value]:
    """Return the prose that the site has of an item; null where it has none."""
    return {one: site.words.get(item, {}).get(one) for one in fields}


def texts(values: Iterable[str]) -> list[Value]:
    return list(values)
