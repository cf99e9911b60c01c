"""A small invented department for tests: everything in place for one question.

Each step is a fact with its actor, so that a test can leave one out or put another in.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import msgspec

from beforehand.policy.sets import SafeguardSet, baseline
from beforehand.record import custody as c
from beforehand.record import facts as f
from beforehand.record import reviewing as r
from beforehand.record import using as u
from beforehand.record.acts import Act
from beforehand.record.fold import Record
from beforehand.record.kinds import DecidedFact
from beforehand.record.recorded import Recorded
from beforehand.record.shapes import Role
from beforehand.record.state import text_digest
from beforehand.record.terms import Area, Mitigation, Profile, Risk, Terms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from beforehand.record.acts import Json

GUARDS: SafeguardSet = baseline()
DIGEST = "0" * 64
AREA = Area(columns=(0, 3200), rows=(0, 3200))
TERMS = Terms(
    datasets=("feed",),
    purposes=("planning",),
    offices=("harbor", "routes"),
    forms=("aggregate",),
    finest_grid=5,
    finest_step=4,
    area=AREA,
    profiles=(Profile(name="standard", rho_micro=50_000, delta_e15=10_000_000),),
    budget_rho_micro=100_000,
    budget_delta_e15=20_000_000,
    retention_days=100,
    review_days=30,
    places="list-1",
    sharing=(),
    mitigations=(Mitigation(mitigation="check", owner="harbor", due="2026-12-01"),),
)
RISK = Risk(
    risk="singled-out",
    likelihood="significant",
    severity="significant",
    likelihood_left="limited",
    severity_left="significant",
    mitigations=("check",),
)
DRAFT = f.AssessmentDrafted2(
    assessment="pia",
    office="harbor",
    threshold="pta",
    document=DIGEST,
    terms=TERMS,
    risks=(RISK,),
)
TEXT = text_digest(DRAFT)
NOW = "2026-11-25T10:00:00.000000Z"
FORM: dict[str, Json] = {
    "form": "aggregate",
    "grid": 5,
    "step": 4,
    "window_start": "2026-10-02T00:00:00Z",
    "window_end": "2026-10-03T00:00:00Z",
    "area": {"columns": [0, 3200], "rows": [0, 3200]},
    "canonical": "{}",
}

SAMPLE = u.SampleDrawn(
    sample="s-1", office="routes", dataset="feed", asked=0, questions=(), flags=()
)


@dataclass(frozen=True, kw_only=True)
class Step:
    fact: DecidedFact
    actor: str
    at: str = "2026-11-20T10:00:00.000000Z"
    opened: Mapping[str, object] = field(default_factory=dict)


ASKED = f.QuestionAdmitted(
    question="q-1",
    office="routes",
    dataset="feed",
    snapshot=DIGEST,
    assessment="pia",
    request="r-1",
    purpose="planning",
    profile="standard",
    rho_micro=50_000,
    delta_e15=10_000_000,
    repeats=None,
)
AWARD = f.ContractAwarded(
    contract="c-1",
    office="harbor",
    supplier="maker",
    datasets=("feed",),
    purpose="planning",
    assessment="pia",
    starts="2026-11-20",
    ends="2027-11-19",
    pilot=False,
)


def person(name: str, office: str, *roles: Role) -> Step:
    fact = f.PersonAppointed(person=name, office=office, roles=roles, account="individual")
    return Step(fact=fact, actor="root")


def opinion(body: r.Body, actor: str, outcome: r.Outcome = "agrees") -> Step:
    fact = r.OpinionGiven(
        assessment="pia", digest=TEXT, body=body, outcome=outcome, document=DIGEST
    )
    return Step(fact=fact, actor=actor)


def steps() -> dict[str, Step]:
    """Return every step, by name, in an order that the grammar allows."""
    pta = f.ThresholdFiled2(
        retention_days=100,
        threshold="pta",
        office="harbor",
        datasets=("feed",),
        needs_assessment=True,
        document=DIGEST,
    )
    held = f.HoldingTaken(
        snapshot=DIGEST,
        dataset="feed",
        office="harbor",
        contract="c-1",
        assessment="pia",
        first_day="2026-10-01",
        last_day="2026-10-30",
        grid=5,
        step=4,
        places="list-1",
        rows_read=1,
        rows_stored=1,
        dropped=(),
    )
    request = f.UseRequested2(
        request="r-1",
        office="routes",
        dataset="feed",
        assessment="pia",
        purpose="planning",
        legal_basis="statute",
        form="aggregate",
        first_day="2026-10-01",
        last_day="2026-10-30",
        expires="2027-01-01",
    )
    opened = {"case": "case-1", "area": msgspec.to_builtins(AREA)}
    return {
        "open": Step(
            fact=f.RegisterOpened(
                register="test", department="dept", administrator="root", document=DIGEST
            ),
            actor="root",
        ),
        "guards": Step(
            fact=f.SafeguardsAdopted(
                policies=GUARDS.digest, safeguards=len(GUARDS.safeguards)
            ),
            actor="root",
        ),
        "harbor": Step(
            fact=f.OfficeNamed(office="harbor", office_kind="component", parent="dept"),
            actor="root",
        ),
        "routes": Step(
            fact=f.OfficeNamed(office="routes", office_kind="unit", parent="harbor"),
            actor="root",
        ),
        "privacy": Step(
            fact=f.OfficeNamed(
                office="privacy", office_kind="privacy_office", parent="dept"
            ),
            actor="root",
        ),
        "counsel-office": Step(
            fact=f.OfficeNamed(office="law", office_kind="counsel", parent="dept"),
            actor="root",
        ),
        "oversight": Step(
            fact=f.OfficeNamed(
                office="oig", office_kind="inspector_general", parent="dept"
            ),
            actor="root",
        ),
        "liberties": Step(
            fact=f.OfficeNamed(
                office="liberties", office_kind="civil_liberties", parent="dept"
            ),
            actor="root",
        ),
        "liberty": person("liberty", "liberties", "civil_liberties_officer"),
        "watcher": person("watcher", "oig", "inspector_general"),
        "keeper": person("keeper", "dept", "data_steward"),
        "manager": person("manager", "harbor", "program_manager"),
        "component": person("component", "harbor", "component_privacy_officer"),
        "reviewer": person(
            "reviewer", "privacy", "privacy_officer", "chief_privacy_officer"
        ),
        "chief": person("chief", "privacy", "chief_privacy_officer"),
        "buyer": person("buyer", "harbor", "contracting_officer"),
        "supervisor": person("supervisor", "harbor", "supervisor"),
        "lawyer": person("lawyer", "law", "counsel"),
        "analyst": person("analyst", "routes", "analyst"),
        "steward": person("steward", "harbor", "data_steward"),
        "maker": Step(fact=f.SupplierNamed(supplier="maker"), actor="manager"),
        "feed": Step(
            fact=f.DatasetNamed(dataset="feed", supplier="maker", contains=(), carries=()),
            actor="manager",
        ),
        "pta": Step(fact=pta, actor="manager"),
        "pta-approved": Step(fact=f.ThresholdApproved(threshold="pta"), actor="reviewer"),
        "draft": Step(fact=DRAFT, actor="manager"),
        "submitted": Step(
            fact=f.AssessmentSubmitted(assessment="pia", digest=TEXT), actor="component"
        ),
        "endorsed": Step(
            fact=r.AssessmentEndorsed(assessment="pia", digest=TEXT), actor="component"
        ),
        "opinion-privacy": opinion("privacy_office", "reviewer"),
        "opinion-law": opinion("counsel", "lawyer"),
        "opinion-liberties": opinion("civil_liberties", "liberty", "dissents"),
        "opinion-affected": opinion("affected_groups", "component", "not_sought"),
        "reviewed": Step(
            fact=f.AssessmentReviewed(assessment="pia", digest=TEXT), actor="reviewer"
        ),
        "approved": Step(
            fact=f.AssessmentApproved(assessment="pia", digest=TEXT, expires="2027-11-20"),
            actor="chief",
        ),
        "published": Step(
            fact=f.AssessmentPublished(assessment="pia", digest=TEXT), actor="chief"
        ),
        "evidence": Step(
            fact=f.SupplierEvidenced(
                supplier="maker",
                dataset="feed",
                origin="sdk",
                consent="verified",
                document=DIGEST,
            ),
            actor="manager",
        ),
        "schedule": Step(
            fact=c.ScheduleSet(register="test", days=30, document=DIGEST), actor="chief"
        ),
        "award": Step(fact=AWARD, actor="buyer"),
        "procedures": Step(
            fact=f.ProceduresAdopted2(
                procedures="p-1", office="dept", document=DIGEST, in_force_from="2026-11-20"
            ),
            actor="chief",
        ),
        **{
            f"{name}-{who}": Step(fact=fact, actor="supervisor")
            for who in ("analyst", "steward", "supervisor")
            for name, fact in (
                ("trained", f.TrainingCompleted(person=who)),
                ("signed", f.RulesSigned(person=who, document=DIGEST)),
                ("recertified", f.AccessRecertified(person=who)),
            )
        },
        "held": Step(fact=held, actor="steward"),
        "request": Step(fact=request, actor="analyst", opened=opened),
        "use-approved": Step(fact=f.UseApproved(request="r-1"), actor="supervisor"),
        "use-concurred": Step(fact=f.UseConcurred(request="r-1"), actor="lawyer"),
    }


def record(
    without: tuple[str, ...] = (), *more: Step, instead: Mapping[str, Step] | None = None
) -> Record:
    """Return the Record of the steps, some left out, some replaced, more at the end."""
    taken = {name: (instead or {}).get(name, one) for name, one in steps().items()}
    chosen = [one for name, one in taken.items() if name not in without] + list(more)
    found = Record()
    for index, one in enumerate(chosen):
        found.apply(
            Recorded.made(
                index=index,
                at=one.at,
                actor=one.actor,
                id=f"e-{index}",
                fact=one.fact,
                opened=one.opened,
                unmet=(),
            )
        )
    return found


def ask(
    actor: str = "analyst", *, form: Mapping[str, Json] | None = None, **changes: object
) -> Act:
    fact = msgspec.structs.replace(ASKED, **changes)
    return Act(actor=actor, fact=fact, sealed={"form": {**FORM, **(form or {})}})


def award(actor: str = "buyer", **changes: object) -> Act:
    return Act(actor=actor, fact=msgspec.structs.replace(AWARD, contract="c-2", **changes))


def changed(name: str, **changes: object) -> dict[str, Step]:
    """Return a step with its fact (or its `opened`, `actor` or `at`) changed, for `instead`."""
    step = steps()[name]
    own = {key: changes.pop(key) for key in ("opened", "actor", "at") if key in changes}
    return {name: replace(step, fact=msgspec.structs.replace(step.fact, **changes), **own)}  # type: ignore[arg-type]
