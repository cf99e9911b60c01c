"""Lists of a register, as files that anyone can read and `import` takes back whole."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Literal, TypeAlias

import msgspec

from beforehand.app.due import listing
from beforehand.app.importing import shelf_of
from beforehand.app.noting import asked, standing
from beforehand.app.overseeing import latest_audit
from beforehand.app.promising import promised
from beforehand.app.radar import radar
from beforehand.ledger.durable import written_whole
from beforehand.oversight import standing as rows_of
from beforehand.oversight.outside import poam, taken, told, writing
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from beforehand.app.noting import Asked, Standing
    from beforehand.app.registers import App
    from beforehand.oversight.findings import Audit
    from beforehand.oversight.outside.shelf import Files, Kept
    from beforehand.oversight.outside.sightings import Body

Form: TypeAlias = Literal["csv", "json", "oscal", "yaml"]
CASE: Final = "case"
FORMS: Final[Mapping[str, tuple[Form, ...]]] = {
    **dict.fromkeys((*told.LISTS, *taken.LISTS), ("csv", "json")),
    "recommendations": ("csv", "json", "oscal"),
    CASE: ("yaml",),
}
"""Each list by name, and the forms in which it can be had."""
ENDINGS: Final[Mapping[Form, str]] = {
    "csv": "csv",
    "json": "json",
    "oscal": "oscal.json",
    "yaml": "yaml",
}


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """One file: which list, how many rows, and the digest of its bytes.

    rows   of a plan, its items; of a case, null
    """

    list: str
    form: Form
    path: str | None
    rows: int | None
    sha256: str


class Titled(msgspec.Struct, frozen=True, kw_only=True):
    """A list that can be exported."""

    list: str
    title: str
    forms: tuple[Form, ...]


def titles() -> tuple[Titled, ...]:
    """Return every list that there is."""
    return tuple(
        Titled(
            list=name,
            title="The case file, as it came" if name == CASE else writing.title(name),
            forms=forms,
        )
        for name, forms in FORMS.items()
    )


def export(app: App, name: str, *, form: Form, out: BinaryIO | Path) -> Exported:
    """Write one list, whole or not at all. Raises InputError.

    out   a file to write, or what is open to be written to
    """
    _check_form(name, form)
    with _source(app) as source:
        return _write(source, name, form, out)


def export_all(app: App, folder: Path) -> Iterator[Exported]:
    """Write every list in each of its forms into a folder. Raises InputError.

    A plan and a case are left out where there are none. Each file is whole or not there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            where=str(folder), expected="a folder", got=error.strerror or "none"
        ) from error
    with _source(app) as source:
        for name, forms in FORMS.items():
            for form in forms:
                if _is_there(source, name, form):
                    path = folder / f"{name}.{ENDINGS[form]}"
                    yield _write(source, name, form, path)


def _check_form(name: str, form: Form) -> None:
    if name not in FORMS:
        raise InputError(
            where="LIST", expected=f"one of {', '.join(FORMS)}", got=repr(name)
        )
    if form not in FORMS[name]:
        raise InputError(
            where="--format", expected=f"one of {', '.join(FORMS[name])}", got=repr(form)
        )


# -- rows --------------------------------------------------------------------------------


class _Source:
    """What the lists of a register are read from, at one moment; each part once."""

    def __init__(self, app: App, shelf: Files | None) -> None:
        self.app, self._shelf = app, shelf
        self.view = app.view()
        self.at = app.in_turn(app.next_time)
        self.origin = app.settings.origin
        self._own: dict[str, tuple[msgspec.Struct, ...]] = {}

    @cached_property
    def standing(self) -> Standing:
        return standing(self.app)

    @cached_property
    def asked(self) -> Asked:
        return asked(self.app)

    @cached_property
    def audit(self) -> Audit | None:
        return latest_audit(self.app)

    @cached_property
    def _elsewhere(self) -> dict[str, list[Kept]]:
        """What other registers say, by list, in the order in which they said it."""
        found: dict[str, list[Kept]] = {}
        for one in self._shelf.things("told") if self._shelf else ():
            if one.body[told.ORIGIN] != self.origin:
                found.setdefault(told.list_of(one.key), []).append(one)
        for some in found.values():
            some.sort(key=lambda one: (one.body[told.ORIGIN], one.member, one.row))
        return found

    def own(self, name: str) -> tuple[msgspec.Struct, ...]:
        """Return what the register itself says: the same in every form of a list."""
        if name not in self._own:
            self._own[name] = tuple(_OWN[name](self))
        return self._own[name]

    def leads(self) -> Iterable[msgspec.Struct]:
        if self._shelf is None:
            return ()
        found = radar(self.app)
        return (*found.leads, *found.perhaps)

    def rows(self, name: str) -> Iterator[Body]:
        """Yield the rows of a list as texts: its own, and those that other registers say."""
        if name in taken.LISTS:
            things = self._shelf.things(taken.LISTS[name].kind) if self._shelf else ()
            yield from (taken.cells(name, one) for one in things)
            return
        for row in self.own(name):
            yield told.cells(name, row, origin=self.origin, as_of=self.at)
        for one in self._elsewhere.get(name, ()):
            yield {**one.body, told.AS_OF: one.as_of}

    @cached_property
    def plan(self) -> list[tuple[str, Body]]:
        """Return the rows of every list of recommendations."""
        return [(name, row) for name in poam.LISTS for row in self.rows(name)]

    def head(self, name: str) -> writing.Head:
        return writing.Head(
            export=name,
            title=writing.title(name),
            register=self.app.settings.register,
            origin=self.origin,
            at=self.at,
            entries=self.view.size,
        )


