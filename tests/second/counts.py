"""What must be so to commit to a sealed count, and to open an item of one."""

from __future__ import annotations

from beforehand.record import counting as n
from tests.second.case import Case, rule


@rule("count.by-inspector-general")
def inspector_general_counts(case: Case) -> bool | None:
    fact = case.act.fact
    if isinstance(fact, n.CountCommitted):
        return "inspector_general" in case.posts({fact.office})
    if not isinstance(fact, n.CountOpened):
        raise TypeError(fact)
    office = case.record.counting.counts[fact.count].committed.office
    return "inspector_general" in case.posts({office})


@rule("count.one-of-the-committed")
def shows_what_was_committed_to(case: Case) -> bool | None:
    """The item of that very number, the first being 1."""
    fact = case.act.fact
    if not isinstance(fact, n.CountOpened):
        raise TypeError(fact)
    items = case.record.counting.counts[fact.count].committed.items
    numbered = dict(enumerate((one.disclosure for one in items), start=1))
    return numbered.get(fact.number) == fact.document
