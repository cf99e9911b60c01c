"""The formats of tables, told by their columns.

usaspending-transactions  contract transactions, any year's columns
usaspending-awards        prime award summaries
usaspending-assistance    grants and loans, which are no purchases
awards                    any other table with award numbers and recipients
reseller-cases            purchases known to be of another vendor's product
ai-inventory              AI use cases, with links to assessments or contract numbers
assessments               a published list of privacy impact assessments
recommendations           a list of recommendations
watch-list                vendors and products to look for
column-names              the column names of a download, without rows
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TypeAlias

from beforehand.oversight.outside import awards, celltext, inventories, lists, taken, told
from beforehand.oversight.outside.sightings import Body, Row, Sighting, Unread
from beforehand.oversight.outside.values import DayOrder, read_day

Read: TypeAlias = Callable[[Body, DayOrder, str], Row]
ReadCells: TypeAlias = Callable[[Sequence[str]], Row]
EXPORT = "export-"
"""What the name of a format begins with that some register wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How a table is told and read.

    columns   alternatives: each a set of columns that tells it when all are there
    names     field -> the columns that may hold it, the best first
    """

    name: str
    columns: tuple[frozenset[str], ...]
    names: Mapping[str, tuple[str, ...]]
    read: Read


def _of(*columns: str) -> frozenset[str]:
    return frozenset(columns)


def _told(name: str) -> Format:
    """A list of another register, told by all its columns."""
    columns = told.header(name)
    return Format(
        name=f"{EXPORT}{name}",
        columns=(_of(*columns),),
        names={one: (one,) for one in columns},
        read=lambda found, _order, _as_of: told.read_cells(name, found),
    )


FORMATS: tuple[Format, ...] = (
    *(_told(one) for one in told.LISTS),
    Format(
        name="usaspending-assistance",
        columns=(_of("award_id_fain"), _of("assistance_award_unique_key")),
        names={},
        read=lambda _found, _order, _as_of: Unread(reason="not-a-purchase"),
    ),
    Format(
        name="usaspending-subawards",
        columns=(_of("subaward_number"), _of("subaward_amount"), _of("sub_award_id")),
        names={},
        read=lambda _found, _order, _as_of: Unread(reason="a-subaward"),
    ),
    Format(
        name="reseller-cases",
        columns=(_of("piid", "product_really_bought"),),
        names=awards.NAMES,
        read=awards.award,
    ),
    Format(
        name="usaspending-transactions",
        columns=(_of("award_id_piid", "modification_number", "action_date"),),
        names=awards.NAMES,
        read=awards.award,
    ),
    Format(
        name="usaspending-awards",
        columns=(_of("contract_award_unique_key"), _of("award_id_piid", "recipient_name")),
        names=awards.NAMES,
        read=awards.award,
    ),
    Format(
        name="ai-inventory",
        columns=(
            _of("agency", "use_case_id"),
            _of("agency", "use_case_name"),
            _of("department", "use_case_name"),
        ),
        names=inventories.NAMES,
        read=lambda found, _order, as_of: inventories.use_case(found, as_of),
    ),
    Format(
        name="recommendations",
        columns=(
            _of("recommendation", "status"),
            _of("recommendation", "recommendation_status"),
            _of("recommendation_text"),
        ),
        names=lists.RECOMMENDATION,
        read=lambda found, _order, as_of: lists.recommendation(found, as_of),
    ),
    Format(
        name="assessments",
        columns=(
            *(_of("title_as_listed"), _of("pia_title"), _of("assessment_title")),
            *(_of("pia_name"), _of("title", "pia_number"), _of("title", "listed_on")),
        ),
        names=lists.ASSESSMENT,
        read=lambda found, _order, as_of: lists.assessment(found, as_of),
    ),
    Format(
        name="watch-list",
        columns=tuple(_of("vendor", one) for one in lists.WATCHED["products"]),
        names=lists.WATCHED,
        read=lambda found, _order, as_of: lists.watched(found, as_of),
    ),
    Format(
        name="inspectors-general",
        columns=(_of("name", "slug", "agencies"),),
        names=lists.INSPECTOR,
        read=lambda found, _order, as_of: lists.inspector(found, as_of),
    ),
    Format(
        name="awards",
        columns=(_of("award_id", "recipient_name"), _of("piid", "recipient_name")),
        names=awards.NAMES,
        read=awards.award,
    ),
    Format(
        name="column-names",
        columns=(),
        names={},
        read=lambda _found, _order, _as_of: Unread(reason="column-name"),
    ),
)
BY_NAME = {one.name: one for one in FORMATS}


def column(text: str) -> str:
    """Return a header cell as it is compared: words joined by _, without a question's number."""
    plain = re.sub(r"[^a-z0-9]+", "_", text.replace("\ufeff", "").strip().lower()).strip(
        "_"
    )
    return re.sub(r"^\d{1,2}_", "", plain)


