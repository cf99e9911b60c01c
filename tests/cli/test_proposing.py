"""`what-if` and `safeguards` at the terminal."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from beforehand.app.registers import App
from beforehand.app.sandbox import Sandbox, today
from beforehand.cli import main
from beforehand.policy.sets import baseline
from tests.app.adopted import adopt, approve, propose

if TYPE_CHECKING:
    from pathlib import Path

COUNSEL_BUYS = """
@id("person.counsel-buys") @says("Counsel did not award it.") @remedy("Ask counsel.")
@cites("An invented order")
forbid (principal, action in [Action::"award"], resource) unless {
  context.roles.contains("counsel")
};
"""
OWN = COUNSEL_BUYS.replace("counsel-buys", "counsel-ends").replace("award", "end-contract")
SAFEGUARD = {"id", "says", "remedy", "cites", "acts", "history", "office"}
SAFEGUARDS = {
    *("register", "office", "at", "policies"),
    *("act", "safeguards", "sets", "proposals"),
}
PROPOSED = {
    "office",
    *("policies", "in_force", "safeguards", "entries"),
    *("added", "removed", "altered", "history"),
}
HISTORY = {
    *("asked_again", "now_refused", "now_let_through", "other_reasons"),
    *("not_replayable", "changed"),
}
CHANGED = {"entry", "at", "verb", "actor", "subject", "before", "after", "newly"}


@pytest.fixture(scope="module")
def governed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sandbox after its acts and before its data."""
    folder = tmp_path_factory.mktemp("governed") / "sandbox"
    sandbox = Sandbox(folder, today=today(), devices=20)
    with sandbox.app:
        sandbox.govern()
    return folder


@pytest.fixture
def register(governed: Path, tmp_path: Path) -> Path:
    return shutil.copytree(governed, tmp_path / "sandbox")


@pytest.fixture
def extra(tmp_path: Path) -> Path:
    path = tmp_path / "extra.cedar"
    path.write_text(COUNSEL_BUYS)
    return path


