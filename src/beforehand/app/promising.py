"""What a register's assessments promise, held against its own ledger and holdings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beforehand.oversight.observed import Observed, observe

if TYPE_CHECKING:
    from beforehand.app.registers import App


def promised(app: App, assessment: str | None = None) -> tuple[Observed, ...]:
    """Return each term of an assessment, or of all, as observed up to now. Raises InputError.

    Sealed forms of questions are looked at here, and none of their values is in the answer.
    """
    view = app.view()
    held = frozenset(
        one for one in view.snapshots if (app.settings.snapshots / one[:16]).is_dir()
    )
    return observe(
        app.recorded(0, view.size), at=app.next_time(), holdings=held, assessment=assessment
    )
