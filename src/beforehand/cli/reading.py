"""`show` and `list`: read a register."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from beforehand.cli.options import open_app, register_argument
from beforehand.cli.output import json_option, print_json, print_table
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from beforehand.app.registers import App


@click.command("show")
@register_argument
@click.argument("what", required=False)
@json_option
def show_command(register: Path, what: str | None, *, as_json: bool) -> None:
    """Show entry number WHAT, the thing with the id WHAT, or (without WHAT) the register."""
    with open_app(register) as app:
        if what is None:
            shown = _summary(app)
        elif what.isdecimal():
            data, entry = app.entry(int(what))
            shown = {"entry": int(what), **msgspec.to_builtins(msgspec.json.decode(data))}
            shown["at"] = entry.at
        else:
            shown = _thing(app, what)
    if as_json:
        print_json(shown)
        return
    for name, value in shown.items():
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        click.echo(f"{name}: {text}")


@click.command("list")
@register_argument
@click.option("--kind", help="Only this kind, as `contract.awarded`.")
@click.option("--subject", help="Only entries about this id.")
@click.option("--actor", help="Only acts by this person.")
@click.option("--office", help="Only acts for this office.")
@click.option("--after", type=int, help="Only entries beyond this number.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@json_option
def list_command(  # one parameter an option
    register: Path,
    *,
    kind: str | None,
    subject: str | None,
    actor: str | None,
    office: str | None,
    after: int | None,
    limit: int,
    as_json: bool,
) -> None:
    """List entries of the ledger, the oldest first."""
    with open_app(register) as app:
        found = app.ledger.find(
            kind=kind, subject=subject, actor=actor, office=office, after=after, limit=limit
        )
    rows = [{"entry": index, **msgspec.json.decode(data)} for index, data in found]
    if as_json:
        print_json({"entries": rows})
        return
    print_table(
        f"{len(rows)} entries",
        ("Entry", "At", "Kind", "About", "By", "Refused by"),
        (
            (
                f"{row['entry']:,}",
                row["at"][:19].replace("T", " "),
                row["kind"],
                row["subject"],
                row["actor"],
                ", ".join(row["decision"]["unmet"]) if row["decision"] else "",
            )
            for row in rows
        ),
    )


def _summary(app: App) -> dict[str, object]:
    view = app.view()
    return {
        "register": app.settings.register,
        "title": app.settings.title,
        "origin": app.settings.origin,
        "entries": app.ledger.size,
        "root": app.ledger.head().root().hex(),
        "safeguards": view.policies,
        "assessments": {name: one.status for name, one in view.assessments.items()},
        "contracts": sorted(view.contracts) or sorted(view.reported.contracts),
        "datasets": sorted(view.datasets) or sorted(view.reported.datasets),
        "snapshots": sorted(view.snapshots),
        "requests": sorted(view.requests),
    }


def _thing(app: App, name: str) -> dict[str, object]:
    found = app.ledger.find(subject=name, limit=10_000)
    if not found:
        raise InputError(
            where="WHAT",
            expected="an entry's number, or an id on the ledger",
            got=repr(name),
        )
    entries = [{"entry": index, **msgspec.json.decode(data)} for index, data in found]
    return {"id": name, "entries": entries}
