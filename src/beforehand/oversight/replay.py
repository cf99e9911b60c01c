"""Replay: every decision on a ledger, made again on exactly the entries before it.

It must give the same answer: the same set, the same question, the same unmet safeguards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from beforehand.oversight.live_checks import reopens
from beforehand.oversight.live_claims import held
from beforehand.oversight.live_trace import Trace
from beforehand.policy.composing import Library
from beforehand.policy.decide import decide
from beforehand.policy.office import sets_for
from beforehand.policy.question import put
from beforehand.record.acts import Act, decode_act
from beforehand.record.answering import CheckFailed, QuerySilent
from beforehand.record.buying import InquiryAnswered
from beforehand.record.custody import (
    ClockStepped,
    DeletionDecided,
    DeletionProved,
    SealedOpened,
)
from beforehand.record.deletion import covers
from beforehand.record.encoding import OPENED_BY_FOLD, recorded
from beforehand.record.facts import (
    ActRefused,
    AuditCompleted,
    QuestionAdmitted,
    QuestionAnswered,
    QuestionWithheld,
    RegisterOpened,
    SafeguardsAdopted,
)
from beforehand.record.fold import Record
from beforehand.record.recorded import Recorded
from beforehand.record.reported import REPORTED_KINDS
from beforehand.record.rulebook import in_force, name_of
from beforehand.record.stating import StatementFlipped, StatementIssued

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from beforehand.ledger.entry import DecisionDigests, Envelope
    from beforehand.policy.sets import SafeguardSet
    from beforehand.record.acts import Json
    from beforehand.record.encoding import Unseal
    from beforehand.record.kinds import DecidedFact
    from beforehand.record.recorded import AnyFact

    Acted = tuple[str, str | None]

# The sealed part of an act itself that its decision looks at.
DECIDED_BY: Mapping[type[AnyFact], str] = {
    QuestionAdmitted: "form",
    InquiryAnswered: "token",
}
# What no safeguard decides: the two founding entries, reports, and what follows of itself.
UNDECIDED = (
    RegisterOpened,
    SafeguardsAdopted,
    QuestionWithheld,
    AuditCompleted,
    DeletionProved,
    ClockStepped,
    StatementFlipped,
    QuerySilent,
    CheckFailed,
    *REPORTED_KINDS.values(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """How many decisions were made again, and each that came out otherwise, in words.

    not_replayable   decisions that rest on sealed parts which a deletion took; none of them is
                     among `decisions`
    """

    decisions: int
    audits: int
    not_replayable: int
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
    acted: Callable[[str], Acted | None],
) -> Replayed:
    """Make every decision again.

    unseal         opens the sealed parts of an entry: without the vault nothing sealed can be
                   asked about, and the questions come out otherwise
    guards_named   the safeguard set of a digest
    audit          the digest of an audit of a Record by a set
    acted          who acted, for which office, in the entry of an id; None if there is none
    """
    again = _Again(unseal, guards_named, audit, acted)
    for index, data, envelope in entries:
        again.take(recorded(index, data, unseal=unseal), envelope)
    return Replayed(
        decisions=again.decisions,
        audits=again.audits,
        not_replayable=again.not_replayable,
        differing=tuple(again.differing),
    )


class Walk:
    """The way through a ledger, entry by entry: `record` holds exactly the entries before.

    lost   requests and questions whose sealed parts are gone by a deletion still to come, so
           that a decision about them cannot be made as it was
    """

    def __init__(self, unseal: Unseal) -> None:
        self.record = Record()
        self._unseal = unseal
        self._lost: dict[str, Envelope] = {}

    def act(self, entry: Recorded, envelope: Envelope) -> Act | None:
        """Return the act that a decided entry is about, refused or not.

        None where a sealed part that its decision looked at is gone.
        """
        act = self._opened(entry, envelope)
        if act is None or not self._lost.keys().isdisjoint(self._rests_on(act.fact)):
            return None
        return act

    def pass_by(self, entry: Recorded, envelope: Envelope) -> None:
        """Take the entry into the Record, and go on to the next."""
        if isinstance(entry.fact, OPENED_BY_FOLD) and set(envelope.seal) - set(
            entry.opened
        ):
            self._lost[entry.fact.subject] = envelope
        self.record.apply(entry)
        if isinstance(entry.fact, DeletionDecided):
            # From here on the decisions were made without these parts, as they are now.
            register = self.record.opened or ""
            self._lost = {
                name: one
                for name, one in self._lost.items()
                if not covers(entry.fact, one, register=register)
            }

    def _opened(self, entry: Recorded, envelope: Envelope) -> Act | None:
        if isinstance(entry.fact, ActRefused):
            opened = self._unseal(envelope)
            if "act" not in opened:
                return None
            sealed = msgspec.json.encode(opened["act"])
            return decode_act(sealed, where=f"entry {entry.index}")
        if entry.fact.kind in {one.kind for one in REPORTED_KINDS.values()}:
            raise TypeError(entry.fact.kind)
        needed = DECIDED_BY.get(type(entry.fact))
        if needed is not None and needed not in entry.opened:
            return None
        opened_parts: dict[str, Json] = msgspec.convert(dict(entry.opened), dict)
        return Act(actor=entry.actor, fact=entry.fact, sealed=opened_parts)  # type: ignore[arg-type]

    def _rests_on(self, fact: DecidedFact) -> set[str]:
        """Return the request, question and process whose sealed parts the decision looks at."""
        named = {getattr(fact, name, None) for name in ("request", "question")}
        if isinstance(fact, QuestionAnswered):
            asked = self.record.questions.get(fact.question)
            named.add(asked.admitted.request if asked else None)
        ids = {str(one) for one in named if one}
        requests = (self.record.requests.get(one) for one in ids)
        processes = {getattr(one.asked, "process", None) for one in requests if one}
        return ids | {str(one) for one in processes if one}


class _Again:
    """One replay under way."""

    def __init__(
        self,
        unseal: Unseal,
        guards_named: Callable[[str], SafeguardSet],
        audit: Callable[[Record, SafeguardSet], str],
        acted: Callable[[str], Acted | None],
    ) -> None:
        self._audit, self._acted = audit, acted
        self._walk = Walk(unseal)
        self._library = Library(guards_named)
        self._trace = Trace()
        self.decisions = self.audits = self.not_replayable = 0
        self.differing: list[str] = []

    def take(self, entry: Recorded, envelope: Envelope) -> None:
        for words in self._wrong(entry, envelope):
            self.differing.append(f"entry {entry.index:,}: {words}")
        self._trace.take(self._walk.record, entry)
        self._walk.pass_by(entry, envelope)

    def _wrong(self, entry: Recorded, envelope: Envelope) -> Iterator[str]:
        fact = entry.fact
        if envelope.decision is not None:
            yield from self._decided_otherwise(entry, envelope, envelope.decision)
        elif isinstance(fact, AuditCompleted):
            self.audits += 1
            guards = self._library.named(fact.policies)
            if self._audit(self._walk.record, guards) != fact.findings:
                yield "the audit finds otherwise"
        elif isinstance(fact, QuerySilent | CheckFailed):
            yield from self._noted_otherwise(fact, entry.at)
        elif not isinstance(fact, UNDECIDED):
            yield "no decision stands on a decided fact"
        elif isinstance(fact, SafeguardsAdopted) and entry.index > 1:
            yield "safeguards were adopted without a decision"
        if isinstance(fact, StatementIssued) and not self._says_the_same(fact, entry):
            yield "the record says otherwise of the statement"
        if isinstance(fact, SealedOpened):
            by, office = self._acted(fact.entry) or ("", "")
            if (fact.by, fact.office) != (by, office or self._walk.record.department):
                yield "the part that was opened is another person's or office's"

    def _noted_otherwise(self, fact: QuerySilent | CheckFailed, at: str) -> Iterator[str]:
        """What the program notes of itself must follow from the entries before it."""
        kept = self._walk.record.answering
        if isinstance(fact, QuerySilent):
            asked = kept.queries[fact.query]
            if asked.state(at) != "overdue" or asked.days(at) != fact.days:
                yield "the question was not overdue, or not for so long"
            return
        known = kept.recommendations[fact.recommendation]
        found = reopens(self._walk.record, self._trace, known, at)
        if found is None or found.id != fact.entry:
            yield "the live check does not fail, or not by that entry"

    def _says_the_same(self, fact: StatementIssued, entry: Recorded) -> bool:
        record = self._walk.record
        draft = record.stating.statements[fact.statement].drafted
        found = tuple(one.verdict for one in held(record, draft, at=entry.at))
        return (fact.size, fact.verdicts) == (entry.index, found)

    def _decided_otherwise(
        self, entry: Recorded, envelope: Envelope, stated: DecisionDigests
    ) -> Iterator[str]:
        record = self._walk.record
        act = self._walk.act(entry, envelope)
        # Of an act that is gone it is not known which office's it was: any may be right.
        digests = () if act is None else sets_for(record, act, entry.at)
        names = self._names(entry.at) if act is None else {name_of(digests)}
        if stated.policies not in names:
            yield "decided by a set that was not in force"
        if act is None:
            self.not_replayable += 1
            return
        self.decisions += 1
        if not digests:
            return
        decision = decide(self._library.composed(digests), put(record, act, at=entry.at))
        unmet = tuple(one.safeguard for one in decision.unmet)
        if unmet != stated.unmet:
            before = ", ".join(stated.unmet) or "allowed"
            yield f"it said {before}, now {', '.join(unmet) or 'allowed'}"
        elif bool(unmet) != isinstance(entry.fact, ActRefused):
            yield "what was recorded does not follow from the decision"
        elif decision.question != stated.question:
            yield "the question put is another"

    def _names(self, at: str) -> set[str]:
        """Return how the sets that decided at a moment are named, for any office and none."""
        record = self._walk.record
        return {name_of(in_force(record, one, at)) for one in (None, *record.offices)}
