"""A file from outside, its members and their rows, read as a stream.

A zip is read member by member, a gzip as it unfolds; nothing is unpacked to disk and nothing
but an answer in JSON is held in memory whole.
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, Protocol

import msgspec

from beforehand.oversight.outside import answers, tables
from beforehand.oversight.outside.sightings import Json, Row
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

ANSWER_LIMIT = 256 * 2**20
VALUES_LIMIT = 2**23
"""Values that an answer may have: `{}` is two bytes of a file and 64 of memory."""
_HEAD = 2**16
_ERRORS = "beforehand.windows"
_CHUNK = 2**20
# What Python's readers of archives raise at one that is broken, or in a way they do not know.
_BROKEN = (
    *(zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, RuntimeError, UnicodeDecodeError),  # the last: a member's name
)


class Readable(Protocol):
    """What gives bytes, some at a time; none at its end."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows of one member. `form` is empty when its columns are not known.

    head   what it begins with, to say so where it is not known
    """

    name: str
    form: str
    rows: Iterator[tuple[int, Row]]
    head: str = ""


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, read as a stream. Raises InputError."""
    with reading(path) as file:
        digest = hashlib.sha256()
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
        return digest.hexdigest()


@contextmanager
def reading(path: Path) -> Iterator[BinaryIO]:
    """Open a file to read. Raises InputError, also while it is read."""
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise InputError(
            where=str(path),
            expected="a file that can be read",
            got=error.strerror or "none",
        ) from error


@contextmanager
def opened(
    path: Path, *, name: str, as_of: str = "", ahead: bool = False
) -> Iterator[tuple[Iterator[Table], Callable[[], float]]]:
    """Open a file; give its tables, and what tells the share of it that was read.

    ahead   whether members of a zip are unfolded a chunk ahead, in a thread
    Raises InputError, then or while a table is read, when it is broken in any part.
    """
    size = max(1, path.stat().st_size) if path.is_file() else 1
    with reading(path) as file, closing(_tables(file, name, as_of, ahead=ahead)) as tables:
        yield tables, lambda: file.tell() / size


def _tables(
    file: BinaryIO, name: str, as_of: str, *, ahead: bool
) -> Generator[Table, None, None]:
    start = file.read(4)
    file.seek(0)
    if start.startswith(b"PK"):
        yield from _members(file, name, as_of, ahead=ahead)
    elif start.startswith(b"\x1f\x8b"):
        with _sound(name), gzip.open(file) as unfolded:
            yield _whole(unfolded, name, as_of)
    else:
        yield _whole(file, name, as_of)


def _whole(file: Readable, name: str, as_of: str) -> Table:
    table = table_of(file, name, as_of)
    if not table.form:
        raise InputError(
            where=name,
            expected="a table or an answer whose columns are known",
            got=repr(table.head) if table.head else "an empty file",
            do="docs/reference/imports.md lists the formats and their columns.",
        )
    return table


def _members(file: BinaryIO, name: str, as_of: str, *, ahead: bool) -> Iterator[Table]:
    with _sound(name), zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            if member.is_dir():
                continue
            at = f"{name}: {printable(member.filename)}"
            with (
                _sound(at),
                archive.open(member) as folded,
                _unfolding(folded, ahead=ahead) as unfolded,
            ):
                yield table_of(unfolded, at, as_of)
                while unfolded.read(_CHUNK):
                    pass  # its checksum is known at its end, also where it is no table


@contextmanager
def _unfolding(file: IO[bytes], *, ahead: bool) -> Iterator[Readable]:
    if not ahead:
        yield file
        return
    with ThreadPoolExecutor(1) as thread:
        yield _Ahead(file, thread)


