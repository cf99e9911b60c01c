"""Which raw rows may be stored, and as what. Pure.

A row is dropped for the first of these reasons that fits, and counted under it:

    device.missing      no advertising id
    device.malformed    not a UUID
    device.zero         the all-zero UUID, which phones send when tracking is off
    time.outside        before the first or after the last day of the terms
    position.missing    longitude or latitude is not a number
    position.zero       (0, 0), which devices without a fix send
    position.range      beyond 180 degrees of longitude or 90 of latitude
    accuracy.missing    the horizontal accuracy is not stated, or negative
    accuracy.worse      it is worse than the terms allow
    area.outside        not in the terms' area
    place.<category>    inside a sensitive place of that category

What is left becomes (device, cell, step): a pseudonym under the dataset's key, the cell and
the step both cut to the finest of the terms.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from beforehand.cells import cell_of, coarser, first_step, is_position, step_of, step_start
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from beforehand.cells import Cells, Ints, Sightings
    from beforehand.holdings.manifest import TakeInTerms
    from beforehand.holdings.places import PlaceList

ROW = np.dtype([("device", "<u8"), ("cell", "<u8"), ("step", "<u4")])
KEY_BYTES = 32

_UUID = re.compile(r"[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}")
_FAULTS = ("device.missing", "device.malformed", "device.zero")
_MISSING, _MALFORMED, _ZERO, _GOOD = range(4)


def canonical_id(text: str) -> str | None:
    """Return a UUID in its one spelling: lower case, no hyphens; None if it is no UUID.

    Taken: any case, with all four hyphens or none, blanks around it. Nothing else.
    """
    spelled = text.strip(" ").lower()
    return spelled.replace("-", "") if _UUID.fullmatch(spelled) else None


def pseudonym(key: bytes, canonical: str) -> bytes:
    """Return HMAC-SHA-256 of a canonical id; its first 8 bytes are the device's number."""
    return hmac.digest(key, canonical.encode("ascii"), "sha256")


