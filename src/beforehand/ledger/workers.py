"""Work done by other processes, and its results in order.

Plain processes, not `multiprocessing`: that runs the caller's main module again in each, or forks
under the caller's threads. A process that ends early ends the results early, and says nothing:
the caller then does the work itself, and meets there whatever was wrong.
"""

import gc
import os
import pickle
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from subprocess import DEVNULL, PIPE, Popen
from typing import Final, TypeVar

Common = TypeVar("Common")
Part = TypeVar("Part")
Result = TypeVar("Result")

_FEWEST_PARTS: Final = 4
"""Below this, starting a process costs more than it saves."""
_MOST_PROCESSES: Final = 16
# -I: neither the folder we stand in, which may be the one to verify, nor the environment may
# give a process other code than ours.
_PROGRAM: Final = (
    "import sys; sys.path[:] = sys.argv[1:];"
    " from beforehand.ledger.workers import serve; serve()"
)


@contextmanager
def in_processes(
    work: Callable[[Common, Part], Result], common: Common, parts: Sequence[Part]
) -> Iterator[Iterator[Result]]:
    """Give `work(common, part)` for each part, in order; nothing if there is no need or way.

    work   a function at the top of a module; arguments and results are pickled
    """
    count = min(_cores(), len(parts), _MOST_PROCESSES)
    ours = sys.executable and not getattr(sys, "frozen", False)
    if count == 1 or len(parts) < _FEWEST_PARTS or not ours:
        count = 0
    with (
        ExitStack() as stack
    ):  # left by Ctrl-C too, which the processes themselves pass over
        processes: list[Popen[bytes]] = []
        with suppress(OSError):  # no more processes are to be had: those there are will do
            processes.extend(stack.enter_context(_process()) for _ in range(count))
        for number, process in enumerate(processes):
            _give(process, (work, common, parts[number::count]))
        yield _results(processes, len(parts) if processes else 0)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def _process() -> Iterator[Popen[bytes]]:
    path = [folder for folder in sys.path if folder]
    command = [sys.executable, "-I", "-c", _PROGRAM, *path]
    with Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL) as process:  # noqa: S603  # ours
        try:
            yield process
        finally:
            process.kill()


def _give(process: Popen[bytes], task: object) -> None:
    assert process.stdin is not None  # noqa: S101  # it was opened as a pipe
    with suppress(BrokenPipeError), process.stdin as stream:
        stream.write(pickle.dumps(task))


def _results(processes: Sequence[Popen[bytes]], count: int) -> Iterator[Result]:
    for number in range(count):
        stream = processes[number % len(processes)].stdout
        assert stream is not None  # noqa: S101  # it was opened as a pipe
        try:
            yield pickle.load(stream)  # noqa: S301  # written by our own process
        except (EOFError, pickle.UnpicklingError):
            return


def serve() -> None:
    """Read one task from standard input; write the result of each part as it is done."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # a part leaves no cycles, and its process does not live long
    work, common, parts = pickle.load(sys.stdin.buffer)  # noqa: S301  # written by our own process
    for part in parts:
        pickle.dump(work(common, part), sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
        sys.stdout.buffer.flush()
