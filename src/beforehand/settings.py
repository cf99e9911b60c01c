"""Settings: `register.toml` and the environment, read once at start into one frozen value."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from beforehand.refusal import InputError

FILE = "register.toml"
KEYS = {"register": str, "title": str, "origin": str, "about": str}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What one register is.

    folder     where everything of it lies
    register   its id, the subject of its first entry
    title      how a person calls it
    origin     the log's name: a host and path, never resolved
    about      "record" for a reported public record, "live" for a register of acts
    """

    folder: Path
    register: str
    title: str
    origin: str
    about: Literal["record", "live"]

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.sqlite"

    @property
    def vkey(self) -> Path:
        return self.folder / "log.vkey"

    @property
    def documents(self) -> Path:
        return self.folder / "documents"

    @property
    def snapshots(self) -> Path:
        return self.folder / "snapshots"

    @property
    def private(self) -> Path:
        """What only the register's own processes may read: keys, the vault, stored answers."""
        return self.folder / "private"

    @property
    def log_key(self) -> Path:
        return self.private / "log.key"


def read(folder: Path) -> Settings:
    """Return the settings of the register in `folder`. Raises InputError."""
    path = folder / FILE
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(
            where=str(folder),
            expected=f"a register's folder, with {FILE} in it",
            got="none",
            do="Make one with: beforehand init REGISTER",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(where=str(path), expected="TOML", got=str(error)) from error
    if set(found) != set(KEYS) or any(type(found[key]) is not KEYS[key] for key in KEYS):
        raise InputError(
            where=str(path), expected=f"texts for {', '.join(KEYS)}", got=", ".join(found)
        )
    if found["about"] not in ("record", "live"):
        raise InputError(
            where=f"{path}: about", expected="record or live", got=found["about"]
        )
    return Settings(folder=folder, **found)


def text(settings: Settings) -> str:
    """Return `register.toml` for these settings."""
    rows = {key: getattr(settings, key) for key in KEYS}
    quoted = (f'{key} = "{_escape(value)}"' for key, value in rows.items())
    return "\n".join([*quoted, ""])


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
