from base64 import b64decode, b64encode
from collections.abc import Callable

import pytest

from beforehand.ledger.checkpoint import (
    Checkpoint,
    encode,
    open_checkpoint,
    parse,
    sign_checkpoint,
)
from beforehand.ledger.errors import NoteError, ProofError
from beforehand.ledger.merkle import inclusion_proof, leaf_hash, root
from beforehand.ledger.note import (
    Signer,
    Verifier,
    open_note,
    read_vkeys,
    sign,
    strict_base64,
)
from beforehand.ledger.proof import open_tlog_proof, tlog_proof

# golang.org/x/mod sumdb/note, package example.
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_PRIVATE = (
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
)
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_NOTE = (
    f"{GO_TEXT}\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2p"
    "ZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# C2SP signed-note.md: an example whose text holds an empty line; its key is not given there.
C2SP_NOTE = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\n"
    "ed \u00e8 subito sera.\n\n\u2014 quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5"
    "ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
)
# transparency-dev/formats note tests: the base64 holds a `+`.
PLUS_VKEY = "TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6"
ENOCH_VKEY = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"


def test_the_published_note_opens_and_is_signed_alike() -> None:
    verifier = Verifier.from_vkey(GO_VKEY)
    assert open_note(GO_NOTE, [verifier]).text == GO_TEXT
    assert sign(GO_TEXT, Signer.from_private_text(GO_PRIVATE)) == GO_NOTE


def test_the_note_of_the_specification_is_split_at_its_last_empty_line() -> None:
    with pytest.raises(NoteError, match="expected a signature by PeterNeumann"):
        open_note(C2SP_NOTE, [Verifier.from_vkey(GO_VKEY)])
    added = sign(
        C2SP_NOTE.rpartition("\n\n")[0] + "\n", Signer.from_private_text(GO_PRIVATE)
    )
    both = C2SP_NOTE + added.rpartition("\n\n")[2]
    note = open_note(both, [Verifier.from_vkey(GO_VKEY)])
    assert note.text.endswith("sole:\n\ned \u00e8 subito sera.\n")
    assert note.signers == ("PeterNeumann",)


@pytest.mark.parametrize("vkey", [GO_VKEY, PLUS_VKEY, ENOCH_VKEY])
def test_keys_of_other_makers_are_read_and_written_alike(vkey: str) -> None:
    assert Verifier.from_vkey(vkey).vkey == vkey


def test_a_private_key_is_read_back_and_its_repr_keeps_it() -> None:
    signer = Signer.generate("example.com/log")
    again = Signer.from_private_text(signer.private_text)
    assert again.verifier.vkey == signer.verifier.vkey
    assert signer.private_text.rpartition("+")[2] not in repr(signer)


def with_type(vkey: str, kind: int) -> str:
    head, _, encoded = vkey.rpartition("+")
    return f"{head}+{b64encode(bytes([kind]) + b64decode(encoded)[1:]).decode()}"


@pytest.mark.parametrize(
    "vkey",
    [
        pytest.param("", id="empty"),
        pytest.param("PeterNeumann+c74f20a3", id="no key"),
        pytest.param(GO_VKEY.replace("c74f20a3", "c74f20a4"), id="id of another key"),
        pytest.param(GO_VKEY.replace("c74f20a3", "C74F20A3"), id="id in capitals"),
        pytest.param(
            GO_VKEY.replace("PeterNeumann", "Peter Neumann"), id="space in the name"
        ),
        pytest.param(
            GO_VKEY.replace("PeterNeumann", "Peter\u00a0Neumann"), id="unicode space"
        ),
        pytest.param(GO_VKEY.replace("PeterNeumann", ""), id="no name"),
        pytest.param(with_type(GO_VKEY, 4), id="type of a cosignature"),
        pytest.param(GO_VKEY[:-4], id="short key"),
        pytest.param(GO_VKEY + "\n\n", id="two newlines"),
        pytest.param(GO_VKEY + "=", id="padding too much"),
    ],
)
def test_a_malformed_verifier_key_is_refused(vkey: str) -> None:
    with pytest.raises(NoteError):
        Verifier.from_vkey(vkey)


