"""Snapshots on disk: take in, read, check.

    <root>/<first 16 hex digits of the digest>/manifest.json
    <root>/<...>/day=2026-03-02.parquet     one a UTC day that has rows

Each file has the columns device (uint64), cell (uint64, of the terms' level), step (uint32,
of the terms' size) and sightings (uint32), sorted by cell, then step, then device. A step
longer than a day is in the file of the day it starts on.

The bytes of a Parquet file name the version of Arrow that wrote it: the same rows give the
same digest under one version of pyarrow, whatever their order and chunks.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tempfile
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
from pyarrow import parquet

from beforehand.cells import STEPS_A_DAY, day_of
from beforehand.holdings.manifest import (
    FORMAT,
    File,
    Manifest,
    TakeInTerms,
    decode,
    digest,
    encode,
)
from beforehand.holdings.takein import ROW, Pseudonyms, merge, sift
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from beforehand.cells import Sightings
    from beforehand.holdings.places import PlaceList

MANIFEST = "manifest.json"
_UNFINISHED = ".take-in-"
_ROW_GROUP = 65_536
_READING = 0.8  # the share of a take-in's time that is spent before days are written


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A snapshot's folder, its digest (64 hex digits) and its manifest."""

    folder: Path
    digest: str
    manifest: Manifest


def take_in(  # each is the caller's to say
    chunks: Iterable[Sightings],
    *,
    dataset: str,
    terms: TakeInTerms,
    key: bytes,
    places: PlaceList,
    root: Path,
    progress: Callable[[str, float], None],
    expected_chunks: int = 0,
) -> Snapshot:
    """Store what the terms allow of these rows as a snapshot under `root`.

    key        the dataset's, 32 bytes; kept nowhere
    progress   called with a sentence and the share done, 0 to 1, which moves while reading
               only if `expected_chunks` says how many there are

    The snapshot is there whole or not at all; taking the same rows in again finds it and
    adds nothing. Memory: one chunk, one day and the ids (`Pseudonyms`); disk: 20 bytes a
    row besides, until the days are written.
    Raises InputError.
    """
    sifting = partial(sift, terms=terms, pseudonyms=Pseudonyms(key), places=places)
    root.mkdir(parents=True, exist_ok=True)
    with _unfinished(root) as folder:
        read, dropped = 0, Counter[str]()
        for number, chunk in enumerate(chunks, 1):
            sifted = sifting(chunk)
            _spool(folder, sifted.rows, terms.step)
            read += len(chunk.device)
            dropped.update(sifted.dropped)
            share = min(number / expected_chunks, 1.0) if expected_chunks else 0.0
            progress(f"{read:,} rows read", _READING * share)
        files, kept = _write_days(folder, progress)
        stored = sum(file.rows for file in files)
        manifest = Manifest(
            format=FORMAT,
            dataset=dataset,
            terms=terms,
            places=places.used(),
            rows_read=read,
            rows_stored=stored,
            rows_merged=kept - stored,
            dropped=dict(dropped),
            files=files,
        )
        return _publish(folder, manifest)


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a snapshot's folder. Raises InputError."""
    return decode(_manifest_bytes(folder), where=str(folder / MANIFEST))


def check_snapshot(folder: Path, expected_digest: str) -> Manifest:
    """Return the manifest after hashing it and every file.

    Raises InputError that names the first file that is missing, changed or not listed.
    Cost: reads the whole snapshot.
    """
    data = _manifest_bytes(folder)
    _match(folder / MANIFEST, expected_digest, digest(data))
    manifest = decode(data, where=str(folder / MANIFEST))
    for file in manifest.files:
        path = folder / file.name
        if not path.is_file():
            raise InputError(where=str(path), expected="a file of the snapshot", got="none")
        with path.open("rb") as stream:
            _match(path, file.sha256, hashlib.file_digest(stream, "sha256").hexdigest())
    listed = {MANIFEST, *(file.name for file in manifest.files)}
    for path in sorted(folder.iterdir()):
        if path.name not in listed:
            raise InputError(
                where=str(path), expected="only files of the manifest", got=path.name
            )
    return manifest


def clear_unfinished(root: Path) -> None:
    """Delete what a killed take-in left. Call only while no take-in runs under `root`."""
    for folder in root.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(folder)


@contextmanager
def _unfinished(root: Path) -> Iterator[Path]:
    """Give a temporary folder beside the snapshots, gone on any way out."""
    folder = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=root))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _spool(folder: Path, rows: NDArray[np.void], step: int) -> None:
    """Append the rows to their days' spools, so that each day can be sorted on its own."""
    days = rows["step"].astype(np.int64) * step // STEPS_A_DAY
    for day in np.unique(days).tolist():
        with (folder / f"{day}.spool").open("ab") as stream:
            stream.write(rows[days == day].tobytes())


def _write_days(
    folder: Path, progress: Callable[[str, float], None]
) -> tuple[tuple[File, ...], int]:
    """Turn each spool into its Parquet file; return the files and the rows in all spools."""
    spools = sorted(folder.glob("*.spool"), key=lambda path: int(path.stem))
    files, kept = [], 0
    for number, spool in enumerate(spools, 1):
        rows = np.fromfile(spool, dtype=ROW)
        spool.unlink()
        kept += len(rows)
        day = day_of(int(spool.stem) * STEPS_A_DAY)
        files.append(_write_day(folder / f"day={day}.parquet", rows))
        share = _READING + (1 - _READING) * number / len(spools)
        progress(f"{day} written", share)
    return tuple(files), kept


def _write_day(path: Path, rows: NDArray[np.void]) -> File:
    distinct, sightings = merge(rows)
    columns = {name: np.ascontiguousarray(distinct[name]) for name in ROW.names or ()}
    table = pa.table({**columns, "sightings": sightings})
    stream = io.BytesIO()
    parquet.write_table(
        table,
        stream,
        compression="zstd",
        row_group_size=_ROW_GROUP,
        use_dictionary=["cell", "step", "sightings"],
    )
    data = stream.getvalue()
    _write_durably(path, data)
    return File(name=path.name, rows=len(distinct), sha256=hashlib.sha256(data).hexdigest())


def _publish(folder: Path, manifest: Manifest) -> Snapshot:
    """Give the finished folder its name, unless the same snapshot is there already."""
    data = encode(manifest)
    name = digest(data)
    _write_durably(folder / MANIFEST, data)
    _sync_folder(folder)
    final = folder.parent / name[:16]
    if final.exists():
        check_snapshot(final, name)
    else:
        # mkdtemp makes a folder of its owner's alone; it stays so.
        folder.rename(final)
        # Durable from here on: every file, the folder's listing, then its name. A crash
        # before the rename leaves a folder that no reader looks at.
        _sync_folder(folder.parent)
    return Snapshot(folder=final, digest=name, manifest=manifest)


def _write_durably(path: Path, data: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _manifest_bytes(folder: Path) -> bytes:
    path = folder / MANIFEST
    if not path.is_file():
        raise InputError(
            where=str(path), expected="a snapshot's manifest", got="no such file"
        )
    return path.read_bytes()


def _match(path: Path, expected: str, got: str) -> None:
    if expected != got:
        raise InputError(where=str(path), expected=f"SHA-256 {expected}", got=got)
