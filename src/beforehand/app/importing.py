"""Taking files from outside into a register: kept whole, read onto the shelf, on the ledger.

A file lands whole or not at all, and once: the same bytes again change nothing. The ledger
entry comes before the shelf's commit; a shelf that is behind is made up from the kept files.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from beforehand.app.case_importing import CASE_ENDINGS, CASE_FILE, import_case
from beforehand.ledger.durable import sync_folder
from beforehand.oversight.outside import files, landing
from beforehand.oversight.outside.imported import Imported
from beforehand.oversight.outside.landing import Landed
from beforehand.oversight.outside.shelf import Files
from beforehand.record.acts import Act
from beforehand.record.imported import FileImported
from beforehand.record.shapes import Dropped
from beforehand.record.spans import parse
from beforehand.refusal import InputError, Refusal

if TYPE_CHECKING:
    from beforehand.app.registers import App

Told = Callable[[int, float], None]
"""Called with the rows read so far, and the share of the file that was read."""

_CHUNK = 2**20


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
        if known := _already(app, digest, path.name):
            return known
        _check_allowed(app, actor, digest)
        with shelf_of(app) as shelf, shelf.taking(digest):
            before = shelf.count_awards()
            landed = _land(shelf, copy, name=path.name, as_of=as_of, told=told)
            summary = msgspec.json.encode(landed, order="sorted")
            document = app.keep_document(summary)
            fact = _fact(digest, landed, as_of=as_of, document=document)
            _keep(app, copy, digest)
            receipt = app.submit(Act(actor=actor, fact=fact))
            after = shelf.count_awards()
    return Imported(
        file=digest,
        name=path.name,
        state="imported",
        entry=receipt.entry,
        awards_before=before,
        awards=after,
        landed=landed,
    )


def _tried(app: App, path: Path, *, actor: str, told: Told, as_of: str | None) -> Imported:
    """Return what an import would do. What it needs on disk is gone afterwards."""
    digest = files.digest_of(path)
    if known := _already(app, digest, path.name):
        return known
    _check_allowed(app, actor, digest)
    with _shelf_to_try(app) as shelf, shelf.taking(digest, keep=False):
        before = shelf.count_awards()
        landed = _land(shelf, path, name=path.name, as_of=as_of, told=told)
        return Imported(
            file=digest,
            name=path.name,
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
    wanted = [
        one.taken
        for one in app.view().imported.files.values()
        if CASE_FILE not in one.taken.formats
    ]
    held = shelf.digests()
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
        with shelf.taking(one.file):
            _land(
                shelf,
                path,
                name=path.name,
                as_of=one.as_of,
                told=lambda _rows, _share: None,
            )


def _land(shelf: Files, path: Path, *, name: str, as_of: str | None, told: Told) -> Landed:
    with files.opened(path, name=name, as_of=as_of or "") as (tables, share):
        return landing.land(tables, shelf, told=lambda rows: told(rows, share()))


# -- the ledger and the documents --------------------------------------------------------


def _fact(digest: str, landed: Landed, *, as_of: str | None, document: str) -> FileImported:
    return FileImported(
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
        document=document,
    )


def _keep(app: App, copy: Path, digest: str) -> None:
    """Keep the copy as a document. A crash from here on leaves one that nothing names yet."""
    copy.chmod(0o644)
    copy.replace(app.settings.documents / digest)
    sync_folder(app.settings.documents)


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


def _check_allowed(app: App, actor: str, digest: str) -> None:
    """Ask the safeguards before the file is read: a refusal after an hour helps nobody."""
    nothing = Landed(members=(), changes=(), changes_in_all=0)
    document = msgspec.json.encode(nothing, order="sorted")
    fact = _fact(digest, nothing, as_of=None, document=hashlib.sha256(document).hexdigest())
    act = Act(actor=actor, fact=fact)
    if unmet := app.check(act, documents=[document]):
        raise Refusal(what=f"import of {digest[:12]}, by {actor}", unmet=unmet, entry=None)


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
    handle, name = tempfile.mkstemp(prefix=".incoming-", dir=app.settings.folder)
    copy = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            digest = _copied(path, out)
            out.flush()
            os.fsync(out.fileno())
        yield copy, digest
    finally:
        copy.unlink(missing_ok=True)


def _copied(path: Path, out: BinaryIO) -> str:
    digest = hashlib.sha256()
    with files.reading(path) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            out.write(chunk)
    return digest.hexdigest()
