import sqlite3
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.ledger import Disclosure, Vault, open_disclosure, seal
from beforehand.ledger.errors import DisclosureError, LedgerError, MalformedEntryError
from beforehand.ledger.seal import commitment_of

SALT = bytes(range(32))
ORIGIN = "ledger.example/test"
PLANTED = "case 24-cr-1187, a name planted to be looked for"


def test_the_commitment_of_rfc_9901_is_computed() -> None:
    # RFC 9901 s4.2.3: the disclosure of a family name, and its digest.
    disclosure = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    assert commitment_of(disclosure) == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"


def test_a_disclosure_is_the_base64url_of_salt_part_and_value() -> None:
    one = seal("case", PLANTED, "id-1", SALT)
    decoded = urlsafe_b64decode(one.text + "=" * (-len(one.text) % 4)).decode()
    assert decoded == (
        '["AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8","case",'
        f'{{"entry":"id-1","value":"{PLANTED}"}}]'
    )


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(st.characters(max_codepoint=127), max_size=4), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@given(values, st.binary(min_size=32, max_size=32))
def test_a_sealed_value_opens_as_it_was(value: None, salt: bytes) -> None:
    one = seal("case", value, "id-1", salt)
    assert (
        open_disclosure(one.text, part="case", entry_id="id-1", commitment=one.commitment)
        == value
    )


def test_another_salt_gives_another_commitment() -> None:
    assert (
        seal("case", 1, "i", SALT).commitment != seal("case", 1, "i", bytes(32)).commitment
    )


@pytest.mark.parametrize(
    ("other", "part", "entry_id"),
    [
        pytest.param(
            seal("case", "other", "id-1", SALT), "case", "id-1", id="another value"
        ),
        pytest.param(
            seal("case", PLANTED, "id-1", bytes(32)), "case", "id-1", id="another salt"
        ),
        pytest.param(
            seal("name", PLANTED, "id-1", SALT), "case", "id-1", id="another part"
        ),
        pytest.param(
            seal("case", PLANTED, "id-2", SALT), "case", "id-1", id="another entry"
        ),
    ],
)
def test_a_disclosure_opens_its_own_commitment_only(
    other: Disclosure, part: str, entry_id: str
) -> None:
    own = seal("case", PLANTED, "id-1", SALT)
    with pytest.raises(DisclosureError) as caught:
        open_disclosure(other.text, part=part, entry_id=entry_id, commitment=own.commitment)
    assert PLANTED not in str(caught.value)


@pytest.mark.parametrize(("part", "entry_id"), [("name", "id-1"), ("case", "id-2")])
def test_a_disclosure_moved_to_another_place_is_refused(part: str, entry_id: str) -> None:
    own = seal("case", PLANTED, "id-1", SALT)
    with pytest.raises(DisclosureError):
        open_disclosure(own.text, part=part, entry_id=entry_id, commitment=own.commitment)


@pytest.mark.parametrize("text", ["", "!", "e30", "W10", "WzEsMiwzXQ"])
def test_what_is_no_disclosure_is_refused_though_its_hash_agrees(text: str) -> None:
    with pytest.raises(DisclosureError, match="expected a disclosure"):
        open_disclosure(text, part="case", entry_id="id-1", commitment=commitment_of(text))


def test_a_short_salt_and_a_float_are_refused() -> None:
    with pytest.raises(DisclosureError, match="32 bytes, got 16"):
        seal("case", PLANTED, "id-1", bytes(16))
    with pytest.raises(MalformedEntryError):
        seal("case", {"a": 1.5}, "id-1", SALT)  # type: ignore[dict-item]


def test_the_repr_of_a_disclosure_keeps_its_secret() -> None:
    one = seal("case", PLANTED, "id-1", SALT)
    assert one.text not in repr(one)


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    vault = Vault.create(tmp_path / "vault.sqlite", tmp_path / "office.key", origin=ORIGIN)
    yield vault
    vault.close()


def test_the_vault_gives_back_what_it_was_given(vault: Vault, tmp_path: Path) -> None:
    parts = [seal("case", PLANTED, "id-1", SALT), seal("name", None, "id-1", bytes(32))]
    vault.put("id-1", parts)
    vault.put("id-1", parts)
    again = Vault(tmp_path / "vault.sqlite", tmp_path / "office.key")
    for one in parts:
        assert again.get("id-1", one.part, commitment=one.commitment) == one.text
    again.close()
    with pytest.raises(DisclosureError, match="holds no case of entry id-2"):
        vault.get("id-2", "case", commitment=parts[0].commitment)


def test_no_file_of_the_vault_shows_a_value_a_salt_or_a_disclosure(
    vault: Vault, tmp_path: Path
) -> None:
    one = seal("case", PLANTED, "id-1", SALT)
    vault.put("id-1", [one])
    key = (tmp_path / "office.key").read_bytes()
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("vault.sqlite*"))
    assert one.commitment.encode() in stored
    for planted in (PLANTED.encode(), SALT, one.text.encode(), one.text[:24].encode(), key):
        assert planted not in stored


def test_the_length_of_a_short_value_does_not_show(vault: Vault, tmp_path: Path) -> None:
    vault.put(
        "id-1",
        [seal("a", None, "id-1", SALT), seal("b", "forty characters or so", "id-1", SALT)],
    )
    with closing(sqlite3.connect(tmp_path / "vault.sqlite")) as db:
        lengths = db.execute("SELECT DISTINCT length(ciphertext) FROM parts").fetchall()
    assert lengths == [(12 + 256 + 16,)]


@pytest.mark.parametrize(
    "tamper",
    [
        pytest.param("UPDATE parts SET ciphertext = zeroblob(300)", id="ciphertext"),
        pytest.param("UPDATE parts SET ciphertext = x''", id="no ciphertext"),
        pytest.param("UPDATE parts SET wrapped_key = zeroblob(60)", id="wrapped key"),
        pytest.param(
            "UPDATE vault SET origin = 'other.example'", id="another ledger's vault"
        ),
        pytest.param(
            "UPDATE parts SET ciphertext = (SELECT ciphertext FROM parts WHERE part = 'name'),"
            " wrapped_key = (SELECT wrapped_key FROM parts WHERE part = 'name')",
            id="another part's row",
        ),
    ],
)
def test_a_vault_that_was_changed_does_not_decrypt(tmp_path: Path, tamper: str) -> None:
    path, key = tmp_path / "vault.sqlite", tmp_path / "office.key"
    vault = Vault.create(path, key, origin=ORIGIN)
    one = seal("case", PLANTED, "id-1", SALT)
    vault.put("id-1", [one, seal("name", PLANTED, "id-1", SALT)])
    vault.close()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(tamper)
    changed = Vault(path, key)
    with pytest.raises(DisclosureError, match="does not decrypt"):
        changed.get("id-1", "case", commitment=one.commitment)
    changed.close()


def test_the_office_key_is_private_and_never_overwritten(
    vault: Vault, tmp_path: Path
) -> None:
    key = tmp_path / "office.key"
    before = key.read_bytes()
    assert key.stat().st_mode & 0o777 == 0o600
    Vault.create(tmp_path / "second.sqlite", key, origin=vault.origin).close()
    assert key.read_bytes() == before
    key.chmod(0o644)
    with pytest.raises(LedgerError, match="read by others"):
        Vault(tmp_path / "vault.sqlite", key)


def test_a_vault_is_not_created_over_another(vault: Vault, tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="there already"):
        Vault.create(
            tmp_path / "vault.sqlite", tmp_path / "office.key", origin=vault.origin
        )
