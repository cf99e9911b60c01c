"""Two invented registers: a reported record with every kind of gap, and a live one."""

from __future__ import annotations

import msgspec
import pytest

from beforehand.oversight.findings import (
    Audit,
    CountHeld,
    Finding,
    RecommendationsOf,
    Unanswered,
    Verdict,
)
from beforehand.policy.sets import Safeguard
from beforehand.record import facts as f
from beforehand.record import reported as r
from beforehand.record.fold import Record
from beforehand.record.recorded import AnyFact, Recorded
from beforehand.record.state import text_digest
from beforehand.record.terms import Area, Mitigation, Profile, Terms
from beforehand.register import AnswerRow, Checkpointed, EntryRow, Site

FILE = "ab" * 32
ROOT = "0123456789abcdef" * 4
SCRIPT = "<script>alert('x')</script>"
CHECKPOINT = Checkpointed(
    origin="register.example/log",
    size=3,
    root=ROOT,
    note="register.example/log\n3\nASNFZ4mrze8=\n\n— register.example/log c2ln\n",
    vkey="register.example/log+1234abcd+AQ==",
)
SAFEGUARDS = (
    Safeguard(
        id="assessment.approved",
        says="No assessment that covers this was approved before it.",
        remedy="Have an assessment approved first.",
        cites="E-Government Act of 2002, section 208(b)",
        history=frozenset({"purchase", "use"}),
        acts=("award", "ask"),
        condition='{"Value":true}',
        text='forbid (principal, action, resource) unless { "<" != ">" };',
    ),
    Safeguard(
        id="supplier.consent",
        says="Nobody has verified consent.",
        remedy="Obtain consent evidence.",
        cites="FTC order (January 2025)",
        history=frozenset({"purchase"}),
        acts=("award",),
        condition='{"Value":true}',
        text="forbid (principal, action, resource) unless { true };",
    ),
)


def _entries(number: int) -> tuple[EntryRow, ...]:
    return tuple(
        EntryRow(
            index=index,
            at=f"2026-11-24T10:00:{index % 60:02}.000000Z",
            kind="act.refused" if index == 1 else "dataset.named",
            subject=f"thing-{index}",
            actor="ana",
            office=None if index else "agency",
            unmet=("assessment.approved",) if index == 1 else (),
            sealed=("act",) if index == 1 else (),
            text=f'{{"index":{index},"x":"</code>&"}}',
        )
        for index in range(number)
    )


# -- a reported record -------------------------------------------------------------------


def contract(item: str, **given: object) -> r.ContractReported:
    known = r.ContractReported(
        file=FILE,
        item=item,
        office="unit",
        supplier="acme",
        datasets=("trail",),
        amount="650000",
        amount_about=True,
        awarded=None,
        ended=None,
        confidence="B",
        sources=("paper",),
    )
    return msgspec.structs.replace(known, **given)


REPORTED: tuple[r.ReportedFact, ...] = (
    r.CaseTaken(
        file=FILE,
        item="case",
        compiled="2026-11-24",
        complete_for=("published_assessments",),
    ),
    r.OfficeReported(file=FILE, item="agency", office_kind="department", parent=None),
    r.OfficeReported(file=FILE, item="unit", office_kind="component", parent="agency"),
    r.SupplierReported(file=FILE, item="acme"),
    r.DatasetReported(
        file=FILE,
        item="trail",
        supplier="acme",
        contains=(),
        carries=(),
        sources=("paper",),
    ),
    contract("exact", awarded="2020-03-01", ended="2020-03-31"),
    contract("rough", awarded="2020", ended="2022"),
    contract("no-award", ended="2021-09"),
    contract("no-end", awarded="2022"),
    contract("nothing", supplier=None, datasets=None, amount=None),
    r.AssessmentReported(
        file=FILE,
        item="review",
        assessment_kind="PIA",
        number=None,
        office="agency",
        datasets=("trail",),
        status="published",
        covers=r.Period(first="2019", last="2023-09"),
        events=(
            r.Event(event="target", day="2024-03-31", confidence="B", sources=("paper",)),
            r.Event(
                event="published", day="2024-08", confidence="A", sources=("official",)
            ),
        ),
    ),
    r.AssessmentReported(
        file=FILE,
        item="screening",
        assessment_kind="PTA",
        number="PTA-1",
        office="unit",
        datasets=None,
        status="unknown",
        covers=None,
        events=(),
    ),
    r.StatementReported(
        file=FILE,
        item="stopped",
        office="unit",
        day="2024-01",
        claim=r.Claim(claim="no_use", office="unit", first="2024-01"),
        confidence="B",
        sources=("paper",),
    ),
    r.StatementReported(
        file=FILE,
        item="anonymous",
        office="agency",
        day=None,
        claim=r.Claim(claim="safeguards", office="agency"),
        confidence="C",
        sources=("odd-link",),
    ),
    r.ReportReported(
        file=FILE,
        item="report",
        office="agency",
        number="R-1",
        issued="2023-09-28",
        recommendations=2,
        open=None,
        confidence="A",
        sources=("official",),
    ),
    r.RecommendationReported(
        file=FILE,
        item="report-1",
        report="report",
        number=1,
        to="unit",
        text_known=True,
        response="non_concur",
        due="2024-06-30",
        status="open",
        status_as_of=None,
        confidence="A",
        sources=("official",),
    ),
    r.RecommendationReported(
        file=FILE,
        item="report-2",
        report="report",
        number=2,
        to=None,
        text_known=False,
        response=None,
        due=None,
        status="unknown",
        status_as_of=None,
        confidence="C",
        sources=("official",),
    ),
    r.IncidentReported(
        file=FILE,
        item="followed",
        office="unit",
        outcome_known=False,
        found_by="report",
        confidence="B",
        sources=("paper",),
    ),
    r.QuestionReported(
        file=FILE,
        item="asked",
        to="unit",
        asked="2024",
        about=("review", "report-1"),
        answer="none",
        confidence="B",
        sources=("paper",),
    ),
    r.CountReported(
        file=FILE,
        item="nine",
        counted="contracts",
        value=9,
        value_about=False,
        period=r.Period(first="2018-10-01", last="2020-09-30"),
        offices=("unit",),
        confidence="B",
        sources=("paper",),
    ),
    r.CountReported(
        file=FILE,
        item="queries",
        counted="other",
        value=16000,
        value_about=True,
        period=r.Period(first="2020", last="2020"),
        offices=(),
        confidence="B",
        sources=("paper",),
    ),
    r.SourceReported(file=FILE, item="paper", day="2024"),
    r.SourceReported(file=FILE, item="official", day=None),
    r.SourceReported(file=FILE, item="odd-link", day="2020-02-07"),
)

