"""What is wrong with a file of answers, each fault by the number of its question.

missing, unknown, empty      every question of the template, and no other
heading changed              the wording of a question is the template's
no choice                    a question with options has one of them chosen
bare                         a "yes" is not an answer, and neither is less than a sentence
copied                       guidance and examples show how; the words must be one's own
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from beforehand.documents.answers import Answer, Answers, canonical, read_answers
from beforehand.documents.template import Question, Template, named
from beforehand.refusal import InputError

FEWEST_WORDS = 5  # of a sentence that says something
COPIED_WORDS = 6  # of a sentence that is recognised as somebody else's
_WORD = re.compile(r"\w+")
_END = re.compile(r"(?<=[.!?;…])[\"'\u201d\u2019\xbb)\]]*\s+|\n+")
_SENTENCE = re.compile(r"[.!?…][\"'\u201d\u2019\xbb)\]]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`number` is the question's, or `title`."""

    number: str
    where: str
    expected: str
    got: str
    do: str

    def __str__(self) -> str:
        return f"{self.number}: expected {self.expected}, got {self.got}. {self.do}"


class FaultyAnswersError(InputError):
    """Answers that cannot be taken, with every fault."""

    def __init__(self, *, where: str, template: str, faults: tuple[Fault, ...]) -> None:
        super().__init__(
            where=where,
            expected=f"every question of {template} answered",
            got=f"{len(faults)} fault{'s' if len(faults) > 1 else ''}",
        )
        self.template = template
        self.faults = faults

    def __str__(self) -> str:
        return "\n".join(
            [super().__str__(), *(f"  {one.where}, {one}" for one in self.faults)]
        )


def check(answers: Answers) -> tuple[Fault, ...]:
    """Return every fault, in the order of the template; unknown questions last."""
    return tuple(_faults(answers))


def checked(data: bytes, name: str) -> Answers:
    """Return the answers in `data`. Raises InputError, with every fault of theirs."""
    answers = read_answers(data, name)
    faults = check(answers)
    if faults:
        template = answers.template.name
        raise FaultyAnswersError(where=name, template=template, faults=faults)
    return answers


def checked_document(data: bytes, name: str) -> Answers:
    """Return the answers in a document that is to be kept. Raises InputError.

    It must be in its canonical form: two documents that say the same would have two digests.
    """
    answers = checked(data, name)
    if canonical(answers) != data:
        raise InputError(
            where=name,
            expected="answers in their canonical form",
            got="the same answers, written otherwise",
            do="Write it with `beforehand assessment check FILE --out NEW`, and give that file.",
        )
    return answers


def _faults(answers: Answers) -> Iterator[Fault]:
    def fault(number: str, expected: str, got: str, do: str) -> Fault:
        where = answers.where(number)
        return Fault(number=number, where=where, expected=expected, got=got, do=do)

    if not answers.title:
        yield fault("title", "the name of what is assessed", "none", "Give it one.")
    for number, question in answers.template.questions.items():
        given = answers.given.get(number)
        if given is None:
            yield fault(number, "an answer", "none", f"Answer: {question.asks}")
            continue
        for expected, got, do in _faults_of(answers.template, question, given):
            yield fault(number, expected, got, do)
    for number in answers.given:
        if number not in answers.template.questions:
            do = "Take it out; what it says belongs under a question that is there."
            name = answers.template.name
            yield fault(number, f"a question of {name}", "one it does not have", do)


def _faults_of(
    template: Template, question: Question, given: Answer
) -> Iterator[tuple[str, str, str]]:
    if given.asks is not None and given.asks != question.asks:
        yield (
            f"the heading {question.asks!r}",
            repr(given.asks[:80]),
            "A heading is the template's: restore it, or leave `question` out.",
        )
    if question.options and given.choice not in question.options:
        options = ", ".join(question.options)
        yield (
            f"a choice out of {options}",
            repr(given.choice[:40]) if given.choice else "none",
            f"Write `choice: {question.options[-1]}` beside `answer` if nobody can tell.",
        )
    if not question.options and given.choice is not None:
        yield "an answer in words", "a choice", "Leave `choice` out."
    if not given.text:
        yield "an answer", "an empty one", f"Answer: {question.asks}"
    elif not says_something(given.text):
        yield (
            f"a sentence, of {FEWEST_WORDS} words or more and with its full stop",
            repr(given.text[:60]),
            "Say in full what is so and how one knows; where nothing applies, say why not.",
        )
    elif source := copied_from(template, given.text):
        yield "words of your own", f"a sentence of {source}", "Write what is so for you."


def says_something(text: str) -> bool:
    """Whether there is a sentence in `text` that is more than a word or two."""
    for sentence in _END.split(text):
        words = {word.casefold() for word in _WORD.findall(sentence)}
        if len(words) >= FEWEST_WORDS and _SENTENCE.search(sentence):
            return True
    return False


def copied_from(template: Template, text: str) -> str | None:
    """Return where the first sentence of `text` that is not one's own comes from."""
    owners = _printed(template.name)
    return next((owners[one] for one in _plain_sentences(text) if one in owners), None)


@cache
def _printed(name: str) -> dict[str, str]:
    """Return each longer sentence that a form prints, plain, with what it is of."""
    found: dict[str, str] = {}
    for number, question in named(name).questions.items():
        for what in ("example", "guidance", "asks"):
            words = "question" if what == "asks" else what
            for one in _plain_sentences(getattr(question, what)):
                found.setdefault(one, f"the {words} of {number}")
    return found


def _plain_sentences(text: str) -> Iterator[str]:
    """Yield the longer sentences of `text`: their words, without case and punctuation."""
    for sentence in _END.split(text):
        words = _WORD.findall(sentence.casefold())
        if len(words) >= COPIED_WORDS:
            yield " ".join(words)
