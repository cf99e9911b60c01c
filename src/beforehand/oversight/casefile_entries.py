"""What each part of a case file may say: the closed set of keys of each kind of item.

A type's `description` is what a person is told was expected there; its `extra` marks ids, days
and references, which only the whole file can decide.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta

from beforehand.record import reported, shapes

_ID = r"^[a-z0-9][a-z0-9._-]{0,63}$"
_DAY = r"^[1-9][0-9]{3}(-[0-9]{2}(-[0-9]{2})?)?~?$"
_NUMBER = r"^[A-Za-z0-9][A-Za-z0-9 ()./_#&-]{0,63}$"
_AMOUNT = r"^(0|[1-9][0-9]{0,14})(\.[0-9]{2})?$"
_ID_SAYS = "an id, at most 64 of a-z, 0-9, '.', '_' and '-', the first a letter or digit"
_DAY_SAYS = "a day as 2020-08-05, 2020-08 or 2020, each perhaps with ~"


def _to(kind: str) -> Meta:
    return Meta(pattern=_ID, description=f"the id of one of the {kind}", extra={"to": kind})


Id = Annotated[str, Meta(pattern=_ID, description=_ID_SAYS, extra={"is": "id"})]
Name = Annotated[str, Meta(pattern=_ID, description=_ID_SAYS)]
Office = Annotated[str, _to("offices")]
Vendor = Annotated[str, _to("vendors")]
Dataset = Annotated[str, _to("datasets")]
Report = Annotated[str, _to("reports")]
Source = Annotated[str, _to("sources")]
Item = Annotated[str, _to("items")]
Sources = Annotated[tuple[Source, ...], Meta(min_length=1)]
Text = Annotated[str, Meta(min_length=1, description="text")]
# Facts carry these two, so they are kept to what a number or a word looks like.
Number = Annotated[str, Meta(pattern=_NUMBER, description="a number as DHS/CBP/PIA-080")]
Word = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9_]{0,63}$", description="a word as advertising_id")
]
Amount = Annotated[str, Meta(pattern=_AMOUNT, description="an amount as 475944.49")]
Day = Annotated[str, Meta(pattern=_DAY, description=_DAY_SAYS, extra={"is": "day"})]


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What each part of a case file is: a closed set of keys."""


class ItemEntry(Entry, frozen=True):
    id: Id


class CaseEntry(ItemEntry, frozen=True):
    title: Text
    compiled: Day
    jurisdiction: Text | None = None
    summary: Text | None = None
    complete_for: tuple[reported.Part, ...] = ()


class OfficeEntry(ItemEntry, frozen=True):
    name: Text
    kind: shapes.OfficeKind
    parent: Office | None = None


class VendorEntry(ItemEntry, frozen=True):
    name: Text


class DatasetEntry(ItemEntry, frozen=True):
    name: Text
    sources: Sources
    vendor: Vendor | None = None
    contains: tuple[Word, ...] | None = None
    carries: tuple[Dataset, ...] | None = None


class ContractEntry(ItemEntry, frozen=True):
    office: Office
    confidence: reported.Confidence
    sources: Sources
    what: Text | None = None
    vendor: Vendor | None = None
    datasets: tuple[Dataset, ...] | None = None
    amount: Amount | None = None
    amount_about: bool = False
    awarded: Day | None = None
    ended: Day | None = None


class Period(Entry, frozen=True):
    from_: Day | None = msgspec.field(name="from", default=None)
    to: Day | None = None
    label: Text | None = None


class CountEntry(ItemEntry, frozen=True):
    what: Text
    value: int
    confidence: reported.Confidence
    sources: Sources
    value_about: bool = False
    databases: int | None = None
    period: Period | None = None
    offices: tuple[Office, ...] | None = None


class Event(Entry, frozen=True):
    kind: reported.EventKind
    confidence: reported.Confidence
    sources: Sources
    date: Day | None = None
    what: Text | None = None


