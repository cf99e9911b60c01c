"""Lists that others publish: assessments, recommendations, vendors to watch."""

from __future__ import annotations

import re

from beforehand.oversight.outside import inventories, values
from beforehand.oversight.outside.sightings import Body, Row, Sighting, Unread

ASSESSMENT: dict[str, tuple[str, ...]] = {
    "title": ("title_as_listed", "pia_title", "assessment_title", "pia_name", "title"),
    "day": ("date_as_listed", "date_published", "published", "date", "date_signed"),
    "number": ("pia_number", "assessment_number", "number"),
    "link": ("link", "url", "pia_link", "href"),
    "component": ("component", "agency", "office", "bureau"),
    "page": ("listed_on", "page"),
}
RECOMMENDATION: dict[str, tuple[str, ...]] = {
    "report": ("product_number", "report_number", "report"),
    "title": ("product_title", "report_title", "title"),
    "day": ("product_date", "report_date", "date_issued", "date"),
    "to": ("agency_affected", "agency", "component"),
    "number": ("recommendation_number", "rec_number", "number"),
    "text": ("recommendation", "recommendation_text"),
    "status": ("status", "recommendation_status"),
    "comment": ("comment", "comments", "agency_comment"),
    "page": ("page", "url", "link"),
}
WATCHED: dict[str, tuple[str, ...]] = {
    "vendor": ("vendor", "vendors"),
    "products": ("products_as_reported", "products", "product"),
    "total": ("federal_total_as_reported",),
    "also_sells": ("also_sells",),
    "source": ("source", "sources"),
}
INSPECTOR: dict[str, tuple[str, ...]] = {
    "name": ("name",),
    "slug": ("slug",),
    "agencies": ("agencies",),
    "statute": ("statutory_reference",),
    "page": ("homepage_url",),
}
STATES = {
    "open": "open",
    "open partially addressed": "open",
    "open resolved": "open_resolved",
    "open unresolved": "open_unresolved",
    "closed": "closed",
    "closed implemented": "closed",
    "closed not implemented": "closed",
}
_KEY_WORDS = 120


def assessment(found: Body, as_of: str) -> Row:
    body = {key: values.spaced(said) for key, said in found.items() if said.strip()}
    title = body.get("title", "")
    if not title:
        return Unread(reason="no-title")
    flags = set()
    number = inventories.assessment_number(body.get("number", ""), title)
    if number:
        body["number"] = number
    else:
        flags.add("assessment-number-missing")
    _day(body, flags)
    return Sighting(
        kind="assessment",
        key=number or values.compared(title),
        body=body,
        as_of=as_of,
        flags=tuple(sorted(flags)),
    )


def _day(body: Body, flags: set[str]) -> None:
    if "day" in body:
        day, wrong = values.read_day(body["day"], "unknown")
        if wrong:
            flags.add(wrong)
        body["day"] = day or body["day"]


def recommendation(found: Body, as_of: str) -> Row:
    """A list may cut a text short with [...], and leave out the report's own number."""
    body = {key: values.spaced(said) for key, said in found.items() if said.strip()}
    text, title = body.get("text", ""), body.get("title", "")
    if not text or not (title or "report" in body):
        return Unread(reason="no-recommendation")
    flags = set()
    if "report" not in body:
        flags.add("report-number-missing")
    if "number" not in body:
        flags.add("recommendation-number-missing")
    if any("[...]" in said for said in body.values()):
        flags.add("text-cut")
    body["state"] = state(body.get("status", ""))
    if body["state"] == "unknown":
        flags.add("status-unknown")
    _day(body, flags)
    # Without its number a recommendation is known by its words, and to whom it is made.
    by = body.get("number") or values.compared(text)[:_KEY_WORDS]
    report = title or body.get("report", "")
    key = "|".join(map(values.compared, (report, body.get("to", ""), by)))
    return Sighting(
        kind="recommendation",
        key=key,
        body=body,
        as_of=as_of,
        flags=tuple(sorted(flags)),
    )


def state(status: str) -> str:
    """Return the state that a list's own word means; `unknown` for any other."""
    return STATES.get(values.compared(status).lower(), "unknown")


def watched(found: Body, as_of: str) -> Row:
    body = {key: values.spaced(said) for key, said in found.items() if said.strip()}
    vendor = body.get("vendor", "")
    if not vendor:
        return Unread(reason="no-name")
    flags = set()
    if re.fullmatch(r"(same\b.*)?", body.get("source", ""), re.IGNORECASE):
        flags.add("source-unclear")
    return Sighting(
        kind="watch-entry",
        key=values.compared(vendor),
        body=body,
        as_of=as_of,
        flags=tuple(sorted(flags)),
    )


def inspector(found: Body, as_of: str) -> Row:
    """An office is known by its short name (`slug`)."""
    slug = values.compared(found.pop("slug", ""))
    if not slug or not found.get("name"):
        return Unread(reason="no-name")
    return Sighting(kind="inspector-general", key=slug, body=found, as_of=as_of)
