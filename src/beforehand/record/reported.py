"""Reported facts: what a case file or a bulk import says, with sources and a confidence mark.

Each names the file it came from by digest and the item there by id; its prose stays in that
file. They carry structured, public values only. None is not known; an empty list is known
to be none. In a live decision no reported fact ever counts as an approval.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal, TypeAlias, assert_never

import msgspec

from beforehand.record import spans
from beforehand.record.shapes import OfficeKind
from beforehand.record.spans import Span

Confidence = Literal["A", "B", "C"]
Part = Literal["published_assessments", "contracts", "statements", "recommendations"]
AssessmentKind = Literal["PTA", "PIA"]
AssessmentStatus = Literal[
    "unknown",
    "drafted",
    "under_review",
    "approved",
    "published",
    "withdrawn",
    "never_approved",
]
EventKind = Literal[
    "target",
    "drafted",
    "filed",
    "approved",
    "published",
    "withdrawn",
    "released",
    "finding",
]
RecommendationStatus = Literal[
    "open_unresolved", "open_resolved", "open", "closed", "unknown"
]
Response = Literal["concur", "partially_concur", "non_concur"]
ReplyKind = Literal["known", "denied", "withheld", "unknown", "none"]
ClaimKind = Literal[
    "no_new_requests",
    "no_use",
    "used_during",
    "ran",
    "contracts_ended",
    "assessment_approved_by",
    "policy_issued_by",
    "safeguards",
]


class Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every reported fact has: where it was read.

    file   SHA-256 of the case file, in hex
    item   the item's id in it
    """

    kind: ClassVar[str] = ""
    kv: ClassVar[int] = 1
    file: str
    item: str

    @property
    def subject(self) -> str:
        return self.item


class Sourced(Item, frozen=True, kw_only=True, forbid_unknown_fields=True):
    confidence: Confidence
    sources: tuple[str, ...]


