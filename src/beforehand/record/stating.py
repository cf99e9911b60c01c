"""Facts about public statements: drafted as claims, confirmed, issued, watched.

A statement is prose in a document, and beside each of its sentences a claim in one of the closed
forms (`reported.Claim`). Another person confirms that the claims are what the sentences mean.
What the record says of each claim is worked out by the program, never written by hand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias, assert_never

import msgspec
from msgspec.structs import replace

from beforehand.record.reported import Claim
from beforehand.record.shapes import Fact

VerdictWord = Literal[
    "undecidable",
    "contradicted",
    "conflicting",
    "late",
    "overdue",
    "reversed",
    "supported",
    "consistent",
]
PROMISES = frozenset({"contracts_ended", "assessment_approved_by", "policy_issued_by"})


class StatingFact(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fact of this group."""


class StatementDrafted(StatingFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A first or a new draft. `document` holds the sentences, one for each claim, in order."""

    kind, act, about = "statement.drafted", "draft-statement", "statement"
    statement: str
    office: str
    claims: tuple[Claim, ...]
    document: str


class StatementConfirmed(
    StatingFact, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """Each claim is what its sentence means. `digest` binds both (see `claims_digest`)."""

    kind, act, about = "statement.confirmed", "confirm-statement", "statement"
    statement: str
    digest: str


class StatementIssued(StatingFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """It is said in public. `verdicts`: of each claim, on the first `size` entries."""

    kind, act, about = "statement.issued", "issue-statement", "statement"
    statement: str
    digest: str
    size: int
    verdicts: tuple[VerdictWord, ...]


class StatementSubscribed(
    StatingFact, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """`person` is to be told when a verdict on it changes."""

    kind, act, about = "statement.subscribed", "subscribe-statement", "statement"
    statement: str
    person: str


class StatementUnsubscribed(
    StatingFact, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    kind, act, about = "statement.unsubscribed", "unsubscribe-statement", "statement"
    statement: str
    person: str


class StatementFlipped(StatingFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The record came to say otherwise of a claim that was issued.

    number   which claim, the first being 1
    entry    the entry that changed it; null where it was a day that passed
    """

    kind, act, about = "statement.flipped", "flip-statement", "statement"
    statement: str
    number: int
    was: VerdictWord
    now: VerdictWord
    entry: int | None


AnyStatingFact: TypeAlias = (
    StatementDrafted
    | StatementConfirmed
    | StatementIssued
    | StatementSubscribed
    | StatementUnsubscribed
    | StatementFlipped
)


def claims_digest(draft: StatementDrafted) -> str:
    """Return the digest of a statement's claims and, by its digest, of its text, in hex."""
    return hashlib.sha256(msgspec.json.encode(draft, order="sorted")).hexdigest()


def unsupported(
    claims: Iterable[Claim], verdicts: Iterable[VerdictWord], day: str
) -> tuple[int, ...]:
    """Return the numbers of the claims that may not be issued on a day, the first being 1.

    What is claimed must be supported. A promise whose day is still to come cannot be yet:
    nothing may speak against it.
    """
    return tuple(
        number
        for number, (claim, word) in enumerate(zip(claims, verdicts, strict=True), start=1)
        if word != "supported" and not (word == "consistent" and _is_to_come(claim, day))
    )


def _is_to_come(claim: Claim, day: str) -> bool:
    return claim.claim in PROMISES and claim.due is not None and day <= claim.due


# -- what the Record keeps of them -------------------------------------------------------


class Statement(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """`verdicts` are as issued, and then as each flip left them.

    drafters    everyone who counts as having drafted any version of it
    confirmed   by digest, who confirmed it
    """

    drafted: StatementDrafted
    digest: str
    drafters: frozenset[str]
    confirmed: Mapping[str, str] = msgspec.field(default_factory=dict)
    issued: str | None = None
    verdicts: tuple[VerdictWord, ...] = ()
    subscribers: frozenset[str] = frozenset()


class Stating:
    """Statements by id; and the days on which each office asked each dataset anything.

    days   (office, dataset) -> day -> number of the first question's entry: a claim about use
           needs the days, and there are no more of them than days
    """

    def __init__(self) -> None:
        self.statements: dict[str, Statement] = {}
        self.days: dict[tuple[str, str], dict[str, int]] = {}

    def asked(self, office: str, dataset: str, day: str, entry: int) -> None:
        self.days.setdefault((office, dataset), {}).setdefault(day, entry)

    def apply(
        self, fact: AnyStatingFact, *, by: str, at: str, stood: frozenset[str]
    ) -> None:
        known = self.statements.get(fact.statement)
        if isinstance(fact, StatementDrafted):
            self.statements[fact.statement] = _drafted(known, fact, stood)
        elif known is not None:  # the grammar lets no other through
            self.statements[fact.statement] = _after(known, fact, by=by, at=at)


def _drafted(
    known: Statement | None, fact: StatementDrafted, stood: frozenset[str]
) -> Statement:
    digest = claims_digest(fact)
    if known is None:
        return Statement(drafted=fact, digest=digest, drafters=stood)
    drafters = known.drafters | stood
    return replace(known, drafted=fact, digest=digest, drafters=drafters)


def _after(known: Statement, fact: AnyStatingFact, *, by: str, at: str) -> Statement:
    match fact:
        case StatementConfirmed():
            return replace(known, confirmed={**known.confirmed, fact.digest: by})
        case StatementIssued():
            return replace(known, issued=at, verdicts=fact.verdicts)
        case StatementSubscribed():
            return replace(known, subscribers=known.subscribers | {fact.person})
        case StatementUnsubscribed():
            return replace(known, subscribers=known.subscribers - {fact.person})
        case StatementFlipped():
            verdicts = list(known.verdicts)
            verdicts[fact.number - 1] = fact.now
            return replace(known, verdicts=tuple(verdicts))
        case StatementDrafted():
            return known  # taken before
        case _:
            assert_never(fact)
