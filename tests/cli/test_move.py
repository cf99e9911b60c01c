"""`move`: the ledger is in one place or in the other, whenever it is cut short."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from beforehand import settings
from beforehand.app import clock
from beforehand.app.registers import App
from beforehand.cli import main
from beforehand.ledger import Ledger
from beforehand.ledger import move as move_module
from beforehand.ledger.errors import LedgerError
from beforehand.ledger.store import Rows
from beforehand.record.custody import ClockStepped

# Runs a command and dies as `kill -9` does, at the step it is told.
CUT_SHORT = """
import os, sys
from beforehand.app import moving
from beforehand.cli import main
from beforehand.ledger import move
from beforehand.ledger.postgresql import PostgresqlStore
from beforehand.ledger.sqlite import SqliteStore
step = sys.argv[1]
def dies(owner, name, before=None, after=None):
    real = getattr(owner, name)
    def call(*given, **named):
        if step == before:
            os._exit(9)
        result = real(*given, **named)
        if step == after:
            os._exit(9)
        return result
    setattr(owner, name, call)
dies(move, "_copy_entries", before="begun", after="copied")
dies(move, "_prove", before="checkpoints copied", after="proved")
dies(moving, "write_file", after="renamed")
dies(moving, "_put_in_force", after="switched")
for store in (SqliteStore, PostgresqlStore):
    dies(store, "retire", after="retired")
