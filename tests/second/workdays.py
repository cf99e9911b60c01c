"""Working days, counted on a calendar that is written out: of a year, the days off.

5 U.S.C. 6103 names the holidays; one on a Saturday is kept on the Friday before, one on a
Sunday on the Monday after.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache


@cache
def days_off(year: int) -> set[date]:
    found: set[date] = set()
    for of in (year, year + 1):  # the next New Year may be kept this December
        dates = [date(of, 1, 1), date(of, 6, 19), date(of, 7, 4), date(of, 11, 11)]
        for day in (*dates, date(of, 12, 25)):
            kept = {"Sat": -1, "Sun": 1}.get(day.strftime("%a"), 0)
            found.add(day + timedelta(days=kept))
    mondays = {month: _mondays(year, month) for month in (1, 2, 5, 9, 10)}
    found |= {mondays[1][2], mondays[2][2], mondays[5][-1], mondays[9][0], mondays[10][1]}
    thursdays = [one for one in _month(year, 11) if one.strftime("%a") == "Thu"]
    return found | {thursdays[3]}


def _month(year: int, month: int) -> list[date]:
    first = date(year, month, 1)
    days = (first + timedelta(days=number) for number in range(31))
    return [one for one in days if one.month == month]


def _mondays(year: int, month: int) -> list[date]:
    return [one for one in _month(year, month) if one.strftime("%a") == "Mon"]


@cache
def twenty_working_days_after(day: str) -> date:
    """Return the twentieth working day after a day, which is not counted itself."""
    here, count = date.fromisoformat(day), 0
    while count < 20:
        here = here + timedelta(days=1)
        weekend = here.strftime("%a") in ("Sat", "Sun")
        count += not weekend and here not in days_off(here.year)
    return here
