"""Sealed parts: opened by an act that is on the ledger before, and audited by their own reader."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from beforehand.app.overseeing import replay_register
from beforehand.app.registers import App
from beforehand.app.sealing import audit_sealed, name_reader, open_part
from beforehand.ledger.errors import DisclosureError
from beforehand.ledger.vault import NotHereError
from beforehand.ledger.wraps import ReaderKey
from beforehand.record.acts import Act, by_hand
from beforehand.record.custody import SealedOpened
from beforehand.record.facts import OfficeNamed, PersonAppointed, SupplierNamed, UseApproved
from beforehand.refusal import InputError, Refusal
from tests.app.sealed import IG, entry_of, kinds_from, move_clock, sealed_entries, submit


@pytest.fixture
def key() -> ReaderKey:
    return ReaderKey.generate(IG)


def unmet(caught: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [one.safeguard for one in caught.value.unmet]


# -- opening -----------------------------------------------------------------------------


def test_what_is_opened_is_on_the_ledger_with_who_and_why_and_without_the_value(
    app: App,
) -> None:
    index, entry = entry_of(app, "use.requested")
    size = app.ledger.size
    opened = open_part(app, index, "case", actor="p-juniper", reason="litigation")
    assert opened.value == "INVENTED-0001"
    assert (opened.entry, opened.part, opened.receipt.entry) == (index, "case", size)
    data, recorded = app.entry(size)
    assert recorded.kind == "sealed.opened"
    assert (recorded.actor, recorded.subject, recorded.seal) == ("p-juniper", entry.id, {})
    assert b"INVENTED" not in data
    assert "INVENTED" not in repr(opened)
    month = opened.receipt.at[:7]
    counted = app.view().counted
    assert counted["sealed.opened", "harbor-routes", "litigation", month] == 1


def test_an_entry_is_named_by_its_number_or_its_id(app: App) -> None:
    index, entry = entry_of(app, "person.appointed")
    by_id = open_part(app, entry.id, "name", actor="p-pine", reason="oversight")
    by_number = open_part(app, index, "name", actor="p-pine", reason="oversight")
    assert by_id.value == by_number.value == "Bea Birch (invented)"
    assert by_id.entry == index


def test_the_entry_is_durable_before_the_value_is_read(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process, which sees what is durable, sees the opening when the vault is asked."""
    index, _ = entry_of(app, "use.requested")
    app.view()  # folded, which reads the vault too
    seen: list[str] = []

    def looked(*_: object, **__: object) -> str:
        with closing(sqlite3.connect(app.settings.ledger)) as db:
            ((last,),) = db.execute(
                "SELECT bytes FROM entries ORDER BY number DESC LIMIT 1"
            ).fetchall()
        seen.append(last.decode())
        raise NotHereError("looked")

    monkeypatch.setattr(app.vault, "get", looked)
    with pytest.raises(NotHereError):
        open_part(app, index, "case", actor="p-juniper", reason="review")
    assert '"kind":"sealed.opened"' in seen[0]


@pytest.mark.parametrize(
    ("kind", "part", "actor", "missing"),
    [
        pytest.param("use.requested", "case", "p-hazel", ["sealed.opened-by-role"], id="who buys"),
        pytest.param("use.requested", "area", "p-willow", ["sealed.opened-by-role"], id="a supervisor elsewhere"),
        pytest.param("use.requested", "case", "p-maple", ["sealed.not-own-act", "sealed.opened-by-role"], id="who requested it"),
        pytest.param("person.appointed", "name", "p-alder", ["sealed.not-own-act", "sealed.opened-by-role"], id="who appointed"),
        pytest.param("act.refused", "act", "p-nobody", ["person.individual", "person.unlocked", "sealed.not-own-act", "sealed.opened-by-role"], id="nobody on record"),
    ],
)  # fmt: skip
def test_an_opening_that_is_refused_shows_nothing_and_is_on_the_ledger(
    app: App,
    monkeypatch: pytest.MonkeyPatch,
    *,
    kind: str,
    part: str,
    actor: str,
    missing: list[str],
) -> None:
    index, _ = entry_of(app, kind)
    size = app.view().size
    monkeypatch.setattr(app.vault, "get", None)
    with pytest.raises(Refusal) as refused:
        open_part(app, index, part, actor=actor, reason="review")
    assert unmet(refused) == missing
    assert refused.value.entry == size
    assert kinds_from(app, size) == ["act.refused"]


