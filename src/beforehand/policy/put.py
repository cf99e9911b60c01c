"""A Cedar question: who does what to what, and the facts that the safeguards ask about.

A fact that is not known is left out, and then nothing that needs it can say Allow.
A date is a `Moments`: the earliest and latest it can be; the two are one in a live question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from itertools import product
from typing import NamedTuple, TypeAlias

import msgspec

FOREVER = 253_370_764_800_000  # 9999-01-01
BEGINNING = -62_135_596_800_000  # 0001-01-01


class Ref(NamedTuple):
    """The name of an entity: its Cedar type and id."""

    type: str
    id: str


class Moments(NamedTuple):
    """The earliest and the latest moment, in milliseconds since 1970-01-01T00:00:00Z."""

    first: int
    last: int


Value: TypeAlias = (
    bool
    | int
    | str
    | Ref
    | Moments
    | frozenset[str]
    | frozenset[Ref]
    | Mapping[str, "Value"]
)
Facts: TypeAlias = dict[str, Value]
Chosen: TypeAlias = Callable[[str, Moments], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A question with one value for each date.

    context, entities   Cedar's JSON
    """

    put: Put
    context: str
    entities: str

    def request(self) -> dict[str, object]:
        return {
            "principal": self.put.principal._asdict(),
            "action": {"type": "Action", "id": self.put.action},
            "resource": self.put.resource._asdict(),
            "context": self.context,
        }

    def digest(self) -> str:
        """Return the SHA-256 of the question as it was put, in hex."""
        parts = (self.put.principal.id, self.put.action, *self.put.resource)
        text = "\n".join((*parts, self.context, self.entities))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """One question. An entity that is named and not among `entities` is missing."""

    action: str
    principal: Ref
    resource: Ref
    context: Facts
    entities: dict[Ref, Facts]

    def missing(self) -> frozenset[Ref]:
        """Return every entity that is named by the question itself and was not given."""
        named = {self.principal, self.resource}
        named |= {one for one in self.context.values() if isinstance(one, Ref)}
        return frozenset(named - set(self.entities))

    def read(self, chosen: Chosen) -> Reading:
        """Return the question as Cedar takes it, with each date read as `chosen` says."""
        context = _encode(_facts(self.context, chosen, "context"))
        render = _entity if chosen is live else partial(_render, chosen)
        entities = ",".join(render(ref, facts) for ref, facts in self.entities.items())
        return Reading(put=self, context=context, entities=f"[{entities}]")

    def readings(self) -> Iterator[Chosen]:
        """Yield every way of reading the dates that are not known exactly, by their ends.

        Each date is read on its own, also where two happen to have the same span.
        """
        places = [place for place, date in self._dates() if date.first != date.last]
        for ends in product((0, 1), repeat=len(places)):
            yield _by_ends(dict(zip(places, ends, strict=True)))

    def _dates(self) -> Iterator[tuple[str, Moments]]:
        yield from _moments(self.context, "context")
        for ref, facts in self.entities.items():
            yield from _moments(facts, str(ref))


def live(_: str, date: Moments) -> int:
    """Read a date of a live question, which has one reading."""
    return date.first


def _by_ends(ends: Mapping[str, int]) -> Chosen:
    return lambda place, date: date[ends.get(place, 0)]


@lru_cache(4096)
def moment(at: str) -> Moments:
    """Return a moment of the ledger (six decimals), floored to milliseconds."""
    then = _since_1970(at[:10]) + (
        int(at[11:13]) * 3_600_000 + int(at[14:16]) * 60_000 + int(at[17:19]) * 1000
    )
    return exactly(then + int(at[20:23] or 0))


@lru_cache(4096)
def day(iso: str) -> Moments:
    """Return the first moment of a day."""
    return exactly(_since_1970(iso))


def exactly(milliseconds: int) -> Moments:
    return Moments(milliseconds, milliseconds)


@lru_cache(4096)
def _since_1970(iso: str) -> int:
    return (date.fromisoformat(iso).toordinal() - _EPOCH) * 86_400_000


_EPOCH = date(1970, 1, 1).toordinal()


# The text of an entity's attributes, while they stay the very same object: things change
# seldom and are asked about often. The object is kept with its text, so no other can take
# its identity.
_TEXTS: dict[int, tuple[Ref, Facts, str]] = {}
_MOST_TEXTS = 4096


def _entity(ref: Ref, facts: Facts) -> str:
    """Return an entity of a live question as Cedar's JSON."""
    kept = _TEXTS.get(id(facts))
    if kept is not None and kept[1] is facts and kept[0] == ref:
        return kept[2]
    text = _render(live, ref, facts)
    if len(_TEXTS) >= _MOST_TEXTS:
        _TEXTS.clear()
    _TEXTS[id(facts)] = (ref, facts, text)
    return text


def _render(chosen: Chosen, ref: Ref, facts: Facts) -> str:
    return _encode(
        {"uid": ref._asdict(), "attrs": _facts(facts, chosen, str(ref)), "parents": []}
    )


def _moments(facts: Mapping[str, Value], place: str) -> Iterator[tuple[str, Moments]]:
    for name, value in facts.items():
        if isinstance(value, Moments):
            yield f"{place}.{name}", value
        elif isinstance(value, Mapping):
            yield from _moments(value, f"{place}.{name}")


def _facts(facts: Mapping[str, Value], chosen: Chosen, place: str) -> dict[str, object]:
    return {name: _value(value, chosen, f"{place}.{name}") for name, value in facts.items()}


def _value(value: Value, chosen: Chosen, place: str) -> object:
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, Moments):
        return chosen(place, value)
    if isinstance(value, Ref):
        return {"__entity": {"type": value.type, "id": value.id}}
    if isinstance(value, frozenset):
        members: list[Value] = list(value)
        return [_value(one, chosen, place) for one in sorted(members, key=str)]
    return _facts(value, chosen, place)


_encoder = msgspec.json.Encoder(order="deterministic")


def _encode(value: object) -> str:
    return _encoder.encode(value).decode()
