"""`schema`: the JSON Schemas of what people write by hand."""

from __future__ import annotations

import click

from beforehand.cli.output import print_json


@click.command("schema")
@click.argument("what", type=click.Choice(["case", "act"]))
def schema_command(what: str) -> None:
    """Print the JSON Schema of a case file, or of the acts that `submit` and `check` take."""
    if what == "case":
        from beforehand.oversight.casefile import json_schema  # quick --help

        print_json(json_schema())
    else:
        from beforehand.record.acts import acts_schema  # quick --help

        print_json(acts_schema())
