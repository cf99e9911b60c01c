"""Receipts and evidence bundles: what a stranger is handed of one entry, and checks alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from beforehand.app import keys
from beforehand.app.bundles import bundle_of, receipt_of
from beforehand.app.publishing import publish
from beforehand.app.registers import App
from beforehand.ledger.note import read_vkeys
from beforehand.ledger.proof import open_tlog_proof
from beforehand.refusal import InputError, Refusal
from tests.app.fresh import NAMES, ROOT, appoint, make, name_office


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with make(tmp_path / "register") as made:
        yield made


def test_a_receipt_proves_its_entry_under_the_newest_checkpoint(
    app: App, tmp_path: Path
) -> None:
    publish(app, tmp_path / "site")
    name_office(app, "unit")
    publish(app, tmp_path / "site")
    verifiers = read_vkeys(app.settings.vkey.read_text(encoding="ascii"))
    for index in range(app.ledger.size):
        data, _ = app.entry(index)
        found, under = open_tlog_proof(receipt_of(app, index), data, *verifiers)
        assert (found, under.size) == (index, app.ledger.size)


def test_an_entry_that_no_checkpoint_covers_has_no_receipt_yet(
    app: App, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=r"beyond the 0 that are signed.*Publish first"):
        receipt_of(app, 0)
    publish(app, tmp_path / "site")
    index = name_office(app, "unit")
    with pytest.raises(InputError, match=f"entry {index}: .*beyond the {index} that"):
        receipt_of(app, index)
    with pytest.raises(InputError, match="a number below"):
        receipt_of(app, 99)


def unzip(data: bytes, folder: Path) -> Path:
    with ZipFile(BytesIO(data)) as archive:
        archive.extractall(folder)
    return folder


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "verify.py", "."],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_bundle_holds_entry_receipt_and_documents_and_verifies_alone(
    app: App, tmp_path: Path
) -> None:
    publish(app, tmp_path / "site")
    found = unzip(bundle_of(app, 0), tmp_path / "opened")
    assert (found / "entry.json").read_bytes() == app.entry(0)[0]
    assert [one.read_bytes() for one in (found / "documents").iterdir()] == [NAMES]
    checked = check(found)
    assert checked.returncode == 0, checked.stderr
    (found / "entry.json").write_bytes(app.entry(1)[0])
    assert check(found).returncode == 5


def test_a_bundle_holds_the_safeguards_that_decided_the_entry(
    app: App, tmp_path: Path
) -> None:
    index = name_office(app, "unit")
    publish(app, tmp_path / "site")
    found = unzip(bundle_of(app, app.entry(index)[1].id), tmp_path / "opened")
    policies = app.guards().digest
    assert [one.name for one in (found / "documents").iterdir()] == [policies]
    assert check(found).returncode == 0


def test_a_part_is_disclosed_only_after_its_opening_is_on_the_ledger(
    app: App, tmp_path: Path
) -> None:
    index = appoint(app, "p-new", "analyst")
    appoint(app, "p-counsel", "counsel")
    size = app.ledger.size
    with pytest.raises(InputError, match="Publish first"):
        bundle_of(app, index, parts=("name",), actor="p-counsel", reason="oversight")
    assert app.ledger.size == size  # nothing was opened for a bundle that cannot be made
    publish(app, tmp_path / "site")
    with pytest.raises(InputError, match="who opens it and why"):
        bundle_of(app, index, parts=("name",))
    with pytest.raises(Refusal):
        bundle_of(app, index, parts=("name",), actor=ROOT, reason="oversight")
    size = app.ledger.size
    data = bundle_of(app, index, parts=("name",), actor="p-counsel", reason="oversight")
    assert [app.entry(size)[1].kind, app.ledger.size] == ["sealed.opened", size + 1]
    found = unzip(data, tmp_path / "opened")
    checked = check(found)
    assert "p-new (invented)" in checked.stdout
    assert checked.returncode == 0
    assert "disclosures/name.txt" in ZipFile(BytesIO(data)).namelist()
    sealed = bundle_of(app, index)
    assert b"invented" not in sealed.replace(b"A department (invented)", b"")


def test_a_bundle_names_the_keys_that_signed_its_checkpoint_retired_ones_too(
    app: App, tmp_path: Path
) -> None:
    publish(app, tmp_path / "site")
    (old,) = app.settings.vkey.read_text(encoding="ascii").split()
    keys.rotate(app, actor=ROOT)
    keys.retire(app, keys.key_id(old), actor=ROOT)
    found = unzip(bundle_of(app, 0), tmp_path / "opened")
    assert (found / "log.vkey").read_text(encoding="ascii") == f"{old}\n"
    assert check(found).returncode == 0
    publish(app, tmp_path / "site")
    newer = unzip(bundle_of(app, 0), tmp_path / "newer")
    assert old not in (newer / "log.vkey").read_text(encoding="ascii")
    assert check(newer).returncode == 0
