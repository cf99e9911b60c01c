"""A case file: what is on the public record of one case, as its authors gathered it.

`read_case` takes the bytes and refuses with file and line whatever the format does not allow
(docs/reference/case-file.md). `facts` are the case without its words, `prose` is its words.

A key that may be null may also be left out, which says the same: not known.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, TypeAlias, TypeVar

import msgspec
from msgspec import Meta, inspect

from beforehand.oversight.yaml_text import WHOLE, Fitting, read_yaml
from beforehand.record import reported, shapes, spans

if TYPE_CHECKING:
    from collections.abc import Iterator

Fact = TypeVar("Fact", bound=reported.Item)
Node: TypeAlias = "str | int | bool | list[Node] | dict[str, Node] | None"

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


def read_case(data: bytes, name: str) -> Case:
    """Return the case in `data`; `name` is what a person calls the file.

    Raises InputError for the first thing wrong, by line: first of all in what each part says,
    then in the order of days and in the tree of offices.
    """
    document = read_yaml(data, name)
    fitting = Fitting(document)
    plain = fitting.fit(document.tree, inspect.type_info(Case))
    _check_days(fitting)
    _check_ids(fitting)
    fitting.raise_first()
    case = msgspec.convert(plain, Case)
    _check_order(fitting, case)
    _check_parents(fitting, case)
    fitting.raise_first()
    return case


def _check_days(fitting: Fitting) -> None:
    for mark in fitting.marks:
        if mark.says.get("is") == "day":
            try:
                spans.parse(mark.text)
            except ValueError:
                fitting.refuse(mark.path, "a day of the calendar", repr(mark.text[:20]))


def _check_ids(fitting: Fitting) -> None:
    """Every id once in the whole file, and every reference to one of its kind."""
    found: dict[str, str] = {}
    for mark in fitting.marks:
        if mark.says.get("is") == "id":
            if mark.text in found:
                line = fitting.document.lines[found[mark.text]]
                fitting.refuse(
                    mark.path, "an id of its own", f"{mark.text!r} of line {line}"
                )
            found.setdefault(mark.text, mark.path)
    for mark in fitting.marks:
        kind = mark.says.get("to")
        is_of = re.split(r"[\[.]", found.get(mark.text, "case.id"))[0]
        if kind is not None and is_of != kind and (kind != "items" or is_of == "case"):
            fitting.refuse(mark.path, f"the id of one of the {kind}", repr(mark.text[:80]))


def _check_order(fitting: Fitting, case: Case) -> None:
    for path, began, ended in _stretches(case):
        if spans.parse(ended).surely_before(spans.parse(began)):
            fitting.refuse(path, f"an end not before {began}", repr(ended))


def _stretches(case: Case) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield where each end stands, its beginning and the end itself."""
    for at, contract in enumerate(case.contracts):
        yield f"contracts[{at}].ended", contract.awarded, contract.ended
    for at, count in enumerate(case.counts):
        if count.period is not None:
            yield f"counts[{at}].period.to", count.period.from_, count.period.to
    for at, one in enumerate(case.assessments):
        if one.covers is not None:
            yield f"assessments[{at}].covers.to", one.covers.from_, one.covers.to
    for at, statement in enumerate(case.statements):
        if isinstance(statement.claim, UsedDuring | Ran):
            yield f"statements[{at}].claim.to", statement.claim.from_, statement.claim.to


def _check_parents(fitting: Fitting, case: Case) -> None:
    parents = {one.id: one.parent for one in case.offices}
    for at, office in enumerate(case.offices):
        above: list[str] = []
        up = office.parent
        while up is not None and up not in above:
            above.append(up)
            up = parents[up]
        if office.id in above:
            ring = " under ".join([office.id, *above[: above.index(office.id) + 1]])
            fitting.refuse(
                f"offices[{at}].parent", "offices that end in one without parent", ring
            )


def facts(case: Case, file: str) -> list[reported.ReportedFact]:
    """Return every item of the case without its words; `file`: SHA-256 of its bytes, in hex."""
    return [
        _fact(reported.CaseTaken, case.case, file),
        *(
            _fact(reported.OfficeReported, one, file, office_kind=one.kind)
            for one in case.offices
        ),
        *(_fact(reported.SupplierReported, one, file) for one in case.vendors),
        *(
            _fact(reported.DatasetReported, one, file, supplier=one.vendor)
            for one in case.datasets
        ),
        *(
            _fact(reported.ContractReported, one, file, supplier=one.vendor)
            for one in case.contracts
        ),
        *(_count(one, file) for one in case.counts),
        *(_assessment(one, file) for one in case.assessments),
        *(_fact(reported.ReportReported, one, file) for one in case.reports),
        *(
            _fact(
                reported.RecommendationReported, one, file, text_known=one.text is not None
            )
            for one in case.recommendations
        ),
        *(
            _fact(
                reported.IncidentReported, one, file, outcome_known=one.outcome is not None
            )
            for one in case.incidents
        ),
        *(_statement(one, file) for one in case.statements),
        *(_fact(reported.QuestionReported, one, file) for one in case.questions),
        *(_fact(reported.RuleReported, one, file) for one in case.rules),
        *(_fact(reported.SourceReported, one, file, day=one.date) for one in case.sources),
    ]


