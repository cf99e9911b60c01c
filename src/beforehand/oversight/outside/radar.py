"""The gap radar: purchases that a watch-list suggests, and of which no assessment is on record.

A hit is a lead, never a finding: each says why it is one, where that stands, and what speaks
against it. Only a person confirms or dismisses it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from msgspec.structs import replace

from beforehand.oversight.outside import values
from beforehand.oversight.outside.assessed import Assessed
from beforehand.oversight.outside.awarded import amount, first_signed, newest
from beforehand.oversight.outside.leads import (
    DOUBTS,
    Doubt,
    Evidence,
    Lead,
    Match,
    Radar,
    State,
    Where,
)
from beforehand.oversight.outside.shelf import Award
from beforehand.oversight.outside.watching import WORDS_ID, Hit, Watchlist, is_common

FIELDS: tuple[tuple[str, Where], ...] = (
    ("vendor", "vendor"),
    ("parent_vendor", "parent vendor"),
    ("description", "description"),
    ("base_description", "description"),
    ("really_bought", "product really bought"),
)
# Points for the best reason, by where it stands and what it names.
_POINTS = {
    ("product really bought", "vendor"): 80,
    ("product really bought", "product"): 80,
    ("vendor", "vendor"): 60,
    ("parent vendor", "vendor"): 50,
    ("description", "vendor"): 60,
    ("description", "product"): 55,
    ("description", "words"): 30,
}
_TOO = 20  # another reason of another kind speaks for it too
_AGAINST = {
    "common-word": 30,
    "printed-matter": 45,
    "says-nothing": 5,
    "sells-other-things": 10,
    "only-closing": 15,
    "sold-by-another": 5,
    "values-implausible": 5,
}
_PRINTED = re.compile(
    r"\b(HAND)?BOOKS?\b|\bPUBLICATIONS?\b|\bSTATUTES?\b|\bDESK COP|\bPAPERBACK|\bTREATISE"
)
_VAGUE = re.compile(
    r"(NEW |ANNUAL )?(ACCESS TO )?(A )?(DATABASES?|DATA|SOFTWARE|SOFTWARE LICENSES?|LICENSES?"
    r"|SUBSCRIPTIONS?|SERVICES?|SUBSCRIPTION DATA SERVICES|CONSULTING SERVICES"
    r"|DHS BULK CLOSE OUT|CLOSE OUT( MOD)?|IT HARDWARE)?"
)
_PREFIX = re.compile(r"\bIGF\s*::\s*[A-Z]{2}(\s*,\s*[A-Z]{2})?\s*::\s*IGF\b")
_SHOWN_ROWS, _SHOWN_TEXT = 5, 200
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a person made of a lead, on the record."""

    state: State
    by: str
    at: str


def sweep(
    awards: Iterable[Award],
    watchlist: Watchlist,
    assessed: Assessed,
    judged: Mapping[str, Judged],
    *,
    unchecked: bool,
) -> Radar:
    """Return every lead among `awards`. One pass; what is not a lead is not kept."""
    leads: list[Lead] = []
    perhaps: list[Lead] = []
    covered: list[str] = []
    number_of = set_aside = 0
    for award, holds in _held(awards, watchlist):
        number_of += 1
        if not holds:
            continue
        matches, inside = _matches(award, watchlist)
        set_aside += inside and not matches
        if not matches:
            continue
        if award.number.lower() in assessed.contracts:
            covered.append(award.number)
            continue
        lead = _lead(award, matches, watchlist, assessed, unchecked=unchecked)
        if known := judged.get(lead.lead):
            lead = replace(lead, state=known.state, by=known.by, at=known.at)
        (perhaps if lead.assessments else leads).append(lead)
    return Radar(
        awards=number_of,
        watched=len(watchlist.entries),
        leads=tuple(sorted(leads, key=_rank)),
        perhaps=tuple(sorted(perhaps, key=_rank)),
        assessed=tuple(sorted(covered)),
        set_aside=set_aside,
        unchecked=unchecked,
    )


def _held(awards: Iterable[Award], watchlist: Watchlist) -> Iterator[tuple[Award, bool]]:
    """Yield each award, and whether any of its texts holds something of the list."""
    every = iter(awards)
    while some := list(islice(every, _AT_ONCE)):
        texts = [[*_texts(award)] for award in some]
        held = watchlist.holding([*{text for one in texts for text in one}])
        for award, said in zip(some, texts, strict=True):
            yield award, not held.isdisjoint(said)


def _texts(award: Award) -> Iterator[str]:
    for kept in award.rows:
        body = kept.body
        for field, _ in FIELDS:
            if text := body.get(field):
                yield text


def _rank(lead: Lead) -> tuple[bool, int, Decimal, str]:
    amount = Decimal(lead.amount or 0)
    return lead.state == "dismissed", -lead.score, -amount, lead.award


def lead_id(award: Award) -> str:
    """Return an id that stays when more is known of the award."""
    if values.is_award_number(award.number):
        return f"lead-{award.number.lower()}"
    parts = (award.number, award.parent or award.agency)
    return "-".join(["lead", *(one.lower() for one in parts if one)])[:64]


