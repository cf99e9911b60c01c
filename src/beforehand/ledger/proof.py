"""Receipts: `tlog-proof` texts, which put one entry under a signed checkpoint. Pure."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Final

from beforehand.ledger.checkpoint import Checkpoint, open_checkpoint, parse_decimal
from beforehand.ledger.errors import NoteError
from beforehand.ledger.merkle import leaf_hash, verify_inclusion
from beforehand.ledger.note import Verifier, strict_base64

_FIRST_LINE: Final = "c2sp.org/tlog-proof@v1"


def tlog_proof(*, index: int, proof: Sequence[bytes], checkpoint_note: str) -> str:
    """Return the receipt of entry `index` (C2SP tlog-proof).

    proof             its inclusion proof at the checkpoint's size
    checkpoint_note   the signed checkpoint, whole
    """
    hashes = "".join(f"{b64encode(one).decode()}\n" for one in proof)
    return f"{_FIRST_LINE}\nindex {index}\n{hashes}\n{checkpoint_note}"


def open_tlog_proof(
    receipt: str, entry: bytes, *verifiers: Verifier
) -> tuple[int, Checkpoint]:
    """Return the index at which `entry` stands, and the checkpoint that covers it.

    Raises NoteError if the receipt is malformed or not signed; ProofError if it does not prove it.
    """
    body, separator, note = receipt.partition("\n\n")
    first, *lines = body.split("\n")
    if first != _FIRST_LINE or not separator:
        raise NoteError(f"expected a receipt that starts with {_FIRST_LINE}")
    if lines and lines[0].startswith("extra "):
        strict_base64(
            lines.pop(0).removeprefix("extra ")
        )  # nobody signed it: it is not used
    if not lines or not lines[0].startswith("index "):
        raise NoteError("expected a line with the index of the entry")
    index = parse_decimal(lines[0].removeprefix("index "))
    checkpoint = open_checkpoint(note, *verifiers)
    verify_inclusion(
        index=index,
        size=checkpoint.size,
        leaf=leaf_hash(entry),
        proof=[strict_base64(line) for line in lines[1:]],
        root=checkpoint.root,
    )
    return index, checkpoint
