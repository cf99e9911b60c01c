"""What the public register is made from. Values only: `render` reads no file and no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from beforehand.oversight.findings import Audit
    from beforehand.policy.sets import Safeguard
    from beforehand.record.view import RecordView

About: TypeAlias = Literal["record", "live"]
Words: TypeAlias = Mapping[str, Mapping[str, str | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """One ledger entry as the public sees it.

    at       the moment it was written (UTC)
    unmet    the safeguards that its decision names
    sealed   names of the parts that are on the ledger as commitments only
    text     the canonical JSON of the entry
    """

    index: int
    at: str
    kind: str
    subject: str
    actor: str
    office: str | None
    unmet: tuple[str, ...]
    sealed: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpointed:
    """The signed state of the ledger. `root` in hex; `note` and `vkey` as text."""

    origin: str
    size: int
    root: str
    note: str
    vkey: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """One protected answer: how many cells it shows and hides, and the budget it spent."""

    question: str
    entry: int
    office: str
    dataset: str
    shown: int
    hidden: int
    rho_micro: int
    delta_e15: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One register, ready to be rendered.

    about     "record": a reported public record; "live": a register of acts
    words     prose by item id and field, under the names of the case file; what an event of
              an assessment tells is `events[0].what`, `events[1].what`, ... A value of None is
              not known, and is shown so; where there is no field the id is shown
    made_at   the moment for which the pages speak (UTC)
    """

    register: str
    title: str
    about: About
    view: RecordView
    audit: Audit | None
    words: Words
    safeguards: tuple[Safeguard, ...]
    entries: tuple[EntryRow, ...]
    checkpoint: Checkpointed
    answers: tuple[AnswerRow, ...]
    made_at: str
