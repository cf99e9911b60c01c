"""The vault: sealed values at rest, in files apart from the ledger.

Each part is encrypted with AES-256-GCM under a fresh key of its own, padded so that its
length says little, and bound to its place (origin, entry, part, commitment). That key is
wrapped to each reader in force (`wraps`): the office, whose private key lies in a file of its
own, and the inspector general once named, whose private key is never here.

Put the parts here *before* the entry that commits to them is appended: a crash between the
two leaves a part that nothing refers to, never a commitment that nobody can open.

Answers that were given are kept here too, so that the same question gives the same answer:
under a name that only the office's key can work out, since a question's form is sealed.
"""

import hmac
import secrets
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from threading import Lock
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from beforehand.ledger.entry import canonical
from beforehand.ledger.errors import DisclosureError, LedgerError
from beforehand.ledger.seal import Disclosure
from beforehand.ledger.secret import SecretFile
from beforehand.ledger.wraps import OFFICE, Place, ReaderKey, Wraps, wrap

VAULT, WRAPS, OFFICE_KEY = "vault.sqlite", "wraps.sqlite", "office.key"

_NONCE_BYTES: Final = 12
_PAD_TO: Final = 256
_BATCH: Final = 500  # wraps to a commit, when a reader is named
_NAMES: Final = b"beforehand: names of stored answers"

_SCHEMA: Final = """
CREATE TABLE vault (origin TEXT NOT NULL, office BLOB NOT NULL);
CREATE TABLE parts (
  entry_id TEXT NOT NULL, part TEXT NOT NULL, commitment TEXT NOT NULL,
  ciphertext BLOB NOT NULL,
  PRIMARY KEY (entry_id, part, commitment)
) WITHOUT ROWID;
CREATE TABLE kept (name TEXT PRIMARY KEY, ciphertext BLOB NOT NULL) WITHOUT ROWID;
"""


class NotHereError(DisclosureError):
    """The vault holds no such part, or no key of it for this reader."""


