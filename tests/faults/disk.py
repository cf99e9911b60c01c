"""What a power cut leaves of a folder: a model of a disk and of the cache before it. Pure.

Only what was synced is certain. Of the rest each write may be there, be lost, or be torn into
sectors, and each change of a name may be there or not:

- a sync of a file keeps its bytes, and not its name
- a sync of a folder keeps the names in it, and not the bytes of their files
- a rename is there as a whole or not at all, and only after what was done before to its names
- a file that grew may be longer than what was kept of it: then zeros or rubbish fill it

It is harsher than most file systems, which keep more of the order.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from random import Random
from typing import Final, NamedTuple, TypeAlias, assert_never

SECTOR: Final = 512
FOLDER: Final = -1
"""In the place of a file: the name is that of a folder."""


class Written(NamedTuple):
    file: int
    offset: int
    data: bytes


class Truncated(NamedTuple):
    file: int
    size: int


class Synced(NamedTuple):
    file: int


class Named(NamedTuple):
    """A new file or folder (`FOLDER`) has this name."""

    name: str
    file: int


class Renamed(NamedTuple):
    old: str
    new: str


class Removed(NamedTuple):
    name: str


class FolderSynced(NamedTuple):
    """Its names are kept; "" is the folder of everything."""

    name: str


Change: TypeAlias = Named | Renamed | Removed
Event: TypeAlias = Written | Truncated | Synced | FolderSynced | Change


@dataclass(slots=True)
class _File:
    """The bytes that are certain, those that the running system sees, and what lies between."""

    certain: bytearray = field(default_factory=bytearray)
    seen: bytearray = field(default_factory=bytearray)
    waiting: list[Written | Truncated] = field(default_factory=list)

    def change(self, event: Written | Truncated) -> None:
        _change(self.seen, event)
        self.waiting.append(event)

    def sync(self) -> None:
        for event in self.waiting:
            _change(self.certain, event)
        self.waiting.clear()

    def after_cut(self, luck: float, chance: Random) -> bytes:
        content = bytearray(self.certain)
        for event in self.waiting:
            if chance.random() < luck:
                _change(content, event)
            elif isinstance(event, Written):
                _tear(content, event, chance)
        return bytes(content)


class Disk:
    """Takes events in their order; tells what is there now, and what after a power cut."""

    def __init__(self) -> None:
        self._files: dict[int, _File] = {}
        self._certain: dict[str, int] = {}
        self._seen: dict[str, int] = {}
        self._waiting: list[Change] = []

    def apply(self, event: Event) -> None:
        match event:
            case Written() | Truncated():
                self._file(event.file).change(event)
            case Synced():
                self._file(event.file).sync()
            case Named() | Renamed() | Removed():
                _rename(self._seen, event)
                self._waiting.append(event)
            case FolderSynced():
                self._sync_folder(event.name)
            case _:
                assert_never(event)

    def now(self) -> dict[str, bytes]:
        """Return every file as the running system sees it."""
        return {
            name: bytes(self._file(file).seen)
            for name, file in self._seen.items()
            if file != FOLDER
        }

    def read(self, name: str) -> bytes:
        """Return one file as the running system sees it."""
        return bytes(self._file(self._seen[name]).seen)

    def after_cut(self, chance: Random) -> dict[str, bytes | None]:
        """Return what may be there after the power goes now; None for a folder."""
        luck = chance.choice((0.0, 0.3, 0.8, 1.0))
        names = dict(self._certain)
        lost: set[str] = set()
        for change in self._waiting:
            if chance.random() < luck and lost.isdisjoint(_names(change)):
                _rename(names, change)
            else:
                lost.update(_names(change))
        return {
            name: None if file == FOLDER else self._file(file).after_cut(luck, chance)
            for name, file in sorted(names.items())
            if all(names.get(above) == FOLDER for above in _above(name))
        }

    def _file(self, file: int) -> _File:
        return self._files.setdefault(file, _File())

    def _sync_folder(self, folder: str) -> None:
        waiting, self._waiting = self._waiting, []
        for change in waiting:
            if any(parent(name) == folder for name in _names(change)):
                _rename(self._certain, change)
            else:
                self._waiting.append(change)


def replay(events: Iterable[Event]) -> Disk:
    disk = Disk()
    for event in events:
        disk.apply(event)
    return disk


def parent(name: str) -> str:
    return name.rpartition("/")[0]


def _names(change: Change) -> tuple[str, ...]:
    return (change.old, change.new) if isinstance(change, Renamed) else (change.name,)


def _above(name: str) -> Iterator[str]:
    return (str(one) for one in PurePosixPath(name).parents if str(one) != ".")


def _rename(names: dict[str, int], change: Change) -> None:
    match change:
        case Named():
            names[change.name] = change.file
        case Renamed():
            names[change.new] = names.pop(change.old)
        case Removed():
            del names[change.name]
        case _:
            assert_never(change)


def _change(content: bytearray, event: Written | Truncated) -> None:
    match event:
        case Written(offset=offset, data=data):
            _lengthen(content, offset)
            content[offset : offset + len(data)] = data
        case Truncated(size=size):
            _lengthen(content, size)
            del content[size:]
        case _:
            assert_never(event)


def _lengthen(content: bytearray, size: int) -> None:
    content.extend(bytes(max(0, size - len(content))))


def _tear(content: bytearray, event: Written, chance: Random) -> None:
    """Keep none or some of the sectors of a write; its length may have been kept alone."""
    if chance.random() < 0.5:
        return
    end = event.offset + len(event.data)
    if (gap := end - len(content)) > 0 and chance.random() < 0.5:
        content.extend(bytes(gap) if chance.random() < 0.5 else chance.randbytes(gap))
    start = event.offset
    while start < end:
        stop = min(end, (start // SECTOR + 1) * SECTOR)
        if chance.random() < 0.5:
            part = event.data[start - event.offset : stop - event.offset]
            _change(content, Written(event.file, start, part))
        start = stop
