import operator
import os
import signal
import sys
from pathlib import Path
from subprocess import PIPE, Popen
from time import sleep

import pytest

from beforehand.ledger import workers
from beforehand.ledger.workers import in_processes


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_cores", lambda: 2)


def test_results_come_in_the_order_of_the_parts() -> None:
    parts = list(range(9))
    with in_processes(operator.add, 10, parts) as results:
        assert list(results) == [10 + part for part in parts]


def test_a_process_that_fails_ends_the_results_and_says_nothing(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with in_processes(operator.floordiv, 12, [1, 2, 3, 0, 4, 5]) as results:
        assert list(results) == [12, 6, 4]
    assert capfd.readouterr() == ("", "")


def test_few_parts_or_one_core_or_no_python_start_no_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with in_processes(operator.add, 10, [1, 2, 3]) as results:
        assert list(results) == []
    with monkeypatch.context() as patch:
        patch.setattr(workers, "_cores", lambda: 1)
        with in_processes(operator.add, 10, [1, 2, 3, 4]) as results:
            assert list(results) == []
    for python in ("", "/nowhere/python", "/bin/false"):
        monkeypatch.setattr(sys, "executable", python)
        with in_processes(operator.add, 10, [1, 2, 3, 4]) as results:
            assert list(results) == []


def test_modules_of_the_folder_we_stand_in_are_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = f"open({str(tmp_path / 'ran')!r}, 'w').close()\n"
    for name in ("msgspec", "pickle", "beforehand"):
        (tmp_path / f"{name}.py").write_text(planted, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with in_processes(operator.add, 10, [1, 2, 3, 4]) as results:
        assert list(results) == [11, 12, 13, 14]
    assert not (tmp_path / "ran").exists()


INTERRUPTED = """
import operator, sys
from beforehand.ledger import workers
workers._cores = lambda: 2
with workers.in_processes(operator.pow, 7, [1, 10**7, 10**8, 10**8]) as results:
    print(next(results), flush=True)
    next(results), next(results)
"""


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc")
def test_an_interruption_ends_the_processes_too() -> None:
    command = [sys.executable, "-c", INTERRUPTED]
    with Popen(command, stdout=PIPE, stderr=PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "7\n"
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(
            "ascii"
        )
        assert len(children.split()) == 2
        os.kill(process.pid, signal.SIGINT)
        _, wrong = process.communicate(timeout=20)
    assert "KeyboardInterrupt" in wrong
    sleep(0.1)
    assert not any(Path(f"/proc/{child}").exists() for child in children.split())
