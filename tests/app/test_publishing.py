"""Publishing a register: to any place, only what changed, and never over what is not ours."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from beforehand.app import outside, publishing
from beforehand.app.publishing import publish, verify
from beforehand.app.registers import App
from beforehand.ledger.errors import (
    AnchorError,
    InconsistentError,
    NotOursError,
    OvertakenError,
    RolledBackError,
)
from beforehand.ledger.ledger import Ledger
from beforehand.ledger.shelves import Folder, Remote, open_shelf
from beforehand.refusal import InputError
from tests.app.fresh import make, name_office

_numbers = count()


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    (tmp_path / "elsewhere").mkdir()
    with make(tmp_path / "register", anchor=tmp_path / "elsewhere" / "anchor") as made:
        yield made


def vkeys(app: App) -> str:
    return app.settings.vkey.read_text(encoding="ascii")


def test_the_same_site_is_published_to_a_folder_and_to_an_object_store(
    app: App, tmp_path: Path
) -> None:
    url = f"memory://app/{next(_numbers)}/site"
    publish(app, tmp_path / "site")
    publish(app, url)
    folder, store = Folder(tmp_path / "site"), open_shelf(url)
    assert "index.html" in folder.paths()
    assert sorted(folder.paths()) == sorted(store.paths())
    for path in folder.paths():
        assert folder.read(path) == store.read(path)
    found = verify(tmp_path / "site", vkeys(app), vkey_path=None, old=())
    assert found.size == app.ledger.size


def test_a_second_publication_puts_only_what_changed(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(app, tmp_path / "site")
    (tmp_path / "site" / "gone.html").write_text("of an earlier version")
    put: list[str] = []
    original = Folder.put

    def noting(shelf: Folder, path: str, data: bytes) -> None:
        put.append(path)
        original(shelf, path, data)

    monkeypatch.setattr(Folder, "put", noting)
    publish(app, tmp_path / "site")
    assert put == []
    assert not (tmp_path / "site" / "gone.html").exists()
    name_office(app, "unit")
    publish(app, tmp_path / "site")
    assert put[0] == "checkpoint"
    assert "index.html" in put
    unchanged = set(Folder(tmp_path / "site").paths(but="log")) - set(put)
    assert any(path.endswith(".css") for path in unchanged)


def test_a_place_with_files_of_others_is_left_alone(app: App, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter").write_text("mine")
    url = f"memory://app/{next(_numbers)}/home"
    open_shelf(url).put("letter", b"mine")
    for target in (tmp_path / "home", url):
        with pytest.raises(InputError, match="an empty place"):
            publish(app, target)
        assert open_shelf(target).paths() == ["letter"]
    assert outside.targets(app.settings) == []


def test_places_are_remembered_once_relative_where_they_move_with_the_register(
    app: App, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    far = tmp_path_factory.mktemp("far") / "site"
    url = f"memory://app/{next(_numbers)}"
    for target in (tmp_path / "site", far, url, tmp_path / "site"):
        publish(app, target)
    noted = json.loads(app.settings.targets.read_bytes())
    assert noted == ["../site", str(far), url]
    assert app.settings.targets.stat().st_mode & 0o077 == 0


def test_two_publishers_of_one_register_both_succeed(app: App, tmp_path: Path) -> None:
    folder = app.settings.folder
    with App.open(folder) as other, ThreadPoolExecutor(2) as pool:
        for n in range(4):
            name_office(app, f"o{n}")
            both = [pool.submit(publish, one, tmp_path / "site") for one in (app, other)]
            assert {one.result().checkpoint.size for one in both} == {app.ledger.size}
    verify(tmp_path / "site", vkeys(app), vkey_path=None, old=())
    sizes = [one.checkpoint.size for one in app.ledger.checkpoints()]
    assert sizes == sorted(set(sizes))


@pytest.mark.parametrize("times", [1, publishing.ATTEMPTS - 1, publishing.ATTEMPTS])
def test_who_is_overtaken_by_another_machine_begins_again_a_few_times(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    original = Ledger.record_checkpoint
    left = times

    def overtaken(ledger: Ledger, *given: object, **named: object) -> None:
        nonlocal left
        if left:
            left -= 1
            raise OvertakenError("another machine was first")
        original(ledger, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Ledger, "record_checkpoint", overtaken)
    if times < publishing.ATTEMPTS:
        assert publish(app, tmp_path / "site").checkpoint.size == app.ledger.size
    else:
        with pytest.raises(OvertakenError):
            publish(app, tmp_path / "site")
        assert not (tmp_path / "site" / "log" / "checkpoint").exists()


# -- the start-up check ------------------------------------------------------------------


def put_back(app: App, copy: Path) -> None:
    """Put an older copy of the database in place of the one there is."""
    app.close()
    for path in app.settings.folder.glob("ledger.sqlite*"):
        path.unlink()
    shutil.copy(copy, app.settings.folder / "ledger.sqlite")


def copy_of(app: App, path: Path) -> Path:
    with closing(sqlite3.connect(app.settings.folder / "ledger.sqlite")) as db:
        db.execute("VACUUM INTO ?", (str(path),))
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
    return path


@pytest.mark.parametrize("seen_by", ["anchor", "checkpoint"])
def test_an_older_database_that_was_put_back_is_seen_at_the_start(
    app: App, tmp_path: Path, seen_by: str
) -> None:
    publish(app, tmp_path / "site")
    copy = copy_of(app, tmp_path / "copy.sqlite")
    name_office(app, "unit")
    publish(app, tmp_path / "site")
    anchor = tmp_path / "elsewhere" / "anchor"
    older = app.ledger.checkpoints()[0].note
    if seen_by == "anchor":
        shutil.rmtree(tmp_path / "site")
    else:
        anchor.write_text(older)
    put_back(app, copy)
    with pytest.raises(RolledBackError, match="Do not append or publish") as said:
        App.open(app.settings.folder)
    where = tmp_path / "elsewhere" if seen_by == "anchor" else tmp_path / "register"
    assert str(where) in str(said.value)
    with pytest.raises(RolledBackError):  # and it stays so: nothing was mended
        App.open(app.settings.folder)


def test_a_folder_that_shows_another_history_or_another_log_is_seen_at_the_start(
    app: App, tmp_path: Path
) -> None:
    publish(app, tmp_path / "site")
    folder = app.settings.folder
    checkpoint = tmp_path / "site" / "log" / "checkpoint"
    own = checkpoint.read_bytes()
    app.close()
    with make(tmp_path / "other" / "register") as other:
        publish(other, tmp_path / "other" / "site")
    checkpoint.write_bytes(
        (tmp_path / "other" / "site" / "log" / "checkpoint").read_bytes()
    )
    with pytest.raises(NotOursError, match="expected a signature"):
        App.open(folder)
    checkpoint.write_bytes(own)
    App.open(folder).close()
    # Signed with the register's own key, over entries that it does not have.
    with closing(Ledger.create(tmp_path / "fork.sqlite", origin="log.example/new")) as fork:
        from beforehand.app import keys  # noqa: PLC0415  # used here alone
        from beforehand.ledger.publish import publish as publish_log  # noqa: PLC0415

        with App.open(folder) as again:
            signers = keys.signers(again, size=again.ledger.size)
            data, _ = again.entry(0)
        with fork.group():
            fork.append(data.replace(b'"department":"dept"', b'"department":"left"'))
        checkpoint.unlink()
        shutil.rmtree(checkpoint.parent)
        publish_log(fork, checkpoint.parent, *signers)
    with pytest.raises(InconsistentError, match="not what was signed at 1"):
        App.open(folder)


def test_a_published_folder_that_is_gone_or_a_remote_one_does_not_stop_a_start(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(app, tmp_path / "site")
    publish(app, f"memory://app/{next(_numbers)}")
    shutil.rmtree(tmp_path / "site")

    def unreachable(*_: object) -> None:
        raise AssertionError("no remote place is asked at the start")

    monkeypatch.setattr(Remote, "at", unreachable)
    App.open(app.settings.folder).close()


def test_a_missing_anchor_is_named_at_the_start(app: App, tmp_path: Path) -> None:
    anchor = tmp_path / "elsewhere" / "anchor"
    assert anchor.read_bytes() == b""
    publish(app, tmp_path / "site")
    assert anchor.read_bytes() == (tmp_path / "site" / "log" / "checkpoint").read_bytes()
    anchor.unlink()
    app.close()
    with pytest.raises(AnchorError, match=r"If it is new in register\.toml, copy"):
        App.open(app.settings.folder)
    anchor.write_bytes((tmp_path / "site" / "log" / "checkpoint").read_bytes())
    App.open(app.settings.folder).close()


def test_a_new_register_does_not_take_the_anchor_of_another(tmp_path: Path) -> None:
    (tmp_path / "anchor").write_text("of another")
    with pytest.raises(InputError, match="anchor of another register"):
        make(tmp_path / "a", anchor=tmp_path / "anchor")
    with pytest.raises(InputError, match="a folder for the anchor"):
        make(tmp_path / "a", anchor=tmp_path / "nowhere" / "anchor")
    assert not (tmp_path / "a").exists()


def test_an_anchor_in_the_settings_is_read_back_and_must_be_absolute(app: App) -> None:
    folder = app.settings.folder
    with App.open(folder) as again:
        assert again.settings.anchor == app.settings.anchor
    text = (folder / "register.toml").read_text(encoding="utf-8")
    (folder / "register.toml").write_text(
        text.replace(f'anchor = "{app.settings.anchor}"', 'anchor = "a/file"')
    )
    with pytest.raises(InputError, match="an absolute path"):
        App.open(folder)
