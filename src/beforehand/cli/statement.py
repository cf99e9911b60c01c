"""`statement`: public statements as claims, checked before they are issued and watched after."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from beforehand.cli.options import open_app, read_file, register_argument
from beforehand.cli.output import json_option, print_json, print_table, say

if TYPE_CHECKING:
    from beforehand.app.stating import CheckedClaim


@click.group("statement")
def statement_command() -> None:
    """Check, issue and watch public statements, which are claims in closed forms."""


@statement_command.command("check")
@register_argument
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def check_command(register: Path, file: Path, *, as_json: bool) -> None:
    """Hold the draft in FILE (the act `draft-statement`, JSON) against the record.

    Nothing is written. It exits 3 if some claim could not be issued as it stands.
    """
    from beforehand.app.stating import check_statement  # keeps --help quick

    with open_app(register) as app:
        checked = check_statement(app, read_file(file), where=str(file))
    if as_json:
        print_json(checked)
    else:
        print_table(
            f"Statement {checked.statement} by {checked.office}, on {checked.size:,} entries",
            ("Claim", "Verdict", "May be issued", "Rests on", "Open", "Why"),
            (
                (
                    f"{one.number} {one.claim.replace('_', ' ')}, {one.office}{_when(one)}",
                    one.verdict,
                    "yes" if one.issuable else "no",
                    ", ".join(one.because) or "-",
                    ", ".join(one.open) or "-",
                    one.why,
                )
                for one in checked.claims
            ),
        )
        click.echo(f"A second person confirms it by its digest: {checked.digest}")
    if checked.unsupported:
        numbers = ", ".join(str(one) for one in checked.unsupported)
        say(f"Unsupported as it stands: claim {numbers}, of {len(checked.claims)}.")
        raise click.exceptions.Exit(3)


def _when(one: CheckedClaim) -> str:
    """Return what a claim says beside its form and office, each on a line of its own."""
    said = (("", one.use), ("from ", one.first), ("to ", one.last), ("by ", one.due))
    return "".join(f"\n{word}{value}" for word, value in said if value)


@statement_command.command("issue")
@register_argument
@click.argument("statement")
@click.option("--as", "person", required=True, help="The id of the person who issues it.")
@json_option
def issue_command(register: Path, statement: str, *, person: str, as_json: bool) -> None:
    """Issue STATEMENT with what the record says of each claim; its entry names the ledger's size."""
    from beforehand.app.stating import issue_statement  # keeps --help quick

    with open_app(register) as app:
        issued = issue_statement(app, statement, actor=person)
    if as_json:
        print_json(issued)
        return
    click.echo(
        f"Entry {issued.entry:,}: {statement} is issued, on the {issued.size:,} entries before it."
    )
    for number, word in enumerate(issued.verdicts, start=1):
        click.echo(f"  claim {number}: {word}")
    click.echo(
        f"Its receipt, once it is published: beforehand receipt REGISTER {issued.entry}"
    )


@statement_command.command("watch")
@register_argument
@click.option("--dry-run", is_flag=True, help="Say what has flipped; write nothing.")
@json_option
def watch_command(register: Path, *, dry_run: bool, as_json: bool) -> None:
    """Look whether the record has come to say otherwise of what was issued, and record it.

    It says who subscribed. To run it again finds nothing new.
    """
    from beforehand.app.stating import watch_statements  # keeps --help quick

    with open_app(register) as app:
        found = watch_statements(app, dry_run=dry_run)
    if as_json:
        print_json(found)
        return
    for one in found:
        cause = "a day that passed" if one.entry is None else f"entry {one.entry:,}"
        click.echo(
            f"{one.statement}, claim {one.number}: {one.was} -> {one.now}, by {cause}. {one.why}"
        )
        click.echo(f"  To tell: {', '.join(one.subscribers) or 'nobody subscribed'}.")
    if not found:
        click.echo("Nothing has flipped.")
