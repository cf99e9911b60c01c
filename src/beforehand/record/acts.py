"""An act: what a person asks to be done, before anything is decided.

As JSON it is one object: `act` (the verb), `actor` (the person), the public fields of the
fact it would become, and `sealed` with one value for each sealed part.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any, TypeAlias

import msgspec

from beforehand.ledger.entry import canonical
from beforehand.ledger.errors import MalformedEntryError
from beforehand.record.kinds import ACTS, VERSIONS, DecidedFact
from beforehand.record.misfits import misfit
from beforehand.refusal import InputError

Json: TypeAlias = bool | int | str | list["Json"] | dict[str, "Json"] | None

ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")
WORD = re.compile(r"[a-z0-9][a-z0-9_]{0,63}")
DIGEST = re.compile(r"[0-9a-f]{64}")
DIGESTS = {
    "document",
    "digest",
    "policies",
    "snapshot",
    "evidence",
    "answer",
    "plan",
    "file",
    "public_key",
    "disclosure",
    "root",
    "link",
}
# Fields that hold words of a closed or common list, not ids.
WORDS = (
    {"contains", "office_kind", "roles", "legal_basis", "reason", "finding", "reader"}
    | {"body", "outcome", "measure", "to", "process_kind", "pattern", "judged"}
    | {"likelihood", "severity", "likelihood_left", "severity_left"}
    | {"claim", "item_kind"}
    | {"response", "status", "promised", "asker", "reply", "redress_kind"}
)
KEY_ID = re.compile(r"[0-9a-f]{8}")
VKEY = re.compile(r"[!-*,-~]{1,200}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{43,400}={0,2}")
DAYS = {
    "expires",
    "starts",
    "ends",
    "in_force_from",
    "first_day",
    "last_day",
    "due",
    "before",
    "until",
    "discovered",
    "issued",
    "received",
    "since",
}
# Acts that the program makes as it works, and nobody writes by hand.
MADE_HERE = frozenset(
    {"ask", "answer", "withhold-answer", "take-in", "record-audit", "open-register"}
    | {"add-log-key", "retire-log-key", "name-reader", "open-sealed", "audit-sealed"}
    | {"delete-sealed", "prove-deletion", "note-clock-step"}
    | {"issue-statement", "flip-statement", "commit-count", "open-count"}
    | {"import-file"}
    | {"draw-sample", "note-failed-check", "note-silence"}
)
FIRST_YEAR, LAST_YEAR = 1000, 9000
LIMIT = 60_000  # an entry holds 65,535 bytes; the rest is the envelope


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """`sealed` has a value for every sealed part of the fact's kind, null when absent.

    `repr` does not show it: it may end in a log.
    """

    actor: str
    fact: DecidedFact
    sealed: Mapping[str, Json] = field(default_factory=dict, repr=False)

    @property
    def verb(self) -> str:
        return self.fact.act


def decode_act(data: bytes, *, where: str) -> Act:
    """Return the act in `data`, its form checked. Raises InputError."""
    if len(data) > LIMIT:
        raise InputError(
            where=where, expected=f"at most {LIMIT:,} bytes", got=f"{len(data):,}"
        )
    try:
        raw = msgspec.json.decode(data)
        each_key_once(data, where=where)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(where=where, expected="one JSON object", got=str(error)) from error
    if not isinstance(raw, dict):
        raise InputError(where=where, expected="a JSON object", got=type(raw).__name__)
    verb, actor, sealed = (
        raw.pop("act", None),
        raw.pop("actor", None),
        raw.pop("sealed", {}),
    )
    if not isinstance(verb, str) or verb not in ACTS:
        near = get_close_matches(verb, ACTS, n=3) if isinstance(verb, str) else []
        raise InputError(
            where=f"{where}: act",
            expected=f"the verb of an act, such as {' or '.join(near or ['award', 'ask'])}",
            got=_shown(verb),
            do="`beforehand schema act` gives all of them, with their fields.",
        )
    kind = _version(verb, raw)
    if not isinstance(actor, str) or not ID.fullmatch(actor):
        raise InputError(
            where=f"{where}: actor",
            expected="the id of a person",
            got="nothing" if actor is None else _shown(actor),
        )
    if not isinstance(sealed, dict) or not set(sealed) <= set(kind.sealed):
        raise InputError(
            where=f"{where}: sealed",
            expected=f"an object with {', '.join(kind.sealed) or 'no keys'}",
            got="other keys" if isinstance(sealed, dict) else type(sealed).__name__,
        )
    _check_sealed(sealed, where=f"{where}: sealed")
    try:
        fact = msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        raise misfit(error, kind, raw, where=where) from error
    check_form(fact, where=where)
    return Act(
        actor=actor, fact=fact, sealed={part: sealed.get(part) for part in kind.sealed}
    )


def _version(verb: str, fields: Mapping[str, object]) -> type[DecidedFact]:
    """Return the newest version of an act of which some new field is given, else the first.

    So an act that says nothing new is what it always was, to the digest of its text.
    """
    *older, first = VERSIONS[verb]
    for kind in older:
        new = {one.name for one in msgspec.structs.fields(kind) if not one.required}
        if not new.isdisjoint(fields):
            return kind
    return first


def _shown(value: object) -> str:
    return repr(value)[:80]


def each_key_once(data: bytes, *, where: str) -> None:
    """Refuse a key that stands twice: one value could be shown and the other decided."""

    def once(pairs: list[tuple[str, object]]) -> None:
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise InputError(
                    where=where, expected="each key once", got=f"{_shown(key)} again"
                )
            seen.add(key)

    json.loads(data, object_pairs_hook=once, parse_int=str, parse_float=str)


def _check_sealed(sealed: dict[str, Json], *, where: str) -> None:
    """A sealed value is committed to as an entry's values are: no floats, keys in ASCII."""
    try:
        canonical([[[sealed]]])  # as deep as the entry of a refusal holds it
    except MalformedEntryError:
        # No cause and no value: an error may end in a log, and this is what is sealed.
        raise InputError(
            where=where,
            expected="values that an entry can hold",
            got="a float, an integer of 2^53 or more, a key outside ASCII, or too many levels",
        ) from None