def _fact(fact: type[Fact], entry: ItemEntry, file: str, **other: object) -> Fact:
    """Fill `fact` with the keys of `entry` that bear the same name, and with `other`."""
    named = {one.name for one in msgspec.structs.fields(entry)}
    shared = {
        one.name: getattr(entry, one.name)
        for one in msgspec.structs.fields(fact)
        if one.name in named
    }
    return msgspec.convert(shared | {"file": file, "item": entry.id} | other, fact)


def _count(one: CountEntry, file: str) -> reported.CountReported:
    counted = "contracts" if re.match(r"contracts\b", one.what, re.IGNORECASE) else "other"
    return _fact(
        reported.CountReported, one, file, counted=counted, period=_period(one.period)
    )


def _assessment(one: AssessmentEntry, file: str) -> reported.AssessmentReported:
    events = tuple(
        reported.Event(
            event=event.kind,
            day=event.date,
            confidence=event.confidence,
            sources=event.sources,
        )
        for event in one.events
    )
    return _fact(
        reported.AssessmentReported,
        one,
        file,
        assessment_kind=one.kind,
        covers=_period(one.covers),
        events=events,
    )


def _statement(one: StatementEntry, file: str) -> reported.StatementReported:
    return _fact(
        reported.StatementReported, one, file, day=one.date, claim=_claim(one.claim)
    )


def _period(one: Period | None) -> reported.Period | None:
    return None if one is None else reported.Period(first=one.from_, last=one.to)


def _claim(claim: Claim) -> reported.Claim:
    said: dict[str, str] = msgspec.to_builtins(claim)
    return msgspec.convert(
        {
            "claim": said["kind"],
            "office": said["office"],
            "use": said.get("use"),
            "first": said.get("from", said.get("since")),
            "last": said.get("to"),
            "due": said.get("due", said.get("date")),
        },
        reported.Claim,
    )


_WORDS = (
    *("name", "title", "jurisdiction", "summary", "what", "said", "by", "text", "outcome"),
    *("response_why", "requires", "publisher", "url", "label"),
)


def prose(case: Case) -> dict[str, dict[str, str | None]]:
    """Return the words of each item by its id, which no other item of any kind has.

    Their keys are the file's; deeper ones are paths, as `claim.what` and `events[2].what`.
    """
    whole: dict[str, Node] = msgspec.json.decode(msgspec.json.encode(case))
    found: dict[str, dict[str, str | None]] = {}
    for section in whole.values():
        for item in section if isinstance(section, list) else [section]:
            if isinstance(item, dict):
                found[str(item["id"])] = dict(_words(item, ""))
    return found


def _words(node: Node, path: str) -> Iterator[tuple[str, str | None]]:
    if isinstance(node, dict):
        for key, value in node.items():
            at = f"{path}.{key}" if path else key
            if key in _WORDS:
                yield at, value if isinstance(value, str) else None
            else:
                yield from _words(value, at)
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _words(value, f"{path}[{index}]")


def json_schema() -> dict[str, Node]:
    """Return the JSON Schema (2020-12) of a case file's tree, in which every scalar is text.

    It knows the shape; ids, days of the calendar and the order of days are `read_case`'s.
    """
    written: dict[str, Node] = msgspec.json.decode(
        msgspec.json.encode(msgspec.json.schema(Case))
    )
    head: dict[str, Node] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A case file of Beforehand; every number and truth value is text",
    }
    return head | {key: _as_text(value) for key, value in written.items()}


def _as_text(node: Node) -> Node:
    """Turn whole numbers and booleans of a schema into the text that stands for them."""
    match node:
        case {"type": "integer"}:
            return {"type": "string", "pattern": WHOLE}
        case {"type": "boolean"}:
            return {"enum": ["true", "false"], "default": "false"}
        case dict():
            return {key: _as_text(value) for key, value in node.items()}
        case list():
            return [_as_text(one) for one in node]
        case _:
            return node
