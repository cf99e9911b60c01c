"""Files from outside: every sample lands with counts that add up, and each quirk is met."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.oversight.outside import files, inventories, landing, values
from beforehand.oversight.outside.landing import Landed
from beforehand.oversight.outside.shelf import Award, Files, Kept
from beforehand.oversight.outside.sightings import Known, Sighting, merged
from beforehand.refusal import InputError

DATA = Path(__file__).parents[1] / "data"
SAMPLES = sorted(one for one in DATA.glob("*/*") if one.is_file())
COLUMNS = (
    (DATA / "usaspending" / "columns_contracts_primetransactions_2025.txt")
    .read_text(encoding="utf-8")
    .split()
)


@pytest.fixture
def shelf() -> Iterator[Files]:
    with Files(None) as opened:
        yield opened


def take(shelf: Files, path: Path, *, as_of: str = "", keep: bool = True) -> Landed:
    with (
        shelf.taking(files.digest_of(path), keep=keep),
        files.opened(path, name=path.name, as_of=as_of) as (tables, _),
    ):
        return landing.land(tables, shelf, told=lambda _: None)


def outcome(landed: Landed) -> dict[str, int]:
    counts = {
        name: landed.count(name)
        for name in ("read", "new", "completed", "corrected", "same", "older")
    }
    return {name: rows for name, rows in counts.items() if rows} | landed.refused()


def award(number: str, vendor: str = "MAKER, INC.", **cells: str) -> dict[str, str]:
    return {
        "contract_award_unique_key": f"CONT_AWD_{number}_7012_-NONE-_-NONE-",
        "award_id_piid": number,
        "modification_number": "0",
        "transaction_number": "0",
        "action_date": "2024-03-01",
        "last_modified_date": "2024-07-15 08:26:00+00",
        "recipient_name": vendor,
        "federal_action_obligation": "1000.00",
        **cells,
    }


def download(*rows: dict[str, str], columns: list[str] = COLUMNS) -> bytes:
    """A table as it is delivered today."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def put(folder: Path, data: bytes, name: str = "download.csv") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "."), data)
    return file.getvalue()


def answer(*results: dict[str, object]) -> bytes:
    return json.dumps({"limit": 10, "results": results}).encode()


# -- the samples -------------------------------------------------------------------------

GOLDEN: dict[str, tuple[str, dict[str, int]]] = {
    "ai_inventory_2024_v1_bom_sample.csv": (
        "ai-inventory",
        {"read": 46, "new": 45, "same": 1},
    ),
    "ai_inventory_2025_consolidated_sample.csv": (
        "ai-inventory",
        {"read": 120, "new": 120},
    ),
    "dhs_pia_titles_as_listed.csv": ("assessments", {"read": 17, "new": 17}),
    "pia_links_named_in_ai_inventory_2025.csv": (
        "ai-inventory",
        {"read": 143, "new": 137, "same": 6},
    ),
    "gao_open_recommendations_sample.csv": ("recommendations", {"read": 10, "new": 10}),
    "inspectors_general_directory.json": ("inspectors-general", {"read": 84, "new": 84}),
    "api_awards_contract.json": ("usaspending-award", {"read": 1, "new": 1}),
    "api_awards_search_results_contracts.json": (
        "usaspending-search",
        {"read": 5, "new": 4, "corrected": 1},
    ),
    "api_awards_transactions.json": ("usaspending-transactions", {"read": 3, "new": 3}),
    "api_axon_flock_dhs_excerpt.jsonl": ("usaspending-search", {"read": 3, "new": 3}),
    "columns_contracts_primetransactions_2025.txt": (
        "column-names",
        {"read": 297, "column-name": 297},
    ),
    "ice_awards_2014_2018_cleaned_names_sample.csv": ("awards", {"read": 166, "new": 166}),
    "ice_contract_transactions_fy2017_sample.csv": (
        "usaspending-transactions",
        {"read": 110, "new": 110},
    ),
    "ifa_plan-of-action-and-milestones.json": ("oscal-poam", {"read": 2, "new": 2}),
    "reseller_cases_fivecast.csv": ("reseller-cases", {"read": 2, "new": 2}),
    "watchlist_vendors_products_as_reported.csv": ("watch-list", {"read": 11, "new": 11}),
}


