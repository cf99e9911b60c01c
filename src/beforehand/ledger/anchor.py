"""Checkpoints that lie elsewhere, held against the ledger: the anchor, and what was published.

A restored older database is consistent in itself. That it signed more than it holds can be
seen only from outside it. Nothing found here is ever mended by signing again.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from beforehand.ledger import checkpoint as checkpoints
from beforehand.ledger.checkpoint import Checkpoint, open_checkpoint
from beforehand.ledger.durable import sync_folder, write_file
from beforehand.ledger.errors import (
    AnchorError,
    InconsistentError,
    NoteError,
    NotOursError,
    RolledBackError,
)
from beforehand.ledger.ledger import Ledger, Signed
from beforehand.ledger.note import Verifier
from beforehand.ledger.tables import require_extends

_STOP: Final = (
    "Do not append or publish with this copy. Put the newest copy of the register in its place,"
    " or find out who replaced it."
)


def hold(
    ledger: Ledger, note: bytes, *, where: str, known: Callable[[], Iterable[Verifier]]
) -> Checkpoint:
    """Return the checkpoint of this ledger that is shown at `where`.

    known   gives the keys that the log ever signed with; asked only for a note that is not
            recorded to the letter

    Raises NotOursError if the log did not sign it, RolledBackError if it is newer than all that
    the ledger recorded, InconsistentError if the ledger does not begin with what it signed.
    """
    recorded = ledger.checkpoints()
    checkpoint = _ours(note, recorded, where=where, known=known)
    edge = ledger.head()
    if checkpoint.size > edge.size:
        raise RolledBackError(
            f"{where} shows a checkpoint of {checkpoint.size:,} entries, the ledger has"
            f" {edge.size:,}; was an older copy restored? {_STOP}"
        )
    with ledger.hashes(edge.size) as hash_at:
        try:
            require_extends(edge.size, hash_at, checkpoint.size, checkpoint.root)
        except InconsistentError as error:
            raise InconsistentError(f"{where}: {error}. {_STOP}") from error
    if not recorded or checkpoint.size > recorded[-1].checkpoint.size:
        raise RolledBackError(
            f"{where} shows a checkpoint of {checkpoint.size:,} entries, of which the ledger has"
            f" no record; was an older copy restored? {_STOP}"
        )
    return checkpoint


def _ours(
    note: bytes,
    recorded: Iterable[Signed],
    *,
    where: str,
    known: Callable[[], Iterable[Verifier]],
) -> Checkpoint:
    for one in recorded:
        if one.note.encode() == note:
            return one.checkpoint
    try:
        return open_checkpoint(note.decode(), *known())
    except (NoteError, UnicodeDecodeError) as error:
        raise NotOursError(
            f"{where} shows no checkpoint of this log: {error}. Find out who wrote it, and what"
            " belongs there."
        ) from error


class Anchor:
    """A small file on another volume: the newest checkpoint that the ledger recorded.

    Empty until there is one. It only ever moves forward, and after the record does.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def where(self) -> str:
        return f"the anchor {self.path}"

    def check(
        self, ledger: Ledger, *, known: Callable[[], Iterable[Verifier]]
    ) -> Checkpoint | None:
        """Return the checkpoint in it; None where it holds none yet.

        Raises AnchorError if it is missing, or as `hold` does.
        """
        if not self.path.parent.is_dir():
            raise AnchorError(
                f"expected {self.where} in a folder, got none: is its volume mounted? Mount it,"
                " or set the folder up again with the newest checkpoint in it."
            )
        if not self.path.is_file():
            if not ledger.checkpoints():
                return None
            raise AnchorError(
                f"expected {self.where}, got none. If it is new in register.toml, copy the"
                " `checkpoint` of the newest publication there. If it was there before, find out"
                " who removed it first."
            )
        note = self.path.read_bytes()
        return hold(ledger, note, where=self.where, known=known) if note else None

    def prepare(self) -> None:
        """Make the file, before the first checkpoint is recorded: missing is wrong from then on."""
        if not self.path.exists():
            self._write(b"")

    def move(self, signed: Signed) -> None:
        """Bring it forward to a checkpoint that is recorded, durably; never back."""
        held = self.path.read_text(encoding="utf-8")
        if held and size_in(held) >= signed.checkpoint.size:
            return
        self._write(signed.note.encode())

    def _write(self, note: bytes) -> None:
        write_file(self.path, note)
        sync_folder(self.path.parent)


def size_in(note: str) -> int:
    """Return the size that a checkpoint names, whoever signed it."""
    text, _, _ = note.rpartition("\n\n")
    return checkpoints.parse(f"{text}\n").size
