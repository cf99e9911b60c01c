"""Inventories of AI use cases: who uses what, from whom, and which assessment is linked.

What stands in the field for the assessment is told apart: links, the name of an assessment,
"there is one but it is not public", "there is none", "it does not apply", or nothing clear.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from beforehand.oversight.outside import values
from beforehand.oversight.outside.sightings import Body, Row, Sighting, Unread

_LONG_LINK = (
    "if_publicly_available_provide_the_link_to_the_ai_use_case_s_associated_privacy_impact"
    "_assessment_pia"
)
_LONG_PERSONAL = (
    "does_this_ai_use_case_involve_personally_identifiable_information_pii_that_is"
    "_maintained_by_the_agency"
)
NAMES: dict[str, tuple[str, ...]] = {
    "agency": ("agency", "department"),
    "component": ("bureau_component", "bureau", "component", "office"),
    "case": ("use_case_id", "id"),
    "name": ("use_case_name", "title"),
    "vendor": ("vendor_s_name", "vendors_name", "vendor_name", "vendor"),
    "system": ("system_s_name", "system_name"),
    "link": (
        _LONG_LINK,
        "pia_field_verbatim",
        "pia_link",
        "privacy_impact_assessment",
        "link_to_the_pia",
    ),
    "contracts": ("contract_piids", "contract_piid", "piids"),
    "reviewed": ("saop_review",),
    "personal": (
        "contains_pii",
        _LONG_PERSONAL,
    ),
}
_LINK = re.compile(r"https?://[^\s;|<>\"]+", re.IGNORECASE)
_NOT_PUBLIC = (
    *("not public", "unpublished", "not available", "available internally"),
    "not publically",
)
_WORDS = {
    "not-applicable": ("not applicable", "n a", "na", "n/a", "n>a"),
    "none": ("no", "none", "no pia"),
    "unknown": ("blank", "unknown", "tbd", ""),
    "yes": ("yes",),
}
_NUMBER = re.compile(
    r"\b[A-Z]{2,6}(?:/[A-Z&]{2,8})?[/ -]?PIA[- /]?\d{2,4}(?:\([a-z]\))?", re.IGNORECASE
)

_COMPARED = re.compile(r"[A-Z]{2,6}( [A-Z]+)*? ?PIA ?\d{2,4}( [A-Z])?")


def use_case(found: Body, as_of: str) -> Row:
    """Return what one row of an inventory says."""
    body = {
        key: values.spaced(said)
        for key, said in found.items()
        if values.spaced(said).lower() not in ("", "[blank]")
    }
    agency, case = body.get("agency", ""), body.get("case", "")
    name = body.get("name", "")
    if not agency or not (case or name or body.get("link") or body.get("component")):
        return Unread(reason="no-use-case")
    flags = set()
    if "link" in body:
        body["said"], links, odd = assessment_field(body["link"])
        if links:
            body["links"] = " ".join(links)
        if odd:
            flags.add(odd)
    if "contracts" in body:
        numbers, rest = contract_numbers(body["contracts"])
        if numbers:
            body["numbers"] = " ".join(numbers)
        if rest:
            flags.add("contract-number-unclear")
    # One with no id and no name is known by all that its row says.
    by = case or name or f"{body.get('component', '')} {body.get('link', '')}"
    component = "" if case else body.get("component", "")
    return Sighting(
        kind="use-case",
        key="|".join(map(values.compared, (agency, component, by))),
        body=body,
        as_of=as_of,
        flags=tuple(sorted(flags)),
    )


def assessment_field(text: str) -> tuple[str, tuple[str, ...], str]:
    """Return the word for what a field says, its links, and a flag where that is not plain."""
    links = tuple(dict.fromkeys(one.rstrip(".,);]") for one in _LINK.findall(text)))
    if links:
        rest = values.compared(_LINK.sub(" ", text))
        promised = "to be posted" in text.lower() or "pending" in text.lower()
        if promised:
            return "promised", links, "link-is-not-the-assessment"
        several = "several-links" if len(links) > 1 else ""
        return "links", links, "link-with-words" if rest else several
    word = _word(text)
    return word, (), "link-missing" if word in ("yes", "named") else ""


def _word(text: str) -> str:
    """Return the word for what a field says that holds no link."""
    plain = text.strip().strip("[].").lower()
    said = " ".join(re.sub(r"[^a-z0-9]+", " ", plain).split())
    if any(one in said for one in _NOT_PUBLIC):
        return "not-public"
    for word, texts in _WORDS.items():
        if plain in texts or said in texts:
            return word
    return "named"


def slug(link: str) -> str:
    """Return what names the assessment in a link: its last part, decoded, without its ending."""
    last = unquote(link.rstrip("/").rpartition("/")[2].partition("?")[0])
    return values.compared(re.sub(r"\.(pdf|html?)$", "", last, flags=re.IGNORECASE))


def assessment_number(*texts: str) -> str:
    """Return the first official number of an assessment in these texts, as it is compared.

    Empty if there is none. A text that is nothing but a number as it is compared is one.
    """
    for text in texts:
        if _COMPARED.fullmatch(text):
            return text
        if found := _NUMBER.search(text):
            return values.compared(found[0])
    return ""


def contract_numbers(text: str) -> tuple[tuple[str, ...], str]:
    """Return the contract numbers in a cell that may hold several, and what is none."""
    found, rest = [], []
    if re.match(r"\s*n/a\b", text, re.IGNORECASE):
        rest.append(text[:3])
        text = re.sub(r"^\s*n/a\b", " ", text, flags=re.IGNORECASE)
    for part in re.split(r"[,;/\s]+", text):
        number = values.award_number(part)
        if values.is_award_number(number):
            found.append(number)
        elif number and number not in ("PIID", "CONTRACT", "AND"):
            rest.append(part)
    return tuple(dict.fromkeys(found)), " ".join(rest)
