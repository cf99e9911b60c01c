"""Changing the log's key: both sign for a while; what is in force is what the entries say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from beforehand.app import keys
from beforehand.app.publishing import publish, verify
from beforehand.app.registers import App
from beforehand.ledger.checkpoint import open_checkpoint
from beforehand.ledger.errors import KeyFileError, NoteError, VerificationError
from beforehand.ledger.note import Signer, Verifier
from beforehand.record.acts import Act
from beforehand.record.custody import KeyAdded
from beforehand.refusal import InputError, Refusal
from tests.app.fresh import ROOT, appoint, make, name_office


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with make(tmp_path / "register", anchor=tmp_path / "anchor") as made:
        yield made


def vkeys(app: App) -> list[str]:
    return app.settings.vkey.read_text(encoding="ascii").splitlines()


def shown(site: Path) -> str:
    return (site / "log" / "checkpoint").read_text(encoding="utf-8")


def check(site: Path, *vkey: str, old: tuple[str, ...] = ()) -> int:
    return verify(site, "\n".join(vkey), vkey_path=None, old=old).size


def test_a_key_is_changed_with_an_overlap_in_which_either_key_verifies(
    app: App, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    (old,) = vkeys(app)
    publish(app, site)
    first = shown(site)
    added = keys.rotate(app, actor=ROOT)
    assert vkeys(app) == [old, added.vkeys[1]] == list(added.vkeys)
    new = added.vkeys[1]
    publish(app, site)
    both = shown(site)
    assert both.count("\n\u2014 ") == 2
    for known in ((old,), (new,), (old, new)):
        assert check(site, *known) == app.ledger.size
    assert check(site, old, new, old=(first,)) == app.ledger.size
    # Whoever has only the old key reads the new one in the log that it verifies.
    receipt = added.receipt
    assert receipt is not None
    data, entry = app.entry(receipt.entry)
    assert entry.kind == KeyAdded.kind
    assert new.encode() in data

    retired = keys.retire(app, keys.key_id(old), actor=ROOT)
    assert retired.vkeys == (new,)
    assert vkeys(app) == [new]
    publish(app, site)
    after = shown(site)
    assert after.count("\n\u2014 ") == 1
    with pytest.raises(VerificationError, match="expected a signature"):
        check(site, old)
    assert check(site, new, old=(both,)) == app.ledger.size
    assert open_checkpoint(both, Verifier.from_vkey(old)).size < app.ledger.size
    with pytest.raises(NoteError):
        open_checkpoint(after, Verifier.from_vkey(old))


def test_the_private_half_of_a_retired_key_goes_and_its_public_half_stays(app: App) -> None:
    (old,) = vkeys(app)
    new = keys.rotate(app, actor=ROOT).vkeys[1]
    newest = keys.rotate(app, actor=ROOT).vkeys[2]
    keys.retire(app, keys.key_id(old), actor=ROOT)
    keys.retire(app, keys.key_id(new), actor=ROOT)
    assert keys.private_files(app.settings) == [
        keys.key_file(app.settings, keys.key_id(newest))
    ]
    assert app.settings.retired_vkey.read_text(encoding="ascii").split() == [old, new]
    assert {one.vkey for one in keys.known(app)} == {old, new, newest}
    with pytest.raises(InputError, match=f"a key that signs: {keys.key_id(newest)}"):
        keys.retire(app, keys.key_id(old), actor=ROOT)
    with pytest.raises(InputError, match="another key to sign with"):
        keys.retire(app, keys.key_id(newest), actor=ROOT)
    # A start that meets a checkpoint of the retired key knows it still.
    app.close()
    App.open(app.settings.folder).close()


def test_an_anchor_of_a_key_that_was_retired_is_ours_still(
    app: App, tmp_path: Path
) -> None:
    (old,) = vkeys(app)
    publish(app, tmp_path / "site")
    keys.rotate(app, actor=ROOT)
    keys.retire(app, keys.key_id(old), actor=ROOT)
    # Not to the letter what was recorded: so its signature has to be checked.
    note = shown(tmp_path / "site")
    other = Signer.generate(app.settings.origin)
    from beforehand.ledger.note import sign  # noqa: PLC0415  # used here alone

    text = note.partition("\n\n")[0] + "\n"
    line = sign(text, other).rpartition("\n\n")[2]
    (tmp_path / "anchor").write_text(note + line, encoding="utf-8")
    app.close()
    with App.open(app.settings.folder) as again:
        publish(again, tmp_path / "site")


def test_a_new_key_is_durable_and_private_before_the_act_that_names_it(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Path] = []
    original = app.submit

    def noting(act: Act) -> object:
        seen.extend(app.settings.private.glob("log-*.key"))
        return original(act)

    monkeypatch.setattr(app, "submit", noting)
    key = keys.rotate(app, actor=ROOT).key
    assert seen == [keys.key_file(app.settings, key)]
    assert seen[0].stat().st_mode & 0o777 == 0o600


def test_who_may_not_change_keys_is_refused_and_no_key_is_left(app: App) -> None:
    appoint(app, "p-other", "analyst")
    keys.rotate(app, actor=ROOT)
    files = keys.private_files(app.settings)
    for dry_run in (True, False):
        with pytest.raises(Refusal) as refused:
            keys.rotate(app, actor="p-other", dry_run=dry_run)
        assert (refused.value.entry is None) == dry_run
        assert "person.is-administrator" in {one.safeguard for one in refused.value.unmet}
        with pytest.raises(Refusal):
            keys.retire(app, keys.key_id(vkeys(app)[0]), actor="p-other", dry_run=dry_run)
    assert keys.private_files(app.settings) == files
    assert len(vkeys(app)) == 2


def test_a_try_writes_nothing(app: App) -> None:
    size = app.ledger.size
    assert keys.rotate(app, actor=ROOT, dry_run=True).receipt is None
    assert (app.ledger.size, len(keys.private_files(app.settings))) == (size, 1)


def test_what_is_in_force_is_what_the_entries_say_and_no_file_that_lies_about(
    app: App, tmp_path: Path
) -> None:
    stray = Signer.generate(app.settings.origin)
    path = keys.key_file(app.settings, stray.verifier.key_id.hex())
    path.write_text(stray.private_text, encoding="ascii")
    publish(app, tmp_path / "site")
    assert shown(tmp_path / "site").count("\n\u2014 ") == 1
    assert keys.strays(app) == [path]


def test_a_key_signs_from_the_entry_that_added_it_on_and_not_before(app: App) -> None:
    before = app.ledger.size
    (old,) = vkeys(app)
    new = keys.rotate(app, actor=ROOT).vkeys[1]
    with_both = app.ledger.size
    keys.retire(app, keys.key_id(old), actor=ROOT)

    def at(size: int) -> list[str]:
        try:
            return [one.verifier.vkey for one in keys.signers(app, size=size)]
        except KeyFileError:
            return ["gone"]

    assert at(app.ledger.size) == [new]
    assert at(with_both) == at(before) == ["gone"]  # nothing old is ever signed again


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda path: path.unlink(), id="missing"),
        pytest.param(lambda path: path.write_text("PRIVATE+KEY+x"), id="damaged"),
        pytest.param(
            lambda path: path.write_text(Signer.generate("log.example/new").private_text),
            id="another",
        ),
    ],
)
@pytest.mark.parametrize("which", ["founding", "added"])
def test_a_key_file_that_is_not_what_it_should_be_signs_nothing(
    app: App, tmp_path: Path, which: str, change: object
) -> None:
    assert callable(change)
    added = keys.rotate(app, actor=ROOT)
    path = app.settings.log_key
    if which == "added":
        path = keys.key_file(app.settings, added.key)
    change(path)
    with pytest.raises(KeyFileError, match=str(path)):
        publish(app, tmp_path / "site")
    assert app.ledger.checkpoints() == []
    assert len(vkeys(app)) == 2


def test_a_lost_key_can_be_retired_once_another_signs(app: App, tmp_path: Path) -> None:
    (old,) = vkeys(app)
    keys.rotate(app, actor=ROOT)
    app.settings.log_key.unlink()
    keys.retire(app, keys.key_id(old), actor=ROOT)
    assert publish(app, tmp_path / "site").checkpoint.size == app.ledger.size


def test_key_files_that_a_crash_left_behind_are_settled_when_publishing(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (old,) = vkeys(app)
    secret = app.settings.log_key.read_text(encoding="ascii")
    with monkeypatch.context() as patched:
        patched.setattr(keys, "settle", lambda _: ())
        keys.rotate(app, actor=ROOT)
        assert vkeys(app) == [old]
        keys.retire(app, keys.key_id(old), actor=ROOT)
    name_office(app, "unit")
    assert app.settings.log_key.read_text(encoding="ascii") == secret
    publish(app, tmp_path / "site")
    assert not app.settings.log_key.exists()
    assert check(tmp_path / "site", *vkeys(app)) == app.ledger.size
    assert old not in vkeys(app)
