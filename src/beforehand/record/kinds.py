"""Every kind of decided fact, and the act that each is the outcome of."""

from __future__ import annotations

from typing import TypeAlias

from beforehand.record.answering import AnyAnsweringFact
from beforehand.record.buying import AnyBuyingFact
from beforehand.record.counting import AnyCountingFact
from beforehand.record.custody import CustodyFact
from beforehand.record.facts import (
    AccessRecertified,
    ActRefused,
    AssessmentApproved,
    AssessmentDrafted,
    AssessmentDrafted2,
    AssessmentPublished,
    AssessmentReviewed,
    AssessmentSubmitted,
    AssessmentWithdrawn,
    AssessmentWithheld,
    AuditCompleted,
    ContractAwarded,
    ContractEnded,
    ContractModified,
    DatasetNamed,
    DatasetResumed,
    DatasetStopped,
    HoldingTaken,
    MitigationDone,
    OfficeNamed,
    PersonAppointed,
    ProceduresAdopted,
    ProceduresAdopted2,
    QuestionAdmitted,
    QuestionAnswered,
    QuestionWithheld,
    RegisterOpened,
    RulesSigned,
    SafeguardsAdopted,
    SafeguardsAdopted2,
    SupplierEvidenced,
    SupplierNamed,
    ThresholdApproved,
    ThresholdFiled,
    ThresholdFiled2,
    TrainingCompleted,
    UseApproved,
    UseConcurred,
    UseRequested,
    UseRequested2,
    UseReviewed,
    UseReviewed2,
)
from beforehand.record.imported import AnyImportedFact
from beforehand.record.people import AnyPeopleFact
from beforehand.record.reviewing import AnyReviewingFact
from beforehand.record.rulebook import AnyRulebookFact
from beforehand.record.stating import AnyStatingFact
from beforehand.record.using import AnyUsingFact

DecidedFact: TypeAlias = (
    RegisterOpened
    | SafeguardsAdopted
    | SafeguardsAdopted2
    | OfficeNamed
    | PersonAppointed
    | SupplierNamed
    | DatasetNamed
    | ThresholdFiled
    | ThresholdFiled2
    | ThresholdApproved
    | AssessmentDrafted
    | AssessmentDrafted2
    | AssessmentSubmitted
    | AssessmentReviewed
    | AssessmentApproved
    | AssessmentPublished
    | AssessmentWithheld
    | AssessmentWithdrawn
    | MitigationDone
    | SupplierEvidenced
    | ContractAwarded
    | ContractModified
    | ContractEnded
    | ProceduresAdopted
    | ProceduresAdopted2
    | TrainingCompleted
    | RulesSigned
    | AccessRecertified
    | HoldingTaken
    | UseRequested
    | UseRequested2
    | UseApproved
    | UseConcurred
    | QuestionAdmitted
    | QuestionAnswered
    | QuestionWithheld
    | UseReviewed
    | UseReviewed2
    | DatasetStopped
    | DatasetResumed
    | AuditCompleted
    | ActRefused
    | CustodyFact
    | AnyPeopleFact
    | AnyReviewingFact
    | AnyBuyingFact
    | AnyUsingFact
    | AnyStatingFact
    | AnyCountingFact
    | AnyRulebookFact
    | AnyImportedFact
    | AnyAnsweringFact
)

DECIDED_KINDS: dict[tuple[str, int], type[DecidedFact]] = {
    (fact.kind, fact.kv): fact for fact in DecidedFact.__args__
}
ACTS: dict[str, type[DecidedFact]] = {
    fact.act: fact for fact in DECIDED_KINDS.values() if fact is not ActRefused
}
VERSIONS: dict[str, tuple[type[DecidedFact], ...]] = {
    act: tuple(
        DECIDED_KINDS[one]
        for one in sorted(DECIDED_KINDS, reverse=True)
        if one[0] == newest.kind
    )
    for act, newest in ACTS.items()
}
"""Every version of an act, the newest first."""
