"""`keygen`, `name-reader`, `unseal`, `audit-sealed`, `delete-sealed`: what is sealed, and for whom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click
import msgspec

from beforehand.cli.options import open_app, read_file, register_argument
from beforehand.cli.output import json_option, print_json, say
from beforehand.record.acts import ID
from beforehand.record.custody import Reader, Reason
from beforehand.refusal import InputError, Refusal

if TYPE_CHECKING:
    from beforehand.app.shredding import Deleted

WRONG = 5


def _person(_context: click.Context, _option: click.Parameter, value: str) -> str:
    if not ID.fullmatch(value):
        raise InputError(where="--as", expected="the id of a person", got=ascii(value)[:60])
    return value


as_option = click.option(
    "--as", "actor", required=True, callback=_person, help="The person who acts."
)


@click.command("keygen")
@click.argument("file", type=click.Path(path_type=Path))
def keygen_command(file: Path) -> None:
    """Make a reader's key: FILE, to keep secret, and FILE.pub, to hand to the office.

    An inspector general makes it on a machine of their own. It is never written over another.
    """
    from beforehand.ledger.wraps import ReaderKey  # keeps --help quick

    public = file.with_name(f"{file.name}.pub")
    for path in (file, public):
        if path.exists():
            raise InputError(
                where=str(path), expected="a name that is not taken", got="a file"
            )
    key = ReaderKey.generate("inspector_general")
    key.write(file)
    public.write_text(f"{key.public.hex()}\n", encoding="ascii")
    click.echo(f"{file} is the key, for its owner alone; {public} is its public half.")


@click.command("name-reader")
@register_argument
@click.argument("pubfile", type=click.Path(path_type=Path))
@click.option(
    "--reader",
    type=click.Choice(get_args(Reader)),
    required=True,
    help="Whose key it is.",
)
@as_option
def name_reader_command(
    register: Path, pubfile: Path, *, reader: Reader, actor: str
) -> None:
    """Name the reader whose public key is in PUBFILE, and wrap every sealed part to it too.

    Run again after an interruption, it wraps what is left.
    """
    from beforehand.app.sealing import name_reader  # keeps --help quick

    try:
        raw = bytes.fromhex(read_file(pubfile).decode("ascii").strip())
    except ValueError as error:
        raise InputError(
            where=str(pubfile), expected="a public key in hexadecimal digits", got="other"
        ) from error
    with open_app(register) as app:
        wrapped = name_reader(app, raw, reader=reader, actor=actor)
    click.echo(
        f"The {reader.replace('_', ' ')}'s key is in force; {wrapped:,} parts wrapped."
    )


@click.command("unseal")
@register_argument
@click.argument("entry")
@click.argument("part")
@as_option
@click.option(
    "--reason",
    type=click.Choice(get_args(Reason)),
    required=True,
    help="Why, on the ledger.",
)
@json_option
def unseal_command(
    register: Path, entry: str, part: str, *, actor: str, reason: Reason, as_json: bool
) -> None:
    """Open sealed PART of ENTRY (its number or id) to a person.

    That it was opened, by whom and why, is on the ledger before the value is shown. A
    refusal exits 3 and stands there too.
    """
    from beforehand.app.sealing import open_part  # keeps --help quick

    number: int | str = int(entry) if entry.isascii() and entry.isdigit() else entry
    with open_app(register) as app:
        opened = open_part(app, number, part, actor=actor, reason=reason)
    if as_json:
        print_json(
            {
                "entry": opened.entry,
                "part": part,
                "recorded": opened.receipt.entry,
                "value": opened.value,
            }
        )
        return
    say(f"Entry {opened.receipt.entry:,} says that {actor} opened it.")
    # As JSON, so that what somebody sealed cannot steer the terminal of who opens it.
    click.echo(msgspec.json.encode(opened.value).decode())


@click.command("audit-sealed")
@register_argument
@click.option(
    "--key", required=True, type=click.Path(path_type=Path), help="The private key file."
)
@as_option
@json_option
def audit_sealed_command(register: Path, *, key: Path, actor: str, as_json: bool) -> None:
    """Open every sealed part with the inspector general's key and recompute its commitment.

    What was found goes on the ledger. Exits 5 if a part is wrong or missing.
    """
    from beforehand.app.sealing import audit_sealed  # keeps --help quick
    from beforehand.ledger.wraps import ReaderKey

    if not key.is_file():
        raise InputError(where=str(key), expected="a key that `keygen` made", got="no file")
    private = ReaderKey.read(key, reader="inspector_general")
    with open_app(register) as app:
        found = audit_sealed(app, private, actor=actor)
    if as_json:
        print_json(
            {
                "sound": found.sound,
                "upto": found.upto,
                "opened": found.opened,
                "deleted": found.deleted,
                "wrong": found.wrong,
                "missing": found.missing,
                "recorded": found.receipt.entry,
            }
        )
    else:
        click.echo(
            f"Of {found.upto:,} entries, {found.opened:,} sealed parts open their commitments,"
            f" {found.deleted:,} were deleted, {len(found.wrong):,} are wrong and"
            f" {len(found.missing):,} missing (entry {found.receipt.entry:,})."
        )
        for words, some in (("wrong", found.wrong), ("missing", found.missing)):
            for index, part in some:
                click.echo(f"  entry {index:,}: {part} is {words}")
    if not found.sound:
        raise click.exceptions.Exit(WRONG)


@click.command("delete-sealed")
@register_argument
@click.option("--before", required=True, help="A day: parts of entries recorded before it.")
@as_option
@click.option(
    "--keeping",
    multiple=True,
    help="An id under hold, whose parts stay; may be given several times.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be deleted; write nothing.")
@json_option
def delete_sealed_command(
    register: Path,
    *,
    before: str,
    actor: str,
    keeping: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
) -> None:
    """Delete what is sealed, at the end of its retention, and prove it.

    The commitments stay. A deletion that was cut off is finished first; run it again then.
    """
    from beforehand.app.shredding import delete_sealed  # keeps --help quick

    with open_app(register) as app:
        done = delete_sealed(
            app, before=before, keeping=keeping, actor=actor, dry_run=dry_run
        )
    if done.unmet:
        what = f"delete what was sealed before {before}, by {actor}"
        raise Refusal(what=what, unmet=done.unmet, entry=None)
    if as_json:
        shown = {name: getattr(done, name) for name in ("before", "keeping", "deletion")}
        counts = ("parts", "wraps", "answers", "kept", "resumed")
        print_json({**shown, **{name: getattr(done, name) for name in counts}})
    else:
        click.echo(_words(done))


def _words(done: Deleted) -> str:
    if done.deletion is None:
        return (
            f"It would delete {done.parts:,} parts and {done.answers:,} stored answers from"
            f" before {done.before}, and keep {done.kept:,} parts under hold."
        )
    begun = "Finished" if done.resumed else "Done:"
    return (
        f"{begun} deletion {done.deletion}, before {done.before}: {done.parts:,} parts,"
        f" {done.wraps:,} wrapped keys and {done.answers:,} stored answers are gone;"
        f" {done.kept:,} parts stay under hold."
    )
