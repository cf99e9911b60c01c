"""For each act of a group one that is allowed, and for each of its safeguards one refused."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from beforehand.record import buying as b
from beforehand.record import facts as f
from beforehand.record import people as p
from beforehand.record import reviewing as r
from beforehand.record import using as u
from beforehand.record.acts import Act
from beforehand.record.kinds import DecidedFact
from beforehand.record.state import text_digest
from tests.record.generated import recorded
from tests.world import (
    AREA,
    AWARD,
    DIGEST,
    DRAFT,
    NOW,
    SAMPLE,
    TEXT,
    Step,
    ask,
    changed,
    record,
    steps,
)

if TYPE_CHECKING:
    from beforehand.record.acts import Json
    from beforehand.record.fold import Record

IN_REVIEW = ("approved", "published")
TOKEN = "a secret of thirty-two characters"  # noqa: S105  # a test's own


def act(actor: str, fact: DecidedFact, **sealed: Json) -> Act:
    return Act(actor=actor, fact=fact, sealed=sealed)


def by(actor: str, fact: DecidedFact, **opened: object) -> Step:
    return Step(fact=fact, actor=actor, opened=opened)


# -- people ------------------------------------------------------------------------------

DELEGATION = p.DelegationMade(
    delegation="d-1",
    delegator="supervisor",
    delegate="component",
    office="harbor",
    roles=("supervisor",),
    first_day="2026-11-20",
    last_day="2026-12-20",
)
ACTING = p.ActingNamed(
    acting="a-1",
    person="component",
    office="harbor",
    roles=("supervisor",),
    first_day="2026-11-20",
    last_day="2026-12-20",
)
HERE = p.SiteNamed(site="here", north_e4=1_289_000, east_e4=1_030_000)
FAR = p.SiteNamed(site="far", north_e4=1_240_000, east_e4=610_000)
SESSION = p.SessionOpened(session="n-1", person="analyst", site="here")
SITES = (by("root", HERE), by("root", FAR))
LOCK = p.AccountLocked(person="analyst", reason="inquiry")
UNLOCK = p.AccountUnlocked(person="analyst", outcome="one_person", document=DIGEST)
DELEGATED = by("supervisor", DELEGATION)


def shared() -> Record:
    """The analyst, signed in at two places at once."""
    second = msgspec.structs.replace(SESSION, session="n-2", site="far")
    return record((), *SITES, by("analyst", SESSION), by("analyst", second))


# -- the life of an assessment -----------------------------------------------------------

ENDORSED = r.AssessmentEndorsed(assessment="pia", digest=TEXT)
RETURNED = r.AssessmentReturned(assessment="pia", digest=TEXT, document=DIGEST)
RECALLED = r.AssessmentRecalled(assessment="pia", digest=TEXT)
REVOKED = r.ApprovalRevoked(assessment="pia", digest=TEXT, document=DIGEST)
SUPERSEDED = r.AssessmentSuperseded(assessment="pia", successor="pia-2")
REINSTATED = r.AssessmentReinstated(assessment="pia")
WITHDRAWN = by("chief", f.AssessmentWithdrawn(assessment="pia"))
OPINION = r.OpinionGiven(
    assessment="pia", digest=TEXT, body="counsel", outcome="dissents", document=DIGEST
)
DELAY = r.DelayAccepted(
    assessment="pia", mitigation="check", until="2027-01-31", document=DIGEST
)
THREAD = r.ThreadOpened(thread="t-1", assessment="pia", section="2.1", document=DIGEST)
ANSWERED = r.ThreadAnswered(thread="t-1", document=DIGEST)
RESOLVED = r.ThreadResolved(thread="t-1")
REOPENED = r.ThreadReopened(thread="t-1")
REVOKED_PTA = r.ThresholdRevoked(threshold="pta", document=DIGEST)
REMARK = by("lawyer", THREAD)
APPROVE = f.AssessmentApproved(assessment="pia", digest=TEXT, expires="2027-01-01")


def second_assessment() -> tuple[Step, ...]:
    draft = msgspec.structs.replace(DRAFT, assessment="pia-2")
    digest = text_digest(draft)
    named = ("submitted", "endorsed", "reviewed", "approved", "published")
    return (
        by("manager", draft),
        *(
            by(
                one.actor,
                msgspec.structs.replace(one.fact, assessment="pia-2", digest=digest),
            )
            for one in (steps()[name] for name in named)
        ),
    )


def drafted(**changes: object) -> dict[str, Step]:
    """The assessment taken through review with another draft."""
    digest = text_digest(msgspec.structs.replace(DRAFT, **changes))
    found = changed("draft", **changes)
    for name in ("submitted", "endorsed", "reviewed", "approved", "published"):
        found |= changed(name, digest=digest)
    for name in ("privacy", "law", "liberties", "affected"):
        found |= changed(f"opinion-{name}", digest=digest)
    return found


def approving(**changes: object) -> Act:
    digest = text_digest(msgspec.structs.replace(DRAFT, **changes))
    return act("chief", msgspec.structs.replace(APPROVE, digest=digest))


# -- buying ------------------------------------------------------------------------------

SOLICITED = b.SolicitationIssued(
    solicitation="so-1",
    office="harbor",
    datasets=("feed",),
    purpose="planning",
    assessment="pia",
    pilot=False,
)
EXCEPTION = b.ExceptionRecorded(
    exception="x-1",
    safeguard="assessment.disclosed",
    on="c-1",
    official="chief",
    first_day="2026-11-25",
    last_day="2026-12-25",
    document=DIGEST,
)
INQUIRY = b.InquiryOpened(
    inquiry="i-1",
    supplier="maker",
    dataset="feed",
    questions=("origin", "consent"),
    link=hashlib.sha256(TOKEN.encode()).hexdigest(),
    expires="2026-12-25",
    document=DIGEST,
)
ANSWER = b.InquiryAnswered(
    inquiry="i-1", origin="sdk", consent="none", answered=("origin",), document=DIGEST
)
ASKED_SUPPLIER = by("manager", INQUIRY)
SUPPLIED = by("maker", ANSWER, token=TOKEN)


def pilot(ends: str = "2027-11-24") -> Act:
    fact = msgspec.structs.replace(
        AWARD, contract="c-2", pilot=True, starts="2026-11-25", ends=ends
    )
    return act("buyer", fact)


# -- use ---------------------------------------------------------------------------------

PROCESS = u.ProcessRecorded(
    process="w-1",
    process_kind="warrant",
    office="harbor",
    dataset="feed",
    first_day="2026-10-01",
    last_day="2026-10-30",
    expires="2026-12-31",
    document=DIGEST,
)
EXIGENCY = msgspec.structs.replace(
    PROCESS, process="w-2", process_kind="exigency", expires="2026-11-27"
)
SCOPE: dict[str, Json] = {"area": msgspec.to_builtins(AREA), "device": None}
RECORDED = by("lawyer", PROCESS, **SCOPE)
DECLARED = by("lawyer", EXIGENCY, **SCOPE)
RESOLVE = u.ExigencyResolved(process="w-2", obtained=None, document=DIGEST)
PLACES = u.OwnPlacesDeclared(person="analyst")
INCIDENT = u.IncidentOpened(
    incident="n-1",
    office="routes",
    datasets=("feed",),
    discovered="2026-11-21",
    document=DIGEST,
)
OPENED = by("analyst", INCIDENT)
NOTICE = u.NoticeGiven(incident="n-1", to="privacy_office", document=DIGEST)
NOTICES = (
    by("reviewer", NOTICE),
    by("reviewer", msgspec.structs.replace(NOTICE, to="inspector_general")),
)
CLOSED = u.IncidentClosed(
    incident="n-1", outcome="substantiated", measure="discipline", document=DIGEST
)
REOPEN = u.IncidentReopened(incident="n-1", document=DIGEST)
REVIEW = f.UseReviewed2(
    office="routes", dataset="feed", finding="in_order", sample="s-1", judged=()
)
LATER = "2026-12-01T10:00:00.000000Z"


def rows(**changes: object) -> Record:
    """A record in which device-level rows may be asked, by a process of these fields."""
    terms = msgspec.structs.replace(DRAFT.terms, forms=("aggregate", "rows"))
    found = drafted(terms=terms) | changed("request", form="rows", process="w-1")
    process = by("lawyer", msgspec.structs.replace(PROCESS, **changes), **SCOPE)
    return _before("request", process, instead=found)


def _before(name: str, step: Step, *, instead: dict[str, Step]) -> Record:
    """A record with a step just before the named one."""
    kept = {**steps(), **instead}
    names = list(kept)
    place = names.index(name)
    head = record(tuple(names[place:]), step, instead=instead)
    for one in names[place:]:
        head.apply(recorded(head.size, kept[one]))
    return head


def judged(
    *words: u.Judged, flags: tuple[u.Flag, ...] = ()
) -> tuple[Record, f.UseReviewed2]:
    """A record with a sample of questions, and a review that finds `words` of them."""
    names = tuple(f"q-{number}" for number in range(len(words)))
    sample = msgspec.structs.replace(SAMPLE, questions=names, flags=flags)
    found = tuple(
        u.QuestionJudged(question=one, judged=word)
        for one, word in zip(names, words, strict=True)
    )
    finding = "referred" if "referred" in words else "in_order"
    review = msgspec.structs.replace(REVIEW, judged=found, finding=finding)
    return record((), by("supervisor", sample)), review


_FLAGGED = judged("in_order", flags=(u.Flag(question="q-0", pattern="coworker"),))
_READ = judged("in_order", "in_order")

ALLOWED: dict[str, tuple[Record, Act]] = {
    "delegate": (record(), act("supervisor", DELEGATION)),
    "end-delegation": (
        record((), DELEGATED),
        act("supervisor", p.DelegationEnded(delegation="d-1")),
    ),
    "name-acting": (record(), act("root", ACTING)),
    "end-acting": (
        record((), by("root", ACTING)),
        act("root", p.ActingEnded(acting="a-1")),
    ),
    "name-site": (record(), act("root", HERE)),
    "open-session": (record((), *SITES), act("analyst", SESSION)),
    "close-session": (
        record((), *SITES, by("analyst", SESSION)),
        act("analyst", p.SessionClosed(session="n-1")),
    ),
    "lock-account": (record(), act("supervisor", LOCK)),
    "unlock-account": (shared(), act("reviewer", UNLOCK)),
    "endorse-assessment": (
        record(("endorsed", "reviewed", *IN_REVIEW)),
        act("component", ENDORSED),
    ),
    "return-assessment": (record(IN_REVIEW), act("reviewer", RETURNED)),
    "recall-assessment": (record(IN_REVIEW), act("manager", RECALLED)),
    "revoke-approval": (record(), act("chief", REVOKED)),
    "supersede-assessment": (record((), *second_assessment()), act("chief", SUPERSEDED)),
    "reinstate-assessment": (record((), WITHDRAWN), act("chief", REINSTATED)),
    "give-opinion": (record(), act("lawyer", OPINION)),
    "accept-delay": (record(), act("chief", DELAY)),
    "open-thread": (record(), act("lawyer", THREAD)),
    "answer-thread": (record((), REMARK), act("manager", ANSWERED)),
    "resolve-thread": (record((), REMARK), act("lawyer", RESOLVED)),
    "reopen-thread": (
        record((), REMARK, by("lawyer", RESOLVED)),
        act("lawyer", REOPENED),
    ),
    "revoke-threshold-analysis": (record(), act("reviewer", REVOKED_PTA)),
    "solicit": (record(), act("buyer", SOLICITED)),
    "cancel-solicitation": (
        record((), by("buyer", SOLICITED)),
        act("buyer", b.SolicitationCancelled(solicitation="so-1")),
    ),
    "record-exception": (record(), act("chief", EXCEPTION)),
    "end-exception": (
        record((), by("chief", EXCEPTION)),
        act("chief", b.ExceptionEnded(exception="x-1")),
    ),
    "ask-supplier": (record(), act("manager", INQUIRY)),
    "answer-as-supplier": (
        record((), ASKED_SUPPLIER),
        act("maker", ANSWER, token=TOKEN),
    ),
    "record-process": (record(), act("lawyer", PROCESS, **SCOPE)),
    "end-process": (record((), RECORDED), act("lawyer", u.ProcessEnded(process="w-1"))),
    "resolve-exigency": (record((), DECLARED), act("lawyer", RESOLVE)),
    "declare-own-places": (record(), act("analyst", PLACES, areas=[SCOPE["area"]])),
    "draw-sample": (record(), act("supervisor", SAMPLE)),
    "review-use": (_READ[0], act("supervisor", _READ[1])),
    "open-incident": (record(), act("analyst", INCIDENT)),
    "give-notice": (record((), OPENED), act("supervisor", NOTICE)),
    "close-incident": (record((), OPENED, *NOTICES), act("reviewer", CLOSED)),
    "reopen-incident": (
        record((), OPENED, *NOTICES, by("reviewer", CLOSED)),
        act("reviewer", REOPEN),
    ),
}


def ended_process() -> Record:
    found = rows()
    found.apply(recorded(found.size, by("lawyer", u.ProcessEnded(process="w-1"))))
    return found


_NO_RISK: dict[str, object] = {"risks": ()}
REFUSED: dict[str, tuple[Record, Act, str]] = {
    "person.unlocked": (shared(), ask(), NOW),
    "person.may-return": (record(IN_REVIEW), act("manager", RETURNED), NOW),
    "person.may-recall": (record(IN_REVIEW), act("reviewer", RECALLED), NOW),
    "person.may-remark": (record(), act("buyer", THREAD), NOW),
    "person.may-revoke-threshold": (record(), act("manager", REVOKED_PTA), NOW),
    "person.may-lock": (record(), act("steward", LOCK), NOW),
    "person.may-unlock": (shared(), act("supervisor", UNLOCK), NOW),
    "person.may-except": (
        record(),
        act("manager", msgspec.structs.replace(EXCEPTION, official="manager")),
        NOW,
    ),
    "person.may-notify": (record((), OPENED), act("analyst", NOTICE), NOW),
    "person.may-close-incident": (
        record((), OPENED, *NOTICES),
        act("supervisor", CLOSED),
        NOW,
    ),
    "person.may-opine": (record(), act("manager", OPINION), NOW),
    "assessment.identifiable": (
        record(
            ("pta-approved",),
            instead=changed("feed", contains=("advertising_id",))
            | changed("pta", needs_assessment=False),
        ),
        act("reviewer", f.ThresholdApproved(threshold="pta")),
        NOW,
    ),
    "assessment.component-reviewed": (
        record(("endorsed", "reviewed", *IN_REVIEW)),
        act("reviewer", f.AssessmentReviewed(assessment="pia", digest=TEXT)),
        NOW,
    ),
    "assessment.opinions": (
        record(("opinion-affected", *IN_REVIEW)),
        act("chief", APPROVE),
        NOW,
    ),
    "assessment.threads-resolved": (record(IN_REVIEW, REMARK), act("chief", APPROVE), NOW),
    "assessment.risks": (
        record(IN_REVIEW, instead=drafted(**_NO_RISK)),
        approving(**_NO_RISK),
        NOW,
    ),
    "assessment.periods-agree": (
        record(IN_REVIEW, instead=changed("pta", retention_days=99)),
        act("chief", APPROVE),
        NOW,
    ),
    "contract.pilot-ends": (
        record(),
        pilot(ends="2027-11-25"),
        NOW,
    ),
    "supplier.link": (
        record((), ASKED_SUPPLIER),
        act("maker", ANSWER, token=f"{TOKEN}?"),
        NOW,
    ),
    "supplier.link-unused": (
        record((), ASKED_SUPPLIER, SUPPLIED),
        act("maker", ANSWER, token=TOKEN),
        NOW,
    ),
    "supplier.link-unexpired": (
        record((), ASKED_SUPPLIER),
        act("maker", ANSWER, token=TOKEN),
        "2026-12-25T00:00:00.000000Z",
    ),
    "procedures.final": (record(instead=changed("procedures", interim=True)), ask(), NOW),
    "process.standing": (ended_process(), ask(form={"form": "rows"}), NOW),
    "process.unexpired": (
        rows(expires="2026-11-25"),
        ask(form={"form": "rows"}),
        NOW,
    ),
    "process.exigency-again": (
        record((), DECLARED),
        act("lawyer", msgspec.structs.replace(EXIGENCY, process="w-3"), **SCOPE),
        LATER,
    ),
    "assessment.approval-ahead": (
        record(IN_REVIEW),
        act("chief", msgspec.structs.replace(APPROVE, expires="2026-11-25")),
        NOW,
    ),
    "assessment.approval-limited": (
        record(IN_REVIEW),
        act("chief", msgspec.structs.replace(APPROVE, expires="2029-11-26")),
        NOW,
    ),
    "assessment.delay-limited": (
        record(),
        act("chief", msgspec.structs.replace(DELAY, until="2027-11-26")),
        NOW,
    ),
    "contract.one-pilot": (
        record(instead=changed("award", pilot=True)),
        pilot(),
        NOW,
    ),
    "incident.discovered": (
        record(),
        act("analyst", msgspec.structs.replace(INCIDENT, discovered="2026-11-26")),
        NOW,
    ),
    "person.independent": (
        record(),
        act("chief", msgspec.structs.replace(LOCK, person="watcher")),
        NOW,
    ),
    "process.exigency-deadline": (
        record(),
        act("lawyer", msgspec.structs.replace(EXIGENCY, expires="2026-11-28"), **SCOPE),
        NOW,
    ),
    "process.exigency-resolved": (record((), DECLARED), ask(), LATER),
    "review.sampled": (record(), act("supervisor", REVIEW), NOW),
    "review.every-question": (_READ[0], act("supervisor", REVIEW), NOW),
    "review.flags": (_FLAGGED[0], act("supervisor", _FLAGGED[1]), NOW),
    "incident.notified": (record((), OPENED), ask(), NOW),
    "incident.notices-given": (
        record((), OPENED, NOTICES[0]),
        act("reviewer", CLOSED),
        NOW,
    ),
    "exception.own-hand": (record(), act("reviewer", EXCEPTION), NOW),
    "exception.dated": (
        record(),
        act("chief", msgspec.structs.replace(EXCEPTION, last_day="2027-11-25")),
        NOW,
    ),
    "delegation.by-holder": (record(), act("manager", DELEGATION), NOW),
    "delegation.held": (
        record(),
        act("supervisor", msgspec.structs.replace(DELEGATION, roles=("counsel",))),
        NOW,
    ),
    "delegation.limited": (
        record(),
        act("root", msgspec.structs.replace(ACTING, last_day="2027-06-23")),
        NOW,
    ),
    "separation.own-delegation": (
        record(),
        act("root", msgspec.structs.replace(DELEGATION, delegate="root")),
        NOW,
    ),
    "separation.own-remark": (record((), REMARK), act("manager", RESOLVED), NOW),
    "separation.own-incident": (
        record((), by("reviewer", INCIDENT), *NOTICES),
        act("reviewer", CLOSED),
        NOW,
    ),
}
