"""The grammar of statements: which fact about one may follow which, and what a claim must say."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from beforehand.record import spans
from beforehand.record import stating as s
from beforehand.record.checks import at_most, known, no

if TYPE_CHECKING:
    from beforehand.record.reported import Claim, ClaimKind
    from beforehand.record.view import RecordView

MOST_CLAIMS = 50
_ISSUED = "What was issued stands as it is; draft what is to be said now under another id."
# What each form says, beside the office that it is about.
SAID: dict[ClaimKind, frozenset[str]] = {
    "no_new_requests": frozenset({"first"}),
    "no_use": frozenset({"first"}),
    "used_during": frozenset({"first", "last"}),
    "ran": frozenset({"use", "first", "last"}),
    "contracts_ended": frozenset({"due"}),
    "assessment_approved_by": frozenset({"due"}),
    "policy_issued_by": frozenset({"due"}),
    "safeguards": frozenset(),
}


def check_stating(view: RecordView, fact: s.AnyStatingFact) -> None:
    """Check that a fact about a statement is possible now. Raises GrammarError."""
    if isinstance(fact, s.StatementDrafted):
        _draft(view, fact)
        return
    known("statement", fact.statement, view.stating.statements)
    found = view.stating.statements[fact.statement]
    match fact:
        case s.StatementConfirmed():
            _open_text(found, fact.digest)
            if fact.digest in found.confirmed:
                no("digest", "a text that is not confirmed yet", fact.digest)
        case s.StatementIssued():
            _open_text(found, fact.digest)
            at_most("size", fact.size, view.size)
            if len(fact.verdicts) != len(found.drafted.claims):
                no(
                    "verdicts",
                    f"one a claim, {len(found.drafted.claims)}",
                    "another number",
                )
        case s.StatementSubscribed() | s.StatementUnsubscribed():
            known("person", fact.person, view.persons)
            ends = isinstance(fact, s.StatementUnsubscribed)
            if (fact.person in found.subscribers) != ends:
                state = "who is subscribed" if ends else "not subscribed yet"
                no("person", f"a person {state}", repr(fact.person))
        case s.StatementFlipped():
            if found.issued is None or not 1 <= fact.number <= len(found.verdicts):
                no("number", "a claim of a statement that was issued", str(fact.number))
        case _:
            assert_never(fact)


def _open_text(found: s.Statement, digest: str) -> None:
    if found.issued is not None:
        no("statement", "one that is not issued yet", found.drafted.statement, _ISSUED)
    if digest != found.digest:
        no("digest", f"the digest of the draft as it stands, {found.digest}", digest)


def _draft(view: RecordView, fact: s.StatementDrafted) -> None:
    known("office", fact.office, view.offices)
    before = view.stating.statements.get(fact.statement)
    if before is not None and before.issued is not None:
        no("statement", "one that is not issued yet", repr(fact.statement), _ISSUED)
    if before is not None and before.drafted.office != fact.office:
        no("office", f"the statement's own, {before.drafted.office}", repr(fact.office))
    if not fact.claims:
        no("claims", "at least one claim", "none")
    at_most("claims", len(fact.claims), MOST_CLAIMS)
    for number, claim in enumerate(fact.claims):
        known(f"claims[{number}].office", claim.office, view.offices)
        _claim(f"claims[{number}]", claim)


def _claim(where: str, claim: Claim) -> None:
    """A claim has exactly the fields of its form, and days that are days."""
    given = {
        name for name in ("use", "first", "last", "due") if getattr(claim, name) is not None
    }
    if given != SAID[claim.claim]:
        fields = ", ".join(sorted(SAID[claim.claim])) or "the office alone"
        no(where, f"{fields}, for `{claim.claim}`", ", ".join(sorted(given)) or "none")
    for name in ("first", "last", "due"):
        try:
            spans.parse(getattr(claim, name))
        except ValueError as error:
            no(f"{where}.{name}", "a day, a month or a year", str(error))
    if claim.first is not None and claim.last is not None:
        first, last = spans.parse(claim.first), spans.parse(claim.last)
        if last.surely_before(first):
            no(f"{where}.last", f"no day before {claim.first}", claim.last)
