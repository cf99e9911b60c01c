"""What the Record keeps of each thing: frozen values, replaced when a fact changes them.

They compare by identity: a value is itself for as long as nothing about its thing changed,
so what is worked out from it can be kept.

A moment is text as the ledger writes it (UTC, six decimals); a day is an ISO day. Both
compare as text, since each has one spelling.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

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
from beforehand.record.shapes import OfficeKind, Role
from beforehand.record.terms import Area, Asked


def text_digest(draft: AssessmentDrafted) -> str:
    """Return the digest of an assessment's exact text (by its digest), terms and basis, in hex.

    Everything that the draft says is bound: an approval cannot be carried over to another
    threshold analysis, office or term.
    """
    return hashlib.sha256(msgspec.json.encode(draft, order="sorted")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Office:
    office: str
    kind: OfficeKind
    parent: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Person:
    """`roles` by office; the three moments are of the latest such fact, or None."""

    person: str
    individual: bool
    roles: Mapping[str, frozenset[Role]]
    trained: str | None = None
    rules_signed: str | None = None
    recertified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dataset:
    named: DatasetNamed
    stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Threshold:
    filed: ThresholdFiled
    filed_by: str
    approved: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Approval:
    at: str
    by: str
    expires: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Assessment:
    """`approvals` and `disclosed` are by digest: an edit voids them, undoing it restores them."""

    draft: AssessmentDrafted
    digest: str
    drafted_by: frozenset[str]
    submitted: frozenset[str] = frozenset()
    reviewed: Mapping[str, str] = field(default_factory=dict)
    approvals: Mapping[str, Approval] = field(default_factory=dict)
    approved_digest: str | None = None
    disclosed: Mapping[str, str] = field(default_factory=dict)
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contract:
    awarded: ContractAwarded
    awarded_at: str
    datasets: tuple[str, ...]
    ends: str
    assessment: str | None
    modified_at: tuple[str, ...] = ()
    ended: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    filed: SupplierEvidenced
    at: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Procedures:
    adopted: ProceduresAdopted
    at: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Snapshot:
    taken: HoldingTaken
    at: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UseRequest:
    """`area` and `has_case` come from sealed parts; None where those could not be opened.

    text      digest of the assessment's text and terms when the use was requested
    """

    asked: UseRequested
    by: str
    at: str
    text: str
    area: Area | None
    has_case: bool | None
    approved_by: str | None = None
    concurred_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OpenQuestion:
    """Admitted and neither answered nor withheld yet."""

    admitted: QuestionAdmitted
    by: str
    index: int
    form: Asked | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spent:
    rho_micro: int = 0
    delta_e15: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UseLog:
    """Of one office and dataset: the last review, the first question since, and who asked."""

    reviewed: str | None = None
    unreviewed_since: str | None = None
    askers: frozenset[str] = frozenset()
