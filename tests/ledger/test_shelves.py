"""Publishing to every kind of place: what is written, in which order, and after any crash."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from typing import TypeAlias

import pytest

from beforehand.ledger import Ledger, Signer, publish
from beforehand.ledger.checkpoint import open_checkpoint
from beforehand.ledger.errors import InconsistentError, NotOursError, RolledBackError
from beforehand.ledger.shelves import (
    Folder,
    Remote,
    Shelf,
    cache_seconds,
    media_type,
    open_shelf,
    without_secret,
)
from beforehand.ledger.tiles import hashes_at, parse_path, tiles_of
from beforehand.ledger.verify import OwnEntries, check_log, verify_folder
from beforehand.refusal import InputError

Fill: TypeAlias = Callable[[int], None]
Make: TypeAlias = Callable[..., bytes]

_numbers = count()


@pytest.fixture(params=["folder", "fsspec local", "fsspec memory"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    match request.param:
        case "folder":
            return open_shelf(tmp_path / "out")
        case "fsspec local":
            return Remote.at(f"file://{tmp_path}/out")
        case _:
            return open_shelf(f"memory://tests/{next(_numbers)}/out")


class Counting:
    """A shelf that notes what is asked of it, and may stop as a crash does, tearing a file."""

    def __init__(self, inner: Shelf, *, stop_after: int = 1_000_000) -> None:
        self.inner = inner
        self.address = inner.address
        self.written: list[str] = []
        self.read_: list[str] = []
        self.left = stop_after

    def within(self, folder: str, /) -> Shelf:
        return Counting(self.inner.within(folder))

    def read(self, path: str, /) -> bytes | None:
        self.read_.append(path)
        return self.inner.read(path)

    def paths(self, under: str = "", /, *, but: str = "") -> list[str]:
        return self.inner.paths(under, but=but)

    def write(self, files: Iterable[tuple[str, bytes]], /) -> None:
        for path, data in files:
            if self.left == 0:
                self.inner.write([(path, data[: len(data) // 2])])
                raise Stopped
            self._step(path)
            self.inner.write([(path, data)])

    def put(self, path: str, data: bytes, /) -> None:
        self._step(path)
        self.inner.put(path, data)

    def remove(self, paths: Iterable[str], /) -> None:
        for path in paths:
            self._step("")
            self.inner.remove([path])

    def _step(self, path: str) -> None:
        if self.left == 0:
            raise Stopped
        self.left -= 1
        if path:
            self.written.append(path)


class Stopped(Exception):  # noqa: N818  # what happened, as the test tells it
    """The process ended here."""


def note_of(shelf: Shelf) -> bytes:
    note = shelf.read("checkpoint")
    assert note is not None
    return note


def verify(shelf: Shelf, signer: Signer, *, beyond: bool = False) -> int:
    """Verify what the shelf shows; `beyond`: tiles that its checkpoint does not need may lie there."""
    checkpoint = open_checkpoint(note_of(shelf).decode(), signer.verifier)
    paths = [path for path in shelf.paths() if path != "checkpoint"]
    if beyond:
        tiles = [parse_path(path) for path in paths]
        paths = [
            tile.path
            for tile in tiles
            if tile.index * 256 + tile.width <= hashes_at(tile.level, checkpoint.size)
        ]

    def read(path: str) -> bytes:
        data = shelf.read(path)
        assert data is not None
        return data

    check_log(paths, read, checkpoint, OwnEntries())
    return checkpoint.size


def test_a_shelf_keeps_what_it_is_given_and_lists_it(shelf: Shelf) -> None:
    assert shelf.read("a/b") is None
    assert shelf.paths() == shelf.paths("a") == shelf.paths(but="a") == []
    shelf.write([("a/b", b"1"), ("a/c.p/d", b"2"), ("e/a/f", b"3")])
    shelf.put("g", b"4")
    shelf.put("a/b", b"5")
    assert shelf.read("a/b") == b"5"
    assert sorted(shelf.paths()) == ["a/b", "a/c.p/d", "e/a/f", "g"]
    assert sorted(shelf.paths("a")) == ["a/b", "a/c.p/d"]
    assert sorted(shelf.paths(but="a")) == ["e/a/f", "g"]
    assert shelf.within("e").read("a/f") == b"3"
    assert shelf.within("e").paths() == ["a/f"]
    assert str(shelf.within("e").address).endswith("out/e")
    shelf.remove(["a/c.p/d", "g"])
    assert sorted(shelf.paths()) == ["a/b", "e/a/f"]


def test_every_place_gets_the_same_files(
    ledger: Ledger, fill: Fill, signer: Signer, shelf: Shelf, tmp_path: Path
) -> None:
    for size in (40, 258, 600):
        fill(size)
        publish(ledger, shelf, signer)
        assert verify(shelf, signer) == size
    fill(600)
    publish(ledger, tmp_path / "at once", signer)
    at_once = Folder(tmp_path / "at once")
    for path in at_once.paths():
        assert shelf.read(path) == at_once.read(path)
    assert set(at_once.paths()) <= set(shelf.paths())


def test_a_second_publication_reads_and_writes_only_what_is_new(
    ledger: Ledger, fill: Fill, signer: Signer, shelf: Shelf
) -> None:
    fill(300)
    publish(ledger, shelf, signer)
    again = Counting(shelf)
    publish(ledger, again, signer)
    assert again.written == []
    fill(310)
    more = Counting(shelf)
    publish(ledger, more, signer)
    assert more.written == ["tile/0/001.p/54", "tile/entries/001.p/54", "checkpoint"]
    assert set(more.read_) == {"checkpoint"}
    fill(520)
    full = Counting(shelf)
    publish(ledger, full, signer)
    assert set(full.written) == {
        "tile/entries/001", "tile/0/001", "tile/entries/002.p/8", "tile/0/002.p/8",
        "tile/1/000.p/2", "checkpoint",
    }  # fmt: skip
    assert full.written[-1] == "checkpoint"
    assert verify(shelf, signer) == 520


def test_a_crash_after_any_step_leaves_the_checkpoint_before_and_is_made_good(
    ledger: Ledger, fill: Fill, signer: Signer, tmp_path: Path
) -> None:
    shelf = Folder(tmp_path / "out")
    steps = 0
    for cut in count():
        size = ledger.size
        fill(size + 300)
        stopped = publish_until(ledger, shelf, signer, cut)
        # What was shown before verifies, or the new one does where the crash came after it.
        shown = verify(shelf, signer, beyond=True) if shelf.read("checkpoint") else 0
        assert shown in (size, size + 300)
        if not stopped:
            assert shown == size + 300
            break
        steps += 1
        if cut % 2:  # half the time the log has grown when it is published again
            fill(size + 310)
        publish(ledger, shelf, signer)
        assert verify(shelf, signer) == ledger.size
        verify_folder(shelf.path, signer.verifier.vkey)
    assert steps >= 6


def publish_until(ledger: Ledger, shelf: Shelf, signer: Signer, cut: int) -> bool:
    try:
        publish(ledger, Counting(shelf, stop_after=cut), signer)
    except Stopped:
        return True
    return False


def test_torn_tiles_of_a_run_that_was_cut_short_are_never_left_behind(
    ledger: Ledger, fill: Fill, signer: Signer, shelf: Shelf
) -> None:
    fill(200)
    publish(ledger, shelf, signer)
    torn = [
        "tile/0/000.p/220",
        "tile/entries/000.p/220",
        "tile/0/001.p/7",
        "tile/entries/001.p/7",
    ]
    shelf.write([(path, b"torn") for path in torn])
    fill(230)
    publish(ledger, shelf, signer)
    assert verify(shelf, signer, beyond=True) == 230
    assert set(torn[:2]) <= set(shelf.paths())  # another process may be about to show it
    fill(600)
    publish(ledger, shelf, signer)
    assert verify(shelf, signer) == 600
    assert not set(torn) & set(shelf.paths())


def test_a_log_of_three_levels_is_brought_up_in_steps(
    ledger: Ledger, entry: Make, signer: Signer
) -> None:
    shelf = open_shelf(f"memory://tests/{next(_numbers)}")
    template = entry(0)
    for first, stop in ((0, 65_500), (65_500, 65_800)):
        with ledger.group():
            ledger.append_many(
                [
                    template.replace(b'"id-0"', b'"id-%d"' % n).replace(
                        b"00.000000Z", b"00.%06dZ" % n
                    )
                    for n in range(first, stop)
                ]
            )
        publish(ledger, shelf, signer)
    assert verify(shelf, signer) == 65_800
    assert {tile.path for tile in tiles_of(65_800)} <= set(shelf.paths())
    assert "tile/1/000.p/255" not in shelf.paths()


def test_a_target_of_another_log_a_fork_or_a_later_time_is_refused(
    ledger: Ledger, fill: Fill, entry: Make, signer: Signer, tmp_path: Path
) -> None:
    shelf = open_shelf(tmp_path / "out")
    fill(300)
    publish(ledger, tmp_path / "own", signer)
    other = Ledger.create(tmp_path / "other.sqlite", origin=signer.name)
    stranger = Ledger.create(tmp_path / "stranger.sqlite", origin="other.example")
    for made, name in ((other, "forked"), (stranger, "")):
        with made.group():
            for n in range(280):
                made.append(entry(n, subject=name or "c-1"))
    publish(stranger, shelf, Signer.generate("other.example"))
    before = note_of(shelf)
    with pytest.raises(NotOursError, match="no checkpoint of this log"):
        publish(ledger, shelf, signer)
    shelf.remove(["checkpoint"])
    publish(other, shelf, signer)
    with pytest.raises(InconsistentError, match="not what was signed at 280"):
        publish(ledger, shelf, signer)
    assert note_of(shelf) != before
    # A later copy of the very same log: what it shows was recorded there and not here.
    with other.group():
        for n in range(280, 290):
            other.append(entry(n))
    publish(other, shelf, signer)
    with other.group():
        other.append(entry(400))
    shown, entries = note_of(shelf), other.size
    restored = Ledger.create(tmp_path / "restored.sqlite", origin=signer.name)
    with restored.group():
        for _, data in other.entries():
            restored.append(data)
    with pytest.raises(
        RolledBackError, match="290 entries, of which the ledger has no record"
    ):
        publish(restored, shelf, signer)
    assert (note_of(shelf), entries) == (shown, 291)
    assert restored.checkpoints() == []
    for made in (other, stranger, restored):
        made.close()


def test_an_unknown_place_is_an_error_that_says_what_to_install() -> None:
    with pytest.raises(InputError, match="Protocol not known: nowhere"):
        open_shelf("nowhere://x")
    with pytest.raises(InputError, match=r"s3fs.*For s3:// install s3fs") as said:
        open_shelf("s3://who:secret@bucket/path")
    assert "secret" not in str(said.value)


def test_a_place_that_cannot_be_written_is_named(
    ledger: Ledger, signer: Signer, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputError, match="a place that can be read and written"):
        publish(ledger, tmp_path / "file" / "out", signer)


def test_web_servers_are_told_what_a_file_is_and_how_long_it_lasts() -> None:
    assert media_type("log/checkpoint") == "text/plain; charset=utf-8"
    assert media_type("log/tile/0/x001/067") == "application/octet-stream"
    assert media_type("log/tile/entries/000.p/7") == "application/octet-stream"
    assert media_type("contracts/index.html") == "text/html; charset=utf-8"
    assert cache_seconds("log/tile/0/000") > 10_000_000
    assert cache_seconds("log/checkpoint") <= 60
    assert cache_seconds("index.html") <= 60


class FakeS3:
    """Takes what s3fs hands to the store's own put."""

    protocol = ("s3", "s3a")

    def __init__(self) -> None:
        self.said: dict[str, dict[str, object]] = {}

    def pipe_file(self, path: str, data: bytes, **said: object) -> None:
        assert data
        self.said[path] = said


def test_an_object_store_is_given_the_headers() -> None:
    store = FakeS3()
    shelf = Remote(store, "bucket/site", "s3://bucket/site")
    shelf.within("log").put("checkpoint", b"x")
    shelf.within("log").write([("tile/0/000", b"x")])
    assert store.said == {
        "bucket/site/log/checkpoint": {
            "ContentType": "text/plain; charset=utf-8",
            "CacheControl": "max-age=10",
        },
        "bucket/site/log/tile/0/000": {
            "ContentType": "application/octet-stream",
            "CacheControl": "max-age=31536000",
        },
    }


def test_a_file_url_is_a_folder_and_secrets_are_not_shown(tmp_path: Path) -> None:
    assert isinstance(open_shelf(f"file://{tmp_path}"), Folder)
    assert without_secret("ftp://me:word@host/p") == "ftp://host/p"
    assert without_secret("s3://bucket/p") == "s3://bucket/p"
    assert without_secret("/a@b/c") == "/a@b/c"
