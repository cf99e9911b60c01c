"""A large invented case, for the audit's speed and to hold its two ways against each other."""

from __future__ import annotations

from beforehand.record.reported import (
    AssessmentReported,
    CaseTaken,
    ContractReported,
    DatasetReported,
    Event,
    OfficeReported,
    ReportedRecord,
)

CONTRACTS, ASSESSMENTS, OFFICES, DATASETS = 10_000, 1_000, 50, 200
FILE = "0" * 64


def large_case(
    contracts: int = CONTRACTS, assessments: int = ASSESSMENTS
) -> ReportedRecord:
    """A case in which offices, datasets and days are spread evenly."""
    record = ReportedRecord()
    record.apply(
        CaseTaken(
            file=FILE,
            item="case",
            compiled="2026-11-24",
            complete_for=("published_assessments",),
        )
    )
    for at in range(OFFICES):
        parent = None if at == 0 else f"office-{(at - 1) // 5}"
        record.apply(
            OfficeReported(
                file=FILE, item=f"office-{at}", office_kind="unit", parent=parent
            )
        )
    for at in range(DATASETS):
        record.apply(
            DatasetReported(
                file=FILE,
                item=f"dataset-{at}",
                supplier=None,
                contains=None,
                carries=(f"dataset-{at + 1}",) if at % 10 == 0 else (),
                sources=(),
            )
        )
    for at in range(assessments):
        record.apply(_assessment(at))
    for at in range(contracts):
        record.apply(_contract(at))
    return record


def _day(at: int) -> str:
    return f"{2016 + at % 10}-{1 + at % 12:02}-{1 + at % 28:02}"


def _assessment(at: int) -> AssessmentReported:
    event = Event(event="approved", day=_day(at * 7), confidence="A", sources=("s",))
    return AssessmentReported(
        file=FILE,
        item=f"assessment-{at}",
        assessment_kind="PIA" if at % 3 else "PTA",
        number=None,
        office=f"office-{at % OFFICES}",
        datasets=(f"dataset-{at % DATASETS}", f"dataset-{(at + 1) % DATASETS}"),
        status="approved",
        covers=None,
        events=(event,),
    )


def _contract(at: int) -> ContractReported:
    return ContractReported(
        file=FILE,
        item=f"contract-{at}",
        confidence="A",
        sources=("s",),
        office=f"office-{at % OFFICES}",
        supplier=None,
        datasets=(f"dataset-{at * 3 % DATASETS}",) if at % 20 else None,
        amount=None,
        amount_about=False,
        awarded=_day(at),
        ended=None,
    )
