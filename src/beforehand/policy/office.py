"""Which office an act is of, and so whose safeguards decide it beside the department's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beforehand.record.answering import OF_OUTSIDERS
from beforehand.record.facts import OfficeNamed, SafeguardsAdopted
from beforehand.record.rulebook import RulebookFact, in_force

if TYPE_CHECKING:
    from collections.abc import Callable

    from beforehand.record.acts import Act
    from beforehand.record.view import RecordView


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


def _of_contract(view: RecordView, name: str) -> str | None:
    known = view.contracts.get(name)
    return known.awarded.office if known else None


def _of_question(view: RecordView, name: str) -> str | None:
    known = view.questions.get(name)
    return known.admitted.office if known else None


def _of_request(view: RecordView, name: str) -> str | None:
    known = view.requests.get(name)
    return known.asked.office if known else None


def _of_assessment(view: RecordView, name: str) -> str | None:
    known = view.assessments.get(name)
    return known.draft.office if known else None


def _of_thread(view: RecordView, name: str) -> str | None:
    known = view.threads.get(name)
    return _of_assessment(view, known.assessment) if known else None


def _of_threshold(view: RecordView, name: str) -> str | None:
    known = view.thresholds.get(name)
    return known.filed.office if known else None


def _of_process(view: RecordView, name: str) -> str | None:
    known = view.using.processes.get(name)
    return known.recorded.office if known else None


def _of_incident(view: RecordView, name: str) -> str | None:
    known = view.using.incidents.get(name)
    return known.opened.office if known else None


def _of_solicitation(view: RecordView, name: str) -> str | None:
    known = view.buying.solicitations.get(name)
    return known.issued.office if known else None


def _of_statement(view: RecordView, name: str) -> str | None:
    known = view.stating.statements.get(name)
    return known.drafted.office if known else None


def _of_count(view: RecordView, name: str) -> str | None:
    known = view.counting.counts.get(name)
    return known.committed.office if known else None


def _of_authority(view: RecordView, name: str) -> str | None:
    known = view.people.authorities.get(name)
    return known.office if known else None


def _of_recommendation(view: RecordView, name: str) -> str | None:
    known = view.answering.recommendations.get(name)
    return known.made.office if known else None


def _of_commitment(view: RecordView, name: str) -> str | None:
    known = view.answering.commitments.get(name)
    return known.made.office if known else None


def _of_query(view: RecordView, name: str) -> str | None:
    known = view.answering.queries.get(name)
    return known.lodged.office if known else None


def _of_redress(view: RecordView, name: str) -> str | None:
    known = view.answering.redress.get(name)
    return known.received.office if known else None


# By the field that names a thing, in the order in which they count: an act on a contract is of
# the contract's office, whichever assessment it relies on.
_OFFICES: dict[str, Callable[[RecordView, str], str | None]] = {
    "contract": _of_contract,
    "question": _of_question,
    "request": _of_request,
    "solicitation": _of_solicitation,
    "assessment": _of_assessment,
    "thread": _of_thread,
    "threshold": _of_threshold,
    "process": _of_process,
    "incident": _of_incident,
    "statement": _of_statement,
    "count": _of_count,
    "delegation": _of_authority,
    "acting": _of_authority,
    "recommendation": _of_recommendation,
    "commitment": _of_commitment,
    "query": _of_query,
    "redress": _of_redress,
}
