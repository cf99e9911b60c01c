"""Wraps: the keys of sealed parts, each encrypted to one reader, in a file of their own.

A key is wrapped with HPKE (RFC 9180: X25519, HKDF-SHA256, AES-256-GCM), as the library has
it, and bound to its place and its reader. A part can be read exactly while a wrap of its key
exists: so wraps are written last and destroyed first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey,
    X25519PublicKey,
)
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from beforehand.ledger.durable import write_private
from beforehand.ledger.entry import canonical
from beforehand.ledger.errors import DisclosureError, LedgerError
from beforehand.ledger.secret import SecretFile

OFFICE: Final = "office"
KEY_BYTES: Final = 32
SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)

_SCHEMA: Final = """
CREATE TABLE wraps (
  entry_id TEXT NOT NULL, part TEXT NOT NULL, commitment TEXT NOT NULL,
  reader TEXT NOT NULL, public_key BLOB NOT NULL, wrap BLOB NOT NULL,
  PRIMARY KEY (entry_id, part, commitment, reader)
) WITHOUT ROWID;
"""


class Place(NamedTuple):
    """Where a sealed part belongs. A stored answer has no entry: only `part` is filled."""

    entry_id: str
    part: str
    commitment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderKey:
    """The private key of one reader. `repr` shows no secret."""

    reader: str
    _key: X25519PrivateKey

    @classmethod
    def generate(cls, reader: str) -> Self:
        return cls(reader=reader, _key=X25519PrivateKey.generate())

    @classmethod
    def from_bytes(cls, data: bytes, *, reader: str) -> Self:
        """Read the raw 32 bytes. Raises LedgerError."""
        if len(data) != KEY_BYTES:
            raise LedgerError(
                f"expected a reader's key of {KEY_BYTES} bytes, got {len(data)}"
            )
        return cls(reader=reader, _key=X25519PrivateKey.from_private_bytes(data))

    @classmethod
    def read(cls, path: Path, *, reader: str) -> Self:
        """Read a key file, which its owner alone may read. Raises LedgerError."""
        if not path.is_file():
            raise LedgerError(f"there is no key {path}")
        if path.stat().st_mode & 0o077:
            raise LedgerError(f"{path} can be read by others; make it private (chmod 600)")
        return cls.from_bytes(path.read_bytes(), reader=reader)

    def write(self, path: Path) -> None:
        """Write the key to a new file that its owner alone can read; never over another."""
        write_private(path, self._key.private_bytes_raw())

    @property
    def public(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    def unwrap(self, wrap: bytes, place: bytes) -> bytes:
        """Return the key in `wrap`. Raises DisclosureError."""
        try:
            return SUITE.decrypt(wrap, self._key, bound(place, self.reader))
        except InvalidTag as error:
            raise DisclosureError(
                "a wrapped key does not open: it was changed, or is another reader's"
            ) from error

    def derive(self, purpose: bytes) -> bytes:
        """Return a secret of 32 bytes for one purpose, which says nothing of the key."""
        hkdf = HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=purpose)
        return hkdf.derive(self._key.private_bytes_raw())


def wrap(key: bytes, place: bytes, *, reader: str, public: bytes) -> bytes:
    """Return `key`, readable by the holder of `public`'s private half alone, at `place`."""
    return SUITE.encrypt(key, public_key(public), bound(place, reader))


def public_key(raw: bytes) -> X25519PublicKey:
    """Return the key in 32 raw bytes. Raises LedgerError, for a point of small order too.

    To such a point nothing can be wrapped: named as a reader, it would stop every sealed act.
    """
    try:
        found = X25519PublicKey.from_public_bytes(raw)
        X25519PrivateKey.generate().exchange(found)
    except ValueError as error:
        raise LedgerError("expected the 32 bytes of an X25519 public key") from error
    return found


def bound(place: bytes, reader: str) -> bytes:
    """Return what a wrap is bound to: its place, and whom it is for."""
    return place + canonical(reader)


class Wraps:
    """The file of wraps. One thread at a time may use it: the vault sees to that."""

    def __init__(self, path: Path) -> None:
        self._file = SecretFile(path)

    @classmethod
    def create(cls, path: Path) -> Self:
        SecretFile.create(path, _SCHEMA).close()
        return cls(path)

    def close(self) -> None:
        self._file.close()

    def put(self, rows: Iterable[tuple[Place, str, bytes, bytes]]) -> None:
        """Keep wraps as (place, reader, public key, wrap), each over that reader's older one."""
        self._file.write(
            "INSERT OR REPLACE INTO wraps VALUES (?, ?, ?, ?, ?, ?)",
            [(*place, reader, public, one) for place, reader, public, one in rows],
        )

    def get(self, place: Place, reader: str) -> bytes | None:
        found = self._file.read(
            "SELECT wrap FROM wraps"
            " WHERE entry_id = ? AND part = ? AND commitment = ? AND reader = ?",
            (*place, reader),
        )
        return bytes(found[0][0]) if found else None  # type: ignore[arg-type]

    def without(self, reader: str, public: bytes) -> list[Place]:
        """Return every place of an entry that the office can read and this key cannot."""
        found = self._file.read(
            "SELECT entry_id, part, commitment FROM wraps AS ours WHERE reader = ?"
            " AND entry_id != '' AND NOT EXISTS (SELECT 1 FROM wraps AS theirs WHERE"
            " theirs.entry_id = ours.entry_id AND theirs.part = ours.part"
            " AND theirs.commitment = ours.commitment"
            " AND theirs.reader = ? AND theirs.public_key = ?)",
            (OFFICE, reader, public),
        )
        return [Place(*map(str, row)) for row in found]

    def places(self) -> set[Place]:
        """Return every place that has a wrap, those of stored answers too."""
        found = self._file.read("SELECT DISTINCT entry_id, part, commitment FROM wraps")
        return {Place(*map(str, row)) for row in found}

    def destroy(self, places: Iterable[Place], *, deletion: str) -> int:
        """Destroy every wrap of `places`; return how many `deletion` destroyed in all."""
        return self._file.shred(
            deletion,
            "wraps",
            "DELETE FROM wraps WHERE entry_id = ? AND part = ? AND commitment = ?",
            places,
        )
