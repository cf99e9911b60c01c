"""`receipt`, `bundle` and `verifier`: what one person takes away, and gives to strangers."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import click

from beforehand.cli.options import entry_of, open_app, register_argument
from beforehand.record.custody import Reason
from beforehand.refusal import InputError


@click.command("receipt")
@register_argument
@click.argument("entry")
@click.option("--out", type=click.Path(path_type=Path), help="Write it here; not printed.")
def receipt_command(register: Path, entry: str, *, out: Path | None) -> None:
    """Print the receipt of ENTRY (its number or id): a tlog-proof under a signed checkpoint."""
    from beforehand.app.bundles import receipt_of  # keeps --help quick
    from beforehand.app.sealing import find_entry

    with open_app(register) as app:
        index, _ = find_entry(app, entry_of(entry))
        text = receipt_of(app, index)
    if out is None:
        click.echo(text, nl=False)
    else:
        _require_free(out, force=False)
        out.write_text(text, encoding="utf-8")
        click.echo(f"{out} is the receipt of entry {index:,}.")


@click.command("bundle")
@register_argument
@click.argument("entry")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="The zip to write."
)
@click.option(
    "--part", "parts", multiple=True, help="Disclose this sealed part in it; may repeat."
)
@click.option("--as", "actor", help="The person to whom sealed parts are opened.")
@click.option("--reason", type=click.Choice(get_args(Reason)), help="Why they are opened.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def bundle_command(
    register: Path,
    entry: str,
    *,
    out: Path,
    parts: tuple[str, ...],
    actor: str | None,
    reason: Reason | None,
    force: bool,
) -> None:
    """Write the evidence of ENTRY (its number or id) as one zip, for a stranger to check offline.

    Unzipped, it is checked with `python verify.py .` and a look at its index.html.
    """
    from beforehand.app.bundles import bundle_of  # keeps --help quick
    from beforehand.ledger.durable import write_file

    _require_free(out, force=force)
    if parts and (actor is None or reason is None):
        raise InputError(
            where="--part", expected="--as PERSON and --reason beside it", got="not both"
        )
    with open_app(register) as app:
        data = bundle_of(app, entry_of(entry), parts=parts, actor=actor, reason=reason)
    write_file(out, data)
    click.echo(f"{out} holds the evidence. Unzip it and run: python verify.py .")
    if parts:
        click.echo(f"It discloses {', '.join(parts)} to whoever has the file.", err=True)


@click.command("verifier")
def verifier_command() -> None:
    """Print the stand-alone verifier, verify.py: it needs Python and `cryptography`, and no us."""
    from beforehand.ledger.bundle import verifier  # keeps --help quick

    click.echo(verifier(), nl=False)


def _require_free(path: Path, *, force: bool) -> None:
    if path.exists() and not (force and path.is_file()):
        raise InputError(
            where=str(path), expected="a name that is not taken", got="one that is"
        )
