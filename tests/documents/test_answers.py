"""Answers: one canonical form for one content, and every fault by the number of its question."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.documents.answers import canonical, is_answers, read_answers, tidy
from beforehand.documents.checking import (
    FaultyAnswersError,
    check,
    checked,
    checked_document,
    says_something,
)
from beforehand.documents.form import copied_form, empty_form
from beforehand.documents.template import shipped
from beforehand.refusal import InputError
from tests.documents.filled import SHIPPED, filled, pia, pta, read

if TYPE_CHECKING:
    from beforehand.documents.checking import Fault


def one_fault(text: str) -> Fault:
    (found,) = check(read(text))
    assert found.do
    return found


def test_every_shipped_template_can_be_answered_without_a_fault() -> None:
    for template in shipped().values():
        assert check(read(filled(template))) == ()


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_worked_example_passes_its_own_check(name: str) -> None:
    assert check(read_answers(SHIPPED[name], name)) == ()


def test_the_examples_of_a_template_do_not_pass_as_answers_until_they_are_rewritten() -> (
    None
):
    template = pia()
    copied, rewritten = "template: dhs-pia@1\ntitle: Copied\n", ""
    for number, one in template.questions.items():
        if number == "1.1":
            copied += "answers:\n"
        indent = "  " if number[0].isdigit() else ""
        copied += f"{indent}{number}: {json.dumps(one.example)}\n"
    rewritten = copied.replace(" the ", " our very ").replace(" a ", " some ")
    rewritten = rewritten.replace(". ", ", as we hold. ").replace(
        '."\n', ', as we hold."\n'
    )
    faults = check(read(copied))
    assert {one.number for one in faults} == set(template.questions)
    assert {one.expected for one in faults} == {"words of your own"}
    assert check(read(rewritten)) == ()


@pytest.mark.parametrize("number", list(pia().questions))
def test_a_missing_answer_is_refused_by_its_number(number: str) -> None:
    found = one_fault(filled(pia(), without=number))
    assert (found.number, found.got) == (number, "none")
    assert pia().questions[number].asks in found.do


@pytest.mark.parametrize("nothing", ["", "null", "~", '""', '"  "', "{answer: }"])
def test_an_empty_answer_is_refused(nothing: str) -> None:
    found = one_fault(filled(pia(), **{"2_5": nothing}))
    assert (found.number, found.got) == ("2.5", "an empty one")


@pytest.mark.parametrize(
    "bare",
    [
        *(
            "yes",
            "No.",
            "n/a",
            "N/A.",
            "none",
            "None!",
            "-",
            "Not applicable.",
            "See above.",
        ),
        "yes yes yes yes yes yes.",
        "It is so.",
        "Retention schedule of the archivist 2024",
        "Yes. No. Yes. No. Yes. No.",
    ],
)
def test_less_than_a_sentence_is_refused(bare: str) -> None:
    found = one_fault(filled(pia(), **{"1_4": json.dumps(bare)}))
    assert found.number == "1.4"
    assert found.expected.startswith("a sentence")
    assert repr(bare) in found.got


@pytest.mark.parametrize(
    "enough",
    [
        "Nobody outside of the unit has it.",
        "It reads “nothing was kept for long.”",
        "Under the law: yes. The act of 1931 allows it.",
        "- The first is a purpose of the law.\n- Second",
    ],
)
def test_a_sentence_is_enough(enough: str) -> None:
    assert says_something(enough)
    assert check(read(filled(pia(), **{"1_4": json.dumps(enough)}))) == ()


@pytest.mark.parametrize("number", ["9.1", "1.6", "3.2.1", "overview"])
def test_an_unknown_question_is_refused(number: str) -> None:
    if number == "overview":
        text = filled(pia()).replace("answers:", "answers:\n  overview: Again.")
        with pytest.raises(InputError, match="each answer once"):
            read(text)
        return
    text = filled(pia()) + f"  {number}: This is a whole sentence of its own.\n"
    found = one_fault(text)
    assert (found.number, found.got) == (number, "one it does not have")
    assert found.where == f"file.yaml:{len(text.splitlines())}"


@pytest.mark.parametrize("what", ["example", "guidance", "asks"])
def test_text_copied_from_the_form_is_refused_however_it_is_cased_and_placed(
    what: str,
) -> None:
    text = getattr(pia().questions["8.1"], what)
    hidden = f"Here is what we do about it all. {text.upper()} And so on it goes."
    found = one_fault(filled(pia(), **{"8_2": json.dumps(hidden)}))
    assert (found.number, found.expected) == ("8.2", "words of your own")
    assert "of 8.1" in found.got


def test_a_heading_cannot_be_changed() -> None:
    other = "{question: How nice is it?, answer: It is a very nice thing indeed.}"
    found = one_fault(filled(pia(), **{"6_1": other}))
    assert (found.number, found.got) == ("6.1", "'How nice is it?'")
    assert pia().questions["6.1"].asks in found.expected


def test_a_heading_that_is_left_out_is_the_templates_again_in_the_canonical_form() -> None:
    text = canonical(read(filled(pia()))).decode()
    for one in pia().questions.values():
        assert one.asks in text


def test_a_choice_must_be_one_of_the_options_and_needs_its_sentence() -> None:
    wrong = "{choice: perhaps, answer: It is hard to say what this is.}"
    assert "'perhaps'" in one_fault(filled(pta(), **{"2_1": wrong})).got
    assert (
        one_fault(filled(pta(), **{"2_1": "It is hard to say what this is."})).got == "none"
    )
    bare = one_fault(filled(pta(), **{"2_1": "{choice: yes, answer: yes}"}))
    assert (bare.number, bare.got) == ("2.1", "'yes'")
    given = "{choice: yes, answer: It is hard to say what this is.}"
    assert one_fault(filled(pia(), **{"2_1": given})).got == "a choice"


def test_every_fault_is_told_at_once() -> None:
    text = filled(pia(), without="1.1", **{"2_5": "no", "8_4": ""})
    with pytest.raises(FaultyAnswersError) as refused:
        checked(text.encode(), "file.yaml")
    assert [one.number for one in refused.value.faults] == ["1.1", "2.5", "8.4"]
    for number in ("1.1", "2.5", "8.4"):
        assert f", {number}: expected" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("template: dhs-pia@9\n", "file.yaml:1: .*dhs-pia@1", id="version"),
        pytest.param("title: x\n", "file.yaml:1: .*dhs-pia@1", id="no template"),
        pytest.param("template: dhs-pia\nnotes: x\n", "file.yaml:2: .*a key", id="key"),
        pytest.param("template: dhs-pia\nanswers: x\n", "file.yaml:2: .*a map", id="text"),
        pytest.param("template: dhs-pia\nanswers: {1.1: [a]}", ":2: .*a list", id="list"),
        pytest.param(
            "template: dhs-pia\nclosing: {by: x}", ":2: .*signature", id="closing"
        ),
        pytest.param(
            "template: dhs-pia\nanswers: {1.1: {heading: x}}", ":2: .*question", id="part"
        ),
        pytest.param(
            "template: dhs-pia\nanswers:\n  1.1: a\n  1.1: b\n",
            ":4: .*each key",
            id="twice",
        ),
        pytest.param("- template: dhs-pia\n", "a map", id="a list of them"),
    ],
)
def test_a_file_of_another_shape_is_refused_by_line(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read(text)


# -- the canonical form ------------------------------------------------------------------


def test_folding_order_of_keys_comments_and_empty_places_are_no_part_of_the_form() -> None:
    one = """\
