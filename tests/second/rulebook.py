"""What must be so to propose, approve, adopt and withdraw a set of safeguards."""

from __future__ import annotations

from beforehand.record import facts as f
from beforehand.record import rulebook as k
from tests.second.case import Case, rule

PRIVACY = {"component_privacy_officer", "privacy_officer", "chief_privacy_officer"}


def _fact(case: Case) -> f.SafeguardsAdopted | k.AnyRulebookFact:
    fact = case.act.fact
    if not isinstance(fact, f.SafeguardsAdopted | k.RulebookFact):
        raise TypeError(fact)
    return fact


def _office(case: Case) -> str:
    named: str | None = getattr(_fact(case), "office", None)
    return named or case.record.department or ""


def _proposal(case: Case) -> k.Proposal | None:
    key = _fact(case).policies, _office(case)
    return case.record.rulebook.proposals.get(key)


def _posts_above(case: Case) -> set[str]:
    """The posts held for the office just above; for the department, the department's own."""
    parent = case.record.offices[_office(case)].parent
    return case.posts({parent or _office(case)})


@rule("rulebook.proposed-by-privacy")
def holds_a_privacy_post_here(case: Case) -> bool | None:
    return bool(PRIVACY & case.posts({_office(case)}))


@rule("rulebook.approved-above")
def is_chief_of_the_office_above(case: Case) -> bool | None:
    return "chief_privacy_officer" in _posts_above(case)


@rule("separation.proposer-approves")
def did_not_propose_it(case: Case) -> bool | None:
    made = _proposal(case)
    return None if made is None else not made.proposers & case.counts_as


@rule("rulebook.approved")
def was_approved_as_it_is(case: Case) -> bool | None:
    """The very text, for this office, to be in force from this very day."""
    made = _proposal(case)
    day = getattr(_fact(case), "in_force_from", None)
    if made is None or made.approved is None:
        return None
    return made.made.in_force_from == day


@rule("rulebook.withdrawn-by-post")
def may_withdraw_it(case: Case) -> bool | None:
    """A proposal goes back to its own privacy office; what was adopted is ended from above."""
    if _proposal(case) is not None:
        return bool(PRIVACY & case.posts({_office(case)}))
    if not _can_be_withdrawn(case):
        return None
    return "chief_privacy_officer" in _posts_above(case)


def _can_be_withdrawn(case: Case) -> bool:
    """Whether the set is in force here or still to be, and is not the department's in force."""
    office, policies = _office(case), _fact(case).policies
    for one in case.record.rulebook.adopted.get(office, ()):
        if one.policies != policies or one.ended is not None:
            continue
        if one.since > case.at or (
            office != case.record.department and _is_newest(case, office, one)
        ):
            return True
    return False


def _is_newest(case: Case, office: str, found: k.Adopted) -> bool:
    """Whether no other set took its place: the last to begin, and of two the later adopted."""
    sets = case.record.rulebook.adopted[office]
    begun = [
        (one.since, number)
        for number, one in enumerate(sets)
        if one.since <= case.at and not (one.ended is not None and one.ended < one.since)
    ]
    return sets[max(begun)[1]] is found
