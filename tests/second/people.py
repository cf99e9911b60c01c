"""What must be so of who acts: one's own account, unlocked, in the right post, no one's judge."""

from __future__ import annotations

from collections.abc import Callable

from beforehand.record import custody as c
from beforehand.record import people as p
from beforehand.record import reviewing as r
from tests.second.case import Case, rule, text
from tests.second.days import YEAR, end, moment, quarter, start
from tests.second.posts import posts

ONE_POST = {
    "person.is-administrator": "administrator",
    "person.is-program-manager": "program_manager",
    "person.is-component-privacy-officer": "component_privacy_officer",
    "person.is-privacy-officer": "privacy_officer",
    "person.is-chief-privacy-officer": "chief_privacy_officer",
    "person.is-contracting-officer": "contracting_officer",
    "person.is-counsel": "counsel",
    "person.is-supervisor": "supervisor",
    "person.is-analyst": "analyst",
    "person.is-data-steward": "data_steward",
    "person.is-inspector-general": "inspector_general",
}
PRIVACY_OFFICE = ("privacy_officer", "chief_privacy_officer")
MANAGEMENT = ("chief_privacy_officer", "program_manager", "senior_official")
ONE_OF = {
    "person.may-stop": (*PRIVACY_OFFICE, "inspector_general"),
    "person.may-return": ("component_privacy_officer", *PRIVACY_OFFICE),
    "person.may-recall": ("program_manager", "component_privacy_officer"),
    "person.may-remark": (
        "program_manager",
        "component_privacy_officer",
        *PRIVACY_OFFICE,
        "counsel",
        "civil_liberties_officer",
        "inspector_general",
    ),
    "person.may-revoke-threshold": PRIVACY_OFFICE,
    "person.may-lock": (
        "administrator",
        "supervisor",
        *PRIVACY_OFFICE,
        "inspector_general",
    ),
    "person.may-unlock": (*PRIVACY_OFFICE, "inspector_general"),
    "person.may-except": ("senior_official", "chief_privacy_officer"),
    "person.may-notify": (
        "supervisor",
        "component_privacy_officer",
        *PRIVACY_OFFICE,
        "counsel",
        "inspector_general",
    ),
    "person.may-close-incident": (*PRIVACY_OFFICE, "inspector_general"),
    "person.may-import": (
        "program_manager",
        "component_privacy_officer",
        *PRIVACY_OFFICE,
        "inspector_general",
    ),
    "person.may-judge-lead": (*PRIVACY_OFFICE, "inspector_general"),
    "commitment.by-management": MANAGEMENT,
    "recommendation.by-management": MANAGEMENT,
    "query.answered-by-office": (
        "program_manager",
        "component_privacy_officer",
        *PRIVACY_OFFICE,
        "counsel",
        "senior_official",
    ),
    "redress.by-privacy-office": ("component_privacy_officer", *PRIVACY_OFFICE),
    "statement.drafted-by-post": (
        "program_manager",
        "component_privacy_officer",
        *PRIVACY_OFFICE,
        "counsel",
        "senior_official",
    ),
    "statement.confirmed-by-post": (
        "component_privacy_officer",
        *PRIVACY_OFFICE,
        "counsel",
        "senior_official",
    ),
    "statement.issued-by-post": ("chief_privacy_officer", "senior_official"),
    "hold.by-counsel": ("counsel", "inspector_general"),
    "sealed.opened-by-role": (
        "counsel",
        "supervisor",
        *PRIVACY_OFFICE,
        "inspector_general",
    ),
}
SPEAKS_FOR = {
    "privacy_office": ("privacy_officer",),
    "counsel": ("counsel",),
    "civil_liberties": ("civil_liberties_officer",),
    "affected_groups": (
        "component_privacy_officer",
        "privacy_officer",
        "civil_liberties_officer",
    ),
}
ACTING_DAYS = 210


def _holds(*wanted: str) -> Callable[[Case], bool | None]:
    return lambda case: any(one in posts(case) for one in wanted)


for _name, _post in ONE_POST.items():
    rule(_name)(_holds(_post))
for _name, _posts in ONE_OF.items():
    rule(_name)(_holds(*_posts))


