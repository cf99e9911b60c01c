"""`ask`: put a question to the data, or see what it would cost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from beforehand.cli import Known
from beforehand.cli.options import open_app, read_file, register_argument
from beforehand.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from beforehand.app.asking import Preview
    from beforehand.gate.answer import Answer
    from beforehand.gate.budget import Charge

WITHHELD = 6
SHOWN = 20


@click.command("ask")
@register_argument
@click.argument("question", type=click.Path(path_type=Path))
@click.option(
    "--as", "person", help="The id of the person who asks; else the file's `actor` counts."
)
@click.option(
    "--preview", is_flag=True, help="Say what it would cost and show; spend nothing."
)
@json_option
def ask_command(
    register: Path, question: Path, *, person: str | None, preview: bool, as_json: bool
) -> None:
    """Ask the question in QUESTION (JSON). A refusal exits 3 and stands on the ledger."""
    from beforehand.app import asking  # keeps --help quick
    from beforehand.gate.engines.engine import Engine
    from beforehand.gate.engines.frames import EngineError

    actor, data = asking.who_asks(read_file(question), person)
    with open_app(register) as app:
        if preview:
            _print_preview(asking.preview(app, data, actor=actor), as_json=as_json)
            return
        try:
            with Engine() as engine:
                answer = asking.ask_question(app, data, actor=actor, engine=engine)
            rest = asking.left_for(app, data)
        except EngineError as error:
            raise Known(
                f"The answer was withheld: {error}. It stays charged.", WITHHELD
            ) from error
    if as_json:
        left = {"rho_left_micro": rest.rho_micro, "delta_left_e15": rest.delta_e15}
        print_json({**msgspec.to_builtins(answer), **left})
    else:
        print_answer(answer)
        print_left(rest)


def print_answer(answer: Answer) -> None:
    """Print the largest counts of an answer, and how far to trust them."""
    from beforehand.cells import level_name  # keeps --help quick
    from beforehand.cli.times import step_words

    largest = sorted(answer.cells, key=lambda one: -one.count)[:SHOWN]
    print_table(
        f"Entry {answer.entry:,}: {answer.unit} by {level_name(answer.level)} cell and step"
        f" ({len(answer.cells):,} shown, {answer.hidden:,} hidden;"
        f" the {len(largest)} largest below)",
        ("Cell", "From", "Count", "95% interval"),
        (
            (
                str(one.cell),
                step_words(one.step, answer.step),
                str(one.count),
                f"{one.low} to {one.high}",
            )
            for one in largest
        ),
    )
    click.echo(
        f"Noise of sigma {answer.sigma_milli / 1000:.3f} is in every count; {_hides(answer.threshold)}."
    )
    click.echo(
        f"Cost: rho {answer.rho_micro / 1e6:g}, delta {answer.delta_e15 / 1e15:.3g}."
    )


def _hides(threshold: int | None) -> str:
    return (
        "no cell is hidden"
        if threshold is None
        else f"the smallest that can show is {threshold}"
    )


def print_left(rest: Charge) -> None:
    """Print what is left of the quarter's budget."""
    click.echo(
        f"Left of this quarter's budget: rho {rest.rho_micro / 1e6:g},"
        f" delta {rest.delta_e15 / 1e15:.3g}."
    )


def _print_preview(preview: Preview, *, as_json: bool) -> None:
    protection = preview.protection
    found = {
        "rho_micro": protection.charge.rho_micro,
        "delta_e15": protection.charge.delta_e15,
        "sigma_milli": protection.sigma_milli,
        "smallest": protection.threshold,
        "rho_left_micro": preview.left.rho_micro,
        "delta_left_e15": preview.left.delta_e15,
        "repeats": preview.repeats,
        "unmet": [one.safeguard for one in preview.unmet],
    }
    if as_json:
        print_json(found)
        return
    if preview.repeats:
        click.echo("It was answered before: asking again costs nothing.")
        return
    click.echo(
        f"It would cost rho {protection.charge.rho_micro / 1e6:g} of {preview.left.rho_micro / 1e6:g} left."
    )
    click.echo(
        f"Counts would carry noise of sigma {protection.sigma_milli / 1000:.3f};"
        f" {_hides(protection.threshold)}."
    )
    for one in preview.unmet:
        click.echo(f"It would be refused: {one.safeguard}  {one.says} {one.remedy}")
