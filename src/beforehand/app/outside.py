"""What lies outside the database and tells of it: the anchor, and the places published to.

Held against the ledger at each start: a database that was put back from an older copy is
consistent in itself, and only these show that it signed more than it now holds.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from beforehand.ledger.anchor import Anchor
from beforehand.ledger.durable import locked, sync_folder, write_file
from beforehand.ledger.entry import decode_trusted
from beforehand.ledger.errors import LedgerError
from beforehand.ledger.ledger import Ledger
from beforehand.ledger.note import Verifier, read_vkeys
from beforehand.ledger.publish import checkpoint_shown
from beforehand.ledger.shelves import open_shelf, without_secret
from beforehand.record.custody import KeyAdded
from beforehand.refusal import InputError
from beforehand.settings import Settings

LOG = "log"
"""The folder of a published site that holds the log."""


def check(settings: Settings, ledger: Ledger) -> None:
    """Hold the anchor and the published folders of this machine against the ledger.

    Raises AnchorError, NotOursError, RolledBackError or InconsistentError, having closed the
    ledger: nothing is to be decided on it.
    """

    def known() -> Iterator[Verifier]:
        found = (decode_trusted(data) for _, data in ledger.entries())
        added = (one.data for one in found if one.kind == KeyAdded.kind)
        return known_keys(
            settings, (msgspec.json.decode(one, type=KeyAdded).vkey for one in added)
        )

    try:
        if (anchor := anchor_of(settings)) is not None:
            anchor.check(ledger, known=known)
        for target in targets(settings):
            if "://" not in target:
                # One that cannot be read says nothing, and `doctor` says that.
                with suppress(InputError):
                    checkpoint_shown(ledger, open_shelf(target).within(LOG), known)
    except BaseException:
        ledger.close()
        raise


def known_keys(settings: Settings, added: Iterable[str]) -> Iterator[Verifier]:
    """Yield every key that the log ever signed with.

    added   the vkeys that entries name; the founding key stands in a file alone
    """
    for path in (settings.vkey, settings.retired_vkey):
        if path.is_file():
            yield from read_vkeys(path.read_text(encoding="ascii"))
    for vkey in added:
        yield Verifier.from_vkey(vkey)


# -- the anchor --------------------------------------------------------------------------


def anchor_of(settings: Settings) -> Anchor | None:
    return None if settings.anchor is None else Anchor(Path(settings.anchor))


def begin(settings: Settings) -> None:
    """Make the anchor of a new register, empty. Raises InputError."""
    anchor = anchor_of(settings)
    if anchor is None:
        return
    if not anchor.path.parent.is_dir():
        raise InputError(
            where=str(anchor.path.parent), expected="a folder for the anchor", got="none"
        )
    if anchor.path.exists() and (not anchor.path.is_file() or anchor.path.stat().st_size):
        raise InputError(
            where=str(anchor.path),
            expected="no file there yet",
            got="one, maybe the anchor of another register",
        )
    anchor.prepare()


# -- where it was published to -----------------------------------------------------------


def targets(settings: Settings) -> list[str]:
    """Return the paths and URLs that the register was ever published to, the first first."""
    return [
        one if "://" in one else str(settings.folder / one) for one in _remembered(settings)
    ]


def remember(settings: Settings, target: str | Path) -> None:
    """Note a place, durably and before anything is shown there, for later starts to look at."""
    name = _name(settings, str(target))
    names = _remembered(settings)
    if name not in names:
        text = json.dumps([*names, name], indent=2)
        write_file(settings.targets, f"{text}\n".encode())
        settings.targets.chmod(0o600)  # an address may hold a password
        sync_folder(settings.targets.parent)


def _remembered(settings: Settings) -> list[str]:
    if not settings.targets.is_file():
        return []
    try:
        return msgspec.json.decode(settings.targets.read_bytes(), type=list[str])
    except msgspec.DecodeError as error:
        raise InputError(
            where=str(settings.targets), expected="a list of texts", got=str(error)
        ) from error


def _name(settings: Settings, target: str) -> str:
    """Return how a place is noted: one that lies with the register, relative, so both can move."""
    if "://" in target:
        return target
    path, folder = Path(target).resolve(), settings.folder.resolve()
    return (
        os.path.relpath(path, folder) if path.is_relative_to(folder.parent) else str(path)
    )


@contextmanager
def publishing_alone(settings: Settings) -> Iterator[None]:
    """Hold the register's publishing, waiting for whoever else publishes on this machine."""
    handle = os.open(settings.private / "publishing.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with locked(handle):
            yield
    finally:
        os.close(handle)


def shown_at(
    settings: Settings, ledger: Ledger, known: Iterable[Verifier]
) -> Iterator[tuple[str, int | None, str]]:
    """Yield each place with the size that it shows, None for nothing, and what is wrong there."""
    keys = tuple(known)
    for target in targets(settings):
        try:
            shelf = open_shelf(target).within(LOG)
            found = checkpoint_shown(ledger, shelf, lambda: keys)
        except (LedgerError, InputError) as error:
            yield without_secret(target), None, str(error)
        else:
            yield without_secret(target), found.size if found else None, ""
