"""The audit: a reported history, put to the safeguards that decide live acts, in three values.

Each reported purchase and use becomes the question that a live act would have been, with
what is not known left out and rough days as spans. Where several assessments could cover an
act, each is tried and the best answer counts. "None on this record" is certain only for what
the case declares itself complete for; elsewhere an assessment that nobody reported may exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from typing import TYPE_CHECKING, TypeAlias

from beforehand.oversight.findings import Answer, Finding
from beforehand.oversight.near import APPROVALS, COVERS, RANK, Near, with_cover
from beforehand.oversight.reported_acts import ReportedAct, named, reported_acts, weakest
from beforehand.policy.put import BEGINNING, FOREVER, Facts, Moments, Put, Ref, day
from beforehand.record import spans
from beforehand.record.reported import AssessmentReported, Confidence, Event, ReportedRecord
from beforehand.record.spans import Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from beforehand.policy.sets import Safeguard, SafeguardSet

ACTIONS = {"purchase": "award", "use": "ask"}
DAY_MS = 86_400_000
NEVER = Moments(FOREVER, FOREVER)
SOMEBODY = Ref("Person", "reported")
WORDS: dict[bool | None, Answer] = {True: "passes", False: "fails", None: "undecidable"}
Told: TypeAlias = tuple[list[str], list[tuple[Confidence, tuple[str, ...]]]]
"""Sentences, and the marks and sources they rest on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One assessment or threshold analysis that could cover an act.

    on_record   None for the one that is not on the record: it exists nowhere (`facts` say so)
                or, where the record is not complete, it may exist (`facts` say nothing)
    decides     the event its approval rests on
    """

    on_record: AssessmentReported | None
    facts: Facts
    decides: Event | None = None


def findings(record: ReportedRecord, guards: SafeguardSet) -> tuple[Finding, ...]:
    """Return what every reported purchase and use meets and does not meet."""
    near = Near(record, guards)
    kept: dict[str, Candidate] = {}
    return tuple(
        finding
        for act in reported_acts(record)
        for finding in _Auditor(guards, act, near, kept).findings()
    )


def not_asked(guards: SafeguardSet) -> int:
    """Return how many safeguards a public record cannot speak to."""
    return sum(1 for one in guards.safeguards.values() if not one.history)


class _Auditor:
    """Holds one reported act against the safeguards."""

    def __init__(
        self,
        guards: SafeguardSet,
        act: ReportedAct,
        near: Near,
        kept: dict[str, Candidate],
    ) -> None:
        self.record, self.act, self.near, self.kept = near.record, act, near, kept
        self.told_of: dict[str, Told] = {}
        self.offices = near.offices_above(act.office)
        self.bought = near.carried(act.datasets)
        self.context: Facts = {
            "at": _moments(act.when),
            "office": act.office,
            "supplier": {},
            "procedures": {},
        }
        if act.datasets is not None:
            self.context["datasets"] = _datasets(self.bought)
        self.asked = [
            one for one in guards.by_act.get(ACTIONS[act.act], ()) if act.act in one.history
        ]

    def findings(self) -> list[Finding]:
        by_kind = {"assessment": self.assessments(), "threshold": self.thresholds()}
        answers = {kind: self.read(kind, found) for kind, found in by_kind.items()}
        return [self.finding(one, by_kind, answers) for one in self.asked]

    # -- the candidates ------------------------------------------------------------------

    def assessments(self) -> list[Candidate]:
        found = [
            self.candidate(one)
            for one in self.near.of("assessment", self.offices, self.bought)
        ]
        if self.record.is_complete_for("published_assessments"):
            nowhere: Facts = {"offices": frozenset[str](), "approved": NEVER}
            return [*found, Candidate(on_record=None, facts=nowhere)]
        return [*found, Candidate(on_record=None, facts={})]

    def thresholds(self) -> list[Candidate]:
        """Threshold analyses are not published, so one that is not on record may exist.

        Unless the department itself found that none was approved, by a day not before the act.
        """
        on_record = self.near.of("threshold", self.offices, self.bought)
        found = [self.candidate(one) for one in on_record]
        if any(self.closes(one) for one in on_record):
            return found
        return [*found, Candidate(on_record=None, facts={})]

    def closes(self, analysis: AssessmentReported) -> bool:
        """Whether a finding that `analysis` was never approved speaks of this very act."""
        applies = analysis.office in self.offices and self.carries_all(analysis)
        return (
            applies
            and analysis.status == "never_approved"
            and any(
                self.act.when.surely_before(spans.parse(one.day))
                for one in analysis.events
                if one.event == "finding"
            )
        )

    def carries_all(self, assessment: AssessmentReported) -> bool:
        """Whether the assessment names every dataset of the act; False where either is unknown."""
        if self.act.datasets is None or assessment.datasets is None:
            return False
        return set(self.bought) <= set(assessment.datasets)

    def candidate(self, assessment: AssessmentReported) -> Candidate:
        """Return it as tried; it is the same for every act unless it was withdrawn once."""
        kept = self.kept.get(assessment.item)
        if kept is None:
            kept = self.tried(assessment)
            if all(one.event != "withdrawn" for one in assessment.events):
                self.kept[assessment.item] = kept
        return kept

    def tried(self, assessment: AssessmentReported) -> Candidate:
        facts: Facts = {"offices": self.near.offices_under(assessment.office)}
        if assessment.datasets is not None:
            # As in a live decision: what a product carries must be named beside it.
            facts["datasets"] = _datasets(assessment.datasets)
        decides = approval(assessment)
        if decides is not None and not self.perhaps_withdrawn(assessment):
            facts["approved"] = _moments(spans.parse(decides.day))
        elif decides is None and self.surely_unapproved(assessment):
            facts["approved"] = NEVER
        return Candidate(on_record=assessment, facts=facts, decides=decides)

    def surely_unapproved(self, assessment: AssessmentReported) -> bool:
        if assessment.assessment_kind == "PTA":
            return assessment.status == "never_approved"
        undated = assessment.status in ("approved", "published")
        return self.record.is_complete_for("published_assessments") and not undated

    def perhaps_withdrawn(self, assessment: AssessmentReported) -> bool:
        return any(
            spans.parse(one.day).possibly_before(self.act.when)
            for one in assessment.events
            if one.event == "withdrawn"
        )

    # -- the questions -------------------------------------------------------------------

    def read(
        self, kind: str, candidates: list[Candidate]
    ) -> list[Mapping[str, bool | None]]:
        return [
            self.near.read(
                kind,
                self.context,
                one.facts,
                put=partial(self.put, kind, one),
                act=self.act.act,
            )
            for one in candidates
        ]

    def put(self, kind: str, candidate: Candidate) -> Put:
        ref = Ref(kind.capitalize(), "tried")
        subject = Ref("Thing", self.act.subject)
        return Put(
            action=ACTIONS[self.act.act],
            principal=SOMEBODY,
            resource=subject,
            context={**self.context, kind: ref},
            entities={SOMEBODY: {}, subject: {}, ref: candidate.facts},
        )

    # -- the findings --------------------------------------------------------------------

    def finding(
        self,
        safeguard: Safeguard,
        candidates: Mapping[str, list[Candidate]],
        answers: Mapping[str, list[Mapping[str, bool | None]]],
    ) -> Finding:
        kind = _asks_about(safeguard)
        tried = candidates[kind or "assessment"] if kind else []
        given = answers[kind or "assessment"]
        read = with_cover(safeguard.id, given)
        verdict = max(read, key=RANK.__getitem__)
        best = [one for one, answer in zip(tried, read, strict=False) if answer is verdict]
        because, decisive = self.because(kind, tried, best, verdict=verdict)
        covering = [
            one
            for one, answer in zip(tried, given, strict=False)
            if answer.get(COVERS) is not False
        ]
        absence = verdict is False and all(one.decides is None for one in covering)
        if kind == "threshold":  # one of another office shows that they are on this record
            absence = absence and self.near.none_approved("threshold")
        return Finding(
            subject=self.act.subject,
            act=self.act.act,
            when=spans.words(self.act.when),
            office=self.act.office,
            offices=self.offices,
            safeguard=safeguard.id,
            says=safeguard.says,
            cites=safeguard.cites,
            verdict=WORDS[verdict],
            because=(*self.act.told, *because),
            absence=absence,
            confidence=weakest(self.act.confidence, *(mark for mark, _ in decisive)),
            sources=_unique(self.act.sources, *(sources for _, sources in decisive)),
            remedy=self.remedy(safeguard, verdict=verdict),
        )

    def because(
        self,
        kind: str | None,
        tried: list[Candidate],
        best: list[Candidate],
        *,
        verdict: bool | None,
    ) -> Told:
        """Return the sentences that decide, and the marks and sources they rest on."""
        if kind is None:
            words = [
                f"The office's own words bear on it and cannot be checked here: {one.item}."
                for one in self.record.statements.values()
                if one.claim.claim == "safeguards" and one.office in self.offices
            ]
            return ["Nothing on this record decides it.", *words], []
        if verdict is True:
            return self.told(best)
        if kind not in self.told_of:  # several safeguards ask about one kind
            self.told_of[kind] = self.told(tried)
        said, decisive = self.told_of[kind]
        return [*said, *self.missing(kind, tried)], decisive

    def told(self, candidates: list[Candidate]) -> Told:
        """Return what is said of those that bear on the act, and what that rests on."""
        bearing = [
            one.on_record
            for one in candidates
            if one.on_record is not None and self.bears(one.on_record)
        ]
        marks = [(at.confidence, at.sources) for one in bearing for at in one.events]
        return [self.sentence(one) for one in bearing], marks

    def bears(self, assessment: AssessmentReported) -> bool:
        """Whether a reader would ask about it: of the act's own offices, or of its datasets."""
        if assessment.office in self.offices:
            return True
        held = self.record.carried(assessment.datasets or ())
        return bool(set(self.bought) & set(held))

    def sentence(self, assessment: AssessmentReported) -> str:
        """Return what is said of it; the same for every act that it fits alike."""
        unnamed = self.act.datasets is not None and not self.carries_all(assessment)
        key = assessment.item, assessment.office in self.offices, unnamed
        if key not in self.near.said:
            self.near.said[key] = self.said_of(assessment, unnamed=unnamed)
        return self.near.said[key]

    def said_of(self, assessment: AssessmentReported, *, unnamed: bool) -> str:
        name = named(assessment, assessment.number)
        if assessment.office not in self.offices:
            return f"{name} is of another office, {assessment.office}."
        parts = [self.approval_words(assessment)]
        if unnamed:
            parts.append("it does not name all of these datasets")
        parts += self.lateness(assessment)
        return f"{name}: {'; '.join(parts)}."

    def approval_words(self, assessment: AssessmentReported) -> str:
        decides = approval(assessment)
        if decides is not None:
            return f"{decides.event} {spans.words(spans.parse(decides.day))}"
        if assessment.status == "never_approved":
            return "never approved, by the department's own finding"
        seen = [one for one in assessment.events if one.event in ("drafted", "filed")]
        last = (
            f", {seen[-1].event} {spans.words(spans.parse(seen[-1].day))}" if seen else ""
        )
        state = assessment.status.replace("_", " ")
        word = (
            "its state is unknown" if state == "unknown" else f"reported as {state}{last}"
        )
        return f"no approval on this record; {word}, and what became of it since is unknown"

    def lateness(self, assessment: AssessmentReported) -> list[str]:
        decides = approval(assessment)
        if decides is None or assessment.office not in self.offices:
            return []
        on = spans.parse(decides.day)
        targets = [
            spans.parse(one.day) for one in assessment.events if one.event == "target"
        ]
        late = [
            f"after its target date, {spans.words(one).removeprefix('on ')}"
            for one in targets
            if one.surely_before(on)
        ]
        if assessment.covers and spans.parse(assessment.covers.last).surely_before(on):
            late.append("after the use it covers had ended")
        return late

    def missing(self, kind: str, tried: list[Candidate]) -> list[str]:
        """Return what is not on the record, and whether that is certain."""
        said = []
        if self.act.datasets is None:
            said.append("Which datasets it concerned is not on this record.")
        if kind == "assessment" and self.record.is_complete_for("published_assessments"):
            said.append(
                "No other assessment is on this record, which is declared complete for those"
                " that were published."
            )
        elif any(one.on_record is None for one in tried):
            said.append(
                f"No other {_LONG[kind]} is on this record; one that was not reported may exist."
            )
        return said

    def remedy(self, safeguard: Safeguard, *, verdict: bool | None) -> str:
        if verdict is True:
            return "It passes."
        concerned = ", ".join(self.act.datasets) if self.act.datasets else "its datasets"
        first = self.act.when.first
        before = spans.day_words(first) if first else "the award, whenever it was"
        return f"{safeguard.remedy} For {self.act.office} and {concerned}, before {before}."


_LONG = {"assessment": "assessment", "threshold": "threshold analysis"}


def approval(assessment: AssessmentReported) -> Event | None:
    """Return the event that counts as the approval: `published` where no `approved` is on record."""
    for event in APPROVALS:
        for one in assessment.events:
            if one.event == event:
                return one
    return None


def _asks_about(safeguard: Safeguard) -> str | None:
    for kind in ("assessment", "threshold"):
        if f'"attr": "{kind}"' in safeguard.condition:
            return kind
    return None


@lru_cache(16_384)
def _moments(span: Span) -> Moments:
    """A day runs to its last millisecond: which of two acts of one day came first is unknown."""
    first = BEGINNING if span.first is None else _day(span.first)
    last = FOREVER - 1 if span.last is None else _day(span.last) + DAY_MS - 1
    return Moments(first, last)


def _day(value: date) -> int:
    return day(value.isoformat()).first


@lru_cache(16_384)
def _datasets(ids: tuple[str, ...]) -> frozenset[Ref]:
    return frozenset(Ref("Dataset", one) for one in ids)


def _unique(*several: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for few in several for one in few))
