import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.ledger import merkle
from beforehand.ledger.errors import MalformedTileError
from beforehand.ledger.merkle import leaf_hash
from beforehand.ledger.tiles import (
    ENTRIES,
    Tile,
    Tiler,
    decode_bundle,
    encode_bundle,
    parse_path,
    split_hashes,
    tiles_of,
)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        pytest.param(Tile(0, 0), "tile/0/000", id="the first"),
        pytest.param(Tile(0, 1_234_067), "tile/0/x001/x234/067", id="groups of three"),
        pytest.param(Tile(1, 273, 112), "tile/1/273.p/112", id="partial"),
        pytest.param(Tile(ENTRIES, 1000, 1), "tile/entries/x001/000.p/1", id="entries"),
        pytest.param(Tile(63, 5), "tile/63/005", id="the highest level"),
    ],
)
def test_a_tile_and_its_path_name_each_other(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert parse_path(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("tile/00/000", id="leading zero in the level"),
        pytest.param("tile/64/000", id="level too high"),
        pytest.param("tile/0/x000/001", id="leading group of zeros"),
        pytest.param("tile/0/1", id="short group"),
        pytest.param("tile/0/001/002", id="group without x"),
        pytest.param("tile/0/000.p/0", id="width zero"),
        pytest.param("tile/0/000.p/256", id="partial of full width"),
        pytest.param("tile/0/000.p/07", id="leading zero in the width"),
        pytest.param("tile/0/000\n", id="newline after"),
        pytest.param("tile/0/\u0660\u0660\u0660", id="digits of another script"),
        pytest.param("tile/../000", id="path upward"),
        pytest.param("checkpoint", id="not a tile"),
    ],
)
def test_any_other_path_is_refused(path: str) -> None:
    with pytest.raises(MalformedTileError):
        parse_path(path)


def test_a_log_of_70_000_has_the_tiles_that_the_specification_counts() -> None:
    paths = [tile.path for tile in tiles_of(70_000) if tile.level != ENTRIES]
    assert len(paths) == 273 + 1 + 1 + 1 + 1
    assert paths[273:] == [
        "tile/0/273.p/112",
        "tile/1/000",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    ]


@pytest.mark.parametrize(
    "size", [0, 1, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537]
)
def test_the_tiler_makes_exactly_the_tiles_of_the_size(size: int) -> None:
    tiler = Tiler()
    leaves = [leaf_hash(n.to_bytes(4, "big")) for n in range(size)]
    made = dict([one for leaf in leaves for one in tiler.add(leaf)] + tiler.partial())
    assert set(made) == {tile for tile in tiles_of(size) if tile.level != ENTRIES}
    for tile, data in made.items():
        first = tile.index * 256
        span = 256**tile.level
        if size < 1000 or tile.level:
            assert split_hashes(data) == [
                merkle.root(leaves[(first + n) * span : (first + n + 1) * span])
                for n in range(tile.width)
            ]


@pytest.mark.parametrize(
    "size", [0, 1, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 65_793, 66_000]
)
def test_rows_and_ready_made_tiles_give_what_single_leaves_give(size: int) -> None:
    leaves = [leaf_hash(n.to_bytes(4, "big")) for n in range(size)]
    singly, by_row, by_tile = Tiler(), Tiler(), Tiler()
    tiles = [one for leaf in leaves for one in singly.add(leaf)]
    rows = [leaves[at : at + 256] for at in range(0, size, 256)]
    assert [one for row in rows for one in by_row.add_row(row)] == tiles
    above = []
    for row in rows:
        full = len(row) == 256
        above += by_tile.add_tile(merkle.root(row)) if full else by_tile.add_row(row)
    assert above == [one for one in tiles if one[0].level > 0]
    assert singly.partial() == by_row.partial() == by_tile.partial()
    assert {one.root() for one in (singly, by_row, by_tile)} == {merkle.root(leaves)}


def test_what_does_not_fit_a_tile_is_refused() -> None:
    tiler = Tiler()
    tiler.add(bytes(32))
    with pytest.raises(MalformedTileError, match="does not follow an unfinished one"):
        tiler.add_tile(bytes(32))
    with pytest.raises(MalformedTileError, match="holds 256 hashes, not 257"):
        tiler.add_row([bytes(32)] * 256)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_gives_its_entries_back(entries: list[bytes]) -> None:
    assert decode_bundle(encode_bundle(entries)) == entries


@pytest.mark.parametrize("bundle", [b"\x00", b"\x00\x02a", b"\x00\x00\x01"])
def test_a_bundle_that_ends_too_early_is_refused(bundle: bytes) -> None:
    with pytest.raises(MalformedTileError):
        decode_bundle(bundle)


def test_a_bundle_holds_an_entry_of_65_535_bytes() -> None:
    assert decode_bundle(encode_bundle([bytes(65_535)])) == [bytes(65_535)]