def test_each_sample_has_its_counts_here() -> None:
    assert {one.name for one in SAMPLES} == set(GOLDEN)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_every_row_of_a_sample_lands_or_is_named(path: Path, shelf: Files) -> None:
    landed = take(shelf, path)
    assert all(one.adds_up() for one in landed.members)
    assert (landed.formats, outcome(landed)) == (
        (GOLDEN[path.name][0],),
        GOLDEN[path.name][1],
    )


def test_all_samples_together_hold_each_award_once(shelf: Files) -> None:
    rows = sum(take(shelf, one).count("read") for one in SAMPLES)
    awards = list(shelf.awards())
    assert rows == sum(counts["read"] for _, counts in GOLDEN.values())
    assert shelf.count_awards() == len(awards)
    (icm,) = [one for one in awards if one.number == "HSCETC14C00002"]
    assert {one.member for one in icm.rows} == {
        "ice_awards_2014_2018_cleaned_names_sample.csv",
        "ice_contract_transactions_fy2017_sample.csv",
    }
    assert icm.agency == "7012"


def shelf_text(shelf: Files) -> list[tuple[str, str, dict[str, str], str]]:
    return [
        (one.kind, one.key, one.body, one.as_of)
        for kind in ("award", "use-case", "assessment", "recommendation", "watch-entry")
        for one in shelf.things(kind)
    ]


def test_samples_give_one_table_in_either_order() -> None:
    with Files(None) as one, Files(None) as other:
        for path in SAMPLES:
            take(one, path)
        for path in reversed(SAMPLES):
            take(other, path)
        # What two sources say differently of one day, the later import says; nothing else.
        apart = [
            (first, second)
            for first, second in zip(shelf_text(one), shelf_text(other), strict=True)
            if first != second
        ]
        assert {first[0] for first, _ in apart} <= {"use-case"}


# -- traps -------------------------------------------------------------------------------


def of(shelf: Files, kind: str = "award") -> list[Kept]:
    return list(shelf.things(kind))


def test_days_that_are_day_first_are_told_from_the_file(shelf: Files) -> None:
    take(shelf, DATA / "usaspending" / "ice_contract_transactions_fy2017_sample.csv")
    rows = {one.body["number"]: one.body for one in of(shelf)}
    assert rows["HSCEMD17P00101"]["signed"] == "2017-09-08"
    assert rows["HSCETC14C00002"]["starts"] == "2017-09-25"
    assert rows["HSCEMD17P00116"]["ends"] == "2020-09-28"


def test_a_day_whose_order_nothing_shows_is_known_by_its_year_alone() -> None:
    assert values.read_day("05/06/2017", "unknown") == ("2017", "date-order-unknown")
    assert values.read_day("05/06/2017", "day first") == ("2017-06-05", "")
    assert values.read_day("05/06/17 14:34", "month first") == ("2017-05-06", "")
    assert values.day_order(["05/06/2017", "30/06/2017"]) == "day first"
    assert values.day_order(["30/06/2017", "06/30/2017"]) == "unknown"


@pytest.mark.parametrize(
    ("text", "day", "flag"),
    [
        ("2029-09-30 00:00:00", "2029-09-30", ""),
        ("2024-07-15 08:26:00+00", "2024-07-15", ""),
        ("2024-07-15T08:26:00Z", "2024-07-15", ""),
        ("Jun 29, 2021", "2021-06-29", ""),
        ("January 2022", "2022-01", ""),
        ("2201-01-01", "2201-01-01", "date-implausible"),
        ("2024-02-30", "", "date-unreadable"),
        ("soon", "", "date-unreadable"),
        ("", "", ""),
    ],
)
def test_a_day_is_read_or_flagged(text: str, day: str, flag: str) -> None:
    assert values.read_day(text, "unknown") == (day, flag)


@pytest.mark.parametrize(
    ("text", "amount", "flag"),
    [
        ("0", "0", ""),
        ("", "", ""),
        ("-23401.41", "-23401.41", ""),
        ("12.50", "12.5", ""),
        ("$4,186,180.50", "4186180.5", ""),
        ("(572.78)", "-572.78", ""),
        ("-0.00", "0", ""),
        ("1.5E+07", "15000000", "amount-rounded"),
        ("70123456789012345", "70123456789012345", "amount-implausible"),
        ("n/a", "", "amount-unreadable"),
    ],
)
def test_an_amount_is_read_or_flagged_and_empty_is_not_zero(
    text: str, amount: str, flag: str
) -> None:
    assert values.read_amount(text) == (amount, flag)


