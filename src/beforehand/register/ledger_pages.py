"""Safeguards and the ledger: what decides, and what was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beforehand.register.lookup import ENTRIES_A_PAGE
from beforehand.register.page import Edition, Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beforehand.register.site import EntryRow

# Entries are mostly digests, which do not compress: so much text keeps a page under 200 kB.
TEXT_A_PAGE = 250_000


def pages(edition: Edition) -> Iterator[Page]:
    yield Page(
        path="safeguards/index.html",
        template="safeguards.html",
        title="Safeguards",
        menu="Safeguards",
    )
    entries = edition.site.entries
    chunks = [
        entries[first : first + ENTRIES_A_PAGE]
        for first in range(0, len(entries), ENTRIES_A_PAGE)
    ]
    paths = [f"ledger/entries-{number}.html" for number in range(len(chunks))]
    yield Page(
        path="ledger/index.html",
        template="ledger.html",
        title="Ledger",
        menu="Ledger",
        values={
            "entry_pages": [
                (path, rows[0].index, rows[-1].index)
                for path, rows in zip(paths, chunks, strict=True)
            ]
        },
    )
    for path, before, after, rows in zip(
        paths, ["", *paths], [*paths[1:], ""], chunks, strict=False
    ):
        yield Page(
            path=path,
            template="entries.html",
            title=f"Ledger entries {rows[0].index:,} to {rows[-1].index:,}",
            values={
                "rows": with_text(rows),
                "before": before,
                "after": after,
                "refused": sum(1 for one in rows if one.unmet),
            },
        )


def with_text(rows: tuple[EntryRow, ...]) -> list[tuple[EntryRow, bool]]:
    """Say of each entry whether its text still fits on the page; all texts are in the data."""
    left = TEXT_A_PAGE
    found = []
    for one in rows:
        left -= len(one.text)
        found.append((one, left >= 0))
    return found
