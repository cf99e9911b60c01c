"""What the entries show of what live checks ask: each failing, with the entry that did it. Pure.

It does not matter when anybody looks: what failed and was mended before that did fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, Literal, TypeAlias

import msgspec
from msgspec.structs import replace

from beforehand.ledger.times import midnight, parse_time, time_text
from beforehand.record import facts as f
from beforehand.record import people as p
from beforehand.record import reviewing as r
from beforehand.record import using as u
from beforehand.record.recorded import Recorded
from beforehand.record.state import Person
from beforehand.record.view import RecordView

Form: TypeAlias = Literal[
    "award", "review", "stop", "mitigation", "account", "incident", "recertification"
]
CERTIFIED: Final = frozenset({"analyst", "data_steward"})  # whose access is confirmed


class Failing(msgspec.Struct, frozen=True, kw_only=True):
    """What failed.

    entry, id   the entry that did it: its number and its id
    of          the thing that failed; `office`: whose it is
    since       the moment from which it fails; `until`: when it was mended, None if it was not
    """

    form: Form
    entry: int
    id: str
    of: str
    office: str
    since: str
    until: str | None = None


class Mark(msgspec.Struct, frozen=True):
    """An entry that something may come to rest on."""

    entry: int
    id: str
    at: str


class OpenedIncident(msgspec.Struct, frozen=True):
    """`mark`: when it was opened, or opened again."""

    mark: Mark
    opened: u.IncidentOpened
    closed: str | None = None


class Trace:
    """What the entries show so far.

    began       the time of the first entry
    asked       the offices that ever put a question
    incidents   each time that one was open
    """

    def __init__(self) -> None:
        self.began: str | None = None
        self.asked: set[str] = set()
        self.incidents: list[OpenedIncident] = []
        self._failed: list[Failing] = []
        # By office and dataset, the first question not reviewed and the days of its term;
        # and the first after the newest sample, which a review of that leaves unreviewed.
        self._first: dict[tuple[str, str], tuple[Mark, int]] = {}
        self._later: dict[tuple[str, str], tuple[Mark, int]] = {}
        self._drafts: dict[str, Mark] = {}
        self._certified: dict[str, Mark] = {}
        self._shared: dict[str, Mark] = {}

    def take(self, view: RecordView, entry: Recorded) -> None:  # noqa: C901, PLR0912  # one case a kind
        """Take an entry. `view` is the Record before it."""
        self.began = self.began or entry.at
        mark, fact = Mark(entry.index, entry.id, entry.at), entry.fact
        match fact:
            case f.QuestionAdmitted():
                self._question(view, fact, mark)
            case u.SampleDrawn():
                self._later.pop((fact.office, fact.dataset), None)
            case f.UseReviewed():
                self._reviewed(fact, mark.at)
            case f.ContractAwarded() | f.ContractModified():
                self._award(view, fact, mark)
            case (
                f.MitigationDone()
                | r.DelayAccepted()
                | f.AssessmentWithdrawn()
                | r.AssessmentSuperseded()
                | f.AssessmentDrafted()
                | r.AssessmentReturned()
                | r.AssessmentRecalled()
                | r.ApprovalRevoked()
            ):
                self._keep(self._overdue(view, fact.assessment, mark.at), mark.at)
                if isinstance(fact, f.AssessmentDrafted):
                    self._drafts[fact.assessment] = mark
            case f.PersonAppointed():
                self._appointed(view, fact, mark)
            case f.AccessRecertified():
                self._keep(self._lapsed(view, fact.person, mark.at), mark.at)
                self._certified[fact.person] = mark
            case p.AccountUnlocked() if fact.outcome == "sharing_ended":
                person = view.persons[fact.person]
                for office in person.roles:
                    found = _failing("account", mark, fact.person, office, mark.at)
                    self._keep(iter((found,)), mark.at)
            case u.IncidentOpened():
                self.incidents.append(OpenedIncident(mark, fact))
            case u.IncidentReopened():
                known = view.using.incidents[fact.incident].opened
                self.incidents.append(OpenedIncident(mark, known))
            case u.IncidentClosed():
                self._closed(fact.incident, mark.at)
            case _:
                pass

    def failings(self, view: RecordView, at: str) -> tuple[Failing, ...]:
        """Return everything that failed by a moment but incidents, the first first."""
        now = [*self._failed, *self._reviews(at)]
        for name in view.assessments:
            now += self._overdue(view, name, at)
        for name in view.persons:
            now += (*self._lapsed(view, name, at), *self._sharing(view, name))
        found: dict[tuple[str, str, str, str], Failing] = {}
        for one in now:
            key = one.form, one.of, one.office, one.since
            # What fails still is told with the entry that it was first told with.
            found[key] = replace(found.get(key, one), until=one.until)
        return tuple(sorted(found.values(), key=lambda one: (one.since, one.entry)))

    # -- as entries come -----------------------------------------------------------------

    def _keep(self, failings: Iterator[Failing], at: str) -> None:
        """Keep what has failed by now and may be mended with this entry."""
        self._failed += [replace(one, until=at) for one in failings]

    def _question(self, view: RecordView, fact: f.QuestionAdmitted, mark: Mark) -> None:
        self.asked.add(fact.office)
        key = fact.office, fact.dataset
        days = view.assessments[fact.assessment].draft.terms.review_days
        _await(self._first, key, mark, days)
        log = view.use_logs.get(key)
        if log is not None and log.sampled is not None:
            _await(self._later, key, mark, days)
        carried = view.carried((fact.dataset,))
        if any(view.datasets[one].stopped for one in carried):
            found = _failing("stop", mark, fact.question, fact.office, mark.at)
            self._failed.append(found)

    def _reviewed(self, fact: f.UseReviewed, at: str) -> None:
        key = fact.office, fact.dataset
        self._keep((one for one in self._reviews(at) if _of(key) == one.of), at)
        self._first.pop(key, None)
        if key in self._later:
            self._first[key] = self._later.pop(key)

    def _award(
        self, view: RecordView, fact: f.ContractAwarded | f.ContractModified, mark: Mark
    ) -> None:
        awarded = (
            fact
            if isinstance(fact, f.ContractAwarded)
            else view.contracts[fact.contract].awarded
        )
        if not covers(view, awarded, fact, mark.at):
            found = _failing("award", mark, fact.contract, awarded.office, mark.at)
            self._failed.append(found)

    def _appointed(self, view: RecordView, fact: f.PersonAppointed, mark: Mark) -> None:
        before = view.persons.get(fact.person)
        self._keep(self._lapsed(view, fact.person, mark.at), mark.at)
        self._keep(self._sharing(view, fact.person), mark.at)
        if before is None or not any(_confirmed(before)):
            self._certified[fact.person] = mark
        if fact.account == "shared" and (before is None or before.individual):
            self._shared[fact.person] = mark

    def _closed(self, incident: str, at: str) -> None:
        self.incidents = [
            replace(one, closed=at)
            if one.opened.incident == incident and one.closed is None
            else one
            for one in self.incidents
        ]

    # -- as it stands at a moment --------------------------------------------------------

    def _reviews(self, at: str) -> Iterator[Failing]:
        for key, (mark, days) in self._first.items():
            due = _days_after(mark.at, days)
            if due <= at:
                yield _failing("review", mark, _of(key), key[0], due)

    def _overdue(self, view: RecordView, assessment: str, at: str) -> Iterator[Failing]:
        known = view.assessments.get(assessment)
        if known is None or known.withdrawn:
            return
        if not (known.approved_digest or known.digest in known.submitted):
            return
        for one in known.draft.terms.mitigations:
            due = day_after(known.due(one.mitigation, one.due))
            if one.mitigation not in known.done and due <= at:
                of = f"{assessment} {one.mitigation}"
                yield _failing("mitigation", self._drafts[assessment], of, one.owner, due)

    def _lapsed(self, view: RecordView, person: str, at: str) -> Iterator[Failing]:
        known, mark = view.persons.get(person), self._certified.get(person)
        if known is not None and mark is not None:
            due = next_quarter(mark.at)
            for office in _confirmed(known) if due <= at else ():
                yield _failing("recertification", mark, person, office, due)

    def _sharing(self, view: RecordView, person: str) -> Iterator[Failing]:
        known, mark = view.persons.get(person), self._shared.get(person)
        if known is not None and mark is not None:
            for office, roles in known.roles.items():
                if roles:
                    yield _failing("account", mark, person, office, mark.at)


def _await(
    waiting: dict[tuple[str, str], tuple[Mark, int]],
    key: tuple[str, str],
    mark: Mark,
    days: int,
) -> None:
    """Have a question wait for a review: the shortest term of those that wait counts for all."""
    first, shortest = waiting.get(key, (mark, days))
    waiting[key] = first, min(shortest, days)


def covers(
    view: RecordView,
    awarded: f.ContractAwarded,
    fact: f.ContractAwarded | f.ContractModified,
    at: str,
) -> bool:
    """Whether the assessment that an award or modification names covered it at that moment."""
    known = view.assessments.get(fact.assessment or "")
    if known is None or known.withdrawn or known.digest not in known.approvals:
        return False
    terms = known.draft.terms
    return (
        known.digest in known.disclosed
        and at < f"{known.approvals[known.digest].expires}T"
        and set(view.carried(fact.datasets)) <= set(terms.datasets)
        and awarded.purpose in terms.purposes
        and awarded.office in terms.offices
    )


def _failing(form: Form, mark: Mark, of: str, office: str, since: str) -> Failing:
    return Failing(
        form=form, entry=mark.entry, id=mark.id, of=of, office=office, since=since
    )


def _of(key: tuple[str, str]) -> str:
    return " ".join(key)


def _confirmed(person: Person) -> Iterator[str]:
    """Yield the offices in which a person has a post whose access is confirmed each quarter."""
    return (office for office, held in person.roles.items() if held & CERTIFIED)


# -- moments, as entries write them ------------------------------------------------------


def day_after(day: str, days: int = 0) -> str:
    """Return the first moment after a day and so many days more; the last there is beyond."""
    try:
        then = date.fromisoformat(day) + timedelta(days=days + 1)
    except OverflowError:
        then = date.max
    return midnight(then.isoformat())


def next_quarter(at: str) -> str:
    year, quarter = int(at[:4]), (int(at[5:7]) - 1) // 3
    return midnight(f"{year + quarter // 3:04}-{(quarter + 1) % 4 * 3 + 1:02}-01")


def _days_after(at: str, days: int) -> str:
    return time_text(parse_time(at) + timedelta(days=days))
