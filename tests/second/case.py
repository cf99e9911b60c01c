"""One act at one moment on one Record, and what the second procedure reads of the three.

Everything is worked out here anew from the Record's states and from the act. Nothing comes
from `policy`: where the two procedures agree, they agree independently.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cached_property
from typing import TypeAlias

import msgspec

from beforehand.record import facts as f
from beforehand.record.acts import Act
from beforehand.record.buying import SolicitationIssued
from beforehand.record.kinds import DecidedFact
from beforehand.record.state import Assessment, Contract, Person, Threshold, UseRequest
from beforehand.record.terms import Asked
from beforehand.record.view import RecordView
from tests.second.days import moment, start

STAFF = ("privacy_office", "counsel", "inspector_general", "civil_liberties")


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """What an act on data says it is: whose, for what, on which data, relying on what."""

    office: str
    purpose: str
    datasets: tuple[str, ...]
    assessment: str | None
    request: str | None = None
    snapshot: str | None = None
    contract: str | None = None


class Case:
    def __init__(self, record: RecordView, act: Act, at: str) -> None:
        self.record, self.act, self.at = record, act, at
        self.now: datetime = moment(at)
        self.today: datetime = start(at[:10])

    # -- offices and people --------------------------------------------------------------

    def up(self, office: str) -> set[str]:
        """The office, and every office that it belongs to."""
        found: set[str] = set()
        here: str | None = office
        while here is not None and here in self.record.offices and here not in found:
            found.add(here)
            here = self.record.offices[here].parent
        return found

    def related(self, office: str) -> set[str]:
        """The office, those above it, and those under it."""
        under = {one for one in self.record.offices if office in self.up(one)}
        return under | self.up(office)

    @cached_property
    def who(self) -> Person | None:
        return self.record.persons.get(self.act.actor)

    @cached_property
    def counts_as(self) -> set[str]:
        """The actor, and whoever the actor acts for today, also at second hand."""
        day = self.at[:10]
        found = {self.act.actor}
        more = True
        while more:
            reached = {
                one.of
                for one in self.record.people.authorities.values()
                if one.of is not None
                and one.person in found
                and one.ended is None
                and one.first_day <= day <= one.last_day
            }
            more = not reached <= found
            found |= reached
        return found

    def posts(self, offices: Iterable[str] | None) -> set[str]:
        """The posts that the actor holds for any of these offices, or for any at all.

        A post counts for its office and all under it. One in a staff office is a post for
        what that office belongs to.
        """
        for_these = None if offices is None else set().union(*map(self.up, offices))
        return {
            post
            for office, post in self._held()
            if for_these is None or self._serves(office) in for_these
        }

    def posts_in(self, office: str) -> set[str]:
        """The posts that the actor holds in this very office, and in no other."""
        return {post for one, post in self._held() if one == office}

    def _serves(self, office: str) -> str:
        known = self.record.offices[office]
        return known.parent if known.kind in STAFF and known.parent else office

    def _held(self) -> Iterable[tuple[str, str]]:
        """Own posts; posts as an acting official; and delegated ones the giver still has."""
        day = self.at[:10]
        persons = self.record.persons
        if self.who is not None:
            for office, roles in self.who.roles.items():
                yield from ((office, one) for one in roles)
        for given in self.record.people.authorities.values():
            if given.person != self.act.actor or given.ended is not None:
                continue
            if not given.first_day <= day <= given.last_day:
                continue
            for one in given.roles:
                giver = None if given.of is None else persons.get(given.of)
                if given.of is None or (giver and one in giver.roles.get(given.office, ())):
                    yield given.office, one

    # -- data ----------------------------------------------------------------------------

    def with_carried(self, datasets: Iterable[str]) -> set[str]:
        """The datasets, and all that is re-hosted inside them, at any depth."""
        found: set[str] = set()
        todo = set(datasets)
        while todo:
            found |= todo
            inner = {
                each
                for one in todo
                if one in self.record.datasets
                for each in self.record.datasets[one].named.carries
            }
            todo = inner - found
        return found

    @cached_property
    def claim(self) -> Claim:
        """What the act says; for a decision on a use what was requested."""
        match self.act.fact:
            case SolicitationIssued() | f.ContractAwarded() as fact:
                return Claim(
                    office=fact.office,
                    purpose=fact.purpose,
                    datasets=fact.datasets,
                    assessment=fact.assessment,
                )
            case f.ContractModified() as fact:
                of = self.record.contracts[fact.contract].awarded
                return Claim(
                    office=of.office,
                    purpose=of.purpose,
                    datasets=fact.datasets,
                    assessment=fact.assessment,
                )
            case f.HoldingTaken() as fact:
                return Claim(
                    office=fact.office,
                    purpose=self.record.contracts[fact.contract].awarded.purpose,
                    datasets=(fact.dataset,),
                    assessment=fact.assessment,
                    contract=fact.contract,
                )
            case f.UseApproved() | f.UseConcurred() as fact:
                asked = self.record.requests[fact.request].asked
                return Claim(
                    office=asked.office,
                    purpose=asked.purpose,
                    datasets=(asked.dataset,),
                    assessment=asked.assessment,
                    request=fact.request,
                )
            case f.QuestionAdmitted() as fact:
                return _of_question(fact)
            case f.QuestionAnswered() as fact:
                return _of_question(self.record.questions[fact.question].admitted)
            case other:
                raise TypeError(other)

    @cached_property
    def carried(self) -> set[str]:
        return self.with_carried(self.claim.datasets)

    @property
    def assessment(self) -> Assessment | None:
        name = self.claim.assessment
        return None if name is None else self.record.assessments[name]

    @property
    def threshold(self) -> Threshold | None:
        if self.assessment is None:
            return None
        return self.record.thresholds[self.assessment.draft.threshold]

    @property
    def request(self) -> UseRequest | None:
        name = self.claim.request
        return None if name is None else self.record.requests[name]

    @property
    def contract(self) -> Contract | None:
        """The contract that the data came under; none where the snapshot is of other data."""
        name = self.claim.contract
        if self.claim.snapshot is not None:
            taken = self.record.snapshots[self.claim.snapshot].taken
            name = taken.contract if taken.dataset in self.claim.datasets else None
        return None if name is None else self.record.contracts[name]

    @cached_property
    def form(self) -> Asked | None:
        """How a question is asked, where its sealed form can be read."""
        match self.act.fact:
            case f.QuestionAdmitted():
                found = self.act.sealed.get("form")
                return None if found is None else msgspec.convert(found, Asked)
            case f.QuestionAnswered() as fact:
                return self.record.questions[fact.question].form
            case _:
                return None


def _of_question(fact: f.QuestionAdmitted) -> Claim:
    return Claim(
        office=fact.office,
        purpose=fact.purpose,
        datasets=(fact.dataset,),
        assessment=fact.assessment,
        request=fact.request,
        snapshot=fact.snapshot,
    )


def text(fact: DecidedFact, field: str) -> str:
    """Return a field that every fact of the act's kind has, and that is always said."""
    found = getattr(fact, field)
    if not isinstance(found, str):
        raise TypeError(fact)
    return found


Rule: TypeAlias = Callable[[Case], bool | None]
"""Whether a safeguard is met; None where a fact that it needs is not on record."""

RULES: dict[str, Rule] = {}


def rule(name: str) -> Callable[[Rule], Rule]:
    """Enter a predicate under the id of its safeguard."""

    def enter(found: Rule) -> Rule:
        if name in RULES:
            raise KeyError(name)
        RULES[name] = found
        return found

    return enter
