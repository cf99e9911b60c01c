"""Where a register is published: a folder of this machine, or any place that fsspec reaches.

Publishing asks little of a place: files that nobody looks for yet, many at a time; then one
file that makes them count, put whole.
"""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any, Final, Protocol

from beforehand.ledger.durable import sync_folder, write_file
from beforehand.refusal import InputError

_THREADS: Final = 8
_TOGETHER: Final = 128
"""How many files are held in memory and written together."""


class Shelf(Protocol):
    """Files under one place, named by paths with `/`. Threads may share it."""

    @property
    def address(self) -> str:
        """The place, to show a person."""
        ...

    def within(self, folder: str, /) -> "Shelf":
        """Return the shelf that is a folder of this one."""
        ...

    def read(self, path: str, /) -> bytes | None:
        """Return a file's bytes; None where there is no such file."""
        ...

    def paths(self, under: str = "", /, *, but: str = "") -> list[str]:
        """Return every file below the folder `under`, leaving out those in its folder `but`."""
        ...

    def write(self, files: Iterable[tuple[str, bytes]], /) -> None:
        """Write files that nobody looks for yet; all are durable when this returns.

        A crash, or an error that `files` raises, may leave some of them, and those torn.
        """
        ...

    def put(self, path: str, data: bytes, /) -> None:
        """Put one file: a reader finds what was there or the new one, whole. Durable then."""
        ...

    def remove(self, paths: Iterable[str], /) -> None: ...


def open_shelf(target: str | Path) -> Shelf:
    """Return the shelf at a folder's path or at an fsspec URL. Raises InputError."""
    text = str(target)
    if text.startswith("file://"):
        return Folder(Path(text.removeprefix("file://")))
    return Remote.at(text) if "://" in text else Folder(Path(target))


