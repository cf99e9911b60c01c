"""The closed list of what can fall due: what it stops, what to do about it, and who can."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

import msgspec

from beforehand.record.shapes import Role

Kind: TypeAlias = Literal[
    "assessment-lapses",
    "assessment-not-disclosed",
    "threshold-lapses",
    "mitigation",
    "remark-open",
    "contract-ends",
    "pilot-year",
    "supplier-reassessment",
    "supplier-link",
    "supplier-unanswered",
    "dataset-stopped",
    "retention",
    "review-of-use",
    "use-request",
    "legal-process",
    "exigency",
    "incident-notice",
    "incident-open",
    "interim-procedures",
    "training",
    "rules-of-behavior",
    "recertification",
    "account-locked",
    "delegation",
    "acting",
    "exception",
    "sealed-retention",
    "deletion-unproved",
    "safeguards-proposed",
    "safeguards-begin",
    "recommendation-answer",
    "recommendation-target",
    "commitment-due",
    "query",
    "redress",
    "recommendation",
    "commitment",
]


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of every date of one kind.

    title       as a person reads it
    stops       what the passed date stops, in plain words
    do          what to do about it
    safeguard   the id of the safeguard that refuses from then on, if one does
    acts        the verbs that do it, of those that the program has
    roles       the posts that can; empty where it is for the person alone, or for an outsider
    """

    title: str
    stops: str
    do: str
    safeguard: str | None = None
    acts: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()


_ALL_USE = "Buying, taking in, approving uses and asking under this assessment."
_OWN_USE = "Taking data in and asking, by this person."
_PRIVACY: tuple[Role, ...] = ("privacy_officer", "chief_privacy_officer")
_MANAGEMENT: tuple[Role, ...] = (
    *("chief_privacy_officer", "program_manager", "senior_official"),
)