Found = tuple[Hit, Where]


def _matches(award: Award, watchlist: Watchlist) -> tuple[list[Found], bool]:
    found: dict[Found, None] = {}
    inside = False
    for kept in award.rows:
        for field, where in FIELDS:
            if text := kept.body.get(field):
                hits, only_inside = watchlist.find(text)
                inside = inside or bool(only_inside)
                for hit in hits:
                    if (where, hit.kind) in _POINTS:
                        found[hit, where] = None
    return list(found), inside


def _lead(
    award: Award,
    found: list[Found],
    watchlist: Watchlist,
    assessed: Assessed,
    *,
    unchecked: bool,
) -> Lead:
    said = newest(award)
    watched = {hit.watched for hit, _ in found}
    agency = said.get("agency_name", "") or award.agency
    named = assessed.naming(award.number, watched, agency=agency, code=award.agency)
    doubts = _doubts(award, found, watchlist, unchecked=unchecked)
    if named:
        says = DOUBTS["assessment-perhaps"].format(which="; ".join(named[:3]))
        doubts.append(Doubt(doubt="assessment-perhaps", says=says))
    return Lead(
        lead=lead_id(award),
        award=award.number,
        agency=agency,
        office=said.get("office", ""),
        vendor=said.get("vendor", ""),
        description=_description(said)[:_SHOWN_TEXT],
        amount=amount(award),
        signed=first_signed(award),
        ends=said.get("ends", ""),
        matches=tuple(_match(hit, where, watchlist) for hit, where in found),
        doubts=tuple(doubts),
        assessments=named,
        score=_score(found, doubts),
        evidence=tuple(
            Evidence(file=kept.file, member=kept.member, row=kept.row)
            for kept in award.rows[-_SHOWN_ROWS:]
        ),
    )


def _match(hit: Hit, where: Where, watchlist: Watchlist) -> Match:
    entry = watchlist.entries.get(hit.watched)
    source = entry.source if entry else "what is said of such data, whoever sells it"
    return Match(watched=hit.watched, phrase=hit.phrase, where=where, source=source)


def _description(said: Mapping[str, str]) -> str:
    text = said.get("base_description") or said.get("description", "")
    return values.spaced(_PREFIX.sub(" ", text.upper())) if "::" in text else text


def _doubts(
    award: Award,
    found: list[Found],
    watchlist: Watchlist,
    *,
    unchecked: bool,
) -> list[Doubt]:
    vendors = {hit.watched for hit, where in found if "vendor" in where}
    others = {hit.watched for hit, _ in found} - vendors - {WORDS_ID}
    named = any(hit.kind == "vendor" for hit, _ in found)
    products = [hit.phrase for hit, _ in found if hit.kind == "product"]
    also = [
        watchlist.entries[one].also_sells for one in vendors if one in watchlist.entries
    ]
    by_id = {
        "words-alone": not vendors and not others,
        "common-word": not named and bool(products) and all(map(is_common, products)),
        "sold-by-another": not vendors and bool(others),
        "printed-matter": _is_printed_matter(award),
        "sells-other-things": any(also),
        "says-nothing": not products and _says_nothing(award),
        "only-closing": all(
            "CLOSE OUT" in kept.body.get("action", "") for kept in award.rows
        ),
        "agency-unknown": not award.agency,
        "values-implausible": any(_is_odd(award, kept.body) for kept in award.rows),
        "list-unchecked": unchecked and bool(vendors or others),
    }
    also_sells = next(filter(None, also), "other things")
    return [
        Doubt(doubt=one, says=DOUBTS[one].format(also=also_sells))
        for one, holds in by_id.items()
        if holds
    ]


def _is_printed_matter(award: Award) -> bool:
    text = " ".join(kept.body.get("description", "") for kept in award.rows)
    return bool(_PRINTED.search(values.compared(text)))


def _says_nothing(award: Award) -> bool:
    said = (kept.body.get("description", "").upper() for kept in award.rows)
    return all(_VAGUE.fullmatch(values.compared(_PREFIX.sub(" ", one))) for one in said)


def _is_odd(award: Award, body: Mapping[str, str]) -> bool:
    amounts = [body.get(one, "") for one in ("obligated", "obligated_in_all", "total")]
    days = [body.get(one, "") for one in ("signed", "starts", "ends")]
    return any(
        values.is_number_of(one, award.number) or values.read_amount(one)[1]
        for one in amounts
    ) or any(values.read_day(one, "unknown")[1] == "date-implausible" for one in days)


def _score(found: list[Found], doubts: list[Doubt]) -> int:
    best: dict[str, int] = {}
    for hit, where in found:
        points = _POINTS[where, hit.kind]
        best[hit.kind] = max(best.get(hit.kind, 0), points)
    score = max(best.values()) + _TOO * (len(best) - 1)
    score -= sum(_AGAINST.get(one.doubt, 0) for one in doubts)
    return max(0, min(100, score))
