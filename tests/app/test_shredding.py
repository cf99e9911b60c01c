"""Deletion at the end of retention: decided, carried out in steps that survive a crash, proved."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta

import msgspec
import pytest

from beforehand.app import clock
from beforehand.app.asking import ask_question, stored_answer
from beforehand.app.overseeing import replay_register
from beforehand.app.registers import App
from beforehand.app.sealing import audit_sealed, name_reader, open_part
from beforehand.app.shredding import Deleted, delete_sealed, orphans, remove_orphans
from beforehand.gate.engines.engine import Engine
from beforehand.gate.question import identity, parse
from beforehand.ledger.errors import LedgerError
from beforehand.ledger.seal import seal
from beforehand.ledger.wraps import ReaderKey
from beforehand.record.acts import Act
from beforehand.record.custody import DeletionProved
from beforehand.record.facts import (
    AccessRecertified,
    PersonAppointed,
    UseApproved,
    UseConcurred,
)
from beforehand.refusal import InputError, Refusal
from tests.app.conftest import Built
from tests.app.sealed import (
    IG,
    appoint_keeper,
    entry_of,
    kinds_from,
    lift_hold,
    move_clock,
    place_hold,
    sealed_entries,
    set_schedule,
    submit,
)

KEEPER = "p-yew"
DAYS = 30
STEPS = (
    "decided",
    "wraps destroyed",
    "ciphertexts deleted",
    "answers deleted",
    "proved",
)


@pytest.fixture
def key() -> ReaderKey:
    return ReaderKey.generate(IG)


@pytest.fixture
def aged(
    app: App, built: Built, engine: Engine, key: ReaderKey, monkeypatch: pytest.MonkeyPatch
) -> App:
    """The sandbox with a question answered, an overseer's key named, and then 100 days."""
    name_reader(app, key.public, reader="inspector_general", actor="p-pine")
    for actor, fact in (
        ("p-larch", UseApproved(request="r-1")),
        ("p-juniper", UseConcurred(request="r-1")),
        ("p-larch", AccessRecertified(person="p-maple")),
    ):
        submit(app, actor, fact)
    ask_question(app, built.question, actor="p-maple", engine=engine)
    appoint_keeper(app)
    set_schedule(app, DAYS)
    move_clock(monkeypatch, days=100)
    return app


def day(back: int = DAYS) -> str:
    return (clock.today() - timedelta(days=back)).isoformat()


def delete(app: App, **asked: object) -> Deleted:
    return delete_sealed(app, **{"before": day(), "actor": KEEPER, **asked})  # type: ignore[arg-type]


def files(app: App) -> bytes:
    return b"".join(
        path.read_bytes() for path in app.settings.private.iterdir() if path.is_file()
    )


def secrets_of(app: App) -> list[bytes]:
    """The end of each ciphertext and wrap in the vault now: their tags, which are random."""
    found = []
    for file, table, column in (
        ("vault.sqlite", "parts", "ciphertext"),
        ("vault.sqlite", "kept", "ciphertext"),
        ("wraps.sqlite", "wraps", "wrap"),
    ):
        with closing(sqlite3.connect(app.settings.private / file)) as db:
            rows = db.execute(f"SELECT {column} FROM {table}").fetchall()  # noqa: S608
        found += [bytes(data)[-24:] for (data,) in rows]
    return found


