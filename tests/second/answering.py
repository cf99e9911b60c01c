"""What must be so to report, recommend, answer, promise, and give redress."""

from __future__ import annotations

from beforehand.record import answering as a
from beforehand.record.answering_state import Recommendation
from tests.second.case import Case, rule, text
from tests.second.days import end, start
from tests.second.workdays import twenty_working_days_after

# The body has spoken: of a body outside somebody here writes that down.
Spoken = a.RecommendationRated | a.RecommendationClosed | a.RecommendationReopened
RECORDS_FOR_OTHERS = {"inspector_general", "privacy_officer", "chief_privacy_officer"}


def _recommendation(case: Case) -> Recommendation:
    return case.record.answering.recommendations[text(case.act.fact, "recommendation")]


def _report(case: Case) -> a.ReportIssued:
    fact = case.act.fact
    if isinstance(fact, a.ReportIssued):
        return fact
    if isinstance(fact, a.FindingMade | a.RecommendationMade):
        return case.record.answering.reports[fact.report].issued
    return case.record.answering.reports[_recommendation(case).made.report].issued


@rule("answering.by-body")
def acts_for_the_body(case: Case) -> bool | None:
    """Its own inspector general, of that very office; one outside speaks through others."""
    report = _report(case)
    if report.issuer is not None:
        return "inspector_general" in case.posts_in(report.issuer)
    return not RECORDS_FOR_OTHERS.isdisjoint(case.posts({report.office}))


@rule("answering.dated")
def day_is_not_to_come(case: Case) -> bool | None:
    fact = case.act.fact
    if isinstance(fact, a.ReportIssued):
        return start(fact.issued) <= case.now
    return start(_received(case).received) <= case.now


def _received(case: Case) -> a.QueryLodged | a.RedressReceived:
    fact = case.act.fact
    if not isinstance(fact, a.QueryLodged | a.RedressReceived):
        raise TypeError(fact)
    return fact


@rule("answering.in-time")
def date_is_within_twenty_working_days(case: Case) -> bool | None:
    told = _received(case)
    last = twenty_working_days_after(told.received).isoformat()
    return told.due is None or end(told.due) <= end(last)


@rule("recommendation.on-paper")
def body_says_it_on_paper(case: Case) -> bool | None:
    fact = case.act.fact
    if not isinstance(fact, Spoken):
        raise TypeError(fact)
    return _report(case).issuer is not None or fact.document is not None


@rule("separation.answerer-closes")
def had_no_hand_in_the_answer(case: Case) -> bool | None:
    return not _recommendation(case).hands & case.counts_as


@rule("query.withheld-own-hand")
def withholds_under_own_account(case: Case) -> bool | None:
    fact = case.act.fact
    if not isinstance(fact, a.QueryAnswered):
        raise TypeError(fact)
    return fact.reply != "withheld" or fact.official == case.act.actor
