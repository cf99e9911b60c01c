"""`promised`: what each assessment promises, held against what the register shows."""

from __future__ import annotations

from pathlib import Path

import click

from beforehand.cli.options import open_app, register_argument
from beforehand.cli.output import json_option, print_json, print_table

_MOST = 8


@click.command("promised")
@register_argument
@click.argument("assessment", required=False)
@json_option
def promised_command(register: Path, assessment: str | None, *, as_json: bool) -> None:
    """Hold each term of ASSESSMENT, or of all, against the ledger and the holdings.

    A term is kept, broken (the entries that broke it are named), or not yet observable.
    """
    from beforehand.app.promising import promised  # keeps --help quick

    with open_app(register) as app:
        rows = promised(app, assessment)
    if as_json:
        print_json(rows)
        return
    for name in dict.fromkeys(one.assessment for one in rows):
        print_table(
            f"Promised in {name}, against observed",
            ("Term", "Promised", "Verdict", "Entries", "Why"),
            (
                (
                    one.term.replace("_", " "),
                    one.promised or "-",
                    one.verdict.replace("_", " "),
                    _numbers(one.entries, one.counted),
                    one.why,
                )
                for one in rows
                if one.assessment == name
            ),
        )
    if not rows:
        click.echo("No assessment is on this register.")


def _numbers(entries: tuple[int, ...], counted: int) -> str:
    shown = ", ".join(f"{one:,}" for one in entries[:_MOST])
    rest = counted - len(entries[:_MOST])
    return f"{shown} and {rest:,} more" if rest > 0 else shown or "-"
