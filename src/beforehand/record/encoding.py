"""Facts as ledger entries and back: the one boundary where entry bytes become facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal, TypeAlias, Union, cast

import msgspec
from msgspec.structs import fields, force_setattr

from beforehand.ledger.entry import DecisionDigests, Envelope, decode_trusted, encode
from beforehand.ledger.errors import MalformedEntryError
from beforehand.record.buying import InquiryAnswered
from beforehand.record.facts import QuestionAdmitted, UseRequested, UseRequested2
from beforehand.record.kinds import DECIDED_KINDS
from beforehand.record.recorded import AnyFact, Recorded
from beforehand.record.reported import REPORTED_KINDS
from beforehand.record.shapes import Opened
from beforehand.record.using import ProcessRecorded

Unseal: TypeAlias = Callable[[Envelope], Opened]
OPENED_BY_FOLD = (
    UseRequested,
    UseRequested2,
    QuestionAdmitted,
    ProcessRecorded,
    InquiryAnswered,
)
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


def _reader(fact: type[AnyFact]) -> type[Recorded]:
    """Return the class of entries of one kind: which it is, the decoder sees by its tag."""
    own = [("fact", fact), ("kv", Literal[fact.kv]), ("v", Literal[1])]
    whole = msgspec.defstruct(
        fact.__name__,
        own,
        bases=(Recorded,),
        frozen=True,
        kw_only=True,
        gc=False,
        rename={"fact": "data"},
        tag_field="kind",
        tag=fact.kind,
    )
    return cast("type[Recorded]", whole)


_READERS = {name: _reader(fact) for name, fact in KINDS.items()}
_NEWEST = {kind: _READERS[kind, kv] for kind, kv in sorted(KINDS)}
_EITHER: object = Union[tuple(_NEWEST.values())]  # noqa: UP007  # of a dict's values
_read = msgspec.json.Decoder(cast("type[Recorded]", _EITHER)).decode


def recorded(index: int, entry: bytes, *, unseal: Unseal) -> Recorded:
    """Return the fact in an entry of our own store. Raises MalformedEntryError naming the index.

    unseal   opens the sealed parts of an entry, for the kinds whose parts the Record needs;
             it is called when one of them is first asked for

    The encoding is checked when an entry is appended and when a ledger is verified, not here.
    """
    try:
        read = _read(entry)
    except (msgspec.DecodeError, UnicodeDecodeError):
        read = _read_surely(index, entry)
    force_setattr(read, "index", index)
    rare = _RARE.get(type(read.fact))
    if rare is not None:
        rare(read, entry, unseal)
    return read


def _open(read: Recorded, entry: bytes, unseal: Unseal) -> None:
    force_setattr(read, "opened", OpenedWhenAsked(entry, unseal))


def _whole(read: Recorded, entry: bytes, _: Unseal) -> None:
    """Check that an entry has each of its fields: a fact has one encoding, defaults or not."""
    if _ENCODER.encode(read.fact) != bytes(decode_trusted(entry).data):
        raise MalformedEntryError(
            f"entry {read.index}: a field of {read.fact.kind} is missing"
        )


def _whole_and_open(read: Recorded, entry: bytes, unseal: Unseal) -> None:
    _whole(read, entry, unseal)
    _open(read, entry, unseal)


def _more(kind: type[AnyFact]) -> Callable[[Recorded, bytes, Unseal], None] | None:
    """Return what is left to do with an entry of this kind once it is read; for most nothing."""
    lenient = any(not one.required for one in fields(kind))
    if kind in OPENED_BY_FOLD:
        return _whole_and_open if lenient else _open
    return _whole if lenient else None


_RARE = {kind: more for kind in KINDS.values() if (more := _more(kind)) is not None}


def _read_surely(index: int, entry: bytes) -> Recorded:
    """Read an entry of an older version of its kind, or say what is wrong with it."""
    try:
        known = decode_trusted(entry)
    except MalformedEntryError as error:
        raise MalformedEntryError(f"entry {index}: {error}") from error
    reader = _READERS.get((known.kind, known.kv))
    if reader is None:
        raise MalformedEntryError(f"entry {index}: no kind {known.kind} with kv {known.kv}")
    try:
        return msgspec.json.decode(entry, type=reader)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedEntryError(f"entry {index}: not a {known.kind}: {error}") from error


def sealed_away(_: Envelope) -> Opened:
    """Open nothing: how a stranger, without the vault, reads a ledger."""
    return {}


__all__ = ["DecisionDigests", "Envelope", "encode", "envelope", "recorded", "sealed_away"]
