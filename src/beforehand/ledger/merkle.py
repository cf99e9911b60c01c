"""The hash tree of RFC 6962: roots, inclusion proofs and consistency proofs. Pure.

A *subtree* (level, index) is the full tree over leaves [index << level, (index + 1) << level).
Proofs are made from the hashes of subtrees (`HashAt`), so a store needs no leaf twice.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Final, Self, TypeAlias

from beforehand.ledger.errors import ProofError

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = sha256(b"").digest()
# A tile is eight levels high (C2SP tlog-tiles), so stores keep every eighth level.
TILE_HEIGHT: Final = 8

HashAt: TypeAlias = Callable[[int, int], bytes]
"""(level, index) -> hash of that full subtree."""


def leaf_hash(data: bytes) -> bytes:
    # RFC 6962 s2.1: the 0x00 and 0x01 prefixes stop a leaf passing for a node.
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """Return the root over all of `leaf_hashes`. Cost: one hash a leaf.

    Pairing neighbours and lifting an odd last one as it is gives RFC 6962's split at the
    largest power of two below n.
    """
    if not leaf_hashes:
        return EMPTY_ROOT
    level = list(leaf_hashes)
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        level = [
            sha256(b"\x01" + left + right).digest()
            for left, right in zip(level[::2], level[1::2], strict=False)
        ] + odd
    return level[0]


class Edge:
    """The right edge of a tree: enough to append to it and to know its root.

    hashes   one for each bit set in `size`, the largest subtree first
    """

    __slots__ = ("_hashes", "size")

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self._hashes = list(hashes)
        self.size = size
        if len(self._hashes) != size.bit_count():
            raise ProofError(
                f"the edge of {size:,} entries has {size.bit_count()} hashes, not {len(self._hashes)}"
            )
        _require_hashes(*self._hashes)

    @classmethod
    def at(cls, size: int, hash_at: HashAt) -> Self:
        """Return the edge that a tree had when it held `size` entries."""
        return cls(size, [hash_at(*subtree) for subtree in _subtrees(0, size)])

    @property
    def hashes(self) -> list[bytes]:
        return list(self._hashes)

    def copy(self) -> Self:
        return type(self)(self.size, self._hashes)

    def append(self, leaf: bytes) -> list[bytes]:
        """Add one leaf hash; return the hashes of the subtrees it completed, levels 1, 2, ..."""
        completed = []
        bits = self.size
        while bits & 1:
            leaf = node_hash(self._hashes.pop(), leaf)
            completed.append(leaf)
            bits >>= 1
        self._hashes.append(leaf)
        self.size += 1
        return completed

    def extend(self, leaves: Sequence[bytes]) -> dict[int, tuple[int, list[bytes]]]:
        """Add leaf hashes; return what they completed, by tile level from 1 on.

        return   tile level -> index of the first completed subtree of that height, and the
                 hashes of all of them in order
        Cost: one hash a leaf, and a fraction of the calls that `append` needs.
        """
        waiting = self._by_level()
        kept: list[bytes] = []
        completed: dict[int, tuple[int, list[bytes]]] = {}
        level, nodes = 0, list(leaves)
        while nodes or waiting:
            if level in waiting:
                nodes.insert(0, waiting.pop(level))
            if len(nodes) % 2:
                kept.append(nodes.pop())
            nodes = [
                sha256(b"\x01" + left + right).digest()
                for left, right in zip(nodes[::2], nodes[1::2], strict=True)
            ]
            level += 1
            if nodes and level % TILE_HEIGHT == 0:
                completed[level // TILE_HEIGHT] = self.size >> level, nodes.copy()
        self.size += len(leaves)
        self._hashes = kept[::-1]
        return completed

    def _by_level(self) -> dict[int, bytes]:
        levels = [
            level for level in range(self.size.bit_length()) if self.size >> level & 1
        ]
        return dict(zip(reversed(levels), self._hashes, strict=True))

    def root(self) -> bytes:
        if not self._hashes:
            return EMPTY_ROOT
        return _fold_right(self._hashes)


def inclusion_proof(index: int, size: int, hash_at: HashAt) -> list[bytes]:
    """Return the proof that leaf `index` is in the tree of `size`, from the leaf up."""
    if not 0 <= index < size:
        raise ProofError(f"entry {index:,} is not in a tree of {size:,}")
    start, stop = 0, size
    proof = []
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            proof.append(_range_root(middle, stop, hash_at))
            stop = middle
        else:
            proof.append(_range_root(start, middle, hash_at))
            start = middle
    proof.reverse()
    return proof


def verify_inclusion(
    *, index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> None:
    """Raise ProofError unless `proof` puts `leaf` at `index` under `root` (RFC 9162 s2.1.3.2)."""
    _require_hashes(leaf, root, *proof)
    if not 0 <= index < size:
        raise ProofError(f"entry {index:,} is not in a tree of {size:,}")
    node, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofError(f"{len(proof)} hashes are more than such a proof has")
        if node & 1 or node == last:
            result = node_hash(sibling, result)
            node, last = _skip_lifted(node, last)
        else:
            result = node_hash(result, sibling)
        node >>= 1
        last >>= 1
    if last != 0:
        raise ProofError(f"{len(proof)} hashes are fewer than such a proof has")
    if result != root:
        raise ProofError(f"the proof for entry {index:,} leads to another root")


def consistency_proof(old: int, new: int, hash_at: HashAt) -> list[bytes]:
    """Return the proof that the tree of `new` begins with the tree of `old` (RFC 6962 s2.1.2)."""
    if not 0 < old <= new:
        raise ProofError(f"no consistency proof leads from {old:,} to {new:,} entries")
    start, stop = 0, new
    proof = []
    while old != stop:
        middle = start + _split(stop - start)
        if old <= middle:
            proof.append(_range_root(middle, stop, hash_at))
            stop = middle
        else:
            proof.append(_range_root(start, middle, hash_at))
            start = middle
    if start:  # the old root itself is known to the verifier and left out
        proof.append(_range_root(start, stop, hash_at))
    proof.reverse()
    return proof


def verify_consistency(
    *,
    old_size: int,
    new_size: int,
    proof: Sequence[bytes],
    old_root: bytes,
    new_root: bytes,
) -> None:
    """Raise ProofError unless the new tree begins with the old one (RFC 9162 s2.1.4.2)."""
    if 0 < old_size == new_size and old_root == new_root and not proof:
        return  # one head, compared with itself: nothing is hashed, so any text will do
    _require_hashes(old_root, new_root, *proof)
    if not 0 < old_size <= new_size:
        raise ProofError(
            f"no consistency proof leads from {old_size:,} to {new_size:,} entries"
        )
    if old_size == new_size:
        raise ProofError(
            f"two trees of {old_size:,} entries differ, or the proof is too long"
        )
    # An old tree that is one full subtree is itself the first hash of its proof.
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else proof
    old_result, new_result = _climb(old_size - 1, new_size - 1, path)
    if old_result != old_root:
        raise ProofError(f"the proof leads to another root at {old_size:,} entries")
    if new_result != new_root:
        raise ProofError(f"the proof leads to another root at {new_size:,} entries")


def _climb(node: int, last: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return the old and the new root that a consistency proof leads to."""
    if not path:
        raise ProofError("the proof is empty")
    while node & 1:
        node >>= 1
        last >>= 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofError(f"{len(path)} hashes are more than such a proof has")
        if node & 1 or node == last:
            old = node_hash(sibling, old)
            new = node_hash(sibling, new)
            node, last = _skip_lifted(node, last)
        else:
            new = node_hash(new, sibling)
        node >>= 1
        last >>= 1
    if last != 0:
        raise ProofError(f"{len(path)} hashes are fewer than such a proof has")
    return old, new


