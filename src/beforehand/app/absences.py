"""Evidence that a register holds no entry of a kind since a day."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from beforehand.app.bundles import signed_by
from beforehand.app.history import check_kind
from beforehand.ledger.absence import Absence, Claim, absence_bundle, is_match, open_absence
from beforehand.ledger.entry import decode_trusted
from beforehand.ledger.errors import VerificationError
from beforehand.ledger.merkle import Edge
from beforehand.ledger.times import midnight
from beforehand.record.encoding import KINDS
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from beforehand.app.registers import App


def absence_of(app: App, *, kind: str, offices: tuple[str, ...], since: date) -> bytes:
    """Return the evidence as a zip. Raises InputError where it cannot be shown, and why.

    offices   exactly these, and none below them; none for any office
    since     a day, from its first moment (UTC)
    """
    _check(app, kind, offices)
    recorded = app.ledger.checkpoints()
    size = recorded[-1].checkpoint.size if recorded else 0
    moment = midnight(since.isoformat())
    begin = app.ledger.first_at(moment)
    if begin >= size:
        raise InputError(
            where="--since",
            expected="a day before the newest entry that is signed",
            got=since.isoformat(),
            do="Publish first: beforehand publish REGISTER TARGET.",
        )
    first = max(
        0, begin - 1
    )  # the entry before it shows that none of that time is left out
    claim = Claim(first=first, kind=kind, offices=offices, since=moment)
    entries = []
    for index, data in app.ledger.entries(first, size):
        if index >= begin and is_match(decode_trusted(data), claim):
            whose = f"of {' or '.join(offices)}" if offices else "of any office"
            raise InputError(
                where=f"entry {index:,}",
                expected=f"no {kind} {whose} since {since.isoformat()}",
                got="one",
            )
        entries.append(data)
    with app.ledger.hashes(size) as hash_at:
        edge = Edge.at(first, hash_at)
    return absence_bundle(
        claim,
        entries,
        edge=edge,
        checkpoint=recorded[-1].note,
        vkey="\n".join(signed_by(app, recorded[-1].note)),
        title=app.settings.title,
    )


def _check(app: App, kind: str, offices: tuple[str, ...]) -> None:
    check_kind(kind)
    versions = [fact for (name, _), fact in KINDS.items() if name == kind]
    if offices and not all("office" in one.__struct_fields__ for one in versions):
        raise InputError(
            where="--office",
            expected="a kind whose entries name their office",
            got=kind,
            do="Leave --office out: then it speaks of every office.",
        )
    view = app.view()
    for one in offices:
        if one not in view.offices and one not in view.reported.offices:
            offices_here = {*view.offices, *view.reported.offices}
            near = get_close_matches(one, offices_here, n=1)
            do = f"The nearest is {near[0]}." if near else ""
            raise InputError(where="--office", expected="an office", got=repr(one), do=do)


def read_folder(folder: Path) -> dict[str, bytes]:
    """Return the files of an unzipped bundle; a link or a folder in it belongs to none."""
    if odd := [
        one.name for one in folder.iterdir() if one.is_symlink() or not one.is_file()
    ]:
        raise VerificationError(f"{odd[0]}: not a plain file")
    return {one.name: one.read_bytes() for one in folder.iterdir()}


def verify_absence(files: Mapping[str, bytes], vkeys: str) -> Absence:
    return open_absence(files, vkeys)
