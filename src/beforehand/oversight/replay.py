"""Replay: every decision on a ledger, made again on exactly the entries before it.

It must give the same answer: the same set, the same question, the same unmet safeguards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from beforehand.policy.decide import decide
from beforehand.policy.question import put
from beforehand.record.acts import Act, decode_act
from beforehand.record.encoding import recorded
from beforehand.record.facts import (
    ActRefused,
    AuditCompleted,
    QuestionWithheld,
    RegisterOpened,
    SafeguardsAdopted,
)
from beforehand.record.fold import Record, Recorded
from beforehand.record.reported import REPORTED_KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from beforehand.ledger.entry import Envelope
    from beforehand.policy.sets import SafeguardSet
    from beforehand.record.acts import Json
    from beforehand.record.encoding import Unseal

# What no safeguard decides: the two founding entries, reports, and what follows of itself.
UNDECIDED = (
    RegisterOpened,
    SafeguardsAdopted,
    QuestionWithheld,
    AuditCompleted,
    *REPORTED_KINDS.values(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """How many decisions were made again, and each that came out otherwise, in words."""

    decisions: int
    audits: int
    differing: tuple[str, ...]

    @property
    def same(self) -> bool:
        return not self.differing


def replay(
    entries: Iterable[tuple[int, bytes, Envelope]],
    *,
    unseal: Unseal,
    guards_named: Callable[[str], SafeguardSet],
    audit: Callable[[Record, SafeguardSet], str],
) -> Replayed:
    """Make every decision again.

    unseal         opens the sealed parts of an entry: without the vault nothing sealed can be
                   asked about, and the questions come out otherwise
    guards_named   the safeguard set of a digest
    audit          the digest of an audit of a Record by a set
    """
    record, decisions, audits = Record(), 0, 0
    differing: list[str] = []
    sets: dict[str, SafeguardSet] = {}
    for index, data, envelope in entries:
        entry = recorded(index, data, unseal=unseal)
        if envelope.decision is not None:
            decisions += 1
            named = envelope.decision.policies
            guards = sets.setdefault(named, sets.get(named) or guards_named(named))
            if named != record.policies:
                differing.append(f"entry {index:,}: decided by a set that was not in force")
            if words := _again(record, guards, entry, envelope, unseal):
                differing.append(f"entry {index:,}: {words}")
        elif isinstance(entry.fact, AuditCompleted):
            audits += 1
            found = audit(record, guards_named(entry.fact.policies))
            if found != entry.fact.findings:
                differing.append(f"entry {index:,}: the audit finds otherwise")
        elif not isinstance(entry.fact, UNDECIDED):
            differing.append(f"entry {index:,}: no decision stands on a decided fact")
        elif isinstance(entry.fact, SafeguardsAdopted) and index > 1:
            differing.append(f"entry {index:,}: safeguards were adopted without a decision")
        record.apply(entry)
    return Replayed(decisions=decisions, audits=audits, differing=tuple(differing))


def _again(
    record: Record,
    guards: SafeguardSet,
    entry: Recorded,
    envelope: Envelope,
    unseal: Unseal,
) -> str:
    """Return how the decision comes out otherwise, or nothing."""
    act = _act(entry, envelope, unseal)
    decision = decide(guards, put(record, act, at=entry.at))
    unmet = tuple(one.safeguard for one in decision.unmet)
    stated = envelope.decision
    if stated is None or unmet != stated.unmet:
        before = ", ".join(stated.unmet if stated else ()) or "allowed"
        return f"it said {before}, now {', '.join(unmet) or 'allowed'}"
    if bool(unmet) != isinstance(entry.fact, ActRefused):
        return "what was recorded does not follow from the decision"
    if decision.question != stated.question:
        return "the question put is another"
    return ""


def _act(entry: Recorded, envelope: Envelope, unseal: Unseal) -> Act:
    if isinstance(entry.fact, ActRefused):
        sealed = msgspec.json.encode(unseal(envelope)["act"])
        return decode_act(sealed, where=f"entry {entry.index}")
    if entry.fact.kind in {one.kind for one in REPORTED_KINDS.values()}:
        raise TypeError(entry.fact.kind)
    opened: dict[str, Json] = msgspec.convert(dict(entry.opened), dict)
    return Act(actor=entry.actor, fact=entry.fact, sealed=opened)  # type: ignore[arg-type]
