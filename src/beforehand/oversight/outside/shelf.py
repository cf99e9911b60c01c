"""The shelf: what was read from outside, in one SQLite file of the register's folder.

Derived: each file on it is on the ledger and kept whole, so that a shelf that is lost, or
behind, is made again from them in their order. One file lands in one transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Self, TypeAlias

import msgspec

from beforehand.oversight.outside.sightings import Body, Known, Sighting
from beforehand.refusal import InputError

VERSION = 3
_TABLES = f"""
CREATE TABLE file (seq INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE);
CREATE TABLE thing (
  kind TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL, as_of TEXT NOT NULL,
  mixed BLOB, file INTEGER NOT NULL, member TEXT NOT NULL, row INTEGER NOT NULL
);
CREATE UNIQUE INDEX by_key ON thing (kind, key);
PRAGMA user_version = {VERSION};
"""
_KNOWN = "SELECT kind, key, body, as_of, mixed FROM thing WHERE kind = ? AND key IN ({})"
_NEW = "INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_CHANGED = (
    "UPDATE thing SET body = ?, as_of = ?, mixed = ?, file = coalesce(?, file),"
    " member = coalesce(?, member), row = coalesce(?, row) WHERE kind = ? AND key = ?"
)
_AT_ONCE = 900
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict[str, str]).decode


class TakenMeanwhileError(InputError):
    """Another process took the same file while this one waited for its turn."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A thing on the shelf, with where its newest correction, or else its first row, stands.

    mixed   field -> its own day, of fields that have another than `as_of`
    file    the digest of that file
    """

    kind: str
    key: str
    body: Body
    as_of: str
    file: str
    member: str
    row: int
    mixed: Body = {}


class Award(msgspec.Struct, frozen=True, kw_only=True):
    """One award: all that files say of it, the newest last.

    agency, parent   empty where no file names them
    """

    number: str
    agency: str
    parent: str
    rows: tuple[Kept, ...]


class Files:
    """An open shelf. Use it as a context manager; it holds the file until it is closed."""

    def __init__(self, path: Path | None) -> None:
        """Open the shelf at `path`; None for one that is gone when it is closed."""
        self._path = path
        self._seq: int | None = None
        try:
            self._open()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:  # it is damaged, and derived: it is made again
            self._db.close()
            if path is not None:
                path.unlink()
            self._open()

    def _open(self) -> None:
        where: str | Path = ":memory:" if self._path is None else self._path
        self._db = sqlite3.connect(where, isolation_level=None, timeout=30)
        self._db.execute("PRAGMA cache_size = -65536")
        self._db.execute("PRAGMA temp_store = MEMORY")
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version != VERSION:
            self._make_anew()

    def _make_anew(self) -> None:
        names = self._db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        drops = "".join(f"DROP TABLE {name};" for (name,) in names.fetchall())
        self._db.executescript(f"BEGIN; {drops} {_TABLES} COMMIT;")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def digests(self) -> tuple[str, ...]:
        """Return the digests of the files on it, in their order."""
        return tuple(
            one for (one,) in self._db.execute("SELECT digest FROM file ORDER BY seq")
        )

    @contextmanager
    def taking(self, digest: str, *, keep: bool = True) -> Iterator[Self]:
        """Take one file, all or nothing.

        Raises InputError where another is being taken, TakenMeanwhileError where this one was.

        keep   False to undo it at the end: what would have been
        """
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise InputError(
                where=str(self._path),
                expected="no other import under way",
                got=str(error),
                do="Wait until it is done.",
            ) from error
        try:
            self._seq = self._begin(digest)
            yield self
            # Durable from here on. A crash before loses only what is made again from the file.
            self._db.execute("COMMIT" if keep else "ROLLBACK")
        except BaseException as error:
            if self._db.in_transaction:  # a full disk has undone it already
                self._db.execute("ROLLBACK")
            if isinstance(error, sqlite3.OperationalError):
                raise self._full(error) from error
            raise

    def _full(self, error: sqlite3.OperationalError) -> InputError:
        return InputError(
            where=str(self._path),
            expected="room to take a file",
            got=str(error),
            do="Make room, and import it again: what is on the ledger by then is not lost.",
        )

    def _begin(self, digest: str) -> int | None:
        if digest in self.digests():
            raise TakenMeanwhileError(
                where=str(self._path),
                expected="a file that is not imported yet",
                got="one that was imported meanwhile",
                do="Import it again to see what became of its rows; nothing changes.",
            )
        return self._db.execute("INSERT INTO file (digest) VALUES (?)", (digest,)).lastrowid

    def clear(self) -> None:
        """Empty it, to be made anew."""
        self._make_anew()

    # -- what `landing` needs ------------------------------------------------------------

    def known(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Known]:
        found: dict[tuple[str, str], Known] = {}
        by_kind: dict[str, set[str]] = {}
        for kind, key in keys:
            by_kind.setdefault(kind, set()).add(key)
        for kind, some in by_kind.items():
            wanted = sorted(some)
            for start in range(0, len(wanted), _AT_ONCE):
                part = wanted[start : start + _AT_ONCE]
                text = _KNOWN.format(",".join("?" * len(part)))
                for _, key, body, as_of, mixed in self._db.execute(text, (kind, *part)):
                    found[kind, key] = Known(
                        body=_decode(body),
                        as_of=as_of,
                        mixed=_decode(mixed) if mixed else {},
                    )
        return found

    def put(
        self, things: Iterable[tuple[Sighting, Known, int | None, str]], *, new: bool
    ) -> None:
        if new:
            seq = self._seq
            rows = [
                (
                    seen.kind,
                    seen.key,
                    _encode(now.body),
                    now.as_of,
                    _encode(now.mixed) if now.mixed else None,
                    seq,
                    member,
                    number,
                )
                for seen, now, number, member in things
            ]
            self._db.executemany(_NEW, rows)
            return
        changed = (
            (
                *(_encode(now.body), now.as_of, _mixed(now)),
                *((None, None, None) if number is None else (self._seq, member, number)),
                *(seen.kind, seen.key),
            )
            for seen, now, number, member in things
        )
        self._db.executemany(_CHANGED, changed)

    # -- reading -------------------------------------------------------------------------

    def things(self, kind: str) -> Iterator[Kept]:
        """Yield the things of a kind, by key."""
        rows = self._db.execute(
            "SELECT kind, key, body, as_of, digest, member, row, mixed FROM thing"
            " JOIN file ON seq = file WHERE kind = ? ORDER BY key",
            (kind,),
        )
        for name, key, body, as_of, digest, member, row, mixed in rows:
            yield Kept(
                kind=name,
                key=key,
                body=_decode(body),
                as_of=as_of,
                file=digest,
                member=member,
                row=row,
                mixed=_decode(mixed) if mixed else {},
            )

    def count(self, kind: str) -> int:
        found: tuple[int] = self._db.execute(
            "SELECT count(*) FROM thing WHERE kind = ?", (kind,)
        ).fetchone()
        return found[0]

    def awards(self) -> Iterator[Award]:
        """Yield every award once, whatever files name it."""
        for number, rows in groupby(self.things("award"), key=_number):
            yield from one_award(number, list(rows))

    def count_awards(self) -> int:
        """Return how many awards there are. Cost: one pass over the keys."""
        keys = self._db.execute("SELECT key FROM thing WHERE kind = 'award' ORDER BY key")
        return sum(
            len(set(_identities((agency, parent) for _, agency, parent in some).values()))
            for _, some in groupby(_named(keys), key=lambda one: one[0])
        )


def _named(keys: Iterable[tuple[str]]) -> Iterator[tuple[str, str, str]]:
    """Yield number, agency and parent of sorted keys, each once: most rows name the one before."""
    begins = "|"  # no key does
    for (key,) in keys:
        if not key.startswith(begins):
            number, agency, parent, _ = key.split("|", 3)
            begins = f"{number}|{agency}|{parent}|"
            yield number, agency, parent


Identity: TypeAlias = tuple[str, str]


def _number(kept: Kept) -> str:
    return kept.key.partition("|")[0]


def _identities(some: Iterable[Identity]) -> Mapping[Identity, Identity]:
    """Return, for each agency and parent under one number, which award it is.

    A source that names neither, or not both, means the only award that fits what it names;
    where several fit it is kept apart.
    """
    every = set(some)
    found: dict[Identity, Identity] = {}
    for one in every:
        fuller = {other for other in every if _fits(one, other)}
        fullest = [one for one in fuller if not any(_fits(one, other) for other in fuller)]
        found[one] = fullest[0] if len(fullest) == 1 else one
    return found


def _fits(one: Identity, other: Identity) -> bool:
    """Whether `other` names all that `one` names, and more."""
    return one != other and all(
        mine in ("", its) for mine, its in zip(one, other, strict=True)
    )


def one_award(number: str, rows: list[Kept]) -> Iterator[Award]:
    """Yield the awards of one number; nearly always there is one."""
    named = {tuple(kept.key.split("|", 3)[1:3]) for kept in rows}
    if len(named) == 1:
        (agency, parent), *_ = named
        yield Award(
            number=number, agency=agency, parent=parent, rows=tuple(sorted(rows, key=_age))
        )
        return
    parts = [(kept.key.split("|"), kept) for kept in rows]
    identity = _identities((part[1], part[2]) for part, _ in parts)
    found: dict[Identity, list[Kept]] = {}
    for part, kept in parts:
        found.setdefault(identity[part[1], part[2]], []).append(kept)
    for (agency, parent), some in sorted(found.items()):
        newest_last = tuple(sorted(some, key=_age))
        yield Award(number=number, agency=agency, parent=parent, rows=newest_last)


def _age(kept: Kept) -> tuple[str, str]:
    return kept.as_of, kept.key


def _mixed(now: Known) -> bytes | None:
    return _encode(now.mixed) if now.mixed else None
