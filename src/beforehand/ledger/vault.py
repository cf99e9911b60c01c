"""The vault: sealed values at rest, in a SQLite file apart from the ledger.

Each part is encrypted with AES-256-GCM under a fresh key of its own, padded so that its
length says little, and bound to its place (origin, entry, part, commitment). That key is
wrapped under one office key, which lies in a file of its own and never in this database.

Put the parts here *before* the entry that commits to them is appended: a crash between the
two leaves a part that nothing refers to, never a commitment that nobody can open.

Not here yet: wrapping keys to several readers (HPKE), and shredding at the end of retention.
"""

import secrets
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from threading import Lock
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from beforehand.ledger.durable import open_durably, write_private
from beforehand.ledger.entry import canonical
from beforehand.ledger.errors import DisclosureError, LedgerError
from beforehand.ledger.seal import Disclosure

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_PAD_TO: Final = 256

_SCHEMA: Final = """
CREATE TABLE vault (origin TEXT NOT NULL);
CREATE TABLE parts (
  entry_id TEXT NOT NULL, part TEXT NOT NULL, commitment TEXT NOT NULL,
  wrapped_key BLOB NOT NULL, ciphertext BLOB NOT NULL,
  PRIMARY KEY (entry_id, part, commitment)
) WITHOUT ROWID;
"""


class Vault:
    def __init__(self, path: Path, key_path: Path) -> None:
        """Open the vault at `path` with the office key at `key_path`."""
        self._office_key = _read_key(key_path)
        self._lock = Lock()
        self._db = open_durably(path)
        self._db.execute("PRAGMA secure_delete = ON")
        (self.origin,) = self._db.execute("SELECT origin FROM vault").fetchone()

    @classmethod
    def create(cls, path: Path, key_path: Path, *, origin: str) -> Self:
        """Make an empty vault, and its office key unless `key_path` holds one already."""
        if path.exists():
            raise LedgerError(f"{path} is there already")
        if not key_path.exists():
            write_private(key_path, secrets.token_bytes(_KEY_BYTES))
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            path.chmod(0o600)
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA secure_delete = ON")
            db.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
            db.execute("INSERT INTO vault VALUES (?)", (origin,))
        return cls(path, key_path)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def put(self, entry_id: str, disclosures: Iterable[Disclosure]) -> None:
        """Keep the sealed parts of one entry; durable when this returns."""
        rows = [self._encrypted(entry_id, one) for one in disclosures]
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._db.executemany(
                    "INSERT OR IGNORE INTO parts VALUES (?, ?, ?, ?, ?)", rows
                )
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise

    def get(self, entry_id: str, part: str, *, commitment: str) -> str:
        """Return the disclosure that opens `commitment`, the entry's own for `part`.

        Raises DisclosureError if it is not here, or was changed, or the office key is another.
        """
        with self._lock:
            row = self._db.execute(
                "SELECT wrapped_key, ciphertext FROM parts"
                " WHERE entry_id = ? AND part = ? AND commitment = ?",
                (entry_id, part, commitment),
            ).fetchone()
        if row is None:
            raise DisclosureError(f"the vault holds no {part} of entry {entry_id}")
        wrapped_key, ciphertext = row
        place = self._place(entry_id, part, commitment)
        try:
            key = _decrypt(self._office_key, wrapped_key, place)
            padded = _decrypt(key, ciphertext, place)
        except InvalidTag as error:
            raise DisclosureError(
                f"the {part} of entry {entry_id} does not decrypt: it was changed, or the office"
                " key is another"
            ) from error
        return _unpad(padded).decode()

    def _encrypted(
        self, entry_id: str, one: Disclosure
    ) -> tuple[str, str, str, bytes, bytes]:
        key = AESGCM.generate_key(256)
        place = self._place(entry_id, one.part, one.commitment)
        wrapped_key = _encrypt(self._office_key, key, place)
        ciphertext = _encrypt(key, _pad(one.text.encode()), place)
        return entry_id, one.part, one.commitment, wrapped_key, ciphertext

    def _place(self, entry_id: str, part: str, commitment: str) -> bytes:
        return canonical([self.origin, entry_id, part, commitment])


def _encrypt(key: bytes, plaintext: bytes, place: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, place)


def _decrypt(key: bytes, ciphertext: bytes, place: bytes) -> bytes:
    nonce, rest = ciphertext[:_NONCE_BYTES], ciphertext[_NONCE_BYTES:]
    if len(nonce) < _NONCE_BYTES:
        raise InvalidTag
    return AESGCM(key).decrypt(nonce, rest, place)


def _pad(text: bytes) -> bytes:
    # ISO/IEC 7816-4: one 0x80, then zeros; so the end is found without a length.
    marked = text + b"\x80"
    return marked + b"\x00" * (-len(marked) % _PAD_TO)


def _unpad(padded: bytes) -> bytes:
    return padded[: padded.rindex(b"\x80")]


def _read_key(path: Path) -> bytes:
    if path.stat().st_mode & 0o077:
        raise LedgerError(f"{path} can be read by others; make it private (chmod 600)")
    key = path.read_bytes()
    if len(key) != _KEY_BYTES:
        raise LedgerError(
            f"{path}: expected an office key of {_KEY_BYTES} bytes, got {len(key)}"
        )
    return key