def test_implausible_values_are_flagged_and_land(tmp_path: Path, shelf: Files) -> None:
    rows = (
        award("70CTD024F12345678", federal_action_obligation="12345678"),
        award("70CTD024F00000002", period_of_performance_current_end_date="2201-01-01"),
        award(
            "70CTD024F00000003",
            period_of_performance_start_date="2024-05-01",
            period_of_performance_current_end_date="2024-04-01",
        ),
        award("123"),
    )
    landed = take(shelf, put(tmp_path, download(*rows)))
    assert outcome(landed) == {"read": 4, "new": 4}
    assert landed.flagged() == {
        "amount-is-award-number": 1,
        "date-implausible": 1,
        "ends-before-it-starts": 1,
        "number-unusual": 1,
    }
    (first,) = [one for one in landed.members[0].flagged if "amount" in one.reason]
    assert first.first == (1,)


def test_a_header_that_is_repeated_and_rows_that_do_not_fit_are_named(
    tmp_path: Path, shelf: Files
) -> None:
    whole = download(award("70CTD024F00000001")).decode()
    header, row, _ = whole.split("\r\n")
    text = "\r\n".join((header, row, header, "", "1,2,3", f"{row},", f"{row},x", ",,", ""))
    landed = take(shelf, put(tmp_path, text.encode()))
    assert outcome(landed) == {
        "read": 7,
        "new": 1,
        "same": 1,
        "blank": 2,
        "header-repeated": 1,
        "too-few-cells": 1,
        "too-many-cells": 1,
    }
    assert {one.reason: one.first for one in landed.members[0].refused} == {
        "blank": (3, 7),
        "header-repeated": (2,),
        "too-few-cells": (4,),
        "too-many-cells": (6,),
    }


def test_cells_hold_commas_quotes_and_line_breaks(tmp_path: Path, shelf: Files) -> None:
    said = 'FIRST, "SECOND"\r\nTHIRD'
    take(
        shelf,
        put(tmp_path, download(award("70CTD024F00000001", transaction_description=said))),
    )
    assert of(shelf)[0].body["description"] == said


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_part_of_the_first_column(
    tmp_path: Path, shelf: Files, encoding: str
) -> None:
    data = download(award("70CTD024F00000001")).decode().encode(encoding)
    assert outcome(take(shelf, put(tmp_path, data))) == {"read": 1, "new": 1}


def test_bytes_that_are_not_utf_8_are_read_as_windows_writes_them(
    tmp_path: Path, shelf: Files
) -> None:
    data = download(award("70CTD024F00000001", vendor="CAFÉ")).decode().encode("cp1252")
    take(shelf, put(tmp_path, data))
    assert of(shelf)[0].body["vendor"] == "CAFÉ"
    again = data.replace(b"download", b"again") + b"\r\n"
    assert outcome(take(shelf, put(tmp_path, again))) == {"read": 2, "same": 1, "blank": 1}


def test_bytes_that_are_not_utf_8_break_no_key(tmp_path: Path, shelf: Files) -> None:
    row = award(
        "70CTD024F00000001",
        contract_award_unique_key="",
        awarding_sub_agency_code="70É|12",
        modification_number="P|É1",
    )
    take(shelf, put(tmp_path, download(row).decode().encode("cp1252")))
    assert [one.key for one in shelf.things("award")] == ["70CTD024F00000001|7012||P1|0"]


def test_a_text_of_both_encodings_keeps_what_is_utf_8(tmp_path: Path, shelf: Files) -> None:
    data = download(award("70CTD024F00000001", vendor="CAFÉ «X»"))
    take(shelf, put(tmp_path, data.replace("«".encode(), b"\xab")))
    assert of(shelf)[0].body["vendor"] == "CAFÉ «X»"


@pytest.mark.parametrize("delimiter", ["\t", ";", "|"])
def test_another_delimiter_is_told_from_the_header(
    tmp_path: Path, shelf: Files, delimiter: str
) -> None:
    rows = list(csv.reader(download(award("70CTD024F00000001")).decode().splitlines()))
    text = "\n".join(delimiter.join(row).replace(", ", " ") for row in rows)
    assert outcome(take(shelf, put(tmp_path, text.encode()))) == {"read": 1, "new": 1}


