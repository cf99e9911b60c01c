"""`docs/reference/exports.md` names every list and every column that there is, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from beforehand.oversight.outside import taken, told

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "exports.md").read_text("utf-8")
ROW = re.compile(r"^\| `([a-z-]+)` \| (.*) \|$", re.MULTILINE)


def columns(text: str) -> list[str]:
    return re.findall(r"`([a-z_]+)`", text)


def test_each_list_has_its_columns_there_and_what_tells_its_rows_apart() -> None:
    rows = dict(ROW.findall(PAGE))
    for name, listed in told.LISTS.items():
        _, _, said = rows.pop(name).partition("Columns: ")
        assert columns(said) == [one.name for one in told.columns(name)]
        assert re.findall(r"\*\*`([a-z_]+)`\*\*", said) == [
            one.name for one in told.columns(name) if one.name in listed.key
        ]
    for name, table in taken.LISTS.items():
        form, _, said = rows.pop(name).partition(" | ")
        assert form == f"`{table.form}`"
        assert columns(said) == list(table.columns.values())
    assert not [one for one in rows if one in (*told.LISTS, *taken.LISTS)]
    assert set(rows) <= {"poam-items", "deadline", "remediations"}