def by_hand(data: bytes, *, where: str) -> Act:
    """Return an act that a person wrote. Raises InputError, also for acts only made here."""
    act = decode_act(data, where=where)
    if act.verb in MADE_HERE:
        raise InputError(
            where=f"{where}: act",
            expected="an act that people submit",
            got=f"`{act.verb}`, which the program makes itself",
            do="Use the command that makes it; `beforehand --help` lists them all.",
        )
    return act


def encode_act(act: Act) -> Json:
    """Return the JSON object that `decode_act` reads back."""
    public: dict[str, Json] = msgspec.to_builtins(act.fact)
    return {**public, "act": act.verb, "actor": act.actor, "sealed": dict(act.sealed)}


def check_form(value: object, *, where: str) -> None:
    """Check every id, digest, day and number in a struct. Raises InputError naming the field."""
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            _check_field(name, getattr(value, name), where=f"{where}: {name}")


def _check_field(name: str, value: object, *, where: str) -> None:
    match value:
        case None | bool():
            pass
        case int():
            if not 0 <= value < 2**53:
                raise InputError(where=where, expected="0 to 2^53 - 1", got=str(value))
        case str():
            _check_text(name, value, where=where)
        case tuple() | list():
            for number, one in enumerate(value):
                _check_field(name, one, where=f"{where}[{number}]")
        case _:
            check_form(value, where=where)


def _check_text(name: str, value: str, *, where: str) -> None:
    if name in DIGESTS:
        right, expected = DIGEST.fullmatch(value) is not None, "64 hexadecimal digits"
    elif name in DAYS:
        right, expected = _is_day(value), "a day as 2026-09-30"
    elif name == "key":
        right, expected = KEY_ID.fullmatch(value) is not None, "8 hexadecimal digits"
    elif name == "vkey":
        right, expected = VKEY.fullmatch(value) is not None, "a key as NAME+ID+BASE64"
    else:
        right = (name in WORDS and WORD.fullmatch(value) is not None) or bool(
            ID.fullmatch(value)
        )
        expected = "an id: lower-case letters, digits, and . - after the first, at most 64"
    if not right:
        raise InputError(where=where, expected=expected, got=repr(value[:80]))


def _is_day(text: str) -> bool:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return False
    # Safeguards add years to a day: the calendar must hold the sum.
    return day.isoformat() == text and FIRST_YEAR <= day.year <= LAST_YEAR


def acts_schema() -> dict[str, object]:
    """Return the JSON Schema of an act, one shape for each verb."""
    kinds = list(ACTS.values())
    _, shared = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An act",
        "oneOf": [_shape(kind, shared[kind.__name__]) for kind in kinds],
        "$defs": shared,
    }


def _shape(kind: type[DecidedFact], fact: dict[str, Any]) -> dict[str, object]:
    sealed: dict[str, object] = {part: {} for part in kind.sealed}
    own: dict[str, object] = {
        "act": {"const": kind.act},
        "actor": {"type": "string"},
        "sealed": {"type": "object", "properties": sealed, "additionalProperties": False},
    }
    return {
        "title": kind.act,
        "type": "object",
        "properties": {**fact["properties"], **own},
        "required": ["act", "actor", *fact["required"]],
        "additionalProperties": False,
    }
