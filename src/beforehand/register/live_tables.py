"""The tables of a live register. What is sealed on the ledger is in none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beforehand.register.coverage import until
from beforehand.register.rows import built, table, texts
from beforehand.register.text import status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from beforehand.register.site import Site
    from beforehand.register.tables import Row, Table, Value
    from beforehand.register.timeline import Timeline

LIVE_CONTRACT = (
    *("contract", "office", "supplier", "datasets", "purpose", "assessment", "starts"),
    *("ends", "pilot", "awarded_at", "modified_at", "ended", "uncovered_days_at_least"),
)
LIVE_ASSESSMENT = (
    *("assessment", "office", "threshold", "document", "terms", "digest", "status"),
    *("drafted_by", "reviewed", "approvals", "disclosed", "done"),
)
REQUEST = (
    *("request", "office", "dataset", "assessment", "purpose", "legal_basis", "form"),
    *("first_day", "last_day", "expires", "by", "at", "approved_by", "concurred_by"),
)
ANSWER = (
    *(
        "question",
        "entry",
        "office",
        "dataset",
        "shown",
        "hidden",
        "rho_micro",
        "delta_e15",
    ),
)
USE = ("office", "dataset", "month", "asked", "answered", "withheld")
REFUSAL = ("safeguard", "office", "month", "times")


def tables(site: Site, lines: Mapping[str, Timeline]) -> list[Table]:
    """Return the tables of a live register but for its findings, in the order of its pages."""
    return [
        _contracts(site, lines),
        _assessments(site),
        _requests(site),
        table(
            "uses",
            "Questions asked",
            "How many questions one office put to one dataset in one month.",
            USE,
            uses(site),
        ),
        table(
            "refusals",
            "Refusals",
            "How often one safeguard was not met by acts of one office in one month.",
            REFUSAL,
            refusals(site),
        ),
        table(
            "answers",
            "Releases",
            "One protected answer: cells shown and hidden, and the privacy budget spent.",
            ANSWER,
            [built(one) for one in site.answers],
        ),
    ]


def _contracts(site: Site, lines: Mapping[str, Timeline]) -> Table:
    rows = [
        {
            **built(one.awarded),
            "awarded_at": one.awarded_at,
            "datasets": texts(one.datasets),
            "ends": one.ends,
            "assessment": one.assessment,
            "modified_at": texts(one.modified_at),
            "ended": one.ended,
            "uncovered_days_at_least": lines[name].uncovered_days,
        }
        for name, one in site.view.contracts.items()
    ]
    return table(
        "contracts",
        "Contracts",
        "One contract: office, supplier, datasets, the assessment it relies on and its days,"
        " and on how many of them so far no assessment covered it.",
        LIVE_CONTRACT,
        rows,
    )


def _requests(site: Site) -> Table:
    # The area and the case that the Record may know come from sealed parts: never a column.
    rows = [
        {
            **built(one.asked),
            "by": one.by,
            "at": one.at,
            "approved_by": one.approved_by,
            "concurred_by": one.concurred_by,
        }
        for one in site.view.requests.values()
    ]
    return table(
        "requests",
        "Use requests",
        "One request to use a dataset; its case and its area are sealed.",
        REQUEST,
        rows,
    )


def _assessments(site: Site) -> Table:
    rows: list[Row] = []
    for one in site.view.assessments.values():
        approvals: list[Value] = [
            {"digest": digest, "at": given.at, "by": given.by, "expires": given.expires}
            for digest, given in one.approvals.items()
        ]
        rows.append(
            {
                **built(one.draft),
                "digest": one.digest,
                "status": status(one, until(site)),
                "drafted_by": texts(sorted(one.drafted_by)),
                "reviewed": built(one.reviewed),
                "approvals": approvals,
                "disclosed": built(one.disclosed),
                "done": texts(sorted(one.done)),
            }
        )
    return table(
        "assessments",
        "Assessments",
        "One assessment: its terms, the digest of its text and terms, and who approved"
        " which digest when.",
        LIVE_ASSESSMENT,
        rows,
    )


def uses(site: Site) -> list[Row]:
    """Return the questions asked, answered and withheld, by office, dataset and month."""
    kinds = {
        "question.admitted": "asked",
        "question.answered": "answered",
        "question.withheld": "withheld",
    }
    found: dict[tuple[str, str, str], dict[str, Value]] = {}
    for (kind, office, dataset, month), times in sorted(site.view.counted.items()):
        if kind in kinds:
            row = found.setdefault(
                (month, office, dataset),
                {
                    "office": office,
                    "dataset": dataset,
                    "month": month,
                    "asked": 0,
                    "answered": 0,
                    "withheld": 0,
                },
            )
            row[kinds[kind]] = times
    return [found[key] for key in sorted(found)]


def refusals(site: Site) -> list[Row]:
    """Return how often each safeguard was not met, by office and month."""
    return [
        {"safeguard": safeguard, "office": office or None, "month": month, "times": times}
        for (kind, office, safeguard, month), times in sorted(
            site.view.counted.items(), key=lambda one: (one[0][3], one[0][2], one[0][1])
        )
        if kind == "act.refused"
    ]