sys.exit(main(sys.argv[2:]))
"""


@pytest.fixture
def register(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    folder = tmp_path / "invented"
    arguments = ["--title", 'In "vented"', "--office", "dept", "--administrator", "p-root"]
    assert main(["init", str(folder), *arguments]) == 0
    capsys.readouterr()
    return folder


@pytest.fixture(params=["sqlite to postgresql", "postgresql to sqlite"])
def to(
    request: pytest.FixtureRequest,
    register: Path,
    database: str,
    capsys: pytest.CaptureFixture[str],
) -> str:
    """Give a place to move to; the register may have moved before."""
    if request.param == "sqlite to postgresql":
        return database
    assert main(["move", str(register), "--to", database]) == 0
    capsys.readouterr()
    return "sqlite"


@pytest.fixture
def held(register: Path, to: str) -> Iterator[App]:
    """Give the register, opened before it moves."""
    assert to
    with App.open(register) as app:
        yield app


def act(app: App) -> int:
    fact = ClockStepped(register=app.settings.register, behind_ms=1)
    return app.in_turn(lambda: app.append_undecided(fact, actor=clock.PROGRAM)).entry


def entries(app: App) -> list[tuple[int, bytes]]:
    return list(app.ledger.entries())


def test_a_register_moves_and_goes_on_where_it_was(
    register: Path, to: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with App.open(register) as app:
        before, root = entries(app), app.ledger.head().root().hex()
        was = app.ledger.store.address
    assert main(["move", str(register), "--to", to]) == 0
    said = capsys.readouterr()
    with App.open(register) as app:
        assert entries(app) == before
        now = app.ledger.store.address
        assert act(app) == len(before)
    assert said.out == (
        f"Moved 2 entries and 0 checkpoints from {was} to {now}.\n"
        f"Every row was compared; the root of both is {root}.\n"
        "Whoever has the register open must open it again.\n"
    )
    assert said.err == "  Moving the ledger: 2 compared\n"
    found = tomllib.loads((register / "register.toml").read_text(encoding="utf-8"))
    assert found.get("database", "sqlite") == to
    assert found["title"] == 'In "vented"'
    assert main(["move", str(register), "--to", to]) == 2
    assert "another place" in capsys.readouterr().err


def test_a_dry_run_writes_nothing(
    register: Path, to: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (register / "register.toml").read_bytes()
    assert main(["move", str(register), "--to", to, "--dry-run"]) == 0
    assert capsys.readouterr().out.startswith(
        "Would move 2 entries and 0 checkpoints from "
    )
    assert main(["move", str(register), "--to", to, "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["moved"] is False
    assert (register / "register.toml").read_bytes() == before
    assert main(["move", str(register), "--to", to, "--json"]) == 0
    done = json.loads(capsys.readouterr().out)
    assert done["moved"] is True
    assert (done["entries"], done["checkpoints"]) == (2, 0)
    assert done["register"] == str(register)


def test_who_has_the_register_open_can_neither_act_nor_read_on(
    register: Path, to: str, held: App, capsys: pytest.CaptureFixture[str]
) -> None:
    assert act(held) == 2
    assert main(["move", str(register), "--to", to]) == 0
    capsys.readouterr()
    with pytest.raises(LedgerError, match="moved"):
        act(held)
    with pytest.raises(LedgerError, match="moved"):
        held.view()
    with App.open(register) as app:
        assert len(entries(app)) == 3


@pytest.mark.parametrize(
    ("step", "is_new"),
    [
        ("begun", False),
        ("copied", False),
        ("checkpoints copied", False),
        ("proved", False),
        ("renamed", True),
        ("switched", True),
        ("retired", True),
    ],
)
def test_cut_short_anywhere_one_of_the_two_is_in_force(
    register: Path,
    to: str,
    held: App,
    *,
    step: str,
    is_new: bool,
    database: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = entries(held)
    move = ["move", str(register), "--to", to]
    ended = subprocess.run(
        [sys.executable, "-c", CUT_SHORT, step, *move], capture_output=True, check=False
    )
    assert ended.returncode == 9, ended.stderr
    found = settings.read(register)
    assert ((found.database or "sqlite") == to) is is_new
    if is_new:
        with pytest.raises(LedgerError, match="moved"):
            act(held)
        with App.open(register) as app:
            assert entries(app) == before
            assert act(app) == 2
        return
    assert act(held) == 2
    assert main(move) == 2
    assert "register.toml names the ledger in force" in capsys.readouterr().err
    if to == "sqlite":
        for path in register.glob("ledger.sqlite*"):
            if not path.name.startswith("ledger.sqlite.moved"):
                path.unlink()
    else:
        with psycopg.connect(database) as db:
            db.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    assert main(move) == 0
    with App.open(register) as app:
        assert len(entries(app)) == 3


@pytest.mark.parametrize(
    ("to", "says"),
    [
        ("mysql://h/d", "postgresql://HOST/DATABASE"),
        ("ledger-2.sqlite", "postgresql://HOST/DATABASE"),
        ("postgresql://h/d\n", "postgresql://HOST/DATABASE"),
        ("postgresql://u:secret-word@h/d", "without a password"),
        ("postgresql://localhost:1/d", "a place that can be reached"),
        ("postgresql:///d?no_such_option=1", "a place that can be reached"),
    ],
)
def test_where_a_ledger_cannot_be_is_refused(
    register: Path, to: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["move", str(register), "--to", to]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert "secret-word" not in said
    App.open(register).close()


def test_a_database_that_a_register_is_in_already_is_refused(
    register: Path, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Ledger.create(database, origin="another.example").close()
    assert main(["move", str(register), "--to", database]) == 2
    assert "is not empty" in capsys.readouterr().err
    with closing(Ledger.open(database)) as ledger:
        assert ledger.size == 0


def test_a_copy_that_is_not_the_same_exits_5(
    register: Path,
    to: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def one_more(_old: Rows, new: Rows) -> None:
        new.add("checkpoints", [(1, b"", "")])

    monkeypatch.setattr(move_module, "_copy_checkpoints", one_more)
    before = settings.read(register)
    assert main(["move", str(register), "--to", to]) == 5
    assert "row 0 of the table checkpoints is not the same" in capsys.readouterr().err
    assert settings.read(register) == before
    with App.open(register) as app:
        assert act(app) == 2


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('database = "postgresql://u:pw@h/d"', "without a password"),
        ('database = "ledger.sqlite"', "postgresql://HOST/DATABASE"),
        ("database = 3", "texts for"),
    ],
)
def test_a_register_that_names_no_database_is_not_read(
    register: Path, line: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = register / "register.toml"
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    assert main(["show", str(register)]) == 2
    assert says in capsys.readouterr().err
