"""The pages that only a reported public record has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beforehand.register import text
from beforehand.register.page import Edition, Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beforehand.oversight.findings import CountHeld


def pages(edition: Edition) -> Iterator[Page]:
    yield _assessments(edition)
    yield _statements(edition)
    yield _recommendations(edition)
    yield _questions(edition)
    yield _incidents(edition)
    yield _counts(edition)
    yield Page(
        path="sources/index.html",
        template="sources.html",
        title="Sources",
        menu="Sources",
        values={"rows": list(edition.site.view.reported.sources.values())},
    )


def _assessments(edition: Edition) -> Page:
    rows = list(edition.site.view.reported.assessments.values())
    decided = ("approved", "published")
    approved = sum(1 for one in rows if any(two.event in decided for two in one.events))

    def event_words(item: str, number: int) -> str:
        fields = edition.site.words.get(item, {})
        said = fields.get(f"events[{number}].what")
        return said or text.UNKNOWN

    return Page(
        path="assessments/index.html",
        template="assessments.html",
        title="Assessments",
        menu="Assessments",
        values={
            "rows": rows,
            "event_words": event_words,
            "wrong": f"Of {text.count(len(rows), 'threshold analysis or assessment', 'threshold analyses and assessments')}"
            f" on this record, {approved:,} {'is' if approved == 1 else 'are'} reported as"
            " approved or published.",
        },
    )


def _statements(edition: Edition) -> Page:
    record, audit = edition.site.view.reported, edition.site.audit
    held = {one.id: one for one in (audit.statements if audit else ())}
    words = [one.verdict for one in held.values()]
    told = [
        f"{text.VERDICTS[word].lower()}: {words.count(word)}"
        for word in text.VERDICTS
        if word in words
    ]
    return Page(
        path="statements/index.html",
        template="statements.html",
        title="Statements",
        menu="Statements",
        values={
            "rows": [(one, held.get(one.item)) for one in record.statements.values()],
            "wrong": f"Of {text.count(len(record.statements), 'statement')}:"
            f" {'; '.join(told) or 'none was held against the record'}.",
        },
    )


def _recommendations(edition: Edition) -> Page:
    record, audit = edition.site.view.reported, edition.site.audit
    held = {one.report: one for one in (audit.recommendations if audit else ())}
    every = list(record.recommendations.values())
    still = sum(1 for one in every if one.status.startswith("open"))
    unknown = sum(1 for one in every if one.status == "unknown")
    return Page(
        path="recommendations/index.html",
        template="recommendations.html",
        title="Recommendations",
        menu="Recommendations",
        values={
            "reports": [(one, held.get(one.item)) for one in record.reports.values()],
            "recommendations": every,
            "wrong": f"Of {text.count(len(every), 'recommendation')} on this record, {still:,}"
            f" {'is' if still == 1 else 'are'} open and the state of {unknown:,} is unknown.",
        },
    )


def _questions(edition: Edition) -> Page:
    rows = list(edition.site.view.reported.questions.values())
    silent = sum(1 for one in rows if one.answer == "none")
    return Page(
        path="questions/index.html",
        template="questions.html",
        title="Questions",
        menu="Questions",
        values={
            "rows": rows,
            "wrong": f"No answer is reported to {silent:,} of {text.count(len(rows), 'question')}.",
        },
    )


def _incidents(edition: Edition) -> Page:
    rows = list(edition.site.view.reported.incidents.values())
    unknown = sum(1 for one in rows if not one.outcome_known)
    return Page(
        path="incidents/index.html",
        template="incidents.html",
        title="Incidents",
        menu="Incidents",
        values={
            "rows": rows,
            "wrong": f"{text.count(len(rows), 'incident is', 'incidents are')} on this record;"
            f" what came of {unknown:,} is unknown.",
        },
    )


def _counts(edition: Edition) -> Page:
    record, audit = edition.site.view.reported, edition.site.audit
    held = {one.id: one for one in (audit.counts if audit else ())}
    return Page(
        path="counts/index.html",
        template="counts.html",
        title="Counts",
        menu="Counts",
        values={
            "rows": [(one, held.get(one.item)) for one in record.counts.values()],
            "share": share,
            "wrong": f"{text.count(len(record.counts), 'number is', 'numbers are')} stated whose"
            " parts the sources do not name.",
        },
    )


def share(held: CountHeld | None) -> str:
    """Return "2 to 7 of 9": what the record surely and at most names, of what is stated."""
    if held is None:
        return "not held against the record"
    if held.certain is None or held.possible is None:
        return f"none of {held.stated:,}: such things are not on this record"
    if held.certain == held.possible:
        return f"{held.certain:,} of {held.stated:,}"
    return f"{held.certain:,} to {held.possible:,} of {held.stated:,}"
