"""Exports: each list goes out as CSV and JSON, a plan as OSCAL, and all of it comes back whole."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from beforehand.app.counting import commit_count
from beforehand.app.exporting import CASE, FORMS, Exported, Form, export, export_all
from beforehand.app.importing import import_file, shelf_of
from beforehand.app.noting import standing
from beforehand.app.registers import App
from beforehand.ledger.durable import written_whole
from beforehand.ledger.times import midnight
from beforehand.oversight.outside import celltext, poam, taken, told, writing
from beforehand.record import stating as s
from beforehand.record.acts import Act
from beforehand.record.reported import Claim
from beforehand.refusal import InputError
from tests.app import fresh
from tests.app.test_answering import acts, submit
from tests.app.test_counting import REPORT, handed
from tests.oversight.test_outside import SAMPLES, award, download, put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beforehand.oversight.outside.imported import Imported
    from beforehand.oversight.outside.sightings import Body
    from tests.app.conftest import Built

CASE_FILE = Path(__file__).parents[2] / "src" / "beforehand" / "cases" / "dhs-ctd.yaml"
OFFICER, ROOT = "p-cedar", poam.ROOT
LISTS = [(name, form) for name, forms in FORMS.items() for form in forms]
HOSTILE = '=HYPERLINK("x") | \'@, "quoted"\r\nsecond line — é'


def take(app: App, path: Path, actor: str = OFFICER) -> Imported:
    return import_file(
        app, path, actor=actor, as_of="2026-11-01", told=lambda _rows, _share: None
    )


@pytest.fixture(scope="module")
def full(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A register in which no list is empty, with texts that a table does not bear easily."""
    folder = tmp_path_factory.mktemp("full")
    shutil.copytree(built.folder, folder / "register")
    with App.open(folder / "register") as app:
        text = app.keep_document(HOSTILE.encode())
        for act in acts(app):
            submit(
                app,
                {**act, "document": text} if act["act"] == "make-recommendation" else act,
            )
        claims = (Claim(claim="no_use", office="land", first="2026-11-01"),)
        draft = s.StatementDrafted(
            statement="st-1", office="land", claims=claims, document=text
        )
        app.submit(Act(actor="p-birch", fact=draft))
        app.keep_document(REPORT)
        commit_count(app, handed(), actor="p-pine", where="count.json")
        take(app, CASE_FILE)
        for path in SAMPLES:
            take(app, path)
        # One award said twice, so that its fields have different days.
        for number, row in enumerate(
            (
                award("70CTD024F00000001", vendor=HOSTILE, awarding_office_name="=A"),
                award(
                    "70CTD024F00000001",
                    vendor="Made-up, Inc.",
                    last_modified_date="2025-01-01",
                ),
            )
        ):
            take(app, put(folder, download(row), f"{number}.csv"))
        yield app


