"""What an import tells the person who asked for it."""

from __future__ import annotations

from typing import Literal

import msgspec

from beforehand.oversight.outside.landing import Landed


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """One file.

    state           imported; already there, so that nothing changed; or tried, so that
                    nothing was written
    awards_before   how many awards were known before it; `awards`: and after
    not_in_file     of a case file: items on record that this one no longer names; they stay
    """

    file: str
    name: str
    state: Literal["imported", "already", "tried"]
    entry: int | None
    awards_before: int
    awards: int
    landed: Landed
    not_in_file: tuple[str, ...] = ()
