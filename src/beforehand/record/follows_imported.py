"""Which fact about what came from outside may follow which."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from beforehand.record import imported as i
from beforehand.record.checks import known, new, no

if TYPE_CHECKING:
    from beforehand.record.view import RecordView


def check_imported(view: RecordView, fact: i.AnyImportedFact) -> None:
    """Check that `fact` is possible now. Raises GrammarError."""
    imported = view.imported
    match fact:
        case i.FileImported():
            new("file", fact.file, imported.files)
            if fact.rows != fact.counted:
                no("rows", "each row counted once", f"{fact.counted:,} of {fact.rows:,}")
        case i.LeadConfirmed() | i.LeadDismissed():
            known("file", fact.file, imported.files)
            judged = imported.leads.get(fact.lead)
            if judged is not None and type(judged.judged) is type(fact):
                no("lead", "one that was not judged so already", repr(fact.lead))
        case _:
            assert_never(fact)
