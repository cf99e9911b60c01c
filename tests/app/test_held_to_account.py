"""Each part of oversight, shown once on the sandbox; and a story that is wrong raises."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import pytest

from beforehand.app.accountability import STORY, Accountability, lines
from beforehand.app.accountability_checks import taken_back, verified_offline
from beforehand.app.exporting import export
from beforehand.app.overseeing import replay_register
from beforehand.app.publishing import publish
from beforehand.app.registers import App
from beforehand.app.sandbox import Sandbox
from beforehand.app.stories import Line, Told, read
from beforehand.ledger import standalone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from beforehand.gate.engines.engine import Engine

# Each part that the room of oversight has, and the kinds of entries that show it was used.
PARTS = {
    "a recommendation that its live check opens again": {
        "finding.made",
        "recommendation.closed",
        "check.failed",
    },
    "what an assessment promises against what is observed": {"use.requested"},
    "a commitment that is moved, and passes": {"commitment.moved"},
    "a public statement that must be so, and then is not": {
        "statement.issued",
        "statement.flipped",
    },
    "a question that nobody answers": {"query.silent"},
    "a count of sealed things": {"count.committed", "count.opened"},
    "a proof that something is not on the ledger": set[str](),
    "redress, in counts alone": {"redress.received", "redress.answered"},
    "the outside in, and a lead that a person judges": {
        "file.imported",
        "lead.confirmed",
        "lead.dismissed",
    },
    "the lists, for anyone to take away and take in again": set[str](),
}
SHOWN = {
    "recommendations",
    "oversee",
    "promised",
    "due",
    "statement check",
    "statement issue",
    "statement watch",
    "queries",
    "counts commit",
    "counts open",
    "absence",
    "import",
    "radar",
    "radar --confirm",
    "radar --dismiss",
    "export",
}


@dataclass(frozen=True, kw_only=True)
class Walked:
    app: App
    site: Path
    walker: Accountability
    lines: dict[str, Line]


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[Walked]:
    folder = tmp_path_factory.mktemp("account")
    day = datetime.now(UTC).date()  # noqa: TID251  # tests follow the app's clock
    sandbox = Sandbox(folder / "held-to-account", today=day, devices=400)
    with sandbox.app as app:
        sandbox.govern()
        snapshot = sandbox.take_in(lambda _words, _share: None)
        sandbox.request_use()
        sandbox.approve_use()
        site = folder / "site"
        walker = Accountability(sandbox, snapshot, engine=engine, site=site)
        found = {one.line: one for one in walker.walk(read(STORY))}
        publish(app, site)
        yield Walked(app=app, site=site, walker=walker, lines=found)


def test_the_story_has_every_part_and_its_replay_is_the_same(walked: Walked) -> None:
    assert set(lines()) == set(walked.lines) == set(PARTS)
    assert replay_register(walked.app).same
    tried = {step.tried for line in walked.lines.values() for step in line.met}
    assert tried >= SHOWN


@pytest.mark.parametrize("line", PARTS)
def test_each_part_shows_an_outcome_and_makes_its_entries(
    line: str, walked: Walked
) -> None:
    met = walked.lines[line].met
    assert met
    for one in met:
        assert one.said
        assert (one.outcome == "refused") == bool(one.safeguards)
        assert (one.entry is not None) == (one.outcome in ("refused", "recorded"))
    for kind in PARTS[line]:
        assert walked.app.find(kind=kind), kind


def test_what_did_it_is_named_by_its_entry(walked: Walked) -> None:
    said = {
        (one.tried, one.outcome): one.said
        for line in walked.lines.values()
        for one in line.steps
    }
    find = walked.app.find
    ((shared, _),) = find(kind="person.appointed", subject="p-pool")
    ((award, _),) = find(kind="contract.awarded", subject="invent-24-f-00000014")
    reopening = walked.lines["a recommendation that its live check opens again"].met[-1]
    assert f"entry {shared}" in reopening.said
    assert f"by entry {award}" in said["statement watch", "recorded"]


def test_a_stranger_verifies_what_is_published(walked: Walked, tmp_path: Path) -> None:
    vkey = walked.app.settings.vkey
    done = subprocess.run(
        [sys.executable, standalone.__file__, walked.site, "--vkey", vkey],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert "beforehand.invalid/held-to-account" in done.stdout


def test_an_absence_that_was_changed_does_not_verify(
    walked: Walked, tmp_path: Path
) -> None:
    whole = walked.app.settings.folder / "no-question-by-land.zip"
    assert verified_offline(whole, walked.app.settings.vkey).startswith("Verified: no ")
    with zipfile.ZipFile(whole) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    changed = tmp_path / "changed.zip"
    with zipfile.ZipFile(changed, "w") as packed:
        for name, data in files.items():
            packed.writestr(name, data.replace(b"land", b"lend"))
    with pytest.raises(AssertionError, match="an absence that verifies"):
        verified_offline(changed, walked.app.settings.vkey)


def test_nobody_who_asked_or_complained_is_named_by_a_published_byte(
    walked: Walked,
) -> None:
    for path in walked.site.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            for name in (
                b"Jay Jasmine",
                b"Ivy Iris",
                b"Leo Linden",
                b"database that nobody",
            ):
                assert name not in data, path


# -- a story that is wrong ---------------------------------------------------------------

# Steps that only look, as they are after the walk, and what is not so of each.
LOOKS: tuple[tuple[Told, tuple[Told, ...]], ...] = (
    (
        {
            "recommendation": "rec-1",
            "status": "open_resolved",
            "response": "concur",
            "targets": ["day:30", "day:75"],
            "check": "fails",
        },
        ({"status": "closed"}, {"targets": ["day:30"]}, {"check": "holds"}),
    ),
    (
        {
            "promised": "pia-1",
            "kept": 10,
            "broken": dict.fromkeys(("purposes", "offices", "people"), "elsewhere"),
            "not_yet_observable": 2,
        },
        ({"kept": 11}, {"broken": {}}, {"broken": {"people": "question"}}),
    ),
    (
        {"commitment": "policy-1", "state": "pending", "targets": ["day:30", "day:60"]},
        ({"state": "kept"}, {"targets": ["day:60"]}),
    ),
    ({"due": "commitment-due", "of": "policy-1", "after_days": 61}, ({"after_days": 60},)),
    (
        {"query": "query-1", "state": "overdue", "days": 45, "days_overdue": 25},
        ({"state": "known"}, {"days": 46}),
    ),
    (
        {
            "redress": "harbor",
            "kind": "access",
            "received": 2,
            "waiting": 1,
            "no_record": 1,
        },
        ({"received": 1}, {"no_record": 0}),
    ),
    (
        {
            "radar": 4,
            "leads": ["lead-invent24f00000011", "lead-invent24f00000012"],
            "assessed": ["INVENT24F00000014"],
        },
        ({"radar": 5}, {"leads": []}, {"assessed": []}),
    ),
)
# Steps that write, each wrong in one thing.
WRITES: dict[str, Told] = {
    "flipped already": {
        "watch": "st-1",
        "claim": 2,
        "was": "supported",
        "now": "consistent",
        "by": "new-award",
        "tells": ["p-pine"],
    },
    "impossible for another reason": {
        "issue": "st-1",
        "actor": "p-birch",
        "impossible": True,
        "says": "no such words",
    },
    "another item": {"open": "tally-1", "number": 2, "actor": "p-pine", "item": {}},
    "refused": {"open": "tally-1", "number": 9, "actor": "p-pine"},
    "not impossible": {
        "absence": "question.admitted",
        "offices": ["land"],
        "since": "day:-30",
        "file": "again",
        "impossible": True,
    },
    "other counts": {
        "import": "invented-awards.csv",
        "actor": "p-cedar",
        "new": 3,
        "refuses": {},
        "flags": {},
    },
    "other sums": {
        "commit": "tally-2",
        "office": "harbor",
        "document": "document:report",
        "actor": "p-pine",
        "items": [
            {
                "fiscal_year": 2023,
                "item_kind": "contract",
                "covered": True,
                "amount": None,
                "item": {"supplier": "Made-Up Maps Company (invented)"},
            }
        ],
        "counts": {"items": 2},
    },
    "not refused": {
        "act": "subscribe-statement",
        "actor": "p-cedar",
        "statement": "st-1",
        "person": "p-cedar",
        "refused": ["statement.own-subscription"],
    },
    "refused by another safeguard": {
        "act": "answer-redress",
        "actor": "p-fir",
        "redress": "redress-2",
        "outcome": "granted",
        "refused": ["person.individual"],
    },
}


@pytest.mark.parametrize(("right", "wrongs"), LOOKS, ids=lambda one: next(iter(one), ""))
def test_a_look_that_shows_otherwise_raises(
    right: Told, wrongs: tuple[Told, ...], walked: Walked
) -> None:
    assert walked.walker.step(right).outcome == "shown"
    for wrong in wrongs:
        with pytest.raises(AssertionError, match="the story expects"):
            walked.walker.step({**right, **wrong})


@pytest.mark.parametrize("wrong", WRITES.values(), ids=WRITES)
def test_a_step_that_ends_otherwise_raises(wrong: Told, walked: Walked) -> None:
    with pytest.raises(AssertionError, match="the story expects"):
        walked.walker.step(wrong)


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        pytest.param("query-2", {"silent": {"query-2": 44}}, id="other days"),
        pytest.param("query-3", {"oversee": "land"}, id="another office"),
        pytest.param("query-4", {"reopens": {"rec-1": "question"}}, id="no reopening"),
        pytest.param("query-5", {"silent": {}}, id="no silence"),
    ],
)
def test_an_overseeing_that_notes_otherwise_raises(
    query: str, wrong: Told, walked: Walked
) -> None:
    (lodged,) = (
        step
        for line in read(STORY).lines
        for step in line.steps
        if step.get("act") == "lodge-query"
    )
    walked.walker.step({**lodged, "query": query})
    with pytest.raises(AssertionError, match="the story expects"):
        walked.walker.step({"oversee": "harbor", "silent": {query: 45}, **wrong})


def test_a_step_with_a_field_that_its_form_lacks_is_no_step(walked: Walked) -> None:
    with pytest.raises(msgspec.ValidationError):
        walked.walker.step({"query": "query-1", "state": "overdue", "dayz": 45})


def test_a_draft_whose_verdicts_are_told_otherwise_raises(walked: Walked) -> None:
    (line,) = (one for one in read(STORY).lines if "statement" in one.line)
    check = line.steps[0]
    check = {**check, "check": _of(check, "st-2")}
    assert walked.walker.step(check).outcome == "shown"
    wrongs: tuple[Told, ...] = (
        {"lacks": {}},
        {"lacks": {1: "reversed"}},
        {"because": ["elsewhere"]},
    )
    for wrong in wrongs:
        with pytest.raises(AssertionError, match="the story expects"):
            walked.walker.step({**check, **wrong})


def test_an_issue_with_other_verdicts_raises(walked: Walked) -> None:
    (line,) = (one for one in read(STORY).lines if "statement" in one.line)
    drafts = [one for one in line.steps if one.get("act") == "draft-statement"]
    walked.walker.step({**drafts[-1], "statement": "st-3"})
    walked.walker.step(
        {
            "act": "confirm-statement",
            "actor": "p-elm",
            "statement": "st-3",
            "digest": "statement:st-3",
        }
    )
    issue: Told = {
        "issue": "st-3",
        "actor": "p-birch",
        "verdicts": ["reversed", "consistent"],
    }
    with pytest.raises(AssertionError, match="the story expects"):
        walked.walker.step(issue)


def _of(check: Told, statement: str) -> dict[str, object]:
    draft = check["check"]
    assert isinstance(draft, dict)
    return {**draft, "statement": statement}


def test_an_export_that_lost_a_row_on_its_way_raises(
    walked: Walked, tmp_path: Path
) -> None:
    path = tmp_path / "awards.csv"
    written = export(walked.app, "awards", form="csv", out=path)
    taken_back([written])
    *rows, _ = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(rows))
    with pytest.raises(AssertionError, match=r"expects 4, not 3.* awards\.csv"):
        taken_back([written])
