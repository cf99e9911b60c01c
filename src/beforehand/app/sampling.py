"""Drawing a sample of an office's questions for its supervisor to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from beforehand.app import clock
from beforehand.app.history import Asked, page
from beforehand.ledger.entry import decode_trusted
from beforehand.oversight.sampling import Put, coworkers_of, draw, patterns
from beforehand.record.acts import Act
from beforehand.record.encoding import recorded
from beforehand.record.facts import QuestionAdmitted
from beforehand.record.terms import Area
from beforehand.record.terms import Asked as Form
from beforehand.record.using import Flag, SampleDrawn
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from beforehand.app.registers import App, Receipt
    from beforehand.record.recorded import Recorded
    from beforehand.record.view import RecordView

_PAGE = 1000


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """What was drawn. `questions` are those to read; nothing sealed is in them."""

    entry: int
    sample: str
    office: str
    dataset: str
    asked: int
    questions: tuple[Read, ...]


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """A question to read: its entry opens with `beforehand unseal`, which is recorded too."""

    entry: int
    question: str
    at: str
    by: str
    request: str
    purpose: str
    flags: tuple[str, ...]


def draw_sample(app: App, *, office: str, dataset: str, actor: str) -> Sample:
    """Draw and record a sample of the questions since the last review. Raises Refusal, InputError."""
    name = clock.new_id("s")

    def job() -> tuple[Receipt, SampleDrawn, tuple[Put, ...]]:
        view = app.current()
        _among("--office", office, view.offices)
        _among("--dataset", dataset, view.datasets)
        questions = tuple(_questions(app, view, office, dataset))
        flags = tuple(_flags(app, view, questions))
        fact = SampleDrawn(
            sample=name,
            office=office,
            dataset=dataset,
            asked=len(questions),
            questions=draw(questions, flags, seed=app.ledger.root(app.ledger.size)),
            flags=flags,
        )
        return app.take(Act(actor=actor, fact=fact)), fact, questions

    receipt, fact, questions = app.in_turn(job)
    chosen = set(fact.questions)
    return Sample(
        entry=receipt.entry,
        sample=name,
        office=office,
        dataset=dataset,
        asked=fact.asked,
        questions=tuple(
            _read(one, fact.flags) for one in questions if one.question in chosen
        ),
    )


def _read(one: Put, flags: tuple[Flag, ...]) -> Read:
    return Read(
        entry=one.entry,
        question=one.question,
        at=one.at,
        by=one.by,
        request=one.request,
        purpose=one.purpose,
        flags=tuple(flag.pattern for flag in flags if flag.question == one.question),
    )


def _among(where: str, name: str, known: Iterable[str]) -> None:
    if name not in (names := sorted(known)):
        raise InputError(
            where=where, expected=f"one of {', '.join(names)}", got=repr(name[:80])
        )


def _questions(app: App, view: RecordView, office: str, dataset: str) -> Iterator[Put]:
    """Yield the questions that were put since the last review, the oldest first."""
    log = view.use_logs.get((office, dataset))
    since = log.unreviewed_since if log else None
    after: int | None = -1 if since else None
    while after is not None:
        asked = Asked(
            kind=QuestionAdmitted.kind, office=office, since=since, after=after, limit=_PAGE
        )
        found = page(app, asked)
        for index, data in found.entries:
            entry = recorded(index, data, unseal=app.unseal)
            fact = entry.fact
            if isinstance(fact, QuestionAdmitted) and fact.dataset == dataset:
                yield _put(view, fact, entry)
        after = found.after


def _put(view: RecordView, fact: QuestionAdmitted, entry: Recorded) -> Put:
    form = entry.opened.get("form")
    request = view.requests.get(fact.request)
    return Put(
        entry=entry.index,
        question=fact.question,
        at=entry.at,
        by=entry.actor,
        request=fact.request,
        purpose=fact.purpose,
        area=None if form is None else msgspec.convert(form, Form).area,
        case=None if request is None else request.has_case,
    )


def _flags(app: App, view: RecordView, questions: tuple[Put, ...]) -> Iterator[Flag]:
    declared = {
        person: areas
        for person, entry in view.using.declared.items()
        if (areas := _areas(app, entry))
    }
    people = {one.by: coworkers_of(view, one.by) for one in questions}
    return patterns(questions, declared, people)


def _areas(app: App, entry: str) -> tuple[Area, ...]:
    """Open what a person declared; nothing where a deletion took it."""
    found = app.ledger.earlier(entry)
    opened = app.unseal(decode_trusted(found[1])) if found else {}
    return msgspec.convert(opened.get("areas", ()), tuple[Area, ...])
