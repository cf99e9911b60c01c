"""A thing that was imported is written and read again as it was, whatever its source wrote."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from beforehand.oversight.outside import files, formats, landing, taken, told, writing
from beforehand.oversight.outside.formats import Format
from beforehand.oversight.outside.shelf import Files, Kept
from beforehand.oversight.outside.sightings import Row, Sighting, Unread

DAYS = ("2024-07-15", "2023-01", "2022", "2022~", "")
values = st.text(st.characters(codec="utf-8"), max_size=10) | st.sampled_from(
    [
        *(
            "70CTD024F00000001",
            "ABC",
            "0",
            "-5",
            "1.50",
            "$1,000",
            "1.5E+07",
            "(5)",
            "70CTD0-24",
        ),
        *(
            "2024-03-01",
            "05/06/2017",
            "30/08/16",
            "2201-01-01",
            "January 2022",
            "2022",
            "soon",
        ),
        *(
            "=1+1",
            "'=1",
            "@x",
            " ",
            "a\r\nb",
            "N/A",
            "[blank]",
            "https://example.org/a.pdf, too",
        ),
        *(
            "DHS/ICE/PIA-055(a)",
            "DHS/A&B/PIA-055",
            "DHSICE PIA055",
            "Closed",
            "open",
            "-NONE-",
        ),
    ]
)


def kept(row: Sighting) -> Kept:
    return Kept(
        kind=row.kind,
        key=row.key,
        body=row.body,
        as_of=row.as_of,
        file="",
        member="",
        row=1,
        mixed=row.mixed,
    )


def read(form: Format, header: list[str], cells: list[str], *, as_of: str = "") -> Row:
    reader = formats.reader(form, header, "unknown", as_of)
    return reader.read(reader.pick(cells))


@pytest.mark.parametrize("name", taken.LISTS)
@given(data=st.data())
def test_a_thing_is_read_again_as_it_was(name: str, data: st.DataObject) -> None:
    listed = taken.LISTS[name]
    form = formats.BY_NAME[listed.form]
    columns = sorted({one for some in form.names.values() for one in some})
    cells = data.draw(
        st.lists(values, min_size=len(columns), max_size=len(columns)), label="cells"
    )
    seen = read(form, columns, cells, as_of=data.draw(st.sampled_from(DAYS)))
    if not isinstance(seen, Sighting):
        return
    days = data.draw(
        st.dictionaries(st.sampled_from(sorted(seen.body)), st.just("2021-01-01"))
    )
    seen.mixed = days
    table = b"".join(writing.csv_of(name, [taken.cells(name, kept(seen))])).decode()
    header, row = csv.reader(io.StringIO(table, newline=""))
    again = read(form, header, row)
    assert isinstance(again, Sighting)
    assert (again.kind, again.key, again.as_of) == (seen.kind, seen.key, seen.as_of)
    assert (again.body, again.mixed) == (seen.body, seen.mixed)


@pytest.mark.parametrize("name", taken.LISTS)
def test_a_list_is_told_by_the_columns_of_its_export(name: str) -> None:
    found = formats.recognised(taken.header(name))
    assert found is not None
    assert found.name == taken.LISTS[name].form
    # Its columns are among those that the format reads.
    assert set(taken.LISTS[name].columns.values()) <= {
        one for some in found.names.values() for one in some
    }


@pytest.mark.parametrize("name", told.LISTS)
def test_a_list_of_a_register_is_told_by_its_columns(name: str) -> None:
    found = formats.recognised(told.header(name))
    assert found is not None
    assert found.name == f"export-{name}"


@example(text="vendor=2024-07-15 office=2023~")
@given(text=st.text())
def test_days_of_fields_are_read_as_they_were_written(text: str) -> None:
    mixed = taken.read_otherwise(text)
    assert taken.read_otherwise(taken.otherwise(mixed)) == mixed


@pytest.mark.parametrize(
    ("dated", "otherwise", "lands"),
    [
        pytest.param("2024-07-15", "title=2023~", True, id="days"),
        pytest.param("", "title=", True, id="not known"),
        pytest.param("zzzz", "", False, id="no day"),
        pytest.param("2024-13", "", False, id="no month"),
        pytest.param("2024-07-15", "title=zzzz", False, id="a field of no day"),
    ],
)
def test_a_row_dated_by_no_day_is_no_export(
    dated: str, otherwise: str, lands: bool
) -> None:
    """It would be newer than any day, and nothing could ever correct it."""
    form = formats.BY_NAME["assessments"]
    header = ["title_as_listed", taken.AS_OF, taken.OTHERWISE]
    found = read(form, header, ["A title", dated, otherwise])
    assert isinstance(found, Sighting) == lands
    if not lands:
        assert found == Unread(reason="not-as-exported")


def test_an_older_field_stays_older_when_it_comes_back(tmp_path: Path) -> None:
    """A field's own day comes along, so that nothing older than it can replace it there."""
    table = (
        b"award_id_piid,modification_number,action_date,recipient_name,last_modified_date,"
        b"last_modified_otherwise\r\n"
        b"70CTD024F00000001,0,2024-03-01,Maker,2025-01-01,vendor=2023-01-01\r\n"
    )
    between = table.replace(b"Maker,2025-01-01,vendor=2023-01-01", b"Other,2024-01-01,")
    with Files(None) as shelf:
        for number, data in enumerate((table, between)):
            path = tmp_path / f"{number}.csv"
            path.write_bytes(data)
            with (
                shelf.taking(str(number)),
                files.opened(path, name=path.name) as (tables, _),
            ):
                landing.land(tables, shelf, told=lambda _: None)
        (found,) = shelf.things("award")
    assert found.body["vendor"] == "Other"
    assert found.mixed["vendor"] == "2024-01-01"
    assert found.as_of == "2025-01-01"
