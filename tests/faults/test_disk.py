from random import Random

import pytest

from tests.faults.disk import (
    FOLDER,
    SECTOR,
    Event,
    FolderSynced,
    Named,
    Removed,
    Renamed,
    Synced,
    Truncated,
    Written,
    replay,
)

A_FILE: list[Event] = [Named("a", 1), Written(1, 0, b"old"), Synced(1), FolderSynced("")]


def left(*events: Event) -> list[dict[str, bytes | None]]:
    """Return what many power cuts leave, each kind once."""
    disk = replay(events)
    found: list[dict[str, bytes | None]] = []
    for seed in range(400):
        one = disk.after_cut(Random(seed))
        if one not in found:
            found.append(one)
    return found


@pytest.mark.parametrize(
    ("events", "may_be_left"),
    [
        pytest.param(A_FILE, [{"a": b"old"}], id="what was synced is certain"),
        pytest.param(A_FILE[:3], [{}, {"a": b"old"}], id="a file's sync keeps no name"),
        pytest.param(
            [*A_FILE, Written(1, 0, b"new")],
            [{"a": b"old"}, {"a": b"new"}],
            id="a small write is there or not",
        ),
        pytest.param(
            [*A_FILE, Truncated(1, 1)], [{"a": b"old"}, {"a": b"o"}], id="so is its end"
        ),
        pytest.param(
            [*A_FILE, Renamed("a", "b")],
            [{"a": b"old"}, {"b": b"old"}],
            id="a rename is whole",
        ),
        pytest.param(
            [*A_FILE, Renamed("a", "b"), FolderSynced("")], [{"b": b"old"}], id="and kept"
        ),
        pytest.param([*A_FILE, Removed("a")], [{"a": b"old"}, {}], id="a file comes back"),
        pytest.param(
            [Named("f", FOLDER), Named("f/a", 1), Synced(1), FolderSynced("f")],
            [{}, {"f": None, "f/a": b""}],
            id="a name is lost with its folder's",
        ),
        pytest.param(
            [*A_FILE, Named("b", 2), Renamed("b", "a"), FolderSynced("elsewhere")],
            [{"a": b"old"}, {"a": b"old", "b": b""}, {"a": b""}],
            id="a rename may outrun the bytes",
        ),
    ],
)
def test_a_power_cut_leaves_nothing_else(
    events: list[Event], may_be_left: list[dict[str, bytes | None]]
) -> None:
    found = left(*events)
    assert all(one in may_be_left for one in found)
    assert len(found) == len(may_be_left)


def test_a_write_is_torn_at_sectors() -> None:
    old, new = b"o" * 4 * SECTOR, b"n" * 4 * SECTOR
    found = left(
        Named("a", 1), Written(1, 0, old), Synced(1), FolderSynced(""), Written(1, 0, new)
    )
    contents = [one["a"] or b"" for one in found]
    assert len(contents) == 16
    for content in contents:
        sectors = {content[at : at + SECTOR] for at in range(0, len(content), SECTOR)}
        assert sectors <= {b"o" * SECTOR, b"n" * SECTOR}


def test_what_grew_unsynced_may_be_rubbish_but_only_beyond_what_was_kept() -> None:
    found = left(*A_FILE, Written(1, 3, b"x" * SECTOR))
    contents = [one["a"] or b"" for one in found]
    assert all(content.startswith(b"old") for content in contents)
    assert any(content[3:].strip(b"x\0") for content in contents)


def test_the_running_system_sees_everything() -> None:
    disk = replay([*A_FILE, Written(1, 1, b"xyz"), Renamed("a", "b")])
    assert disk.now() == {"b": b"oxyz"}
    assert disk.read("b") == b"oxyz"
