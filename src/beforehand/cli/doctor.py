"""`doctor`: what is missing or weak in a register, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from beforehand.cli.options import open_app, register_argument
from beforehand.cli.output import json_option, print_json

if TYPE_CHECKING:
    from pathlib import Path

INCOMPLETE = 6


@click.command("doctor")
@register_argument
@json_option
def doctor_command(register: Path, *, as_json: bool) -> None:
    """Check a register's files, keys and safeguards. Exits 6 if something is missing."""
    from beforehand.app.checkup import examine  # keeps --help quick

    with open_app(register) as app:
        found = examine(app)
    if as_json:
        print_json({"checks": found})
    else:
        for one in found:
            click.echo(f"{'ok     ' if one.sound else 'missing'}  {one.what}")
            if not one.sound:
                click.echo(f"         {one.do}")
    if not all(one.sound for one in found):
        raise click.exceptions.Exit(INCOMPLETE)
