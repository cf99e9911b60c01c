"""Checkpoints, as in C2SP tlog-checkpoint: what a log's key signs. Pure."""

import re
from base64 import b64encode
from dataclasses import dataclass
from typing import Final

from beforehand.ledger.errors import NoteError
from beforehand.ledger.merkle import HASH_BYTES
from beforehand.ledger.note import Signer, Verifier, open_note, sign, strict_base64

_DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """How many entries a log held, and the one root that they have."""

    origin: str
    size: int
    root: bytes


def parse_decimal(text: str) -> int:
    if _DECIMAL.fullmatch(text) is None:
        raise NoteError(f"expected a decimal without leading zeros, got {text[:60]!r}")
    return int(text)


def encode(checkpoint: Checkpoint) -> str:
    # No extension lines: witnesses disagree on them.
    root = b64encode(checkpoint.root).decode()
    return f"{checkpoint.origin}\n{checkpoint.size}\n{root}\n"


def parse(text: str) -> Checkpoint:
    """Read the body of a checkpoint; extension lines of others are passed over."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):  # noqa: PLR2004  # three and the end
        raise NoteError("expected a checkpoint of at least three lines, none empty")
    origin, size, root, *_ = lines
    checkpoint = Checkpoint(
        origin=origin, size=parse_decimal(size), root=strict_base64(root)
    )
    if len(checkpoint.root) != HASH_BYTES:
        raise NoteError(
            f"expected a root of {HASH_BYTES} bytes, got {len(checkpoint.root)}"
        )
    return checkpoint


def sign_checkpoint(checkpoint: Checkpoint, *signers: Signer) -> str:
    """Return the checkpoint signed by each key of its log: old and new while the key changes."""
    if not signers:
        raise NoteError("a checkpoint is signed by at least one key")
    for signer in signers:
        if signer.name != checkpoint.origin:
            raise NoteError(f"the key of {signer.name} cannot sign for {checkpoint.origin}")
    return sign(encode(checkpoint), *signers)


def open_checkpoint(note: str, *verifiers: Verifier) -> Checkpoint:
    """Return the checkpoint in a signed note.

    Raises NoteError unless one of `verifiers` signed it, none falsely, and that one's name is
    the checkpoint's origin: a log signs for itself alone.
    """
    opened = open_note(note, verifiers)
    checkpoint = parse(opened.text)
    if checkpoint.origin not in opened.signers:
        names = ", ".join(sorted({verifier.name for verifier in verifiers}))
        raise NoteError(f"expected a checkpoint of {names}, got one of {checkpoint.origin}")
    return checkpoint
