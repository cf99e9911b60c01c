"""The entry: its fields and its one valid encoding (docs/reference/ledger.md). Pure.

The encoding is RFC 8785 without floats, so msgspec's sorted encoder writes it: whatever
decodes, and encodes again to the very same bytes, is in its one valid form.
"""

from collections.abc import Collection, Sequence
from typing import Annotated, Any, Final, Generic, Literal, TypeAlias, TypeVar

import msgspec

from beforehand.ledger.errors import EntryTooLargeError, MalformedEntryError
from beforehand.ledger.tiles import MAX_ENTRY_BYTES
from beforehand.ledger.times import require_times

MAX_INTEGER: Final = 2**53 - 1
"""The largest integer that every JSON reader keeps exact (RFC 8785 s3.2.2.3)."""
MAX_DEPTH: Final = 32
"""How deep `data` may nest, counting itself; a bound that every reader can keep."""

_HEX: Final = b"0123456789abcdef"
_HEX_LENGTH: Final = 64
_BASE64URL: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_COMMITMENT_LENGTH: Final = 43
# 43 characters hold 258 bits: the last one may only use the upper four of its six.
_LAST_OF_COMMITMENT: Final = frozenset("AEIMQUYcgkosw048")

_Name = Annotated[str, msgspec.Meta(min_length=1)]
_Kv = Annotated[int, msgspec.Meta(ge=1, le=MAX_INTEGER)]


