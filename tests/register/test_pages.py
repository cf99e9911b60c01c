"""The register as a reader gets it: links, structure, escaping, and the same rows everywhere."""

from __future__ import annotations

import csv
import gzip
import io
import json
import posixpath
from collections import Counter
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

import msgspec
import pytest

from beforehand.register import Site, render, text

VOID = {"meta", "link", "br", "img", "hr", "input"}


@dataclass
class Seen:
    """What a page holds, as a parser sees it."""

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    title: str = ""
    open: list[str] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [one for _, given in self.tags if (one := given.get("id"))]

    def links(self) -> list[str]:
        return [
            one
            for _, given in self.tags
            for name in ("href", "src")
            if (one := given.get(name))
        ]


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen = Seen()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.tags.append((tag, dict(attrs)))
        if tag in {"h1", "h2", "h3", "h4"}:
            self.seen.headings.append(int(tag[1]))
        if tag == "tr":
            self.seen.cells.append([])
        if tag in {"td", "th"} and self.seen.cells:
            self.seen.cells[-1].append("")
        if tag not in VOID:
            self.seen.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.seen.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.seen.text.append(data)
        if self.seen.open[-1:] == ["title"] and "svg" not in self.seen.open:
            self.seen.title += data
        if {"td", "th"} & set(self.seen.open):
            self.seen.cells[-1][-1] += data


def read(page: bytes) -> Seen:
    reader = Reader()
    reader.feed(page.decode())
    reader.close()
    assert reader.seen.open == []
    return reader.seen


def html(files: dict[str, bytes]) -> dict[str, Seen]:
    return {path: read(page) for path, page in files.items() if path.endswith(".html")}


@pytest.fixture(params=["reported", "live", "empty record", "empty live"])
def site(request: pytest.FixtureRequest, reported_site: Site, live_site: Site) -> Site:
    """Every kind of register, full and empty."""
    from beforehand.record.fold import Record  # noqa: PLC0415  # only the empty ones need it

    full = {"reported": reported_site, "live": live_site}
    if request.param in full:
        return full[request.param]
    of = reported_site if request.param == "empty record" else live_site
    empty_record = Record()
    return replace(
        of, view=empty_record, audit=None, words={}, safeguards=(), entries=(), answers=()
    )


def test_each_link_leads_to_a_file_of_the_register_and_an_anchor_in_it(site: Site) -> None:
    files = render(site)
    pages = html(files)
    for path, seen in pages.items():
        for link in seen.links():
            if link.startswith("https://"):
                continue
            target, _, anchor = link.partition("#")
            assert not target.startswith("/")
            assert not target.endswith("/")
            found = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
            found = found if target else path
            assert found in files, f"{path} links to {link}"
            assert not anchor or anchor in pages[found].ids, f"{path} links to {link}"


def test_no_page_needs_a_script_a_style_of_its_own_or_anything_from_elsewhere(
    site: Site,
) -> None:
    for path, seen in html(render(site)).items():
        for tag, given in seen.tags:
            assert tag not in {"script", "style", "iframe", "form", "img"}, path
            assert not [one for one in given if one == "style" or one.startswith("on")], (
                path
            )
            if tag == "link":
                assert (given["href"] or "").rpartition("/")[2] in {"style.css", "icon.svg"}


def test_each_page_has_a_title_a_language_one_first_heading_and_a_skip_link(
    site: Site,
) -> None:
    titles: Counter[str] = Counter()
    for path, seen in html(render(site)).items():
        titles[seen.title] += 1
        assert ("html", {"lang": "en"}) in seen.tags
        assert seen.title.endswith(f" - {site.title}"), path
        assert seen.headings[0] == 1
        assert seen.headings.count(1) == 1
        steps = zip(seen.headings, seen.headings[1:], strict=False)
        assert all(after <= before + 1 for before, after in steps), path
        first_link = next(given for tag, given in seen.tags if tag == "a")
        assert first_link["class"] == "skip"
        assert (first_link["href"] or "")[1:] in seen.ids
        assert not [one for one, times in Counter(seen.ids).items() if times > 1], path
    assert max(titles.values()) == 1


