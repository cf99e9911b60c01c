"""`assessment`: check, show, compare and copy the papers of the privacy review."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from beforehand.cli.options import open_app, read_file, register_argument
from beforehand.cli.output import json_option, print_json, say
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beforehand.app.assessing import Compared, Shown
    from beforehand.documents.screening import Screening

id_argument = click.argument("assessment", metavar="ID")
_WIDTH = 96
file_argument = click.argument("file", type=click.Path(path_type=Path))


@click.group("assessment")
def assessment_command() -> None:
    """Check, show, compare and copy assessments and threshold analyses."""


@assessment_command.command("template")
@click.argument("name")
def template_command(name: str) -> None:
    """Print the empty form of the template NAME, with guidance and an example for each question."""
    from beforehand.documents.form import empty_form  # keeps --help quick
    from beforehand.documents.template import named

    click.echo(empty_form(named(name, where="NAME")), nl=False)


@assessment_command.command("check")
@file_argument
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write the canonical form, which a register keeps, to this new file.",
)
@json_option
def check_command(file: Path, *, out: Path | None, as_json: bool) -> None:
    """Check the answers in FILE, and say the digest of their canonical form.

    Exits 2 with every fault by the number of its question.
    """
    from hashlib import sha256

    from beforehand.documents.answers import canonical  # keeps --help quick
    from beforehand.documents.checking import FaultyAnswersError, checked
    from beforehand.documents.screening import screen

    try:
        answers = checked(read_file(file), str(file))
    except FaultyAnswersError as error:
        if as_json:
            print_json({"template": error.template, "faults": error.faults})
        raise
    data = canonical(answers)
    digest = sha256(data).hexdigest()
    screening = screen(answers) if answers.template.kind == "threshold" else None
    if out is not None:
        write_new(out, data)
    if as_json:
        found = {"template": answers.template.name, "faults": [], "document": digest}
        print_json({**found, "screening": screening})
        return
    click.echo(f"Every question of {answers.template.name} is answered.")
    click.echo(f"Digest of the canonical form: {digest}")
    if out is None:
        say("Write that form with --out NEW: it is what `submit --document` takes.")
    if screening is not None:
        click.echo("\n".join(_screening(screening)))


@assessment_command.command("show")
@register_argument
@id_argument
@json_option
def show_command(register: Path, assessment: str, *, as_json: bool) -> None:
    """Show the assessment ID as it stands: text, terms, state, digest, and who signed what."""
    from beforehand.app.assessing import shown  # keeps --help quick

    with open_app(register) as app:
        found = shown(app, assessment)
    if as_json:
        print_json(found)
    else:
        click.echo("\n".join(_shown(found)))


@assessment_command.command("diff")
@register_argument
@id_argument
@click.option(
    "--from", "before", help="A digest of text and terms; the last approved if not given."
)
@click.option("--to", "after", help="Another; the draft as it stands if not given.")
@click.option(
    "--file",
    type=click.Path(path_type=Path),
    help="A file to stand in for the draft's text, before it is submitted.",
)
@json_option
def diff_command(
    register: Path,
    assessment: str,
    *,
    before: str | None,
    after: str | None,
    file: Path | None,
    as_json: bool,
) -> None:
    """Compare two drafts of the assessment ID, question by question and term by term.

    What is printed is what an approval would bind.
    """
    from beforehand.app.assessing import compared  # keeps --help quick

    if after is not None and file is not None:
        raise InputError(where="--file", expected="no --to beside it", got=repr(after))
    data = None if file is None else read_file(file)
    with open_app(register) as app:
        found = compared(app, assessment, before=before, after=after, file=data)
    if as_json:
        print_json(found)
    else:
        click.echo("\n".join(_compared(found)))


@assessment_command.command("duplicate")
@register_argument
@id_argument
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="The new file to write; never over another.",
)
def duplicate_command(register: Path, assessment: str, *, out: Path) -> None:
    """Write the answers of the assessment ID to a new file, to start another from.

    Officials, date and signature are left empty.
    """
    from beforehand.app.assessing import duplicated  # keeps --help quick

    with open_app(register) as app:
        text = duplicated(app, assessment)
    write_new(out, text.encode())
    click.echo(f"Wrote {out}; whoever is responsible for it now has yet to be named in it.")


def write_new(path: Path, data: bytes) -> None:
    """Write a file that is not there yet. Raises InputError."""
    try:
        with path.open("xb") as file:
            file.write(data)
    except OSError as error:
        raise InputError(
            where=str(path),
            expected="a new file in a folder that is there",
            got=error.strerror or "another",
        ) from error


# -- words -------------------------------------------------------------------------------


def _screening(found: Screening) -> Iterable[str]:
    because = f" (from {', '.join(found.because)})" if found.because else ""
    for what, needed in (
        ("Information about individuals", found.identifiable),
        ("An impact assessment is needed", found.needs_pia),
        ("A system of records notice is needed", found.needs_sorn),
    ):
        yield f"{what}: {'yes' if needed else 'no'}"
    yield f"This follows from the choices alone{because}."


def _shown(found: Shown) -> Iterable[str]:
    title = f"  {found.title}" if found.title else ""
    until = f", until {found.expires}" if found.expires else ""
    yield f"{found.assessment}{title}"
    yield f"Template: {found.template or 'none; the text is prose'}"
    yield f"State: {found.status}{until}; this text: {found.stage}"
    yield f"Text and terms: {found.digest}"
    yield f"Text alone: {found.document}"
    yield f"Office: {found.office}; threshold analysis: {found.threshold}"
    if found.screening is not None:
        yield from _screening(found.screening)
    section = ""
    for part in found.text:
        if part.section != section:
            section = part.section
            yield from ("", section) if section else ()
        yield ""
        yield f"{part.number}  {part.asks}".rstrip()
        yield from _indented(part.choice or "")
        yield from _indented(part.answer or "(not answered)")
    yield ""
    yield "Terms"
    for term, value in msgspec.json.decode(msgspec.json.encode(found.terms)).items():
        yield f"  {term}: {_plain(value)}"
    yield ""
    yield "Risks"
    for risk in found.risks:
        before = f"likelihood {risk.likelihood}, severity {risk.severity}"
        left = f"left {risk.likelihood_left}, {risk.severity_left}"
        yield f"  {risk.risk}: {before}; {left}; {_plain(list(risk.mitigations))}"
    yield from () if found.risks else ("  none named",)
    yield ""
    yield "Mitigations"
    for one in found.mitigations:
        state = "done" if one.done else f"due {one.due}"
        yield f"  {one.mitigation}: {state}, by {one.owner}"
    yield ""
    yield "Opinions on this text"
    for body, outcome in found.opinions.items():
        yield f"  {body.replace('_', ' ')}: {(outcome or 'none').replace('_', ' ')}"
    yield ""
    yield "Remarks"
    for remark in found.remarks:
        state = "resolved" if remark.resolved else "open"
        yield f"  {remark.thread} on {remark.section}, by {remark.by}: {state}"
    yield from () if found.remarks else ("  none",)
    yield ""
    yield "Who signed what"
    for step in found.signed:
        which = "this text" if step.this_text else f"the text {step.digest}"
        of = which if step.digest else "all of it"
        yield f"  Entry {step.entry:,}, {step.at[:19]}: {step.did} by {step.by}, {of}"


def _indented(text: str) -> Iterable[str]:
    for line in text.split("\n") if text else ():
        yield (
            textwrap.fill(line, _WIDTH, initial_indent="    ", subsequent_indent="    ")
            if line
            else ""
        )


def _compared(found: Compared) -> Iterable[str]:
    yield f"From {found.before or 'nothing, since nothing was approved yet'}"
    yield f"To   {found.to}" + (f", with the text {found.file}" if found.file else "")
    if found.changes.is_nothing:
        yield "They bind the same text and terms."
    for change in found.changes.text:
        yield ""
        yield f"{change.part}  {change.how}"
        yield from (f"  - {line}" for line in change.gone)
        yield from (f"  + {line}" for line in change.came)
    for term in found.changes.terms:
        yield ""
        yield f"terms: {term.term}"
        yield f"  - {_plain(term.before)}"
        yield f"  + {_plain(term.after)}"


def _plain(value: object) -> str:
    match value:
        case str():
            return value
        case None:
            return "none"
        case []:
            return "nothing"
        case list() if all(isinstance(one, str) for one in value):
            return ", ".join(value)
        case _:
            return msgspec.json.encode(value).decode()
