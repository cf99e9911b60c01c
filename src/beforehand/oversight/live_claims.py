"""A live register as what claims are held against: by the very evaluator of reported statements.

Its facts are mapped to those that a report would hold. What it can tell and no report can (each
day of use, which contracts still run, what it is whole for) it tells through the same methods.

A register is whole for contracts and use from the day after its first safeguards were adopted:
from then on nothing is bought or used without an entry. Of the time before it knows only what
was reported. A reported approval never counts here as an approval.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from beforehand.oversight import statements
from beforehand.record import reported as rep
from beforehand.record import spans
from beforehand.record.reported import ReportedRecord
from beforehand.record.spans import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from beforehand.oversight.findings import Verdict
    from beforehand.record.reported import Claim, ContractReported, Part
    from beforehand.record.state import Assessment, Contract
    from beforehand.record.stating import StatementDrafted
    from beforehand.record.view import RecordView

_HERE: Final = ""  # no file: it stands on the ledger itself


class LiveClaims(ReportedRecord):
    """What a register holds at a moment, as claims are held against it."""

    def __init__(self, view: RecordView, at: str) -> None:
        super().__init__()
        self._view, self._today = view, spans.parse(at[:10])
        self.case = rep.CaseTaken(
            file=_HERE, item=view.opened or "", compiled=at[:10], complete_for=()
        )
        self._ends: dict[str, Span] = {}
        self._whole = False
        self._report(view.reported)
        for name, office in view.offices.items():
            self.offices[name] = rep.OfficeReported(
                file=_HERE, item=name, office_kind=office.kind, parent=office.parent
            )
        for name, contract in view.contracts.items():
            self.contracts[name] = self._contract(name, contract)
        for name, assessment in view.assessments.items():
            for row in _assessments(name, assessment):
                self.assessments[f"{name} of {row.office}"] = row
        for one in view.stating.statements.values():
            if one.issued is not None:
                self.say(one.drafted, one.issued[:10])

    def _report(self, reported: ReportedRecord) -> None:
        """What was reported too, but for approvals: of purchases and statements it may speak."""
        self.offices |= reported.offices
        self.datasets |= reported.datasets
        self.contracts |= reported.contracts
        self.statements |= reported.statements
        self.recommendations |= reported.recommendations
        self.questions |= reported.questions

    def _contract(self, name: str, known: Contract) -> ContractReported:
        """A contract whose last day is to come may still end today, and no later than that day."""
        ended = min(known.ended[:10], known.ends) if known.ended else known.ends
        last = spans.parse(ended)
        runs_on = known.ended is None and self._today.surely_before(last)
        self._ends[name] = Span(self._today.first, last.last) if runs_on else last
        return rep.ContractReported(
            file=_HERE,
            item=name,
            confidence="A",
            sources=(),
            office=known.awarded.office,
            supplier=known.awarded.supplier,
            datasets=known.datasets,
            amount=None,
            amount_about=False,
            awarded=known.awarded_at[:10],
            ended=ended,
        )

    def say(self, drafted: StatementDrafted, day: str) -> tuple[str, ...]:
        """Hold a statement's claims among the others; return their ids."""
        names = []
        for number, claim in enumerate(drafted.claims, start=1):
            name = f"{drafted.statement}.{number}"
            names.append(name)
            self.statements[name] = rep.StatementReported(
                file=_HERE,
                item=name,
                confidence="A",
                sources=(),
                office=drafted.office,
                day=day,
                claim=claim,
            )
        return tuple(names)

    def asked(self, claim: Claim) -> None:
        """Be asked about this claim: whether the register is whole depends on since when."""
        speaks_of = spans.parse(claim.first if claim.due is None else claim.due)
        founded = _founded(self._view)
        self._whole = founded is not None and founded.surely_before(speaks_of)

    # -- what a report cannot tell -------------------------------------------------------

    def is_complete_for(self, part: Part) -> bool:
        return part == "contracts" and self._whole

    def shows_all_use(self) -> bool:
        return self._whole

    def ends_of(self, contract: ContractReported) -> Span:
        known = self._ends.get(contract.item)
        return super().ends_of(contract) if known is None else known

    def uses_of(self, office: str) -> Mapping[str, Span]:
        return {
            f"entry-{entry}": spans.parse(day)
            for (asker, _), days in self._view.stating.days.items()
            if office in self._view.above(asker)
            for day, entry in days.items()
        }

    def policies_of(self, office: str) -> Mapping[str, Span]:
        """Procedures that are not interim, of the office or of one above it."""
        found: dict[str, Span] = {}
        for above in self._view.above(office):
            one = self._view.procedures.get(above)
            while one is not None:
                if not getattr(one.adopted, "interim", False):
                    found[one.adopted.procedures] = spans.parse(one.since[:10])
                one = one.earlier
        return found


def _founded(view: RecordView) -> Span | None:
    """The day of the department's first safeguards."""
    adopted = view.rulebook.adopted.get(view.department or "")
    return spans.parse(adopted[0].at[:10]) if adopted else None


def _assessments(name: str, known: Assessment) -> Iterator[rep.AssessmentReported]:
    """Yield an assessment once for each office: an edit takes no approval to another one."""
    approved: dict[str, list[str]] = {known.draft.office: []}
    for one in known.approvals.values():
        approved.setdefault(one.office, []).append(one.first[:10])
    for office, days in approved.items():
        yield rep.AssessmentReported(
            file=_HERE,
            item=name,
            assessment_kind="PIA",
            number=None,
            office=office,
            datasets=known.draft.terms.datasets,
            status="withdrawn" if known.withdrawn else "approved" if days else "drafted",
            covers=None,
            events=tuple(
                rep.Event(event="approved", day=day, confidence="A", sources=())
                for day in sorted(days)
            ),
        )


def held(
    view: RecordView, drafted: StatementDrafted, *, at: str, said: str | None = None
) -> tuple[Verdict, ...]:
    """Return what the register says, at a moment, of each claim of a statement, in order.

    said   the day on which it was issued; today where it is not yet
    """
    record = LiveClaims(view, at)
    names = record.say(drafted, said or at[:10])
    found = []
    for name in names:
        statement = record.statements[name]
        record.asked(statement.claim)
        found.append(statements.verdict(record, statement))
    return tuple(found)
