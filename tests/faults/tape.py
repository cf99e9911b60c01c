"""Records everything that the product does to the files of one folder, for a power cut.

Files are written through the functions of `os` and `io` that the product calls, which are
replaced here; SQLite writes through a VFS of ours (`lite.py`). Nothing is synced in truth: the
tape only says that it was asked for. What went past the tape makes `require_complete` fail.
"""

import io
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from threading import RLock
from typing import IO, Any, Final, TypeAlias, cast

import pytest

from tests.faults.disk import (
    FOLDER,
    Event,
    FolderSynced,
    Named,
    Removed,
    Renamed,
    Synced,
    Truncated,
    Written,
    parent,
    replay,
)
from tests.faults.told import Saying

Item: TypeAlias = Event | Saying
AnyPath: TypeAlias = str | os.PathLike[str]

_WRITABLE: Final = os.O_WRONLY | os.O_RDWR


class Tape:
    """The events of one folder in their order, with what was said between them."""

    def __init__(self, root: Path) -> None:
        self.items: list[Item] = []
        self.lock = RLock()  # what is done and what is recorded must have one order
        self._root = str(root)
        self._by_inode: dict[tuple[int, int], int] = {}
        self._files = 0

    def say(self, saying: Saying) -> None:
        with self.lock:
            self.items.append(saying)

    def name(self, path: object) -> str | None:
        """Return a path below the folder; None if it is elsewhere."""
        if not isinstance(path, str | os.PathLike):
            return None
        text = os.path.abspath(os.fspath(path))  # noqa: PTH100  # Path's would call what we wrap
        if text == self._root:
            return ""
        inside = text.removeprefix(f"{self._root}/")
        return None if inside == text else inside

    def add(self, event: Event) -> None:
        self.items.append(event)

    def file(self, handle: int | str) -> int:
        """Return the number of an open or named file of this folder."""
        found = os.stat(handle)  # noqa: PTH116
        return self._by_inode[found.st_dev, found.st_ino]

    def new(self, path: str, name: str, *, folder: bool = False) -> None:
        """Record that `path` is there now, and was not before."""
        self._files += 1
        found = os.stat(path)  # noqa: PTH116
        # An inode's number is used again once its file is gone.
        self._by_inode[found.st_dev, found.st_ino] = FOLDER if folder else self._files
        self.add(Named(name, FOLDER if folder else self._files))

    def new_folder(self, name: str) -> None:
        self.new(f"{self._root}/{name}", name, folder=True)

    def take_in(self) -> None:
        """Record as certain what is in the folder already."""
        for path in sorted(Path(self._root).rglob("*")):
            name = str(path.relative_to(self._root))
            self.new(str(path), name, folder=path.is_dir())
            if path.is_file():
                self.add(Written(self._files, 0, path.read_bytes()))
                self.add(Synced(self._files))
            self.add(FolderSynced(parent(name)))

    def require_complete(self) -> None:
        """Raise AssertionError unless the tape leads to the very files that are there."""
        there = {
            str(path.relative_to(self._root)): path.read_bytes()
            for path in Path(self._root).rglob("*")
            if path.is_file() and not path.name.endswith("-shm")
        }
        told = replay(one for one in self.items if isinstance(one, tuple)).now()
        differ = {one for one in {*there, *told} if there.get(one) != told.get(one)}
        assert not differ, f"written past the tape: {sorted(differ)}"


class Calls:
    """Stands in for functions of `os` and `io` while a tape records.

    asleep   a sync of a file or folder whose name this expression matches does nothing
    """

    def __init__(self, tape: Tape, asleep: str) -> None:
        self._tape = tape
        self._asleep = re.compile(asleep)
        self._open, self._io_open, self._fsync = os.open, io.open, os.fsync

    def replace(self, patch: pytest.MonkeyPatch) -> None:
        tape = self._tape
        patch.setattr(os, "open", self.open)
        patch.setattr(io, "open", self.io_open)
        patch.setattr(os, "fsync", self.fsync)
        patch.setattr(os, "fdatasync", self.fsync)
        patch.setattr(os, "mkdir", self._told(os.mkdir, tape.new_folder))
        for name in ("replace", "rename"):
            self._tell(patch, name, lambda old, new: tape.add(Renamed(old, new)))
        for name in ("unlink", "remove", "rmdir"):
            self._tell(patch, name, lambda one: tape.add(Removed(one)))

    def open(self, path: AnyPath, flags: int, mode: int = 0o777, **named: Any) -> int:  # noqa: ANN401
        name = self._tape.name(path)
        if name is None or not flags & _WRITABLE:
            return self._open(path, flags, mode, **named)
        with self._tape.lock:
            was_there = os.path.lexists(path)
            handle = self._open(path, flags, mode, **named)
            if not was_there:
                self._tape.new(os.fspath(path), name)
            elif flags & os.O_TRUNC:
                self._tape.add(Truncated(self._tape.file(handle), 0))
            return handle

    def io_open(
        self,
        file: AnyPath | int,
        mode: str = "r",
        buffering: int = -1,
        *rest: Any,  # noqa: ANN401
        **named: Any,  # noqa: ANN401
    ) -> IO[Any]:
        is_ours = isinstance(file, int) or self._tape.name(file) is not None
        if not is_ours or "b" not in mode or not set(mode) & set("wax+"):
            return self._io_open(file, mode, buffering, *rest, **named)
        raw = _RecordedFile(self._tape, file, mode.replace("b", ""), opener=self.open)
        return cast("IO[Any]", raw if buffering == 0 else io.BufferedWriter(raw))

    def fsync(self, handle: int) -> None:
        name = self._tape.name(os.readlink(f"/proc/self/fd/{handle}"))  # noqa: PTH115
        if name is None:
            self._fsync(handle)
            return
        with self._tape.lock:
            if self._asleep.fullmatch(name):
                return
            if stat.S_ISDIR(os.fstat(handle).st_mode):
                self._tape.add(FolderSynced(name))
            else:
                self._tape.add(Synced(self._tape.file(handle)))

    def _tell(
        self, patch: pytest.MonkeyPatch, name: str, record: Callable[..., None]
    ) -> None:
        patch.setattr(os, name, self._told(getattr(os, name), record))

    def _told(
        self, real: Callable[..., None], record: Callable[..., None]
    ) -> Callable[..., None]:
        def wrapped(*args: object, **named: object) -> None:
            with self._tape.lock:
                real(*args, **named)
                given = [one for one in args if isinstance(one, str | os.PathLike)]
                names = [self._tape.name(one) for one in given]
                if None not in names:
                    record(*names)

        return wrapped


class _RecordedFile(io.FileIO):
    def __init__(
        self, tape: Tape, file: AnyPath | int, mode: str, *, opener: Callable[..., int]
    ) -> None:
        super().__init__(file, mode, opener=opener)
        self._tape = tape
        self._is_ours = tape.name(os.readlink(f"/proc/self/fd/{self.fileno()}")) is not None  # noqa: PTH115

    def write(self, data: Any, /) -> int:  # noqa: ANN401
        with self._tape.lock:
            offset = self.tell()
            count = super().write(data)
            if self._is_ours:
                file = self._tape.file(self.fileno())
                self._tape.add(Written(file, offset, bytes(data)[:count]))
            return count
