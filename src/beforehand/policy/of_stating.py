"""What acts on statements put to the safeguards."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from beforehand.policy.attributes import refs
from beforehand.record import stating as s

if TYPE_CHECKING:
    from beforehand.policy.asker import Asker


def of_stating(asker: Asker, fact: s.AnyStatingFact) -> None:
    if isinstance(fact, s.StatementDrafted):
        asker.roles(fact.office)
        return
    known = asker.view.stating.statements[fact.statement]
    match fact:
        case s.StatementConfirmed():
            asker.roles(known.drafted.office)
            asker.context["drafters"] = refs("Person", known.drafters)
        case s.StatementIssued():
            asker.roles(known.drafted.office)
            lacking = s.unsupported(known.drafted.claims, fact.verdicts, asker.at[:10])
            asker.context |= {
                "confirmed": fact.digest in known.confirmed,
                "unsupported": len(lacking),
            }
        case s.StatementSubscribed() | s.StatementUnsubscribed():
            asker.roles()
            asker.context["person"] = asker.named(fact.person)
        case s.StatementFlipped():
            asker.roles()
        case _:
            assert_never(fact)
