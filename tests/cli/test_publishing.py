"""The terminal: publishing to any place, receipts, bundles, keys, and the start-up check."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from beforehand.cli import main

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def register(tmp_path: Path, capsys: Capture) -> Path:
    folder = tmp_path / "invented"
    (tmp_path / "elsewhere").mkdir()
    made = run(
        "init", folder, "--title", "Invented", "--office", "dept", "--administrator", "p-root",
        "--origin", "log.example/invented", "--anchor", tmp_path / "elsewhere" / "anchor",
    )  # fmt: skip
    assert made == 0
    capsys.readouterr()
    return folder


def run(*arguments: object) -> int:
    return main([str(one) for one in arguments])


def ran(capsys: Capture, *arguments: object, exits: int = 0) -> dict[str, object]:
    """Run a command with --json and return what it printed."""
    assert run(*arguments, "--json") == exits
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_a_register_is_published_to_an_object_store(
    register: Path, capsys: Capture
) -> None:
    url = "memory://cli/site"
    assert ran(capsys, "publish", register, url)["size"] == 2
    assert run("publish", register, url) == 0
    assert f"Published 2 entries to {url}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("target", "words"),
    [
        pytest.param("nowhere://x", "Protocol not known", id="unknown protocol"),
        pytest.param(
            "s3://who:secret@bucket", "For s3:// install s3fs", id="not installed"
        ),
    ],
)
def test_a_place_that_cannot_be_reached_exits_2_and_says_what_to_install(
    register: Path, capsys: Capture, target: str, words: str
) -> None:
    assert run("publish", register, target) == 2
    said = capsys.readouterr().err
    assert words in said
    assert "secret" not in said


def test_a_receipt_is_printed_kept_and_verified(
    register: Path, tmp_path: Path, capsys: Capture
) -> None:
    assert run("receipt", register, "0") == 2
    assert "Publish first" in capsys.readouterr().err
    site, vkey = tmp_path / "site", register / "log.vkey"
    assert run("publish", register, site) == 0
    capsys.readouterr()
    assert run("receipt", register, "0") == 0
    text = capsys.readouterr().out
    assert text.startswith("c2sp.org/tlog-proof@v1\nindex 0\n")
    kept = tmp_path / "kept.tlog-proof"
    assert run("receipt", register, "0", "--out", kept) == 0
    assert kept.read_text(encoding="utf-8") == text
    assert run("receipt", register, "1", "--out", kept) == 2
    assert kept.read_text(encoding="utf-8") == text
    capsys.readouterr()
    assert run("show", register, "0", "--json") == 0
    entry = tmp_path / "entry.json"
    entry.write_bytes(bundled_entry(register, tmp_path))
    capsys.readouterr()
    both = ("--vkey", vkey, "--proof", kept, "--entry", entry)
    found = ran(capsys, "verify", *both)
    assert found == {
        "verified": True,
        "index": 0,
        "under": 2,
        "origin": "log.example/invented",
    }
    assert ran(capsys, "verify", site, *both)["size"] == 2
    entry.write_bytes(entry.read_bytes().replace(b"dept", b"debt"))
    assert run("verify", *both) == 5
    assert "leads to another root" in capsys.readouterr().err


def bundled_entry(register: Path, folder: Path) -> bytes:
    out = folder / "entry.zip"
    assert run("bundle", register, "0", "--out", out) == 0
    with ZipFile(out) as archive:
        return archive.read("entry.json")


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--proof", "x"], id="a proof of nothing"),
        pytest.param(["--entry", "x"], id="an entry without a proof"),
        pytest.param([], id="nothing to verify"),
    ],
)
def test_verify_says_what_it_needs(
    register: Path, capsys: Capture, arguments: list[str]
) -> None:
    assert run("verify", "--vkey", register / "log.vkey", *arguments) == 2
    assert "a folder, or --proof and --entry" in capsys.readouterr().err


def test_the_checkpoint_of_a_receipt_is_one_that_the_log_must_extend(
    register: Path, tmp_path: Path, capsys: Capture
) -> None:
    site, vkey = tmp_path / "site", register / "log.vkey"
    assert run("publish", register, site) == 0
    shutil.copytree(site, tmp_path / "older")
    assert run("rotate-key", register, "--as", "p-root") == 0
    assert run("publish", register, site) == 0
    kept, entry = tmp_path / "kept", tmp_path / "entry.json"
    assert run("receipt", register, "0", "--out", kept) == 0
    entry.write_bytes(bundled_entry(register, tmp_path))
    both = ("--vkey", vkey, "--proof", kept, "--entry", entry)
    assert run("verify", site, *both) == 0
    assert run("verify", tmp_path / "older", *both) == 5
    assert "an old checkpoint has 3 entries, this ledger has 2" in capsys.readouterr().err


def test_a_bundle_is_written_once_and_checks_alone(
    register: Path, tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "evidence.zip"
    assert run("bundle", register, "0", "--out", out) == 2
    assert not out.exists()
    assert run("publish", register, tmp_path / "site") == 0
    assert run("bundle", register, "0", "--out", out, "--part", "name") == 2
    assert "--as PERSON and --reason" in capsys.readouterr().err
    assert run("bundle", register, "0", "--out", out) == 0
    written = out.read_bytes()
    assert run("bundle", register, "1", "--out", out) == 2
    assert out.read_bytes() == written
    assert run("bundle", register, "1", "--out", out, "--force") == 0
    assert out.read_bytes() != written
    with ZipFile(out) as archive:
        archive.extractall(tmp_path / "opened")
    checked = subprocess.run(
        [sys.executable, "-I", "verify.py", "."], cwd=tmp_path / "opened", check=False
    )
    assert checked.returncode == 0


def test_the_verifier_that_is_printed_verifies_what_is_published(
    register: Path, tmp_path: Path, capsys: Capture
) -> None:
    assert run("publish", register, tmp_path / "site") == 0
    capsys.readouterr()
    assert run("verifier") == 0
    (tmp_path / "verify.py").write_text(capsys.readouterr().out, encoding="utf-8")
    command = [
        sys.executable,
        "-I",
        "verify.py",
        "site",
        "--vkey",
        str(register / "log.vkey"),
    ]
    assert subprocess.run(command, cwd=tmp_path, check=False).returncode == 0
    (tmp_path / "site" / "log" / "tile" / "entries" / "000.p" / "2").write_bytes(b"x")
    assert subprocess.run(command, cwd=tmp_path, check=False).returncode == 5


def test_a_key_is_rotated_and_retired(
    register: Path, tmp_path: Path, capsys: Capture
) -> None:
    vkey = register / "log.vkey"
    old = vkey.read_text(encoding="ascii").strip()
    assert run("rotate-key", register, "--as", "p-root", "--dry-run") == 0
    assert "nothing was written" in capsys.readouterr().out
    added = ran(capsys, "rotate-key", register, "--as", "p-root")
    assert added["entry"] == 2
    assert vkey.read_text(encoding="ascii").splitlines() == added["vkeys"]
    assert run("publish", register, tmp_path / "site") == 0
    assert run("verify", tmp_path / "site", "--vkey", vkey) == 0
    key = old.split("+")[1]
    assert run("retire-key", register, "nothing", "--as", "p-root") == 2
    assert run("retire-key", register, key, "--as", "p-nobody") == 3
    capsys.readouterr()
    assert ran(capsys, "retire-key", register, key, "--as", "p-root")["key"] == key
    assert old not in vkey.read_text(encoding="ascii")
    assert run("publish", register, tmp_path / "site") == 0
    assert run("verify", tmp_path / "site", "--vkey", vkey) == 0
    (tmp_path / "old.vkey").write_text(old, encoding="ascii")
    assert run("verify", tmp_path / "site", "--vkey", tmp_path / "old.vkey") == 5


def test_an_anchor_that_says_more_than_the_ledger_stops_every_command_with_5(
    register: Path, tmp_path: Path, capsys: Capture
) -> None:
    files = {path.name: path.read_bytes() for path in register.glob("ledger.sqlite*")}
    assert run("publish", register, tmp_path / "site") == 0
    shutil.rmtree(tmp_path / "site")
    for path in register.glob("ledger.sqlite*"):
        path.unlink()
    for name, data in files.items():
        (register / name).write_bytes(data)
    for command, *more in (
        ("list",),
        ("doctor",),
        ("publish", tmp_path / "site"),
        ("rotate-key", "--as", "p-root"),
    ):
        assert run(command, register, *more) == 5
        assert "was an older copy restored? Do not append" in capsys.readouterr().err
    assert not (tmp_path / "site").exists()


def test_doctor_takes_what_others_kept(
    register: Path, tmp_path: Path, capsys: Capture
) -> None:
    assert run("publish", register, tmp_path / "site") == 0
    kept = tmp_path / "kept"
    assert run("receipt", register, "1", "--out", kept) == 0
    checkpoint = tmp_path / "site" / "log" / "checkpoint"
    capsys.readouterr()
    assert run("doctor", register, "--receipt", kept, "--checkpoint", checkpoint) == 6
    said = capsys.readouterr().out
    assert f"ok       the checkpoint {checkpoint} is one of this ledger" in said
    assert f"ok       the receipt {kept} is of an entry of this ledger" in said
    assert "remark   no witness has signed a checkpoint" in said
    assert run("doctor", register, "--receipt", tmp_path / "none") == 2
