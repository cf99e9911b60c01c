"""A file read in a process of its own says what it says when it is read here, and ends with us."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import zipfile
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from beforehand.oversight.outside import apart, files
from beforehand.refusal import InputError
from tests.oversight.test_outside import SAMPLES, award, download, put


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Every file is large here; the processes that were started."""
    monkeypatch.setattr(apart, "LARGE", 0)
    found: list[subprocess.Popen[bytes]] = []

    class Popen(subprocess.Popen[bytes]):
        def __init__(self, *words: Any, **options: Any) -> None:  # noqa: ANN401  # as it takes them
            super().__init__(*words, **options)
            found.append(self)

    monkeypatch.setattr(subprocess, "Popen", Popen)
    return found


def told(opened: Any) -> list[tuple[str, str, str, list[Any]]]:  # noqa: ANN401  # either way
    with opened as (tables, share):
        found = [(one.name, one.form, one.head, list(one.rows)) for one in tables]
        assert 0 < share() <= 1
    return found


def several(folder: Path) -> Path:
    """A zip of members that are known, unknown, empty of rows, and of many rows."""
    path = folder / "several.zip"
    many = [award(f"70CTD024F{at:08}", vendor="CAFÉ\n") for at in range(5_000)]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("many.csv", download(*many))
        archive.writestr("readme.txt", "nothing that is known")
        archive.writestr("none.csv", download())
        for one in SAMPLES:
            archive.writestr(one.name, one.read_bytes())
    return path


def test_it_says_what_is_read_here(
    tmp_path: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    for path in (several(tmp_path), *SAMPLES):
        there = told(apart.opened(path, name=path.name, as_of="2026-11-01"))
        assert there == told(files.opened(path, name=path.name, as_of="2026-11-01"))
        assert started.pop().returncode is not None


def test_a_small_file_starts_no_process(
    monkeypatch: pytest.MonkeyPatch, started: list[subprocess.Popen[bytes]]
) -> None:
    monkeypatch.setattr(apart, "LARGE", 2**30)
    assert told(apart.opened(SAMPLES[0], name="one"))
    assert started == []


@pytest.mark.parametrize(
    "data",
    [b"", b"no,table\n1,2\n", b'{"a":', b"PK\x03\x04 no zip", b"\x1f\x8b no gzip"],
    ids=["empty", "unknown", "JSON", "zip", "gzip"],
)
def test_what_is_broken_is_said_as_it_is_here(tmp_path: Path, data: bytes) -> None:
    path = put(tmp_path, data)
    with pytest.raises(InputError) as here:
        told(files.opened(path, name="broken"))
    with pytest.raises(InputError) as there:
        told(apart.opened(path, name="broken"))
    assert str(there.value) == str(here.value)
    with pytest.raises(InputError, match="a file that can be read"):
        told(apart.opened(tmp_path / "none", name="none"))


@pytest.mark.parametrize("text", [b"70CTD024F00004999", b"use_case_id", b"nothing that"])
def test_a_member_that_is_broken_is_said_wherever_it_is(
    tmp_path: Path, text: bytes
) -> None:
    """In a row, in a header that no longer tells what it is, and in what is no table."""
    path = several(tmp_path)
    data = path.read_bytes().replace(text, text[:-1] + b"?", 1)
    path.write_bytes(data)
    with pytest.raises(InputError) as here:
        told(files.opened(path, name="several"))
    with pytest.raises(InputError) as there:
        told(apart.opened(path, name="several"))
    assert str(there.value) == str(here.value)


def test_a_process_that_is_killed_is_no_end_of_the_file(
    tmp_path: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    with apart.opened(several(tmp_path), name="several") as (tables, _):
        rows = next(tables).rows
        assert len(list(islice(rows, 10))) == 10
        os.kill(started[0].pid, signal.SIGKILL)
        with pytest.raises(InputError, match="ended early, with status -9"):
            list(rows)


@pytest.mark.parametrize("end", [b"", b"\0\0", b"\0\0\0\x09", b"\0\0\0\x09abc"])
def test_a_message_that_is_cut_short_is_no_end_of_the_file(end: bytes) -> None:
    code = f"import sys; sys.stdout.buffer.write({end!r})"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        reading = apart._Reading(process, "cut short")  # noqa: SLF001  # as `opened` makes it
        with pytest.raises(InputError, match="ended early, with status 0"):
            list(reading.tables())


def test_who_reads_no_more_leaves_no_process(
    tmp_path: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    def broken() -> None:
        with apart.opened(several(tmp_path), name="several") as (tables, _):
            next(next(tables).rows)
            raise KeyError("a fault of who reads")

    with pytest.raises(KeyError):
        broken()
    assert started[0].returncode is not None
