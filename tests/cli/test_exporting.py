"""`export` at the terminal."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from beforehand.app.exporting import FORMS
from beforehand.cli import main
from tests.app.fresh import appoint, make


@pytest.fixture
def register(tmp_path: Path) -> str:
    with make(tmp_path / "register") as app:
        appoint(app, "p-officer", "privacy_officer")
    return str(tmp_path / "register")


def test_without_a_list_it_says_which_there_are(
    register: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", register, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {one["list"]: tuple(one["forms"]) for one in found} == dict(FORMS)
    assert main(["export", register]) == 0
    said = capsys.readouterr().out
    assert all(name in said for name in FORMS)


def test_a_list_goes_to_standard_output_and_its_digest_beside_it(
    register: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["export", register, "due"]) == 0
    printed = capfdbinary.readouterr()
    assert printed.out.startswith(b"what,of,part,")
    assert b"\r\n" in printed.out
    assert printed.err.startswith(b"due: ")
    assert b"SHA-256" in printed.err


def test_a_file_is_written_and_said(
    register: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "due.json"
    words = ["export", register, "due", "--format", "json", "--out", str(path), "--json"]
    assert main(words) == 0
    said = json.loads(capsys.readouterr().out)
    rows = json.loads(path.read_bytes())["rows"]
    assert (said["list"], said["form"], said["rows"]) == ("due", "json", len(rows))


def test_all_lists_go_into_a_folder(
    register: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "lists"
    assert main(["export", register, "all", "--out", str(folder)]) == 0
    said = capsys.readouterr().err
    names = {one.name for one in folder.iterdir()}
    assert {"due.csv", "due.json", "awards.csv"} <= names
    assert not names & {"recommendations.oscal.json", "case.yaml"}
    assert all(str(folder / name) in said for name in names)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["all"], "`all` needs --out"),
        (["all", "--out", "x", "--format", "csv"], "takes no --format"),
        (["due", "--json"], "name a file"),
        (["secrets"], "expected one of reports"),
        (["due", "--format", "oscal"], "expected one of csv, json"),
        (["recommendations", "--format", "oscal"], "a plan has one at least"),
        (["case"], "expected a case taken in"),
        (["due", "--out", "/proc/none/x"], "a file that can be written"),
    ],
)
def test_a_wrong_use_is_said_and_ends_with_2(
    register: str, capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    assert main(["export", register, *words]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("ends", "says"),
    [
        pytest.param(">/dev/full", "No space left on device", id="full"),
        pytest.param(">&-", "There is no standard output", id="closed"),
    ],
)
def test_an_output_that_takes_nothing_is_said_and_no_digest(
    register: str, ends: str, says: str
) -> None:
    words = [sys.executable, "-m", "beforehand.cli", "export", register, "due"]
    found = subprocess.run(  # the shell alone can begin a program so
        ["/bin/sh", "-c", f'exec "$@" {ends}', "sh", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.returncode, says in found.stderr) == (2, True), found.stderr
    assert not {"SHA-256", "Traceback"} & set(found.stderr.split())
