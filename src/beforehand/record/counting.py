"""Facts about sealed counts: so many items, committed to one by one, each with public predicates.

Whoever has the entry verifies the count and the sums, and no name. What an item is stays in its
disclosure, which is a sealed part; it is opened by showing a text whose SHA-256 was committed to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from typing import Literal, TypeAlias, assert_never

import msgspec
from msgspec.structs import replace

from beforehand.ledger.merkle import leaf_hash
from beforehand.ledger.merkle import root as tree_root
from beforehand.record.checks import at_most, known, new, no
from beforehand.record.shapes import Fact

ItemKind = Literal["contract", "database", "other"]
MOST_ITEMS = 200


class Counted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is public of one item.

    disclosure    SHA-256 of the text that discloses it, in hex: the commitment
    fiscal_year   of the United States: 2019 ends on 30 September 2019
    covered       whether an approved assessment covered it
    amount        in whole US dollars; null where it is not told
    """

    disclosure: str
    fiscal_year: int
    item_kind: ItemKind
    covered: bool
    amount: int | None


class CountingFact(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fact of this group."""


class CountCommitted(CountingFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A counted set of items of an office. Sealed: `disclosures`, one for each, in order.

    root   of the tree over the commitments (`root_of`): it names the whole set
    """

    kind, act, about = "count.committed", "commit-count", "count"
    sealed = ("disclosures",)
    count: str
    office: str
    items: tuple[Counted, ...]
    root: str
    document: str


class CountOpened(CountingFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One item is disclosed. `document` is its disclosure, and its digest the commitment."""

    kind, act, about = "count.opened", "open-count", "count"
    count: str
    number: int
    document: str


AnyCountingFact: TypeAlias = CountCommitted | CountOpened


class Count(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """`opened`: number of an item, the first being 1 -> the digest of its disclosure."""

    committed: CountCommitted
    at: str
    entry: int
    opened: Mapping[int, str] = msgspec.field(default_factory=dict)


class Counting:
    """Sealed counts, by id."""

    def __init__(self) -> None:
        self.counts: dict[str, Count] = {}

    def apply(self, fact: AnyCountingFact, *, at: str, entry: int) -> None:
        match fact:
            case CountCommitted():
                self.counts[fact.count] = Count(committed=fact, at=at, entry=entry)
            case CountOpened():
                found = self.counts[fact.count]
                opened = {**found.opened, fact.number: fact.document}
                self.counts[fact.count] = replace(found, opened=opened)
            case _:
                assert_never(fact)


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """What anyone can add up. `amount` is of those items that tell it: `told` of them."""

    items: int
    uncovered: int
    by_year: Mapping[str, int]
    by_kind: Mapping[str, int]
    amount: int
    told: int


def totals(items: Iterable[Counted]) -> Totals:
    every = tuple(items)
    amounts = [one.amount for one in every if one.amount is not None]
    return Totals(
        items=len(every),
        uncovered=sum(not one.covered for one in every),
        by_year=dict(sorted(Counter(str(one.fiscal_year) for one in every).items())),
        by_kind=dict(sorted(Counter(str(one.item_kind) for one in every).items())),
        amount=sum(amounts),
        told=len(amounts),
    )


def root_of(items: Iterable[Counted]) -> str:
    """Return the RFC 6962 root over the commitments, each a leaf of 32 bytes, in hex."""
    return tree_root([leaf_hash(bytes.fromhex(one.disclosure)) for one in items]).hex()


def opens(count: Count, number: int, document: str) -> bool:
    """Whether a disclosure is that of the item of that number: one of those committed to."""
    items = count.committed.items
    return 1 <= number <= len(items) and items[number - 1].disclosure == document


def check_counting(
    offices: Container[str], counting: Counting, fact: AnyCountingFact
) -> None:
    """Check that a fact about a count is possible now. Raises GrammarError."""
    match fact:
        case CountCommitted():
            new("count", fact.count, counting.counts)
            known("office", fact.office, offices)
            if not fact.items:
                no("items", "at least one item", "none")
            at_most("items", len(fact.items), MOST_ITEMS)
            if len({one.disclosure for one in fact.items}) < len(fact.items):
                no("items", "each item once", "one of them again")
            if fact.root != root_of(fact.items):
                no("root", f"the root of the items, {root_of(fact.items)}", fact.root)
        case CountOpened():
            known("count", fact.count, counting.counts)
            if fact.number in counting.counts[fact.count].opened:
                no("number", "an item that is not opened yet", str(fact.number))
        case _:
            assert_never(fact)
