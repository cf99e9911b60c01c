"""`due` at the terminal."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from beforehand.cli import main
from beforehand.oversight.clock_words import WORDS
from tests.app.dated import make, stop_clock
from tests.policy import group_tables as g
from tests.world import steps

if TYPE_CHECKING:
    from collections.abc import Callable

LISTING = {"register", "at", "entries", "forecast", "due"}
DUE = {
    *("what", "of", "part", "offices", "person", "moment", "state", "dated", "days_open"),
    *("safeguard", "stops", "do", "acts", "roles"),
}
ADDED = (
    replace(g.DECLARED, at="2026-11-21T10:00:00.000000Z"),
    replace(g.REMARK, at="2026-11-22T10:00:00.000000Z"),
)
ENTRIES = len(steps()) + len(ADDED)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("due") / "register"
    make(folder, ADDED).close()
    return folder


@pytest.fixture
def said(
    built: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., str]:
    """Run `due` on 25 November 2026; every space and every line of a table becomes one space."""
    stop_clock(monkeypatch)

    def run(*words: str, status: int = 0) -> str:
        capsys.readouterr()
        assert main(["due", str(built), *words]) == status
        printed = capsys.readouterr()
        return printed.err if status else printed.out

    return run


def flat(table: str) -> str:
    return " ".join(re.sub("[─-╿]", " ", table).split())


def test_the_list_is_grouped_from_overdue_to_later(said: Callable[..., str]) -> None:
    found = said("--as-of", "2026-12-20T10:00")
    assert found.startswith(
        f"dated, 20 December 2026, 10:00 UTC ({ENTRIES} entries): a forecast,"
        " if nothing more is recorded.\n"
    )
    groups = re.findall(r"^([A-Z][^┃│]*): (\d+) *$", found, flags=re.MULTILINE)
    assert groups == [
        ("Overdue", "2"),
        ("Open, with no date of its own", "1"),
        ("The next 30 days", "5"),
        ("Later", "9"),
    ]


def test_a_row_says_when_what_stops_what_to_do_and_who_can(
    said: Callable[..., str],
) -> None:
    found = said("--within", "2", "--office", "harbor")
    assert found.startswith(f"dated, 25 November 2026, 10:00 UTC ({ENTRIES} entries)\n")
    words = flat(found)
    assert "The next 30 days: 1" in words
    for part in (
        "27 November 2026",
        "in 2 days; open for 4 days",
        "Deadline of an exigency",
        "w-2",
        "Refuses: process.exigency-resolved",
        "Who: counsel",
    ):
        assert part in words
    assert "22 November 2026, 10:00 UTC" in words
    assert "open for 3 days" in words


def test_a_rule_that_only_the_person_can_sign_names_the_person(
    said: Callable[..., str],
) -> None:
    assert "Who: analyst" in flat(said("--person", "analyst"))


def test_the_last_day_is_called_today_and_the_moment_itself_too(
    said: Callable[..., str],
) -> None:
    assert "by the end of today" in flat(said("--as-of", "2026-11-26", "--within", "1"))
    at = said("--as-of", "2026-11-27", "--within", "0")
    assert "27 November 2026 │" not in at.splitlines()[0]
    assert "today; open for 5 days" in flat(at)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(
            ("--as-of", "2020-01-01"), "Nothing is due or open.", id="before it was"
        ),
        pytest.param(
            ("--within", "0", "--person", "steward"),
            "Nothing is due or open within 0 days for steward.",
            id="for a person, soon",
        ),
        pytest.param(
            ("--within", "3", "--office", "routes"),
            "Nothing is due or open within 3 days for office routes.",
            id="for an office, soon",
        ),
    ],
)
def test_an_empty_list_says_what_it_is_empty_of(
    said: Callable[..., str], words: tuple[str, ...], expected: str
) -> None:
    assert said(*words).splitlines()[1:] == [expected]


def test_in_json_the_list_has_a_shape_that_stays(said: Callable[..., str]) -> None:
    found: dict[str, Any] = json.loads(said("--json"))
    assert set(found) == LISTING
    assert all(set(one) == DUE for one in found["due"])
    assert [one["moment"] for one in found["due"]] == sorted(
        one["moment"] for one in found["due"]
    )
    exigency = next(one for one in found["due"] if one["what"] == "exigency")
    del exigency["stops"], exigency["do"]
    assert exigency == {
        "what": "exigency",
        "of": "w-2",
        "part": "exigency",
        "offices": ["harbor"],
        "person": None,
        "moment": "2026-11-27T00:00:00.000000Z",
        "state": "coming",
        "dated": True,
        "days_open": 4,
        "safeguard": "process.exigency-resolved",
        "acts": ["resolve-exigency"],
        "roles": ["counsel"],
    }
    assert said("--json") == said("--json", "--as-of", "2026-11-25T12:00+02:00")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(("--as-of", "soon"), "a day as 2026-11-25", id="no moment"),
        pytest.param(("--office", "nowhere"), "an office", id="no office"),
        pytest.param(("--person", "nobody"), "a person", id="no person"),
        pytest.param(("--within", "-1"), "--within", id="no number of days"),
    ],
)
def test_what_cannot_be_asked_exits_2(
    said: Callable[..., str], words: tuple[str, ...], expected: str
) -> None:
    assert expected in said(*words, status=2)


def test_every_kind_is_in_the_reference_with_the_safeguard_that_refuses() -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "commands.md"
    section = page.read_text(encoding="utf-8").partition("\n### `due`\n")[2]
    section = section.partition("\n### ")[0]
    rows = re.findall(r"^\| `([a-z-]+)` \| .* \| (.*) \|$", section, flags=re.MULTILINE)
    assert dict(rows) == {
        kind: f"[`{words.safeguard}`](safeguards.md)" if words.safeguard else ""
        for kind, words in WORDS.items()
    }
