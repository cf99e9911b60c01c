"""`submit` and `check`: put an act to the safeguards, or ask what they would say."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from beforehand.cli.options import open_app, read_file, register_argument
from beforehand.cli.output import json_option, print_json, say
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from beforehand.app.registers import App, Receipt
    from beforehand.record.acts import Act

act_argument = click.argument("act", type=click.Path(path_type=Path))


@click.command("submit")
@register_argument
@act_argument
@click.option("--dry-run", is_flag=True, help="Say what would be refused; write nothing.")
@click.option(
    "--document",
    "documents",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Keep this file, which the act names by its SHA-256; may be given several times.",
)
@json_option
def submit_command(
    register: Path, act: Path, *, dry_run: bool, documents: tuple[Path, ...], as_json: bool
) -> None:
    """Submit the act in ACT (JSON). A refusal exits 3 and stands on the ledger."""
    from beforehand.app.registers import NoDocumentError, describe  # keeps --help quick
    from beforehand.record.acts import by_hand
    from beforehand.refusal import Refusal

    proposed = by_hand(read_file(act), where=str(act))
    kept = [read_file(one) for one in documents]
    try:
        with open_app(register) as app:
            if dry_run:
                if unmet := app.check(proposed, documents=kept):
                    raise Refusal(what=describe(proposed), unmet=unmet, entry=None)
                click.echo(f"It would be allowed: {describe(proposed)}.")
                return
            receipt = _submitted(app, proposed, kept)
    except NoDocumentError as error:
        _say_digests(documents, kept)
        raise error from None
    if as_json:
        print_json({"entry": receipt.entry, "id": receipt.id, "at": receipt.at})
    else:
        click.echo(f"Entry {receipt.entry:,}: {describe(proposed)}.")


def _submitted(app: App, act: Act, documents: list[bytes]) -> Receipt:
    """Keep the documents and submit; where the act is not possible, they go again.

    A refusal leaves them: it is an entry, and what was refused named them.
    """
    from beforehand.app.recording import Keeping  # keeps --help quick

    kept = Keeping(app)
    for one in documents:
        kept.document(one)
    try:
        return app.submit(act)
    except InputError:
        kept.take_away()
        raise


def _say_digests(names: tuple[Path, ...], documents: list[bytes]) -> None:
    """Say what the act would have to name: the digest of a file is seen nowhere else."""
    for name, data in zip(names, documents, strict=True):
        say(f"{name} has the SHA-256 {hashlib.sha256(data).hexdigest()}")


@click.command("check")
@register_argument
@act_argument
@click.option(
    "--page",
    type=click.Path(path_type=Path),
    help="Write the certificate as a page to print.",
)
@json_option
def check_command(register: Path, act: Path, *, page: Path | None, as_json: bool) -> None:
    """Ask before the act in ACT (JSON), an award above all: what is refused, or a certificate.

    Nothing is written to the register. A refusal exits 3.
    """
    from beforehand.app.certificates import certify  # keeps --help quick
    from beforehand.record.acts import by_hand
    from beforehand.register.certificate import certificate_page

    proposed = by_hand(read_file(act), where=str(act))
    with open_app(register) as app:
        checked = certify(app, proposed)
    if as_json:
        print_json(checked)
    if checked.unmet:
        say(checked.words)
        raise click.exceptions.Exit(3)
    if page is not None:
        page.write_bytes(certificate_page(checked))
        say(f"The certificate to print is {page}.")
    if not as_json:
        click.echo(checked.words)