@pytest.mark.parametrize(
    ("entry", "part", "expected"),
    [
        pytest.param(10_000, "name", "a number below", id="no such number"),
        pytest.param("e-none", "name", "the index or id of an entry", id="no such id"),
        pytest.param(0, "name", "nothing is sealed in it", id="nothing sealed"),
    ],
)
def test_what_is_not_there_to_open_is_an_error_and_no_entry(
    app: App, entry: int | str, part: str, expected: str
) -> None:
    size = app.ledger.size
    with pytest.raises(InputError, match=expected):
        open_part(app, entry, part, actor="p-pine", reason="oversight")
    index, _ = entry_of(app, "use.requested")
    with pytest.raises(InputError, match="expected one of area, case"):
        open_part(app, index, "name", actor="p-pine", reason="oversight")
    assert app.ledger.size == size


def test_no_opening_is_written_by_hand() -> None:
    act = b'{"act":"open-sealed","actor":"p-pine","entry":"e-1","part":"name","office":"dia","by":"p-alder","reason":"oversight"}'
    with pytest.raises(InputError, match="which the program makes itself"):
        by_hand(act, where="act.json")


def test_a_replay_finds_an_opening_that_names_another_office_or_person(app: App) -> None:
    """Decided as if it were of another office: the safeguards looked at the wrong thing."""
    _, entry = entry_of(app, "use.requested")
    assert replay_register(app).same
    for by, office in (("p-maple", "land"), ("p-fir", "harbor-routes")):
        fact = SealedOpened(
            entry=entry.id, part="case", office=office, by=by, reason="review"
        )
        submit(app, "p-pine", fact)
    wrong = replay_register(app).differing
    assert len(wrong) == 2
    assert all("another person's or office's" in one for one in wrong)


# -- readers -----------------------------------------------------------------------------


def test_a_named_reader_opens_everything_before_and_after(app: App, key: ReaderKey) -> None:
    before = sum(len(entry.seal) for _, entry in sealed_entries(app))
    assert (
        name_reader(app, key.public, reader="inspector_general", actor="p-pine") == before
    )
    roles = PersonAppointed(
        person="p-new", office="land", roles=("analyst",), account="individual"
    )
    app.submit(Act(actor="p-alder", fact=roles, sealed={"name": "Nia New (invented)"}))
    found = audit_sealed(app, key, actor="p-pine")
    assert found.sound
    assert (found.opened, found.deleted) == (before + 1, 0)
    _, recorded = app.entry(found.receipt.entry)
    assert recorded.kind == "sealed.audited"


def test_naming_the_key_in_force_again_wraps_what_is_left_and_appends_nothing(
    app: App, key: ReaderKey
) -> None:
    name_reader(app, key.public, reader="inspector_general", actor="p-pine")
    size = app.ledger.size
    with closing(sqlite3.connect(app.settings.private / "wraps.sqlite")) as db, db:
        db.execute("DELETE FROM wraps WHERE reader = 'inspector_general' AND part = 'case'")
    assert name_reader(app, key.public, reader="inspector_general", actor="p-pine") == 1
    assert app.ledger.size == size
    assert audit_sealed(app, key, actor="p-pine").sound


@pytest.mark.parametrize("actor", ["p-alder", "p-birch", "p-juniper"])
def test_the_office_does_not_choose_its_overseers_key(
    app: App, key: ReaderKey, actor: str
) -> None:
    with pytest.raises(Refusal) as refused:
        name_reader(app, key.public, reader="inspector_general", actor=actor)
    assert unmet(refused) == ["person.may-name-reader"]
    assert app.view().readers == {}


def test_a_key_that_nothing_can_be_wrapped_to_is_not_named(app: App) -> None:
    size = app.ledger.size
    for raw in (bytes(32), b"short"):
        with pytest.raises(InputError, match="public key"):
            name_reader(app, raw, reader="inspector_general", actor="p-pine")
    assert app.ledger.size == size


def test_the_office_states_its_own_key_and_no_other(app: App, key: ReaderKey) -> None:
    with pytest.raises(InputError, match="the office's own key"):
        name_reader(app, key.public, reader="office", actor="p-alder")
    assert name_reader(app, app.vault.office, reader="office", actor="p-alder") == 0
    assert app.view().readers["office"].public_key == app.vault.office.hex()
    assert replay_register(app).same


# -- the audit ---------------------------------------------------------------------------


def tamper(app: App, file: str, sql: str) -> None:
    with closing(sqlite3.connect(app.settings.private / file)) as db, db:
        db.execute(sql)


