"""A large file read in a process of its own, while the rows before are taken onto the shelf.

Run as `python -P -m beforehand.oversight.outside.apart PATH NAME AS_OF`: it reads the file as
`files` does, writes what it read to standard output, one message a frame, and ends. Who started
it reads the messages as they come, and ends it when it needs no more.
"""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias

import msgspec

from beforehand.oversight.outside import files
from beforehand.oversight.outside.files import Table
from beforehand.oversight.outside.sightings import Row, Sighting, Unread, batches
from beforehand.refusal import InputError

LARGE: Final = 4 * 2**20
"""From this size on, in bytes, a file takes longer to read than a process to start (0.5 s)."""
_LENGTH: Final = struct.Struct(">I")


class _Begun(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """The next member begins."""

    name: str
    form: str
    head: str


class _Read(msgspec.Struct, frozen=True, tag=True, array_like=True, gc=False):
    """Rows of the member that began last, and the share of the file that was read."""

    rows: list[Sighting | Unread]
    share: float


class _Wrong(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """The file is broken: an InputError."""

    where: str
    expected: str
    got: str
    do: str


class _Ended(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """The file was read to its end."""


_Message: TypeAlias = _Begun | _Read | _Wrong | _Ended
_encode: Final = msgspec.msgpack.Encoder().encode
_decoder: Final[msgspec.msgpack.Decoder[_Message]] = msgspec.msgpack.Decoder(_Message)


@contextmanager
def opened(
    path: Path, *, name: str, as_of: str = ""
) -> Iterator[tuple[Iterator[Table], Callable[[], float]]]:
    """Open a file as `files.opened` does; a large one is read in a process of its own.

    Raises InputError, then or while a table is read. Each table is read before the next.
    """
    if not path.is_file() or path.stat().st_size < LARGE:
        with files.opened(path, name=name, as_of=as_of) as found:
            yield found
        return
    command = [sys.executable, "-P", "-m", __name__, str(path), name, as_of]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603  # our own
        try:
            reading = _Reading(process, name)
            yield reading.tables(), lambda: reading.share
        finally:
            process.kill()  # it has ended by itself, or is not needed any more


class _Reading:
    """Messages as they come. `share`: of the file, that was read."""

    def __init__(self, process: subprocess.Popen[bytes], name: str) -> None:
        if process.stdout is None:
            raise TypeError("the process has no output to read")
        self.share = 0.0
        self._process, self._name = process, name
        self._frames: BinaryIO = process.stdout  # type: ignore[assignment]  # it is one
        self._next: _Message = _Ended()

    def tables(self) -> Iterator[Table]:
        self._next = self._message()
        while isinstance(self._next, _Begun):
            begun = self._next
            yield Table(
                name=begun.name,
                form=begun.form,
                rows=enumerate(self._rows(), 1),
                head=begun.head,
            )

    def _rows(self) -> Iterator[Row]:
        while isinstance(message := self._message(), _Read):
            self.share = message.share
            yield from message.rows
        self._next = message

    def _message(self) -> _Message:
        """Return the next message. Raises InputError where it says so, or none comes."""
        head = self._frames.read(_LENGTH.size)
        length = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else 0
        data = self._frames.read(length)
        if not length or len(data) < length:
            raise InputError(
                where=self._name,
                expected="a file that can be read to its end",
                got=f"its reader ended early, with status {self._process.wait()}",
                do="See that there is memory, and import it again; nothing of it was kept.",
            )
        message = _decoder.decode(data)
        if isinstance(message, _Wrong):
            raise InputError(
                where=message.where,
                expected=message.expected,
                got=message.got,
                do=message.do,
            )
        return message


# -- the process -------------------------------------------------------------------------


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it says when to end
    path, name, as_of = sys.argv[1:]
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what is printed is no message
    try:
        for message in _messages(Path(path), name, as_of):
            data = _encode(message)
            out.write(_LENGTH.pack(len(data)))
            out.write(data)
            out.flush()
    except BrokenPipeError:
        os._exit(0)  # nobody reads any more


def _messages(path: Path, name: str, as_of: str) -> Iterator[_Message]:
    try:
        with files.opened(path, name=name, as_of=as_of, ahead=True) as (tables, share):
            for table in tables:
                yield _Begun(table.name, table.form, table.head)
                for some in batches(table.rows):
                    yield _Read([row for _, row in some], share())
    except InputError as error:
        yield _Wrong(error.where, error.expected, error.got, error.do)
    else:
        yield _Ended()


if __name__ == "__main__":
    main()