def test_each_table_has_a_caption_row_headers_and_a_box_that_scrolls(site: Site) -> None:
    for path, page in render(site).items():
        if not path.endswith(".html"):
            continue
        seen = read(page)
        tags = [tag for tag, _ in seen.tags]
        assert tags.count("table") == tags.count("caption"), path
        assert tags.count("table") <= page.decode().count('class="scroll"')
        for tag, given in seen.tags:
            if given.get("class") == "scroll":
                assert given["tabindex"] == "0"
                assert given["aria-labelledby"] in seen.ids
            if tag == "th":
                assert given.get("scope") in {"row", "col"}
        rows = page.decode().count("<tr")
        assert page.decode().count('scope="row"') == rows - tags.count("thead"), path


def test_no_cell_is_blank(site: Site) -> None:
    for path, seen in html(render(site)).items():
        for row in seen.cells:
            assert all(cell.strip() for cell in row), f"{path}: {row}"


def test_each_page_says_first_what_it_is(site: Site) -> None:
    for path, page in render(site).items():
        if path.endswith(".html"):
            plain = page.decode().partition('<div class="plain">')[2].partition("</div>")[0]
            assert plain.count("<p>") >= 3, path
            assert page.decode().index("<h1>") < page.decode().index('<div class="plain">')


def test_each_page_of_a_reported_record_says_that_it_is_one(reported_site: Site) -> None:
    for seen in html(render(reported_site)).values():
        said = " ".join("".join(seen.text).split())
        assert "the public record as it was reported" in said
        assert "no government office" in said
        assert "A read in an official text" in said


def test_pages_are_small(site: Site) -> None:
    files = render(site)
    assert len(files["style.css"]) < 10_000
    for path, page in files.items():
        if path.endswith(".html"):
            assert len(gzip.compress(page)) < 200_000, path


def test_words_from_outside_are_escaped(reported_site: Site) -> None:
    for path, page in render(reported_site).items():
        if path.endswith(".html"):
            assert b"<script" not in page, path
    assert b"&lt;script&gt;" in render(reported_site)["statements/index.html"]


def test_only_addresses_of_the_web_become_links(reported_site: Site) -> None:
    pages = html(render(reported_site))
    links = pages["sources/index.html"].links()
    assert "https://paper.example/story?a=1&b=2" in links
    for seen in pages.values():
        assert not [one for one in seen.links() if one.startswith("javascript:")]


def test_an_id_that_could_leave_the_folder_is_not_rendered(reported_site: Site) -> None:
    audit = reported_site.audit
    assert audit is not None
    moved = msgspec.structs.replace(audit.findings[0], subject="../../etc/passwd")
    bad = msgspec.structs.replace(audit, findings=(moved,))
    with pytest.raises(ValueError, match="expected an id"):
        render(replace(reported_site, audit=bad))


def test_the_same_findings_stand_on_the_page_in_the_json_and_in_the_csv(
    reported_site: Site,
) -> None:
    files = render(reported_site)
    rows = json.loads(files["data/findings.json"])
    header, *table = csv.reader(
        io.StringIO(files["data/findings.csv"].decode(), newline="")
    )
    assert header == list(rows[0])
    assert [(line[0], line[5], line[8]) for line in table] == [
        (one["subject"], one["safeguard"], one["verdict"]) for one in rows
    ]
    page = files["findings/index.html"].decode()
    at = [page.index(f'href="../{one["permalink"]}"') for one in rows]
    assert at == sorted(at)
    assert page.count('<tr class="finding">') == len(rows) == len(table)
    for one in rows:
        assert one["permalink"] in files


