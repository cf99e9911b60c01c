"""What is checked of a safeguard set before it is proposed and adopted, and of an exception."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beforehand.policy import sets
from beforehand.policy.composing import check_apart
from beforehand.record.facts import SafeguardsAdopted
from beforehand.record.rulebook import SafeguardsProposed
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from beforehand.policy.sets import SafeguardSet
    from beforehand.record.buying import ExceptionRecorded
    from beforehand.record.kinds import DecidedFact
    from beforehand.record.view import RecordView


def check_set(
    view: RecordView,
    fact: DecidedFact,
    *,
    at: str,
    text: Callable[[str], bytes],
    named: Callable[[str], SafeguardSet],
) -> None:
    """Check the set that is to be proposed or adopted, if `fact` is about one.

    text    the bytes of the document of a digest
    named   the adopted set of a digest
    Raises InputError: a set that fails the checks, that has an id in common with one it would
    decide together with, or an office's that bears on an act the department's does not guard.
    """
    match fact:
        case SafeguardsProposed():
            office = fact.office
        case SafeguardsAdopted():
            office, _ = view.rulebook.adopts(fact)
        case _:
            return
    where = f"safeguard set {fact.policies[:8]}"
    found = sets.propose(_decoded(text(fact.policies), where), where=where)
    if isinstance(fact, SafeguardsAdopted) and fact.safeguards != len(found.safeguards):
        raise InputError(
            where="safeguards",
            expected=f"how many the set has, {len(found.safeguards)}",
            got=str(fact.safeguards),
        )
    check_beside(view, found, office=office, at=at, named=named)


def check_beside(
    view: RecordView,
    found: SafeguardSet,
    *,
    office: str,
    at: str,
    named: Callable[[str], SafeguardSet],
) -> None:
    """Check a set of `office` against those that it would decide together with, now or later."""
    for other, digest in _together(view, office, at):
        check_apart(
            found,
            named(digest),
            where=f"safeguard set {found.digest[:8]} for {office}",
            beside=f"the set of {other}",
        )
    if office != view.department and view.department is not None:
        for one in view.rulebook.standing(view.department, at):
            _check_guarded(found, named(one.policies))


def _together(view: RecordView, office: str, at: str) -> Iterator[tuple[str, str]]:
    """Yield office and digest of each set, in force or to come, above or below an office."""
    related = (*view.above(office), *view.offices_under(office))
    for one in sorted({*related} - {office}):
        for standing in view.rulebook.standing(one, at):
            yield one, standing.policies


def _check_guarded(found: SafeguardSet, department: SafeguardSet) -> None:
    """An act that only an office's set guards would stay refused: the addition matches nothing."""
    for one in found.safeguards.values():
        if unguarded := [act for act in one.acts if act not in department.by_act]:
            raise InputError(
                where=f"safeguard set {found.digest[:8]} ({one.id})",
                expected="acts that the department's set guards, since this set adds to it",
                got=f"{', '.join(unguarded)}, which {department.digest[:8]} does not",
            )


def _decoded(data: bytes, where: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise InputError(where=where, expected="text", got="other bytes") from error


def check_exception(fact: ExceptionRecorded, guards: SafeguardSet) -> None:
    """Check that an exception is from a safeguard in force: else it would be shown nowhere."""
    if fact.safeguard not in guards.safeguards:
        raise InputError(
            where="safeguard",
            expected="the id of a safeguard in force",
            got=repr(fact.safeguard),
            do="`beforehand safeguards REGISTER` lists them.",
        )
