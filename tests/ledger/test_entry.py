from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from beforehand.ledger import (
    DecisionDigests,
    Envelope,
    canonical,
    decode,
    decode_trusted,
    encode,
)
from beforehand.ledger.entry import check_many
from beforehand.ledger.errors import ClockError, EntryTooLargeError, MalformedEntryError
from beforehand.ledger.times import next_time, parse_time, time_text

DIGEST = "0123456789abcdef" * 4
COMMITMENT = "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"
WHOLE = (
    b'{"actor":"p-1","at":"2026-11-24T03:24:56.123456Z","data":{"a":[1,{"b":null}],"c":"x"},'
    b'"decision":{"policies":"%s","question":"%s","unmet":[]},"id":"01","kind":"k","kv":1,'
    b'"refs":["00"],"seal":{"case":"%s"},"subject":"s","v":1}'
) % (DIGEST.encode(), DIGEST.encode(), COMMITMENT.encode())

integers = st.integers(-(2**53) + 1, 2**53 - 1)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
ascii_keys = st.text(st.characters(max_codepoint=127), max_size=6)
plain = st.none() | st.booleans() | integers | texts
json_values = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(ascii_keys, inner, max_size=4)
    ),
    max_leaves=12,
)
json_objects = st.dictionaries(ascii_keys, json_values, max_size=5)


