"""A register: acts become entries, refusals too, and everything can be read back and replayed."""

from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from beforehand.app.overseeing import replay_register
from beforehand.app.publishing import publish
from beforehand.app.registers import App
from beforehand.ledger.entry import decode_trusted
from beforehand.record.acts import Act, decode_act
from beforehand.record.facts import ContractAwarded, OfficeNamed, SupplierNamed
from beforehand.refusal import InputError, Refusal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.app.conftest import Built

AWARD = ContractAwarded(
    contract="c-9",
    office="harbor",
    supplier="made-up-telemetry",
    datasets=("made-up-mobility",),
    purpose="evacuation-planning",
    assessment=None,
    starts="2026-01-01",
    ends="2027-01-01",
    pilot=False,
)


def test_the_purchase_before_any_assessment_was_refused_with_law_and_remedy(
    built: Built,
) -> None:
    (words,) = built.refusals
    assert "assessment.approved" in words
    assert "E-Government Act of 2002" in words
    assert "Have an assessment approved" in words


def test_a_refusal_is_an_entry_that_names_each_unmet_safeguard(app: App) -> None:
    with pytest.raises(Refusal) as refused:
        app.submit(Act(actor="p-hazel", fact=AWARD))
    assert refused.value.entry is not None
    _, entry = app.entry(refused.value.entry)
    assert entry.kind == "act.refused"
    assert entry.decision is not None
    assert entry.decision.unmet == tuple(one.safeguard for one in refused.value.unmet)
    assert "assessment.approved" in entry.decision.unmet


def test_a_check_says_the_same_and_writes_nothing(app: App) -> None:
    size = app.ledger.size
    act = Act(actor="p-hazel", fact=AWARD)
    unmet = app.check(act)
    assert app.ledger.size == size
    with pytest.raises(Refusal) as refused:
        app.submit(act)
    assert refused.value.unmet == unmet


def test_an_act_that_makes_no_sense_is_an_error_and_no_entry(app: App) -> None:
    size = app.ledger.size
    for fact in (
        OfficeNamed(office="harbor", office_kind="unit", parent="dia"),
        OfficeNamed(office="x", office_kind="unit", parent="nowhere"),
        SupplierNamed(supplier="made-up-telemetry"),
    ):
        with pytest.raises(InputError):
            app.submit(Act(actor="p-alder", fact=fact))
    assert app.ledger.size == size


def test_a_person_who_is_not_on_record_is_refused_on_the_ledger(app: App) -> None:
    with pytest.raises(Refusal) as refused:
        app.submit(Act(actor="p-nobody", fact=SupplierNamed(supplier="x")))
    assert "person.individual" in {one.safeguard for one in refused.value.unmet}
    assert refused.value.entry == app.ledger.size - 1


def test_two_holders_of_one_register_decide_on_each_others_entries(app: App) -> None:
    with App.open(app.settings.folder) as other:
        app.submit(Act(actor="p-fir", fact=SupplierNamed(supplier="x")))
        with pytest.raises(InputError, match="not on the record yet"):
            other.submit(Act(actor="p-fir", fact=SupplierNamed(supplier="x")))
        other.submit(Act(actor="p-fir", fact=SupplierNamed(supplier="y")))
        assert set(app.view().suppliers) >= {"x", "y"}


def test_of_many_who_race_for_one_name_one_gets_it(app: App) -> None:
    def one(_: int) -> bool:
        try:
            app.submit(Act(actor="p-fir", fact=SupplierNamed(supplier="wanted")))
        except InputError:
            return False
        return True

    size = app.ledger.size
    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(one, range(100))) == 1
    assert app.ledger.size == size + 1


def test_what_a_lost_group_applied_never_happened(app: App) -> None:
    size = app.ledger.size

    def job() -> None:
        app.take(Act(actor="p-fir", fact=SupplierNamed(supplier="lost")))
        raise MemoryError

    with pytest.raises(MemoryError):
        app.in_turn(job)
    assert app.ledger.size == size
    assert "lost" not in app.view().suppliers
    app.submit(Act(actor="p-fir", fact=SupplierNamed(supplier="lost")))


def test_every_decision_replays_the_same(app: App) -> None:
    result = replay_register(app)
    assert result.same
    decided = sum(1 for _, data in app.ledger.entries() if decode_trusted(data).decision)
    assert result.decisions == decided > 30


