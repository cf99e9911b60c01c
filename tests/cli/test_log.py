"""`log`, `show --as-of` and `rebuild` at the terminal."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from beforehand.cli import main


@pytest.fixture
def register(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    folder = tmp_path / "invented"
    names = ["--title", "Invented", "--office", "dept", "--administrator", "p-root"]
    assert main(["init", str(folder), *names]) == 0
    for number in range(6):
        office = f"unit-{number}"
        fields = {"act": "name-office", "actor": "p-root", "office": office}
        act = tmp_path / "act.json"
        act.write_text(json.dumps({**fields, "office_kind": "unit", "parent": "dept"}))
        assert main(["submit", str(folder), str(act)]) == 0
    capsys.readouterr()
    return folder


def listed(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, object]:
    assert main(["log", *map(str, arguments), "--json"]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def numbers(found: dict[str, object]) -> list[int]:
    entries = found["entries"]
    assert isinstance(entries, list)
    return [one["entry"] for one in entries]


def test_the_log_is_read_page_by_page(
    register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = listed(capsys, register, "--kind", "office.named", "--limit", 4)
    assert numbers(first) == [2, 3, 4, 5]
    rest = listed(capsys, register, "--kind", "office.named", "--after", first["after"])
    assert (numbers(rest), rest["after"]) == ([6, 7], None)
    assert main(["log", str(register), "--limit", "3"]) == 0
    printed = capsys.readouterr()
    assert "register.opened" in printed.out
    assert "go on with --after 2" in printed.err


def test_the_log_is_filtered_by_time(
    register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = listed(capsys, register)["entries"]
    assert isinstance(entries, list)
    third = entries[3]["at"]
    assert numbers(listed(capsys, register, "--since", third)) == [3, 4, 5, 6, 7]
    assert numbers(listed(capsys, register, "--until", third)) == [0, 1, 2]
    assert numbers(listed(capsys, register, "--since", third[:10])) == list(range(8))
    assert numbers(listed(capsys, register, "--until", third[:10])) == list(range(8))
    assert numbers(listed(capsys, register, "--until", "2020-01-01")) == []


def test_a_time_that_is_none_exits_2(
    register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["log", str(register), "--since", "yesterday"]) == 2
    said = capsys.readouterr().err
    assert "--since" in said
    assert "a day as 2026-11-25" in said


def test_the_older_name_lists_the_same(
    register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", str(register), "--subject", "unit-2", "--json"]) == 0
    assert numbers(json.loads(capsys.readouterr().out)) == [4]


def test_the_log_is_followed_as_another_process_writes(
    register: Path, tmp_path: Path
) -> None:
    program = str(Path(sys.executable).with_name("beforehand"))
    command = [program, "log", str(register), "--after", "6"]
    following = subprocess.Popen(
        [*command, "--follow", "--json"], stdout=subprocess.PIPE, text=True
    )
    assert following.stdout is not None
    try:
        assert json.loads(following.stdout.readline())["entry"] == 7
        assert (
            main(["submit", str(register), str(tmp_path / "act.json")]) == 2
        )  # there already
        act = json.loads((tmp_path / "act.json").read_text())
        (tmp_path / "act.json").write_text(json.dumps({**act, "office": "unit-new"}))
        assert main(["submit", str(register), str(tmp_path / "act.json")]) == 0
        assert json.loads(following.stdout.readline())["subject"] == "unit-new"
    finally:
        following.send_signal(signal.SIGINT)
        following.communicate(timeout=20)
    assert following.returncode == 130


def test_the_register_is_shown_as_it_was(
    register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", str(register), "--as-of", "1", "--json"]) == 0
    then = json.loads(capsys.readouterr().out)
    assert (then["entries"], then["safeguards"]) == (1, None)
    assert main(["show", str(register), "--json"]) == 0
    now = json.loads(capsys.readouterr().out)
    assert now["entries"] == 8
    assert now["root"] != then["root"]
    assert main(["show", str(register), "--as-of", "9"]) == 2
    assert "0 to 8 entries" in capsys.readouterr().err


def test_what_is_derived_is_rebuilt_and_a_changed_entry_is_said(
    register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rebuild", str(register), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"entries": 8, "index": 0}
    with closing(sqlite3.connect(register / "ledger.sqlite")) as db, db:
        db.execute("DROP TRIGGER hashes_no_UPDATE")
        db.execute("INSERT INTO hashes VALUES (1, 0, zeroblob(32))")
    assert main(["rebuild", str(register)]) == 5
    assert "1 hashes are stored of tiles not there" in capsys.readouterr().err


def test_a_kind_with_a_slip_is_no_empty_page(
    register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["log", str(register), "--kind", "office.name"]) == 2
    assert "The nearest is office.named." in capsys.readouterr().err
    assert main(["log", str(register), "--kind", "zz"]) == 2
    assert "docs/reference/entries.md lists them." in capsys.readouterr().err
