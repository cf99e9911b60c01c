import random
import sqlite3
from base64 import b64encode
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from shutil import copytree

import pytest

from beforehand.ledger import Ledger, Signer, Verifier, publish, verify_folder
from beforehand.ledger.checkpoint import open_checkpoint
from beforehand.ledger.errors import InconsistentError, NoteError, VerificationError
from beforehand.ledger.merkle import leaf_hash, root
from beforehand.ledger.note import sign
from beforehand.ledger.tiles import ENTRIES, Tile, encode_bundle, tiles_of
from beforehand.ledger.verify import check_log

VECTORS = Path(__file__).parent / "vectors"
Fill = Callable[[int], None]
Make = Callable[..., bytes]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "log"


def files(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize("size", [0, 1, 2, 3, 255, 256, 257, 511, 512, 513])
def test_a_published_ledger_verifies_and_has_exactly_its_tiles(
    ledger: Ledger, fill: Fill, signer: Signer, out: Path, size: int
) -> None:
    fill(size)
    publish(ledger, out, signer)
    checkpoint = verify_folder(out, signer.verifier.vkey)
    assert (checkpoint.size, checkpoint.root) == (size, ledger.head().root())
    assert files(out) == {tile.path for tile in tiles_of(size)} | {"checkpoint"}


def test_a_ledger_of_65_537_verifies(
    ledger: Ledger, entry: Make, signer: Signer, out: Path
) -> None:
    template = entry(0)
    with ledger.group():
        ledger.append_many(
            [
                template.replace(b'"id-0"', b'"id-%d"' % n).replace(
                    b"00.000000Z", b"00.%06dZ" % n
                )
                for n in range(65_537)
            ]
        )
    publish(ledger, out, signer)
    assert verify_folder(out, signer.verifier.vkey).size == 65_537
    assert "tile/2/000.p/1" in files(out)


def test_publishing_in_steps_gives_the_folder_of_publishing_at_once(
    ledger: Ledger, fill: Fill, signer: Signer, out: Path, tmp_path: Path
) -> None:
    seen: list[str] = []
    for size in (0, 1, 100, 256, 257, 300, 300, 511, 512, 700):
        fill(size)
        publish(ledger, out, signer)
        verify_folder(out, signer.verifier.vkey, old_checkpoints=seen)
        seen.append((out / "checkpoint").read_text(encoding="utf-8"))
    publish(ledger, tmp_path / "at once", signer)
    once = files(tmp_path / "at once")
    assert all(".p/" in path for path in files(out) - once)
    for path in once:
        assert (out / path).read_bytes() == (tmp_path / "at once" / path).read_bytes()
    assert [one.checkpoint.size for one in ledger.checkpoints()] == [
        0, 1, 100, 256, 257, 300, 511, 512, 700,
    ]  # fmt: skip


def test_partial_tiles_of_older_checkpoints_stay_until_the_full_one_is_there(
    ledger: Ledger, fill: Fill, signer: Signer, out: Path
) -> None:
    for size in (10, 20):
        fill(size)
        publish(ledger, out, signer)
    assert {"tile/0/000.p/10", "tile/0/000.p/20", "tile/entries/000.p/10"} <= files(out)
    fill(256)
    publish(ledger, out, signer)
    assert files(out) == {"checkpoint", "tile/0/000", "tile/entries/000", "tile/1/000.p/1"}


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(
            "UPDATE entries SET bytes = zeroblob(1) WHERE number = 270", id="row changed"
        ),
        pytest.param("DELETE FROM entries WHERE number = 270", id="row gone"),
        pytest.param("UPDATE head SET edge = zeroblob(length(edge))", id="head changed"),
    ],
)
def test_rows_that_do_not_hash_to_the_head_are_never_signed(
    ledger: Ledger,
    fill: Fill,
    signer: Signer,
    *,
    out: Path,
    tamper: Callable[[Ledger, str], None],
    statement: str,
) -> None:
    fill(257)
    publish(ledger, out, signer)
    fill(300)
    before = (out / "checkpoint").read_bytes()
    tamper(ledger, statement)
    with pytest.raises(InconsistentError):
        publish(ledger, out, signer)
    assert len(ledger.checkpoints()) == 1
    assert (out / "checkpoint").read_bytes() == before


