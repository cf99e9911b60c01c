"""The demo, run as a newcomer runs it, and what can be done with what it leaves."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from beforehand.app.accountability import lines as parts
from beforehand.app.wrongs import lines as wrongs

if TYPE_CHECKING:
    from collections.abc import Iterator

BEFOREHAND = [sys.executable, "-m", "beforehand.cli"]


def run(
    *arguments: str | Path, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*BEFOREHAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        cwd=cwd,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("demo") / "d"
    # By a relative name, as `make demo` has it.
    done = run("demo", "--dir", folder.name, "--no-serve", "--json", cwd=folder.parent)
    assert done.returncode == 0, done.stderr
    yield folder, json.loads(done.stdout)
    shutil.rmtree(folder)


def test_it_says_in_one_object_what_it_found_refused_and_answered(
    demo: tuple[Path, dict[str, Any]],
) -> None:
    _, found = demo
    assert found["verified"] is True
    assert found["replayed"] is True
    assert set(found["sandbox"]["refused"]["safeguards"]) == {
        "person.recertified",
        "request.approved",
        "request.concurred",
    }
    answered = found["sandbox"]["answered"]
    assert answered["rows"] >= 50
    assert answered["hidden"] > 0
    assert 0 < answered["rho"] <= 0.05
    assert 0 < answered["delta"] <= 1e-8
    assert answered["sigma"] > 5


def test_its_audit_has_the_findings_statements_and_counts_of_the_public_record(
    demo: tuple[Path, dict[str, Any]],
) -> None:
    audit = demo[1]["audit"]
    approved = {
        one["subject"]: one["verdict"]
        for one in audit["findings"]
        if one["safeguard"] == "assessment.approved"
    }
    assert len(approved) == 16
    assert set(approved.values()) == {"fails"}
    assert {one["id"]: one["verdict"] for one in audit["statements"]} == {
        "ice-stopped-2024-01": "reversed",
        "ice-no-requests-2022-12": "reversed",
        "ice-no-unit-since-2021": "reversed",
        "ice-refused-2023-09": "consistent",
        "cbp-ended-2023": "consistent",
        "cbp-pia-by-march-2024": "late",
        "cbp-pia-period": "conflicting",
        "cbp-pta-period": "conflicting",
        "cbp-anonymized-2020": "undecidable",
        "dhs-policy-by-june-2024": "overdue",
        "usss-consent-none-2022": "undecidable",
        "usss-no-longer-2024": "consistent",
    }
    counts = {
        one["id"]: (one["stated"], one["certain"], one["possible"])
        for one in audit["counts"]
    }
    assert counts["oig-nine-contracts"] == (9, 2, 7)


def test_it_leaves_registers_keys_and_sites_where_they_are_promised(
    demo: tuple[Path, dict[str, Any]],
) -> None:
    folder, _ = demo
    for name in ("dhs-ctd", "sandbox", "held-to-account"):
        assert (folder / name / "register.toml").is_file()
        assert (folder / name / "log.vkey").stat().st_mode & 0o044 == 0o044
        assert (folder / name / "private").stat().st_mode & 0o077 == 0
        for path in ("index.html", "data/index.json", "log/checkpoint", "log/tile/0/000.p"):
            assert (folder / "site" / name / path).exists(), path
    left = [one.name for one in folder.parent.iterdir()]
    assert left == [folder.name]
    index = (folder / "site" / "index.html").read_text()
    assert 'href="held-to-account/index.html"' in index


def test_it_says_for_each_line_of_its_stories_what_was_met(
    demo: tuple[Path, dict[str, Any]],
) -> None:
    _, found = demo
    for key, lines in (("what_went_wrong", wrongs()), ("held_to_account", parts())):
        assert [one["line"] for one in found[key]] == list(lines)
        for one in found[key]:
            assert one["met"], one
            for step in one["met"]:
                assert set(step) == {"tried", "outcome", "safeguards", "entry", "said"}
                assert step["outcome"] in ("refused", "impossible", "shown", "recorded")


def test_the_register_that_is_held_to_account_can_be_read_afterwards(
    demo: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    register = demo[0] / "held-to-account"
    (one,) = json.loads(run("recommendations", register, "--json").stdout)[
        "recommendations"
    ]
    assert (one["status"], one["slips"], one["holds"]) == ("open_resolved", 1, "fails")
    leads = json.loads(run("radar", register, "--json").stdout)["leads"]
    assert [one["state"] for one in leads] == ["confirmed", "dismissed"]
    assert "Nothing to note." in run("oversee", register).stdout
    assert "Nothing has flipped." in run("statement", "watch", register).stdout
    shutil.unpack_archive(register / "no-question-by-land.zip", tmp_path)
    vkey = register / "log.vkey"
    verified = run("verify", tmp_path, "--absence", "--vkey", vkey)
    assert (verified.returncode, "question.admitted" in verified.stdout) == (0, True)
    assert run("replay", register).returncode == 0


@pytest.mark.parametrize("name", ["dhs-ctd", "sandbox"])
def test_any_changed_byte_of_an_exported_ledger_makes_verify_exit_5(
    demo: tuple[Path, dict[str, Any]], tmp_path: Path, name: str
) -> None:
    folder, _ = demo
    log, vkey = tmp_path / "log", folder / name / "log.vkey"
    shutil.copytree(folder / "site" / name / "log", log)
    good = run("verify", log, "--vkey", vkey)
    assert (good.returncode, "Verified" in good.stdout) == (0, True)
    files = [one for one in sorted(log.rglob("*")) if one.is_file()]
    for path in files:
        data = path.read_bytes()
        for at in {0, len(data) // 2, len(data) - 1}:
            path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            bad = run("verify", log, "--vkey", vkey)
            assert bad.returncode == 5, (path, at)
            assert "Verification failed" in bad.stderr
        path.write_bytes(data)
    (log / "extra").write_text("x")
    assert run("verify", log, "--vkey", vkey).returncode == 5


def test_a_contracting_officer_is_told_before_an_award(
    demo: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    register = demo[0] / "sandbox"
    allowed = run(
        "check", register, register / "award.json", "--json", "--page", tmp_path / "c.html"
    )
    assert allowed.returncode == 0, allowed.stderr
    certificate = json.loads(allowed.stdout)
    assert certificate["allowed"] is True
    assert certificate["assessment"] == "pia-1"
    assert len(certificate["text"]) == 64
    assert certificate["size"] > 40
    assert certificate["text"] in (tmp_path / "c.html").read_text()
    refused = run("check", register, register / "award-uncovered.json", "--json")
    assert refused.returncode == 3
    unmet = {one["safeguard"] for one in json.loads(refused.stdout)["unmet"]}
    assert {"assessment.approved", "assessment.covers"} <= unmet
    assert "E-Government Act" in refused.stderr


def test_the_same_question_again_gives_the_stored_answer(
    demo: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    register = tmp_path / "sandbox"
    shutil.copytree(demo[0] / "sandbox", register)
    again = run("ask", register, register / "question.json", "--json")
    assert again.returncode == 0, again.stderr
    answered = demo[1]["sandbox"]["answered"]
    assert json.loads(again.stdout)["entry"] == answered["entry"]
    refused = run("ask", register, register / "question.json", "--as", "p-spruce")
    assert refused.returncode == 3
    assert "request.own" in refused.stderr
    listed = json.loads(run("list", register, "--kind", "act.refused", "--json").stdout)
    assert listed["entries"][-1]["actor"] == "p-spruce"
    assert run("replay", register).returncode == 0


def test_a_second_demo_replaces_the_first_and_prints_a_table_of_each_story(
    demo: tuple[Path, dict[str, Any]],
) -> None:
    folder, _ = demo
    before = (folder / "sandbox" / "log.vkey").read_text()
    done = run("demo", "--dir", folder, "--no-serve")
    assert done.returncode == 0, done.stderr
    table = done.stdout[done.stdout.index("Oversight, each part once") :]
    # A cell that is too long for its column goes on below: its first words are enough.
    for words in (*(one[:40] for one in parts()), "refused (entry ", "recorded (entry "):
        assert words in table
    assert f"beforehand recommendations {folder / 'held-to-account'}" in done.stderr
    assert (folder / "sandbox" / "log.vkey").read_text() != before
    assert [one.name for one in folder.parent.iterdir()] == [folder.name]


def test_an_interrupted_demo_leaves_nothing(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*BEFOREHAND, "demo", "--dir", str(tmp_path / "d"), "--no-serve"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as running:
        for _ in range(200):
            if list(tmp_path.glob("d.building-*/sandbox/register.toml")):
                break
            time.sleep(0.05)
        time.sleep(1)  # into the making of the city
        os.killpg(running.pid, signal.SIGINT)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert b"Interrupted" in said
    assert b"Traceback" not in said
    assert list(tmp_path.iterdir()) == []


def test_a_demo_is_not_built_over_other_files(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    done = run("demo", "--dir", tmp_path, "--no-serve")
    assert done.returncode == 2
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_it_serves_on_loopback_says_where_and_stops_on_an_interrupt(
    demo: tuple[Path, dict[str, Any]],
) -> None:
    with subprocess.Popen(
        [*BEFOREHAND, "serve", str(demo[0] / "site"), "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as running:
        assert running.stderr is not None
        said = running.stderr.readline()
        address = said.split(" at ")[1].split(" ")[0]
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(address + "dhs-ctd/index.html", timeout=10) as page:  # noqa: S310  # our own server
            assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
            assert b"Department of Homeland Security" in page.read()
        types = {
            "checkpoint": ("text/plain; charset=utf-8", "max-age=5"),
            "tile/0/000.p/": ("application/octet-stream", "immutable"),
        }
        for start, (kind, caching) in types.items():
            log = demo[0] / "site" / "dhs-ctd" / "log"
            (name, *_) = [
                p for p in log.rglob("*") if str(p.relative_to(log)).startswith(start)
            ]
            path = f"dhs-ctd/log/{name.relative_to(log).as_posix()}"
            with urllib.request.urlopen(address + path, timeout=10) as file:  # noqa: S310  # our own server
                assert file.headers["Content-Type"] == kind
                assert caching in file.headers["Cache-Control"]
        os.killpg(running.pid, signal.SIGINT)
        assert running.wait(timeout=20) == 0
