"""`show`, `log` and `list`, `rebuild`: read a register."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from beforehand.cli import Known
from beforehand.cli.options import open_app, register_argument
from beforehand.cli.output import json_option, print_json, print_table, say
from beforehand.ledger.errors import LedgerError
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beforehand.app.history import Asked
    from beforehand.app.registers import App
    from beforehand.record.view import RecordView


@click.command("show")
@register_argument
@click.argument("what", required=False)
@click.option(
    "--as-of", help="A number of entries, a day or a time: as the register then was."
)
@json_option
def show_command(
    register: Path, what: str | None, *, as_of: str | None, as_json: bool
) -> None:
    """Show entry number WHAT, the thing with the id WHAT, or (without WHAT) the register."""
    with open_app(register) as app:
        if what is None:
            shown = _summary(app, as_of)
        elif as_of is not None:
            raise InputError(where="--as-of", expected="no WHAT beside it", got=repr(what))
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


_WHICH = (
    register_argument,
    click.option("--kind", help="Only this kind, as `contract.awarded`."),
    click.option("--subject", help="Only entries about this id."),
    click.option("--actor", help="Only acts by this person."),
    click.option("--office", help="Only acts for this office."),
    click.option("--since", help="Only from this day or time (UTC) on."),
    click.option("--until", help="Only up to the end of this day, or before this time."),
    click.option("--after", type=int, help="Only entries beyond this number."),
    click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True),
    click.option("--follow", is_flag=True, help="Go on with each entry as it comes."),
    json_option,
)


def _entries(  # one parameter an option
    register: Path,
    *,
    since: str | None,
    until: str | None,
    follow: bool,
    as_json: bool,
    **names: Any,  # noqa: ANN401  # click hands the options on by name
) -> None:
    """List entries of the ledger, the oldest first."""
    from beforehand.app import history  # keeps --help quick
    from beforehand.ledger.times import time_text

    asked = history.Asked(
        since=time_text(history.read_moment(since, where="--since")) if since else None,
        until=time_text(history.read_moment(until, where="--until", end=True))
        if until
        else None,
        **names,
    )
    with open_app(register) as app:
        if follow:
            _follow(app, asked, as_json=as_json)
            return
        found = history.page(app, asked)
    rows = [_row(index, data) for index, data in found.entries]
    if as_json:
        print_json({"entries": rows, "after": found.after})
        return
    print_table(
        f"{len(rows)} entries",
        ("Entry", "At", "Kind", "About", "By", "Refused by"),
        map(_cells, rows),
    )
    if found.after is not None:
        say(f"There are more: go on with --after {found.after}.")


def _follow(app: App, asked: Asked, *, as_json: bool) -> None:
    from beforehand.app.history import follow  # keeps --help quick

    for index, data in follow(app, asked):
        row = _row(index, data)
        if as_json:  # one object a line, so that a program can read each as it comes
            click.echo(msgspec.json.encode(row, order="sorted").decode())
        else:
            click.echo("  ".join(filter(None, _cells(row))))


def _command(name: str, words: str) -> click.Command:
    function = _entries
    for option in reversed(_WHICH):
        function = option(function)
    return click.command(name, help=words)(function)


log_command = _command("log", "List entries of the ledger, the oldest first.")
list_command = _command("list", "The same as `log`.")


@click.command("rebuild")
@register_argument
@json_option
def rebuild_command(register: Path, *, as_json: bool) -> None:
    """Hash every entry anew, make the index anew, and compare. Exits 5 if the tree differs."""
    from beforehand.app.history import rebuild  # keeps --help quick

    with open_app(register) as app:
        try:
            found = rebuild(app)
        except LedgerError as error:
            raise Known(
                f"The ledger is not what its entries hash to: {error}.\n"
                "  Nothing was changed. Restore a backup, and find out who changed it.",
                5,
            ) from error
    if as_json:
        print_json(found)
        return
    click.echo(
        f"{found.entries:,} entries hash to the ledger's head; their tiles are right."
    )
    click.echo(
        f"The index was made anew; {found.index:,} rows of the old one were other."
        if found.index
        else "The index was made anew; the old one was the same."
    )


def _row(index: int, data: bytes) -> dict[str, Any]:
    return {"entry": index, **msgspec.json.decode(data)}


def _cells(row: dict[str, Any]) -> Iterable[str]:
    return (
        f"{row['entry']:,}",
        row["at"][:19].replace("T", " "),
        row["kind"],
        row["subject"],
        row["actor"],
        ", ".join(row["decision"]["unmet"]) if row["decision"] else "",
    )


def _summary(app: App, as_of: str | None) -> dict[str, object]:
    size = app.ledger.size if as_of is None else _size(app, as_of)
    view = _view(app, size)
    return {
        "register": app.settings.register,
        "title": app.settings.title,
        "origin": app.settings.origin,
        "entries": size,
        "root": app.ledger.root(size).hex(),
        "safeguards": _adopted(app, view),
        "assessments": {name: one.status for name, one in view.assessments.items()},
        "contracts": sorted(view.contracts) or sorted(view.reported.contracts),
        "datasets": sorted(view.datasets) or sorted(view.reported.datasets),
        "snapshots": sorted(view.snapshots),
        "requests": sorted(view.requests),
    }


def _adopted(app: App, view: RecordView) -> str | None:
    """Return the digest of the department's set in force, at the view's newest entry or now."""
    from beforehand.record.rulebook import in_force  # keeps --help quick

    is_now = view.size == app.ledger.size
    at = app.next_time() if is_now or not view.size else app.entry(view.size - 1)[1].at
    return next(iter(in_force(view, None, at)), None)


def _size(app: App, as_of: str) -> int:
    from beforehand.app.history import read_moment, size_at  # keeps --help quick

    if as_of.isdecimal():
        return int(as_of)
    return size_at(app, read_moment(as_of, where="--as-of", end=True))


def _view(app: App, size: int) -> RecordView:
    from beforehand.app.history import as_of  # keeps --help quick

    return as_of(app, size)


def _thing(app: App, name: str) -> dict[str, object]:
    found = app.find(subject=name, limit=10_000)
    if not found:
        raise InputError(
            where="WHAT",
            expected="an entry's number, or an id on the ledger",
            got=repr(name),
        )
    return {"id": name, "entries": [_row(index, data) for index, data in found]}
