"""What is wrong with the fields of an act, in words: which field, what was expected, what came.

The decoder says it in the words of its own types; `misfit` says the same to a person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec
from msgspec import inspect

from beforehand.record.kinds import DecidedFact
from beforehand.refusal import InputError

_AT = re.compile(r"(?s)(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?")
_MISSING = re.compile(r"Object missing required field `(?P<name>.*)`")
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>.*)`")
_WORD = re.compile(r"(?s)Invalid (?:enum )?value (?P<got>.*)")
_TYPE = re.compile(r"Expected `(?P<expected>.*)`, got `(?P<got>.*)`")
_INDEX = re.compile(r"\[[^]]*\]")
_TYPES = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number with a fraction",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


def misfit(
    error: msgspec.ValidationError,
    kind: type[DecidedFact],
    fields: Mapping[str, object],
    *,
    where: str,
) -> InputError:
    """Return what `error` says of `fields`, which were to be those of `kind`."""
    at = _AT.fullmatch(str(error))
    what, path = (at["what"], (at["path"] or "").lstrip(".")) if at else (str(error), "")
    place = f"{where}: {path}" if path else where
    do = f"docs/reference/acts.md#{kind.act} says what each field holds."
    info = inspect.type_info(kind)
    if missing := _MISSING.fullmatch(what):
        names = [missing["name"]] if path else _lacking(kind, fields)
        return InputError(where=place, expected=_listed("field", names), got="none", do=do)
    if unknown := _UNKNOWN.fullmatch(what):
        if not path and unknown["name"] in kind.sealed:
            do = f"Write it inside `sealed`: {{{unknown['name']!r}: ...}}.".replace(
                "'", '"'
            )
        names = list(kind.__struct_encode_fields__) if not path else []
        known = (
            _listed("field", names, every="only the")
            if names
            else "only fields of its form"
        )
        return InputError(where=place, expected=known, got=f"`{unknown['name']}`", do=do)
    if word := _WORD.fullmatch(what):
        words = " or ".join(_words(info, _INDEX.sub("", path).split(".")))
        return InputError(
            where=place, expected=words or "another", got=word["got"][:80], do=do
        )
    if types := _TYPE.fullmatch(what):
        expected, got = _typed(types["expected"]), _typed(types["got"])
        return InputError(where=place, expected=expected, got=got, do=do)
    return InputError(where=place, expected=f"the fields of `{kind.act}`", got=what, do=do)


def _lacking(kind: type[DecidedFact], fields: Mapping[str, object]) -> list[str]:
    """Return every field that must be there and is not: being told one at a time takes long."""
    return [
        one.encode_name
        for one in msgspec.structs.fields(kind)
        if one.required and one.encode_name not in fields
    ]


def _listed(noun: str, names: list[str], *, every: str = "the") -> str:
    plural = "s" if len(names) > 1 else ""
    return f"{every} {noun}{plural} {', '.join(f'`{one}`' for one in names)}"


def _typed(types: str) -> str:
    return " or ".join(_TYPES.get(one, one) for one in types.split(" | "))


def _words(info: inspect.Type, names: list[str]) -> list[str]:
    """Return the words that may stand at a path, in the order in which they are declared."""
    match info:
        case inspect.UnionType():
            found = [word for one in info.types for word in _words(one, names)]
        case inspect.CollectionType():
            found = _words(info.item_type, names)
        case inspect.LiteralType():
            found = [] if names else [str(one) for one in info.values]
        case inspect.StructType():
            if names == [info.tag_field]:
                return [str(info.tag)]
            found = [
                word
                for one in info.fields
                if names and one.encode_name == names[0]
                for word in _words(one.type, names[1:])
            ]
        case _:
            found = []
    return list(dict.fromkeys(found))
