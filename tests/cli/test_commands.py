"""The terminal: exit statuses, and words that say what was expected, what came, what to do."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING

import click
import pytest

from beforehand.cli import COMMANDS, main
from beforehand.cli import beforehand as cli

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def test_every_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    listed = capsys.readouterr().out
    for name in COMMANDS:
        assert name in listed
        assert main([name, "--help"]) == 0
        assert "Usage: beforehand" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["show", "nowhere"], "a register's folder", id="no register"),
        pytest.param(
            ["audit", "nowhere.yaml"], "a file that can be read", id="no case file"
        ),
        pytest.param(["verify", "nowhere", "--vkey", "k"], "a folder", id="no log"),
        pytest.param(["ask", "nowhere"], "Missing argument", id="an argument missing"),
        pytest.param(["fly"], "No such command", id="no such command"),
        pytest.param(["show", "x", "--loud"], "No such option", id="no such option"),
    ],
)
def test_bad_usage_exits_2_and_says_what_was_expected(
    arguments: list[str],
    words: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert words in capsys.readouterr().err


@pytest.fixture
def register(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    folder = tmp_path / "invented"
    made = main(
        [
            "init",
            str(folder),
            "--title",
            "Invented",
            "--office",
            "dept",
            "--administrator",
            "p-root",
        ]
    )
    assert made == 0
    capsys.readouterr()
    return folder


def act(folder: Path, **fields: object) -> str:
    path = folder / "act.json"
    path.write_text(json.dumps(fields))
    return str(path)


def test_a_new_register_takes_acts_and_shows_them(
    register: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = act(
        tmp_path,
        act="name-office",
        actor="p-root",
        office="o",
        office_kind="unit",
        parent="dept",
    )
    assert main(["submit", str(register), named, "--dry-run"]) == 0
    assert "would be allowed" in capsys.readouterr().out
    assert main(["submit", str(register), named, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["entry"] == 2
    assert main(["show", str(register), "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kind"] == "office.named"
    assert main(["show", str(register), "o"]) == 0
    assert main(["list", str(register)]) == 0
    assert "office.named" in capsys.readouterr().out
    assert main(["replay", str(register)]) == 0


def test_a_refusal_exits_3_in_words_with_law_remedy_and_entry(
    register: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = act(tmp_path, act="name-supplier", actor="p-root", supplier="s")
    assert main(["submit", str(register), refused, "--dry-run"]) == 3
    assert "entry" not in capsys.readouterr().err
    assert main(["submit", str(register), refused]) == 3
    said = capsys.readouterr().err
    assert "Refused: name supplier s, by p-root (entry 2)." in said
    assert "person.is-program-manager" in said
    assert "Ask a program manager" in said


@pytest.mark.parametrize(
    "verb", ["ask", "answer", "take-in", "withhold-answer", "record-audit"]
)
def test_what_the_program_makes_itself_cannot_be_submitted_by_hand(
    register: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    forms: dict[str, dict[str, object]] = {
        "ask": {
            "question": "q",
            "office": "o",
            "dataset": "d",
            "snapshot": "0" * 64,
            "assessment": "a",
            "request": "r",
            "purpose": "p",
            "profile": "s",
            "rho_micro": 0,
            "delta_e15": 0,
            "repeats": None,
        },
        "answer": {
            "question": "q",
            "answer": "0" * 64,
            "plan": "0" * 64,
            "shown": 0,
            "hidden": 0,
        },
        "take-in": {
            "snapshot": "0" * 64,
            "dataset": "d",
            "office": "o",
            "contract": "c",
            "assessment": "a",
            "first_day": "2026-01-01",
            "last_day": "2026-01-01",
            "grid": 0,
            "step": 1,
            "places": "p",
            "rows_read": 0,
            "rows_stored": 0,
            "dropped": [],
        },
        "withhold-answer": {"question": "q", "reason": "engine_failed"},
        "record-audit": {
            "case": "c",
            "file": "0" * 64,
            "policies": "0" * 64,
            "findings": "x",
            "passes": 0,
            "fails": 0,
            "undecidable": 0,
        },
    }
    path = act(tmp_path, act=verb, actor="p-root", **forms[verb])
    assert main(["submit", str(register), path]) == 2
    assert "an act that people submit" in capsys.readouterr().err


def test_a_document_must_be_kept_before_an_act_may_name_it(
    register: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "procedures.txt"
    text.write_text("Ask, log, review.")
    digest = "f" * 64
    naming = act(
        tmp_path,
        act="adopt-procedures",
        actor="p-root",
        procedures="p",
        office="dept",
        document=digest,
        in_force_from="2026-01-01",
    )
    assert main(["submit", str(register), naming, "--document", str(text)]) == 2
    assert "the document with this digest" in capsys.readouterr().err


def test_doctor_names_what_is_missing_and_exits_6(
    register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", str(register), "--json"]) == 6
    checks = json.loads(capsys.readouterr().out)["checks"]
    missing = {one["what"] for one in checks if not one["sound"]}
    assert any("second administrator" in one for one in missing)
    assert all(one["do"] for one in checks if not one["sound"])


def test_a_published_register_verifies_and_an_older_checkpoint_is_extended(
    register: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site, vkey = tmp_path / "site", str(register / "log.vkey")
    assert main(["publish", str(register), str(site)]) == 0
    old = tmp_path / "old"
    old.write_bytes((site / "log" / "checkpoint").read_bytes())
    named = act(
        tmp_path,
        act="name-office",
        actor="p-root",
        office="o",
        office_kind="unit",
        parent="dept",
    )
    assert main(["submit", str(register), named]) == 0
    assert main(["publish", str(register), str(site), "--json"]) == 0
    capsys.readouterr()
    assert main(["verify", str(site), "--vkey", vkey, "--old", str(old), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["size"] == 3
    inside = site / "log" / "log.vkey"
    inside.write_bytes((register / "log.vkey").read_bytes())
    assert main(["verify", str(site / "log"), "--vkey", str(inside)]) == 5


def test_a_document_that_the_act_does_not_name_is_told_its_digest(
    register: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paper, act = tmp_path / "notice.txt", tmp_path / "hold.json"
    paper.write_bytes(b"a notice (invented)")
    fields = {"act": "place-hold", "actor": "p-root", "hold": "h-1", "on": "dept"}
    act.write_text(json.dumps({**fields, "document": "0" * 64}))
    words = ["submit", str(register), str(act), "--document", str(paper)]
    for more in ([], ["--dry-run"]):
        assert main([*words, *more]) == 2
        digest = hashlib.sha256(paper.read_bytes()).hexdigest()
        assert f"{paper} has the SHA-256 {digest}" in capsys.readouterr().err
        assert not (register / "documents" / digest).exists()  # exit 2 writes nothing


@pytest.mark.parametrize("what", ["case", "act"])
def test_schemas_are_json_schemas(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    import jsonschema  # noqa: PLC0415  # used here alone

    assert main(["schema", what]) == 0
    jsonschema.Draft202012Validator.check_schema(json.loads(capsys.readouterr().out))


# -- a key that stands twice -------------------------------------------------------------

# Every command that reads a person's JSON: what comes before the file, and after it.
JSON_DOORS: dict[str, tuple[str, ...]] = {
    "submit": ("submit", "REGISTER", "FILE"),
    "check": ("check", "REGISTER", "FILE"),
    "ask": ("ask", "REGISTER", "FILE", "--as", "p-root"),
    "ask --preview": ("ask", "REGISTER", "FILE", "--as", "p-root", "--preview"),
    "ask-supplier": ("ask-supplier", "REGISTER", "FILE"),
    "statement check": ("statement", "check", "REGISTER", "FILE"),
    "counts commit": ("counts", "commit", "REGISTER", "FILE", "--as", "p-root"),
}
NAMED = {"act": "name-office", "actor": "p-root", "office": "o", "parent": "dept"}
WRITTEN: dict[str, dict[str, object]] = {
    "statement check": {
        "act": "draft-statement",
        "actor": "p-root",
        "statement": "st-1",
        "office": "dept",
        "claims": [{"claim": "safeguards", "office": "dept"}],
        "document": "0" * 64,
    },
    "counts commit": {"count": "n", "office": "dept", "document": "0" * 64, "items": []},
}


@pytest.mark.parametrize("door", JSON_DOORS)
def test_a_key_that_stands_twice_is_refused_at_every_door_and_writes_nothing(
    door: str, register: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "twice.json"
    text = json.dumps(WRITTEN.get(door, {**NAMED, "office_kind": "unit"}))
    path.write_text(text.replace('"office": ', '"office": "other", "office": ', 1))
    given = {"REGISTER": str(register), "FILE": str(path)}
    before = (register / "ledger.sqlite").read_bytes()
    assert main([given.get(one, one) for one in JSON_DOORS[door]]) == 2
    said = capsys.readouterr().err
    assert "each key once" in said or "each field once" in said
    assert (register / "ledger.sqlite").read_bytes() == before


def test_every_command_that_takes_a_json_file_is_such_a_door() -> None:
    reading = re.compile(r"\([^)]*JSON\b")
    found = {name for name, words in _every_help() if reading.search(words)}
    assert found == {one.partition(" --")[0] for one in JSON_DOORS}


def _every_help() -> Iterator[tuple[str, str]]:
    """Yield every command, and of a group each of its own, with its help."""
    whole = click.Context(cli)
    for name in cli.list_commands(whole):
        command = cli.get_command(whole, name)
        assert command is not None
        yield name, command.help or ""
        if isinstance(command, click.Group):
            for inner, one in command.commands.items():
                yield f"{name} {inner}", one.help or ""
