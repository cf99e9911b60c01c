"""Assessments as papers: checked when they are filed, shown, compared and taken as a start."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from beforehand.documents import answers as papers
from beforehand.documents.answers import Answers, is_answers, read_answers
from beforehand.documents.checking import FaultyAnswersError, checked_document
from beforehand.documents.diff import Difference, difference, parts
from beforehand.documents.form import copied_form
from beforehand.documents.screening import Screening, contradicted, screen
from beforehand.record.encoding import recorded, sealed_away
from beforehand.record.facts import AssessmentApproved, AssessmentDrafted, ThresholdFiled
from beforehand.record.reviewing import (
    BODIES,
    Body,
    OpinionGiven,
    Outcome,
    ThreadOpened,
)
from beforehand.record.state import text_digest
from beforehand.record.terms import Risk, Terms
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from beforehand.app.registers import App
    from beforehand.record.acts import Act
    from beforehand.record.recorded import Recorded
    from beforehand.record.view import RecordView

SHORTEST_DIGEST = 8
_ALL = 10_000  # entries about one assessment


# -- filing ------------------------------------------------------------------------------


def check_paper(view: RecordView, act: Act, data: bytes) -> None:
    """Check the document of a draft or a threshold analysis, where it answers a template.

    Raises InputError, with each fault by question number. Any other document is prose, and
    passes.
    """
    match act.fact:
        case AssessmentDrafted() if is_answers(data):
            _answers_of("assessment", act, data)
        case ThresholdFiled() as filed if is_answers(data):
            _check_screening(view, filed, _answers_of("threshold", act, data))
        case _:
            pass


def _answers_of(kind: str, act: Act, data: bytes) -> Answers:
    where = f"{act.verb}: document"
    answers = checked_document(data, where)
    if answers.template.kind != kind:
        raise InputError(
            where=where,
            expected=f"answers to a template of the kind `{kind}`",
            got=f"answers to {answers.template.name}",
        )
    return answers


def _check_screening(view: RecordView, filed: ThresholdFiled, answers: Answers) -> None:
    """What was answered must fit what the record says of the data, and what is claimed of it."""
    inside = view.carried(filed.datasets)
    contains = {
        word
        for one in inside
        if one in view.datasets
        for word in view.datasets[one].named.contains
    }
    if faults := contradicted(answers, contains):
        name = answers.template.name
        raise FaultyAnswersError(where=filed.threshold, template=name, faults=faults)
    screening = screen(answers)
    if screening.needs_pia and not filed.needs_assessment:
        raise InputError(
            where="needs_assessment",
            expected=f"true, which follows from the answers to {', '.join(screening.because)}",
            got="false",
            do="Say true, or correct the answers that are not so.",
        )


# -- reading -----------------------------------------------------------------------------


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the text: `asks` and `section` are the template's, empty for plain prose."""

    number: str
    section: str
    asks: str
    choice: str | None
    answer: str


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what to the assessment.

    digest      of the text and terms that it was done to; None for what is done to them all
    this_text   whether that is the text as it stands
    """

    entry: int
    at: str
    by: str
    did: str
    digest: str | None
    this_text: bool


class Promised(msgspec.Struct, frozen=True, kw_only=True):
    """A mitigation; `due` counts a delay that the approver accepted."""

    mitigation: str
    owner: str
    due: str
    done: bool


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    thread: str
    section: str
    by: str
    resolved: bool


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """An assessment as it stands.

    stage       where this text is on its way
    opinions    body -> the outcome of its opinion on this text; null where there is none
    digest      binds text, terms and basis: what the next step must name
    document    the digest of the text alone
    expires     of the approval of this very text, if it has one
    screening   what followed from its threshold analysis, where that answers a template
    """

    assessment: str
    title: str
    template: str | None
    status: str
    stage: str
    expires: str | None
    digest: str
    document: str
    office: str
    threshold: str
    screening: Screening | None
    text: tuple[Part, ...]
    terms: Terms
    risks: tuple[Risk, ...]
    mitigations: tuple[Promised, ...]
    opinions: Mapping[Body, Outcome | None]
    remarks: tuple[Remark, ...]
    signed: tuple[Signed, ...]


def shown(app: App, assessment: str) -> Shown:
    """Return an assessment as it stands. Raises InputError."""
    view = app.view()
    known = view.assessments.get(assessment)
    if known is None:
        raise _unknown(assessment, sorted(view.assessments))
    draft = known.draft
    data = app.document(draft.document)
    answers = _as_answers(data)
    approval = known.approvals.get(known.digest)
    return Shown(
        assessment=assessment,
        title=answers.title if answers else "",
        template=answers.template.name if answers else None,
        status=known.status,
        stage=known.stage,
        expires=approval.expires if approval else None,
        digest=known.digest,
        document=draft.document,
        office=draft.office,
        threshold=draft.threshold,
        screening=_screening(app, view, draft.threshold),
        text=tuple(_text(answers) if answers else _prose(data)),
        terms=draft.terms,
        risks=getattr(draft, "risks", ()),
        mitigations=tuple(
            Promised(
                mitigation=one.mitigation,
                owner=one.owner,
                due=known.due(one.mitigation, one.due),
                done=one.mitigation in known.done,
            )
            for one in draft.terms.mitigations
        ),
        opinions={body: known.opinions.get(known.digest, {}).get(body) for body in BODIES},
        remarks=tuple(_remarks(view, assessment)),
        signed=tuple(_signed(app, assessment, known.digest)),
    )


def _remarks(view: RecordView, assessment: str) -> Iterator[Remark]:
    for name, one in view.threads.items():
        if one.assessment == assessment:
            resolved = one.resolved is not None
            yield Remark(thread=name, section=one.section, by=one.by, resolved=resolved)


def _unknown(assessment: str, known: list[str]) -> InputError:
    expected = f"one of {', '.join(known)}" if known else "an assessment on the record"
    return InputError(where="ID", expected=expected, got=repr(assessment))


def _as_answers(data: bytes) -> Answers | None:
    if not is_answers(data):
        return None
    try:
        return read_answers(data, "the document")
    except InputError:
        return None  # prose that looks like answers, kept before they were checked


def _screening(app: App, view: RecordView, threshold: str) -> Screening | None:
    known = view.thresholds.get(threshold)
    answers = _as_answers(app.document(known.filed.document)) if known else None
    return None if answers is None else screen(answers)


def _text(answers: Answers) -> Iterator[Part]:
    template = answers.template
    sections = [("", template.front)]
    sections += [(f"{one.number}. {one.title}", one.questions) for one in template.sections]
    for title, questions in sections:
        for question in questions:
            given = answers.given.get(question.number)
            yield Part(
                number=question.number,
                section=title,
                asks=question.asks,
                choice=given.choice if given else None,
                answer=given.text if given else "",
            )
    for line in template.closing:
        if line.id in answers.closing:
            text = answers.closing[line.id]
            yield Part(number=line.id, section="", asks=line.asks, choice=None, answer=text)


def _prose(data: bytes) -> Iterator[Part]:
    for number, text in parts(data, "the document").items():
        yield Part(number=number, section="", asks="", choice=None, answer=text)


def _entries(app: App, assessment: str) -> Iterator[Recorded]:
    """Yield the entries that drafted an assessment or were a step of its review, in order."""
    for index, data in app.find(subject=assessment, limit=_ALL):
        entry = recorded(index, data, unseal=sealed_away)
        is_about = getattr(entry.fact, "assessment", None) == assessment
        if is_about and entry.fact.kind != ThreadOpened.kind:
            yield entry


def _signed(app: App, assessment: str, standing: str) -> Iterator[Signed]:
    for entry in _entries(app, assessment):
        digest = _digest(entry)
        yield Signed(
            entry=entry.index,
            at=entry.at,
            by=entry.actor,
            did=_did(entry),
            digest=digest,
            this_text=digest == standing,
        )


def _did(entry: Recorded) -> str:
    fact = entry.fact
    thing, _, did = fact.kind.partition(".")
    if isinstance(fact, OpinionGiven):
        body, outcome = (one.replace("_", " ") for one in (fact.body, fact.outcome))
        return f"opinion of {body}: {outcome}, recorded"
    return did if thing == "assessment" else f"{thing} {did}"


def _digest(entry: Recorded) -> str | None:
    if isinstance(entry.fact, AssessmentDrafted):
        return text_digest(entry.fact)
    digest: str | None = getattr(entry.fact, "digest", None)
    return digest


# -- comparing ---------------------------------------------------------------------------


class Compared(msgspec.Struct, frozen=True, kw_only=True, rename={"before": "from"}):
    """What an approval of `to` would bind that an approval of `from` did not.

    before   a digest of text and terms; None when nothing was approved yet, so all is new
    to       the same of the newer draft; with a file, of its draft before the file
    file     the digest of the file that stood in for the text, if one did
    """

    assessment: str
    before: str | None
    to: str
    file: str | None
    changes: Difference


def compared(
    app: App,
    assessment: str,
    *,
    before: str | None = None,
    after: str | None = None,
    file: bytes | None = None,
) -> Compared:
    """Compare two drafts, by default the text last approved with the draft as it stands.

    before, after   digests of text and terms, or the beginning of one
    file            a text to stand in for that of the newer draft; its terms stay
    Raises InputError.
    """
    entries = list(_entries(app, assessment))
    drafts = {
        text_digest(one.fact): one.fact
        for one in entries
        if isinstance(one.fact, AssessmentDrafted)
    }
    if not drafts:
        raise _unknown(assessment, sorted(app.view().assessments))
    approved = [
        one.fact.digest for one in entries if isinstance(one.fact, AssessmentApproved)
    ]
    old = _draft_named(drafts, before, where="--from") if before else None
    if old is None and approved:
        old = approved[-1]
    standing = app.view().assessments[assessment].digest
    new = _draft_named(drafts, after, where="--to") if after else standing
    data = app.document(drafts[new].document) if file is None else file
    return Compared(
        assessment=assessment,
        before=old,
        to=new,
        file=None if file is None else hashlib.sha256(_canonical(file)).hexdigest(),
        changes=difference(
            (drafts[old], app.document(drafts[old].document)) if old else None,
            (drafts[new], data),
        ),
    )


def _canonical(data: bytes) -> bytes:
    """Return a file as it would be kept. Raises InputError where it cannot be read."""
    if not is_answers(data):
        return data
    return papers.canonical(read_answers(data, "--file"))


def _draft_named(drafts: Mapping[str, AssessmentDrafted], named: str, *, where: str) -> str:
    found = [one for one in drafts if one.startswith(named)]
    if len(named) < SHORTEST_DIGEST or len(found) != 1:
        raise InputError(
            where=where,
            expected=f"the digest of one of {len(drafts)} drafts, or its first "
            f"{SHORTEST_DIGEST} digits or more",
            got=repr(named[:70]),
            do="`beforehand assessment show REGISTER ID` lists them.",
        )
    return found[0]


# -- a start for another -----------------------------------------------------------------


def duplicated(app: App, assessment: str) -> str:
    """Return an answers file with an assessment's text, unsigned. Raises InputError."""
    view = app.view()
    known = view.assessments.get(assessment)
    if known is None:
        raise _unknown(assessment, sorted(view.assessments))
    answers = _as_answers(app.document(known.draft.document))
    if answers is None:
        raise InputError(
            where=assessment,
            expected="a text that answers a template",
            got="prose",
            do="Begin with the form of `beforehand assessment template NAME`.",
        )
    return copied_form(answers)
