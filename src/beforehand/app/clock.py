"""The only place that reads a clock or makes an id, a salt or a key."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, date, datetime


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


def key() -> bytes:
    return secrets.token_bytes(32)
