"""The tables that anyone can take away. Each has the rows of the page it stands beside.

Rows keep the field names of the facts they come from; prose from the case file is added
under the names that it has there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beforehand.oversight.findings import Finding
from beforehand.register import live_tables, record_tables
from beforehand.register.lookup import finding_path
from beforehand.register.rows import built, table, texts
from beforehand.register.text import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from beforehand.register.site import Site
    from beforehand.register.tables import Row, Table, Value
    from beforehand.register.timeline import Timeline

STRETCH = ("contract", "first", "last", "days", "ran", "cover", "assessments")
SAFEGUARD = ("id", "says", "remedy", "cites", "history", "acts", "condition", "text")
ENTRY = ("index", "at", "kind", "subject", "actor", "office", "unmet", "sealed", "text")


def tables(site: Site, lines: Mapping[str, Timeline]) -> tuple[Table, ...]:
    """Return every table of the register, in the order of its pages."""
    own = record_tables if site.about == "record" else live_tables
    return (
        *([_findings(site)] if site.audit else []),
        *own.tables(site, lines),
        _coverage(lines, null=UNKNOWN if site.about == "record" else "none"),
        _safeguards(site),
        _entries(site),
    )


def index(site: Site, every: tuple[Table, ...]) -> dict[str, Value]:
    """Return what `data/index.json` says: the register, its ledger, and each table."""
    return {
        "register": site.register,
        "title": site.title,
        "about": site.about,
        "made_at": site.made_at,
        "ledger": {
            "origin": site.checkpoint.origin,
            "size": site.checkpoint.size,
            "root": site.checkpoint.root,
        },
        "tables": [
            {
                "name": one.name,
                "title": one.title,
                "says": one.says,
                "rows": len(one.rows),
                "fields": texts(one.fields),
                "json": f"{one.name}.json",
                "csv": f"{one.name}.csv",
            }
            for one in every
        ],
    }


def _findings(site: Site) -> Table:
    rows = [
        {
            **built(one),
            "permalink": finding_path(one.subject, one.safeguard),
        }
        for one in (site.audit.findings if site.audit else ())
    ]
    return table(
        "findings",
        "Findings",
        "One reported act held against one safeguard: the answer, the facts that decide"
        " it, and what would have made it pass.",
        (*Finding.__struct_fields__, "permalink"),
        rows,
        null=UNKNOWN,
    )


def _coverage(lines: Mapping[str, Timeline], *, null: str) -> Table:
    rows: list[Row] = [
        {
            "contract": contract,
            "first": one.first.isoformat() if one.first else None,
            "last": one.last.isoformat(),
            "days": one.days,
            "ran": one.ran,
            "cover": one.cover,
            "assessments": texts(one.assessments),
        }
        for contract, line in lines.items()
        for one in line.listed
    ]
    return table(
        "coverage",
        "Coverage",
        "Days of one contract in which nothing changes: whether it ran, and whether an"
        " approved assessment covered it.",
        STRETCH,
        rows,
        null=null,
    )


def _safeguards(site: Site) -> Table:
    rows: list[Row] = [
        {
            "id": one.id,
            "says": one.says,
            "remedy": one.remedy,
            "cites": one.cites,
            "history": texts(sorted(one.history)),
            "acts": texts(one.acts),
            "condition": one.condition,
            "text": one.text,
        }
        for one in site.safeguards
    ]
    return table(
        "safeguards",
        "Safeguards",
        "One safeguard: what it says when it is not met, what would meet it, the law it rests"
        " on, the acts it bears on and its text in Cedar.",
        SAFEGUARD,
        rows,
    )


def _entries(site: Site) -> Table:
    return table(
        "entries",
        "Ledger entries",
        "One entry of the ledger: when, what kind, about what, by whom, which safeguards were"
        " not met, which parts are sealed, and its exact text.",
        ENTRY,
        [built(one) for one in site.entries],
    )
