"""The check-up of a ledger and its keys: what would let a stranger doubt it, and what to do.

A database that was put back from an older copy looks sound from within. So what lies outside
is asked for: the anchor, what was published, receipts and checkpoints that others kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from beforehand.app import clock, keys, outside
from beforehand.ledger.anchor import hold
from beforehand.ledger.entry import decode_trusted
from beforehand.ledger.errors import DisclosureError, LedgerError
from beforehand.ledger.proof import open_tlog_proof
from beforehand.ledger.times import parse_time

if TYPE_CHECKING:
    from beforehand.app.registers import App

_DRIFT_S: Final = 2.0
_INDEX: Final = re.compile(rb"^index ([0-9]{1,18})$", re.MULTILINE)
_PUBLISH: Final = "Publish: beforehand publish REGISTER TARGET."


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing looked at; `do` says what to do where it is not sound.

    counts   False for a remark: it is worth knowing, and nothing is missing
    """

    what: str
    sound: bool
    do: str = ""
    counts: bool = True


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What others kept of this ledger, by the name of its file."""

    receipts: Mapping[str, bytes] = {}
    checkpoints: Mapping[str, bytes] = {}


def check_ledger(app: App, kept: Kept) -> Iterator[Check]:
    yield from _head(app)
    yield from _anchor(app)
    yield from _published(app)
    yield from _kept(app, kept)
    yield from _keys(app)
    yield from _clock(app)
    yield from _sealed(app)


def _newest(app: App) -> int:
    recorded = app.ledger.checkpoints()
    return recorded[-1].checkpoint.size if recorded else 0


def _head(app: App) -> Iterator[Check]:
    size, newest = app.ledger.size, _newest(app)
    yield Check(
        what=f"the ledger is sound and durable: {size:,} entries in {app.ledger.store.address}",
        sound=True,
    )
    yield Check(
        what=f"the newest signed checkpoint holds {newest:,} of {size:,} entries",
        sound=newest == size,
        do=f"{_PUBLISH} What is unpublished nobody else can hold you to.",
    )
    origin = app.settings.origin
    yield Check(
        what=f"the log is named {origin}",
        sound=not origin.startswith("beforehand.invalid/"),
        do="A production register is made with init --origin HOST/PATH, an address of yours.",
    )
    yield Check(
        what="no witness has signed a checkpoint",
        sound=False,
        counts=False,
        do="Give each checkpoint to people outside; witnesses by protocol are not built yet.",
    )


def _anchor(app: App) -> Iterator[Check]:
    anchor = outside.anchor_of(app.settings)
    if anchor is None:
        yield Check(
            what="an anchor would show that an older database was put back",
            sound=False,
            do='Name a file on another volume in register.toml: anchor = "/PATH/FILE". Copy the'
            " `checkpoint` of the newest publication there.",
        )
        return
    try:
        held = anchor.check(app.ledger, known=lambda: keys.known(app))
    except LedgerError as error:
        yield Check(what="the anchor is one of this ledger", sound=False, do=str(error))
        return
    size, newest = held.size if held else 0, _newest(app)
    yield Check(
        what=f"the anchor holds {size:,} of {newest:,} signed entries",
        sound=size == newest and held is not None,
        do=f"{_PUBLISH} That moves it on.",
    )
    yield Check(
        what="the anchor lies on another volume than the register",
        sound=volume(anchor.path.parent) != volume(app.settings.folder),
        do=f"Whoever puts an older copy of one volume back puts {anchor.path} back with it:"
        " move it to another, and name that in register.toml.",
    )


def volume(path: Path) -> int:
    """Return which device a path lies on."""
    return path.stat().st_dev


def _published(app: App) -> Iterator[Check]:
    newest = _newest(app)
    places = list(outside.shown_at(app.settings, app.ledger, keys.known(app)))
    if not places:
        yield Check(what="it was published nowhere", sound=False, do=_PUBLISH)
    for place, size, wrong in places:
        shown = (
            "no checkpoint" if size is None else f"{size:,} of {newest:,} signed entries"
        )
        yield Check(
            what=f"{place} shows {shown}",
            sound=size == newest and not wrong,
            do=wrong
            or f"{_PUBLISH} If nothing is published there any more, take it off the list in"
            f" {app.settings.targets}.",
        )


def _kept(app: App, kept: Kept) -> Iterator[Check]:
    """Hold what others kept against the ledger."""
    if not kept.receipts and not kept.checkpoints:
        yield Check(
            what="no receipt or older checkpoint was held against the ledger",
            sound=False,
            counts=False,
            do="Ask those who keep some: doctor --receipt FILE --checkpoint FILE. An older database"
            " that was put back is consistent in itself; only they would show it.",
        )
    for name, note in kept.checkpoints.items():
        wrong = _wrong_checkpoint(app, note, name)
        yield Check(
            what=f"the checkpoint {name} is one of this ledger", sound=not wrong, do=wrong
        )
    for name, receipt in kept.receipts.items():
        wrong = _wrong_receipt(app, receipt, name)
        yield Check(
            what=f"the receipt {name} is of an entry of this ledger",
            sound=not wrong,
            do=wrong,
        )


def _wrong_checkpoint(app: App, note: bytes, name: str) -> str:
    try:
        hold(app.ledger, note, where=name, known=lambda: keys.known(app))
    except LedgerError as error:
        return str(error)
    return ""


def _wrong_receipt(app: App, receipt: bytes, name: str) -> str:
    body, _, note = receipt.partition(b"\n\n")
    if wrong := _wrong_checkpoint(app, note, name):
        return wrong
    named = _INDEX.search(body)
    index = int(named[1]) if named else 0
    entry = b"".join(data for _, data in app.ledger.entries(index, index + 1))
    try:
        open_tlog_proof(receipt.decode(), entry, *keys.known(app))
    except (LedgerError, UnicodeDecodeError) as error:
        return (
            f"{name}: {error}. Entry {index:,} is not what it was when this was given out."
        )
    return ""


# -- keys, clock and vault ---------------------------------------------------------------


def _keys(app: App) -> Iterator[Check]:
    try:
        keys.signers(app, size=app.ledger.size)
        wrong = ""
    except LedgerError as error:
        wrong = str(error)
    yield Check(
        what="every key that signs is here, and is the one that log.vkey shows",
        sound=not wrong,
        do=wrong,
    )
    files = keys.private_files(app.settings)
    readable = [one.name for one in files if one.stat().st_mode & 0o077]
    yield Check(
        what="private keys of the log can be read by their owner alone",
        sound=not readable,
        do=f"chmod 600 {' '.join(readable)}; then rotate the key, if others could read it.",
    )
    strays = [] if wrong else [str(one) for one in keys.strays(app)]
    yield Check(
        what="no private key lies here that does not sign",
        sound=not strays,
        do=f"Remove {', '.join(strays)}: nothing on the ledger names such a key, or it was retired.",
    )
    count = 0 if wrong else len(keys.in_force(app))
    if count > 1:
        yield Check(
            what=f"{count} keys sign: a key is being changed",
            sound=False,
            counts=False,
            do="Retire the older when those who verify have the new one: beforehand retire-key.",
        )


def _clock(app: App) -> Iterator[Check]:
    last = app.ledger.last_time()
    behind = (parse_time(last) - clock.now()).total_seconds() if last else 0.0
    yield Check(
        what="the clock is not behind the newest entry",
        sound=behind <= _DRIFT_S,
        do=f"It is {behind:,.0f} s behind. Set it right: beyond five minutes nothing is appended.",
    )


def _sealed(app: App) -> Iterator[Check]:
    parts = shut = 0
    for _, data in app.ledger.entries():
        entry = decode_trusted(data)
        for part, commitment in entry.seal.items():
            parts += 1
            try:
                app.vault.get(entry.id, part, commitment=commitment)
            except DisclosureError:
                shut += not app.deletions.of(entry)
    yield Check(
        what=f"what is sealed can be opened: {parts - shut:,} of {parts:,} parts, or was deleted",
        sound=not shut,
        do=f"{shut:,} cannot: put private/ back from a backup of the same time or later.",
    )
    if app.view().reported.case is None:
        yield Check(
            what="the inspector general can open what is sealed, with a key of their own",
            sound="inspector_general" in app.view().readers,
            do="They make one with keygen; you name it: beforehand name-reader REGISTER FILE.pub"
            " --reader inspector_general.",
        )
