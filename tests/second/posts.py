"""Which office an act is for, and so which posts count: its own, and those above it."""

from __future__ import annotations

from beforehand.record import answering as a
from beforehand.record import buying as b
from beforehand.record import custody as c
from beforehand.record import facts as f
from beforehand.record import imported as i
from beforehand.record import people as p
from beforehand.record import reviewing as r
from beforehand.record import stating as s
from beforehand.record import using as u
from tests.second.case import Case, text

DATA_FACTS = (
    f.ContractAwarded,
    f.ContractModified,
    f.HoldingTaken,
    f.UseApproved,
    f.UseConcurred,
    f.QuestionAdmitted,
    f.QuestionAnswered,
    b.SolicitationIssued,
)
# Suppliers and datasets are nobody's own, nor are stops on them: a post of any office counts.
# So it is with the person's own home, and the end of a session.
ANY_OFFICE = (
    f.SupplierNamed,
    f.DatasetNamed,
    f.SupplierEvidenced,
    f.DatasetStopped,
    f.DatasetResumed,
    b.InquiryOpened,
    i.ImportedFact,
    p.SessionClosed,
    u.OwnPlacesDeclared,
)
# What concerns the register itself, and exceptions, are for the department.
DEPARTMENT = (
    c.KeyAdded,
    c.KeyRetired,
    c.ReaderNamed,
    c.SealedAudited,
    c.HoldPlaced,
    c.HoldLifted,
    c.ScheduleSet,
    c.DeletionDecided,
    p.SiteNamed,
    b.ExceptionRecorded,
    b.ExceptionEnded,
)
# Their own field says the office.
NAMES_OFFICE = (
    f.PersonAppointed,
    f.ThresholdFiled,
    f.AssessmentDrafted,
    f.ProceduresAdopted,
    f.UseRequested,
    f.UseReviewed,
    c.SealedOpened,
    p.DelegationMade,
    p.ActingNamed,
    u.ProcessRecorded,
    u.SampleDrawn,
    u.IncidentOpened,
    a.CommitmentMade,
    s.StatementDrafted,
)


def posts(case: Case) -> set[str]:
    """The posts that the actor holds for the office that the act is for."""
    return case.posts(offices(case))


def offices(case: Case) -> set[str] | None:  # noqa: C901, PLR0911, PLR0912  # one case a kind
    """The office of an act, or None where a post of any office counts."""
    fact, record = case.act.fact, case.record
    if isinstance(fact, DATA_FACTS):
        return {case.claim.office}
    if isinstance(fact, ANY_OFFICE):
        return None
    if isinstance(fact, DEPARTMENT):
        return {record.department or ""}
    if isinstance(fact, NAMES_OFFICE):
        return {fact.office}
    match fact:
        case f.SafeguardsAdopted():
            # One that nobody proposed is refused as such; before sets were proposed, a chief
            # of any office adopted them, and old ledgers replay the same.
            office: str = getattr(fact, "office", None) or record.department or ""
            return (
                {office} if (fact.policies, office) in record.rulebook.proposals else None
            )
        case f.OfficeNamed():
            return {fact.parent}
        case a.CommitmentMoved() | a.CommitmentKept() | a.CommitmentSuperseded():
            return {record.answering.commitments[fact.commitment].made.office}
        case a.QueryAnswered():
            return {record.answering.queries[fact.query].lodged.office}
        case a.RedressAnswered():
            return {record.answering.redress[fact.redress].received.office}
        case (
            a.RecommendationAnswered()
            | a.RecommendationPlanned()
            | a.RecommendationEvidenced()
        ):
            return {record.answering.recommendations[fact.recommendation].made.office}
        case s.StatementConfirmed() | s.StatementIssued():
            return {record.stating.statements[fact.statement].drafted.office}
        case f.ThresholdApproved() | r.ThresholdRevoked():
            return {record.thresholds[fact.threshold].filed.office}
        case r.ThreadAnswered() | r.ThreadResolved() | r.ThreadReopened():
            of = record.threads[fact.thread].assessment
            return {record.assessments[of].draft.office}
        case f.ContractEnded():
            return {record.contracts[fact.contract].awarded.office}
        case b.SolicitationCancelled():
            return {record.buying.solicitations[fact.solicitation].issued.office}
        case p.DelegationEnded():
            return {record.people.authorities[fact.delegation].office}
        case p.ActingEnded():
            return {record.people.authorities[fact.acting].office}
        case u.ProcessEnded() | u.ExigencyResolved():
            return {record.using.processes[fact.process].recorded.office}
        case u.NoticeGiven() | u.IncidentClosed() | u.IncidentReopened():
            return {record.using.incidents[fact.incident].opened.office}
        case _ if hasattr(
            fact, "person"
        ):  # about a person: the offices they were posted to
            return set(record.persons[text(fact, "person")].roles)
        case _:  # the life of an assessment
            return {record.assessments[text(fact, "assessment")].draft.office}