@pytest.mark.parametrize(
    "text", ["AB==", "AA=", "AAAA\n", "AA AA", "A", "AAAA====", "--__"]
)
def test_base64_in_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        strict_base64(text)


def test_a_false_signature_in_a_known_name_rejects_the_whole_note() -> None:
    known = Signer.generate("known.example")
    other = Signer.generate("other.example")
    note = sign("text\n", known, other)
    verifiers = [known.verifier, other.verifier]
    assert open_note(note, verifiers).signers == ("known.example", "other.example")
    lines = note.split("\n")
    name, blob = lines[3].rsplit(" ", 1)
    broken = bytearray(b64decode(blob))
    broken[-1] ^= 1
    lines[3] = f"{name} {b64encode(broken).decode()}"
    with pytest.raises(NoteError, match=r"signature of other\.example is false"):
        open_note("\n".join(lines), verifiers)
    assert open_note("\n".join(lines), [known.verifier]).signers == ("known.example",)


def test_the_name_alone_or_the_id_alone_is_not_a_known_key() -> None:
    one, two = Signer.generate("same.example"), Signer.generate("same.example")
    with pytest.raises(NoteError, match="got none"):
        open_note(sign("text\n", one), [two.verifier])


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda note: note[:-1], id="no newline at the end"),
        pytest.param(lambda note: note + "\n", id="empty line at the end"),
        pytest.param(lambda note: note + "more\n", id="not a signature"),
        pytest.param(lambda note: note.replace("\n\n", "\n"), id="no empty line"),
        pytest.param(lambda note: note.replace("\u2014", "-"), id="hyphen for the dash"),
        pytest.param(lambda note: note.replace("your", "your\t"), id="control character"),
        pytest.param(lambda note: note.replace("JnAM=", "JnAN="), id="spare bits"),
        pytest.param(lambda note: note.replace("answer", "Answer"), id="another text"),
        pytest.param(lambda note: note + "\u2014 other.example AAAA\n", id="too short"),
    ],
)
def test_a_malformed_note_is_refused(change: Callable[[str], str]) -> None:
    with pytest.raises(NoteError):
        open_note(change(GO_NOTE), [Verifier.from_vkey(GO_VKEY)])


CHECKPOINT = Checkpoint(origin="log.example", size=256, root=bytes(range(32)))
BODY = encode(CHECKPOINT)


def test_a_checkpoint_is_read_back_and_extension_lines_are_passed_over() -> None:
    assert parse(BODY) == parse(BODY + "of another\n") == CHECKPOINT
    assert BODY.startswith("log.example\n256\nAAEC")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(BODY.replace("256", "0256"), id="leading zero"),
        pytest.param(BODY.replace("256", "+256"), id="sign"),
        pytest.param(BODY.replace("256", "\u0662"), id="digit of another script"),
        pytest.param(BODY.replace("log.example", ""), id="no origin"),
        pytest.param(BODY.replace("=", ""), id="no padding"),
        pytest.param(BODY.replace("AAEC", ""), id="short root"),
        pytest.param(BODY[:-1], id="no newline"),
        pytest.param(BODY + "\n", id="empty line"),
        pytest.param("log.example\n256\n", id="no root"),
    ],
)
def test_a_malformed_checkpoint_is_refused(body: str) -> None:
    with pytest.raises(NoteError):
        parse(body)


def test_a_key_signs_and_opens_checkpoints_of_its_own_log_only() -> None:
    signer = Signer.generate("log.example")
    assert (
        open_checkpoint(sign_checkpoint(CHECKPOINT, signer), signer.verifier) == CHECKPOINT
    )
    stranger = Signer.generate("other.example")
    with pytest.raises(NoteError, match="cannot sign"):
        sign_checkpoint(CHECKPOINT, stranger)
    with pytest.raises(NoteError, match=r"expected a checkpoint of other\.example"):
        open_checkpoint(sign(BODY, stranger), stranger.verifier)


