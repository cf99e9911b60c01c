"""Rendering: pages from templates, tables as JSON and CSV, one stylesheet.

Links are relative and end in a file name, so that the register reads the same from a disk.
Nothing here needs a script, a cookie or an inline style: the strictest policy of a server
does not break a page.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from itertools import chain
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from beforehand.register import (
    contract_pages,
    downloads,
    finding_pages,
    ledger_pages,
    live_pages,
    record_pages,
    text,
)
from beforehand.register.coverage import timelines
from beforehand.register.home import home
from beforehand.register.lookup import Lookup, finding_path
from beforehand.register.page import Edition, Page
from beforehand.register.tables import pretty

if TYPE_CHECKING:
    from beforehand.oversight.findings import Finding
    from beforehand.register.site import Site
    from beforehand.register.tables import Table

FILES = ("style.css", "icon.svg")


def render(site: Site) -> dict[str, bytes]:
    """Return every file of the register, by path from its first folder.

    Raises ValueError for an id that cannot name a file, or for two pages of one address.
    """
    edition = Edition(site=site, look=Lookup(site), lines=timelines(site))
    tables = downloads.tables(site, edition.lines)
    every = list(_pages(edition, tables))
    written = {one: _file(one) for one in FILES}
    for page in every:
        if page.path in written:
            raise ValueError(f"expected each page once, got {page.path} twice")
        written[page.path] = _write(page, every, edition)
    for table in tables:
        written[f"data/{table.name}.json"] = table.json()
        written[f"data/{table.name}.csv"] = table.csv()
    written["data/index.json"] = pretty(downloads.index(site, tables))
    return written


def _pages(edition: Edition, tables: tuple[Table, ...]) -> chain[Page]:
    """Pages in the order of the menu."""
    own = record_pages if edition.site.about == "record" else live_pages
    return chain(
        [home(edition)],
        finding_pages.pages(edition),
        contract_pages.pages(edition),
        own.pages(edition),
        ledger_pages.pages(edition),
        [
            Page(
                path="downloads/index.html",
                template="downloads.html",
                title="Downloads",
                menu="Downloads",
                values={"tables": tables, "null": tables[0].null},
            )
        ],
    )


def _write(page: Page, every: list[Page], edition: Edition) -> bytes:
    look = edition.look

    def labels(items: tuple[str, ...]) -> str:
        return ", ".join(look.label(one) for one in items)

    def permalink(finding: Finding) -> str:
        return finding_path(finding.subject, finding.safeguard)

    written = (
        _templates()
        .get_template(page.template)
        .render(
            site=edition.site,
            look=look,
            text=text,
            labels=labels,
            permalink=permalink,
            root=page.root,
            title=page.title,
            page_path=page.path,
            pages=[(one.path, one.menu) for one in every if one.menu],
            **page.values,
        )
    )
    return written.encode()


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("beforehand.register"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _file(name: str) -> bytes:
    return (resources.files("beforehand.register") / "templates" / name).read_bytes()
