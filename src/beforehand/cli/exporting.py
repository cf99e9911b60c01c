"""`export`: the lists of a register as CSV, JSON and OSCAL."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from beforehand.cli.options import open_app, register_argument
from beforehand.cli.output import json_option, print_json, print_table, say

if TYPE_CHECKING:
    from beforehand.app.exporting import Exported, Form

_ALL = "all"


@click.command("export")
@register_argument
@click.argument("name", metavar="[LIST]", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "json", "oscal", "yaml"]),
    help="csv if not given; oscal for recommendations alone; a case is yaml.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="A file to write, or a folder for `all`; standard output if not given.",
)
@json_option
def export_command(
    register: Path, name: str | None, *, form: Form | None, out: Path | None, as_json: bool
) -> None:
    """Write LIST of REGISTER as CSV or JSON, recommendations as an OSCAL plan too.

    `all` writes every list into a folder. Without LIST, say which there are. What is written
    here `import` takes back whole.
    """
    if name is None:
        _print_lists(as_json=as_json)
    elif name == _ALL:
        _export_all(register, out, form, as_json=as_json)
    else:
        _export(register, name, out, form, as_json=as_json)


def _print_lists(*, as_json: bool) -> None:
    from beforehand.app.exporting import titles  # keeps --help quick

    found = titles()
    if as_json:
        print_json(found)
        return
    print_table(
        "Lists to export",
        ("List", "What it is", "Formats"),
        ((one.list, one.title, ", ".join(one.forms)) for one in found),
    )


def _export_all(
    register: Path, out: Path | None, form: Form | None, *, as_json: bool
) -> None:
    from beforehand.app.exporting import export_all  # keeps --help quick

    if out is None or form is not None:
        raise click.UsageError("`all` needs --out, a folder, and takes no --format.")
    with open_app(register) as app:
        found = tuple(export_all(app, out))
    if as_json:
        print_json({"files": found})
        return
    for one in found:
        _say(one)


def _export(
    register: Path, name: str, out: Path | None, form: Form | None, *, as_json: bool
) -> None:
    from beforehand.app.exporting import FORMS, export  # keeps --help quick

    if as_json and out is None:
        raise click.UsageError("--json says what was written to --out; name a file.")
    if out is None and sys.stdout is None:  # it was closed before this began
        raise click.UsageError("There is no standard output; name a file with --out.")
    with open_app(register) as app:
        chosen = form or FORMS.get(name, ("csv",))[0]
        found = export(app, name, form=chosen, out=out or sys.stdout.buffer)
    if as_json:
        print_json(found)
    else:
        _say(found)


def _say(one: Exported) -> None:
    rows = "" if one.rows is None else f"{one.rows:,} rows, "
    say(f"{one.path or one.list}: {rows}SHA-256 {one.sha256}")
