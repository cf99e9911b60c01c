"""Acts as JSON and back; whatever could be read in two ways, or is not in its form, is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beforehand.ledger.entry import canonical
from beforehand.record import facts as f
from beforehand.record.acts import (
    LIMIT,
    MADE_HERE,
    Act,
    Json,
    acts_schema,
    by_hand,
    check_form,
    decode_act,
    encode_act,
)
from beforehand.record.custody import DeletionDecided, KeyAdded, ReaderNamed
from beforehand.record.kinds import ACTS, DecidedFact
from beforehand.refusal import InputError
from tests.record.generated import DAYS, DIGESTS, IDS, WHOLE, acts_of, facts
from tests.record.possible import FACTS

VERBS = [pytest.param(kind, id=verb) for verb, kind in ACTS.items()]
APPROVE: Mapping[str, Json] = {"act": "approve-use", "actor": "ben", "request": "r-1"}
APPOINT: Mapping[str, Json] = {
    "act": "appoint",
    "actor": "root",
    "person": "ana",
    "office": "harbor",
    "roles": ["analyst"],
    "account": "individual",
}
AUDIT: Mapping[str, Json] = {
    "act": "record-audit",
    "actor": "root",
    "case": "c",
    "file": "0" * 64,
    "policies": "0" * 64,
    "findings": "0" * 64,
    "passes": 1,
    "fails": 0,
    "undecidable": 0,
}
SCHEMA = jsonschema.Draft202012Validator(acts_schema())
acts = st.sampled_from(list(ACTS.values())).flatmap(acts_of)


def written(act: object) -> bytes:
    return msgspec.json.encode(act)


def refused(data: bytes, *, by: Callable[..., Act] = decode_act) -> InputError:
    with pytest.raises(InputError) as caught:
        by(data, where="act.json")
    assert caught.value.where.startswith("act.json")
    assert len(str(caught.value)) < 1_000
    return caught.value


# -- there and back ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", VERBS)
@settings(max_examples=20, deadline=None)
@given(st.data())
def test_decoding_an_encoded_act_gives_the_act_back(
    kind: type[DecidedFact], data: st.DataObject
) -> None:
    act = data.draw(acts_of(kind))
    assert decode_act(written(encode_act(act)), where="act.json") == act


@settings(max_examples=50, deadline=None)
@given(acts)
def test_the_order_of_keys_and_the_space_between_them_say_nothing(act: Act) -> None:
    plain = json.loads(written(encode_act(act)))
    turned = dict(reversed(plain.items()))
    spaced = json.dumps(turned, indent=2, ensure_ascii=True).encode()
    assert decode_act(spaced, where="act.json") == act


@settings(max_examples=50, deadline=None)
@given(acts)
def test_whatever_is_read_can_be_sealed(act: Act) -> None:
    read = decode_act(written(encode_act(act)), where="act.json")
    assert canonical([read.sealed, encode_act(read)])


def test_a_sealed_part_that_is_left_out_is_null() -> None:
    act = decode_act(written(APPOINT), where="act.json")
    assert act.sealed == {"name": None}
    assert act == decode_act(written({**APPOINT, "sealed": {}}), where="act.json")


def test_only_what_people_submit_is_taken_by_hand() -> None:
    assert by_hand(written(APPROVE), where="act.json").verb == "approve-use"
    assert set(ACTS) > MADE_HERE


@pytest.mark.parametrize("verb", sorted(MADE_HERE))
def test_an_act_that_the_program_makes_itself_is_not_taken_by_hand(verb: str) -> None:
    @settings(max_examples=3, deadline=None)
    @given(acts_of(ACTS[verb]))
    def each(act: Act) -> None:
        data = written(encode_act(act))
        assert decode_act(data, where="act.json") == act
        why = refused(data, by=by_hand)
        assert why.where == "act.json: act"
        assert why.got.startswith(f"`{verb}`")

    each()


# -- what is not one act -----------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"null", id="null"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'"approve-use"', id="a text"),
        pytest.param(written(APPROVE) + b"{}", id="two objects"),
        pytest.param(written(APPROVE)[:-1], id="cut short"),
        pytest.param(written(APPROVE).decode().encode("utf-16"), id="in UTF-16"),
        pytest.param(b"\xef\xbb\xbf" + written(APPROVE), id="a byte order mark"),
        pytest.param(written(APPROVE).replace(b"r-1", b"\xff"), id="no UTF-8"),
        pytest.param(written(APPROVE).replace(b"r-1", b"\\ud800"), id="half a character"),
        pytest.param(written(APPROVE).replace(b"r-1", b"r\n1"), id="a bare line break"),
        pytest.param(written({**APPROVE, "act": None}), id="no verb"),
        pytest.param(written({**APPROVE, "act": ["approve-use"]}), id="a list of verbs"),
        pytest.param(written({**APPROVE, "act": {"a": 1}}), id="an object for a verb"),
        pytest.param(written({**APPROVE, "act": "refuse"}), id="a refusal"),
        pytest.param(written({**APPROVE, "act": "Approve-use"}), id="another spelling"),
        pytest.param(written({**APPROVE, "actor": None}), id="no actor"),
        pytest.param(written({**APPROVE, "actor": ["ben"]}), id="a list of actors"),
        pytest.param(written({**APPROVE, "sealed": None}), id="sealed is null"),
        pytest.param(written({**APPROVE, "sealed": []}), id="sealed is a list"),
        pytest.param(written({**APPROVE, "sealed": {"name": "x"}}), id="another's part"),
        pytest.param(written({**APPROVE, "more": 1}), id="a field too many"),
        pytest.param(written({**APPROVE, "kind": "use.approved"}), id="a kind"),
        pytest.param(
            written({key: one for key, one in APPROVE.items() if key != "request"}),
            id="a field too few",
        ),
        pytest.param(written({**APPROVE, "request": None}), id="null for an id"),
        pytest.param(written({**APPROVE, "request": 1}), id="a number for an id"),
        pytest.param(b"[" * 50_000, id="50,000 lists"),
        pytest.param(b'{"act":' * 8_000, id="8,000 objects"),
        pytest.param(
            written(APPROVE)[:-1] + b',"more":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
            id="20,000 lists in a field",
        ),
        pytest.param(written({**APPROVE, "request": "r" * 100_000}), id="100 kB"),
        pytest.param(b" " * LIMIT + written(APPROVE), id="100 kB of space"),
    ],
)
def test_what_is_not_one_act_is_refused(data: bytes) -> None:
    refused(data)


def test_an_act_of_the_greatest_length_is_read() -> None:
    data = written(APPROVE)
    longest = data + b" " * (LIMIT - len(data))
    assert decode_act(longest, where="act.json").actor == "ben"
    assert refused(longest + b" ").got == "60,001"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b'{"act":"approve-use","actor":"ben","request":"r-1","request":"r-2"}', id="a field"),
        pytest.param(b'{"act":"approve-use","actor":"ben","request":"r-1","request":"r-1"}', id="the same value"),
        pytest.param(b'{"act":"approve-use","actor":"ana","actor":"ben","request":"r-1"}', id="the actor"),
        pytest.param(b'{"act":"concur-use","act":"approve-use","actor":"ben","request":"r-1"}', id="the verb"),
        pytest.param(b'{"act":"approve-use","actor":"ben","request":"r-1","\\u0072equest":"r-2"}', id="an escaped key"),
        pytest.param(b'{"act":"approve-use","actor":"ben","request":"r-1","sealed":{},"sealed":{}}', id="sealed"),
        pytest.param(written(APPOINT)[:-1] + b',"sealed":{"name":"a","name":"b"}}', id="a sealed part"),
        pytest.param(written(APPOINT)[:-1] + b',"sealed":{"name":[{"a":1,"a":2}]}}', id="inside a sealed part"),
    ],
)  # fmt: skip
def test_a_key_that_stands_twice_is_refused(data: bytes) -> None:
    """A person could be shown one of the values while the other is decided."""
    assert refused(data).expected == "each key once"


# -- numbers and texts -------------------------------------------------------------------


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(b"true", id="a truth value"),
        pytest.param(b"-1", id="below nothing"),
        pytest.param(b"-0.0", id="minus nothing"),
        pytest.param(b"9007199254740992", id="2^53"),
        pytest.param(b"9" * 400, id="400 digits"),
        pytest.param(b"9" * 5_000, id="5,000 digits"),
        pytest.param(b"1.5", id="a half"),
        pytest.param(b"1e3", id="an exponent"),
        pytest.param(b"1e999", id="infinite"),
        pytest.param(b"NaN", id="NaN"),
        pytest.param(b"Infinity", id="Infinity"),
        pytest.param(b'"1"', id="a text"),
        pytest.param(b"null", id="null"),
        pytest.param(b"01", id="a leading nought"),
    ],
)
def test_a_number_that_is_not_whole_is_refused(number: bytes) -> None:
    data = written(AUDIT)
    assert decode_act(data, where="act.json").fact.subject == "c"
    refused(data.replace(b'"passes":1', b'"passes":' + number))


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(b"1.5", id="a half"),
        pytest.param(b"1.0", id="a whole number as a float"),
        pytest.param(b"NaN", id="NaN"),
        pytest.param(b"9007199254740992", id="2^53"),
        pytest.param(b"[[[[1.5]]]]", id="a half in lists"),
        pytest.param('{"ü":1}'.encode(), id="a key outside ASCII"),
        pytest.param(b"[" * 40 + b"]" * 40, id="40 lists"),
    ],
)
def test_a_sealed_value_that_no_entry_can_hold_is_refused(value: bytes) -> None:
    data = written(APPOINT)[:-1] + b',"sealed":{"name":' + value + b"}}"
    assert refused(data).where.startswith("act.json")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("r-1\n", id="a line break behind it"),
        pytest.param("\x00", id="NUL"),
        pytest.param("r\x1b[2J", id="a terminal command"),
        pytest.param("r\u202e1", id="written backwards"),
        pytest.param("r\u0435", id="a letter of another alphabet"),
        pytest.param("R-1", id="a capital"),
        pytest.param("-r", id="a dash first"),
        pytest.param("../r", id="a path"),
        pytest.param("r 1", id="a space"),
        pytest.param("r" * 65, id="65 letters"),
        pytest.param("r\u0661", id="a digit of another script"),
    ],
)
def test_an_id_that_could_be_taken_for_another_is_refused(text: str) -> None:
    assert refused(written({**APPROVE, "request": text})).where == "act.json: request"
    assert refused(written({**APPROVE, "actor": text})).where == "act.json: actor"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("document", "0" * 63, id="a digest too short"),
        pytest.param("document", "0" * 65, id="a digest too long"),
        pytest.param("document", "A" * 64, id="a digest in capitals"),
        pytest.param("document", "0" * 64 + "\n", id="a digest and a line break"),
        pytest.param("in_force_from", "2026-02-30", id="no day"),
        pytest.param("in_force_from", "20260901", id="a day without dashes"),
        pytest.param("in_force_from", "2026-W36-2", id="a day of a week"),
        pytest.param("in_force_from", "2026-09", id="a month"),
        pytest.param("in_force_from", "2026-9-1", id="a day without noughts"),
        pytest.param("in_force_from", "٢٠٢٦-09-01", id="digits of another script"),
        pytest.param("in_force_from", "2026-09-01T00:00:00Z", id="a moment"),
    ],
)
def test_a_digest_or_a_day_has_one_spelling(name: str, text: str) -> None:
    act: dict[str, Json] = {
        "act": "adopt-procedures",
        "actor": "chief",
        "procedures": "p-1",
        "office": "dept",
        "document": "0" * 64,
        "in_force_from": "2026-09-01",
    }
    assert decode_act(written(act), where="act.json").verb == "adopt-procedures"
    assert refused(written({**act, name: text})).where == f"act.json: {name}"


def test_a_value_deep_inside_is_named_by_its_place() -> None:
    draft = ACTS["draft-assessment"]

    @settings(max_examples=5, deadline=None)
    @given(facts(draft))
    def each(fact: f.AssessmentDrafted) -> None:
        terms = msgspec.structs.replace(fact.terms, datasets=("feed", "FEED"))
        with pytest.raises(InputError) as caught:
            check_form(msgspec.structs.replace(fact, terms=terms), where="act.json")
        assert caught.value.where == "act.json: terms: datasets[1]"

    each()


# -- the schema --------------------------------------------------------------------------


def test_the_schema_of_acts_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA.schema)


@pytest.mark.parametrize("kind", VERBS)
@settings(max_examples=5, deadline=None)
@given(st.data())
def test_the_schema_takes_the_acts_that_are_read_and_no_unknown_field(
    kind: type[DecidedFact], data: st.DataObject
) -> None:
    act = json.loads(written(encode_act(data.draw(acts_of(kind)))))
    assert SCHEMA.is_valid(act)
    assert not SCHEMA.is_valid({**act, "more": 1})
    assert not SCHEMA.is_valid({**act, "sealed": {"more": 1}})
    for one in msgspec.structs.fields(kind):
        without = {key: value for key, value in act.items() if key != one.name}
        assert SCHEMA.is_valid(without) == (not one.required)


@settings(max_examples=50, deadline=None)
@given(
    acts, st.sampled_from([IDS, DIGESTS, DAYS, WHOLE, st.booleans(), st.none()]), st.data()
)
def test_what_is_read_is_valid_by_the_schema(
    act: Act, values: st.SearchStrategy[Json], data: st.DataObject
) -> None:
    """Whatever one puts into a field: the reader is never more lenient than the schema."""
    plain = json.loads(written(encode_act(act)))
    name = data.draw(st.sampled_from(act.fact.__struct_fields__))
    changed = {**plain, name: data.draw(values)}
    try:
        decode_act(written(changed), where="act.json")
    except InputError:
        return
    assert SCHEMA.is_valid(changed)


# -- keys, and what an error may say -----------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        pytest.param(KeyAdded, "key", "0123ABCD", id="a key's id in capitals"),
        pytest.param(KeyAdded, "key", "0123abc", id="seven digits"),
        pytest.param(KeyAdded, "vkey", "log.example", id="a name alone"),
        pytest.param(KeyAdded, "vkey", "log example+0123abcd+" + "A" * 44, id="a space"),
        pytest.param(KeyAdded, "vkey", "l+0123abcd+" + "A" * 44 + "\n", id="a line break"),
        pytest.param(KeyAdded, "vkey", "+0123abcd+" + "A" * 44, id="no name"),
        pytest.param(ReaderNamed, "public_key", "A" * 64, id="a reader's key in capitals"),
        pytest.param(ReaderNamed, "public_key", "0" * 62, id="31 bytes"),
        pytest.param(DeletionDecided, "before", "2026-1-1", id="a day in short"),
    ],
)
def test_a_key_or_a_day_that_is_not_in_its_form_is_refused(
    kind: type[DecidedFact], field: str, value: str
) -> None:
    fact = msgspec.structs.replace(FACTS[kind.act], **{field: value})
    with pytest.raises(InputError) as caught:
        check_form(fact, where="act.json")
    assert caught.value.where == f"act.json: {field}"


PLANTED = "a name to be looked for"


@pytest.mark.parametrize(
    "sealed",
    [
        pytest.param(PLANTED, id="a text"),
        pytest.param([PLANTED], id="a list"),
        pytest.param({"nickname": PLANTED}, id="another part"),
        pytest.param({"name": {PLANTED + "ü": 1}}, id="a key outside ASCII"),
        pytest.param({"name": [PLANTED, 1.5]}, id="a float beside it"),
        pytest.param({"name": {PLANTED: 2**60}}, id="too large a number"),
    ],
)
def test_no_error_repeats_what_was_to_be_sealed(sealed: object) -> None:
    why = refused(written({**APPOINT, "sealed": sealed}))
    told: BaseException | None = why
    while told is not None:
        assert PLANTED not in str(told)
        told = told.__cause__


def test_the_repr_of_an_act_keeps_what_is_sealed() -> None:
    act = decode_act(written({**APPOINT, "sealed": {"name": PLANTED}}), where="act.json")
    assert act.sealed["name"] == PLANTED
    assert PLANTED not in repr(act)
