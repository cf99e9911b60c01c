"""Which assessments are on record, as far as names show: for the radar, to find what has none."""

from __future__ import annotations

import re
from collections.abc import Iterable

from beforehand.oversight.outside import inventories, values
from beforehand.oversight.outside.shelf import Kept
from beforehand.oversight.outside.watching import Watchlist

# By the agency's code in award numbers; as assessments and inventories name it.
COMPONENTS = {
    "7001": "HQ",
    "7003": "USCIS",
    "7008": "USCG",
    "7009": "USSS",
    "7012": "ICE",
    "7013": "TSA",
    "7014": "CBP",
    "7015": "FLETC",
    "7022": "FEMA",
}
_WHOLE_DEPARTMENT = ("ALL", "DHS")
_TEXTS = ("title", "name", "vendor", "system")
_PLAIN = ("DEPARTMENT", "OF", "THE", "U", "S", "UNITED", "STATES", "AND", "FOR", "OFFICE")


class Assessed:
    """Assessments that are listed or linked, by the vendors, products and awards they name.

    contracts   of this register, under an assessment, by id
    """

    def __init__(
        self,
        watchlist: Watchlist,
        *,
        listed: Iterable[Kept],
        used: Iterable[Kept],
        contracts: Iterable[str],
    ) -> None:
        self.contracts = frozenset(contracts)
        self._by_watched: dict[str, list[tuple[str, str]]] = {}
        self._by_award: dict[str, list[str]] = {}
        for kept in listed:
            self._note(kept, _of_title(kept.body["title"]), kept.body["title"], watchlist)
        for kept in used:
            if "links" in kept.body and kept.body.get("said") == "links":
                owner = f"{kept.body.get('agency', '')} {kept.body.get('component', '')}"
                link = kept.body["links"].split()[0]
                what = f"{kept.body.get('name') or kept.body.get('case', 'a use case')}: {link}"
                self._note(kept, owner, what, watchlist)
                for number in kept.body.get("numbers", "").split():
                    self._by_award.setdefault(number, []).append(what)

    def _note(self, kept: Kept, owner: str, what: str, watchlist: Watchlist) -> None:
        for field in _TEXTS:
            hits, _ = watchlist.find(kept.body.get(field, ""))
            for hit in hits:
                if hit.kind != "words":
                    found = self._by_watched.setdefault(hit.watched, [])
                    found.append((owner, what))

    def naming(
        self, number: str, watched: Iterable[str], *, agency: str, code: str
    ) -> tuple[str, ...]:
        """Return what may be the assessment of an award, in words; the award itself first."""
        found = dict.fromkeys(self._by_award.get(number, ()))
        for one in sorted(watched):
            for owner, what in self._by_watched.get(one, ()):
                if _same_agency(owner, agency, code):
                    found[what] = None
        return tuple(found)


def _of_title(title: str) -> str:
    """Return the component in an assessment's number: ICE of `DHS/ICE/PIA-055 ...`."""
    number = inventories.assessment_number(title)
    return " ".join(re.sub(r" PIA .*", "", number).split()[1:]) if number else title


def _same_agency(owner: str, agency: str, code: str) -> bool:
    words = set(values.compared(owner).split())
    component = COMPONENTS.get(code, "")
    if component:
        return component in words or words <= set(_WHOLE_DEPARTMENT)
    return bool((set(values.compared(agency).split()) - set(_PLAIN)) & words)