class CaseTaken(Item, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The case itself. `compiled`: the day up to which it was gathered."""

    kind = "case.taken"
    compiled: str
    complete_for: tuple[Part, ...]


class OfficeReported(Item, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind = "office.reported"
    office_kind: OfficeKind
    parent: str | None


class SupplierReported(Item, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind = "supplier.reported"


class DatasetReported(Item, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind = "dataset.reported"
    supplier: str | None
    contains: tuple[str, ...] | None
    carries: tuple[str, ...] | None
    sources: tuple[str, ...]


class ContractReported(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Days in EDTF; `amount` in US dollars as decimal text."""

    kind = "contract.reported"
    office: str
    supplier: str | None
    datasets: tuple[str, ...] | None
    amount: str | None
    amount_about: bool
    awarded: str | None
    ended: str | None


class Period(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    first: str | None
    last: str | None


class CountReported(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`counted`: what is counted, as far as a record can name such things."""

    kind = "count.reported"
    counted: Literal["contracts", "other"]
    value: int
    value_about: bool
    period: Period | None
    offices: tuple[str, ...] | None


class Event(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    event: EventKind
    day: str | None
    confidence: Confidence
    sources: tuple[str, ...]


class AssessmentReported(Item, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind = "assessment.reported"
    assessment_kind: AssessmentKind
    number: str | None
    office: str
    datasets: tuple[str, ...] | None
    status: AssessmentStatus
    covers: Period | None
    events: tuple[Event, ...]


class ReportReported(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind = "report.reported"
    office: str
    number: str | None
    issued: str | None
    recommendations: int
    open: int | None


class RecommendationReported(
    Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """`text_known`: whether the source gives its text; the text itself stays in the file."""

    kind = "recommendation.reported"
    report: str
    number: int | None
    to: str | None
    text_known: bool
    response: Response | None
    due: str | None
    status: RecommendationStatus
    status_as_of: str | None


class IncidentReported(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind = "incident.reported"
    office: str
    outcome_known: bool
    found_by: str | None


class Claim(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a statement claims; the days in EDTF, each only where its kind has one.

    first, last   of use, of a use that ran, or since when
    due           of a promise
    use           the id of the use that a `ran` claim is about
    """

    claim: ClaimKind
    office: str
    use: str | None = None
    first: str | None = None
    last: str | None = None
    due: str | None = None


class StatementReported(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind = "statement.reported"
    office: str
    day: str | None
    claim: Claim


class QuestionReported(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question that an outsider put to an office, and the kind of answer it got."""

    kind = "question.reported"
    to: str
    asked: str | None
    about: tuple[str, ...] | None
    answer: ReplyKind


class RuleReported(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind = "rule.reported"


class SourceReported(Item, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind = "source.reported"
    day: str | None


ReportedFact: TypeAlias = (
    CaseTaken
    | OfficeReported
    | SupplierReported
    | DatasetReported
    | ContractReported
    | CountReported
    | AssessmentReported
    | ReportReported
    | RecommendationReported
    | IncidentReported
    | StatementReported
    | QuestionReported
    | RuleReported
    | SourceReported
)
REPORTED_KINDS: dict[tuple[str, int], type[ReportedFact]] = {
    (fact.kind, fact.kv): fact for fact in ReportedFact.__args__
}


class ReportedRecord:
    """What was reported, by item id. Only `apply` changes it."""

    def __init__(self) -> None:
        self.case: CaseTaken | None = None
        self.offices: dict[str, OfficeReported] = {}
        self.suppliers: dict[str, SupplierReported] = {}
        self.datasets: dict[str, DatasetReported] = {}
        self.contracts: dict[str, ContractReported] = {}
        self.counts: dict[str, CountReported] = {}
        self.assessments: dict[str, AssessmentReported] = {}
        self.reports: dict[str, ReportReported] = {}
        self.recommendations: dict[str, RecommendationReported] = {}
        self.incidents: dict[str, IncidentReported] = {}
        self.statements: dict[str, StatementReported] = {}
        self.questions: dict[str, QuestionReported] = {}
        self.rules: dict[str, RuleReported] = {}
        self.sources: dict[str, SourceReported] = {}

    def apply(self, fact: ReportedFact) -> None:  # noqa: C901, PLR0912  # one case a kind
        match fact:
            case CaseTaken():
                self.case = fact
            case OfficeReported():
                self.offices[fact.item] = fact
            case SupplierReported():
                self.suppliers[fact.item] = fact
            case DatasetReported():
                self.datasets[fact.item] = fact
            case ContractReported():
                self.contracts[fact.item] = fact
            case CountReported():
                self.counts[fact.item] = fact
            case AssessmentReported():
                self.assessments[fact.item] = fact
            case ReportReported():
                self.reports[fact.item] = fact
            case RecommendationReported():
                self.recommendations[fact.item] = fact
            case IncidentReported():
                self.incidents[fact.item] = fact
            case StatementReported():
                self.statements[fact.item] = fact
            case QuestionReported():
                self.questions[fact.item] = fact
            case RuleReported():
                self.rules[fact.item] = fact
            case SourceReported():
                self.sources[fact.item] = fact
            case _:
                assert_never(fact)

    def is_complete_for(self, part: Part) -> bool:
        return self.case is not None and part in self.case.complete_for

    # What a live register can tell of itself (`oversight.live_claims`), and no report can.

    def ends_of(self, contract: ContractReported) -> Span:
        """Return the day on which a contract ended, as far as it is known."""
        return spans.parse(contract.ended)

    def uses_of(self, office: str) -> Mapping[str, Span]:  # noqa: ARG002  # a report has none
        """Return the days on which `office`, or a unit below it, used such data, by id."""
        return {}

    def policies_of(self, office: str) -> Mapping[str, Span]:  # noqa: ARG002
        """Return the days from which policies that bind `office` were in force, by id."""
        return {}

    def shows_all_use(self) -> bool:
        """Whether no use in the time of a claim can be missing from it."""
        return False

    def unit_and_above(self, office: str) -> tuple[str, ...]:
        """Return `office` and every office above it, nearest first."""
        chain: list[str] = []
        at: str | None = office
        while at is not None and at in self.offices and at not in chain:
            chain.append(at)
            at = self.offices[at].parent
        return tuple(chain)

    def units_under(self, office: str) -> tuple[str, ...]:
        """Return `office` and every office below it, sorted."""
        return tuple(
            sorted(one for one in self.offices if office in self.unit_and_above(one))
        )

    def carried(self, datasets: tuple[str, ...]) -> tuple[str, ...]:
        """Return `datasets` and all they carry, sorted: buying one buys what is inside it."""
        found: set[str] = set()
        waiting = list(datasets)
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                known = self.datasets.get(one)
                waiting += (known.carries or ()) if known else ()
        return tuple(sorted(found))
