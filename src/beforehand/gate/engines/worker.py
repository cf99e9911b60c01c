"""The engine's process: gives up its rights first, then counts until its input ends.

Run as `python -I -m beforehand.gate.engines.worker PARENT MEMORY_BYTES`. Order matters: a
namespace can be left only while there is one thread, so DuckDB and Arrow, which start
threads, are imported after that. Nothing but frames goes out, and a failure is one byte.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys
import threading
import time
from typing import BinaryIO

import msgspec

from beforehand.gate.engines import frames

_CLONE_NEWUSER, _CLONE_NEWNET = 0x1000_0000, 0x4000_0000  # linux/sched.h
_PARENT_LOOK_S = 0.5


def main() -> None:
    parent, memory_bytes = int(sys.argv[1]), int(sys.argv[2])
    isolation = isolate(memory_bytes)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    serve(sys.stdin.buffer, sys.stdout.buffer, isolation)


def isolate(memory_bytes: int) -> frames.Isolation:
    """Give up files, network and memory as far as the kernel lets, and say how far."""
    # os.unshare came with Python 3.12.
    libc = ctypes.CDLL(None, use_errno=True)
    own_network = libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # pipes are not files
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a dump would hold the data
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    return frames.Isolation(
        own_network=own_network, no_file_writes=True, memory_bytes=memory_bytes
    )


def serve(source: BinaryIO, sink: BinaryIO, isolation: frames.Isolation) -> None:
    """Answer each job with one frame, until `source` ends."""
    # Imported here, behind the rights that `isolate` gave up.
    from beforehand.gate.engines import duckdb as engine  # noqa: PLC0415

    reader = engine.Reader()
    frames.write(sink, frames.READY + msgspec.json.encode(isolation))
    while (frame := frames.read(source)) is not None:
        job = msgspec.json.decode(frame, type=frames.Job)
        _limit_cpu(job.cpu_seconds)
        try:
            counts = engine.run(job.sql, reader.open(job.folder, job.files))
        except engine.FAULTS:
            frames.write(sink, frames.FAILED)
        else:
            frames.write(sink, frames.DONE + counts)


def _limit_cpu(seconds: int) -> None:
    """Allow this much processor time from now; past it the kernel ends the process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime)
    # The hard limit stays: a limit once lowered could not be raised for the next job.
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds + 1, hard))


def _end_with(parent: int) -> None:
    """End this process once its parent is gone, also in the middle of a query.

    The end of standard input says so only between queries. PR_SET_PDEATHSIG is no help: it
    fires when the *thread* that started us ends, and web servers end threads.
    """
    while os.getppid() == parent:
        time.sleep(_PARENT_LOOK_S)
    os._exit(0)


if __name__ == "__main__":
    main()
