"""The gap radar on a register: its leads, and a person's word on one of them."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from beforehand.app.importing import shelf_of
from beforehand.app.registers import Receipt
from beforehand.oversight.outside import files, values, watching
from beforehand.oversight.outside.assessed import Assessed
from beforehand.oversight.outside.leads import Lead, Radar
from beforehand.oversight.outside.radar import Judged, sweep
from beforehand.oversight.outside.shelf import Files
from beforehand.oversight.outside.sightings import Sighting
from beforehand.oversight.outside.watching import Watched, Watchlist
from beforehand.record.acts import Act
from beforehand.record.imported import LeadConfirmed, LeadDismissed
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from beforehand.app.registers import App
    from beforehand.record.view import RecordView

SHIPPED = "watch-list.csv"


def radar(app: App, *, watchlist: Path | None = None) -> Radar:
    """Return the leads among all imported awards. Raises InputError.

    watchlist   a list to look by, in place of the one that ships and of those imported
    """
    view = app.view()
    with shelf_of(app) as shelf:
        entries = _given(watchlist) if watchlist else _shipped_and_imported(shelf)
        watched = Watchlist(entries)
        assessed = Assessed(
            watched,
            listed=shelf.things("assessment"),
            used=shelf.things("use-case"),
            contracts=_assessed_contracts(view),
        )
        return sweep(shelf.awards(), watched, assessed, _judged(view), unchecked=True)


def judge(
    app: App, lead: str, *, actor: str, reason: bytes, confirm: bool
) -> tuple[Lead, Receipt]:
    """Confirm or dismiss a lead, with a written reason. Raises InputError, Refusal."""
    found = radar(app)
    by_id = {one.lead: one for one in (*found.leads, *found.perhaps)}
    if lead not in by_id:
        raise InputError(
            where="lead",
            expected="the id of a lead",
            got=repr(lead),
            do="`beforehand radar REGISTER` lists them.",
        )
    known = by_id[lead]
    kind = LeadConfirmed if confirm else LeadDismissed
    fact = kind(
        lead=lead,
        award=known.award.lower(),
        watched=known.matches[0].watched,
        file=known.evidence[-1].file,
        document=app.keep_document(reason),
    )
    return known, app.submit(Act(actor=actor, fact=fact))


def _judged(view: RecordView) -> dict[str, Judged]:
    return {
        name: Judged(
            state="confirmed" if one.is_confirmed else "dismissed", by=one.by, at=one.at
        )
        for name, one in view.imported.leads.items()
    }


def _assessed_contracts(view: RecordView) -> list[str]:
    """Return the contracts of this register whose assessment was approved, as numbers compare.

    An id such as c2 is no award's number: it says nothing of an award C2 that somebody else made.
    """
    approved = {name for name, one in view.assessments.items() if one.approvals}
    numbers = (
        values.award_number(name)
        for name, one in view.contracts.items()
        if one.awarded.assessment in approved
    )
    return [one.lower() for one in numbers if values.is_award_number(one)]


# -- the watch-list ----------------------------------------------------------------------


def _shipped_and_imported(shelf: Files) -> list[Watched]:
    """An imported entry of the same vendor takes the place of the shipped one."""
    entries = {one.id: one for one in _shipped()}
    for kept in shelf.things("watch-entry"):
        one = watching.entry(kept.body)
        entries[one.id] = one
    return list(entries.values())


def _shipped() -> list[Watched]:
    data = resources.files("beforehand").joinpath("cases", SHIPPED)
    with resources.as_file(data) as path:
        return _given(path)


def _given(path: Path) -> list[Watched]:
    with files.opened(path, name=path.name) as (tables, _):
        found = [
            watching.entry(row.body)
            for table in tables
            for _, row in table.rows
            if isinstance(row, Sighting) and row.kind == "watch-entry"
        ]
    if not found:
        raise InputError(
            where=str(path),
            expected="a watch-list: a table with the columns vendor and products",
            got="another table",
        )
    return found
