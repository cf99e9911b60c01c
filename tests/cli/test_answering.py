"""`recommendations`, `queries` and `oversee` at the terminal."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from beforehand.cli import main
from tests.app.dated import make, stop_clock
from tests.app.test_noting import BARE, CLOSED
from tests.policy import answering_tables as t

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HAPPENED = (
    *CLOSED,
    *t.MADE_OUTSIDE,
    t.PROMISED,
    t.by("manager", t.MOVED),
    t.LODGED,
    t.RECEIVED,
    BARE,
)


@pytest.fixture
def said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., str]:
    folder = tmp_path / "register"
    stop_clock(monkeypatch, "2027-01-04T10:00:00.000000Z")
    make(folder, HAPPENED).close()

    def run(command: str, *words: str) -> str:
        capsys.readouterr()
        assert main([command, str(folder), *words]) == 0
        return capsys.readouterr().out

    return run


def flat(table: str) -> str:
    return " ".join(re.sub("[─-╿]", " ", table).split())


def test_oversee_shows_what_it_would_note_then_notes_it_then_has_nothing(
    said: Callable[..., str],
) -> None:
    dry = said("oversee", "--dry-run")
    assert "To be noted: no answer to qu-1 by harbor in 45 days." in dry
    assert "To be noted: rec-1 to harbor is open again. c-2: entry" in dry
    assert "Entry" in said("oversee").splitlines()[0]
    assert said("oversee") == "Nothing to note.\n"


def test_oversee_as_one_object(said: Callable[..., str]) -> None:
    found = json.loads(said("oversee", "--json"))
    assert set(found) == {"register", "at", "dry_run", "silent", "reopened"}
    assert [one["query"] for one in found["silent"]] == ["qu-1"]
    assert [one["failing"]["of"] for one in found["reopened"]] == ["c-2"]


def test_recommendations_are_listed_with_state_dates_and_check(
    said: Callable[..., str],
) -> None:
    said("oversee")
    found = flat(said("recommendations"))
    for words in (
        "Recommendations: 2",
        "open unresolved",
        "reopened 2027-01-04 by its live check",
        "resolve by 2027-05-20: running",
        "No award without coverage since 2026-11-21",
        "Commitments: 1",
        "moved from 2026-12-31",
    ):
        assert words in found, words
    # One entry, told by its number in both places: of what failed, and of the reopening.
    assert (
        len(re.findall(r"entry [0-9]+\b", found)) == len(re.findall("entry ", found)) == 2
    )
    listed = json.loads(said("recommendations", "--json"))
    assert {one["body"] for one in listed["recommendations"]} == {
        "inspector_general",
        "gao",
    }
    assert [one["state"] for one in listed["commitments"]] == ["pending"]


def test_queries_are_listed_and_redress_is_counted(said: Callable[..., str]) -> None:
    found = flat(said("queries"))
    for words in ("Questions to offices: 1", "silence", "14 past its date", "about feed"):
        assert words in found, words
    listed = json.loads(said("queries", "--json"))
    assert [one["overdue"] for one in listed["redress"]] == [1]
    assert [one["state"] for one in listed["queries"]] == ["overdue"]
