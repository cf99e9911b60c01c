"""For each verb one act that is possible in the invented department, and what goes before it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from beforehand.ledger.note import Signer
from beforehand.record import buying as b
from beforehand.record import custody as c
from beforehand.record import facts as f
from beforehand.record import people as p
from beforehand.record import rulebook as k
from beforehand.record import using as u
from beforehand.record.acts import Act, Json
from beforehand.record.kinds import DecidedFact
from tests.policy import answering_tables as t
from tests.policy import counting_tables as ct
from tests.policy import group_tables as g
from tests.policy import imported_tables as im
from tests.policy import stating_tables as st
from tests.record.generated import asked
from tests.world import (
    AREA,
    AWARD,
    DIGEST,
    DRAFT,
    FORM,
    SAMPLE,
    TERMS,
    TEXT,
    Step,
    steps,
)

Steps = tuple[Step, ...]
OTHER = "1" * 64
BY_PIA = ("submitted", "endorsed", "reviewed", "approved", "published")
AFTER_AWARD = ("award", "held", "request", "use-approved", "use-concurred")
SEALED: Mapping[str, Json] = {"case": "case-1", "area": msgspec.to_builtins(AREA)}
SEALS: Mapping[str, Mapping[str, Json]] = {
    "request-use": SEALED,
    "ask": {"form": FORM},
    "appoint": {"name": "Ana"},
    "record-process": {"area": msgspec.to_builtins(AREA), "device": None},
    "declare-own-places": {"areas": [msgspec.to_builtins(AREA)]},
    "answer-as-supplier": {"token": "secret"},
    "open-incident": {"about": "analyst"},
    "commit-count": {"disclosures": ["text"]},
    "lodge-query": {"name": "A. Invented Asker"},
    "receive-redress": {"name": "A. Invented Asker"},
}


def by(fact: DecidedFact, actor: str = "root") -> Step:
    return Step(fact=fact, actor=actor)


WITHDRAWN = by(f.AssessmentWithdrawn(assessment="pia"))
ENDED = by(f.ContractEnded(contract="c-1"))
STOPPED = by(f.DatasetStopped(dataset="feed"))
EDITED = msgspec.structs.replace(
    DRAFT, terms=msgspec.structs.replace(TERMS, sharing=("partner",))
)
SUPPLIER = by(f.SupplierNamed(supplier="rival"))
HELD = steps()["held"].fact
REQUEST = steps()["request"].fact
MODIFIED = f.ContractModified(
    contract="c-1",
    change="option",
    assessment="pia",
    datasets=("feed",),
    ends="2028-01-01",
)
PTA = f.ThresholdFiled2(
    threshold="pta-2",
    office="harbor",
    datasets=("feed",),
    needs_assessment=False,
    document=DIGEST,
)
SUBMITTED = f.AssessmentSubmitted(assessment="pia", digest=TEXT)
REVIEWED = f.AssessmentReviewed(assessment="pia", digest=TEXT)
APPROVED = f.AssessmentApproved(assessment="pia", digest=TEXT, expires="2028-01-01")
PUBLISHED = f.AssessmentPublished(assessment="pia", digest=TEXT)
WITHHELD = f.AssessmentWithheld(
    assessment="pia", digest=TEXT, reason="classified", official="chief"
)
ASKED = asked("q-1").fact
ANSWERED = f.QuestionAnswered(question="q-1", answer=DIGEST, plan=DIGEST, shown=1, hidden=1)

VERIFIER = Signer(
    name="log.example", _key=Ed25519PrivateKey.from_private_bytes(bytes(32))
).verifier
KEY = c.KeyAdded(key=VERIFIER.key_id.hex(), vkey=VERIFIER.vkey)
FOUNDING = "00000000"
AUDITED = c.SealedAudited(
    register="test",
    reader="inspector_general",
    upto=10,
    opened=1,
    wrong=0,
    missing=0,
    deleted=0,
)
HOLD = c.HoldPlaced(hold="h-1", on="r-1", document=DIGEST)
DELETION = c.DeletionDecided(deletion="d-1", before="2026-01-01", keeping=(), parts=1)
PROOF = c.DeletionProved(deletion="d-1", parts=1, wraps=2, answers=0, kept=0, remaining=0)

PROPOSED_SET = k.SafeguardsProposed(
    policies=OTHER, office="harbor", in_force_from="2026-12-01", document=DIGEST
)
APPROVED_SET = k.SafeguardsApproved(policies=OTHER, office="harbor")
ADOPTED = f.SafeguardsAdopted2(
    policies=OTHER, safeguards=1, office="harbor", in_force_from="2026-12-01"
)

# The fact that is possible, the department's steps left out before it, and those added.
POSSIBLE: list[tuple[DecidedFact, tuple[str, ...], Steps]] = [
    (steps()["open"].fact, tuple(steps()), ()),
    (ADOPTED, (), ()),
    (PROPOSED_SET, (), ()),
    (APPROVED_SET, (), (by(PROPOSED_SET),)),
    (k.SafeguardsWithdrawn(policies=OTHER, office="harbor"), (), (by(PROPOSED_SET),)),
    (f.OfficeNamed(office="new", office_kind="unit", parent="dept"), (), ()),
    (
        f.PersonAppointed(
            person="new", office="harbor", roles=("counsel",), account="individual"
        ),
        (),
        (),
    ),
    (f.SupplierNamed(supplier="new"), (), ()),
    (
        f.DatasetNamed(dataset="new", supplier="maker", contains=(), carries=("feed",)),
        (),
        (),
    ),
    (PTA, (), ()),
    (f.ThresholdApproved(threshold="pta"), ("pta-approved",), ()),
    (DRAFT, (), ()),
    (SUBMITTED, BY_PIA, ()),
    (REVIEWED, BY_PIA[2:], ()),
    (APPROVED, BY_PIA[3:], ()),
    (PUBLISHED, BY_PIA[4:], ()),
    (WITHHELD, BY_PIA[4:], ()),
    (f.AssessmentWithdrawn(assessment="pia"), (), ()),
    (f.MitigationDone(assessment="pia", mitigation="check", evidence=DIGEST), (), ()),
    (steps()["evidence"].fact, (), ()),
    (AWARD, AFTER_AWARD, ()),
    (MODIFIED, (), ()),
    (f.ContractEnded(contract="c-1"), (), ()),
    (steps()["procedures"].fact, (), ()),
    (f.TrainingCompleted(person="analyst"), (), ()),
    (f.RulesSigned(person="analyst", document=DIGEST), (), ()),
    (f.AccessRecertified(person="analyst"), (), ()),
    (HELD, AFTER_AWARD[1:], ()),
    (REQUEST, AFTER_AWARD[2:], ()),
    (f.UseApproved(request="r-1"), ("use-approved",), ()),
    (f.UseConcurred(request="r-1"), ("use-concurred",), ()),
    (ASKED, (), ()),
    (ANSWERED, (), (asked("q-1"),)),
    (f.QuestionWithheld(question="q-1", reason="engine_failed"), (), (asked("q-1"),)),
    (f.UseReviewed2(office="routes", dataset="feed", finding="in_order"), (), ()),
    (f.DatasetStopped(dataset="feed"), (), ()),
    (f.DatasetResumed(dataset="feed"), (), (STOPPED,)),
    (
        f.AuditCompleted(
            case="c",
            file=DIGEST,
            policies=DIGEST,
            findings=DIGEST,
            passes=1,
            fails=0,
            undecidable=0,
        ),
        (),
        (),
    ),
    (KEY, (), ()),
    (c.KeyRetired(key=FOUNDING), (), (by(KEY),)),
    (c.ReaderNamed(reader="office", public_key=DIGEST), (), ()),
    (
        c.SealedOpened(
            entry="e-1", part="case", office="routes", by="analyst", reason="review"
        ),
        (),
        (),
    ),
    (AUDITED, (), ()),
    (HOLD, (), ()),
    (c.HoldLifted(hold="h-1"), (), (by(HOLD),)),
    (c.ScheduleSet(register="test", days=1, document=DIGEST), (), ()),
    (DELETION, (), ()),
    (PROOF, (), (by(DELETION),)),
    (c.ClockStepped(register="test", behind_ms=3000), (), ()),
    (g.DELEGATION, (), ()),
    (p.DelegationEnded(delegation="d-1"), (), (g.DELEGATED,)),
    (g.ACTING, (), ()),
    (p.ActingEnded(acting="a-1"), (), (by(g.ACTING),)),
    (g.HERE, (), ()),
    (g.SESSION, (), g.SITES),
    (p.SessionClosed(session="n-1"), (), (*g.SITES, by(g.SESSION))),
    (g.LOCK, (), ()),
    (g.UNLOCK, (), (by(g.LOCK),)),
    (g.ENDORSED, ("endorsed",), ()),
    (g.RETURNED, g.IN_REVIEW, ()),
    (g.RECALLED, g.IN_REVIEW, ()),
    (g.REVOKED, (), ()),
    (g.SUPERSEDED, (), g.second_assessment()),
    (g.REINSTATED, (), (WITHDRAWN,)),
    (g.OPINION, (), ()),
    (g.DELAY, (), ()),
    (g.THREAD, (), ()),
    (g.ANSWERED, (), (g.REMARK,)),
    (g.RESOLVED, (), (g.REMARK,)),
    (g.REOPENED, (), (g.REMARK, by(g.RESOLVED))),
    (g.REVOKED_PTA, (), ()),
    (g.SOLICITED, (), ()),
    (b.SolicitationCancelled(solicitation="so-1"), (), (by(g.SOLICITED),)),
    (g.EXCEPTION, (), ()),
    (b.ExceptionEnded(exception="x-1"), (), (by(g.EXCEPTION),)),
    (g.INQUIRY, (), ()),
    (g.ANSWER, (), (g.ASKED_SUPPLIER,)),
    (g.PROCESS, (), ()),
    (u.ProcessEnded(process="w-1"), (), (g.RECORDED,)),
    (g.RESOLVE, (), (g.DECLARED,)),
    (g.PLACES, (), ()),
    (SAMPLE, (), ()),
    (g.INCIDENT, (), ()),
    (g.NOTICE, (), (g.OPENED,)),
    (g.CLOSED, (), (g.OPENED,)),
    (g.REOPEN, (), (g.OPENED, by(g.CLOSED))),
    (im.FILE, (), ()),
    (im.CONFIRMED, (), (im.TAKEN,)),
    (im.DISMISSED, (), (im.TAKEN,)),
    (t.REPORT, (), ()),
    (t.FINDING, (), t.MADE[:1]),
    (t.ADVICE, (), t.MADE[:2]),
    (t.CONCUR, (), t.MADE),
    (t.PLAN, (), t.MADE),
    (t.EVIDENCE, (), t.MADE),
    (t.RATED, (), t.ANSWERED),
    (t.CLOSED, (), t.ANSWERED),
    (t.REOPENED, (), t.DONE),
    (t.FAILED, (), t.DONE),
    (t.PROMISE, (), ()),
    (t.MOVED, (), (t.PROMISED,)),
    (t.KEPT, (), (t.PROMISED,)),
    (t.SUPERSEDED, (), (t.PROMISED, t.SECOND)),
    (t.QUERY, (), ()),
    (t.REPLY, (), (t.LODGED,)),
    (t.SILENT, (), (t.LODGED,)),
    (t.REDRESS, (), ()),
    (t.SETTLED, (), (t.RECEIVED,)),
    (st.DRAFTED, (), ()),
    (st.CONFIRMED, (), (st.DRAFT,)),
    (st.ISSUED, (), (st.DRAFT, st.CONFIRMATION)),
    (st.SUBSCRIBED, (), (st.DRAFT,)),
    (st.UNSUBSCRIBED, (), (st.DRAFT, by(st.SUBSCRIBED))),
    (ct.COMMITTED, (), ()),
    (ct.OPENED, (), (ct.COMMITMENT,)),
    (st.FLIPPED, (), (st.DRAFT, st.CONFIRMATION, st.ISSUE)),
]
PLACES = {fact.act: (without, more) for fact, without, more in POSSIBLE}
FACTS = {fact.act: fact for fact, _, _ in POSSIBLE}


def act_by(fact: DecidedFact, sealed: Mapping[str, Json] | None = None) -> Act:
    return Act(actor="root", fact=fact, sealed=sealed or SEALS.get(fact.act, {}))