def test_an_audit_lists_what_is_wrong_and_what_is_missing_and_records_the_counts(
    app: App, key: ReaderKey
) -> None:
    name_reader(app, key.public, reader="inspector_general", actor="p-pine")
    some = sealed_entries(app)
    (one, first), (two, second), (three, third) = (
        some[0],
        some[1],
        entry_of(app, "use.requested"),
    )
    tamper(app, "vault.sqlite", f"UPDATE parts SET ciphertext = zeroblob(284) WHERE entry_id = '{first.id}'")  # noqa: S608  # fmt: skip
    tamper(app, "vault.sqlite", f"DELETE FROM parts WHERE entry_id = '{second.id}'")  # noqa: S608
    tamper(app, "wraps.sqlite", f"DELETE FROM wraps WHERE reader = 'inspector_general' AND entry_id = '{third.id}' AND part = 'area'")  # noqa: S608  # fmt: skip
    found = audit_sealed(app, key, actor="p-pine")
    assert found.wrong == ((one, "name"),)
    assert found.missing == ((two, "name"), (three, "area"))
    assert not found.sound
    data, _ = app.entry(found.receipt.entry)
    assert b'"missing":2' in data
    assert b'"wrong":1' in data
    assert replay_register(app).same


def test_an_audit_may_look_at_the_first_entries_alone(app: App, key: ReaderKey) -> None:
    name_reader(app, key.public, reader="inspector_general", actor="p-pine")
    some = sealed_entries(app)
    found = audit_sealed(app, key, actor="p-pine", upto=some[2][0])
    assert (found.opened, found.upto) == (2, some[2][0])


def test_only_the_key_in_force_audits(app: App, key: ReaderKey) -> None:
    size = app.ledger.size
    with pytest.raises(InputError, match="though none was named"):
        audit_sealed(app, key, actor="p-pine")
    name_reader(app, key.public, reader="inspector_general", actor="p-pine")
    size = app.ledger.size
    with pytest.raises(InputError, match="another key"):
        audit_sealed(app, ReaderKey.generate(IG), actor="p-pine")
    assert app.ledger.size == size


def test_who_is_no_inspector_general_audits_nothing_though_they_have_the_key(
    app: App, key: ReaderKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    name_reader(app, key.public, reader="inspector_general", actor="p-pine")
    size = app.ledger.size
    monkeypatch.setattr(app.vault, "get", None)
    with pytest.raises(Refusal) as refused:
        audit_sealed(app, key, actor="p-birch")
    assert unmet(refused) == ["person.is-inspector-general"]
    assert kinds_from(app, size) == ["act.refused"]


# -- what is gone, and the clock ---------------------------------------------------------


def test_a_part_that_is_gone_though_nothing_deleted_it_stops_what_needs_it(
    app: App,
) -> None:
    tamper(app, "vault.sqlite", "DELETE FROM parts WHERE part = 'area'")
    with App.open(app.settings.folder) as again:
        request = again.view().requests["r-1"]
        with pytest.raises(DisclosureError):
            _ = request.area
        with pytest.raises(DisclosureError):
            again.check(Act(actor="p-larch", fact=UseApproved(request="r-1")))


def test_a_register_whose_office_key_is_lost_does_not_open(
    app: App, tmp_path: Path
) -> None:
    path = app.settings.private / "office.key"
    path.rename(tmp_path / "elsewhere")
    with pytest.raises(Exception, match=r"there is no key .*office\.key"):
        App.open(app.settings.folder)


def test_a_clock_that_was_set_back_is_on_the_ledger_once(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = app.ledger.size
    move_clock(monkeypatch, days=200 / 86_400)
    submit(app, "p-fir", SupplierNamed(supplier="a"))
    move_clock(monkeypatch, days=100 / 86_400)
    submit(app, "p-fir", SupplierNamed(supplier="b"))
    submit(app, "p-fir", SupplierNamed(supplier="c"))
    with pytest.raises(InputError):
        submit(app, "p-alder", OfficeNamed(office="x", office_kind="unit", parent="none"))
    found = kinds_from(app, size)
    assert found[0] == "supplier.named"
    assert found.count("clock.stepped") == 1
    assert found.index("clock.stepped") == 1
    _, entry = app.entry(size + 1)
    assert (entry.actor, entry.decision) == ("beforehand", None)
    assert b'"behind_ms":99' in bytes(entry.data) or b'"behind_ms":100' in bytes(entry.data)
    move_clock(monkeypatch, days=300 / 86_400)
    submit(app, "p-fir", SupplierNamed(supplier="d"))
    move_clock(monkeypatch, days=200 / 86_400)
    submit(app, "p-fir", SupplierNamed(supplier="e"))
    assert kinds_from(app, size).count("clock.stepped") == 2
    assert replay_register(app).same
