"""What passes between the gate and an engine's process: frames with their length in front."""

from __future__ import annotations

import struct
from typing import BinaryIO

import msgspec

_LENGTH = struct.Struct(">Q")
MOST_BYTES = 1 << 28  # 200,000 counts take under 10 MB
MEMORY_MB, THREADS = 2048, 2  # what an engine may take for one query
READY, DONE, FAILED = b"R", b"D", b"F"


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One query on one snapshot.

    folder         where the snapshot's files are
    files          (name, SHA-256 in hex) of each, exactly as the manifest lists them
    cpu_seconds    processor time after which the kernel ends the process
    """

    sql: str
    folder: str
    files: tuple[tuple[str, str], ...]
    cpu_seconds: int


class Isolation(msgspec.Struct, frozen=True, kw_only=True):
    """What holds the engine's process; `doctor` shows it.

    own_network       it has its own user and network namespace: no address to reach
    no_file_writes    the kernel lets it write no byte to any file
    memory_bytes      most address space it may take
    """

    own_network: bool
    no_file_writes: bool
    memory_bytes: int


class EngineError(Exception):
    """The engine gave no counts. Says nothing of why: the reason could tell of the data."""

    def __init__(self) -> None:
        super().__init__("the engine could not run the question")


def write(stream: BinaryIO, frame: bytes) -> None:
    stream.write(_LENGTH.pack(len(frame)) + frame)
    stream.flush()


def read(stream: BinaryIO) -> bytes | None:
    """Return the next frame; None where the stream ends, also in the middle of one."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > MOST_BYTES:
        return None
    frame = stream.read(length)
    return frame if len(frame) == length else None
