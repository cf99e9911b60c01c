"""What must be so to open what is sealed, and to delete it."""

from __future__ import annotations

from datetime import timedelta

from beforehand.record import custody as c
from tests.second.case import Case, rule
from tests.second.days import start


def _deletion(case: Case) -> c.DeletionDecided:
    fact = case.act.fact
    if not isinstance(fact, c.DeletionDecided):
        raise TypeError(fact)
    return fact


@rule("sealed.not-own-act")
def did_not_act_in_the_entry(case: Case) -> bool | None:
    fact = case.act.fact
    if not isinstance(fact, c.SealedOpened):
        raise TypeError(fact)
    return fact.by not in case.counts_as


@rule("deletion.past-retention")
def all_is_past_retention(case: Case) -> bool | None:
    """The last day that goes, the one before `before`, is older than the schedule keeps."""
    schedule = case.record.schedule
    if schedule is None:
        return None
    return start(_deletion(case).before) + timedelta(days=schedule.days) <= case.today


@rule("deletion.keeps-holds")
def everything_held_is_kept(case: Case) -> bool | None:
    """A hold on an office is on every office under it."""
    held = {one.on for one in case.record.holds.values() if one.lifted is None}
    under = {office for office in case.record.offices if case.up(office) & held}
    return held | under <= set(_deletion(case).keeping)


@rule("deletion.not-own-schedule")
def set_no_schedule_themselves(case: Case) -> bool | None:
    schedule = case.record.schedule
    return None if schedule is None else schedule.by not in case.counts_as
