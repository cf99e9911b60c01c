"""`publish`, `serve`, `verify` and `replay`: what others read, and how they check it."""

from __future__ import annotations

from pathlib import Path

import click

from beforehand.cli import Known
from beforehand.cli.options import open_app, read_file, register_argument
from beforehand.cli.output import json_option, print_json
from beforehand.refusal import InputError

VERIFICATION_FAILED = 5


@click.command("publish")
@register_argument
@click.argument("folder", type=click.Path(path_type=Path))
@json_option
def publish_command(register: Path, folder: Path, *, as_json: bool) -> None:
    """Publish the register into FOLDER: pages, data, and the ledger as tiles under log/."""
    from beforehand.app.publishing import publish  # keeps --help quick

    if folder.exists() and any(folder.iterdir()) and not (folder / "log").is_dir():
        raise InputError(
            where=str(folder),
            expected="an empty folder, or one that was published to before",
            got="one with other files",
        )
    with open_app(register) as app:
        checkpoint = publish(app, folder).checkpoint
    if as_json:
        print_json(
            {"folder": str(folder), "size": checkpoint.size, "root": checkpoint.root.hex()}
        )
    else:
        click.echo(
            f"Published {checkpoint.size:,} entries to {folder}; open {folder}/index.html."
        )


@click.command("serve")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
def serve_command(folder: Path, *, port: int) -> None:
    """Serve a published FOLDER on this machine alone, until Ctrl-C."""
    from beforehand.cli.serving import serve  # keeps --help quick

    serve(folder, port=port)


@click.command("verify")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--vkey", required=True, type=click.Path(path_type=Path), help="The log's key."
)
@click.option(
    "--old", multiple=True, type=click.Path(path_type=Path), help="An older checkpoint."
)
@json_option
def verify_command(
    folder: Path, *, vkey: Path, old: tuple[Path, ...], as_json: bool
) -> None:
    """Check every byte of a published log in FOLDER. Exits 5 with the first thing wrong."""
    from beforehand.app.publishing import verify  # keeps --help quick
    from beforehand.ledger.errors import LedgerError

    if not folder.is_dir():
        raise InputError(where=str(folder), expected="a folder", got="none")
    try:
        key = read_file(vkey).decode("ascii")
        olds = tuple(read_file(one).decode() for one in old)
    except UnicodeDecodeError as error:
        raise InputError(
            where="--vkey or --old", expected="text", got="other bytes"
        ) from error
    try:
        checkpoint = verify(folder, key, vkey_path=vkey, old=olds)
    except LedgerError as error:
        if as_json:
            print_json({"verified": False, "wrong": str(error)})
        raise Known(f"Verification failed: {error}", VERIFICATION_FAILED) from error
    if as_json:
        found = {"verified": True, "size": checkpoint.size, "root": checkpoint.root.hex()}
        print_json({**found, "origin": checkpoint.origin})
    else:
        root = checkpoint.root.hex()
        click.echo(
            f"Verified: {checkpoint.origin}, {checkpoint.size:,} entries, root {root}."
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
