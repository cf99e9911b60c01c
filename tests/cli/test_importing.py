"""`import` and `radar` at the terminal."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from beforehand.cli import main
from tests.app.fresh import appoint, make
from tests.oversight.test_outside import SAMPLES, award, download, put


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command on a new register; every space and line of a table becomes one space."""
    folder = tmp_path / "register"
    with make(folder) as app:
        appoint(app, "p-officer", "privacy_officer")
        appoint(app, "p-analyst", "analyst")

    def said(command: str, *words: str, status: int = 0) -> str:
        capsys.readouterr()
        assert main([command, str(folder), *words]) == status
        printed = capsys.readouterr()
        text = printed.err if status else printed.out
        if "--json" in words:
            return text
        return " ".join(re.sub("[─-╿]", " ", text).split())

    return said


def test_what_a_file_says_is_printed_as_it_is_and_does_nothing_to_the_terminal(
    run: Callable[..., str], tmp_path: Path
) -> None:
    rows = [award("70CTD024F00000001", vendor=vendor) for vendor in ("A", "[/b] \x1b[31mB")]
    path = tmp_path / "[i] :red_heart:.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[/b]\x1b[31m.csv", download(*rows))
    found = run("import", str(path), "--as", "p-officer")
    assert "[i] :red_heart:.zip: imported, entry" in found
    assert "[i] :red_heart:.zip: [/b]\ufffd[31m.csv" in found
    assert "vendor was A, is [/b] \ufffd[31mB." in found
    assert "\x1b" not in found


def test_an_import_says_what_became_of_every_row(
    run: Callable[..., str], tmp_path: Path
) -> None:
    path = put(tmp_path, download(award("70CTD024F00000001"), {}, award("123")))
    found = run("import", str(path), "--as", "p-officer", "--dry-run")
    assert "download.csv: what an import would do; nothing was written" in found
    found = run("import", str(path), "--as", "p-officer")
    assert "download.csv: imported, entry" in found
    assert "usaspending-transactions" in found
    assert " 3 2 0 0 0 0 1 " in found
    assert "Refused: no-award-number, 1 row of download.csv (2)." in found
    assert (
        "Flagged, and kept as written: number-unusual, 1 row of download.csv (3)." in found
    )
    assert "docs/reference/imports.md says what each reason and flag means." in found
    assert "Awards known: 0 before, 2 after." in found
    assert "imported before; nothing changed" in run(
        "import", str(path), "--as", "p-officer"
    )


def test_a_correction_is_said_from_what_to_what(
    run: Callable[..., str], tmp_path: Path
) -> None:
    first = put(tmp_path, download(award("70CTD024F00000001")), "first.csv")
    row = award("70CTD024F00000001", federal_action_obligation="900")
    second = put(tmp_path, download(row), "second.csv")
    found = run("import", str(first), str(second), "--as", "p-officer")
    assert "Corrected 70CTD024F00000001|7012||0|0: obligated was 1000, is 900." in found
    assert "Awards known: 1 before, 1 after." in found


def test_a_member_that_is_not_known_is_named(
    run: Callable[..., str], tmp_path: Path
) -> None:
    data = json.dumps({"results": []}).encode()
    assert "usaspending-search" in run(
        "import", str(put(tmp_path, data, "none.json")), "--as", "p-officer"
    )
    said = run(
        "import", str(put(tmp_path, b"a,b\n", "x.csv")), "--as", "p-officer", status=2
    )
    assert "whose columns are known, got 'a,b" in said
    said = run(
        *("import", str(put(tmp_path, download())), "--as", "p-officer"),
        *("--as-of", "yesterday"),
        status=2,
    )
    assert "--as-of: expected a day" in said


def test_the_same_as_one_object(run: Callable[..., str]) -> None:
    files = [str(one) for one in SAMPLES]
    found = json.loads(run("import", *files, "--as", "p-officer", "--json"))["files"]
    assert [one["name"] for one in found] == [one.name for one in SAMPLES]
    for one in found:
        for member in one["landed"]["members"]:
            refused = sum(reason["rows"] for reason in member["refused"])
            landed = sum(
                member[word] for word in ("new", "completed", "corrected", "same", "older")
            )
            assert member["read"] == landed + refused
    leads = json.loads(run("radar", "--json"))
    assert (leads["awards"], len(leads["leads"])) == (283, 19)


def test_the_radar_says_because_and_doubt_and_takes_a_persons_word(
    run: Callable[..., str], tmp_path: Path
) -> None:
    row = award(
        "70CTD024F00000001", vendor="RELX INC.", transaction_description="LAW HANDBOOKS"
    )
    run("import", str(put(tmp_path, download(row))), "--as", "p-officer")
    found = run("radar")
    assert "Leads: no assessment on record: 1" in found
    assert "RELX: vendor" in found
    assert "The text speaks of books or other printed matter." in found
    assert "download.csv, row 1" in found
    assert "1 leads, 1 of them open." in found
    assert "A lead is never a finding." in found
    reason = put(tmp_path, b"They are books.", "why.txt")
    words = ("--dismiss", "lead-70ctd024f00000001", "--reason", str(reason), "--as")
    assert "Refused: dismiss lead" in run("radar", *words, "p-analyst", status=3)
    assert "lead-70ctd024f00000001 dismissed, by p-officer." in run(
        "radar", *words, "p-officer"
    )
    assert "dismissed by p-officer" in run("radar")
    for alone in (
        ("--confirm", "lead-x"),
        ("--reason", str(reason)),
        ("--as", "p-officer"),
    ):
        assert "Give one of --confirm and --dismiss" in run("radar", *alone, status=2)


def test_reported_and_listed_recommendations_stand_beside_those_of_the_register(
    run: Callable[..., str],
) -> None:
    case = Path(__file__).parents[2] / "src" / "beforehand" / "cases" / "dhs-ctd.yaml"
    (gao,) = (one for one in SAMPLES if one.name.startswith("gao_"))
    run("import", str(case), str(gao), "--as", "p-officer", "--as-of", "2026-11-01")
    found = run("recommendations")
    for words in (
        "Reports: 1 ",
        "8, 5 open OIG-23-61 as reported",
        "Recommendations: 0 ",
        "As reported: 8 ",
        "non concur",
        "2024-06-30, passed",
        "not on record",
        "In lists of others: 10 ",
        "as of 2026-11-01",
    ):
        assert words in found, words
    listed = json.loads(run("recommendations", "--json"))
    assert [one["overdue"] for one in listed["reported"]].count(True) == 1
    assert {one["state"] for one in listed["listed"]} == {"open"}


def test_a_refused_import_says_which_file(run: Callable[..., str], tmp_path: Path) -> None:
    path = put(tmp_path, download(award("70CTD024F00000001")))
    assert f"{path}: not imported." in run(
        "import", str(path), "--as", "p-analyst", "--dry-run", status=3
    )
