"""For each act on sealed counts one that is allowed, and for each of its safeguards one refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from beforehand.record import counting as n
from beforehand.record.acts import Act
from tests.world import DIGEST, NOW, Step, record

if TYPE_CHECKING:
    from beforehand.record.acts import Json
    from beforehand.record.fold import Record
    from beforehand.record.kinds import DecidedFact

ITEMS = (
    n.Counted(
        disclosure="1" * 64,
        fiscal_year=2019,
        item_kind="contract",
        covered=False,
        amount=1000,
    ),
    n.Counted(
        disclosure="2" * 64,
        fiscal_year=2020,
        item_kind="database",
        covered=True,
        amount=None,
    ),
)
COMMITTED = n.CountCommitted(
    count="n-1", office="harbor", items=ITEMS, root=n.root_of(ITEMS), document=DIGEST
)
OPENED = n.CountOpened(count="n-1", number=1, document="1" * 64)
COMMITMENT = Step(fact=COMMITTED, actor="watcher")


def act(actor: str, fact: DecidedFact) -> Act:
    sealed: dict[str, Json] = {part: ["text"] for part in fact.sealed}
    return Act(actor=actor, fact=fact, sealed=sealed)


def until(*more: Step) -> Record:
    return record((), *more)


def opening(**changes: object) -> Act:
    return act("watcher", msgspec.structs.replace(OPENED, **changes))


ALLOWED: dict[str, tuple[Record, Act]] = {
    "commit-count": (until(), act("watcher", COMMITTED)),
    "open-count": (until(COMMITMENT), act("watcher", OPENED)),
}
REFUSED: dict[str, tuple[Record, Act, str]] = {
    "count.by-inspector-general": (until(COMMITMENT), act("chief", OPENED), NOW),
    "count.one-of-the-committed": (until(COMMITMENT), opening(document="3" * 64), NOW),
}
MORE_REFUSED: dict[str, tuple[str, Record, Act]] = {
    "a count by another": ("count.by-inspector-general", until(), act("chief", COMMITTED)),
    "one item for another": (
        "count.one-of-the-committed",
        until(COMMITMENT),
        opening(document="2" * 64),
    ),
    "one more than there are": (
        "count.one-of-the-committed",
        until(COMMITMENT),
        opening(number=3),
    ),
    "none": ("count.one-of-the-committed", until(COMMITMENT), opening(number=0)),
}
