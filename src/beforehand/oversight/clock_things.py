"""The dates of things: assessments, contracts, suppliers, snapshots, and the use of data. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from beforehand.oversight.clock_dates import Clock, after, date_of, plus
from beforehand.policy.attributes import (
    YEAR,
    contract_facts,
    later,
    supplier_facts,
    threshold_facts,
)
from beforehand.policy.of_groups import incident_due
from beforehand.policy.put import day, moment
from beforehand.record.state import Assessment, Contract
from beforehand.record.view import RecordView


def of_things(view: RecordView, at: str) -> Iterator[Clock]:
    """Yield the dates of things, in no order."""
    yield from _assessments(view)
    yield from _thresholds(view)
    yield from _remarks(view)
    yield from _contracts(view)
    yield from _suppliers(view)
    yield from _inquiries(view)
    yield from _stops(view)
    yield from _retention(view)
    yield from _reviews(view)
    yield from _requests(view)
    yield from _processes(view)
    yield from _incidents(view)
    yield from _procedures(view, at)


# -- assessments -------------------------------------------------------------------------


def _assessments(view: RecordView) -> Iterator[Clock]:
    for name, known in view.assessments.items():
        if known.withdrawn:
            continue
        offices = (known.draft.office,)
        if known.approved_digest:
            # As the safeguards choose: of an edited text, what was last approved.
            in_force = known.approvals.get(known.digest)
            approval = in_force or known.approvals[known.approved_digest]
            lapses = day(approval.expires).first
            yield Clock(what="assessment-lapses", of=name, moment=lapses, offices=offices)
        if known.digest in known.approvals and known.digest not in known.disclosed:
            since = moment(known.approvals[known.digest].at).first
            yield Clock(
                what="assessment-not-disclosed",
                of=name,
                moment=since,
                offices=offices,
                dated=False,
            )
        if known.approved_digest or known.digest in known.submitted:
            yield from _mitigations(name, known)


def _mitigations(name: str, known: Assessment) -> Iterator[Clock]:
    for one in known.draft.terms.mitigations:
        if one.mitigation not in known.done:
            yield Clock(
                what="mitigation",
                of=name,
                part=one.mitigation,
                moment=after(known.due(one.mitigation, one.due)),
                offices=(one.owner,),
            )


def _thresholds(view: RecordView) -> Iterator[Clock]:
    """Those on which a standing assessment rests, or none ever did."""
    standing: dict[str, bool] = {}
    for one in view.assessments.values():
        rests = standing.get(one.draft.threshold, False)
        standing[one.draft.threshold] = rests or not one.withdrawn
    for name, known in view.thresholds.items():
        if known.approved and standing.get(name, True):
            office = known.filed.office
            facts = threshold_facts(known, view.offices_under(office))
            yield Clock(
                what="threshold-lapses",
                of=name,
                moment=date_of(facts, "lapses"),
                offices=(office,),
            )


def _remarks(view: RecordView) -> Iterator[Clock]:
    for name, one in view.threads.items():
        about = view.assessments[one.assessment]
        if one.resolved is None and not about.withdrawn:
            yield Clock(
                what="remark-open",
                of=name,
                part=f"{one.assessment} {one.section}",
                moment=moment(one.at).first,
                offices=(about.draft.office,),
                person=one.by,
                dated=False,
            )


# -- buying and holding ------------------------------------------------------------------


def _running(view: RecordView) -> Iterator[tuple[str, Contract]]:
    """Yield the contracts whose end nobody has recorded."""
    return ((name, one) for name, one in view.contracts.items() if one.ended is None)


def _buyers(view: RecordView, dataset: str) -> tuple[str, ...]:
    """Return the offices that have a running contract for a dataset, or what carries it."""
    offices = {
        one.awarded.office
        for _, one in _running(view)
        if dataset in view.carried(one.datasets)
    }
    return tuple(sorted(offices))


def _contracts(view: RecordView) -> Iterator[Clock]:
    for name, known in _running(view):
        offices = (known.awarded.office,)
        ends = date_of(contract_facts(known, view.carried(known.datasets)), "ends")
        yield Clock(what="contract-ends", of=name, moment=ends, offices=offices)
        if known.awarded.pilot:
            year = plus(known.awarded.starts, YEAR)
            yield Clock(what="pilot-year", of=name, moment=year, offices=offices)


def _suppliers(view: RecordView) -> Iterator[Clock]:
    for dataset, known in view.evidence.items():
        buyers = _buyers(view, dataset)
        yield Clock(
            what="supplier-reassessment",
            of=dataset,
            part=known.filed.supplier,
            moment=date_of(supplier_facts([known], 1), "reassess_by"),
            offices=buyers,
            ends=not buyers,  # what nobody buys need not be reassessed
        )


def _inquiries(view: RecordView) -> Iterator[Clock]:
    """Those after which nobody asked the supplier again, or filed evidence."""
    newest = {
        (one.opened.supplier, one.opened.dataset): name
        for name, one in view.buying.inquiries.items()
    }
    for name in newest.values():
        one = view.buying.inquiries[name]
        evidence = view.evidence.get(one.opened.dataset)
        if evidence is not None and evidence.at > one.at:
            continue
        offices = _buyers(view, one.opened.dataset)
        if one.answered_at is None:
            yield Clock(
                what="supplier-link",
                of=name,
                part=one.opened.supplier,
                moment=day(one.opened.expires).first,
                offices=offices,
                opened=moment(one.at).first,
            )
        elif one.unanswered:
            yield Clock(
                what="supplier-unanswered",
                of=name,
                part=one.opened.supplier,
                moment=moment(one.answered_at).first,
                offices=offices,
                dated=False,
            )


def _stops(view: RecordView) -> Iterator[Clock]:
    for name, one in view.datasets.items():
        if one.stopped is not None:
            yield Clock(
                what="dataset-stopped",
                of=name,
                moment=moment(one.stopped).first,
                offices=_buyers(view, name),
                dated=False,
            )


def _retention(view: RecordView) -> Iterator[Clock]:
    for name, known in view.snapshots.items():
        taken = known.taken
        terms = view.assessments[taken.assessment].draft.terms
        yield Clock(
            what="retention",
            of=name,
            part=taken.first_day,
            moment=plus(taken.first_day, terms.retention_days + 1),
            offices=(taken.office,),
        )


# -- use ---------------------------------------------------------------------------------


def _reviews(view: RecordView) -> Iterator[Clock]:
    for (office, dataset), log in view.use_logs.items():
        since = log.unreviewed_since
        if since is None:
            continue
        for name in _covering(view, office, dataset):
            terms = view.assessments[name].draft.terms
            yield Clock(
                what="review-of-use",
                of=dataset,
                part=name,
                moment=later(since, terms.review_days).first,
                offices=(office,),
                opened=moment(since).first,
            )


def _covering(view: RecordView, office: str, dataset: str) -> list[str]:
    """Return the assessments whose term it is; withdrawn ones where no other is left."""
    carried = set(view.carried((dataset,)))
    covering = [
        name
        for name, one in view.assessments.items()
        if office in one.draft.terms.offices and carried <= set(one.draft.terms.datasets)
    ]
    return [one for one in covering if not view.assessments[one].withdrawn] or covering


def _requests(view: RecordView) -> Iterator[Clock]:
    for name, known in view.requests.items():
        yield Clock(
            what="use-request",
            of=name,
            part=known.asked.dataset,
            moment=day(known.asked.expires).first,
            offices=(known.asked.office,),
            person=known.by,
            ends=True,
        )


def _processes(view: RecordView) -> Iterator[Clock]:
    for name, known in view.using.processes.items():
        if not known.pends and known.ended is not None:
            continue
        yield Clock(
            what="exigency" if known.pends else "legal-process",
            of=name,
            part=known.recorded.process_kind,
            moment=day(known.recorded.expires).first,
            offices=(known.recorded.office,),
            opened=moment(known.at).first,
            ends=not known.pends,
        )


def _incidents(view: RecordView) -> Iterator[Clock]:
    for name, known in view.using.incidents.items():
        discovered = day(known.opened.discovered).first
        offices = (known.opened.office,)
        yield Clock(
            what="incident-notice",
            of=name,
            moment=incident_due(known).first,
            offices=offices,
            opened=discovered,
        )
        if known.closed is None:
            yield Clock(
                what="incident-open",
                of=name,
                moment=discovered,
                offices=offices,
                dated=False,
            )


def _procedures(view: RecordView, at: str) -> Iterator[Clock]:
    for office, newest in view.procedures.items():
        known = newest.standing(at)
        if getattr(known.adopted, "interim", False):
            yield Clock(
                what="interim-procedures",
                of=known.adopted.procedures,
                moment=moment(known.since).first,
                offices=(office,),
                dated=False,
            )
