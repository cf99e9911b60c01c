"""The page that several registers published side by side begin with."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def shelf(titles: Mapping[str, str]) -> dict[str, bytes]:
    """Return the page that leads to each register: folder -> its title in words."""
    links = "\n".join(
        f'<li><a href="{escape(folder)}/index.html">{escape(title)}</a></li>'
        for folder, title in titles.items()
    )
    # Each register brings the one stylesheet with it.
    style = "".join(
        f'<link rel="stylesheet" href="{escape(folder)}/style.css">'
        for folder in list(titles)[:1]
    )
    page = f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Registers published by Beforehand</title>{style}</head>
<body>
<main>
<h1>Registers published by Beforehand</h1>
<p>Each register is a folder of static files with its own ledger, which anyone can verify.</p>
<ul>
{links}
</ul>
</main>
</body>
</html>
"""
    return {"index.html": page.encode()}
