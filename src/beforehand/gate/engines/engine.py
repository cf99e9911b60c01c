"""The gate's side of an engine: one process kept warm, killed at its deadline."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Self, cast

import msgspec
import pyarrow as pa  # type: ignore[import-untyped]

from beforehand.gate.engines import frames
from beforehand.gate.engines.frames import EngineError, Isolation, Job

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from beforehand.gate.protection import Counts

# DuckDB's own limit and 3 GB for what is mapped beside it: less made allowed queries hang.
MEMORY_BYTES = (frames.MEMORY_MB + 3072) << 20
_START_S = 30.0
_CLOSE_S = 2.0


class Engine:
    """Runs the gate's queries in a process of its own, one at a time.

    The process starts on first use (0.5 s) and again after it was killed. Threads may share
    an Engine; each waits its turn, and its deadline counts from then.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._isolation: Isolation | None = None

    def run(
        self,
        sql: str,
        *,
        folder: Path,
        files: tuple[tuple[str, str], ...],
        deadline_s: float,
    ) -> Counts:
        """Return (cell, step) -> count.

        files   (name, SHA-256 in hex) of each of the snapshot's files in `folder`
        Raises EngineError, which says nothing of why.
        """
        job = Job(
            sql=sql,
            folder=str(folder.resolve()),  # the worker stands in another folder
            files=files,
            cpu_seconds=max(1, round(deadline_s * frames.THREADS)),
        )
        with self._turn:
            process = self._started()
            reply = _exchange(process, msgspec.json.encode(job), deadline_s)
            if reply is None:
                self._stop()
        if reply is None or reply[:1] != frames.DONE:
            raise EngineError
        return _counts(reply[1:])

    def isolation(self) -> Isolation:
        """Return what holds the process, starting it if need be. Raises EngineError."""
        with self._turn:
            self._started()
            if self._isolation is None:
                raise EngineError
            return self._isolation

    def close(self) -> None:
        """End the process. The Engine can be used again: it would start another."""
        with self._turn:
            self._stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._stop()
        command = [sys.executable, "-I", "-m", "beforehand.gate.engines.worker"]
        process = subprocess.Popen(  # noqa: S603  # our own interpreter and module, no shell
            [*command, str(os.getpid()), str(MEMORY_BYTES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # an engine's words may hold data
            cwd="/",
            env={},
        )
        self._process = process
        ready = _exchange(process, None, _START_S)
        if ready is None or ready[:1] != frames.READY:
            self._stop()
            raise EngineError
        self._isolation = msgspec.json.decode(ready[1:], type=Isolation)
        return process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            _pipe(process.stdin).close()  # a worker at rest ends by itself
        try:
            process.wait(_CLOSE_S if process.poll() is None else 0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _pipe(process.stdout).close()


def _exchange(
    process: subprocess.Popen[bytes], frame: bytes | None, deadline_s: float
) -> bytes | None:
    """Send `frame`, if any, and return the reply; None when the process ended or was killed."""
    deadline = threading.Timer(deadline_s, process.kill)
    deadline.daemon = True
    deadline.start()
    try:
        if frame is not None:
            frames.write(_pipe(process.stdin), frame)
        return frames.read(_pipe(process.stdout))
    except OSError:
        return None
    finally:
        deadline.cancel()


def _pipe(stream: object) -> BinaryIO:
    return cast("BinaryIO", stream)


def _counts(stream: bytes) -> Counts:
    table = pa.ipc.open_stream(stream).read_all()
    cell, step, count = (
        table.column(name).to_pylist() for name in ("cell", "step", "count")
    )
    return dict(zip(zip(cell, step, strict=True), count, strict=True))
