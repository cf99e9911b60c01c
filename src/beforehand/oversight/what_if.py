"""What if: every decision on a ledger, made again by a set that is only proposed.

Each is asked on exactly the entries before it, as they stand: where an answer changes, what
came after it does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from beforehand.oversight.replay import Walk
from beforehand.policy.composing import Trial
from beforehand.policy.decide import decide
from beforehand.policy.question import put
from beforehand.record.encoding import recorded
from beforehand.refusal import Unmet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from beforehand.ledger.entry import Envelope
    from beforehand.policy.sets import SafeguardSet
    from beforehand.record.acts import Act
    from beforehand.record.encoding import Unseal
    from beforehand.record.recorded import Recorded


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """One act whose answer changes.

    before, after   the ids of the safeguards that it does not meet; none means let through
    newly           those that it would not meet and did, with their words
    """

    entry: int
    at: str
    verb: str
    actor: str
    subject: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    newly: tuple[Unmet, ...]


class WhatIf(msgspec.Struct, frozen=True, kw_only=True):
    """What a proposed set would have answered.

    asked_again      decisions that were made again
    now_refused      of them, let through and now refused; `now_let_through` the other way
    other_reasons    refused either way, but not for the same safeguards
    not_replayable   decisions that rest on sealed parts which a deletion took; none of them is
                     among `asked_again`
    """

    asked_again: int
    now_refused: int
    now_let_through: int
    other_reasons: int
    not_replayable: int
    changed: tuple[Changed, ...]


def what_if(
    entries: Iterable[tuple[int, bytes, Envelope]],
    *,
    unseal: Unseal,
    proposed: SafeguardSet,
    office: str | None = None,
    named: Callable[[str], SafeguardSet],
) -> WhatIf:
    """Decide every decided act again by `proposed`, refused ones too; nothing is written.

    Beside it stand the sets that were in force at the time.

    office   it takes the place of this office's own set, and only acts that such a set decides
             are asked again; None for the place of the department's
    named    the adopted set of a digest
    unseal   opens the sealed parts of an entry: without the vault nothing sealed can be asked
             about, and a refused act is not known
    Cost: that of a replay.
    """
    walk, trial = Walk(unseal), Trial(proposed, office=office, named=named)
    asked_again = not_replayable = 0
    changed: list[Changed] = []
    for index, data, envelope in entries:
        entry = recorded(index, data, unseal=unseal)
        stated = envelope.decision
        act = None if stated is None else walk.act(entry, envelope)
        if stated is not None and act is not None:
            guards = trial.guards(walk.record, act, entry.at)
            if guards is not None:
                asked_again += 1
                found = decide(guards, put(walk.record, act, at=entry.at)).unmet
                changed += _changed(entry, act, stated.unmet, found)
        elif stated is not None:
            not_replayable += 1
        walk.pass_by(entry, envelope)
    return WhatIf(
        asked_again=asked_again,
        now_refused=sum(not one.before for one in changed),
        now_let_through=sum(not one.after for one in changed),
        other_reasons=sum(bool(one.before and one.after) for one in changed),
        not_replayable=not_replayable,
        changed=tuple(changed),
    )


def _changed(
    entry: Recorded, act: Act, before: tuple[str, ...], found: tuple[Unmet, ...]
) -> Iterator[Changed]:
    after = tuple(one.safeguard for one in found)
    if set(before) != set(after):
        yield Changed(
            entry=entry.index,
            at=entry.at,
            verb=act.verb,
            actor=act.actor,
            subject=act.fact.subject,
            before=before,
            after=after,
            newly=tuple(one for one in found if one.safeguard not in before),
        )
