"""What must be so to confirm and issue a public statement."""

from __future__ import annotations

from beforehand.record import stating as s
from tests.second.case import Case, rule, text

TO_COME = ("contracts_ended", "assessment_approved_by", "policy_issued_by")


def _known(case: Case) -> s.Statement:
    return case.record.stating.statements[text(case.act.fact, "statement")]


@rule("separation.drafter-confirms")
def drafted_no_version_of_it(case: Case) -> bool | None:
    return not _known(case).drafters & case.counts_as


@rule("statement.confirmed")
def this_draft_was_confirmed(case: Case) -> bool | None:
    known = _known(case)
    return known.digest in known.confirmed


@rule("statement.supported")
def every_claim_is_supported(case: Case) -> bool | None:
    """A promise whose day has not passed is enough if nothing speaks against it."""
    fact, today = case.act.fact, case.at[:10]
    if not isinstance(fact, s.StatementIssued):
        raise TypeError(fact)
    claims = _known(case).drafted.claims
    return all(
        word == "supported"
        or (
            word == "consistent"
            and claim.claim in TO_COME
            and claim.due is not None
            and claim.due >= today
        )
        for claim, word in zip(claims, fact.verdicts, strict=True)
    )


@rule("statement.own-subscription")
def subscribes_for_themselves(case: Case) -> bool | None:
    fact = case.act.fact
    if not isinstance(fact, s.StatementSubscribed | s.StatementUnsubscribed):
        raise TypeError(fact)
    return fact.person == case.act.actor