_OWN: Final[Mapping[str, Callable[[_Source], Iterable[msgspec.Struct]]]] = {
    "reports": lambda of: of.standing.reports,
    "recommendations": lambda of: of.standing.recommendations,
    "reported-recommendations": lambda of: of.standing.reported,
    "commitments": lambda of: of.standing.commitments,
    "queries": lambda of: of.asked.queries,
    "unanswered": lambda of: of.audit.unanswered if of.audit else (),
    "redress": lambda of: of.asked.redress,
    "promised": lambda of: promised(of.app),
    "statements": lambda of: rows_of.statements(of.view, of.at),
    "findings": lambda of: of.audit.findings if of.audit else (),
    "stated-counts": lambda of: of.audit.counts if of.audit else (),
    "sealed-counts": lambda of: rows_of.counts(of.view),
    "leads": lambda of: of.leads(),
    "due": lambda of: listing(of.app).due,
    "imports": lambda of: rows_of.imports(of.view),
}


@contextmanager
def _source(app: App) -> Iterator[_Source]:
    """Open what the lists are read from; where nothing was imported, no shelf is made."""
    if not app.view().imported.files:
        yield _Source(app, None)
        return
    with shelf_of(app) as shelf:
        yield _Source(app, shelf)


# -- files -------------------------------------------------------------------------------


def _is_there(source: _Source, name: str, form: Form) -> bool:
    if form == "oscal":
        return bool(source.plan)
    return name != CASE or source.view.reported.case is not None


def _write(source: _Source, name: str, form: Form, out: BinaryIO | Path) -> Exported:
    rows, parts = _parts(source, name, form)
    digest = hashlib.sha256()
    with _opened(out) as file:
        for part in parts:
            digest.update(part)
            file.write(part)
    return Exported(
        list=name,
        form=form,
        path=str(out) if isinstance(out, Path) else None,
        rows=rows.counted,
        sha256=digest.hexdigest(),
    )


class _Counting:
    """Counts rows as they go by."""

    def __init__(self) -> None:
        self.counted: int | None = None

    def of(self, rows: Iterable[Body]) -> Iterator[Body]:
        self.counted = 0
        for one in rows:
            self.counted += 1
            yield one


def _parts(source: _Source, name: str, form: Form) -> tuple[_Counting, Iterable[bytes]]:
    """Return the bytes of a list, and what has counted its rows when they are written."""
    rows = _Counting()
    match form:
        case "csv":
            return rows, writing.csv_of(name, rows.of(source.rows(name)))
        case "json":
            return rows, writing.json_of(source.head(name), rows.of(source.rows(name)))
        case "oscal":
            plan = source.plan
            rows.counted = len(plan)
            return rows, (_plan(source, plan),)
        case "yaml":
            return rows, (_case(source),)


def _plan(source: _Source, rows: list[tuple[str, Body]]) -> bytes:
    if not rows:
        raise InputError(
            where=str(source.app.settings.folder),
            expected="a recommendation, made, reported or listed: a plan has one at least",
            got="none",
        )
    return poam.poam_of(source.head("recommendations"), rows)


def _case(source: _Source) -> bytes:
    case = source.view.reported.case
    if case is None:
        raise InputError(
            where=str(source.app.settings.folder), expected="a case taken in", got="none"
        )
    return source.app.document(case.file)


@contextmanager
def _opened(out: BinaryIO | Path) -> Iterator[BinaryIO]:
    to = written_whole(out) if isinstance(out, Path) else _flushed(out)
    try:
        with to as file:
            yield file
    except BrokenPipeError:
        raise  # who reads has read enough
    except OSError as error:
        raise InputError(
            where=str(out) if isinstance(out, Path) else "",
            expected="a file that can be written",
            got=error.strerror or "none",
        ) from error


@contextmanager
def _flushed(out: BinaryIO) -> Iterator[BinaryIO]:
    yield out
    out.flush()  # what is not written yet is not said to be
