"""The fold: facts, in ledger order, become the Record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

from msgspec.structs import replace

from beforehand.record import custody as c
from beforehand.record import facts as f
from beforehand.record import reviewing as r
from beforehand.record import state as s
from beforehand.record.answering import AnsweringFact
from beforehand.record.answering_state import Answering
from beforehand.record.assessments import assessment_after
from beforehand.record.buying import Buying, BuyingFact
from beforehand.record.counting import Counting, CountingFact
from beforehand.record.holders import contract_after, person_after
from beforehand.record.imported import Imported, ImportedFact
from beforehand.record.keeping import keep
from beforehand.record.people import People, PeopleFact
from beforehand.record.recorded import Recorded
from beforehand.record.reported import ReportedRecord
from beforehand.record.rulebook import Rulebook, RulebookFact
from beforehand.record.shapes import OfficeKind
from beforehand.record.stating import Stating, StatingFact
from beforehand.record.using import SampleDrawn, Using, UsingFact
from beforehand.record.view import quarter

_NOTHING_SPENT = s.Spent()
_UNUSED = s.UseLog()


def fold(entries: Iterable[Recorded]) -> Record:
    record = Record()
    for entry in entries:
        record.apply(entry)
    return record


class Record:
    """What is so. Only `apply` changes it; rules see it as a `RecordView`."""

    def __init__(self) -> None:
        self.size = 0
        self.opened: str | None = None
        self.administrator: str | None = None
        self.department: str | None = None
        self.rulebook = Rulebook()
        self.offices: dict[str, s.Office] = {}
        self.persons: dict[str, s.Person] = {}
        self.suppliers: dict[str, str] = {}
        self.datasets: dict[str, s.Dataset] = {}
        self.thresholds: dict[str, s.Threshold] = {}
        self.assessments: dict[str, s.Assessment] = {}
        self.threads: dict[str, r.Thread] = {}
        self.evidence: dict[str, s.Evidence] = {}
        self.contracts: dict[str, s.Contract] = {}
        self.procedures: dict[str, s.Procedures] = {}
        self.snapshots: dict[str, s.Snapshot] = {}
        self.requests: dict[str, s.UseRequest] = {}
        self.questions: dict[str, s.OpenQuestion] = {}
        self.spent: dict[tuple[str, str], s.Spent] = {}
        self.use_logs: dict[tuple[str, str], s.UseLog] = {}
        self.people = People()
        self.buying = Buying()
        self.using = Using()
        self.stating = Stating()
        self.counting = Counting()
        self.imported = Imported()
        self.answering = Answering()
        self.log_keys: dict[str, c.LogKey] = {}
        self.readers: dict[str, c.NamedReader] = {}
        self.holds: dict[str, c.Hold] = {}
        self.schedule: c.Schedule | None = None
        self.deletions: dict[str, c.Deletion] = {}
        self.reported = ReportedRecord()
        # Counts by month; those of the newest entry's month are at hand.
        self._counted: dict[str, dict[tuple[str, str, str], int]] = {}
        self._month, self._quarter = "", ""
        self._counts: dict[tuple[str, str, str], int] = {}
        # Chains of offices, kept until an office is named.
        self._above: dict[str, tuple[str, ...]] = {}
        self._under: dict[str, tuple[str, ...]] = {}
        # What datasets carry, kept until a dataset is named.
        self._carried: dict[tuple[str, ...], tuple[str, ...]] = {}

    @property
    def counted(self) -> Mapping[tuple[str, str, str, str], int]:
        return {
            (*key, month): times
            for month, counts in self._counted.items()
            for key, times in counts.items()
        }

    def count(self, kind: str, of: str, what: str, at: str) -> None:
        """Count a frequent fact by its month."""
        if not at.startswith(self._month) or not self._month:
            self._month, self._quarter = at[:7], quarter(at)
            self._counts = self._counted.setdefault(self._month, {})
        key = kind, of, what
        self._counts[key] = self._counts.get(key, 0) + 1

    def above(self, office: str) -> tuple[str, ...]:
        found = self._above.get(office)
        if found is None:
            found = self._above[office] = tuple(self._chain(office))
        return found

    def _chain(self, office: str) -> list[str]:
        chain: list[str] = []
        at: str | None = office
        while at is not None and at in self.offices and at not in chain:
            chain.append(at)
            at = self.offices[at].parent
        return chain

    def offices_under(self, office: str) -> tuple[str, ...]:
        found = self._under.get(office)
        if found is None:
            under = (one for one in self.offices if office in self.above(one))
            found = self._under[office] = tuple(sorted(under))
        return found

    def carried(self, datasets: tuple[str, ...]) -> tuple[str, ...]:
        kept = self._carried.get(datasets)
        if kept is not None:
            return kept
        found: set[str] = set()
        waiting = list(datasets)
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                known = self.datasets.get(one)
                waiting += known.named.carries if known else ()
        carried = self._carried[datasets] = tuple(sorted(found))
        return carried

    def apply(self, entry: Recorded) -> None:  # noqa: C901, PLR0912, PLR0915  # one case a kind
        """Take one entry. The grammar has been checked before it was written."""
        fact = entry.fact
        match fact:  # frequent kinds first
            case f.QuestionAdmitted():
                self._question_admitted(fact, entry)
            case f.QuestionAnswered() | f.QuestionWithheld():
                self._question_ended(fact, entry.at)
            case f.ActRefused():
                for safeguard in entry.unmet:
                    self.count(fact.kind, fact.office or "", safeguard, entry.at)
            case f.UseReviewed():
                log = self.use_logs.get((fact.office, fact.dataset), _UNUSED)
                self.use_logs[fact.office, fact.dataset] = log.read(entry.at)
            case f.UseRequested() | f.UseApproved() | f.UseConcurred():
                self._use(fact, entry)
            case (
                f.PersonAppointed()
                | f.TrainingCompleted()
                | f.RulesSigned()
                | f.AccessRecertified()
            ):
                self.persons[fact.person] = person_after(
                    self.persons.get(fact.person), fact, at=entry.at
                )
            case (
                r.ThreadOpened()
                | r.ThreadAnswered()
                | r.ThreadResolved()
                | r.ThreadReopened()
            ):
                self.threads[fact.thread] = r.thread_after(
                    self.threads.get(fact.thread), fact, by=entry.actor, at=entry.at
                )
            case f.ThresholdFiled() | f.ThresholdApproved() | r.ThresholdRevoked():
                self._threshold(fact, entry)
            case (
                f.AssessmentDrafted()
                | f.AssessmentSubmitted()
                | f.AssessmentReviewed()
                | f.AssessmentApproved()
                | f.AssessmentPublished()
                | f.AssessmentWithheld()
                | f.AssessmentWithdrawn()
                | f.MitigationDone()
                | r.ReviewingFact()
            ):
                self.assessments[fact.assessment] = assessment_after(
                    self.assessments.get(fact.assessment),
                    fact,
                    by=entry.actor,
                    at=entry.at,
                    stood=self._stood(entry),
                )
            case PeopleFact():
                self.people.apply(fact, entry.at)
            case BuyingFact():
                self.buying.apply(fact, by=entry.actor, at=entry.at)
            case UsingFact():
                self.using.apply(
                    fact, by=entry.actor, at=entry.at, entry=entry.id, opened=entry.opened
                )
                if isinstance(fact, SampleDrawn):
                    log = self.use_logs.get((fact.office, fact.dataset), _UNUSED)
                    self.use_logs[fact.office, fact.dataset] = log.drawn(entry.at)
            case f.ContractAwarded() | f.ContractModified() | f.ContractEnded():
                self.contracts[fact.contract] = contract_after(
                    self.contracts.get(fact.contract), fact, at=entry.at
                )
            case f.SupplierEvidenced():
                self.evidence[fact.dataset] = s.Evidence(filed=fact, at=entry.at)
            case f.ProceduresAdopted():
                self.procedures[fact.office] = s.Procedures(
                    adopted=fact, at=entry.at, earlier=self.procedures.get(fact.office)
                )
            case f.HoldingTaken():
                self.snapshots[fact.snapshot] = s.Snapshot(taken=fact, at=entry.at)
            case f.DatasetNamed():
                self.datasets[fact.dataset] = s.Dataset(named=fact)
                self._carried.clear()
            case f.DatasetStopped() | f.DatasetResumed():
                known = self.datasets[fact.dataset]
                stopped = entry.at if isinstance(fact, f.DatasetStopped) else None
                self.datasets[fact.dataset] = replace(known, stopped=stopped)
            case f.SupplierNamed():
                self.suppliers[fact.supplier] = entry.at
            case f.OfficeNamed():
                self._office(fact.office, fact.office_kind, fact.parent)
            case f.RegisterOpened():
                self._opened(fact)
            case f.SafeguardsAdopted():
                self.rulebook.adopt(fact, by=entry.actor, at=entry.at)
            case RulebookFact():
                stood = self._stood(entry)
                self.rulebook.apply(fact, by=entry.actor, at=entry.at, stood=stood)
            case AnsweringFact():
                stood = self._stood(entry)
                self.answering.apply(fact, by=entry.actor, at=entry.at, stood=stood)
            case ImportedFact():
                self.imported.apply(fact, by=entry.actor, at=entry.at)
            case CountingFact():
                self.counting.apply(fact, at=entry.at, entry=entry.index)
            case StatingFact():
                self.stating.apply(
                    fact, by=entry.actor, at=entry.at, stood=self._stood(entry)
                )
            case f.AuditCompleted():
                pass  # it stands on the ledger; nothing is decided by it
            case (
                c.KeyAdded()
                | c.KeyRetired()
                | c.ReaderNamed()
                | c.SealedOpened()
                | c.SealedAudited()
                | c.HoldPlaced()
                | c.HoldLifted()
                | c.ScheduleSet()
                | c.DeletionDecided()
                | c.DeletionProved()
                | c.ClockStepped()
            ):
                keep(self, fact, entry)
            case _:
                self.reported.apply(fact)
        self.size = entry.index + 1

    def _stood(self, entry: Recorded) -> frozenset[str]:
        """Everyone the actor counts as for the rules that keep two people apart."""
        return self.people.stands_for(entry.actor, entry.at[:10])

    def _threshold(
        self,
        fact: f.ThresholdFiled | f.ThresholdApproved | r.ThresholdRevoked,
        entry: Recorded,
    ) -> None:
        match fact:
            case f.ThresholdFiled():
                known = s.Threshold(
                    filed=fact, filed_by=entry.actor, filers=self._stood(entry)
                )
            case f.ThresholdApproved():
                filed = self.thresholds[fact.threshold]
                known = replace(filed, approved=entry.at, revoked=None)
            case r.ThresholdRevoked():
                filed = self.thresholds[fact.threshold]
                known = replace(filed, approved=None, revoked=entry.at)
            case _:
                assert_never(fact)
        self.thresholds[fact.threshold] = known

    def _office(self, office: str, kind: OfficeKind, parent: str | None) -> None:
        self._above.clear()
        self._under.clear()
        self.offices[office] = s.Office(office=office, kind=kind, parent=parent)

    def _opened(self, fact: f.RegisterOpened) -> None:
        self.opened = fact.register
        self.administrator = fact.administrator
        self.department = self.rulebook.department = fact.department
        self._office(fact.department, "department", None)
        self.persons[fact.administrator] = s.Person(
            person=fact.administrator,
            individual=True,
            roles={fact.department: frozenset({"administrator"})},
        )

    def _use(
        self, fact: f.UseRequested | f.UseApproved | f.UseConcurred, entry: Recorded
    ) -> None:
        match fact:
            case f.UseRequested():
                request = s.UseRequest(
                    asked=fact,
                    by=entry.actor,
                    at=entry.at,
                    text=self.assessments[fact.assessment].digest,
                    opened=entry.opened,
                    requesters=self._stood(entry),
                )
            case f.UseApproved():
                known = self.requests[fact.request]
                deciders = known.deciders | self._stood(entry)
                request = replace(known, approved_by=entry.actor, deciders=deciders)
            case f.UseConcurred():
                known = self.requests[fact.request]
                deciders = known.deciders | self._stood(entry)
                request = replace(known, concurred_by=entry.actor, deciders=deciders)
            case _:
                assert_never(fact)
        self.requests[fact.request] = request

    def _question_admitted(self, fact: f.QuestionAdmitted, entry: Recorded) -> None:
        office, dataset = fact.office, fact.dataset
        self.count(fact.kind, office, dataset, entry.at)
        self.stating.asked(office, dataset, entry.at[:10], entry.index)
        key = dataset, self._quarter
        before = self.spent.get(key, _NOTHING_SPENT)
        self.spent[key] = s.Spent(
            rho_micro=before.rho_micro + fact.rho_micro,
            delta_e15=before.delta_e15 + fact.delta_e15,
        )
        log = self.use_logs.get((office, dataset), _UNUSED)
        asked = log.asked(entry.actor, entry.at)
        if asked is not log:
            self.use_logs[office, dataset] = asked
        if fact.repeats is None:
            self.questions[fact.question] = s.OpenQuestion(
                admitted=fact,
                by=entry.actor,
                at=entry.at,
                index=entry.index,
                opened=entry.opened,
            )

    def _question_ended(
        self, fact: f.QuestionAnswered | f.QuestionWithheld, at: str
    ) -> None:
        asked = self.questions.pop(fact.question).admitted
        self.count(fact.kind, asked.office, asked.dataset, at)
