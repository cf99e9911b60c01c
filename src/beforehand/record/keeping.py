"""The fold of what the register keeps for itself: keys, readers, holds, schedule, deletions."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from msgspec.structs import replace

from beforehand.record import custody as c
from beforehand.record.deletion import without

if TYPE_CHECKING:
    from beforehand.record.fold import Record
    from beforehand.record.recorded import Recorded


def keep(record: Record, fact: c.CustodyFact, entry: Recorded) -> None:  # noqa: C901  # one case a kind
    """Take one fact of custody into the Record."""
    at, by = entry.at, entry.actor
    match fact:
        case c.KeyAdded():
            record.log_keys[fact.key] = c.LogKey(key=fact.key, vkey=fact.vkey, added=at)
        case c.KeyRetired():
            founding = c.LogKey(key=fact.key, vkey=None, added=None)
            known = record.log_keys.get(fact.key, founding)
            record.log_keys[fact.key] = replace(known, retired=at)
        case c.ReaderNamed():
            named = c.NamedReader(public_key=fact.public_key, at=at, by=by)
            record.readers[fact.reader] = named
        case c.SealedOpened():
            record.count(fact.kind, fact.office, fact.reason, at)
        case c.HoldPlaced():
            record.holds[fact.hold] = c.Hold(on=fact.on, document=fact.document, at=at)
        case c.HoldLifted():
            record.holds[fact.hold] = replace(record.holds[fact.hold], lifted=at)
        case c.ScheduleSet():
            record.schedule = c.Schedule(days=fact.days, at=at, by=by)
        case c.DeletionDecided():
            record.deletions[fact.deletion] = c.Deletion(
                decided=fact, index=entry.index, by=by, at=at
            )
            of = record.opened or ""
            requests, questions = record.requests, record.questions
            processes = record.using.processes
            requests |= without(fact, requests, lambda one: one.asked, register=of)
            questions |= without(fact, questions, lambda one: one.admitted, register=of)
            processes |= without(fact, processes, lambda one: one.recorded, register=of)
        case c.DeletionProved():
            decided = record.deletions[fact.deletion]
            record.deletions[fact.deletion] = replace(decided, proved=at)
        case c.SealedAudited() | c.ClockStepped():
            pass  # they stand on the ledger; nothing is decided by them
        case _:
            assert_never(fact)
