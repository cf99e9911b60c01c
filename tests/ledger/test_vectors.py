"""docs/reference/ledger-vectors.json is what this implementation gives, and the other one too.

To write it anew after a change of the format: python -m tests.ledger.test_vectors
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from beforehand.ledger import checkpoint as checkpoints
from beforehand.ledger import merkle, standalone
from beforehand.ledger.checkpoint import Checkpoint
from beforehand.ledger.entry import DecisionDigests, Envelope, decode, encode
from beforehand.ledger.errors import LedgerError
from beforehand.ledger.merkle import leaf_hash
from beforehand.ledger.note import Signer
from beforehand.ledger.proof import open_tlog_proof, tlog_proof
from beforehand.ledger.seal import open_disclosure, seal
from beforehand.ledger.tiles import ENTRIES, Tile, encode_bundle, tiles_of

FILE = Path(__file__).parents[2] / "docs" / "reference" / "ledger-vectors.json"
ORIGIN = "ledger.example/vectors"
SALT = bytes(range(32))
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
SIZES = (1, 2, 3, 4, 5, 7, 8)


def _disclosure() -> Any:  # noqa: ANN401  # a Disclosure
    return seal("case", {"number": "INVENTED-0001"}, "e-3", SALT)


def _entries() -> list[bytes]:
    plain = Envelope(
        actor="p-1",
        at="2026-01-01T00:00:00.000000Z",
        data=msgspec.Raw(b"{}"),
        decision=None,
        id="e-0",
        kind="example.made",
        kv=1,
        refs=(),
        seal={},
        subject="s-1",
    )
    digests = DecisionDigests(policies=DIGEST, question=DIGEST, unmet=("a.b",))
    changes: list[dict[str, Any]] = [
        {},
        {
            "data": msgspec.Raw(
                b'{"amount":9007199254740991,"of":[null,true,-1],"office":"o-1"}'
            )
        },
        {"decision": digests, "refs": ("e-0", "e-1")},
        {"seal": {"case": _disclosure().commitment}},
        {"data": msgspec.Raw('{"name":"Zoë \\" \\\\ \\n \\u001f \u2028"}'.encode())},
        {"kv": 2, "subject": ""},
        {"data": msgspec.Raw(b'{"a":{"b":{"c":[[[]]]}}}')},
        {"actor": "p-2"},
    ]
    return [
        encode(
            msgspec.structs.replace(
                plain, id=f"e-{n}", at=f"2026-01-01T00:00:00.{n:06}Z", **change
            )
        )
        for n, change in enumerate(changes)
    ]


def _invalid() -> list[dict[str, str]]:
    """Return texts that are one step from a valid entry, each with what is wrong."""
    good = _entries()[0].decode()
    steps = {
        "a space": (":", ": "),
        "a key out of order": ('"v":1}', '"v":1,"a":1}'),
        "a key twice": ('"kv":1', '"kv":1,"kv":1'),
        "a field missing": ('"refs":[],', ""),
        "a field too many": ('"v":1}', '"v":1,"w":1}'),
        "another version": ('"v":1', '"v":2'),
        "a float": ('"data":{}', '"data":{"a":1.0}'),
        "minus zero": ('"data":{}', '"data":{"a":-0}'),
        "an integer of 2^53": ('"data":{}', '"data":{"a":9007199254740992}'),
        "a key outside ASCII": ('"data":{}', '"data":{"é":1}'),
        "a needless escape": ('"s-1"', '"s\\u002d1"'),
        "an escape in capitals": ('"s-1"', '"\\u001F"'),
        "a time that does not exist": ("2026-01-01", "2026-02-30"),
        "a time without its six decimals": (".000000Z", "Z"),
        "an empty id": ('"e-0"', '""'),
        "a version of the kind that is 0": ('"kv":1', '"kv":0'),
        "a commitment of 42 characters": ('"seal":{}', '"seal":{"a":"' + "A" * 42 + '"}'),
        "spare bits in a commitment": ('"seal":{}', '"seal":{"a":"' + "A" * 42 + 'B"}'),
        "a digest in capitals": (
            '"decision":null',
            '"decision":{"policies":"'
            + "A" * 64
            + '","question":"'
            + "a" * 64
            + '","unmet":[]}',
        ),
        "a level of nesting too many": (
            '"data":{}',
            '"data":{"a":' + "[" * 33 + "]" * 33 + "}",
        ),
    }
    texts = {why: good.replace(*step, 1) for why, step in steps.items()}
    texts["two entries"] = good + good
    texts["a line break at the end"] = good + "\n"
    return [{"why": why, "text": text} for why, text in texts.items()]


def _hash_at(leaves: list[bytes]) -> merkle.HashAt:
    return merkle.from_tiles(lambda _level, start, stop: leaves[start:stop])


def _tree(entries: list[bytes]) -> dict[str, Any]:
    leaves = [leaf_hash(one) for one in entries]
    hash_at = _hash_at(leaves)
    return {
        "roots": {str(size): merkle.root(leaves[:size]).hex() for size in (0, *SIZES)},
        "inclusion": [
            {
                "index": index,
                "size": size,
                "proof": [
                    one.hex() for one in merkle.inclusion_proof(index, size, hash_at)
                ],
            }
            for size in SIZES
            for index in range(size)
        ],
        "consistency": [
            {
                "old": old,
                "new": new,
                "proof": [one.hex() for one in merkle.consistency_proof(old, new, hash_at)],
            }
            for new in SIZES
            for old in SIZES
            if old <= new
        ],
    }


def _keys() -> list[Signer]:
    """Return two signers with keys that everybody knows: for vectors and nothing else."""
    found = []
    for seed in (b"\x01" * 32, b"\x02" * 32):
        key = Ed25519PrivateKey.from_private_bytes(seed)
        found.append(Signer(name=ORIGIN, _key=key))
    return found


def built() -> dict[str, Any]:
    entries = _entries()
    leaves = [leaf_hash(one) for one in entries]
    old, new = _keys()
    head = Checkpoint(origin=ORIGIN, size=len(entries), root=merkle.root(leaves))
    note = checkpoints.sign_checkpoint(head, old)
    opened = _disclosure()
    proof = merkle.inclusion_proof(3, len(entries), _hash_at(leaves))
    return {
        "about": "Made by tests/ledger/test_vectors.py. Its keys and salts are known to all.",
        "entries": [
            {"text": one.decode(), "leaf": leaf.hex()}
            for one, leaf in zip(entries, leaves, strict=True)
        ],
        "no_entries": _invalid(),
        "tree": _tree(entries),
        "tiles": {
            "of_size_70000": [one.path for one in tiles_of(70_000)][-4:],
            "count_of_size_70000": len(list(tiles_of(70_000))),
            "path_of_level_0_number_1234067": Tile(0, 1_234_067).path,
            "path_of_entries_number_0_width_8": Tile(ENTRIES, 0, 8).path,
            "bundle_of_the_first_two_entries": encode_bundle(entries[:2]).hex(),
        },
        "keys": {
            "old": {"seed": "01" * 32, "vkey": old.verifier.vkey},
            "new": {"seed": "02" * 32, "vkey": new.verifier.vkey},
        },
        "checkpoint": note,
        "checkpoint_by_both": checkpoints.sign_checkpoint(head, old, new),
        "receipt_of_entry_3": tlog_proof(index=3, proof=proof, checkpoint_note=note),
        "sealed": {
            "salt": SALT.hex(),
            "part": "case",
            "entry": "e-3",
            "value": {"number": "INVENTED-0001"},
            "disclosure": opened.text,
            "commitment": opened.commitment,
        },
    }


def text() -> str:
    return json.dumps(built(), indent=1, ensure_ascii=False) + "\n"


KEPT: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}


def test_the_vectors_in_the_reference_are_what_this_implementation_gives() -> None:
    assert FILE.read_text(encoding="utf-8") == text()


@pytest.mark.parametrize("one", KEPT["no_entries"], ids=lambda one: one["why"])
def test_what_is_no_entry_is_refused_by_both_implementations(one: dict[str, str]) -> None:
    with pytest.raises(LedgerError):
        decode(one["text"].encode())
    with pytest.raises(standalone.VerificationError):
        standalone.read_entry(one["text"].encode())


def test_what_is_an_entry_is_read_by_both_implementations_and_has_its_leaf() -> None:
    for one in KEPT["entries"]:
        data = one["text"].encode()
        assert encode(decode(data)) == data
        assert standalone.read_entry(data)["id"] == decode(data).id
        assert standalone.leaf_hash(data).hex() == one["leaf"]


def test_the_trees_values_are_those_of_the_other_implementation() -> None:
    leaves = [bytes.fromhex(one["leaf"]) for one in KEPT["entries"]]
    roots = KEPT["tree"]["roots"]
    for size in SIZES:
        assert standalone.tree_root(leaves[:size]).hex() == roots[str(size)]
    for one in KEPT["tree"]["inclusion"]:
        root = standalone.root_by_proof(
            index=one["index"],
            size=one["size"],
            leaf=leaves[one["index"]],
            proof=[bytes.fromhex(line) for line in one["proof"]],
        )
        assert root.hex() == roots[str(one["size"])]
    for one in KEPT["tree"]["consistency"]:
        merkle.verify_consistency(
            old_size=one["old"],
            new_size=one["new"],
            proof=[bytes.fromhex(line) for line in one["proof"]],
            old_root=bytes.fromhex(roots[str(one["old"])]),
            new_root=bytes.fromhex(roots[str(one["new"])]),
        )


def test_checkpoint_and_receipt_open_with_the_keys_and_the_sealed_part_with_its_salt() -> (
    None
):
    old, new = (one.verifier for one in _keys())
    for note, keys in (
        (KEPT["checkpoint"], [old]),
        (KEPT["checkpoint_by_both"], [old]),
        (KEPT["checkpoint_by_both"], [new]),
        (KEPT["checkpoint_by_both"], [old, new]),
    ):
        assert checkpoints.open_checkpoint(note, *keys).size == len(KEPT["entries"])
    with pytest.raises(LedgerError):
        checkpoints.open_checkpoint(KEPT["checkpoint"], new)
    entry = KEPT["entries"][3]["text"].encode()
    assert open_tlog_proof(KEPT["receipt_of_entry_3"], entry, old)[0] == 3
    sealed = KEPT["sealed"]
    assert (
        open_disclosure(
            sealed["disclosure"],
            part=sealed["part"],
            entry_id=sealed["entry"],
            commitment=decode(entry).seal["case"],
        )
        == sealed["value"]
    )


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
