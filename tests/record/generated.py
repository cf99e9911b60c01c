"""Generated facts, acts and histories, and a Record as plain values that compare."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import cast

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import strategies as st
from msgspec import inspect

from beforehand.ledger.note import Signer
from beforehand.record import acts, grammar
from beforehand.record import facts as f
from beforehand.record.acts import Act, Json
from beforehand.record.checks import GrammarError
from beforehand.record.fold import Record
from beforehand.record.kinds import DecidedFact
from beforehand.record.recorded import AnyFact, Recorded
from beforehand.record.reported import REPORTED_KINDS
from tests.world import DIGEST, TERMS, Step, ask, award, changed, steps

_FIRST = "abcdefghijklmnopqrstuvwxyz0123456789"
IDS = st.builds(
    str.__add__, st.sampled_from(_FIRST), st.text(f"{_FIRST}.-", max_size=63)
) | st.sampled_from(["a", "9", "a" * 64, "a.-"])
WORDS = st.sampled_from(["a", "advertising_id", "a" * 64, "n2_"])
DIGESTS = st.binary(min_size=32, max_size=32).map(bytes.hex)
KEY_IDS = st.binary(min_size=4, max_size=4).map(bytes.hex)
VKEYS = st.binary(min_size=32, max_size=32).map(
    lambda seed: (
        Signer(
            name="log.example", _key=Ed25519PrivateKey.from_private_bytes(seed)
        ).verifier.vkey
    )
)
DAYS = st.dates(date(1000, 1, 1), date(9000, 1, 1)).map(date.isoformat)
EDTF = st.builds(
    lambda day, length, about: day[:length] + about,
    DAYS,
    st.sampled_from([4, 7, 10]),
    st.sampled_from(["", "~"]),
)
MOMENTS = st.datetimes().map(lambda one: one.isoformat(timespec="microseconds") + "Z")
WHOLE = st.integers(0, 2**53 - 1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
# Fields of reported facts that hold a day as far as it is known, and those that hold words.
ROUGH_DAYS = {"compiled", "awarded", "ended", "first", "last", "day", "issued", "due"} | {
    "status_as_of",
    "asked",
}
AS_PRINTED = {"number", "amount"}
CASES: st.SearchStrategy[Json] = st.none() | st.text(min_size=1).filter(
    lambda one: one.strip() == one
)


@cache
def facts(kind: type[AnyFact]) -> st.SearchStrategy[AnyFact]:
    """Return facts of one kind with every field in its form, made from the fields' types."""
    rough = (kind.kind, kind.kv) in REPORTED_KINDS
    found = _values(inspect.type_info(kind), "", _rough if rough else _text)
    return cast("st.SearchStrategy[AnyFact]", found)


def _text(name: str) -> st.SearchStrategy[str]:
    if name in acts.DIGESTS:
        return DIGESTS
    if name == "key":
        return KEY_IDS
    if name == "vkey":
        return VKEYS
    if name in acts.WORDS:
        return WORDS | IDS
    return DAYS if name in acts.DAYS else IDS


def _rough(name: str) -> st.SearchStrategy[str]:
    if name in ROUGH_DAYS:
        return EDTF
    if name in AS_PRINTED:
        return TEXTS
    return DIGESTS if name == "file" else IDS


def _values(  # noqa: PLR0911  # one case a kind of type
    kind: inspect.Type, name: str, text: Callable[[str], st.SearchStrategy[str]]
) -> st.SearchStrategy[object]:
    match kind:
        case inspect.StructType():
            parts = {
                one.name: _values(one.type, one.name, text)
                for one in kind.fields
                if one.name == one.encode_name
            }
            return st.builds(kind.cls, **parts)
        case inspect.UnionType():
            return st.one_of(*(_values(one, name, text) for one in kind.types))
        case inspect.VarTupleType():
            return st.lists(_values(kind.item_type, name, text), max_size=3).map(tuple)
        case inspect.TupleType():
            return st.tuples(*(_values(one, name, text) for one in kind.item_types))
        case inspect.LiteralType():
            return st.sampled_from(kind.values)
        case inspect.NoneType():
            return st.none()
        case inspect.BoolType():
            return st.booleans()
        case inspect.IntType():
            return WHOLE
        case inspect.StrType():
            return text(name)
        case _:
            raise TypeError(kind)


