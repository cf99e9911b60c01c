"""Answers of the USAspending service as JSON: searches, one award, transactions; and lists.

A record is flattened to the names that tables use, and read as a row of a table is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from beforehand.oversight.outside import awards, exported, formats, lists, poam
from beforehand.oversight.outside.sightings import Body, Json, Row, Unread

_DEEP: dict[str, tuple[tuple[str, ...], ...]] = {
    "vendor": (("recipient", "recipient_name"),),
    "parent_vendor": (("recipient", "parent_recipient_name"),),
    "agency": (("awarding_agency", "subtier_agency", "code"),),
    "agency_name": (("awarding_agency", "subtier_agency", "name"),),
    "office": (("awarding_agency", "office_agency_name"),),
    "parent": (("parent_award", "piid"),),
    "starts": (("period_of_performance", "start_date"),),
    "ends": (("period_of_performance", "end_date"),),
    "as_of": (("period_of_performance", "last_modified_date"),),
    "product": (
        ("PSC", "description"),
        ("psc_hierarchy", "base_code", "description"),
        ("NAICS", "description"),
    ),
    "total": (("base_exercised_options",),),
    "potential": (("base_and_all_options",),),
}
"""Where one award's answer has what a table has in a column."""


_TOLD: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"generated_unique_award_id"}), "usaspending-award"),
    (frozenset({"id", "action_date", "modification_number"}), "usaspending-transactions"),
    (frozenset({"Award ID"}), "usaspending-search"),
    (frozenset({"Sub-Award ID"}), "usaspending-search"),
    (frozenset({"generated_internal_id"}), "usaspending-search"),
    (frozenset({"subaward_number"}), "usaspending-subawards"),
    (frozenset({"slug", "agencies", "name"}), "inspectors-general"),
)
"""Fields that tell what a record is, when all are there; the first that does."""


def records(answer: Json) -> tuple[str, list[Json]]:
    """Return the format of an answer, and its records. The format is empty if not known."""
    if isinstance(answer, dict) and "export" in answer:
        return exported.records(answer)
    if isinstance(answer, dict) and poam.ROOT in answer:
        return poam.records(answer)
    if isinstance(answer, dict) and isinstance(answer.get("results"), list):
        found = answer["results"]
        rows = found if isinstance(found, list) else []
        return format_of(rows[0]) if rows else "usaspending-search", rows
    if isinstance(answer, list):
        return format_of(answer[0]) if answer else "", answer
    return format_of(answer), [answer]


def format_of(record: Json) -> str:
    """Return the format that a record's fields tell; empty if none."""
    fields = record.keys() if isinstance(record, dict) else ()
    return next((form for told, form in _TOLD if told <= set(fields)), "")


def read(record: Json, form: str, as_of: str) -> Row:
    """Return what one record of an answer of this format says."""
    if form.startswith(formats.EXPORT):
        return exported.read(record, form, as_of)
    if not isinstance(record, dict):
        return Unread(reason="not-an-object")
    if {"Sub-Award ID", "subaward_number"} & record.keys():
        return Unread(reason="a-subaward")
    if form == poam.FORM:
        return poam.read(record, as_of)
    if form == "inspectors-general":
        return _inspector(record, as_of)
    return _award(record, form, as_of)


def _award(record: Mapping[str, Json], form: str, as_of: str) -> Row:
    found = _flat(record)
    if form == "usaspending-transactions":
        own = str(record.get("id", ""))
        if own.startswith("ASST_"):
            return Unread(reason="not-a-purchase")
        found |= awards.transaction_id(own)
    elif form == "usaspending-award" and record.get("category") not in (
        *(None, "contract", "idv"),
    ):
        return Unread(reason="not-a-purchase")
    return awards.award(found, "unknown", as_of)


def _flat(record: Mapping[str, Json]) -> Body:
    plain = {
        re.sub(r"[^a-z0-9]+", "_", key.lower()): value for key, value in record.items()
    }
    found: Body = {}
    for name, columns in awards.NAMES.items():
        texts = (_text(plain.get(column)) for column in columns)
        deep = (_text(_at(record, path)) for path in _DEEP.get(name, ()))
        if said := next(filter(None, (*texts, *deep)), ""):
            found[name] = said
    return found


def _at(value: Json | Mapping[str, Json], path: tuple[str, ...]) -> Json:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if not isinstance(value, Mapping) else None


def _text(value: Json) -> str:
    """Return a plain value as text; what has parts says nothing here."""
    if value is None or isinstance(value, bool | list | dict):
        return ""
    return str(value).strip()


def _inspector(record: Mapping[str, Json], as_of: str) -> Row:
    agencies = record.get("agencies")
    found = {
        "name": _text(record.get("name")),
        "slug": _text(record.get("slug")),
        "agencies": "; ".join(map(str, agencies)) if isinstance(agencies, list) else "",
        "statute": _text(record.get("statutory_reference")),
        "page": _text(record.get("homepage_url")),
    }
    return lists.inspector({key: said for key, said in found.items() if said}, as_of)


def lines(text: Iterator[str]) -> Iterator[str]:
    """Yield the lines that are not blank."""
    return (line for line in text if line.strip())
