"""What a person and a contract are after each fact about them. Pure."""

from __future__ import annotations

from typing import TypeAlias, assert_never

from msgspec.structs import replace

from beforehand.record import facts as f
from beforehand.record.state import Contract, Person

PersonFact: TypeAlias = (
    f.PersonAppointed | f.TrainingCompleted | f.RulesSigned | f.AccessRecertified
)
ContractFact: TypeAlias = f.ContractAwarded | f.ContractModified | f.ContractEnded


def person_after(known: Person | None, fact: PersonFact, *, at: str) -> Person:
    """Return a person as they are after `fact`. An account once shared stays so."""
    if isinstance(fact, f.PersonAppointed):
        roles = {**(known.roles if known else {}), fact.office: frozenset(fact.roles)}
        individual = fact.account == "individual" and (known is None or known.individual)
        if known is None:
            return Person(person=fact.person, individual=individual, roles=roles)
        return replace(known, roles=roles, individual=individual)
    if known is None:  # the grammar lets no such fact through
        raise KeyError(fact.person)
    match fact:
        case f.TrainingCompleted():
            return replace(known, trained=at)
        case f.RulesSigned():
            return replace(known, rules_signed=at)
        case f.AccessRecertified():
            return replace(known, recertified=at)
        case _:
            assert_never(fact)


def contract_after(known: Contract | None, fact: ContractFact, *, at: str) -> Contract:
    """Return a contract as it is after `fact`."""
    if isinstance(fact, f.ContractAwarded):
        return Contract(
            awarded=fact,
            awarded_at=at,
            datasets=fact.datasets,
            ends=fact.ends,
            assessment=fact.assessment,
        )
    if known is None:  # the grammar lets no such fact through
        raise KeyError(fact.contract)
    match fact:
        case f.ContractModified():
            return replace(
                known,
                datasets=fact.datasets,
                ends=fact.ends,
                assessment=fact.assessment,
                modified_at=(*known.modified_at, at),
            )
        case f.ContractEnded():
            return replace(known, ended=at)
        case _:
            assert_never(fact)
