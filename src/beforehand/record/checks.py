"""What the grammar's rules have in common: the one error, and the checks it is raised by."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from typing import NoReturn, Protocol, TypeVar

from beforehand.refusal import InputError


class GrammarError(InputError):
    """The act cannot follow what is recorded."""


class MayEnd(Protocol):
    @property
    def ended(self) -> str | None: ...


Ending = TypeVar("Ending", bound=MayEnd)


def no(where: str, expected: str, got: str, do: str = "") -> NoReturn:
    raise GrammarError(where=where, expected=expected, got=got, do=do)


def known(where: str, name: str, among: Container[str]) -> None:
    if name not in among:
        near = get_close_matches(name, among, n=1) if isinstance(among, Iterable) else []
        do = f"The nearest there is: {near[0]}." if near else ""
        no(where, "an id that is on the record", repr(name), do)


def all_known(where: str, names: tuple[str, ...], among: Container[str]) -> None:
    for name in names:
        known(where, name, among)


def new(where: str, name: str, among: Container[str]) -> None:
    if name in among:
        no(where, "an id that is not on the record yet", repr(name))


def unended(where: str, name: str, among: Mapping[str, Ending]) -> Ending:
    """Return the thing of that name, which has not ended. Raises GrammarError."""
    known(where, name, among)
    found = among[name]
    if found.ended:
        no(where, "one that has not ended", repr(name))
    return found


def at_most(where: str, value: int, most: int) -> None:
    if value > most:
        no(where, f"at most {most:,}", f"{value:,}")


def in_order(where: str, first: str, last: str) -> None:
    if date.fromisoformat(last) < date.fromisoformat(first):
        no(where, f"a day not before {first}", last)


def other(value: object) -> str:
    """Say what came without repeating it: an error may end in a log, and this is sealed."""
    return f"another {type(value).__name__}"