def test_a_zip_is_read_member_by_member(tmp_path: Path, shelf: Files) -> None:
    data = zipped(
        Contracts_PrimeTransactions_1__csv=download(award("70CTD024F00000001")),
        Contracts_PrimeTransactions_2__csv=download(award("70CTD024F00000002")),
        Contracts_PrimeTransactions_3__csv=download(),
        Assistance_PrimeTransactions_1__csv=b"award_id_fain,x\nF-1,y\nF-2,y\n",
        Data_Dictionary__xlsx=b"PK not a table",
    )
    landed = take(shelf, put(tmp_path, data, "all.zip"))
    assert [(one.form, one.read) for one in landed.members] == [
        ("usaspending-transactions", 1),
        ("usaspending-transactions", 1),
        ("usaspending-transactions", 0),
        ("usaspending-assistance", 2),
        ("", 0),
    ]
    assert landed.refused() == {"not-a-purchase": 2}
    assert shelf.count_awards() == 2


def test_a_gzip_is_unfolded(tmp_path: Path, shelf: Files) -> None:
    data = gzip.compress(download(award("70CTD024F00000001")))
    assert outcome(take(shelf, put(tmp_path, data, "x.csv.gz"))) == {"read": 1, "new": 1}


def test_a_broken_member_leaves_nothing(tmp_path: Path, shelf: Files) -> None:
    data = bytearray(
        zipped(
            a__csv=download(award("70CTD024F00000001")), b__csv=download(award("X" * 5000))
        )
    )
    at = data.find(b"b.csv") + 60
    data[at : at + 4] = b"\x00\xff\x00\xff"
    with pytest.raises(InputError, match=r"b\.csv: expected a file that is whole"):
        take(shelf, put(tmp_path, bytes(data), "all.zip"))
    assert of(shelf) == []
    assert shelf.digests() == ()


def test_a_shelf_that_has_no_room_is_said_and_takes_nothing(tmp_path: Path) -> None:
    many = [award(f"70CTD024F{at:08}") for at in range(5_000)]
    path = put(tmp_path, download(*many))
    with Files(tmp_path / "outside.sqlite") as shelf:
        room = shelf._db.execute("PRAGMA max_page_count = 40").fetchone()  # noqa: SLF001  # a small disk
        assert room == (40,)
        with pytest.raises(InputError, match="expected room to take a file"):
            take(shelf, path)
        assert (of(shelf), shelf.digests()) == ([], ())
        shelf._db.execute("PRAGMA max_page_count = 100000")  # noqa: SLF001
        assert outcome(take(shelf, path))["new"] == len(many)


def _changed(data: bytes, at: int, to: bytes) -> bytes:
    return data[:at] + to + data[at + len(to) :]


