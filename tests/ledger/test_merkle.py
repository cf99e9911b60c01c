import json
from base64 import b64decode
from collections.abc import Callable
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.ledger import merkle
from beforehand.ledger.errors import ProofError
from beforehand.ledger.merkle import Edge, HashAt, leaf_hash, node_hash

VECTORS = Path(__file__).parent / "vectors"

# RFC 6962 reference data (certificate-transparency, merkle_tree_test.cc): leaves, and the
# root after each of them.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LARGEST = 65_537
NUMBERED = [leaf_hash(str(n).encode()) for n in range(LARGEST)]
SIZES = [0, 1, 2, 3, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537]


def defined_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 s2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(defined_root(leaves[:split]), defined_root(leaves[split:]))


def hashes_of(leaves: list[bytes]) -> HashAt:
    """Keep every eighth level only, as stores do."""
    rows = [leaves]
    while len(rows[-1]) >= 256:
        below = rows[-1]
        full = range(0, len(below) - len(below) % 256, 256)
        rows.append([merkle.root(below[at : at + 256]) for at in full])
    return merkle.from_tiles(lambda level, start, stop: rows[level][start:stop])


def vectors(name: str) -> list[Any]:
    lines = (VECTORS / name).read_text(encoding="utf-8").splitlines()
    return [pytest.param(one, id=one["path"]) for one in map(json.loads, lines)]


def hashes(texts: list[str] | None) -> list[bytes]:
    return [b64decode(text) for text in texts or ()]


def test_roots_are_those_of_the_rfc_6962_reference() -> None:
    edge = Edge()
    for count, (leaf, expected) in enumerate(zip(LEAVES, ROOTS, strict=True), 1):
        edge.append(leaf_hash(leaf))
        assert edge.root().hex() == expected
        assert merkle.root([leaf_hash(one) for one in LEAVES[:count]]).hex() == expected


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert Edge().root() == merkle.root([]) == sha256(b"").digest()


@pytest.mark.parametrize("size", SIZES)
def test_root_edge_and_stored_hashes_agree_with_the_definition(size: int) -> None:
    leaves = NUMBERED[:size]
    edge = Edge()
    for leaf in leaves:
        edge.append(leaf)
    expected = defined_root(leaves)
    hash_at = hashes_of(leaves)
    assert edge.root() == merkle.root(leaves) == merkle.root_at(size, hash_at) == expected
    assert Edge.at(size, hash_at).hashes == edge.hashes


def test_a_large_tree_of_256_000_has_the_root_of_its_definition() -> None:
    leaves = [leaf_hash(n.to_bytes(4, "big")) for n in range(256_123)]
    assert merkle.root_at(len(leaves), hashes_of(leaves)) == defined_root(leaves)


def test_appending_returns_the_subtrees_that_it_completed() -> None:
    edge = Edge()
    completed = [edge.append(leaf) for leaf in NUMBERED[:8]]
    assert [len(one) for one in completed] == [0, 1, 0, 2, 0, 1, 0, 3]
    assert completed[7] == [
        merkle.root(NUMBERED[6:8]),
        merkle.root(NUMBERED[4:8]),
        merkle.root(NUMBERED[:8]),
    ]


def test_a_copied_edge_goes_its_own_way() -> None:
    edge = Edge(3, Edge.at(3, hashes_of(NUMBERED[:3])).hashes)
    copy = edge.copy()
    copy.append(NUMBERED[3])
    assert (edge.size, copy.size) == (3, 4)
    assert edge.root() == merkle.root(NUMBERED[:3])


def test_an_edge_with_a_hash_too_few_is_refused() -> None:
    with pytest.raises(ProofError, match="has 2 hashes, not 1"):
        Edge(3, NUMBERED[:1])


@pytest.mark.parametrize("case", vectors("inclusion.jsonl"))
def test_inclusion_is_verified_and_refused_as_the_vector_says(case: dict[str, Any]) -> None:
    def verify() -> None:
        merkle.verify_inclusion(
            index=case["leafIdx"],
            size=case["treeSize"],
            leaf=b64decode(case["leafHash"] or ""),
            proof=hashes(case["proof"]),
            root=b64decode(case["root"] or ""),
        )

    follow(verify, refused=case["wantErr"])


@pytest.mark.parametrize("case", vectors("consistency.jsonl"))
def test_consistency_is_verified_and_refused_as_the_vector_says(
    case: dict[str, Any],
) -> None:
    def verify() -> None:
        merkle.verify_consistency(
            old_size=case["size1"],
            new_size=case["size2"],
            proof=hashes(case["proof"]),
            old_root=b64decode(case["root1"] or ""),
            new_root=b64decode(case["root2"] or ""),
        )

    follow(verify, refused=case["wantErr"])


