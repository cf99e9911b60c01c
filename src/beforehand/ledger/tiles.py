"""Tiles and entry bundles, as in C2SP tlog-tiles: their paths, their bytes, and which exist. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from beforehand.ledger.errors import MalformedTileError
from beforehand.ledger.merkle import HASH_BYTES, TILE_HEIGHT, root

WIDTH: Final = 1 << TILE_HEIGHT
ENTRIES: Final = -1
"""The `level` of a bundle of entries, which lies beside the level-0 tile with their hashes."""
LEVELS: Final = 64
MAX_ENTRY_BYTES: Final = 0xFFFF

_PATH: Final = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)"
    r"/(?P<index>(?:x[0-9]{3}/)*[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile, or one entry bundle.

    level   0 to 63, or ENTRIES
    width   1 to 256 hashes or entries; below 256 it is partial
    """

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Return the path below the log's folder, e.g. `tile/0/x001/067` or `tile/1/000.p/7`."""
        groups = [f"{self.index % 1000:03}"]
        rest = self.index // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03}")
            rest //= 1000
        level = "entries" if self.level == ENTRIES else str(self.level)
        part = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{'/'.join(groups)}{part}"


def parse_path(path: str) -> Tile:
    """Return the tile at `path`. Raises MalformedTileError unless it is the tile's own path."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise MalformedTileError(f"{path} is not the path of a tile")
    level = ENTRIES if match["level"] == "entries" else int(match["level"])
    index = int(match["index"].replace("x", "").replace("/", ""))
    tile = Tile(level, index, int(match["width"] or WIDTH))
    if tile.path != path or level >= LEVELS or (match["width"] and tile.width >= WIDTH):
        raise MalformedTileError(f"{path} is not the path of a tile")
    return tile


def hashes_at(level: int, size: int) -> int:
    """Return how many hashes (or entries) all tiles of `level` hold at `size`."""
    return size if level == ENTRIES else size >> (TILE_HEIGHT * level)


def tiles_of(size: int) -> Iterator[Tile]:
    """Yield every tile and bundle that a log of `size` needs, level by level."""
    level = ENTRIES
    while (count := hashes_at(level, size)) > 0:
        full, partial = divmod(count, WIDTH)
        for index in range(full):
            yield Tile(level, index)
        if partial:
            yield Tile(level, full, partial)
        level += 1


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    return b"".join([len(entry).to_bytes(2, "big") + entry for entry in entries])


def decode_bundle(bundle: bytes) -> list[bytes]:
    entries = []
    at, end = 0, len(bundle)
    try:
        while at < end:
            start = at + 2
            at = start + (bundle[at] << 8 | bundle[at + 1])
            entries.append(bundle[start:at])
    except IndexError:
        at = -1
    if at != end:
        raise MalformedTileError("an entry bundle ends in the middle of an entry")
    return entries


def split_hashes(tile: bytes) -> list[bytes]:
    return [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]


class Tiler:
    """Turns leaf hashes, in order, into tiles.

    rows   what the unfinished tile of each level holds already, level 0 first
    start  how many tiles of each level came before it
    """

    def __init__(
        self, rows: Iterable[Sequence[bytes]] = (), start: Iterable[int] = ()
    ) -> None:
        self._rows = [list(row) for row in rows]
        self._done = list(start)

    def add(self, leaf: bytes) -> list[tuple[Tile, bytes]]:
        """Add one leaf hash; return the tiles that it completed, level 0 first."""
        return self.add_row([leaf])

    def add_row(self, leaves: Sequence[bytes]) -> list[tuple[Tile, bytes]]:
        """Add leaf hashes, no more than fit in the unfinished tile, as `add` does each."""
        return self._rise(0, leaves)

    def add_tile(self, above: bytes) -> list[tuple[Tile, bytes]]:
        """Add a full tile of level 0 that was made elsewhere; return the higher ones it completed.

        above   the root of its hashes
        """
        if any(self._rows[:1]):
            raise MalformedTileError("a full tile does not follow an unfinished one")
        if not self._rows:
            self._rows.append([])
            self._done.append(0)
        self._done[0] += 1
        return self._rise(1, [above])

    def _rise(self, level: int, hashes: Sequence[bytes]) -> list[tuple[Tile, bytes]]:
        full: list[tuple[Tile, bytes]] = []
        rising = hashes
        while rising:
            if level == len(self._rows):
                self._rows.append([])
                self._done.append(0)
            row = self._rows[level]
            row += rising
            if len(row) < WIDTH:
                break
            if len(row) > WIDTH:
                raise MalformedTileError(f"a tile holds {WIDTH} hashes, not {len(row)}")
            full.append((Tile(level, self._done[level]), b"".join(row)))
            # Only a full tile is hashed upward (C2SP tlog-tiles).
            rising = [root(row)]
            self._rows[level] = []
            self._done[level] += 1
            level += 1
        return full

    def root(self) -> bytes:
        """Return the root of all that was added, and of what came before."""
        # The unfinished tile of each level is followed by all that lies below it: one subtree
        # more, the last, so RFC 6962 splits there as it does among subtrees of one height.
        below: list[bytes] = []
        for row in self._rows:
            if row or below:
                below = [root([*row, *below])]
        return root(below)

    def partial(self) -> list[tuple[Tile, bytes]]:
        """Return the unfinished tiles as they stand; an empty one is never served."""
        return [
            (Tile(level, self._done[level], len(row)), b"".join(row))
            for level, row in enumerate(self._rows)
            if row
        ]
