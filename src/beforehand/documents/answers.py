"""Answers to a template's questions: read from YAML, and written in their one canonical form.

An answer is text, or a map with `answer`, its question's wording as `question` (which must be
the template's own), and `choice` where the question has options. How the YAML is folded and in
which order its keys stand is no part of what was answered: a document is kept in its canonical
form, so that its digest binds the words and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from beforehand.documents.template import Template, named
from beforehand.oversight.yaml_text import Document, Tree, read_yaml
from beforehand.refusal import InputError

KEYS = ("question", "choice", "answer")
_MARK = re.compile(r"^(\{\s*)?[\"']?template[\"']?\s*:", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`text` is tidied; `asks` is the question's wording as the file has it, if it does."""

    text: str
    choice: str | None = None
    asks: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """A file of answers, of the right shape and not yet checked.

    given     by number, in the file's order, unknown numbers included
    closing   officials, date and signature, by id; only those that are filled in
    """

    template: Template
    title: str
    given: Mapping[str, Answer]
    closing: Mapping[str, str]
    document: Document

    def where(self, number: str) -> str:
        """Return the file and line of an answer, or of the file where it has none."""
        lines = self.document.lines
        for path in (f"answers.{number}", number):
            if path in lines:
                return self.document.where(path)
        return self.document.where("")


def is_answers(data: bytes) -> bool:
    """Whether a document says of itself that it answers a template."""
    try:
        return _MARK.search(data.decode("utf-8").removeprefix("\ufeff")) is not None
    except UnicodeDecodeError:
        return False


def read_answers(data: bytes, name: str) -> Answers:
    """Return the answers in `data`, their shape checked. Raises InputError by line."""
    document = read_yaml(data, name)
    tree = _map(document, "", document.tree)
    called = _text(document, "template", tree.get("template"))
    template = named(called, where=document.where("template" if "template" in tree else ""))
    front = [one.number for one in template.front]
    known = ("template", "title", *front, "answers", "closing")
    for key in tree:
        if key not in known:
            raise _no(document, key, f"a key out of {', '.join(known)}", repr(key))
    given = {key: _answer(document, key, tree[key]) for key in front if key in tree}
    for number, value in _map(document, "answers", tree.get("answers")).items():
        if number in given:
            raise _no(document, f"answers.{number}", "each answer once", f"{number} again")
        given[number] = _answer(document, f"answers.{number}", value)
    return Answers(
        template=template,
        title=" ".join(_text(document, "title", tree.get("title")).split()),
        given=given,
        closing=dict(_closing(document, template, tree.get("closing"))),
        document=document,
    )


def _closing(
    document: Document, template: Template, tree: Tree
) -> Iterator[tuple[str, str]]:
    known = [one.id for one in template.closing]
    for key, value in _map(document, "closing", tree).items():
        path = f"closing.{key}"
        if key not in known:
            raise _no(document, path, f"a key out of {', '.join(known)}", repr(key))
        if text := tidy(_text(document, path, value)):
            yield key, text


def _answer(document: Document, path: str, tree: Tree) -> Answer:
    if not isinstance(tree, dict):
        return Answer(text=tidy(_text(document, path, tree)))
    for key in tree:
        if key not in KEYS:
            raise _no(
                document, f"{path}.{key}", f"a key out of {', '.join(KEYS)}", repr(key)
            )
    parts = {key: _text(document, f"{path}.{key}", value) for key, value in tree.items()}
    return Answer(
        text=tidy(parts.get("answer", "")),
        choice=parts.get("choice", "").strip() or None,
        asks=" ".join(parts["question"].split()) if "question" in parts else None,
    )


def _map(document: Document, path: str, tree: Tree) -> dict[str, Tree]:
    if tree is None and path:
        return {}
    if not isinstance(tree, dict):
        raise _no(document, path, "a map", "other")
    return tree


def _text(document: Document, path: str, tree: Tree) -> str:
    if tree is not None and not isinstance(tree, str):
        raise _no(document, path, "text", "a map" if isinstance(tree, dict) else "a list")
    return tree or ""


def _no(document: Document, path: str, expected: str, got: str) -> InputError:
    return InputError(where=document.where(path), expected=expected, got=got)


def tidy(text: str) -> str:
    """Return the words of `text`, with one space between them.

    A blank line parts two paragraphs, and a line that begins with "- " begins an item; other
    line breaks are folding.
    """
    paragraphs: list[list[str]] = [[]]
    for line in text.splitlines():
        words = " ".join(line.split())
        lines = paragraphs[-1]
        if not words:
            paragraphs.append([])
        elif lines and not words.startswith("- "):
            lines[-1] += f" {words}"
        else:
            lines.append(words)
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines)


def canonical(answers: Answers) -> bytes:
    """Return the one form of these answers, YAML in UTF-8, in the order of the template.

    Whitespace, order of keys, comments and empty places of the file are not in it; the wording
    of each question is, so that the digest binds it too. Unknown numbers are left out: `check`
    refuses them.
    """
    template = answers.template
    lines = [f"template: {template.name}", *_block("title", answers.title, "")]
    for one in template.front:
        lines += _written(answers, one.number, "")
    lines.append("answers:")
    for section in template.sections:
        for one in section.questions:
            lines += _written(answers, one.number, "  ")
    if answers.closing:
        lines.append("closing:")
    for line in template.closing:
        lines += _block(line.id, answers.closing.get(line.id, ""), "  ")
    return ("\n".join(lines) + "\n").encode()


def _written(answers: Answers, number: str, indent: str) -> Iterator[str]:
    one = answers.given.get(number)
    if one is None or not (one.text or one.choice):
        return
    inner = f"{indent}  "
    yield f"{indent}{number}:"
    yield from _block("question", answers.template.questions[number].asks, inner)
    yield from _block("choice", one.choice or "", inner)
    yield from _block("answer", one.text, inner)


def _block(key: str, text: str, indent: str) -> Iterator[str]:
    """Yield a literal block: what stands in it needs no quotes and reads as it is written."""
    if text:
        yield f"{indent}{key}: |-"
        yield from (f"{indent}  {line}" if line else "" for line in text.split("\n"))
