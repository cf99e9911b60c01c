from base64 import urlsafe_b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.ledger import Disclosure, open_disclosure, seal
from beforehand.ledger.errors import DisclosureError, MalformedEntryError
from beforehand.ledger.seal import commitment_of

SALT = bytes(range(32))
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
