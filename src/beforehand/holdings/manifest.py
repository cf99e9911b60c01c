"""What a snapshot holds, under which terms, and what was dropped for it. Pure.

A manifest is canonical JSON: sorted keys, no spaces, integers and text only, so it has one
valid encoding and its SHA-256 is the snapshot's digest. It names no device and no place that
a device was at.
"""

from __future__ import annotations

from datetime import date  # msgspec reads it at run time
from hashlib import sha256

import msgspec

from beforehand.cells import FIRST_DAY, MAX_LEVEL, STEP_SIZES, Box
from beforehand.refusal import InputError

FORMAT = "beforehand-snapshot/1"


class TakeInTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be stored.

    level              finest cell level; positions are cut to it
    step               finest step, in units of 15 minutes, one of `STEP_SIZES`
    area               level-0 cells that rows must lie in, or None for the whole world
    first_day, last_day   UTC, both included
    accuracy_metres    rows whose horizontal accuracy is worse than this are dropped
    """

    level: int
    step: int
    area: Box | None
    first_day: date
    last_day: date
    accuracy_metres: int

    def __post_init__(self) -> None:
        if not 0 <= self.level <= MAX_LEVEL:
            raise _bad("level", f"0 to {MAX_LEVEL}", self.level)
        if self.step not in STEP_SIZES.values():
            raise _bad("step", f"one of {sorted(STEP_SIZES.values())}", self.step)
        if self.area is not None and self.area.level != 0:
            raise _bad("area", "a box of level 0", f"level {self.area.level}")
        if not FIRST_DAY <= self.first_day <= self.last_day:
            days = f"{self.first_day} to {self.last_day}"
            raise _bad(
                "days", f"first day at or before last day, from {FIRST_DAY} on", days
            )
        if self.accuracy_metres < 1:
            raise _bad("accuracy_metres", "at least 1", self.accuracy_metres)


class File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    rows: int
    sha256: str


class PlacesUsed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    version: str
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every row read was stored, merged into a stored one, or dropped for one reason.

    rows_merged   rows read beyond the first of their (device, cell, step)
    dropped       reason -> rows; reasons are listed in `takein`

    Raises InputError if the sums do not say so.
    """

    format: str
    dataset: str
    terms: TakeInTerms
    places: PlacesUsed
    rows_read: int
    rows_stored: int
    rows_merged: int
    dropped: dict[str, int]
    files: tuple[File, ...]

    def __post_init__(self) -> None:
        if self.format != FORMAT:
            raise _bad("format", FORMAT, self.format)
        accounted = self.rows_stored + self.rows_merged + sum(self.dropped.values())
        if accounted != self.rows_read:
            raise _bad("rows_read", f"the {accounted} rows accounted for", self.rows_read)
        if sum(file.rows for file in self.files) != self.rows_stored:
            raise _bad("rows_stored", "the sum over files", self.rows_stored)
        if any("/" in file.name or file.name.startswith(".") for file in self.files):
            raise _bad("files", "plain file names", [file.name for file in self.files])


def encode(manifest: Manifest) -> bytes:
    """Return the one valid encoding."""
    return msgspec.json.encode(manifest, order="sorted")


def decode(data: bytes, *, where: str) -> Manifest:
    """Return the manifest in `data`. Raises InputError, also for any other encoding of it."""
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except msgspec.MsgspecError as error:
        raise InputError(
            where=where, expected="a snapshot's manifest", got=str(error)
        ) from error
    if encode(manifest) != data:
        raise InputError(
            where=where,
            expected="the manifest in its canonical form",
            got="another encoding",
        )
    return manifest


def digest(data: bytes) -> str:
    """Return the snapshot's digest, 64 hex digits, from its manifest's bytes."""
    return sha256(data).hexdigest()


def _bad(field: str, expected: str, got: object) -> InputError:
    return InputError(where=field, expected=expected, got=str(got))
