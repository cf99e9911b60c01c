"""The tables of a reported public record: its facts, with their prose and what the audit says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beforehand.record import reported as r
from beforehand.register.rows import built, prose, table
from beforehand.register.text import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from beforehand.register.site import Site
    from beforehand.register.tables import Table, Value
    from beforehand.register.timeline import Timeline

HELD = ("verdict", "because", "open", "why")
COUNTED = ("certain", "possible", "named", "perhaps", "why")


def tables(site: Site, lines: Mapping[str, Timeline]) -> list[Table]:
    """Return the tables of a reported record but for its findings, in the order of its pages."""
    record = site.view.reported
    plain = [
        _reported(
            site,
            "recommendations",
            "One recommendation of an oversight report: to whom, its text, the answer"
            " it got, when it was due and its state.",
            (r.RecommendationReported, record.recommendations.values()),
            ("text",),
        ),
        _reported(
            site,
            "reports",
            "One oversight report: by whom, when, and how many recommendations it states.",
            (r.ReportReported, record.reports.values()),
            ("title",),
        ),
        _reported(
            site,
            "questions",
            "One question that an outsider put to an office, and the kind of answer.",
            (r.QuestionReported, record.questions.values()),
            ("by", "what"),
        ),
        _reported(
            site,
            "incidents",
            "One reported incident, and what came of it.",
            (r.IncidentReported, record.incidents.values()),
            ("what", "outcome"),
        ),
        _reported(
            site,
            "assessments",
            "One threshold analysis (PTA) or impact assessment (PIA), with its events.",
            (r.AssessmentReported, record.assessments.values()),
            ("title",),
        ),
        _reported(
            site,
            "sources",
            "One source: its title, who published it, when and where.",
            (r.SourceReported, record.sources.values()),
            ("title", "publisher", "url"),
        ),
    ]
    return [_contracts(site, lines), _statements(site), _counts(site), *plain]


def _contracts(site: Site, lines: Mapping[str, Timeline]) -> Table:
    rows = [
        {
            **built(one),
            **prose(site, one.item, ("what",)),
            "uncovered_days_at_least": lines[one.item].uncovered_days,
        }
        for one in site.view.reported.contracts.values()
    ]
    return table(
        "contracts",
        "Contracts",
        "One reported contract: who bought what from whom, for how much and when (EDTF),"
        " and on how many days, in every reading, no assessment covered it.",
        (*r.ContractReported.__struct_fields__, "what", "uncovered_days_at_least"),
        rows,
        null=UNKNOWN,
    )


def _statements(site: Site) -> Table:
    held = {one.id: built(one) for one in (site.audit.statements if site.audit else ())}
    rows = [
        {
            **built(one),
            **prose(site, one.item, ("said",)),
            **_only(held.get(one.item), HELD),
        }
        for one in site.view.reported.statements.values()
    ]
    return table(
        "statements",
        "Statements",
        "One public statement: what was said, by whom, when, and what the record says of it.",
        (*r.StatementReported.__struct_fields__, "said", *HELD),
        rows,
        null=UNKNOWN,
    )


def _counts(site: Site) -> Table:
    held = {one.id: built(one) for one in (site.audit.counts if site.audit else ())}
    rows = [
        {
            **built(one),
            **prose(site, one.item, ("what",)),
            **_only(held.get(one.item), COUNTED),
        }
        for one in site.view.reported.counts.values()
    ]
    return table(
        "counts",
        "Counts",
        "One number that a source states, beside what the record itself can name.",
        (*r.CountReported.__struct_fields__, "what", *COUNTED),
        rows,
        null=UNKNOWN,
    )


def _reported(
    site: Site,
    name: str,
    says: str,
    of: tuple[type[r.Item], Iterable[r.Item]],
    words: tuple[str, ...],
) -> Table:
    kind, items = of
    rows = [{**built(one), **prose(site, one.item, words)} for one in items]
    fields = (*kind.__struct_fields__, *words)
    return table(name, name.capitalize(), says, fields, rows, null=UNKNOWN)


def _only(held: dict[str, Value] | None, fields: tuple[str, ...]) -> dict[str, Value]:
    return {one: held[one] if held else None for one in fields}
