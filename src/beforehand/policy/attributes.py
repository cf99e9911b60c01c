"""The attributes of each thing that a question names, as the schema has them. Pure.

Each is worked out once for as long as the thing stays as it is: states compare by identity.
An attribute whose fact is not on record is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

from beforehand.policy.put import FOREVER, Facts, Moments, Ref, day, moment
from beforehand.record.state import (
    Assessment,
    Contract,
    Evidence,
    Person,
    Threshold,
    UseRequest,
)
from beforehand.record.terms import Risk

YEAR = 365
PTA_YEARS = 3
KEPT = 4096  # how many things' attributes are kept


@lru_cache(KEPT)
def person_facts(known: Person, *, locked: bool) -> Facts:
    facts: Facts = {"individual": known.individual, "locked": locked}
    if known.trained:
        facts["trained_until"] = later(known.trained, YEAR)
    if known.rules_signed:
        facts["rules_until"] = later(known.rules_signed, YEAR)
    if known.recertified:
        facts["recertified_until"] = day(_next_quarter(known.recertified))
    return facts


@lru_cache(KEPT)
def threshold_facts(known: Threshold, offices: tuple[str, ...]) -> Facts:
    facts: Facts = {
        "offices": frozenset(offices),
        "datasets": refs("Dataset", known.filed.datasets),
        "filers": refs("Person", known.filers),
        "needs_assessment": known.filed.needs_assessment,
    }
    retention_days = getattr(known.filed, "retention_days", None)
    if retention_days is not None:
        facts["retention_days"] = retention_days
    if known.approved:
        facts["approved"] = moment(known.approved)
        facts["lapses"] = day(years_later(known.approved[:10], PTA_YEARS))
    return facts


@lru_cache(KEPT)
def assessment_facts(known: Assessment) -> Facts:
    terms = known.draft.terms
    due = [
        known.due(one.mitigation, one.due)
        for one in terms.mitigations
        if one.mitigation not in known.done
    ]
    facts: Facts = {
        "text": known.digest,
        "disclosed": known.digest in known.disclosed,
        "withdrawn": known.withdrawn,
        "offices": frozenset(terms.offices),
        "datasets": refs("Dataset", terms.datasets),
        "purposes": frozenset(terms.purposes),
        "forms": frozenset(str(one) for one in terms.forms),
        "finest_grid": terms.finest_grid,
        "finest_step": terms.finest_step,
        "places": terms.places,
        "mitigation_due": after(min(due)) if due else Moments(FOREVER, FOREVER),
        "retention_days": terms.retention_days,
        "drafters": refs("Person", known.drafted_by),
        "endorsed": known.digest in known.endorsed,
        "opinions": frozenset(str(one) for one in known.opinions.get(known.digest, ())),
        "risks_answered": risks_answered(known),
    }
    if known.digest in known.reviewers:
        facts["reviewers"] = refs("Person", known.reviewers[known.digest])
    if known.approved_digest:
        in_force = (
            known.digest if known.digest in known.approvals else known.approved_digest
        )
        approval = known.approvals[in_force]
        facts["approved_text"] = in_force
        facts["approved"] = moment(approval.at)
        facts["expires"] = day(approval.expires)
    return facts


def risks_answered(known: Assessment) -> bool:
    """Whether risks were found, and each that is more than limited has a promised mitigation."""
    risks: tuple[Risk, ...] = getattr(known.draft, "risks", ())
    promised = {one.mitigation for one in known.draft.terms.mitigations}
    low = {"negligible", "limited"}
    return bool(risks) and all(
        {one.likelihood, one.severity} <= low
        or (bool(one.mitigations) and promised >= set(one.mitigations))
        for one in risks
    )


@lru_cache(KEPT)
def contract_facts(known: Contract, carried: tuple[str, ...]) -> Facts:
    ends = after(known.ends)
    return {
        "office": known.awarded.office,
        "purpose": known.awarded.purpose,
        "datasets": refs("Dataset", carried),
        # A decided fact never takes effect before it is recorded.
        "starts": max(day(known.awarded.starts), moment(known.awarded_at)),
        "ends": min(ends, moment(known.ended)) if known.ended else ends,
    }


@lru_cache(KEPT)
def request_facts(known: UseRequest) -> Facts:
    asked = known.asked
    facts: Facts = {
        "requester": Ref("Person", known.by),
        "requesters": refs("Person", known.requesters),
        "deciders": refs("Person", known.deciders),
        "supervisor_approved": known.approved_by is not None,
        "counsel_concurred": known.concurred_by is not None,
        "office": asked.office,
        "dataset": Ref("Dataset", asked.dataset),
        "purpose": asked.purpose,
        "form": asked.form,
        "assessment": Ref("Assessment", asked.assessment),
        "first": day(asked.first_day),
        "last": after(asked.last_day),
        "expires": day(asked.expires),
        "text": known.text,
    }
    if known.has_case is not None:
        facts["has_case"] = known.has_case
    return facts


def supplier_facts(found: list[Evidence], needed: int) -> Facts:
    """What is on file for every dataset, carried ones too; nothing unless all are there."""
    if len(found) < needed or not found:
        return {}
    oldest = min(one.at for one in found)
    return {
        "provenance_known": all(one.filed.origin != "unanswered" for one in found),
        "consent_verified": all(one.filed.consent == "verified" for one in found),
        "reassess_by": later(oldest, YEAR),
    }


# -- dates -------------------------------------------------------------------------------


@lru_cache(KEPT)
def later(at: str, days: int) -> Moments:
    """Return the moment `days` days after `at`, at the same time of day."""
    then = (date.fromisoformat(at[:10]) + timedelta(days=days)).isoformat()
    return moment(then + at[10:])


@lru_cache(KEPT)
def days_after(iso: str, days: int) -> Moments:
    """Return the first moment of the day so many days after another; before it, if negative."""
    return day((date.fromisoformat(iso) + timedelta(days=days)).isoformat())


def after(last_day: str) -> Moments:
    """Return the first moment after a last day."""
    return days_after(last_day, 1)


def second(text: str) -> Moments:
    return moment(text)


def years_later(iso: str, years: int) -> str:
    """The same day, or 1 March for 29 February."""
    then = int(iso[:4]) + years
    if iso[5:] == "02-29":
        return f"{then:04}-03-01"
    return f"{then:04}{iso[4:]}"


def _next_quarter(at: str) -> str:
    year, month = int(at[:4]), int(at[5:7])
    first = (month - 1) // 3 * 3 + 4
    return f"{year + first // 13:04}-{first if first < 13 else 1:02}-01"  # noqa: PLR2004  # months


def refs(kind: str, ids: Iterable[str]) -> frozenset[Ref]:
    return frozenset(Ref(kind, one) for one in ids)
