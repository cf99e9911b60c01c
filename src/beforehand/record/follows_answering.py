"""The grammar of reports, recommendations, commitments, questions to an office, and redress."""

from __future__ import annotations

from typing import Final, assert_never

from beforehand.record import answering as a
from beforehand.record.acts import Act
from beforehand.record.answering_state import (
    GAO,
    Answering,
    Commitment,
    Query,
    Recommendation,
)
from beforehand.record.checks import at_most, in_order, known, new, no, other
from beforehand.record.follows import on_record
from beforehand.record.view import RecordView

MOST_QUARTERS: Final = 40
MOST_DAYS: Final = 36_525
OFFICE_KIND: Final = "inspector_general"
_OPEN: Final = {
    True: ("open", "open_partially_addressed"),
    False: ("open_unresolved", "open_resolved"),
}
_CLOSED: Final = {
    True: ("closed_implemented", "closed_not_implemented"),
    False: ("closed",),
}


def check_answering(view: RecordView, act: Act, fact: a.AnyAnsweringFact) -> None:
    kept = view.answering
    match fact:
        case a.ReportIssued():
            new("report", fact.report, kept.reports)
            known("office", fact.office, view.offices)
            _issuer(view, fact)
        case a.FindingMade():
            new("finding", fact.finding, kept.findings)
            known("report", fact.report, kept.reports)
        case a.RecommendationMade():
            _recommendation(view, fact)
        case (
            a.CommitmentMade()
            | a.CommitmentMoved()
            | a.CommitmentKept()
            | a.CommitmentSuperseded()
        ):
            _commitment(view, fact)
        case a.QueryLodged() | a.QueryAnswered() | a.QuerySilent():
            _query(view, act, fact)
        case a.RedressReceived():
            new("redress", fact.redress, kept.redress)
            known("office", fact.office, view.offices)
            _clock(fact)
            _name(act)
        case a.RedressAnswered():
            known("redress", fact.redress, kept.redress)
            if kept.redress[fact.redress].answered:
                no("redress", "one that is not answered yet", repr(fact.redress))
        case _:
            _step(_of(kept, fact.recommendation), fact)


# -- reports and recommendations ---------------------------------------------------------


def _issuer(view: RecordView, fact: a.ReportIssued) -> None:
    """An inspector general reports from an office here; any other body is outside."""
    if (fact.issuer is None) == (fact.body == OFFICE_KIND):
        no(
            "issuer",
            "the inspector general's office; null for a body outside",
            repr(fact.issuer),
        )
    if fact.issuer is not None:
        known("issuer", fact.issuer, view.offices)
        if view.offices[fact.issuer].kind != OFFICE_KIND:
            no("issuer", "an office of an inspector general", repr(fact.issuer))


def _recommendation(view: RecordView, fact: a.RecommendationMade) -> None:
    kept = view.answering
    new("recommendation", fact.recommendation, kept.recommendations)
    known("report", fact.report, kept.reports)
    known("office", fact.office, view.offices)
    if fact.finding is not None:
        known("finding", fact.finding, kept.findings)
        if kept.findings[fact.finding].made.report != fact.report:
            no("finding", f"one of report {fact.report}", repr(fact.finding))
    match fact.check:
        case a.ReviewsOnTime():
            at_most("check.quarters", fact.check.quarters, MOST_QUARTERS)
            if not fact.check.quarters:
                no("check.quarters", "at least 1", "0")
        case a.IncidentsClosed():
            at_most("check.days", fact.check.days, MOST_DAYS)
        case _:
            pass


def _of(kept: Answering, name: str) -> Recommendation:
    known("recommendation", name, kept.recommendations)
    return kept.recommendations[name]


