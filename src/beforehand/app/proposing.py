"""Safeguard sets in a register: which are in force or proposed, and what another would answer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from beforehand.app import history
from beforehand.app.adopting import check_beside
from beforehand.ledger.entry import decode_trusted
from beforehand.ledger.times import time_text
from beforehand.oversight.what_if import WhatIf, what_if
from beforehand.policy import sets
from beforehand.record.kinds import ACTS
from beforehand.record.rulebook import deciding, in_force, name_of
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from beforehand.app.registers import App
    from beforehand.ledger.entry import Envelope
    from beforehand.policy.sets import Safeguard, SafeguardSet
    from beforehand.record.rulebook import Adopted, Proposal
    from beforehand.record.view import RecordView

IN_FORCE = "the set in force"
_EVERY = 500  # entries between two words of how far it is
_DAY = len("2026-11-25")


class Proposed(msgspec.Struct, frozen=True, kw_only=True):
    """A set that is proposed, held against the one in force and against history.

    office                   whose own set it would be; None for the department's
    policies                 its digest
    in_force                 the digest of what is in force for that office
    safeguards               how many the proposed set has
    entries                  how many entries the ledger had
    added, removed, altered  ids that differ from the set whose place it would take; altered in
                             any letter of the policy
    """

    office: str | None
    policies: str
    in_force: str
    safeguards: int
    entries: int
    added: tuple[str, ...]
    removed: tuple[str, ...]
    altered: tuple[str, ...]
    history: WhatIf


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One safeguard, as a set has it. `office`: whose set it is in; None for those that ship."""

    id: str
    says: str
    remedy: str
    cites: str
    acts: tuple[str, ...]
    history: tuple[str, ...]
    office: str | None


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A set that an office adopted. `since`: the moment from which it is in force."""

    office: str
    policies: str
    adopted: str
    by: str
    since: str
    in_force: bool


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """A set that is proposed and not adopted; `document` is the digest of the reason."""

    office: str
    policies: str
    in_force_from: str
    document: str
    proposed: str
    by: str
    approved: str | None
    approved_by: str | None


class Safeguards(msgspec.Struct, frozen=True, kw_only=True):
    """The safeguards that decide together, by id, and the sets of the register.

    register   where they are in force; None for those that ship
    office     whose acts they decide; None for what binds every office
    at         the moment that was asked about; None for those that ship
    policies   how a decision names them
    act        the verb that they bear on; None for every one
    sets       every office's set in force, and those to come, the department's first
    proposals  what is proposed and not adopted yet
    """

    register: str | None
    office: str | None
    at: str | None
    policies: str
    act: str | None
    safeguards: tuple[Listed, ...]
    sets: tuple[Standing, ...]
    proposals: tuple[Pending, ...]


# -- what if -----------------------------------------------------------------------------


def try_proposal(
    app: App,
    files: Mapping[str, str],
    *,
    adding: bool,
    office: str | None = None,
    told: Callable[[str, float], None],
) -> Proposed:
    """Check a set as at a proposal, and decide history again by it. Writes nothing.

    files    the Cedar text of each file, by its name; together they are one set
    adding   they are added to the department's set in force, and do not take its place
    office   they are this office's own set, beside the department's
    Raises InputError.
    """
    view, at = app.view(), app.next_time()
    if office == view.department:
        office = None
    if office is not None:
        _known(view, office)
        if adding:
            raise InputError(
                where="--adding", expected="no --office beside it", got=repr(office)
            )
    before = _own(app, view, office, at)
    own = {IN_FORCE: before.text} if adding and before else {}
    after = sets.propose_files({**own, **files})
    named = app.library.named
    check_beside(view, after, office=office or view.department or "", at=at, named=named)
    size = app.ledger.size
    entries = _entries(app, size, told)
    found = what_if(entries, unseal=app.unseal, proposed=after, office=office, named=named)
    was = before.safeguards if before else {}
    return Proposed(
        office=office,
        policies=after.digest,
        in_force=name_of(in_force(view, office, at)),
        safeguards=len(after.safeguards),
        entries=size,
        added=tuple(one for one in after.safeguards if one not in was),
        removed=tuple(one for one in was if one not in after.safeguards),
        altered=_altered(was, after),
        history=found,
    )


def _own(app: App, view: RecordView, office: str | None, at: str) -> SafeguardSet | None:
    """Return the set in force whose place a proposed one would take."""
    if office is None:
        return app.guards(at=at)
    newest = view.rulebook.newest(office, at)
    return app.library.named(newest.policies) if newest else None


def _altered(was: Mapping[str, Safeguard], after: SafeguardSet) -> tuple[str, ...]:
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


# -- what is in force --------------------------------------------------------------------


def shipped(*, act: str | None = None) -> Safeguards:
    """Return the safeguards that ship. Raises InputError where no act has the verb `act`."""
    _check_verb(act)
    guards = sets.baseline()
    return Safeguards(
        register=None,
        office=None,
        at=None,
        policies=guards.digest,
        act=act,
        safeguards=tuple(
            _listed(one, None)
            for one in guards.safeguards.values()
            if act is None or act in one.acts
        ),
        sets=(),
        proposals=(),
    )


def safeguards(
    app: App,
    *,
    act: str | None = None,
    office: str | None = None,
    as_of: str | None = None,
) -> Safeguards:
    """Return the safeguards in force in a register.

    act      only those that bear on this verb
    office   with what this office and those above it add; None for the department's alone
    as_of    a day, at its end, or a time: as the register then was. For one to come, what will
             be in force if nothing is adopted or withdrawn until then
    Raises InputError.
    """
    _check_verb(act)
    view, at = _as_of(app, as_of)
    if office is not None:
        _known(view, office)
    found = deciding(view, office, at)
    guards = app.library.composed(tuple(one.policies for one in found))
    whose = {
        name: one.office
        for one in found
        for name in app.library.named(one.policies).safeguards
    }
    return Safeguards(
        register=app.settings.register,
        office=office,
        at=at,
        policies=guards.digest,
        act=act,
        safeguards=tuple(
            _listed(one, whose[one.id])
            for one in guards.safeguards.values()
            if act is None or act in one.acts
        ),
        sets=tuple(_standing(view, at)),
        proposals=tuple(_pending(one) for one in view.rulebook.proposals.values()),
    )


def _check_verb(act: str | None) -> None:
    if act is not None and act not in ACTS:
        raise InputError(
            where="--act", expected=f"one of {', '.join(sorted(ACTS))}", got=repr(act[:80])
        )


def _known(view: RecordView, office: str) -> None:
    if office not in view.offices:
        raise InputError(
            where="--office",
            expected=f"one of {', '.join(sorted(view.offices))}",
            got=repr(office[:80]),
        )


def _as_of(app: App, text: str | None) -> tuple[RecordView, str]:
    """Return the Record as it was, and the moment to ask about."""
    if text is None:
        return app.view(), app.next_time()
    moment = history.read_moment(text, where="--as-of", end=True)
    if len(text) == _DAY:  # its last moment, and not the first of the next day
        moment -= timedelta(microseconds=1)
    return history.as_of(app, history.size_at(app, moment)), time_text(moment)


def _listed(one: Safeguard, office: str | None) -> Listed:
    return Listed(
        id=one.id,
        says=one.says,
        remedy=one.remedy,
        cites=one.cites,
        acts=tuple(sorted(one.acts)),
        history=tuple(sorted(one.history)),
        office=office,
    )


def _standing(view: RecordView, at: str) -> Iterator[Standing]:
    for office in sorted(
        view.rulebook.adopted, key=lambda one: (one != view.department, one)
    ):
        newest = view.rulebook.newest(office, at)
        for one in view.rulebook.standing(office, at):
            yield _stands(one, is_newest=one is newest)


def _stands(one: Adopted, *, is_newest: bool) -> Standing:
    return Standing(
        office=one.office,
        policies=one.policies,
        adopted=one.at,
        by=one.by,
        since=one.since,
        in_force=is_newest,
    )


def _pending(one: Proposal) -> Pending:
    return Pending(
        office=one.made.office,
        policies=one.made.policies,
        in_force_from=one.made.in_force_from,
        document=one.made.document,
        proposed=one.at,
        by=one.by,
        approved=one.approved,
        approved_by=one.approved_by,
    )
