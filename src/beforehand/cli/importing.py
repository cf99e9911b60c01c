"""`import`: take files from outside into a register."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from beforehand.cli.options import open_app, register_argument
from beforehand.cli.output import json_option, print_json, print_table, progress, say
from beforehand.refusal import Refusal

if TYPE_CHECKING:
    from beforehand.oversight.outside.imported import Imported
    from beforehand.oversight.outside.landing import MemberCounts, Reason

_SHOWN_CHANGES = 20
_SHOWN_ROWS = 5


@click.command("import")
@register_argument
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--as", "person", required=True, metavar="PERSON", help="Who imports.")
@click.option(
    "--as-of", metavar="DAY", help="The day the rows are of, for those that do not say."
)
@click.option("--dry-run", is_flag=True, help="Say what would be; write nothing.")
@json_option
def import_command(
    register: Path,
    files: tuple[Path, ...],
    *,
    person: str,
    as_of: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import FILES into REGISTER, each whole or not at all; every row lands or is named."""
    from beforehand.app.importing import import_file  # keeps --help quick

    done = []
    with open_app(register) as app:
        for path in files:
            with _named(path), progress(path.name) as told:
                result = import_file(
                    app,
                    path,
                    actor=person,
                    as_of=as_of,
                    dry_run=dry_run,
                    told=lambda rows, share: told(f"{rows:,} rows", share),
                )
            done.append(result)
            if not as_json:
                print_imported(result)
    if as_json:
        print_json({"files": done})


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Say which file a refusal is about: it names the digest alone, as its entry does."""
    try:
        yield
    except Refusal:
        say(f"{path}: not imported.")
        raise


def print_imported(result: Imported) -> None:
    """Print what became of a file: the counts by member, its reasons, and what it replaced."""
    from beforehand.oversight.outside.files import printable  # keeps --help quick

    print_table(
        f"{result.name}: {_state(result)}",
        (
            "Member, format",
            "Read",
            "New",
            "Filled in",
            "Corrected",
            "Same",
            "Older",
            "Refused",
        ),
        (_counts(one) for one in result.landed.members),
    )
    for one in result.landed.members:
        _print_reasons("Refused", one.refused, one.name)
        _print_reasons("Flagged, and kept as written", one.flagged, one.name)
    if any(one.refused or one.flagged for one in result.landed.members):
        click.echo("docs/reference/imports.md says what each reason and flag means.")
    changes = result.landed.changes[:_SHOWN_CHANGES]
    for change in changes:
        click.echo(
            f"Corrected {printable(change.key)}: {change.field} was "
            f"{_short(printable(change.before))}, is {_short(printable(change.after))}."
        )
    if result.landed.changes_in_all > len(changes):
        click.echo(f"... {result.landed.changes_in_all:,} values in all.")
    if result.not_in_file:
        click.echo(f"On record, not in this file: {', '.join(result.not_in_file)}.")
    if result.awards:
        click.echo(
            f"Awards known: {result.awards_before:,} before, {result.awards:,} after."
        )


def _state(result: Imported) -> str:
    match result.state:
        case "already":
            return "imported before; nothing changed"
        case "tried":
            return "what an import would do; nothing was written"
        case "imported":
            return f"imported, entry {result.entry:,}"


def _counts(one: MemberCounts) -> tuple[str, ...]:
    if not one.form:
        return (f"{one.name}\nnot a table that is known; none of it was read", *["-"] * 7)
    refused = sum(reason.rows for reason in one.refused)
    numbers = (
        one.read,
        one.new,
        one.completed,
        one.corrected,
        one.same,
        one.older,
        refused,
    )
    return (f"{one.name}\n{one.form}", *(f"{number:,}" for number in numbers))


def _print_reasons(title: str, reasons: tuple[Reason, ...], member: str) -> None:
    for one in reasons:
        rows = ", ".join(f"{number:,}" for number in one.first[:_SHOWN_ROWS])
        more = ", ..." if one.rows > _SHOWN_ROWS else ""
        word = "row" if one.rows == 1 else "rows"
        click.echo(
            f"{title}: {one.reason}, {one.rows:,} {word} of {member} ({rows}{more})."
        )


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004  # a line's room