class AssessmentEntry(ItemEntry, frozen=True):
    kind: reported.AssessmentKind
    office: Office
    status: reported.AssessmentStatus
    events: tuple[Event, ...]
    number: Number | None = None
    title: Text | None = None
    datasets: tuple[Dataset, ...] | None = None
    covers: Period | None = None


class ReportEntry(ItemEntry, frozen=True):
    office: Office
    recommendations: int
    confidence: reported.Confidence
    sources: Sources
    number: Number | None = None
    title: Text | None = None
    issued: Day | None = None
    open: int | None = None


class RecommendationEntry(ItemEntry, frozen=True):
    report: Report
    status: reported.RecommendationStatus
    confidence: reported.Confidence
    sources: Sources
    number: int | None = None
    to: Office | None = None
    text: Text | None = None
    response: reported.Response | None = None
    response_why: Text | None = None
    due: Day | None = None
    status_as_of: Day | None = None


class IncidentEntry(ItemEntry, frozen=True):
    office: Office
    what: Text
    confidence: reported.Confidence
    sources: Sources
    outcome: Text | None = None
    found_by: Report | None = None


class _Claim(Entry, frozen=True, tag_field="kind"):
    office: Office


class NoNewRequests(_Claim, frozen=True, tag="no_new_requests"):
    since: Day


class NoUse(_Claim, frozen=True, tag="no_use"):
    from_: Day = msgspec.field(name="from")


class UsedDuring(_Claim, frozen=True, tag="used_during"):
    from_: Day = msgspec.field(name="from")
    to: Day


class Ran(_Claim, frozen=True, tag="ran"):
    use: Name
    from_: Day = msgspec.field(name="from")
    to: Day


class ContractsEnded(_Claim, frozen=True, tag="contracts_ended"):
    date: Day


class AssessmentApprovedBy(_Claim, frozen=True, tag="assessment_approved_by"):
    due: Day


class PolicyIssuedBy(_Claim, frozen=True, tag="policy_issued_by"):
    due: Day


class Safeguards(_Claim, frozen=True, tag="safeguards"):
    what: Text


Claim: TypeAlias = (
    NoNewRequests
    | NoUse
    | UsedDuring
    | Ran
    | ContractsEnded
    | AssessmentApprovedBy
    | PolicyIssuedBy
    | Safeguards
)


class StatementEntry(ItemEntry, frozen=True):
    office: Office
    said: Text
    claim: Claim
    confidence: reported.Confidence
    sources: Sources
    date: Day | None = None


class QuestionEntry(ItemEntry, frozen=True):
    by: Text
    to: Office
    what: Text
    answer: reported.ReplyKind
    confidence: reported.Confidence
    sources: Sources
    asked: Day | None = None
    about: tuple[Item, ...] | None = None


class RuleEntry(ItemEntry, frozen=True):
    title: Text
    requires: Text
    confidence: reported.Confidence
    sources: Sources


class SourceEntry(ItemEntry, frozen=True):
    title: Text
    publisher: Text | None = None
    date: Day | None = None
    url: Text | None = None


class Case(Entry, frozen=True):
    """A whole case file. A section that is left out holds nothing."""

    case: CaseEntry
    offices: tuple[OfficeEntry, ...] = ()
    vendors: tuple[VendorEntry, ...] = ()
    datasets: tuple[DatasetEntry, ...] = ()
    contracts: tuple[ContractEntry, ...] = ()
    counts: tuple[CountEntry, ...] = ()
    assessments: tuple[AssessmentEntry, ...] = ()
    reports: tuple[ReportEntry, ...] = ()
    recommendations: tuple[RecommendationEntry, ...] = ()
    incidents: tuple[IncidentEntry, ...] = ()
    statements: tuple[StatementEntry, ...] = ()
    questions: tuple[QuestionEntry, ...] = ()
    rules: tuple[RuleEntry, ...] = ()
    sources: tuple[SourceEntry, ...] = ()
