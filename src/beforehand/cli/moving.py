"""`move`: take a register's ledger to another store."""

from __future__ import annotations

from pathlib import Path

import click

from beforehand.cli.options import register_argument
from beforehand.cli.output import json_option, print_json, progress


@click.command("move")
@register_argument
@click.option("--to", required=True, help="`sqlite`, or `postgresql://HOST/DATABASE`.")
@click.option("--dry-run", is_flag=True, help="Say what would be moved; write nothing.")
@json_option
def move_command(register: Path, *, to: str, dry_run: bool, as_json: bool) -> None:
    """Move the ledger of REGISTER to another store, and prove that every byte is there."""
    from beforehand.app.moving import move

    title = "Looking whether it can move" if dry_run else "Moving the ledger"
    with progress(title) as told:
        done = move(register, to, dry_run=dry_run, told=told)
    if as_json:
        print_json(
            {
                "register": str(register),
                "moved": not dry_run,
                "from": done.before,
                "to": done.after,
                "entries": done.size,
                "checkpoints": done.checkpoints,
                "root": done.root.hex(),
            }
        )
        return
    counts = f"{done.size:,} entries and {done.checkpoints:,} checkpoints"
    if dry_run:
        click.echo(f"Would move {counts} from {done.before} to {done.after}.")
        return
    click.echo(f"Moved {counts} from {done.before} to {done.after}.")
    click.echo(f"Every row was compared; the root of both is {done.root.hex()}.")
    click.echo("Whoever has the register open must open it again.")
