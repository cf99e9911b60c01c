"""Signed notes with Ed25519 keys, as in C2SP signed-note (signature type 0x01). Pure."""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from beforehand.ledger.errors import NoteError

_ED25519: Final = b"\x01"
_KEY_BYTES: Final = 32
_KEY_ID_BYTES: Final = 4
_MAX_NOTE_BYTES: Final = 1_000_000
_PRIVATE: Final = "PRIVATE+KEY+"
# Control characters other than the newline are not allowed anywhere in a note.
_CONTROL: Final = re.compile("[\x00-\x09\x0b-\x1f]")
_SIGNATURE: Final = re.compile("\u2014 (?P<name>[^ ]+) (?P<base64>[^ ]+)")


def strict_base64(text: str) -> bytes:
    """Decode `text`, which must equal its own re-encoding.

    Otherwise the spare bits of a last character could change and nobody would see it.
    """
    try:
        data = b64decode(text, validate=True)
    except (Base64Error, ValueError) as error:
        raise NoteError(f"expected base64, got {text[:60]!r}") from error
    if b64encode(data).decode() != text:
        raise NoteError(f"base64 is not in its one valid form: {text[:60]!r}")
    return data


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    name: str
    key_id: bytes
    key: Ed25519PublicKey

    @classmethod
    def of(cls, name: str, key: Ed25519PublicKey) -> Self:
        encoded = key.public_bytes_raw()
        key_id = sha256(name.encode() + b"\n" + _ED25519 + encoded).digest()[:_KEY_ID_BYTES]
        return cls(name=name, key_id=key_id, key=key)

    @classmethod
    def from_vkey(cls, text: str) -> Self:
        """Read `<name>+<key id in hex>+<base64>`; a final newline is allowed."""
        name, key_id, key = _split_key(text.removesuffix("\n"), what="verifier key")
        verifier = cls.of(name, Ed25519PublicKey.from_public_bytes(key))
        if verifier.key_id.hex() != key_id:
            raise NoteError(
                f"key id {key_id} is not that of the key, {verifier.key_id.hex()}"
            )
        return verifier

    @property
    def vkey(self) -> str:
        key = b64encode(_ED25519 + self.key.public_bytes_raw()).decode()
        return f"{self.name}+{self.key_id.hex()}+{key}"


def read_vkeys(text: str) -> tuple[Verifier, ...]:
    """Read verifier keys, one a line: several while a log changes its key, all of its one name.

    Raises NoteError, also for a key id that occurs twice: then a signature could be of either.
    """
    verifiers = tuple(
        Verifier.from_vkey(line) for line in text.removesuffix("\n").split("\n")
    )
    if len({verifier.name for verifier in verifiers}) > 1:
        raise NoteError("expected keys of one name: those of one log, old and new")
    if len({verifier.key_id for verifier in verifiers}) < len(verifiers):
        raise NoteError("expected keys that each have an id of their own")
    return verifiers


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Signs notes. `repr` shows no secret."""

    name: str
    _key: Ed25519PrivateKey

    @classmethod
    def generate(cls, name: str) -> Self:
        _require_name(name)
        return cls(name=name, _key=Ed25519PrivateKey.generate())

    @classmethod
    def from_private_text(cls, text: str) -> Self:
        """Read what `private_text` wrote (the form that golang.org/x/mod/sumdb/note uses)."""
        if not text.startswith(_PRIVATE):
            raise NoteError("expected a private key that starts with PRIVATE+KEY+")
        body = text.removeprefix(_PRIVATE).removesuffix("\n")
        name, key_id, seed = _split_key(body, what="private key")
        signer = cls(name=name, _key=Ed25519PrivateKey.from_private_bytes(seed))
        if signer.verifier.key_id.hex() != key_id:
            raise NoteError(f"key id {key_id} is not that of the private key")
        return signer

    @property
    def private_text(self) -> str:
        """Return the secret key. Write it only to a file that nobody else reads."""
        seed = b64encode(_ED25519 + self._key.private_bytes_raw()).decode()
        return f"{_PRIVATE}{self.name}+{self.verifier.key_id.hex()}+{seed}"

    @property
    def verifier(self) -> Verifier:
        return Verifier.of(self.name, self._key.public_key())

    def signature(self, text: str) -> bytes:
        return self._key.sign(text.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note whose text may be trusted: at least one known key signed it, none falsely."""

    text: str
    signers: tuple[str, ...]


def sign(text: str, *signers: Signer) -> str:
    """Return `text`, which must end in a newline, signed by each of `signers`."""
    if not text.endswith("\n") or _CONTROL.search(text):
        raise NoteError(
            "the text of a note ends in a newline and has no control characters"
        )
    lines = [
        f"\u2014 {signer.name} "
        f"{b64encode(signer.verifier.key_id + signer.signature(text)).decode()}\n"
        for signer in signers
    ]
    return f"{text}\n{''.join(lines)}"


def open_note(note: str, verifiers: Iterable[Verifier]) -> Note:
    """Return the note's text and who signed it.

    Raises NoteError if it is malformed, if no key in `verifiers` signed it, or if a signature
    in the name of one of them is false. Signatures of unknown keys are ignored.
    """
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    text, lines = _split_note(note)
    signers = []
    for line in lines:
        name, key_id, signature = _read_signature(line)
        verifier = known.get((name, key_id))
        if verifier is None:
            continue
        try:
            verifier.key.verify(signature, text.encode())
        except InvalidSignature as error:
            raise NoteError(f"the signature of {name} is false") from error
        signers.append(name)
    if not signers:
        wanted = ", ".join(sorted(name for name, _ in known)) or "nobody"
        raise NoteError(
            f"expected a signature by {wanted}, got none with that name and key id"
        )
    return Note(text=text, signers=tuple(signers))


def _split_note(note: str) -> tuple[str, list[str]]:
    if len(note) > _MAX_NOTE_BYTES or _CONTROL.search(note):
        raise NoteError("the note is too long or has control characters")
    # The last empty line separates: the text itself may have empty lines.
    text, separator, tail = note.rpartition("\n\n")
    if not separator or not tail.endswith("\n"):
        raise NoteError("expected a text, an empty line, then signature lines")
    return text + "\n", tail.removesuffix("\n").split("\n")


def _read_signature(line: str) -> tuple[str, bytes, bytes]:
    match = _SIGNATURE.fullmatch(line)
    if match is None:
        raise NoteError(f"not a signature line: {line[:60]!r}")
    _require_name(match["name"])
    blob = strict_base64(match["base64"])
    if len(blob) <= _KEY_ID_BYTES:
        raise NoteError(f"the signature of {match['name']} is too short")
    return match["name"], blob[:_KEY_ID_BYTES], blob[_KEY_ID_BYTES:]


def _split_key(text: str, *, what: str) -> tuple[str, str, bytes]:
    # Base64 may hold a `+`, a name may not: so only the first two separate.
    parts = text.split("+", 2)
    if len(parts) != 3:  # noqa: PLR2004  # name, id and key
        raise NoteError(f"expected a {what} of the form name+id+key")
    name, key_id, encoded = parts
    _require_name(name)
    blob = strict_base64(encoded)
    if blob[:1] != _ED25519 or len(blob) != 1 + _KEY_BYTES:
        raise NoteError(f"expected a {what} for Ed25519 (type 1, {_KEY_BYTES} bytes)")
    return name, key_id, blob[1:]


def _require_name(name: str) -> None:
    if (
        not name
        or "+" in name
        or any(letter.isspace() for letter in name)
        or _CONTROL.search(name)
    ):
        raise NoteError(f"a key name is not empty and has no spaces or `+`, got {name!r}")
