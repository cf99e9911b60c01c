"""Templates of assessments: data that ships, one YAML file for each version.

A template has the wording of its questions, so no answers file can change or drop one. A file
of a version that was used is never changed: papers of that version must read as they did.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, inspect

from beforehand.oversight.fitting import Fitting
from beforehand.oversight.yaml_text import read_yaml
from beforehand.refusal import InputError

NAME = re.compile(r"([a-z0-9][a-z0-9-]{0,40})(?:@([1-9][0-9]{0,3}))?")
RESERVED = ("template", "title", "answers", "closing")

Id = Annotated[
    str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,40}$", description="an id as dhs-pia")
]
Number = Annotated[
    str, Meta(pattern=r"^[a-z0-9][a-z0-9_]*(\.[0-9]+)?$", description="a number as 2.1")
]
Words = Annotated[str, Meta(min_length=1, description="text")]


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One question, with guidance and a worked example.

    options                  what may be chosen; none when the answer is text alone
    identifiable, pia, sorn  the choices from which each of these follows in a screening
    holds                    a dataset that contains all of these makes any other choice wrong
    """

    number: Number
    asks: Words
    guidance: Words
    example: Words
    options: tuple[Id, ...] = ()
    identifiable: tuple[Id, ...] = ()
    pia: tuple[Id, ...] = ()
    sorn: tuple[Id, ...] = ()
    holds: tuple[Id, ...] = ()


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    number: Number
    title: Words
    questions: tuple[Question, ...]


class Closing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line after the answers: an official, a date, a signature. It may stay empty."""

    id: Id
    asks: Words


class Template(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`front` stands before the numbered sections: the abstract and the overview."""

    template: Id
    version: int
    kind: Literal["assessment", "threshold"]
    title: Words
    source: Words
    front: tuple[Question, ...]
    sections: tuple[Section, ...]
    closing: tuple[Closing, ...]

    @property
    def name(self) -> str:
        return f"{self.template}@{self.version}"

    @property
    def questions(self) -> dict[str, Question]:
        """Every question by number, in order; those of the front first."""
        return {one.number: one for _, one in self._placed()}

    def _placed(self) -> Iterator[tuple[str, Question]]:
        for at, one in enumerate(self.front):
            yield f"front[{at}]", one
        for at, section in enumerate(self.sections):
            for within, one in enumerate(section.questions):
                yield f"sections[{at}].questions[{within}]", one


def read_template(data: bytes, name: str) -> Template:
    """Return the template in `data`. Raises InputError by line."""
    document = read_yaml(data, name)
    fitting = Fitting(document)
    plain = fitting.fit(document.tree, inspect.type_info(Template))
    fitting.raise_first()
    template = msgspec.convert(plain, Template)
    _check_numbers(fitting, template)
    _check_choices(fitting, template)
    fitting.raise_first()
    return template


def _check_numbers(fitting: Fitting, template: Template) -> None:
    seen: set[str] = set(RESERVED)
    for path, one in template._placed():  # noqa: SLF001  # its own reader
        if one.number in seen:
            fitting.refuse(f"{path}.number", "a number of its own", repr(one.number))
        seen.add(one.number)
    for at, section in enumerate(template.sections):
        for within, one in enumerate(section.questions):
            if one.number.partition(".")[0] != section.number:
                path = f"sections[{at}].questions[{within}].number"
                fitting.refuse(path, f"a number of section {section.number}", one.number)


def _check_choices(fitting: Fitting, template: Template) -> None:
    for path, one in template._placed():  # noqa: SLF001  # its own reader
        for which in ("identifiable", "pia", "sorn"):
            strange = [
                choice for choice in getattr(one, which) if choice not in one.options
            ]
            if strange or (template.kind != "threshold" and getattr(one, which)):
                expected = "choices out of the options of a threshold analysis"
                fitting.refuse(f"{path}.{which}", expected, ", ".join(strange) or which)
        if one.holds and not one.identifiable:
            fitting.refuse(f"{path}.holds", "choices under `identifiable` too", "none")


@cache
def shipped() -> dict[str, Template]:
    """Return every template that ships, by name as `dhs-pia@1`."""
    folder = resources.files("beforehand.documents") / "templates"
    files = sorted(folder.iterdir(), key=lambda one: one.name)
    read = [
        read_template(one.read_bytes(), one.name)
        for one in files
        if one.name.endswith(".yaml")
    ]
    return {one.name: one for one in read}


def named(name: str, *, where: str = "template") -> Template:
    """Return the template of that name; without a version, the newest. Raises InputError."""
    match = NAME.fullmatch(name)
    if match is not None and match[2] is None:
        versions = [one for one in shipped().values() if one.template == match[1]]
        if versions:
            return max(versions, key=lambda one: one.version)
    found = shipped().get(name)
    if found is None:
        raise InputError(
            where=where,
            expected=f"one of {', '.join(shipped())}",
            got=repr(name[:60]),
            do="`beforehand assessment template NAME` prints an empty form.",
        )
    return found
