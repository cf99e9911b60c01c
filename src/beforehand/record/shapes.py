"""The shape that every decided fact has, and the closed lists of words that facts use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal, TypeAlias

import msgspec

Role = Literal[
    "administrator",
    "program_manager",
    "component_privacy_officer",
    "privacy_officer",
    "chief_privacy_officer",
    "contracting_officer",
    "counsel",
    "analyst",
    "supervisor",
    "data_steward",
    "inspector_general",
    "civil_liberties_officer",
    "senior_official",
]
OfficeKind = Literal[
    "department",
    "component",
    "unit",
    "privacy_office",
    "counsel",
    "inspector_general",
    "civil_liberties",
]
LegalBasis = Literal["statute", "warrant", "court_order", "consent", "exigency"]


Opened: TypeAlias = Mapping[str, object]
"""Sealed part -> its value, of the parts that could be opened; empty without the vault."""


class Fact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """What every kind of fact has: its names, and which field is its subject."""

    kind: ClassVar[str] = ""
    kv: ClassVar[int] = 1
    act: ClassVar[str] = ""
    about: ClassVar[str] = ""
    sealed: ClassVar[tuple[str, ...]] = ()

    @property
    def subject(self) -> str:
        return str(getattr(self, self.about))


class Dropped(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: str
    rows: int
