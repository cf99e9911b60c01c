"""Where a register's ledger is in force, and moving it elsewhere.

`register.toml` says where. It is replaced as a whole, and every write to a ledger first looks,
under the writer's lock, whether it still names the one that is about to be written to.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from beforehand import settings as settings_file
from beforehand.app import outside
from beforehand.ledger import move as moves
from beforehand.ledger.durable import sync_folder, write_file
from beforehand.ledger.errors import DurabilityError, LedgerError
from beforehand.ledger.ledger import Ledger
from beforehand.ledger.store import require_empty
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from beforehand.settings import Settings

SQLITE = "sqlite"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What was moved, or would be.

    before, after   addresses of the ledger
    root            of all entries
    """

    before: str
    after: str
    size: int
    root: bytes
    checkpoints: int


def open_ledger(settings: Settings) -> Ledger:
    """Open a register's ledger, to be written to only while the register names it."""
    path = settings.folder / settings_file.FILE
    good = b""

    def check() -> None:
        nonlocal good
        now = path.read_bytes() if path.exists() else b""
        if now != good or not now:  # reading its keys takes five times as long
            if settings_file.read(settings.folder).ledger != settings.ledger:
                raise LedgerError(
                    f"{path} names another ledger by now: it was moved; open the register again"
                )
            good = now

    ledger = Ledger.open(settings.ledger)
    ledger.store.check = check
    return ledger


def move(
    folder: Path, to: str, *, dry_run: bool, told: Callable[[str, float], None]
) -> Move:
    """Move the register's ledger `to` another store: "sqlite", or `postgresql://...`.

    dry_run   look whether it could be, and write nothing

    Raises InputError if it cannot be put there, InconsistentError if the copy is not the same;
    then the old ledger stays in force.
    """
    settings = settings_file.read(folder)
    new = replace(settings, database=_database(to))
    if new == settings:
        raise InputError(where="--to", expected="another place", got="where the ledger is")
    with closing(open_ledger(settings)) as ledger:
        outside.check(settings, ledger)
        _require_empty(new)
        if dry_run:
            edge, signed = ledger.head(), ledger.checkpoints()
            moved = moves.Moved(edge.size, edge.root(), len(signed))
        else:
            moved = moves.move(
                ledger, new.ledger, switch=lambda: _put_in_force(new), told=told
            )
        before = ledger.store.address
    return Move(
        before=before,
        after=str(new.ledger),
        size=moved.size,
        root=moved.root,
        checkpoints=moved.checkpoints,
    )


def _database(to: str) -> str | None:
    if to == SQLITE:
        return None
    settings_file.require_database(to, where="--to")
    return to


def _require_empty(new: Settings) -> None:
    try:
        require_empty(new.ledger)
    except DurabilityError:
        raise
    except LedgerError as error:
        raise InputError(
            where="--to",
            expected="a place that can be reached and holds no ledger",
            got=f"this: {error}",
            do="What a move that was cut short left there may be removed:"
            f" {new.folder / settings_file.FILE} names the ledger in force.",
        ) from error


def _put_in_force(new: Settings) -> None:
    """Replace `register.toml`; whatever else it says by now, stays."""
    now = replace(settings_file.read(new.folder), database=new.database)
    write_file(new.folder / settings_file.FILE, settings_file.text(now).encode())
    # Durable before anybody can append to the new ledger: both locks are held.
    sync_folder(new.folder)
