"""Oversight on a register: taking a case in, auditing it, replaying decisions."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from beforehand.app.case_importing import check_items
from beforehand.app.registers import App
from beforehand.ledger.entry import decode_trusted
from beforehand.ledger.index import office_of
from beforehand.oversight import audit as auditing
from beforehand.oversight import casefile, counts, statements
from beforehand.oversight.findings import Audit
from beforehand.oversight.replay import Replayed, replay
from beforehand.policy import sets
from beforehand.record.acts import Act
from beforehand.record.facts import AuditCompleted, RegisterOpened, SafeguardsAdopted
from beforehand.refusal import InputError
from beforehand.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from beforehand.policy.sets import SafeguardSet
    from beforehand.record.reported import ReportedRecord
    from beforehand.record.view import RecordView

READER = "beforehand"  # who enters a public record: this program, and no person


def take_case(data: bytes, *, name: str, folder: Path) -> App:
    """Make a register of a case file: its items as reported facts. Raises InputError.

    The file is read whole before anything is written, and kept as it came.
    """
    case = casefile.read_case(data, name)
    settings = Settings(
        folder=folder,
        register=case.case.id,
        title=case.case.title,
        origin=f"beforehand.invalid/{case.case.id}",
        about="record",
    )
    facts = casefile.facts(case, hashlib.sha256(data).hexdigest())
    check_items(facts, where=name)
    app = App.create(settings)
    document = app.keep_document(data)
    found(app, register=case.case.id, department=case.offices[0].id, document=document)
    app.report(facts, actor=READER)
    return app


def found(
    app: App, *, register: str, department: str, document: str, administrator: str = READER
) -> None:
    """Open a register and adopt the safeguards that ship."""
    guards = sets.baseline()
    app.keep_document(guards.text.encode())
    opened = RegisterOpened(
        register=register,
        department=department,
        administrator=administrator,
        document=document,
    )
    app.submit(Act(actor=administrator, fact=opened))
    adopted = SafeguardsAdopted(policies=guards.digest, safeguards=len(guards.safeguards))
    app.submit(Act(actor=administrator, fact=adopted))


def audit_case(app: App) -> Audit:
    """Audit the register's reported history and record what was found, by digest."""

    def job() -> Audit:
        view = app.current()
        case = view.reported.case
        if case is None:
            raise InputError(
                where=str(app.settings.folder), expected="a case taken in", got="none"
            )
        result = audit(view.reported, app.guards())
        fact = AuditCompleted(
            case=case.item,
            file=case.file,
            policies=result.policies,
            findings=audit_digest(result),
            passes=result.tally("passes"),
            fails=result.tally("fails"),
            undecidable=result.tally("undecidable"),
        )
        app.append_undecided(fact, actor=READER)
        return result

    return app.in_turn(job)


def audit(record: ReportedRecord, guards: SafeguardSet) -> Audit:
    """Return everything an audit says of a reported record, by one safeguard set."""
    return Audit(
        case=record.case.item if record.case else "",
        policies=guards.digest,
        findings=auditing.findings(record, guards),
        statements=statements.verdicts(record),
        counts=counts.held(record),
        recommendations=counts.recommendations(record),
        unanswered=counts.unanswered(record),
        not_asked=auditing.not_asked(guards),
        cannot_show=counts.cannot_show(record),
    )


def latest_audit(app: App) -> Audit | None:
    """Return the audit of the case in the register, made anew; None where there is no case."""
    view = app.view()
    if view.reported.case is None:
        return None
    return audit(view.reported, app.guards())


def audit_digest(result: Audit) -> str:
    return hashlib.sha256(msgspec.json.encode(result, order="sorted")).hexdigest()


def replay_register(app: App) -> Replayed:
    """Make every decision of a register again, and every audit."""

    def audit_again(view: RecordView, guards: SafeguardSet) -> str:
        return audit_digest(audit(view.reported, guards))

    def acted(entry_id: str) -> tuple[str, str | None] | None:
        found = app.in_turn(lambda: app.ledger.earlier(entry_id))
        if found is None:
            return None
        entry = decode_trusted(found[1])
        return entry.actor, office_of(entry)

    entries = ((index, data, decode_trusted(data)) for index, data in app.ledger.entries())
    return replay(
        entries,
        unseal=app.unseal,
        guards_named=app.guards_named,
        audit=audit_again,
        acted=acted,
    )
