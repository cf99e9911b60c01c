"""Which office an act is of, and so whose safeguards decide it beside the department's."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from beforehand.record.answering import OF_OUTSIDERS
from beforehand.record.facts import OfficeNamed, SafeguardsAdopted
from beforehand.record.rulebook import RulebookFact, in_force

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from beforehand.record.acts import Act
    from beforehand.record.view import RecordView

Thing = TypeVar("Thing")


def office_of(view: RecordView, act: Act) -> str | None:
    """Return the office that an act is of: its own, or that of the thing it is about.

    None where there is none: then the department's safeguards alone decide. So they do of
    safeguard sets themselves: no office's set can keep itself in force. And of what a body says
    of an office, and of what outsiders ask it: no office's set comes between.
    """
    fact = act.fact
    if isinstance(fact, (SafeguardsAdopted, RulebookFact, *OF_OUTSIDERS)):
        return None
    if isinstance(fact, OfficeNamed):
        return fact.parent
    own: str | None = getattr(fact, "office", None)
    if own in view.offices:
        return own
    for name, office in _OFFICES.items():
        thing: str | None = getattr(fact, name, None)
        if thing is not None and (found := office(view, thing)) is not None:
            return found
    return None


def sets_for(view: RecordView, act: Act | None, at: str) -> tuple[str, ...]:
    """Return the digests of the sets that decide an act at a moment, the department's first.

    act   None for what binds every act
    """
    return in_force(view, None if act is None else office_of(view, act), at)


def _of(
    things: Callable[[RecordView], Mapping[str, Thing]], office: Callable[[Thing], str]
) -> Callable[[RecordView, str], str | None]:
    """Return what finds the office of one of these things; None of a name that is none of them."""

    def found(view: RecordView, name: str) -> str | None:
        known = things(view).get(name)
        return None if known is None else office(known)

    return found


_of_assessment = _of(lambda view: view.assessments, lambda one: one.draft.office)
_of_authority = _of(lambda view: view.people.authorities, lambda one: one.office)


def _of_thread(view: RecordView, name: str) -> str | None:
    known = view.threads.get(name)
    return _of_assessment(view, known.assessment) if known else None


# By the field that names a thing, in the order in which they count: an act on a contract is of
# the contract's office, whichever assessment it relies on.
_OFFICES: dict[str, Callable[[RecordView, str], str | None]] = {
    "contract": _of(lambda view: view.contracts, lambda one: one.awarded.office),
    "question": _of(lambda view: view.questions, lambda one: one.admitted.office),
    "request": _of(lambda view: view.requests, lambda one: one.asked.office),
    "solicitation": _of(
        lambda view: view.buying.solicitations, lambda one: one.issued.office
    ),
    "assessment": _of_assessment,
    "thread": _of_thread,
    "threshold": _of(lambda view: view.thresholds, lambda one: one.filed.office),
    "process": _of(lambda view: view.using.processes, lambda one: one.recorded.office),
    "incident": _of(lambda view: view.using.incidents, lambda one: one.opened.office),
    "statement": _of(lambda view: view.stating.statements, lambda one: one.drafted.office),
    "count": _of(lambda view: view.counting.counts, lambda one: one.committed.office),
    "delegation": _of_authority,
    "acting": _of_authority,
    "recommendation": _of(
        lambda view: view.answering.recommendations, lambda one: one.made.office
    ),
    "commitment": _of(lambda view: view.answering.commitments, lambda one: one.made.office),
    "query": _of(lambda view: view.answering.queries, lambda one: one.lodged.office),
    "redress": _of(lambda view: view.answering.redress, lambda one: one.received.office),
}
