"""What must be so to buy: contracts, suppliers and their evidence, stops, exceptions."""

from __future__ import annotations

import hashlib

from beforehand.record import buying as b
from beforehand.record import facts as f
from beforehand.record.state import Evidence
from tests.second.case import Case, rule
from tests.second.days import YEAR, end, moment, start


@rule("contract.started")
def contract_has_started(case: Case) -> bool | None:
    """A decided fact never takes effect before it is recorded, whatever day it names."""
    known = case.contract
    if known is None:
        return None
    return start(known.awarded.starts) <= case.now and moment(known.awarded_at) <= case.now


@rule("contract.unended")
def contract_has_not_ended(case: Case) -> bool | None:
    known = case.contract
    return None if known is None else known.ended is None and case.now < end(known.ends)


@rule("contract.covers")
def contract_is_for_this(case: Case) -> bool | None:
    known = case.contract
    if known is None:
        return None
    return (
        known.awarded.office in case.up(case.claim.office)
        and known.awarded.purpose == case.claim.purpose
        and case.carried <= case.with_carried(known.datasets)
    )


@rule("contract.pilot-ends")
def pilot_is_a_year_at_most(case: Case) -> bool | None:
    fact = case.act.fact
    if isinstance(fact, f.ContractModified):
        awarded = case.record.contracts[fact.contract].awarded
    elif isinstance(fact, f.ContractAwarded):
        awarded = fact
    else:
        raise TypeError(fact)
    return not awarded.pilot or end(fact.ends) - start(awarded.starts) <= YEAR


@rule("contract.one-pilot")
def there_was_no_pilot_before(case: Case) -> bool | None:
    """Of any of this data, or of what is carried with it; a pilot that is over counts too.

    The data of a pilot is what the contract is for since it was last modified.
    """
    fact = case.act.fact
    if not isinstance(fact, f.ContractAwarded):
        raise TypeError(fact)
    return not fact.pilot or not any(
        one.awarded.pilot
        and one.awarded.office == fact.office
        and case.with_carried(one.datasets) & case.carried
        for one in case.record.contracts.values()
    )


@rule("stop.none")
def nothing_is_stopped(case: Case) -> bool | None:
    datasets = case.record.datasets
    return all(not datasets[one].stopped for one in case.carried)


# -- suppliers ---------------------------------------------------------------------------


def _evidence(case: Case) -> list[Evidence] | None:
    """What is on file for each dataset, carried ones too; None where something is missing."""
    found = [case.record.evidence.get(one) for one in case.carried]
    there = [one for one in found if one is not None]
    return there if len(there) == len(found) else None


@rule("supplier.provenance")
def origin_is_shown(case: Case) -> bool | None:
    found = _evidence(case)
    if found is None:
        return None
    return not any(one.filed.origin == "unanswered" for one in found)


@rule("supplier.consent")
def consent_is_verified(case: Case) -> bool | None:
    found = _evidence(case)
    if found is None:
        return None
    return not any(one.filed.consent != "verified" for one in found)


@rule("supplier.reassessed")
def evidence_is_of_this_year(case: Case) -> bool | None:
    found = _evidence(case)
    if found is None:
        return None
    return all(case.now - moment(one.at) < YEAR for one in found)


def _inquiry(case: Case) -> b.Inquiry:
    fact = case.act.fact
    if not isinstance(fact, b.InquiryAnswered):
        raise TypeError(fact)
    return case.record.buying.inquiries[fact.inquiry]


@rule("supplier.link")
def has_the_link_of_this_supplier(case: Case) -> bool | None:
    opened = _inquiry(case).opened
    token = case.act.sealed.get("token")
    secret = token.encode() if isinstance(token, str) else b""
    is_link = hashlib.sha256(secret).hexdigest() == opened.link
    return is_link and case.act.actor == opened.supplier


@rule("supplier.link-unused")
def link_is_unused(case: Case) -> bool | None:
    return _inquiry(case).answered_at is None


@rule("supplier.link-unexpired")
def link_has_not_expired(case: Case) -> bool | None:
    return case.now < start(_inquiry(case).opened.expires)


# -- exceptions --------------------------------------------------------------------------


def _exception(case: Case) -> b.ExceptionRecorded:
    fact = case.act.fact
    if not isinstance(fact, b.ExceptionRecorded):
        raise TypeError(fact)
    return fact


@rule("exception.own-hand")
def official_records_it(case: Case) -> bool | None:
    return _exception(case).official == case.act.actor


@rule("exception.dated")
def exception_is_a_year_at_most(case: Case) -> bool | None:
    """Its last day is within a year from today."""
    return end(_exception(case).last_day) - case.today <= YEAR
