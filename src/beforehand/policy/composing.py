"""Several safeguard sets as one: a department's, and what its offices add to it.

Safeguards are only ever put side by side, and an act must meet every one that bears on it: so
what is added can refuse more, and never let anything through.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from beforehand.policy.office import office_of
from beforehand.policy.sets import SafeguardSet
from beforehand.record.rulebook import composition, deciding
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from beforehand.record.acts import Act
    from beforehand.record.view import RecordView


def check_apart(one: SafeguardSet, other: SafeguardSet, *, where: str, beside: str) -> None:
    """Check that two sets that decide together share no id. Raises InputError naming both.

    where, beside   what the two are, in words
    """
    if both := sorted(one.safeguards.keys() & other.safeguards.keys()):
        raise InputError(
            where=f"{where} ({', '.join(both)})",
            expected="each id once among the sets that decide together",
            got=f"the same in {beside}, {other.digest[:8]}",
            do="Give the safeguard another id: what is added cannot replace what it is added to.",
        )


def compose(parts: Sequence[SafeguardSet]) -> SafeguardSet:
    """Return several sets as one, the department's first; a single one as it is.

    Its digest is that of the list of theirs. Raises InputError where two have an id in common.

    An act that the department's set does not guard stays refused: what is added cannot be the
    first to guard it, or it would let the act through.
    """
    if len(parts) == 1:
        return parts[0]
    guarded = parts[0].by_act.keys()
    safeguards = dict(parts[0].safeguards)
    for number, part in enumerate(parts[1:], start=1):
        for before in parts[:number]:
            check_apart(
                part,
                before,
                where=f"safeguard set {part.digest[:8]}",
                beside="the safeguard set",
            )
        for name, one in part.safeguards.items():
            if acts := tuple(act for act in one.acts if act in guarded):
                safeguards[name] = replace(one, acts=acts)
    digests = [one.digest for one in parts]
    text = composition(digests).decode()
    return SafeguardSet(text=text, safeguards=dict(sorted(safeguards.items())))


class Trial:
    """A set that is only proposed, in the place that it would have.

    office   whose own set it would be; None for the department's
    named    the adopted set of a digest
    """

    def __init__(
        self,
        proposed: SafeguardSet,
        *,
        office: str | None,
        named: Callable[[str], SafeguardSet],
    ) -> None:
        self._proposed, self._office, self._named = proposed, office, named
        self._composed: dict[tuple[str, ...], SafeguardSet] = {}

    def guards(self, view: RecordView, act: Act, at: str) -> SafeguardSet | None:
        """Return what would have decided an act; None where nothing would be other.

        Beside it stand the sets that then were in force; of an id that is in one of them and
        in the proposed set, the safeguard that binds more offices counts.
        """
        office = office_of(view, act)
        if self._office is not None and self._office not in view.above(office or ""):
            return None
        department = view.department or ""
        standing = {one.office: one.policies for one in deciding(view, office, at)}
        standing[self._office or department] = ""
        chain = view.above(office or department)
        digests = tuple(standing[one] for one in reversed(chain) if one in standing)
        if digests not in self._composed:
            parts = [self._named(one) if one else self._proposed for one in digests]
            self._composed[digests] = compose(_apart(parts))
        return self._composed[digests]


def _apart(parts: Sequence[SafeguardSet]) -> list[SafeguardSet]:
    seen: set[str] = set()
    found = []
    for part in parts:
        own = {name: one for name, one in part.safeguards.items() if name not in seen}
        found.append(replace(part, safeguards=own))
        seen |= own.keys()
    return found


class Library:
    """Sets by digest and compositions by digests, each read and put together once."""

    def __init__(self, read: Callable[[str], SafeguardSet]) -> None:
        self._read = read
        self._single: dict[str, SafeguardSet] = {}
        self._composed: dict[tuple[str, ...], SafeguardSet] = {}
        self._lists: dict[str, str] = {}

    def named(self, digest: str) -> SafeguardSet:
        """Return the set of that digest. Raises InputError."""
        if digest not in self._single:
            self._single[digest] = self._read(digest)
        return self._single[digest]

    def composed(self, digests: tuple[str, ...]) -> SafeguardSet:
        """Return the composition of sets, the department's first.

        Raises InputError where there is none, as before the first is adopted.
        """
        if not digests:
            raise InputError(
                where="safeguards",
                expected="safeguards adopted before anything is decided",
                got="none",
            )
        if digests not in self._composed:
            found = compose([self.named(one) for one in digests])
            self._composed[digests] = found
            if len(digests) > 1:
                self._lists[found.digest] = found.text
        return self._composed[digests]

    def listed(self, digest: str) -> str | None:
        """Return the list of digests that a composition's digest is of; None of a single set."""
        return self._lists.get(digest)
