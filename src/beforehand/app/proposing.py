"""Safeguard sets in a register: which is in force, and what another would have answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from beforehand.ledger.entry import decode_trusted
from beforehand.oversight.what_if import WhatIf, what_if
from beforehand.policy import sets
from beforehand.record.facts import ACTS
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from beforehand.app.registers import App
    from beforehand.ledger.entry import Envelope
    from beforehand.policy.sets import SafeguardSet

IN_FORCE = "the set in force"
_EVERY = 500  # entries between two words of how far it is


class Proposed(msgspec.Struct, frozen=True, kw_only=True):
    """A set that is proposed, held against the one in force and against history.

    policies, in_force       the digests of the two
    safeguards               how many the proposed set has
    entries                  how many entries the ledger had
    added, removed, altered  ids that differ between the two; altered in any letter of the policy
    """

    policies: str
    in_force: str
    safeguards: int
    entries: int
    added: tuple[str, ...]
    removed: tuple[str, ...]
    altered: tuple[str, ...]
    history: WhatIf


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One safeguard, as a set has it."""

    id: str
    says: str
    remedy: str
    cites: str
    acts: tuple[str, ...]
    history: tuple[str, ...]


class Safeguards(msgspec.Struct, frozen=True, kw_only=True):
    """The safeguards of one set, by id.

    register   where the set is in force; None for the one that ships
    act        the verb that they bear on; None for every one
    """

    register: str | None
    policies: str
    act: str | None
    safeguards: tuple[Listed, ...]


def try_proposal(
    app: App,
    files: Mapping[str, str],
    *,
    adding: bool,
    told: Callable[[str, float], None],
) -> Proposed:
    """Check a set as at a proposal, and decide history again by it. Writes nothing.

    files    the Cedar text of each file, by its name; together they are one set
    adding   they are added to the set in force, and do not take its place
    Raises InputError.
    """
    before = app.guards()
    own = {IN_FORCE: before.text} if adding else {}
    after = sets.propose_files({**own, **files})
    size = app.ledger.size
    return Proposed(
        policies=after.digest,
        in_force=before.digest,
        safeguards=len(after.safeguards),
        entries=size,
        added=tuple(one for one in after.safeguards if one not in before.safeguards),
        removed=tuple(one for one in before.safeguards if one not in after.safeguards),
        altered=_altered(before, after),
        history=what_if(_entries(app, size, told), unseal=app.unseal, proposed=after),
    )


def _altered(before: SafeguardSet, after: SafeguardSet) -> tuple[str, ...]:
    was = before.safeguards
    return tuple(
        one.id
        for one in after.safeguards.values()
        if one.id in was and one.text != was[one.id].text
    )


def _entries(
    app: App, size: int, told: Callable[[str, float], None]
) -> Iterator[tuple[int, bytes, Envelope]]:
    for index, data in app.ledger.entries(0, size):
        yield index, data, decode_trusted(data)
        if (index + 1) % _EVERY == 0 or index + 1 == size:
            told(f"{index + 1:,} of {size:,} entries", (index + 1) / size)


def safeguards(app: App | None, *, act: str | None = None) -> Safeguards:
    """Return the safeguards in force in a register, or those that ship where there is none.

    act   only those that bear on this verb. Raises InputError where no act has it.
    """
    if act is not None and act not in ACTS:
        raise InputError(
            where="--act", expected=f"one of {', '.join(sorted(ACTS))}", got=repr(act[:80])
        )
    guards = sets.baseline() if app is None else app.guards()
    every = guards.safeguards.values()
    return Safeguards(
        register=None if app is None else app.settings.register,
        policies=guards.digest,
        act=act,
        safeguards=tuple(
            Listed(
                id=one.id,
                says=one.says,
                remedy=one.remedy,
                cites=one.cites,
                acts=tuple(sorted(one.acts)),
                history=tuple(sorted(one.history)),
            )
            for one in every
            if act is None or act in one.acts
        ),
    )
