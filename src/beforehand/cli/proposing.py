"""`safeguards` and `what-if`: the sets in force, and what another would have answered."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from beforehand.cli.options import open_app, read_text, register_argument
from beforehand.cli.output import json_option, print_json, progress
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beforehand.app.proposing import Proposed, Safeguards
    from beforehand.oversight.what_if import Changed


@click.command("safeguards")
@click.argument("register", required=False, type=click.Path(path_type=Path))
@click.option("--act", metavar="VERB", help="Only those that bear on this act.")
@click.option("--office", help="With what this office and those above it add.")
@click.option("--as-of", help="A day, at its end, or a time; it may be one to come.")
@json_option
def safeguards_command(
    register: Path | None,
    *,
    act: str | None,
    office: str | None,
    as_of: str | None,
    as_json: bool,
) -> None:
    """List the safeguards in force in REGISTER, or those that ship: sentence, remedy, law, acts.

    Of a register also every set: in force, to come, proposed and approved, with its dates.
    """
    from beforehand.app.proposing import safeguards, shipped  # keeps --help quick

    if register is not None:
        with open_app(register) as app:
            found = safeguards(app, act=act, office=office, as_of=as_of)
    elif office is None and as_of is None:
        found = shipped(act=act)
    else:
        raise InputError(
            where="REGISTER", expected="one for --office and --as-of", got="none"
        )
    if as_json:
        print_json(found)
    else:
        click.echo("\n".join(_listed(found)))


@click.command("what-if")
@register_argument
@click.argument("proposed", metavar="SET", type=click.Path(path_type=Path))
@click.option(
    "--adding",
    is_flag=True,
    help="SET is added to the department's set in force, and does not take its place.",
)
@click.option("--office", help="SET is this office's own, beside the department's.")
@json_option
def what_if_command(
    register: Path, proposed: Path, *, adding: bool, office: str | None, as_json: bool
) -> None:
    """Decide history again under the safeguards in SET, and list each act whose answer changes.

    SET is a file of Cedar text, or a folder of *.cedar files. It is checked as at a proposal, and
    nothing is written. Exits 0 whatever changes.
    """
    from beforehand.app.proposing import try_proposal  # keeps --help quick

    files = {str(one): read_text(one) for one in _files(proposed)}
    with open_app(register) as app, progress("Deciding again") as told:
        found = try_proposal(app, files, adding=adding, office=office, told=told)
    if as_json:
        print_json(found)
    else:
        click.echo("\n".join(_tried(found)))


def _files(proposed: Path) -> list[Path]:
    if not proposed.is_dir():
        return [proposed]
    found = sorted(one for one in proposed.iterdir() if one.suffix == ".cedar")
    if not found:
        raise InputError(
            where=str(proposed), expected="files that end in .cedar", got="none"
        )
    return found


# -- words -------------------------------------------------------------------------------


def _listed(found: Safeguards) -> Iterator[str]:
    where = "ship" if found.register is None else f"are in force in {found.register}"
    where += "" if found.office is None else f" for {found.office}"
    bearing = "" if found.act is None else f" and bear on `{found.act}`"
    yield f"{len(found.safeguards)} safeguards {where}{bearing}. Set {found.policies}."
    for standing in found.sets:
        state = "In force" if standing.in_force else "To come"
        yield (
            f"{state}: the set of {standing.office}, {standing.policies},"
            f" from {_moment(standing.since)}, adopted by {standing.by}."
        )
    for pending in found.proposals:
        approved = (
            f"approved by {pending.approved_by} on {pending.approved[:10]}"
            if pending.approved
            else "not approved yet"
        )
        yield (
            f"Proposed: for {pending.office}, {pending.policies}, from"
            f" {pending.in_force_from}, by {pending.by} on {pending.proposed[:10]};"
            f" {approved}."
        )
    for one in found.safeguards:
        yield ""
        yield one.id if found.office is None else f"{one.id} (of {one.office})"
        yield f"  {one.says}"
        yield f"  Remedy: {one.remedy}"
        yield f"  Law: {one.cites}"
        yield f"  Acts: {', '.join(one.acts)}"


def _moment(at: str) -> str:
    """Return the words of a moment; of the first of a day, the day."""
    day, _, time = at.partition("T")
    return day if time == "00:00:00.000000Z" else f"{day} {time[:8]}"


def _tried(found: Proposed) -> Iterator[str]:
    whose = "" if found.office is None else f" for {found.office}"
    yield f"Proposed{whose}: {found.policies}, {found.safeguards} safeguards."
    yield f"In force: {found.in_force}."
    for words, ids in (
        ("Adds", found.added),
        ("Takes away", found.removed),
        ("Alters", found.altered),
    ):
        if ids:
            yield f"{words}: {', '.join(ids)}."
    history = found.history
    for one in history.changed:
        yield ""
        yield from _changed(one)
    yield ""
    yield f"{history.asked_again:,} decisions were asked again."
    yield f"  {history.now_refused:,} let through would be refused."
    yield f"  {history.now_let_through:,} refused would be let through."
    yield f"  {history.other_reasons:,} refused would be refused for other reasons."
    if history.not_replayable:
        yield (
            f"{history.not_replayable:,} rest on sealed parts that were deleted, and cannot be"
            " asked again."
        )
    yield (
        "Each was asked on the entries before it as they stand: where an answer changes, what"
        " followed it does not. Nothing was written."
    )


def _changed(one: Changed) -> Iterator[str]:
    yield f"Entry {one.entry:,}, {one.at[:19]}: {one.verb} {one.subject}, by {one.actor}."
    yield f"  Was {_answer(one.before)}; would be {_answer(one.after)}."
    for unmet in one.newly:
        unshown = (
            "" if unmet.shown else "A fact it needs is not on record. It guards against: "
        )
        yield f"  {unmet.safeguard}  {unshown}{unmet.says}"
        yield f"    {unmet.remedy} [{unmet.cites}]"


def _answer(unmet: tuple[str, ...]) -> str:
    return f"refused ({', '.join(unmet)})" if unmet else "let through"
