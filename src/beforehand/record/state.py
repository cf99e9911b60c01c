"""What the Record keeps of each thing: frozen values, replaced when a fact changes them.

They compare by identity: a value is itself for as long as nothing about its thing changed,
so what is worked out from it can be kept.

A moment is text as the ledger writes it (UTC, six decimals); a day is an ISO day. Both
compare as text, since each has one spelling.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from beforehand.ledger.times import midnight
from beforehand.record.facts import (
    AssessmentDrafted,
    ContractAwarded,
    DatasetNamed,
    HoldingTaken,
    ProceduresAdopted,
    QuestionAdmitted,
    SupplierEvidenced,
    ThresholdFiled,
    UseRequested,
)
from beforehand.record.reviewing import Body, Outcome
from beforehand.record.shapes import OfficeKind, Opened, Role
from beforehand.record.terms import Area, Asked


def text_digest(draft: AssessmentDrafted) -> str:
    """Return the digest of an assessment's exact text (by its digest), terms and basis, in hex.

    Everything that the draft says is bound: an approval cannot be carried over to another
    threshold analysis, office or term.
    """
    return hashlib.sha256(msgspec.json.encode(draft, order="sorted")).hexdigest()


class Office(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    office: str
    kind: OfficeKind
    parent: str | None


class Person(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """`roles` by office; the three moments are of the latest such fact, or None."""

    person: str
    individual: bool
    roles: Mapping[str, frozenset[Role]]
    trained: str | None = None
    rules_signed: str | None = None
    recertified: str | None = None


class Dataset(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """`stopped`: when the stop was ordered that stands; None where none does."""

    named: DatasetNamed
    stopped: str | None = None


class Threshold(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """`filers`: everyone who counts as having filed it. A revoked approval stays on record."""

    filed: ThresholdFiled
    filed_by: str
    filers: frozenset[str]
    approved: str | None = None
    revoked: str | None = None


class Approval(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """The newest of one text.

    first    when this very text was first approved
    office   whose assessment it was, by the text that was approved
    """

    at: str
    by: str
    expires: str
    first: str
    office: str


class Assessment(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What is by digest is of one text: an edit voids it, undoing the edit restores it.

    reviewers   by digest, everyone who counts as its reviewer
    opinions    by digest, the outcome by body
    delays      mitigation -> the day until which the approver accepts its delay
    """

    draft: AssessmentDrafted
    digest: str
    drafted_by: frozenset[str]
    submitted: frozenset[str] = frozenset()
    reviewed: Mapping[str, str] = msgspec.field(default_factory=dict)
    endorsed: Mapping[str, str] = msgspec.field(default_factory=dict)
    reviewers: Mapping[str, frozenset[str]] = msgspec.field(default_factory=dict)
    returned: Mapping[str, str] = msgspec.field(default_factory=dict)
    opinions: Mapping[str, Mapping[Body, Outcome]] = msgspec.field(default_factory=dict)
    approvals: Mapping[str, Approval] = msgspec.field(default_factory=dict)
    approved_digest: str | None = None
    disclosed: Mapping[str, str] = msgspec.field(default_factory=dict)
    published: frozenset[str] = frozenset()
    withdrawn: bool = False
    successor: str | None = None
    done: frozenset[str] = frozenset()
    delays: Mapping[str, str] = msgspec.field(default_factory=dict)

    @property
    def status(self) -> str:
        """One of the status words, without the day on which it lapses."""
        if self.withdrawn:
            return "Withdrawn"
        if self.digest in self.approvals:
            return "In force"
        return "In review" if self.digest in self.submitted else "Draft"

    @property
    def stage(self) -> str:
        """Where the text as it stands is on its way, in the words of its life."""
        if self.withdrawn:
            return "superseded" if self.successor else "withdrawn"
        reached = (
            (self.digest in self.published, "published"),
            (self.digest in self.disclosed, "withheld"),
            (self.digest in self.approvals, "approved"),
            (self.digest in self.reviewed, "reviewed by the privacy office"),
            (self.digest in self.endorsed, "in privacy-office review"),
            (self.digest in self.submitted, "in component review"),
            (self.digest in self.returned, "changes asked"),
        )
        return next((word for is_so, word in reached if is_so), "draft")

    def due(self, mitigation: str, day: str) -> str:
        """Return the day by which a mitigation is to be done, its accepted delay counted."""
        return max(day, self.delays.get(mitigation, day))


