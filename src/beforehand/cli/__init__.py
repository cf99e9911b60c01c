"""The terminal. Commands are loaded when they are named, so that `--help` is quick.

Exit 0 done, 2 bad usage or input, 3 refused by a safeguard, 5 verification failed,
6 incomplete, 130 interrupted.
"""

from __future__ import annotations

from importlib import import_module

import click

from beforehand.ledger.errors import (
    BusyError,
    ClockError,
    DurabilityError,
    KeyFileError,
    LedgerError,
    OvertakenError,
    UnreachableError,
)
from beforehand.refusal import InputError, Refusal

COMMANDS = {
    "absence": "absence",
    "ask": "asking",
    "assessment": "assessment",
    "audit": "auditing",
    "audit-sealed": "sealing",
    "bundle": "bundling",
    "ask-supplier": "sampling",
    "check": "acting",
    "counts": "counts",
    "delete-sealed": "sealing",
    "demo": "demo",
    "doctor": "doctor",
    "due": "due",
    "export": "exporting",
    "import": "importing",
    "init": "registers",
    "keygen": "sealing",
    "list": "reading",
    "log": "reading",
    "move": "moving",
    "name-reader": "sealing",
    "promised": "promised",
    "oversee": "answering",
    "publish": "publishing",
    "queries": "answering",
    "radar": "radar",
    "rebuild": "reading",
    "receipt": "bundling",
    "recommendations": "answering",
    "replay": "publishing",
    "retire-key": "keys",
    "rotate-key": "keys",
    "safeguards": "proposing",
    "sample": "sampling",
    "schema": "schema",
    "serve": "publishing",
    "show": "reading",
    "statement": "statement",
    "submit": "acting",
    "unseal": "sealing",
    "verifier": "bundling",
    "verify": "publishing",
    "what-if": "proposing",
}


class Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's shape
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"beforehand.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name.replace('-', '_')}_command")
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="beforehand")
def beforehand() -> None:
    """Run the privacy review of bought location data, refuse what it does not cover, prove it."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    try:
        # Without standalone mode click returns the status of a command that ended early.
        left = beforehand.main(arguments, prog_name="beforehand", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted; nothing was left half-written.", err=True)
        return 130
    except (Refusal, InputError, LedgerError, Known) as said:
        click.echo(f"{'' if isinstance(said, Refusal) else 'beforehand: '}{said}", err=True)
        return status_of(said)
    return left if isinstance(left, int) else 0


def status_of(said: Refusal | InputError | LedgerError | Known) -> int:
    """Return the exit status that goes with what was said."""
    match said:
        case Refusal():
            return 3
        case InputError():
            return 2
        case Known():
            return said.exit_code
        case (
            ClockError()
            | BusyError()
            | DurabilityError()
            | UnreachableError()
            | KeyFileError()
            | OvertakenError()
        ):
            return 6
        case _:  # the ledger is not what it should be
            return 5


class Known(Exception):  # noqa: N818  # it ends a command, with words and an exit status
    """Ends a command with a message and an exit status."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code
