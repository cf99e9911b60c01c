"""What acts on sealed counts put to the safeguards."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from beforehand.record import counting as n

if TYPE_CHECKING:
    from beforehand.policy.asker import Asker


def of_counting(asker: Asker, fact: n.AnyCountingFact) -> None:
    match fact:
        case n.CountCommitted():
            asker.roles(fact.office)
        case n.CountOpened():
            known = asker.view.counting.counts[fact.count]
            asker.roles(known.committed.office)
            asker.context["opens"] = n.opens(known, fact.number, fact.document)
        case _:
            assert_never(fact)
