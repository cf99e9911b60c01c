"""What reports, recommendations, commitments, queries and redress put to the safeguards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beforehand.policy.attributes import refs
from beforehand.policy.put import day
from beforehand.record import answering as a
from beforehand.record.workdays import working_days_after

if TYPE_CHECKING:
    from beforehand.policy.asker import Asker
    from beforehand.record.answering_state import Recommendation


def of_answering(asker: Asker, fact: a.AnyAnsweringFact) -> None:
    kept = asker.view.answering
    match fact:
        case a.ReportIssued():
            _body(asker, fact)
            asker.context["happened"] = day(fact.issued)
        case a.FindingMade() | a.RecommendationMade():
            _body(asker, kept.reports[fact.report].issued)
        case a.CommitmentMade():
            asker.roles(fact.office)
        case a.CommitmentMoved() | a.CommitmentKept() | a.CommitmentSuperseded():
            asker.roles(kept.commitments[fact.commitment].made.office)
        case a.QueryLodged() | a.RedressReceived():
            _clock(asker, fact)
        case a.QueryAnswered():
            asker.roles(kept.queries[fact.query].lodged.office)
            # Not `named`: who acts must be on the record, and is not brought in by it.
            asker.context |= {
                "withheld": fact.reply == "withheld",
                "official": asker.person(fact.official or asker.act.actor),
            }
        case a.RedressAnswered():
            asker.roles(kept.redress[fact.redress].received.office)
        case a.QuerySilent() | a.CheckFailed():
            asker.roles()
        case _:
            _step(asker, kept.recommendations[fact.recommendation], fact)


def _step(asker: Asker, known: Recommendation, fact: a.RecommendationStep) -> None:
    match fact:
        case (
            a.RecommendationRated() | a.RecommendationClosed() | a.RecommendationReopened()
        ):
            _body(asker, asker.view.answering.reports[known.made.report].issued)
            asker.context |= {
                "on_paper": fact.document is not None,
                "answerers": refs("Person", known.hands),
            }
        case _:
            asker.roles(known.made.office)


def _body(asker: Asker, report: a.ReportIssued) -> None:
    """Whether the body is outside, and the posts that count for it.

    Of a body here: those held in its very office, and not in one above it or beside it.
    """
    if report.issuer is None:
        asker.roles(report.office)
    else:
        asker.roles_in(report.issuer)
    asker.context["outside"] = report.issuer is None


def _clock(asker: Asker, fact: a.QueryLodged | a.RedressReceived) -> None:
    asker.roles()
    last = working_days_after(fact.received)
    asker.context |= {
        "happened": day(fact.received),
        "due": day(fact.due or last),
        "last_possible": day(last),
    }