def _step(one: Recommendation, fact: a.RecommendationStep) -> None:
    is_reopened = isinstance(fact, a.RecommendationReopened | a.CheckFailed)
    if (one.closed is not None) != is_reopened:
        state = "closed" if is_reopened else "open"
        do = "" if is_reopened else "The body that made it can reopen it first."
        got = f"{fact.recommendation}, which is {'open' if is_reopened else 'closed'}"
        no("recommendation", f"one that is {state}", got, do)
    match fact:
        case a.RecommendationAnswered():
            if fact.response != "concur" and fact.document is None:
                no("document", "the reason of who does not concur in full", "null")
        case a.RecommendationRated():
            _word("status", fact.status, _OPEN[one.body == GAO])
            if fact.status == "open_resolved" and not (one.answers and one.targets):
                no("status", "an answer and a plan before it is resolved", fact.status)
        case a.RecommendationClosed():
            _word("status", fact.status, _CLOSED[one.body == GAO])
        case a.CheckFailed():
            if one.made.check is None:
                no("recommendation", "one with a live check", repr(fact.recommendation))
        case _:
            pass


def _word(where: str, word: str, words: tuple[str, ...]) -> None:
    if word not in words:
        no(where, f"the body's own word: {' or '.join(words)}", word)


# -- commitments -------------------------------------------------------------------------


def _commitment(view: RecordView, fact: a.CommitmentMade | a.CommitmentStep) -> None:
    commitments = view.answering.commitments
    if isinstance(fact, a.CommitmentMade):
        new("commitment", fact.commitment, commitments)
        known("office", fact.office, view.offices)
        return
    known("commitment", fact.commitment, commitments)
    one: Commitment = commitments[fact.commitment]
    if one.kept or one.replacement:
        became = f"superseded by {one.replacement}" if one.replacement else "kept"
        got = f"{fact.commitment}, which was {became}"
        no("commitment", "one that is neither kept nor superseded", got)
    match fact:
        case a.CommitmentMoved():
            if fact.due == one.due:
                no("due", "another day than before", fact.due)
        case a.CommitmentSuperseded():
            known("replacement", fact.replacement, commitments)
            if fact.replacement == fact.commitment:
                no("replacement", "another commitment", repr(fact.replacement))
        case a.CommitmentKept():
            pass
        case _:
            assert_never(fact)


# -- questions and redress ---------------------------------------------------------------


def _query(
    view: RecordView, act: Act, fact: a.QueryLodged | a.QueryAnswered | a.QuerySilent
) -> None:
    queries = view.answering.queries
    if isinstance(fact, a.QueryLodged):
        new("query", fact.query, queries)
        known("office", fact.office, view.offices)
        answered_for = view.answering.recommendations.keys() | view.answering.commitments
        for one in set(fact.concerning) - answered_for:
            on_record("concerning", one, view)
        _clock(fact)
        _name(act)
        return
    known("query", fact.query, queries)
    asked: Query = queries[fact.query]
    match fact:
        case a.QueryAnswered():
            if any(one.reply == "known" for _, one in asked.replies):
                no("query", "one whose answer is not given yet", repr(fact.query))
            _reply(view, fact)
        case a.QuerySilent():
            if asked.replies or asked.silent:
                no("query", "one with no answer, and no silence noted", repr(fact.query))
        case _:
            assert_never(fact)


def _reply(view: RecordView, fact: a.QueryAnswered) -> None:
    is_withheld = fact.reply == "withheld"
    said = (fact.official is not None, fact.reason is not None)
    if is_withheld and not all(said):
        no("official, reason", "who withholds it, and why", "null")
    if not is_withheld and any(said):
        expected = f"null beside the reply `{fact.reply}`: only `withheld` has them"
        no("official, reason", expected, "a value")
    if fact.official is not None:
        known("official", fact.official, view.persons)
    if fact.reply == "known" and fact.document is None:
        no("document", "the answer", "null")


def _clock(fact: a.QueryLodged | a.RedressReceived) -> None:
    if fact.due is not None:
        in_order("due", fact.received, fact.due)


def _name(act: Act) -> None:
    name = act.sealed.get("name")
    if not (name is None or (isinstance(name, str) and name.strip() == name != "")):
        no("sealed.name", "a name as text, or null", other(name))
