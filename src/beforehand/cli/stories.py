"""The stories that `demo` walks, each in a register of its own, and the table that shows them."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from beforehand.cli import Known
from beforehand.cli.output import print_table, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beforehand.app.sandbox import Sandbox
    from beforehand.app.stories import Line, Step
    from beforehand.gate.ask import Runner
    from beforehand.holdings.disk import Snapshot
    from beforehand.oversight.replay import Replayed

FEW_DEVICES = 400


def try_wrongs(folder: Path, *, reported: Path) -> list[Line]:
    """Try each thing that went wrong; the register stays to be read.

    reported   a register of a reported history
    """
    from beforehand.app.wrongs import walk  # keeps --help quick
    from beforehand.cli.options import open_app

    with _ready(folder) as (sandbox, snapshot, engine), open_app(reported) as history:
        return list(walk(sandbox, snapshot, engine=engine, reported=history))


def hold_to_account(folder: Path, *, site: Path) -> list[Line]:
    """Show each part of oversight; the register stays to be read, and is published at `site`."""
    from beforehand.app.accountability import walk  # keeps --help quick

    with _ready(folder) as (sandbox, snapshot, engine):
        return list(walk(sandbox, snapshot, engine=engine, site=site))


@contextmanager
def _ready(folder: Path) -> Iterator[tuple[Sandbox, Snapshot, Runner]]:
    """Give a small sandbox in which questions may be asked; afterwards its decisions are replayed."""
    from beforehand.app.overseeing import replay_register  # keeps --help quick
    from beforehand.app.sandbox import Sandbox, today
    from beforehand.gate.engines.engine import Engine

    sandbox = Sandbox(folder, today=today(), devices=FEW_DEVICES)
    with sandbox.app, Engine() as engine:
        sandbox.govern()
        snapshot = sandbox.take_in(lambda _words, _share: None)
        sandbox.request_use()
        sandbox.approve_use()
        yield sandbox, snapshot, engine
        say_replayed(replay_register(sandbox.app))


def say_replayed(replayed: Replayed) -> None:
    """Say that a replay came out the same. Raises Known where it did not."""
    again = f"{replayed.decisions} decisions and {replayed.audits} audits"
    if not replayed.same:
        raise Known(f"Replay differs: {'; '.join(replayed.differing)}", 5)
    say(f"  Replayed {again}: the same.")


def print_story(title: str, heading: str, lines: list[Line]) -> None:
    """Print what each line met; `heading` says what a line is."""
    print_table(
        title,
        (heading, "Tried", "Outcome"),
        (
            (line.line if number == 0 else "", step.tried, _outcome(step))
            for line in lines
            for number, step in enumerate(line.met)
        ),
    )


def told(lines: list[Line]) -> list[dict[str, object]]:
    """Return what each line met, for machines."""
    return [{"line": one.line, "met": [_met(step) for step in one.met]} for one in lines]


def _outcome(step: Step) -> str:
    """Say how a step ended, in one cell of a table."""
    where = "" if step.entry is None else f" (entry {step.entry:,})"
    if step.outcome != "refused":
        said = f": {step.said}" if step.said else ""
        return f"{step.outcome}{where}{said}"
    first, *more = step.safeguards
    also = f" and {len(more)} more" if more else ""
    return f"refused{where}: {first}{also}"


def _met(step: Step) -> dict[str, object]:
    return {
        "tried": step.tried,
        "outcome": step.outcome,
        "safeguards": list(step.safeguards),
        "entry": step.entry,
        "said": step.said,
    }