def from_tiles(hashes: Callable[[int, int, int], Sequence[bytes]]) -> HashAt:
    """Return a HashAt over a store that keeps every eighth level only.

    hashes   (tile level, start, stop) -> the hashes of subtrees of height 8 * tile level
    Cost: at most 128 stored hashes are read a call.
    """

    def hash_at(level: int, index: int) -> bytes:
        tile_level, above = divmod(level, TILE_HEIGHT)
        return root(hashes(tile_level, index << above, (index + 1) << above))

    return hash_at


def root_at(size: int, hash_at: HashAt) -> bytes:
    """Return the root that a tree had when it held `size` entries."""
    return _range_root(0, size, hash_at) if size else EMPTY_ROOT


def _require_hashes(*hashes: bytes) -> None:
    for one in hashes:
        if len(one) != HASH_BYTES:
            raise ProofError(f"expected a hash of {HASH_BYTES} bytes, got {len(one)}")


def _split(leaves: int) -> int:
    """Return the largest power of two strictly below `leaves` (at least 2)."""
    return 1 << ((leaves - 1).bit_length() - 1)


def _skip_lifted(node: int, last: int) -> tuple[int, int]:
    """Pass the levels at which an odd last node was lifted without a sibling."""
    while node and not node & 1:
        node >>= 1
        last >>= 1
    return node, last


def _subtrees(start: int, stop: int) -> list[tuple[int, int]]:
    """Return the full subtrees that make up [start, stop), the largest first.

    `start` is a multiple of the largest of them, as every range that RFC 6962 splits has it.
    """
    found = []
    while start < stop:
        level = (stop - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def _range_root(start: int, stop: int, hash_at: HashAt) -> bytes:
    return _fold_right([hash_at(*subtree) for subtree in _subtrees(start, stop)])


def _fold_right(hashes: Sequence[bytes]) -> bytes:
    result = hashes[-1]
    for left in reversed(hashes[:-1]):
        result = node_hash(left, result)
    return result
