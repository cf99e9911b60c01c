"""Promised against observed: each term of an assessment held against the ledger and the holdings.

It asks of entries that were let through; what the safeguards refused broke nothing. An act is
held against the text that was approved when it was recorded, so a later text excuses nothing.

    kept                 every entry that could break the term is in keeping with it
    broken               some entry is not, or a day has passed without one: each is named
    not_yet_observable   nothing on record could have broken it, or what would show it cannot be read

What was promised *and reported* of other registers is the matter of `promises` and `statements`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias, get_args

import msgspec

from beforehand.oversight.observed_terms import (
    Act,
    Term,
    by_act,
    days_after,
    mitigation_days,
    relies_on,
    words_of,
)
from beforehand.record import facts as f
from beforehand.record import reviewing as r
from beforehand.record.fold import Record
from beforehand.record.recorded import Recorded
from beforehand.record.state import UseLog, text_digest
from beforehand.record.terms import Terms
from beforehand.refusal import InputError

Held: TypeAlias = Literal["kept", "broken", "not_yet_observable"]
SHOWN: Final = 10


class Observed(msgspec.Struct, frozen=True, kw_only=True):
    """One term, as observed.

    promised   the term, in words
    entries    numbers: each that broke it, or of those in keeping with it the first few
    counted    how many entries it rests on
    why        one sentence
    """

    assessment: str
    term: Term
    promised: str
    verdict: Held
    entries: tuple[int, ...]
    counted: int
    why: str


@dataclass
class _Tally:
    """What was seen of one term: `dark` counts what would show it and could not be read."""

    kept: int = 0
    first: list[int] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    whys: list[str] = field(default_factory=list)
    dark: int = 0

    def keep(self, entry: int) -> None:
        self.kept += 1
        if len(self.first) < SHOWN:
            self.first.append(entry)

    def break_(self, entry: int, why: str) -> None:
        if entry not in self.broken[-1:]:
            self.broken.append(entry)
        if why not in self.whys:
            self.whys.append(why)

    def see(self, entry: int, why: str | None) -> None:
        if why is None:
            self.keep(entry)
        else:
            self.break_(entry, why)


class _Watch:
    """One assessment, watched through the ledger."""

    def __init__(self, assessment: str) -> None:
        self.assessment = assessment
        self.tallies: dict[Term, _Tally] = {term: _Tally() for term in get_args(Term)}
        self.terms: Terms | None = None
        self.approval: int | None = None
        self.ended: str | None = None
        self._texts: dict[str, Terms] = {}
        self._done: dict[str, tuple[int, str]] = {}
        self._delays: dict[str, list[tuple[str, str]]] = {}
        self._taken: list[tuple[int, f.HoldingTaken, Terms]] = []
        # By office and dataset: the first question to review, and the days allowed. Of those put
        # after a sample was drawn, the first is kept apart: a review of the sample leaves them.
        self._open: dict[tuple[str, str], tuple[int, int]] = {}
        self._later: dict[tuple[str, str], tuple[int, int]] = {}

    # -- as entries come; `record` is what stood before the entry ------------------------

    def see(self, record: Record, entry: Recorded) -> None:
        fact = entry.fact
        if isinstance(fact, f.UseReviewed):
            self._reviewed(record, entry, fact)
        elif getattr(fact, "assessment", None) == self.assessment:
            self._of_its_life(entry)
            if relies_on(fact) and self.terms is not None:
                self._act(record, entry, fact, self.terms)

    def _of_its_life(self, entry: Recorded) -> None:
        match entry.fact:
            case f.AssessmentDrafted() as draft:
                self._texts[text_digest(draft)] = draft.terms
            case f.AssessmentApproved() as approved:
                self.terms = self._texts[approved.digest]
                self.approval, self.ended = entry.index, None
            case f.AssessmentWithdrawn() | r.AssessmentSuperseded() | r.ApprovalRevoked():
                self.ended = entry.at[:10]
            case r.AssessmentReinstated():
                self.ended = None
            case f.MitigationDone() as done:
                self._done.setdefault(done.mitigation, (entry.index, entry.at[:10]))
            case r.DelayAccepted() as delay:
                given = self._delays.setdefault(delay.mitigation, [])
                given.append((entry.at[:10], delay.until))
            case _:
                pass

    def _act(self, record: Record, entry: Recorded, fact: Act, terms: Terms) -> None:
        for term, why in by_act(record, entry, fact, terms):
            tally = self.tallies[term]
            if why is msgspec.UNSET:
                tally.dark += 1
            else:
                tally.see(entry.index, why)
        if isinstance(fact, f.HoldingTaken):
            self._taken.append((entry.index, fact, terms))
        if isinstance(fact, f.QuestionAdmitted):
            key = fact.office, fact.dataset
            own = entry.index, terms.review_days
            self._open.setdefault(key, own)
            log = record.use_logs.get(key)
            if log is not None and log.sampled is not None and log.later is None:
                self._later[key] = own

    def _reviewed(self, record: Record, entry: Recorded, fact: f.UseReviewed) -> None:
        """A review: how long its oldest question waited. What came after a sample waits on."""
        key = fact.office, fact.dataset
        found = self._open.get(key)
        log = record.use_logs.get(key, UseLog())
        if found is None or log.unreviewed_since is None:
            return
        first, allowed = found
        if entry.at > days_after(log.unreviewed_since, allowed):
            why = (
                f"the review by {fact.office} of its questions to {fact.dataset} came late"
            )
            self.tallies["review_days"].break_(first, why)
            self.tallies["review_days"].break_(entry.index, why)
        else:
            self.tallies["review_days"].keep(entry.index)
        del self._open[key]
        if log.later is not None and key in self._later:
            self._open[key] = self._later.pop(key)

    # -- at the end ----------------------------------------------------------------------

    def end(self, record: Record, at: str, holdings: frozenset[str] | None) -> None:
        """Look at what no entry says: days that passed, and what is still held."""
        tally = self.tallies["review_days"]
        for (office, dataset), (first, allowed) in self._open.items():
            since = record.use_logs[office, dataset].unreviewed_since
            if since is not None and at > days_after(since, allowed):
                why = (
                    f"questions by {office} to {dataset} have waited too long for a review"
                )
                tally.break_(first, why)
        self._retention(at[:10], holdings)
        self._mitigations(at[:10])

    def _retention(self, today: str, holdings: frozenset[str] | None) -> None:
        tally = self.tallies["retention_days"]
        for entry, taken, terms in self._taken:
            over = days_after(taken.first_day, terms.retention_days)[:10] < today
            if over and holdings is None:
                tally.dark += 1
            elif over and taken.snapshot in (holdings or ()):
                why = f"data of {taken.first_day} is still held"
                tally.break_(entry, why)
            else:
                tally.keep(entry)

    def _mitigations(self, today: str) -> None:
        tally = self.tallies["mitigations"]
        if self.terms is None or self.approval is None:
            return
        for one in self.terms.mitigations:
            due = mitigation_days(one.due, self._delays.get(one.mitigation, []))
            done = self._done.get(one.mitigation)
            stands = self.ended is None or self.ended > due
            if done is not None and done[1] <= due:
                tally.keep(done[0])
            elif done is not None and stands:
                tally.break_(
                    done[0], f"mitigation {one.mitigation} was done after its day, {due}"
                )
            elif today > due and stands:
                why = f"mitigation {one.mitigation} was due by {due} and is not done"
                tally.break_(self.approval, why)

    def rows(self) -> tuple[Observed, ...]:
        terms = self.terms
        return tuple(
            self._row(term, one, terms, "" if terms is None else words_of(term, terms))
            for term, one in self.tallies.items()
        )

    def _row(
        self, term: Term, seen: _Tally, terms: Terms | None, promised: str
    ) -> Observed:
        verdict: Held = "not_yet_observable"
        entries, counted = tuple(seen.first), seen.kept
        if terms is None:
            why = "No text of it was approved, so it promises nothing yet."
        elif seen.broken:
            verdict, entries, counted = "broken", tuple(seen.broken), len(seen.broken)
            why = f"{'; '.join(seen.whys)}."
            why = why[:1].upper() + why[1:]  # each begins with a word, never with an id
        elif seen.dark:
            why = f"{seen.dark:,} entries that would show it cannot be read here."
        elif seen.kept:
            verdict = "kept"
            many = "The one entry" if seen.kept == 1 else f"All {seen.kept:,} entries"
            verb = "is" if seen.kept == 1 else "are"
            why = f"{many} that could break it {verb} in keeping with it."
        else:
            why = _NOTHING.get(term, "Nothing on record could have broken it yet.")
        return Observed(
            assessment=self.assessment,
            term=term,
            promised=promised,
            verdict=verdict,
            entries=entries,
            counted=counted,
            why=why,
        )


_NOTHING: Final = {
    "sharing": "No entry says to whom an answer was passed on, so this cannot be seen here.",
    "mitigations": "None is done, and none has passed its day.",
}


def observe(
    entries: Iterable[Recorded],
    *,
    at: str,
    holdings: frozenset[str] | None,
    assessment: str | None = None,
) -> tuple[Observed, ...]:
    """Return each term of an assessment, or of all, as `entries` show it. Raises InputError.

    at         the moment that it is told of, as entries write times
    holdings   digests of the snapshots that are held now; None where that cannot be seen
    Cost: one fold of the entries.
    """
    record = Record()
    watched: dict[str, _Watch] = {}
    for entry in entries:
        fact = entry.fact
        if isinstance(fact, f.AssessmentDrafted) and assessment in (None, fact.assessment):
            watched.setdefault(fact.assessment, _Watch(fact.assessment))
        for watch in watched.values():
            watch.see(record, entry)
        record.apply(entry)
    if assessment is not None and assessment not in watched:
        raise InputError(
            where="assessment", expected="one on the record", got=repr(assessment)
        )
    for watch in watched.values():
        watch.end(record, at, holdings)
    return tuple(row for watch in watched.values() for row in watch.rows())