def test_a_receipt_proves_its_entry_and_no_other() -> None:
    entries = [str(n).encode() for n in range(11)]
    leaves = [leaf_hash(one) for one in entries]
    signer = Signer.generate("log.example")
    head = Checkpoint(origin="log.example", size=11, root=root(leaves))

    def hash_at(level: int, index: int) -> bytes:
        return root(leaves[index << level : (index + 1) << level])

    receipt = tlog_proof(
        index=7,
        proof=inclusion_proof(7, 11, hash_at),
        checkpoint_note=sign_checkpoint(head, signer),
    )
    assert receipt.startswith("c2sp.org/tlog-proof@v1\nindex 7\n")
    assert open_tlog_proof(receipt, b"7", signer.verifier) == (7, head)
    extra = receipt.replace("\nindex", "\nextra AAAA\nindex", 1)
    assert open_tlog_proof(extra, b"7", signer.verifier) == (7, head)
    with pytest.raises(ProofError):
        open_tlog_proof(receipt, b"8", signer.verifier)
    with pytest.raises(NoteError):
        open_tlog_proof(receipt.replace("index 7", "index 07"), b"7", signer.verifier)


def other_signature(note: str) -> str:
    return note.rpartition("\n\n")[2]


def test_while_a_key_changes_old_and_new_sign_and_one_of_them_is_enough() -> None:
    old, new = Signer.generate("log.example"), Signer.generate("log.example")
    note = sign_checkpoint(CHECKPOINT, old, new)
    assert note.count("\u2014 log.example ") == 2
    for known in ([old.verifier], [new.verifier], [old.verifier, new.verifier]):
        assert open_checkpoint(note, *known) == CHECKPOINT
    only_old = sign_checkpoint(CHECKPOINT, old)
    assert open_checkpoint(only_old, old.verifier, new.verifier) == CHECKPOINT
    with pytest.raises(NoteError, match="got none"):
        open_checkpoint(only_old, new.verifier)
    with pytest.raises(NoteError, match="got none"):
        open_checkpoint(note)


def test_a_false_signature_of_either_key_rejects_a_checkpoint_that_the_other_signed() -> (
    None
):
    old, new = Signer.generate("log.example"), Signer.generate("log.example")
    another = Checkpoint(origin="log.example", size=255, root=CHECKPOINT.root)
    mixed = sign_checkpoint(CHECKPOINT, old) + other_signature(
        sign_checkpoint(another, new)
    )
    assert open_checkpoint(mixed, old.verifier) == CHECKPOINT
    with pytest.raises(NoteError, match="is false"):
        open_checkpoint(mixed, old.verifier, new.verifier)


def test_every_key_that_signs_a_checkpoint_has_the_name_of_its_log() -> None:
    ours, stranger = Signer.generate("log.example"), Signer.generate("other.example")
    with pytest.raises(NoteError, match=r"other\.example cannot sign"):
        sign_checkpoint(CHECKPOINT, ours, stranger)
    with pytest.raises(NoteError, match="at least one key"):
        sign_checkpoint(CHECKPOINT)
    # A stranger's key that we know does not make a checkpoint the stranger's.
    with pytest.raises(NoteError, match="got one of"):
        open_checkpoint(sign(BODY, stranger), ours.verifier, stranger.verifier)


def test_a_file_of_keys_holds_one_a_line_all_of_one_name() -> None:
    old, new = (Signer.generate("log.example").verifier for _ in range(2))
    assert read_vkeys(old.vkey) == read_vkeys(old.vkey + "\n")
    assert [one.vkey for one in read_vkeys(f"{old.vkey}\n{new.vkey}\n")] == [
        old.vkey,
        new.vkey,
    ]
    stranger = Signer.generate("other.example").verifier
    for text in ("", "\n", f"{old.vkey}\n\n{new.vkey}", f"{old.vkey}\r\n{new.vkey}\r\n"):
        with pytest.raises(NoteError):
            read_vkeys(text)
    with pytest.raises(NoteError, match="one name"):
        read_vkeys(f"{old.vkey}\n{stranger.vkey}")
    with pytest.raises(NoteError, match="an id of their own"):
        read_vkeys(f"{old.vkey}\n{old.vkey}\n")
