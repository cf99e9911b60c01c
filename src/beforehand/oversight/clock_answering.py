"""The dates of recommendations, commitments, questions to an office, and redress. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from beforehand.oversight.answering import resolve_by
from beforehand.oversight.clock_dates import Clock, after
from beforehand.policy.put import day, moment
from beforehand.record.view import RecordView


def of_answering(view: RecordView) -> Iterator[Clock]:
    """Yield the dates of what is to be answered for, in no order; none of what is settled."""
    yield from _recommendations(view)
    yield from _commitments(view)
    yield from _queries(view)
    yield from _redress(view)


def _recommendations(view: RecordView) -> Iterator[Clock]:
    kept = view.answering
    for name, known in kept.recommendations.items():
        issued = kept.reports[known.made.report].issued.issued
        opened, offices = day(issued).first, (known.made.office,)
        if not known.resolved:
            yield Clock(
                what="recommendation-answer",
                of=name,
                part=known.made.report,
                moment=after(resolve_by(issued)),
                offices=offices,
                opened=opened,
            )
        if known.closed is None and known.due is not None:
            yield Clock(
                what="recommendation-target",
                of=name,
                part=known.made.report,
                moment=after(known.due),
                offices=offices,
                opened=opened,
            )


def _commitments(view: RecordView) -> Iterator[Clock]:
    for name, known in view.answering.commitments.items():
        if known.kept is None and known.replacement is None:
            yield Clock(
                what="commitment-due",
                of=name,
                part=known.made.promised,
                moment=after(known.due),
                offices=(known.made.office,),
                opened=moment(known.targets[0].at).first,
            )


def _queries(view: RecordView) -> Iterator[Clock]:
    for name, known in view.answering.queries.items():
        if not known.replies:
            yield Clock(
                what="query",
                of=name,
                part=known.lodged.asker,
                moment=after(known.due),
                offices=(known.lodged.office,),
                opened=day(known.lodged.received).first,
            )


def _redress(view: RecordView) -> Iterator[Clock]:
    for name, known in view.answering.redress.items():
        if known.outcome is None:
            yield Clock(
                what="redress",
                of=name,
                part=known.received.redress_kind,
                moment=after(known.due),
                offices=(known.received.office,),
                opened=day(known.received.received).first,
            )
