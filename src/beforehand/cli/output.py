"""What commands print: tables for people, one JSON object for machines, progress on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def print_json(value: object) -> None:
    text = msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=2)
    click.echo(text.decode())


def print_table(title: str, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Print a table as wide as the terminal; piped, as wide as its words need, up to 160."""
    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
    table = Table(title=title, title_justify="left", show_lines=True)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    console.print(table)


def say(text: str) -> None:
    """Tell a person how far things are; on standard error, so that output stays clean."""
    click.echo(text, err=True)


@contextmanager
def progress(title: str) -> Iterator[Callable[[str, float], None]]:
    """Show one progress line for a long step; where it is not a terminal, a line at the end."""
    console = Console(stderr=True)
    if not console.is_terminal:
        last = ""

        def remember(words: str, share: float) -> None:  # noqa: ARG001  # the shape of the other
            nonlocal last
            last = words

        yield remember
        say(f"  {title}: {last}" if last else f"  {title}: done")
        return
    columns = (TextColumn("  {task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(title, total=1.0)
        yield lambda words, share: bar.update(
            task, description=f"{title}: {words}", completed=share
        )
        bar.update(task, completed=1.0)
