"""The findings of an audit: one page of all, and one page of each to link to and to cite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beforehand.register import text
from beforehand.register.lookup import finding_path
from beforehand.register.page import Edition, Page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from beforehand.oversight.findings import Finding


def pages(edition: Edition) -> Iterator[Page]:
    audit = edition.site.audit
    if audit is None:
        return

    def source_day(source: str) -> str:
        known = edition.site.view.reported.sources.get(source)
        return text.span(known.day if known else None)

    yield Page(
        path="findings/index.html",
        template="findings.html",
        title="Findings",
        menu="Findings",
        values={"groups": by_subject(audit.findings)},
    )
    for one in audit.findings:
        yield Page(
            path=finding_path(one.subject, one.safeguard),
            template="finding.html",
            title=f"{text.ANSWERS[one.verdict]}: {one.subject}, {one.safeguard}",
            values={"one": one, "source_day": source_day},
        )


def by_subject(findings: Iterable[Finding]) -> list[tuple[str, list[Finding]]]:
    """Return the findings by what they are about, in the order of the audit."""
    found: dict[str, list[Finding]] = {}
    for one in findings:
        found.setdefault(one.subject, []).append(one)
    return list(found.items())
