"""What acts on safeguard sets put to the safeguards."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from beforehand.policy.attributes import refs
from beforehand.policy.put import moment
from beforehand.record import rulebook as k
from beforehand.record.facts import SafeguardsAdopted

if TYPE_CHECKING:
    from beforehand.policy.asker import Asker


def of_rulebook(asker: Asker, fact: SafeguardsAdopted | k.AnyRulebookFact) -> None:
    rulebook = asker.view.rulebook
    match fact:
        case SafeguardsAdopted():
            _adopting(asker, fact)
        case k.SafeguardsProposed():
            asker.roles(fact.office)
        case k.SafeguardsApproved():
            asker.roles(_above(asker, fact.office))
            made = rulebook.proposal(fact.policies, office=fact.office)
            if made is not None:
                asker.context["proposers"] = refs("Person", made.proposers)
        case k.SafeguardsWithdrawn():
            _withdrawing(asker, fact)
        case _:
            assert_never(fact)


def _adopting(asker: Asker, fact: SafeguardsAdopted) -> None:
    """When the very set was approved for this office and day, if it was.

    One that nobody proposed is put as it was before sets were proposed: old ledgers have such.
    """
    rulebook = asker.view.rulebook
    office, day = rulebook.adopts(fact)
    made = rulebook.proposal(fact.policies, office=office)
    asker.roles(*(() if made is None else (office,)))
    if made is not None and made.approved and made.made.in_force_from == day:
        asker.context["approved"] = moment(made.approved)


def _withdrawing(asker: Asker, fact: k.SafeguardsWithdrawn) -> None:
    """A proposal is its own office's to take back; what was adopted, of the one above it."""
    rulebook = asker.view.rulebook
    if rulebook.proposal(fact.policies, office=fact.office):
        asker.roles(fact.office)
        asker.context["withdraws"] = "proposal"
        return
    asker.roles(_above(asker, fact.office))
    if rulebook.ending(fact.policies, office=fact.office, at=asker.at):
        asker.context["withdraws"] = "adopted"


def _above(asker: Asker, office: str) -> str:
    """Return the office just above; the department for itself."""
    above = asker.view.above(office)
    return above[1] if len(above) > 1 else office
