"""Publishing: the ledger as tiles and the register as pages, static files in one place."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

from beforehand.app import keys, outside, overseeing
from beforehand.app.outside import LOG
from beforehand.app.prose import words
from beforehand.ledger.entry import decode_trusted
from beforehand.ledger.errors import OvertakenError, VerificationError
from beforehand.ledger.publish import CHECKPOINT
from beforehand.ledger.publish import publish as publish_log
from beforehand.ledger.shelves import Shelf, open_shelf
from beforehand.ledger.verify import verify_folder
from beforehand.record.encoding import recorded, sealed_away
from beforehand.record.facts import QuestionAdmitted, QuestionAnswered
from beforehand.refusal import InputError
from beforehand.register.render import render
from beforehand.register.site import AnswerRow, Checkpointed, EntryRow, Site

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from beforehand.app.registers import App
    from beforehand.ledger.checkpoint import Checkpoint
    from beforehand.ledger.entry import Envelope
    from beforehand.ledger.ledger import Signed
    from beforehand.record.recorded import Recorded

ATTEMPTS = 5
"""How often a publication begins again that another process overtakes."""
_TOGETHER = 8
"""How many pages are read or put at once."""


def publish(app: App, target: Path | str) -> Signed:
    """Bring a folder or fsspec URL up to the register: first the log, then every page, whole.

    A reader meanwhile sees an older page or a newer one, never half of one.
    Raises InputError for a place that is not to be written to; LedgerError having shown nothing.
    """
    shelf = open_shelf(target)
    _require_ours(shelf)
    with outside.publishing_alone(app.settings):
        keys.settle(app)
        outside.remember(app.settings, target)
        signed = _publish_log(app, shelf.within(LOG))
        _publish_pages(shelf, render(site(app, signed)))
    return signed


def _require_ours(shelf: Shelf) -> None:
    """Raise InputError if there are files of somebody else."""
    if shelf.read(f"{LOG}/{CHECKPOINT}") is None and shelf.paths(but=LOG):
        raise InputError(
            where=shelf.address,
            expected="an empty place, or one that was published to before",
            got="one with other files",
        )


def _publish_log(app: App, shelf: Shelf) -> Signed:
    for _ in range(ATTEMPTS - 1):
        # Another machine recorded a checkpoint meanwhile: it is the newest one now.
        with suppress(OvertakenError):
            return _publish_head(app, shelf)
    return _publish_head(app, shelf)


def _publish_head(app: App, shelf: Shelf) -> Signed:
    edge = app.ledger.head()
    return publish_log(
        app.ledger,
        shelf,
        *keys.signers(app, size=edge.size),
        upto=edge,
        known=lambda: keys.known(app),
        anchor=outside.anchor_of(app.settings),
    )


def _publish_pages(shelf: Shelf, pages: Mapping[str, bytes]) -> None:
    """Put the pages that differ, and remove those of an earlier publication; never the log."""
    with ThreadPoolExecutor(_TOGETHER) as pool:
        there = dict(zip(pages, pool.map(shelf.read, pages), strict=True))
        changed = [path for path, data in pages.items() if there[path] != data]
        list(pool.map(shelf.put, changed, [pages[path] for path in changed]))
    shelf.remove(sorted(set(shelf.paths(but=LOG)) - set(pages)))


def verify(
    folder: Path, vkey: str, *, vkey_path: Path | None, old: tuple[str, ...]
) -> Checkpoint:
    """Verify a published log, given its folder or the published site's."""
    inner = folder / LOG
    log = folder if (folder / CHECKPOINT).exists() or not inner.is_dir() else inner
    if vkey_path is not None and vkey_path.resolve().is_relative_to(folder.resolve()):
        raise VerificationError(
            f"{vkey_path} lies in the folder it is to verify: whoever changed one changed both;"
            " have the key from elsewhere"
        )
    return verify_folder(log, vkey, vkey_path=vkey_path, old_checkpoints=old)


def site(app: App, signed: Signed) -> Site:
    """Return what the register shows, at the size of a signed checkpoint."""
    settings = app.settings
    read = [
        (data, decode_trusted(data), recorded(index, data, unseal=sealed_away))
        for index, data in app.ledger.entries(0, signed.checkpoint.size)
    ]
    entries = tuple(_entry(*one) for one in read)
    return Site(
        register=settings.register,
        title=settings.title,
        about=settings.about,
        view=app.view(),
        audit=overseeing.latest_audit(app),
        words=words(app),
        safeguards=tuple(app.in_turn(app.guards).safeguards.values()),
        entries=entries,
        checkpoint=Checkpointed(
            origin=signed.checkpoint.origin,
            size=signed.checkpoint.size,
            root=signed.checkpoint.root.hex(),
            note=signed.note,
            vkey=settings.vkey.read_text(encoding="ascii").strip(),
        ),
        answers=tuple(_answers(entry for _, _, entry in read)),
        made_at=entries[-1].at if entries else "",
    )


def _entry(data: bytes, envelope: Envelope, entry: Recorded) -> EntryRow:
    return EntryRow(
        index=entry.index,
        at=entry.at,
        kind=envelope.kind,
        subject=envelope.subject,
        actor=entry.actor,
        office=getattr(entry.fact, "office", None),
        unmet=entry.unmet,
        sealed=tuple(sorted(envelope.seal)),
        text=data.decode(),
    )


def _answers(entries: Iterable[Recorded]) -> Iterator[AnswerRow]:
    admitted: dict[str, QuestionAdmitted] = {}
    for entry in entries:
        fact = entry.fact
        if isinstance(fact, QuestionAdmitted):
            admitted[fact.question] = fact
        elif isinstance(fact, QuestionAnswered):
            asked = admitted[fact.question]
            yield AnswerRow(
                question=fact.question,
                entry=entry.index,
                office=asked.office,
                dataset=asked.dataset,
                shown=fact.shown,
                hidden=fact.hidden,
                rho_micro=asked.rho_micro,
                delta_e15=asked.delta_e15,
            )
