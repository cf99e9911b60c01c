"""Verifying a published ledger: every byte of every file, against one key. Trusts nobody.

`check_log` is the pure core: it is given the files' bytes. `verify_folder` reads them.
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

from beforehand.ledger.checkpoint import Checkpoint, open_checkpoint
from beforehand.ledger.entry import Checked, check_many
from beforehand.ledger.errors import LedgerError, VerificationError
from beforehand.ledger.merkle import (
    HASH_BYTES,
    HashAt,
    from_tiles,
    leaf_hash,
    root,
    root_at,
)
from beforehand.ledger.note import Verifier
from beforehand.ledger.tiles import (
    ENTRIES,
    WIDTH,
    Tile,
    decode_bundle,
    encode_bundle,
    hashes_at,
    parse_path,
    split_hashes,
    tiles_of,
)

_CHECKPOINT: Final = "checkpoint"


class CheckEntries(Protocol):
    """Looks at the entries of one bundle; raises VerificationError for one it refuses."""

    def __call__(self, first: int, entries: Sequence[bytes], /) -> None: ...


def verify_folder(
    folder: Path,
    vkey: str,
    *,
    vkey_path: Path | None = None,
    old_checkpoints: Iterable[str] = (),
) -> Checkpoint:
    """Return the checkpoint that `folder` shows, having checked every byte under it.

    vkey              the key's text, had from elsewhere than the folder
    vkey_path         where it was read from, if from a file
    old_checkpoints   signed checkpoints seen before, which this ledger must extend

    Raises VerificationError naming the first entry, tile or file that is wrong.
    """
    if vkey_path is not None and vkey_path.resolve().is_relative_to(folder.resolve()):
        raise VerificationError(
            f"{vkey_path} lies in the folder it is to verify: whoever changed one changed both;"
            " have the key from elsewhere"
        )
    paths = set(_files(folder))
    if _CHECKPOINT not in paths:
        raise VerificationError(f"{_CHECKPOINT}: missing")
    paths.remove(_CHECKPOINT)
    try:
        verifier = Verifier.from_vkey(vkey)
    except LedgerError as error:
        raise VerificationError(f"the verifier key: {error}") from error
    checkpoint = _open(_CHECKPOINT, (folder / _CHECKPOINT).read_bytes(), verifier)
    olds = [_open("an old checkpoint", old.encode(), verifier) for old in old_checkpoints]
    check_log(
        paths,
        lambda path: (folder / path).read_bytes(),
        checkpoint,
        OwnEntries(),
        old_checkpoints=olds,
    )
    return checkpoint


def check_log(
    paths: Collection[str],
    read: Callable[[str], bytes],
    checkpoint: Checkpoint,
    check_entries: CheckEntries,
    *,
    old_checkpoints: Iterable[Checkpoint] = (),
) -> None:
    """Raise VerificationError unless `paths` are exactly the log that `checkpoint` describes.

    paths          every tile and bundle, as paths below the log's folder
    check_entries  the rules of this log's entries (`OwnEntries` for ours)
    """
    size = checkpoint.size
    older = _older_partials(paths, size)
    leaves, above = _check_bundles(read, size, older, check_entries)
    hash_at = _hash_at([leaves, *_check_tiles(read, older, above)])
    if root_at(size, hash_at) != checkpoint.root:
        raise VerificationError(
            f"{_CHECKPOINT}: its root is not that of the {size:,} entries"
        )
    for old in old_checkpoints:
        if old.size > size:
            raise VerificationError(
                f"an old checkpoint has {old.size:,} entries, this ledger has {size:,}"
            )
        if root_at(old.size, hash_at) != old.root:
            raise VerificationError(
                f"this ledger does not begin with the {old.size:,} entries of an old checkpoint"
            )


class OwnEntries:
    """The rules of our entries: one valid encoding, `at` always later, no id twice."""

    def __init__(self) -> None:
        self._at = ""
        self._ids: set[str] = set()

    def __call__(self, first: int, entries: Sequence[bytes], /) -> None:
        try:
            checked = check_many(entries)
        except LedgerError:
            checked = [_check_one(first + n, one) for n, one in enumerate(entries)]
        for number, one in enumerate(checked, first):
            if one.at <= self._at:
                raise VerificationError(
                    f"entry {number:,}: its time {one.at} is not after {self._at}"
                )
            self._at = one.at
            if one.id in self._ids:
                raise VerificationError(
                    f"entry {number:,}: its id {one.id} was used before"
                )
            self._ids.add(one.id)


def _check_one(number: int, entry: bytes) -> Checked:
    try:
        return check_many([entry])[0]
    except LedgerError as error:
        raise VerificationError(f"entry {number:,}: {error}") from error


def _files(folder: Path) -> Iterator[str]:
    """Yield the path of every file below `folder`; a link or device does not belong there."""
    for above, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(above, name)
            shown = path.relative_to(folder).as_posix()
            if path.is_symlink() or not (path.is_dir() or path.is_file()):
                raise VerificationError(f"{shown!a}: not a plain file")
            if name in files:
                yield shown


def _open(what: str, note: bytes, verifier: Verifier) -> Checkpoint:
    try:
        return open_checkpoint(note.decode(), verifier)
    except (LedgerError, UnicodeDecodeError) as error:
        raise VerificationError(f"{what}: {error}") from error


def _older_partials(paths: Collection[str], size: int) -> dict[tuple[int, int], list[Tile]]:
    """Return the partial tiles of smaller sizes, by level and index.

    Raises VerificationError if a file is missing or does not belong.
    """
    needed = {tile.path for tile in tiles_of(size)}
    for path in sorted(needed.difference(paths)):
        raise VerificationError(f"{path}: missing")
    older: dict[tuple[int, int], list[Tile]] = {}
    for path in sorted(set(paths) - needed):
        try:
            tile = parse_path(path)
        except LedgerError as error:
            raise VerificationError(f"{path!a}: does not belong in a log") from error
        if tile.index * WIDTH + tile.width > hashes_at(tile.level, size):
            raise VerificationError(
                f"{path}: is beyond the {size:,} entries of the checkpoint"
            )
        older.setdefault((tile.level, tile.index), []).append(tile)
    return older


def _check_bundles(
    read: Callable[[str], bytes],
    size: int,
    older: Mapping[tuple[int, int], list[Tile]],
    check_entries: CheckEntries,
) -> tuple[bytearray, bytearray]:
    """Check entries against level-0 tiles; return the hashes of level 0 and of level 1."""
    leaves, above = bytearray(), bytearray()
    for first in range(0, size, WIDTH):
        index, width = first // WIDTH, min(WIDTH, size - first)
        bundle = Tile(ENTRIES, index, width)
        try:
            entries = decode_bundle(read(bundle.path))
        except LedgerError as error:
            raise VerificationError(f"{bundle.path}: {error}") from error
        if len(entries) != width:
            raise VerificationError(
                f"{bundle.path}: has {len(entries)} entries, not {width}"
            )
        hashes = [leaf_hash(entry) for entry in entries]
        _compare(Tile(0, index, width), read, hashes, of="entry")
        for part in older.get((ENTRIES, index), ()):
            if read(part.path) != encode_bundle(entries[: part.width]):
                raise VerificationError(f"{part.path}: differs from {bundle.path}")
        for part in older.get((0, index), ()):
            _compare(part, read, hashes[: part.width], of="entry")
        check_entries(first, entries)
        leaves += b"".join(hashes)
        if width == WIDTH:
            above += root(hashes)
    return leaves, above


def _check_tiles(
    read: Callable[[str], bytes],
    older: Mapping[tuple[int, int], list[Tile]],
    above: bytearray,
) -> list[bytearray]:
    """Check the tiles from level 1 up; return the hashes of those levels.

    above   the hashes of level 1, as computed from the entries
    """
    rows = []
    level = 1
    while above:
        rows.append(above)
        hashes, above = split_hashes(bytes(above)), bytearray()
        for first in range(0, len(hashes), WIDTH):
            row = hashes[first : first + WIDTH]
            tile = Tile(level, first // WIDTH, len(row))
            for one in (tile, *older.get((level, tile.index), ())):
                _compare(one, read, row[: one.width], of=f"tile of level {level - 1}")
            if len(row) == WIDTH:
                above += root(row)
        level += 1
    return rows


def _compare(
    tile: Tile, read: Callable[[str], bytes], hashes: list[bytes], *, of: str
) -> None:
    """Raise VerificationError, naming the first hash that differs, unless `tile` holds `hashes`."""
    data = read(tile.path)
    if data == b"".join(hashes):
        return
    if len(data) != HASH_BYTES * len(hashes):
        raise VerificationError(
            f"{tile.path}: has {len(data)} bytes, not {HASH_BYTES * len(hashes)}"
        )
    for number, (stored, computed) in enumerate(
        zip(split_hashes(data), hashes, strict=True), tile.index * WIDTH
    ):
        if stored != computed:
            raise VerificationError(
                f"{of} {number:,}: does not have the hash that {tile.path} holds"
            )


def _hash_at(rows: list[bytearray]) -> HashAt:
    def stored(level: int, start: int, stop: int) -> list[bytes]:
        return split_hashes(bytes(rows[level][start * HASH_BYTES : stop * HASH_BYTES]))

    return from_tiles(stored)
