"""The page that several registers begin with."""

from __future__ import annotations

from beforehand.register.shelf import shelf


def test_it_leads_to_each_register_and_escapes_their_titles() -> None:
    page = shelf({"one": "First & foremost", "two": "<b>Second</b>"})["index.html"].decode()
    assert '<a href="one/index.html">First &amp; foremost</a>' in page
    assert '<a href="two/index.html">&lt;b&gt;Second&lt;/b&gt;</a>' in page
    assert page.count('href="one/style.css"') == 1
