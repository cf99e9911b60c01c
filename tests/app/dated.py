"""The small invented department of `tests.world` as a register, each entry at its own time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from beforehand.app import clock
from beforehand.app.registers import App
from beforehand.ledger.times import parse_time, time_text
from beforehand.settings import Settings
from tests.world import GUARDS, NOW, Step, steps

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pytest

    from beforehand.record.acts import Json


def make(folder: Path, more: Iterable[Step] = ()) -> App:
    """Return a register of the department's steps, and then `more` in the order of their times.

    They are written as they are and not decided: their documents are nowhere.
    """
    settings = Settings(
        folder=folder, register="dated", title="Dated", origin="log.example/d", about="live"
    )
    app = App.create(settings)
    app.keep_document(GUARDS.text.encode())
    app.in_turn(lambda: _append(app, [*steps().values(), *more]))
    return app


def _append(app: App, taken: Iterable[Step]) -> None:
    at = parse_time("2026-11-20T10:00:00.000000Z")
    for one in taken:
        at = max(parse_time(one.at), at + timedelta(microseconds=1))
        sealed: dict[str, Json] = msgspec.convert(dict(one.opened), dict)
        app.append(
            one.fact, actor=one.actor, at=time_text(at), decision=None, sealed=sealed
        )


def stop_clock(monkeypatch: pytest.MonkeyPatch, at: str = NOW) -> None:
    monkeypatch.setattr(clock, "now", lambda: parse_time(at))
