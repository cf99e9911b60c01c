"""`counts`: sealed counts, which anyone verifies without the names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from beforehand.cli.options import open_app, read_file, register_argument
from beforehand.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from beforehand.oversight.matching import Proposal

count_argument = click.argument("count")


@click.group("counts")
def counts_command() -> None:
    """Commit to counted items, open one, propose what each could be."""


@counts_command.command("commit")
@register_argument
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "person", required=True, help="The id of the inspector general.")
@click.option(
    "--document",
    type=click.Path(path_type=Path),
    help="Keep this file, the report, which FILE names by its SHA-256.",
)
@json_option
def commit_command(
    register: Path, file: Path, *, person: str, document: Path | None, as_json: bool
) -> None:
    """Commit to the items in FILE (JSON): each stays sealed, its predicates are public."""
    from beforehand.app.counting import commit_count  # keeps --help quick

    with open_app(register) as app:
        if document is not None:
            app.keep_document(read_file(document))
        shown = commit_count(app, read_file(file), actor=person, where=str(file))
    if as_json:
        print_json(shown)
        return
    click.echo(f"Entry {shown.entry:,}: {shown.totals.items} items, root {shown.root}.")


@counts_command.command("show")
@register_argument
@count_argument
@json_option
def show_command(register: Path, count: str, *, as_json: bool) -> None:
    """Show what anyone can add up of COUNT."""
    from beforehand.app.counting import show_count  # keeps --help quick

    with open_app(register) as app:
        shown = show_count(app, count)
    if as_json:
        print_json(shown)
        return
    sums = shown.totals
    told = f"{sums.amount:,} US dollars, told of {sums.told}"
    amount = told if sums.told else "no amount is told"
    click.echo(
        f"{shown.count}, of {shown.office}, entry {shown.entry:,}: {sums.items} items,"
        f" {sums.uncovered} without coverage; {amount}."
    )
    for name, many in (*sums.by_year.items(), *sums.by_kind.items()):
        click.echo(f"  {name}: {many}")
    opened = ", ".join(str(one) for one in shown.opened) or "none"
    click.echo(f"Opened: {opened}. Root: {shown.root}")


@counts_command.command("open")
@register_argument
@count_argument
@click.argument("number", type=int)
@click.option("--as", "person", required=True, help="The id of the inspector general.")
@click.option(
    "--disclosure",
    type=click.Path(path_type=Path),
    help="The text that opens it, where it is not to come from the vault.",
)
@json_option
def open_command(
    register: Path,
    count: str,
    number: int,
    *,
    person: str,
    disclosure: Path | None,
    as_json: bool,
) -> None:
    """Disclose item NUMBER of COUNT, the first being 1. From then on it is public."""
    from beforehand.app.counting import open_count  # keeps --help quick

    text = None if disclosure is None else read_file(disclosure)
    with open_app(register) as app:
        entry, item = open_count(app, count, number, actor=person, disclosure=text)
    if as_json:
        print_json({"entry": entry, "count": count, "number": number, "item": item})
    else:
        said = msgspec.json.encode(item).decode()
        click.echo(f"Entry {entry:,}: item {number} of {count} is {said}")


@counts_command.command("match")
@register_argument
@count_argument
@json_option
def match_command(register: Path, count: str, *, as_json: bool) -> None:
    """Propose which contract or imported award each item of COUNT could be. Writes nothing."""
    from beforehand.app.counting import match_count  # keeps --help quick

    with open_app(register) as app:
        found = match_count(app, count)
    if as_json:
        print_json(found)
        return
    print_table(
        f"Proposed for {count}, and not assumed",
        ("Item", "Contract", "Fit", "Because"),
        ((str(o.number), _of(o), o.fit, "\n".join(o.reasons)) for o in found),
    )


def _of(one: Proposal) -> str:
    return one.contract if one.source == "record" else f"{one.contract}\nimported"


@counts_command.command("verifier")
def verifier_command() -> None:
    """Print the program that checks a count and what was opened of it: it needs Python alone."""
    from beforehand.app.counting import verifier  # keeps --help quick

    click.echo(verifier(), nl=False)
