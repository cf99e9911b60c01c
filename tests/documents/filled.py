"""Answers to a template, made for tests: every question answered in words of its own."""

from __future__ import annotations

from importlib import resources

from beforehand.documents.answers import Answers, read_answers
from beforehand.documents.template import Template, named

SHIPPED = {
    name: (resources.files("beforehand") / "cases" / f"sandbox-{name}.yaml").read_bytes()
    for name in ("pia", "pta")
}


def answer(number: str) -> str:
    return f"What is so here under question {number} was written down by the tests alone."


def filled(template: Template, *, without: str = "", **instead: str) -> str:
    """Return an answers file; `instead` has the YAML of other values, by number with _ for a dot."""
    other = {name.replace("_", "."): value for name, value in instead.items()}

    def line(number: str, *, options: bool) -> list[str]:
        if number == without:
            return []
        plain = answer(number)
        value = f"{{choice: yes, answer: {plain}}}" if options else plain
        return [f"{number}: {other.pop(number, value)}"]

    front = [one.number for one in template.front]
    lines = [f"template: {template.name}", "title: A thing of the tests"]
    for number in front:
        lines += line(number, options=False)
    lines.append("answers:")
    for number, one in template.questions.items():
        if number not in front:
            lines += [f"  {each}" for each in line(number, options=bool(one.options))]
    lines += [f"  {number}: {value}" for number, value in other.items()]
    return "\n".join(lines) + "\n"


def read(text: str) -> Answers:
    return read_answers(text.encode(), "file.yaml")


def pia() -> Template:
    return named("dhs-pia")


def pta() -> Template:
    return named("dhs-pta")
