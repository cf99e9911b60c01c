"""The how-tos: their acts are acts, their commands could run, each post has its page."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import pytest

from beforehand.policy.sets import baseline
from beforehand.record.acts import by_hand, decode_act
from beforehand.record.shapes import Role

FOLDER = Path(__file__).parents[2] / "docs" / "how-to"
PAGES = sorted(FOLDER.glob("*.md"))
INDEX = FOLDER / "README.md"
ZEROS = "0" * 64  # a digest that the reader puts in
# They do one thing of another post's page, and the index says which.
WITHOUT_PAGE = {"civil_liberties_officer", "senior_official"}
# Pages for several posts together, which the index names in a sentence.
FOR_SEVERAL = {"oversight"}

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path) -> list[str]:
    return re.findall(r"^```json\n(.*?)^```$", text(page), flags=re.MULTILINE | re.DOTALL)


@each_page
def test_every_act_of_a_page_is_one_that_a_person_could_submit(page: Path) -> None:
    for block in blocks(page):
        if "act" in json.loads(block):
            by_hand(block.encode(), where=page.name)


@each_page
def test_what_is_no_act_is_put_to_a_supplier(page: Path) -> None:
    """`ask-supplier` adds the verb and the link."""
    for block in blocks(page):
        if "act" not in (given := json.loads(block)):
            whole = {**given, "act": "ask-supplier", "link": ZEROS}
            decode_act(json.dumps(whole).encode(), where=page.name)


@each_page
def test_every_safeguard_that_a_page_names_exists(page: Path) -> None:
    named = re.findall(r"^\| \[`([^`]+)`\]", text(page), flags=re.MULTILINE)
    assert set(named) <= set(baseline().safeguards)
    assert named or page == INDEX


@each_page
def test_a_page_says_what_it_is_for_and_what_is_next(page: Path) -> None:
    headings = re.findall(r"^## (.+)$", text(page), flags=re.MULTILINE)
    if page == INDEX:
        return
    assert headings[-2:] == ["If it is refused", "Next"]
    steps = [one for one in headings[:-2] if re.match(r"\d\. ", one)]
    assert [int(one[0]) for one in steps] == list(range(1, len(headings) - 1))


def test_every_post_has_a_page_and_the_index_lists_them_all() -> None:
    posts = {role.replace("_", "-") for role in set(get_args(Role)) - WITHOUT_PAGE}
    assert {page.stem for page in PAGES if page != INDEX} == posts | FOR_SEVERAL
    assert {name for name in FOR_SEVERAL if f"({name}.md)" in text(INDEX)} == FOR_SEVERAL
    assert set(re.findall(r"\]\(([a-z-]+)\.md\) \|$", text(INDEX), re.MULTILINE)) == posts
