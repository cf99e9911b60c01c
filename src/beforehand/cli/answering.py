"""`recommendations`, `queries` and `oversee`: what was asked of offices, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from beforehand.cli.options import open_app, register_argument
from beforehand.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from beforehand.app.noting import Reopening, Silence
    from beforehand.oversight.answering import (
        CommitmentTold,
        QueryTold,
        RecommendationTold,
        RedressCount,
    )
    from beforehand.oversight.live_trace import Failing
    from beforehand.oversight.standing import ListedTold, ReportedTold, ReportTold


@click.command("recommendations")
@register_argument
@json_option
def recommendations_command(register: Path, *, as_json: bool) -> None:
    """List reports, recommendations and commitments of REGISTER: state, answers, dates, slips.

    Those made in it, those that its case file reports, and those of lists that were imported;
    what another register exported is in `export` alone.
    """
    from beforehand.app.noting import standing  # keeps --help quick

    with open_app(register) as app:
        found = standing(app)
    if as_json:
        print_json(found)
        return
    if found.reports:
        print_table(
            f"Reports: {len(found.reports):,}",
            ("Report", "By", "On", "Issued", "Findings", "Recommendations"),
            (_report(one) for one in found.reports),
        )
    print_table(
        f"Recommendations: {len(found.recommendations):,}",
        ("Recommendation", "To", "State", "Answer", "Dates", "Live check"),
        (_recommendation(one) for one in found.recommendations),
    )
    if found.reported:
        print_table(
            f"As reported: {len(found.reported):,}",
            ("Recommendation", "To", "State", "Answer", "Date", "Text"),
            (_reported(one) for one in found.reported),
        )
    if found.listed:
        print_table(
            f"In lists of others: {len(found.listed):,}",
            ("Report", "To", "Number", "State", "Resolve by", "Text"),
            (_listed(one) for one in found.listed),
        )
    print_table(
        f"Commitments: {len(found.commitments):,}",
        ("Commitment", "Of", "Promised", "For", "State"),
        (_commitment(one) for one in found.commitments),
    )


@click.command("queries")
@register_argument
@json_option
def queries_command(register: Path, *, as_json: bool) -> None:
    """List the questions put to offices of REGISTER, and count requests for redress.

    Who asked is sealed, and nobody is searched for.
    """
    from beforehand.app.noting import asked  # keeps --help quick

    with open_app(register) as app:
        found = asked(app)
    if as_json:
        print_json(found)
        return
    print_table(
        f"Questions to offices: {len(found.queries):,}",
        ("Question", "To", "From", "Received", "Due", "Answer", "Days"),
        (_query(one) for one in found.queries),
    )
    print_table(
        "Redress, by office and kind",
        ("Office", "Kind", "Received", "Waiting", "Overdue", "What became of it"),
        (_redress(one) for one in found.redress),
    )


@click.command("oversee")
@register_argument
@click.option("--dry-run", is_flag=True, help="Show what would be noted; write nothing.")
@json_option
def oversee_command(register: Path, *, dry_run: bool, as_json: bool) -> None:
    """Run the clocks and live checks of REGISTER; note silence and what came to fail.

    A question past its date with no answer becomes an entry; a closed recommendation whose
    live check fails is reopened, with the entry that did it. Run it every day.
    """
    from beforehand.app.noting import oversee  # keeps --help quick

    with open_app(register) as app:
        found = oversee(app, dry_run=dry_run)
    if as_json:
        print_json(found)
        return
    for silence in found.silent:
        click.echo(_silence(silence))
    for again in found.reopened:
        click.echo(_reopening(again))
    if not (found.silent or found.reopened):
        click.echo("Nothing to note.")


# -- words -------------------------------------------------------------------------------


def _recommendation(one: RecommendationTold) -> Iterable[str]:
    priority = "\npriority" if one.priority else ""
    answered = _plain(one.response) if one.response else "none"
    dates = [f"resolve by {one.resolve_by}: {one.resolution}"]
    if one.targets:
        late = ", overdue" if one.overdue else ""
        dates.append(f"target {one.targets[-1]}{late}")
    if one.slips:
        dates.append(f"slipped {_times(one.slips)}, from {', '.join(one.targets[:-1])}")
    return (
        f"{one.recommendation}\n{one.report}, number {one.number}{priority}",
        one.office,
        "\n".join((_plain(one.status), f"{one.days_open:,} days", *_again(one))),
        answered,
        "\n".join(dates),
        _check(one),
    )


def _report(one: ReportTold) -> Iterable[str]:
    number = f"\n{one.number}" if one.number else ""
    reported = "\nas reported" if one.reported else ""
    left = "how many are open is not said" if one.open is None else f"{one.open:,} open"
    return (
        f"{one.report}{number}{reported}",
        "\n".join(filter(None, (one.issuer, _plain(one.body or "")))),
        one.office or "not reported",
        one.issued or "not reported",
        ", ".join(one.findings),
        f"{one.recommendations:,}, {left}",
    )


def _reported(one: ReportedTold) -> Iterable[str]:
    since = f"\nas of {one.status_as_of}" if one.status_as_of else ""
    due = f"{one.due}{', passed' if one.overdue else ''}" if one.due else "none reported"
    return (
        f"{one.recommendation}\n{one.report_number or one.report}",
        one.office or "not reported",
        f"{_plain(one.status)}{since}",
        _plain(one.response or "none reported"),
        due,
        one.text or "not on record",
    )


def _listed(one: ListedTold) -> Iterable[str]:
    issued = f"\n{one.issued}" if one.issued else ""
    since = f"\nas of {one.as_of}" if one.as_of else ""
    return (
        f"{one.report}{issued}",
        one.office or "not said",
        one.number or "not said",
        f"{one.status or 'not said'}{since}",
        one.resolve_by or "",
        one.text,
    )


def _again(one: RecommendationTold) -> Iterable[str]:
    numbers = {failing.id: f"{failing.entry:,}" for failing in one.because}
    for again in one.reopened:
        entry = numbers.get(again.entry or "", again.entry)
        by = f"by its live check, entry {entry}" if entry else f"by {again.by}"
        yield f"reopened {again.at[:10]} {by}"


def _check(one: RecommendationTold) -> str:
    if one.check is None:
        return ""
    because = [_because(failing) for failing in one.because]
    return "\n".join((one.check, _plain(one.holds or ""), *because))


def _because(one: Failing) -> str:
    mended = f" to {one.until[:10]}" if one.until else ""
    return f"{one.of}: entry {one.entry:,}, from {one.since[:10]}{mended}"


def _commitment(one: CommitmentTold) -> Iterable[str]:
    moved = f"\nmoved from {', '.join(one.targets[:-1])}" if one.targets[:-1] else ""
    late = f"\n{one.days_overdue:,} days late" if one.days_overdue else ""
    by = f"\nby {one.replacement}" if one.replacement else ""
    return (
        one.commitment,
        one.office,
        _plain(one.promised),
        f"{one.targets[-1]}{moved}",
        f"{one.state}{late}{by}",
    )


def _query(one: QueryTold) -> Iterable[str]:
    concerning = f"\nabout {', '.join(one.concerning)}" if one.concerning else ""
    withheld = f"\nby {one.official}: {_plain(one.reason or '')}" if one.official else ""
    late = f"\n{one.days_overdue:,} past its date" if one.days_overdue else ""
    answer = "silence" if one.state == "overdue" else one.state
    return (
        f"{one.query}{concerning}",
        one.office,
        _plain(one.asker),
        one.received,
        one.due,
        f"{answer}{withheld}",
        f"{one.days:,}{late}",
    )


def _redress(one: RedressCount) -> Iterable[str]:
    became = (
        ("granted", one.granted),
        ("granted in part", one.granted_in_part),
        ("denied", one.denied),
        ("no record", one.no_record),
    )
    return (
        one.office,
        one.redress_kind,
        f"{one.received:,}",
        f"{one.waiting:,}",
        f"{one.overdue:,}",
        ", ".join(f"{words}: {number:,}" for words, number in became if number),
    )


def _silence(one: Silence) -> str:
    return f"{_entry(one.entry)}: no answer to {one.query} by {one.office} in {one.days:,} days."


def _reopening(one: Reopening) -> str:
    return (
        f"{_entry(one.entry)}: {one.recommendation} to {one.office} is open again."
        f" {_because(one.failing)}."
    )


def _entry(number: int | None) -> str:
    return "To be noted" if number is None else f"Entry {number:,}"


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _plain(word: str) -> str:
    return word.replace("_", " ")
