"""`demo`: the whole of Beforehand in one run, on nothing but what ships."""

from __future__ import annotations

import json
import os
import shutil
import sys
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import click

from beforehand.cli.asking import print_answer, print_left
from beforehand.cli.auditing import print_audit
from beforehand.cli.output import json_option, print_json, progress, say
from beforehand.cli.stories import (
    hold_to_account,
    print_story,
    say_replayed,
    told,
    try_wrongs,
)
from beforehand.refusal import InputError, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beforehand.app.sandbox import Sandbox
    from beforehand.gate.answer import Answer
    from beforehand.oversight.findings import Audit

CASE = "dhs-ctd"
SANDBOX = "sandbox"
SITE = "site"
WRONGS = "what-went-wrong"
ACCOUNT = "held-to-account"
PUBLISHED = {
    CASE: "The public record of commercial telemetry data at the Department of Homeland Security",
    SANDBOX: "The sandbox: an invented department and a synthetic city",
    ACCOUNT: "The sandbox held to account: each part of oversight, once",
}
DEVICES = 20_000
ANALYST = "p-maple"


@click.command("demo")
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("beforehand-demo"),
    show_default=True,
    help="Where to build; an earlier demo there is replaced when the new one is whole.",
)
@click.option("--no-serve", is_flag=True, help="Do not serve the registers at the end.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@json_option
def demo_command(folder: Path, *, no_serve: bool, port: int, as_json: bool) -> None:
    """Audit the DHS public record; then let one question through the gate of a sandbox."""
    from beforehand.app import clock  # keeps --help quick

    started = clock.monotonic()
    with _building(folder) as building:
        result = _build(building, as_json=as_json)
    seconds = round(clock.monotonic() - started, 1)
    if as_json:
        print_json({**result, "seconds": seconds})
    else:
        _print_end(folder, seconds)
    if not no_serve:
        from beforehand.cli.serving import serve  # keeps --help quick

        serve(folder / SITE, port=port, or_any=True)


def _build(building: Path, *, as_json: bool) -> dict[str, object]:
    say("1. Auditing the public record of the Department of Homeland Security ...")
    audit = _audit(building)
    if not as_json:
        print_audit(audit)
    say("2. Building the sandbox: an invented department and a synthetic city ...")
    refused, answer = _sandbox(building, as_json=as_json)
    say("4. Trying what went wrong elsewhere, in a register of its own ...")
    wrongs = try_wrongs(building / WRONGS, reported=building / CASE)
    if not as_json:
        print_story(
            "What went wrong elsewhere, and what it meets here", "Went wrong", wrongs
        )
    say("5. Holding what was promised and said against the record, in another ...")
    account = hold_to_account(building / ACCOUNT, site=building / SITE / ACCOUNT)
    if not as_json:
        print_story("Oversight, each part once", "Part", account)
    say("6. Publishing and verifying the registers ...")
    _publish(building)
    return {
        "audit": audit,
        "sandbox": {"refused": refused, "answered": _answered(answer)},
        "what_went_wrong": told(wrongs),
        "held_to_account": told(account),
        # A failed verification, or a replay that differs, has raised by now.
        "verified": True,
        "replayed": True,
    }


def _publish(building: Path) -> None:
    from beforehand.app.publishing import publish, verify  # keeps --help quick
    from beforehand.cli.options import open_app

    for name in PUBLISHED:
        with progress(f"publishing {name}"), open_app(building / name) as app:
            publish(app, building / SITE / name)
        vkey = building / name / "log.vkey"
        found = verify(
            building / SITE / name, vkey.read_text(encoding="ascii"), vkey_path=vkey, old=()
        )
        say(f"  Verified {found.origin}: {found.size:,} entries, root {found.root.hex()}.")
    _write_index(building / SITE)


def _audit(building: Path) -> Audit:
    from beforehand.app.overseeing import (  # keeps --help quick
        audit_case,
        replay_register,
        take_case,
    )

    file = resources.files("beforehand") / "cases" / f"{CASE}.yaml"
    with take_case(file.read_bytes(), name=f"{CASE}.yaml", folder=building / CASE) as app:
        audit = audit_case(app)
        replayed = replay_register(app)
    say_replayed(replayed)
    return audit


def _sandbox(building: Path, *, as_json: bool) -> tuple[dict[str, object], Answer]:
    from beforehand.app.asking import ask_question, left_for  # keeps --help quick
    from beforehand.app.overseeing import replay_register
    from beforehand.app.sandbox import Sandbox, today
    from beforehand.gate.engines.engine import Engine

    sandbox = Sandbox(building / SANDBOX, today=today(), devices=DEVICES)
    with sandbox.app:
        for refusal in sandbox.govern():
            say(
                f"  As it should be, a purchase before any assessment is refused:\n{refusal}"
            )
        with progress("making and taking in the city") as tell:
            snapshot = sandbox.take_in(tell)
        say(
            f"  Held: {snapshot.manifest.rows_stored:,} rows as snapshot {snapshot.digest[:16]}."
        )
        sandbox.request_use()
        question = sandbox.question(snapshot)
        data = json.dumps(question).encode()
        signed = json.dumps({"actor": ANALYST, **question}, indent=2)
        (building / SANDBOX / "question.json").write_text(signed, encoding="utf-8")
        _write_acts(building / SANDBOX, sandbox)
        say("3. Asking one question of the data ...")
        with Engine() as engine:
            try:
                ask_question(sandbox.app, data, actor=ANALYST, engine=engine)
            except Refusal as refusal:
                say(str(refusal))
                refused: dict[str, object] = {
                    "safeguards": [one.safeguard for one in refusal.unmet],
                    "entry": refusal.entry,
                }
            say("  The missing approvals are made; the same question again:")
            sandbox.approve_use()
            answer = ask_question(sandbox.app, data, actor=ANALYST, engine=engine)
        if not as_json:
            print_answer(answer)
            print_left(left_for(sandbox.app, data))
        replayed = replay_register(sandbox.app)
    say_replayed(replayed)
    return refused, answer


def _answered(answer: Answer) -> dict[str, object]:
    return {
        "entry": answer.entry,
        "rows": len(answer.cells),
        "hidden": answer.hidden,
        "rho": answer.rho_micro / 1e6,
        "delta": answer.delta_e15 / 1e15,
        "sigma": answer.sigma_milli / 1000,
    }


def _write_acts(folder: Path, sandbox: Sandbox) -> None:
    """Leave acts to try: an award to check, allowed and refused."""
    award = next(
        one for one in sandbox.story.acts if one["act"] == "award" and "expect" not in one
    )
    again = {**award, "contract": "c-2", "pilot": False}  # one pilot is enough
    for name, act in (
        ("award.json", again),
        ("award-uncovered.json", {**again, "assessment": None}),
    ):
        (folder / name).write_text(
            json.dumps(sandbox.filled(act), indent=2), encoding="utf-8"
        )


def _print_end(folder: Path, seconds: float) -> None:
    say(f"Done in {seconds} s. Read the registers: {folder / SITE / 'index.html'}")
    program = sys.argv[0] if Path(sys.argv[0]).name == "beforehand" else "beforehand"
    say("Try next:")
    say(f"  {program} check {folder / SANDBOX} {folder / SANDBOX / 'award.json'}")
    say(f"  {program} check {folder / SANDBOX} {folder / SANDBOX / 'award-uncovered.json'}")
    say(f"  {program} due {folder / CASE}")
    say(f"  {program} ask {folder / SANDBOX} {folder / SANDBOX / 'question.json'}")
    say(f"  {program} recommendations {folder / ACCOUNT}")
    say(f"  {program} radar {folder / ACCOUNT}")
    log = folder / SITE / SANDBOX / "log"
    say(f"  {program} verify {log} --vkey {folder / SANDBOX / 'log.vkey'}")


def _write_index(site: Path) -> None:
    from beforehand.register.shelf import shelf  # keeps --help quick

    for path, data in shelf(PUBLISHED).items():
        (site / path).write_bytes(data)


@contextmanager
def _building(folder: Path) -> Iterator[Path]:
    """Give a folder to build in, and put it in the place of `folder` once it is whole.

    An interrupted or failed run leaves `folder` as it was. Raises InputError where `folder`
    holds something that is no demo.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / SITE).is_dir():
        raise InputError(
            where=str(folder),
            expected="a new folder, or an earlier demo",
            got="other files",
            do="Name another folder with --dir.",
        )
    _sweep(folder)
    building = folder.with_name(f"{folder.name}.building-{os.getpid()}")
    replaced = folder.with_name(f"{folder.name}.replaced-{os.getpid()}")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    try:
        yield building
        if folder.exists():
            folder.rename(replaced)
        building.rename(folder)
    finally:
        if replaced.exists() and not folder.exists():
            replaced.rename(folder)
        shutil.rmtree(building, ignore_errors=True)
        shutil.rmtree(replaced, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Clear up after demos that were killed: put back what they had moved, delete the rest."""
    for left in folder.parent.glob(f"{folder.name}.*-*"):
        what, _, process = left.name.removeprefix(f"{folder.name}.").partition("-")
        if what not in ("building", "replaced") or not process.isdecimal():
            continue
        if Path(f"/proc/{process}").exists():
            continue
        if what == "replaced" and not folder.exists():
            left.rename(folder)
        else:
            shutil.rmtree(left)
