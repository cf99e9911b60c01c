"""Invented public records, small enough to be read in a test, and the shipped one.

The offices are the lamp, gate and kite offices of an island department that does not exist.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from hypothesis import strategies as st

from beforehand.oversight.statements import verdict
from beforehand.record.reported import (
    AssessmentKind,
    AssessmentReported,
    AssessmentStatus,
    CaseTaken,
    Claim,
    ClaimKind,
    ContractReported,
    CountReported,
    DatasetReported,
    Event,
    EventKind,
    OfficeReported,
    Part,
    Period,
    QuestionReported,
    RecommendationReported,
    RecommendationStatus,
    ReplyKind,
    ReportedFact,
    ReportedRecord,
    ReportReported,
    StatementReported,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beforehand.oversight.findings import Verdict

FILE = "00" * 32
SHIPPED = Path(__file__).parents[2] / "src" / "beforehand" / "cases" / "dhs-ctd.yaml"
COMPILED = "2026-06-30"
ISLAND = (
    OfficeReported(file=FILE, item="island", office_kind="department", parent=None),
    OfficeReported(file=FILE, item="lamp", office_kind="component", parent="island"),
    OfficeReported(file=FILE, item="lamp-wick", office_kind="unit", parent="lamp"),
    OfficeReported(file=FILE, item="gate", office_kind="component", parent="island"),
)


def record(
    *reported: ReportedFact,
    compiled: str | None = COMPILED,
    complete_for: tuple[Part, ...] = (),
) -> ReportedRecord:
    made = ReportedRecord()
    if compiled is not None:
        made.apply(
            CaseTaken(file=FILE, item="isle", compiled=compiled, complete_for=complete_for)
        )
    return filled(made, (*ISLAND, *reported))


def filled(made: ReportedRecord, reported: Iterable[ReportedFact]) -> ReportedRecord:
    for one in reported:
        made.apply(one)
    return made


def contract(  # one argument a thing that a test varies
    item: str,
    awarded: str | None,
    ended: str | None,
    *,
    office: str = "lamp",
    supplier: str | None = "maker",
    datasets: tuple[str, ...] | None = ("feed",),
) -> ContractReported:
    return ContractReported(
        file=FILE,
        item=item,
        office=office,
        supplier=supplier,
        datasets=datasets,
        amount=None,
        amount_about=False,
        awarded=awarded,
        ended=ended,
        confidence="B",
        sources=("paper",),
    )


def dataset(item: str, carries: tuple[str, ...] | None) -> DatasetReported:
    return DatasetReported(
        file=FILE,
        item=item,
        supplier=None,
        contains=(),
        carries=carries,
        sources=("paper",),
    )


def statement(  # one argument a thing that a test varies
    claim: ClaimKind,
    day: str | None,
    *,
    item: str = "said",
    office: str = "lamp",
    speaker: str | None = None,
    use: str | None = None,
    first: str | None = None,
    last: str | None = None,
    due: str | None = None,
) -> StatementReported:
    return StatementReported(
        file=FILE,
        item=item,
        office=speaker or office,
        day=day,
        claim=Claim(claim=claim, office=office, use=use, first=first, last=last, due=due),
        confidence="B",
        sources=("paper",),
    )


def assessment(
    item: str,
    *events: tuple[EventKind, str | None],
    office: str = "lamp",
    kind: AssessmentKind = "PIA",
    status: AssessmentStatus = "unknown",
) -> AssessmentReported:
    return AssessmentReported(
        file=FILE,
        item=item,
        assessment_kind=kind,
        number=None,
        office=office,
        datasets=("feed",),
        status=status,
        covers=None,
        events=tuple(
            Event(event=event, day=day, confidence="B", sources=("paper",))
            for event, day in events
        ),
    )


def report(item: str, stated: int, open_stated: int | None) -> ReportReported:
    return ReportReported(
        file=FILE,
        item=item,
        office="island",
        number=None,
        issued="2023",
        recommendations=stated,
        open=open_stated,
        confidence="A",
        sources=("paper",),
    )


def recommendation(  # one argument a thing that a test varies
    item: str,
    *,
    to: str | None = "lamp",
    due: str | None = None,
    status: RecommendationStatus = "unknown",
    number: int | None = None,
    text_known: bool = True,
) -> RecommendationReported:
    return RecommendationReported(
        file=FILE,
        item=item,
        report="rep",
        number=number,
        to=to,
        text_known=text_known,
        response=None,
        due=due,
        status=status,
        status_as_of=None,
        confidence="A",
        sources=("paper",),
    )


def question(
    item: str, about: tuple[str, ...] | None, answer: ReplyKind
) -> QuestionReported:
    return QuestionReported(
        file=FILE,
        item=item,
        to="lamp",
        asked="2024",
        about=about,
        answer=answer,
        confidence="B",
        sources=("paper",),
    )


def count(
    first: str | None, last: str | None, *, offices: tuple[str, ...] | None, value: int = 3
) -> CountReported:
    return CountReported(
        file=FILE,
        item="tally",
        counted="contracts",
        value=value,
        value_about=False,
        period=Period(first=first, last=last),
        offices=offices,
        confidence="B",
        sources=("paper",),
    )


def held(
    claim: StatementReported,
    *others: ReportedFact,
    compiled: str | None = "2026-06-30",
    complete_for: tuple[Part, ...] = (),
) -> Verdict:
    made = record(*others, claim, compiled=compiled, complete_for=complete_for)
    return verdict(made, claim)


# -- what hypothesis draws: every day told twice, the second time more roughly

KINDS: tuple[ClaimKind, ...] = (
    "no_use",
    "no_new_requests",
    "used_during",
    "ran",
    "contracts_ended",
    "assessment_approved_by",
    "policy_issued_by",
)
CHAINS = ("dmyYn", "dDMYn", "dmMYn")  # each level lies within the next
COMPILED_DAYS = ("2026-06-30", "2026-06", "2026", None)
EVENTS: tuple[EventKind, ...] = ("approved", "published", "drafted")
Day: TypeAlias = tuple[str | None, str | None]  # told more closely, and more roughly
Pair: TypeAlias = "tuple[ReportedFact, ReportedFact]"


def told(year: int, month: int, day: int, level: str) -> str | None:
    exact = f"{year}-{month:02}-{day:02}"
    about = "~" if level in "DMY" else ""
    length = {"d": 10, "m": 7, "y": 4}.get(level.lower())
    return None if length is None else exact[:length] + about


@st.composite
def days(draw: st.DrawFn, many: int) -> list[Day]:
    """Draw days in their order, over two years, each told at two levels, one within the other."""
    steps = sorted(draw(st.lists(st.integers(0, 40), min_size=many, max_size=many)))
    found: list[Day] = []
    for step in steps:
        month, day = divmod(step * 17, 28)
        on = (2023 + month // 12, month % 12 + 1, day + 1)
        chain = draw(st.sampled_from(CHAINS))
        close = draw(st.integers(0, len(chain) - 1))
        rough = draw(st.integers(close, len(chain) - 1))
        found.append((told(*on, chain[close]), told(*on, chain[rough])))
    return found


@st.composite
def claims(draw: st.DrawFn, item: str) -> tuple[StatementReported, StatementReported]:
    """Draw a claim told twice. What is no promise speaks of time up to the day it was said."""
    kind = draw(st.sampled_from(KINDS))
    office = draw(st.sampled_from(("lamp", "lamp-wick")))
    first, last, day = draw(days(3))
    due = last
    if kind in ("contracts_ended", "assessment_approved_by", "policy_issued_by"):
        day = draw(st.sampled_from((first, day)))

    def telling(n: int) -> StatementReported:
        return statement(
            kind,
            day[n],
            item=item,
            office=office,
            use="lamps",
            first=first[n],
            last=last[n],
            due=due[n],
        )

    return telling(0), telling(1)


@st.composite
def deals(draw: st.DrawFn, item: str) -> Pair:
    awarded, ended = draw(days(2))
    office = draw(st.sampled_from(("lamp", "lamp-wick", "gate")))
    has_end = draw(st.booleans())
    one, other = (
        contract(item, awarded[n], ended[n] if has_end else None, office=office)
        for n in (0, 1)
    )
    return one, other


@st.composite
def reviews(draw: st.DrawFn, item: str) -> Pair:
    (day,) = draw(days(1))
    event = draw(st.sampled_from(EVENTS))
    return assessment(item, (event, day[0])), assessment(item, (event, day[1]))
