"""Case files: what reads, what is refused and on which line, and what facts leave out."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.oversight.casefile import facts, json_schema, prose, read_case
from beforehand.oversight.yaml_text import MAX_BYTES, MAX_VALUES, Tree, read_yaml
from beforehand.record import reported
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "src/beforehand/cases/dhs-ctd.yaml"
PAGE = ROOT / "docs/reference/case-file.md"
SCHEMA = ROOT / "docs/reference/case-file.schema.json"
FILE = "5e" * 32
# Every item on one line, so that a test's line is that of the text it replaces.
BASE = """\
case: {id: isle, title: Invented, compiled: "2024-05-01", complete_for: [contracts]}
offices:
  - {id: dept, name: Department, kind: department, parent: null}
  - {id: unit, name: Unit, kind: unit, parent: dept}
vendors:
  - {id: maker, name: Maker}
datasets:
  - {id: feed, name: Feed, vendor: maker, contains: [advertising_id], sources: [paper]}
  - {id: suite, name: Suite, vendor: null, contains: [], carries: [feed], sources: [paper]}
contracts:
  - {id: buy, office: unit, vendor: maker, datasets: [feed], what: Feed, amount: "10.50", amount_about: true, awarded: "2020-08", ended: "2021~", confidence: B, sources: [paper]}
counts:
  - {id: nine, what: Contracts counted, value: 9, period: {from: "2019", to: "2020"}, offices: [dept], confidence: B, sources: [paper]}
assessments:
  - {id: pia, kind: PIA, number: X/PIA-1(a), office: unit, datasets: [feed], status: published, covers: {from: "2019", to: "2021"}, events: [{kind: published, date: "2022", what: Late, confidence: A, sources: [paper]}]}
reports:
  - {id: rep, office: dept, title: Report, issued: "2023", recommendations: 1, open: null, confidence: A, sources: [paper]}
recommendations:
  - {id: rep-1, report: rep, number: 1, to: unit, text: Stop, status: open, confidence: A, sources: [paper]}
incidents:
  - {id: slip, office: unit, what: A slip, outcome: null, found_by: rep, confidence: C, sources: [paper]}
statements:
  - {id: said, office: unit, date: null, said: It ran, claim: {kind: ran, office: unit, use: pilot, from: "2019", to: "2021"}, confidence: B, sources: [paper]}
questions:
  - {id: asked, by: Paper, to: unit, asked: "2023", about: [pia, rep-1], what: Why, answer: none, confidence: B, sources: [paper]}
rules:
  - {id: law, title: Law, requires: Review first, confidence: A, sources: [paper]}
sources:
  - {id: paper, title: Paper, publisher: Paper, date: null, url: null}
