"""`rotate-key` and `retire-key`: changing the key that the log signs with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from beforehand.cli.options import open_app, register_argument
from beforehand.cli.output import json_option, print_json

if TYPE_CHECKING:
    from beforehand.app.keys import Changed

as_option = click.option("--as", "actor", required=True, help="The person who acts.")
dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Say what would be refused; write nothing."
)


@click.command("rotate-key")
@register_argument
@as_option
@dry_run_option
@json_option
def rotate_key_command(register: Path, *, actor: str, dry_run: bool, as_json: bool) -> None:
    """Make a new key; from then on every checkpoint is signed by it and by the old one.

    Hand out log.vkey, which then has both; retire the old key when those who verify have it.
    """
    from beforehand.app.keys import rotate  # keeps --help quick

    with open_app(register) as app:
        changed = rotate(app, actor=actor, dry_run=dry_run)
    if changed.receipt is None:
        _print_tried(changed, "A key could be added", as_json=as_json)
        return
    _print(changed, "added", as_json=as_json)
    if not as_json:
        click.echo(
            f"Back up {register}/private, publish, and hand out {register}/log.vkey."
        )


@click.command("retire-key")
@register_argument
@click.argument("key")
@as_option
@dry_run_option
@json_option
def retire_key_command(
    register: Path, key: str, *, actor: str, dry_run: bool, as_json: bool
) -> None:
    """Let KEY (eight hexadecimal digits, as in log.vkey) sign no more, and remove its private half.

    Its public half stays in retired.vkey: checkpoints that it signed still verify by it.
    """
    from beforehand.app.keys import retire  # keeps --help quick

    with open_app(register) as app:
        changed = retire(app, key, actor=actor, dry_run=dry_run)
    if changed.receipt is None:
        _print_tried(changed, f"The key {key} could be retired", as_json=as_json)
    else:
        _print(changed, "retired", as_json=as_json)


def _print_tried(changed: Changed, words: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"allowed": True, "vkeys": changed.vkeys})
    else:
        click.echo(f"{words}; nothing was written.")


def _print(changed: Changed, done: str, *, as_json: bool) -> None:
    assert changed.receipt is not None  # noqa: S101  # it was not only tried
    if as_json:
        print_json(
            {"key": changed.key, "entry": changed.receipt.entry, "vkeys": changed.vkeys}
        )
    else:
        click.echo(
            f"Entry {changed.receipt.entry:,}: the key {changed.key} is {done}."
            f" The log signs with {', '.join(changed.vkeys)}."
        )
