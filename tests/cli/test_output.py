"""Tables at the width of a terminal."""

from __future__ import annotations

import pytest

from beforehand.cli.output import print_table, widths

HEADS = ("Lead", "Award", "Because", "Doubt", "Read in")
PROSE = (
    "The watch-list is as reported, and nobody checked it, and so on for some more lines."
)
ROW = (
    "lead-invent24f00000011",
    "INVENT24F00000011, $185,000",
    PROSE,
    PROSE,
    "a.csv, row 1",
)


def test_no_id_is_cut_where_the_other_columns_can_give_way() -> None:
    found = [one for one in widths(HEADS, [ROW], 100) if one is not None]
    assert len(found) == len(HEADS)
    assert sum(found) + 3 * len(HEADS) + 1 == 100
    assert (found[0], found[1]) >= (22, 18)
    assert found[2] == pytest.approx(found[3], abs=1)


@pytest.mark.parametrize("width", [40, 400])
def test_what_fits_as_it_is_or_cannot_fit_is_left_to_the_table(width: int) -> None:
    assert widths(HEADS, [ROW], width) == (None,) * len(HEADS)


def test_a_table_with_no_row_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_table("Leads: 0", HEADS, ())
    print_table("0 entries", HEADS, ())
    print_table("Redress, by office and kind", HEADS, ())
    assert (
        capsys.readouterr().out
        == "Leads: 0\n0 entries\nRedress, by office and kind: none\n"
    )
