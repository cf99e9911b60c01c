"""Publishing: a ledger's entries, tiles and signed checkpoint as static files.

The order keeps every crash harmless, and each step is a function of its own:

    write_tiles        rows are read back and hashed anew; what is new is written, durably
    record_checkpoint  signed, and recorded if nobody else recorded one meanwhile
    move_anchor        the newest recorded checkpoint, on another volume
    show_checkpoint    the file `checkpoint`: only now does anybody look for the new tiles
    remove_partials    full tiles stand in for the partial ones of older sizes

The first two cannot be parted from each other's reasons: nothing is signed before every row
was hashed again, and one pass over the rows does both. A crash after tiles were written leaves
files beyond any checkpoint, which the next run writes again; a crash after the record leaves
a checkpoint that is not shown yet, which the next run shows or signs beyond.

One publisher at a time for one target: the caller sees to that (the app holds a lock file).
Two at once could write one temporary file, or one tile, over each other.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, TypeAlias

from beforehand.ledger import checkpoint as checkpoints
from beforehand.ledger.anchor import Anchor, hold, size_in
from beforehand.ledger.checkpoint import Checkpoint
from beforehand.ledger.errors import InconsistentError, LedgerError, OvertakenError
from beforehand.ledger.ledger import Ledger, Signed
from beforehand.ledger.merkle import HASH_BYTES, TILE_HEIGHT, Edge, HashAt, leaf_hash, root
from beforehand.ledger.note import Signer, Verifier
from beforehand.ledger.shelves import Folder, Shelf
from beforehand.ledger.sqlite import SqliteStore
from beforehand.ledger.store import Rows, Store
from beforehand.ledger.tables import read_entries, require_extends
from beforehand.ledger.tiles import (
    ENTRIES,
    WIDTH,
    Tile,
    Tiler,
    decode_bundle,
    encode_bundle,
    hashes_at,
    parse_path,
    split_hashes,
)
from beforehand.ledger.workers import in_processes

CHECKPOINT: Final = "checkpoint"
_GROUP: Final = 1000
"""How many tiles of a level lie in one folder."""
_PART: Final = 128
"""How many bundles a process writes at a time."""

Widths: TypeAlias = Mapping[tuple[int, int], list[int]]
"""(level, index) -> the widths of partial tiles."""


def publish(
    ledger: Ledger,
    target: Shelf | Path,
    *signers: Signer,
    upto: Edge | None = None,
    known: Callable[[], Iterable[Verifier]] = tuple,
    anchor: Anchor | None = None,
) -> Signed:
    """Bring `target` up to the ledger's head, and return the checkpoint that it now shows.

    Only what is new since the target's own checkpoint is read and written.

    signers  the keys in force at the head, each of which signs
    upto     the head, where the caller read it before
    known    gives the keys that the log signed with before these

    Raises InconsistentError, having signed nothing, if the rows do not hash to the head, if the
    head does not extend the newest checkpoint recorded, or if the target shows another ledger;
    RolledBackError, NotOursError and AnchorError as the anchor's check does; OvertakenError if
    another process recorded a checkpoint meanwhile: then publish again.
    """
    shelf = Folder(target) if isinstance(target, Path) else target

    def ever() -> Iterator[Verifier]:
        yield from known()
        yield from (one.verifier for one in signers)

    if anchor is not None:
        anchor.check(ledger, known=ever)
    shown = checkpoint_shown(ledger, shelf, ever)
    edge = ledger.head() if upto is None else upto
    recorded = ledger.checkpoints()
    newest = recorded[-1] if recorded else None
    if newest is not None and newest.checkpoint.size > edge.size:
        raise OvertakenError(
            f"another process recorded a checkpoint of {newest.checkpoint.size:,} entries meanwhile;"
            " publish again"
        )
    write_tiles(ledger, shelf, edge, shown=shown, newest=newest)
    signed = record_checkpoint(ledger, edge, signers, newest=newest, anchor=anchor)
    move_anchor(anchor, signed)
    show_checkpoint(shelf, signed)
    remove_partials(shelf, shown, edge.size)
    return signed


def checkpoint_shown(
    ledger: Ledger, shelf: Shelf, known: Callable[[], Iterable[Verifier]]
) -> Checkpoint | None:
    """Return the checkpoint that the shelf shows, held against the ledger; None for none yet."""
    note = shelf.read(CHECKPOINT)
    if note is None:
        return None
    where = f"{shelf.address}/{CHECKPOINT}"
    return hold(ledger, note, where=where, known=known)


def write_tiles(
    ledger: Ledger,
    shelf: Shelf,
    edge: Edge,
    *,
    shown: Checkpoint | None,
    newest: Signed | None,
) -> None:
    """Write what lies between the checkpoint shown and the head; durable when this returns.

    Raises InconsistentError if the rows read back do not lead to the head.
    """
    size = shown.size if shown else 0
    full = range(size // WIDTH, edge.size // WIDTH)
    with ledger.hashes(edge.size) as hash_at:
        if newest is not None:
            one = newest.checkpoint
            require_extends(edge.size, hash_at, one.size, one.root)
        tiler = _tiler_at(full.start * WIDTH, hash_at)
    strays = _strays(shelf, size, edge.size)
    above = [
        tile
        for roots in _write_full(ledger, shelf, full)
        for one in split_hashes(roots)
        for tile in tiler.add_tile(one)
    ]
    last = _bundle(ledger, range(full.stop * WIDTH, edge.size))
    tiler.add_row([leaf_hash(entry) for entry in last])
    if tiler.root() != edge.root():
        raise InconsistentError(
            f"the rows read back do not hash to the head of {edge.size:,} entries"
        )
    partial = tiler.partial()
    if last:
        partial.append((Tile(ENTRIES, full.stop, len(last)), encode_bundle(last)))
    shelf.write(
        (one.path, data)
        for tile, whole in (*above, *partial)
        if _end(tile) > hashes_at(tile.level, size)
        for one, data in _with_partials(tile, whole, strays)
    )


def record_checkpoint(
    ledger: Ledger,
    edge: Edge,
    signers: Iterable[Signer],
    *,
    newest: Signed | None,
    anchor: Anchor | None,
) -> Signed:
    """Sign the head and record that, unless it is the newest checkpoint already.

    Raises OvertakenError if another process recorded one meanwhile.
    """
    if newest is not None and newest.checkpoint.size == edge.size:
        return newest
    if anchor is not None:
        anchor.prepare()
    checkpoint = Checkpoint(origin=ledger.origin, size=edge.size, root=edge.root())
    signed = Signed(checkpoint, checkpoints.sign_checkpoint(checkpoint, *signers))
    ledger.record_checkpoint(signed, newest=newest.checkpoint.size if newest else None)
    # Recorded, and seen by nobody: whoever publishes next signs this head or a later one.
    return signed


def move_anchor(anchor: Anchor | None, signed: Signed) -> None:
    if anchor is not None:
        anchor.move(signed)


def show_checkpoint(shelf: Shelf, signed: Signed) -> None:
    """Put `checkpoint`, unless another process has put a later one there meanwhile."""
    there = shelf.read(CHECKPOINT)
    if there is None or size_in(there.decode()) < signed.checkpoint.size:
        shelf.put(CHECKPOINT, signed.note.encode())


def remove_partials(shelf: Shelf, shown: Checkpoint | None, size: int) -> None:
    """Remove the partial tiles that the checkpoint before had, of those that are full now.

    A crash before this leaves them: they are the beginnings of full tiles, and verify.
    """
    before = shown.size if shown else 0
    for level, count in _levels(size):
        index = hashes_at(level, before) // WIDTH
        if count >= (index + 1) * WIDTH:
            shelf.remove(shelf.paths(f"{Tile(level, index).path}.p"))


def _write_full(ledger: Ledger, shelf: Shelf, bundles: range) -> Iterator[bytes]:
    """Write full bundles and the tiles of their hashes; yield the roots of those, joined.

    Cost: for a large ledger in a file, as many processes work as there are cores.
    """
    parts = [bundles[at : at + _PART] for at in range(0, len(bundles), _PART)]
    done = 0
    if isinstance(ledger.store, SqliteStore) and isinstance(shelf, Folder):
        with in_processes(write_part, (ledger.store.path, shelf.path), parts) as written:
            for roots in written:
                yield roots
                done += 1
    for part in parts[done:]:
        yield _write_part(ledger.store, shelf, part)


def write_part(common: tuple[Path, Path], bundles: range) -> bytes:
    """Do `_write_part` in another process. Its errors are met again in the first one."""
    store = SqliteStore(common[0])
    try:
        return _write_part(store, Folder(common[1]), bundles)
    finally:
        store.close()


def _write_part(store: Store, shelf: Shelf, bundles: range) -> bytes:
    roots = bytearray()

    def tiles() -> Iterator[tuple[str, bytes]]:
        with store.read() as rows:
            for index in bundles:
                entries = _rows(rows, range(index * WIDTH, (index + 1) * WIDTH))
                hashes = [leaf_hash(entry) for entry in entries]
                roots.extend(root(hashes))
                yield Tile(ENTRIES, index).path, encode_bundle(entries)
                yield Tile(0, index).path, b"".join(hashes)

    shelf.write(tiles())
    return bytes(roots)


def _bundle(ledger: Ledger, numbers: range) -> list[bytes]:
    with ledger.store.read() as rows:
        return _rows(rows, numbers)


def _rows(rows: Rows, numbers: range) -> list[bytes]:
    found = list(read_entries(rows, numbers.start, numbers.stop))
    if [number for number, _ in found] != list(numbers):
        raise InconsistentError(f"an entry from {numbers.start:,} on is missing")
    return [entry for _, entry in found]


def _tiler_at(start: int, hash_at: HashAt) -> Tiler:
    """Return a Tiler that holds what `start` entries leave in the unfinished tiles.

    start   a multiple of 256
    """
    rows, before = [], []
    level = 0
    while (count := start >> (TILE_HEIGHT * level)) > 0:
        full = count // WIDTH
        rows.append([hash_at(TILE_HEIGHT * level, i) for i in range(full * WIDTH, count)])
        before.append(full)
        level += 1
    return Tiler(rows, before)


def _strays(shelf: Shelf, shown: int, size: int) -> Widths:
    """Return partial tiles beyond the size shown: a run that was cut short left them, maybe torn.

    Where the new size fills the tile they are removed. The others are written again with it,
    and not removed: another process may be publishing them now.
    """
    found: dict[tuple[int, int], list[int]] = {}
    for level, count in _levels(size):
        first, last = hashes_at(level, shown) // WIDTH, count // WIDTH
        indexes = {*range(first, last + 1, _GROUP), last}
        folders = {Tile(level, one).path.rpartition("/")[0] for one in indexes}
        for path in (path for folder in sorted(folders) for path in shelf.paths(folder)):
            try:
                tile = parse_path(path)
            except LedgerError:
                continue  # no tile at all: verifying the target names it
            if tile.width == WIDTH or _end(tile) <= hashes_at(level, shown):
                continue
            if tile.index < last:
                shelf.remove([path])
            else:
                found.setdefault((level, tile.index), []).append(tile.width)
    return found


def _with_partials(tile: Tile, data: bytes, widths: Widths) -> Iterator[tuple[Tile, bytes]]:
    yield tile, data
    for width in widths.get((tile.level, tile.index), ()):
        if width < tile.width:
            yield Tile(tile.level, tile.index, width), _beginning(tile, data, width)


def _beginning(tile: Tile, data: bytes, width: int) -> bytes:
    if tile.level == ENTRIES:
        return encode_bundle(decode_bundle(data)[:width])
    return data[: width * HASH_BYTES]


def _levels(size: int) -> Iterator[tuple[int, int]]:
    """Yield each level that a log of `size` has, with how many hashes or entries it holds."""
    level = ENTRIES
    while (count := hashes_at(level, size)) > 0:
        yield level, count
        level += 1


def _end(tile: Tile) -> int:
    return tile.index * WIDTH + tile.width
