"""Facts as ledger entries and back: the one boundary where entry bytes become facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import msgspec

from beforehand.ledger.entry import DecisionDigests, Envelope, decode_trusted, encode
from beforehand.ledger.errors import MalformedEntryError
from beforehand.record.facts import DECIDED_KINDS, QuestionAdmitted, UseRequested
from beforehand.record.fold import AnyFact, Opened, Recorded
from beforehand.record.reported import REPORTED_KINDS

Unseal: TypeAlias = Callable[[Envelope], Opened]
OPENED_BY_FOLD = (UseRequested, QuestionAdmitted)
KINDS: dict[tuple[str, int], type[AnyFact]] = {**DECIDED_KINDS, **REPORTED_KINDS}
_DECODERS = {name: msgspec.json.Decoder(kind) for name, kind in KINDS.items()}
_ENCODER = msgspec.json.Encoder(order="sorted")


def envelope(
    fact: AnyFact,
    *,
    actor: str,
    at: str,
    entry_id: str,
    decision: DecisionDigests | None,
    seal: Mapping[str, str],
) -> Envelope:
    return Envelope(
        actor=actor,
        at=at,
        data=msgspec.Raw(_ENCODER.encode(fact)),
        decision=decision,
        id=entry_id,
        kind=fact.kind,
        kv=fact.kv,
        refs=(),
        seal=dict(seal),
        subject=fact.subject,
    )


def recorded(index: int, entry: bytes, *, unseal: Unseal) -> Recorded:
    """Return the fact in an entry of our own store. Raises MalformedEntryError naming the index.

    unseal   opens the sealed parts of an entry, for the kinds whose parts the Record needs

    The encoding is checked when an entry is appended and when a ledger is verified, not here.
    """
    try:
        read = decode_trusted(entry)
    except MalformedEntryError as error:
        raise MalformedEntryError(f"entry {index}: {error}") from error
    decoder = _DECODERS.get((read.kind, read.kv))
    if decoder is None:
        raise MalformedEntryError(f"entry {index}: no kind {read.kind} with kv {read.kv}")
    try:
        fact = decoder.decode(read.data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedEntryError(f"entry {index}: not a {read.kind}: {error}") from error
    return Recorded(
        index=index,
        at=read.at,
        actor=read.actor,
        id=read.id,
        fact=fact,
        opened=unseal(read) if type(fact) in OPENED_BY_FOLD else {},
        unmet=read.decision.unmet if read.decision else (),
    )


def sealed_away(_: Envelope) -> Opened:
    """Open nothing: how a stranger, without the vault, reads a ledger."""
    return {}


__all__ = ["DecisionDigests", "Envelope", "encode", "envelope", "recorded", "sealed_away"]
