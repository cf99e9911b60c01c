"""Templates that ship are complete, and a template that is not one is refused by line."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from beforehand.documents import template as templates
from beforehand.documents.answers import read_answers
from beforehand.documents.checking import says_something
from beforehand.documents.form import empty_form
from beforehand.documents.template import Template, named, read_template, shipped
from beforehand.refusal import InputError
from tests.documents.filled import pia

EVERY = list(shipped().values())
each = pytest.mark.parametrize("template", EVERY, ids=lambda one: one.name)

# docs/reference/assessment.md counts them too: 5, 5, 4, 3, 2, 5, 4, 4.
NUMBERS = [
    f"{section}.{number}"
    for section, questions in enumerate((5, 5, 4, 3, 2, 5, 4, 4), start=1)
    for number in range(1, questions + 1)
]


def test_the_impact_assessment_has_the_32_questions_between_abstract_and_signature() -> (
    None
):
    assert list(pia().questions) == ["abstract", "overview", *NUMBERS]
    assert len(NUMBERS) == 32
    assert [one.id for one in pia().closing][-2:] == ["date", "signature"]


def test_article_35_has_its_four_parts_each_citing_it() -> None:
    sections = named("gdpr-35").sections
    assert [one.number for one in sections] == ["a", "b", "c", "d"]
    for one in sections:
        assert f"Article 35(7)({one.number})" in one.title


@each
def test_every_question_has_guidance_and_an_example_in_full_sentences(
    template: Template,
) -> None:
    for question in template.questions.values():
        assert question.asks.endswith("?"), question.number
        assert says_something(question.guidance), question.number
        assert says_something(question.example), question.number


@each
def test_wording_guidance_and_examples_are_each_written_once(template: Template) -> None:
    said = [
        text
        for one in template.questions.values()
        for text in (one.asks, one.guidance, one.example)
    ]
    assert len(said) == len(set(said))


@each
def test_the_empty_form_reads_as_answers_that_have_every_heading_and_nothing_else(
    template: Template,
) -> None:
    empty = read_answers(empty_form(template).encode(), "form")
    assert list(empty.given) == list(template.questions)
    for number, given in empty.given.items():
        assert (given.text, given.choice) == ("", None)
        assert given.asks == template.questions[number].asks


def test_a_name_without_a_version_is_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    older = pia()
    newer = replace(older, version=2)
    monkeypatch.setattr(
        templates, "shipped", lambda: {one.name: one for one in (older, newer)}
    )
    assert named("dhs-pia").version == 2
    assert named("dhs-pia@1").version == 1


@pytest.mark.parametrize("name", ["dhs-pia@2", "dhs", "", "dhs-pia@01", "../dhs-pia"])
def test_a_template_that_does_not_ship_is_refused_with_those_that_do(name: str) -> None:
    with pytest.raises(InputError, match="dhs-pia@1, dhs-pta@1, gdpr-35@1"):
        named(name)


GOOD = """\
template: small
version: 1
kind: threshold
title: A small one
source: The tests
front: []
sections:
  - number: "1"
    title: The one section
    questions:
      - number: 1.1
        asks: What is it?
        guidance: Say it.
        example: It is this.
        options: ["yes", "no"]
        identifiable: ["yes"]
closing: []
"""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        pytest.param("version: 1", "version: one", r":2: .*whole number", id="version"),
        pytest.param("kind: threshold", "kind: other", r":3: .*one of", id="kind"),
        pytest.param("number: 1.1", "number: 2.1", r":11: .*section 1", id="section"),
        pytest.param('able: ["yes"]', "able: [so]", r":16: .*options", id="no option"),
        pytest.param("asks: What is it?", "ask: What?", r":11: .*the key 'asks'", id="key"),
        pytest.param("guidance: Say it.", "guidance:", r":13: .*text", id="empty"),
        pytest.param("number: 1.1", "number: title", r":11: .*of its own", id="reserved"),
        pytest.param("kind: threshold", "kind: assessment", r":16: .*threshold", id="pia"),
    ],
)
def test_a_wrong_template_is_refused_by_line(old: str, new: str, says: str) -> None:
    assert read_template(GOOD.encode(), "t.yaml").name == "small@1"
    text = GOOD.replace(old, new)
    assert text != GOOD
    with pytest.raises(InputError) as refused:
        read_template(text.encode(), "t.yaml")
    assert re.search(says, str(refused.value))


def test_a_number_twice_is_refused() -> None:
    question = GOOD[GOOD.index("      - number") : GOOD.index("closing")]
    with pytest.raises(InputError, match=r":17: .*a number of its own"):
        read_template(GOOD.replace(question, question * 2).encode(), "t.yaml")
