"""Facts as ledger entries and back: the one boundary where entry bytes become facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal, TypeAlias, cast

import msgspec

from beforehand.ledger.entry import DecisionDigests, Envelope, decode_trusted, encode
from beforehand.ledger.errors import MalformedEntryError
from beforehand.record.facts import DECIDED_KINDS, QuestionAdmitted, UseRequested
from beforehand.record.fold import AnyFact, Recorded
from beforehand.record.reported import REPORTED_KINDS
from beforehand.record.shapes import Opened

Unseal: TypeAlias = Callable[[Envelope], Opened]
OPENED_BY_FOLD = (UseRequested, QuestionAdmitted)
KINDS: dict[tuple[str, int], type[AnyFact]] = {**DECIDED_KINDS, **REPORTED_KINDS}
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


class OpenedWhenAsked(Mapping[str, object]):
    """The sealed parts of one entry, opened when one is first asked for: for most never."""

    __slots__ = ("_entry", "_found", "_unseal")

    def __init__(self, entry: bytes, unseal: Unseal) -> None:
        self._entry, self._unseal = entry, unseal
        self._found: Opened | None = None

    def _opened(self) -> Opened:
        if self._found is None:
            self._found = self._unseal(decode_trusted(self._entry))
        return self._found

    def __getitem__(self, part: str) -> object:
        return self._opened()[part]

    def __iter__(self) -> Iterator[str]:
        return iter(self._opened())

    def __len__(self) -> int:
        return len(self._opened())


class _Unmet(msgspec.Struct, gc=False):
    unmet: tuple[str, ...]


class _Read(msgspec.Struct, kw_only=True, gc=False):
    """What the fold needs of an entry of our own; the rest is passed over."""

    actor: str
    at: str
    data: AnyFact
    decision: _Unmet | None
    id: str
    v: Literal[1]


_Reader: TypeAlias = Callable[[bytes], _Read]


def _reader(fact: type[AnyFact]) -> _Reader:
    """Return what reads an entry of this kind, and the fact in it, in one step."""
    own = [("data", fact), ("kind", Literal[fact.kind]), ("kv", Literal[fact.kv])]
    whole = msgspec.defstruct("Read", own, bases=(_Read,), kw_only=True, gc=False)
    return msgspec.json.Decoder(cast("type[_Read]", whole)).decode


def _no_reader(_: bytes) -> _Read:
    raise msgspec.DecodeError("no such kind")


_READERS = {name: _reader(fact) for name, fact in KINDS.items()}
_NEWEST = {kind.encode(): _READERS[kind, kv] for kind, kv in sorted(KINDS)}
_BEFORE_KIND = b'"kind":"'


def recorded(index: int, entry: bytes, *, unseal: Unseal) -> Recorded:
    """Return the fact in an entry of our own store. Raises MalformedEntryError naming the index.

    unseal   opens the sealed parts of an entry, for the kinds whose parts the Record needs;
             it is called when one of them is first asked for

    The encoding is checked when an entry is appended and when a ledger is verified, not here.
    """
    # What seems to be the kind is a guess, and the reader refuses an entry of another. It
    # saves reading twice, which is half of a fold's time.
    start = entry.rfind(_BEFORE_KIND) + len(_BEFORE_KIND)
    guessed = _NEWEST.get(entry[start : entry.find(b'"', start)], _no_reader)
    try:
        read = guessed(entry)
    except (msgspec.DecodeError, UnicodeDecodeError):
        read = _read_surely(index, entry)
    decision, fact = read.decision, read.data
    return Recorded(
        index=index,
        at=read.at,
        actor=read.actor,
        id=read.id,
        fact=fact,
        opened=OpenedWhenAsked(entry, unseal) if type(fact) in OPENED_BY_FOLD else {},
        unmet=decision.unmet if decision else (),
    )


def _read_surely(index: int, entry: bytes) -> _Read:
    """Read the entry in two steps: what kind it is, then what it says."""
    try:
        known = decode_trusted(entry)
    except MalformedEntryError as error:
        raise MalformedEntryError(f"entry {index}: {error}") from error
    reader = _READERS.get((known.kind, known.kv))
    if reader is None:
        raise MalformedEntryError(f"entry {index}: no kind {known.kind} with kv {known.kv}")
    try:
        return reader(entry)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedEntryError(f"entry {index}: not a {known.kind}: {error}") from error


def sealed_away(_: Envelope) -> Opened:
    """Open nothing: how a stranger, without the vault, reads a ledger."""
    return {}


__all__ = ["DecisionDigests", "Envelope", "encode", "envelope", "recorded", "sealed_away"]
