"""An import on the record: decided first, then kept, then named by its entry, all in one turn.

The entry names the file and its summary, so both are durable before it. What was kept for an
entry that did not come about is taken away again, unless something else on the ledger names it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from beforehand.ledger.durable import sync_folder
from beforehand.ledger.errors import LedgerError
from beforehand.record.acts import Act
from beforehand.refusal import Refusal, Unmet

if TYPE_CHECKING:
    from beforehand.app.registers import App
    from beforehand.policy.decide import Decision


class Keeping:
    """What is kept as documents for an entry that is still to come."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._new: list[str] = []

    def document(self, data: bytes) -> None:
        self._note(hashlib.sha256(data).hexdigest())
        self._app.keep_document(data)

    def file(self, copy: Path, digest: str) -> None:
        """Move a copy whose bytes are durable to where documents are."""
        self._note(digest)
        copy.chmod(0o644)
        copy.replace(self._app.settings.documents / digest)
        sync_folder(self._app.settings.documents)

    def _note(self, digest: str) -> None:
        if not (self._app.settings.documents / digest).exists():
            self._new.append(digest)

    def take_away(self) -> None:
        """Remove what this was the first to keep and no entry names. Cost: reads the ledger."""
        if not self._new:
            return
        # Under the writer's lock: nobody can come to name one between the look and its end.
        with self._app.ledger.group():
            named = {
                one
                for _, entry in self._app.ledger.entries()
                for one in self._new
                if one.encode("ascii") in entry
            }
            for one in set(self._new) - named:
                (self._app.settings.documents / one).unlink(missing_ok=True)


@contextmanager
def keeping(app: App) -> Iterator[Keeping]:
    """Keep documents for an entry; where it fails, they go again.

    A crash in here leaves them: nothing names them then, and the same import keeps them again.
    """
    kept = Keeping(app)
    try:
        yield kept
    except BaseException:
        # What cannot be looked up now stays: a document too many harms nobody.
        with suppress(LedgerError, OSError):
            kept.take_away()
        raise


# -- inside a turn of the sequencer ------------------------------------------------------


def put_on_record(
    app: App,
    act: Act,
    kept: Keeping,
    *,
    documents: Sequence[bytes],
    copy: tuple[Path, str] | None = None,
) -> int:
    """Decide `act`, keep what it names, append it; return its entry. Raises Refusal.

    copy   the imported file, where it is too large for `documents`, with its digest
    """
    at, decision = decided(app, act, documents=documents)
    for one in documents:
        kept.document(one)
    if copy is not None:
        kept.file(*copy)
    return app.append(act.fact, actor=act.actor, at=at, decision=decision).entry


def decided(app: App, act: Act, *, documents: Sequence[bytes]) -> tuple[str, Decision]:
    """Return the moment and the decision; raise the refusal, which is then on the ledger."""
    at = app.next_time()
    decision = app.decide(act, at=at, given=_by_digest(documents))
    if not decision.allowed:
        raise app.refused(act, decision, at=at)
    return at, decision


def tried(app: App, act: Act, *, documents: Sequence[bytes]) -> None:
    """Raise the refusal that `act` would meet; nothing is written."""
    given = _by_digest(documents)
    unmet: tuple[Unmet, ...] = app.decide(act, at=app.next_time(), given=given).unmet
    if unmet:
        what = f"import of {act.fact.subject[:12]}, by {act.actor}"
        raise Refusal(what=what, unmet=unmet, entry=None)


def _by_digest(documents: Sequence[bytes]) -> dict[str, bytes]:
    return {hashlib.sha256(one).hexdigest(): one for one in documents}
