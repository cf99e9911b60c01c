"""`radar`: purchases that a watch-list suggests, and of which no assessment is on record."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from beforehand.cli.options import open_app, read_file, register_argument
from beforehand.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from beforehand.app.registers import App
    from beforehand.oversight.outside.leads import Lead, Radar


@click.command("radar")
@register_argument
@click.option(
    "--watchlist",
    type=click.Path(path_type=Path),
    help="Look by this list, not by the one that ships and those imported.",
)
@click.option("--confirm", metavar="LEAD", help="Confirm a lead; needs --reason and --as.")
@click.option("--dismiss", metavar="LEAD", help="Dismiss a lead; needs --reason and --as.")
@click.option(
    "--reason", type=click.Path(path_type=Path), help="The written reason, kept as it is."
)
@click.option("--as", "person", metavar="PERSON", help="Who confirms or dismisses.")
@json_option
def radar_command(
    register: Path,
    *,
    watchlist: Path | None,
    confirm: str | None,
    dismiss: str | None,
    reason: Path | None,
    person: str | None,
    as_json: bool,
) -> None:
    """List the leads of REGISTER, the likeliest first; or confirm or dismiss one of them.

    A lead is never a finding: each names its evidence and its doubt.
    """
    from beforehand.app.radar import radar  # keeps --help quick

    judged = confirm or dismiss
    whole = all((judged, reason, person)) or not any((judged, reason, person))
    if (confirm and dismiss) or not whole:
        raise click.UsageError(
            "Give one of --confirm and --dismiss, with --reason and --as; or none of them."
        )
    with open_app(register) as app:
        if judged and reason and person:
            _judge(app, judged, person, reason, confirm=bool(confirm), as_json=as_json)
            return
        found = radar(app, watchlist=watchlist)
    if as_json:
        print_json(found)
    else:
        print_radar(found)


def _judge(
    app: App, lead: str, person: str, reason: Path, *, confirm: bool, as_json: bool
) -> None:
    from beforehand.app.radar import judge

    known, receipt = judge(
        app, lead, actor=person, reason=read_file(reason), confirm=confirm
    )
    word = "confirmed" if confirm else "dismissed"
    if as_json:
        print_json({"entry": receipt.entry, "lead": known.lead, "state": word})
    else:
        click.echo(f"Entry {receipt.entry:,}: {known.lead} {word}, by {person}.")


def print_radar(found: Radar) -> None:
    """Print the leads, those that may have an assessment, and what was set aside."""
    _print_leads("Leads: no assessment on record", found.leads)
    if found.perhaps:
        _print_leads("Perhaps assessed: an assessment names the vendor", found.perhaps)
    open_ = sum(one.state == "open" for one in (*found.leads, *found.perhaps))
    click.echo(
        f"{found.awards:,} awards held against {found.watched:,} entries of the watch-list:"
        f" {len(found.leads) + len(found.perhaps):,} leads, {open_:,} of them open."
    )
    if found.assessed:
        click.echo(f"Under an assessment of this register: {', '.join(found.assessed)}.")
    if found.set_aside:
        click.echo(
            f"{found.set_aside:,} set aside: a watched phrase stands only inside another word."
        )
    if found.unchecked:
        click.echo(
            "The watch-list is as reported and unchecked. A lead is never a finding."
        )


def _print_leads(title: str, leads: tuple[Lead, ...]) -> None:
    print_table(
        f"{title}: {len(leads):,}",
        ("Lead, score, state", "Award, vendor, what", "Because", "Doubt", "Read in"),
        (
            (
                f"{one.lead}\n{one.score}\n{_state(one)}",
                _words(one),
                "\n".join(f"{match.phrase}: {match.where}" for match in one.matches),
                "\n".join(doubt.says for doubt in one.doubts),
                "\n".join(f"{row.member}, row {row.row:,}" for row in one.evidence),
            )
            for one in leads
        ),
    )


def _state(lead: Lead) -> str:
    return (
        lead.state if lead.state == "open" else f"{lead.state} by {lead.by}, {lead.at[:10]}"
    )


def _words(lead: Lead) -> str:
    amount = f"${Decimal(lead.amount):,}" if lead.amount else "amount unknown"
    where = ", ".join(filter(None, (lead.agency, lead.office)))
    return "\n".join(
        filter(None, (f"{lead.award}, {amount}", lead.vendor, lead.description, where))
    )
