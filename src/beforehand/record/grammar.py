"""The grammar: which fact may follow which.

It refuses what makes no sense (an approval of nothing, a second award under one number).
Whether a sensible act is allowed is not its business: that is for the safeguards.
"""

from __future__ import annotations

from collections.abc import Container
from datetime import date

import msgspec

from beforehand.record import facts as f
from beforehand.record.acts import Act
from beforehand.record.state import Assessment, Contract
from beforehand.record.terms import Area
from beforehand.record.view import RecordView
from beforehand.refusal import InputError

COARSEST_GRID = 20
CENTURY_DAYS = 36_525  # safeguards add days to a date: the calendar must hold the sum


class GrammarError(InputError):
    """The act cannot follow what is recorded."""


def founds(view: RecordView, act: Act) -> bool:
    """Whether `act` is one of the two first entries, which no safeguard can decide yet."""
    if view.size == 0:
        return isinstance(act.fact, f.RegisterOpened)
    return view.size == 1 and isinstance(act.fact, f.SafeguardsAdopted)


def check(view: RecordView, act: Act) -> None:  # noqa: C901, PLR0912, PLR0915  # one case a kind
    """Check that `act` is possible now. Raises GrammarError."""
    fact = act.fact
    if (view.size == 0) != isinstance(fact, f.RegisterOpened):
        state = "empty" if view.size == 0 else "open"
        _no(
            "act",
            "a register is opened once, first of all",
            f"`{act.verb}` on a register that is {state}",
        )
    if view.size == 1 and not isinstance(fact, f.SafeguardsAdopted):
        _no("act", "safeguards adopted before anything is decided", f"`{act.verb}`")
    match fact:
        case f.RegisterOpened() | f.SafeguardsAdopted() | f.AuditCompleted():
            pass
        case f.OfficeNamed():
            _new("office", fact.office, view.offices)
            _known("parent", fact.parent, view.offices)
        case f.PersonAppointed():
            _known("office", fact.office, view.offices)
        case f.SupplierNamed():
            _new("supplier", fact.supplier, view.suppliers)
        case f.DatasetNamed():
            _new("dataset", fact.dataset, view.datasets)
            _known("supplier", fact.supplier, view.suppliers)
            _all_known("carries", fact.carries, view.datasets)
        case f.ThresholdFiled():
            _new("threshold", fact.threshold, view.thresholds)
            _known("office", fact.office, view.offices)
            _all_known("datasets", fact.datasets, view.datasets)
        case f.ThresholdApproved():
            _known("threshold", fact.threshold, view.thresholds)
            if view.thresholds[fact.threshold].approved:
                _no("threshold", "one that is not approved yet", fact.threshold)
        case f.AssessmentDrafted():
            _known("office", fact.office, view.offices)
            _known("threshold", fact.threshold, view.thresholds)
            _all_known("terms.datasets", fact.terms.datasets, view.datasets)
            _all_known("terms.offices", fact.terms.offices, view.offices)
            _at_most("terms.finest_grid", fact.terms.finest_grid, COARSEST_GRID)
            _at_most("terms.retention_days", fact.terms.retention_days, CENTURY_DAYS)
            _at_most("terms.review_days", fact.terms.review_days, CENTURY_DAYS)
            if fact.assessment in view.assessments:
                _same_office(view, fact)
        case (
            f.AssessmentSubmitted()
            | f.AssessmentReviewed()
            | f.AssessmentApproved()
            | f.AssessmentPublished()
            | f.AssessmentWithheld()
        ):
            _review_step(view, fact)
        case f.AssessmentWithdrawn():
            _not_withdrawn(view, fact.assessment)
        case f.MitigationDone():
            terms = _not_withdrawn(view, fact.assessment).draft.terms
            _known(
                "mitigation", fact.mitigation, {one.mitigation for one in terms.mitigations}
            )
        case f.SupplierEvidenced():
            _known("dataset", fact.dataset, view.datasets)
            supplier = view.datasets[fact.dataset].named.supplier
            if fact.supplier != supplier:
                _no("supplier", f"the dataset's own, {supplier}", repr(fact.supplier))
        case f.ContractAwarded():
            _new("contract", fact.contract, view.contracts)
            _known("office", fact.office, view.offices)
            _known("supplier", fact.supplier, view.suppliers)
            _contract_terms(view, fact)
            _in_order("ends", fact.starts, fact.ends)
        case f.ContractModified():
            contract = _running(view, fact.contract)
            _contract_terms(view, fact)
            _in_order("ends", contract.awarded.starts, fact.ends)
        case f.ContractEnded():
            _running(view, fact.contract)
        case f.ProceduresAdopted():
            _known("office", fact.office, view.offices)
        case f.TrainingCompleted() | f.RulesSigned() | f.AccessRecertified():
            _known("person", fact.person, view.persons)
        case f.HoldingTaken():
            _new("snapshot", fact.snapshot, view.snapshots)
            _known("office", fact.office, view.offices)
            _known("dataset", fact.dataset, view.datasets)
            _known("contract", fact.contract, view.contracts)
            _known("assessment", fact.assessment, view.assessments)
            _in_order("last_day", fact.first_day, fact.last_day)
        case f.UseRequested():
            _new("request", fact.request, view.requests)
            _known("office", fact.office, view.offices)
            _known("dataset", fact.dataset, view.datasets)
            _known("assessment", fact.assessment, view.assessments)
            _in_order("last_day", fact.first_day, fact.last_day)
            _case_and_area(act)
        case f.UseApproved() | f.UseConcurred():
            _known("request", fact.request, view.requests)
            known = view.requests[fact.request]
            is_approval = isinstance(fact, f.UseApproved)
            if known.approved_by if is_approval else known.concurred_by:
                _no("request", f"one that `{act.verb}` has not decided yet", fact.request)
        case f.QuestionAdmitted():
            _new("question", fact.question, view.questions)
            _known("office", fact.office, view.offices)
            _known("dataset", fact.dataset, view.datasets)
            _known("snapshot", fact.snapshot, view.snapshots)
            _known("request", fact.request, view.requests)
            _known("assessment", fact.assessment, view.assessments)
        case f.QuestionAnswered() | f.QuestionWithheld():
            _known("question", fact.question, view.questions)
        case f.UseReviewed():
            _known("dataset", fact.dataset, view.datasets)
            _known("office", fact.office, view.offices)
        case f.DatasetStopped() | f.DatasetResumed():
            _known("dataset", fact.dataset, view.datasets)
            if view.datasets[fact.dataset].stopped == isinstance(fact, f.DatasetStopped):
                _no("dataset", "one in the other state", fact.dataset)
        case _:
            _no("act", "an act that a person may submit", act.verb)


