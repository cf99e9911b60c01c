"""The vault: what is kept opens for its readers alone, at its place alone, until it is shredded."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from beforehand.ledger import Vault, seal
from beforehand.ledger.errors import BusyError, DisclosureError, LedgerError
from beforehand.ledger.seal import Disclosure
from beforehand.ledger.vault import NotHereError
from beforehand.ledger.wraps import OFFICE, Place, ReaderKey, Wraps, bound, public_key, wrap

SALT = bytes(range(32))
ORIGIN = "ledger.example/test"
PLANTED = "case 24-cr-1187, a name planted to be looked for"
IG = "inspector_general"
FILES = ("vault.sqlite", "wraps.sqlite")


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    vault = Vault.create(tmp_path, origin=ORIGIN)
    yield vault
    vault.close()


@pytest.fixture
def watcher() -> ReaderKey:
    return ReaderKey.generate(IG)


def parts(entry: str = "id-1", *names: str) -> list[Disclosure]:
    return [seal(name, PLANTED, entry, SALT) for name in names or ("case",)]


def place(one: Disclosure, entry: str = "id-1") -> Place:
    return Place(entry, one.part, one.commitment)


def get(
    vault: Vault, one: Disclosure, entry: str = "id-1", key: ReaderKey | None = None
) -> str:
    return vault.get(entry, one.part, commitment=one.commitment, key=key)


def stored(folder: Path) -> bytes:
    """Every byte of both files, their write-ahead logs and shared memory included."""
    return b"".join(path.read_bytes() for name in FILES for path in folder.glob(f"{name}*"))


def change(folder: Path, file: str, sql: str) -> None:
    with closing(sqlite3.connect(folder / file)) as db, db:
        db.execute(sql)


# -- keeping and opening -----------------------------------------------------------------


def test_the_vault_gives_back_what_it_was_given(vault: Vault, tmp_path: Path) -> None:
    both = [seal("case", PLANTED, "id-1", SALT), seal("name", None, "id-1", bytes(32))]
    vault.put("id-1", both)
    vault.put("id-1", both)
    again = Vault(tmp_path)
    for one in both:
        assert get(again, one) == one.text
    again.close()
    with pytest.raises(NotHereError, match="holds no case of entry id-2"):
        vault.get("id-2", "case", commitment=both[0].commitment)


def test_what_is_put_again_keeps_its_bytes(vault: Vault, tmp_path: Path) -> None:
    """Under a fresh key it would, between the two files, be readable by nobody for a moment."""

    def rows() -> list[tuple[bytes]]:
        with closing(sqlite3.connect(tmp_path / "vault.sqlite")) as db:
            return db.execute("SELECT ciphertext FROM parts").fetchall()

    vault.put("id-1", parts())
    before = rows()
    vault.put("id-1", parts())
    assert rows() == before


def test_no_file_of_the_vault_shows_a_value_a_salt_a_disclosure_or_a_key(
    vault: Vault, tmp_path: Path, watcher: ReaderKey
) -> None:
    (one,) = parts()
    vault.put("id-1", [one], {IG: watcher.public})
    key = (tmp_path / "office.key").read_bytes()
    found = stored(tmp_path)
    assert one.commitment.encode() in found
    for planted in (PLANTED.encode(), SALT, one.text.encode(), one.text[:24].encode(), key):
        assert planted not in found


def test_the_length_of_a_short_value_does_not_show(vault: Vault, tmp_path: Path) -> None:
    vault.put(
        "id-1",
        [seal("a", None, "id-1", SALT), seal("b", "forty characters or so", "id-1", SALT)],
    )
    vault.keep("0" * 64, b"short")
    with closing(sqlite3.connect(tmp_path / "vault.sqlite")) as db:
        for table in ("parts", "kept"):
            lengths = db.execute(f"SELECT DISTINCT length(ciphertext) FROM {table}")  # noqa: S608
            assert lengths.fetchall() == [(12 + 256 + 16,)]


SWAPPED = (
    "UPDATE {0} SET {1} = (SELECT {1} FROM {0} AS other WHERE other.part = 'name')"
    " WHERE part = 'case'"
)


@pytest.mark.parametrize(
    ("file", "tamper"),
    [
        pytest.param("vault.sqlite", "UPDATE parts SET ciphertext = zeroblob(300)", id="ciphertext"),
        pytest.param("vault.sqlite", "UPDATE parts SET ciphertext = x''", id="no ciphertext"),
        pytest.param("wraps.sqlite", "UPDATE wraps SET wrap = zeroblob(80)", id="wrap"),
        pytest.param("wraps.sqlite", "UPDATE wraps SET wrap = x''", id="an empty wrap"),
        pytest.param("vault.sqlite", "UPDATE vault SET origin = 'other.example'", id="another ledger's vault"),
        pytest.param("vault.sqlite", SWAPPED.format("parts", "ciphertext"), id="another part's ciphertext"),
        pytest.param("wraps.sqlite", SWAPPED.format("wraps", "wrap"), id="another part's wrap"),
    ],
)  # fmt: skip
def test_a_vault_that_was_changed_does_not_decrypt(
    tmp_path: Path, file: str, tamper: str
) -> None:
    vault = Vault.create(tmp_path, origin=ORIGIN)
    one, other = parts("id-1", "case", "name")
    vault.put("id-1", [one, other])
    vault.close()
    change(tmp_path, file, tamper)
    with (
        closing(Vault(tmp_path)) as changed,
        pytest.raises(DisclosureError, match="does not decrypt") as caught,
    ):
        get(changed, one)
    assert not isinstance(caught.value, NotHereError)


def test_two_rows_that_trade_places_open_for_neither(tmp_path: Path) -> None:
    """Ciphertext and wrap moved together, which are a pair that decrypts: but not there."""
    vault = Vault.create(tmp_path, origin=ORIGIN)
    one, other = parts("id-1", "case", "name")
    vault.put("id-1", [one, other])
    vault.close()
    change(tmp_path, "vault.sqlite", SWAPPED.format("parts", "ciphertext"))
    change(tmp_path, "wraps.sqlite", SWAPPED.format("wraps", "wrap"))
    with closing(Vault(tmp_path)) as changed:
        assert get(changed, other) == other.text
        with pytest.raises(DisclosureError, match="does not decrypt"):
            get(changed, one)


@pytest.mark.parametrize(
    ("file", "table", "column"),
    [("vault.sqlite", "parts", "ciphertext"), ("wraps.sqlite", "wraps", "wrap")],
    ids=["ciphertext", "wrap"],
)
def test_no_bit_of_a_ciphertext_or_a_wrap_can_be_flipped(
    tmp_path: Path, file: str, table: str, column: str
) -> None:
    vault = Vault.create(tmp_path, origin=ORIGIN)
    (one,) = parts()
    vault.put("id-1", [one])
    with closing(sqlite3.connect(tmp_path / file)) as db:
        ((data,),) = db.execute(f"SELECT {column} FROM {table}").fetchall()  # noqa: S608
        for at in range(0, len(data) * 8, 7):
            flipped = bytearray(data)
            flipped[at // 8] ^= 1 << at % 8
            with db:
                db.execute(f"UPDATE {table} SET {column} = ?", (bytes(flipped),))  # noqa: S608
            with pytest.raises(DisclosureError):
                get(vault, one)
    vault.close()


# -- keys and readers --------------------------------------------------------------------


def test_the_office_key_is_private_and_never_overwritten(
    vault: Vault, tmp_path: Path
) -> None:
    key = tmp_path / "office.key"
    before = key.read_bytes()
    assert len(before) == 32
    for name in ("office.key", *FILES):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    with pytest.raises(LedgerError, match="there already"):
        Vault.create(tmp_path, origin=vault.origin)
    assert key.read_bytes() == before
    key.chmod(0o644)
    with pytest.raises(LedgerError, match="read by others"):
        Vault(tmp_path)


def test_a_key_that_is_there_is_used_for_a_new_vault(tmp_path: Path) -> None:
    ReaderKey.generate(OFFICE).write(tmp_path / "office.key")
    before = (tmp_path / "office.key").read_bytes()
    Vault.create(tmp_path, origin=ORIGIN).close()
    assert (tmp_path / "office.key").read_bytes() == before


@pytest.mark.usefixtures("vault")
def test_a_vault_does_not_open_under_another_office_key(tmp_path: Path) -> None:
    (tmp_path / "office.key").write_bytes(bytes(range(32)))
    with pytest.raises(LedgerError, match="belongs to another office key"):
        Vault(tmp_path)
    (tmp_path / "office.key").write_bytes(b"short")
    with pytest.raises(LedgerError, match="32 bytes, got 5"):
        Vault(tmp_path)
    (tmp_path / "office.key").unlink()
    with pytest.raises(LedgerError, match="there is no key"):
        Vault(tmp_path)


def test_a_vault_of_before_readers_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "office.key").touch(mode=0o600)
    (tmp_path / "office.key").write_bytes(bytes(32))
    with closing(sqlite3.connect(tmp_path / "vault.sqlite")) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE vault (origin TEXT NOT NULL)")
        db.commit()
    with pytest.raises(LedgerError, match=r"earlier version.*make the register anew"):
        Vault(tmp_path)


def test_each_reader_opens_with_its_own_key_and_no_other(
    vault: Vault, tmp_path: Path, watcher: ReaderKey
) -> None:
    (one,) = parts()
    vault.put("id-1", [one], {IG: watcher.public})
    office = ReaderKey.read(tmp_path / "office.key", reader=OFFICE)
    assert get(vault, one) == get(vault, one, key=office) == one.text
    assert get(vault, one, key=watcher) == one.text
    in_others_name = [
        ReaderKey.from_bytes((tmp_path / "office.key").read_bytes(), reader=IG),
        ReaderKey.from_bytes(watcher._key.private_bytes_raw(), reader=OFFICE),  # noqa: SLF001
        ReaderKey.generate(IG),
    ]
    for key in in_others_name:
        with pytest.raises(DisclosureError, match="does not decrypt"):
            get(vault, one, key=key)


def test_a_wrap_moved_to_another_reader_opens_for_neither(
    tmp_path: Path, watcher: ReaderKey
) -> None:
    vault = Vault.create(tmp_path, origin=ORIGIN)
    (one,) = parts()
    vault.put("id-1", [one], {IG: watcher.public})
    change(
        tmp_path,
        "wraps.sqlite",
        f"UPDATE wraps SET wrap = (SELECT wrap FROM wraps WHERE reader = '{IG}')",  # noqa: S608
    )
    assert get(vault, one, key=watcher) == one.text
    as_office = ReaderKey.from_bytes(watcher._key.private_bytes_raw(), reader=OFFICE)  # noqa: SLF001
    for key in (None, as_office):
        with pytest.raises(DisclosureError, match="does not decrypt"):
            get(vault, one, key=key)
    vault.close()


def test_a_reader_named_later_opens_what_was_kept_before(
    vault: Vault, watcher: ReaderKey
) -> None:
    old = {f"id-{n}": parts(f"id-{n}", "case", "area") for n in range(3)}
    for entry, some in old.items():
        vault.put(entry, some)
    vault.keep("0" * 64, b"an answer")
    with pytest.raises(NotHereError, match="no key of case of entry id-0 for the insp"):
        get(vault, old["id-0"][0], "id-0", watcher)
    assert vault.wrap_to(IG, watcher.public) == 6
    assert vault.wrap_to(IG, watcher.public) == 0
    for entry, some in old.items():
        for one in some:
            assert get(vault, one, entry, watcher) == get(vault, one, entry) == one.text


def test_a_readers_new_key_opens_all_and_the_old_one_nothing_any_more(
    vault: Vault, watcher: ReaderKey
) -> None:
    (one,) = parts()
    vault.put("id-1", [one], {IG: watcher.public})
    new = ReaderKey.generate(IG)
    assert vault.wrap_to(IG, new.public) == 1
    assert get(vault, one, key=new) == one.text
    with pytest.raises(DisclosureError, match="does not decrypt"):
        get(vault, one, key=watcher)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(bytes(31), id="too short"),
        pytest.param(bytes(33), id="too long"),
        pytest.param(bytes(32), id="zero"),
        pytest.param(b"\x01" + bytes(31), id="one"),
        pytest.param(
            bytes.fromhex(
                "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"
            ),
            id="a point of order eight",
        ),
    ],
)
def test_what_no_key_can_be_wrapped_to_is_no_readers_key(raw: bytes) -> None:
    with pytest.raises(LedgerError, match="X25519"):
        public_key(raw)


def test_a_readers_key_shows_no_secret(watcher: ReaderKey) -> None:
    assert watcher._key.private_bytes_raw().hex() not in repr(watcher)  # noqa: SLF001
    assert "X25519PrivateKey" in repr(watcher)


# -- known answers -----------------------------------------------------------------------

H = bytes.fromhex
# RFC 9180 A.1, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, base mode.
RFC_INFO = H("4f6465206f6e2061204772656369616e2055726e")
RFC_SECRET = H("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8")
RFC_ENC = H("37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431")
RFC_KEY = H("4531685d41d65f03dc48f6b8302c05b0")
RFC_NONCE = H("56d890e5accaaf011cff4b7d")
RFC_TEXT = H("4265617574792069732074727574682c20747275746820626561757479")
RFC_CIPHERTEXT = H(
    "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a"
)


def test_the_library_is_hpke_as_rfc_9180_has_it() -> None:
    # Its one-shot form takes no associated data, which the RFC's vector has: so the vector's
    # key and nonce, which do open the vector's ciphertext, make the one that has none.
    assert AESGCM(RFC_KEY).decrypt(RFC_NONCE, RFC_CIPHERTEXT, b"Count-0") == RFC_TEXT
    without = AESGCM(RFC_KEY).encrypt(RFC_NONCE, RFC_TEXT, b"")
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_128_GCM)
    secret = X25519PrivateKey.from_private_bytes(RFC_SECRET)
    assert suite.decrypt(RFC_ENC + without, secret, RFC_INFO) == RFC_TEXT
    with pytest.raises(InvalidTag):
        suite.decrypt(RFC_ENC + without, secret, RFC_INFO[:-1])


# A wrap and a ciphertext that this version wrote: what is in vaults must open for ever.
OUR_PLACE = (
    b'["ledger.example/test","id-1","case","QI0RZS8Lx1MU8mGSVE9cBkd6sQpEhHWUhUsO2bLMaZE"]'
)
OUR_KEY = bytes(range(32))
OUR_WRAP = H(
    "479f25d39247e554285acd73a088992169f4e322e4591f598b43d18b8e944429cc934894a954edaad27d890d6af99ea6280cd883b1f72354da2d65d8459e9bdb7e7ed482b38d3d16213615fe6e99cfa6"
)


def test_a_wrap_of_the_first_version_opens() -> None:
    reader = ReaderKey.from_bytes(RFC_SECRET, reader=IG)
    assert reader.unwrap(OUR_WRAP, OUR_PLACE) == OUR_KEY
    with pytest.raises(DisclosureError):
        ReaderKey.from_bytes(RFC_SECRET, reader=OFFICE).unwrap(OUR_WRAP, OUR_PLACE)
    assert bound(OUR_PLACE, IG) == OUR_PLACE + b'"inspector_general"'


def test_no_two_wraps_of_a_key_are_alike(watcher: ReaderKey) -> None:
    made = {wrap(OUR_KEY, b"", reader=IG, public=watcher.public) for _ in range(3)}
    assert len(made) == 3
    assert {len(one) for one in made} == {32 + 32 + 16}


VAULT_V1 = Path(__file__).parent / "vectors" / "vault-v1"


def test_a_vault_of_the_first_version_opens(tmp_path: Path) -> None:
    for path in VAULT_V1.glob("*.sqlite"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    ReaderKey.from_bytes(RFC_SECRET, reader=OFFICE).write(tmp_path / "office.key")
    with closing(Vault(tmp_path)) as vault:
        (one,) = parts()
        assert get(vault, one) == one.text
        assert vault.kept("0" * 64) == b"an answer"


# -- stored answers ----------------------------------------------------------------------

IDENTITY = "1" * 64


def test_an_answer_is_kept_and_the_first_one_stays(vault: Vault, tmp_path: Path) -> None:
    assert vault.kept(IDENTITY) is None
    vault.keep(IDENTITY, b"first")
    vault.keep(IDENTITY, b"second")
    again = Vault(tmp_path)
    assert again.kept(IDENTITY) == b"first"
    assert again.kept("2" * 64) is None
    again.close()
    assert [data for _, data in vault.answers()] == [b"first"]


def test_neither_an_answer_nor_which_question_it_answers_shows(
    vault: Vault, tmp_path: Path
) -> None:
    vault.keep(IDENTITY, PLANTED.encode())
    found = stored(tmp_path)
    for planted in (PLANTED.encode(), IDENTITY.encode(), H(IDENTITY)):
        assert planted not in found


def test_a_stored_answer_that_was_changed_or_moved_is_not_given(tmp_path: Path) -> None:
    vault = Vault.create(tmp_path, origin=ORIGIN)
    vault.keep(IDENTITY, b"mine")
    vault.keep("2" * 64, b"yours")
    mine, yours = [
        place for place, data in sorted(vault.answers(), key=lambda one: one[1] or b"")
    ]
    for sql, file in (
        (f"UPDATE kept SET ciphertext = (SELECT ciphertext FROM kept WHERE name = '{yours.part}')", "vault.sqlite"),  # noqa: S608
        (f"UPDATE wraps SET wrap = (SELECT wrap FROM wraps WHERE part = '{yours.part}')", "wraps.sqlite"),  # noqa: S608
    ):  # fmt: skip
        change(tmp_path, file, sql)
        with pytest.raises(DisclosureError, match="stored answer does not decrypt"):
            vault.kept(IDENTITY)
    assert mine != yours
    vault.close()


def test_an_answer_whose_key_was_lost_in_a_crash_is_not_there_and_can_be_kept_again(
    tmp_path: Path,
) -> None:
    vault = Vault.create(tmp_path, origin=ORIGIN)
    vault.keep(IDENTITY, b"first")
    change(tmp_path, "wraps.sqlite", "DELETE FROM wraps")
    assert vault.kept(IDENTITY) is None
    assert [data for _, data in vault.answers()] == [None]
    vault.keep(IDENTITY, b"second")
    assert vault.kept(IDENTITY) == b"second"
    vault.close()


def test_a_part_whose_key_was_lost_in_a_crash_is_put_again(tmp_path: Path) -> None:
    vault = Vault.create(tmp_path, origin=ORIGIN)
    (one,) = parts()
    vault.put("id-1", [one])
    change(tmp_path, "wraps.sqlite", "DELETE FROM wraps")
    with pytest.raises(NotHereError):
        get(vault, one)
    vault.put("id-1", [one])
    assert get(vault, one) == one.text
    vault.close()


# -- shredding ---------------------------------------------------------------------------


def ciphertexts(folder: Path) -> list[bytes]:
    found = []
    for file, table, column in (
        ("vault.sqlite", "parts", "ciphertext"),
        ("vault.sqlite", "kept", "ciphertext"),
        ("wraps.sqlite", "wraps", "wrap"),
    ):
        with closing(sqlite3.connect(folder / file)) as db:
            rows = db.execute(f"SELECT {column} FROM {table}").fetchall()  # noqa: S608
        found += [bytes(data) for (data,) in rows]
    return found


def shred(vault: Vault, some: list[Place], answers: list[Place]) -> tuple[int, int, int]:
    every = [*some, *answers]
    return (
        vault.destroy_wraps(every, deletion="d-1"),
        vault.delete_ciphertexts(some, deletion="d-1"),
        vault.delete_answers(answers, deletion="d-1"),
    )


def test_what_is_shredded_is_in_no_byte_of_any_file_and_the_rest_opens(
    tmp_path: Path, watcher: ReaderKey
) -> None:
    vault = Vault.create(tmp_path, origin=ORIGIN)
    gone = {f"id-{n}": parts(f"id-{n}", "case", "area") for n in range(40)}
    for entry, some in gone.items():
        vault.put(entry, some, {IG: watcher.public})
    vault.keep(IDENTITY, b"an answer" * 100)
    old = ciphertexts(tmp_path)
    (stays,) = parts("id-99")
    vault.put("id-99", [stays], {IG: watcher.public})
    assert all(data[-32:] in stored(tmp_path) for data in old)  # the scan can find them

    places = [place(one, entry) for entry, some in gone.items() for one in some]
    answers = [one for one, _ in vault.answers()]
    assert vault.remaining([*places, *answers]) == 81
    assert shred(vault, places, answers) == (161, 80, 1)
    assert vault.remaining([*places, *answers]) == 0

    found = stored(tmp_path)
    for data in old:
        for start in range(0, len(data) - 16, 16):
            assert data[start : start + 16] not in found
    for place_ in (*places, *answers):
        assert place_.commitment.encode() not in found or not place_.commitment
    assert get(vault, stays, "id-99") == get(vault, stays, "id-99", watcher) == stays.text
    assert vault.kept(IDENTITY) is None
    assert shred(vault, places, answers) == (161, 80, 1)  # and again, the same
    vault.close()


def test_without_its_key_nothing_opens_though_the_ciphertext_is_there(vault: Vault) -> None:
    (one,) = parts()
    vault.put("id-1", [one])
    vault.destroy_wraps([place(one)], deletion="d-1")
    assert vault.remaining([place(one)]) == 1
    with pytest.raises(NotHereError):
        get(vault, one)


STEPS: dict[str, Callable[[Vault, list[Place]], int]] = {
    "wraps": lambda vault, some: vault.destroy_wraps(some, deletion="d-1"),
    "ciphertexts": lambda vault, some: vault.delete_ciphertexts(some, deletion="d-1"),
}

KILLED = """
import os, sys
from pathlib import Path
from beforehand.ledger import Vault
from beforehand.ledger.secret import SecretFile
folder, step, where = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
vault = Vault(folder)
places = sorted(vault.places())
if where == "before the rewrite":
    SecretFile._rewrite = lambda self: os._exit(9)
