"""For each act on safeguard sets one that is allowed, and for each of its safeguards one refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from beforehand.record import people as p
from beforehand.record import rulebook as k
from beforehand.record.acts import Act
from beforehand.record.facts import SafeguardsAdopted2
from tests.world import DIGEST, GUARDS, NOW, Step, person, record

if TYPE_CHECKING:
    from beforehand.record.fold import Record
    from beforehand.record.kinds import DecidedFact

SET = "a" * 64


def by(actor: str, fact: DecidedFact) -> Step:
    return Step(fact=fact, actor=actor)


def act(actor: str, fact: DecidedFact) -> Act:
    return Act(actor=actor, fact=fact)


PROPOSED = k.SafeguardsProposed(
    policies=SET, office="harbor", in_force_from="2026-12-01", document=DIGEST
)
APPROVED = k.SafeguardsApproved(policies=SET, office="harbor")
ADOPTED = SafeguardsAdopted2(
    policies=SET, safeguards=1, office="harbor", in_force_from="2026-12-01"
)
WITHDRAWN = k.SafeguardsWithdrawn(policies=SET, office="harbor")
OF_ALL = msgspec.structs.replace(PROPOSED, office="dept")
DELEGATED = p.DelegationMade(
    delegation="d-1",
    delegator="reviewer",
    delegate="chief",
    office="privacy",
    roles=("chief_privacy_officer",),
    first_day="2026-11-20",
    last_day="2026-12-20",
)

PROPOSAL = by("component", PROPOSED)
APPROVAL = by("chief", APPROVED)
ADOPTION = by("chief", ADOPTED)


def until(*more: Step) -> Record:
    return record((), *more)


def changed(actor: str, **changes: object) -> Act:
    return act(actor, msgspec.structs.replace(ADOPTED, **changes))


ALLOWED: dict[str, tuple[Record, Act]] = {
    "propose-safeguards": (until(), act("component", PROPOSED)),
    "approve-safeguards": (until(PROPOSAL), act("chief", APPROVED)),
    "adopt-safeguards": (until(PROPOSAL, APPROVAL), act("chief", ADOPTED)),
    "withdraw-safeguards": (until(PROPOSAL), act("component", WITHDRAWN)),
}
REFUSED: dict[str, tuple[Record, Act, str]] = {
    "rulebook.proposed-by-privacy": (until(), act("manager", PROPOSED), NOW),
    "rulebook.approved-above": (until(PROPOSAL), act("manager", APPROVED), NOW),
    "rulebook.approved": (until(PROPOSAL), act("chief", ADOPTED), NOW),
    "rulebook.withdrawn-by-post": (until(PROPOSAL), act("manager", WITHDRAWN), NOW),
    "separation.proposer-approves": (
        until(by("reviewer", PROPOSED)),
        act("reviewer", APPROVED),
        NOW,
    ),
}

# What is refused besides, each by the safeguard that it is named for.
MORE_REFUSED: dict[str, tuple[str, Record, Act]] = {
    "proposed for the department by a component's": (
        "rulebook.proposed-by-privacy",
        until(),
        act("component", OF_ALL),
    ),
    "approved by who acts for the proposer": (
        "separation.proposer-approves",
        until(by("reviewer", PROPOSED), by("reviewer", DELEGATED)),
        act("chief", APPROVED),
    ),
    "approved by the component's own chief": (
        "rulebook.approved-above",
        record((), person("own-chief", "harbor", "chief_privacy_officer"), PROPOSAL),
        act("own-chief", APPROVED),
    ),
    "adopted with another day": (
        "rulebook.approved",
        until(PROPOSAL, APPROVAL),
        changed("chief", in_force_from="2026-11-30"),
    ),
    "adopted at once": (
        "rulebook.approved",
        until(PROPOSAL, APPROVAL),
        changed("chief", in_force_from=None),
    ),
    "adopted for another office": (
        "rulebook.approved",
        until(PROPOSAL, APPROVAL),
        changed("chief", office="routes"),
    ),
    "adopted for the department": (
        "rulebook.approved",
        until(PROPOSAL, APPROVAL),
        changed("chief", office=None),
    ),
    "another set adopted": (
        "rulebook.approved",
        until(PROPOSAL, APPROVAL),
        changed("chief", policies="b" * 64),
    ),
    "adopted after it was withdrawn": (
        "rulebook.approved",
        until(PROPOSAL, APPROVAL, by("component", WITHDRAWN)),
        act("chief", ADOPTED),
    ),
    "adopted twice on one approval": (
        "rulebook.approved",
        until(PROPOSAL, APPROVAL, ADOPTION),
        act("chief", ADOPTED),
    ),
    "adopted by who has no such post": (
        "person.is-chief-privacy-officer",
        until(PROPOSAL, APPROVAL),
        act("component", ADOPTED),
    ),
    "what is adopted withdrawn by its own office": (
        "rulebook.withdrawn-by-post",
        until(PROPOSAL, APPROVAL, ADOPTION),
        act("component", WITHDRAWN),
    ),
    "the department's set in force withdrawn": (
        "rulebook.withdrawn-by-post",
        until(),
        act("chief", k.SafeguardsWithdrawn(policies=GUARDS.digest, office="dept")),
    ),
}
