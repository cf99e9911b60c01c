"""What the program notes of itself: silence past its date, and live checks that came to fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from beforehand.app import clock
from beforehand.app.importing import shelf_of
from beforehand.app.prose import plain_texts, words
from beforehand.app.walking import Walk
from beforehand.oversight import answering as told
from beforehand.oversight.live_checks import reopens
from beforehand.oversight.live_trace import Failing, Trace
from beforehand.oversight.standing import (
    ListedTold,
    ReportedTold,
    ReportTold,
    listed,
    reported,
    reports,
)
from beforehand.record.answering import CheckFailed, QuerySilent
from beforehand.record.fold import Record
from beforehand.record.recorded import Recorded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beforehand.app.registers import App
    from beforehand.record.view import RecordView


class Silence(msgspec.Struct, frozen=True, kw_only=True):
    """A question that nobody answered in time. `entry`: the number of its entry; null if none."""

    query: str
    office: str
    days: int
    entry: int | None


class Reopening(msgspec.Struct, frozen=True, kw_only=True):
    """A recommendation that its live check reopened, and what failed."""

    recommendation: str
    office: str
    failing: Failing
    entry: int | None


class Overseen(msgspec.Struct, frozen=True, kw_only=True):
    """`dry_run`: nothing was written, and this is what would be."""

    register: str
    at: str
    dry_run: bool
    silent: tuple[Silence, ...]
    reopened: tuple[Reopening, ...]


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How recommendations and commitments stand.

    recommendations   made in this register; `reported`: in its case file
    listed            in lists of others that were imported
    """

    register: str
    at: str
    reports: tuple[ReportTold, ...]
    recommendations: tuple[told.RecommendationTold, ...]
    reported: tuple[ReportedTold, ...]
    listed: tuple[ListedTold, ...]
    commitments: tuple[told.CommitmentTold, ...]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The questions put to offices, and the counts of redress."""

    register: str
    at: str
    queries: tuple[told.QueryTold, ...]
    redress: tuple[told.RedressCount, ...]


def standing(app: App) -> Standing:
    """Return how every recommendation and commitment stands now. Cost: a walk over the ledger."""
    walk = _Walk(app)
    walk.on()
    at = app.in_turn(app.next_time)
    return Standing(
        register=app.settings.register,
        at=at,
        reports=reports(walk.record),
        recommendations=recommendations(app, walk.record, walk.trace, at),
        reported=reported_recommendations(app, walk.record, at),
        listed=_listed(app),
        commitments=told.commitments(walk.record, at),
    )


def recommendations(
    app: App, view: RecordView, trace: Trace, at: str
) -> tuple[told.RecommendationTold, ...]:
    """Return the recommendations made in the register, with their texts."""
    every = (one.made.document for one in view.answering.recommendations.values())
    known = plain_texts(app, filter(None, every))
    return told.recommendations(view, trace, at, texts=known)


def reported_recommendations(
    app: App, view: RecordView, at: str
) -> tuple[ReportedTold, ...]:
    """Return the recommendations that the register's case file reports, with their texts."""
    if not view.reported.recommendations:
        return ()
    known = {item: said.get("text") for item, said in words(app).items()}
    return reported(view.reported, at, known)


def _listed(app: App) -> tuple[ListedTold, ...]:
    if not app.view().imported.files:
        return ()
    with shelf_of(app) as shelf:
        return listed(shelf.things("recommendation"))


def asked(app: App) -> Asked:
    """Return every question put to an office, and the counts of redress, now."""
    view = app.view()
    at = app.in_turn(app.next_time)
    return Asked(
        register=app.settings.register,
        at=at,
        queries=told.queries(view, at),
        redress=told.redress(view.answering, at),
    )


def oversee(app: App, *, dry_run: bool = False) -> Overseen:
    """Note every silence and every failed live check that is not on the ledger yet.

    Done twice it notes nothing new. Cost: a walk over the ledger, without holding it up.
    """
    walk = _Walk(app)
    walk.on()

    def job() -> Overseen:
        app.current()
        walk.on()  # what came meanwhile
        return Overseen(
            register=app.settings.register,
            at=app.next_time(),
            dry_run=dry_run,
            silent=tuple(_silences(app, walk.record, dry_run=dry_run)),
            reopened=tuple(_reopenings(app, walk, dry_run=dry_run)),
        )

    return app.in_turn(job)


class _Walk(Walk):
    """A walk that keeps what live checks need."""

    def __init__(self, app: App) -> None:
        super().__init__(app, self._see)
        self.record, self.trace = Record(), Trace()

    def _see(self, entry: Recorded) -> None:
        self.trace.take(self.record, entry)
        self.record.apply(entry)


def _silences(app: App, view: RecordView, *, dry_run: bool) -> Iterator[Silence]:
    for name, known in view.answering.queries.items():
        at = app.next_time()
        if known.silent is None and known.state(at) == "overdue":
            fact = QuerySilent(query=name, days=known.days(at))
            entry = None if dry_run else _note(app, fact, at)
            office = known.lodged.office
            yield Silence(query=name, office=office, days=fact.days, entry=entry)


def _reopenings(app: App, walk: _Walk, *, dry_run: bool) -> Iterator[Reopening]:
    for name, known in walk.record.answering.recommendations.items():
        at = app.next_time()
        failing = reopens(walk.record, walk.trace, known, at)
        if failing is not None:
            fact = CheckFailed(recommendation=name, entry=failing.id)
            entry = None if dry_run else _note(app, fact, at)
            yield Reopening(
                recommendation=name, office=known.made.office, failing=failing, entry=entry
            )


def _note(app: App, fact: QuerySilent | CheckFailed, at: str) -> int:
    """Append what follows of itself, at the very moment for which it was found to be so."""
    return app.append(fact, actor=clock.PROGRAM, at=at, decision=None).entry
