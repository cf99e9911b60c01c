"""The keys that the log signs with: made here, added and retired by acts, in force as those say.

While a key is changed both sign, so that whoever knows either one verifies every checkpoint:
the old key leads to the entry that names the new one. A private key that signs no more is
removed: it can only be stolen. Its public half stays, for what it signed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from beforehand.app import outside
from beforehand.app.registers import App, Receipt, describe
from beforehand.ledger.durable import sync_folder, write_durably, write_private
from beforehand.ledger.errors import KeyFileError, LedgerError
from beforehand.ledger.note import Signer, Verifier
from beforehand.record.acts import Act
from beforehand.record.custody import KeyAdded, KeyRetired, LogKey
from beforehand.refusal import InputError, Refusal
from beforehand.settings import Settings

_RESTORE: Final = "put it back from a backup of the folder private/"
_NOW: Final = "~"
"""Later than any time that an entry has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A key was added or retired; `receipt` is None where that was only tried.

    vkeys   the public keys that sign from here on, oldest first
    """

    key: str
    vkeys: tuple[str, ...]
    receipt: Receipt | None


# -- which are in force ------------------------------------------------------------------


def signers(app: App, *, size: int) -> tuple[Signer, ...]:
    """Return the keys in force at the head of `size` entries, the founding one first.

    Raises KeyFileError if the file of one is missing, or holds another key.
    """
    settings, keys = app.settings, app.view().log_keys
    at = app.entry(size - 1)[1].at if size else ""
    found = []
    if not _founding_retired(keys, at):
        found.append(_read(settings.log_key, vkey=_founding_vkey(settings, keys)))
    found += [
        _read(key_file(settings, one.key), vkey=str(one.vkey)) for one in _added(keys, at)
    ]
    return tuple(found)


def in_force(app: App) -> list[str]:
    """Return the public keys in force now, the founding one first; no private key is read."""
    keys = app.view().log_keys
    found = [] if _founding_retired(keys, _NOW) else [_founding_vkey(app.settings, keys)]
    return found + [str(one.vkey) for one in _added(keys, _NOW)]


def known(app: App) -> Iterator[Verifier]:
    """Yield every key that the log ever signed with."""
    vkeys = [one.vkey for one in app.view().log_keys.values() if one.vkey]
    return outside.known_keys(app.settings, vkeys)


def key_file(settings: Settings, key: str) -> Path:
    """Return where the private half of a key lies that an entry added."""
    return settings.private / f"log-{key}.key"


def key_id(vkey: str) -> str:
    return vkey.split("+", 2)[1]


def _added(keys: Mapping[str, LogKey], at: str) -> list[LogKey]:
    """Return the keys that entries up to the time `at` added and did not retire, oldest first."""
    found = [
        (one.added, one)
        for one in keys.values()
        if one.added is not None and one.added <= at and not _retired(one, at)
    ]
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _founding_retired(keys: Mapping[str, LogKey], at: str) -> bool:
    return any(one.added is None and _retired(one, at) for one in keys.values())


def _retired(key: LogKey, at: str) -> bool:
    return key.retired is not None and key.retired <= at


def _founding_vkey(settings: Settings, keys: Mapping[str, LogKey]) -> str:
    """Return the founding key as `log.vkey` shows it: no entry names it.

    Raises KeyFileError unless that file shows exactly one key that no entry added.
    """
    added = {one.vkey for one in keys.values()}
    found = [line for line in _lines(settings.vkey) if line not in added]
    if len(found) != 1:
        raise KeyFileError(
            f"expected in {settings.vkey} the one key that the register was founded with, got"
            f" {len(found)}; put the file back from a backup, or from a copy that was handed out"
        )
    return found[0]


def _read(path: Path, *, vkey: str) -> Signer:
    """Return the private key in a file, which must be the other half of `vkey`."""
    if not path.is_file():
        raise KeyFileError(
            f"expected {path}, the key of {vkey}, with which the log signs, got none; {_RESTORE}"
        )
    try:
        signer = Signer.from_private_text(path.read_text(encoding="ascii"))
    except (LedgerError, UnicodeDecodeError) as error:
        raise KeyFileError(f"{path}: {error}; {_RESTORE}") from error
    if signer.verifier.vkey != vkey:
        raise KeyFileError(
            f"expected in {path} the key of {vkey}, got that of {signer.verifier.vkey}; {_RESTORE}"
        )
    return signer


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="ascii").split() if path.is_file() else []


# -- changing them -----------------------------------------------------------------------


def rotate(app: App, *, actor: str, dry_run: bool = False) -> Changed:
    """Make a key and add it to those that sign. Raises Refusal, InputError.

    The key is durable before the act is: a crash between leaves a key of nobody, which
    `doctor` names, and never an act whose key is lost.
    """
    signer = Signer.generate(app.settings.origin)
    vkey = signer.verifier.vkey
    key = key_id(vkey)
    act = Act(actor=actor, fact=KeyAdded(key=key, vkey=vkey))
    if dry_run:
        _try(app, act)
        return Changed(key=key, vkeys=tuple(in_force(app)), receipt=None)
    path = key_file(app.settings, key)
    write_private(path, signer.private_text.encode("ascii"))
    sync_folder(path.parent)
    try:
        receipt = app.submit(act)
    except (Refusal, InputError):
        path.unlink()
        raise
    return Changed(key=key, vkeys=settle(app), receipt=receipt)


def retire(app: App, key: str, *, actor: str, dry_run: bool = False) -> Changed:
    """Let a key sign no more. Raises Refusal; InputError if it is no key in force."""
    names = [key_id(one) for one in in_force(app)]
    if key not in names:
        raise InputError(
            where="key",
            expected=f"a key that signs: {', '.join(names)}",
            got=ascii(key[:20]),
        )
    act = Act(actor=actor, fact=KeyRetired(key=key))
    if dry_run:
        _try(app, act)
        return Changed(key=key, vkeys=tuple(in_force(app)), receipt=None)
    receipt = app.submit(act)
    return Changed(key=key, vkeys=settle(app), receipt=receipt)


def _try(app: App, act: Act) -> None:
    if unmet := app.check(act):
        raise Refusal(what=describe(act), unmet=unmet, entry=None)


def settle(app: App) -> tuple[str, ...]:
    """Bring the key files up to the acts, and return the public keys in force, oldest first.

    Called after each act and before each publication, so a crash between is made good.
    """
    settings, keys = app.settings, app.view().log_keys
    found = in_force(app)
    ids = {one.key for one in keys.values() if one.retired is not None}
    here = [*_lines(settings.retired_vkey), *_lines(settings.vkey)]
    named = [one.vkey for one in keys.values() if one.vkey is not None]
    retired = [one for one in dict.fromkeys([*here, *named]) if key_id(one) in ids]
    _write_lines(settings.retired_vkey, retired)
    _write_lines(settings.vkey, found)
    # Their public halves are kept, durably: only now do the private ones go.
    for one in keys.values():
        if one.retired is not None:
            path = settings.log_key if one.added is None else key_file(settings, one.key)
            path.unlink(missing_ok=True)
    sync_folder(settings.private)
    return tuple(found)


def _write_lines(path: Path, lines: list[str]) -> None:
    if lines != _lines(path):
        write_durably(path, "".join(f"{line}\n" for line in lines).encode("ascii"))


def private_files(settings: Settings) -> list[Path]:
    """Return every file in which a private key of the log lies."""
    found = settings.private.glob("log-*.key")
    return sorted({*found, *([settings.log_key] if settings.log_key.exists() else [])})


def strays(app: App) -> list[Path]:
    """Return the private key files of keys that are not in force: none should lie here."""
    signing = {key_id(one) for one in in_force(app)}
    added = {key_file(app.settings, key) for key in signing}
    founding_signs = not _founding_retired(app.view().log_keys, _NOW)
    mine = added | ({app.settings.log_key} if founding_signs else set())
    return [one for one in private_files(app.settings) if one not in mine]
