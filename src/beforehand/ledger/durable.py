"""Durability: SQLite that keeps what it acknowledged, the writer's lock, and files that last."""

import errno
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from beforehand.ledger.errors import DurabilityError, LedgerError

_FULL: Final = 2


def open_durably(path: Path) -> sqlite3.Connection:
    """Open an existing SQLite file for writing. Raises DurabilityError if it is not in WAL mode.

    A file that somebody put in a weaker mode is refused and not mended: find out who did it.
    """
    if not path.is_file():
        raise LedgerError(f"there is no file {path}")
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=60)
    try:
        db.execute("PRAGMA synchronous = FULL")
        require_durable(db)
    except BaseException:
        db.close()
        raise
    return db


def require_durable(db: sqlite3.Connection) -> None:
    (journal,) = db.execute("PRAGMA journal_mode").fetchone()
    (synchronous,) = db.execute("PRAGMA synchronous").fetchone()
    if journal != "wal" or synchronous < _FULL:
        raise DurabilityError(
            "expected journal_mode wal and synchronous 2 (FULL) or more,"
            f" got {journal} and {synchronous}"
        )


@contextmanager
def locked(lock: int) -> Iterator[None]:
    """Hold the lock file `lock`, waiting for it. SQLite's own busy-wait starves writers."""
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)


def write_file(path: Path, data: bytes) -> None:
    """Put `data` at `path` as a whole: a crash leaves the old file or the new one."""
    new = path.with_name(f".{path.name}.new")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def write_private(path: Path, data: bytes) -> None:
    """Write a new file that its owner alone can read, durably.

    Never over another one: what a key wraps or signed would be lost with it.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_durably(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all, also after a crash."""
    write_file(path, data)
    sync_folder(path.parent)


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """Open a file to write that is at `path` when all went well; else what was there stays.

    Raises OSError, also where a folder, a device or a pipe is there: none is replaced by a file.
    """
    if path.exists() and not path.is_file():
        raise FileExistsError(errno.EEXIST, "something there that is no file", str(path))
    # Of its own, so that two who write at once do not take away each other's.
    new = path.with_name(f".{path.name}.{os.urandom(4).hex()}.new")
    try:
        with new.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    sync_folder(path.parent)
