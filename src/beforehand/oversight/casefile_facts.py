"""A case as facts without its words, and as its words alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias, TypeVar

import msgspec

from beforehand.oversight.casefile_entries import (
    AssessmentEntry,
    Case,
    Claim,
    CountEntry,
    ItemEntry,
    Period,
    StatementEntry,
)
from beforehand.record import reported

Fact = TypeVar("Fact", bound=reported.Item)
Node: TypeAlias = "str | int | bool | list[Node] | dict[str, Node] | None"


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
