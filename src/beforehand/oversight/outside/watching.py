"""The watch-list: names of vendors and products to look for, and where a text holds one.

A list is as somebody reported it, unchecked. What it finds is a lead, never a finding.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from beforehand.oversight.outside.sightings import Body
from beforehand.oversight.outside.values import compared

# Product names that are everyday words, or too short to stand for one thing alone.
COMMON = frozenset(
    {"CLEAR", "FALCON", "FIRST ALERT", "FOUNDRY", "GOTHAM", "HORIZON", "LEARN", "ONYX"}
    | {"TANGLES", "SOCIALNET"}
)
COUNTRIES = frozenset({"AUSTRALIA", "ISRAEL", "CANADA", "UK", "USA", "GERMANY", "FRANCE"})
# What is said of such data whoever sells it.
DATA_WORDS = (
    *("LOCATION DATA", "PHONE LOCATION", "DEVICE LOCATION", "MOBILE LOCATION"),
    *("GEOLOCATION DATA", "LOCATION INTELLIGENCE", "COMMERCIAL TELEMETRY"),
    *("TELEMETRY DATA", "ADVERTISING ID", "ADVERTISING DATA", "AD TECH DATA"),
    *("LICENSE PLATE READER", "PLATE READER DATA", "LPR DATA", "LPR DATABASE"),
)
WORDS_ID = "words-for-such-data"
_NO_WORD = re.compile(r"[^A-Z0-9\n]+")
_END = re.compile(r"\n")
_SHORT = 4
_SQUASHED = 6


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """One vendor of the list.

    id          of letters and digits, from its first name
    names       how it is called, as compared
    products    what it sells that matters, as compared
    also_sells  what else it sells, in words; empty if nothing is said
    """

    id: str
    names: tuple[str, ...]
    products: tuple[str, ...]
    also_sells: str
    source: str


def entry(body: Body) -> Watched:
    """Return what one row of a watch-list asks to look for."""
    names = tuple(_names(body["vendor"]))
    return Watched(
        id=re.sub(r"[^a-z0-9]+", "-", names[0].lower())[:40].strip("-"),
        names=names,
        products=tuple(_products(body.get("products", ""))),
        also_sells=body.get("also_sells", ""),
        source=body.get("source", "") or "not said",
    )


def _names(text: str) -> Iterator[str]:
    for part in re.split(r"[/;()]", text):
        name = compared(part)
        if name and name not in COUNTRIES:
            yield name
            squashed = name.replace(" ", "")
            if squashed != name and len(squashed) >= _SQUASHED:
                yield squashed


def _products(text: str) -> Iterator[str]:
    for part in re.split(r"[,;()/]", text):
        if name := compared(part):
            yield name


def is_common(phrase: str) -> bool:
    return phrase in COMMON or len(phrase) <= _SHORT


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase of the list in a text. `kind`: whether it names a vendor, a product or words."""

    watched: str
    kind: str
    phrase: str


def _on_one_line(text: str) -> str:
    return text.replace("\n", " ")


class Watchlist:
    """Finds what is watched in texts, whole words only: RELOCATION DATA holds no LOCATION DATA."""

    def __init__(self, entries: Iterable[Watched]) -> None:
        self.entries = {one.id: one for one in entries}
        self._means: dict[str, list[Hit]] = {}
        for one in self.entries.values():
            for kind, phrases in (("vendor", one.names), ("product", one.products)):
                for phrase in phrases:
                    self._add(Hit(one.id, kind, phrase))
        for phrase in DATA_WORDS:
            self._add(Hit(WORDS_ID, "words", phrase))
        self._find = lru_cache(65_536)(self._found)

    def _add(self, hit: Hit) -> None:
        known = self._means.setdefault(hit.phrase, [])
        if hit not in known:
            known.append(hit)

    def find(self, text: str) -> tuple[tuple[Hit, ...], tuple[str, ...]]:
        """Return what stands in a text, and what stands only inside other words."""
        return self._find(text)

    def holding(self, texts: Sequence[str]) -> set[str]:
        """Return those of `texts` in which something stands, if only inside other words.

        Looked for in all of them at once: most texts hold nothing.
        """
        lines = _NO_WORD.sub(" ", "\n".join(map(_on_one_line, texts)).upper())
        ends = [at.start() for at in _END.finditer(lines)]
        found: set[str] = set()
        for phrase in self._means:
            at = lines.find(phrase)
            while at >= 0:
                line = bisect(ends, at)
                found.add(texts[line])
                at = lines.find(phrase, ends[line]) if line < len(ends) else -1
        return found

    def _found(self, text: str) -> tuple[tuple[Hit, ...], tuple[str, ...]]:
        words = f" {compared(text)} "
        there = [phrase for phrase in self._means if phrase in words]
        whole = [phrase for phrase in there if f" {phrase} " in words]
        inside = tuple(phrase for phrase in there if phrase not in whole)
        return tuple(hit for phrase in whole for hit in self._means[phrase]), inside
