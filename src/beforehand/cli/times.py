"""Times as people read them."""

from __future__ import annotations

from datetime import UTC, datetime

from beforehand.cells import step_start


def step_words(step: int, size: int) -> str:
    """Return when a step of `size` x 15 minutes begins: 2026-03-03 09:00 UTC."""
    moment = datetime.fromtimestamp(step_start(step, size), UTC)
    return moment.strftime("%Y-%m-%d %H:%M UTC")
