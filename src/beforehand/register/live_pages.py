"""The pages that only a live register has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beforehand.register import text
from beforehand.register.coverage import until
from beforehand.register.live_tables import refusals, uses
from beforehand.register.page import Edition, Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beforehand.record.state import Assessment


def pages(edition: Edition) -> Iterator[Page]:
    yield _assessments(edition)
    yield _uses(edition)
    yield _releases(edition)


def _assessments(edition: Edition) -> Page:
    rows = list(edition.site.view.assessments.values())

    def status(one: Assessment) -> str:
        return text.status(one, until(edition.site))

    standing = sum(1 for one in rows if status(one).startswith(("In force", "Lapses")))
    return Page(
        path="assessments/index.html",
        template="assessments_live.html",
        title="Assessments",
        menu="Assessments",
        values={
            "rows": rows,
            "status": status,
            "wrong": f"Of {text.count(len(rows), 'assessment')}, {standing:,}"
            f" {'is' if standing == 1 else 'are'} in force.",
        },
    )


def _uses(edition: Edition) -> Page:
    refused = refusals(edition.site)
    unmet = sum(times for one in refused if isinstance(times := one["times"], int))
    return Page(
        path="uses/index.html",
        template="uses.html",
        title="Uses",
        menu="Uses",
        values={
            "requests": list(edition.site.view.requests.values()),
            "uses": uses(edition.site),
            "refusals": refused,
            "wrong": f"Safeguards were not met {text.count(unmet, 'time')}; each time the act was"
            " refused.",
        },
    )


def _releases(edition: Edition) -> Page:
    answers = edition.site.answers
    hidden = sum(one.hidden for one in answers)
    return Page(
        path="releases/index.html",
        template="releases.html",
        title="Releases",
        menu="Releases",
        values={
            "wrong": f"{text.count(len(answers), 'answer was', 'answers were')} released;"
            f" {text.count(hidden, 'cell was', 'cells were')} hidden in them."
        },
    )