WORDS: dict[str, dict[str, str | None]] = {
    "agency": {"name": f"Agency of {SCRIPT}"},
    "unit": {"name": "Unit & Sons"},
    "acme": {"name": "Acme"},
    "exact": {"what": "Licences"},
    "no-award": {"what": f"A renewal {SCRIPT}"},
    "stopped": {"said": f"It has stopped. {SCRIPT}"},
    "report": {"title": "A report"},
    "report-1": {"text": '=HYPERLINK("http://evil.example")'},
    "report-2": {"text": None},
    "followed": {"what": "An employee followed a coworker", "outcome": None},
    "asked": {"by": "A newspaper", "what": "What became of it"},
    "nine": {"what": "contracts identified"},
    "review": {"title": "An assessment", "events[1].what": f"Published late {SCRIPT}"},
    "paper": {
        "title": f"A story {SCRIPT}",
        "publisher": "A newspaper",
        "url": "https://paper.example/story?a=1&b=2",
    },
    "official": {"title": "The report", "publisher": "The agency", "url": None},
    "odd-link": {"title": "Odd", "publisher": "Nobody", "url": "javascript:alert(1)"},
}


def finding(subject: str, safeguard: Safeguard, **given: object) -> Finding:
    known = Finding(
        subject=subject,
        act="purchase",
        when="on 1 March 2020",
        office="unit",
        offices=("unit", "agency"),
        safeguard=safeguard.id,
        says=safeguard.says,
        cites=safeguard.cites,
        verdict="fails",
        because=(f"It was awarded on some day; {SCRIPT}", "=1+1"),
        absence=True,
        confidence="B",
        sources=("paper", "official"),
        remedy=safeguard.remedy,
    )
    return msgspec.structs.replace(known, **given)


AUDIT = Audit(
    case="case",
    policies="cd" * 32,
    findings=(
        finding("exact", SAFEGUARDS[0]),
        finding("exact", SAFEGUARDS[1], verdict="undecidable", absence=False),
        finding("no-award", SAFEGUARDS[0]),
        finding("nothing", SAFEGUARDS[0], verdict="passes", absence=False, because=()),
    ),
    statements=(
        Verdict(
            id="stopped",
            office="unit",
            verdict="reversed",
            because=("no-end",),
            open=("nothing",),
            why=f"It bought again. {SCRIPT}",
        ),
        Verdict(
            id="anonymous",
            office="agency",
            verdict="undecidable",
            because=(),
            open=(),
            why="It cannot be checked.",
        ),
    ),
    counts=(
        CountHeld(
            id="nine",
            stated=9,
            certain=2,
            possible=7,
            named=("exact",),
            perhaps=("no-end",),
            why="Two are certain.",
        ),
        CountHeld(
            id="queries",
            stated=16000,
            certain=None,
            possible=None,
            named=(),
            perhaps=(),
            why="No queries are on record.",
        ),
    ),
    recommendations=(
        RecommendationsOf(
            report="report",
            stated=2,
            named=2,
            open_stated=None,
            open_named=("report-1",),
            text_unknown=("report-2",),
            state_unknown=("report-2",),
            each=(),
        ),
    ),
    unanswered=(Unanswered(id="asked", to="unit", asked="2024", about=None),),
    not_asked=58,
    cannot_show=("Who used the data.",),
)