def _members(how: int, name: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as archive:
        archive.writestr(name, download(*[award(f"70CTD024F{at:08}") for at in range(99)]))
    return file.getvalue()


FOLDED = gzip.compress(download(award("70CTD024F00000001")))
CRUSHED = _members(zipfile.ZIP_LZMA, "a.csv")
NAMED = _members(zipfile.ZIP_STORED, "é.csv")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(FOLDED[:5], id="a gzip cut in its head"),
        pytest.param(FOLDED[:60], id="a gzip cut in its first rows"),
        pytest.param(
            _changed(FOLDED, 20, b"\xff\xff\xff"), id="a gzip that does not unfold"
        ),
        pytest.param(
            _changed(FOLDED, len(FOLDED) - 8, b"\0\0"), id="a gzip of another sum"
        ),
        pytest.param(
            _changed(CRUSHED, 60, b"\xff" * 9), id="a member that LZMA cannot read"
        ),
        pytest.param(NAMED.replace("é".encode(), b"\xff\xff"), id="a name that is no text"),
    ],
)
def test_an_archive_that_is_broken_is_refused(
    tmp_path: Path, shelf: Files, data: bytes
) -> None:
    with pytest.raises(InputError, match="expected a file that is whole"):
        take(shelf, put(tmp_path, data))
    assert shelf.digests() == ()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "got an empty file"),
        (b"a,b\n1,2\n", r"whose columns are known, got 'a,b"),
        (b'{"a": 1}', "whose columns are known"),
        (b'{"results": [', "expected JSON"),
        (zipped(notes__txt=b"hello"), "a member whose columns are known, got none"),
        (b"[" + b"{}," * 2**22 + b"{}]", "at most 8,388,608 values, got up to 8,388,610"),
    ],
    ids=["empty", "other columns", "other answer", "cut answer", "no table in it", "bomb"],
)
def test_a_file_that_is_not_known_is_refused_with_what_it_begins_with(
    tmp_path: Path, shelf: Files, data: bytes, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        take(shelf, put(tmp_path, data))
    assert shelf.digests() == ()


# -- one award ---------------------------------------------------------------------------


def test_a_transaction_of_a_table_and_of_an_answer_is_one(
    tmp_path: Path, shelf: Files
) -> None:
    take(
        shelf, put(tmp_path, download(award("80GSFC18C0008", modification_number="P00065")))
    )
    key = "CONT_TX_7012_-NONE-_80GSFC18C0008_P00065_-NONE-_0"
    record = {
        "id": key,
        "action_date": "2024-03-01",
        "modification_number": "P00065",
        "federal_action_obligation": 1000.0,
    }
    answer = put(tmp_path, json.dumps({"results": [record]}).encode(), "answer.json")
    assert outcome(take(shelf, answer)) == {"read": 1, "same": 1}


def test_a_correction_replaces_and_says_so(tmp_path: Path, shelf: Files) -> None:
    take(shelf, put(tmp_path, download(award("70CTD024F00000001")), "first.csv"))
    corrected = award(
        "70CTD024F00000001",
        federal_action_obligation="900.00",
        last_modified_date="2024-08-01",
    )
    landed = take(shelf, put(tmp_path, download(corrected), "second.csv"))
    assert outcome(landed) == {"read": 1, "corrected": 1}
    (change,) = landed.changes
    assert (change.field, change.before, change.after) == ("obligated", "1000", "900")
    assert of(shelf)[0].member == "second.csv"

    older = award("70CTD024F00000001", federal_action_obligation="1.00")
    landed = take(shelf, put(tmp_path, download(older), "third.csv"))
    assert outcome(landed) == {"read": 1, "older": 1}
    assert of(shelf)[0].body["obligated"] == "900"


def test_a_row_that_adds_what_was_not_known_is_no_correction(
    tmp_path: Path, shelf: Files
) -> None:
    take(shelf, put(tmp_path, download(award("70CTD024F00000001")), "first.csv"))
    fuller = award("70CTD024F00000001", transaction_description="SOFTWARE")
    landed = take(shelf, put(tmp_path, download(fuller), "second.csv"))
    assert outcome(landed) == {"read": 1, "completed": 1}
    assert landed.changes == ()


def identities(shelf: Files) -> list[tuple[str, str, str, int]]:
    return [(one.number, one.agency, one.parent, len(one.rows)) for one in shelf.awards()]


def test_a_number_alone_means_the_only_award_that_has_it(
    tmp_path: Path, shelf: Files
) -> None:
    plain = b"award_id,recipient_name\n70ctd-024-F-00000001,Maker\n0001,Maker\n"
    order = {
        "contract_award_unique_key": "CONT_AWD_0001_9700_PARENT1_9700",
        "award_id_piid": "0001",
    }
    other = {
        "contract_award_unique_key": "CONT_AWD_0001_9700_PARENT2_9700",
        "award_id_piid": "0001",
    }
    data = download(
        award("70CTD024F00000001"), award("0001", **order), award("0001", **other)
    )
    take(shelf, put(tmp_path, plain, "plain.csv"))
    take(shelf, put(tmp_path, data))
    assert identities(shelf) == [
        ("0001", "", "", 1),
        ("0001", "9700", "PARENT1", 1),
        ("0001", "9700", "PARENT2", 1),
        ("70CTD024F00000001", "7012", "", 2),
    ]
    assert shelf.count_awards() == 4


def test_what_is_tried_is_not_kept(tmp_path: Path, shelf: Files) -> None:
    landed = take(shelf, put(tmp_path, download(award("70CTD024F00000001"))), keep=False)
    assert outcome(landed) == {"read": 1, "new": 1}
    assert of(shelf) == []


# -- laws --------------------------------------------------------------------------------

bodies = st.dictionaries(st.sampled_from("abc"), st.sampled_from("xyz"), min_size=1)
days = st.sampled_from(["", "2024-01-01", "2024-02-01", "2024-03-01"])
sightings = st.builds(
    lambda body, as_of: Sighting(kind="award", key="k", body=body, as_of=as_of),
    bodies,
    days,
)


def folded(seen: list[Sighting]) -> Known:
    known = Known(body=seen[0].body, as_of=seen[0].as_of)
    for one in seen[1:]:
        known, _, _ = merged(known, one)
    return known


def as_kept(known: Known) -> dict[str, tuple[str, str]]:
    return {name: (said, known.field_as_of(name)) for name, said in known.body.items()}


@given(
    st.lists(sightings, min_size=1, max_size=5, unique_by=lambda one: one.as_of),
    st.randoms(),
)
def test_sightings_of_different_days_give_one_thing_in_any_order(
    seen: list[Sighting], rng: object
) -> None:
    other = list(seen)
    rng.shuffle(other)  # type: ignore[attr-defined]  # a Random
    assert as_kept(folded(seen)) == as_kept(folded(other))


@given(sightings, sightings)
def test_a_sighting_seen_again_changes_nothing(one: Sighting, other: Sighting) -> None:
    known, _, _ = merged(Known(body=one.body, as_of=one.as_of), other)
    again, word, changes = merged(known, other)
    assert (again, changes) == (known, [])
    assert word in ("same", "older")


@given(
    st.lists(
        st.tuples(st.sampled_from(["", "A", "B"]), st.sampled_from(["", "P", "Q"])),
        min_size=1,
    )
)
def test_every_row_of_a_number_is_of_exactly_one_award(some: list[tuple[str, str]]) -> None:
    from beforehand.oversight.outside.shelf import one_award  # noqa: PLC0415

    rows = [
        Kept(
            kind="award",
            key=f"N|{agency}|{parent}|{at}",
            body={},
            as_of="",
            file="",
            member="",
            row=at,
        )
        for at, (agency, parent) in enumerate(some)
    ]
    awards: list[Award] = list(one_award("N", rows))
    assert sorted(kept.row for one in awards for kept in one.rows) == list(range(len(some)))
    assert len({(one.agency, one.parent) for one in awards}) == len(awards)


# -- inventories -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "word", "links", "flag"),
    [
        ("https://www.dhs.gov/publication/a", "links", 1, ""),
        ("https://a.gov/x https://b.gov/y", "links", 2, "several-links"),
        ("https://a.gov/x; https://b.gov/y", "links", 2, "several-links"),
        ("See https://a.gov/x.", "links", 1, "link-with-words"),
        (
            "To be posted on https://www.hhs.gov/pia/",
            "promised",
            1,
            "link-is-not-the-assessment",
        ),
        ("Not Applicable", "not-applicable", 0, ""),
        ("N>A", "not-applicable", 0, ""),
        ("Not applicable.", "not-applicable", 0, ""),
        ("na", "not-applicable", 0, ""),
        ("PIA not publically available", "not-public", 0, ""),
        ("Unpublished", "not-public", 0, ""),
        ("No", "none", 0, ""),
        ("unknown", "unknown", 0, ""),
        ("Yes", "yes", 0, "link-missing"),
        ("Case Management PIA", "named", 0, "link-missing"),
    ],
)
def test_what_stands_in_the_field_for_an_assessment_is_told_apart(
    text: str, word: str, links: int, flag: str
) -> None:
    said, found, wrong = inventories.assessment_field(text)
    assert (said, len(found), wrong) == (word, links, flag)