"""


def broken(old: str, new: str) -> tuple[bytes, int]:
    """Return the base case with `old` replaced, and the line on which that stands."""
    assert BASE.count(old) == 1, old
    return BASE.replace(old, new).encode(), BASE[: BASE.index(old)].count("\n") + 1


def scalars(tree: Tree) -> Iterator[object]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield key
            yield from scalars(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from scalars(value)
    else:
        yield tree


def test_the_shipped_case_reads_whole() -> None:
    case = read_case(SHIPPED.read_bytes(), "dhs-ctd.yaml")
    counts = {
        name: len(getattr(case, name)) for name in case.__struct_fields__ if name != "case"
    }
    assert counts == {
        "offices": 11,
        "vendors": 3,
        "datasets": 3,
        "contracts": 11,
        "counts": 2,
        "assessments": 4,
        "reports": 1,
        "recommendations": 8,
        "incidents": 2,
        "statements": 12,
        "questions": 3,
        "rules": 6,
        "sources": 28,
    }
    assert case.counts[0].value == 9
    assert case.contracts[1].amount_about
    assert case.contracts[6].datasets is None
    assert case.contracts[4].awarded == "2020-08-05"


def test_every_scalar_is_text_or_null() -> None:
    tree = read_yaml(SHIPPED.read_bytes(), "x").tree
    assert {type(one) for one in scalars(tree)} == {str, type(None)}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param("2020-08", "2020-08", id="a day stays text"),
        pytest.param("no", "no", id="no is no boolean"),
        pytest.param("1e3", "1e3", id="1e3 is no number"),
        pytest.param("0x10", "0x10", id="0x10 is no number"),
        pytest.param("null", None, id="plain null"),
        pytest.param("~", None, id="tilde"),
        pytest.param("", None, id="nothing"),
        pytest.param('"null"', "null", id="quoted null is text"),
        pytest.param("''", "", id="quoted nothing is text"),
        pytest.param("Null", "Null", id="Null is text"),
    ],
)
def test_a_scalar_is_the_text_that_was_written(written: str, read: str | None) -> None:
    assert read_yaml(f"a: {written}\n".encode(), "x").tree == {"a": read}


def test_a_byte_order_mark_is_passed_over() -> None:
    assert read_yaml(b"\xef\xbb\xbfa: 1", "x").tree == {"a": "1"}


def test_lines_are_kept_by_path() -> None:
    lines = read_yaml(SHIPPED.read_bytes(), "x").lines
    text = SHIPPED.read_text(encoding="utf-8").splitlines()
    assert "id: cbp-licences-2019" in text[lines["contracts[3].awarded"] - 1]
    assert text[lines["assessments[2].events"] - 1].strip() == "events:"


@pytest.mark.parametrize(
    ("data", "line", "expected", "got"),
    [
        pytest.param(b"a: 1\na: 2", 2, "each key once, 'a' is on line 1", "it again", id="key twice"),
        pytest.param(b"a:\n  &x b", 2, "a value", "the anchor &x", id="anchor"),
        pytest.param(b"a: *x", 1, "a value", "the alias *x", id="alias"),
        pytest.param(b"\na: !!int 1", 2, "a value without a tag", "the tag tag:yaml.org,2002:int", id="tag"),
        pytest.param(b"a: !!map {}", 1, "a value without a tag", "the tag tag:yaml.org,2002:map", id="tag of a map"),
        pytest.param(b"--- a\n--- b", 2, "one document", "a second", id="two documents"),
        pytest.param(b"# nothing\n", 1, "a YAML document", "none", id="no document"),
        pytest.param(b"? [a]\n: b", 1, "a text as key", "a list", id="list as key"),
        pytest.param(b"? {a: b}\n: b", 1, "a text as key", "a map", id="map as key"),
        pytest.param(b"~: b", 1, "a text as key", "null", id="null as key"),
        pytest.param(b"<<: {a: b}", 1, "a key", "the merge key <<", id="merge key"),
        pytest.param(b"k" * 65 + b": a", 1, "a key of at most 64 characters", "65", id="long key"),
        pytest.param(b"a: b\nc: \xff", 2, "UTF-8 text", "the byte 0xff", id="not UTF-8"),
        pytest.param(b"a: b\nc: \x01", 2, "characters that can be printed", "the character U+0001", id="control character"),
        pytest.param(b'a: b\nc: "\\0"', 2, "characters that can be printed", "the character U+0000", id="escaped control character"),
        pytest.param(b" " * (MAX_BYTES + 1), 1, "at most 5,000,000 bytes", "5,000,001", id="too long"),
        pytest.param(b"- a\n" * MAX_VALUES, MAX_VALUES, "at most 100,000 values", "one more", id="too many values"),
        pytest.param(b"- " * 10_000, 1, "at most 32 levels", "a list one level deeper", id="deep lists"),
        pytest.param(b"{a: " * 10_000, 1, "at most 32 levels", "a map one level deeper", id="deep maps"),
        pytest.param(b"[" * 10_000, 1, "YAML", "what its parser cannot read (exceeded maximum nesting depth)", id="deep brackets"),
        pytest.param(b"a: b\nc: [d", 3, "YAML", "what its parser cannot read (did not find expected ',' or ']')", id="open bracket"),
        pytest.param(b"a: b: c", 1, "YAML", "what its parser cannot read (mapping values are not allowed in this context)", id="stray colon"),
        pytest.param(b'a: "\\U00110000"', 1, "YAML", "what its parser cannot read (found invalid Unicode character escape code)", id="no such character"),
    ],
)  # fmt: skip
def test_yaml_that_could_be_misread_is_refused(
    data: bytes, line: int, expected: str, got: str
) -> None:
    with pytest.raises(InputError) as refused:
        read_yaml(data, "case.yaml")
    assert (refused.value.where, refused.value.expected, refused.value.got) == (
        f"case.yaml:{line}",
        expected,
        got,
    )
    assert "\n" not in str(refused.value)


ID = "an id, at most 64 of a-z, 0-9, '.', '_' and '-', the first a letter or digit"
DAY = "a day as 2020-08-05, 2020-08 or 2020, each perhaps with ~"
REFUSED = [
    pytest.param("sources:\n", "extra: []\nsources:\n", "a key out of case, offices, ", "'extra'", id="unknown section"),
    pytest.param("{id: maker, name", "{id: maker, nome", "a key out of id, name", "'nome'", id="unknown key"),
    pytest.param("office: unit, vendor: maker, ", "vendor: maker, ", "the key 'office' in contracts[0]", "none", id="missing key"),
    pytest.param("case: {id: isle, ", "case: {", "the key 'id' in case", "none", id="missing id"),
    pytest.param("kind: PIA", "kind: XIA", "one of PIA, PTA", "'XIA'", id="wrong enum"),
    pytest.param("answer: none", "answer: null", "one of ", "null", id="null enum"),
    pytest.param("[contracts]", "[bills]", "one of contracts, published_assessments", "'bills'", id="complete for what is not listed"),
    pytest.param("A slip, outcome: null, found_by: rep, confidence: C", "A slip, outcome: null, found_by: rep, confidence: D", "one of A, B, C", "'D'", id="confidence"),
    pytest.param('awarded: "2020-08"', 'awarded: "2020-8"', DAY, "'2020-8'", id="day form"),
    pytest.param('awarded: "2020-08"', 'awarded: "2020-13"', "a day of the calendar", "'2020-13'", id="thirteenth month"),
    pytest.param('awarded: "2020-08"', 'awarded: "2021-02-29"', "a day of the calendar", "'2021-02-29'", id="day that was not"),
    pytest.param("claim: {kind: ran,", "claim: {kind: walked,", "a kind, one of ", "'walked'", id="claim kind"),
    pytest.param("claim: {kind: ran, ", "claim: {", "a kind, one of ", "null", id="claim without kind"),
    pytest.param("use: pilot, ", "use: pilot, due: x, ", "a key out of kind, office, use, from, to", "'due'", id="claim key of another kind"),
    pytest.param("kind: ran, office: unit, use: pilot, ", "kind: no_use, office: unit, ", "a key out of kind, office, from", "'to'", id="claim key too many"),
    pytest.param("use: pilot, ", "", "the key 'use' in statements[0].claim", "none", id="claim key missing"),
    pytest.param("parent: dept", "parent: dent", "the id of one of the offices", "'dent'", id="office parent"),
    pytest.param("name: Feed, vendor: maker", "name: Feed, vendor: marker", "the id of one of the vendors", "'marker'", id="dataset vendor"),
    pytest.param("carries: [feed]", "carries: [maker]", "the id of one of the datasets", "'maker'", id="carries a vendor"),
    pytest.param("id: buy, office: unit", "id: buy, office: uni", "the id of one of the offices", "'uni'", id="contract office"),
    pytest.param("unit, vendor: maker", "unit, vendor: feed", "the id of one of the vendors", "'feed'", id="contract vendor"),
    pytest.param("vendor: maker, datasets: [feed]", "vendor: maker, datasets: [food]", "the id of one of the datasets", "'food'", id="contract dataset"),
    pytest.param("(a), office: unit", "(a), office: uni", "the id of one of the offices", "'uni'", id="assessment office"),
    pytest.param("unit, datasets: [feed], status", "unit, datasets: [food], status", "the id of one of the datasets", "'food'", id="assessment dataset"),
    pytest.param("id: rep, office: dept", "id: rep, office: dent", "the id of one of the offices", "'dent'", id="report office"),
    pytest.param("report: rep", "report: rap", "the id of one of the reports", "'rap'", id="recommendation report"),
    pytest.param("number: 1, to: unit", "number: 1, to: rep", "the id of one of the offices", "'rep'", id="recommendation to"),
    pytest.param("id: slip, office: unit", "id: slip, office: uni", "the id of one of the offices", "'uni'", id="incident office"),
    pytest.param("found_by: rep", "found_by: pia", "the id of one of the reports", "'pia'", id="incident found by"),
    pytest.param("id: said, office: unit", "id: said, office: uni", "the id of one of the offices", "'uni'", id="statement office"),
    pytest.param("ran, office: unit", "ran, office: uni", "the id of one of the offices", "'uni'", id="claim office"),
    pytest.param("Paper, to: unit", "Paper, to: uni", "the id of one of the offices", "'uni'", id="question to"),
    pytest.param("about: [pia", "about: [isle", "the id of one of the items", "'isle'", id="question about the case"),
    pytest.param("offices: [dept]", "offices: [dent]", "the id of one of the offices", "'dent'", id="count office"),
    pytest.param("first, confidence: A, sources: [paper]", "first, confidence: A, sources: [law]", "the id of one of the sources", "'law'", id="source not listed"),
    pytest.param("what: Late, confidence: A, sources: [paper]", "what: Late, confidence: A, sources: [pepper]", "the id of one of the sources", "'pepper'", id="event source"),
    pytest.param("first, confidence: A, sources: [paper]", "first, confidence: A, sources: []", "at least 1 here", "0", id="no source"),
    pytest.param("id: unit", "id: dept", "an id of its own", "'dept' of line 3", id="id twice in a kind"),
    pytest.param("id: law", "id: feed", "an id of its own", "'feed' of line 8", id="id in two kinds"),
    pytest.param("kind: department, parent: null", "kind: department, parent: unit", "offices that end in one without parent", "dept under unit under dept", id="offices in a ring"),
    pytest.param("kind: department, parent: null", "kind: department, parent: dept", "offices that end in one without parent", "dept under dept", id="office above itself"),
    pytest.param('ended: "2021~"', 'ended: "2018~"', "an end not before 2020-08", "'2018~'", id="contract ends before it began"),
    pytest.param('period: {from: "2019", to: "2020"}', 'period: {from: "2019", to: "2018"}', "an end not before 2019", "'2018'", id="count period"),
    pytest.param('covers: {from: "2019", to: "2021"}', 'covers: {from: "2019", to: "2018"}', "an end not before 2019", "'2018'", id="assessment covers"),
    pytest.param('pilot, from: "2019", to: "2021"', 'pilot, from: "2019", to: "2018"', "an end not before 2019", "'2018'", id="claim period"),
    pytest.param('amount: "10.50"', 'amount: "10,50"', "an amount as 475944.49", "'10,50'", id="amount with a comma"),
    pytest.param('amount: "10.50"', 'amount: "1e3"', "an amount as 475944.49", "'1e3'", id="amount with an exponent"),
    pytest.param('amount: "10.50"', 'amount: "-1"', "an amount as 475944.49", "'-1'", id="amount below nothing"),
    pytest.param("amount_about: true", "amount_about: yes", "true or false", "'yes'", id="boolean"),
    pytest.param("value: 9", "value: 9.0", "a whole number as 9", "'9.0'", id="whole number"),
    pytest.param("value: 9", "value: -9", "a whole number as 9", "'-9'", id="negative number"),
    pytest.param("id: law", "id: Law", ID, "'Law'", id="id in capitals"),
    pytest.param("id: law", "id: .law", ID, "'.law'", id="id that begins with a dot"),
    pytest.param("id: law", 'id: "law\\n"', ID, "'law\\n'", id="id with a line break"),
    pytest.param("id: law", "id: " + "l" * 65, ID, "'" + "l" * 60 + "...'", id="id too long"),
    pytest.param("id: law", "id: null", ID, "null", id="id null"),
    pytest.param("about: [pia, rep-1]", "about: pia", "a list", "'pia'", id="text for a list"),
    pytest.param('covers: {from: "2019", to: "2021"}', "covers: 2019", "a map", "'2019'", id="text for a map"),
    pytest.param("title: Law", 'title: ""', "text", "''", id="empty text"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected", "got"), REFUSED)
def test_a_case_that_breaks_the_format_is_refused(
    old: str, new: str, expected: str, got: str
) -> None:
    data, line = broken(old, new)
    with pytest.raises(InputError) as refused:
        read_case(data, "isle.yaml")
    assert refused.value.where == f"isle.yaml:{line}"
    assert refused.value.expected.startswith(expected)
    assert refused.value.got == got


def test_the_first_error_by_line_is_the_one_reported() -> None:
    data = BASE.replace("id: law", "id: Law").replace("id: paper", "id: x").encode()
    with pytest.raises(
        InputError, match=r"^isle\.yaml:8: expected the id of one of the sources"
    ):
        read_case(data, "isle.yaml")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(
            'ended: "2021~"', 'ended: "2019~"', id="an end that may lie after the start"
        ),
        pytest.param(
            "date: null, url: null", "url: null", id="a key that may be null left out"
        ),
        pytest.param(
            "datasets: [feed], what", "datasets: null, what", id="a list not known"
        ),
        pytest.param(
            "datasets: [feed], what", "datasets: [], what", id="a list known to be none"
        ),
        pytest.param("about: [pia, rep-1]", "about: [paper, unit]", id="about any item"),
    ],
)
def test_what_is_merely_unknown_or_possible_is_taken(old: str, new: str) -> None:
    read_case(broken(old, new)[0], "isle.yaml")


def test_null_and_empty_lists_stay_apart() -> None:
    unknown = read_case(broken("datasets: [feed], what", "datasets: null, what")[0], "x")
    none = read_case(broken("datasets: [feed], what", "datasets: [], what")[0], "x")
    assert (unknown.contracts[0].datasets, none.contracts[0].datasets) == (None, ())


def readable_or_refused(data: bytes) -> None:
    try:
        read_case(data, "any.yaml")
    except InputError as refused:
        assert re.match(r"any\.yaml:[1-9]", refused.where)  # noqa: PT017  # either is right


@given(st.binary(max_size=400))
def test_any_bytes_read_or_are_refused(data: bytes) -> None:
    readable_or_refused(data)


@given(st.text(alphabet="{}[]:,-?&*!|>'\"%@`#~<\\xU0 \n\tab", max_size=80))
def test_any_yaml_like_text_reads_or_is_refused(text: str) -> None:
    readable_or_refused(text.encode())


@given(st.integers(0, len(BASE)), st.integers(0, 12), st.text(max_size=6))
def test_any_edit_of_a_case_reads_or_is_refused(at: int, cut: int, put: str) -> None:
    readable_or_refused((BASE[:at] + put + BASE[at + cut :]).encode())


def test_facts_begin_with_the_case_and_hold_every_item_once() -> None:
    case = read_case(SHIPPED.read_bytes(), "x")
    found = facts(case, FILE)
    assert found[0] == reported.CaseTaken(
        file=FILE,
        item="dhs-ctd",
        compiled="2026-11-24",
        complete_for=("published_assessments",),
    )
    assert len({one.item for one in found}) == len(found) == 95
    assert {type(one) for one in found} == set(reported.REPORTED_KINDS.values())


def test_facts_of_the_base_case_are_these() -> None:
    found = {one.item: one for one in facts(read_case(BASE.encode(), "x"), FILE)}
    paper = ("paper",)
    assert found["buy"] == reported.ContractReported(
        file=FILE, item="buy", confidence="B", sources=paper, office="unit", supplier="maker",
        datasets=("feed",), amount="10.50", amount_about=True, awarded="2020-08", ended="2021~",
    )  # fmt: skip
    assert found["nine"] == reported.CountReported(
        file=FILE, item="nine", confidence="B", sources=paper, counted="contracts", value=9,
        value_about=False, period=reported.Period(first="2019", last="2020"), offices=("dept",),
    )  # fmt: skip
    event = reported.Event(event="published", day="2022", confidence="A", sources=paper)
    assert found["pia"] == reported.AssessmentReported(
        file=FILE, item="pia", assessment_kind="PIA", number="X/PIA-1(a)", office="unit",
        datasets=("feed",), status="published", events=(event,),
        covers=reported.Period(first="2019", last="2021"),
    )  # fmt: skip
    claim = reported.Claim(
        claim="ran", office="unit", use="pilot", first="2019", last="2021"
    )
    assert found["said"] == reported.StatementReported(
        file=FILE,
        item="said",
        confidence="B",
        sources=paper,
        office="unit",
        day=None,
        claim=claim,
    )
    assert isinstance(found["rep-1"], reported.RecommendationReported)
    assert found["rep-1"].text_known
    assert isinstance(found["slip"], reported.IncidentReported)
    assert not found["slip"].outcome_known


@pytest.mark.parametrize(
    ("claim", "first", "last", "due"),
    [
        pytest.param('no_new_requests, office: unit, since: "2020"', "2020", None, None, id="since"),
        pytest.param('no_use, office: unit, from: "2020"', "2020", None, None, id="from"),
        pytest.param('used_during, office: unit, from: "2020", to: "2021"', "2020", "2021", None, id="from and to"),
        pytest.param('contracts_ended, office: unit, date: "2020"', None, None, "2020", id="date"),
        pytest.param('assessment_approved_by, office: unit, due: "2020"', None, None, "2020", id="assessment due"),
        pytest.param('policy_issued_by, office: unit, due: "2020"', None, None, "2020", id="policy due"),
        pytest.param("safeguards, office: unit, what: masks", None, None, None, id="safeguards"),
    ],
)  # fmt: skip
def test_each_kind_of_claim_becomes_its_days(
    claim: str, first: str | None, last: str | None, due: str | None
) -> None:
    data, _ = broken('ran, office: unit, use: pilot, from: "2019", to: "2021"', claim)
    (fact,) = (
        one
        for one in facts(read_case(data, "x"), FILE)
        if isinstance(one, reported.StatementReported)
    )
    assert fact.claim.claim == claim.split(",", maxsplit=1)[0]
    assert (fact.claim.first, fact.claim.last, fact.claim.due) == (first, last, due)


@pytest.mark.parametrize(
    ("what", "counted"),
    [("Contracts", "contracts"), ("contracts of x", "contracts"), ("contractors", "other")],
)
def test_a_count_of_contracts_is_known_by_its_first_word(what: str, counted: str) -> None:
    data, _ = broken("what: Contracts counted", f"what: {what}")
    found = [one for one in facts(read_case(data, "x"), FILE) if one.item == "nine"]
    assert [getattr(one, "counted", None) for one in found] == [counted]


def test_facts_carry_no_prose() -> None:
    case = read_case(SHIPPED.read_bytes(), "x")
    carried = {
        text
        for fact in facts(case, FILE)
        for text in scalars(msgspec.json.decode(msgspec.json.encode(fact)))
        if isinstance(text, str)
    }
    words = {text for item in prose(case).values() for text in item.values() if text}
    assert not carried & words
    assert max(len(text) for text in carried) <= 80
    assert not {text for text in carried if " " in text}


def test_prose_is_found_by_item_id() -> None:
    case = read_case(SHIPPED.read_bytes(), "x")
    words = prose(case)
    assert set(words) == {one.item for one in facts(case, FILE)}
    assert words["cbp-anonymized-2020"]["claim.what"] == "not identifying"
    assert words["oig-23-61-2"]["text"] is None
    assert (
        words["dhs-cbp-pia-080"]["events[0].what"] == "Original target date for completion"
    )
    assert words["heise-2026"]["url"] == "https://heise.de/-11199510"
    assert words["fedscoop-ice-2024"]["by"] == "FedScoop"


def test_the_committed_schema_is_the_one_the_code_has() -> None:
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == json_schema()


def is_valid(tree: Tree) -> bool:
    return jsonschema.Draft202012Validator(json_schema()).is_valid(tree)


def test_the_schema_takes_the_shipped_case_and_the_base() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    assert is_valid(read_yaml(SHIPPED.read_bytes(), "x").tree)
    assert is_valid(read_yaml(BASE.encode(), "x").tree)


ONLY_READING_SHOWS = (
    "an id of its own",
    "the id of",
    "an end",
    "offices that",
    "a day of the",
)
# Python's $ also ends before a last line break; that of ECMA-262, the schema's, does not.
NOT_IN_PYTHON = "'law\\n'"


@pytest.mark.parametrize(
    ("old", "new", "expected", "got"),
    [
        one
        for one in REFUSED
        if not str(one.values[2]).startswith(ONLY_READING_SHOWS)
        and one.values[3] != NOT_IN_PYTHON
    ],
)
def test_the_schema_refuses_what_has_the_wrong_shape(
    old: str, new: str, expected: str, got: str
) -> None:
    assert not is_valid(read_yaml(broken(old, new)[0], "x").tree), (expected, got)


def test_the_example_in_the_reference_reads_and_uses_every_section() -> None:
    page = PAGE.read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)
    case = read_case(example.encode(), "case-file.md")
    assert all(getattr(case, name) for name in case.__struct_fields__)


def test_the_reference_names_every_key_of_every_part() -> None:
    page = PAGE.read_text(encoding="utf-8")
    parts = json_schema()["$defs"]
    assert isinstance(parts, dict)
    keys = {
        key
        for part in parts.values()
        if isinstance(part, dict) and isinstance(part["properties"], dict)
        for key in part["properties"]
    }
    assert {key for key in keys if f"`{key}`" not in page} == set()
