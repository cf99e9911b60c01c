"""One entry, read: the fact in it with its place, time, actor and what could be opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self, TypeAlias

import msgspec

from beforehand.record.kinds import DecidedFact
from beforehand.record.reported import ReportedFact
from beforehand.record.shapes import Opened

AnyFact: TypeAlias = DecidedFact | ReportedFact

_NOTHING: Mapping[str, object] = {}


class UnmetIds(msgspec.Struct, frozen=True, gc=False):
    """What the Record needs of a decision: the safeguards that it names."""

    unmet: tuple[str, ...]


class Recorded(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One entry. It is read straight from the ledger's bytes, by a class of its own a kind.

    index    its place, set when it was read
    opened   part -> value of each sealed part that can be opened; empty without the vault
    """

    at: str
    actor: str
    id: str
    fact: AnyFact
    decision: UnmetIds | None
    index: int = -1
    opened: Opened = msgspec.field(default_factory=lambda: _NOTHING)

    @classmethod
    def made(
        cls,
        *,
        index: int,
        at: str,
        actor: str,
        id: str,  # noqa: A002  # the field's name
        fact: AnyFact,
        opened: Opened,
        unmet: tuple[str, ...],
    ) -> Self:
        """Return an entry that is known before it is read: the one just appended."""
        decision = UnmetIds(unmet)
        return cls(
            index=index,
            at=at,
            actor=actor,
            id=id,
            fact=fact,
            opened=opened,
            decision=decision,
        )

    @property
    def unmet(self) -> tuple[str, ...]:
        """The safeguards that its decision names."""
        return self.decision.unmet if self.decision else ()