class Folder:
    """A folder of this machine: files and folders are synced, one file is put by a rename."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def address(self) -> str:
        return str(self.path)

    def within(self, folder: str, /) -> "Folder":
        return Folder(self.path / folder)

    def read(self, path: str, /) -> bytes | None:
        with _reached(self.address):
            try:
                return (self.path / path).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                return None

    def paths(self, under: str = "", /, *, but: str = "") -> list[str]:
        found = []
        top = self.path / under
        for above, folders, files in os.walk(top):
            if but and Path(above) == top and but in folders:
                folders.remove(but)
            found += [Path(above, name).relative_to(self.path).as_posix() for name in files]
        return found

    def write(self, files: Iterable[tuple[str, bytes]], /) -> None:
        folders: set[Path] = set()
        waiting = iter(files)
        with ThreadPoolExecutor(_THREADS) as pool, _reached(self.address):
            while some := list(islice(waiting, _TOGETHER)):
                written = [_write(self.path / path, data) for path, data in some]
                # Many syncs at once: the disk then joins them into few flushes.
                list(pool.map(_sync, written))
                folders.update(path.parent for path in written)
            list(pool.map(sync_folder, _up_to(self.path, folders)))

    def put(self, path: str, data: bytes, /) -> None:
        at = self.path / path
        with _reached(self.address):
            at.parent.mkdir(parents=True, exist_ok=True)
            write_file(at, data)
            for folder in _up_to(self.path, {at.parent}):
                sync_folder(folder)

    def remove(self, paths: Iterable[str], /) -> None:
        with _reached(self.address):
            for path in paths:
                at = self.path / path
                at.unlink(missing_ok=True)
                with suppress(OSError):  # others lie in it still
                    at.parent.rmdir()


class Remote:
    """A place that fsspec reaches. A file that its store has taken is durable and whole."""

    def __init__(self, system: Any, root: str, address: str) -> None:  # noqa: ANN401  # fsspec has no types
        self._system = system
        self._root = root.rstrip("/")
        self.address = address

    @classmethod
    def at(cls, url: str) -> "Remote":
        """Raises InputError where the protocol is unknown or its package is not installed."""
        from fsspec.core import (  # type: ignore[import-untyped]  # noqa: PLC0415  # where it is asked for
            url_to_fs,
        )

        try:
            system, root = url_to_fs(url, use_listings_cache=False)
        except (ValueError, ImportError) as error:
            raise InputError(
                where=without_secret(url),
                expected="a folder, or a URL that an installed fsspec package reaches",
                got=str(error),
                do="For s3:// install s3fs, for gs:// gcsfs, for abfs:// adlfs; beside Beforehand.",
            ) from error
        return cls(system, root, without_secret(url))

    def within(self, folder: str, /) -> "Remote":
        return Remote(
            self._system, self._place(folder), f"{self.address.rstrip('/')}/{folder}"
        )

    def read(self, path: str, /) -> bytes | None:
        with _reached(self.address):
            try:
                found: bytes = self._system.cat_file(self._place(path))
            except FileNotFoundError:
                return None
        return found

    def paths(self, under: str = "", /, *, but: str = "") -> list[str]:
        top = self._place(under)
        with _reached(self.address):
            if not but:
                found = self._system.find(top)
            elif not self._system.isdir(top):
                found = []
            else:
                found = [
                    path
                    for one in self._system.ls(top, detail=True)
                    if one["name"].rstrip("/") != f"{top}/{but}"
                    for path in self._files(one)
                ]
        return [path.removeprefix(f"{self._root}/") for path in found]

    def write(self, files: Iterable[tuple[str, bytes]], /) -> None:
        waiting = iter(files)
        with ThreadPoolExecutor(_THREADS) as pool:
            while some := list(islice(waiting, _TOGETHER)):
                list(pool.map(self.put, *zip(*some, strict=True)))

    def put(self, path: str, data: bytes, /) -> None:
        at = self._place(path)
        with _reached(self.address):
            try:
                self._system.pipe_file(at, data, **self._headers(path))
            except FileNotFoundError:  # a place with folders of its own
                self._system.makedirs(at.rpartition("/")[0], exist_ok=True)
                self._system.pipe_file(at, data, **self._headers(path))

    def remove(self, paths: Iterable[str], /) -> None:
        with _reached(self.address):
            for path in paths:
                self._system.rm_file(self._place(path))

    def _place(self, path: str) -> str:
        return f"{self._root}/{path}" if path else self._root

    def _files(self, found: dict[str, Any]) -> list[str]:
        if found["type"] == "directory":
            paths: list[str] = self._system.find(found["name"])
            return paths
        return [found["name"]]

    def _headers(self, path: str) -> dict[str, object]:
        """Return what a web server in front of the store is to say of a file."""
        kind, seconds = media_type(path), cache_seconds(path)
        protocol = self._system.protocol
        match protocol if isinstance(protocol, str) else protocol[0]:
            case "s3" | "s3a":
                return {"ContentType": kind, "CacheControl": f"max-age={seconds}"}
            case "gs" | "gcs":
                control = {"cache_control": f"max-age={seconds}"}
                return {"content_type": kind, "fixed_key_metadata": control}
            case _:
                return {}


_YEAR: Final = 31_536_000
_MEDIA_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
}


def media_type(path: str) -> str:
    """Return the media type of a published file (C2SP tlog-tiles for those of the log)."""
    name = path.rpartition("/")[2]
    if name == "checkpoint":
        return _MEDIA_TYPES["txt"]
    return _MEDIA_TYPES.get(name.rpartition(".")[2], "application/octet-stream")


def cache_seconds(path: str) -> int:
    """Return how long a copy of a published file may be kept: a tile never changes."""
    return _YEAR if "tile/" in path else 10


def _write(path: Path, data: bytes) -> Path:
    # Not by a rename: until the checkpoint is put nobody looks for this file.
    try:
        path.write_bytes(data)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return path


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _up_to(top: Path, folders: Iterable[Path]) -> set[Path]:
    """Return `folders` and those above them, up to the one that holds `top`'s own name."""
    inside = {
        above
        for folder in folders
        for above in (folder, *folder.parents)
        if above.is_relative_to(top)
    }
    return inside | {top.parent} if inside else inside


def without_secret(url: str) -> str:
    """Return a path or URL to show a person: without the name and password that one may hold."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"


@contextmanager
def _reached(address: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise InputError(
            where=address,
            expected="a place that can be read and written",
            got=error.strerror or str(error) or type(error).__name__,
        ) from error
