"""`publish`, `serve`, `verify` and `replay`: what others read, and how they check it."""

from __future__ import annotations

from pathlib import Path

import click

from beforehand.cli import Known
from beforehand.cli.options import open_app, read_file, read_text, register_argument
from beforehand.cli.output import json_option, print_json, say
from beforehand.refusal import InputError

VERIFICATION_FAILED = 5
_ABSENCE = "absence.json"  # it is in no published log


@click.command("publish")
@register_argument
@click.argument("target")
@json_option
def publish_command(register: Path, target: str, *, as_json: bool) -> None:
    """Publish the register into TARGET: pages, data, and the ledger as tiles under log/.

    TARGET is a folder, or a URL that an installed fsspec package reaches, as s3://BUCKET/PATH.
    """
    from beforehand.app.publishing import publish  # keeps --help quick
    from beforehand.ledger.shelves import without_secret

    with open_app(register) as app:
        checkpoint = publish(app, target).checkpoint
    shown = without_secret(target)
    if as_json:
        print_json(
            {"folder": shown, "size": checkpoint.size, "root": checkpoint.root.hex()}
        )
    else:
        click.echo(
            f"Published {checkpoint.size:,} entries to {shown}; open {shown}/index.html."
        )


@click.command("serve")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
def serve_command(folder: Path, *, port: int) -> None:
    """Serve a published FOLDER on this machine alone, until Ctrl-C."""
    from beforehand.cli.serving import serve  # keeps --help quick

    serve(folder, port=port)


@click.command("verify")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option(
    "--vkey",
    required=True,
    type=click.Path(path_type=Path),
    help="The log's key, or several, one a line.",
)
@click.option(
    "--old", multiple=True, type=click.Path(path_type=Path), help="An older checkpoint."
)
@click.option("--proof", type=click.Path(path_type=Path), help="A receipt, for --entry.")
@click.option("--entry", type=click.Path(path_type=Path), help="The bytes of one entry.")
@click.option("--absence", is_flag=True, help="FOLDER shows that something is not there.")
@json_option
def verify_command(
    folder: Path | None,
    *,
    vkey: Path,
    old: tuple[Path, ...],
    proof: Path | None,
    entry: Path | None,
    absence: bool,
    as_json: bool,
) -> None:
    """Check every byte of a published log in FOLDER. Exits 5 with the first thing wrong.

    A receipt is checked for its entry, with or without a FOLDER, which must extend it.
    """
    from beforehand.ledger.errors import LedgerError  # keeps --help quick

    _require_whole(folder, proof, entry, alone=absence, olds=old)
    receipt = None
    if proof is not None and entry is not None:
        receipt = read_text(proof), read_file(entry)
    olds = [read_text(one) for one in old]
    try:
        found = (
            _verified_absence(folder, vkey)
            if absence and folder is not None
            else _verified(folder, vkey, olds, receipt)
        )
    except LedgerError as error:
        if as_json:
            print_json({"verified": False, "wrong": str(error)})
        raise Known(f"Verification failed: {error}", VERIFICATION_FAILED) from error
    if as_json:
        print_json({"verified": True, **found})
    else:
        _print_verified(found)


def _require_whole(
    folder: Path | None,
    proof: Path | None,
    entry: Path | None,
    *,
    alone: bool,
    olds: tuple[Path, ...],
) -> None:
    if (proof is None) != (entry is None) or (folder is None and proof is None):
        raise InputError(
            where="verify", expected="a folder, or --proof and --entry", got="neither whole"
        )
    if folder is not None and not folder.is_dir():
        raise InputError(where=str(folder), expected="a folder", got="none")
    if alone and (folder is None or olds or proof is not None):
        raise InputError(
            where="--absence", expected="a folder and --vkey alone", got="other options"
        )


def _verified(
    folder: Path | None, vkey: Path, olds: list[str], receipt: tuple[str, bytes] | None
) -> dict[str, object]:
    """Return what was verified: of the log if a folder was given, of the receipt if one was."""
    from beforehand.app.publishing import verify  # keeps --help quick
    from beforehand.ledger.note import read_vkeys
    from beforehand.ledger.proof import open_tlog_proof

    key = read_text(vkey)
    found: dict[str, object] = {}
    if receipt is not None:
        index, head = open_tlog_proof(*receipt, *read_vkeys(key))
        # Its checkpoint is an older one that the log must extend.
        olds = [*olds, receipt[0].partition("\n\n")[2]]
        found = {"index": index, "under": head.size}
    if folder is not None:
        if (folder / _ABSENCE).is_file():
            say(f"{folder} is evidence of an absence: to read it as that, give --absence.")
        head = verify(folder, key, vkey_path=vkey, old=tuple(olds))
        found = {**found, "size": head.size, "root": head.root.hex()}
    return {**found, "origin": head.origin}


def _verified_absence(folder: Path, vkey: Path) -> dict[str, object]:
    """Return what is not on the ledger, by a bundle that shows the whole range."""
    from beforehand.app.absences import read_folder, verify_absence  # keeps --help quick

    if vkey.resolve().is_relative_to(folder.resolve()):
        raise InputError(
            where="--vkey",
            expected="a key from elsewhere than the folder",
            got=str(vkey),
            do="Whoever changed one changed both.",
        )
    found = verify_absence(read_folder(folder), read_text(vkey))
    claim = found.claim
    return {
        "absent": claim.kind,
        "offices": list(claim.offices),
        "since": claim.since,
        "until": found.until,
        "first": claim.first,
        "size": found.head.size,
        "root": found.head.root.hex(),
        "origin": found.head.origin,
    }


def _print_verified(found: dict[str, object]) -> None:
    if "absent" in found:
        offices = found["offices"]
        of = f" of {', '.join(offices)}" if isinstance(offices, list) and offices else ""
        click.echo(
            f"Verified: no {found['absent']}{of} from {found['since']} to {found['until']}."
        )
    if "size" in found:
        click.echo(
            f"Verified: {found['origin']}, {found['size']:,} entries, root {found['root']}."
        )
    if "index" in found:
        click.echo(
            f"The receipt proves the entry at index {found['index']:,} of {found['origin']},"
            f" under a checkpoint of {found['under']:,} entries."
        )


@click.command("replay")
@register_argument
@json_option
def replay_command(register: Path, *, as_json: bool) -> None:
    """Make every decision again on the entries before it. Exits 5 if one comes out otherwise."""
    from beforehand.app.overseeing import replay_register  # keeps --help quick

    with open_app(register) as app:
        result = replay_register(app)
    if as_json:
        print_json(
            {
                "replayed": result.same,
                "decisions": result.decisions,
                "audits": result.audits,
                "not_replayable": result.not_replayable,
                "differing": list(result.differing),
            }
        )
    if not result.same:
        raise Known(
            "Replay differs:\n  " + "\n  ".join(result.differing), VERIFICATION_FAILED
        )
    if not as_json:
        click.echo(
            f"Replayed {result.decisions:,} decisions and {result.audits} audits: the same."
        )
        if result.not_replayable:
            click.echo(
                f"{result.not_replayable:,} rest on sealed parts that were deleted, and cannot"
                " be made again."
            )