def unmet(caught: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [one.safeguard for one in caught.value.unmet]


# -- a deletion from end to end ----------------------------------------------------------


def test_what_is_past_its_retention_is_gone_from_every_file_and_the_ledger_proves_it(
    aged: App, built: Built, key: ReaderKey
) -> None:
    parts = sum(len(entry.seal) for _, entry in sealed_entries(aged))
    old, size = secrets_of(aged), aged.ledger.size
    assert all(one in files(aged) for one in old)
    before = [entry.seal for _, entry in sealed_entries(aged)]

    done = delete(aged)

    assert (done.parts, done.wraps, done.answers) == (parts, 2 * parts + 1, 1)
    assert (done.kept, done.resumed) == (0, False)
    assert kinds_from(aged, size) == ["deletion.decided", "deletion.proved"]
    data, proved = aged.entry(size + 1)
    proof = msgspec.json.decode(proved.data, type=DeletionProved)
    assert (proof.parts, proof.wraps, proof.answers) == (parts, 2 * parts + 1, 1)
    assert (proof.kept, proof.remaining, proved.actor) == (0, 0, KEEPER)
    assert data
    assert not any(one in files(aged) for one in old)
    assert stored_answer(aged, identity(parse(built.question))) is None
    assert [entry.seal for _, entry in sealed_entries(aged)] == before
    found = audit_sealed(aged, key, actor="p-pine")
    assert (found.opened, found.deleted, found.sound) == (0, parts, True)


def test_a_register_folds_and_replays_without_what_was_deleted(aged: App) -> None:
    whole = replay_register(aged)
    assert (whole.same, whole.not_replayable) == (True, 0)
    delete(aged)
    live = aged.view()
    with App.open(aged.settings.folder) as again:
        folded = again.view()
        assert folded.requests["r-1"].area is None
        assert folded.requests["r-1"].has_case is None
        assert live.requests["r-1"].area is None
        after = replay_register(again)
        # the approval and the concurrence, which saw that there is a case, the question and
        # its answer, which saw its form, and each act that was refused
        refused = kinds_from(aged, 0).count("act.refused")
        assert after.not_replayable == 4 + refused
        assert after.differing == ()
        assert after.decisions == whole.decisions + 1 - after.not_replayable


def test_what_is_recorded_after_a_deletion_is_sealed_and_replayed_as_ever(
    aged: App, key: ReaderKey
) -> None:
    delete(aged)
    before = replay_register(aged)
    roles = PersonAppointed(
        person="p-new", office="land", roles=("analyst",), account="individual"
    )
    act = Act(actor="p-alder", fact=roles, sealed={"name": "Nia New (invented)"})
    index = aged.submit(act).entry
    opened = open_part(aged, index, "name", actor="p-juniper", reason="review")
    assert opened.value == "Nia New (invented)"
    assert replay_register(aged).decisions == before.decisions + 2
    assert audit_sealed(aged, key, actor="p-pine").opened == 1


def test_a_part_that_was_deleted_cannot_be_opened_and_the_reason_is_said(aged: App) -> None:
    done = delete(aged)
    index, _ = entry_of(aged, "use.requested")
    size = aged.ledger.size
    with pytest.raises(InputError, match=f"one that deletion {done.deletion} took"):
        open_part(aged, index, "case", actor="p-juniper", reason="litigation")
    assert aged.ledger.size == size


def test_a_part_that_no_deletion_covers_is_still_an_error_when_it_is_gone(
    aged: App,
) -> None:
    delete(aged)
    roles = PersonAppointed(
        person="p-new", office="land", roles=("analyst",), account="individual"
    )
    act = Act(actor="p-alder", fact=roles, sealed={"name": "Nia New (invented)"})
    _, entry = aged.entry(aged.submit(act).entry)
    with closing(sqlite3.connect(aged.settings.private / "wraps.sqlite")) as db, db:
        db.execute("DELETE FROM wraps")
    with pytest.raises(LedgerError, match="holds no key of name"):
        aged.unseal(entry)


def test_a_backup_of_the_vault_put_back_after_a_deletion_is_found_by_the_audit(
    aged: App, key: ReaderKey
) -> None:
    kept = {
        path.name: path.read_bytes()
        for path in aged.settings.private.iterdir()
        if path.suffix == ".sqlite" or path.name.endswith("-wal")
    }
    delete(aged)
    folder = aged.settings.folder
    aged.close()
    for name, data in kept.items():
        (folder / "private" / name).write_bytes(data)
    for path in (folder / "private").glob("*-shm"):
        path.unlink()
    with App.open(folder) as again:
        found = audit_sealed(again, key, actor="p-pine")
        assert len(found.wrong) > 10
        assert (found.deleted, found.missing) == (0, ())


# -- refused -----------------------------------------------------------------------------


def test_inside_its_retention_nothing_is_deleted(aged: App) -> None:
    old, size = secrets_of(aged), aged.ledger.size
    with pytest.raises(Refusal) as refused:
        delete(aged, before=day(DAYS - 1))
    assert unmet(refused) == ["deletion.past-retention"]
    assert kinds_from(aged, size) == ["act.refused"]
    assert all(one in files(aged) for one in old)


def test_without_a_schedule_nothing_is_deleted(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    appoint_keeper(app)
    move_clock(monkeypatch, days=10_000)
    with pytest.raises(Refusal) as refused:
        delete(app)
    assert unmet(refused) == ["deletion.not-own-schedule", "deletion.past-retention"]


@pytest.mark.parametrize("actor", ["p-oak", "p-birch", "p-alder", "p-pine"])
def test_only_a_steward_of_the_department_deletes(aged: App, actor: str) -> None:
    with pytest.raises(Refusal) as refused:
        delete(aged, actor=actor)
    assert "person.is-data-steward" in unmet(refused)


@pytest.mark.parametrize(
    "on", ["r-1", "p-maple", "harbor-routes", "harbor", "made-up-mobility", "made-up"]
)
def test_under_a_hold_that_is_not_kept_a_deletion_is_refused_and_nothing_is_gone(
    aged: App, on: str
) -> None:
    place_hold(aged, aged.settings.register if on == "made-up" else on)
    old = secrets_of(aged)
    with pytest.raises(Refusal) as refused:
        delete(aged)
    assert unmet(refused) == ["deletion.keeps-holds"]
    with pytest.raises(Refusal):
        delete(aged, keeping=("r-9",))
    assert all(one in files(aged) for one in old)


@pytest.mark.parametrize(
    ("on", "stays", "goes"),
    [
        pytest.param("r-1", {"use.requested", "question.admitted"}, {"person.appointed"}, id="a request, with the question under it"),
        pytest.param("p-maple", {"use.requested", "question.admitted"}, set(), id="a person, as who acted and as whom it is about"),
        pytest.param("harbor", {"use.requested", "question.admitted"}, {"person.appointed"}, id="an office, with its units"),
        pytest.param("p-oak", {"person.appointed"}, {"use.requested", "question.admitted"}, id="another person"),
    ],
)  # fmt: skip
def test_what_is_under_hold_stays_and_opens_and_goes_when_the_hold_is_lifted(
    aged: App, built: Built, on: str, stays: set[str], goes: set[str]
) -> None:
    place_hold(aged, on)
    every = sum(len(entry.seal) for _, entry in sealed_entries(aged))
    done = delete(aged, keeping=(on,))
    assert 0 < done.kept < every
    assert done.parts + done.kept == every
    assert done.answers == (0 if "question.admitted" in stays else 1)

    def here(kind: str) -> set[bool]:
        entries = [entry for _, entry in sealed_entries(aged) if entry.kind == kind]
        return {len(aged.unseal(entry)) == len(entry.seal) for entry in entries}

    assert all(True in here(kind) for kind in stays)
    assert all(False in here(kind) for kind in goes)
    assert here("act.refused") == {True}
    assert replay_register(aged).differing == ()

    lift_hold(aged)
    rest = delete(aged)
    assert (rest.parts, rest.kept) == (done.kept, 0)
    assert stored_answer(aged, identity(parse(built.question))) is None
    assert not any(aged.unseal(entry) for _, entry in sealed_entries(aged))


def test_a_hold_on_the_register_keeps_everything(aged: App) -> None:
    register = aged.settings.register
    place_hold(aged, register)
    size = aged.ledger.size
    with pytest.raises(InputError, match="sealed and not held"):
        delete(aged, keeping=(register,))
    assert aged.ledger.size == size


def test_an_answer_that_was_given_again_since_stays_for_as_long(
    app: App,
    built: Built,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The second asking is inside its retention, and rests on the answer to the first."""
    for actor, fact in (
        ("p-larch", UseApproved(request="r-1")),
        ("p-juniper", UseConcurred(request="r-1")),
        ("p-larch", AccessRecertified(person="p-maple")),
    ):
        submit(app, actor, fact)
    ask_question(app, built.question, actor="p-maple", engine=engine)
    appoint_keeper(app)
    set_schedule(app, 3)
    move_clock(monkeypatch, days=4)
    submit(app, "p-larch", AccessRecertified(person="p-maple"))
    ask_question(app, built.question, actor="p-maple", engine=engine)
    done = delete(app, before=day(3))
    assert done.answers == 0
    assert stored_answer(app, identity(parse(built.question))) is not None
    move_clock(monkeypatch, days=20)
    assert delete(app, before=day(3)).answers == 1


def test_a_dry_run_counts_or_says_what_would_refuse_and_writes_nothing(aged: App) -> None:
    old, size = secrets_of(aged), aged.ledger.size
    would = delete(aged, dry_run=True)
    assert (would.deletion, would.answers, would.unmet) == (None, 1, ())
    place_hold(aged, "r-1")
    size = aged.ledger.size
    refused = delete(aged, dry_run=True)
    assert [one.safeguard for one in refused.unmet] == ["deletion.keeps-holds"]
    assert aged.ledger.size == size
    assert all(one in files(aged) for one in old)
    lift_hold(aged)
    assert delete(aged).parts == would.parts


@pytest.mark.parametrize("before", ["yesterday", "2026-13-01", "20260101", ""])
def test_a_day_that_is_none_is_an_error_and_no_entry(aged: App, before: str) -> None:
    size = aged.ledger.size
    with pytest.raises(InputError, match="a day as"):
        delete(aged, before=before)
    assert aged.ledger.size == size


# -- cut off at each step ----------------------------------------------------------------


class CutOffError(Exception):
    pass


def cut_off_after(step: str) -> object:
    def told(done: str) -> None:
        if done == step:
            raise CutOffError

    return told


@pytest.mark.parametrize("step", STEPS)
def test_a_deletion_that_was_cut_off_is_finished_by_the_next_run_with_the_same_counts(
    aged: App, step: str
) -> None:
    old = secrets_of(aged)
    would = delete(aged, dry_run=True)
    size = aged.ledger.size
    with pytest.raises(CutOffError):
        delete(aged, step=cut_off_after(step))
    if step == "proved":
        with pytest.raises(InputError, match="not held"):
            delete(aged)
    else:
        with App.open(aged.settings.folder) as again:
            done = delete(again, before="2000-01-01")  # whatever is asked
        assert done.resumed
        wraps = 2 * would.parts + would.answers
        assert (done.parts, done.wraps, done.answers) == (would.parts, wraps, would.answers)
        assert done.before == day()
    assert kinds_from(aged, size) == ["deletion.decided", "deletion.proved"]
    assert not any(one in files(aged) for one in old)
    assert replay_register(aged).same


KILLED = """
import os, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from beforehand.app import clock
from beforehand.app.registers import App
from beforehand.app.shredding import delete_sealed
ahead = timedelta(days=100)
clock.now = lambda: datetime.now(UTC) + ahead
def step(done):
    if done == sys.argv[2]:
        os._exit(9)
app = App.open(Path(sys.argv[1]))
delete_sealed(app, before=sys.argv[3], actor="p-yew", step=step)
"""


@pytest.mark.parametrize("step", STEPS)
def test_a_process_killed_at_any_step_leaves_what_the_next_one_finishes(
    aged: App, step: str
) -> None:
    old, folder = secrets_of(aged), aged.settings.folder
    would, size = delete(aged, dry_run=True), aged.ledger.size
    before = day()
    aged.close()
    ran = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder), step, before],
        check=False,
        env={**os.environ},
    )
    assert ran.returncode == 9
    with App.open(folder) as again:
        assert again.view().size > size  # it folds with the keys gone
        if step != "proved":
            done = delete(again)
            assert (done.parts, done.answers) == (would.parts, would.answers)
            assert done.wraps == 2 * would.parts + would.answers
        assert kinds_from(again, size) == ["deletion.decided", "deletion.proved"]
        assert not any(one in files(again) for one in old)
        assert replay_register(again).same


@pytest.mark.parametrize("step", STEPS[:2])
def test_a_hold_placed_after_the_decision_stops_what_is_left_of_it(
    aged: App, step: str
) -> None:
    with pytest.raises(CutOffError):
        delete(aged, step=cut_off_after(step))
    place_hold(aged, "p-fir")
    left, size = secrets_of(aged), aged.ledger.size
    with pytest.raises(Refusal) as refused:
        delete(aged)
    assert unmet(refused) == ["deletion.keeps-holds"]
    assert kinds_from(aged, size) == ["act.refused"]
    assert all(one in files(aged) for one in left)
    assert replay_register(aged).same
    lift_hold(aged)
    assert delete(aged).resumed


def test_whoever_finishes_a_deletion_must_be_allowed_to_delete(aged: App) -> None:
    with pytest.raises(CutOffError):
        delete(aged, step=cut_off_after("decided"))
    with pytest.raises(Refusal) as refused:
        delete(aged, actor="p-hazel")
    assert unmet(refused) == ["person.is-data-steward"]


# -- what no entry commits to ------------------------------------------------------------


def test_parts_of_an_act_that_was_never_recorded_are_found_and_removed(app: App) -> None:
    assert orphans(app) == set()
    lost = seal("name", "never recorded", "e-lost", bytes(32))
    app.vault.put("e-lost", [lost])
    before = secrets_of(app)
    assert {one.entry_id for one in orphans(app)} == {"e-lost"}
    assert remove_orphans(app) == 1
    assert orphans(app) == set()
    gone = [one for one in before if one not in files(app)]
    assert len(gone) == 2
    assert replay_register(app).same
