"""What `oversee` notes: once each, for the moment at which it is so, and a replay agrees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from beforehand.app.noting import asked, oversee, standing
from beforehand.app.overseeing import replay_register
from beforehand.ledger.entry import decode_trusted
from beforehand.record import answering as a
from beforehand.record.kinds import DecidedFact
from tests.app.dated import make, stop_clock
from tests.policy import answering_tables as t
from tests.world import AWARD, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from beforehand.app.registers import App

LAST = "2026-12-21T23:59:59.999999Z"
PASSED = "2026-12-22T00:00:00.000000Z"
CHECKED = t.changed(t.ADVICE, check=a.AwardsCovered(since="2026-11-21"))
CLOSED = (*t.MADE[:2], t.by("watcher", CHECKED), t.by("watcher", t.CLOSED))
BARE = Step(
    fact=msgspec.structs.replace(AWARD, contract="c-2", assessment=None),
    actor="buyer",
    at="2026-11-24T10:00:00.000000Z",
)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    return lambda moment: stop_clock(monkeypatch, moment)


def register(folder: Path, more: Iterable[Step]) -> App:
    return make(folder / "register", more)


def kinds(app: App) -> list[str]:
    return [decode_trusted(data).kind for _, data in app.ledger.entries()]


def differing(app: App) -> list[str]:
    """What a replay finds of the notes: the department's own steps were never decided."""
    found = replay_register(app).differing
    return [
        one for one in found if "no decision stands" not in one and "adopted" not in one
    ]


def test_silence_is_noted_when_its_day_is_over_once_and_counted_in_days(
    tmp_path: Path, at: Callable[[str], None]
) -> None:
    at(LAST)
    with register(tmp_path, [t.LODGED]) as app:
        size = app.ledger.size
        assert oversee(app).silent == ()
        at(PASSED)
        (dry,) = oversee(app, dry_run=True).silent
        assert (dry.entry, dry.days, app.ledger.size) == (None, 32, size)
        (noted,) = oversee(app).silent
        assert (noted.query, noted.office, noted.days) == ("qu-1", "harbor", 32)
        assert (noted.entry, kinds(app)[-1]) == (size, "query.silent")
        assert oversee(app).silent == ()
        assert app.ledger.size == size + 1
        assert differing(app) == []
        (told,) = asked(app).queries
        assert (told.state, told.days_overdue, told.concerning) == ("overdue", 1, ("feed",))
        assert told.silence is not None


def test_an_answered_question_is_met_with_no_silence(
    tmp_path: Path, at: Callable[[str], None]
) -> None:
    at(PASSED)
    with register(tmp_path, [t.LODGED, t.by("manager", t.REPLY)]) as app:
        assert oversee(app).silent == ()


def test_a_failed_check_reopens_once_and_names_the_entry_that_did_it(
    tmp_path: Path, at: Callable[[str], None]
) -> None:
    at("2026-11-25T10:00:00.000000Z")
    with register(tmp_path, [*CLOSED, BARE]) as app:
        culprit = app.ledger.size - 1
        (dry,) = oversee(app, dry_run=True).reopened
        (noted,) = oversee(app).reopened
        assert dry.failing == noted.failing
        assert (noted.failing.entry, noted.failing.of) == (culprit, "c-2")
        assert oversee(app).reopened == ()
        (told,) = standing(app).recommendations
        assert (told.status, told.holds) == ("open_unresolved", "fails")
        assert [one.entry for one in told.reopened] == [noted.failing.id]
        assert app.entry(culprit)[1].id == noted.failing.id
        assert differing(app) == []


def test_closed_again_it_stays_closed_until_something_new_fails(
    tmp_path: Path, at: Callable[[str], None]
) -> None:
    at("2026-11-25T10:00:00.000000Z")
    with register(tmp_path, [*CLOSED, BARE]) as app:
        oversee(app)
        app.in_turn(lambda: app.append_undecided(t.CLOSED, actor="watcher"))
        assert oversee(app).reopened == ()
        again = msgspec.structs.replace(BARE.fact, contract="c-3")
        app.in_turn(lambda: app.append_undecided(again, actor="buyer"))
        assert [one.failing.of for one in oversee(app).reopened] == ["c-3"]


def test_a_check_that_holds_reopens_nothing(
    tmp_path: Path, at: Callable[[str], None]
) -> None:
    at("2026-11-25T10:00:00.000000Z")
    with register(tmp_path, CLOSED) as app:
        assert oversee(app).reopened == ()
        (told,) = standing(app).recommendations
        assert (told.status, told.holds, told.resolution) == ("closed", "holds", "agreed")


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        pytest.param(a.QuerySilent(query="qu-1", days=4), "not overdue", id="too early"),
        pytest.param(t.FAILED, "does not fail", id="a check that holds"),
    ],
)
def test_a_note_that_does_not_follow_is_found_by_a_replay(
    tmp_path: Path, at: Callable[[str], None], fact: DecidedFact, words: str
) -> None:
    at("2026-11-25T10:00:00.000000Z")
    with register(tmp_path, [t.LODGED, *CLOSED]) as app:
        app.in_turn(lambda: app.append_undecided(fact, actor="beforehand"))
        (found,) = differing(app)
        assert words in found
