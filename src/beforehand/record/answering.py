"""Facts about answering for it: recommendations, commitments, questions to an office, redress.

Only the body that made a recommendation closes it; a promise that is moved keeps its first day;
silence is an entry. Of who asked, the ledger says what kind of person it was, and no more.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from beforehand.record.shapes import Fact

Maker = Literal["inspector_general", "gao", "congress", "oversight_board"]
OpenStatus = Literal["open_unresolved", "open_resolved", "open", "open_partially_addressed"]
ClosedStatus = Literal["closed", "closed_implemented", "closed_not_implemented"]
Response = Literal["concur", "partially_concur", "non_concur"]
Promised = Literal["policy", "assessment", "audit", "training", "deletion", "other"]
Asker = Literal["congress", "inspector_general", "court", "press", "public"]
Reply = Literal["known", "denied", "withheld", "unknown"]
Withheld = Literal["classified", "law_enforcement", "privacy", "privileged", "deliberative"]
RedressKind = Literal["complaint", "access", "correction"]
Outcome = Literal["granted", "granted_in_part", "denied", "no_record"]

# -- live checks -------------------------------------------------------------------------


class LiveCheck(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    gc=False,
    tag_field="form",
):
    """What must stay so, of the addressee's office and all under it."""


class AwardsCovered(LiveCheck, frozen=True, kw_only=True, tag="no_award_without_coverage"):
    """No award or modification from a day on without an approved assessment that covers it."""

    since: str


class ReviewsOnTime(
    LiveCheck, frozen=True, kw_only=True, tag="every_office_reviewed_on_time"
):
    """No review of use late in so many whole quarters, nor since."""

    quarters: int


class StopsKept(LiveCheck, frozen=True, kw_only=True, tag="no_question_under_stop"):
    """No question from a day on to a dataset that was stopped."""

    since: str


class MitigationsOnTime(LiveCheck, frozen=True, kw_only=True, tag="mitigations_on_time"):
    """No promised mitigation is overdue."""


class NoSharedAccounts(LiveCheck, frozen=True, kw_only=True, tag="no_shared_accounts"):
    """Nobody with a post has an account that is shared."""


class IncidentsClosed(
    LiveCheck, frozen=True, kw_only=True, tag="no_open_incident_older_than"
):
    """No incident is open for more than so many days after it was discovered."""

    days: int


class AccountsRecertified(LiveCheck, frozen=True, kw_only=True, tag="accounts_recertified"):
    """Everyone who may ask or take data in has their access confirmed each quarter."""


Check: TypeAlias = (
    AwardsCovered
    | ReviewsOnTime
    | StopsKept
    | MitigationsOnTime
    | NoSharedAccounts
    | IncidentsClosed
    | AccountsRecertified
)


