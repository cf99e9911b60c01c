"""Importing into a register: once, whole or not at all, on the record, and made again if lost."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import resource
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from msgspec.structs import replace

from beforehand.app.importing import import_file, shelf_of
from beforehand.app.noting import standing
from beforehand.app.overseeing import audit_case, replay_register, take_case
from beforehand.app.radar import judge, radar
from beforehand.app.recording import Keeping
from beforehand.app.registers import App, Receipt
from beforehand.ledger.errors import EntryTooLargeError
from beforehand.oversight.outside import apart
from beforehand.oversight.outside.imported import Imported
from beforehand.oversight.outside.shelf import Files, Kept, TakenMeanwhileError
from beforehand.policy.decide import Decision
from beforehand.record.acts import Act
from beforehand.record.answering import ReportIssued
from beforehand.record.recorded import AnyFact
from beforehand.record.view import RecordView
from beforehand.refusal import InputError, Refusal
from tests.app import dated
from tests.app.fresh import appoint, make
from tests.oversight.test_outside import SAMPLES, award, download, put, zipped
from tests.world import AWARD, Step

PERSON, WATCHER, OTHER = "p-officer", "p-watcher", "p-analyst"
CASE = Path(__file__).parents[2] / "src" / "beforehand" / "cases" / "dhs-ctd.yaml"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with make(tmp_path / "register") as made:
        appoint(made, PERSON, "privacy_officer")
        appoint(made, WATCHER, "inspector_general")
        appoint(made, OTHER, "analyst")
        yield made


def take(app: App, path: Path, actor: str = PERSON, *, dry_run: bool = False) -> Imported:
    return import_file(
        app, path, actor=actor, dry_run=dry_run, told=lambda _rows, _share: None
    )


def on_disk(app: App) -> set[str]:
    """Every file, but for what the ledger's own writing moves."""
    folder = app.settings.folder
    found = (str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file())
    return {one for one in found if not re.search(r"-(wal|shm|journal)$", one)}


def test_an_import_is_an_entry_with_the_counts_and_the_file_is_kept(
    app: App, tmp_path: Path
) -> None:
    path = put(tmp_path, download(award("70CTD024F00000001"), {}))
    result = take(app, path)
    assert result.entry is not None
    data, envelope = app.entry(result.entry)
    fact = json.loads(bytes(envelope.data))
    assert (envelope.kind, fact["rows"], fact["created"]) == ("file.imported", 2, 1)
    assert fact["refused"] == [{"reason": "no-award-number", "rows": 1}]
    assert app.document(fact["file"]) == path.read_bytes()
    assert json.loads(app.document(fact["document"]))["members"][0]["read"] == 2
    assert len(data) < 2_000
    assert (result.awards_before, result.awards) == (0, 1)


def test_the_same_file_again_changes_nothing(app: App, tmp_path: Path) -> None:
    first = take(app, put(tmp_path, download(award("70CTD024F00000001")), "a.csv"))
    before = app.ledger.size, on_disk(app)
    again = take(app, put(tmp_path, download(award("70CTD024F00000001")), "b.csv"))
    assert (again.state, again.landed) == ("already", first.landed)
    assert (app.ledger.size, on_disk(app)) == before


@pytest.mark.parametrize("data", [b"a,b\n1,2\n", zipped(a__csv=download())[:-30], b""])
def test_a_file_that_is_broken_or_unknown_leaves_nothing(
    app: App, tmp_path: Path, data: bytes
) -> None:
    take(app, put(tmp_path, download(award("70CTD024F00000001")), "a.csv"))
    before = app.ledger.size, on_disk(app)
    with pytest.raises(InputError):
        take(app, put(tmp_path, data, "bad.zip"))
    assert (app.ledger.size, on_disk(app)) == before
    with shelf_of(app) as shelf:
        assert shelf.count_awards() == 1


