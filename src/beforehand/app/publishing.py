"""Publishing: the ledger as tiles and the register as pages, in one folder of static files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from beforehand.app import overseeing
from beforehand.app.registers import App, write_durably
from beforehand.ledger.entry import decode_trusted
from beforehand.ledger.note import Signer
from beforehand.ledger.publish import publish as publish_log
from beforehand.ledger.verify import verify_folder
from beforehand.oversight import casefile
from beforehand.record.encoding import recorded, sealed_away
from beforehand.record.facts import QuestionAdmitted, QuestionAnswered
from beforehand.register.render import render
from beforehand.register.site import AnswerRow, Checkpointed, EntryRow, Site

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from beforehand.ledger.checkpoint import Checkpoint
    from beforehand.ledger.entry import Envelope
    from beforehand.ledger.sqlite import Signed
    from beforehand.record.fold import Recorded

LOG = "log"


def publish(app: App, folder: Path) -> Signed:
    """Bring `folder` up to the register: first the log, then every page, each by rename.

    A reader meanwhile sees an older page or a newer one, never half of one.
    """
    signed = publish_log(app.ledger, folder / LOG, signer(app))
    pages = render(site(app, signed))
    for path, data in pages.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.read_bytes() != data:
            write_durably(target, data)
    _remove_others(folder, set(pages))
    return signed


def verify(
    folder: Path, vkey: str, *, vkey_path: Path | None, old: tuple[str, ...]
) -> Checkpoint:
    """Verify a published log, given its folder or the published site's."""
    inner = folder / LOG
    log = folder if (folder / "checkpoint").exists() or not inner.is_dir() else inner
    return verify_folder(log, vkey, vkey_path=vkey_path, old_checkpoints=old)


def signer(app: App) -> Signer:
    return Signer.from_private_text(app.settings.log_key.read_text(encoding="ascii"))


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


def words(app: App) -> Mapping[str, Mapping[str, str | None]]:
    """Return the prose of each item, from the documents that the ledger names by digest."""
    view = app.view()
    if view.reported.case is not None:
        data = app.document(view.reported.case.file)
        return casefile.prose(casefile.read_case(data, app.settings.register))
    for _, data in app.ledger.entries(0, 1):
        opened = recorded(0, data, unseal=sealed_away).fact
        document = getattr(opened, "document", None)
        if document is not None:
            names = yaml.safe_load(app.document(document))
            return {str(item): {"name": str(name)} for item, name in names.items()}
    return {}


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


def _remove_others(folder: Path, pages: set[str]) -> None:
    """Remove pages of an earlier publication that are no more; never the log."""
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        if path.is_file() and inside.parts[0] != LOG and inside.as_posix() not in pages:
            path.unlink()