@rule("person.may-opine")
def speaks_for_the_body(case: Case) -> bool | None:
    fact = case.act.fact
    if not isinstance(fact, r.OpinionGiven):
        raise TypeError(fact)
    if fact.outcome == "not_sought" and not posts(case).isdisjoint(PRIVACY_OFFICE):
        return True  # it is not the body's opinion, but that it has none
    return not posts(case).isdisjoint(SPEAKS_FOR[fact.body])


@rule("person.may-name-reader")
def names_the_own_reader(case: Case) -> bool | None:
    fact = case.act.fact
    if not isinstance(fact, c.ReaderNamed):
        raise TypeError(fact)
    own = {"inspector_general": "inspector_general", "office": "administrator"}
    return own[fact.reader] in posts(case)


# -- the account -------------------------------------------------------------------------


@rule("person.individual")
def is_one_persons_account(case: Case) -> bool | None:
    return None if case.who is None else case.who.individual


@rule("person.unlocked")
def is_not_locked(case: Case) -> bool | None:
    return None if case.who is None else case.act.actor not in case.record.people.locks


@rule("person.trained")
def is_trained_within_a_year(case: Case) -> bool | None:
    return _within_a_year(case, case.who.trained if case.who else None)


@rule("person.rules-signed")
def signed_within_a_year(case: Case) -> bool | None:
    return _within_a_year(case, case.who.rules_signed if case.who else None)


def _within_a_year(case: Case, done: str | None) -> bool | None:
    return None if done is None else case.now - moment(done) < YEAR


@rule("person.recertified")
def was_confirmed_this_quarter(case: Case) -> bool | None:
    if case.who is None or case.who.recertified is None:
        return None
    return quarter(moment(case.who.recertified)) == quarter(case.now)


@rule("person.independent")
def inspector_is_locked_by_inspector(case: Case) -> bool | None:
    held = case.record.persons[_subject(case)].roles.values()
    inspects = any("inspector_general" in roles for roles in held)
    return not inspects or "inspector_general" in posts(case)


# -- acting for another ------------------------------------------------------------------


@rule("delegation.by-holder")
def is_holder_or_administrator(case: Case) -> bool | None:
    fact = case.act.fact
    if isinstance(fact, p.DelegationMade):
        holder = fact.delegator
    elif isinstance(fact, p.DelegationEnded):
        known = case.record.people.authorities[fact.delegation]
        holder = known.of if known.of is not None else known.person
    else:
        raise TypeError(fact)
    return case.act.actor == holder or "administrator" in posts(case)


@rule("delegation.held")
def gives_only_own_posts(case: Case) -> bool | None:
    fact = case.act.fact
    if not isinstance(fact, p.DelegationMade):
        raise TypeError(fact)
    own = case.record.persons[fact.delegator].roles.get(fact.office, frozenset())
    return all(one in own for one in fact.roles)


@rule("delegation.limited")
def lasts_210_days_at_most(case: Case) -> bool | None:
    """Counted from its first day, or from today where that day is past."""
    fact = case.act.fact
    if not isinstance(fact, p.DelegationMade | p.ActingNamed):
        raise TypeError(fact)
    first = max(start(fact.first_day), case.today)
    return (end(fact.last_day) - first).days <= ACTING_DAYS


# -- nobody is their own judge -----------------------------------------------------------


@rule("separation.own-signature")
def signs_for_themselves(case: Case) -> bool | None:
    return case.act.actor == _subject(case)


@rule("separation.own-access")
def does_it_for_somebody_else(case: Case) -> bool | None:
    return _subject(case) not in case.counts_as


@rule("separation.own-delegation")
def gives_it_to_somebody_else(case: Case) -> bool | None:
    fact = case.act.fact
    if not isinstance(fact, p.DelegationMade):
        raise TypeError(fact)
    return fact.delegate != case.act.actor


@rule("separation.own-remark")
def made_the_remark_or_is_chief(case: Case) -> bool | None:
    fact = case.act.fact
    if not isinstance(fact, r.ThreadResolved | r.ThreadReopened):
        raise TypeError(fact)
    opener = case.record.threads[fact.thread].by
    return opener == case.act.actor or "chief_privacy_officer" in posts(case)


def _subject(case: Case) -> str:
    """The person that an act is about, who may be new."""
    fact = case.act.fact
    if isinstance(fact, p.SessionClosed):
        return case.record.people.sessions[fact.session].person
    return text(fact, "person")
