"""Chance without state: integers hashed from a key and a counter. Pure.

The same key and counter give the same 64 bits on any machine, in any order and on any
number of threads, since nothing is used but integer arithmetic modulo 2^64 and tables of
integers. There is no `sin`, `log` or `exp` here, whose last digit differs between
libraries. It is chance for inventing people, never for protecting them.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from beforehand.cells import Cells, Ints

_GOLDEN = np.uint64(0x9E37_79B9_7F4A_7C15)
_FIRST = np.uint64(0xBF58_476D_1CE4_E5B9)
_SECOND = np.uint64(0x94D0_49BB_1331_11EB)


def key(seed: int, purpose: str, day: int = 0) -> int:
    """Return the key, 64 bits, of one purpose; each purpose is drawn apart from others."""
    return int.from_bytes(
        blake2b(f"{seed}/{purpose}/{day}".encode(), digest_size=8).digest()
    )


def draw(key: int, counter: Ints) -> Cells:
    """Return 64 bits for each counter: output `counter` of SplitMix64 started at `key`.

    Source: Steele, Lea and Flood, Fast splittable pseudorandom number generators (2014).
    """
    z = counter.astype(np.uint64) * _GOLDEN + np.uint64(key)
    z = (z ^ (z >> np.uint64(30))) * _FIRST
    z = (z ^ (z >> np.uint64(27))) * _SECOND
    return z ^ (z >> np.uint64(31))


def below(key: int, counter: Ints, limit: int | Ints) -> Ints:
    """Return integers in [0, limit); limit at most 2^31."""
    high = (draw(key, counter) >> np.uint64(33)).astype(np.int64)
    return (high * limit) >> 31


def around(key: int, counter: Ints, reach: int) -> Ints:
    """Return integers in (-reach, reach), the sum of two even draws: most are near 0."""
    bits = draw(key, counter)
    low = (bits & np.uint64(0x7FFF_FFFF)).astype(np.int64)
    high = (bits >> np.uint64(33)).astype(np.int64)
    return ((low + high - (1 << 31)) * reach) >> 31


def chosen(key: int, counter: Ints, per_thousand: int) -> NDArray[np.bool_]:
    """Return True for this share of the counters."""
    return below(key, counter, 1000) < per_thousand


def quantile(key: int, counter: Ints, knots: tuple[int, ...]) -> Ints:
    """Return draws from the distribution with these evenly spaced quantiles.

    knots   2^k + 1 integers, k <= 10; between two, values are even
    """
    table = np.array(knots, dtype=np.int64)
    bits = (draw(key, counter) >> np.uint64(33)).astype(np.int64) * (len(knots) - 1)
    index, part = bits >> 31, (bits & 0x7FFF_FFFF) >> 11
    drawn: Ints = table[index] + (((table[index + 1] - table[index]) * part) >> 20)
    return drawn
