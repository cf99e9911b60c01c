"""The grammar: which fact may follow which.

It refuses what makes no sense (an approval of nothing, a second award under one number).
Whether a sensible act is allowed is not its business: that is for the safeguards.
"""

from __future__ import annotations

from typing import assert_never

from beforehand.ledger.errors import LedgerError
from beforehand.ledger.note import Verifier
from beforehand.record import custody as c
from beforehand.record import facts as f
from beforehand.record.acts import Act
from beforehand.record.answering import AnsweringFact
from beforehand.record.buying import BuyingFact
from beforehand.record.checks import all_known as _all_known
from beforehand.record.checks import at_most as _at_most
from beforehand.record.checks import in_order as _in_order
from beforehand.record.checks import known as _known
from beforehand.record.checks import new as _new
from beforehand.record.checks import no as _no
from beforehand.record.checks import other as _other
from beforehand.record.checks import unended
from beforehand.record.counting import CountingFact, check_counting
from beforehand.record.follows import (
    as_area,
    check_buying,
    check_people,
    check_reviewing,
    check_rulebook,
    check_using,
    on_record,
    on_text,
    standing,
)
from beforehand.record.follows_answering import check_answering
from beforehand.record.follows_imported import check_imported
from beforehand.record.imported import ImportedFact
from beforehand.record.people import PeopleFact
from beforehand.record.reviewing import ReviewingFact
from beforehand.record.rulebook import RulebookFact
from beforehand.record.stating import StatingFact
from beforehand.record.stating_follows import check_stating
from beforehand.record.using import UsingFact
from beforehand.record.view import RecordView

COARSEST_GRID = 20
CENTURY_DAYS = 36_525  # safeguards add days to a date: the calendar must hold the sum


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
        case f.RegisterOpened() | f.AuditCompleted():
            pass
        case f.SafeguardsAdopted() | RulebookFact():
            check_rulebook(view, fact)
        case (
            c.KeyAdded()
            | c.KeyRetired()
            | c.ReaderNamed()
            | c.SealedOpened()
            | c.SealedAudited()
            | c.HoldPlaced()
            | c.HoldLifted()
            | c.ScheduleSet()
            | c.DeletionDecided()
            | c.DeletionProved()
            | c.ClockStepped()
        ):
            _custody(view, fact)
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
            standing(view, fact.assessment)
        case f.MitigationDone():
            terms = standing(view, fact.assessment).draft.terms
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
            contract = unended("contract", fact.contract, view.contracts)
            _contract_terms(view, fact)
            _in_order("ends", contract.awarded.starts, fact.ends)
        case f.ContractEnded():
            unended("contract", fact.contract, view.contracts)
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
            if isinstance(fact, f.UseRequested2) and fact.process is not None:
                _known("process", fact.process, view.using.processes)
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
            is_stopped = view.datasets[fact.dataset].stopped is not None
            if is_stopped == isinstance(fact, f.DatasetStopped):
                state = "is stopped already" if is_stopped else "is not stopped"
                _no("dataset", "one that this changes", f"{fact.dataset}, which {state}")
        case PeopleFact():
            check_people(view, fact)
        case ReviewingFact():
            check_reviewing(view, fact)
        case BuyingFact():
            check_buying(view, fact)
        case ImportedFact():
            check_imported(view, fact)
        case UsingFact():
            check_using(view, act, fact)
        case StatingFact():
            check_stating(view, fact)
        case CountingFact():
            check_counting(view.offices, view.counting, fact)
        case AnsweringFact():
            check_answering(view, act, fact)
        case _:
            _no("act", "an act that a person may submit", act.verb)


def _same_office(view: RecordView, fact: f.AssessmentDrafted) -> None:
    known = standing(view, fact.assessment)
    if fact.office != known.draft.office:
        _no("office", f"the assessment's own, {known.draft.office}", repr(fact.office))


def _case_and_area(act: Act) -> None:
    """The sealed parts of a use request: a case number as text, and a rectangle of cells."""
    case, area = act.sealed.get("case"), act.sealed.get("area")
    if not (case is None or (isinstance(case, str) and case.strip() == case != "")):
        _no("sealed.case", "a case number as text, or null", _other(case))
    as_area("sealed.area", area)


def _review_step(
    view: RecordView,
    fact: f.AssessmentSubmitted
    | f.AssessmentReviewed
    | f.AssessmentApproved
    | f.AssessmentPublished
    | f.AssessmentWithheld,
) -> None:
    known = standing(view, fact.assessment)
    on_text(known, fact.digest)
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


def _custody(view: RecordView, fact: c.CustodyFact) -> None:  # noqa: C901, PLR0912  # one case a kind
    match fact:
        case c.KeyAdded():
            _new("key", fact.key, view.log_keys)
            _own_id(fact)
        case c.KeyRetired():
            _retirable(view, fact.key)
        case c.ReaderNamed():
            known = view.readers.get(fact.reader)
            if known and known.public_key == fact.public_key:
                _no("public_key", "another key than the one in force", fact.public_key)
        case c.SealedOpened():
            _known("office", fact.office, view.offices)
        case c.SealedAudited():
            _own_register(view, fact.register)
            _at_most("upto", fact.upto, view.size)
        case c.HoldPlaced():
            _new("hold", fact.hold, view.holds)
            on_record("on", fact.on, view)
        case c.HoldLifted():
            _known("hold", fact.hold, view.holds)
            if view.holds[fact.hold].lifted:
                _no("hold", "one that is not lifted yet", repr(fact.hold))
        case c.ScheduleSet():
            _own_register(view, fact.register)
            _at_most("days", fact.days, CENTURY_DAYS)
            if fact.days < 1:
                _no("days", "at least 1", str(fact.days))
        case c.DeletionDecided():
            _new("deletion", fact.deletion, view.deletions)
            for name, other in view.deletions.items():
                if not other.proved:
                    _no("act", f"deletion {name} finished first", "another one")
        case c.DeletionProved():
            _known("deletion", fact.deletion, view.deletions)
            if view.deletions[fact.deletion].proved:
                _no("deletion", "one that is not proved yet", repr(fact.deletion))
            if fact.remaining:
                _no("remaining", "nothing that remains", f"{fact.remaining:,}")
        case c.ClockStepped():
            _own_register(view, fact.register)
        case _:
            assert_never(fact)


def _own_register(view: RecordView, register: str) -> None:
    if register != view.opened:
        _no("register", f"this register, {view.opened}", repr(register))


def _own_id(fact: c.KeyAdded) -> None:
    try:
        key_id = Verifier.from_vkey(fact.vkey).key_id.hex()
    except LedgerError as error:
        _no("vkey", "the key of a log", str(error))
    if key_id != fact.key:
        _no("key", f"the id of the key itself, {key_id}", fact.key)


def _retirable(view: RecordView, key: str) -> None:
    """A log always keeps a key. One key is on no entry: the founding one."""
    keys = view.log_keys
    known = keys.get(key)
    founding_retired = any(one.added is None for one in keys.values())
    if known.retired if known else founding_retired:
        _no("key", "a key of the log that is not retired yet", key)
    left = [one for one in keys.values() if one.key != key and not one.retired]
    if not left and (known is None or founding_retired):
        _no("key", "another key to sign with, added first", f"{key} alone")
