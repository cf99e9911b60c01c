"""Deletion: which sealed parts a decided deletion takes. Pure, and by public values alone.

So anyone can work out from the ledger what should be gone, also when it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from beforehand.ledger.entry import Envelope
from beforehand.record.custody import DeletionDecided
from beforehand.record.facts import ActRefused
from beforehand.record.shapes import Fact
from beforehand.record.state import OpenQuestion, UseRequest
from beforehand.record.using import Process

Sealing = TypeVar("Sealing", bound=UseRequest | OpenQuestion | Process)


def covers(decided: DeletionDecided, entry: Envelope, *, register: str) -> bool:
    """Whether the sealed parts of `entry`, recorded before the decision, are to go.

    register   the register's id, which as something to keep keeps everything
    """
    named = {entry.actor, *texts(msgspec.json.decode(entry.data))}
    return _goes(decided, at=entry.at, kind=entry.kind, named=named, register=register)


def _goes(
    decided: DeletionDecided, *, at: str, kind: str, named: set[str], register: str
) -> bool:
    if at[:10] >= decided.before:
        return False
    if not decided.keeping:
        return True
    # A refused act is sealed whole and may name anything: while something is kept, it stays.
    if register in decided.keeping or kind == ActRefused.kind:
        return False
    return named.isdisjoint(decided.keeping)


def texts(value: object) -> Iterator[str]:
    """Yield every text in decoded JSON, but keys."""
    match value:
        case str():
            yield value
        case list() | tuple():
            for one in value:
                yield from texts(one)
        case dict():
            yield from texts(list(value.values()))
        case _:
            pass


def without(
    decided: DeletionDecided,
    things: Mapping[str, Sealing],
    fact: Callable[[Sealing], Fact],
    *,
    register: str,
) -> dict[str, Sealing]:
    """Return those of the things whose sealed parts go, without them.

    fact   what was recorded of a thing, in clear
    """
    found: dict[str, Sealing] = {}
    for name, one in things.items():
        told = fact(one)
        named = {one.by, *texts(msgspec.to_builtins(told))}
        if _goes(decided, at=one.at, kind=told.kind, named=named, register=register):
            found[name] = replace(one, opened={})
    return found
