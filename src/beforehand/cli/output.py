"""What commands print: tables for people, one JSON object for machines, progress on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import click
import msgspec
from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

_LONGEST = 26  # a word as long as this is a digest or an address, and is cut

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON, for machines."
)


def print_json(value: object) -> None:
    text = msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=2)
    click.echo(text.decode())


def print_table(title: str, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Print a table as wide as the terminal; piped, as wide as its words need, up to 160."""
    wide = None if sys.stdout.isatty() else 160
    # What is printed may come from a file: no word of it is taken for rich's own marks.
    console = Console(width=wide, highlight=False, markup=False, emoji=False)
    body = [tuple(row) for row in rows]
    if not body:  # an empty grid looks like an answer that was cut off
        counted = title.endswith(": 0") or title.startswith("0 ")
        console.print(title if counted else f"{title}: none")
        return
    table = Table(title=title, title_justify="left", show_lines=True)
    heads = tuple(columns)
    for head, width in zip(heads, widths(heads, body, console.width), strict=True):
        table.add_column(head, overflow="fold", width=width)
    for row in body:
        table.add_row(*row)
    console.print(table)


def widths(
    heads: tuple[str, ...], body: list[tuple[str, ...]], width: int
) -> tuple[int | None, ...]:
    """Return the width of each column, so that no word that fits is cut in two.

    An id that is cut cannot be copied. None for each where all fit as they are, or cannot.
    """
    cells = [(head, *(row[at] for row in body)) for at, head in enumerate(heads)]
    natural = [
        max(cell_len(line) for one in some for line in one.split("\n")) for some in cells
    ]
    words = [
        max((cell_len(word) for one in some for word in one.split()), default=1)
        for some in cells
    ]
    found = [min(longest, _LONGEST) for longest in words]
    spare = width - (3 * len(heads) + 1) - sum(found)
    if spare < 0 or sum(natural) - sum(found) <= spare:
        return (None,) * len(heads)
    for _ in range(spare):
        least = min(
            (at for at in range(len(heads)) if found[at] < natural[at]),
            key=found.__getitem__,
        )
        found[least] += 1
    return tuple(found)


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
    columns = (
        TextColumn("  {task.description}", markup=False),
        BarColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(title, total=1.0)
        yield lambda words, share: bar.update(
            task, description=f"{title}: {words}", completed=share
        )
        bar.update(task, completed=1.0)
