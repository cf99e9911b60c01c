"""Facts about the life of an assessment beyond its first way through.

Each step binds to the exact text by its digest and has its inverse: a submission is recalled,
a review sends back, an approval is revoked, a withdrawal is undone, a thread is reopened.
"""

from __future__ import annotations

from typing import Literal, TypeAlias, assert_never

import msgspec
from msgspec.structs import replace

from beforehand.record.shapes import Fact

Body = Literal["privacy_office", "counsel", "civil_liberties", "affected_groups"]
Outcome = Literal["agrees", "dissents", "not_sought"]
BODIES: tuple[Body, ...] = (
    "privacy_office",
    "counsel",
    "civil_liberties",
    "affected_groups",
)


class ReviewingFact(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fact of this group."""


class AssessmentEndorsed(
    ReviewingFact, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """The component's review is done: the text may go before the privacy office."""

    kind, act, about = "assessment.endorsed", "endorse-assessment", "assessment"
    assessment: str
    digest: str


class AssessmentReturned(
    ReviewingFact, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """Changes are asked: this text must be submitted again. `document` says which."""

    kind, act, about = "assessment.returned", "return-assessment", "assessment"
    assessment: str
    digest: str
    document: str


class AssessmentRecalled(
    ReviewingFact, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """Its own office takes the submission back, before it is approved."""

    kind, act, about = "assessment.recalled", "recall-assessment", "assessment"
    assessment: str
    digest: str


class ApprovalRevoked(ReviewingFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The approval of this text no longer counts. `document` says why."""

    kind, act, about = "approval.revoked", "revoke-approval", "assessment"
    assessment: str
    digest: str
    document: str


class AssessmentSuperseded(
    ReviewingFact, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """Another assessment, approved, takes its place."""

    kind, act, about = "assessment.superseded", "supersede-assessment", "assessment"
    assessment: str
    successor: str


class AssessmentReinstated(
    ReviewingFact, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """Withdrawn or superseded no longer: it stands as its approval does."""

    kind, act, about = "assessment.reinstated", "reinstate-assessment", "assessment"
    assessment: str


class OpinionGiven(ReviewingFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`document` is the opinion, or why it was not sought."""

    kind, act, about = "opinion.given", "give-opinion", "assessment"
    assessment: str
    digest: str
    body: Body
    outcome: Outcome
    document: str


class DelayAccepted(ReviewingFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The approver accepts, on record, that a mitigation comes later. `document` says why."""

    kind, act, about = "delay.accepted", "accept-delay", "assessment"
    assessment: str
    mitigation: str
    until: str
    document: str


class ThreadOpened(ReviewingFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A remark on one section. While it is open the assessment is not approved."""

    kind, act, about = "thread.opened", "open-thread", "thread"
    thread: str
    assessment: str
    section: str
    document: str


class ThreadAnswered(ReviewingFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "thread.answered", "answer-thread", "thread"
    thread: str
    document: str


class ThreadResolved(ReviewingFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "thread.resolved", "resolve-thread", "thread"
    thread: str


class ThreadReopened(ReviewingFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "thread.reopened", "reopen-thread", "thread"
    thread: str


class ThresholdRevoked(
    ReviewingFact, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """Its approval counts no longer. It stays signed on the ledger: nothing relabels it."""

    kind, act, about = "threshold.revoked", "revoke-threshold-analysis", "threshold"
    threshold: str
    document: str


AssessmentStep: TypeAlias = (
    AssessmentEndorsed
    | AssessmentReturned
    | AssessmentRecalled
    | ApprovalRevoked
    | AssessmentSuperseded
    | AssessmentReinstated
    | OpinionGiven
    | DelayAccepted
)
ThreadStep: TypeAlias = ThreadOpened | ThreadAnswered | ThreadResolved | ThreadReopened
AnyReviewingFact: TypeAlias = AssessmentStep | ThreadStep | ThresholdRevoked


class Thread(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """`answers`: how many. `by` opened it, and alone resolves it."""

    assessment: str
    section: str
    by: str
    at: str
    answers: int = 0
    resolved: str | None = None


def thread_after(known: Thread | None, fact: ThreadStep, *, by: str, at: str) -> Thread:
    """Return a thread as it is after `fact`."""
    if isinstance(fact, ThreadOpened):
        return Thread(assessment=fact.assessment, section=fact.section, by=by, at=at)
    if known is None:  # the grammar lets no such fact through
        raise KeyError(fact.thread)
    match fact:
        case ThreadAnswered():
            return replace(known, answers=known.answers + 1)
        case ThreadResolved():
            return replace(known, resolved=at)
        case ThreadReopened():
            return replace(known, resolved=None)
        case _:
            assert_never(fact)
