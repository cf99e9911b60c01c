"""Certificates: what a contracting officer is told before an act."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from beforehand.app.registers import App, describe
from beforehand.record.acts import Act
from beforehand.refusal import Refusal
from beforehand.register.certificate import Certificate

if TYPE_CHECKING:
    from beforehand.policy.decide import Decision


def certify(app: App, act: Act) -> Certificate:
    """Return what the safeguards would say of `act` now; nothing is written.

    Raises InputError when the act is not possible at all.
    """
    relied: str | None = getattr(act.fact, "assessment", None)

    def job() -> tuple[str, Decision, int, bytes, str | None]:
        at = app.next_time()
        decision = app.decide(act, at=at)
        known = app.current().assessments.get(relied) if relied else None
        return (
            at,
            decision,
            app.ledger.size,
            app.ledger.head().root(),
            known.digest if known else None,
        )

    at, decision, size, root, text = app.in_turn(job)
    what = describe(act)
    if decision.unmet:
        words = str(Refusal(what=what, unmet=decision.unmet, entry=None))
        words = words.replace("Refused:", "Would be refused:", 1)
    else:
        words = (
            f"Would be allowed: {what}.\n"
            f"  Assessment {relied or 'none needed'}"
            f"{f', text and terms {text}' if text else ''}\n"
            f"  Safeguard set {decision.policies}\n"
            f"  Ledger of {size:,} entries, root {root.hex()}, at {at}\n"
            "  It holds for this ledger size; what is recorded later may change it."
        )
    return Certificate(
        what=what,
        act=_public_digest(act),
        allowed=decision.allowed,
        unmet=decision.unmet,
        assessment=relied,
        text=text,
        policies=decision.policies,
        register=app.settings.register,
        origin=app.settings.origin,
        size=size,
        root=root.hex(),
        at=at,
        words=words,
    )


def _public_digest(act: Act) -> str:
    """Return the digest of the act's public part: a sealed value has no place in a digest."""
    public = {"act": act.verb, "actor": act.actor, "fact": act.fact}
    return hashlib.sha256(msgspec.json.encode(public, order="sorted")).hexdigest()
