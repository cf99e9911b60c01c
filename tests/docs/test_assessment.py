"""The pages on assessments name every command, option and template, and say what is computed."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from beforehand.cli.assessment import assessment_command
from beforehand.documents.answers import KEYS, read_answers
from beforehand.documents.screening import screen
from beforehand.documents.template import named, shipped

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
PAGE = (REFERENCE / "assessment.md").read_text(encoding="utf-8")
COMMANDS = (REFERENCE / "commands.md").read_text(encoding="utf-8")


def section(name: str) -> str:
    text = COMMANDS.partition(f"\n#### `assessment {name}`\n")[2]
    return re.split(r"^##+ ", text, maxsplit=1, flags=re.MULTILINE)[0]


def cells(text: str) -> list[str]:
    return re.findall(r"^\| `([^`]+)`", text, flags=re.MULTILINE)


def test_every_command_of_assessment_has_its_section_and_no_other_has() -> None:
    found = re.findall(r"^#### `assessment ([a-z]+)`$", COMMANDS, flags=re.MULTILINE)
    assert sorted(found) == sorted(assessment_command.commands)


@pytest.mark.parametrize("name", sorted(assessment_command.commands))
def test_a_section_has_every_option_and_a_line_that_could_run(name: str) -> None:
    command = assessment_command.commands[name]
    options = [one for one in command.params if isinstance(one, click.Option)]
    text = section(name)
    assert cells(text) == [one.opts[0] for one in options]
    (line,) = re.findall(rf"^\$ beforehand assessment {name} (.*)$", text, re.MULTILINE)
    words = re.sub(r"[][]", "", line).split()
    with click.Context(command, info_name=name) as context:
        _, rest, _ = command.make_parser(context).parse_args(words)
    assert rest == []


def test_every_template_is_in_the_table_with_the_number_of_its_questions() -> None:
    found = re.findall(r"^\| `([^`]+@\d+)` \| .* \| (\d+) \|$", PAGE, re.MULTILINE)
    expected = [(name, str(len(one.questions))) for name, one in shipped().items()]
    assert found == expected


def test_the_keys_of_an_answer_are_those_that_are_read() -> None:
    text = PAGE.partition("An answer is text, or a map:")[2].partition("\n## ")[0]
    assert sorted(cells(text)) == sorted(KEYS)


def test_the_example_is_read_as_answers() -> None:
    (example,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert list(read_answers(example.encode(), "example").given) == ["abstract", "1.5"]


def test_the_numbers_that_a_screening_rests_on_are_those_of_the_template() -> None:
    questions = named("dhs-pta").questions
    text = PAGE.partition("\n## Screening\n")[2]
    for pattern, which in (
        (r"identifiable if any of (.*?) is", "identifiable"),
        (r"assessment is needed if any of (.*?) is", "pia"),
        (r"records notice if (.*?) is", "sorn"),
    ):
        (said,) = re.findall(pattern, text)
        listed = [number for number, one in questions.items() if getattr(one, which)]
        assert re.findall(r"\d\.\d", said) == listed
        for number in listed:
            assert getattr(questions[number], which) == ("yes", "unknown")
    (holds,) = (one.holds for one in questions.values() if one.holds)
    assert all(f"`{word}`" in text for word in holds)
    assert screen(read_answers(b"template: dhs-pta", "x")).needs_pia