@pytest.mark.parametrize(
    ("text", "numbers", "rest"),
    [
        ("70B03C22A00000031", ("70B03C22A00000031",), ""),
        (
            "70CTD021FR0000248; 70CDCR24FR0000048",
            ("70CTD021FR0000248", "70CDCR24FR0000048"),
            "",
        ),
        (
            "70CTD021FR0000248/70CDCR24FR0000048",
            ("70CTD021FR0000248", "70CDCR24FR0000048"),
            "",
        ),
        ("PIID 36C10B23C0025, 36C10B23C0025", ("36C10B23C0025",), ""),
        (
            "N/A - Aligned with 70RDAD23FR0000148",
            ("70RDAD23FR0000148",),
            "N/A - Aligned with",
        ),
        ("024-000005265", (), "024-000005265"),
    ],
)
def test_a_cell_may_hold_several_contract_numbers_or_none(
    text: str, numbers: tuple[str, ...], rest: str
) -> None:
    assert inventories.contract_numbers(text)[0] == numbers
    assert bool(inventories.contract_numbers(text)[1]) == bool(rest)


def test_the_two_addresses_of_one_assessment_are_read_alike() -> None:
    assert (
        inventories.slug("https://a.gov/x/privacy-pia%20tecs.pdf?v=1") == "PRIVACY PIA TECS"
    )
    assert inventories.assessment_number("DHS/ICE/PIA-055 Repository") == "DHS ICE PIA 055"