def test_an_older_ledger_restored_is_not_signed_again(
    sqlite_ledger: Ledger, entry: Make, signer: Signer, tmp_path: Path
) -> None:
    ledger, out = sqlite_ledger, tmp_path / "log"
    with ledger.group():
        ledger.append_many([entry(n) for n in range(5)])
    with closing(sqlite3.connect(ledger.store.address)) as db:
        db.execute("VACUUM INTO ?", (str(tmp_path / "old.sqlite"),))
    with ledger.group():
        ledger.append_many([entry(n) for n in range(5, 9)])
    publish(ledger, out, signer)
    with closing(sqlite3.connect(tmp_path / "old.sqlite")) as db:
        db.execute("PRAGMA journal_mode = WAL")
    restored = Ledger.open(tmp_path / "old.sqlite")
    with pytest.raises(InconsistentError, match="was an older copy restored"):
        publish(restored, out, signer)
    with restored.group():
        for n in range(10, 20):
            restored.append(entry(n))
    with pytest.raises(InconsistentError, match="not what was signed at 9"):
        publish(restored, out, signer)
    restored.close()


def test_a_key_of_another_name_does_not_sign(ledger: Ledger, fill: Fill, out: Path) -> None:
    fill(1)
    with pytest.raises(NoteError, match="cannot sign"):
        publish(ledger, out, Signer.generate("other.example"))
    assert not (out / "checkpoint").exists()


def test_a_crash_before_the_checkpoint_is_made_good_by_publishing_again(
    ledger: Ledger, fill: Fill, signer: Signer, out: Path
) -> None:
    fill(300)
    publish(ledger, out, signer)
    before = (out / "checkpoint").read_bytes()
    fill(600)
    publish(ledger, out, signer)
    (out / "checkpoint").write_bytes(before)  # tiles were written, the checkpoint was not
    (out / "tile/0/001").write_bytes(b"torn")
    publish(ledger, out, signer)
    assert verify_folder(out, signer.verifier.vkey).size == 600


# -- verifying


@pytest.fixture
def published(ledger: Ledger, fill: Fill, signer: Signer, out: Path) -> Path:
    """Publish at 40, 258 and 300: partial tiles of an older size are in it."""
    for size in (40, 258, 300):
        fill(size)
        publish(ledger, out, signer)
    return out


def test_a_flipped_bit_in_any_file_is_found(published: Path, signer: Signer) -> None:
    vkey = signer.verifier.vkey
    verify_folder(published, vkey)
    chance = random.Random(11)
    sizes = {path: (published / path).stat().st_size for path in sorted(files(published))}
    places = [(path, at) for path, size in sizes.items() for at in range(size)]
    small = [(path, at) for path, at in places if sizes[path] <= 256]
    assert {path for path, _ in small} == {"checkpoint", "tile/0/001.p/2", "tile/1/000.p/1"}
    for path, at in small + chance.sample(places, 300):
        data = bytearray((published / path).read_bytes())
        original = bytes(data)
        data[at] ^= 1 << chance.randrange(8)
        (published / path).write_bytes(data)
        with pytest.raises(VerificationError):
            verify_folder(published, vkey)
        (published / path).write_bytes(original)
    verify_folder(published, vkey)


def test_every_file_is_needed_whole(published: Path, signer: Signer) -> None:
    needed = {tile.path for tile in tiles_of(300)} | {"checkpoint"}
    for path in sorted(files(published)):
        original = (published / path).read_bytes()
        for shorter in (original[:-1], original[:-32], b""):
            (published / path).write_bytes(shorter)
            with pytest.raises(VerificationError):
                verify_folder(published, signer.verifier.vkey)
        (published / path).unlink()
        if path in needed:
            with pytest.raises(VerificationError, match=rf"^{path}: missing$"):
                verify_folder(published, signer.verifier.vkey)
        (published / path).write_bytes(original)


@pytest.mark.parametrize(
    "path",
    [
        "README",
        "checkpoint.old",
        ".checkpoint.new",
        "tile/0/002",
        "tile/0/001.p/45",
        "tile/2/000.p/1",
        "tile/entries/x000/001",
        "tile/entries/001.p/045",
        "tile/0/000.p/index.html",
    ],
)
def test_a_file_that_does_not_belong_is_refused(
    published: Path, signer: Signer, path: str
) -> None:
    (published / path).parent.mkdir(parents=True, exist_ok=True)
    (published / path).write_bytes(b"x")
    with pytest.raises(VerificationError, match=path):
        verify_folder(published, signer.verifier.vkey)


