"""A walk over the ledger outside a turn: what came meanwhile is taken inside it, and no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from beforehand.record.recorded import Recorded

if TYPE_CHECKING:
    from beforehand.app.registers import App


class Walk:
    """Gives each entry to `take`, in order, and goes on from where it stopped."""

    def __init__(self, app: App, take: Callable[[Recorded], None]) -> None:
        self._app, self._take = app, take
        self._next = 0

    def on(self) -> None:
        """Walk to the end as it now stands: first outside a turn, then the rest inside one."""
        for entry in self._app.recorded(self._next):
            self._take(entry)
            self._next = entry.index + 1