class DecisionDigests(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """What was decided, on which text and which question.

    policies   SHA-256 of the policy set, in hex
    question   SHA-256 of the question put to it, in hex
    unmet      ids of the safeguards that were not met; empty when the act was allowed
    """

    policies: str
    question: str
    unmet: tuple[str, ...]


# The fields of both classes stand in the order of their names, as canonical JSON has them:
# so the encoder need not sort them again for each entry, only the keys inside `data`.


class Envelope(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry.

    data   the public values, an object in canonical JSON; its schema belongs to kind and kv
    seal   sealed part -> commitment
    """

    actor: str
    at: str
    data: msgspec.Raw
    decision: DecisionDigests | None
    id: _Name
    kind: _Name
    kv: _Kv
    refs: tuple[str, ...]
    seal: dict[str, str]
    subject: str
    v: Literal[1] = 1


_Integer = Annotated[int, msgspec.Meta(ge=-MAX_INTEGER, le=MAX_INTEGER)]
# What an entry's data may hold, as types that nest four deep. Nearly all data is of these, and
# then the decoder itself has refused every float and large integer.
_Plain: TypeAlias = str | bool | _Integer | None
_Nested1: TypeAlias = _Plain | list[_Plain] | dict[str, _Plain]
_Nested2: TypeAlias = _Plain | list[_Nested1] | dict[str, _Nested1]
_Nested3: TypeAlias = _Plain | list[_Nested2] | dict[str, _Nested2]

Data = TypeVar("Data")


class Checked(
    msgspec.Struct, Generic[Data], frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """One entry with its data read: what the strict checks walk through."""

    actor: str
    at: str
    data: dict[str, Data]
    decision: DecisionDigests | None
    id: _Name
    kind: _Name
    kv: _Kv
    refs: tuple[str, ...]
    seal: dict[str, str]
    subject: str
    v: Literal[1] = 1


_ENCODER: Final = msgspec.json.Encoder(order="deterministic")
_SORTING_ENCODER: Final = msgspec.json.Encoder(order="sorted")
_ENVELOPE: Final = msgspec.json.Decoder(Envelope)
_CHECKED: Final = msgspec.json.Decoder(Checked[_Nested3])
_CHECKED_DEEP: Final = msgspec.json.Decoder(Checked[object])


def canonical(value: object) -> bytes:
    """Return the canonical JSON of `value`: plain values or msgspec structs.

    Raises MalformedEntryError for floats, integers of 2^53 or more, and keys outside ASCII.
    """
    try:
        # msgspec would write NaN as null: so the values are walked before they are written.
        plain = msgspec.to_builtins(value)
        _check_values([plain], check_keys=True)
        return _SORTING_ENCODER.encode(plain)
    except (TypeError, ValueError, RecursionError) as error:
        raise MalformedEntryError(f"no canonical JSON for this value: {error}") from error


def encode(envelope: Envelope) -> bytes:
    """Return the entry's bytes. Raises EntryTooLargeError, MalformedEntryError."""
    entry = encode_unchecked(envelope)
    check_many([entry])
    return entry


def encode_unchecked(envelope: Envelope) -> bytes:
    """Return the entry's bytes for `Ledger.append`, which checks them. Raises MalformedEntryError."""
    try:
        return _ENCODER.encode(envelope)
    except (TypeError, ValueError) as error:
        raise MalformedEntryError(f"this entry cannot be encoded: {error}") from error


def decode(entry: bytes) -> Envelope:
    """Return the entry in `entry`, which must be its one valid encoding.

    Raises EntryTooLargeError, MalformedEntryError.
    """
    check_many([entry])
    return decode_trusted(entry)


def decode_trusted(entry: bytes) -> Envelope:
    """Return the entry in bytes that `decode` passed once: ours, read back from our store."""
    try:
        return _ENVELOPE.decode(entry)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedEntryError(f"not an entry: {error}") from error


def check_many(entries: Sequence[bytes]) -> Sequence[Checked[Any]]:
    """Return `entries`, read and checked as strictly as `decode` does, at a third of the cost.

    Raises EntryTooLargeError, MalformedEntryError, without saying which entry was wrong.
    """
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise EntryTooLargeError(
                f"an entry has at most {MAX_ENTRY_BYTES:,} bytes, this one has {len(entry):,}"
            )
    # Canonical JSON holds no newline. So if the lines encode again to the same text, and are
    # as many as the entries, each line is one entry in its one valid form.
    lines = b"\n".join([*entries, b""])
    try:
        checked, is_deep = _read_lines(lines)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedEntryError(f"not an entry: {error}") from error
    if len(checked) != len(entries) or _ENCODER.encode_lines(checked) != lines:
        raise MalformedEntryError("an entry is not in its one valid form")
    _check_fields(checked)
    # A key outside ASCII stands in canonical JSON as it is, never escaped.
    if is_deep or not lines.isascii():
        values: list[object] = [one.data for one in checked]
        values += [one.seal for one in checked if one.seal]
        _check_values(values, check_keys=True)
    return checked


def _read_lines(lines: bytes) -> tuple[list[Checked[Any]], bool]:
    """Return the entries, and whether their values are still to be checked one by one."""
    try:
        return _CHECKED.decode_lines(lines), False
    except msgspec.ValidationError:  # something nests deeper, or has no place in an entry
        return _CHECKED_DEEP.decode_lines(lines), True


def _check_fields(checked: Sequence[Checked[Any]]) -> None:
    """Check texts that have a form, each form in one pass over all entries."""
    require_times([one.at for one in checked])
    decisions = [one.decision for one in checked if one.decision is not None]
    # Most decisions were made under one policy set: as a set, its digest is checked once.
    digests = {one.policies for one in decisions}.union([one.question for one in decisions])
    if not _are_of(_HEX, digests, length=_HEX_LENGTH):
        raise MalformedEntryError("a digest in `decision` is not a SHA-256 in hex")
    seals = [one.seal for one in checked if one.seal]
    commitments = {commitment for one in seals for commitment in one.values()}
    if not (
        _are_of(_BASE64URL, commitments, length=_COMMITMENT_LENGTH)
        and _LAST_OF_COMMITMENT.issuperset([one[-1] for one in commitments])
    ):
        raise MalformedEntryError("a commitment in `seal` is not a SHA-256 in base64url")


def _are_of(alphabet: bytes, texts: Collection[str], *, length: int) -> bool:
    has_length = set(map(len, texts)) <= {length}
    return has_length and not "".join(texts).encode().translate(None, alphabet)


def _check_values(level: list[object], *, check_keys: bool) -> None:
    """Walk decoded JSON, one level of nesting at a time."""
    depth = 0
    while level:
        if depth > MAX_DEPTH:
            raise MalformedEntryError(f"values nest more than {MAX_DEPTH} deep")
        depth += 1
        inner: list[object] = []
        for value in level:
            if type(value) is dict:
                if check_keys:
                    _check_keys(value)
                inner += value.values()
            elif type(value) is list or type(value) is tuple:
                inner += value
            elif type(value) is float:
                raise MalformedEntryError(f"a float has no place in an entry: {value}")
            elif type(value) is int and abs(value) > MAX_INTEGER:
                raise MalformedEntryError(f"an integer is below 2^53, got {value}")
        level = inner


def _check_keys(values: dict[object, object]) -> None:
    for key in values:
        if not (isinstance(key, str) and key.isascii()):
            raise MalformedEntryError(f"a key has ASCII letters only, got {key!r}")