@pytest.fixture(scope="module")
def files(
    full: App, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], Exported]:
    folder = tmp_path_factory.mktemp("files")
    return {(one.list, one.form): one for one in export_all(full, folder)}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register of somebody else, who has imported nothing."""
    folder = tmp_path_factory.mktemp("empty") / "register"
    with fresh.make(folder, origin="log.example/other") as app:
        fresh.appoint(app, OFFICER, "privacy_officer")
    return folder


@pytest.fixture
def other(empty: Path, tmp_path: Path) -> Iterator[App]:
    shutil.copytree(empty, tmp_path / "other")
    with App.open(tmp_path / "other") as app:
        yield app


def path_of(one: Exported) -> Path:
    assert one.path is not None
    return Path(one.path)


def rows(data: bytes, form: str) -> list[Any]:
    if form == "csv":
        return list(csv.reader(io.StringIO(data.decode(), newline="")))[1:]
    found: list[Any] = json.loads(data)["rows"]
    return found


def plan(data: bytes) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = json.loads(data)[ROOT]
    return found


def test_every_list_is_there_in_every_form_and_none_is_empty(
    files: dict[tuple[str, str], Exported],
) -> None:
    assert set(files) == set(LISTS)
    for one in files.values():
        data = path_of(one).read_bytes()
        assert one.sha256 == hashlib.sha256(data).hexdigest()
        if one.form in ("csv", "json"):
            assert len(rows(data, one.form)) == one.rows
            assert one.rows, one.list


@pytest.mark.parametrize(("name", "form"), LISTS)
def test_what_is_exported_imports_back_whole(
    files: dict[tuple[str, str], Exported],
    other: App,
    tmp_path: Path,
    name: str,
    form: Form,
) -> None:
    first = path_of(files[name, form])
    landed = take(other, first).landed
    (counts,) = landed.members
    assert counts.adds_up()
    assert counts.refused == ()
    if name != CASE:
        assert counts.read == counts.new == files[name, form].rows

    again = tmp_path / "again"
    export(other, name, form=form, out=again)
    if form == "yaml":
        assert again.read_bytes() == first.read_bytes()
    elif form == "oscal":
        old, new = plan(first.read_bytes()), plan(again.read_bytes())
        assert (new["poam-items"], new["risks"]) == (old["poam-items"], old["risks"])
    else:
        before, after = rows(first.read_bytes(), form), rows(again.read_bytes(), form)
        # The other register has a list of imports of its own, and comes first in it.
        assert after[-len(before) :] == before
        assert len(after) == len(before) + (name == "imports")

    # And once more: the same file says nothing new.
    assert take(other, first).state == "already"


@pytest.mark.parametrize("name", [*told.LISTS, *taken.LISTS])
def test_both_forms_say_the_same(
    files: dict[tuple[str, str], Exported], other: App, name: str
) -> None:
    take(other, path_of(files[name, "csv"]))
    (counts,) = take(other, path_of(files[name, "json"])).landed.members
    assert counts.read == counts.same


def test_no_list_gives_two_rows_one_key(files: dict[tuple[str, str], Exported]) -> None:
    for name, listed in told.LISTS.items():
        found = json.loads(path_of(files[name, "json"]).read_bytes())["rows"]
        keys = [json.dumps([row[one] for one in (*listed.key, "origin")]) for row in found]
        assert len(set(keys)) == len(keys), name


def test_a_bar_in_a_value_makes_no_two_rows_one(other: App, tmp_path: Path) -> None:
    """Each row of each register stays, whatever its ids hold."""
    pairs = [("a|b", "c"), ("a", "b|c"), ("a%7Cb", "c"), ("a", "c")]
    said = {"to": "office", "asked": "", "about": "", "as_of": midnight("2026-11-25")}
    given = [said | {"origin": origin, "id": name} for origin, name in pairs]
    data = b"".join(writing.csv_of("unanswered", given))
    (counts,) = take(other, put(tmp_path, data, "list.csv")).landed.members
    assert (counts.read, counts.new) == (len(pairs), len(pairs)), counts
    out = tmp_path / "again.csv"
    assert export(other, "unanswered", form="csv", out=out).rows == len(pairs)


def test_a_later_export_takes_the_place_of_an_earlier_one_nulls_too(
    files: dict[tuple[str, str], Exported], other: App, tmp_path: Path
) -> None:
    whole = json.loads(path_of(files["recommendations", "json"]).read_bytes())
    take(other, path_of(files["recommendations", "json"]))
    (row,) = whole["rows"]
    assert row["response"] == "concur"
    row |= {"response": None, "as_of": "2126-01-01T00:00:00.000000Z"}
    later = put(tmp_path, json.dumps(whole).encode(), "later.json")
    (counts,) = take(other, later).landed.members
    assert counts.corrected == 1
    with shelf_of(other) as shelf:
        (kept,) = shelf.things("told")
    assert kept.body["response"] == ""
    row["as_of"] = "2025-01-01T00:00:00.000000Z"
    row["response"] = "non_concur"
    (counts,) = take(
        other, put(tmp_path, json.dumps(whole).encode(), "old.json")
    ).landed.members
    assert counts.older == 1


def test_no_cell_of_a_table_is_a_formula(files: dict[tuple[str, str], Exported]) -> None:
    seen = 0
    for (_, form), one in files.items():
        if form == "csv":
            for row in rows(path_of(one).read_bytes(), form):
                for cell in row:
                    seen += cell.startswith("'=")
                    if cell.startswith(celltext.FORMULA):
                        float(cell)
    assert seen, "the hostile texts are in some table"


def test_a_row_that_no_export_wrote_is_refused_by_name(
    files: dict[tuple[str, str], Exported], other: App, tmp_path: Path
) -> None:
    whole = json.loads(path_of(files["statements", "json"]).read_bytes())
    good = whole["rows"][0]
    whole["rows"] = [
        good,
        {**good, "verdict": "certain"},
        {**good, "number": "1"},
        {one: good[one] for one in good if one != "why"},
        {**good, "more": "a field"},
        {**good, "as_of": "yesterday"},
        {**good, "origin": ""},
        "a row",
    ]
    (counts,) = take(
        other, put(tmp_path, json.dumps(whole).encode(), "x.json")
    ).landed.members
    assert (counts.new, counts.read) == (1, 8)
    assert {one.reason: one.rows for one in counts.refused} == {
        "not-as-exported": 6,
        "not-an-object": 1,
    }


@pytest.mark.parametrize("changed", [{"export": "secrets"}, {"version": 2}, {"rows": {}}])
def test_an_export_of_another_kind_or_version_is_refused_whole(
    files: dict[tuple[str, str], Exported],
    other: App,
    tmp_path: Path,
    changed: dict[str, object],
) -> None:
    whole = json.loads(path_of(files["queries", "json"]).read_bytes())
    path = put(tmp_path, json.dumps({**whole, **changed}).encode(), "x.json")
    with pytest.raises(InputError, match="whose columns are known"):
        take(other, path)


# -- the plan ----------------------------------------------------------------------------


def test_the_plan_is_valid_by_compliance_trestle(
    files: dict[tuple[str, str], Exported], tmp_path: Path
) -> None:
    space = tmp_path / "space"
    space.mkdir()
    given = path_of(files["recommendations", "oscal"]).read_bytes()
    assert trestle(space, "init").returncode == 0
    assert _imported(space, given).returncode == 0
    found = trestle(space, "validate", "--all")
    assert (found.returncode, "VALID" in found.stdout) == (0, True), found.stderr
    # The judge bites: a state that is none, and a risk that has no id.
    for broken in (b'"lifecycle": ""', b'"uuid": "1"'):
        at = (
            b'"lifecycle": "planned"' if b"life" in broken else b'"uuid": "' + _first(given)
        )
        assert _imported(space, given.replace(at, broken, 1)).returncode != 0


def _first(given: bytes) -> bytes:
    return str(plan(given)["risks"][0]["uuid"]).encode() + b'"'


def _imported(space: Path, data: bytes) -> subprocess.CompletedProcess[str]:
    path = space.parent / "plan.json"
    path.write_bytes(data)
    name = hashlib.sha256(data).hexdigest()[:8]
    return trestle(space, "import", "--file", str(path), "--output", name)


def trestle(space: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # a program of this environment
        [str(Path(sys.executable).with_name("trestle")), *words],
        cwd=space,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_plan_is_valid_whatever_another_register_or_a_list_says(tmp_path: Path) -> None:
    def row(name: str, **says: str) -> tuple[str, Body]:
        return name, {**dict.fromkeys(writing.header(name), ""), **says}

    told_of = {"origin": "o\n", "as_of": "2026-11-25T00:00:00Z", "status": "open"}
    made = {**told_of, "recommendation": "r-1", "report": "a\n\x1cb", "number": "\n"}
    given = [
        row("recommendations", **made, targets="2026-02-30 | 2026-99-99 | 2026-03-01"),
        row("reported-recommendations", **made, due="9999-99-99", sources="\n | \x85"),
        # Two of a list, which a bar does not make one.
        row("listed-recommendations", product_number="A", product_title="B|C"),
        row("listed-recommendations", product_number="A|B", product_title="C"),
    ]
    head = writing.Head(
        export="recommendations",
        title="",
        register="new",
        origin="log.example/new",
        at="2026-11-25T00:00:00Z",
        entries=1,
    )
    data = poam.poam_of(head, given)
    found = plan(data)
    assert len({one["uuid"] for one in found["poam-items"]}) == len(given)
    assert [one.get("deadline", "")[:10] for one in found["risks"][:2]] == [
        "2026-03-01",
        "",
    ]
    space = tmp_path / "space"
    space.mkdir()
    assert trestle(space, "init").returncode == 0
    assert _imported(space, data).returncode == 0
    assert "VALID" in trestle(space, "validate", "--all").stdout


def test_the_plan_tells_state_day_slips_and_text(
    files: dict[tuple[str, str], Exported], full: App
) -> None:
    made = standing(full).recommendations[0]
    found = plan(path_of(files["recommendations", "oscal"]).read_bytes())
    item, risk = found["poam-items"][0], found["risks"][0]
    assert item["title"] == "Recommendation 1 of report-1"
    assert item["description"] == HOSTILE == made.text
    assert risk["status"] == "closed"
    assert risk["deadline"].startswith(made.targets[-1])
    tasks = risk["remediations"][0]["tasks"]
    assert [one["timing"]["on-date"]["date"][:10] for one in tasks] == list(made.targets)
    unknown = next(
        one for one in found["poam-items"] if one["title"].startswith("Recommendation 2 ")
    )
    assert unknown["description"] == (
        "The text of this recommendation is not published, or not on record."
    )


def test_a_plan_of_others_is_a_list_of_recommendations(other: App, tmp_path: Path) -> None:
    theirs = {
        ROOT: {
            "uuid": "5b4f6b70-54ad-4d5f-9a94-8a8c5a5f6c11",
            "metadata": {"title": "A plan of others (invented)"},
            "risks": [
                {"uuid": "r-1", "status": "closed"},
                {"uuid": "r-2", "status": "open"},
            ],
            "poam-items": [
                {
                    "title": "One",
                    "description": "Do it.",
                    "related-risks": [{"risk-uuid": "r-1"}],
                },
                {
                    "title": "Two",
                    "description": "Do that.",
                    "related-risks": [{"risk-uuid": "r-2"}],
                },
                {"title": "Three", "description": "Do more."},
                {"description": ""},
                "an item",
            ],
        }
    }
    landed = take(other, put(tmp_path, json.dumps(theirs).encode(), "plan.json")).landed
    (counts,) = landed.members
    assert (counts.form, counts.new, counts.adds_up()) == ("oscal-poam", 3, True)
    assert {one.reason: one.rows for one in counts.refused} == {"no-recommendation": 2}
    found = {one.number: one for one in standing(other).listed}
    assert [found[name].state for name in ("One", "Two", "Three")] == [
        "closed",
        "open",
        "unknown",
    ]
    assert {one.report for one in found.values()} == {"A plan of others (invented)"}


def test_a_plan_that_names_a_list_there_is_not_is_refused(
    files: dict[tuple[str, str], Exported], other: App, tmp_path: Path
) -> None:
    data = path_of(files["recommendations", "oscal"]).read_text(encoding="utf-8")
    changed = data.replace('"value": "reported-recommendations"', '"value": "due"')
    (counts,) = take(other, put(tmp_path, changed.encode(), "plan.json")).landed.members
    assert {one.reason: one.rows for one in counts.refused} == {"not-as-exported": 8}


def test_there_is_no_plan_of_nothing(other: App, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a plan has one at least"):
        export(other, "recommendations", form="oscal", out=tmp_path / "plan.json")
    assert not (tmp_path / "plan.json").exists()
    names = {(one.list, one.form) for one in export_all(other, tmp_path / "all")}
    assert names == {*LISTS} - {("recommendations", "oscal"), (CASE, "yaml")}
    assert not (other.settings.folder / "outside.sqlite").exists()


# -- files -------------------------------------------------------------------------------


def test_a_file_is_whole_or_what_was_there_stays(
    other: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "due.csv"
    path.write_bytes(b"an older export")

    def broken(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("beforehand.oversight.outside.writing._lines", broken)
        with pytest.raises(InputError, match="No space left on device"):
            export(other, "due", form="csv", out=path)
    assert path.read_bytes() == b"an older export"
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["due.csv"]
    export(other, "due", form="csv", out=path)
    assert path.read_bytes().startswith(b"what,of,")


@pytest.mark.parametrize("there", ["", "/", "folder", "pipe", "link"])
def test_no_folder_device_or_pipe_is_replaced_by_a_file(
    other: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: str
) -> None:
    """For whoever may write there, `--out /dev/stdout` would else be the end of that device."""
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    os.mkfifo("pipe")
    Path("link").symlink_to("pipe")
    before = {one: one.lstat().st_mode for one in tmp_path.iterdir()}
    with pytest.raises(InputError, match="got something there that is no file"):
        export(other, "due", form="csv", out=Path(there))
    assert {one: one.lstat().st_mode for one in tmp_path.iterdir()} == before


def test_two_who_write_one_file_at_once_both_write_it_whole(tmp_path: Path) -> None:
    path = tmp_path / "due.csv"
    with written_whole(path) as first, written_whole(path) as second:
        first.write(b"the first")
        second.write(b"the second")
    assert path.read_bytes() == b"the first"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("name", "form", "says"),
    [("secrets", "csv", "one of reports"), ("due", "oscal", "one of csv, json")],
)
def test_a_list_or_form_that_there_is_not_is_named(
    other: App, tmp_path: Path, name: str, form: Form, says: str
) -> None:
    with pytest.raises(InputError, match=says):
        export(other, name, form=form, out=tmp_path / "x")


def test_a_sealed_value_is_in_no_export(
    files: dict[tuple[str, str], Exported], full: App
) -> None:
    """Who asked, who complained and what a count holds stay sealed."""
    sealed = [f"Invented Supplier {number}" for number in range(11)]
    for act in acts(full):
        sealed += [str(one) for one in msgspec.to_builtins(act.get("sealed", {})).values()]
    assert len(sealed) > len(range(11))
    for one in files.values():
        text = path_of(one).read_bytes().decode()
        assert not [said for said in sealed if said in text], one.list
