"""SQLite that tells the tape: a VFS of ours under the SQLite that apsw brings."""

import os
from typing import Final

import apsw

from tests.faults.disk import FolderSynced, Removed, Synced, Truncated, Written, parent
from tests.faults.tape import Tape

_PAGES: Final = 20
"""How long the write-ahead log grows before it is copied: short, so that it often is."""


class Vfs(apsw.VFS):
    """SQLite's own way to files, which tells the tape."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        super().__init__("recording", "")

    def xOpen(  # noqa: N802
        self, name: str | apsw.URIFilename | None, flags: list[int]
    ) -> apsw.VFSFile:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        inside = self._tape.name(path)
        if path is None or inside is None:
            return super().xOpen(name, flags)
        with self._tape.lock:
            was_there = os.path.lexists(path)
            file = _VfsFile(self._tape, name, flags, path=path)
            if not was_there:
                self._tape.new(path, inside)
            return file

    def xDelete(self, path: str, sync_folder: bool) -> None:  # noqa: N802
        inside = self._tape.name(path)
        with self._tape.lock:
            super().xDelete(path, False)  # noqa: FBT003
            if inside is not None:
                self._tape.add(Removed(inside))
                if sync_folder:
                    self._tape.add(FolderSynced(parent(inside)))


class _VfsFile(apsw.VFSFile):
    def __init__(
        self,
        tape: Tape,
        name: str | apsw.URIFilename | None,
        flags: list[int],
        *,
        path: str,
    ) -> None:
        super().__init__("", name, flags)
        self._tape = tape
        self._path = path
        self._folder = parent(tape.name(path) or "")
        journal = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_WAL
        # As os_unix.c does (UNIXFILE_DIRSYNC): the first sync of a journal syncs its folder.
        self._syncs_folder = bool(flags[0] & apsw.SQLITE_OPEN_CREATE and flags[0] & journal)
        self._number: int | None = None

    def _file(self) -> int:
        if self._number is None:
            self._number = self._tape.file(self._path)
        assert self._number is not None
        return self._number

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        with self._tape.lock:
            super().xWrite(data, offset)
            self._tape.add(Written(self._file(), offset, bytes(data)))

    def xTruncate(self, size: int) -> None:  # noqa: N802
        with self._tape.lock:
            super().xTruncate(size)
            self._tape.add(Truncated(self._file(), size))

    def xSync(self, _flags: int) -> None:  # noqa: N802
        with self._tape.lock:
            self._tape.add(Synced(self._file()))
            if self._syncs_folder:
                self._syncs_folder = False
                self._tape.add(FolderSynced(self._folder))


class _Connection(apsw.Connection):
    """What the product uses of a `sqlite3.Connection`."""

    def executescript(self, sql: str) -> None:
        self.execute(sql)


class Sqlite:
    """Stands in for the module `sqlite3` in the store: the same SQL, through our VFS."""

    OperationalError: Final = apsw.SQLError

    def __init__(self, synchronous: str) -> None:
        self._synchronous = synchronous

    def connect(
        self,
        path: str | os.PathLike[str],
        *,
        uri: bool = False,
        isolation_level: None,
        check_same_thread: bool = True,
        timeout: float = 5,
    ) -> _Connection:
        assert isolation_level is None
        del check_same_thread
        flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
        if uri:
            flags |= apsw.SQLITE_OPEN_URI
        db = _Connection(os.fspath(path), flags=flags, vfs="recording")
        db.set_busy_timeout(int(timeout * 1000))
        db.execute(f"PRAGMA wal_autocheckpoint = {_PAGES}")
        if self._synchronous != "FULL":
            db.execute(f"PRAGMA synchronous = {self._synchronous}")
            db.authorizer = _keep_synchronous
        return db


def _keep_synchronous(
    operation: int, one: str | None, two: str | None, *_: str | None
) -> int:
    sets = operation == apsw.SQLITE_PRAGMA and one == "synchronous" and two is not None
    return apsw.SQLITE_IGNORE if sets else apsw.SQLITE_OK
