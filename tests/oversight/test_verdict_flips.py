"""Each verdict on each kind of claim, beside another that is one fact or one day away.

Every chain is of situations of one claim kind, each one fact or one day from the next, and no
two neighbours get the same verdict. Together the chains of a kind reach every verdict that the
kind can get: of statements that are reported, and of those that are drafted in a register.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beforehand.oversight import live_claims
from beforehand.record import facts as f
from beforehand.record import reported as rep
from beforehand.record import stating as s
from beforehand.record.fold import fold
from beforehand.record.recorded import Recorded
from beforehand.record.reported import Claim, ClaimKind, ReportedFact, StatementReported
from beforehand.record.stating import VerdictWord
from beforehand.record.stating_follows import SAID
from tests.oversight import invented as i
from tests.oversight.test_live_claims import (
    GONE,
    bought,
    by_day,
    during,
    no_requests,
    no_use,
    procedures,
    used,
)
from tests.record.generated import histories, recorded
from tests.world import DIGEST, Step, record

# -- reported ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """A reported statement, what else is reported, and what it is to be."""

    word: VerdictWord
    said: StatementReported
    others: tuple[ReportedFact, ...] = ()
    whole: bool = False
    compiled: str = i.COMPILED

    def found(self) -> VerdictWord:
        parts: tuple[rep.Part, ...] = ("contracts",) if self.whole else ()
        return i.held(
            self.said, *self.others, compiled=self.compiled, complete_for=parts
        ).verdict


STOPPED: Final = i.statement("no_use", "2024-03-10", first="2024-01-01")
NO_NEW: Final = i.statement("no_new_requests", "2024-06-30", first="2023-01-01")
USED: Final = i.statement(
    "used_during", "2024-05", item="used", first="2024-01-10", last="2024-02"
)
RAN: Final = i.statement("ran", None, use="lamps", first="2018-12", last="2023-09")
ENDING: Final = i.statement("contracts_ended", "2023-09-01", due="2023-09-30")
APPROVAL: Final = i.statement("assessment_approved_by", "2023-09", due="2024-03-31")
POLICY: Final = i.statement(
    "policy_issued_by", "2023-09", office="island", due="2024-06-30"
)
WORDS: Final = i.statement("safeguards", "2024")


def deal(awarded: str | None, ended: str | None = None) -> tuple[ReportedFact, ...]:
    return (i.contract("deal", awarded, ended),)


def ran(first: str) -> tuple[ReportedFact, ...]:
    return (
        i.statement("ran", "2024", item="other", use="lamps", first=first, last="2023"),
    )


def approved(day: str) -> tuple[ReportedFact, ...]:
    return (i.assessment("pia", ("approved", day)),)


def task(status: rep.RecommendationStatus) -> tuple[ReportedFact, ...]:
    return (i.recommendation("task", to="island", due="2024-06-30", status=status),)


AFTERWARDS: Final = i.statement("contracts_ended", "2023-12-01", due="2023-09-30")
AFTER_DUE: Final = i.statement("assessment_approved_by", "2024-04-01", due="2024-03-31")
REPORTED: Final[dict[ClaimKind, list[list[Told]]]] = {
    "no_use": [
        [
            Told("consistent", STOPPED, deal("2023", "2024-01-01")),
            Told("contradicted", STOPPED, deal("2023", "2024-01-02")),
        ],
        [
            Told("contradicted", STOPPED, deal("2024-03-10")),
            Told("reversed", STOPPED, deal("2024-03-11")),
            Told("undecidable", STOPPED, deal("2024-03")),
        ],
        [Told("consistent", STOPPED), Told("conflicting", STOPPED, (USED,))],
    ],
    "no_new_requests": [
        [
            Told("consistent", NO_NEW, deal("2022-12-31")),
            Told("contradicted", NO_NEW, deal("2023-01-01")),
        ],
        [
            Told("contradicted", NO_NEW, deal("2024-06-30")),
            Told("reversed", NO_NEW, deal("2024-07-01")),
            Told("undecidable", NO_NEW, deal("2024-07-01~")),
        ],
        [Told("consistent", NO_NEW), Told("supported", NO_NEW, whole=True)],
    ],
    "used_during": [
        [
            Told("consistent", USED, deal("2024-01-11", "2024-03"), whole=True),
            Told("supported", USED, deal("2024-01-10", "2024-03"), whole=True),
            Told("consistent", USED, deal("2024-01-10", "2024-03")),
        ],
        [Told("consistent", USED), Told("conflicting", USED, (STOPPED,))],
    ],
    "ran": [
        [Told("consistent", RAN, ran("2018")), Told("conflicting", RAN, ran("2019"))],
    ],
    "contracts_ended": [
        [
            Told("consistent", ENDING, deal("2021", "2023-09-30")),
            Told("late", ENDING, deal("2021", "2023-10-01")),
        ],
        [
            Told("overdue", ENDING, deal("2021", "2023-12-31"), compiled="2023-12-30"),
            Told("late", ENDING, deal("2021", "2023-12-31"), compiled="2023-12-31"),
        ],
        [
            Told("late", ENDING, deal("2023-09-30", "2024")),
            Told("reversed", ENDING, deal("2023-10-01", "2024")),
            Told("undecidable", ENDING, deal(None, "2024")),
        ],
        [
            Told("contradicted", AFTERWARDS, deal("2023-12-01")),
            Told("reversed", AFTERWARDS, deal("2023-12-02")),
        ],
        [
            Told("consistent", ENDING, deal("2021", "2023-09-30")),
            Told("supported", ENDING, deal("2021", "2023-09-30"), whole=True),
        ],
    ],
    "assessment_approved_by": [
        [
            Told("supported", APPROVAL, approved("2024-03-31")),
            Told("late", APPROVAL, approved("2024-04-01")),
            Told("contradicted", AFTER_DUE, approved("2024-04-01")),
        ],
        [
            Told("supported", APPROVAL, approved("2024-03-31")),
            Told("undecidable", APPROVAL, approved("2024-03-31~")),
        ],
        [
            Told("consistent", APPROVAL, compiled="2024-03-31"),
            Told("overdue", APPROVAL, compiled="2024-04-01"),
        ],
    ],
    "policy_issued_by": [
        [
            Told("consistent", POLICY, compiled="2024-06-30"),
            Told("overdue", POLICY, compiled="2024-07-01"),
        ],
        [
            Told("overdue", POLICY, task("open")),
            Told("undecidable", POLICY, task("closed")),
        ],
    ],
    "safeguards": [[Told("undecidable", WORDS)]],
}


@pytest.mark.parametrize("kind", REPORTED)
def test_a_reported_claim_flips_by_one_fact_or_one_day(kind: ClaimKind) -> None:
    for chain in REPORTED[kind]:
        assert {one.said.claim.claim for one in chain} == {kind}
        assert [one.found() for one in chain] == [one.word for one in chain]
        assert all(one.word != other.word for one, other in pairwise(chain))


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_no_reported_claim_gets_a_verdict_that_no_chain_of_its_kind_reaches(
    data: st.DataObject,
) -> None:
    claim, _ = data.draw(i.claims("said"))
    other, _ = data.draw(i.claims("other"))
    drawn = [
        *(data.draw(i.deals(f"deal-{n}")) for n in range(data.draw(st.integers(0, 2)))),
        data.draw(i.reviews("pia")),
    ]
    parts: tuple[rep.Part, ...] = data.draw(st.sampled_from(((), ("contracts",))))
    found = i.held(claim, other, *(one for one, _ in drawn), complete_for=parts)
    assert found.verdict in reached(REPORTED[claim.claim.claim])


# -- drafted in a register ---------------------------------------------------------------


@dataclass(frozen=True)
class Drafted:
    """A claim on a register, what more happened, and what the register is to say of it."""

    word: VerdictWord
    claim: Claim
    more: tuple[Step, ...] = ()
    reported: tuple[ReportedFact, ...] = ()
    said: str | None = None
    day: str = "2026-11-25"
    without: tuple[str, ...] = ()

    def found(self) -> VerdictWord:
        view = record(self.without, *self.more)
        for one in self.reported:
            step = Step(fact=one, actor="beforehand", at=f"{self.day}T09:00:00.000000Z")  # type: ignore[arg-type]
            view.apply(recorded(view.size, step))
        draft = s.StatementDrafted(
            statement="st-1", office="harbor", claims=(self.claim,), document=DIGEST
        )
        moment = f"{self.day}T10:00:00.000000Z"
        (found,) = live_claims.held(view, draft, at=moment, said=self.said)
        return found.verdict


def of_harbor(awarded: str | None, ended: str | None = None) -> tuple[ReportedFact, ...]:
    return (i.contract("deal", awarded, ended, office="harbor"),)


def also_said(claim: Claim, day: str = "2026-11-24") -> tuple[Step, ...]:
    """Another statement of the office that was issued."""
    draft = s.StatementDrafted(
        statement="st-0", office=claim.office, claims=(claim,), document=DIGEST
    )
    issued = s.StatementIssued(
        statement="st-0", digest=s.claims_digest(draft), size=1, verdicts=("consistent",)
    )
    moment = f"{day}T10:00:00.000000Z"
    return (
        Step(fact=draft, actor="manager", at=moment),
        Step(fact=issued, actor="chief", at=moment),
    )


def ended(contract: str, day: str) -> Step:
    return Step(
        fact=f.ContractEnded(contract=contract),
        actor="buyer",
        at=f"{day}T10:00:00.000000Z",
    )


def ran_until(last: str, use: str = "c-2") -> Claim:
    return Claim(claim="ran", office="harbor", use=use, first="2026-11-22", last=last)


def by(due: str) -> Claim:
    return by_day("assessment_approved_by", due)


def policy(due: str) -> Claim:
    return by_day("policy_issued_by", due)


def ending(due: str) -> Claim:
    return by_day("contracts_ended", due)


NEVER: Final = no_use("2026-11-22")
ALL_NOVEMBER: Final = no_use("2026-11-01")
FEW_DAYS: Final = during("2026-11-22", "2026-11-24")
SECOND: Final = (bought("2026-11-22"), ended("c-2", "2026-11-24"))
NOT_APPROVED: Final = ("approved", "published")
TASK: Final = i.recommendation("task", to=None, due="2026-11-24", status="closed")
LIVE: Final[dict[ClaimKind, list[list[Drafted]]]] = {
    "no_use": [
        [
            Drafted("contradicted", NEVER),
            Drafted("supported", NEVER, (GONE,)),
            Drafted("contradicted", NEVER, (GONE, used("2026-11-24"))),
            Drafted("reversed", NEVER, (GONE, used("2026-11-24")), said="2026-11-23"),
        ],
        [
            Drafted("supported", no_use("2026-11-21", "privacy")),
            Drafted("consistent", no_use("2026-11-20", "privacy")),
        ],
        [
            Drafted("supported", NEVER, (GONE,)),
            Drafted("conflicting", NEVER, (GONE, *also_said(FEW_DAYS))),
        ],
        [
            Drafted(
                "contradicted",
                ALL_NOVEMBER,
                reported=of_harbor("2026-11-23"),
                said="2026-11-23",
                without=("award",),
            ),
            Drafted(
                "undecidable",
                ALL_NOVEMBER,
                reported=of_harbor("2026-11"),
                said="2026-11-23",
                without=("award",),
            ),
        ],
    ],
    "no_new_requests": [
        [
            Drafted("supported", no_requests("2026-11-22")),
            Drafted("contradicted", no_requests("2026-11-22"), (bought("2026-11-24"),)),
            Drafted(
                "reversed",
                no_requests("2026-11-22"),
                (bought("2026-11-24"),),
                said="2026-11-23",
            ),
        ],
        [
            Drafted("supported", no_requests("2026-11-21"), without=("award",)),
            Drafted("consistent", no_requests("2026-11-20"), without=("award",)),
        ],
        [
            Drafted(
                "reversed",
                no_requests("2026-11-22"),
                reported=of_harbor("2026-11-24"),
                said="2026-11-23",
            ),
            Drafted(
                "undecidable",
                no_requests("2026-11-22"),
                reported=of_harbor("2026-11-23~"),
                said="2026-11-23",
            ),
        ],
    ],
    "used_during": [
        [
            Drafted("supported", FEW_DAYS, (GONE, used("2026-11-24"))),
            Drafted("consistent", FEW_DAYS, (GONE, used("2026-11-25"))),
        ],
        [
            Drafted("consistent", FEW_DAYS, (GONE,)),
            Drafted("conflicting", FEW_DAYS, (GONE, *also_said(NEVER))),
        ],
    ],
    "ran": [
        [
            Drafted("supported", ran_until("2026-11-24"), SECOND),
            Drafted("contradicted", ran_until("2026-11-23"), SECOND),
        ],
        [
            Drafted("consistent", ran_until("2026-11-24")),
            Drafted("supported", ran_until("2026-11-24"), SECOND),
            Drafted(
                "conflicting",
                ran_until("2026-11-24"),
                (*SECOND, *also_said(ran_until("2026-11-23"))),
            ),
        ],
    ],
    "contracts_ended": [
        [
            Drafted("consistent", ending("2026-11-25")),
            Drafted("supported", ending("2026-11-25"), (GONE,)),
        ],
        [
            Drafted("consistent", ending("2026-11-25"), said="2026-11-25"),
            Drafted("overdue", ending("2026-11-25"), said="2026-11-25", day="2026-11-26"),
            Drafted(
                "late",
                ending("2026-11-25"),
                (ended("c-1", "2026-11-26"),),
                said="2026-11-25",
                day="2026-11-26",
            ),
        ],
        [
            Drafted("overdue", ending("2026-11-24"), said="2026-11-24"),
            Drafted("contradicted", ending("2026-11-24"), said="2026-11-25"),
        ],
        [
            Drafted("supported", ending("2026-11-22"), (GONE,), said="2026-11-22"),
            Drafted(
                "reversed",
                ending("2026-11-22"),
                (GONE, bought("2026-11-23")),
                said="2026-11-22",
            ),
        ],
        [
            Drafted(
                "late",
                ending("2026-11-23"),
                (GONE,),
                of_harbor("2026-11-23", "2026-11-24"),
                said="2026-11-22",
            ),
            Drafted(
                "undecidable",
                ending("2026-11-23"),
                (GONE,),
                of_harbor(None, "2026-11-24"),
                said="2026-11-22",
            ),
        ],
    ],
    "assessment_approved_by": [  # it was approved on 20 November 2026
        [
            Drafted("supported", by("2026-11-20"), said="2026-11-18"),
            Drafted("late", by("2026-11-19"), said="2026-11-18"),
        ],
        [
            Drafted("late", by("2026-11-19"), said="2026-11-19"),
            Drafted("contradicted", by("2026-11-19"), said="2026-11-20"),
        ],
        [
            Drafted("consistent", by("2026-11-25"), without=NOT_APPROVED),
            Drafted("overdue", by("2026-11-25"), without=NOT_APPROVED, day="2026-11-26"),
        ],
    ],
    "policy_issued_by": [
        [
            Drafted(
                "supported",
                policy("2026-11-24"),
                (procedures("2026-11-24"),),
                said="2026-11-22",
            ),
            Drafted(
                "late",
                policy("2026-11-23"),
                (procedures("2026-11-24"),),
                said="2026-11-22",
            ),
        ],
        [
            Drafted(
                "late",
                policy("2026-11-23"),
                (procedures("2026-11-24"),),
                said="2026-11-23",
                without=("procedures",),
            ),
            Drafted(
                "contradicted",
                policy("2026-11-23"),
                (procedures("2026-11-24"),),
                said="2026-11-24",
                without=("procedures",),
            ),
        ],
        [
            Drafted(
                "consistent", policy("2026-11-24"), said="2026-11-22", day="2026-11-24"
            ),
            Drafted("overdue", policy("2026-11-24"), said="2026-11-22"),
            Drafted(
                "undecidable", policy("2026-11-24"), reported=(TASK,), said="2026-11-22"
            ),
        ],
    ],
    "safeguards": [[Drafted("undecidable", Claim(claim="safeguards", office="harbor"))]],
}


@pytest.mark.parametrize("kind", LIVE)
def test_a_drafted_claim_flips_by_one_fact_or_one_day(kind: ClaimKind) -> None:
    for chain in LIVE[kind]:
        assert {one.claim.claim for one in chain} == {kind}
        assert [one.found() for one in chain] == [one.word for one in chain]
        assert all(one.word != other.word for one, other in pairwise(chain))


def test_a_promised_month_that_the_issue_falls_in_decides_nothing() -> None:
    for day, word in (("2026-11-24", "undecidable"), ("2026-12-01", "late")):
        told = Drafted(
            word,  # type: ignore[arg-type]
            policy("2026-11"),
            (procedures(day),),
            said="2026-10-31",
            day="2026-12-02",
            without=("procedures",),
        )
        assert told.found() == word


DAYS: Final = st.dates(date(2026, 11, 18), date(2027, 2, 2)).map(date.isoformat)


@st.composite
def drafts(draw: st.DrawFn) -> Claim:
    kind = draw(st.sampled_from(get_args(ClaimKind)))
    first, last = sorted((draw(DAYS), draw(DAYS)))
    said = {"first": first, "last": last, "due": draw(DAYS), "use": "c-1"}
    office = draw(st.sampled_from(("dept", "harbor", "routes", "privacy")))
    return Claim(claim=kind, office=office, **{name: said[name] for name in SAID[kind]})


@settings(deadline=None, max_examples=200)
@given(entries=histories(), claim=drafts(), other=drafts(), days=st.tuples(DAYS, DAYS))
def test_no_drafted_claim_gets_a_verdict_that_no_chain_of_its_kind_reaches(
    entries: list[Recorded], claim: Claim, other: Claim, days: tuple[str, str]
) -> None:
    said, today = sorted(days)
    view = fold(entries)
    for step in also_said(other, said):
        view.apply(recorded(view.size, step))
    draft = s.StatementDrafted(
        statement="st-1", office="harbor", claims=(claim,), document=DIGEST
    )
    moment = f"{today}T23:00:00.000000Z"
    (found,) = live_claims.held(view, draft, at=moment, said=said)
    assert found.verdict in reached(LIVE[claim.claim])


# -- every kind and every word -----------------------------------------------------------


def reached(chains: list[list[Told]] | list[list[Drafted]]) -> set[VerdictWord]:
    return set(words(chains))


def words(chains: list[list[Told]] | list[list[Drafted]]) -> Iterator[VerdictWord]:
    return (one.word for chain in chains for one in chain)


@pytest.mark.parametrize("table", [REPORTED, LIVE], ids=["reported", "drafted"])
def test_every_kind_of_claim_and_every_verdict_is_in_some_chain(
    table: dict[ClaimKind, list[list[Told]]] | dict[ClaimKind, list[list[Drafted]]],
) -> None:
    assert set(table) == set(get_args(ClaimKind))
    every = {word for chains in table.values() for word in reached(chains)}
    assert every == set(get_args(VerdictWord))
    # Words alone flip nothing; of any other kind each chain has two verdicts at least.
    assert all(
        len(chain) > 1
        for kind, chains in table.items()
        for chain in chains
        if kind != "safeguards"
    )
