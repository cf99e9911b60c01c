"""What one person takes away of one entry: its receipt, or the whole evidence for a stranger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from beforehand.app import keys
from beforehand.app.sealing import find_entry, open_part
from beforehand.ledger.bundle import bundle
from beforehand.ledger.checkpoint import open_checkpoint
from beforehand.ledger.entry import Envelope
from beforehand.ledger.errors import NoteError
from beforehand.ledger.proof import tlog_proof
from beforehand.record.acts import DIGEST
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from beforehand.app.registers import App
    from beforehand.record.custody import Reason


def receipt_of(app: App, index: int) -> str:
    """Return the receipt (tlog-proof) of an entry, under the newest recorded checkpoint.

    Raises InputError if there is no such entry, or no checkpoint covers it yet.
    """
    app.entry(index)
    recorded = app.ledger.checkpoints()
    size = recorded[-1].checkpoint.size if recorded else 0
    if index >= size:
        raise InputError(
            where=f"entry {index:,}",
            expected="an entry that a signed checkpoint covers",
            got=f"one beyond the {size:,} that are signed",
            do="Publish first: beforehand publish REGISTER TARGET.",
        )
    return tlog_proof(
        index=index,
        proof=app.ledger.inclusion(index, size),
        checkpoint_note=recorded[-1].note,
    )


def bundle_of(
    app: App,
    entry: int | str,
    *,
    parts: tuple[str, ...] = (),
    actor: str | None = None,
    reason: Reason | None = None,
) -> bytes:
    """Return the evidence bundle of an entry: a zip that a stranger checks offline.

    parts   sealed parts to disclose in it, each opened to `actor` for `reason`, on the ledger
    Raises InputError before anything is opened; Refusal (recorded) where a part may not be.
    """
    index, envelope = find_entry(app, entry)
    receipt = receipt_of(app, index)
    data, _ = app.entry(index)
    documents = dict(_documents(app, envelope))
    disclosures = {
        part: _disclosed(app, index, part, actor=actor, reason=reason) for part in parts
    }
    return bundle(
        entry=data,
        index=index,
        receipt=receipt,
        vkey="\n".join(signed_by(app, receipt.partition("\n\n")[2])),
        disclosures=disclosures,
        documents=documents,
        title=app.settings.title,
        origin=app.settings.origin,
    )


def _disclosed(
    app: App, index: int, part: str, *, actor: str | None, reason: Reason | None
) -> str:
    if actor is None or reason is None:
        raise InputError(
            where="part",
            expected="who opens it and why, for the ledger",
            got="no person or no reason",
        )
    open_part(app, index, part, actor=actor, reason=reason)
    # On the ledger, durably, before this line.
    _, envelope = app.entry(index)
    return app.vault.get(envelope.id, part, commitment=envelope.seal[part])


def _documents(app: App, envelope: Envelope) -> Iterator[tuple[str, bytes]]:
    """Yield the documents kept here that an entry names, and the safeguards that decided it."""
    named = set(_digests(msgspec.json.decode(envelope.data)))
    if envelope.decision is not None:
        named |= {envelope.decision.policies, *_parts(app, envelope.decision.policies)}
    for digest in sorted(named):
        if (app.settings.documents / digest).is_file():
            yield digest, app.document(digest)


def _parts(app: App, policies: str) -> Iterator[str]:
    """Yield the digests of the sets of a composition; none of a single set."""
    if (app.settings.documents / policies).is_file():
        with suppress(msgspec.DecodeError):
            yield from _digests(msgspec.json.decode(app.document(policies)))


def _digests(value: object) -> Iterator[str]:
    match value:
        case str() if DIGEST.fullmatch(value):
            yield value
        case dict():
            for inner in value.values():
                yield from _digests(inner)
        case list():
            for inner in value:
                yield from _digests(inner)
        case _:
            pass


def signed_by(app: App, note: str) -> Iterator[str]:
    """Yield the keys of the log that signed a checkpoint, retired ones too."""
    for verifier in {one.vkey: one for one in keys.known(app)}.values():
        with suppress(NoteError):
            open_checkpoint(note, verifier)
            yield verifier.vkey
