"""`sample`: the questions that a supervisor is to read; `ask-supplier`: a link that opens once."""

from __future__ import annotations

from pathlib import Path

import click

from beforehand.cli.options import open_app, read_file, register_argument
from beforehand.cli.output import json_option, print_json, print_table


@click.command("sample")
@register_argument
@click.option("--as", "person", required=True, help="The id of the supervisor.")
@click.option("--office", required=True, help="The office whose questions are read.")
@click.option("--dataset", required=True, help="The dataset that they were put to.")
@json_option
def sample_command(
    register: Path, *, person: str, office: str, dataset: str, as_json: bool
) -> None:
    """Draw the questions that a review must judge; the draw is recorded.

    Those that show a pattern are always among them: a look at one's own places or at a
    coworker's, or no case. `review-use` judges each; `unseal` opens one, and is recorded.
    """
    from beforehand.app.sampling import draw_sample  # keeps --help quick

    with open_app(register) as app:
        drawn = draw_sample(app, office=office, dataset=dataset, actor=person)
    if as_json:
        print_json(drawn)
        return
    print_table(
        f"Entry {drawn.entry:,}: sample {drawn.sample}, {len(drawn.questions):,} of"
        f" {drawn.asked:,} questions since the last review",
        ("Entry", "Question", "At", "By", "Request", "Purpose", "Shows"),
        (
            (
                f"{one.entry:,}",
                one.question,
                one.at[:16].replace("T", " "),
                one.by,
                one.request,
                one.purpose,
                ", ".join(one.flags).replace("_", " "),
            )
            for one in drawn.questions
        ),
    )
    click.echo(
        "Judge each in a `review-use` act that names this sample: in_order, explained or"
        " referred. A question that shows something is explained or referred."
    )


@click.command("ask-supplier")
@register_argument
@click.argument("act", type=click.Path(path_type=Path))
@click.option(
    "--document",
    type=click.Path(path_type=Path),
    help="Keep this file, the questions in full, which the act names by its SHA-256.",
)
@json_option
def ask_supplier_command(
    register: Path, act: Path, *, document: Path | None, as_json: bool
) -> None:
    """Put the questions in ACT (JSON, without `link`) to a supplier.

    It prints a secret, once: with it the supplier answers, a single time, by the act
    `answer-as-supplier`. Only its digest is kept.
    """
    from beforehand.app.inquiring import ask_supplier  # keeps --help quick

    with open_app(register) as app:
        if document is not None:
            app.keep_document(read_file(document))
        sent = ask_supplier(app, read_file(act), where=str(act))
    if as_json:
        print_json(sent)
        return
    click.echo(f"Entry {sent.entry:,}: inquiry {sent.inquiry} to {sent.supplier}.")
    click.echo(f"The supplier's secret, shown this once: {sent.token}")
    click.echo(f"It opens one answer until {sent.expires}.")
