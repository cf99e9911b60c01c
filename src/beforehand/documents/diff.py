"""What changed from one draft of an assessment to another: question by question, term by term."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import sha256
from typing import Literal, TypeAlias

import msgspec

from beforehand.documents.answers import Answers, is_answers, read_answers, tidy
from beforehand.record.facts import AssessmentDrafted
from beforehand.refusal import InputError

Json: TypeAlias = bool | int | str | list["Json"] | dict[str, "Json"] | None
How = Literal["added", "removed", "changed"]
WHOLE = "text"  # the one part of a document that answers no template
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_OF_TEXT = ("document", "terms")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextChange:
    """One part of the text: the sentences that are gone, and those that came."""

    part: str
    how: How
    gone: tuple[str, ...]
    came: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermChange:
    """One term, or one field that says what the draft rests on.

    Of a list, `before` and `after` have what is gone and what came; else the whole value.
    """

    term: str
    before: Json
    after: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    text: tuple[TextChange, ...]
    terms: tuple[TermChange, ...]

    @property
    def is_nothing(self) -> bool:
        return not (self.text or self.terms)


def parts(data: bytes | None, name: str) -> dict[str, str]:
    """Return a document's text by part: `title`, numbers of questions, ids of the closing.

    A document that answers no template, or cannot be read as one, is one part, `text`; bytes
    that are no text are shown by their digest. None has no parts.
    """
    if data is None:
        return {}
    if is_answers(data):
        try:
            return dict(_parts(read_answers(data, name)))
        except InputError:
            pass  # kept before answers were checked, or prose that looks like them
    try:
        return {WHOLE: tidy(data.decode("utf-8"))}
    except UnicodeDecodeError:
        return {WHOLE: f"{len(data):,} bytes with the SHA-256 {sha256(data).hexdigest()}"}


def _parts(answers: Answers) -> Iterator[tuple[str, str]]:
    yield "template", answers.template.name
    yield "title", answers.title
    known = [one for one in answers.template.questions if one in answers.given]
    unknown = [one for one in answers.given if one not in known]
    for number in [*known, *unknown]:
        given = answers.given[number]
        yield number, "\n".join(filter(None, (given.choice, given.text)))
    for line in answers.template.closing:
        if line.id in answers.closing:
            yield line.id, answers.closing[line.id]


def text_changes(
    before: Mapping[str, str], after: Mapping[str, str]
) -> Iterator[TextChange]:
    order = [*after, *(one for one in before if one not in after)]
    for part in order:
        old, new = before.get(part), after.get(part)
        if old == new:
            continue
        how: How = "changed"
        if not old:
            how = "added"
        elif not new:
            how = "removed"
        gone, came = _sentences(old or "", new or "")
        yield TextChange(part=part, how=how, gone=gone, came=came)


def _sentences(old: str, new: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the sentences that are gone and those that came; the whole where only breaks moved."""
    before, after = (list(filter(None, _SENTENCE.split(one))) for one in (old, new))
    gone: list[str] = []
    came: list[str] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for how, first, last, first_new, last_new in matcher.get_opcodes():
        if how != "equal":
            gone += before[first:last]
            came += after[first_new:last_new]
    return (tuple(gone), tuple(came)) if gone or came else ((old,), (new,))


def term_changes(
    before: AssessmentDrafted | None, after: AssessmentDrafted
) -> Iterator[TermChange]:
    """Yield what an approval binds beside the text: the terms, and what the draft rests on."""
    old, new = _bound(before), _bound(after)
    for term in [*new, *(one for one in old if one not in new)]:
        was, is_now = old.get(term), new.get(term)
        if was == is_now and (term in old) == (term in new):
            continue
        if isinstance(was, list) and isinstance(is_now, list):
            gone = [one for one in was if one not in is_now]
            came = [one for one in is_now if one not in was]
            if gone or came:  # else their order alone changed, and that is shown whole
                was, is_now = gone, came
        yield TermChange(term=term, before=was, after=is_now)


def _bound(draft: AssessmentDrafted | None) -> dict[str, Json]:
    if draft is None:
        return {}
    fields: dict[str, Json] = msgspec.json.decode(msgspec.json.encode(draft))
    terms = fields.get("terms")
    basis = {name: value for name, value in fields.items() if name not in _OF_TEXT}
    return {**basis, **(terms if isinstance(terms, dict) else {})}


def difference(
    before: tuple[AssessmentDrafted, bytes] | None, after: tuple[AssessmentDrafted, bytes]
) -> Difference:
    """Return what changed between two drafts, each with its document; before may be none."""
    old_draft, old_data = before if before is not None else (None, None)
    new_draft, new_data = after
    return Difference(
        text=tuple(
            text_changes(parts(old_data, "the earlier text"), parts(new_data, "the text"))
        ),
        terms=tuple(term_changes(old_draft, new_draft)),
    )
