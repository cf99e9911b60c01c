"""Live checks: whether what a recommendation says must stay so does, and what made it fail. Pure.

Only what was decided is looked at, of the addressee's office and all under it; what was
reported stands in an audit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias, assert_never

import msgspec

from beforehand.oversight.live_trace import CERTIFIED, Failing, Form, Trace, day_after
from beforehand.record import answering as a
from beforehand.record.answering_state import Recommendation
from beforehand.record.view import RecordView

State: TypeAlias = Literal["holds", "fails", "not_yet_observable"]
_QUARTERS = 4


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """`because`: every failing, mended ones too, the first one first."""

    state: State
    because: tuple[Failing, ...]


def verdict(
    view: RecordView, trace: Trace, check: a.Check, *, office: str, at: str
) -> Verdict:
    """Return how a check stands at a moment, for an office and all under it."""
    under = frozenset(view.offices_under(office))
    because = tuple(one for one in _because(view, trace, check, at) if one.office in under)
    lasting = _lasting(check)
    if any(lasting or one.until is None for one in because):
        return Verdict(state="fails", because=because)
    observable = _observable(view, trace, check, under=under, at=at)
    return Verdict(state="holds" if observable else "not_yet_observable", because=because)


def reopens(
    view: RecordView, trace: Trace, known: Recommendation, at: str
) -> Failing | None:
    """Return the first that failed after a recommendation was closed, and so reopens it."""
    if known.made.check is None or known.closed_at is None:
        return None
    found = verdict(view, trace, known.made.check, office=known.made.office, at=at)
    after = (one for one in found.because if one.since > (known.closed_at or ""))
    return next(after, None)


def words(check: a.Check) -> str:  # noqa: PLR0911  # one case a form
    """Return a check in words, as a person reads it."""
    match check:
        case a.AwardsCovered():
            return f"No award without coverage since {check.since}"
        case a.ReviewsOnTime():
            of = f"{check.quarters} quarter{'' if check.quarters == 1 else 's'}"
            return f"Every office reviewed on time for {of}"
        case a.StopsKept():
            return f"No question to a stopped dataset since {check.since}"
        case a.MitigationsOnTime():
            return "No promised mitigation is overdue"
        case a.NoSharedAccounts():
            return "No account is shared"
        case a.IncidentsClosed():
            return f"No incident is open for more than {check.days} days"
        case a.AccountsRecertified():
            return "All access is confirmed each quarter"
        case _:
            assert_never(check)


def _lasting(check: a.Check) -> bool:
    """Whether what failed once is not mended by what comes after, in the time asked about."""
    return isinstance(check, a.AwardsCovered | a.ReviewsOnTime | a.StopsKept)


def _because(view: RecordView, trace: Trace, check: a.Check, at: str) -> Iterator[Failing]:
    if isinstance(check, a.IncidentsClosed):
        yield from _incidents(trace, check.days, at)
        return
    form, since = _looks_at(check, at)
    for one in trace.failings(view, at):
        if one.form == form and one.since >= since:
            yield one


def _looks_at(
    check: a.AwardsCovered
    | a.ReviewsOnTime
    | a.StopsKept
    | a.MitigationsOnTime
    | a.NoSharedAccounts
    | a.AccountsRecertified,
    at: str,
) -> tuple[Form, str]:
    """Return which failings a check is about, and from which moment on."""
    match check:
        case a.AwardsCovered():
            return "award", check.since
        case a.ReviewsOnTime():
            return "review", _quarters_before(at, check.quarters)
        case a.StopsKept():
            return "stop", check.since
        case a.MitigationsOnTime():
            return "mitigation", ""
        case a.NoSharedAccounts():
            return "account", ""
        case a.AccountsRecertified():
            return "recertification", ""
        case _:
            assert_never(check)


def _incidents(trace: Trace, days: int, at: str) -> Iterator[Failing]:
    for one in trace.incidents:
        # One opened again is as old as it was, and open anew.
        due = max(one.mark.at, day_after(one.opened.discovered, days))
        if due <= (one.closed or at):
            yield Failing(
                form="incident",
                entry=one.mark.entry,
                id=one.mark.id,
                of=one.opened.incident,
                office=one.opened.office,
                since=due,
                until=one.closed,
            )


def _observable(
    view: RecordView, trace: Trace, check: a.Check, *, under: frozenset[str], at: str
) -> bool:
    """Whether there is anything yet that could have failed."""
    match check:
        case a.AwardsCovered() | a.StopsKept():
            return check.since <= at[:10]
        case a.ReviewsOnTime():
            start = _quarters_before(at, check.quarters)
            return (trace.began or at) <= start and not under.isdisjoint(trace.asked)
        case a.MitigationsOnTime():
            return any(
                one.owner in under
                for known in view.assessments.values()
                for one in known.draft.terms.mitigations
            )
        case a.AccountsRecertified():
            return any(
                office in under and held & CERTIFIED
                for known in view.persons.values()
                for office, held in known.roles.items()
            )
        case a.NoSharedAccounts() | a.IncidentsClosed():
            return True
        case _:
            assert_never(check)


def _quarters_before(at: str, quarters: int) -> str:
    """Return the first day of the quarter so many quarters before that of a moment."""
    number = int(at[:4]) * _QUARTERS + (int(at[5:7]) - 1) // 3 - quarters
    return f"{number // _QUARTERS:04}-{number % _QUARTERS * 3 + 1:02}-01"
