"""What strangers do with what the story of oversight hands them: they check it, and take it in."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from beforehand.app.importing import import_file
from beforehand.app.overseeing import found
from beforehand.app.registers import App
from beforehand.app.stories import expect
from beforehand.record.acts import Act
from beforehand.record.facts import PersonAppointed
from beforehand.settings import Settings

if TYPE_CHECKING:
    from beforehand.app.exporting import Exported

_ROOT, _READER = "p-root", "p-reader"


def verified_offline(bundle: Path, vkey: Path) -> str:
    """Return what the stand-alone verifier in an absence says of it, run as a stranger runs it.

    Raises AssertionError where it does not verify.
    """
    with TemporaryDirectory(prefix="beforehand-") as name:
        folder = Path(name)
        with zipfile.ZipFile(bundle) as packed:
            packed.extractall(folder)
        command = [sys.executable, "verify.py", ".", "--absence", "--vkey"]
        done = subprocess.run(  # noqa: S603  # what was just written
            [*command, str(vkey.resolve())],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    expect(done.returncode == 0, "an absence that verifies", done.stderr, bundle.name)
    return done.stdout.splitlines()[0]


def taken_back(written: Iterable[Exported]) -> None:
    """Import files into a register of somebody else. Raises AssertionError if a row is lost."""
    with TemporaryDirectory(prefix="beforehand-") as name, _elsewhere(Path(name)) as other:
        for one in written:
            path = Path(str(one.path))
            landed = import_file(
                other, path, actor=_READER, told=lambda _rows, _share: None
            ).landed
            # The first form of a list is new there; every other says the same.
            came = landed.count("new" if one.form == "csv" else "same")
            expect(came == one.rows, one.rows, came, path.name)


@contextmanager
def _elsewhere(folder: Path) -> Iterator[App]:
    """A register of somebody else, gone afterwards."""
    settings = Settings(
        folder=folder / "elsewhere",
        register="elsewhere",
        title="A register of somebody else (invented)",
        origin="beforehand.invalid/elsewhere",
        about="live",
    )
    with App.create(settings) as other:
        document = other.keep_document(b"invented")
        found(
            other,
            register="elsewhere",
            department="elsewhere",
            document=document,
            administrator=_ROOT,
        )
        fact = PersonAppointed(
            person=_READER,
            office="elsewhere",
            roles=("privacy_officer",),
            account="individual",
        )
        sealed = {"name": "A reader (invented)"}
        other.submit(Act(actor=_ROOT, fact=fact, sealed=sealed))
        yield other
