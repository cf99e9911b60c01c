"""For each act on what came from outside one that is allowed, and refused ones by safeguard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from beforehand.record import imported as i
from beforehand.record.acts import Act
from beforehand.record.shapes import Dropped
from tests.world import DIGEST, NOW, Step, record

if TYPE_CHECKING:
    from beforehand.record.fold import Record
    from beforehand.record.kinds import DecidedFact


def by(actor: str, fact: DecidedFact) -> Step:
    return Step(fact=fact, actor=actor)


FILE = i.FileImported(
    file=DIGEST,
    formats=("usaspending-transactions",),
    as_of=None,
    rows=10,
    created=4,
    completed=0,
    corrected=1,
    unchanged=2,
    older=1,
    refused=(Dropped(reason="header-repeated", rows=2),),
    flagged=(Dropped(reason="date-implausible", rows=1),),
    document=DIGEST,
)
CONFIRMED = i.LeadConfirmed(
    lead="lead-70ctd026fr0000001",
    award="70ctd026fr0000001",
    watched="babel-street",
    file=DIGEST,
    document=DIGEST,
)
DISMISSED = i.LeadDismissed(**msgspec.structs.asdict(CONFIRMED))
TAKEN = by("reviewer", FILE)

ALLOWED: dict[str, tuple[Record, Act]] = {
    "import-file": (record(), Act(actor="manager", fact=FILE)),
    "confirm-lead": (record((), TAKEN), Act(actor="watcher", fact=CONFIRMED)),
    "dismiss-lead": (record((), TAKEN), Act(actor="reviewer", fact=DISMISSED)),
}
REFUSED: dict[str, tuple[Record, Act, str]] = {
    "person.may-import": (record(), Act(actor="analyst", fact=FILE), NOW),
    "person.may-judge-lead": (
        record((), TAKEN),
        # Who buys does not say that a purchase needed no assessment.
        Act(actor="manager", fact=DISMISSED),
        NOW,
    ),
}