@pytest.fixture
def reported_site() -> Site:
    record = Record()
    for fact in REPORTED:
        record.reported.apply(fact)
    return Site(
        register="invented",
        title="An invented record",
        about="record",
        view=record,
        audit=AUDIT,
        words=WORDS,
        safeguards=SAFEGUARDS,
        entries=_entries(3),
        checkpoint=CHECKPOINT,
        answers=(),
        made_at="2026-11-25T08:30:00.000000Z",
    )


# -- a live register ---------------------------------------------------------------------

TERMS = Terms(
    datasets=("trail",),
    purposes=("flows",),
    offices=("unit",),
    forms=("aggregate",),
    finest_grid=4,
    finest_step=4,
    area=Area(columns=(0, 64), rows=(0, 64)),
    profiles=(Profile(name="usual", rho_micro=100_000, delta_e15=1_000_000),),
    budget_rho_micro=1_000_000,
    budget_delta_e15=10_000_000,
    retention_days=90,
    review_days=30,
    places="places-1",
    sharing=(),
    mitigations=(Mitigation(mitigation="training", owner="unit", due="2026-12-01"),),
)
DRAFT = f.AssessmentDrafted(
    assessment="review", office="unit", threshold="screening", document=FILE, terms=TERMS
)
DIGEST = text_digest(DRAFT)
SEALED_CASE = "case-number-99"


def acts() -> list[tuple[str, AnyFact]]:
    """Return a short life of a register: the moment and fact of each entry."""
    return [
        (
            "2026-01-05",
            f.RegisterOpened(
                register="live", department="agency", administrator="ada", document=FILE
            ),
        ),
        (
            "2026-01-05",
            f.OfficeNamed(office="unit", office_kind="component", parent="agency"),
        ),
        (
            "2026-01-06",
            f.DatasetNamed(dataset="trail", supplier="acme", contains=(), carries=()),
        ),
        ("2026-01-07", DRAFT),
        ("2026-01-08", f.AssessmentReviewed(assessment="review", digest=DIGEST)),
        (
            "2026-02-01",
            f.AssessmentApproved(assessment="review", digest=DIGEST, expires="2026-12-10"),
        ),
        ("2026-02-02", f.AssessmentPublished(assessment="review", digest=DIGEST)),
        (
            "2026-01-20",
            f.ContractAwarded(
                contract="deal",
                office="unit",
                supplier="acme",
                datasets=("trail",),
                purpose="flows",
                assessment="review",
                starts="2026-01-22",
                ends="2026-12-31",
                pilot=False,
            ),
        ),
        (
            "2026-02-03",
            f.UseRequested(
                request="use-1",
                office="unit",
                dataset="trail",
                assessment="review",
                purpose="flows",
                legal_basis="consent",
                form="aggregate",
                first_day="2026-01-01",
                last_day="2026-01-31",
                expires="2026-12-01",
            ),
        ),
        ("2026-02-04", f.ActRefused(refused="ask", on="trail", office="unit")),
        (
            "2026-02-05",
            f.QuestionAdmitted(
                question="q-1",
                office="unit",
                dataset="trail",
                snapshot=FILE,
                assessment="review",
                request="use-1",
                purpose="flows",
                profile="usual",
                rho_micro=100_000,
                delta_e15=1_000_000,
                repeats=None,
            ),
        ),
        (
            "2026-02-05",
            f.QuestionAnswered(question="q-1", answer=FILE, plan=FILE, shown=90, hidden=10),
        ),
    ]


@pytest.fixture
def live_site() -> Site:
    record = Record()
    for index, (day, fact) in enumerate(acts()):
        is_refused = isinstance(fact, f.ActRefused)
        opened: dict[str, object] = {}
        if isinstance(fact, f.UseRequested):
            opened = {
                "case": SEALED_CASE,
                "area": {"columns": [424242, 424243], "rows": [0, 1]},
            }
        record.apply(
            Recorded.made(
                index=index,
                at=f"{day}T09:00:00.000000Z",
                actor="ada",
                id=f"id-{index}",
                fact=fact,
                opened=opened,
                unmet=("assessment.approved",) if is_refused else (),
            )
        )
    return Site(
        register="live",
        title="Sandbox: an invented agency",
        about="live",
        view=record,
        audit=None,
        words={"unit": {"name": "The unit"}},
        safeguards=SAFEGUARDS,
        entries=_entries(12),
        checkpoint=CHECKPOINT,
        answers=(
            AnswerRow(
                question="q-1",
                entry=11,
                office="unit",
                dataset="trail",
                shown=90,
                hidden=10,
                rho_micro=100_000,
                delta_e15=1_000_000,
            ),
        ),
        made_at="2026-11-25T08:30:00.000000Z",
    )