class _Ahead:
    """Reads a chunk ahead in a thread: unfolding it keeps nobody else from working."""

    def __init__(self, file: IO[bytes], thread: ThreadPoolExecutor) -> None:
        self._file, self._thread = file, thread
        self._chunk, self._at = b"", 0
        self._next = thread.submit(file.read, _CHUNK)

    def read(self, size: int) -> bytes:
        """Return some bytes, `size` at most; none at the end. Raises what reading raised."""
        if self._at == len(self._chunk):
            self._chunk, self._at = self._next.result(), 0
            if self._chunk:
                self._next = self._thread.submit(self._file.read, _CHUNK)
        part = self._chunk[self._at : self._at + size]
        self._at += len(part)
        return part


def printable(name: str) -> str:
    """Return a name that does nothing to the terminal on which it is said."""
    return "".join(one if one.isprintable() else "\ufffd" for one in name)


@contextmanager
def _sound(where: str) -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise InputError(
            where=where,
            expected="a file that is whole",
            got=str(error) or type(error).__name__,
            do="Download it again; nothing of it was kept.",
        ) from error


class _Lent(io.RawIOBase):
    """A member to read from, that stays open when its reader is closed."""

    def __init__(self, file: Readable) -> None:
        super().__init__()
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        room = memoryview(buffer).cast("B")
        data = self._file.read(len(room))
        room[: len(data)] = data
        return len(data)


def table_of(file: Readable, name: str, as_of: str) -> Table:
    """Return a member's rows by what it begins with. Raises InputError."""
    buffered = io.BufferedReader(_Lent(file), _HEAD)
    head = buffered.peek(_HEAD)[:_HEAD]
    encoding = _encoding(head)
    text = head.decode(encoding, errors="replace").lstrip("\ufeff \r\n\t")
    if text[:1] in ("{", "["):
        form, rows = _answers(buffered, text, name, as_of)
        return Table(name=name, form=form, rows=rows, head=text[:60])
    stream = io.TextIOWrapper(buffered, encoding=encoding, errors=_ERRORS, newline="")
    form, rows = tables.rows(stream, name=name, head=text, as_of=as_of)
    return Table(name=name, form=form, rows=_sound_rows(rows, name), head=text[:60])


def _sound_rows(rows: Iterator[tuple[int, Row]], name: str) -> Iterator[tuple[int, Row]]:
    with _sound(name):
        yield from rows


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that are not of a text's encoding as Windows writes them: here, for once."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    odd = error.object[error.start : error.end]
    return odd.decode("cp1252", errors="replace"), error.end


codecs.register_error(_ERRORS, _as_windows)


def _encoding(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    return "utf-8-sig"


def _answers(
    file: IO[bytes], head: str, name: str, as_of: str
) -> tuple[str, Iterator[tuple[int, Row]]]:
    """Read one answer, or a record a line."""
    data = file.read(ANSWER_LIMIT + 1)
    if len(data) > ANSWER_LIMIT:
        raise InputError(
            where=name, expected=f"an answer of at most {ANSWER_LIMIT:,} bytes", got="more"
        )
    # No more values than these signs: the commas of texts are counted too.
    if (found := sum(map(data.count, (b"{", b"[", b",")))) > VALUES_LIMIT:
        raise InputError(
            where=name,
            expected=f"an answer of at most {VALUES_LIMIT:,} values",
            got=f"up to {found:,}",
            do="Import it as CSV, or in parts.",
        )
    try:
        decoded = _decoded(data.removeprefix(b"\xef\xbb\xbf"), head)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(where=name, expected="JSON", got=str(error)) from error
    form, records = answers.records(decoded)
    return form, (
        (number, answers.read(one, form, as_of)) for number, one in enumerate(records, 1)
    )


def _decoded(data: bytes, head: str) -> Json:
    first, _, rest = head.partition("\n")
    if rest.lstrip().startswith("{") and first.rstrip().endswith("}"):
        found: list[Json] = msgspec.json.Decoder().decode_lines(data)
        return found
    try:
        decoded: Json = msgspec.json.decode(data)
    except msgspec.DecodeError:
        # One record in a file of lines, or lines whose first is longer than what was seen.
        return list(msgspec.json.Decoder().decode_lines(data))
    return decoded
