"""Importing a case file into a register that is open already."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from beforehand.oversight import casefile
from beforehand.oversight.outside import files
from beforehand.oversight.outside.imported import Imported
from beforehand.oversight.outside.landing import Landed, MemberCounts
from beforehand.oversight.outside.sightings import Change
from beforehand.record.acts import Act
from beforehand.record.imported import FileImported
from beforehand.refusal import InputError, Refusal

if TYPE_CHECKING:
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
    digest = hashlib.sha256(data).hexdigest()
    view = app.view()
    known = view.imported.files.get(digest)
    if known is not None:
        kept = msgspec.json.decode(app.document(known.taken.document), type=Landed)
        return _told(path.name, digest, kept, state="already")
    on_record = view.reported.case
    if on_record is not None and on_record.item != case.case.id:
        raise InputError(
            where=str(path),
            expected=f"the case on record, {on_record.item}",
            got=repr(case.case.id),
            do="Make another register for another case: `beforehand audit CASE --register DIR`.",
        )
    found = casefile.facts(case, digest)
    taken, landed = _held_against(found, _items(view.reported), path.name)
    gone = tuple(sorted(_items(view.reported).keys() - {one.item for one in found}))
    act = Act(actor=actor, fact=_fact(digest, landed, summary := _summary(landed)))
    if dry_run:
        if unmet := app.check(act, documents=[summary]):
            raise Refusal(
                what=f"import of {path.name}, by {actor}", unmet=unmet, entry=None
            )
        return _told(path.name, digest, landed, state="tried", gone=gone)
    app.keep_document(data)
    app.keep_document(summary)

    def job() -> int:
        receipt = app.take(act)
        for one in taken:
            app.append_undecided(one, actor=actor)
        return receipt.entry

    entry = app.in_turn(job)
    return replace(
        _told(path.name, digest, landed, state="imported", gone=gone), entry=entry
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


def _summary(landed: Landed) -> bytes:
    return msgspec.json.encode(landed, order="sorted")


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
