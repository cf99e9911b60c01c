"""`init`: make a register."""

from __future__ import annotations

import re
from pathlib import Path

import click

from beforehand.cli.options import register_argument
from beforehand.cli.output import json_option, print_json
from beforehand.refusal import InputError

ORIGIN = re.compile(r"[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)*")


@click.command("init")
@register_argument
@click.option("--title", required=True, help="How people call the register.")
@click.option("--office", required=True, help="The id of the department, as `dia`.")
@click.option("--administrator", required=True, help="The id of the first administrator.")
@click.option(
    "--names", type=click.Path(path_type=Path, exists=True), help="YAML: id to name."
)
@click.option("--origin", help="The log's name: its future address without https://.")
@click.option(
    "--anchor",
    type=click.Path(path_type=Path),
    help="A file on another volume, to keep the newest signed checkpoint in.",
)
@json_option
def init_command(  # one parameter an option
    register: Path,
    *,
    title: str,
    office: str,
    administrator: str,
    names: Path | None,
    origin: str | None,
    anchor: Path | None,
    as_json: bool,
) -> None:
    """Make a register in an empty folder, with the safeguards that ship adopted."""
    from beforehand.app.overseeing import found  # keeps --help quick
    from beforehand.app.registers import App
    from beforehand.record.acts import ID
    from beforehand.settings import Settings

    name = register.resolve().name.lower()
    for where, value in (
        ("folder", name),
        ("--office", office),
        ("--administrator", administrator),
    ):
        if not ID.fullmatch(value):
            raise InputError(
                where=where, expected="an id: a-z, 0-9, . and -", got=repr(value)
            )
    origin = origin or f"beforehand.invalid/{name}"
    if not ORIGIN.fullmatch(origin):
        raise InputError(
            where="--origin", expected="host/path without https://", got=repr(origin)
        )
    settings = Settings(
        folder=register,
        register=name,
        title=title,
        origin=origin,
        about="live",
        anchor=None if anchor is None else str(anchor.absolute()),
    )
    text = names.read_bytes() if names else f"{office}: {title}\n".encode()
    with App.create(settings) as app:
        document = app.keep_document(text)
        found(
            app,
            register=name,
            department=office,
            document=document,
            administrator=administrator,
        )
        size = app.ledger.size
    made = {"register": str(register), "origin": origin, "entries": size}
    if as_json:
        print_json(made)
    else:
        click.echo(
            f"Made the register {register} ({origin}); {administrator} administers it."
        )
        click.echo(f"Its public key is {register}/log.vkey. Back up {register}/private.")
