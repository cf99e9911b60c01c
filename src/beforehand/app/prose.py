"""The words of a register: what the documents say that the ledger names by digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from beforehand.oversight import casefile
from beforehand.record.encoding import recorded, sealed_away

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from beforehand.app.registers import App

_LONGEST = 2**16  # bytes of a text that is shown whole; a longer one is a report


def words(app: App) -> Mapping[str, Mapping[str, str | None]]:
    """Return the prose of each item, from the documents that the ledger names by digest."""
    view = app.view()
    if view.reported.case is not None:
        data = app.document(view.reported.case.file)
        return casefile.prose(casefile.read_case(data, app.settings.register))
    for _, data in app.ledger.entries(0, 1):
        opened = recorded(0, data, unseal=sealed_away).fact
        document = getattr(opened, "document", None)
        if document is not None:
            names = yaml.safe_load(app.document(document))
            return {str(item): {"name": str(name)} for item, name in names.items()}
    return {}


def plain_texts(app: App, documents: Iterable[str]) -> dict[str, str | None]:
    """Return documents as text, by digest; None for one that is none, or is long."""
    return {one: _plain(app.document(one)) for one in documents}


def _plain(document: bytes) -> str | None:
    if len(document) > _LONGEST:
        return None
    try:
        text = document.decode().strip()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text or None
