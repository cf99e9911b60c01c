"""The documents name what exists, all of it, and their examples work."""

from __future__ import annotations

import re
import shlex
import tomllib
import typing
from pathlib import Path
from urllib.parse import unquote

import click
import pytest
from msgspec.structs import fields

from beforehand import settings
from beforehand.cli import COMMANDS, beforehand
from beforehand.gate import question as questions
from beforehand.gate.answer import Answer
from beforehand.policy.sets import baseline
from beforehand.record.acts import MADE_HERE, by_hand
from beforehand.record.encoding import KINDS
from beforehand.record.facts import ActRefused
from beforehand.record.kinds import ACTS, DECIDED_KINDS
from beforehand.record.terms import Risk, Terms

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
# Written in two parts, so that this file does not hold what it forbids.
FORBIDDEN = ("/wo" + "rk/", "py" + "pi.org", "/ro" + "ot/", "/ho" + "me/")

each_page = pytest.mark.parametrize(
    "page", PAGES, ids=lambda page: str(page.relative_to(ROOT))
)


def reference(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def sections(name: str) -> dict[str, str]:
    """Return the text under each third-level heading that is one piece of code."""
    parts = re.split(r"^### `([^`]+)`$", reference(name), flags=re.MULTILINE)
    texts = (
        re.split(r"^##+ ", text, maxsplit=1, flags=re.MULTILINE)[0] for text in parts[2::2]
    )
    return dict(zip(parts[1::2], texts, strict=True))


def first_cells(text: str) -> list[str]:
    """Return the pieces of code in the first cell of each row of a text's tables."""
    rows = re.findall(r"^\| (`[^|]*`) \|", text, flags=re.MULTILINE)
    return [code for row in rows for code in re.findall(r"`([^`]+)`", row)]


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def command(name: str) -> click.Command:
    found = beforehand.get_command(click.Context(beforehand), name)
    assert found is not None, f"no command {name}"
    return found


def options(name: str) -> set[str]:
    named = (one for one in command(name).params if isinstance(one, click.Option))
    return {spelling for one in named for spelling in one.opts}


# -- commands ----------------------------------------------------------------------------


def test_every_command_has_its_section_and_no_other_has() -> None:
    assert set(sections("commands.md")) == set(COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_option_of_a_command_is_in_its_table(name: str) -> None:
    listed = {cell for cell in first_cells(sections("commands.md")[name]) if cell[0] == "-"}
    assert listed == options(name)


@pytest.mark.parametrize("key", settings.KEYS)
def test_every_key_of_a_registers_settings_is_in_the_reference(key: str) -> None:
    assert key in first_cells(sections("commands.md")["init"])


@each_page
def test_every_command_line_in_a_document_could_run(page: Path) -> None:
    for block in blocks(page.read_text(encoding="utf-8"), "console"):
        for line in re.findall(r"^\$ (.*)$", block, flags=re.MULTILINE):
            words = shlex.split(re.sub(r"[][]", "", line), comments=True)
            if words[0] == "beforehand":
                check_line(words[1:])
            elif words[0] == "make":
                check_target(words[1])


def check_line(words: list[str]) -> None:
    if words in (["--help"], ["--version"]):
        return
    named = command(words[0])
    if isinstance(named, click.Group):
        words = words[1:]
        within = named.get_command(click.Context(named), words[0])
        assert within is not None, f"no command {words[0]} of {named.name}"
        named = within
    with click.Context(named, info_name=words[0]) as context:
        found, rest, _ = named.make_parser(context).parse_args(words[1:])
    assert not rest, f"{words}: too many arguments"
    lacking = [
        one.name for one in named.params if one.required and not found.get(one.name or "")
    ]
    assert not lacking, f"{words}: lacks {lacking}"


def check_target(target: str) -> None:
    rules = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", rules, flags=re.MULTILINE), f"no make {target}"


@each_page
def test_every_command_and_option_named_in_a_sentence_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for words in (span.split() for span in re.findall(r"`beforehand ([^`\n]+)`", text)):
        if words[0].startswith("-") or words[0].isupper():
            assert set(words[1:]) <= {"--help"}
            continue
        named = {word for word in words[1:] if word.startswith("--")}
        assert named <= options(words[0]), f"{words}"
    for target in re.findall(r"`make ([a-z]+)", text):
        check_target(target)


# -- safeguards --------------------------------------------------------------------------


def test_every_safeguard_is_in_the_reference_as_its_cedar_text_has_it() -> None:
    expected = {}
    for one in baseline().safeguards.values():
        history = (
            f"- **History**: {', '.join(sorted(one.history))}\n" if one.history else ""
        )
        acts = ", ".join(f"`{act}`" for act in sorted(one.acts))
        expected[one.id] = (
            f"> {one.says}\n\n- **Remedy**: {one.remedy}\n- **Law**: {one.cites}\n"
            f"- **Acts**: {acts}\n{history}"
        ).strip()
    found = {name: text.strip() for name, text in sections("safeguards.md").items()}
    assert found == expected


def test_the_table_by_act_lists_exactly_the_safeguards_that_bear_on_each() -> None:
    table = reference("safeguards.md").partition("## By act")[2]
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", table, flags=re.MULTILINE)
    found = {act: re.findall(r"`([^`]+)`", listed) for act, listed in rows}
    expected = {act: [one.id for one in some] for act, some in baseline().by_act.items()}
    assert found == expected


def test_the_reference_counts_the_safeguards_right() -> None:
    assert f"There are {len(baseline().safeguards)}." in reference("safeguards.md")


def test_the_safeguards_read_aloud_are_those_that_ship_to_the_letter() -> None:
    page = ROOT / "docs" / "explanation" / "assessment-as-code.md"
    quoted = blocks(page.read_text(encoding="utf-8"), "cedar")
    assert len(quoted) == 2
    assert [one for one in quoted if one not in f"{baseline().text}\n"] == []


def test_every_term_of_an_assessment_is_said_to_become_something() -> None:
    page = ROOT / "docs" / "explanation" / "assessment-as-code.md"
    table = page.read_text(encoding="utf-8").partition("## What each promise becomes")[2]
    rows = [
        re.findall(r"`([^`]+)`", row)
        for row in re.findall(r"^\|.*\|$", table.partition("\n## ")[0], re.MULTILINE)
    ]
    named = {word for row in rows for word in row}
    assert set(Terms.__struct_fields__) == {one for one in named if "." not in one}
    assert {one for one in named if "." in one} <= set(baseline().safeguards)


# -- entries and acts --------------------------------------------------------------------


def test_every_kind_of_entry_has_its_section_and_no_other_has() -> None:
    assert set(sections("entries.md")) == {kind for kind, _ in KINDS}


def versions(kind: str) -> dict[int, str]:
    """Return the part of a kind's section for each version: the first, and what others add."""
    first, *later = re.split(
        r"^Version (\d+) adds:$", sections("entries.md")[kind], flags=re.MULTILINE
    )
    return {1: first, **dict(zip(map(int, later[::2]), later[1::2], strict=True))}


@pytest.mark.parametrize("kind", sorted({kind for kind, _ in KINDS}))
def test_a_kinds_section_has_a_part_for_each_of_its_versions(kind: str) -> None:
    assert list(versions(kind)) == sorted(kv for name, kv in KINDS if name == kind)
    assert "Version 1; " in versions(kind)[1]


@pytest.mark.parametrize("named", KINDS, ids=lambda named: f"{named[0]}-{named[1]}")
def test_a_kinds_section_lists_exactly_its_fields_and_sealed_parts(
    named: tuple[str, int],
) -> None:
    name, kv = named
    sealed = tuple(getattr(KINDS[named], "sealed", ()))
    expected = [*KINDS[named].__struct_fields__, *sealed]
    if kv > 1:
        before = KINDS[name, kv - 1]
        assert getattr(before, "sealed", ()) == sealed
        assert set(before.__struct_fields__) < set(expected)
        known = {*before.__struct_fields__, *sealed}
        expected = [field for field in expected if field not in known]
    assert first_cells(versions(name)[kv]) == expected


@pytest.mark.parametrize(
    "kind", DECIDED_KINDS.values(), ids=lambda kind: f"{kind.kind}-{kind.kv}"
)
def test_a_decided_kinds_section_names_its_verb_and_its_subject(kind: typing.Any) -> None:  # noqa: ANN401  # a class of any kind
    text = sections("entries.md")[kind.kind]
    assert f"subject `{kind.about}`" in text
    assert kind is ActRefused or f"act `{kind.act}`;" in text


@pytest.mark.parametrize("verb", sorted(set(ACTS) - MADE_HERE))
def test_a_field_that_may_be_left_out_of_an_act_says_so_and_no_other_does(
    verb: str,
) -> None:
    rows = re.findall(
        r"^\| `([^`]+)` \| .*left out", sections("acts.md")[verb], re.MULTILINE
    )
    optional = [one.name for one in fields(ACTS[verb]) if not one.required]
    assert rows == optional


def test_the_terms_of_an_assessment_are_listed_in_order() -> None:
    text = reference("entries.md").partition("### The terms of an assessment")[2]
    assert first_cells(re.split(r"^##", text, flags=re.MULTILINE)[0]) == list(
        Terms.__struct_fields__
    )


def test_the_parts_of_a_risk_are_listed_in_order() -> None:
    text = reference("entries.md").partition("### The risks of an assessment")[2]
    assert first_cells(re.split(r"^##", text, flags=re.MULTILINE)[0]) == list(
        Risk.__struct_fields__
    )


def test_every_verb_has_its_section_and_no_other_has() -> None:
    assert set(sections("acts.md")) == {*ACTS, ActRefused.act}
    made_here = reference("acts.md").partition("## Verbs that only the program makes")[2]
    found = re.findall(r"^### `([^`]+)`$", made_here, flags=re.MULTILINE)
    assert set(found) == {*MADE_HERE, ActRefused.act}


@pytest.mark.parametrize("verb", sorted(set(ACTS) - MADE_HERE))
def test_a_verbs_section_lists_exactly_its_fields_and_names_its_entry(verb: str) -> None:
    text = sections("acts.md")[verb]
    sealed = [f"sealed.{part}" for part in ACTS[verb].sealed]
    assert first_cells(text) == [*ACTS[verb].__struct_fields__, *sealed]
    assert f"Entry: [`{ACTS[verb].kind}`]" in text


def test_the_examples_of_acts_are_acts() -> None:
    examples = blocks(reference("acts.md"), "json")
    acts = [by_hand(one.encode(), where="acts.md") for one in examples]
    assert [one.verb for one in acts] == ["award", "request-use"]


# -- questions ---------------------------------------------------------------------------


def test_the_example_of_a_question_parses() -> None:
    (example,) = blocks(reference("question.md"), "json")
    asked = questions.parse(example.encode())
    assert questions.parse(questions.canonical(asked)) == asked
    assert (asked.cells, len(asked.steps)) == (25, 16)


@pytest.mark.parametrize(
    ("heading", "fields"),
    [
        ("## Fields", questions.Question.__struct_fields__),
        ("## The answer", Answer.__struct_fields__),
    ],
    ids=["question", "answer"],
)
def test_every_field_of_a_question_and_an_answer_is_listed_in_order(
    heading: str, fields: tuple[str, ...]
) -> None:
    text = reference("question.md").partition(f"\n{heading}\n")[2]
    assert first_cells(re.split(r"^##", text, flags=re.MULTILINE)[0]) == list(fields)


# -- all documents -----------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    headings = re.findall(
        r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    return {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}


@each_page
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    text = re.sub(
        r"^```.*?^```$",
        "",
        page.read_text(encoding="utf-8"),
        flags=re.MULTILINE | re.DOTALL,
    )
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = page.parent / path if path else page
        assert target.exists(), f"{page.name}: {link}"
        assert not anchor or anchor in anchors(target), f"{page.name}: {link}"


@each_page
def test_no_document_speaks_of_where_or_how_it_was_written(page: Path) -> None:
    text = page.read_text(encoding="utf-8").lower()
    assert [word for word in FORBIDDEN if word in text] == []


def test_the_readme_can_be_read_in_five_minutes() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 90


def test_every_decision_has_a_number_of_its_own_and_says_what_it_costs() -> None:
    assert [int(page.name[:4]) for page in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    for page in DECISIONS:
        text = page.read_text(encoding="utf-8")
        assert text.startswith(f"# {page.name[:4]}. ")
        headings = re.findall(r"^## (.+)$", text, flags=re.MULTILINE)
        assert {"Context", "Decision", "Cost"} <= set(headings), page.name


def test_every_library_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    lines = (ROOT / "requirements" / "dev.in").read_text(encoding="utf-8").splitlines()
    named = [*project["dependencies"], *(one for one in lines if re.match(r"\w", one))]
    reasons = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text(
        encoding="utf-8"
    )
    listed = re.findall(
        r"[\w-]+", " ".join(re.findall(r"^\| (.*?) \|", reasons, flags=re.MULTILINE))
    )
    assert [one for one in named if re.split(r"[=<>]", one)[0] not in listed] == []


def test_the_changelog_has_this_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    assert f"## [{project['version']}]" in (ROOT / "CHANGELOG.md").read_text(
        encoding="utf-8"
    )
