"""What the gap radar says: leads with their evidence and their doubt, and what was set aside."""

from __future__ import annotations

from typing import Literal

import msgspec

Where = Literal["vendor", "parent vendor", "description", "product really bought"]
State = Literal["open", "confirmed", "dismissed"]
DOUBTS: dict[str, str] = {
    "common-word": "The product's name is an everyday word, or very short.",
    "sold-by-another": "The seller is not the maker: it may be a reseller, or mean another thing.",
    "printed-matter": "The text speaks of books or other printed matter.",
    "sells-other-things": "The vendor also sells {also}.",
    "says-nothing": "The text does not say what was bought.",
    "only-closing": "Every row of it closes the award out; when it was bought is not here.",
    "words-alone": "No vendor or product of the watch-list is named, only words for such data.",
    "agency-unknown": "No file says which agency bought it.",
    "values-implausible": "An amount or a day of it is implausible, and was not counted.",
    "list-unchecked": "The watch-list is as reported, and nobody checked it.",
    "assessment-perhaps": "An assessment names this vendor or product: {which}.",
}
"""Each doubt by id, and what it says."""


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """Why an award is a lead: a phrase of the watch-list, and where it stands."""

    watched: str
    phrase: str
    where: Where
    source: str


class Doubt(msgspec.Struct, frozen=True, kw_only=True):
    doubt: str
    says: str


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """A row that says so: the file's digest, its member, and the row's number in it."""

    file: str
    member: str
    row: int


class Lead(msgspec.Struct, frozen=True, kw_only=True):
    """A purchase that the watch-list suggests, and of which no assessment is on record.

    amount       obligated in all, or else its value, in US dollars as decimal text
    assessments  what may be its assessment, in words
    score        0 to 100; the higher, the sooner to be looked at
    state        what a person made of it, with who and when
    """

    lead: str
    award: str
    agency: str
    office: str
    vendor: str
    description: str
    amount: str
    signed: str
    ends: str
    matches: tuple[Match, ...]
    doubts: tuple[Doubt, ...]
    assessments: tuple[str, ...]
    score: int
    evidence: tuple[Evidence, ...]
    state: State = "open"
    by: str = ""
    at: str = ""


class Radar(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the radar says.

    leads       open ones and confirmed ones first, the likeliest first; dismissed ones last
    perhaps     leads of which some assessment names the vendor or the award itself
    assessed    purchases whose contract is in this register, under an assessment
    set_aside   how many awards hold a phrase only inside another word
    unchecked   whether part of the watch-list is as reported and was not checked
    """

    awards: int
    watched: int
    leads: tuple[Lead, ...]
    perhaps: tuple[Lead, ...]
    assessed: tuple[str, ...]
    set_aside: int
    unchecked: bool