def test_replay_finds_a_decision_that_does_not_follow(app: App) -> None:
    """An entry forged inside the database: the purchase that was refused, shown as allowed."""
    path = app.settings.ledger
    with closing(sqlite3.connect(path)) as db, db:
        for (name,) in db.execute(
            "SELECT name FROM sqlite_master WHERE type='trigger'"
        ).fetchall():
            db.execute(f"DROP TRIGGER {name}")
        number, data = db.execute(
            "SELECT number, bytes FROM entries WHERE CAST(bytes AS TEXT) LIKE '%contract.awarded%'"
        ).fetchone()
        entry = json.loads(data)
        entry["data"]["purpose"] = "other"
        forged = json.dumps(
            entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        db.execute(
            "UPDATE entries SET bytes = ? WHERE number = ?", (forged.encode(), number)
        )
    result = replay_register(app)
    assert not result.same
    assert any(f"entry {number}" in one for one in result.differing)


def test_sealed_values_stand_in_no_file_in_clear(app: App) -> None:
    planted = (b"INVENTED-0001", b"Mia Maple")
    site = app.settings.folder / "site"
    publish(app, site)
    found = [one for one in app.settings.folder.rglob("*") if one.is_file()]
    assert any(site in one.parents for one in found)
    for path in found:
        data = path.read_bytes()
        assert not any(secret in data for secret in planted), path


def test_keys_sealed_parts_and_data_at_rest_are_for_their_owner_alone(app: App) -> None:
    for folder in (app.settings.private, app.settings.snapshots):
        assert folder.stat().st_mode & 0o077 == 0


def test_a_register_is_not_made_over_other_files(tmp_path: Path, app: App) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "note.txt").write_text("mine")
    settings = type(app.settings)(
        folder=tmp_path / "other",
        register="x",
        title="x",
        origin="x.invalid/x",
        about="live",
    )
    with pytest.raises(InputError, match="an empty folder"):
        App.create(settings)
    assert [one.name for one in (tmp_path / "other").iterdir()] == ["note.txt"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("[]", "a JSON object", id="a list"),
        pytest.param("{", "one JSON object", id="half"),
        pytest.param(
            '{"act": "buy", "actor": "p"}', "the verb of an act", id="no such verb"
        ),
        pytest.param(
            '{"act": "name-supplier", "actor": "P X"}', "id of a person", id="bad actor"
        ),
        pytest.param(
            '{"act": "name-supplier", "actor": "p"}', "supplier", id="a field missing"
        ),
        pytest.param(
            '{"act": "name-supplier", "actor": "p", "supplier": "x", "more": 1}',
            "more",
            id="a field more",
        ),
        pytest.param(
            '{"act": "name-supplier", "actor": "p", "supplier": "A<script>"}',
            "an id",
            id="no id",
        ),
        pytest.param(
            '{"act": "name-supplier", "actor": "p", "supplier": "x", "sealed": {"name": "y"}}',
            "no keys",
            id="seals what is not sealed",
        ),
        pytest.param(
            '{"act": "end-contract", "actor": "p", "contract": 7}',
            "contract: expected a text, got a whole number",
            id="wrong type",
        ),
    ],
)
def test_a_bad_act_says_what_was_expected(text: str, expected: str) -> None:
    with pytest.raises(InputError, match=expected):
        decode_act(text.encode(), where="act.json")


def test_replay_finds_a_refusal_whose_reasons_were_changed(app: App) -> None:
    with closing(sqlite3.connect(app.settings.ledger)) as db, db:
        for (name,) in db.execute(
            "SELECT name FROM sqlite_master WHERE type='trigger'"
        ).fetchall():
            db.execute(f"DROP TRIGGER {name}")
        number, data = db.execute(
            "SELECT number, bytes FROM entries WHERE CAST(bytes AS TEXT) LIKE '%act.refused%'"
        ).fetchone()
        entry = json.loads(data)
        entry["decision"]["unmet"] = entry["decision"]["unmet"][1:]
        forged = json.dumps(
            entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        db.execute(
            "UPDATE entries SET bytes = ? WHERE number = ?", (forged.encode(), number)
        )
    (differing,) = replay_register(app).differing
    assert differing.startswith(f"entry {number}: it said")
