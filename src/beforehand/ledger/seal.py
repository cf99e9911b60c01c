"""Sealed parts: salted commitments that one value, and no other, can later open. Pure.

A part is one SD-JWT disclosure (RFC 9901 s4.2): base64url of the JSON
`[salt, part, {"entry": id, "value": ...}]`. The ledger holds its commitment, base64url of its
SHA-256. The salt stops a guess being tested against the commitment, and naming the entry
and the part stops a disclosure being moved to another place.
"""

from base64 import b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, TypeAlias

import msgspec

from beforehand.ledger.entry import canonical
from beforehand.ledger.errors import DisclosureError

SALT_BYTES: Final = 32

JsonValue: TypeAlias = (
    str | int | bool | Sequence["JsonValue"] | Mapping[str, "JsonValue"] | None
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """One sealed part, opened.

    text         secret: it opens the commitment
    commitment   public: what the entry holds
    """

    part: str
    text: str
    commitment: str

    def __repr__(self) -> str:
        # A log file or a traceback must not open what is sealed.
        return f"Disclosure(part={self.part!r}, commitment={self.commitment!r})"


class _Sealed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    entry: str
    value: object


def seal(part: str, value: JsonValue, entry_id: str, salt: bytes) -> Disclosure:
    """Return the disclosure of `value`.

    salt   32 bytes of chance, never used twice
    """
    if len(salt) != SALT_BYTES:
        raise DisclosureError(f"expected a salt of {SALT_BYTES} bytes, got {len(salt)}")
    text = _base64url(
        canonical([_base64url(salt), part, {"entry": entry_id, "value": value}])
    )
    return Disclosure(part=part, text=text, commitment=commitment_of(text))


def commitment_of(disclosure: str) -> str:
    return _base64url(sha256(disclosure.encode()).digest())


def open_disclosure(
    disclosure: str, *, part: str, entry_id: str, commitment: str
) -> object:
    """Return the value that `disclosure` proves was sealed as `part` of entry `entry_id`.

    commitment   as the verified ledger has it
    Raises DisclosureError, which never repeats what was sealed.
    """
    if commitment_of(disclosure) != commitment:
        raise DisclosureError(f"the disclosure does not open the commitment for {part}")
    _, its_part, holder = _read(disclosure)
    if its_part != part:
        raise DisclosureError(f"the disclosure is of {its_part}, not of {part}")
    if holder.entry != entry_id:
        raise DisclosureError(
            f"the disclosure belongs to entry {holder.entry}, not {entry_id}"
        )
    return holder.value


def _read(disclosure: str) -> tuple[str, str, _Sealed]:
    try:
        padded = disclosure + "=" * (-len(disclosure) % 4)
        parts = msgspec.json.decode(
            b64decode(padded, b"-_", validate=True), type=tuple[str, str, _Sealed]
        )
    except (Base64Error, ValueError, msgspec.DecodeError) as error:
        raise DisclosureError(
            "expected a disclosure of [salt, part, {entry, value}]"
        ) from error
    return parts


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
