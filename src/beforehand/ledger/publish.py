"""Publishing: a ledger's entries, tiles and signed checkpoint as a folder of static files.

The order keeps every crash harmless. Rows are read back and hashed anew before anything is
signed; the checkpoint is recorded before it is seen; tiles and bundles are durable before the
`checkpoint` file, written last, makes anybody look for them.
"""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from shutil import rmtree
from typing import Final

from beforehand.ledger import checkpoint as checkpoints
from beforehand.ledger.checkpoint import Checkpoint
from beforehand.ledger.durable import sync_folder, write_file
from beforehand.ledger.errors import InconsistentError
from beforehand.ledger.merkle import TILE_HEIGHT, Edge, HashAt, leaf_hash
from beforehand.ledger.note import Signer
from beforehand.ledger.sqlite import Signed, SqliteLedger
from beforehand.ledger.tables import require_extends
from beforehand.ledger.tiles import ENTRIES, WIDTH, Tile, Tiler, encode_bundle

_CHECKPOINT: Final = "checkpoint"
_SYNC_THREADS: Final = 8


def publish(ledger: SqliteLedger, folder: Path, signer: Signer) -> Signed:
    """Bring `folder` up to the ledger's head, and return the checkpoint that it now shows.

    Only what is new since the folder's own checkpoint is read and written.

    Raises InconsistentError, having signed nothing, if the rows do not hash to the head, if the
    head does not extend the newest checkpoint recorded, or if the folder shows another ledger.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shown = _shown(folder, signer)
    # Read before the head: whoever else publishes meanwhile can only be behind this head.
    recorded = ledger.checkpoints()
    edge = ledger.head()
    with ledger.hashes(edge.size) as hash_at:
        if shown is not None:
            require_extends(edge.size, hash_at, shown.size, shown.root)
        for one in recorded[-1:]:
            require_extends(edge.size, hash_at, one.checkpoint.size, one.checkpoint.root)
        start = shown.size // WIDTH * WIDTH if shown else 0
        # Tiles and bundles written here are beyond any checkpoint that a reader has seen: if
        # the rows turn out wrong, or power fails, the next run writes them anew.
        written = _write_tiles(ledger, folder, edge, start, hash_at)
    signed = _sign(ledger, edge, signer, recorded[-1] if recorded else None)
    _sync(folder, written)
    write_file(folder / _CHECKPOINT, signed.note.encode())
    sync_folder(folder)
    # The new checkpoint is durable and seen: full tiles stand in for the partial ones.
    _remove_partials(written)
    return signed


def _shown(folder: Path, signer: Signer) -> Checkpoint | None:
    path = folder / _CHECKPOINT
    if not path.exists():
        return None
    return checkpoints.open_checkpoint(path.read_text(encoding="utf-8"), signer.verifier)


def _sign(
    ledger: SqliteLedger, edge: Edge, signer: Signer, newest: Signed | None
) -> Signed:
    if newest is not None and newest.checkpoint.size == edge.size:
        return newest
    checkpoint = Checkpoint(origin=ledger.origin, size=edge.size, root=edge.root())
    signed = Signed(checkpoint, checkpoints.sign_checkpoint(checkpoint, signer))
    ledger.record_checkpoint(signed, newest=newest.checkpoint.size if newest else None)
    return signed


def _write_tiles(
    ledger: SqliteLedger, folder: Path, edge: Edge, start: int, hash_at: HashAt
) -> list[Path]:
    """Write all that lies from `start` (a multiple of 256) to the head; return the paths.

    Raises InconsistentError if the rows read back do not lead to the head.
    """
    tiler = _tiler_at(start, hash_at)
    tree = Edge.at(start, hash_at)
    written = []
    for first, bundle in _bundles(ledger, start, edge.size):
        tile = Tile(ENTRIES, first // WIDTH, len(bundle))
        written.append(_write(folder / tile.path, encode_bundle(bundle)))
        for entry in bundle:
            leaf = leaf_hash(entry)
            tree.append(leaf)
            written += [_write(folder / full.path, data) for full, data in tiler.add(leaf)]
    written += [_write(folder / part.path, data) for part, data in tiler.partial()]
    if tree.size != edge.size or tree.root() != edge.root():
        raise InconsistentError(
            f"the {tree.size:,} rows read back do not hash to the head of {edge.size:,} entries"
        )
    return written


def _tiler_at(start: int, hash_at: HashAt) -> Tiler:
    """Return a Tiler that holds what `start` entries leave in the unfinished tiles."""
    rows, before = [], []
    level = 0
    while (count := start >> (TILE_HEIGHT * level)) > 0:
        full = count // WIDTH
        rows.append([hash_at(TILE_HEIGHT * level, i) for i in range(full * WIDTH, count)])
        before.append(full)
        level += 1
    return Tiler(rows, before)


def _bundles(
    ledger: SqliteLedger, start: int, stop: int
) -> Iterator[tuple[int, list[bytes]]]:
    rows = ledger.entries(start, stop)
    while some := list(islice(rows, WIDTH)):
        if some[0][0] != start or some[-1][0] != start + len(some) - 1:
            raise InconsistentError(f"an entry from {start:,} on is missing")
        yield start, [entry for _, entry in some]
        start += len(some)


def _write(path: Path, data: bytes) -> Path:
    try:
        path.write_bytes(data)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return path


def _sync(folder: Path, written: Iterable[Path]) -> None:
    """Make files and folders durable, all at once: the disk then joins many into one flush."""
    paths = list(written)
    folders = {
        above for path in paths for above in path.parents if above.is_relative_to(folder)
    }
    with ThreadPoolExecutor(_SYNC_THREADS) as pool:
        list(pool.map(_sync_file, paths))
        list(pool.map(sync_folder, folders))


def _sync_file(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_partials(written: Iterable[Path]) -> None:
    for path in written:
        partials = path.with_name(f"{path.name}.p")
        if partials.is_dir():
            rmtree(partials)
