"""What tests of sealed parts share: people who open and delete, a clock to move, a count."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from beforehand.app import clock
from beforehand.ledger.entry import Envelope, decode_trusted
from beforehand.record.acts import Act
from beforehand.record.custody import HoldLifted, HoldPlaced, ScheduleSet
from beforehand.record.facts import PersonAppointed
from beforehand.record.kinds import DecidedFact

if TYPE_CHECKING:
    import pytest

    from beforehand.app.registers import App

IG = "inspector_general"
NOTICE = b"A notice of a hold, or a schedule: invented."


def submit(app: App, actor: str, fact: DecidedFact) -> None:
    app.submit(Act(actor=actor, fact=fact))


def move_clock(monkeypatch: pytest.MonkeyPatch, *, days: float) -> date:
    """Let the app's clock run so many days ahead; return the day it then shows."""
    ahead = timedelta(days=days)
    monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC) + ahead)  # noqa: TID251
    return clock.today()


def appoint_keeper(app: App) -> None:
    roles = PersonAppointed(
        person="p-yew", office="dia", roles=("data_steward",), account="individual"
    )
    submit(app, "p-alder", roles)


def set_schedule(app: App, days: int) -> None:
    document = app.keep_document(NOTICE)
    register = app.settings.register
    submit(app, "p-birch", ScheduleSet(register=register, days=days, document=document))


def place_hold(app: App, on: str, name: str = "hold-1") -> None:
    document = app.keep_document(NOTICE)
    submit(app, "p-juniper", HoldPlaced(hold=name, on=on, document=document))


def lift_hold(app: App, name: str = "hold-1") -> None:
    submit(app, "p-juniper", HoldLifted(hold=name))


def sealed_entries(app: App) -> list[tuple[int, Envelope]]:
    read = ((index, decode_trusted(data)) for index, data in app.ledger.entries())
    return [(index, entry) for index, entry in read if entry.seal]


def entry_of(app: App, kind: str) -> tuple[int, Envelope]:
    """Return the first entry of a kind."""
    return next(one for one in sealed_entries(app) if one[1].kind == kind)


def kinds_from(app: App, start: int) -> list[str]:
    return [decode_trusted(data).kind for _, data in app.ledger.entries(start)]
