"""Statements on a register: checked before they are issued, issued, and watched afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from beforehand.app import clock
from beforehand.app.walking import Walk
from beforehand.oversight import live_claims
from beforehand.oversight.watching import Flip, Watch
from beforehand.record.acts import Act, by_hand
from beforehand.record.checks import known
from beforehand.record.stating import (
    StatementDrafted,
    StatementIssued,
    VerdictWord,
    claims_digest,
    unsupported,
)
from beforehand.record.stating_follows import check_stating
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from beforehand.app.registers import App
    from beforehand.oversight.findings import Verdict


class CheckedClaim(msgspec.Struct, frozen=True, kw_only=True):
    """One claim, as the record has it.

    use, first, last, due   those of its form, as they were drafted
    issuable   whether it may be issued today
    because    ids of what the verdict rests on; `entry-` and a number is an entry
    """

    number: int
    claim: str
    office: str
    use: str | None
    first: str | None
    last: str | None
    due: str | None
    verdict: VerdictWord
    issuable: bool
    because: tuple[str, ...]
    open: tuple[str, ...]
    why: str


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A statement held against the record. `digest` is what a second person confirms."""

    statement: str
    office: str
    digest: str
    size: int
    claims: tuple[CheckedClaim, ...]

    @property
    def unsupported(self) -> tuple[int, ...]:
        return tuple(one.number for one in self.claims if not one.issuable)


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """The receipt: which entry, and how many entries the verdicts rest on."""

    entry: int
    id: str
    at: str
    statement: str
    size: int
    verdicts: tuple[VerdictWord, ...]


def check_statement(app: App, data: bytes, *, where: str) -> Checked:
    """Evaluate a draft (the act `draft-statement`); nothing is written. Raises InputError."""
    act = by_hand(data, where=where)
    draft = act.fact
    if not isinstance(draft, StatementDrafted):
        raise InputError(where=where, expected="the act draft-statement", got=act.verb)

    def job() -> Checked:
        view = app.current()
        check_stating(view, draft)
        at = app.next_time()
        return _checked(draft, live_claims.held(view, draft, at=at), at, view.size)

    return app.in_turn(job)


def _checked(
    draft: StatementDrafted, found: tuple[Verdict, ...], at: str, size: int
) -> Checked:
    lacking = unsupported(draft.claims, (one.verdict for one in found), at[:10])
    pairs = zip(draft.claims, found, strict=True)
    return Checked(
        statement=draft.statement,
        office=draft.office,
        digest=claims_digest(draft),
        size=size,
        claims=tuple(
            CheckedClaim(
                number=number,
                claim=claim.claim,
                office=claim.office,
                use=claim.use,
                first=claim.first,
                last=claim.last,
                due=claim.due,
                verdict=one.verdict,
                issuable=number not in lacking,
                because=one.because,
                open=one.open,
                why=one.why,
            )
            for number, (claim, one) in enumerate(pairs, start=1)
        ),
    )


def issue_statement(app: App, statement: str, *, actor: str) -> Issued:
    """Issue a statement with what the record says of it now. Raises Refusal, InputError."""

    def job() -> tuple[StatementIssued, int, str, str]:
        view = app.current()
        known("statement", statement, view.stating.statements)
        found = view.stating.statements[statement]
        said = live_claims.held(view, found.drafted, at=app.next_time())
        fact = StatementIssued(
            statement=statement,
            digest=found.digest,
            size=view.size,
            verdicts=tuple(one.verdict for one in said),
        )
        receipt = app.take(Act(actor=actor, fact=fact))
        return fact, receipt.entry, receipt.id, receipt.at

    fact, entry, entry_id, at = app.in_turn(job)
    return Issued(
        entry=entry,
        id=entry_id,
        at=at,
        statement=statement,
        size=fact.size,
        verdicts=fact.verdicts,
    )


def watch_statements(app: App, *, dry_run: bool) -> tuple[Flip, ...]:
    """Return what has flipped since it was last looked at, and record each unless `dry_run`.

    Cost: a walk over the ledger, without holding it up.
    """
    watch = Watch()
    walk = Walk(app, watch.take)
    walk.on()

    def job() -> tuple[Flip, ...]:
        app.current()
        walk.on()  # what came meanwhile
        found = watch.flips(app.next_time())
        if not dry_run:
            for one in found:
                app.append_undecided(one.fact, actor=clock.PROGRAM)
        return found

    return app.in_turn(job)
