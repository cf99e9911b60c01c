"""What is sealed: opened to a person, and held against its commitments.

Whoever opens or audits does it by an act, decided and recorded like any other; the
program's own reading (the fold, a replay) opens nothing to anybody.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from beforehand.app.registers import App, Receipt
from beforehand.ledger.entry import Envelope, decode_trusted
from beforehand.ledger.errors import DisclosureError, LedgerError
from beforehand.ledger.index import office_of
from beforehand.ledger.seal import open_disclosure
from beforehand.ledger.vault import NotHereError
from beforehand.ledger.wraps import OFFICE, ReaderKey, public_key
from beforehand.record.acts import Act
from beforehand.record.custody import (
    Reader,
    ReaderNamed,
    Reason,
    SealedAudited,
    SealedOpened,
)
from beforehand.refusal import InputError

# -- opening -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A sealed part, opened; `repr` does not show it.

    receipt   of the entry that says so
    """

    receipt: Receipt
    entry: int
    part: str
    value: object

    def __repr__(self) -> str:
        return f"Opened(entry={self.entry}, part={self.part!r})"


def open_part(
    app: App, entry: int | str, part: str, *, actor: str, reason: Reason
) -> Opened:
    """Open one sealed part to a person, whose opening is on the ledger, durably, before.

    entry   its index or its id
    Raises InputError (nothing written), Refusal (recorded), DisclosureError (recorded, shown nothing).
    """
    index, envelope = find_entry(app, entry)
    if part not in envelope.seal:
        raise InputError(
            where="part",
            expected=f"one of {', '.join(envelope.seal) or 'none: nothing is sealed in it'}",
            got=repr(part[:80]),
        )
    if gone := app.deletions.of(envelope):
        raise InputError(
            where=f"entry {index:,}",
            expected="a part that is kept",
            got=f"one that deletion {gone[0].deletion} took",
        )
    fact = SealedOpened(
        entry=envelope.id,
        part=part,
        office=office_of(envelope) or app.view().department or "",
        by=envelope.actor,
        reason=reason,
    )
    receipt = app.submit(Act(actor=actor, fact=fact))
    return Opened(
        receipt=receipt, entry=index, part=part, value=_value(app, envelope, part, None)
    )


def find_entry(app: App, entry: int | str) -> tuple[int, Envelope]:
    """Return the entry of an index or an id. Raises InputError."""
    if isinstance(entry, int):
        return entry, app.entry(entry)[1]
    found = app.in_turn(lambda: app.ledger.earlier(entry))
    if found is None:
        raise InputError(
            where="entry", expected="the index or id of an entry", got=repr(entry[:80])
        )
    return found[0], decode_trusted(found[1])


def _value(app: App, envelope: Envelope, part: str, key: ReaderKey | None) -> object:
    commitment = envelope.seal[part]
    text = app.vault.get(envelope.id, part, commitment=commitment, key=key)
    return open_disclosure(text, part=part, entry_id=envelope.id, commitment=commitment)


# -- readers and their audit -------------------------------------------------------------


def name_reader(app: App, raw: bytes, *, reader: Reader, actor: str) -> int:
    """Name a reader's public key and wrap every sealed part to it; return how many were.

    Repeatable: naming the key in force again only wraps what is not wrapped to it yet.
    Raises InputError, Refusal (recorded).
    """
    try:
        public_key(raw)
    except LedgerError as error:
        raise InputError(
            where="public key", expected="32 bytes of X25519", got=str(error)
        ) from error
    if reader == OFFICE and raw != app.vault.office:
        raise InputError(
            where="public key",
            expected="the office's own key, which this register holds",
            got="another",
        )
    known = app.view().readers.get(reader)
    if known is None or known.public_key != raw.hex():
        fact = ReaderNamed(reader=reader, public_key=raw.hex())
        app.submit(Act(actor=actor, fact=fact))
    # What other processes append from here on is wrapped to the key already.
    return 0 if reader == OFFICE else app.vault.wrap_to(reader, raw)


Found = tuple[int, str]
"""The index of an entry and the name of its part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedAudit:
    """What an audit of sealed parts found, part by part where something is wrong."""

    receipt: Receipt
    upto: int
    opened: int
    deleted: int
    wrong: tuple[Found, ...]
    missing: tuple[Found, ...]

    @property
    def sound(self) -> bool:
        return not (self.wrong or self.missing)


def audit_sealed(
    app: App, key: ReaderKey, *, actor: str, upto: int | None = None
) -> SealedAudit:
    """Open every sealed part with the inspector general's own key, and record what was found.

    upto   how many entries, from the first; all unless given
    Raises InputError (not the key in force; nothing written), Refusal (recorded).
    """
    reader: Reader = "inspector_general"
    _require_in_force(app, key)
    size = app.ledger.size if upto is None else min(upto, app.ledger.size)
    nothing = SealedAudited(
        register=app.settings.register, reader=reader, upto=size,
        opened=0, wrong=0, missing=0, deleted=0,
    )  # fmt: skip
    _require_allowed(app, Act(actor=actor, fact=nothing))
    found: dict[str, list[Found]] = {
        "opened": [],
        "wrong": [],
        "missing": [],
        "deleted": [],
    }
    for index, data in app.ledger.entries(0, size):
        envelope = decode_trusted(data)
        for part in envelope.seal:
            found[_state(app, envelope, part, key)].append((index, part))
    fact = msgspec.structs.replace(
        nothing, **{name: len(all_) for name, all_ in found.items()}
    )
    receipt = app.submit(Act(actor=actor, fact=fact))
    return SealedAudit(
        receipt=receipt,
        upto=size,
        opened=fact.opened,
        deleted=fact.deleted,
        wrong=tuple(found["wrong"]),
        missing=tuple(found["missing"]),
    )


def _require_allowed(app: App, act: Act) -> None:
    """Decide `act` before its work is done; a refusal is recorded, and raised."""

    def job() -> None:
        at = app.next_time()
        decision = app.decide(act, at=at)
        if not decision.allowed:
            raise app.refused(act, decision, at=at)

    app.in_turn(job)


def _require_in_force(app: App, key: ReaderKey) -> None:
    known = app.view().readers.get(key.reader)
    if known is None or known.public_key != key.public.hex():
        raise InputError(
            where="key",
            expected=f"the private half of the key that was named for the {key.reader}",
            got="another key" if known else "a key, though none was named",
            do="Name its public half first: beforehand name-reader REGISTER FILE.pub.",
        )


def _state(app: App, envelope: Envelope, part: str, key: ReaderKey) -> str:
    gone = app.deletions.proved(envelope)
    try:
        _value(app, envelope, part, key)
    except NotHereError:
        return "deleted" if gone else "missing"
    except DisclosureError:
        return "wrong"
    # What a deletion proved to be gone is not: the proof was false, or a backup came back.
    return "wrong" if gone else "opened"
