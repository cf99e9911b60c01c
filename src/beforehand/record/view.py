"""What rules may see of the Record: everything, and nothing that changes it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Protocol

from beforehand.record.answering_state import Answering
from beforehand.record.buying import Buying
from beforehand.record.counting import Counting
from beforehand.record.custody import Deletion, Hold, LogKey, NamedReader, Schedule
from beforehand.record.imported import Imported
from beforehand.record.people import People
from beforehand.record.reported import ReportedRecord
from beforehand.record.reviewing import Thread
from beforehand.record.rulebook import Rulebook
from beforehand.record.state import (
    Assessment,
    Contract,
    Dataset,
    Evidence,
    Office,
    OpenQuestion,
    Person,
    Procedures,
    Snapshot,
    Spent,
    Threshold,
    UseLog,
    UseRequest,
)
from beforehand.record.stating import Stating
from beforehand.record.using import Using


class RecordView(Protocol):
    """A Record without `apply`. Every mapping is by id unless its comment says otherwise."""

    @property
    def size(self) -> int: ...
    @property
    def opened(self) -> str | None: ...
    @property
    def administrator(self) -> str | None: ...
    @property
    def department(self) -> str | None: ...
    @property
    def rulebook(self) -> Rulebook: ...
    @property
    def offices(self) -> Mapping[str, Office]: ...
    @property
    def persons(self) -> Mapping[str, Person]: ...
    @property
    def suppliers(self) -> Mapping[str, str]: ...
    @property
    def datasets(self) -> Mapping[str, Dataset]: ...
    @property
    def thresholds(self) -> Mapping[str, Threshold]: ...
    @property
    def assessments(self) -> Mapping[str, Assessment]: ...
    @property
    def threads(self) -> Mapping[str, Thread]: ...
    @property
    def evidence(self) -> Mapping[str, Evidence]: ...  # by dataset
    @property
    def contracts(self) -> Mapping[str, Contract]: ...
    @property
    def procedures(self) -> Mapping[str, Procedures]: ...  # by office, the latest
    @property
    def snapshots(self) -> Mapping[str, Snapshot]: ...
    @property
    def requests(self) -> Mapping[str, UseRequest]: ...
    @property
    def questions(self) -> Mapping[str, OpenQuestion]: ...  # open ones
    @property
    def spent(self) -> Mapping[tuple[str, str], Spent]: ...  # by dataset and quarter
    @property
    def use_logs(self) -> Mapping[tuple[str, str], UseLog]: ...  # by office and dataset
    @property
    def counted(
        self,
    ) -> Mapping[tuple[str, str, str, str], int]: ...  # kind, office, of, month
    @property
    def people(self) -> People: ...
    @property
    def buying(self) -> Buying: ...
    @property
    def using(self) -> Using: ...
    @property
    def stating(self) -> Stating: ...
    @property
    def counting(self) -> Counting: ...
    @property
    def imported(self) -> Imported: ...
    @property
    def answering(self) -> Answering: ...
    @property
    def log_keys(self) -> Mapping[str, LogKey]: ...  # without a founding key in force
    @property
    def readers(self) -> Mapping[str, NamedReader]: ...  # by reader, the newest
    @property
    def holds(self) -> Mapping[str, Hold]: ...  # lifted ones too
    @property
    def schedule(self) -> Schedule | None: ...
    @property
    def deletions(self) -> Mapping[str, Deletion]: ...
    @property
    def reported(self) -> ReportedRecord: ...
    def above(self, office: str) -> tuple[str, ...]:
        """Return `office` and every office above it, nearest first."""
        ...

    def offices_under(self, office: str) -> tuple[str, ...]:
        """Return `office` and every office below it, sorted."""
        ...

    def carried(self, datasets: tuple[str, ...]) -> tuple[str, ...]:
        """Return `datasets` and everything they carry, sorted."""
        ...


def quarter(moment: str) -> str:
    """Return the calendar quarter (UTC) of a moment, day or month, as `2026-Q4`."""
    return _quarter(moment[:7])


@lru_cache(1024)
def _quarter(month: str) -> str:
    return f"{month[:4]}-Q{(int(month[5:7]) + 2) // 3}"