class Terminal:
    """Runs commands and returns what they print."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *words: object, status: int = 0) -> str:
        self.capsys.readouterr()
        assert main([str(one) for one in words]) == status, words
        printed = self.capsys.readouterr()
        return printed.err if status else printed.out

    def json(self, *words: object) -> Any:  # noqa: ANN401  # JSON of any command
        return json.loads(self(*words, "--json"))


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)


def test_what_if_says_each_act_whose_answer_changes_why_and_how_many(
    terminal: Terminal, register: Path, extra: Path
) -> None:
    said = terminal("what-if", register, extra, "--adding")
    assert "Adds: person.counsel-buys." in said
    assert "award c-1, by p-hazel." in said
    assert "Was let through; would be refused (person.counsel-buys)." in said
    assert "person.counsel-buys  Counsel did not award it." in said
    assert "Ask counsel. [An invented order]" in said
    assert "1 let through would be refused." in said
    assert "1 refused would be refused for other reasons." in said
    assert "what followed it does not. Nothing was written." in said
    assert "deleted" not in said


def test_what_if_in_json_has_a_shape_that_stays(
    terminal: Terminal, register: Path, extra: Path
) -> None:
    found = terminal.json("what-if", register, extra, "--adding")
    assert set(found) == PROPOSED
    assert set(found["history"]) == HISTORY
    for one in found["history"]["changed"]:
        assert set(one) == CHANGED
        assert one["verb"] == "award"
        for unmet in one["newly"]:
            assert set(unmet) == {"safeguard", "says", "remedy", "cites", "shown", "noted"}
    counted = [found["history"][name] for name in ("now_refused", "other_reasons")]
    assert counted == [1, 1]


def test_without_adding_the_file_is_the_whole_set(
    terminal: Terminal, register: Path, extra: Path
) -> None:
    found = terminal.json("what-if", register, extra)
    assert found["safeguards"] == 1
    assert len(found["removed"]) == len(baseline().safeguards)
    # Every act but an award is then one that nothing guards.
    assert found["history"]["now_let_through"] == 0
    assert found["history"]["now_refused"] > 20
    said = terminal("what-if", register, extra)
    (line,) = (one for one in said.splitlines() if one.startswith("Takes away: "))
    assert "assessment.approved" in line.removeprefix("Takes away: ").split(", ")
    assert "person.act-known  A fact it needs is not on record." in said


def test_a_folder_is_one_set(terminal: Terminal, register: Path, tmp_path: Path) -> None:
    with App.open(register) as app:
        text = app.guards().text
    folder = tmp_path / "set"
    folder.mkdir()
    middle = text.index("@id", len(text) // 2)
    (folder / "1.cedar").write_text(text[:middle])
    (folder / "2.cedar").write_text(text[middle:])
    (folder / "readme.txt").write_text("not Cedar")
    found = terminal.json("what-if", register, folder)
    assert (found["added"], found["removed"], found["altered"]) == ([], [], [])
    assert found["history"]["changed"] == []
    assert found["history"]["asked_again"] > 20


def test_a_set_that_is_wrong_exits_2_with_file_and_safeguard(
    terminal: Terminal, register: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.cedar"
    for text, words in (
        (COUNSEL_BUYS.replace('"award"', '"buy"'), "acts that the program has, got buy"),
        (COUNSEL_BUYS.replace("roles", "rolls"), "fit the schema"),
        (
            COUNSEL_BUYS.replace('context.roles.contains("counsel")', "false"),
            "always false",
        ),
    ):
        wrong.write_text(text)
        said = terminal("what-if", register, wrong, status=2)
        assert words in said
        assert "wrong.cedar" in said
        assert "person.counsel-buys" in said
    wrong.write_bytes(b"\xff\xfe")
    assert "expected text" in terminal("what-if", register, wrong, status=2)
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "end in .cedar" in terminal("what-if", register, empty, status=2)
    assert "a file" in terminal("what-if", register, tmp_path / "none.cedar", status=2)


def test_safeguards_lists_what_ships_without_a_register(terminal: Terminal) -> None:
    found = terminal.json("safeguards")
    shipped = baseline()
    assert set(found) == SAFEGUARDS
    assert (found["register"], found["act"]) == (None, None)
    assert found["policies"] == shipped.digest
    assert [one["id"] for one in found["safeguards"]] == list(shipped.safeguards)
    assert all(set(one) == SAFEGUARD for one in found["safeguards"])
    said = terminal("safeguards")
    assert said.startswith(f"{len(shipped.safeguards)} safeguards ship. Set ")
    for one in shipped.safeguards.values():
        assert f"{one.id}\n  {one.says}\n  Remedy: {one.remedy}\n  Law: {one.cites}" in said


def test_safeguards_lists_what_is_in_force_in_a_register(
    terminal: Terminal, register: Path
) -> None:
    assert terminal.json("safeguards", register)["register"] == "sandbox"
    said = terminal("safeguards", register, "--act", "adopt-safeguards")
    assert "safeguards are in force in sandbox and bear on `adopt-safeguards`." in said
    assert "assessment.approved" not in said


def test_safeguards_of_an_act_that_there_is_not_exits_2(terminal: Terminal) -> None:
    assert "adopt-safeguards" in terminal("safeguards", "--act", "buy", status=2)


def test_what_an_office_adds_is_listed_with_its_dates(
    terminal: Terminal, register: Path
) -> None:
    with App.open(register) as app:
        own = adopt(app, OWN, office="harbor")
        later = propose(app, app.guards().text + "\n", day="2999-01-01")
        approve(app, later)
        alone = app.guards().digest
    found = terminal.json("safeguards", register, "--office", "harbor-routes")
    assert set(found) == SAFEGUARDS
    assert [one["office"] for one in found["sets"]] == ["dia", "harbor"]
    assert [one["policies"] for one in found["proposals"]] == [later]
    said = terminal("safeguards", register, "--office", "harbor-routes")
    assert " are in force in sandbox for harbor-routes. Set " in said
    assert f"In force: the set of dia, {alone}, from " in said
    assert f"In force: the set of harbor, {own}, from " in said
    assert (
        f"Proposed: for dia, {later}, from 2999-01-01, by p-cedar on {today()};"
        f" approved by p-birch on {today()}." in said
    )
    assert "\nperson.counsel-ends (of harbor)\n" in said
    assert "\nstop.none (of dia)\n" in said
    assert "person.counsel-ends" not in terminal("safeguards", register)
    assert "expected one of" in terminal("safeguards", register, "--office", "x", status=2)
    assert "expected one for --office" in terminal(
        "safeguards", "--office", "harbor", status=2
    )


def test_a_set_to_come_is_listed_as_of_its_day(terminal: Terminal, register: Path) -> None:
    with App.open(register) as app:
        before = app.guards().digest
        later = adopt(app, app.guards().text + "\n", day="2999-01-01")
    said = terminal("safeguards", register)
    assert f"To come: the set of dia, {later}, from 2999-01-01, adopted by p-birch." in said
    assert f". Set {before}." in said
    assert f". Set {later}." in terminal("safeguards", register, "--as-of", "2999-01-01")
    assert f". Set {before}." in terminal("safeguards", register, "--as-of", "2998-12-31")


def test_what_if_for_an_office_asks_its_acts_alone(
    terminal: Terminal, register: Path, extra: Path
) -> None:
    said = terminal("what-if", register, extra, "--office", "harbor")
    assert "Proposed for harbor: " in said
    assert "Adds: person.counsel-buys." in said
    assert "award c-1, by p-hazel." in said
    assert "\n0 decisions were asked again." not in said
    said = terminal("what-if", register, extra, "--office", "harbor", "--adding", status=2)
    assert "no --office beside it" in said