def test_a_dry_run_says_the_same_and_writes_nothing(app: App, tmp_path: Path) -> None:
    path = put(tmp_path, download(award("70CTD024F00000001")))
    before = app.ledger.size, on_disk(app)
    tried = take(app, path, dry_run=True)
    assert (app.ledger.size, on_disk(app)) == before
    done = take(app, path)
    assert (tried.state, tried.landed, tried.awards) == ("tried", done.landed, done.awards)


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize("name", ["a.csv", "case.yaml"])
def test_who_holds_no_such_post_imports_nothing_and_the_try_is_on_record(
    app: App, tmp_path: Path, name: str, *, dry_run: bool
) -> None:
    data = CASE.read_bytes() if name == "case.yaml" else download()
    before, size = on_disk(app), app.ledger.size
    with pytest.raises(Refusal, match=r"person\.may-import") as caught:
        take(app, put(tmp_path, data, name), OTHER, dry_run=dry_run)
    assert on_disk(app) == before
    assert caught.value.entry == (None if dry_run else size)
    assert app.ledger.size == size + (not dry_run)
    assert replay_register(app).same


def test_who_may_not_import_is_told_before_the_file_is_read(
    app: App, tmp_path: Path
) -> None:
    with pytest.raises(Refusal, match=r"person\.may-import"):
        take(app, put(tmp_path, b"a,b\n1,2\n"), OTHER)


@pytest.mark.parametrize("name", ["a.csv", "case.yaml"])
@pytest.mark.parametrize("error", [OSError("no space left"), EntryTooLargeError("too big")])
def test_what_was_kept_for_an_entry_that_failed_is_gone_and_the_next_try_is_whole(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, error: Exception
) -> None:
    data = (
        CASE.read_bytes() if name == "case.yaml" else download(award("70CTD024F00000001"))
    )
    path = put(tmp_path, data, name)
    before, size = on_disk(app), app.ledger.size
    kept: set[str] = set()

    def fail(*_: object, **__: object) -> None:
        kept.update(on_disk(app) - before)
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(App, "append", fail)
        with pytest.raises(type(error)):
            take(app, path)
    assert {one for one in kept if one.startswith("documents/")}
    shelf = {"outside.sqlite"}
    assert on_disk(app) - shelf == before - shelf
    assert app.ledger.size == size
    assert take(app, path).state == "imported"


def test_what_was_kept_stays_once_an_entry_names_it(app: App) -> None:
    named, nameless = b"Ask, log, review. (Invented.)", b"Nothing names this."
    before = on_disk(app)
    kept = Keeping(app)
    kept.document(named)
    kept.document(nameless)
    fact = ReportIssued(
        report="rep-1",
        body="gao",
        issuer=None,
        office="dept",
        issued="2020-01-01",
        document=hashlib.sha256(named).hexdigest(),
    )
    app.submit(Act(actor=PERSON, fact=fact))
    kept.take_away()
    assert on_disk(app) - before == {f"documents/{hashlib.sha256(named).hexdigest()}"}