WORDS: Final[Mapping[Kind, Words]] = {
    # -- assessments ---------------------------------------------------------------------
    "assessment-lapses": Words(
        title="Approval of an assessment lapses",
        safeguard="assessment.unexpired",
        stops=_ALL_USE,
        do="Have this text approved again, or withdraw it.",
        acts=("review-assessment", "approve-assessment", "withdraw-assessment"),
        roles=_PRIVACY,
    ),
    "assessment-not-disclosed": Words(
        title="Approved text is neither published nor withheld",
        safeguard="assessment.disclosed",
        stops=_ALL_USE,
        do="Publish it, or record why it is withheld.",
        acts=("publish-assessment", "withhold-assessment"),
        roles=("chief_privacy_officer",),
    ),
    "threshold-lapses": Words(
        title="Threshold analysis lapses",
        safeguard="assessment.threshold-current",
        stops="Buying, taking in, approving uses and asking under the assessments that rest on it.",
        do="File a new threshold analysis, have it approved, and draft the assessment on it.",
        acts=("file-threshold-analysis", "approve-threshold-analysis"),
        roles=("program_manager", "privacy_officer"),
    ),
    "mitigation": Words(
        title="Promised mitigation is due",
        safeguard="assessment.mitigations",
        stops=_ALL_USE,
        do="Do what was promised and record the evidence, or have a delay accepted.",
        acts=("record-mitigation", "accept-delay"),
        roles=("program_manager", "chief_privacy_officer"),
    ),
    "remark-open": Words(
        title="Remark on an assessment is open",
        safeguard="assessment.threads-resolved",
        stops="Approval of the assessment.",
        do="Answer it; the person who made it resolves it.",
        acts=("answer-thread", "resolve-thread"),
        roles=("program_manager", "component_privacy_officer", *_PRIVACY),
    ),
    # -- buying and holding --------------------------------------------------------------
    "contract-ends": Words(
        title="Contract ends; last moment for an option",
        safeguard="contract.unended",
        stops="Taking in and asking the data of this contract.",
        do="Exercise an option or a renewal before then, which needs all that an award needs; otherwise record the end and stop using the data.",
        acts=("modify", "end-contract"),
        roles=("contracting_officer",),
    ),
    "pilot-year": Words(
        title="Pilot's year is over",
        safeguard="contract.pilot-ends",
        stops="Every modification that would run the pilot beyond it.",
        do="End the pilot, or award a contract that is not a pilot.",
        acts=("end-contract", "award"),
        roles=("contracting_officer",),
    ),
    "supplier-reassessment": Words(
        title="Supplier is to be reassessed",
        safeguard="supplier.reassessed",
        stops="Buying, taking in and asking this dataset, and what carries it.",
        do="Reassess the supplier and file the evidence.",
        acts=("file-supplier-evidence",),
        roles=("program_manager",),
    ),
    "supplier-link": Words(
        title="Supplier's link expires unanswered",
        safeguard="supplier.link-unexpired",
        stops="The supplier's answer by this link.",
        do="Remind the supplier; after that, ask again with a new link.",
        acts=("ask-supplier",),
        roles=("program_manager",),
    ),
    "supplier-unanswered": Words(
        title="Supplier left questions unanswered",
        stops="Nothing by itself; what nobody has shown cannot be filed as evidence.",
        do="Ask the supplier again, or file what else shows it.",
        acts=("ask-supplier", "file-supplier-evidence"),
        roles=("program_manager",),
    ),
    "dataset-stopped": Words(
        title="Stop order stands on a dataset",
        safeguard="stop.none",
        stops="Buying, taking in, approving uses and asking this dataset, and what carries it.",
        do="Settle what it was stopped for; the chief privacy officer lifts the stop.",
        acts=("resume-dataset",),
        roles=("chief_privacy_officer",),
    ),
    "retention": Words(
        title="Oldest day of a snapshot is past retention",
        safeguard="retention.inside",
        stops="Questions that reach that day; each later day follows a day later.",
        do="Delete the days that are past retention, and keep the proof.",
        roles=("data_steward",),
    ),
    # -- use -----------------------------------------------------------------------------
    "review-of-use": Words(
        title="Review of use is due",
        safeguard="review.current",
        stops="New questions of this office to this dataset.",
        do="Draw a sample of the office's questions, read it, and record the review.",
        acts=("draw-sample", "review-use"),
        roles=("supervisor",),
    ),
    "use-request": Words(
        title="Use request expires",
        safeguard="request.unexpired",
        stops="Questions under this request.",
        do="If the use goes on, make a new request and have it approved.",
        acts=("request-use",),
        roles=("analyst",),
    ),
    "legal-process": Words(
        title="Legal process expires",
        safeguard="process.unexpired",
        stops="Device-level rows that rest on it.",
        do="If the use goes on, obtain new process and record it.",
        acts=("record-process",),
        roles=("counsel",),
    ),
    "exigency": Words(
        title="Deadline of an exigency",
        safeguard="process.exigency-resolved",
        stops="New questions and new legal process of this office, and of those above and below it.",
        do="Record the process obtained since, or why there is none.",
        acts=("resolve-exigency",),
        roles=("counsel",),
    ),
    "incident-notice": Words(
        title="Notice of an incident is due",
        safeguard="incident.notified",
        stops="New questions to the datasets that it touches.",
        do="Tell the privacy office and the inspector general, and record each notice.",
        acts=("give-notice",),
        roles=(
            *("supervisor", "component_privacy_officer", *_PRIVACY),
            *("counsel", "inspector_general"),
        ),
    ),
    "incident-open": Words(
        title="Incident is open",
        stops="Nothing by itself; it is shown as open until it is closed.",
        do="Finish the inquiry, and close it with its outcome and what was done.",
        acts=("close-incident",),
        roles=(*_PRIVACY, "inspector_general"),
    ),
    "interim-procedures": Words(
        title="Only interim procedures are in force",
        safeguard="procedures.final",
        stops="Approving uses, taking in and asking, in the offices that they bind.",
        do="Adopt final procedures.",
        acts=("adopt-procedures",),
        roles=("chief_privacy_officer",),
    ),
    # -- people --------------------------------------------------------------------------
    "training": Words(
        title="Training lapses",
        safeguard="person.trained",
        stops="Approving uses, taking data in and asking, by this person.",
        do="Take the training, and have it recorded.",
        acts=("record-training",),
        roles=("component_privacy_officer",),
    ),
    "rules-of-behavior": Words(
        title="Signature of the rules of behavior lapses",
        safeguard="person.rules-signed",
        stops=_OWN_USE,
        do="Read and sign the rules of behavior; nobody can sign for another.",
        acts=("sign-rules",),
    ),
    "recertification": Words(
        title="Access is to be recertified",
        safeguard="person.recertified",
        stops=_OWN_USE,
        do="Have a supervisor confirm this quarter that the access is still needed.",
        acts=("recertify-access",),
        roles=("supervisor",),
    ),
    "account-locked": Words(
        title="Account is locked",
        safeguard="person.unlocked",
        stops="Every act of this person, but ending a session.",
        do="Inquire, and unlock the account with what was found.",
        acts=("unlock-account",),
        roles=(*_PRIVACY, "inspector_general"),
    ),
    "delegation": Words(
        title="Delegation ends",
        stops="What the delegate does in these posts.",
        do="Delegate again if it is still needed.",
        acts=("delegate",),
        roles=("administrator",),
    ),
    "acting": Words(
        title="Acting post ends",
        stops="What the person does in these posts.",
        do="Appoint somebody, or name an acting official again.",
        acts=("appoint", "name-acting"),
        roles=("administrator",),
    ),
    "exception": Words(
        title="Exception ends",
        stops="Nothing; it never let anything through, and is then shown no longer.",
        do="Meet the safeguard, or have the official make a new exception.",
        acts=("record-exception",),
        roles=("chief_privacy_officer", "senior_official"),
    ),
    # -- the register's own --------------------------------------------------------------
    "sealed-retention": Words(
        title="Oldest sealed parts are past their schedule",
        stops="Nothing; from then on they may be deleted, and no longer need to be kept.",
        do="Delete them with `beforehand delete-sealed`.",
        acts=("delete-sealed",),
        roles=("data_steward",),
    ),
    "deletion-unproved": Words(
        title="Deletion was decided and is not proved",
        stops="Nothing; what should be gone may still be there.",
        do="Run `beforehand delete-sealed` again: it finishes what was cut off.",
        acts=("delete-sealed",),
        roles=("data_steward",),
    ),
    "safeguards-proposed": Words(
        title="Proposed safeguards are to take force",
        stops="Nothing; a set that is not adopted by then does not take force.",
        do="Approve and adopt the set, or take it back.",
        acts=("approve-safeguards", "adopt-safeguards", "withdraw-safeguards"),
        roles=("chief_privacy_officer",),
    ),
    "safeguards-begin": Words(
        title="Adopted safeguards take force",
        stops="Whatever the new set refuses.",
        do="See what it changes with `beforehand what-if`; withdraw it if it should not take force.",
        acts=("withdraw-safeguards",),
        roles=("chief_privacy_officer",),
    ),
    # -- what is to be answered for ------------------------------------------------------
    "recommendation-answer": Words(
        title="Answer and plan to a recommendation are due",
        stops="Nothing; it is listed as past its six months, and for how long.",
        do="Answer it, and agree on a plan with the body that made it.",
        acts=("answer-recommendation", "plan-recommendation", "rate-recommendation"),
        roles=(*_MANAGEMENT, "inspector_general"),
    ),
    "recommendation-target": Words(
        title="Target date of a recommendation",
        stops="Nothing; a later target is a slip, and every one is kept.",
        do="Do what was planned and record the evidence; the body that made it closes it.",
        acts=("evidence-recommendation", "plan-recommendation", "close-recommendation"),
        roles=(*_MANAGEMENT, "inspector_general"),
    ),
    "commitment-due": Words(
        title="Commitment is due",
        stops="Nothing; it is then overdue, and kept late at best.",
        do="Keep it and record the evidence, or say openly that its day is moved.",
        acts=("keep-commitment", "move-commitment", "supersede-commitment"),
        roles=_MANAGEMENT,
    ),
    "query": Words(
        title="Answer to a question is due",
        stops="Nothing; silence is then an entry of its own, counted in days.",
        do="Answer it: known, denied, withheld (by whom, why) or unknown.",
        acts=("answer-query",),
        roles=(
            *("program_manager", "component_privacy_officer", *_PRIVACY),
            *("counsel", "senior_official"),
        ),
    ),
    "redress": Words(
        title="Answer to a complaint or request is due",
        stops="Nothing; it is counted as overdue.",
        do="Answer the person, and record what became of it.",
        acts=("answer-redress",),
        roles=("component_privacy_officer", *_PRIVACY),
    ),
    # -- what was reported ---------------------------------------------------------------
    "recommendation": Words(
        title="Recommendation is open",
        stops="Nothing; it is shown as open, and for how long.",
        do="Do it and give the inspector general the evidence; only they close it.",
    ),
    "commitment": Words(
        title="Public commitment",
        stops="Nothing; the record does not show that it was kept.",
        do="Keep it and show that, or say publicly why it was not kept.",
    ),
}

# Safeguards that compare the moment and have no kind above, each with the reason.
NOT_LISTED: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (
            *("assessment.approved", "assessment.threshold", "contract.started"),
            *("procedures.adopted", "rulebook.approved", "incident.discovered"),
            "answering.dated",
        ),
        "it refuses before its date, and no longer from then on",
    ),
    "assessment.approval-ahead": "the date is one that the act itself names",
    "process.exigency-again": "its date is listed as that of the exigency",
}
