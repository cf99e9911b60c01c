"""Settings: `register.toml` and the environment, read once at start into one frozen value."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from beforehand.ledger.store import is_postgresql, without_password
from beforehand.refusal import InputError

FILE = "register.toml"
REQUIRED = ("register", "title", "origin", "about")
OPTIONAL = ("anchor", "database")
KEYS = (*REQUIRED, *OPTIONAL)
"""Every key of the file; each is a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What one register is.

    folder     where everything of it lies
    register   its id, the subject of its first entry
    title      how a person calls it
    origin     the log's name: a host and path, never resolved
    about      "record" for a reported public record, "live" for a register of acts
    anchor     where the newest signed checkpoint is kept, on another volume; None for nowhere
    database   where the ledger is: `postgresql://...`, without a password; None for the folder
    """

    folder: Path
    register: str
    title: str
    origin: str
    about: Literal["record", "live"]
    anchor: str | None = None
    database: str | None = None

    @property
    def ledger(self) -> Path | str:
        """The address of the ledger's store."""
        return self.database or self.folder / "ledger.sqlite"

    @property
    def index(self) -> Path:
        """The index of the ledger's entries: derived, and made anew when it is not there."""
        return self.folder / "index.sqlite"

    @property
    def shelf(self) -> Path:
        """What imported files say: derived, and made anew from the files that are kept."""
        return self.folder / "outside.sqlite"

    @property
    def vkey(self) -> Path:
        return self.folder / "log.vkey"

    @property
    def retired_vkey(self) -> Path:
        """The public keys that sign no more: older checkpoints and receipts are checked by them."""
        return self.folder / "retired.vkey"

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
        """The key that the register was founded with."""
        return self.private / "log.key"

    @property
    def targets(self) -> Path:
        """Where the register was published to: a JSON list."""
        return self.private / "published.json"


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
    if not (
        set(REQUIRED) <= set(found) <= set(KEYS)
        and all(isinstance(value, str) for value in found.values())
    ):
        raise InputError(
            where=str(path),
            expected=f"texts for {', '.join(REQUIRED)}, and no key more but {', '.join(OPTIONAL)}",
            got=", ".join(found),
        )
    if not Path(found.get("anchor", "/")).is_absolute():
        raise InputError(
            where=f"{path}: anchor", expected="an absolute path", got=found["anchor"]
        )
    if found["about"] not in ("record", "live"):
        raise InputError(
            where=f"{path}: about", expected="record or live", got=found["about"]
        )
    if "database" in found:
        require_database(found["database"], where=f"{path}: database")
    return Settings(folder=folder, **found)


def require_database(address: str, *, where: str) -> None:
    """Raise InputError unless `address` may stand in the file."""
    if not (is_postgresql(address) and address.isprintable()):
        raise InputError(
            where=where, expected="postgresql://HOST/DATABASE", got=repr(address)
        )
    if without_password(address) != address:
        raise InputError(
            where=where,
            expected="an address without a password",
            got="one with a password",
            do="Keep it in ~/.pgpass, or give it in PGPASSWORD.",
        )


def text(settings: Settings) -> str:
    """Return `register.toml` for these settings."""
    rows = {key: getattr(settings, key) for key in KEYS}
    quoted = (
        f'{key} = "{_escape(value)}"' for key, value in rows.items() if value is not None
    )
    return "\n".join([*quoted, ""])


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
