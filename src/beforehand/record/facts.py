"""Decided facts: one class a kind, each the outcome of one act.

`act` is the verb a person uses and Cedar's action; `kind` names the fact it becomes.
Public fields are the fields of the class; `sealed` names the parts that go on the ledger
as commitments only. No kind is ever renamed and no class ever changed: old logs must fold
for ever. A new field is a new `kv`, a new class and an upgrade.
"""

from __future__ import annotations

from typing import Literal

from beforehand.record.shapes import Dropped, Fact, LegalBasis, OfficeKind, Role
from beforehand.record.terms import Form, Risk, Terms
from beforehand.record.using import QuestionJudged

# -- the register and who is in it -------------------------------------------------------


class RegisterOpened(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first entry. `document` holds the names of offices and people's posts."""

    kind, act, about = "register.opened", "open-register", "register"
    register: str
    department: str
    administrator: str
    document: str


class SafeguardsAdopted(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The safeguard set in force from here on; its text is the document of that digest."""

    kind, act, about = "safeguards.adopted", "adopt-safeguards", "policies"
    policies: str
    safeguards: int


class SafeguardsAdopted2(
    SafeguardsAdopted, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """For an office and all under it, from a day on.

    office          null for the department
    in_force_from   null for at once
    """

    kv = 2
    office: str | None = None
    in_force_from: str | None = None


class OfficeNamed(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "office.named", "name-office", "office"
    office: str
    office_kind: OfficeKind
    parent: str


class PersonAppointed(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "person.appointed", "appoint", "person"
    sealed = ("name",)
    person: str
    office: str
    roles: tuple[Role, ...]
    account: Literal["individual", "shared"]


class SupplierNamed(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "supplier.named", "name-supplier", "supplier"
    supplier: str


class DatasetNamed(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`carries`: datasets re-hosted inside this one; buying it buys them too."""

    kind, act, about = "dataset.named", "name-dataset", "dataset"
    dataset: str
    supplier: str
    contains: tuple[str, ...]
    carries: tuple[str, ...]


# -- the privacy review ------------------------------------------------------------------


class ThresholdFiled(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "threshold.filed", "file-threshold-analysis", "threshold"
    threshold: str
    office: str
    datasets: tuple[str, ...]
    needs_assessment: bool
    document: str


class ThresholdFiled2(
    ThresholdFiled, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """`retention_days` is the period it gives; the assessment must give the same."""

    kv = 2
    retention_days: int | None = None


class ThresholdApproved(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "threshold.approved", "approve-threshold-analysis", "threshold"
    threshold: str


class AssessmentDrafted(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A first or a new draft. Any draft after an approval voids it until the text is restored."""

    kind, act, about = "assessment.drafted", "draft-assessment", "assessment"
    assessment: str
    office: str
    threshold: str
    document: str
    terms: Terms


class AssessmentDrafted2(
    AssessmentDrafted, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """With the risks that it found; they are bound by an approval like all else."""

    kv = 2
    risks: tuple[Risk, ...] = ()


class AssessmentSubmitted(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`digest` binds the exact text, terms and basis (see `record.state.text_digest`)."""

    kind, act, about = "assessment.submitted", "submit-assessment", "assessment"
    assessment: str
    digest: str


class AssessmentReviewed(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "assessment.reviewed", "review-assessment", "assessment"
    assessment: str
    digest: str


class AssessmentApproved(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "assessment.approved", "approve-assessment", "assessment"
    assessment: str
    digest: str
    expires: str


class AssessmentPublished(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "assessment.published", "publish-assessment", "assessment"
    assessment: str
    digest: str


class AssessmentWithheld(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "assessment.withheld", "withhold-assessment", "assessment"
    assessment: str
    digest: str
    reason: Literal["classified", "sensitive_security", "law_enforcement"]
    official: str


class AssessmentWithdrawn(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "assessment.withdrawn", "withdraw-assessment", "assessment"
    assessment: str


class MitigationDone(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "mitigation.done", "record-mitigation", "assessment"
    assessment: str
    mitigation: str
    evidence: str


# -- buying ------------------------------------------------------------------------------


class SupplierEvidenced(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`unanswered` is shown as such; it is not an answer, and neither is `none`."""

    kind, act, about = "supplier.evidenced", "file-supplier-evidence", "supplier"
    supplier: str
    dataset: str
    origin: Literal["sdk", "auction", "mixed", "unanswered"]
    consent: Literal["verified", "none", "unanswered"]
    document: str


class ContractAwarded(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`assessment` is the one relied on, or null when there is none to name."""

    kind, act, about = "contract.awarded", "award", "contract"
    contract: str
    office: str
    supplier: str
    datasets: tuple[str, ...]
    purpose: str
    assessment: str | None
    starts: str
    ends: str
    pilot: bool


class ContractModified(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A modification, an option exercised or a renewal: an award again, for every safeguard."""

    kind, act, about = "contract.modified", "modify", "contract"
    contract: str
    change: Literal["modification", "option", "renewal"]
    assessment: str | None
    datasets: tuple[str, ...]
    ends: str


class ContractEnded(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "contract.ended", "end-contract", "contract"
    contract: str


# -- using -------------------------------------------------------------------------------


class ProceduresAdopted(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "procedures.adopted", "adopt-procedures", "procedures"
    procedures: str
    office: str
    document: str
    in_force_from: str


class ProceduresAdopted2(
    ProceduresAdopted, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """`interim` procedures are shown as such, and are not procedures to use data under."""

    kv = 2
    interim: bool = False


class TrainingCompleted(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "training.completed", "record-training", "person"
    person: str


class RulesSigned(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "rules.signed", "sign-rules", "person"
    person: str
    document: str


class AccessRecertified(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "access.recertified", "recertify-access", "person"
    person: str


class HoldingTaken(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A snapshot is held: `snapshot` is the digest of its manifest."""

    kind, act, about = "holding.taken", "take-in", "snapshot"
    snapshot: str
    dataset: str
    office: str
    contract: str
    assessment: str
    first_day: str
    last_day: str
    grid: int
    step: int
    places: str
    rows_read: int
    rows_stored: int
    dropped: tuple[Dropped, ...]


class UseRequested(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "use.requested", "request-use", "request"
    sealed = ("case", "area")
    request: str
    office: str
    dataset: str
    assessment: str
    purpose: str
    legal_basis: LegalBasis
    form: Form
    first_day: str
    last_day: str
    expires: str


class UseRequested2(UseRequested, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`process` is the legal process relied on, which device-level rows need."""

    kv = 2
    process: str | None = None


class UseApproved(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The supervisor's approval."""

    kind, act, about = "use.approved", "approve-use", "request"
    request: str


class UseConcurred(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Counsel's concurrence: there is legal authority for the use."""

    kind, act, about = "use.concurred", "concur-use", "request"
    request: str


class QuestionAdmitted(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question may run, and its price is spent from here on, whatever comes of it.

    repeats     the earlier question whose stored answer is given again, at no cost; else null
    """

    kind, act, about = "question.admitted", "ask", "question"
    sealed = ("form",)
    question: str
    office: str
    dataset: str
    snapshot: str
    assessment: str
    request: str
    purpose: str
    profile: str
    rho_micro: int
    delta_e15: int
    repeats: str | None


class QuestionAnswered(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`plan` is the digest of the text that ran, which holds the question's secret salt."""

    kind, act, about = "question.answered", "answer", "question"
    question: str
    answer: str
    plan: str
    shown: int
    hidden: int


class QuestionWithheld(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "question.withheld", "withhold-answer", "question"
    question: str
    reason: Literal["authority_ended", "engine_failed"]


class UseReviewed(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A supervisor has read the questions that `office` put to `dataset`."""

    kind, act, about = "use.reviewed", "review-use", "office"
    office: str
    dataset: str
    finding: Literal["in_order", "referred"]


class UseReviewed2(UseReviewed, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The review of a sample, question by question."""

    kv = 2
    sample: str | None = None
    judged: tuple[QuestionJudged, ...] = ()


class DatasetStopped(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "dataset.stopped", "stop-dataset", "dataset"
    dataset: str


class DatasetResumed(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "dataset.resumed", "resume-dataset", "dataset"
    dataset: str


# -- oversight and refusals --------------------------------------------------------------


class AuditCompleted(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A reported history was held against the safeguards; `findings` is the result's digest."""

    kind, act, about = "audit.completed", "record-audit", "case"
    case: str
    file: str
    policies: str
    findings: str
    passes: int
    fails: int
    undecidable: int


class ActRefused(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A safeguard said no; the entry's decision lists which. The act itself is sealed."""

    kind, act, about = "act.refused", "refuse", "on"
    sealed = ("act",)
    refused: str
    on: str
    office: str | None
