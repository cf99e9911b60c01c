"""Taking files from outside into a register: kept whole, read onto the shelf, on the ledger.

A file lands whole or not at all, and once: the same bytes again change nothing. The ledger
entry comes before the shelf's commit; a shelf that is behind is made up from the kept files.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from beforehand.app.case_importing import CASE_ENDINGS, CASE_FILE, import_case
from beforehand.app.recording import decided, keeping, put_on_record, tried
from beforehand.ledger.durable import locked
from beforehand.oversight.outside import apart, files, landing
from beforehand.oversight.outside.imported import Imported
from beforehand.oversight.outside.landing import Landed
from beforehand.oversight.outside.shelf import Files, TakenMeanwhileError
from beforehand.record.acts import Act
from beforehand.record.imported import FileImported
from beforehand.record.shapes import Dropped
from beforehand.record.spans import parse
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from beforehand.app.registers import App

Told = Callable[[int, float], None]
"""Called with the rows read so far, and the share of the file that was read."""

_CHUNK = 2**20
_COPY = ".incoming-"
_NOTHING = Landed(members=(), changes=(), changes_in_all=0)  # read so far


def import_file(
    app: App,
    path: Path,
    *,
    actor: str,
    told: Told,
    as_of: str | None = None,
    dry_run: bool = False,
) -> Imported:
    """Import one file, all or nothing. Raises InputError, Refusal.

    as_of     the day its rows are of, for those that do not say
    dry_run   return what would be; nothing is written
    """
    _check_day(as_of)
    if path.suffix.lower() in CASE_ENDINGS:
        return import_case(app, path, actor=actor, dry_run=dry_run)
    if dry_run:
        return _tried(app, path, actor=actor, told=told, as_of=as_of)
    with _incoming(app, path) as (copy, digest):
        if known := _already(app, digest, _name_of(path)):
            return known
        nothing = _act(digest, _NOTHING, actor=actor, as_of=as_of)
        # Before the file is read: a refusal after an hour helps nobody.
        app.in_turn(lambda: decided(app, nothing, documents=[_summary(_NOTHING)]))
        with shelf_of(app) as shelf, shelf.taking(digest):
            before = shelf.count_awards()
            landed = _land(shelf, copy, name=_name_of(path), as_of=as_of, told=told)
            act = _act(digest, landed, actor=actor, as_of=as_of)
            entry = _recorded(app, act, _summary(landed), (copy, digest))
            after = shelf.count_awards()
    return Imported(
        file=digest,
        name=_name_of(path),
        state="imported",
        entry=entry,
        awards_before=before,
        awards=after,
        landed=landed,
    )


def _recorded(app: App, act: Act, summary: bytes, copy: tuple[Path, str]) -> int:
    """Put an import on the record and return its entry; a shelf behind it is made up later."""
    with keeping(app) as kept:
        return app.in_turn(
            lambda: put_on_record(app, act, kept, documents=[summary], copy=copy)
        )


def _tried(app: App, path: Path, *, actor: str, told: Told, as_of: str | None) -> Imported:
    """Return what an import would do. What it needs on disk is gone afterwards."""
    digest = files.digest_of(path)
    if known := _already(app, digest, _name_of(path)):
        return known
    nothing = _act(digest, _NOTHING, actor=actor, as_of=as_of)
    app.in_turn(lambda: tried(app, nothing, documents=[_summary(_NOTHING)]))
    with _shelf_to_try(app) as shelf, shelf.taking(digest, keep=False):
        before = shelf.count_awards()
        landed = _land(shelf, path, name=_name_of(path), as_of=as_of, told=told)
        return Imported(
            file=digest,
            name=_name_of(path),
            state="tried",
            entry=None,
            awards_before=before,
            awards=shelf.count_awards(),
            landed=landed,
        )


# -- the shelf ---------------------------------------------------------------------------


@contextmanager
def shelf_of(app: App) -> Iterator[Files]:
    """Open the register's shelf, with every imported file on it."""
    with Files(app.settings.shelf) as shelf:
        _make_up(app, shelf)
        yield shelf


@contextmanager
def _shelf_to_try(app: App) -> Iterator[Files]:
    """Open the shelf to try an import; where there is none, one that is gone afterwards."""
    if app.settings.shelf.exists():
        with shelf_of(app) as shelf:
            yield shelf
        return
    with (
        tempfile.TemporaryDirectory(prefix="beforehand-") as folder,
        Files(Path(folder) / "outside.sqlite") as shelf,
    ):
        _make_up(app, shelf)
        yield shelf


