"""A Cedar question: who does what to what, and the facts that the safeguards ask about.

A fact that is not known is left out, and then nothing that needs it can say Allow.
A date is a `Moments`: the earliest and latest it can be; the two are one in a live question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
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


# A value as it is encoded: what does not change from one question to the next is text already.
Written: TypeAlias = bool | int | str | msgspec.Raw | dict[str, "Written"]


class Reading(NamedTuple):
    """A question with one value for each date, as Cedar's JSON has it.

    given    the facts of the context
    things   the texts of each entity
    """

    put: Put
    given: dict[str, Written]
    things: list[Texts]

    @property
    def context(self) -> str:
        """The context in Cedar's JSON."""
        return encode(self.given)

    @property
    def entities(self) -> str:
        """Every entity in Cedar's JSON, whole."""
        return "[" + ",".join([one.whole for one in self.things]) + "]"

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
        named = (self.principal, self.resource, *self.context.values())
        return frozenset(
            [one for one in named if type(one) is Ref and one not in self.entities]
        )

    def read(self, chosen: Chosen) -> Reading:
        """Return the question as Cedar takes it, with each date read as `chosen` says."""
        put = self if chosen is live else self._with_dates(chosen)
        return Reading(
            put=put,
            given=_written(put.context),
            things=[_texts(ref, facts) for ref, facts in put.entities.items()],
        )

    def _with_dates(self, chosen: Chosen) -> Put:
        entities = {
            ref: _with_dates(facts, chosen, str(ref))
            for ref, facts in self.entities.items()
        }
        context = _with_dates(self.context, chosen, "context")
        return replace(self, context=context, entities=entities)

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


def _moments(facts: Mapping[str, Value], place: str) -> Iterator[tuple[str, Moments]]:
    for name, value in facts.items():
        if isinstance(value, Moments):
            yield f"{place}.{name}", value
        elif isinstance(value, Mapping):
            yield from _moments(value, f"{place}.{name}")


def _with_dates(facts: Mapping[str, Value], chosen: Chosen, place: str) -> Facts:
    return {
        name: exactly(chosen(f"{place}.{name}", value))
        if isinstance(value, Moments)
        else _with_dates(value, chosen, f"{place}.{name}")
        if isinstance(value, Mapping)
        else value
        for name, value in facts.items()
    }


# -- moments -----------------------------------------------------------------------------


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


# -- Cedar's JSON ------------------------------------------------------------------------
# The digest of a question is of this text, so it never changes: keys sorted, no spaces.


class Texts:
    """An entity in Cedar's JSON: whole, and with no attributes but those that are mentioned."""

    __slots__ = ("_mentioning", "facts", "ref", "whole")

    def __init__(self, ref: Ref, facts: Facts) -> None:
        self.ref, self.facts = ref, facts
        self.whole = entity(ref, _written(facts))
        self._mentioning: dict[frozenset[str], str] = {}

    def mentioning(self, names: frozenset[str]) -> str:
        """Return the entity with the attributes `names`; "" where it has none of them."""
        text = self._mentioning.get(names)
        if text is None:
            left = {name: value for name, value in self.facts.items() if name in names}
            text = entity(self.ref, _written(left)) if left else ""
            self._mentioning[names] = text
        return text


# The texts of an entity, while its attributes stay the very same object: things change
# seldom and are asked about often. The object is kept with its texts, so no other can take
# its identity.
_TEXTS: dict[int, Texts] = {}
_MOST_TEXTS = 4096


def _texts(ref: Ref, facts: Facts) -> Texts:
    if not facts:
        return _bare(ref)
    kept = _TEXTS.get(id(facts))
    if kept is not None and kept.facts is facts and kept.ref == ref:
        return kept
    if len(_TEXTS) >= _MOST_TEXTS:
        _TEXTS.clear()
    texts = _TEXTS[id(facts)] = Texts(ref, facts)
    return texts


@lru_cache(4096)
def _bare(ref: Ref) -> Texts:
    return Texts(ref, {})


def entity(ref: Ref, attributes: dict[str, Written]) -> str:
    return f'{{"attrs":{encode(attributes)},"parents":[],"uid":{_uid(ref)}}}'


_PLAIN = (str, int, bool)


def _written(facts: Mapping[str, Value]) -> dict[str, Written]:
    # A plain loop, the commonest first: it goes over every fact of every question.
    written: dict[str, Written] = {}
    for name, value in facts.items():
        if isinstance(value, _PLAIN):
            written[name] = value
        elif isinstance(value, Moments):
            written[name] = value.first
        elif isinstance(value, Ref):
            written[name] = _ref(value)
        elif isinstance(value, frozenset):
            written[name] = _set(value)
        else:
            written[name] = _written(value)
    return written


@lru_cache(4096)
def _set(values: frozenset[str] | frozenset[Ref]) -> msgspec.Raw:
    members: list[str | Ref] = sorted(values, key=str)
    every = [_ref(one) if isinstance(one, Ref) else one for one in members]
    return msgspec.Raw(_encoder.encode(every))


@lru_cache(4096)
def _ref(ref: Ref) -> msgspec.Raw:
    return msgspec.Raw(f'{{"__entity":{_uid(ref)}}}'.encode())


@lru_cache(4096)
def _uid(ref: Ref) -> str:
    return encode({"id": ref.id, "type": ref.type})


_encoder = msgspec.json.Encoder(order="deterministic")


def encode(value: Written) -> str:
    return _encoder.encode(value).decode()
