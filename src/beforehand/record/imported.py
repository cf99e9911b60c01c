"""Facts about what came from outside: files that were imported, and leads that people judged.

A file is kept whole under its digest, and what it says is read from it whenever it is needed;
the ledger holds the digest, the counts and the digest of the summary. A lead is a purchase
that may lack an assessment: only a person confirms or dismisses it, with a written reason.
"""

from __future__ import annotations

from typing import TypeAlias, assert_never

import msgspec

from beforehand.record.shapes import Dropped, Fact


class ImportedFact(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fact of this group."""


class FileImported(ImportedFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Each row of the file is counted once, from `created` to `refused`; `flagged` is beside it.

    as_of      the day that the file's rows are of, where they do not say; null if not given
    completed  something not known before was added
    unchanged  it said nothing new
    older      it differed, and what was on record is newer
    document   the summary: members, rows by number, and values that were replaced
    """

    kind, act, about = "file.imported", "import-file", "file"
    file: str
    formats: tuple[str, ...]
    as_of: str | None
    rows: int
    created: int
    completed: int
    corrected: int
    unchanged: int
    older: int
    refused: tuple[Dropped, ...]
    flagged: tuple[Dropped, ...]
    document: str

    @property
    def counted(self) -> int:
        landed = self.created + self.completed + self.corrected
        unread = sum(one.rows for one in self.refused)
        return landed + self.unchanged + self.older + unread


class LeadConfirmed(ImportedFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person looked, and the purchase is one that needs an assessment and shows none.

    award      its number, in lower case
    watched    what on the watch-list it matches
    file       where it was read
    document   the written reason
    """

    kind, act, about = "lead.confirmed", "confirm-lead", "lead"
    lead: str
    award: str
    watched: str
    file: str
    document: str


class LeadDismissed(ImportedFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person looked, and it is nothing of the kind, or has its assessment."""

    kind, act, about = "lead.dismissed", "dismiss-lead", "lead"
    lead: str
    award: str
    watched: str
    file: str
    document: str


AnyImportedFact: TypeAlias = FileImported | LeadConfirmed | LeadDismissed


class ImportedFile(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    taken: FileImported
    by: str
    at: str


class JudgedLead(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """The newest judgement of a lead."""

    judged: LeadConfirmed | LeadDismissed
    by: str
    at: str

    @property
    def is_confirmed(self) -> bool:
        return isinstance(self.judged, LeadConfirmed)


class Imported:
    """Files by digest, in the order of their import, and judged leads by id."""

    def __init__(self) -> None:
        self.files: dict[str, ImportedFile] = {}
        self.leads: dict[str, JudgedLead] = {}

    def apply(self, fact: AnyImportedFact, *, by: str, at: str) -> None:
        match fact:
            case FileImported():
                self.files[fact.file] = ImportedFile(taken=fact, by=by, at=at)
            case LeadConfirmed() | LeadDismissed():
                self.leads[fact.lead] = JudgedLead(judged=fact, by=by, at=at)
            case _:
                assert_never(fact)
