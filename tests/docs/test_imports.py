"""The page on imports lists what the code can say, all of it, and nothing else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from beforehand.app.case_importing import CASE_FILE
from beforehand.oversight import outside
from beforehand.oversight.outside import answers, formats, poam
from beforehand.oversight.outside.leads import DOUBTS
from beforehand.oversight.outside.told import REASON

PAGE: Final = Path(__file__).parents[2] / "docs" / "reference" / "imports.md"
CODE: Final = Path(outside.__file__).parent
_HYPHENATED: Final = re.compile(r"[a-z]+(-[a-z]+)+")
# What writes and reads exports flags nothing; its words are lists and the terms of OSCAL.
EXPORTS: Final = ("exported", "poam", "taken", "told", "writing")
# Hyphenated words of the code that are no format, reason, flag or doubt, each with what it is.
OTHERS: Final = {
    "inspector-general": "a kind of thing on the shelf",
    "use-case": "a kind of thing on the shelf",
    "watch-entry": "a kind of thing on the shelf",
    "not-applicable": "what an inventory's field says",
    "not-public": "what an inventory's field says",
    "words-for-such-data": "what the radar looks for beside the watch-list",
}


def listed(heading: str) -> list[str]:
    """The ids in the first column of the table under a heading."""
    section = PAGE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2]
    rows = re.findall(r"(?m)^\|(.*?)\|", section.partition("\n## ")[0])
    return [one for row in rows for one in re.findall(r"`([a-z-]+)`", row)]


def trees(*, but: tuple[str, ...] = ()) -> Iterator[ast.AST]:
    for path in sorted(CODE.glob("*.py")):
        if path.stem not in but:
            yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def texts(node: ast.AST) -> set[str]:
    return {
        one.value
        for one in ast.walk(node)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }


def known_formats() -> set[str]:
    """Those of tables, those that an answer is told to be, and the case file."""
    told = {form for _, form in answers._TOLD}  # noqa: SLF001  # the list of them
    tables = {
        one.name for one in formats.FORMATS if not one.name.startswith(formats.EXPORT)
    }
    return tables | told | {CASE_FILE, formats.EXPORT, poam.FORM}


def known_reasons() -> set[str]:
    return {
        text
        for one in trees()
        if isinstance(one, ast.Call)
        and isinstance(one.func, ast.Name)
        and one.func.id == "Unread"
        for given in one.keywords
        for text in texts(given.value)
    } | {REASON}


def known_flags() -> set[str]:
    """Every hyphenated word of the code that is nothing else.

    A flag reaches its row by many ways, so that a new word is one until it is said what it is.
    """
    words = {
        one.value
        for one in trees(but=EXPORTS)
        if isinstance(one, ast.Constant)
        and isinstance(one.value, str)
        and _HYPHENATED.fullmatch(one.value)
    }
    return words - known_formats() - known_reasons() - set(DOUBTS) - set(OTHERS)


@pytest.mark.parametrize(
    ("heading", "known"),
    [
        ("Formats", known_formats()),
        ("Reasons", known_reasons()),
        ("Flags", known_flags()),
        ("The gap radar", set(DOUBTS)),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_the_page_lists_exactly_what_the_code_can_say(
    heading: str, known: set[str]
) -> None:
    assert len(known) > 10
    assert sorted(listed(heading)) == sorted(known)


def test_a_word_that_is_left_out_is_one_of_the_code() -> None:
    assert all(any(word in texts(one) for one in trees()) for word in OTHERS)