# -- answers of the service --------------------------------------------------------------

FOUND: dict[str, object] = {
    "Award ID": "70CTD024F00000001",
    "Mod": "P00001",
    "Recipient Name": "MAKER, INC.",
    "Action Date": "2024-03-01",
    "Transaction Amount": "1000.00",
    "Transaction Description": "SOFTWARE",
    "internal_id": "1",
    "generated_internal_id": "CONT_AWD_70CTD024F00000001_7012_-NONE-_-NONE-",
}


def test_a_search_for_transactions_gives_each_of_them_as_a_download_does(
    tmp_path: Path, shelf: Files
) -> None:
    base = {**FOUND, "Mod": "0", "Transaction Amount": 7}
    first = put(tmp_path, answer(FOUND, base), "transactions.json")
    assert outcome(take(shelf, first)) == {"read": 2, "new": 2}
    rows = (
        award("70CTD024F00000001", modification_number="P00001"),
        award("70CTD024F00000001", federal_action_obligation="8.00"),
    )
    again = take(shelf, put(tmp_path, download(*rows)))
    assert (again.count("new"), again.count("corrected")) == (0, 1)
    found = {one.key.partition("||")[2]: one.body["obligated"] for one in of(shelf)}
    assert found == {"P00001|0": "1000", "0|0": "8"}


def test_subawards_of_the_service_are_no_awards(tmp_path: Path, shelf: Files) -> None:
    one: dict[str, object] = {
        "id": 1,
        "subaward_number": "2-A",
        "description": "PART OF IT",
        "action_date": "2024-03-01",
        "amount": 5.0,
        "recipient_name": "MAKER, INC.",
    }
    landed = take(shelf, put(tmp_path, answer(one), "subawards.json"))
    assert outcome(landed) == {"read": 1, "a-subaward": 1}
    assert landed.formats == ("usaspending-subawards",)


def test_a_plan_of_others_is_as_of_its_last_change_and_keeps_its_titles(
    shelf: Files,
) -> None:
    take(shelf, DATA / "oscal" / "ifa_plan-of-action-and-milestones.json")
    found = of(shelf, "recommendation")
    assert {one.as_of for one in found} == {"2024-02-01"}
    assert [one.body["comment"] for one in found] == [
        "GoodRead System Engineers Have Over-Privileged Access to Cloud Infrastructure Account",
        "Update Django Framework Configuration to Disable Default Admin Panel",
    ]


@pytest.mark.parametrize("order", ["unknown", "day first", "month first"])
@pytest.mark.parametrize(
    "text", ["January 0000", "January \u0662\u0660\u0662\u0662", "05/06/0000", "Dec 9999"]
)
def test_a_day_read_roughly_is_in_edtf_or_not_read(
    text: str, order: values.DayOrder
) -> None:
    day, wrong = values.read_day(text, order)
    expected = ("2022-01", "") if "\u0662" in text else ("", "date-unreadable")
    assert (day, wrong) == expected


def test_a_change_that_is_dated_implausibly_is_not_the_newest_for_good(
    tmp_path: Path, shelf: Files
) -> None:
    odd = award("70CTD024F00000001", vendor="ODD", last_modified_date="9999-12-31")
    landed = take(shelf, put(tmp_path, download(odd)))
    assert landed.flagged() == {"date-implausible": 1}
    row = award("70CTD024F00000001", vendor="PLAIN")
    assert take(shelf, put(tmp_path, download(row))).count("corrected") == 1
    assert of(shelf)[0].body["vendor"] == "PLAIN"
