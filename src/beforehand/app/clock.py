"""The only place that reads a clock or makes an id, a salt or a key."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, date, datetime, timedelta
from typing import Final

from beforehand.ledger.times import parse_time

PROGRAM: Final = "beforehand"  # who acts where the program does and no person
_TOLD: Final = timedelta(seconds=2)


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    return now().date()


def monotonic() -> float:
    return time.monotonic()


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def new_id(prefix: str) -> str:
    """Return an id that no other entry has: 128 bits of chance after the prefix."""
    return f"{prefix}-{secrets.token_hex(16)}"


def salt() -> bytes:
    return secrets.token_bytes(32)


def question_salt(below: int) -> int:
    return secrets.randbelow(below)


def token() -> str:
    """Return a secret that a person can paste: 192 bits of chance."""
    return secrets.token_urlsafe(24)


def key() -> bytes:
    return secrets.token_bytes(32)


class StepWatch:
    """Tells once, each time that it happens, that the clock was set back."""

    def __init__(self) -> None:
        self._told = False

    def stepped(self, last: str | None) -> int | None:
        """Return by how many milliseconds the clock is behind `last`, if that is news.

        last   the newest entry's time; two seconds behind it are no step, since clocks drift
        """
        behind = parse_time(last) - now() if last else timedelta()
        told, self._told = self._told, behind > _TOLD
        return int(behind / timedelta(milliseconds=1)) if self._told and not told else None
