"""`absence`: evidence that something is not on the ledger, for a stranger to check offline."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from beforehand.cli.options import open_app, register_argument
from beforehand.refusal import InputError


@click.command("absence")
@register_argument
@click.option("--kind", required=True, help="The kind of entry, such as question.admitted.")
@click.option(
    "--office",
    "offices",
    multiple=True,
    help="Of this office, not those below it; may repeat.",
)
@click.option(
    "--since",
    required=True,
    type=click.DateTime(formats=["%Y-%m-%d"]),
    help="The first day, from its first moment (UTC).",
)
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="The zip to write."
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def absence_command(
    register: Path,
    *,
    kind: str,
    offices: tuple[str, ...],
    since: datetime,
    out: Path,
    force: bool,
) -> None:
    """Write evidence that no entry of a kind was recorded since a day, up to the newest checkpoint.

    It holds every entry of that time, so whoever has it reads them; sealed parts stay sealed.
    Where there is such an entry it says which, and exits 2.
    """
    from beforehand.app.absences import absence_of  # keeps --help quick
    from beforehand.ledger.durable import write_file

    if out.exists() and not (force and out.is_file()):
        raise InputError(
            where=str(out), expected="a name that is not taken", got="one that is"
        )
    day = since.replace(tzinfo=UTC).date()
    with open_app(register) as app:
        data = absence_of(app, kind=kind, offices=offices, since=day)
    write_file(out, data)
    click.echo(f"{out} shows it. Unzip it and run: python verify.py . --absence")
