"""The check-up: it names what is missing and what to do, and raises no false alarm."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from beforehand.app import checkup_ledger, clock, keys
from beforehand.app.bundles import receipt_of
from beforehand.app.checkup import examine
from beforehand.app.checkup_ledger import Check, Kept
from beforehand.app.publishing import publish
from beforehand.app.registers import App
from beforehand.app.sealing import name_reader
from beforehand.ledger.durable import write_private
from beforehand.ledger.wraps import ReaderKey
from tests.app.fresh import ROOT, appoint, make, name_office


@pytest.fixture
def healthy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """A register that has everything: an anchor on another volume, an inspector general, all published."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    real = checkup_ledger.volume
    monkeypatch.setattr(
        checkup_ledger, "volume", lambda path: real(path) + (path == elsewhere)
    )
    with make(tmp_path / "register", anchor=elsewhere / "anchor") as app:
        appoint(app, "p-second", "administrator")
        appoint(app, "p-ig", "inspector_general")
        key = ReaderKey.generate("inspector_general")
        name_reader(app, key.public, reader="inspector_general", actor="p-ig")
        publish(app, tmp_path / "site")
        yield app


def missing(app: App, kept: Kept | None = None) -> dict[str, str]:
    """Return what is missing, and what to do about each; each says it."""
    found = [one for one in examine(app, kept) if not one.sound and one.counts]
    assert all(one.do for one in found)
    return {one.what: one.do for one in found}


def test_a_register_that_has_everything_is_told_so(healthy: App) -> None:
    assert missing(healthy) == {}
    remarks = {one.what for one in examine(healthy) if not one.sound}
    assert remarks == {
        "no witness has signed a checkpoint",
        "no receipt or older checkpoint was held against the ledger",
    }


def only(app: App, words: str) -> str:
    """Return what to do about the one thing that is missing."""
    ((what, do),) = missing(app).items()
    assert words in what
    return do


def test_what_is_not_published_is_named(healthy: App, tmp_path: Path) -> None:
    name_office(healthy, "unit")
    assert "beforehand publish" in only(healthy, "holds 5 of 6 entries")
    publish(healthy, tmp_path / "second")
    assert "take it off the list" in only(healthy, "site shows 5 of 6 signed entries")
    publish(healthy, tmp_path / "site")
    assert missing(healthy) == {}
    (tmp_path / "second" / "log" / "checkpoint").unlink()
    only(healthy, "second shows no checkpoint")


def test_an_anchor_that_is_behind_missing_or_on_the_same_volume_is_named(
    healthy: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    anchor = tmp_path / "elsewhere" / "anchor"
    newest = anchor.read_bytes()
    anchor.write_bytes(b"")
    assert "moves it on" in only(healthy, "the anchor holds 0 of 5")
    anchor.unlink()
    assert "copy the `checkpoint`" in only(healthy, "the anchor is one of this ledger")
    anchor.write_bytes(newest)
    monkeypatch.undo()
    assert "move it to another" in only(healthy, "another volume")


def test_a_register_without_an_anchor_reader_name_or_publication_is_told_each(
    tmp_path: Path,
) -> None:
    with make(tmp_path / "r", origin="beforehand.invalid/r") as app:
        found = missing(app)
    for words in (
        "anchor",
        "published nowhere",
        "0 of 2 entries",
        "inspector general",
        "named",
        "second",
    ):
        assert any(words in what for what in found), words


@pytest.mark.parametrize(
    ("change", "words", "do"),
    [
        pytest.param(
            lambda app: app.settings.log_key.chmod(0o644),
            "owner alone",
            "chmod 600",
            id="open",
        ),
        pytest.param(
            lambda app: app.settings.log_key.unlink(),
            "every key that signs",
            "backup",
            id="lost",
        ),
        pytest.param(
            lambda app: app.settings.vkey.unlink(),
            "every key that signs",
            "handed out",
            id="vkey",
        ),
        pytest.param(
            lambda app: write_private(keys.key_file(app.settings, "01234567"), b"a key"),
            "does not sign",
            "Remove",
            id="stray",
        ),
    ],
)
def test_key_files_that_are_not_as_they_should_be_are_named(
    healthy: App, change: Callable[[App], object], words: str, do: str
) -> None:
    change(healthy)
    assert do in only(healthy, words)


def test_a_key_change_under_way_is_a_remark(healthy: App, tmp_path: Path) -> None:
    keys.rotate(healthy, actor=ROOT)
    publish(healthy, tmp_path / "site")
    assert missing(healthy) == {}
    remark = named(healthy, "2 keys sign")
    assert not remark.sound
    assert not remark.counts


def named(app: App, words: str) -> Check:
    return next(one for one in examine(app) if words in one.what)


def test_a_clock_that_was_set_back_is_named(
    healthy: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now - timedelta(minutes=3))
    assert "Set it right" in named(healthy, "the clock is").do


def test_sealed_parts_that_do_not_open_are_counted(healthy: App) -> None:
    assert "2 of 2 parts" in named(healthy, "what is sealed").what
    with closing(sqlite3.connect(healthy.settings.private / "vault.sqlite")) as db, db:
        db.execute("DELETE FROM parts WHERE entry_id = (SELECT min(entry_id) FROM parts)")
    assert "1 cannot" in only(healthy, "1 of 2 parts")


def test_what_others_kept_is_held_against_the_ledger(healthy: App, tmp_path: Path) -> None:
    note = (tmp_path / "site" / "log" / "checkpoint").read_bytes()
    receipt = receipt_of(healthy, 2).encode()
    name_office(healthy, "unit")
    publish(healthy, tmp_path / "site")
    kept = Kept(checkpoints={"c": note}, receipts={"r": receipt})
    assert missing(healthy, kept) == {}
    with make(tmp_path / "other" / "r") as other:
        publish(other, tmp_path / "other" / "site")
        strange = receipt_of(other, 1).encode()
    wrong = {
        "another log": strange,
        "index": receipt.replace(b"index 2", b"index 3"),
        "none": b"nonsense",
        "no text": receipt.replace(b"index 2", b"index \xff"),
    }
    found = missing(healthy, Kept(receipts=wrong, checkpoints={"c2": strange}))
    assert [one for name in wrong for one in found if name in one] == list(found)[1:]
    assert (
        "Entry 3 is not what it was"
        in found["the receipt index is of an entry of this ledger"]
    )


def test_only_what_others_kept_shows_an_older_database_without_an_anchor(
    tmp_path: Path,
) -> None:
    with make(tmp_path / "r") as app:
        copy = tmp_path / "copy.sqlite"
        with closing(sqlite3.connect(app.settings.folder / "ledger.sqlite")) as db:
            db.execute("VACUUM INTO ?", (str(copy),))
        name_office(app, "unit")
        publish(app, tmp_path / "site")
        receipt = receipt_of(app, 2).encode()
        note = app.ledger.checkpoints()[0].note.encode()
    for path in (tmp_path / "r").glob("ledger.sqlite*"):
        path.unlink()
    with closing(sqlite3.connect(copy)) as db:
        db.execute("PRAGMA journal_mode = WAL")
    copy.rename(tmp_path / "r" / "ledger.sqlite")
    shutil.rmtree(tmp_path / "site")
    with App.open(tmp_path / "r") as restored:
        before = missing(restored)
        found = missing(restored, Kept(checkpoints={"c": note}, receipts={"r": receipt}))
    assert len(found) == len(before) + 2
    assert all(
        "was an older copy restored?" in found[one] for one in set(found) - set(before)
    )
