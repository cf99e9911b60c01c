"""`due`: what has fallen due in a register, and what is coming."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from beforehand.cli.options import open_app, register_argument
from beforehand.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from beforehand.app.due import Listing
    from beforehand.oversight.clocks import Due

_SOON = 30


@click.command("due")
@register_argument
@click.option(
    "--as-of",
    metavar="WHEN",
    help="A day (its first moment, UTC) or a time: past, as the register then was; to come,"
    " a forecast.",
)
@click.option(
    "--within",
    metavar="DAYS",
    type=click.IntRange(0),
    help="Leave out what falls more than so many days later.",
)
@click.option("--office", help="Only the duties of this office and those under it.")
@click.option("--person", help="Only what is theirs, or what a post of theirs can settle.")
@json_option
def due_command(
    register: Path,
    *,
    as_of: str | None,
    within: int | None,
    office: str | None,
    person: str | None,
    as_json: bool,
) -> None:
    """List every date of REGISTER that has passed or is coming: what it stops, what to do, who can.

    Exits 0 whatever is due.
    """
    from beforehand.app.due import listing  # keeps --help quick
    from beforehand.app.history import read_moment

    at = read_moment(as_of, where="--as-of") if as_of else None
    with open_app(register) as app:
        found = listing(app, at, within=within, office=office, person=person)
    if as_json:
        print_json(found)
        return
    click.echo(_heading(found))
    if not found.due:
        click.echo(_nothing(within, office, person))
    for title, some in _groups(found):
        if some:
            print_table(
                f"{title}: {len(some)}",
                ("When", "What", "Of, for", "From then on", "What to do, who can"),
                (_cells(one, found.at) for one in some),
            )


# -- words -------------------------------------------------------------------------------


def _heading(found: Listing) -> str:
    words = f"{found.register}, {_when(found.at)} ({found.entries:,} entries)"
    return f"{words}: a forecast, if nothing more is recorded." if found.forecast else words


def _nothing(within: int | None, office: str | None, person: str | None) -> str:
    asked = [
        f"within {within} days" if within is not None else "",
        f"for office {office}" if office else "",
        f"for {person}" if person else "",
    ]
    return " ".join(("Nothing is due or open", *filter(None, asked))) + "."


def _groups(found: Listing) -> Iterator[tuple[str, list[Due]]]:
    passed = [one for one in found.due if one.state == "overdue"]
    coming = [one for one in found.due if one.state != "overdue"]
    soon = sum(_days(found.at, one.moment) <= _SOON for one in coming)
    yield "Overdue", [one for one in passed if one.dated]
    yield "Open, with no date of its own", [one for one in passed if not one.dated]
    yield f"The next {_SOON} days", coming[:soon]  # the earliest come first
    yield "Later", coming[soon:]


def _cells(one: Due, at: str) -> Iterable[str]:
    from beforehand.oversight.clock_words import WORDS

    whose = [*one.offices, *([one.person] if one.person else [])]
    refuses = f"\nRefuses: {one.safeguard}" if one.safeguard else ""
    return (
        f"{_when(one.moment)}\n{_distance(one, at)}",
        WORDS[one.what].title,
        "\n".join(
            filter(None, (one.of, one.part, f"for {', '.join(whose)}" if whose else ""))
        ),
        f"{one.stops}{refuses}",
        f"{one.do}\n{_who(one)}",
    )


def _who(one: Due) -> str:
    if one.roles:
        return "Who: " + ", ".join(role.replace("_", " ") for role in one.roles)
    if one.person:
        return f"Who: {one.person}"
    return (
        f"Who: {', '.join(one.offices)}" if one.offices else "Who: whom it was addressed to"
    )


def _when(moment: str) -> str:
    from beforehand.record.spans import day_words

    day = day_words(date.fromisoformat(moment[:10]))
    time = moment[11:16]
    return day if moment[11:].strip("0:.Z") == "" else f"{day}, {time} UTC"


def _distance(one: Due, at: str) -> str:
    days = _days(at, one.moment)
    if one.state == "today":
        words = "by the end of today"
    elif one.state == "coming":
        words = f"in {_counted(days)}"
    elif one.dated:
        words = f"{_counted(-days)} ago" if days else "today"
    else:
        return f"open for {_counted(one.days_open or 0)}"
    opened = f"; open for {_counted(one.days_open)}" if one.days_open is not None else ""
    return words + opened


def _days(at: str, then: str) -> int:
    """Return the calendar days (UTC) from a moment to another."""
    return (date.fromisoformat(then[:10]) - date.fromisoformat(at[:10])).days


def _counted(days: int) -> str:
    return f"{days:,} day{'' if days == 1 else 's'}"
