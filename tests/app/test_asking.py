"""A question, through safeguards, ledger and gate, on a real register."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from beforehand.app.asking import ask_question, left, preview, who_asks
from beforehand.app.overseeing import replay_register
from beforehand.app.registers import App
from beforehand.gate.engines.frames import EngineError
from beforehand.gate.question import parse
from beforehand.record.acts import Act
from beforehand.record.facts import (
    AccessRecertified,
    DatasetStopped,
    UseApproved,
    UseConcurred,
)
from beforehand.refusal import InputError, Refusal

if TYPE_CHECKING:
    from pathlib import Path

    from beforehand.gate.engines.engine import Engine
    from beforehand.gate.protection import Counts
    from tests.app.conftest import Built

DATASET, ASSESSMENT = "made-up-mobility", "pia-1"


def approve(app: App) -> None:
    for actor, fact in (
        ("p-larch", UseApproved(request="r-1")),
        ("p-juniper", UseConcurred(request="r-1")),
        ("p-larch", AccessRecertified(person="p-maple")),
    ):
        app.submit(Act(actor=actor, fact=fact))


def kinds(app: App, start: int) -> list[str]:
    return [entry.fact.kind for entry in app.recorded(start)]


def other_hour(question: bytes, hour: int) -> bytes:
    form = json.loads(question)
    form["window"]["end"] = form["window"]["end"].replace("T22", f"T{hour:02}")
    return json.dumps(form).encode()


class Broken:
    """An engine that fails, or during whose run something happens."""

    def __init__(self, app: App | None = None) -> None:
        self.app = app

    def run(
        self,
        sql: str,
        *,
        folder: Path,
        files: tuple[tuple[str, str], ...],
        deadline_s: float,
    ) -> Counts:
        del sql, folder, files, deadline_s
        if self.app is None:
            raise EngineError
        self.app.submit(Act(actor="p-cedar", fact=DatasetStopped(dataset=DATASET)))
        return {}


def test_a_question_without_approvals_is_refused_for_all_of_them_at_once(
    app: App, built: Built, engine: Engine
) -> None:
    size = app.ledger.size
    with pytest.raises(Refusal) as refused:
        ask_question(app, built.question, actor="p-maple", engine=engine)
    assert [one.safeguard for one in refused.value.unmet] == [
        "person.recertified",
        "request.approved",
        "request.concurred",
    ]
    assert refused.value.entry == size
    assert kinds(app, size) == ["act.refused"]


def test_the_same_question_twice_is_one_charge_and_one_answer(
    app: App, built: Built, engine: Engine
) -> None:
    approve(app)
    before = left(app, DATASET, ASSESSMENT)
    size = app.ledger.size
    first = ask_question(app, built.question, actor="p-maple", engine=engine)
    after = left(app, DATASET, ASSESSMENT)
    assert before.rho_micro - after.rho_micro == first.rho_micro > 0
    assert ask_question(app, built.question, actor="p-maple", engine=engine) == first
    assert left(app, DATASET, ASSESSMENT) == after
    assert kinds(app, size) == [
        "question.admitted",
        "question.answered",
        "question.admitted",
    ]


def test_a_stored_answer_is_not_given_to_whom_the_safeguards_refuse(
    app: App, built: Built, engine: Engine
) -> None:
    approve(app)
    ask_question(app, built.question, actor="p-maple", engine=engine)
    app.submit(Act(actor="p-cedar", fact=DatasetStopped(dataset=DATASET)))
    with pytest.raises(Refusal) as refused:
        ask_question(app, built.question, actor="p-maple", engine=engine)
    assert [one.safeguard for one in refused.value.unmet] == ["stop.none"]


def test_an_answer_is_withheld_when_authority_ends_during_the_run_and_stays_charged(
    app: App, built: Built
) -> None:
    approve(app)
    size, before = app.ledger.size, left(app, DATASET, ASSESSMENT)
    with pytest.raises(Refusal, match="authority ended"):
        ask_question(app, built.question, actor="p-maple", engine=Broken(app))
    assert kinds(app, size) == ["question.admitted", "dataset.stopped", "question.withheld"]
    assert left(app, DATASET, ASSESSMENT).rho_micro < before.rho_micro
    assert replay_register(app).same


def test_a_run_that_fails_is_withheld_and_stays_charged(app: App, built: Built) -> None:
    approve(app)
    size, before = app.ledger.size, left(app, DATASET, ASSESSMENT)
    with pytest.raises(EngineError):
        ask_question(app, built.question, actor="p-maple", engine=Broken())
    assert kinds(app, size) == ["question.admitted", "question.withheld"]
    assert left(app, DATASET, ASSESSMENT).rho_micro < before.rho_micro


def test_racing_questions_cannot_both_take_the_last_of_the_budget(
    app: App, built: Built, engine: Engine
) -> None:
    approve(app)
    forms = [other_hour(built.question, hour) for hour in range(8, 22)]

    def one(form: bytes) -> str:
        try:
            ask_question(app, form, actor="p-maple", engine=engine)
        except Refusal as refusal:
            return refusal.unmet[0].safeguard
        return "answered"

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(one, forms))
    assert found.count("answered") == 10  # the assessment's budget holds ten
    assert found.count("budget.enough") == 4
    assert left(app, DATASET, ASSESSMENT).rho_micro < 50_000


def test_a_preview_says_what_would_be_refused_and_spends_and_writes_nothing(
    app: App, built: Built
) -> None:
    size = app.ledger.size
    found = preview(app, built.question, actor="p-maple")
    assert {one.safeguard for one in found.unmet} == {
        "person.recertified",
        "request.approved",
        "request.concurred",
    }
    assert 49_000 < found.protection.charge.rho_micro <= 50_000
    assert app.ledger.size == size


def test_a_changed_manifest_stops_the_question_before_it_is_charged(
    app: App, built: Built, engine: Engine
) -> None:
    approve(app)
    snapshot = json.loads(built.question)["snapshot"]
    path = app.settings.snapshots / snapshot[:16] / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b"made-up", b"made-UP"))
    size = app.ledger.size
    with pytest.raises(InputError, match="manifest"):
        ask_question(app, built.question, actor="p-maple", engine=engine)
    assert app.ledger.size == size


def test_a_changed_data_file_gives_no_answer(
    app: App, built: Built, engine: Engine
) -> None:
    approve(app)
    snapshot = json.loads(built.question)["snapshot"]
    path = next((app.settings.snapshots / snapshot[:16]).glob("day=*"))
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")
    with pytest.raises(EngineError):
        ask_question(app, built.question, actor="p-maple", engine=engine)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("profile", "lavish", id="no such profile"),
        pytest.param("assessment", "pia-9", id="no such assessment"),
        pytest.param("request", "r-9", id="no such request"),
        pytest.param("snapshot", "0" * 64, id="no such snapshot"),
    ],
)
def test_a_question_that_names_nothing_real_is_an_error_and_no_entry(
    app: App, built: Built, engine: Engine, field: str, value: str
) -> None:
    size = app.ledger.size
    form = json.dumps({**json.loads(built.question), field: value}).encode()
    with pytest.raises(InputError):
        ask_question(app, form, actor="p-maple", engine=engine)
    assert app.ledger.size == size


def test_who_asks_is_named_beside_the_file_or_in_it_and_never_inferred(
    built: Built,
) -> None:
    signed = json.dumps({"actor": "p-maple", **json.loads(built.question)}).encode()
    assert who_asks(signed, None)[0] == "p-maple"
    assert who_asks(signed, "p-other")[0] == "p-other"
    assert parse(who_asks(signed, None)[1]) == parse(built.question)
    for nobody in (built.question, signed.replace(b"p-maple", b"P MAPLE"), b"[]"):
        with pytest.raises(InputError, match="person who asks"):
            who_asks(nobody, None)