class Pseudonyms:
    """Ids to 64-bit device numbers under one key, remembered for one take-in.

    Memory: about 400 bytes a distinct spelling, so 0.5 GB a million devices.
    Raises InputError if the key is not of 32 bytes.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise InputError(
                where="key", expected=f"{KEY_BYTES} bytes", got=f"{len(key)} bytes"
            )
        self._key = key
        self._known: dict[str, tuple[int, int]] = {}
        self._whole: dict[int, bytes] = {}

    def number(self, name: str) -> tuple[int, int]:
        """Return what is wrong with an id (an index, or `_GOOD`) and its device number.

        Raises InputError if two devices get one number, which a million devices do once in
        forty million keys; another key parts them.
        """
        if (known := self._known.get(name)) is not None:
            return known
        answer = self._known[name] = self._fresh(name)
        return answer

    def _fresh(self, name: str) -> tuple[int, int]:
        if not name.strip():
            return _MISSING, 0
        canonical = canonical_id(name)
        if canonical is None:
            return _MALFORMED, 0
        if not canonical.strip("0"):
            return _ZERO, 0
        whole = pseudonym(self._key, canonical)
        number = int.from_bytes(whole[:8])
        if self._whole.setdefault(number, whole) != whole:
            raise InputError(
                where="device",
                expected="a number of its own for each device",
                got="one number for two devices",
                do="Take the data in under another key.",
            )
        return _GOOD, number

    def of(self, chunk: Sightings) -> tuple[NDArray[np.int8], Cells]:
        """Return for each row what is wrong with its id, and its device number."""
        fault = np.full(len(chunk.names) + 1, _MISSING, dtype=np.int8)
        number = np.zeros(len(chunk.names) + 1, dtype=np.uint64)
        used = np.flatnonzero(np.bincount(chunk.device + 1, minlength=1)[1:])
        for index in used.tolist():
            fault[index], number[index] = self.number(chunk.names[index])
        # A row without an id has index -1: the last place of both tables.
        return fault[chunk.device], number[chunk.device]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """rows of dtype `ROW`, in the order read; dropped: reason -> rows, reasons met only."""

    rows: NDArray[np.void]
    dropped: dict[str, int]


class _Sieve:
    """Which rows are left, and how many fell for each reason."""

    def __init__(self, count: int, dropped: dict[str, int]) -> None:
        self.left = np.ones(count, dtype=np.bool_)
        self.dropped = dropped

    def drop(self, reason: str, falls: NDArray[np.bool_]) -> None:
        fallen = int(np.count_nonzero(self.left & falls))
        if fallen:
            self.dropped[reason] = self.dropped.get(reason, 0) + fallen
            self.left &= ~falls


def sift(
    chunk: Sightings, *, terms: TakeInTerms, pseudonyms: Pseudonyms, places: PlaceList
) -> Sifted:
    """Return the rows of a chunk that may be stored, as they are stored.

    Raises InputError if the chunk's columns do not fit together.
    """
    _check(chunk)
    dropped: dict[str, int] = {}
    fault, number = pseudonyms.of(chunk)
    sieve = _Sieve(len(chunk.device), dropped)
    for index, reason in enumerate(_FAULTS):
        sieve.drop(reason, fault == index)
    _drop_by_value(sieve, chunk, terms)
    left = np.flatnonzero(sieve.left)
    longitude, latitude = chunk.longitude[left], chunk.latitude[left]
    cell = cell_of(longitude, latitude)
    sieve = _Sieve(len(left), dropped)
    if terms.area is not None:
        sieve.drop("area.outside", ~terms.area.holds(cell))
    _drop_in_places(sieve, places, places.which(longitude, latitude, cell))
    left, cell = left[sieve.left], cell[sieve.left]
    rows = np.empty(len(left), dtype=ROW)
    rows["device"] = number[left]
    rows["cell"] = coarser(cell, terms.level)
    rows["step"] = step_of(chunk.seconds[left]) // terms.step
    return Sifted(rows=rows, dropped=dropped)


def merge(rows: NDArray[np.void]) -> tuple[NDArray[np.void], NDArray[np.uint32]]:
    """Return the distinct rows, sorted by cell, step, device, and how often each was seen.

    rows   dtype `ROW`, their steps less than 2^24 apart, as those of one day are
    """
    if not len(rows):
        return rows, np.zeros(0, dtype=np.uint32)
    # Cell (40 bits) and step in one key: two sorts of whole columns instead of three.
    step = np.ascontiguousarray(rows["step"])
    place = (rows["cell"] << np.uint64(24)) | (step - step.min()).astype(np.uint64)
    rows = rows[np.lexsort((np.ascontiguousarray(rows["device"]), place))]
    fresh = np.ones(len(rows), dtype=np.bool_)
    fresh[1:] = np.any([rows[c][1:] != rows[c][:-1] for c in ROW.names or ()], axis=0)
    start = np.flatnonzero(fresh)
    return rows[start], np.diff(start, append=len(rows)).astype(np.uint32)


def _check(chunk: Sightings) -> None:
    columns = (chunk.device, chunk.seconds, chunk.longitude, chunk.latitude, chunk.accuracy)
    lengths = [len(column) for column in columns]
    if len(set(lengths)) != 1:
        raise InputError(where="chunk", expected="columns of one length", got=str(lengths))
    if len(chunk.device) and not (
        -1 <= int(chunk.device.min()) <= int(chunk.device.max()) < len(chunk.names)
    ):
        raise InputError(
            where="chunk",
            expected=f"device indices from -1 to {len(chunk.names) - 1}",
            got=f"{chunk.device.min()} to {chunk.device.max()}",
        )


def _drop_by_value(sieve: _Sieve, chunk: Sightings, terms: TakeInTerms) -> None:
    """Drop what can be told from one column or two, before anything is computed."""
    seconds, longitude, latitude = chunk.seconds, chunk.longitude, chunk.latitude
    start = step_start(first_step(terms.first_day))
    stop = step_start(first_step(terms.last_day)) + 86_400
    sieve.drop("time.outside", (seconds < start) | (seconds >= stop))
    sieve.drop("position.missing", np.isnan(longitude) | np.isnan(latitude))
    sieve.drop("position.zero", (longitude == 0) & (latitude == 0))
    sieve.drop("position.range", ~is_position(longitude, latitude))
    sieve.drop("accuracy.missing", ~(chunk.accuracy >= 0))
    sieve.drop("accuracy.worse", chunk.accuracy > terms.accuracy_metres)


def _drop_in_places(sieve: _Sieve, places: PlaceList, which: Ints) -> None:
    names = sorted(set(places.categories))
    # Its last entry answers -1, the index of no place.
    category = np.array([*map(names.index, places.categories), -1])[which]
    for index, name in enumerate(names):
        sieve.drop(f"place.{name}", category == index)
