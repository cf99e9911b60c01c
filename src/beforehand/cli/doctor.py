"""`doctor`: what is missing or weak in a register, and what to do about it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from beforehand.cli.options import open_app, read_file, register_argument
from beforehand.cli.output import json_option, print_json

if TYPE_CHECKING:
    from beforehand.app.checkup_ledger import Check

INCOMPLETE = 6


@click.command("doctor")
@register_argument
@click.option(
    "--receipt",
    "receipts",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A receipt that somebody kept, to hold against the ledger.",
)
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A checkpoint that somebody kept, or a witness.",
)
@json_option
def doctor_command(
    register: Path,
    *,
    receipts: tuple[Path, ...],
    checkpoints: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Check a register's files, keys and safeguards. Exits 6 if something is missing."""
    from beforehand.app.checkup import examine  # keeps --help quick
    from beforehand.app.checkup_ledger import Kept

    kept = Kept(
        receipts={str(one): read_file(one) for one in receipts},
        checkpoints={str(one): read_file(one) for one in checkpoints},
    )
    with open_app(register) as app:
        found = examine(app, kept)
    if as_json:
        print_json({"checks": found})
    else:
        for one in found:
            click.echo(f"{_mark(one)}  {one.what}")
            if not one.sound:
                click.echo(f"         {one.do}")
    if not all(one.sound for one in found if one.counts):
        raise click.exceptions.Exit(INCOMPLETE)


def _mark(one: Check) -> str:
    if one.sound:
        return "ok     "
    return "missing" if one.counts else "remark "
