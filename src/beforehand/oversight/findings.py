"""What oversight finds: the values that the terminal prints and the register renders."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from beforehand.record import stating
from beforehand.record.reported import Confidence, RecommendationStatus, Response

Answer = Literal["passes", "fails", "undecidable"]
VerdictWord: TypeAlias = stating.VerdictWord


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One reported act held against one safeguard.

    subject     id of the contract, assessment or statement that reports the act
    act         what was done
    when        the day or span of it, in EDTF words; "unknown" is said, not left out
    offices     the office, and every office above it for which the act counts too
    verdict     passes or fails in every reading, or undecidable
    because     the facts that decide it, as sentences; what is missing, where undecidable
    absence     the safeguard fails because nothing is on a record that is declared complete
    confidence  the weakest mark among the facts that decide
    remedy      what would have made this pass
    """

    subject: str
    act: Literal["purchase", "use"]
    when: str
    office: str
    offices: tuple[str, ...]
    safeguard: str
    says: str
    cites: str
    verdict: Answer
    because: tuple[str, ...]
    absence: bool
    confidence: Confidence
    sources: tuple[str, ...]
    remedy: str


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """A statement held against the rest of the record.

    because   ids of the records it rests on
    open      what is merely possible, and decides nothing: ids
    why       one sentence, fair to both sides
    """

    id: str
    office: str
    verdict: VerdictWord
    because: tuple[str, ...]
    open: tuple[str, ...]
    why: str


class CountHeld(msgspec.Struct, frozen=True, kw_only=True):
    """A stated count beside what the record can name; None where it names no such things."""

    id: str
    stated: int
    certain: int | None
    possible: int | None
    named: tuple[str, ...]
    perhaps: tuple[str, ...]
    why: str


class RecommendationState(msgspec.Struct, frozen=True, kw_only=True):
    """One recommendation: to whom, and how it stands, as of the source's day.

    text_known   whether the record gives its text
    """

    id: str
    number: int | None
    to: str | None
    status: RecommendationStatus
    status_as_of: str | None
    response: Response | None
    due: str | None
    text_known: bool


class RecommendationsOf(msgspec.Struct, frozen=True, kw_only=True):
    """A report's recommendations: how many it states, and how many of each the record names."""

    report: str
    stated: int
    named: int
    open_stated: int | None
    open_named: tuple[str, ...]
    text_unknown: tuple[str, ...]
    state_unknown: tuple[str, ...]
    each: tuple[RecommendationState, ...]


class Unanswered(msgspec.Struct, frozen=True, kw_only=True):
    """A question that an outsider put to an office, and of which no answer is reported."""

    id: str
    to: str
    asked: str | None
    about: tuple[str, ...] | None


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """Everything an audit says.

    not_asked     how many safeguards no reported act was put to, since a public record
                  cannot speak to them
    cannot_show   what this record cannot show, as sentences
    """

    case: str
    policies: str
    findings: tuple[Finding, ...]
    statements: tuple[Verdict, ...]
    counts: tuple[CountHeld, ...]
    recommendations: tuple[RecommendationsOf, ...]
    unanswered: tuple[Unanswered, ...]
    not_asked: int
    cannot_show: tuple[str, ...]

    def tally(self, verdict: Answer) -> int:
        return sum(1 for one in self.findings if one.verdict == verdict)
