"""The page for who oversees and who answers, from first to last in the sandbox."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from beforehand.app.noting import asked, oversee, standing
from beforehand.app.overseeing import replay_register
from beforehand.record.acts import by_hand
from beforehand.refusal import Refusal

if TYPE_CHECKING:
    from beforehand.app.registers import App

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "oversight.md"
ZEROS = "0" * 64


def acts(app: App) -> list[dict[str, object]]:
    """Return the acts of the page, with a document that is kept for the reader's own."""
    blocks = re.findall(r"^```json\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    kept = app.keep_document(b"what the page leaves to its reader (invented)")
    return [json.loads(one.replace(ZEROS, kept)) for one in blocks]


def submit(app: App, given: dict[str, object]) -> None:
    app.submit(by_hand(json.dumps(given).encode(), where=PAGE.name))


def test_every_act_of_the_page_is_taken_in_its_order(app: App) -> None:
    for one in acts(app):
        submit(app, one)
    assert oversee(app).silent == ()
    (told,) = standing(app).recommendations
    assert (told.status, told.resolution, told.holds) == ("closed", "agreed", "holds")
    found = asked(app)
    assert [one.state for one in found.queries] == ["withheld"]
    assert [one.no_record for one in found.redress] == [1]
    assert replay_register(app).same


@pytest.mark.parametrize("actor", ["p-fir", "p-birch", "p-alder"])
def test_nobody_but_the_body_closes_what_it_recommended(app: App, actor: str) -> None:
    page = acts(app)
    last = next(n for n, one in enumerate(page) if one["act"] == "close-recommendation")
    for one in page[:last]:
        submit(app, one)
    with pytest.raises(Refusal) as refusal:
        submit(app, {**page[last], "actor": actor})
    assert "answering.by-body" in {one.safeguard for one in refusal.value.unmet}
