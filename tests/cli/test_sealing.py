"""The terminal's doors to what is sealed: keys, openings, audits and deletion."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from beforehand.app.registers import App
from beforehand.cli import main
from beforehand.record.acts import by_hand
from tests.app.sealed import entry_of, move_clock

NAME = "Ana Invented"


class Terminal:
    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.register, self.capture = folder / "register", capture
        self.folder = folder

    def __call__(self, *words: str, status: int = 0) -> str:
        found = main(list(words))
        out, err = self.capture.readouterr()
        assert found == status, (words, out, err)
        return out + err

    def on(self, command: str, *words: str, status: int = 0) -> str:
        return self(command, str(self.register), *words, status=status)

    def submit(self, *more: str, **act: object) -> str:
        path = self.folder / "act.json"
        path.write_text(json.dumps(act))
        return self.on("submit", str(path), *more)


@pytest.fixture(scope="module")
def department(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register with a name sealed, and people who may open, audit, hold and delete."""
    folder = tmp_path_factory.mktemp("department")
    register = folder / "register"
    words = ("--title", "Invented", "--office", "dept", "--administrator", "root")
    assert main(["init", str(register), *words]) == 0
    offices = (
        ("oig", "inspector_general"),
        ("law", "counsel"),
        ("privacy", "privacy_office"),
    )
    acts: list[dict[str, object]] = [
        {"act": "name-office", "office": office, "office_kind": kind, "parent": "dept"}
        for office, kind in offices
    ]
    acts += [
        {
            "act": "appoint",
            "person": person,
            "office": office,
            "roles": [role],
            "account": "individual",
            "sealed": {"name": NAME},
        }
        for person, office, role in (
            ("watcher", "oig", "inspector_general"),
            ("lawyer", "law", "counsel"),
            ("chief", "privacy", "chief_privacy_officer"),
            ("keeper", "dept", "data_steward"),
        )
    ]
    with App.open(register) as app:
        for act in acts:
            data = json.dumps({**act, "actor": "root"}).encode()
            app.submit(by_hand(data, where="act"))
    return register


@pytest.fixture
def terminal(
    department: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Terminal:
    shutil.copytree(department, tmp_path / "register")
    return Terminal(tmp_path, capsys)


@pytest.fixture
def key(terminal: Terminal) -> Path:
    path = terminal.folder / "ig.key"
    terminal("keygen", str(path))
    return path


def name(terminal: Terminal, key: Path) -> str:
    pub = f"{key}.pub"
    return terminal.on(
        "name-reader", pub, "--reader", "inspector_general", "--as", "watcher"
    )


def first_sealed(terminal: Terminal) -> int:
    with App.open(terminal.register) as app:
        return entry_of(app, "person.appointed")[0]


def test_a_key_is_private_and_never_written_over(terminal: Terminal, key: Path) -> None:
    assert key.stat().st_mode & 0o777 == 0o600
    assert len(key.read_bytes()) == 32
    before = key.read_bytes()
    assert "a name that is not taken" in terminal("keygen", str(key), status=2)
    key.unlink()
    assert "a name that is not taken" in terminal("keygen", str(key), status=2)
    assert not key.exists()
    assert before.hex() not in Path(f"{key}.pub").read_text()
    assert "No such" not in terminal("keygen", str(key.with_name("other")))


def test_a_reader_is_named_once_and_told_how_many_parts_were_wrapped(
    terminal: Terminal, key: Path
) -> None:
    assert "4 parts wrapped" in name(terminal, key)
    assert "0 parts wrapped" in name(terminal, key)
    words = ("--reader", "inspector_general", "--as")
    refused = terminal.on("name-reader", f"{key}.pub", *words, "root", status=0)
    assert "0 parts wrapped" in refused  # in force already: nothing is decided


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("xyz", "hexadecimal", id="no key"),
        pytest.param("00" * 32, "X25519", id="a key of small order"),
        pytest.param("ab" * 31, "X25519", id="too short"),
        pytest.param("\u00e9", "hexadecimal", id="no ASCII"),
    ],
)
def test_what_is_no_public_key_is_bad_input(
    terminal: Terminal, text: str, words: str
) -> None:
    path = terminal.folder / "bad.pub"
    path.write_text(text, encoding="utf-8")
    more = ("--reader", "inspector_general", "--as", "watcher")
    assert words in terminal.on("name-reader", str(path), *more, status=2)


def test_what_is_opened_is_printed_as_json_and_the_entry_that_says_so_is_named(
    terminal: Terminal,
) -> None:
    index = str(first_sealed(terminal))
    words = ("unseal", index, "name", "--as", "lawyer", "--reason")
    assert json.dumps(NAME) in terminal.on(*words, "redress")
    shown = json.loads(terminal.on(*words, "review", "--json"))
    assert (shown["value"], shown["entry"], shown["part"]) == (NAME, int(index), "name")
    entry = json.loads(terminal.on("show", str(shown["recorded"]), "--json"))
    assert "sealed.opened" in json.dumps(entry)
    assert NAME not in json.dumps(entry)


