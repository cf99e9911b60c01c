"""Taking data in: an act like any other, decided before one row is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from beforehand.app import clock
from beforehand.app.registers import App
from beforehand.cells import Box
from beforehand.holdings.disk import Snapshot, take_in
from beforehand.holdings.manifest import TakeInTerms
from beforehand.ledger.durable import write_private
from beforehand.record.acts import Act
from beforehand.record.facts import HoldingTaken
from beforehand.record.shapes import Dropped
from beforehand.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date
    from pathlib import Path

    from beforehand.cells import Sightings
    from beforehand.holdings.places import PlaceList

ACCURACY_METRES = 200
UNREAD = "0" * 64  # stands for the digest until the rows are read; never on the ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What a supplier delivered, and under which contract and assessment it is taken in."""

    rows: Iterable[Sightings]
    chunks: int
    dataset: str
    office: str
    contract: str
    assessment: str
    first_day: date
    last_day: date


def hold(
    app: App,
    delivery: Delivery,
    *,
    actor: str,
    places: PlaceList,
    progress: Callable[[str, float], None],
) -> Snapshot:
    """Take a delivery in as a snapshot, and put its digest and counts on the ledger.

    Decided twice: before the first row is read, and again when the snapshot is recorded.
    Raises Refusal (recorded), InputError.
    """
    terms = app.view().assessments[delivery.assessment].draft.terms
    cut = TakeInTerms(
        level=terms.finest_grid,
        step=terms.finest_step,
        area=Box(level=0, columns=terms.area.columns, rows=terms.area.rows),
        first_day=delivery.first_day,
        last_day=delivery.last_day,
        accuracy_metres=ACCURACY_METRES,
    )
    blank = HoldingTaken(
        snapshot=UNREAD,
        dataset=delivery.dataset,
        office=delivery.office,
        contract=delivery.contract,
        assessment=delivery.assessment,
        first_day=delivery.first_day.isoformat(),
        last_day=delivery.last_day.isoformat(),
        grid=cut.level,
        step=cut.step,
        places=places.name,
        rows_read=0,
        rows_stored=0,
        dropped=(),
    )
    require(app, Act(actor=actor, fact=blank))
    snapshot = take_in(
        delivery.rows,
        dataset=delivery.dataset,
        terms=cut,
        key=_dataset_key(app.settings.private, delivery.dataset),
        places=places,
        root=app.settings.snapshots,
        progress=progress,
        expected_chunks=delivery.chunks,
    )
    counted = snapshot.manifest
    dropped = {**counted.dropped, "merged": counted.rows_merged}
    fact = msgspec.structs.replace(
        blank,
        snapshot=snapshot.digest,
        rows_read=counted.rows_read,
        rows_stored=counted.rows_stored,
        dropped=tuple(Dropped(reason=why, rows=dropped[why]) for why in sorted(dropped)),
    )
    app.submit(Act(actor=actor, fact=fact))
    return snapshot


def require(app: App, act: Act) -> None:
    """Raise the Refusal that `act` would meet now, and record it; write nothing otherwise."""

    def job() -> Refusal | None:
        at = app.next_time()
        decision = app.decide(act, at=at)
        return None if decision.allowed else app.refused(act, decision, at=at)

    refusal = app.in_turn(job)
    if refusal is not None:
        raise refusal


def _dataset_key(private: Path, dataset: str) -> bytes:
    """Return the key of a dataset's pseudonyms, made when it is first needed."""
    folder = private / "datasets"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{dataset}.key"
    if not path.exists():
        write_private(path, clock.key())
    return path.read_bytes()
