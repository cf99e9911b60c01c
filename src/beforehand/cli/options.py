"""Arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from beforehand.refusal import InputError

if TYPE_CHECKING:
    from beforehand.app.registers import App

register_argument = click.argument("register", type=click.Path(path_type=Path))


def open_app(register: Path) -> App:
    from beforehand.app.registers import App  # keeps --help quick

    return App.open(register)


def entry_of(text: str) -> int | str:
    """Return what names an entry: its number, or else its id."""
    return int(text) if text.isascii() and text.isdigit() else text


def read_text(path: Path) -> str:
    """Return a file's text. Raises InputError."""
    try:
        return read_file(path).decode()
    except UnicodeDecodeError as error:
        raise InputError(where=str(path), expected="text", got="other bytes") from error


def read_file(path: Path) -> bytes:
    """Return a file's bytes. Raises InputError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            where=str(path),
            expected="a file that can be read",
            got=error.strerror or "none",
        ) from error