def _no(where: str, expected: str, got: str) -> None:
    raise GrammarError(where=where, expected=expected, got=got)


def _known(where: str, name: str, known: Container[str]) -> None:
    if name not in known:
        _no(where, "an id that is on the record", repr(name))


def _all_known(where: str, names: tuple[str, ...], known: Container[str]) -> None:
    for name in names:
        _known(where, name, known)


def _new(where: str, name: str, known: Container[str]) -> None:
    if name in known:
        _no(where, "an id that is not on the record yet", repr(name))


def _at_most(where: str, value: int, most: int) -> None:
    if value > most:
        _no(where, f"at most {most:,}", f"{value:,}")


def _in_order(where: str, first: str, last: str) -> None:
    if date.fromisoformat(last) < date.fromisoformat(first):
        _no(where, f"a day not before {first}", last)


def _not_withdrawn(view: RecordView, assessment: str) -> Assessment:
    _known("assessment", assessment, view.assessments)
    known = view.assessments[assessment]
    if known.withdrawn:
        _no("assessment", "one that is not withdrawn", repr(assessment))
    return known


def _same_office(view: RecordView, fact: f.AssessmentDrafted) -> None:
    known = _not_withdrawn(view, fact.assessment)
    if fact.office != known.draft.office:
        _no("office", f"the assessment's own, {known.draft.office}", repr(fact.office))


def _case_and_area(act: Act) -> None:
    """The sealed parts of a use request: a case number as text, and a rectangle of cells."""
    case, area = act.sealed.get("case"), act.sealed.get("area")
    if not (case is None or (isinstance(case, str) and case.strip() == case != "")):
        _no("sealed.case", "a case number as text, or null", repr(case))
    try:
        msgspec.convert(area, Area)
    except msgspec.ValidationError as error:
        _no("sealed.area", "columns and rows of level-0 cells", str(error))


def _review_step(
    view: RecordView,
    fact: f.AssessmentSubmitted
    | f.AssessmentReviewed
    | f.AssessmentApproved
    | f.AssessmentPublished
    | f.AssessmentWithheld,
) -> None:
    """A step binds to the text in front of the person: a superseded text cannot be signed."""
    known = _not_withdrawn(view, fact.assessment)
    if fact.digest != known.digest:
        _no("digest", f"the digest of the text as it stands, {known.digest}", fact.digest)
    match fact:
        case f.AssessmentSubmitted():
            before, after = True, fact.digest in known.submitted
        case f.AssessmentReviewed():
            before, after = fact.digest in known.submitted, fact.digest in known.reviewed
        case f.AssessmentApproved():
            # It may be approved again: that is how an approval that lapses is renewed.
            before, after = fact.digest in known.reviewed, False
        case _:
            before, after = fact.digest in known.approvals, fact.digest in known.disclosed
    if not before:
        _no("act", "the step before it taken on this very text", f"`{fact.act}`")
    if after:
        _no("act", "a step not yet taken on this text", f"`{fact.act}` again")


def _contract_terms(view: RecordView, fact: f.ContractAwarded | f.ContractModified) -> None:
    _all_known("datasets", fact.datasets, view.datasets)
    if not fact.datasets:
        _no("datasets", "at least one dataset", "none")
    if fact.assessment is not None:
        _known("assessment", fact.assessment, view.assessments)


def _running(view: RecordView, contract: str) -> Contract:
    _known("contract", contract, view.contracts)
    known = view.contracts[contract]
    if known.ended:
        _no("contract", "one that has not ended", repr(contract))
    return known
