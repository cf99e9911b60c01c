"""What must be so of assessments and threshold analyses, by its own reading of each @says."""

from __future__ import annotations

from datetime import datetime

from beforehand.record import facts as f
from beforehand.record.reviewing import DelayAccepted
from beforehand.record.state import Approval, Assessment, Threshold
from beforehand.record.terms import Risk
from tests.second.case import Case, rule, text
from tests.second.days import YEAR, end, moment, start, third_anniversary

# Words for data that is tied to a device, in `contains` of a dataset.
TIED = ("advertising_id", "device_id", "device_location_history", "precise_geolocation")
SMALL = ("negligible", "limited")


def approval(of: Assessment) -> Approval | None:
    """The approval of the text as it stands; else of the text that was approved last."""
    if of.digest in of.approvals:
        return of.approvals[of.digest]
    newest = sorted(of.approvals.values(), key=lambda one: one.at)
    return newest[-1] if newest else None


def named(case: Case) -> Assessment:
    """The assessment that an act about one names."""
    return case.record.assessments[text(case.act.fact, "assessment")]


@rule("assessment.approved")
def is_approved(case: Case) -> bool | None:
    relied = case.assessment
    given = relied and approval(relied)
    return None if not given else moment(given.at) <= case.now


@rule("assessment.text-in-force")
def is_the_approved_text(case: Case) -> bool | None:
    if case.assessment is None or not case.assessment.approvals:
        return None
    return case.assessment.digest in case.assessment.approvals


@rule("assessment.unexpired")
def has_not_lapsed(case: Case) -> bool | None:
    """An approval lapses with the midnight that begins its last named day."""
    relied = case.assessment
    given = relied and approval(relied)
    return None if not given else case.now < start(given.expires)


@rule("assessment.standing")
def is_not_withdrawn(case: Case) -> bool | None:
    return None if case.assessment is None else not case.assessment.withdrawn


@rule("assessment.disclosed")
def is_disclosed(case: Case) -> bool | None:
    """Published, or withheld with a reason: the text as it stands."""
    known = case.assessment
    return None if known is None else known.digest in known.disclosed


@rule("assessment.covers")
def covers_office_and_data(case: Case) -> bool | None:
    if case.assessment is None:
        return None
    terms = case.assessment.draft.terms
    return case.claim.office in terms.offices and case.carried <= set(terms.datasets)


@rule("assessment.covers-purpose")
def covers_purpose(case: Case) -> bool | None:
    if case.assessment is None:
        return None
    return case.claim.purpose in case.assessment.draft.terms.purposes


@rule("assessment.covers-form")
def covers_form(case: Case) -> bool | None:
    if case.assessment is None:
        return None
    forms = case.assessment.draft.terms.forms
    if isinstance(case.act.fact, f.UseApproved):
        return None if case.request is None else case.request.asked.form in forms
    return None if case.form is None else case.form.form in forms


@rule("assessment.resolution")
def is_coarse_enough(case: Case) -> bool | None:
    taken = case.act.fact
    asked = taken if isinstance(taken, f.HoldingTaken) else case.form
    if case.assessment is None or asked is None:
        return None
    terms = case.assessment.draft.terms
    return asked.grid >= terms.finest_grid and asked.step >= terms.finest_step


@rule("assessment.area")
def is_inside_assessed_area(case: Case) -> bool | None:
    if case.assessment is None or case.form is None:
        return None
    return inside(case.form.area, case.assessment.draft.terms.area)


def inside(inner: object, outer: object) -> bool:
    """Whether every column and row of one rectangle, which has some, is of the other."""
    return all(
        (least := getattr(outer, way)[0]) <= getattr(inner, way)[0]
        and getattr(inner, way)[0] < getattr(inner, way)[1]
        and getattr(inner, way)[1] <= getattr(outer, way)[1]
        and least < getattr(outer, way)[1]
        for way in ("columns", "rows")
    )


@rule("assessment.mitigations")
def nothing_promised_is_overdue(case: Case) -> bool | None:
    """Due on a day is in time until that day is over; an accepted delay gives a later day."""
    known = case.assessment
    if known is None:
        return None
    left = [
        one for one in known.draft.terms.mitigations if one.mitigation not in known.done
    ]
    delayed = known.delays
    return all(
        case.now < max(end(one.due), end(delayed.get(one.mitigation, one.due)))
        for one in left
    )


