"""What an act of a kind can be about at all: by verb, the ids that the grammar lets through."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from tests.second.chance import on_record

if TYPE_CHECKING:
    from beforehand.record.fold import Record
    from beforehand.record.state import Assessment

Of: TypeAlias = "Callable[[Record], Iterable[str]]"


def _where(kept: Callable[[Record], Mapping[str, object]], name: str, *, so: bool) -> Of:
    """Those of a mapping whose field of this name is set, or is not."""
    return lambda record: [
        key for key, one in kept(record).items() if bool(getattr(one, name)) == so
    ]


def _text(is_so: Callable[[Assessment], bool]) -> Of:
    """Assessments that stand, of whose text as it is this is so."""
    return lambda record: [
        key for key, one in record.assessments.items() if not one.withdrawn and is_so(one)
    ]


def _submitted(one: Assessment) -> bool:
    return one.digest in one.submitted


_IN_REVIEW = _text(lambda one: _submitted(one) and one.digest not in one.approvals)
_UNDISCLOSED = _text(
    lambda one: one.digest in one.approvals and one.digest not in one.disclosed
)
_STANDS = _text(lambda _: True)

ABOUT: Mapping[str, Of] = {
    "answer": lambda record: record.questions,
    "answer-as-supplier": lambda record: record.buying.inquiries,
    "open-count": lambda record: record.counting.counts,
    "unlock-account": lambda record: record.people.locks,
    "close-incident": _where(lambda record: record.using.incidents, "closed", so=False),
    "give-notice": _where(lambda record: record.using.incidents, "closed", so=False),
    "reopen-incident": _where(lambda record: record.using.incidents, "closed", so=True),
    "approve-use": _where(lambda record: record.requests, "approved_by", so=False),
    "concur-use": _where(lambda record: record.requests, "concurred_by", so=False),
    "approve-threshold-analysis": _where(
        lambda record: record.thresholds, "approved", so=False
    ),
    "revoke-threshold-analysis": _where(
        lambda record: record.thresholds, "approved", so=True
    ),
    "modify": _where(lambda record: record.contracts, "ended", so=False),
    "end-contract": _where(lambda record: record.contracts, "ended", so=False),
    "answer-thread": _where(lambda record: record.threads, "resolved", so=False),
    "resolve-thread": _where(lambda record: record.threads, "resolved", so=False),
    "reopen-thread": _where(lambda record: record.threads, "resolved", so=True),
    "end-process": _where(lambda record: record.using.processes, "ended", so=False),
    "resolve-exigency": _where(lambda record: record.using.processes, "pends", so=True),
    "end-delegation": _where(lambda record: record.people.authorities, "ended", so=False),
    "end-acting": _where(lambda record: record.people.authorities, "ended", so=False),
    "close-session": _where(lambda record: record.people.sessions, "closed", so=False),
    "lift-hold": _where(lambda record: record.holds, "lifted", so=False),
    "cancel-solicitation": _where(
        lambda record: record.buying.solicitations, "cancelled", so=False
    ),
    "end-exception": _where(lambda record: record.buying.exceptions, "ended", so=False),
    "stop-dataset": _where(lambda record: record.datasets, "stopped", so=False),
    "resume-dataset": _where(lambda record: record.datasets, "stopped", so=True),
    "confirm-statement": _where(
        lambda record: record.stating.statements, "issued", so=False
    ),
    "issue-statement": _where(lambda record: record.stating.statements, "issued", so=False),
    "subscribe-statement": lambda record: record.stating.statements,
    "unsubscribe-statement": _where(
        lambda record: record.stating.statements, "subscribers", so=True
    ),
    **dict.fromkeys(
        (
            *("answer-recommendation", "plan-recommendation", "evidence-recommendation"),
            *("rate-recommendation", "close-recommendation"),
        ),
        _where(lambda record: record.answering.recommendations, "closed", so=False),
    ),
    "reopen-recommendation": _where(
        lambda record: record.answering.recommendations, "closed", so=True
    ),
    **dict.fromkeys(
        ("move-commitment", "keep-commitment", "supersede-commitment"),
        _where(lambda record: record.answering.commitments, "kept", so=False),
    ),
    "answer-query": _where(lambda record: record.answering.queries, "replies", so=False),
    "answer-redress": _where(lambda record: record.answering.redress, "outcome", so=False),
    "submit-assessment": _text(lambda one: not _submitted(one)),
    "endorse-assessment": _text(
        lambda one: _submitted(one) and one.digest not in one.endorsed
    ),
    "review-assessment": _text(
        lambda one: _submitted(one) and one.digest not in one.reviewed
    ),
    "approve-assessment": _text(lambda one: one.digest in one.reviewed),
    "return-assessment": _IN_REVIEW,
    "recall-assessment": _IN_REVIEW,
    "publish-assessment": _UNDISCLOSED,
    "withhold-assessment": _UNDISCLOSED,
    "revoke-approval": _text(lambda one: bool(one.approvals)),
    "reinstate-assessment": _where(lambda record: record.assessments, "withdrawn", so=True),
    **dict.fromkeys(
        (
            *("supersede-assessment", "withdraw-assessment", "give-opinion"),
            *("accept-delay", "record-mitigation"),
        ),
        _STANDS,
    ),
}


def about(record: Record, verb: str, field: str) -> list[str]:
    """Return the ids that an act of this kind can be about; `field` holds one."""
    known = ABOUT.get(verb)
    return list(on_record(record, field) if known is None else known(record))
