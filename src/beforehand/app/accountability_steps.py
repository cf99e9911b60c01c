"""The steps of the story of oversight that are no acts: what each calls, and what it must show."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import msgspec


class Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first field is the step's name, by which it is told; the others say what is expected.

    An entry that is expected is the mark of the step that made it.
    """


class Ask(Form, frozen=True, kw_only=True):
    ask: Literal["downtown"]


class Oversee(Form, frozen=True, kw_only=True):
    """`oversee`: the office concerned; `reopens`: recommendation -> the entry that did it.

    silent   query -> days
    """

    oversee: str
    reopens: dict[str, str] = {}
    silent: dict[str, int] = {}


class Recommended(Form, frozen=True, kw_only=True):
    recommendation: str
    status: str
    response: str
    targets: tuple[str, ...]
    check: str


class Promised(Form, frozen=True, kw_only=True):
    """`kept` and `not_yet_observable` count terms; `broken`: term -> the entry that did it."""

    promised: str
    kept: int
    broken: dict[str, str]
    not_yet_observable: int


class Committed(Form, frozen=True, kw_only=True):
    commitment: str
    state: str
    targets: tuple[str, ...]


class Check(Form, frozen=True, kw_only=True):
    """`check`: a draft; `lacks`: claims that may not be issued, with their verdicts.

    because   entries that the verdicts rest on, among others
    """

    check: dict[str, object]
    lacks: dict[int, str]
    because: tuple[str, ...]


class Issue(Form, frozen=True, kw_only=True):
    issue: str
    actor: str
    verdicts: tuple[str, ...] = ()


class Watch(Form, frozen=True, kw_only=True):
    watch: str
    claim: int
    was: str
    now: str
    by: str
    tells: tuple[str, ...]


class Asked(Form, frozen=True, kw_only=True):
    query: str
    state: str
    days: int
    days_overdue: int


class Commit(Form, frozen=True, kw_only=True):
    """`items` are sealed; `counts` is what anyone adds up."""

    commit: str
    office: str
    document: str
    actor: str
    items: tuple[dict[str, object], ...]
    counts: dict[str, int]


class Open(Form, frozen=True, kw_only=True):
    """`disclosure`: what is shown, where it is not the one from the vault."""

    open: str
    number: int
    actor: str
    disclosure: str | None = None
    item: dict[str, str] = {}


class Absent(Form, frozen=True, kw_only=True):
    """`file`: the name of the zip that is left in the register's folder."""

    absence: str
    offices: tuple[str, ...]
    since: str
    file: str


class Redressed(Form, frozen=True, kw_only=True):
    redress: str
    kind: str
    received: int
    waiting: int
    no_record: int


class Import(Form, frozen=True, kw_only=True):
    """`refuses` and `flags`: reason -> rows. The counts must add up, whatever is expected."""

    import_: str = msgspec.field(name="import")
    actor: str
    new: int
    refuses: dict[str, int]
    flags: dict[str, int]


class Look(Form, frozen=True, kw_only=True):
    """`radar`: awards; `leads`: their ids, the likeliest first; `assessed`: numbers."""

    radar: int
    leads: tuple[str, ...]
    assessed: tuple[str, ...]


class Confirm(Form, frozen=True, kw_only=True):
    confirm: str
    actor: str
    reason: str


class Dismiss(Form, frozen=True, kw_only=True):
    dismiss: str
    actor: str
    reason: str


class Export(Form, frozen=True, kw_only=True):
    """`export`: the folder that is left in the register's; `rows`: of some lists.

    What is written must come back whole, whatever is expected.
    """

    export: str
    rows: dict[str, int]


AnyForm: TypeAlias = (
    Ask
    | Oversee
    | Recommended
    | Promised
    | Committed
    | Check
    | Issue
    | Watch
    | Asked
    | Commit
    | Open
    | Absent
    | Redressed
    | Import
    | Look
    | Confirm
    | Dismiss
    | Export
)
FORMS: Final[dict[str, type[AnyForm]]] = {
    one.__struct_encode_fields__[0]: one for one in AnyForm.__args__
}
NAMES: Final = {
    "recommendation": "recommendations",
    "commitment": "recommendations",
    "check": "statement check",
    "issue": "statement issue",
    "watch": "statement watch",
    "query": "queries",
    "redress": "queries",
    "commit": "counts commit",
    "open": "counts open",
    "confirm": "radar --confirm",
    "dismiss": "radar --dismiss",
}
"""The command of a step, where its first word is another."""


def form(rest: dict[str, object]) -> AnyForm:
    """Return the step that is told.

    Raises KeyError where no step has that name, ValidationError where its fields are others.
    """
    return msgspec.convert(rest, FORMS[next(iter(rest))])
