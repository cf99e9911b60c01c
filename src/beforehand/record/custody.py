"""Facts about what the register keeps for itself: its keys, its sealed parts, holds, deletion.

None of them ever holds a sealed value: they say who opened which part, and what was deleted.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from beforehand.record.shapes import Fact

Reader = Literal["office", "inspector_general"]
Reason = Literal["oversight", "review", "redress", "litigation", "legal_process"]

# -- keys --------------------------------------------------------------------------------


class KeyAdded(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The log signs with this key too. `key` is its id, eight hexadecimal digits."""

    kind, act, about = "key.added", "add-log-key", "key"
    key: str
    vkey: str


class KeyRetired(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The log signs with this key no more. The founding key is the one that no entry added."""

    kind, act, about = "key.retired", "retire-log-key", "key"
    key: str


class ReaderNamed(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sealed parts are wrapped to this X25519 key (64 hexadecimal digits); the newest counts."""

    kind, act, about = "reader.named", "name-reader", "reader"
    reader: Reader
    public_key: str


# -- sealed parts ------------------------------------------------------------------------


class SealedOpened(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sealed part was opened to the person who acts.

    entry    the id of the entry whose part it is
    office   that entry's office, or the department where it has none
    by       who acted in that entry
    """

    kind, act, about = "sealed.opened", "open-sealed", "entry"
    entry: str
    part: str
    office: str
    by: str
    reason: Reason


class SealedAudited(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A reader opened every sealed part of the first `upto` entries with a key of its own.

    opened    each opens its commitment
    wrong     each is here and does not, or should be gone
    missing   each is not here, though no deletion covers it
    deleted   each is not here, as a proven deletion says
    """

    kind, act, about = "sealed.audited", "audit-sealed", "register"
    register: str
    reader: Reader
    upto: int
    opened: int
    wrong: int
    missing: int
    deleted: int


# -- holds, retention and deletion -------------------------------------------------------


class HoldPlaced(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing that names `on` may be deleted; the register's id holds everything.

    document   the notice of the hold
    """

    kind, act, about = "hold.placed", "place-hold", "hold"
    hold: str
    on: str
    document: str


class HoldLifted(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "hold.lifted", "lift-hold", "hold"
    hold: str


class ScheduleSet(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long sealed parts are kept. `document` is the approved records schedule."""

    kind, act, about = "schedule.set", "set-schedule", "register"
    register: str
    days: int
    document: str


class DeletionDecided(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The sealed parts of entries recorded before the day `before` are to be deleted.

    keeping   ids: what names one of them is under hold, and stays
    parts     how many parts are to be deleted
    """

    kind, act, about = "deletion.decided", "delete-sealed", "deletion"
    deletion: str
    before: str
    keeping: tuple[str, ...]
    parts: int


class DeletionProved(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was decided is done: keys first, then ciphertext, then counted again.

    parts, wraps, answers   how many ciphertexts, wrapped keys and stored answers went
    kept                    parts of that time that a hold keeps
    remaining               parts that should be gone and are not
    """

    kind, act, about = "deletion.proved", "prove-deletion", "deletion"
    deletion: str
    parts: int
    wraps: int
    answers: int
    kept: int
    remaining: int


class ClockStepped(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The clock was found this far behind the newest entry: it had been set back."""

    kind, act, about = "clock.stepped", "note-clock-step", "register"
    register: str
    behind_ms: int


CustodyFact: TypeAlias = (
    KeyAdded
    | KeyRetired
    | ReaderNamed
    | SealedOpened
    | SealedAudited
    | HoldPlaced
    | HoldLifted
    | ScheduleSet
    | DeletionDecided
    | DeletionProved
    | ClockStepped
)

# -- what the Record keeps of them -------------------------------------------------------


class LogKey(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A key of the log. `vkey` and `added` are None for the founding key, which no entry added."""

    key: str
    vkey: str | None
    added: str | None
    retired: str | None = None


class NamedReader(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    public_key: str
    at: str
    by: str


class Hold(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    on: str
    document: str
    at: str
    lifted: str | None = None


class Schedule(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    days: int
    at: str
    by: str


class Deletion(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    decided: DeletionDecided
    index: int
    by: str
    at: str
    proved: str | None = None
