"""JSON that came from outside, read field by field; each mistake is named.

A question decides what is asked of people's data, so there is one reading of it or none: a
key said twice, a number that is not finite, a field nobody knows are refused, never guessed.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NoReturn, TypeVar

from beforehand.refusal import InputError

if TYPE_CHECKING:
    from collections.abc import Collection

MOST_BYTES = 100_000
MOST_BRACKETS = 64  # a question opens at most five objects and lists
_SHOWN = 60
_Choice = TypeVar("_Choice", str, int)


def wrong(where: str, expected: str, got: object) -> InputError:
    """Return the error for one field; what came is cut and written in ASCII."""
    seen = got if isinstance(got, str) and got.startswith("a ") else _short(got)
    return InputError(where=where, expected=expected, got=seen)


def _short(got: object) -> str:
    # An integer of thousands of digits may not be written out at all (CVE-2020-10735).
    if isinstance(got, int) and got.bit_length() > _SHOWN:
        return f"a whole number of {got.bit_length()} bits"
    text = ascii(got)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}... ({len(text)} characters)"


def decode(data: bytes) -> object:
    """Return the JSON value in `data`. Raises InputError, also for duplicate keys and NaN."""
    if len(data) > MOST_BYTES:
        raise wrong("question", f"at most {MOST_BYTES:,} bytes", f"a text of {len(data):,}")
    # Depth is bounded before any parser sees it; brackets inside a text count too, which
    # costs nothing, since no field's text may hold one.
    brackets = data.count(b"[") + data.count(b"{")
    if brackets > MOST_BRACKETS:
        raise wrong(
            "question", f"at most {MOST_BRACKETS} brackets", f"a text with {brackets:,}"
        )
    try:
        value: object = json.loads(
            data.decode("utf-8"), object_pairs_hook=_object, parse_constant=_constant
        )
    except InputError:
        raise
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "not UTF-8 JSON"
        raise wrong(
            "question", "one JSON object", f"a text that is not: {reason}"
        ) from error
    return value


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise wrong(_short(name), "each field once", "a second one of that name")
        found[name] = value
    return found


def _constant(name: str) -> NoReturn:
    raise wrong("question", "finite numbers", name)


class Fields:
    """One JSON object with exactly the fields `names`; `where` is its own path."""

    def __init__(self, value: object, *, where: str, names: Collection[str]) -> None:
        if not isinstance(value, dict):
            raise wrong(where or "question", "an object", value)
        self._where = where
        self._values = value
        for name in value:
            if name not in names:
                raise wrong(
                    self.path(_plain(name)),
                    f"only {', '.join(names)}",
                    "a field unknown here",
                )
        for name in names:
            if name not in value:
                raise wrong(self.path(name), "a value", "nothing")

    def path(self, name: str) -> str:
        return f"{self._where}.{name}" if self._where else name

    def get(self, name: str) -> object:
        return self._values[name]

    def text(self, name: str, pattern: re.Pattern[str], expected: str) -> str:
        value = self._values[name]
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise wrong(self.path(name), expected, value)
        return value

    def choice(self, name: str, choices: Collection[_Choice]) -> _Choice:
        value = self._values[name]
        for one in choices:
            # `True == 1` and `1.0 == 1`: the type is part of the value.
            if type(value) is type(one) and value == one:
                return one
        raise wrong(self.path(name), f"one of {', '.join(map(str, choices))}", value)

    def integers(self, name: str, *, below: int) -> list[int]:
        """Return a list of whole numbers, each in [0, below]."""
        value = self._values[name]
        if not isinstance(value, list):
            raise wrong(self.path(name), "a list of whole numbers", value)
        for one in value:
            if type(one) is not int or not 0 <= one <= below:
                raise wrong(self.path(name), f"whole numbers from 0 to {below}", one)
        return list(value)


def _plain(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_.-]{1,40}", name) else _short(name)