def _make_up(app: App, shelf: Files) -> None:
    """Take what is on the ledger and not on the shelf, in the ledger's order."""
    held = shelf.digests()  # before the view: what is on the shelf is on the ledger by now
    wanted = [
        one.taken
        for one in app.view().imported.files.values()
        if CASE_FILE not in one.taken.formats
    ]
    if held != tuple(one.file for one in wanted[: len(held)]):
        shelf.clear()
        held = ()
    for one in wanted[len(held) :]:
        path = app.settings.documents / one.file
        if not path.is_file():
            raise InputError(
                where=str(path),
                expected="the imported file with this digest",
                got="none",
                do="Restore the documents folder.",
            )
        with suppress(TakenMeanwhileError), shelf.taking(one.file):
            _land(
                shelf,
                path,
                name=_named(app, one, path),
                as_of=one.as_of,
                told=lambda _rows, _share: None,
            )


def _named(app: App, taken: FileImported, path: Path) -> str:
    """Return how a kept file was called when it came: its evidence is named by it."""
    landed = msgspec.json.decode(app.document(taken.document), type=Landed)
    first = landed.members[0].name
    with path.open("rb") as file:
        is_archive = file.read(2) == b"PK"
    return first.partition(": ")[0] if is_archive else first


def _land(shelf: Files, path: Path, *, name: str, as_of: str | None, told: Told) -> Landed:
    with apart.opened(path, name=name, as_of=as_of or "") as (tables, share):
        return landing.land(tables, shelf, told=lambda rows: told(rows, share()))


# -- the ledger and the documents --------------------------------------------------------


def _summary(landed: Landed) -> bytes:
    return msgspec.json.encode(landed, order="sorted")


def _act(digest: str, landed: Landed, *, actor: str, as_of: str | None) -> Act:
    fact = FileImported(
        file=digest,
        formats=landed.formats,
        as_of=as_of,
        rows=landed.count("read"),
        created=landed.count("new"),
        completed=landed.count("completed"),
        corrected=landed.count("corrected"),
        unchanged=landed.count("same"),
        older=landed.count("older"),
        refused=_dropped(landed.refused()),
        flagged=_dropped(landed.flagged()),
        document=hashlib.sha256(_summary(landed)).hexdigest(),
    )
    return Act(actor=actor, fact=fact)


def _dropped(counts: dict[str, int]) -> tuple[Dropped, ...]:
    return tuple(Dropped(reason=word, rows=rows) for word, rows in counts.items())


def _already(app: App, digest: str, name: str) -> Imported | None:
    known = app.view().imported.files.get(digest)
    if known is None:
        return None
    kept = msgspec.json.decode(app.document(known.taken.document), type=Landed)
    with shelf_of(app) as shelf:
        awards = shelf.count_awards()
    return Imported(
        file=digest,
        name=name,
        state="already",
        entry=None,
        awards_before=awards,
        awards=awards,
        landed=kept,
    )


def _name_of(path: Path) -> str:
    """Return a file's name as text: on disk it is bytes, and need be none."""
    return files.printable(os.fsencode(path.name).decode(errors="replace"))


def _check_day(as_of: str | None) -> None:
    try:
        parse(as_of)
    except ValueError as error:
        raise InputError(
            where="--as-of", expected="a day as 2026-11-25", got=repr(as_of)
        ) from error


@contextmanager
def _incoming(app: App, path: Path) -> Iterator[tuple[Path, str]]:
    """Copy a file into the register's folder, durably, and give the copy with its digest.

    Whoever keeps it moves it; what was not moved is gone afterwards.
    """
    folder = app.settings.folder
    with _writing(folder):
        handle, copy = _begun(folder)
    try:
        with files.reading(path) as file, _writing(folder):
            digest = _copied(file, handle)
        yield copy, digest
    finally:
        copy.unlink(missing_ok=True)
        os.close(handle)


def _begun(folder: Path) -> tuple[int, Path]:
    """Begin a copy, locked until it is closed; take away those of imports that were killed."""
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with locked(at):  # nobody takes away a copy between its making and its lock
            for left in folder.glob(f"{_COPY}*"):
                # Locked, it is of an import under way; gone, it was kept meanwhile.
                with suppress(OSError), left.open("rb") as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    left.unlink(missing_ok=True)
            handle, name = tempfile.mkstemp(prefix=_COPY, dir=folder)
            fcntl.flock(handle, fcntl.LOCK_EX)
            return handle, Path(name)
    finally:
        os.close(at)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Say of what cannot be written that it is the register's disk, and not the file's."""
    try:
        yield
    except OSError as error:
        raise InputError(
            where=str(folder),
            expected="room, and the right, to keep the file",
            got=error.strerror or "none",
            do="Nothing of it was kept.",
        ) from error


def _copied(file: BinaryIO, handle: int) -> str:
    digest = hashlib.sha256()
    with os.fdopen(os.dup(handle), "wb") as out:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()