class AnsweringFact(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fact of this group."""


# -- reports and recommendations ---------------------------------------------------------


class ReportIssued(AnsweringFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body reported on an office. `issuer` is its office here; null for a body outside.

    document   null where it is not published
    """

    kind, act, about = "report.issued", "issue-report", "report"
    report: str
    body: Maker
    issuer: str | None
    office: str
    issued: str
    document: str | None


class FindingMade(AnsweringFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "finding.made", "make-finding", "finding"
    finding: str
    report: str
    document: str | None


class RecommendationMade(
    AnsweringFact, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """`office` is the addressee. `document` is null where its text is not published.

    check   reopens it when it fails after it was closed; null for none
    """

    kind, act, about = "recommendation.made", "make-recommendation", "recommendation"
    recommendation: str
    report: str
    finding: str | None
    number: int
    office: str
    priority: bool
    document: str | None
    check: Check | None


class RecommendationAnswered(
    AnsweringFact, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """Management's answer. `document` says why; only with full agreement may it be null."""

    kind, act, about = "recommendation.answered", "answer-recommendation", "recommendation"
    recommendation: str
    response: Response
    document: str | None


class RecommendationPlanned(
    AnsweringFact, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """What management will do, by a day. Each later one is a slip, and all are kept."""

    kind, act, about = "recommendation.planned", "plan-recommendation", "recommendation"
    recommendation: str
    due: str
    document: str


class RecommendationEvidenced(
    AnsweringFact, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    kind, act, about = (
        "recommendation.evidenced",
        "evidence-recommendation",
        "recommendation",
    )
    recommendation: str
    evidence: str


class RecommendationRated(
    AnsweringFact, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """The body says how far it is, in its own words; it is open in any of them."""

    kind, act, about = "recommendation.rated", "rate-recommendation", "recommendation"
    recommendation: str
    status: OpenStatus
    document: str | None


class RecommendationClosed(
    AnsweringFact, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """`document` is the body's own word; null only where the body closes it here itself."""

    kind, act, about = "recommendation.closed", "close-recommendation", "recommendation"
    recommendation: str
    status: ClosedStatus
    document: str | None


class RecommendationReopened(
    AnsweringFact, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    kind, act, about = (
        "recommendation.reopened",
        "reopen-recommendation",
        "recommendation",
    )
    recommendation: str
    document: str | None


class CheckFailed(AnsweringFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Its live check fails, which reopens it. `entry` is the id of the entry that did it."""

    kind, act, about = "check.failed", "note-failed-check", "recommendation"
    recommendation: str
    entry: str


# -- commitments -------------------------------------------------------------------------


class CommitmentMade(AnsweringFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something promised by a day. `document` is where it was promised."""

    kind, act, about = "commitment.made", "make-commitment", "commitment"
    commitment: str
    office: str
    promised: Promised
    due: str
    document: str


class CommitmentMoved(AnsweringFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another day. The days before it are kept. `document` says why."""

    kind, act, about = "commitment.moved", "move-commitment", "commitment"
    commitment: str
    due: str
    document: str


class CommitmentKept(AnsweringFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "commitment.kept", "keep-commitment", "commitment"
    commitment: str
    evidence: str


class CommitmentSuperseded(
    AnsweringFact, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """Another commitment, on record, takes its place. `document` says why."""

    kind, act, about = "commitment.superseded", "supersede-commitment", "commitment"
    commitment: str
    replacement: str
    document: str


# -- questions put to an office ----------------------------------------------------------


class QueryLodged(AnsweringFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question for an office, from outside it. Sealed: `name`, who asked.

    concerning   what it was about, by id
    due          null for twenty working days after it was received
    """

    kind, act, about = "query.lodged", "lodge-query", "query"
    sealed = ("name",)
    query: str
    office: str
    asker: Asker
    received: str
    due: str | None
    concerning: tuple[str, ...]
    document: str


class QueryAnswered(AnsweringFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the office says. `official` and `reason`: who withholds it, and why; else null."""

    kind, act, about = "query.answered", "answer-query", "query"
    query: str
    reply: Reply
    official: str | None
    reason: Withheld | None
    document: str | None


class QuerySilent(AnsweringFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The day passed and nobody answered. `days`: how many since it was received."""

    kind, act, about = "query.silent", "note-silence", "query"
    query: str
    days: int


# -- redress -----------------------------------------------------------------------------


class RedressReceived(AnsweringFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A complaint, or a request for access or correction. Sealed: `name`, whose it is."""

    kind, act, about = "redress.received", "receive-redress", "redress"
    sealed = ("name",)
    redress: str
    office: str
    redress_kind: RedressKind
    received: str
    due: str | None


class RedressAnswered(AnsweringFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "redress.answered", "answer-redress", "redress"
    redress: str
    outcome: Outcome


RecommendationStep: TypeAlias = (
    RecommendationAnswered
    | RecommendationPlanned
    | RecommendationEvidenced
    | RecommendationRated
    | RecommendationClosed
    | RecommendationReopened
    | CheckFailed
)
CommitmentStep: TypeAlias = CommitmentMoved | CommitmentKept | CommitmentSuperseded
AnyAnsweringFact: TypeAlias = (
    ReportIssued
    | FindingMade
    | RecommendationMade
    | RecommendationStep
    | CommitmentMade
    | CommitmentStep
    | QueryLodged
    | QueryAnswered
    | QuerySilent
    | RedressReceived
    | RedressAnswered
)
# What a body does, and what outsiders ask: no set of the office concerned decides of these.
OF_OUTSIDERS: tuple[type[AnsweringFact], ...] = (
    ReportIssued,
    FindingMade,
    RecommendationMade,
    RecommendationRated,
    RecommendationClosed,
    RecommendationReopened,
    QueryLodged,
    RedressReceived,
)
