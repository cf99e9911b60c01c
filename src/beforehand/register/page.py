"""One page, before it is written: its address, its template and what the template needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from beforehand.register.lookup import Lookup
    from beforehand.register.site import Site
    from beforehand.register.timeline import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`menu`: its label among the pages that every page links to; "" for a page below those."""

    path: str
    template: str
    title: str
    menu: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def root(self) -> str:
        """The way from this page to the register's first folder."""
        return "../" * self.path.count("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What every page is written from: the site, its names and addresses, its timelines."""

    site: Site
    look: Lookup
    lines: Mapping[str, Timeline]