template: dhs-pia
title: A   thing
answers:
  1.2: |
    First words
    of a paragraph.

    The second one.
  1.1: {answer: "It is this.", question: "Which legal authorities and agreements permit and define the collection?"}
"""
    other = """\
# a comment
answers:
  1.1: >-
    It
    is this.
  1.2: "First words of a\\u00a0paragraph.\\n\\nThe second one.\\n"
  1.3:
title: A thing
closing: {signature: , date: ""}
overview:
template: dhs-pia@1
"""
    assert canonical(read(one)) == canonical(read(other))


def test_an_edit_that_is_undone_gives_the_same_bytes_and_any_word_gives_others() -> None:
    text = filled(pia())
    edited = text.replace("under question 5.1 was", "under question 5.1 is")
    assert edited != text
    first = canonical(read(text))
    assert canonical(read(edited)) != first
    assert canonical(read(edited.replace("5.1 is", "5.1 was"))) == first


@pytest.mark.parametrize("name", SHIPPED)
def test_the_canonical_form_is_its_own_canonical_form(name: str) -> None:
    once = canonical(read_answers(SHIPPED[name], name))
    assert canonical(read_answers(once, name)) == once
    assert checked_document(once, name).title == read_answers(SHIPPED[name], name).title


def test_a_document_in_another_form_is_not_kept() -> None:
    with pytest.raises(InputError, match=r"canonical form.*--out NEW"):
        checked_document(SHIPPED["pia"], "pia")


words = st.text(
    st.one_of(
        st.sampled_from(" \n\t-:#'\"|>{}[]&*!%@`,?yesno~\\.\u00a0\u0085\u2028"),
        st.characters(min_codepoint=0x20, max_codepoint=0x2FFF, exclude_categories=["Cc"]),
    ),
    max_size=60,
)


@given(st.dictionaries(st.sampled_from(list(pia().questions)), words), words, words)
def test_whatever_is_answered_is_read_back_from_the_canonical_form(
    texts: dict[str, str], title: str, official: str
) -> None:
    front = {key: text for key, text in texts.items() if key in ("abstract", "overview")}
    numbered = {key: text for key, text in texts.items() if key not in front}
    # JSON with every other character escaped is YAML that says exactly these texts.
    whole = {"template": "dhs-pia", "title": title, **front, "answers": numbered}
    whole["closing"] = {"signature": official}
    first = read(json.dumps(whole))
    again = read(canonical(first).decode())
    assert canonical(again) == canonical(first)
    assert again.title == first.title == " ".join(title.split())
    assert again.closing == first.closing
    assert {key: one.text for key, one in again.given.items()} == {
        key: tidy(text) for key, text in texts.items() if tidy(text)
    }


@given(words)
def test_tidying_twice_is_tidying_once(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@given(words)
def test_a_copied_form_says_what_was_answered_and_nothing_of_who_signed(text: str) -> None:
    whole = {"template": "dhs-pia", "title": "T", "answers": {"1.1": text}}
    signed = {
        **whole,
        "closing": {"signature": "Signed by Bea Birch", "date": "2026-01-01"},
    }
    copy = copied_form(read(json.dumps(signed)))
    assert "Bea Birch" not in copy
    assert "2026-01-01" not in copy
    assert canonical(read(copy)) == canonical(read(json.dumps(whole)))


def test_only_a_document_that_says_so_is_a_file_of_answers() -> None:
    assert is_answers(empty_form(pia()).encode())
    assert is_answers(b'{"title": "x",\n"template": "dhs-pia@1"}')
    assert is_answers(SHIPPED["pta"])
    for other in (b"Prose about a template: none.", b"\xff\xfe", b"", b"%PDF-1.7"):
        assert not is_answers(other)
