"""`audit`: hold a public record against the safeguards."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from beforehand.cli.options import read_file
from beforehand.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from beforehand.oversight.findings import Audit


@click.command("audit")
@click.argument("case", type=click.Path(path_type=Path))
@click.option(
    "--register",
    type=click.Path(path_type=Path),
    help="Keep the register that is made of it in this new folder.",
)
@json_option
def audit_command(case: Path, *, register: Path | None, as_json: bool) -> None:
    """Audit the case file CASE (YAML; see docs/reference/case-file.md)."""
    from beforehand.app.overseeing import audit_case, take_case  # quick --help

    data = read_file(case)
    with tempfile.TemporaryDirectory(prefix="beforehand-") as temporary:
        folder = register or Path(temporary) / "register"
        with take_case(data, name=str(case), folder=folder) as app:
            result = audit_case(app)
    if as_json:
        print_json(result)
    else:
        print_audit(result)


def print_audit(result: Audit) -> None:
    """Print what an audit says: findings, statements, counts, and what cannot be shown."""
    fails = [one for one in result.findings if one.verdict == "fails"]
    print_table(
        f"Findings of {result.case}: what fails, in every reading of its dates",
        ("Who, what, when", "Safeguard and law", "Because", "Would pass", "Mark, sources"),
        (
            (
                f"{one.office}\n{one.subject}\n{one.act} {one.when}",
                f"{one.safeguard}\n{one.cites}",
                "\n".join(one.because[1:]),
                one.remedy,
                "\n".join((one.confidence, *one.sources)),
            )
            for one in fails
        ),
    )
    undecided = [one for one in result.findings if one.verdict == "undecidable"]
    by_safeguard: dict[str, list[str]] = {}
    for one in undecided:
        by_safeguard.setdefault(one.safeguard, []).append(one.subject)
    print_table(
        "Cannot be decided on this record",
        ("Safeguard", "Of", "Why"),
        (
            (
                name,
                ", ".join(subjects),
                next(one for one in undecided if one.safeguard == name).because[-1],
            )
            for name, subjects in by_safeguard.items()
        ),
    )
    _print_statements(result)
    _print_recommendations(result)
    _print_rest(result)


def _print_statements(result: Audit) -> None:
    print_table(
        "Statements, held against the rest of the record",
        ("Office", "Statement", "Verdict", "Rests on", "Open", "Why"),
        (
            (
                one.office,
                one.id,
                one.verdict,
                ", ".join(one.because) or "-",
                ", ".join(one.open) or "-",
                one.why,
            )
            for one in result.statements
        ),
    )


def _print_recommendations(result: Audit) -> None:
    for report in result.recommendations:
        print_table(
            f"Recommendations of {report.report}: {report.stated} stated, {report.named} named;"
            f" {report.open_stated} open, of which {len(report.open_named)} are identified",
            ("Number", "To", "State", "As of", "Answer", "Due", "Text"),
            (
                (
                    str(one.number or "unknown"),
                    one.to or "unknown",
                    one.status.replace("_", " "),
                    one.status_as_of or "unknown",
                    (one.response or "unknown").replace("_", "-"),
                    one.due or "unknown",
                    "known" if one.text_known else "unknown",
                )
                for one in report.each
            ),
        )


def _print_rest(result: Audit) -> None:
    tally = {word: result.tally(word) for word in ("passes", "fails", "undecidable")}
    lines = [
        f"{tally['fails']} fail, {tally['undecidable']} cannot be decided, {tally['passes']} pass.",
        f"{result.not_asked} further safeguards were not asked: no public record can speak to them.",
    ]
    for count in result.counts:
        held = count.why
        if count.certain is not None and count.possible is not None:
            span = f"{count.certain} to {count.possible} of {count.stated}"
            held = f"the record can name {span}. {count.why}"
        lines.append(f"Count {count.id}: {held}")
    lines += [
        f"Question {one.id} to {one.to}, about {', '.join(one.about or ('something unknown',))}:"
        " no answer is reported."
        for one in result.unanswered
    ]
    lines += [
        "What this record cannot show:",
        *(f"  - {one}" for one in result.cannot_show),
    ]
    for line in lines:
        click.echo(line)
