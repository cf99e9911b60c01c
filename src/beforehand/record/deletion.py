"""Deletion: which sealed parts a decided deletion takes. Pure, and by public values alone.

So anyone can work out from the ledger what should be gone, also when it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from msgspec.structs import replace

from beforehand.ledger.entry import Envelope
from beforehand.record.custody import DeletionDecided
from beforehand.record.facts import ActRefused
from beforehand.record.state import OpenQuestion, UseRequest
from beforehand.record.using import Process


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


def requests_without(
    decided: DeletionDecided, requests: Mapping[str, UseRequest], *, register: str
) -> dict[str, UseRequest]:
    """Return the use requests whose sealed parts go, without them."""
    return {
        name: replace(one, opened={})
        for name, one in requests.items()
        if _goes(
            decided,
            at=one.at,
            kind=one.asked.kind,
            named={one.by, *texts(msgspec.to_builtins(one.asked))},
            register=register,
        )
    }


def processes_without(
    decided: DeletionDecided, processes: Mapping[str, Process], *, register: str
) -> dict[str, Process]:
    """Return the legal processes whose sealed scope goes, without it."""
    return {
        name: replace(one, opened={})
        for name, one in processes.items()
        if _goes(
            decided,
            at=one.at,
            kind=one.recorded.kind,
            named={one.by, *texts(msgspec.to_builtins(one.recorded))},
            register=register,
        )
    }


def questions_without(
    decided: DeletionDecided, questions: Mapping[str, OpenQuestion], *, register: str
) -> dict[str, OpenQuestion]:
    """Return the open questions whose form goes, without it."""
    return {
        name: replace(one, opened={})
        for name, one in questions.items()
        if _goes(
            decided,
            at=one.at,
            kind=one.admitted.kind,
            named={one.by, *texts(msgspec.to_builtins(one.admitted))},
            register=register,
        )
    }