def test_every_table_is_told_of_and_has_the_same_rows_in_both_spellings(site: Site) -> None:
    files = render(site)
    index = json.loads(files["data/index.json"])
    told = {f"data/{one[kind]}" for one in index["tables"] for kind in ("json", "csv")}
    assert told | {"data/index.json"} == {one for one in files if one.startswith("data/")}
    for one in index["tables"]:
        rows = json.loads(files[f"data/{one['json']}"])
        text = files[f"data/{one['csv']}"].decode()
        header, *lines = csv.reader(io.StringIO(text, newline=""))
        assert len(rows) == len(lines) == one["rows"]
        assert header == one["fields"]
        assert all(list(row) == header for row in rows)
        assert all(cell for line in lines for cell in line), one["name"]


def test_the_csv_has_no_cell_that_a_spreadsheet_would_run(reported_site: Site) -> None:
    for path, data in render(reported_site).items():
        if path.endswith(".csv"):
            for line in csv.reader(io.StringIO(data.decode(), newline="")):
                assert not [one for one in line if one.startswith(("=", "+", "-", "@"))]
    files = render(reported_site)
    assert b"'=HYPERLINK" in files["data/recommendations.csv"]
    assert json.loads(files["data/recommendations.json"])[0]["text"].startswith(
        "=HYPERLINK"
    )


def test_what_is_not_known_reads_unknown(reported_site: Site) -> None:
    pages = {
        path: [[cell.strip() for cell in row] for row in seen.cells]
        for path, seen in html(render(reported_site)).items()
    }
    contract = next(
        row for row in pages["contracts/index.html"] if row and row[0] == "nothing"
    )
    assert contract[2:6] == ["unknown"] * 4
    second = next(
        row for row in pages["recommendations/index.html"] if row[0] == "report, number 2"
    )
    assert second[1:7] == ["unknown"] * 6
    assert pages["incidents/index.html"][1][2] == "unknown"


def test_spans_read_as_people_write_them(reported_site: Site) -> None:
    page = render(reported_site)["contracts/index.html"].decode()
    assert text.span("2021-09") in page
    assert "1 March 2020" in page
    assert "2020-03-01" not in page


def test_a_contract_says_how_many_days_were_uncovered(reported_site: Site) -> None:
    files = render(reported_site)
    assert ">31 days<" in files["contracts/exact.html"].decode()
    assert "at least 367 days" in files["contracts/rough.html"].decode()
    assert "no single day is certain" in files["contracts/no-award.html"].decode()
    rows = {one["item"]: one for one in json.loads(files["data/contracts.json"])}
    assert rows["exact"]["uncovered_days_at_least"] == 31


def test_a_live_contract_counts_the_days_before_its_assessment_was_approved(
    live_site: Site,
) -> None:
    page = render(live_site)["contracts/deal.html"].decode()
    assert ">10 days<" in page  # 22 to 31 January; approved on 1 February


def test_what_is_sealed_is_on_no_page_and_in_no_file(live_site: Site) -> None:
    for path, data in render(live_site).items():
        assert b"case-number-99" not in data, path
        assert b"424242" not in data, path
        assert b"424,242" not in data, path


def test_a_live_assessment_that_soon_lapses_says_so(live_site: Site) -> None:
    assert b"Lapses in 15 days" in render(live_site)["assessments/index.html"]


def test_entries_are_five_hundred_a_page_and_each_can_be_linked_to(live_site: Site) -> None:
    many = tuple(replace(live_site.entries[0], index=index) for index in range(1203))
    files = render(replace(live_site, entries=many))
    pages = sorted(one for one in files if one.startswith("ledger/entries-"))
    assert pages == [f"ledger/entries-{number}.html" for number in range(3)]
    assert 'id="e1000"' in files["ledger/entries-2.html"].decode()
    assert 'id="e999"' in files["ledger/entries-1.html"].decode()


def test_long_entries_do_not_make_a_page_too_large(live_site: Site) -> None:
    long = tuple(
        replace(live_site.entries[0], index=index, text=f"{index:05}" * 2_000)
        for index in range(500)
    )
    page = render(replace(live_site, entries=long))["ledger/entries-0.html"]
    assert len(page) < 800_000
    assert page.count(b"data/entries.json") > 400


def test_rendering_twice_gives_the_same_bytes(site: Site) -> None:
    assert render(site) == render(site)
