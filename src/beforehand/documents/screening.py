"""What follows from a threshold analysis: computed from its choices, never stated beside them."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from beforehand.documents.answers import Answers
from beforehand.documents.checking import Fault
from beforehand.documents.template import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """What is needed, and the numbers of the questions it follows from.

    Each choice can only add: no other answer takes back that something is identifiable.
    """

    identifiable: bool
    needs_pia: bool
    needs_sorn: bool
    because: tuple[str, ...]


def screen(answers: Answers) -> Screening:
    """Return what follows from the answers to a threshold analysis; missing counts as yes.

    A template whose questions have no consequences gives a screening in which nothing follows.
    """
    questions = answers.template.questions
    chosen = {number: _choice(answers, one) for number, one in questions.items()}

    def follows(what: str) -> list[str]:
        named = (number for number, one in questions.items() if getattr(one, what))
        return [one for one in named if chosen[one] in getattr(questions[one], what)]

    identifiable = follows("identifiable")
    pia = follows("pia") if identifiable else []
    sorn = follows("sorn") if identifiable else []
    because = {*identifiable, *pia, *sorn}
    return Screening(
        identifiable=bool(identifiable),
        needs_pia=bool(pia),
        needs_sorn=bool(sorn),
        because=tuple(one for one in questions if one in because),
    )


def _choice(answers: Answers, question: Question) -> str | None:
    given = answers.given.get(question.number)
    unanswered = question.options[0] if question.options else None
    return unanswered if given is None or given.choice is None else given.choice


def contradicted(answers: Answers, contains: AbstractSet[str]) -> tuple[Fault, ...]:
    """Return the choices that the record contradicts.

    contains   what the datasets hold, those carried inside them too
    """
    faults = []
    for number, question in answers.template.questions.items():
        given = answers.given.get(number)
        choice = given.choice if given else None
        is_held = bool(question.holds) and contains >= set(question.holds)
        if is_held and choice not in question.identifiable:
            held = " and ".join(question.holds)
            fault = Fault(
                number=number,
                where=answers.where(number),
                expected=f"a choice out of {', '.join(question.identifiable)}",
                got=f"{choice!r}, while the record says that a dataset contains {held}",
                do="Such data is identifiable by default; no answer changes that.",
            )
            faults.append(fault)
    return tuple(faults)