def recognised(header: Sequence[str]) -> Format | None:
    """Return the first format whose columns are all in `header`."""
    named = {column(one) for one in header}
    if len(header) == 1 and (
        named & {"contract_transaction_unique_key", "award_id_piid", "award_id"}
    ):
        return BY_NAME["column-names"]
    for one in FORMATS:
        if any(columns <= named for columns in one.columns):
            return one
    return None


@dataclass(frozen=True, slots=True)
class Reader:
    """What reads the rows of one table.

    places   of the cells that are read, at least two
    pick     takes these out of a row
    read     reads them
    """

    places: tuple[int, ...]
    read: ReadCells

    @property
    def pick(self) -> Callable[[Sequence[str]], tuple[str, ...]]:
        return itemgetter(*self.places)


def reader(form: Format, header: Sequence[str], order: DayOrder, as_of: str) -> Reader:
    """Return what reads a row of cells under `header`."""
    at: dict[str, int] = {}
    for index, cell in enumerate(header):
        at.setdefault(column(cell), index)
    if taken.OTHERWISE in at:
        return _written(form, at, order, as_of)
    found = {
        name: [at[one] for one in columns if one in at]
        for name, columns in form.names.items()
    }
    named = {name: places for name, places in found.items() if places}
    read = form.read
    if not named:
        return Reader((0, 0), lambda _cells: read({}, order, as_of))
    names = tuple(named)
    best = [places[0] for places in named.values()]
    others = [(name, place) for name, places in named.items() for place in places[1:]]
    # Places of the second best follow those of the best, in their order. Two more, so that
    # picking always gives a tuple.
    places = (*best, *(place for _, place in others), 0, 0)
    second = tuple((name, len(names) + nth) for nth, (name, _) in enumerate(others))

    def read_cells(cells: Sequence[str]) -> Row:
        body = {name: said for name, said in zip(names, cells, strict=False) if said}
        for name, nth in second:
            if name not in body and cells[nth]:
                body[name] = cells[nth]
        return read(body, order, as_of)

    return Reader(places, read_cells)


def _written(form: Format, at: Mapping[str, int], order: DayOrder, as_of: str) -> Reader:
    """Return what reads a row of an export: its cells unguarded, by column."""
    own, names = exported(form, order, as_of), tuple(at)
    return Reader(
        (*at.values(), 0, 0),
        lambda cells: own(dict(zip(names, map(celltext.unguarded, cells), strict=False))),
    )


def exported(
    form: Format, order: DayOrder, as_of: str
) -> Callable[[Mapping[str, str]], Row]:
    """Return what reads a row, by column, that some register wrote, with the days of its fields."""

    def read(texts: Mapping[str, str]) -> Row:
        found = {
            name: said
            for name, columns in form.names.items()
            if (said := next(filter(None, (texts.get(one, "") for one in columns)), ""))
        }
        dated = texts.get(taken.AS_OF, "")
        days = taken.read_otherwise(texts.get(taken.OTHERWISE, ""))
        # What is no day would be newer than any, for good.
        if any(read_day(day, "unknown")[0] != day for day in (dated, *days.values())):
            return Unread(reason=told.REASON)
        row = form.read(found, order, dated or as_of)
        if isinstance(row, Sighting):
            row.mixed = {name: day for name, day in days.items() if name in row.body}
        return row

    return read


def day_cells(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the cells under columns of days, from which their order is told."""
    places = [at for at, cell in enumerate(header) if column(cell) in awards.DAY_COLUMNS]
    return [row[at] for row in rows if len(row) == len(header) for at in places]
