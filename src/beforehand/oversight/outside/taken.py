"""Lists of what was imported, as they leave a register and come in again.

Each is a table of a format that `import` reads anyway, in the columns of its source. Two more
columns say when the source last changed a row, and which of its fields another day.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from beforehand.oversight.outside import awards
from beforehand.oversight.outside.sightings import Body, Kind

if TYPE_CHECKING:
    from beforehand.oversight.outside.shelf import Kept

AS_OF, OTHERWISE = "last_modified_date", "last_modified_otherwise"
"""`OTHERWISE` is in exports alone: a table that has it is one."""


class TakenList(msgspec.Struct, frozen=True, kw_only=True):
    """One list: which kind of thing, the format it is read by, and field -> column."""

    name: str
    title: str
    kind: Kind
    form: str
    columns: Mapping[str, str]


_AWARD: Final = {name: columns[0] for name, columns in awards.NAMES.items()}
_LISTS: Final = (
    TakenList(
        name="awards",
        title="Awards and their transactions",
        kind="award",
        form="usaspending-transactions",
        columns={
            "number": "award_id_piid",
            **{
                one: _AWARD[one] for one in _AWARD if one not in ("piid", "unique", "as_of")
            },
        },
    ),
    TakenList(
        name="use-cases",
        title="AI use cases",
        kind="use-case",
        form="ai-inventory",
        columns={
            "agency": "agency",
            "component": "bureau_component",
            "case": "use_case_id",
            "name": "use_case_name",
            "vendor": "vendor_name",
            "system": "system_name",
            "link": "pia_link",
            "contracts": "contract_piids",
            "reviewed": "saop_review",
            "personal": "contains_pii",
        },
    ),
    TakenList(
        name="listed-assessments",
        title="Assessments that others list",
        kind="assessment",
        form="assessments",
        columns={
            "number": "pia_number",
            "title": "title_as_listed",
            "day": "date_as_listed",
            "component": "component",
            "link": "link",
            "page": "listed_on",
        },
    ),
    TakenList(
        name="listed-recommendations",
        title="Recommendations that others list",
        kind="recommendation",
        form="recommendations",
        columns={
            "report": "product_number",
            "title": "product_title",
            "day": "product_date",
            "to": "agency_affected",
            "number": "recommendation_number",
            "text": "recommendation",
            "status": "status",
            "comment": "comment",
            "page": "page",
        },
    ),
    TakenList(
        name="watch-list",
        title="Vendors and products to look for",
        kind="watch-entry",
        form="watch-list",
        columns={
            "vendor": "vendor",
            "products": "products_as_reported",
            "total": "federal_total_as_reported",
            "also_sells": "also_sells",
            "source": "source",
        },
    ),
    TakenList(
        name="inspectors-general",
        title="Inspectors general",
        kind="inspector-general",
        form="inspectors-general",
        columns={
            "name": "name",
            "slug": "slug",
            "agencies": "agencies",
            "statute": "statutory_reference",
            "page": "homepage_url",
        },
    ),
)
LISTS: Final[Mapping[str, TakenList]] = {one.name: one for one in _LISTS}


def header(name: str) -> tuple[str, ...]:
    return (*LISTS[name].columns.values(), AS_OF, OTHERWISE)


def cells(name: str, kept: Kept) -> Body:
    """Return a thing as texts by column; every column is there."""
    body = {**kept.body, **_of_key(kept)}
    texts = {column: body.get(one, "") for one, column in LISTS[name].columns.items()}
    return {**texts, AS_OF: kept.as_of, OTHERWISE: otherwise(kept.mixed)}


def _of_key(kept: Kept) -> Body:
    """What a thing is known by and does not say besides."""
    if kept.kind == "award":
        _, agency, parent, _ = kept.key.split("|", 3)
        return {"agency": agency, "parent": parent}
    return {"slug": kept.key} if kept.kind == "inspector-general" else {}


def otherwise(mixed: Body) -> str:
    """Return the days of fields that have their own, as text: `vendor=2024-07-15 ...`."""
    return " ".join(f"{name}={day}" for name, day in sorted(mixed.items()))


def read_otherwise(text: str) -> Body:
    """Return what `otherwise` was given; what is not of its form says nothing."""
    parts = (one.partition("=") for one in text.split())
    return {name: day for name, mark, day in parts if name and mark}
