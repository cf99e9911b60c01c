"""Forms to fill in: a template as an answers file, empty or with the answers of another."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping

from beforehand.documents.answers import Answer, Answers
from beforehand.documents.template import Question, Template

_WIDTH = 96


def empty_form(template: Template) -> str:
    """Return an answers file to fill in, with guidance and an example above each answer."""
    return "\n".join(_form(template, "", {}, explained=True)) + "\n"


def copied_form(answers: Answers) -> str:
    """Return an answers file with these answers, to be changed for something else.

    Officials, date and signature are never taken over: whoever signs, signs the new text.
    """
    given = {one: answers.given[one] for one in answers.given}
    return "\n".join(_form(answers.template, answers.title, given, explained=False)) + "\n"


def _form(
    template: Template, title: str, given: Mapping[str, Answer], *, explained: bool
) -> Iterator[str]:
    yield f"# {template.title}"
    yield from _comment(template.source, "")
    yield "# Answer each question in full sentences. Headings (`question`) are the template's."
    yield f"template: {template.name}"
    yield from _value("title", title, "")
    for one in template.front:
        yield from _asked(one, given, "", explained=explained)
    yield ""
    yield "answers:"
    for section in template.sections:
        yield ""
        yield f"  # {section.number}. {section.title}"
        for one in section.questions:
            yield from _asked(one, given, "  ", explained=explained)
    yield ""
    yield "closing:"
    for line in template.closing:
        yield from _comment(line.asks, "  ")
        yield f"  {line.id}:"


def _asked(
    one: Question, given: Mapping[str, Answer], indent: str, *, explained: bool
) -> Iterator[str]:
    inner = f"{indent}  "
    answer = given.get(one.number, Answer(text=""))
    yield ""
    if explained:
        yield from _comment(one.guidance, indent)
        yield from _comment(f"Example: {one.example}", indent)
    yield f"{indent}{one.number}:"
    yield from _value("question", one.asks, inner)
    if one.options:
        yield f"{inner}# one of: {', '.join(one.options)}"
        yield f"{inner}choice: {answer.choice or ''}".rstrip()
    yield from _value("answer", answer.text, inner)


def _value(key: str, text: str, indent: str) -> Iterator[str]:
    """Yield a literal block of folded lines: `answers.tidy` takes the folding out again."""
    if not text:
        yield f"{indent}{key}:"
        return
    yield f"{indent}{key}: |-"
    for line in text.split("\n"):
        yield from _wrapped(line, f"{indent}  ") if line else [""]


def _wrapped(line: str, indent: str) -> list[str]:
    # A word that begins a line must not turn into the dash of an item.
    wrapped = textwrap.wrap(
        line,
        _WIDTH - len(indent),
        break_long_words=False,
        break_on_hyphens=False,
    )
    if any(one.startswith("- ") or one == "-" for one in wrapped[1:]):
        wrapped = [line]
    return [indent + one for one in wrapped]


def _comment(text: str, indent: str) -> Iterator[str]:
    for line in textwrap.wrap(text, _WIDTH - len(indent) - 2):
        yield f"{indent}# {line}"