@given(json_values)
def test_canonical_json_is_that_of_rfc_8785(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@given(
    json_objects, texts, st.lists(texts), st.dictionaries(ascii_keys, st.just(COMMITMENT))
)
def test_an_entry_is_given_back_and_its_bytes_are_those_of_rfc_8785(
    data: dict[str, object], actor: str, refs: list[str], seal: dict[str, str]
) -> None:
    envelope = msgspec.structs.replace(
        decode(WHOLE),
        data=msgspec.Raw(canonical(data)),
        actor=actor,
        refs=tuple(refs),
        seal=seal,
    )
    entry = encode(envelope)
    assert decode(entry) == decode_trusted(entry) == envelope
    assert entry == rfc8785.dumps(msgspec.json.decode(entry))


def test_the_example_entry_is_read() -> None:
    assert encode(decode(WHOLE)) == WHOLE
    assert decode(WHOLE).decision == DecisionDigests(
        policies=DIGEST, question=DIGEST, unmet=()
    )


def changed(old: str, new: str) -> bytes:
    assert old.encode() in WHOLE
    return WHOLE.replace(old.encode(), new.encode("utf-8", "surrogatepass"), 1)


REFUSED = [
    pytest.param(b"", id="nothing"),
    pytest.param(b"{}", id="no fields"),
    pytest.param(b"null", id="not an object"),
    pytest.param(WHOLE + b"\n", id="newline after"),
    pytest.param(b" " + WHOLE, id="space before"),
    pytest.param(WHOLE + WHOLE, id="two entries"),
    pytest.param(WHOLE + b"\n" + WHOLE, id="two lines"),
    pytest.param(b"\xef\xbb\xbf" + WHOLE, id="byte order mark"),
    pytest.param(changed('"kv":1', '"kv": 1'), id="space"),
    pytest.param(changed('"kv":1', '"kv":1,"kv":1'), id="field twice"),
    pytest.param(changed('"kv":1', '"kv":01'), id="leading zero"),
    pytest.param(changed('"kv":1', '"kv":1.0'), id="float for an integer"),
    pytest.param(changed('"kv":1', '"kv":0'), id="version zero"),
    pytest.param(changed('"kv":1', '"kv":true'), id="true for one"),
    pytest.param(changed('"kv":1', '"kv":1,"kw":1'), id="unknown field"),
    pytest.param(changed('"kv":1,', ""), id="field missing"),
    pytest.param(changed(',"v":1', ""), id="version left to its default"),
    pytest.param(changed('"v":1', '"v":2'), id="another envelope"),
    pytest.param(
        changed('"id":"01","kind":"k"', '"kind":"k","id":"01"'), id="fields unsorted"
    ),
    pytest.param(changed('"id":"01"', '"id":""'), id="empty id"),
    pytest.param(changed('"p-1"', '"\\u0070-1"'), id="escape where none is needed"),
    pytest.param(changed('"p-1"', '"p\\/1"'), id="escaped slash"),
    pytest.param(changed('"p-1"', '"\\u001F"'), id="escape in capitals"),
    pytest.param(changed('"p-1"', '"\\u000a"'), id="long form of a short escape"),
    pytest.param(changed('"p-1"', '"\\u2028"'), id="escaped line separator"),
    pytest.param(changed('"p-1"', '"\\ud83d\\ude00"'), id="escaped pair"),
    pytest.param(changed('"p-1"', '"\\ud83d"'), id="escaped lone surrogate"),
    pytest.param(changed('"p-1"', '"\ud83d"'), id="lone surrogate"),
    pytest.param(WHOLE.replace(b"p-1", b"\xff"), id="not UTF-8"),
    pytest.param(WHOLE.replace(b"p-1", b"\xc1\xbf"), id="overlong UTF-8"),
    pytest.param(changed('"c":"x"', '"c":"x","c":"x"'), id="key twice in data"),
    pytest.param(
        changed('"a":[1,{"b":null}],"c":"x"', '"c":"x","a":1'), id="data unsorted"
    ),
    pytest.param(changed('{"b":null}', '{"c":1,"b":2}'), id="unsorted inside data"),
    pytest.param(changed('{"b":null}', '{ "b":null}'), id="space inside data"),
    pytest.param(changed('"c":"x"', '"c":1.5'), id="float in data"),
    pytest.param(changed('"c":"x"', '"c":1e2'), id="exponent in data"),
    pytest.param(changed('"c":"x"', '"c":-0'), id="minus zero"),
    pytest.param(changed('"c":"x"', '"c":9007199254740992'), id="integer of 2^53"),
    pytest.param(changed('"c":"x"', '"c":-9007199254740992'), id="integer of -2^53"),
    pytest.param(changed('"c":"x"', '"c":99999999999999999999999'), id="huge integer"),
    pytest.param(changed('"c":"x"', '"ç":"x"'), id="key outside ASCII in data"),
    pytest.param(changed('"b":null', '"é":null'), id="key outside ASCII deep in data"),
    pytest.param(changed('"case"', '"ca\u017fe"'), id="key outside ASCII in seal"),
    pytest.param(changed('{"a":[1,{"b":null}],"c":"x"}', "[]"), id="data not an object"),
    pytest.param(changed('"x"', "[" * 33 + "]" * 33), id="nested too deep"),
    pytest.param(changed('"x"', "[" * 20000 + "]" * 20000), id="nested beyond any stack"),
    pytest.param(changed(".123456Z", ".12345Z"), id="five decimals"),
    pytest.param(changed(".123456Z", ".123456+00:00"), id="offset for Z"),
    pytest.param(changed("2026-11-24T", "2026-11-31T"), id="31 November"),
    pytest.param(changed("T03:24", "T24:00"), id="hour 24"),
    pytest.param(changed("T03:24:56", "T03:24:60"), id="leap second"),
    pytest.param(changed("T03", " 03"), id="space for T"),
    pytest.param(changed("2026-11", "٢٠٢٦-11"), id="digits of another script"),
    pytest.param(changed(DIGEST, DIGEST.upper()), id="digest in capitals"),
    pytest.param(changed(DIGEST, DIGEST[:-1]), id="digest too short"),
    pytest.param(
        changed(COMMITMENT, COMMITMENT[:-1] + "1"), id="commitment with spare bits"
    ),
    pytest.param(changed(COMMITMENT, COMMITMENT + "="), id="commitment with padding"),
    pytest.param(changed(COMMITMENT, "short"), id="commitment too short"),
]


@pytest.mark.parametrize("entry", REFUSED)
def test_anything_but_the_one_valid_encoding_is_refused(entry: bytes) -> None:
    with pytest.raises(MalformedEntryError):
        decode(entry)
    with pytest.raises(MalformedEntryError):
        check_many([WHOLE, entry, WHOLE])


@pytest.mark.parametrize("cut", [1, 20, 57, 100, len(WHOLE) - 1])
def test_an_entry_cut_in_two_is_not_two_entries(cut: int) -> None:
    with pytest.raises(MalformedEntryError):
        check_many([WHOLE[:cut], WHOLE[cut:]])


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param([WHOLE + b"\n" + WHOLE, b""], id="a line moved to its neighbour"),
        pytest.param([b"", WHOLE], id="an empty entry"),
    ],
)
def test_entries_are_told_apart_as_they_were_given(entries: list[bytes]) -> None:
    with pytest.raises(MalformedEntryError):
        check_many(entries)


