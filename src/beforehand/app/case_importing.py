"""Importing a case file into a register that is open already."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from beforehand.app.recording import keeping, put_on_record, tried
from beforehand.ledger.entry import canonical
from beforehand.ledger.errors import MalformedEntryError
from beforehand.oversight import casefile
from beforehand.oversight.outside import files
from beforehand.oversight.outside.imported import Imported
from beforehand.oversight.outside.landing import Landed, MemberCounts
from beforehand.oversight.outside.sightings import Change
from beforehand.record.acts import LIMIT, Act
from beforehand.record.imported import FileImported
from beforehand.record.reported import CaseTaken
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from beforehand.app.recording import Keeping
    from beforehand.app.registers import App
    from beforehand.record.reported import Item, ReportedFact, ReportedRecord

CASE_FILE = "case-file"
CASE_ENDINGS = (".yaml", ".yml")


def import_case(app: App, path: Path, *, actor: str, dry_run: bool) -> Imported:
    """Take the items of a case file as reported facts; those that changed replace the old ones.

    A register holds one case. Raises InputError, Refusal.
    """
    with files.reading(path) as opened:
        data = opened.read()
    case = casefile.read_case(data, str(path))
    found = casefile.facts(case, hashlib.sha256(data).hexdigest())
    check_items(found, where=str(path))
    with keeping(app) as kept:
        # In one turn: nothing comes between what it is held against and its entry.
        return app.in_turn(
            lambda: _take(
                app, path, data, found, kept=None if dry_run else kept, actor=actor
            )
        )


def _take(
    app: App,
    path: Path,
    data: bytes,
    found: list[ReportedFact],
    *,
    kept: Keeping | None,
    actor: str,
) -> Imported:
    """Import what was found in a case file, in a turn; `kept` is None to try it alone."""
    digest, view = hashlib.sha256(data).hexdigest(), app.current()
    known = view.imported.files.get(digest)
    if known is not None:
        before = msgspec.json.decode(app.document(known.taken.document), type=Landed)
        return _told(path.name, digest, before, state="already")
    _check_same_case(view.reported, found, where=str(path))
    on_record = _items(view.reported)
    taken, landed = _held_against(found, on_record, path.name)
    gone = tuple(sorted(on_record.keys() - {one.item for one in found}))
    summary = msgspec.json.encode(landed, order="sorted")
    act = Act(actor=actor, fact=_fact(digest, landed, summary))
    if kept is None:
        tried(app, act, documents=[data, summary])
        return _told(path.name, digest, landed, state="tried", gone=gone)
    entry = put_on_record(app, act, kept, documents=[data, summary])
    for one in taken:
        app.append_undecided(one, actor=actor)
    told = _told(path.name, digest, landed, state="imported", gone=gone)
    return replace(told, entry=entry)


def _check_same_case(
    reported: ReportedRecord, found: list[ReportedFact], *, where: str
) -> None:
    case = next(one for one in found if isinstance(one, CaseTaken))
    if reported.case is not None and reported.case.item != case.item:
        raise InputError(
            where=where,
            expected=f"the case on record, {reported.case.item}",
            got=repr(case.item),
            do="Make another register for another case: `beforehand audit CASE --register DIR`.",
        )


def check_items(found: list[ReportedFact], *, where: str) -> None:
    """Refuse an item that no entry can hold before the first is written: all or nothing."""
    for one in found:
        data = msgspec.json.encode(one)
        try:
            canonical(msgspec.to_builtins(one))
        except MalformedEntryError as error:
            raise InputError(
                where=f"{where}: {one.item}",
                expected="values that an entry can hold",
                got=str(error),
            ) from error
        if len(data) > LIMIT:
            raise InputError(
                where=f"{where}: {one.item}",
                expected=f"an item of at most {LIMIT:,} bytes",
                got=f"{len(data):,}",
                do="Name fewer sources, or split it into several items.",
            )


def _held_against(
    found: list[ReportedFact], known: dict[str, ReportedFact], name: str
) -> tuple[list[ReportedFact], Landed]:
    """Return the items that say something new, and the counts."""
    new = [one for one in found if one.item not in known]
    both = [(known[one.item], one) for one in found if one.item in known]
    changed = [
        (before, after)
        for before, after in both
        if type(before) is not type(after) or replace(before, file=after.file) != after
    ]
    changes = [one for before, after in changed for one in _changes(before, after)]
    counts = MemberCounts(
        name=name,
        form=CASE_FILE,
        read=len(found),
        new=len(new),
        completed=0,
        corrected=len(changed),
        same=len(both) - len(changed),
        older=0,
        refused=(),
        flagged=(),
    )
    landed = Landed(members=(counts,), changes=tuple(changes), changes_in_all=len(changes))
    return [*new, *(after for _, after in changed)], landed


def _changes(before: Item, after: Item) -> list[Change]:
    return [
        Change(key=after.item, field=name, before=_words(before, name), after=said)
        for name in after.__struct_fields__
        if name != "file" and (said := _words(after, name)) != _words(before, name)
    ]


def _words(item: Item, name: str) -> str:
    return msgspec.json.encode(getattr(item, name, None)).decode()


def _items(record: ReportedRecord) -> dict[str, ReportedFact]:
    """Return every reported item by its id; ids are of their own in the whole case."""
    shelves = [one for one in vars(record).values() if isinstance(one, dict)]
    found: dict[str, ReportedFact] = {}
    for shelf in shelves:
        found |= shelf
    if record.case is not None:
        found[record.case.item] = record.case
    return found


def _fact(digest: str, landed: Landed, summary: bytes) -> FileImported:
    return FileImported(
        file=digest,
        formats=(CASE_FILE,),
        as_of=None,
        rows=landed.count("read"),
        created=landed.count("new"),
        completed=0,
        corrected=landed.count("corrected"),
        unchanged=landed.count("same"),
        older=0,
        refused=(),
        flagged=(),
        document=hashlib.sha256(summary).hexdigest(),
    )


def _told(
    name: str, digest: str, landed: Landed, *, state: str, gone: tuple[str, ...] = ()
) -> Imported:
    return msgspec.convert(
        {
            "file": digest,
            "name": name,
            "state": state,
            "entry": None,
            "awards_before": 0,
            "awards": 0,
            "landed": landed,
            "not_in_file": gone,
        },
        Imported,
    )
