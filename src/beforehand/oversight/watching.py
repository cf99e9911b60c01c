"""Statements after they were issued: which later entry, or which day, changed what the record says.

The ledger is walked from its start. Where an entry could bear on a claim, the claim is evaluated
just before it and just after it, both at its time: a difference before it is a day's doing, a
difference after it is the entry's own. What is on the ledger as flipped already is not found again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from beforehand.oversight.live_claims import held
from beforehand.record import facts as f
from beforehand.record import reported as rep
from beforehand.record import reviewing as r
from beforehand.record.fold import Record
from beforehand.record.stating import StatementFlipped, StatementIssued, VerdictWord

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beforehand.record.recorded import Recorded

Claim = tuple[str, int]

BEARING: Final = (
    f.ContractAwarded,
    f.ContractModified,
    f.ContractEnded,
    f.AssessmentApproved,
    r.ApprovalRevoked,
    f.ProceduresAdopted,
    f.OfficeNamed,
    StatementIssued,
    rep.CaseTaken,
    rep.OfficeReported,
    rep.ContractReported,
    rep.StatementReported,
    rep.RecommendationReported,
)


class Flip(msgspec.Struct, frozen=True, kw_only=True):
    """One change of a verdict that is not on the ledger yet.

    entry         what changed it; None where it was a day that passed
    why           what the record now says, as a sentence
    subscribers   who is to be told
    """

    statement: str
    number: int
    was: VerdictWord
    now: VerdictWord
    entry: int | None
    why: str
    subscribers: tuple[str, ...]

    @property
    def fact(self) -> StatementFlipped:
        return StatementFlipped(
            statement=self.statement,
            number=self.number,
            was=self.was,
            now=self.now,
            entry=self.entry,
        )


class Watch:
    """Every issued claim, watched through the ledger: `take` each entry, then ask for `flips`."""

    def __init__(self) -> None:
        self.record = Record()
        self.last: dict[Claim, VerdictWord] = {}
        self.found: dict[Claim, list[Flip]] = {}

    def take(self, entry: Recorded) -> None:
        bears = bool(self.last) and self._bears(entry)
        if bears:
            self._compare(entry.at, None)
        self.record.apply(entry)
        match entry.fact:
            case StatementFlipped() as flipped:
                claim = flipped.statement, flipped.number
                self.last[claim] = flipped.now
                self.found.pop(claim, None)
            case StatementIssued() as issued:
                for number, word in enumerate(issued.verdicts, start=1):
                    self.last[issued.statement, number] = word
            case _:
                pass
        if bears:
            self._compare(entry.at, entry.index)

    def _bears(self, entry: Recorded) -> bool:
        """Whether an entry could change a verdict. Of questions only the first of each day can."""
        fact = entry.fact
        if isinstance(fact, f.QuestionAdmitted):
            days = self.record.stating.days.get((fact.office, fact.dataset), {})
            return entry.at[:10] not in days
        return isinstance(fact, BEARING)

    def _compare(self, at: str, entry: int | None) -> None:
        """Evaluate every issued claim at a moment, and note each that is not as it was."""
        for name, known in self.record.stating.statements.items():
            if known.issued is None:
                continue
            verdicts = held(self.record, known.drafted, at=at, said=known.issued[:10])
            for number, one in enumerate(verdicts, start=1):
                was = self.last[name, number]
                if one.verdict == was:
                    continue
                self.last[name, number] = one.verdict
                flip = Flip(
                    statement=name,
                    number=number,
                    was=was,
                    now=one.verdict,
                    entry=entry,
                    why=one.why,
                    subscribers=(),
                )
                self.found.setdefault((name, number), []).append(flip)

    def flips(self, at: str) -> tuple[Flip, ...]:
        """Return every change of a verdict on an issued claim that is not on the ledger yet.

        at   now, as entries write times: a day that has passed may change a verdict by itself
        """
        self._compare(at, None)
        statements = self.record.stating.statements
        return tuple(
            msgspec.structs.replace(
                one, subscribers=tuple(sorted(statements[one.statement].subscribers))
            )
            for some in self.found.values()
            for one in some
        )


def flips(entries: Iterable[Recorded], *, at: str) -> tuple[Flip, ...]:
    """Return what `entries` flipped by a moment.

    Cost: one fold, and two evaluations of every issued claim for each entry that bears on them.
    """
    watch = Watch()
    for entry in entries:
        watch.take(entry)
    return watch.flips(at)