def _sealed(kind: type[DecidedFact]) -> st.SearchStrategy[dict[str, Json]]:
    plain: st.SearchStrategy[Json] = st.recursive(
        st.none() | st.booleans() | WHOLE | TEXTS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(IDS, inner, max_size=3),
        max_leaves=5,
    )
    return st.fixed_dictionaries(dict.fromkeys(kind.sealed, plain))


@cache
def acts_of(kind: type[DecidedFact]) -> st.SearchStrategy[Act]:
    return st.builds(Act, actor=IDS, fact=facts(kind), sealed=_sealed(kind))


# -- histories ---------------------------------------------------------------------------


def act_of(step: Step) -> Act:
    sealed: dict[str, Json] = msgspec.convert(dict(step.opened), dict)
    return Act(actor=step.actor, fact=step.fact, sealed=sealed)


def asked(question: str, actor: str = "analyst", **changes: object) -> Step:
    act = ask(actor)
    fact = msgspec.structs.replace(act.fact, question=question, **changes)
    return Step(fact=fact, actor=actor, opened=act.sealed)


def _answered(question: str) -> Step:
    fact = f.QuestionAnswered(
        question=question, answer=DIGEST, plan=DIGEST, shown=1, hidden=1
    )
    return Step(fact=fact, actor="analyst")


def _later() -> list[Step]:
    """Steps that may come after, or in the midst of, the invented department's own."""
    other_text = changed("draft", terms=msgspec.structs.replace(TERMS, sharing=("x",)))
    more: Iterable[tuple[str, DecidedFact]] = [
        ("chief", f.AssessmentWithdrawn(assessment="pia")),
        (
            "manager",
            f.MitigationDone(assessment="pia", mitigation="check", evidence=DIGEST),
        ),
        ("chief", f.DatasetStopped(dataset="feed")),
        ("chief", f.DatasetResumed(dataset="feed")),
        ("buyer", award().fact),
        ("buyer", f.ContractEnded(contract="c-1")),
        ("buyer", f.ContractEnded(contract="c-2")),
        ("root", f.QuestionWithheld(question="q-2", reason="engine_failed")),
        ("supervisor", f.UseReviewed(office="routes", dataset="feed", finding="in_order")),
    ]
    return [
        *other_text.values(),
        *(Step(fact=fact, actor=actor) for actor, fact in more),
        asked("q-1"),
        asked("q-2", "other"),
        asked("q-3", repeats="q-1"),
        _answered("q-1"),
        _answered("q-2"),
    ]


def recorded(index: int, step: Step, *, unmet: tuple[str, ...] = ()) -> Recorded:
    return Recorded.made(
        index=index,
        at=step.at,
        actor=step.actor,
        id=f"e-{index}",
        fact=step.fact,
        opened=step.opened,
        unmet=unmet,
    )


@st.composite
def histories(draw: st.DrawFn) -> list[Recorded]:
    """Draw entries, each of which the grammar lets follow those before it."""
    # Most of the department in its own order, so that much of what comes after is possible.
    own = list(steps().values())
    left_out = draw(st.sets(st.integers(2, len(own) - 1), max_size=3))
    first = [one for number, one in enumerate(own) if number not in left_out]
    pool = [*own[2:], *_later()]
    more = draw(st.lists(st.sampled_from(pool), max_size=30))
    record = Record()
    found: list[Recorded] = []
    for number, one in enumerate([*first, *more]):
        step = replace(
            one, at=f"20{26 + number // 24}-{number // 2 % 12 + 1:02}-20T10:00:00.000000Z"
        )
        try:
            grammar.check(record, act_of(step))
        except GrammarError:
            continue
        entry = recorded(record.size, step)
        record.apply(entry)
        found.append(entry)
    return found


# -- comparing ---------------------------------------------------------------------------


def plain(value: object) -> object:  # noqa: PLR0911  # one case a kind of value
    """Return a Record, or a part of one, as values that compare by what they hold."""
    match value:
        case Record():
            return {name: plain(one) for name, one in vars(value).items()}
        case Counter() | Mapping():
            return {key: plain(one) for key, one in value.items()}
        case set() | frozenset():
            return sorted(value)
        case list() | tuple():
            return [plain(one) for one in value]
        case msgspec.Struct():
            names = value.__struct_fields__
            return {name: plain(getattr(value, name)) for name in names}
        case _ if hasattr(value, "apply"):
            return {name: plain(one) for name, one in vars(value).items()}
        case _:
            return value


def is_named(kind: str) -> bool:
    """Whether a kind is written noun.participle."""
    return re.fullmatch(r"[a-z]+\.[a-z]+", kind) is not None
