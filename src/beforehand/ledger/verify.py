"""Verifying a published ledger: every byte of every file, against its key. Trusts nobody.

`check_log` is the pure core: it is given the files' bytes. `verify_folder` reads them.
`ledger/standalone.py` does the same with no import of ours; the two must agree on every log.
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from operator import lt
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from beforehand.ledger.checkpoint import Checkpoint, open_checkpoint
from beforehand.ledger.entry import check_many
from beforehand.ledger.errors import LedgerError, VerificationError
from beforehand.ledger.merkle import (
    HASH_BYTES,
    HashAt,
    from_tiles,
    root,
    root_at,
)
from beforehand.ledger.note import Verifier, read_vkeys
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
from beforehand.ledger.workers import in_processes

_CHECKPOINT: Final = "checkpoint"
_APART: Final = "\x00"
_PART: Final = 64
"""How many bundles a process checks at a time: about a tenth of a second of work."""

Older: TypeAlias = Mapping[tuple[int, int], list[Tile]]
"""The partial tiles that smaller sizes left, by level and index."""
Hashes: TypeAlias = tuple[bytearray, bytearray]
"""The hashes of level 0, and those of level 1."""


class CheckEntries(Protocol):
    """Looks at the entries of one bundle; raises VerificationError for one it refuses."""

    def __call__(self, first: int, entries: Sequence[bytes], /) -> None: ...


def verify_folder(
    folder: Path,
    vkeys: str,
    *,
    vkey_path: Path | None = None,
    old_checkpoints: Iterable[str] = (),
) -> Checkpoint:
    """Return the checkpoint that `folder` shows, having checked every byte under it.

    vkeys             the verifier keys, one a line, had from elsewhere than the folder
    vkey_path         where they were read from, if from a file
    old_checkpoints   signed checkpoints seen before, which this ledger must extend

    Raises VerificationError naming the first entry, tile or file that is wrong.
    Cost: a large log is checked by as many processes as there are cores.
    """
    if vkey_path is not None and vkey_path.resolve().is_relative_to(folder.resolve()):
        raise VerificationError(
            f"{vkey_path} lies in the folder it is to verify: whoever changed one changed both;"
            " have the key from elsewhere"
        )
    try:
        verifiers = read_vkeys(vkeys)
    except LedgerError as error:
        raise VerificationError(f"the verifier key: {error}") from error
    paths = set(_files(folder))
    if _CHECKPOINT not in paths:
        raise VerificationError(f"{_CHECKPOINT}: missing")
    paths.remove(_CHECKPOINT)
    checkpoint = _open(_CHECKPOINT, _read(folder, _CHECKPOINT), verifiers)
    olds = [_open("an old checkpoint", old.encode(), verifiers) for old in old_checkpoints]
    check_log(
        paths,
        lambda path: _read(folder, path),
        checkpoint,
        OwnEntries(),
        old_checkpoints=olds,
        quickly=lambda older: check_in_processes(folder, checkpoint.size, older),
    )
    return checkpoint


def check_log(
    paths: Collection[str],
    read: Callable[[str], bytes],
    checkpoint: Checkpoint,
    check_entries: CheckEntries,
    *,
    old_checkpoints: Iterable[Checkpoint] = (),
    quickly: Callable[[Older], Hashes | None] = lambda _: None,
) -> None:
    """Raise VerificationError unless `paths` are exactly the log that `checkpoint` describes.

    paths          every tile and bundle, as paths below the log's folder
    check_entries  the rules of this log's entries (`OwnEntries` for ours)
    quickly        checks all entries in another way; None if it cannot, or if anything is
                   wrong: then they are checked here in order, and the first wrong one is named
    """
    size = checkpoint.size
    older = _older_partials(paths, size)
    leaves, above = quickly(older) or _check_bundles(
        read, range(0, size, WIDTH), size, older, check_entries
    )
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
        self.first_at = ""
        self.last_at = ""
        self.ids: set[str] = set()

    def __call__(self, first: int, entries: Sequence[bytes], /) -> None:
        try:
            checked = check_many(entries)
        except LedgerError:
            checked = []
        times = [self.last_at, *[one.at for one in checked]]
        ids = {one.id for one in checked}
        in_order = all(map(lt, times, times[1:])) and self.ids.isdisjoint(ids)
        if len(ids) == len(entries) and in_order:
            self.first_at = self.first_at or times[1]
            self.last_at = times[-1]
            self.ids |= ids
        else:
            for number, entry in enumerate(entries, first):
                self._check_one(number, entry)

    def _check_one(self, number: int, entry: bytes) -> None:
        try:
            (one,) = check_many([entry])
        except LedgerError as error:
            raise VerificationError(f"entry {number:,}: {error}") from error
        if one.at <= self.last_at:
            raise VerificationError(
                f"entry {number:,}: its time {one.at} is not after {self.last_at}"
            )
        if one.id in self.ids:
            raise VerificationError(
                f"entry {number:,}: its id {ascii(one.id)[1:-1]} was used before"
            )
        self.last_at = one.at
        self.ids.add(one.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one part of the entries gave, each right in itself.

    ids   joined by U+0000: one text crosses to another process far quicker than many do
    """

    first_at: str
    last_at: str
    ids: str
    leaves: bytearray
    above: bytearray


