"""What the Record keeps of reports, recommendations, commitments, queries and redress."""

from __future__ import annotations

from datetime import date
from typing import Literal, TypeAlias, assert_never

import msgspec
from msgspec.structs import replace

from beforehand.record import answering as a
from beforehand.record.workdays import working_days_after

CommitmentState: TypeAlias = Literal["pending", "overdue", "kept", "late", "superseded"]
QueryState: TypeAlias = Literal[
    "waiting", "overdue", "known", "denied", "withheld", "unknown"
]
GAO: a.Maker = "gao"


class Report(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    issued: a.ReportIssued
    by: str
    at: str

    @property
    def outside(self) -> bool:
        """Whether the body has no office here: what it says is recorded on its behalf."""
        return self.issued.issuer is None


class Finding(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    made: a.FindingMade
    at: str


class Target(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A day by which something is to be done, as it was set at a moment."""

    due: str
    at: str
    by: str


class Given(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Management's answer."""

    response: a.Response
    at: str
    by: str


class Reopening(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """`entry`: the id of the entry that made its live check fail; None where the body did it."""

    at: str
    by: str
    entry: str | None


class Recommendation(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """`hands`: everyone who counts as having answered for management.

    targets   every day that management set, the first one first: all but it are slips
    """

    made: a.RecommendationMade
    body: a.Maker
    at: str
    answers: tuple[Given, ...] = ()
    targets: tuple[Target, ...] = ()
    evidence: tuple[str, ...] = ()
    rated: a.OpenStatus | None = None
    closed: a.ClosedStatus | None = None
    closed_at: str | None = None
    reopened: tuple[Reopening, ...] = ()
    hands: frozenset[str] = frozenset()

    @property
    def status(self) -> a.OpenStatus | a.ClosedStatus:
        """In the words of the body that made it."""
        if self.closed is not None:
            return self.closed
        return self.rated or ("open" if self.body == GAO else "open_unresolved")

    @property
    def resolved(self) -> bool:
        """Whether the resolution clock is over: closed, or a plan agreed on.

        A body outside agrees to nothing here: management's answer is what it waits for.
        """
        if self.body == "inspector_general":
            return self.closed is not None or self.rated == "open_resolved"
        return self.closed is not None or bool(self.answers)

    @property
    def due(self) -> str | None:
        return self.targets[-1].due if self.targets else None


class Commitment(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """`targets`: every day it was promised for, the first one first."""

    made: a.CommitmentMade
    targets: tuple[Target, ...]
    kept: str | None = None
    replacement: str | None = None

    @property
    def due(self) -> str:
        return self.targets[-1].due

    def state(self, at: str) -> CommitmentState:
        """Return how it stands at a moment; its last day is all of that day (UTC)."""
        if self.replacement is not None:
            return "superseded"
        if self.kept is not None:
            return "kept" if self.kept[:10] <= self.due else "late"
        return "pending" if at[:10] <= self.due else "overdue"


class Query(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """`due`: the last day of its clock. Replies: the first one first, with their moments."""

    lodged: a.QueryLodged
    by: str
    at: str
    due: str
    replies: tuple[tuple[str, a.QueryAnswered], ...] = ()
    silent: str | None = None

    def state(self, at: str) -> QueryState:
        if self.replies:
            return self.replies[-1][1].reply
        return "waiting" if at[:10] <= self.due else "overdue"

    def days(self, at: str) -> int:
        """Return how many days it has waited, or had until its first answer."""
        until = self.replies[0][0] if self.replies else at
        received = date.fromisoformat(self.lodged.received)
        return (date.fromisoformat(until[:10]) - received).days


class Redress(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    received: a.RedressReceived
    at: str
    due: str
    outcome: a.Outcome | None = None
    answered: str | None = None


class Answering:
    """All of them, by id."""

    def __init__(self) -> None:
        self.reports: dict[str, Report] = {}
        self.findings: dict[str, Finding] = {}
        self.recommendations: dict[str, Recommendation] = {}
        self.commitments: dict[str, Commitment] = {}
        self.queries: dict[str, Query] = {}
        self.redress: dict[str, Redress] = {}

    def of_report(self, report: str) -> tuple[Recommendation, ...]:
        """Return the recommendations of a report, in the order in which they were made."""
        every = self.recommendations.values()
        return tuple(one for one in every if one.made.report == report)

    def apply(
        self, fact: a.AnyAnsweringFact, *, by: str, at: str, stood: frozenset[str]
    ) -> None:
        match fact:
            case a.ReportIssued():
                self.reports[fact.report] = Report(issued=fact, by=by, at=at)
            case a.FindingMade():
                self.findings[fact.finding] = Finding(made=fact, at=at)
            case a.RecommendationMade():
                body = self.reports[fact.report].issued.body
                made = Recommendation(made=fact, body=body, at=at)
                self.recommendations[fact.recommendation] = made
            case a.CommitmentMade():
                first = Target(due=fact.due, at=at, by=by)
                self.commitments[fact.commitment] = Commitment(made=fact, targets=(first,))
            case a.CommitmentMoved() | a.CommitmentKept() | a.CommitmentSuperseded():
                known = self.commitments[fact.commitment]
                self.commitments[fact.commitment] = _promised(known, fact, by=by, at=at)
            case a.QueryLodged() | a.QueryAnswered() | a.QuerySilent():
                self._query(fact, by=by, at=at)
            case a.RedressReceived():
                due = fact.due or working_days_after(fact.received)
                self.redress[fact.redress] = Redress(received=fact, at=at, due=due)
            case a.RedressAnswered():
                told = self.redress[fact.redress]
                told = replace(told, outcome=fact.outcome, answered=at)
                self.redress[fact.redress] = told
            case _:
                one = self.recommendations[fact.recommendation]
                after = _recommended(one, fact, by=by, at=at, stood=stood)
                self.recommendations[fact.recommendation] = after

    def _query(
        self, fact: a.QueryLodged | a.QueryAnswered | a.QuerySilent, *, by: str, at: str
    ) -> None:
        match fact:
            case a.QueryLodged():
                due = fact.due or working_days_after(fact.received)
                found = Query(lodged=fact, by=by, at=at, due=due)
            case a.QueryAnswered():
                known = self.queries[fact.query]
                found = replace(known, replies=(*known.replies, (at, fact)))
            case a.QuerySilent():
                found = replace(self.queries[fact.query], silent=at)
            case _:
                assert_never(fact)
        self.queries[fact.query] = found


def _recommended(
    known: Recommendation,
    fact: a.RecommendationStep,
    *,
    by: str,
    at: str,
    stood: frozenset[str],
) -> Recommendation:
    hands = known.hands | stood
    match fact:
        case a.RecommendationAnswered():
            given = Given(response=fact.response, at=at, by=by)
            # What was agreed on was another answer.
            rated = None if known.rated == "open_resolved" else known.rated
            answers = (*known.answers, given)
            return replace(known, answers=answers, rated=rated, hands=hands)
        case a.RecommendationPlanned():
            target = Target(due=fact.due, at=at, by=by)
            return replace(known, targets=(*known.targets, target), hands=hands)
        case a.RecommendationEvidenced():
            evidence = (*known.evidence, fact.evidence)
            return replace(known, evidence=evidence, hands=hands)
        case a.RecommendationRated():
            return replace(known, rated=fact.status)
        case a.RecommendationClosed():
            return replace(known, closed=fact.status, closed_at=at)
        case a.RecommendationReopened() | a.CheckFailed():
            entry = fact.entry if isinstance(fact, a.CheckFailed) else None
            again = Reopening(at=at, by=by, entry=entry)
            reopened = (*known.reopened, again)
            return replace(known, closed=None, closed_at=None, reopened=reopened)
        case _:
            assert_never(fact)


def _promised(known: Commitment, fact: a.CommitmentStep, *, by: str, at: str) -> Commitment:
    match fact:
        case a.CommitmentMoved():
            target = Target(due=fact.due, at=at, by=by)
            return replace(known, targets=(*known.targets, target))
        case a.CommitmentKept():
            return replace(known, kept=at)
        case a.CommitmentSuperseded():
            return replace(known, replacement=fact.replacement)
        case _:
            assert_never(fact)
