"""A process that is killed during an import: what is on the ledger counts once, and all of it."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Final

import pytest

from beforehand.app.importing import import_file, shelf_of
from beforehand.app.registers import App
from beforehand.oversight.outside.imported import Imported
from beforehand.oversight.outside.shelf import Kept
from tests.app.fresh import appoint, make
from tests.app.test_importing import CASE, PERSON
from tests.faults.steps import Step, kill_at
from tests.faults.test_kills import FORKS
from tests.oversight.test_outside import award, download, put

NEVER_REACHED: Final = 3
_SHELF: Final = "beforehand.oversight.outside.shelf:Files"
# Where to die, and at which call; whether the import is on the ledger then.
BEFORE_ITS_ENTRY: Final = {
    "while rows land": (Step(f"{_SHELF}.put", "after"), 2),
    "before it is decided": (Step("beforehand.app.recording:decided", "before"), 1),
    "before the copy is kept": (Step("beforehand.app.recording:Keeping.file", "before"), 1),
    "after the copy is kept": (Step("beforehand.app.recording:Keeping.file", "after"), 1),
    "before the entry is durable": (
        Step("beforehand.app.registers:App.append", "after"),
        1,
    ),
}
AFTER_ITS_ENTRY: Final = {
    "after the entry is durable": (Step(f"{_SHELF}.count_awards", "before"), 2),
    "before the shelf's commit": (Step(f"{_SHELF}.count_awards", "after"), 2),
}
STEPS: Final = BEFORE_ITS_ENTRY | AFTER_ITS_ENTRY


def take(app: App, path: Path) -> Imported:
    return import_file(app, path, actor=PERSON, told=lambda _rows, _share: None)


def import_and_die(folder: Path, path: Path, step: Step, nth: int) -> None:
    with App.open(folder) as app:
        kill_at(step, nth, store="sqlite")
        take(app, path)
    os._exit(NEVER_REACHED)


def killed(folder: Path, path: Path, step: Step, nth: int) -> None:
    process = FORKS.Process(target=import_and_die, args=(folder, path, step, nth))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL, "it never came to the step"


def register(folder: Path, first: Path) -> Path:
    """A register with one file, that the next completes and corrects."""
    with make(folder) as app:
        appoint(app, PERSON, "privacy_officer")
        take(app, first)
    return folder


def shown(app: App) -> tuple[list[Kept], int]:
    with shelf_of(app) as shelf:
        return list(shelf.things("award")), shelf.count_awards()


def imports(app: App) -> list[str]:
    return [one.fact.file for one in app.recorded() if one.fact.kind == "file.imported"]  # type: ignore[union-attr]


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    def row(number: int, day: str, amount: str) -> dict[str, str]:
        return award(
            f"70CTD024F0000000{number}",
            federal_action_obligation=amount,
            last_modified_date=day,
        )

    first = download(row(1, "2024-01-01", "10"), row(2, "2024-01-01", "20"))
    more = download(row(2, "2024-02-01", "25"), row(3, "2024-02-01", "30"), {})
    return put(tmp_path, first, "first.csv"), put(tmp_path, more, "more.csv")


@pytest.mark.parametrize("name", STEPS)
def test_an_import_that_is_killed_counts_once_and_as_if_nothing_had_happened(
    name: str, files: tuple[Path, Path], tmp_path: Path
) -> None:
    first, more = files
    with App.open(register(tmp_path / "undisturbed", first)) as app:
        expected, awards = take(app, more), shown(app)
    folder = register(tmp_path / "disturbed", first)
    killed(folder, more, *STEPS[name])
    with App.open(folder) as app:
        before = imports(app)
        assert (expected.file in before) == (name in AFTER_ITS_ENTRY)
        # Opened again it holds what the ledger names, made up from the file that is kept.
        assert (shown(app) == awards) == (name in AFTER_ITS_ENTRY)
        again = take(app, more)
        assert again.state == ("already" if name in AFTER_ITS_ENTRY else "imported")
        assert (again.landed, again.awards) == (expected.landed, expected.awards)
        assert imports(app).count(expected.file) == 1
        assert shown(app) == awards
        assert app.document(expected.file) == more.read_bytes()


@pytest.mark.parametrize(
    ("step", "nth"),
    [
        pytest.param(
            Step("beforehand.app.registers:App.append_undecided", "after"), 20, id="in it"
        ),
        pytest.param(
            Step("beforehand.ledger.tables:Group.write", "after"), 1, id="at its end"
        ),
    ],
)
def test_a_case_that_is_killed_leaves_no_item_and_then_lands_whole(
    step: Step, nth: int, tmp_path: Path
) -> None:
    path = put(tmp_path, CASE.read_bytes(), "case.yaml")
    with make(tmp_path / "register") as app:
        appoint(app, PERSON, "privacy_officer")
        size = app.ledger.size
    killed(tmp_path / "register", path, step, nth)
    with App.open(tmp_path / "register") as app:
        assert app.ledger.size == size
        again = take(app, path)
        (counts,) = again.landed.members
        assert (again.state, counts.new) == ("imported", counts.read)
        assert app.ledger.size == size + 1 + counts.read