def check_part(log: tuple[Path, int, Older], bundles: range) -> Part | None:
    """Check the entries of some bundles; None if any is wrong.

    log       its folder, its size, its older partial tiles
    bundles   the index of the first entry of each
    """
    folder, size, older = log
    rules = OwnEntries()
    try:
        leaves, above = _check_bundles(
            lambda path: _read(folder, path), bundles, size, older, rules
        )
    except VerificationError:
        return None
    ids = _APART.join(rules.ids)
    if ids.count(_APART) != len(rules.ids) - 1:  # an id that holds it itself
        return None
    return Part(
        first_at=rules.first_at,
        last_at=rules.last_at,
        ids=ids,
        leaves=leaves,
        above=above,
    )


def check_in_processes(folder: Path, size: int, older: Older) -> Hashes | None:
    """Check all entries, each process a part at a time. Return None if there is no need or way.

    None too if anything is wrong: which is the first cannot be told from a part alone.
    """
    parts = [
        range(first, min(first + _PART * WIDTH, size), WIDTH)
        for first in range(0, size, _PART * WIDTH)
    ]
    leaves, above = bytearray(), bytearray()
    last_at = ""
    ids: set[str] = set()
    with in_processes(check_part, (folder, size, dict(older)), parts) as results:
        for result in results:
            if result is None or result.first_at <= last_at:
                return None
            leaves += result.leaves
            above += result.above
            last_at = result.last_at
            ids.update(result.ids.split(_APART))
    # A process that failed ends the results early; an id that occurs twice is one too few.
    return (leaves, above) if len(ids) == size else None


def _files(folder: Path) -> Iterator[str]:
    """Yield the path of every file below `folder`; a link or device does not belong there.

    An empty folder is passed over: a crash may leave one, and it holds nothing to check.
    """
    waiting = [("", str(folder))]
    while waiting:
        above, here = waiting.pop()
        try:
            with os.scandir(here) as found:
                inside = sorted(found, key=lambda one: one.name)
        except OSError as error:  # os.walk would pass it over in silence
            raise VerificationError(f"{above!a}: cannot be read: {error}") from error
        for one in inside:
            path = above + one.name
            if one.is_dir(follow_symlinks=False):
                waiting.append((f"{path}/", one.path))
            elif one.is_file(follow_symlinks=False):
                yield path
            else:
                raise VerificationError(f"{path!a}: not a plain file")


def _read(folder: Path, path: str) -> bytes:
    try:
        return (folder / path).read_bytes()
    except OSError as error:
        raise VerificationError(f"{path}: cannot be read: {error.strerror}") from error


def _open(what: str, note: bytes, verifiers: Sequence[Verifier]) -> Checkpoint:
    try:
        return open_checkpoint(note.decode(), *verifiers)
    except (LedgerError, UnicodeDecodeError) as error:
        raise VerificationError(f"{what}: {error}") from error


def _older_partials(paths: Collection[str], size: int) -> Older:
    """Return the partial tiles of smaller sizes, by level and index.

    Raises VerificationError if a file is missing or does not belong.
    """
    needed = set()
    for tile in tiles_of(size):  # stops at the first one missing, whatever size was signed
        path = tile.path
        if path not in paths:
            raise VerificationError(f"{path}: missing")
        needed.add(path)
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
    bundles: range,
    size: int,
    older: Older,
    check_entries: CheckEntries,
) -> Hashes:
    """Check entries against level-0 tiles.

    bundles   the index of the first entry of each
    """
    leaves, above = bytearray(), bytearray()
    for first in bundles:
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
        # RFC 6962 s2.1, as `leaf_hash`: to call it for each entry would cost a tenth more.
        hashes = [sha256(b"\x00" + entry).digest() for entry in entries]
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
    older: Older,
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
