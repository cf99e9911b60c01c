"""`absence` at the terminal, and `verify --absence` of what it wrote."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from beforehand.app import keys
from beforehand.cli import main
from beforehand.ledger.checkpoint import Checkpoint, sign_checkpoint
from beforehand.ledger.ledger import Signed
from tests.app.dated import make, stop_clock
from tests.world import Step, ask

if TYPE_CHECKING:
    from pathlib import Path

ASKED = Step(
    fact=ask().fact, actor="analyst", at="2026-11-23T10:00:00.000000Z", opened=ask().sealed
)
LATER = Step(fact=ask().fact, actor="analyst", at="2026-11-24T10:00:00.000000Z")


@pytest.fixture
def register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A register of 25 November with one question, by `routes`, put on the 23rd; signed."""
    stop_clock(monkeypatch)
    repeated = ask(question="q-9", office="harbor", repeats="q-1")
    other = Step(
        fact=repeated.fact, actor="analyst", at=LATER.at, opened=dict(repeated.sealed)
    )
    with make(tmp_path / "register", [ASKED, other]) as app:
        head = app.ledger.head()
        checkpoint = Checkpoint(origin=app.ledger.origin, size=head.size, root=head.root())
        note = sign_checkpoint(checkpoint, *keys.signers(app, size=head.size))
        app.ledger.record_checkpoint(Signed(checkpoint, note), newest=None)
    return tmp_path / "register"


def absence(register: Path, *words: str) -> int:
    out = str(register.parent / "none.zip")
    return main(
        ["absence", str(register), "--kind", "question.admitted", "--out", out, *words]
    )


def unzipped(register: Path) -> Path:
    folder = register.parent / "none"
    with ZipFile(register.parent / "none.zip") as archive:
        archive.extractall(folder)
    return folder


def test_an_office_that_asked_nothing_since_a_day_can_show_it(
    register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert absence(register, "--office", "routes", "--since", "2026-11-24") == 0
    folder, vkey = unzipped(register), str(register / "log.vkey")
    capsys.readouterr()
    assert main(["verify", str(folder), "--absence", "--vkey", vkey]) == 0
    said = capsys.readouterr().out
    assert (
        "Verified: no question.admitted of routes from 2026-11-24T00:00:00.000000Z" in said
    )
    assert main(["verify", str(folder), "--absence", "--vkey", vkey, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["verified"], found["offices"]) == (True, ["routes"])
    assert (
        main(["verify", str(folder), "--absence", "--vkey", str(folder / "log.vkey")]) == 2
    )
    (folder / "entries").write_bytes(b"")
    assert main(["verify", str(folder), "--absence", "--vkey", vkey]) == 5
    assert absence(register, "--office", "routes", "--since", "2026-11-24") == 2
    assert absence(register, "--office", "routes", "--since", "2026-11-24", "--force") == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--office", "routes", "--since", "2026-11-23"), "expected no question.admitted"),
        (("--since", "2026-11-24"), "expected no question.admitted"),
        (("--office", "routes", "--since", "2026-11-26"), "newest entry that is signed"),
        (("--office", "nowhere", "--since", "2026-11-24"), "expected an office"),
        (
            ("--kind", "question.praised", "--since", "2026-11-24"),
            "expected a kind of entry",
        ),
        (
            ("--kind", "use.approved", "--office", "routes", "--since", "2026-11-24"),
            "whose entries name their office",
        ),
    ],
)
def test_what_cannot_be_shown_is_refused_and_nothing_is_written(
    register: Path, words: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert absence(register, *words) == 2
    assert says in capsys.readouterr().err
    assert not (register.parent / "none.zip").exists()


def test_before_anything_is_signed_nothing_can_be_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_clock(monkeypatch)
    make(tmp_path / "register").close()
    assert absence(tmp_path / "register", "--since", "2026-11-20") == 2


def test_an_absence_is_verified_by_itself(register: Path) -> None:
    vkey = str(register / "log.vkey")
    assert main(["verify", "--absence", "--vkey", vkey]) == 2
    (register.parent / "empty").mkdir()
    empty = str(register.parent / "empty")
    assert main(["verify", empty, "--absence", "--vkey", vkey]) == 5


def test_what_cannot_be_shown_says_of_whom_and_a_slip_is_told_the_nearest(
    register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert absence(register, "--since", "2026-11-23") == 2
    assert "no question.admitted of any office since 2026-11-23" in capsys.readouterr().err
    assert absence(register, "--office", "routs", "--since", "2026-11-23") == 2
    assert "The nearest is routes." in capsys.readouterr().err
    assert absence(register, "--since", "2026-11-23", "--kind", "question.admited") == 2
    assert "The nearest is question.admitted." in capsys.readouterr().err


def test_evidence_of_an_absence_that_is_read_as_a_log_says_which_option_it_needs(
    register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert absence(register, "--office", "routes", "--since", "2026-11-24") == 0
    folder, vkey = unzipped(register), str(register / "log.vkey")
    assert main(["verify", str(folder), "--vkey", vkey]) == 5
    assert "give --absence" in capsys.readouterr().err
