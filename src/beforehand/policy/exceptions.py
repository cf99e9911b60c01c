"""Exceptions on record, said wherever they bear: they change what is read, never the answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from beforehand.record.deletion import texts

if TYPE_CHECKING:
    from beforehand.record.acts import Act
    from beforehand.record.view import RecordView
    from beforehand.refusal import Unmet


def with_exceptions(
    view: RecordView, act: Act, unmet: tuple[Unmet, ...], *, at: str
) -> tuple[Unmet, ...]:
    """Return what is unmet, each with the exceptions in force on something that the act names."""
    if not view.buying.exceptions:
        return unmet
    named = frozenset({act.actor, *texts(msgspec.to_builtins(act.fact))})
    bearing = view.buying.exceptions_on(named, at[:10])
    return tuple(
        replace(one, noted=tuple(_said(view, name) for name in bearing[one.safeguard]))
        if one.safeguard in bearing
        else one
        for one in unmet
    )


def _said(view: RecordView, name: str) -> str:
    told = view.buying.exceptions[name].recorded
    return (
        f"Exception {name} of {told.official}, on {told.on} until {told.last_day}, is on"
        " record. It is not a permit."
    )