@rule("assessment.threshold")
def threshold_covers_and_is_approved(case: Case) -> bool | None:
    known = case.threshold
    if known is None or known.approved is None:
        return None
    return (
        known.filed.office in case.up(case.claim.office)
        and case.carried <= set(known.filed.datasets)
        and moment(known.approved) <= case.now
    )


@rule("assessment.threshold-current")
def threshold_is_under_three_years(case: Case) -> bool | None:
    known = case.threshold
    return None if known is None else _is_young(known, case.now)


def _is_young(known: Threshold, now: datetime) -> bool | None:
    if known.approved is None:
        return None
    return now < third_anniversary(moment(known.approved))


@rule("assessment.identifiable")
def says_so_where_data_is_tied_to_devices(case: Case) -> bool | None:
    fact = case.act.fact
    if not isinstance(fact, f.ThresholdApproved):
        raise TypeError(fact)
    filed = case.record.thresholds[fact.threshold].filed
    tied = any(
        word in TIED
        for one in case.with_carried(filed.datasets)
        for word in case.record.datasets[one].named.contains
    )
    return filed.needs_assessment or not tied


@rule("assessment.component-reviewed")
def component_endorsed_this_text(case: Case) -> bool | None:
    known = named(case)
    return known.digest in known.endorsed


@rule("assessment.opinions")
def every_body_was_heard(case: Case) -> bool | None:
    known = named(case)
    heard = known.opinions.get(known.digest, {})
    bodies = ("privacy_office", "counsel", "civil_liberties", "affected_groups")
    return all(body in heard for body in bodies)


@rule("assessment.threads-resolved")
def no_remark_is_open(case: Case) -> bool | None:
    name = named(case).draft.assessment
    threads = case.record.threads.values()
    return not [one for one in threads if one.assessment == name and not one.resolved]


@rule("assessment.risks")
def risks_are_named_and_met(case: Case) -> bool | None:
    """`Risk.mitigations` are of the terms: one that is not of them answers no risk."""
    draft = named(case).draft
    promised = {one.mitigation for one in draft.terms.mitigations}
    risks: tuple[Risk, ...] = getattr(draft, "risks", ())
    great = [one for one in risks if not _is_small(one)]
    return len(risks) > 0 and all(
        len(one.mitigations) > 0 and all(each in promised for each in one.mitigations)
        for one in great
    )


def _is_small(risk: Risk) -> bool:
    return risk.likelihood in SMALL and risk.severity in SMALL


@rule("assessment.periods-agree")
def retention_is_the_same_in_both(case: Case) -> bool | None:
    draft = named(case).draft
    filed = case.record.thresholds[draft.threshold].filed
    period: int | None = getattr(filed, "retention_days", None)
    return None if period is None else period == draft.terms.retention_days


@rule("assessment.approval-ahead")
def approval_has_not_lapsed_already(case: Case) -> bool | None:
    return case.now < start(_given(case).expires)


@rule("assessment.approval-limited")
def approval_is_three_years_at_most(case: Case) -> bool | None:
    return start(_given(case).expires) <= third_anniversary(case.now)


def _given(case: Case) -> f.AssessmentApproved:
    fact = case.act.fact
    if not isinstance(fact, f.AssessmentApproved):
        raise TypeError(fact)
    return fact


@rule("assessment.delay-limited")
def delay_is_a_year_at_most(case: Case) -> bool | None:
    """Its last day is within a year from today."""
    fact = case.act.fact
    if not isinstance(fact, DelayAccepted):
        raise TypeError(fact)
    return end(fact.until) - case.today <= YEAR


@rule("separation.drafter-approves")
def drafted_none_of_it(case: Case) -> bool | None:
    return not named(case).drafted_by & case.counts_as


@rule("separation.reviewer-approves")
def did_not_review_this_text(case: Case) -> bool | None:
    known = named(case)
    reviewers = known.reviewers.get(known.digest)
    return None if reviewers is None else not reviewers & case.counts_as


@rule("separation.filer-approves")
def did_not_file_it(case: Case) -> bool | None:
    fact = case.act.fact
    if not isinstance(fact, f.ThresholdApproved):
        raise TypeError(fact)
    return not case.record.thresholds[fact.threshold].filers & case.counts_as
