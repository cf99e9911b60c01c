"""The check-up of a register: what a production register needs, and what this one lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from beforehand.app.checkup_ledger import Check, Kept, check_ledger
from beforehand.gate.engines.engine import Engine
from beforehand.holdings.disk import check_snapshot
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beforehand.app.registers import App


def examine(app: App, kept: Kept | None = None) -> list[Check]:
    """Look at everything; the ledger itself was held against its head when it was opened.

    kept   what others kept, to hold against the ledger
    """
    found = [
        *check_ledger(app, kept or Kept()),
        *_documents(app),
        *_private(app),
        *_snapshots(app),
        *_people(app),
        *_engine(),
    ]
    return [msgspec.structs.replace(one, do="") if one.sound else one for one in found]


def _documents(app: App) -> Iterator[Check]:
    wrong = 0
    for path in app.settings.documents.iterdir():
        try:
            app.document(path.name)
        except InputError:
            wrong += 1
    yield Check(
        what="every document is what its digest says",
        sound=not wrong,
        do=f"{wrong} are not; restore the documents folder from a backup.",
    )


def _private(app: App) -> Iterator[Check]:
    for folder, what in (
        (app.settings.private, "keys and sealed parts"),
        (app.settings.snapshots, "data at rest"),
    ):
        yield Check(
            what=f"{what} can be read by their owner alone",
            sound=folder.stat().st_mode & 0o077 == 0,
            do=f"chmod 700 {folder}",
        )


def _snapshots(app: App) -> Iterator[Check]:
    for digest in app.view().snapshots:
        try:
            check_snapshot(app.settings.snapshots / digest[:16], digest)
            wrong = ""
        except InputError as error:
            wrong = str(error)
        yield Check(
            what=f"snapshot {digest[:16]} is what the ledger says",
            sound=not wrong,
            do=f"{wrong} Take the delivery in again.",
        )


def _people(app: App) -> Iterator[Check]:
    view = app.view()
    if view.reported.case is not None:
        return
    roles = [
        role
        for one in view.persons.values()
        for held in one.roles.values()
        for role in held
    ]
    yield Check(
        what="a second administrator can act when the first cannot",
        sound=roles.count("administrator") > 1,
        do="Appoint another: beforehand submit REGISTER appoint.json.",
    )
    shared = sorted(name for name, one in view.persons.items() if not one.individual)
    yield Check(
        what="no account is shared",
        sound=not shared,
        do=f"{', '.join(shared)} can do nothing here; appoint each person under an id of their own.",
    )


def _engine() -> Iterator[Check]:
    with Engine() as engine:
        isolation = engine.isolation()
    for name, held in msgspec.to_builtins(isolation).items():
        yield Check(
            what=f"the engine's process: {name.replace('_', ' ')} is {held}",
            sound=held is not False,
            do="The kernel does not let this user make namespaces; the other limits still hold.",
        )
