"""The invented department and what more happened, with a trace of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beforehand.oversight.live_checks import Verdict, verdict
from beforehand.oversight.live_trace import Trace
from beforehand.record.fold import Record
from tests.record.generated import recorded
from tests.world import Step, steps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from beforehand.record import answering as a


class World:
    def __init__(self, *more: Step, instead: Mapping[str, Step] | None = None) -> None:
        self.record, self.trace = Record(), Trace()
        taken = [(instead or {}).get(name, one) for name, one in steps().items()]
        for index, one in enumerate((*taken, *more)):
            entry = recorded(index, one)
            self.trace.take(self.record, entry)
            self.record.apply(entry)

    def held(self, check: a.Check, at: str, office: str = "dept") -> Verdict:
        return verdict(self.record, self.trace, check, office=office, at=at)
