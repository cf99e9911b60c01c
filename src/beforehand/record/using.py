"""Facts about use beyond the request: legal process, exigency, sampled review, incidents."""

from __future__ import annotations

from typing import Literal, TypeAlias, assert_never

import msgspec
from msgspec.structs import replace

from beforehand.record.shapes import Fact, Opened
from beforehand.record.terms import Area

Pattern = Literal["own", "coworker", "no_case"]
Judged = Literal["in_order", "explained", "referred"]


class UsingFact(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fact of this group."""


# -- legal process -----------------------------------------------------------------------


class ProcessRecorded(UsingFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A warrant, order, consent, or an exigency with its deadline, and exactly what it names.

    first_day, last_day   the window of sightings that it names
    expires               for an exigency the day by which it must be resolved
    Sealed: `area` (columns and rows) and `device` (its canonical spelling), each null where
    it names none.
    """

    kind, act, about = "process.recorded", "record-process", "process"
    sealed = ("area", "device")
    process: str
    process_kind: Literal["warrant", "court_order", "consent", "exigency"]
    office: str
    dataset: str
    first_day: str
    last_day: str
    expires: str
    document: str


class ProcessEnded(UsingFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Quashed, withdrawn or no longer needed."""

    kind, act, about = "process.ended", "end-process", "process"
    process: str


class ExigencyResolved(UsingFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What became of an exigency: the process obtained since, or none and why."""

    kind, act, about = "exigency.resolved", "resolve-exigency", "process"
    process: str
    obtained: str | None
    document: str


# -- review of use -----------------------------------------------------------------------


class OwnPlacesDeclared(UsingFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person's own home and haunts, so that a look at them, or at a coworker's, is seen.

    Sealed: `areas`, a list of rectangles of level-0 cells.
    """

    kind, act, about = "places.declared", "declare-own-places", "person"
    sealed = ("areas",)
    person: str


class Flag(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    question: str
    pattern: Pattern


class QuestionJudged(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a reviewer found of one question. `explained`: it was flagged, and there is a reason."""

    question: str
    judged: Judged


class SampleDrawn(UsingFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Questions of one office to one dataset, drawn for its supervisor to read.

    asked       how many were put since the last review
    flags       every question in which a pattern was seen; each is in the sample too
    """

    kind, act, about = "sample.drawn", "draw-sample", "sample"
    sample: str
    office: str
    dataset: str
    asked: int
    questions: tuple[str, ...]
    flags: tuple[Flag, ...]


# -- incidents ---------------------------------------------------------------------------


class IncidentOpened(UsingFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`discovered` starts the clock. Sealed: `about`, whom it concerns."""

    kind, act, about = "incident.opened", "open-incident", "incident"
    sealed = ("about",)
    incident: str
    office: str
    datasets: tuple[str, ...]
    discovered: str
    document: str


class NoticeGiven(UsingFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "notice.given", "give-notice", "incident"
    incident: str
    to: Literal["privacy_office", "inspector_general", "congress", "persons"]
    document: str


class IncidentClosed(UsingFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Closed with its outcome and what was done: never without either."""

    kind, act, about = "incident.closed", "close-incident", "incident"
    incident: str
    outcome: Literal["substantiated", "unsubstantiated", "inconclusive"]
    measure: Literal["none", "training", "access_removed", "discipline", "referred"]
    document: str


class IncidentReopened(UsingFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "incident.reopened", "reopen-incident", "incident"
    incident: str
    document: str


AnyUsingFact: TypeAlias = (
    ProcessRecorded
    | ProcessEnded
    | ExigencyResolved
    | OwnPlacesDeclared
    | SampleDrawn
    | IncidentOpened
    | NoticeGiven
    | IncidentClosed
    | IncidentReopened
)

# -- what the Record keeps of them -------------------------------------------------------


class Process(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    recorded: ProcessRecorded
    by: str
    at: str
    opened: Opened
    ended: str | None = None
    resolved: str | None = None

    @property
    def area(self) -> Area | None:
        found = self.opened.get("area")
        return None if found is None else msgspec.convert(found, Area)

    @property
    def device(self) -> str | None:
        found = self.opened.get("device")
        return found if isinstance(found, str) else None

    @property
    def pends(self) -> bool:
        """Whether it is an exigency of which nobody has said what became."""
        return self.recorded.process_kind == "exigency" and self.resolved is None


class Sample(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    drawn: SampleDrawn
    by: str
    at: str


class Incident(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    opened: IncidentOpened
    by: str
    at: str
    notified: frozenset[str] = frozenset()
    outcome: str | None = None
    closed: str | None = None


class Using:
    """Legal process, samples, incidents by id; the newest sample by office and dataset."""

    def __init__(self) -> None:
        self.processes: dict[str, Process] = {}
        self.samples: dict[tuple[str, str], Sample] = {}
        self.incidents: dict[str, Incident] = {}
        self.declared: dict[str, str] = {}  # person -> the entry's id
        # Those that a question must look at each time: few, however many were before.
        self.pending: set[str] = set()
        self.open_incidents: set[str] = set()

    def apply(
        self, fact: AnyUsingFact, *, by: str, at: str, entry: str, opened: Opened
    ) -> None:
        match fact:
            case ProcessRecorded():
                self._process(Process(recorded=fact, by=by, at=at, opened=opened))
            case ProcessEnded():
                self._process(replace(self.processes[fact.process], ended=at))
            case ExigencyResolved():
                self._process(replace(self.processes[fact.process], resolved=at))
            case OwnPlacesDeclared():
                self.declared[fact.person] = entry
            case SampleDrawn():
                self.samples[fact.office, fact.dataset] = Sample(drawn=fact, by=by, at=at)
            case IncidentOpened():
                self._incident(Incident(opened=fact, by=by, at=at))
            case NoticeGiven():
                found = self.incidents[fact.incident]
                self._incident(replace(found, notified=found.notified | {fact.to}))
            case IncidentClosed():
                found = self.incidents[fact.incident]
                self._incident(replace(found, outcome=fact.outcome, closed=at))
            case IncidentReopened():
                found = self.incidents[fact.incident]
                self._incident(replace(found, outcome=None, closed=None))
            case _:
                assert_never(fact)

    def _process(self, known: Process) -> None:
        name = known.recorded.process
        self.processes[name] = known
        (self.pending.add if known.pends else self.pending.discard)(name)

    def _incident(self, known: Incident) -> None:
        name = known.opened.incident
        self.incidents[name] = known
        is_open = known.closed is None
        (self.open_incidents.add if is_open else self.open_incidents.discard)(name)
