"""For each act on statements one that is allowed, and for each of its safeguards one refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from beforehand.record import people as p
from beforehand.record import stating as s
from beforehand.record.acts import Act
from beforehand.record.reported import Claim
from tests.world import DIGEST, NOW, Step, record

if TYPE_CHECKING:
    from beforehand.record.fold import Record
    from beforehand.record.kinds import DecidedFact

UNUSED = Claim(claim="no_use", office="harbor", first="2026-11-21")
PROMISE = Claim(claim="policy_issued_by", office="harbor", due="2026-12-31")
DRAFTED = s.StatementDrafted(
    statement="st-1", office="harbor", claims=(UNUSED, PROMISE), document=DIGEST
)
TEXT = s.claims_digest(DRAFTED)
CONFIRMED = s.StatementConfirmed(statement="st-1", digest=TEXT)
ISSUED = s.StatementIssued(
    statement="st-1", digest=TEXT, size=1, verdicts=("supported", "consistent")
)
SUBSCRIBED = s.StatementSubscribed(statement="st-1", person="analyst")
UNSUBSCRIBED = s.StatementUnsubscribed(statement="st-1", person="analyst")
FLIPPED = s.StatementFlipped(
    statement="st-1", number=1, was="supported", now="reversed", entry=1
)
DELEGATED = p.DelegationMade(
    delegation="d-1",
    delegator="manager",
    delegate="component",
    office="harbor",
    roles=("program_manager",),
    first_day="2026-11-20",
    last_day="2026-12-20",
)


def by(actor: str, fact: DecidedFact) -> Step:
    return Step(fact=fact, actor=actor)


def act(actor: str, fact: DecidedFact) -> Act:
    return Act(actor=actor, fact=fact)


def until(*more: Step) -> Record:
    return record((), *more)


def saying(*verdicts: s.VerdictWord) -> Act:
    return act("chief", msgspec.structs.replace(ISSUED, verdicts=verdicts))


DRAFT = by("manager", DRAFTED)
CONFIRMATION = by("lawyer", CONFIRMED)
ISSUE = by("chief", ISSUED)
READY = until(DRAFT, CONFIRMATION)

ALLOWED: dict[str, tuple[Record, Act]] = {
    "draft-statement": (until(), act("manager", DRAFTED)),
    "confirm-statement": (until(DRAFT), act("lawyer", CONFIRMED)),
    "issue-statement": (READY, act("chief", ISSUED)),
    "subscribe-statement": (until(DRAFT), act("analyst", SUBSCRIBED)),
    "unsubscribe-statement": (
        until(DRAFT, by("analyst", SUBSCRIBED)),
        act("analyst", UNSUBSCRIBED),
    ),
}
REFUSED: dict[str, tuple[Record, Act, str]] = {
    "statement.drafted-by-post": (until(), act("analyst", DRAFTED), NOW),
    "statement.confirmed-by-post": (until(DRAFT), act("analyst", CONFIRMED), NOW),
    "statement.issued-by-post": (READY, act("manager", ISSUED), NOW),
    "statement.confirmed": (until(DRAFT), act("chief", ISSUED), NOW),
    "statement.supported": (READY, saying("reversed", "consistent"), NOW),
    "statement.own-subscription": (until(DRAFT), act("chief", SUBSCRIBED), NOW),
    "separation.drafter-confirms": (
        until(by("lawyer", DRAFTED)),
        act("lawyer", CONFIRMED),
        NOW,
    ),
}

_REDRAFTED = msgspec.structs.replace(DRAFTED, claims=(UNUSED,))

# What is refused besides, each by the safeguard that it is named for.
MORE_REFUSED: dict[str, tuple[str, Record, Act]] = {
    "a claim of the past that is only consistent": (
        "statement.supported",
        READY,
        saying("consistent", "consistent"),
    ),
    "a promise that is contradicted": (
        "statement.supported",
        READY,
        saying("supported", "contradicted"),
    ),
    "confirmed by the delegate of who drafted it": (
        "separation.drafter-confirms",
        until(by("manager", DELEGATED), DRAFT),
        act("component", CONFIRMED),
    ),
    "confirmed by who drafted an earlier version": (
        "separation.drafter-confirms",
        until(by("lawyer", _REDRAFTED), DRAFT),
        act("lawyer", CONFIRMED),
    ),
    "confirmed before it was drafted again": (
        "statement.confirmed",
        until(DRAFT, CONFIRMATION, by("manager", _REDRAFTED)),
        act(
            "chief",
            msgspec.structs.replace(
                ISSUED, digest=s.claims_digest(_REDRAFTED), verdicts=("supported",)
            ),
        ),
    ),
    "a subscription ended for another": (
        "statement.own-subscription",
        until(DRAFT, by("analyst", SUBSCRIBED)),
        act("chief", UNSUBSCRIBED),
    ),
}
