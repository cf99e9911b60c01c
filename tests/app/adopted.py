"""A safeguard set taken from proposal to adoption in the sandbox, each step by who may take it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beforehand.policy.sets import read
from beforehand.record.acts import Act
from beforehand.record.facts import SafeguardsAdopted2
from beforehand.record.rulebook import (
    SafeguardsApproved,
    SafeguardsProposed,
    SafeguardsWithdrawn,
)

if TYPE_CHECKING:
    from beforehand.app.registers import App, Receipt
    from beforehand.record.kinds import DecidedFact

OFFICER, CHIEF = "p-cedar", "p-birch"
REASON = b"Why the set is changed (invented)\n"
PAST = "2026-01-01"


def act(actor: str, fact: DecidedFact) -> Act:
    return Act(actor=actor, fact=fact)


def propose(app: App, text: str, *, office: str = "dia", day: str = PAST) -> str:
    """Propose a set and return its digest."""
    digest = app.keep_document(text.encode())
    fact = SafeguardsProposed(
        policies=digest,
        office=office,
        in_force_from=day,
        document=app.keep_document(REASON),
    )
    app.submit(act(OFFICER, fact))
    return digest


def approve(app: App, digest: str, *, office: str = "dia") -> Receipt:
    return app.submit(act(CHIEF, SafeguardsApproved(policies=digest, office=office)))


def take(app: App, text: str, *, office: str = "dia", day: str = PAST) -> Receipt:
    """Adopt a set that was proposed and approved."""
    fact = SafeguardsAdopted2(
        policies=app.keep_document(text.encode()),
        safeguards=len(read(text, where="test").safeguards),
        office=office,
        in_force_from=day,
    )
    return app.submit(act(CHIEF, fact))


def adopt(app: App, text: str, *, office: str = "dia", day: str = PAST) -> str:
    """Propose, approve and adopt a set; return its digest."""
    digest = propose(app, text, office=office, day=day)
    approve(app, digest, office=office)
    take(app, text, office=office, day=day)
    return digest


def withdraw(app: App, digest: str, *, office: str, actor: str = CHIEF) -> Receipt:
    return app.submit(act(actor, SafeguardsWithdrawn(policies=digest, office=office)))