class Vault:
    def __init__(self, folder: Path) -> None:
        """Open the vault in `folder`. Raises LedgerError."""
        self._office = ReaderKey.read(folder / OFFICE_KEY, reader=OFFICE)
        self._lock = Lock()
        self._file = SecretFile(folder / VAULT)
        try:
            self.origin = self._own_origin()
            self._wraps = Wraps(folder / WRAPS)
        except BaseException:
            self._file.close()
            raise
        self._naming_key = self._office.derive(_NAMES)

    @classmethod
    def create(cls, folder: Path, *, origin: str) -> Self:
        """Make an empty vault, and its office key unless the folder holds one already."""
        file = SecretFile.create(folder / VAULT, _SCHEMA)
        try:
            if not (folder / OFFICE_KEY).exists():
                ReaderKey.generate(OFFICE).write(folder / OFFICE_KEY)
            office = ReaderKey.read(folder / OFFICE_KEY, reader=OFFICE)
            file.write("INSERT INTO vault VALUES (?, ?)", [(origin, office.public)])
        finally:
            file.close()
        Wraps.create(folder / WRAPS).close()
        return cls(folder)

    def close(self) -> None:
        with self._lock:
            self._file.close()
            self._wraps.close()

    @property
    def office(self) -> bytes:
        """The office's public key."""
        return self._office.public

    # -- parts ---------------------------------------------------------------------------

    def put(
        self,
        entry_id: str,
        disclosures: Iterable[Disclosure],
        readers: Mapping[str, bytes] | None = None,
    ) -> None:
        """Keep the sealed parts of one entry; durable when this returns.

        readers   the public key of each reader in force beside the office
        """
        self.put_all([(entry_id, one) for one in disclosures], readers)

    def put_all(
        self,
        disclosures: Iterable[tuple[str, Disclosure]],
        readers: Mapping[str, bytes] | None = None,
    ) -> None:
        """Keep sealed parts, each with its entry's id; durable, all at once, when this returns."""
        keys: Mapping[str, bytes] = {**(readers or {}), OFFICE: self._office.public}
        parts = [
            (Place(entry_id, one.part, one.commitment), one.text.encode(), keys)
            for entry_id, one in disclosures
        ]
        if parts:
            with self._lock:
                self._seal_away(parts)

    def get(
        self, entry_id: str, part: str, *, commitment: str, key: ReaderKey | None = None
    ) -> str:
        """Return the disclosure that opens `commitment`, the entry's own for `part`.

        key   of the reader; the office's unless given
        Raises NotHereError; DisclosureError if it was changed, or the key is another reader's.
        """
        with self._lock:
            return self._open(Place(entry_id, part, commitment), key or self._office)

    def wrap_to(self, reader: str, public: bytes) -> int:
        """Wrap the key of every part to a reader just named; return how many were.

        Over the reader's older wraps, whose key opens nothing here any more. Repeatable.
        """
        with self._lock:
            waiting = self._wraps.without(reader, public)
        for start in range(0, len(waiting), _BATCH):
            with self._lock:
                self._wrap_some(waiting[start : start + _BATCH], reader, public)
        return len(waiting)

    def places(self) -> set[Place]:
        """Return every place that has a ciphertext or a wrap, but those of stored answers."""
        with self._lock:
            found = self._file.read("SELECT entry_id, part, commitment FROM parts")
            whole = {Place(*map(str, row)) for row in found} | self._wraps.places()
        return {one for one in whole if one.entry_id}

    # -- stored answers ------------------------------------------------------------------

    def keep(self, identity: str, data: bytes) -> None:
        """Keep the answer to the question of that identity; durable when this returns.

        The first one kept stays: what was given once is what is given again.
        """
        place = self._answer_place(identity)
        with self._lock:
            self._seal_away([(place, data, {OFFICE: self._office.public})])

    def kept(self, identity: str) -> bytes | None:
        """Return the answer kept for a question, or None. Raises DisclosureError if changed."""
        with self._lock:
            return self._kept(self._answer_place(identity))

    def answers(self) -> Iterator[tuple[Place, bytes | None]]:
        """Yield every stored answer with its place; None where its key is gone."""
        with self._lock:
            rows = self._file.read("SELECT name FROM kept ORDER BY name")
        for (name,) in rows:
            place = Place("", str(name), "")
            with self._lock:
                data = self._kept(place)
            yield place, data

    # -- shredding -----------------------------------------------------------------------
    #
    # Three steps, each repeatable: keys first, so that nothing can be read from there on,
    # whatever happens to the ciphertext. Each count is of everything that `deletion` did,
    # in earlier tries too.

    def destroy_wraps(self, places: Iterable[Place], *, deletion: str) -> int:
        with self._lock:
            return self._wraps.destroy(places, deletion=deletion)

    def delete_ciphertexts(self, places: Iterable[Place], *, deletion: str) -> int:
        with self._lock:
            return self._file.shred(
                deletion,
                "parts",
                "DELETE FROM parts WHERE entry_id = ? AND part = ? AND commitment = ?",
                places,
            )

    def delete_answers(self, places: Iterable[Place], *, deletion: str) -> int:
        with self._lock:
            return self._file.shred(
                deletion,
                "answers",
                "DELETE FROM kept WHERE name = ?",
                [(one.part,) for one in places],
            )

    def remaining(self, places: Iterable[Place]) -> int:
        """Return how many of `places` have a ciphertext or a wrap here."""
        with self._lock:
            found = self._file.read(
                "SELECT entry_id, part, commitment FROM parts"
                " UNION ALL SELECT '', name, '' FROM kept"
            )
            here = {Place(*map(str, row)) for row in found} | self._wraps.places()
        return len(here.intersection(places))

    # -- inside, under the lock ----------------------------------------------------------

    def _own_origin(self) -> str:
        columns = {row[1] for row in self._file.read("PRAGMA table_info(vault)")}
        if "office" not in columns:
            raise LedgerError(
                f"{self._file.path} was made by an earlier version, before keys were wrapped to"
                " readers; make the register anew with this version"
            )
        ((origin, office),) = self._file.read("SELECT origin, office FROM vault")
        if office != self._office.public:
            raise LedgerError(
                f"{self._file.path} belongs to another office key; restore its own"
            )
        return str(origin)

    def _seal_away(self, items: list[tuple[Place, bytes, Mapping[str, bytes]]]) -> None:
        """Encrypt and keep what cannot be opened here yet, under fresh keys."""
        sealed, wraps = [], []
        for place, data, readers in items:
            if self._is_readable(place):
                continue
            key, bound = AESGCM.generate_key(256), self._bound(place)
            sealed.append((place, _encrypt(key, _pad(data), bound)))
            wraps += [
                (place, reader, public, wrap(key, bound, reader=reader, public=public))
                for reader, public in readers.items()
            ]
        parts = [(*place, data) for place, data in sealed if place.entry_id]
        answers = [(place.part, data) for place, data in sealed if not place.entry_id]
        # Ciphertext first: until its wraps are durable too, nobody can read it.
        if parts:
            self._file.write("INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?)", parts)
        if answers:
            self._file.write("INSERT OR REPLACE INTO kept VALUES (?, ?)", answers)
        if wraps:
            self._wraps.put(wraps)

    def _wrap_some(self, places: list[Place], reader: str, public: bytes) -> None:
        rows = []
        for place in places:
            try:
                key = self._key_at(place, self._office)
            except NotHereError:  # deleted meanwhile
                continue
            wrapped = wrap(key, self._bound(place), reader=reader, public=public)
            rows.append((place, reader, public, wrapped))
        self._wraps.put(rows)

    def _is_readable(self, place: Place) -> bool:
        try:
            self._open(place, self._office)
        except DisclosureError:
            return False
        return True

    def _open(self, place: Place, key: ReaderKey) -> str:
        return self._decrypted(place, key).decode()

    def _kept(self, place: Place) -> bytes | None:
        try:
            return self._decrypted(place, self._office)
        except NotHereError:
            return None

    def _decrypted(self, place: Place, key: ReaderKey) -> bytes:
        ciphertext = self._ciphertext(place)
        part_key = self._key_at(place, key)
        try:
            return _unpad(_decrypt(part_key, ciphertext, self._bound(place)))
        except (InvalidTag, ValueError) as error:
            raise DisclosureError(
                f"{_named(place)} does not decrypt: it was changed"
            ) from error

    def _ciphertext(self, place: Place) -> bytes:
        if place.entry_id:
            sql = "SELECT ciphertext FROM parts WHERE entry_id = ? AND part = ? AND commitment = ?"
            found = self._file.read(sql, place)
        else:
            found = self._file.read(
                "SELECT ciphertext FROM kept WHERE name = ?", (place.part,)
            )
        if not found:
            raise NotHereError(f"the vault holds no {_named(place)}")
        return bytes(found[0][0])  # type: ignore[arg-type]

    def _key_at(self, place: Place, key: ReaderKey) -> bytes:
        wrapped = self._wraps.get(place, key.reader)
        if wrapped is None:
            raise NotHereError(
                f"the vault holds no key of {_named(place)} for the {key.reader}"
            )
        try:
            return key.unwrap(wrapped, self._bound(place))
        except DisclosureError as error:
            raise DisclosureError(f"{_named(place)} does not decrypt: {error}") from error

    def _answer_place(self, identity: str) -> Place:
        name = hmac.new(self._naming_key, identity.encode(), "sha256").hexdigest()
        return Place("", name, "")

    def _bound(self, place: Place) -> bytes:
        return canonical([self.origin, *place])


def _named(place: Place) -> str:
    return f"{place.part} of entry {place.entry_id}" if place.entry_id else "stored answer"


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