class Contract(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    awarded: ContractAwarded
    awarded_at: str
    datasets: tuple[str, ...]
    ends: str
    assessment: str | None
    modified_at: tuple[str, ...] = ()
    ended: str | None = None


class Evidence(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    filed: SupplierEvidenced
    at: str


class Procedures(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """`earlier`: those that they are to take the place of, once their day has come."""

    adopted: ProceduresAdopted
    at: str
    earlier: Procedures | None = None

    @property
    def since(self) -> str:
        """The moment from which they are in force: a day's midnight, never before they stood."""
        return max(midnight(self.adopted.in_force_from), self.at)

    def standing(self, at: str) -> Procedures:
        """Return the newest of them in force at a moment; where none is, the newest."""
        one: Procedures | None = self
        while one is not None and one.since > at:
            one = one.earlier
        return one or self


class Snapshot(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    taken: HoldingTaken
    at: str


class UseRequest(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """`opened` holds its sealed parts, as far as they could be opened.

    text        digest of the assessment's text and terms when the use was requested
    requesters  everyone who counts as the requester; `deciders` likewise
    """

    asked: UseRequested
    by: str
    at: str
    text: str
    opened: Opened
    requesters: frozenset[str]
    deciders: frozenset[str] = frozenset()
    approved_by: str | None = None
    concurred_by: str | None = None

    @property
    def area(self) -> Area | None:
        found = self.opened.get("area")
        return None if found is None else msgspec.convert(found, Area)

    @property
    def has_case(self) -> bool | None:
        return bool(self.opened["case"]) if "case" in self.opened else None


class OpenQuestion(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Admitted and neither answered nor withheld yet."""

    admitted: QuestionAdmitted
    by: str
    at: str
    index: int
    opened: Opened

    @property
    def form(self) -> Asked | None:
        found = self.opened.get("form")
        return None if found is None else msgspec.convert(found, Asked)


class Spent(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    rho_micro: int = 0
    delta_e15: int = 0


class UseLog(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Of one office and dataset: the last review, the first question since, and who asked.

    sampled     when a sample was last drawn; `later` is the first question after it, and
                `later_askers` who asked: a review of the sample leaves these unreviewed
    """

    reviewed: str | None = None
    unreviewed_since: str | None = None
    askers: frozenset[str] = frozenset()
    sampled: str | None = None
    later: str | None = None
    later_askers: frozenset[str] = frozenset()

    def asked(self, by: str, at: str) -> UseLog:
        """Return the log with one more question; the same one where it changes nothing."""
        if self.unreviewed_since is None or by not in self.askers:
            since = self.unreviewed_since or at
            return replace(  # noqa: SLF001
                self, unreviewed_since=since, askers=self.askers | {by}
            )._later(by, at)
        if self.sampled is not None and (self.later is None or by not in self.later_askers):
            return self._later(by, at)
        return self

    def _later(self, by: str, at: str) -> UseLog:
        if self.sampled is None:
            return self
        return replace(self, later=self.later or at, later_askers=self.later_askers | {by})

    def drawn(self, at: str) -> UseLog:
        return replace(self, sampled=at, later=None, later_askers=frozenset())

    def read(self, at: str) -> UseLog:
        """Return the log after a review of the newest sample, or of all where none was drawn."""
        return UseLog(reviewed=at, unreviewed_since=self.later, askers=self.later_askers)