if step == "wraps":
    vault.destroy_wraps(places, deletion="d-1")
else:
    vault.destroy_wraps(places, deletion="d-1")
    vault.delete_ciphertexts(places, deletion="d-1")
os._exit(9)
"""


@pytest.mark.parametrize("where", ["before the rewrite", "after it"])
@pytest.mark.parametrize("step", STEPS)
def test_a_step_that_was_cut_off_is_done_again_and_counts_the_same(
    tmp_path: Path, step: str, where: str
) -> None:
    vault = Vault.create(tmp_path, origin=ORIGIN)
    some = parts("id-1", "case", "area", "name")
    vault.put("id-1", some)
    vault.close()
    old = ciphertexts(tmp_path)
    ran = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), step, where],
        check=False,
        env={**os.environ},
    )
    assert ran.returncode == 9
    places = [place(one) for one in some]
    with closing(Vault(tmp_path)) as again:
        assert [one(again, places) for one in STEPS.values()] == [3, 3]
        assert again.remaining(places) == 0
        found = stored(tmp_path)
        assert not any(data[-32:] in found for data in old)


def test_while_another_reads_nothing_is_said_to_be_shredded(
    vault: Vault, tmp_path: Path
) -> None:
    """A reader keeps old pages of the log alive: that is an error, and mended by trying again."""
    some = parts("id-1", "case")
    vault.put("id-1", some)
    vault._wraps._file._db.execute("PRAGMA busy_timeout = 50")  # noqa: SLF001
    with closing(sqlite3.connect(tmp_path / "wraps.sqlite")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM wraps").fetchone()
        with pytest.raises(BusyError, match=r"wraps\.sqlite is"):
            vault.destroy_wraps([place(one) for one in some], deletion="d-1")
        reader.rollback()
    assert vault.destroy_wraps([place(one) for one in some], deletion="d-1") == 1


def test_the_file_of_wraps_alone_reads_and_writes(tmp_path: Path) -> None:
    with closing(Wraps.create(tmp_path / "wraps.sqlite")) as wraps:
        at = Place("id-1", "case", "c")
        wraps.put([(at, OFFICE, b"key", b"wrap")])
        assert wraps.get(at, OFFICE) == b"wrap"
        assert wraps.get(at, IG) is None
        assert wraps.without(IG, b"other") == [at]
        assert wraps.without(OFFICE, b"key") == []
