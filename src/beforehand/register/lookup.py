"""Where a thing is on the register, and what it is called there."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from beforehand.record.acts import ID
from beforehand.register.text import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from beforehand.register.site import Site

NAMES = ("name", "title", "what", "said", "text")
ENTRIES_A_PAGE = 500


class Lookup:
    """Names and addresses of one register's things, by id."""

    def __init__(self, site: Site) -> None:
        self._words = site.words
        self._at = _addresses(site)
        self._size = len(site.entries)

    def prose(self, item: str, field: str) -> str:
        """Return what is written in `field`: the id where nothing is, "unknown" for null."""
        fields = self._words.get(item, {})
        if field not in fields:
            return item
        text = fields[field]
        return UNKNOWN if text is None else text

    def name(self, item: str) -> str:
        """Return what people call a thing; its id where no name is on record."""
        fields = self._words.get(item, {})
        return next((text for one in NAMES if (text := fields.get(one))), item)

    def label(self, item: str | None) -> str:
        """Return the name followed by the id in brackets; "unknown" for None."""
        if item is None:
            return UNKNOWN
        name = self.name(item)
        return item if name == item else f"{name} ({item})"

    def at(self, item: str) -> str | None:
        """Return the path and anchor of a thing from the register's root; None if it has none."""
        return self._at.get(item)

    def entry(self, index: int) -> str | None:
        """Return the path and anchor of a ledger entry."""
        if index >= self._size:
            return None
        return f"ledger/entries-{index // ENTRIES_A_PAGE}.html#e{index}"

    def url(self, item: str) -> str | None:
        """Return the address of a source, if it is one a browser may safely be sent to."""
        url = self._words.get(item, {}).get("url")
        if url is None:
            return None
        try:
            parts = urlsplit(url)
        except ValueError:
            return None
        return url if parts.scheme in ("http", "https") and parts.netloc else None


def checked(item: str) -> str:
    """Return an id that is to name a file. Raises ValueError for one that could leave the site."""
    if not ID.fullmatch(item):
        raise ValueError(f"expected an id such as `abc-1`, got {item!r}")
    return item


def finding_path(subject: str, safeguard: str) -> str:
    return f"findings/{checked(subject)}--{checked(safeguard)}.html"


def contract_path(contract: str) -> str:
    return f"contracts/{checked(contract)}.html"


def _addresses(site: Site) -> Mapping[str, str]:
    record, view = site.view.reported, site.view
    found: dict[str, str] = {}

    def put(ids: Iterable[str], page: str) -> None:
        for one in ids:
            found.setdefault(one, f"{page}#{checked(one)}")

    if site.about == "record":
        found |= {one: contract_path(one) for one in record.contracts}
        put(record.assessments, "assessments/index.html")
        put(record.statements, "statements/index.html")
        put([*record.reports, *record.recommendations], "recommendations/index.html")
        put(record.questions, "questions/index.html")
        put(record.incidents, "incidents/index.html")
        put(record.counts, "counts/index.html")
        put(record.sources, "sources/index.html")
    else:
        found |= {one: contract_path(one) for one in view.contracts}
        put(view.assessments, "assessments/index.html")
        put(view.requests, "uses/index.html")
        put((one.question for one in site.answers), "releases/index.html")
    put((one.id for one in site.safeguards), "safeguards/index.html")
    return found
