"""The life of one assessment: what it is after each fact about it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias, TypeVar, assert_never

from msgspec.structs import replace

from beforehand.record import facts as f
from beforehand.record import reviewing as r
from beforehand.record import state as s

Held = TypeVar("Held")
Step: TypeAlias = (
    f.AssessmentDrafted
    | f.AssessmentDrafted2
    | f.AssessmentSubmitted
    | f.AssessmentReviewed
    | f.AssessmentApproved
    | f.AssessmentPublished
    | f.AssessmentWithheld
    | f.AssessmentWithdrawn
    | f.MitigationDone
    | r.AssessmentStep
)


def assessment_after(  # noqa: C901, PLR0911
    known: s.Assessment | None, fact: Step, *, by: str, at: str, stood: frozenset[str]
) -> s.Assessment:
    """Return an assessment as it is after `fact`.

    stood   everyone the actor counts as: themselves, and whose delegate they were
    """
    if isinstance(fact, f.AssessmentDrafted):
        digest = s.text_digest(fact)
        drafters = (known.drafted_by if known else frozenset()) | stood
        if known is None:
            return s.Assessment(draft=fact, digest=digest, drafted_by=drafters)
        return replace(known, draft=fact, digest=digest, drafted_by=drafters)
    if known is None:  # the grammar lets no such fact through
        raise KeyError(fact.assessment)
    match fact:
        case f.AssessmentSubmitted():
            returned = _without(known.returned, fact.digest)
            submitted = known.submitted | {fact.digest}
            return replace(known, submitted=submitted, returned=returned)
        case f.AssessmentReviewed():
            return replace(
                known,
                reviewed={**known.reviewed, fact.digest: by},
                reviewers={**known.reviewers, fact.digest: stood},
            )
        case f.AssessmentApproved():
            before = known.approvals.get(fact.digest)
            approval = s.Approval(
                at=at,
                by=by,
                expires=fact.expires,
                first=before.first if before else at,
                office=known.draft.office,
            )
            approvals = {**known.approvals, fact.digest: approval}
            return replace(known, approvals=approvals, approved_digest=fact.digest)
        case f.AssessmentPublished():
            disclosed = {**known.disclosed, fact.digest: at}
            return replace(
                known, disclosed=disclosed, published=known.published | {fact.digest}
            )
        case f.AssessmentWithheld():
            return replace(known, disclosed={**known.disclosed, fact.digest: at})
        case f.AssessmentWithdrawn():
            return replace(known, withdrawn=True)
        case f.MitigationDone():
            return replace(known, done=known.done | {fact.mitigation})
        case _:
            return _step(known, fact, by=by, at=at)


def _step(known: s.Assessment, fact: r.AssessmentStep, *, by: str, at: str) -> s.Assessment:  # noqa: PLR0911
    match fact:
        case r.AssessmentEndorsed():
            return replace(known, endorsed={**known.endorsed, fact.digest: by})
        case r.AssessmentReturned():
            returned = {**known.returned, fact.digest: at}
            return replace(_taken_back(known, fact.digest), returned=returned)
        case r.AssessmentRecalled():
            return _taken_back(known, fact.digest)
        case r.ApprovalRevoked():
            left = _without(known.approvals, fact.digest)
            newest = max(left, key=lambda one: left[one].at) if left else None
            return replace(known, approvals=left, approved_digest=newest)
        case r.AssessmentSuperseded():
            return replace(known, withdrawn=True, successor=fact.successor)
        case r.AssessmentReinstated():
            return replace(known, withdrawn=False, successor=None)
        case r.OpinionGiven():
            own = {**known.opinions.get(fact.digest, {}), fact.body: fact.outcome}
            return replace(known, opinions={**known.opinions, fact.digest: own})
        case r.DelayAccepted():
            return replace(known, delays={**known.delays, fact.mitigation: fact.until})
        case _:
            assert_never(fact)


def _taken_back(known: s.Assessment, digest: str) -> s.Assessment:
    """The text must go the whole way again."""
    return replace(
        known,
        submitted=known.submitted - {digest},
        endorsed=_without(known.endorsed, digest),
        reviewed=_without(known.reviewed, digest),
        reviewers=_without(known.reviewers, digest),
    )


def _without(of: Mapping[str, Held], digest: str) -> dict[str, Held]:
    return {key: value for key, value in of.items() if key != digest}