def test_a_control_character_and_a_line_separator_are_written_as_rfc_8785_has_them() -> (
    None
):
    assert canonical("\x00\x08\x1f\x7f\u2028\U0001f600/") == (
        b'"\\u0000\\b\\u001f\x7f\xe2\x80\xa8\xf0\x9f\x98\x80/"'
    )


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(1.5, id="float"),
        pytest.param(float("nan"), id="not a number"),
        pytest.param({"a": [float("inf")]}, id="infinity inside"),
        pytest.param(2**53, id="large integer"),
        pytest.param({"é": 1}, id="key outside ASCII"),
        pytest.param({1: 2}, id="key not a text"),
        pytest.param("\ud800", id="lone surrogate"),
        pytest.param(object(), id="no JSON at all"),
    ],
)
def test_a_value_without_canonical_json_is_refused(value: object) -> None:
    with pytest.raises(MalformedEntryError):
        canonical(value)


def test_encoding_refuses_data_that_is_not_canonical(
    envelope: Callable[..., Envelope],
) -> None:
    with pytest.raises(MalformedEntryError):
        encode(envelope(1, data=msgspec.Raw(b'{"b":1,"a":2}')))


def test_an_entry_has_at_most_65_535_bytes(envelope: Callable[..., Envelope]) -> None:
    empty = len(encode(envelope(1, actor="")))
    largest = envelope(1, actor="x" * (65_535 - empty))
    assert len(encode(largest)) == 65_535
    too_large = msgspec.structs.replace(largest, actor=largest.actor + "x")
    with pytest.raises(EntryTooLargeError, match="65,536"):
        encode(too_large)
    with pytest.raises(EntryTooLargeError):
        decode(msgspec.json.encode(too_large))


NOW = parse_time("2026-11-24T03:24:56.123456Z")


@pytest.mark.parametrize(
    ("last", "behind", "expected"),
    [
        pytest.param(None, timedelta(), time_text(NOW), id="first entry"),
        pytest.param(timedelta(seconds=-1), timedelta(), time_text(NOW), id="clock ahead"),
        pytest.param(
            timedelta(), timedelta(), "2026-11-24T03:24:56.123457Z", id="same moment"
        ),
        pytest.param(
            timedelta(),
            timedelta(seconds=1),
            "2026-11-24T03:24:56.123457Z",
            id="a second back",
        ),
        pytest.param(
            timedelta(),
            timedelta(minutes=5),
            "2026-11-24T03:24:56.123457Z",
            id="five minutes back",
        ),
    ],
)
def test_the_next_time_is_now_or_just_after_the_last(
    last: timedelta | None, behind: timedelta, expected: str
) -> None:
    newest = None if last is None else time_text(NOW + last)
    assert next_time(newest, NOW - behind) == expected


def test_a_clock_ten_minutes_behind_stops_appends() -> None:
    with pytest.raises(ClockError, match="five minutes"):
        next_time(time_text(NOW), NOW - timedelta(minutes=10))


def test_a_time_without_an_offset_is_refused() -> None:
    with pytest.raises(ClockError):
        time_text(datetime(2026, 1, 1))  # noqa: DTZ001  # what is tested


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_time_is_given_back_by_its_text(moment: datetime) -> None:
    text = time_text(moment)
    assert parse_time(text) == moment
    assert time_text(parse_time(text)) == text


def test_the_example_in_the_reference_is_an_entry_of_the_length_it_says() -> None:
    reference = Path(__file__).parents[2] / "docs" / "reference" / "ledger.md"
    _, _, after = reference.read_text(encoding="utf-8").partition("An example, ")
    length, _, after = after.partition(" bytes long")
    example = after.partition("```json\n")[2].partition("```")[0]
    entry = "".join(line.strip() for line in example.splitlines()).encode()
    assert encode(decode(entry)) == entry
    assert len(entry) == int(length)