def test_what_somebody_sealed_cannot_steer_the_terminal_of_who_opens_it(
    terminal: Terminal,
) -> None:
    terminal.submit(act="appoint", actor="root", person="sly", office="dept", roles=["analyst"], account="individual", sealed={"name": "\u001b[2Jgone"})  # fmt: skip
    with App.open(terminal.register) as app:
        index = app.ledger.size - 1
    shown = terminal.on(
        "unseal", str(index), "name", "--as", "lawyer", "--reason", "review"
    )
    assert "\u001b" not in shown
    assert r"\u001b[2Jgone" in shown


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        pytest.param(("2", "name", "--as", "root", "--reason", "review"), 2, "nothing is sealed", id="nothing sealed"),
        pytest.param(("99", "name", "--as", "root", "--reason", "review"), 2, "a number below", id="no such entry"),
        pytest.param(("e-x", "name", "--as", "root", "--reason", "review"), 2, "index or id", id="no such id"),
        pytest.param(("5", "name", "--as", "Root!", "--reason", "review"), 2, "id of a person", id="no person's id"),
        pytest.param(("5", "name", "--as", "root", "--reason", "curiosity"), 2, "is not one of", id="no such reason"),
        pytest.param(("5", "name", "--as", "root"), 2, "Missing option", id="no reason"),
        pytest.param(("5", "name", "--as", "keeper", "--reason", "review"), 3, "sealed.opened-by-role", id="no post for it"),
        pytest.param(("5", "name", "--as", "root", "--reason", "review"), 3, "sealed.not-own-act", id="their own act"),
    ],
)  # fmt: skip
def test_an_opening_that_is_not_allowed_shows_nothing(
    terminal: Terminal, words: tuple[str, ...], status: int, said: str
) -> None:
    shown = terminal.on("unseal", *words, status=status)
    assert said in shown
    assert NAME not in shown


def test_an_audit_exits_5_where_a_part_is_wrong_or_missing(
    terminal: Terminal, key: Path
) -> None:
    audit = ("audit-sealed", "--key", str(key), "--as", "watcher")
    absent = ("audit-sealed", "--key", str(key.with_name("none.key")), "--as", "watcher")
    assert "expected a key that `keygen` made, got no file" in terminal.on(
        *absent, status=2
    )
    assert "though none was named" in terminal.on(*audit, status=2)
    name(terminal, key)
    assert "4 sealed parts open their commitments" in terminal.on(*audit)
    assert json.loads(terminal.on(*audit, "--json"))["sound"] is True
    with closing(sqlite3.connect(terminal.register / "private" / "vault.sqlite")) as db, db:
        db.execute("DELETE FROM parts WHERE entry_id = (SELECT min(entry_id) FROM parts)")
    assert "is missing" in terminal.on(*audit, status=5)
    found = json.loads(terminal.on(*audit, "--json", status=5))
    assert (found["sound"], found["opened"], len(found["missing"])) == (False, 3, 1)
    key.chmod(0o644)
    assert "read by others" in terminal.on(*audit, status=5)


def test_a_deletion_is_tried_refused_done_and_cannot_be_repeated(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = terminal.folder / "paper"
    paper.write_bytes(b"a schedule and a notice")
    kept = ("--document", str(paper))
    digest = hashlib.sha256(paper.read_bytes()).hexdigest()
    with App.open(terminal.register) as app:
        register = app.settings.register
    terminal.submit(*kept, act="set-schedule", actor="chief", register=register, days=10, document=digest)  # fmt: skip
    today = move_clock(monkeypatch, days=40)
    words = ("delete-sealed", "--as", "keeper", "--before")
    assert "a day as" in terminal.on(*words, "tomorrow", status=2)
    refused = terminal.on(*words, str(today), "--dry-run", status=3)
    assert "deletion.past-retention" in refused
    day = str(today - timedelta(days=15))
    terminal.submit(act="place-hold", actor="lawyer", hold="h-1", on="watcher", document=digest)  # fmt: skip
    assert "deletion.keeps-holds" in terminal.on(*words, day, status=3)
    would = terminal.on(*words, day, "--keeping", "watcher", "--dry-run")
    assert "would delete 3 parts" in would
    assert "keep 1 parts" in would
    done = json.loads(terminal.on(*words, day, "--keeping", "watcher", "--json"))
    assert (done["parts"], done["wraps"], done["answers"]) == (3, 3, 0)
    assert "not held" in terminal.on(*words, day, "--keeping", "watcher", status=2)
    terminal.submit(act="lift-hold", actor="lawyer", hold="h-1")
    assert "1 parts" in terminal.on(*words, day)
    gone = ("unseal", str(first_sealed(terminal)), "name", "--as", "lawyer", "--reason")
    assert "deletion" in terminal.on(*gone, "review", status=2)


def test_keys_and_deletions_are_not_submitted_by_hand(terminal: Terminal) -> None:
    path = terminal.folder / "act.json"
    act = {"act": "delete-sealed", "actor": "keeper", "deletion": "d-1", "before": "2020-01-01", "keeping": [], "parts": 0}  # fmt: skip
    path.write_text(json.dumps(act))
    assert "which the program makes itself" in terminal.on("submit", str(path), status=2)
