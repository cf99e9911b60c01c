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
    named: DatasetNamed
    stopped: bool = False


class Threshold(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    filed: ThresholdFiled
    filed_by: str
    approved: str | None = None


class Approval(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    at: str
    by: str
    expires: str


class Assessment(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """`approvals` and `disclosed` are by digest: an edit voids them, undoing it restores them."""

    draft: AssessmentDrafted
    digest: str
    drafted_by: frozenset[str]
    submitted: frozenset[str] = frozenset()
    reviewed: Mapping[str, str] = msgspec.field(default_factory=dict)
    approvals: Mapping[str, Approval] = msgspec.field(default_factory=dict)
    approved_digest: str | None = None
    disclosed: Mapping[str, str] = msgspec.field(default_factory=dict)
    withdrawn: bool = False
    done: frozenset[str] = frozenset()

    @property
    def status(self) -> str:
        """One of the status words, without the day on which it lapses."""
        if self.withdrawn:
            return "Withdrawn"
        if self.digest in self.approvals:
            return "In force"
        return "In review" if self.digest in self.submitted else "Draft"


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
    adopted: ProceduresAdopted
    at: str


class Snapshot(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    taken: HoldingTaken
    at: str


class UseRequest(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """`opened` holds its sealed parts, as far as they could be opened.

    text      digest of the assessment's text and terms when the use was requested
    """

    asked: UseRequested
    by: str
    at: str
    text: str
    opened: Opened
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
    """Of one office and dataset: the last review, the first question since, and who asked."""

    reviewed: str | None = None
    unreviewed_since: str | None = None
    askers: frozenset[str] = frozenset()