def test_a_link_is_refused(published: Path, signer: Signer, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    (published / "tile/0/000").rename(target)
    (published / "tile/0/000").symlink_to(target)
    with pytest.raises(VerificationError, match="not a plain file"):
        verify_folder(published, signer.verifier.vkey)


def test_a_key_inside_the_folder_or_of_another_log_is_refused(
    published: Path, signer: Signer, tmp_path: Path
) -> None:
    vkey = signer.verifier.vkey
    inside = published / "log.vkey"
    with pytest.raises(VerificationError, match="lies in the folder"):
        verify_folder(published, vkey, vkey_path=inside)
    (tmp_path / "link").symlink_to(published)
    with pytest.raises(VerificationError, match="lies in the folder"):
        verify_folder(published, vkey, vkey_path=tmp_path / "link" / "log.vkey")
    verify_folder(published, vkey, vkey_path=tmp_path / "log.vkey")
    with pytest.raises(VerificationError, match="expected a signature"):
        verify_folder(published, Signer.generate(signer.name).verifier.vkey)
    with pytest.raises(VerificationError, match="the verifier key"):
        verify_folder(published, "nonsense")


def test_a_log_that_forked_from_an_old_checkpoint_is_refused(
    published: Path, signer: Signer, tmp_path: Path, entry: Make
) -> None:
    other = Ledger.create(tmp_path / "other.sqlite", origin=signer.name)
    with other.group():
        for n in range(40):
            other.append(entry(n, subject="forked"))
    publish(other, tmp_path / "forked", signer)
    other.close()
    forked = (tmp_path / "forked" / "checkpoint").read_text(encoding="utf-8")
    with pytest.raises(VerificationError, match="does not begin with the 40"):
        verify_folder(published, signer.verifier.vkey, old_checkpoints=[forked])
    newest = (published / "checkpoint").read_text(encoding="utf-8")
    with pytest.raises(VerificationError, match="has 300 entries, this ledger has 40"):
        verify_folder(tmp_path / "forked", signer.verifier.vkey, old_checkpoints=[newest])


def signed_log(out: Path, signer: Signer, entries: list[bytes]) -> None:
    """Publish what our own ledger would refuse: its key holder is not to be trusted."""
    leaves = [leaf_hash(one) for one in entries]
    for tile, data in (
        (Tile(ENTRIES, 0, len(entries)), encode_bundle(entries)),
        (Tile(0, 0, len(entries)), b"".join(leaves)),
    ):
        (out / tile.path).parent.mkdir(parents=True, exist_ok=True)
        (out / tile.path).write_bytes(data)
    body = f"{signer.name}\n{len(entries)}\n{b64encode(root(leaves)).decode()}\n"
    (out / "checkpoint").write_text(sign(body, signer), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(
            lambda make: make(2, id="id-0"), "entry 2: its id id-0 was used", id="id"
        ),
        pytest.param(lambda make: make(1, id="new"), "entry 2: its time", id="time"),
        pytest.param(lambda make: make(2) + b" ", "entry 2: ", id="encoding"),
        pytest.param(lambda _: b"", "entry 2: ", id="empty"),
    ],
)
def test_a_signed_entry_that_breaks_the_rules_is_named(
    signer: Signer, entry: Make, out: Path, change: Callable[[Make], bytes], says: str
) -> None:
    good = [entry(n) for n in range(4)]
    signed_log(out, signer, good)
    verify_folder(out, signer.verifier.vkey)
    signed_log(out, signer, [*good[:2], change(entry), good[3]])
    with pytest.raises(VerificationError, match=f"^{says}"):
        verify_folder(out, signer.verifier.vkey)


def test_a_changed_entry_is_named_by_its_index(published: Path, signer: Signer) -> None:
    path = published / "tile/entries/001.p/44"
    path.write_bytes(path.read_bytes().replace(b"id-271", b"id-272"))
    with pytest.raises(VerificationError, match=r"^entry 271: "):
        verify_folder(published, signer.verifier.vkey)


# -- the log of another maker (transparency-dev/tessera)


def any_entries(_first: int, _entries: object, /) -> None:
    """Tessera's entries have no form."""


def test_the_log_of_tessera_verifies_at_each_checkpoint_it_ever_had(tmp_path: Path) -> None:
    verifier = Verifier.from_vkey(
        (VECTORS / "tessera-log.vkey").read_text(encoding="utf-8")
    )
    log = VECTORS / "tessera-log"
    notes = [(log / f"checkpoint.{n}").read_text(encoding="utf-8") for n in range(16)]
    old = [open_checkpoint(one, verifier) for one in notes]
    assert [one.size for one in old] == list(range(16))
    newest = open_checkpoint((log / "checkpoint").read_text(encoding="utf-8"), verifier)
    paths = {path for path in files(log) if path.startswith("tile/")}

    def read(path: str) -> bytes:
        return (log / path).read_bytes()

    check_log(paths, read, newest, any_entries, old_checkpoints=old)
    for one in old:
        within = {path for path in paths if int(path.rpartition("/")[2]) <= one.size}
        check_log(within, read, one, any_entries)

    copytree(log, tmp_path / "copy")
    bad = tmp_path / "copy/tile/0/000.p/9"
    bad.write_bytes(bad.read_bytes()[:-1] + b"\x00")
    with pytest.raises(VerificationError, match=r"tile/0/000\.p/9"):
        check_log(
            paths, lambda path: (tmp_path / "copy" / path).read_bytes(), newest, any_entries
        )
