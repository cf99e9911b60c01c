"""Acts that answer for something, made to fit what is on record; a few miss by a day or a word."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

from msgspec.structs import replace

from beforehand.record import answering as a
from tests.second.workdays import twenty_working_days_after
from tests.world import DIGEST

if TYPE_CHECKING:
    from beforehand.record.fold import Record
    from beforehand.record.kinds import DecidedFact


def answered_for(  # noqa: PLR0911  # one case a kind
    fact: a.AnsweringFact, actor: str, *, record: Record, rng: Random, today: date
) -> DecidedFact:
    """Return `fact` with its parts as the record wants them today."""
    day = (today + timedelta(days=rng.choice((-30, -1, 0, 0, 0, 1)))).isoformat()
    paper = rng.choice((DIGEST, None))
    match fact:
        case a.ReportIssued():
            return replace(fact, issued=day, document=paper)
        case a.QueryLodged() | a.RedressReceived():
            more = twenty_working_days_after(day) + timedelta(
                days=rng.choice((-1, 0, 0, 1))
            )
            return replace(fact, received=day, due=rng.choice((None, more.isoformat())))
        case a.FindingMade():
            return replace(fact, report=_report(fact.report, record, rng))
        case a.RecommendationMade():
            return _recommendation(fact, record, rng)
        case a.RecommendationRated() | a.RecommendationClosed():
            known = record.answering.recommendations.get(fact.recommendation)
            status = _status(fact, outside=known is not None and known.body == "gao")
            return replace(fact, status=status, document=paper)
        case a.RecommendationReopened():
            return replace(fact, document=paper)
        case a.QueryAnswered() if rng.random() < 0.5:
            official = actor if rng.random() < 0.4 else rng.choice(list(record.persons))
            return replace(
                fact, reply="withheld", official=official, reason="privacy", document=None
            )
        case a.AnsweringFact():
            return fact  # type: ignore[return-value]  # one of the kinds of this group


def _report(named: str, record: Record, rng: Random) -> str:
    return rng.choice(list(record.answering.reports) or [named])


def _recommendation(
    fact: a.RecommendationMade, record: Record, rng: Random
) -> a.RecommendationMade:
    report = _report(fact.report, record, rng)
    findings = record.answering.findings.items()
    of_it = [None, *(name for name, one in findings if one.made.report == report)]
    return replace(fact, report=report, finding=rng.choice(of_it))


def _status(
    fact: a.RecommendationRated | a.RecommendationClosed, *, outside: bool
) -> a.OpenStatus | a.ClosedStatus:
    if isinstance(fact, a.RecommendationRated):
        return "open_partially_addressed" if outside else "open_unresolved"
    return "closed_not_implemented" if outside else "closed"
