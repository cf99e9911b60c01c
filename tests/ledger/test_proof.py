"""Receipts: what one entry needs to show that it stands in the log."""

from base64 import b64encode
from collections.abc import Callable

import pytest

from beforehand.ledger.checkpoint import Checkpoint, sign_checkpoint
from beforehand.ledger.errors import LedgerError, NoteError, ProofError
from beforehand.ledger.merkle import inclusion_proof, leaf_hash, root
from beforehand.ledger.note import Signer
from beforehand.ledger.proof import open_tlog_proof, tlog_proof

ENTRIES = [str(number).encode() for number in range(11)]
LEAVES = [leaf_hash(one) for one in ENTRIES]
HEAD = Checkpoint(origin="ledger.example/test", size=11, root=root(LEAVES))


def hash_at(level: int, index: int) -> bytes:
    return root(LEAVES[index << level : (index + 1) << level])


def receipt(index: int, *signers: Signer) -> str:
    proof = inclusion_proof(index, 11, hash_at)
    return tlog_proof(
        index=index, proof=proof, checkpoint_note=sign_checkpoint(HEAD, *signers)
    )


def test_a_receipt_opens_with_either_key_while_the_key_changes(signer: Signer) -> None:
    new = Signer.generate(signer.name)
    both = receipt(7, signer, new)
    for known in ([signer.verifier], [new.verifier], [signer.verifier, new.verifier]):
        assert open_tlog_proof(both, b"7", *known) == (7, HEAD)
    with pytest.raises(NoteError):
        open_tlog_proof(receipt(7, signer), b"7", new.verifier)
    with pytest.raises(NoteError):
        open_tlog_proof(both, b"7")


def test_a_receipt_of_each_entry_proves_that_entry_at_that_index(signer: Signer) -> None:
    for index, entry in enumerate(ENTRIES):
        text = receipt(index, signer)
        assert open_tlog_proof(text, entry, signer.verifier) == (index, HEAD)
        for other in range(12):
            moved = text.replace(f"index {index}\n", f"index {other}\n")
            if other != index:
                with pytest.raises(ProofError):
                    open_tlog_proof(moved, entry, signer.verifier)


HASH = b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda text: text.replace("@v1", "@v2"), id="another version"),
        pytest.param(lambda text: "\n" + text, id="empty line before"),
        pytest.param(lambda text: text.replace("index 7\n", ""), id="no index"),
        pytest.param(lambda text: text.replace("index 7", "index 07"), id="leading zero"),
        pytest.param(lambda text: text.replace("index 7", "index -7"), id="sign"),
        pytest.param(lambda text: text.replace("index 7", "index  7"), id="two spaces"),
        pytest.param(
            lambda text: text.replace("7\n", f"7\n{HASH}\n", 1), id="hash too much"
        ),
        pytest.param(lambda text: text.replace("7\n", "7\nAAAA\n", 1), id="short hash"),
        pytest.param(
            lambda text: text.replace("7\n", "7\nextra AAAA\n", 1), id="extra late"
        ),
        pytest.param(
            lambda text: text.replace("v1\n", "v1\nextra AB==\n", 1),
            id="extra with spare bits",
        ),
        pytest.param(lambda text: text.replace("\n\n", "\n", 1), id="no empty line"),
        pytest.param(lambda text: text[:-1], id="no newline at the end"),
        pytest.param(lambda text: text.replace("\n", "\r\n"), id="carriage returns"),
        pytest.param(lambda text: text.replace("\n11\n", "\n12\n"), id="another size"),
        pytest.param(lambda _: "", id="nothing"),
    ],
)
def test_a_receipt_in_any_other_form_proves_nothing(
    signer: Signer, change: Callable[[str], str]
) -> None:
    changed = change(receipt(7, signer))
    assert changed != receipt(7, signer)
    with pytest.raises(LedgerError):
        open_tlog_proof(changed, b"7", signer.verifier)
