"""For each act that answers for something one that is allowed, and refused ones by safeguard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from beforehand.record import answering as a
from beforehand.record import facts as f
from beforehand.record import people as p
from beforehand.record.acts import Act
from beforehand.record.kinds import DecidedFact
from tests.world import DIGEST, NOW, Step, person, record

if TYPE_CHECKING:
    from beforehand.record.acts import Json
    from beforehand.record.fold import Record


def by(actor: str, fact: DecidedFact) -> Step:
    return Step(fact=fact, actor=actor)


def act(actor: str, fact: DecidedFact, **sealed: Json) -> Act:
    return Act(actor=actor, fact=fact, sealed=sealed)


def asked(actor: str, fact: DecidedFact) -> Act:
    return act(actor, fact, name="A. Invented Asker")


# -- reports and recommendations ---------------------------------------------------------

REPORT = a.ReportIssued(
    report="rep-1",
    body="inspector_general",
    issuer="oig",
    office="harbor",
    issued="2026-11-20",
    document=DIGEST,
)
OUTSIDE = msgspec.structs.replace(REPORT, report="rep-2", body="gao", issuer=None)
FINDING = a.FindingMade(finding="f-1", report="rep-1", document=DIGEST)
ADVICE = a.RecommendationMade(
    recommendation="rec-1",
    report="rep-1",
    finding="f-1",
    number=1,
    office="harbor",
    priority=False,
    document=None,
    check=a.NoSharedAccounts(),
)
ADVICE_OUTSIDE = msgspec.structs.replace(
    ADVICE, recommendation="rec-2", report="rep-2", finding=None, priority=True, check=None
)
CONCUR = a.RecommendationAnswered(
    recommendation="rec-1", response="partially_concur", document=DIGEST
)
PLAN = a.RecommendationPlanned(recommendation="rec-1", due="2027-03-31", document=DIGEST)
EVIDENCE = a.RecommendationEvidenced(recommendation="rec-1", evidence=DIGEST)
RATED = a.RecommendationRated(recommendation="rec-1", status="open_resolved", document=None)
CLOSED = a.RecommendationClosed(recommendation="rec-1", status="closed", document=None)
REOPENED = a.RecommendationReopened(recommendation="rec-1", document=DIGEST)
FAILED = a.CheckFailed(recommendation="rec-1", entry="e-1")
CLOSED_OUTSIDE = a.RecommendationClosed(
    recommendation="rec-2", status="closed_implemented", document=DIGEST
)

MADE = (by("watcher", REPORT), by("watcher", FINDING), by("watcher", ADVICE))
MADE_OUTSIDE = (by("reviewer", OUTSIDE), by("reviewer", ADVICE_OUTSIDE))
ANSWERED = (*MADE, by("manager", CONCUR), by("manager", PLAN), by("manager", EVIDENCE))
DONE = (*ANSWERED, by("watcher", RATED), by("watcher", CLOSED))
# Somebody who is an inspector general beside another post, and one of another office.
TWO_POSTS = person("both", "oig", "inspector_general")
BOTH_MANAGE = person("both", "harbor", "program_manager")
ELSEWHERE = (
    by(
        "root",
        f.OfficeNamed(office="oig-2", office_kind="inspector_general", parent="dept"),
    ),
    person("other-watcher", "oig-2", "inspector_general"),
    person("high-watcher", "dept", "inspector_general"),
)
LENT = by(
    "manager",
    p.DelegationMade(
        delegation="d-9",
        delegator="manager",
        delegate="watcher",
        office="harbor",
        roles=("program_manager",),
        first_day="2026-11-20",
        last_day="2026-12-20",
    ),
)

# -- commitments, queries, redress -------------------------------------------------------

PROMISE = a.CommitmentMade(
    commitment="pr-1", office="harbor", promised="policy", due="2026-12-31", document=DIGEST
)
MOVED = a.CommitmentMoved(commitment="pr-1", due="2027-02-28", document=DIGEST)
KEPT = a.CommitmentKept(commitment="pr-1", evidence=DIGEST)
SUPERSEDED = a.CommitmentSuperseded(commitment="pr-1", replacement="pr-2", document=DIGEST)
PROMISED = by("manager", PROMISE)
SECOND = by("manager", msgspec.structs.replace(PROMISE, commitment="pr-2"))

QUERY = a.QueryLodged(
    query="qu-1",
    office="harbor",
    asker="congress",
    received="2026-11-20",
    due=None,
    concerning=("feed",),
    document=DIGEST,
)
REPLY = a.QueryAnswered(
    query="qu-1", reply="known", official=None, reason=None, document=DIGEST
)
KEPT_BACK = a.QueryAnswered(
    query="qu-1",
    reply="withheld",
    official="chief",
    reason="law_enforcement",
    document=None,
)
SILENT = a.QuerySilent(query="qu-1", days=31)
LODGED = by("analyst", QUERY)

REDRESS = a.RedressReceived(
    redress="rd-1",
    office="harbor",
    redress_kind="access",
    received="2026-11-20",
    due=None,
)
SETTLED = a.RedressAnswered(redress="rd-1", outcome="granted_in_part")
RECEIVED = by("analyst", REDRESS)


def changed(fact: DecidedFact, **changes: object) -> DecidedFact:
    return msgspec.structs.replace(fact, **changes)


ALLOWED: dict[str, tuple[Record, Act]] = {
    "issue-report": (record(), act("watcher", REPORT)),
    "make-finding": (record((), *MADE[:1]), act("watcher", FINDING)),
    "make-recommendation": (record((), *MADE[:2]), act("watcher", ADVICE)),
    "answer-recommendation": (record((), *MADE), act("manager", CONCUR)),
    "plan-recommendation": (record((), *MADE), act("chief", PLAN)),
    "evidence-recommendation": (record((), *MADE), act("manager", EVIDENCE)),
    "rate-recommendation": (record((), *ANSWERED), act("watcher", RATED)),
    "close-recommendation": (record((), *ANSWERED), act("watcher", CLOSED)),
    "reopen-recommendation": (record((), *DONE), act("watcher", REOPENED)),
    "make-commitment": (record(), act("manager", PROMISE)),
    "move-commitment": (record((), PROMISED), act("manager", MOVED)),
    "keep-commitment": (record((), PROMISED), act("manager", KEPT)),
    "supersede-commitment": (record((), PROMISED, SECOND), act("manager", SUPERSEDED)),
    "lodge-query": (record(), asked("analyst", QUERY)),
    "answer-query": (record((), LODGED), act("manager", REPLY)),
    "receive-redress": (record(), asked("analyst", REDRESS)),
    "answer-redress": (record((), RECEIVED), act("component", SETTLED)),
}
REFUSED: dict[str, tuple[Record, Act, str]] = {
    "answering.by-body": (record((), *DONE[:-1]), act("chief", CLOSED), NOW),
    "answering.dated": (
        record(),
        act("watcher", changed(REPORT, issued="2026-11-26")),
        NOW,
    ),
    "answering.in-time": (
        record(),
        asked("analyst", changed(QUERY, due="2026-12-22")),
        NOW,
    ),
    "recommendation.on-paper": (
        record((), *MADE_OUTSIDE),
        act("watcher", changed(CLOSED_OUTSIDE, document=None)),
        NOW,
    ),
    "recommendation.by-management": (record((), *MADE), act("watcher", CONCUR), NOW),
    "commitment.by-management": (record(), act("component", PROMISE), NOW),
    "query.answered-by-office": (record((), LODGED), act("analyst", REPLY), NOW),
    "query.withheld-own-hand": (record((), LODGED), act("manager", KEPT_BACK), NOW),
    "redress.by-privacy-office": (record((), RECEIVED), act("manager", SETTLED), NOW),
    "separation.answerer-closes": (
        record((), TWO_POSTS, BOTH_MANAGE, *MADE, by("both", CONCUR)),
        act("both", CLOSED),
        NOW,
    ),
}
# What else is refused, each by the safeguard that it is named for.
MORE_REFUSED: dict[str, tuple[str, Record, Act]] = {
    "closed by an inspector general of another office": (
        "answering.by-body",
        record((), *ELSEWHERE, *ANSWERED),
        act("other-watcher", CLOSED),
    ),
    "closed by one posted above the body's office": (
        "answering.by-body",
        record((), *ELSEWHERE, *ANSWERED),
        act("high-watcher", CLOSED),
    ),
    "rated by management": (
        "answering.by-body",
        record((), *ANSWERED),
        act("chief", RATED),
    ),
    "reopened by the privacy office": (
        "answering.by-body",
        record((), *DONE),
        act("chief", REOPENED),
    ),
    "recommended by a program manager, for a body outside": (
        "answering.by-body",
        record((), *MADE_OUTSIDE[:1]),
        act("manager", ADVICE_OUTSIDE),
    ),
    "closed by whose delegate answered": (
        "separation.answerer-closes",
        record((), *MADE, LENT, by("watcher", CONCUR)),
        act("watcher", CLOSED),
    ),
    "received on a day to come": (
        "answering.dated",
        record(),
        asked("analyst", changed(REDRESS, received="2026-11-26")),
    ),
    "answered by management of another office": (
        "recommendation.by-management",
        record((), person("far", "routes", "program_manager"), *MADE),
        act("far", CONCUR),
    ),
}
MORE_ALLOWED: dict[str, tuple[Record, Act]] = {
    "closed on behalf of a body outside, on its paper": (
        record((), *MADE_OUTSIDE),
        act("reviewer", CLOSED_OUTSIDE),
    ),
    "withheld by the official's own hand": (
        record((), LODGED),
        act("chief", KEPT_BACK),
    ),
    "due on the last of twenty working days": (
        record(),
        asked("analyst", changed(QUERY, due="2026-12-21")),
    ),
    "issued today": (record(), act("watcher", changed(REPORT, issued="2026-11-25"))),
}
