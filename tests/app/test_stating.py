"""Statements at the terminal: checked, confirmed by a second person, issued, watched."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from beforehand.app.noting import oversee
from beforehand.app.overseeing import replay_register
from beforehand.app.registers import App
from beforehand.app.stating import issue_statement, watch_statements
from beforehand.cli import main
from beforehand.ledger.entry import decode_trusted
from beforehand.record import facts as f
from beforehand.record import stating as s
from beforehand.record.acts import Act, by_hand
from beforehand.record.recorded import Recorded
from beforehand.record.reported import Claim
from beforehand.refusal import InputError, Refusal
from tests.app.dated import make, stop_clock
from tests.policy.stating_tables import DRAFTED, ISSUED, MORE_REFUSED
from tests.policy.test_safeguards import unmet
from tests.world import Step, ask

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXT = b"Since 22 November the office has not used the data. (Invented.)"
DIGEST = hashlib.sha256(TEXT).hexdigest()
ENDED = Step(
    fact=f.ContractEnded(contract="c-1"), actor="buyer", at="2026-11-21T10:00:00.000000Z"
)
UNUSED = Claim(claim="no_use", office="harbor", first="2026-11-22")
BOUGHT = Claim(claim="no_new_requests", office="harbor", first="2026-11-19")
AT = "2026-11-25T{:02}:00:00.000000Z"


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    stop_clock(monkeypatch, AT.format(10))
    with make(tmp_path / "register", [ENDED]) as made:
        made.keep_document(TEXT)
        yield made


def draft(*claims: Claim) -> s.StatementDrafted:
    return s.StatementDrafted(
        statement="st-1", office="harbor", claims=claims, document=DIGEST
    )


def written(fact: s.StatementDrafted) -> dict[str, Any]:
    return {"act": "draft-statement", "actor": "manager", **msgspec.to_builtins(fact)}


def ready(app: App, *claims: Claim) -> s.StatementDrafted:
    fact = draft(*claims)
    app.submit(Act(actor="manager", fact=fact))
    confirmed = s.StatementConfirmed(statement="st-1", digest=s.claims_digest(fact))
    app.submit(Act(actor="lawyer", fact=confirmed))
    return fact


def use(app: App, day: str) -> int:
    act = ask(question="q-1")
    receipt = app.in_turn(
        lambda: app.append(
            act.fact, actor="analyst", at=day, decision=None, sealed=dict(act.sealed)
        )
    )
    return receipt.entry


def test_check_lists_what_is_unsupported_and_writes_nothing(
    app: App, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, size = tmp_path / "draft.json", app.ledger.size
    register = str(app.settings.folder)
    path.write_text(json.dumps(written(draft(UNUSED, BOUGHT))))
    assert main(["statement", "check", register, str(path), "--json"]) == 3
    printed = capsys.readouterr()
    checked = json.loads(printed.out)
    words = [(one["verdict"], one["issuable"]) for one in checked["claims"]]
    assert words == [("supported", True), ("contradicted", False)]
    assert checked["claims"][1]["because"] == ["c-1"]
    assert checked["digest"] == s.claims_digest(draft(UNUSED, BOUGHT))
    assert "Unsupported as it stands: claim 2, of 2." in printed.err
    assert [one["first"] for one in checked["claims"]] == [UNUSED.first, BOUGHT.first]
    path.write_text(json.dumps(written(draft(UNUSED))))
    assert main(["statement", "check", register, str(path)]) == 0
    assert f"from {UNUSED.first}" in capsys.readouterr().out
    assert checked["size"] == size == app.ledger.size


def test_only_a_draft_can_be_checked(app: App, tmp_path: Path) -> None:
    path = tmp_path / "act.json"
    path.write_text(
        json.dumps({"act": "stop-dataset", "actor": "chief", "dataset": "feed"})
    )
    assert main(["statement", "check", str(app.settings.folder), str(path)]) == 2


def test_what_is_supported_and_confirmed_is_issued_and_names_the_size(app: App) -> None:
    ready(app, UNUSED)
    size = app.ledger.size
    issued = issue_statement(app, "st-1", actor="chief")
    assert (issued.entry, issued.size, issued.verdicts) == (size, size, ("supported",))
    fact = msgspec.json.decode(app.entry(size)[1].data, type=s.StatementIssued)
    assert (fact.size, fact.verdicts) == (size, ("supported",))
    replayed = replay_register(app)
    assert not [one for one in replayed.differing if "statement" in one]


def test_what_is_unsupported_is_refused_and_the_refusal_is_recorded(app: App) -> None:
    ready(app, UNUSED, BOUGHT)
    with pytest.raises(Refusal) as caught:
        issue_statement(app, "st-1", actor="chief")
    assert {one.safeguard for one in caught.value.unmet} == {"statement.supported"}
    (*_, (_, last)) = app.ledger.entries()
    assert decode_trusted(last).kind == "act.refused"


def test_what_nobody_confirmed_is_refused(app: App) -> None:
    app.submit(Act(actor="manager", fact=draft(UNUSED)))
    with pytest.raises(Refusal) as caught:
        issue_statement(app, "st-1", actor="chief")
    assert {one.safeguard for one in caught.value.unmet} == {"statement.confirmed"}


def test_a_use_between_draft_and_issue_is_seen(app: App) -> None:
    ready(app, UNUSED)
    use(app, "2026-11-25T10:01:00.000000Z")
    with pytest.raises(Refusal):
        issue_statement(app, "st-1", actor="chief")


def test_nobody_writes_verdicts_by_hand() -> None:
    act = {"act": "issue-statement", "actor": "chief", **msgspec.to_builtins(ISSUED)}
    with pytest.raises(InputError, match="which the program makes itself"):
        by_hand(json.dumps(act).encode(), where="act")


def test_a_statement_that_is_not_drafted_cannot_be_issued(app: App) -> None:
    with pytest.raises(InputError, match="an id that is on the record"):
        issue_statement(app, "st-9", actor="chief")


def test_watch_records_a_flip_once_and_says_who_is_to_be_told(
    app: App, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ready(app, UNUSED)
    issue_statement(app, "st-1", actor="chief")
    fact = s.StatementSubscribed(statement="st-1", person="analyst")
    app.submit(Act(actor="analyst", fact=fact))
    assert watch_statements(app, dry_run=False) == ()
    stop_clock(monkeypatch, "2026-11-27T10:00:00.000000Z")
    entry = use(app, "2026-11-26T10:00:00.000000Z")
    register = str(app.settings.folder)
    size = app.ledger.size

    capsys.readouterr()
    assert main(["statement", "watch", register, "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert f"supported -> reversed, by entry {entry}." in said
    assert "To tell: analyst." in said
    assert app.ledger.size == size
    assert main(["statement", "watch", register, "--json"]) == 0
    (flip,) = json.loads(capsys.readouterr().out)
    assert (flip["entry"], flip["subscribers"]) == (entry, ["analyst"])
    assert app.ledger.size == size + 1
    assert main(["statement", "watch", register]) == 0
    assert capsys.readouterr().out == "Nothing has flipped.\n"
    assert app.ledger.size == size + 1
    known = app.view().stating.statements["st-1"]
    assert known.verdicts == ("reversed",)
    assert not [one for one in replay_register(app).differing if "statement" in one]


@pytest.mark.parametrize("look", ["statements", "oversight"])
def test_a_walk_over_the_ledger_holds_nobody_up_and_sees_what_came_meanwhile(
    app: App, monkeypatch: pytest.MonkeyPatch, look: str
) -> None:
    ready(app, UNUSED)
    issue_statement(app, "st-1", actor="chief")
    stop_clock(monkeypatch, "2026-11-26T12:00:00.000000Z")
    size, recorded, reads = app.ledger.size, app.recorded, list[int]()

    def read(start: int = 0, stop: int | None = None) -> Iterator[Recorded]:
        reads.append(start)
        entries = list(recorded(start, stop))
        if len(reads) == 1:
            # Another writes while the first walk is under way; in a turn nobody could.
            use(app, "2026-11-26T10:00:00.000000Z")
        yield from entries

    with monkeypatch.context() as patch:
        patch.setattr(app, "recorded", read)
        if look == "oversight":
            oversee(app, dry_run=True)
        else:
            (found,) = watch_statements(app, dry_run=True)
            assert (found.now, found.entry) == ("reversed", size)
    # Within the turn only what came meanwhile is read.
    assert reads[0] == 0
    assert set(reads[1:]) == {size}


def test_a_replay_finds_verdicts_that_the_record_did_not_give(app: App) -> None:
    fact = ready(app, BOUGHT)
    wrong = s.StatementIssued(
        statement="st-1",
        digest=s.claims_digest(fact),
        size=app.ledger.size,
        verdicts=("supported",),
    )
    app.submit(Act(actor="chief", fact=wrong))
    assert [one for one in replay_register(app).differing if "of the statement" in one]


def test_issue_prints_where_it_stands(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    ready(app, UNUSED)
    size = app.ledger.size
    register = str(app.settings.folder)
    capsys.readouterr()
    assert main(["statement", "issue", register, "st-1", "--as", "manager"]) == 3
    assert "statement.issued-by-post" in capsys.readouterr().err
    assert main(["statement", "issue", register, "st-1", "--as", "chief"]) == 0
    said = capsys.readouterr().out
    assert f"Entry {size + 1}: st-1 is issued, on the {size + 1} entries before it." in said


@pytest.mark.parametrize("case", MORE_REFUSED)
def test_what_is_refused_is_refused_by_the_safeguard_that_it_is_named_for(
    case: str,
) -> None:
    safeguard, view, what = MORE_REFUSED[case]
    assert unmet(view, what) == {safeguard}


def test_the_draft_of_the_tables_is_one_that_a_person_may_write() -> None:
    act = by_hand(json.dumps(written(DRAFTED)).encode(), where="act")
    assert act.fact == DRAFTED
