"""The lists of a register, as they leave it and come in again.

A row is what a register says of itself at a moment: it names the moment, and the register by
the origin of its log. Taken into another register
it stays that: nothing in it is a fact there.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

import msgspec

from beforehand.ledger.errors import MalformedEntryError
from beforehand.ledger.times import require_times
from beforehand.oversight import answering, clocks, findings, observed, standing
from beforehand.oversight.outside import celltext, leads
from beforehand.oversight.outside.celltext import Column
from beforehand.oversight.outside.sightings import Body, Row, Sighting, Unread

ORIGIN, AS_OF = "origin", "as_of"
REASON = "not-as-exported"


class ToldList(msgspec.Struct, frozen=True, kw_only=True):
    """One list: what a row of it is, and which of its fields tell rows apart."""

    name: str
    title: str
    row: type[msgspec.Struct]
    key: tuple[str, ...]


_LISTS: Final = (
    ToldList(
        name="reports",
        title="Reports on offices",
        row=standing.ReportTold,
        key=("report", "reported"),
    ),
    ToldList(
        name="recommendations",
        title="Recommendations made in the register",
        row=answering.RecommendationTold,
        key=("recommendation",),
    ),
    ToldList(
        name="reported-recommendations",
        title="Recommendations as a case file reports them",
        row=standing.ReportedTold,
        key=("recommendation",),
    ),
    ToldList(
        name="commitments",
        title="Commitments",
        row=answering.CommitmentTold,
        key=("commitment",),
    ),
    ToldList(
        name="queries",
        title="Questions put to offices",
        row=answering.QueryTold,
        key=("query",),
    ),
    ToldList(
        name="unanswered",
        title="Questions of which a case file reports no answer",
        row=findings.Unanswered,
        key=("id",),
    ),
    ToldList(
        name="redress",
        title="Complaints and requests, counted",
        row=answering.RedressCount,
        key=("office", "redress_kind"),
    ),
    ToldList(
        name="promised",
        title="Terms of assessments, promised against observed",
        row=observed.Observed,
        key=("assessment", "term"),
    ),
    ToldList(
        name="statements",
        title="Claims of statements, held against the record",
        row=standing.StatementTold,
        key=("statement", "number"),
    ),
    ToldList(
        name="findings",
        title="Reported acts held against the safeguards",
        row=findings.Finding,
        key=("subject", "act", "office", "safeguard"),
    ),
    ToldList(
        name="stated-counts",
        title="Counts that sources state, beside what the record names",
        row=findings.CountHeld,
        key=("id",),
    ),
    ToldList(
        name="sealed-counts",
        title="Sealed counts",
        row=standing.CountTold,
        key=("count",),
    ),
    ToldList(
        name="leads",
        title="Leads of the gap radar",
        row=leads.Lead,
        key=("lead",),
    ),
    ToldList(
        name="due",
        title="Dates",
        row=clocks.Due,
        key=("what", "of", "part", "offices", "person"),
    ),
    ToldList(
        name="imports",
        title="Imported files",
        row=standing.ImportTold,
        key=("file",),
    ),
)
LISTS: Final[Mapping[str, ToldList]] = {one.name: one for one in _LISTS}


@cache
def columns(name: str) -> tuple[Column, ...]:
    """Return the columns of a list, without those of the origin and the moment."""
    return celltext.columns(LISTS[name].row)


def header(name: str) -> tuple[str, ...]:
    return (*(one.name for one in columns(name)), ORIGIN, AS_OF)


def cells(name: str, row: msgspec.Struct, *, origin: str, as_of: str) -> Body:
    """Return a row as texts by column."""
    texts = celltext.written(row, columns(name))
    return {**texts, ORIGIN: origin, AS_OF: as_of}


def typed(name: str, texts: Body) -> dict[str, object]:
    """Return a row of texts as a row of JSON values."""
    kept = {ORIGIN: texts[ORIGIN], AS_OF: texts[AS_OF]}
    return {**celltext.values(texts, columns(name)), **kept}


def key(name: str, texts: Body) -> str:
    """Return what makes a row that row; of two with one key the newer counts."""
    parts = (texts[ORIGIN], *(texts[one] for one in LISTS[name].key))
    # A bar within a part is no bar between two: else two rows could have one key.
    return "|".join((name, *(one.replace("%", "%25").replace("|", "%7C") for one in parts)))


def list_of(key_: str) -> str:
    """Return the name of the list that a row is of, by its key."""
    return key_.partition("|")[0]


def read_cells(name: str, found: Body) -> Row:
    """Return what a row of a table says."""
    return read_texts(name, {one: celltext.unguarded(said) for one, said in found.items()})


def read_texts(name: str, found: Mapping[str, str]) -> Row:
    """Return what texts by column say; a row that no export wrote is refused."""
    try:
        given = celltext.values(found, columns(name))
    except (msgspec.DecodeError, UnicodeError):
        return Unread(reason=REASON)
    return _sighting(name, given, found.get(ORIGIN, ""), found.get(AS_OF, ""))


def read_json(name: str, found: Mapping[str, object]) -> Row:
    """Return what a row of JSON says; a row that no export wrote is refused."""
    if found.keys() != set(header(name)):
        return Unread(reason=REASON)
    try:
        given = {one.name: one.convert(found[one.name]) for one in columns(name)}
    except msgspec.ValidationError:
        return Unread(reason=REASON)
    return _sighting(name, given, found[ORIGIN], found[AS_OF])


def _sighting(name: str, given: Mapping[str, object], origin: object, as_of: object) -> Row:
    if not isinstance(origin, str) or not isinstance(as_of, str):
        return Unread(reason=REASON)
    if not origin or not _is_moment(as_of):
        return Unread(reason=REASON)
    # Null is said too, so that what a later export no longer says does not stay.
    body = {one.name: one.write(given[one.name]) for one in columns(name)}
    body[ORIGIN] = origin
    return Sighting(kind="told", key=key(name, body), body=body, as_of=as_of)


def _is_moment(text: str) -> bool:
    try:
        require_times([text])
    except MalformedEntryError:
        return False
    return True