def follow(verify: Callable[[], None], *, refused: bool) -> None:
    if refused:
        with pytest.raises(ProofError):
            verify()
    else:
        verify()


def test_there_are_196_vectors_most_of_them_refused() -> None:
    cases = [
        one.values[0]
        for name in ("inclusion", "consistency")
        for one in vectors(f"{name}.jsonl")
    ]
    assert len(cases) == 196
    assert sum(case["wantErr"] for case in cases) > 98


@given(st.data())
def test_an_inclusion_proof_verifies_for_its_own_leaf_only(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 700))
    index = data.draw(st.integers(0, size - 1))
    hash_at = hashes_of(NUMBERED[:size])
    root = merkle.root_at(size, hash_at)
    proof = merkle.inclusion_proof(index, size, hash_at)
    merkle.verify_inclusion(
        index=index, size=size, leaf=NUMBERED[index], proof=proof, root=root
    )
    with pytest.raises(ProofError):
        merkle.verify_inclusion(
            index=index, size=size, leaf=NUMBERED[index + 1], proof=proof, root=root
        )


@given(st.data())
def test_a_consistency_proof_verifies_for_its_own_sizes(data: st.DataObject) -> None:
    new = data.draw(st.integers(1, 700))
    old = data.draw(st.integers(1, new))
    hash_at = hashes_of(NUMBERED[:new])
    merkle.verify_consistency(
        old_size=old,
        new_size=new,
        proof=merkle.consistency_proof(old, new, hash_at),
        old_root=merkle.root_at(old, hash_at),
        new_root=merkle.root_at(new, hash_at),
    )


@pytest.mark.parametrize(("old", "new"), list(pairwise(SIZES[1:])))
def test_consistency_holds_across_tile_boundaries(old: int, new: int) -> None:
    hash_at = hashes_of(NUMBERED[:new])
    merkle.verify_consistency(
        old_size=old,
        new_size=new,
        proof=merkle.consistency_proof(old, new, hash_at),
        old_root=merkle.root_at(old, hash_at),
        new_root=merkle.root_at(new, hash_at),
    )


def test_nothing_is_consistent_with_an_empty_tree() -> None:
    with pytest.raises(ProofError, match="from 0 to 5"):
        merkle.verify_consistency(
            old_size=0,
            new_size=5,
            proof=[],
            old_root=merkle.EMPTY_ROOT,
            new_root=NUMBERED[0],
        )
    with pytest.raises(ProofError, match="from 0 to 5"):
        merkle.consistency_proof(0, 5, hashes_of(NUMBERED[:5]))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_the_length_of_a_hash_is_checked_before_anything_else(length: int) -> None:
    with pytest.raises(ProofError, match=f"32 bytes, got {length}"):
        merkle.verify_inclusion(
            index=9, size=1, leaf=bytes(length), proof=[], root=NUMBERED[0]
        )
    with pytest.raises(ProofError, match=f"32 bytes, got {length}"):
        merkle.verify_consistency(
            old_size=0,
            new_size=0,
            proof=[bytes(length)],
            old_root=NUMBERED[0],
            new_root=NUMBERED[0],
        )


@pytest.mark.parametrize(
    "steps", [(0, 1, 0), (1, 1, 1), (255, 1, 257), (256, 256, 700), (3, 1021)]
)
def test_extending_by_many_is_appending_one_by_one(steps: tuple[int, ...]) -> None:
    leaves = [leaf_hash(n.to_bytes(4, "big")) for n in range(sum(steps))]
    at_once, singly = Edge(), Edge()
    completed: dict[tuple[int, int], bytes] = {}
    first = 0
    for step in steps:
        some = leaves[first : first + step]
        for level, (start, found) in at_once.extend(some).items():
            completed |= {(level, n): one for n, one in enumerate(found, start)}
        for leaf in some:
            singly.append(leaf)
        first += step
        assert (at_once.size, at_once.hashes) == (singly.size, singly.hashes)
    full = len(leaves) // 256
    expected = {(1, n): merkle.root(leaves[n * 256 : n * 256 + 256]) for n in range(full)}
    assert completed == expected


def test_extending_tells_every_eighth_level() -> None:
    leaves = [leaf_hash(n.to_bytes(4, "big")) for n in range(65_536 + 300)]
    edge = Edge()
    edge.extend(leaves[:100])
    completed = edge.extend(leaves[100:])
    assert {level: (start, len(found)) for level, (start, found) in completed.items()} == {
        1: (0, 257),
        2: (0, 1),
    }
    assert completed[2][1] == [merkle.root(leaves[:65_536])]