def test_what_was_there_before_stays_when_an_import_fails(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(tmp_path, download(award("70CTD024F00000001")))
    digest = app.keep_document(path.read_bytes())

    def fail(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(App, "append", fail)
    with pytest.raises(OSError):  # noqa: PT011  # the one above
        take(app, path)
    assert app.document(digest) == path.read_bytes()


@pytest.mark.parametrize("name", ["a.csv", "case.yaml"])
def test_the_file_and_its_summary_are_durable_before_the_entry_that_names_them(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    data = (
        CASE.read_bytes() if name == "case.yaml" else download(award("70CTD024F00000001"))
    )
    path = put(tmp_path, data, name)
    done: list[
        str
    ] = []  # what was synced, by inode; what was moved, by its name; and entries
    sync, replace, append = os.fsync, Path.replace, App.append

    def synced(handle: int) -> None:
        sync(handle)
        done.append(str(os.fstat(handle).st_ino))

    def moved(own: Path, target: Path) -> Path:
        done.append(target.name)
        return replace(own, target)

    def appended(
        own: App, fact: AnyFact, *, actor: str, at: str, decision: Decision | None
    ) -> Receipt:
        done.append(fact.kind)
        return append(own, fact, actor=actor, at=at, decision=decision)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", moved)
    monkeypatch.setattr(App, "append", appended)
    result = take(app, path)
    documents = app.settings.documents
    summary = app.view().imported.files[result.file].taken.document
    before = done[: done.index("file.imported")]
    for one in (result.file, summary):
        # First the bytes, then the name, and then the folder that has the name.
        named = before.index(one)
        assert str((documents / one).stat().st_ino) in before[:named]
        assert str(documents.stat().st_ino) in before[named:]


def things(app: App) -> list[Kept]:
    with shelf_of(app) as shelf:
        return [*shelf.things("award"), *shelf.things("transaction")]


def test_a_shelf_that_is_lost_or_behind_is_made_again(app: App, tmp_path: Path) -> None:
    for at, amount in enumerate(("1", "2", "3")):
        row = award(
            "70CTD024F00000001",
            federal_action_obligation=amount,
            last_modified_date=f"2024-0{at + 1}-01",
        )
        take(app, put(tmp_path, download(row), f"{at}.csv"))
        if at == 1:
            behind = app.settings.shelf.read_bytes()
    zipped_up = zipped(a__csv=download(award("70CTD024F00000002")))
    take(app, put(tmp_path, zipped_up, "last.zip"))
    expected = things(app)
    assert {one.member for one in expected} == {"2.csv", "last.zip: a.csv"}
    for left in (None, behind):
        app.settings.shelf.unlink()
        if left is not None:
            app.settings.shelf.write_bytes(left)
        assert things(app) == expected


def test_a_shelf_that_holds_what_the_ledger_does_not_is_made_again(
    app: App, tmp_path: Path
) -> None:
    take(app, put(tmp_path, download(award("70CTD024F00000001")), "a.csv"))
    with shelf_of(app) as shelf, shelf.taking("f" * 64):
        pass
    with shelf_of(app) as shelf:
        assert len(shelf.digests()) == 1


def test_every_sample_imports_and_every_decision_replays(app: App) -> None:
    results = [take(app, path) for path in SAMPLES]
    assert all(one.landed.members[0].adds_up() for one in results)
    assert len(app.view().imported.files) == len(SAMPLES)
    assert replay_register(app).same


# -- leads -------------------------------------------------------------------------------


@pytest.mark.parametrize("large", [False, True], ids=["here", "in a process of its own"])
def test_a_file_whose_name_is_no_text_is_imported_and_named(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, large: bool
) -> None:
    if large:
        monkeypatch.setattr(apart, "LARGE", 0)
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\x1b[1m.csv"))
    path.write_bytes(download(award("70CTD024F00000001")))
    assert take(app, path, dry_run=True).state == "tried"
    (member,) = take(app, path).landed.members
    assert member.name == "\ufffd\ufffd[1m.csv"


def test_a_copy_that_a_killed_import_left_is_gone_after_the_next_and_no_other(
    app: App, tmp_path: Path
) -> None:
    left, held = (app.settings.folder / f".incoming-{name}" for name in ("left", "held"))
    left.write_bytes(b"of an import that was killed")
    held.write_bytes(b"of one that is under way")
    with held.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        take(app, put(tmp_path, download(award("70CTD024F00000001"))))
        assert (left.exists(), held.exists()) == (False, True)
    take(app, put(tmp_path, download(award("70CTD024F00000002"))))
    assert not held.exists()


def test_a_disk_that_is_full_is_said_of_the_register_and_leaves_nothing(
    app: App, tmp_path: Path
) -> None:
    path = put(tmp_path, download(*[award(f"70CTD024F{at:08}") for at in range(9_000)]))
    assert path.stat().st_size > 2**20
    before, size = on_disk(app), app.ledger.size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, hard))
    try:
        with pytest.raises(InputError, match="room, and the right, to keep") as caught:
            take(app, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.where == str(app.settings.folder)
    assert (on_disk(app), app.ledger.size) == (before, size)


@pytest.mark.parametrize(
    ("day", "by"),
    [
        pytest.param("2026-03-31", "2026-09-30", id="a day"),
        pytest.param("not a date", None, id="no day"),
        pytest.param("2026-02-30", None, id="no day of the calendar"),
        pytest.param("9999-12-31", None, id="a day that cannot be"),
    ],
)
def test_a_listed_recommendation_of_no_day_is_listed_without_a_clock(
    app: App, tmp_path: Path, day: str, by: str | None
) -> None:
    words = "report_title,report_date,recommendation,status"
    data = f"{words}\nA report,{day},Do it.,Open - unresolved\n".encode()
    take(app, put(tmp_path, data, "list.csv"))
    (found,) = standing(app).listed
    assert (found.issued, found.resolve_by) == (day, by)


def test_a_lead_is_confirmed_and_dismissed_by_a_person_with_a_reason(
    app: App, tmp_path: Path
) -> None:
    row = award("70CTD024F00000001", vendor="BABEL STREET, LLC")
    take(app, put(tmp_path, download(row)))
    (found,) = radar(app).leads
    judge(app, found.lead, actor=PERSON, reason=b"It is training.", confirm=False)
    (dismissed,) = radar(app).leads
    assert (dismissed.state, dismissed.by) == ("dismissed", PERSON)
    judge(app, found.lead, actor=WATCHER, reason=b"It is not.", confirm=True)
    (confirmed,) = radar(app).leads
    assert (confirmed.state, confirmed.by) == ("confirmed", WATCHER)
    reason = app.view().imported.leads[found.lead].judged.document
    assert reason == hashlib.sha256(b"It is not.").hexdigest()
    with pytest.raises(InputError, match="not judged so already"):
        judge(app, found.lead, actor=WATCHER, reason=b"Again.", confirm=True)
    with pytest.raises(InputError, match="the id of a lead"):
        judge(app, "lead-none", actor=WATCHER, reason=b"x", confirm=True)
    with pytest.raises(Refusal, match=r"person\.may-judge-lead"):
        judge(app, found.lead, actor=OTHER, reason=b"x", confirm=False)


def test_an_imported_watch_list_is_looked_by_and_a_given_one_alone(
    app: App, tmp_path: Path
) -> None:
    row = award("70CTD024F00000001", vendor="MADE-UP LOCATIONS, INC.")
    take(app, put(tmp_path, download(row)))
    assert radar(app).leads == ()
    listed = put(tmp_path, b"vendor,products\nMade-up Locations,Pins\n", "list.csv")
    assert [one.award for one in radar(app, watchlist=listed).leads] == [
        "70CTD024F00000001"
    ]
    assert radar(app, watchlist=listed).watched == 1
    take(app, listed)
    assert [one.award for one in radar(app).leads] == ["70CTD024F00000001"]
    with pytest.raises(InputError, match="a watch-list"):
        radar(app, watchlist=put(tmp_path, download(row), "other.csv"))


@pytest.mark.parametrize(
    ("contract", "number", "assessed"),
    [
        pytest.param("70ctd0-24-f-00000001", "70CTD024F00000001", True, id="as written"),
        pytest.param("c2", "C2", False, id="no award's number"),
    ],
)
def test_a_contract_is_its_award_however_its_number_is_written(
    tmp_path: Path, contract: str, number: str, *, assessed: bool
) -> None:
    bought = Step(fact=replace(AWARD, contract=contract), actor="buyer")
    with dated.make(tmp_path / "register", [bought]) as app:
        row = award(number, vendor="PALANTIR")
        take(app, put(tmp_path, download(row)), actor="watcher")
        found = radar(app)
    assert found.assessed == ((number,) if assessed else ())
    assert len(found.leads) == (not assessed)


# -- case files --------------------------------------------------------------------------


def test_a_case_file_is_imported_once_and_corrected(app: App, tmp_path: Path) -> None:
    path = put(tmp_path, CASE.read_bytes(), "case.yaml")
    tried = take(app, path, dry_run=True)
    assert app.view().reported.case is None
    first = take(app, path)
    (counts,) = first.landed.members
    assert (first.landed, counts.new, counts.adds_up()) == (tried.landed, counts.read, True)
    assert take(app, path).state == "already"
    findings = audit_case(app).findings
    assert findings

    text = CASE.read_text(encoding="utf-8").replace('compiled: "', 'compiled:  "')
    text += "\n# gathered again\n"
    again = take(app, put(tmp_path, text.encode(), "again.yaml"))
    (counts,) = again.landed.members
    assert (counts.same, counts.corrected) == (counts.read, 0)

    other = re.sub(
        r"(?m)^  id: .*$", "  id: another-case", CASE.read_text("utf-8"), count=1
    )
    with pytest.raises(InputError, match="the case on record"):
        take(app, put(tmp_path, other.encode(), "other.yaml"))


def test_a_case_with_an_item_that_no_entry_can_hold_is_refused_whole(
    app: App, tmp_path: Path
) -> None:
    text = CASE.read_text(encoding="utf-8")
    first = text.rindex("sources: [") + len("sources: [")
    source = re.split(r"[,\]]", text[first:])[0]
    long = f"{text[:first]}{f'{source}, ' * 9000}{text[first:]}"
    before, size = on_disk(app), app.ledger.size
    with pytest.raises(InputError, match="an item of at most 60,000 bytes"):
        take(app, put(tmp_path, long.encode(), "case.yaml"))
    assert (on_disk(app), app.ledger.size) == (before, size)
    with pytest.raises(InputError, match="an item of at most 60,000 bytes"):
        take_case(long.encode(), name="case.yaml", folder=tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_a_shelf_that_is_damaged_is_made_again(app: App, tmp_path: Path) -> None:
    take(app, put(tmp_path, download(award("70CTD024F00000001"))))
    app.settings.shelf.write_bytes(
        b"no database at all, but long enough to be looked at" * 9
    )
    with shelf_of(app) as shelf:
        assert len(list(shelf.things("award"))) == 1


# -- two at once -------------------------------------------------------------------------


def test_a_file_that_another_process_imports_meanwhile_is_taken_once(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(tmp_path, download(award("70CTD024F00000001")))
    taking = Files.taking
    with App.open(app.settings.folder) as other:

        def late(own: Files, digest: str) -> AbstractContextManager[Files]:
            monkeypatch.setattr(Files, "taking", taking)
            assert take(other, path, WATCHER).state == "imported"
            return taking(own, digest)

        monkeypatch.setattr(Files, "taking", late)
        with pytest.raises(TakenMeanwhileError, match="imported meanwhile"):
            take(app, path)
    assert take(app, path).state == "already"
    assert [one.by for one in app.view().imported.files.values()] == [WATCHER]
    with shelf_of(app) as shelf:
        assert len(list(shelf.things("award"))) == 1


def test_a_shelf_that_another_process_makes_up_meanwhile_is_made_once(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(app, put(tmp_path, download(award("70CTD024F00000001"))))
    digests = Files.digests

    def late(_: Files) -> tuple[str, ...]:
        monkeypatch.setattr(Files, "digests", digests)
        return ()

    monkeypatch.setattr(Files, "digests", late)
    with shelf_of(app) as shelf:
        assert len(list(shelf.things("award"))) == len(shelf.digests()) == 1


def test_a_shelf_that_is_ahead_of_an_older_look_is_not_made_again(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another process put there while this one was looking is on the ledger by then."""
    first = put(tmp_path, download(award("70CTD024F00000001")), "first.csv")
    second = put(tmp_path, download(award("70CTD024F00000002")), "second.csv")
    take(app, first)
    with App.open(app.settings.folder) as other:
        view = App.view

        def late(own: App) -> RecordView:
            found = view(own)
            monkeypatch.setattr(App, "view", view)
            take(other, second)
            return found

        monkeypatch.setattr(App, "view", late)
        monkeypatch.setattr(Files, "clear", lambda _: pytest.fail("it is made again"))
        with shelf_of(app):
            pass
