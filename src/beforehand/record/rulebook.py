"""Facts about safeguard sets before and after adoption, and which sets are in force when.

A set is proposed with a written reason, approved by another person, and adopted from a day on.
The department's set binds every office; an office's own set is added to it, and may be
withdrawn again. Each office has at most one set of its own in force: the next takes its place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias, assert_never

import msgspec
from msgspec.structs import replace

from beforehand.ledger.entry import canonical
from beforehand.ledger.times import midnight
from beforehand.record.shapes import Fact

if TYPE_CHECKING:
    from beforehand.record.facts import SafeguardsAdopted
    from beforehand.record.view import RecordView


class RulebookFact(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fact of this group."""


class SafeguardsProposed(
    RulebookFact, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """A set is proposed for an office, and all under it. `document` is the written reason."""

    kind, act, about = "safeguards.proposed", "propose-safeguards", "policies"
    policies: str
    office: str
    in_force_from: str
    document: str


class SafeguardsApproved(
    RulebookFact, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """The proposal of this very text for this office, with its day, is approved."""

    kind, act, about = "safeguards.approved", "approve-safeguards", "policies"
    policies: str
    office: str


class SafeguardsWithdrawn(
    RulebookFact, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """A proposal is taken back; or else an adopted set ends, or never comes into force."""

    kind, act, about = "safeguards.withdrawn", "withdraw-safeguards", "policies"
    policies: str
    office: str


AnyRulebookFact: TypeAlias = SafeguardsProposed | SafeguardsApproved | SafeguardsWithdrawn

# -- what the Record keeps of them -------------------------------------------------------


class Proposal(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """`proposers`: everyone who counts as having proposed it."""

    made: SafeguardsProposed
    by: str
    at: str
    proposers: frozenset[str]
    approved: str | None = None
    approved_by: str | None = None


class Adopted(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A set that an office adopted.

    since   the moment from which it is in force, as the ledger writes it
    ended   when it was withdrawn; one that never came into force was withdrawn before `since`
    """

    policies: str
    office: str
    by: str
    at: str
    since: str
    ended: str | None = None

    def begun(self, at: str) -> bool:
        """Whether it has come into force by a moment, and was not withdrawn before it did."""
        return self.since <= at and (self.ended is None or self.since <= self.ended)

    def stands(self, at: str) -> bool:
        return self.ended is None or self.ended > at


class Rulebook:
    """Pending proposals by digest and office, and by office the sets it adopted, oldest first."""

    def __init__(self) -> None:
        self.department = ""
        self.proposals: dict[tuple[str, str], Proposal] = {}
        self.adopted: dict[str, tuple[Adopted, ...]] = {}

    def apply(
        self, fact: AnyRulebookFact, *, by: str, at: str, stood: frozenset[str]
    ) -> None:
        key = fact.policies, fact.office
        match fact:
            case SafeguardsProposed():
                made = Proposal(made=fact, by=by, at=at, proposers=stood)
                self.proposals[key] = made
            case SafeguardsApproved():
                made = replace(self.proposals[key], approved=at, approved_by=by)
                self.proposals[key] = made
            case SafeguardsWithdrawn():
                if self.proposals.pop(key, None) is None:
                    self._end(fact, at)
            case _:
                assert_never(fact)

    def adopt(self, fact: SafeguardsAdopted, *, by: str, at: str) -> None:
        """Take an adoption; what was proposed is no longer pending."""
        office, day = self.adopts(fact)
        self.proposals.pop((fact.policies, office), None)
        since = at if day is None else max(at, midnight(day))
        taken = Adopted(policies=fact.policies, office=office, by=by, at=at, since=since)
        self.adopted[office] = (*self.adopted.get(office, ()), taken)

    def adopts(self, fact: SafeguardsAdopted) -> tuple[str, str | None]:
        """Return for which office a set is adopted, and from which day; None for at once."""
        office: str | None = getattr(fact, "office", None)  # kv 1 has neither field
        return office or self.department, getattr(fact, "in_force_from", None)

    def proposal(
        self, policies: str, *, office: str, day: str | None = None
    ) -> Proposal | None:
        """Return the pending proposal of a set; with `day`, only if it names that day."""
        known = self.proposals.get((policies, office))
        matches = known is not None and day in (None, known.made.in_force_from)
        return known if matches else None

    def newest(self, office: str, at: str) -> Adopted | None:
        """Return the office's own set that is in force at `at`: the last to have begun.

        One that ended leaves none: what was before it does not come back.
        """
        begun = [one for one in self.adopted.get(office, ()) if one.begun(at)]
        # Of two that begin at one moment the later adopted counts: `max` keeps the first.
        last = max(reversed(begun), key=lambda one: one.since, default=None)
        return last if last is not None and last.stands(at) else None

    def coming(self, office: str, at: str) -> Iterator[Adopted]:
        """Yield the office's sets that are adopted and not in force yet."""
        for one in self.adopted.get(office, ()):
            if one.since > at and one.stands(at):
                yield one

    def standing(self, office: str, at: str) -> tuple[Adopted, ...]:
        """Return the office's set that is in force, and those to come."""
        newest = self.newest(office, at)
        return (*((newest,) if newest else ()), *self.coming(office, at))

    def ending(self, policies: str, *, office: str, at: str) -> Adopted | None:
        """Return which adopted set a withdrawal ends: the last of this digest that stands.

        Never the department's set in force: another may take its place, but never none.
        """
        stands = [
            one
            for one in self.standing(office, at)
            if one.policies == policies and (office != self.department or one.since > at)
        ]
        return stands[-1] if stands else None

    def _end(self, fact: SafeguardsWithdrawn, at: str) -> None:
        ending = self.ending(fact.policies, office=fact.office, at=at)
        self.adopted[fact.office] = tuple(
            replace(one, ended=at) if one is ending else one
            for one in self.adopted.get(fact.office, ())
        )


# -- which sets decide -------------------------------------------------------------------


def in_force(view: RecordView, office: str | None, at: str) -> tuple[str, ...]:
    """Return the digests of the sets that decide an act of `office` at a moment."""
    return tuple(one.policies for one in deciding(view, office, at))


def deciding(view: RecordView, office: str | None, at: str) -> tuple[Adopted, ...]:
    """Return the sets that decide an act of `office` at a moment.

    First the department's, and then what each office adds that `office` belongs to, its own
    last. Empty where the department has none yet.

    office   None for an act that is no office's: the department's set alone
    """
    if view.department is None:
        return ()
    above = () if office is None else reversed(view.above(office))
    chain = (view.department, *(one for one in above if one != view.department))
    found = [view.rulebook.newest(one, at) for one in chain]
    return () if found[0] is None else tuple(one for one in found if one is not None)


def composition(parts: Iterable[str]) -> bytes:
    """Return the text whose SHA-256 names the composition of several sets: their digests."""
    return canonical(list(parts))


def name_of(parts: tuple[str, ...]) -> str:
    """Return how a decision names the sets that it was made by: one goes by its own digest."""
    if len(parts) == 1:
        return parts[0]
    return hashlib.sha256(composition(parts)).hexdigest()
