"""Claims held against a live register: each verdict, and one entry or day that flips it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import pytest

from beforehand.oversight.live_claims import held
from beforehand.oversight.watching import flips
from beforehand.record import facts as f
from beforehand.record import reported as rep
from beforehand.record import stating as s
from beforehand.record.fold import Record
from beforehand.record.recorded import Recorded
from beforehand.record.reported import Claim
from tests.policy.stating_tables import TEXT
from tests.world import AWARD, DIGEST, NOW, Step, ask, award, record, steps

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beforehand.oversight.findings import Verdict

# The department's safeguards were adopted on 20 November 2026: it is whole from the day after.
WHOLE, BEFORE = "2026-11-21", "2026-11-20"


def at(day: str) -> str:
    return f"{day}T10:00:00.000000Z"


def one(
    claim: Claim, *more: Step, day: str = "2026-11-25", said: str | None = None
) -> Verdict:
    draft = s.StatementDrafted(
        statement="st-1", office="harbor", claims=(claim,), document=DIGEST
    )
    (found,) = held(record((), *more), draft, at=at(day), said=said)
    return found


def used(day: str, number: int = 1) -> Step:
    act = ask(question=f"q-{number}")
    return Step(fact=act.fact, actor="analyst", at=at(day), opened=act.sealed)


def ended(day: str) -> Step:
    return Step(fact=f.ContractEnded(contract="c-1"), actor="buyer", at=at(day))


def bought(day: str) -> Step:
    return Step(fact=award(assessment=None).fact, actor="buyer", at=at(day))


def procedures(day: str, *, interim: bool = False, name: str = "p-2") -> Step:
    fact = f.ProceduresAdopted2(
        procedures=name,
        office="harbor",
        document=DIGEST,
        in_force_from=day,
        interim=interim,
    )
    return Step(fact=fact, actor="chief", at=at(day))


def no_use(first: str, office: str = "harbor") -> Claim:
    return Claim(claim="no_use", office=office, first=first)


def no_requests(first: str) -> Claim:
    return Claim(claim="no_new_requests", office="harbor", first=first)


def during(first: str, last: str, office: str = "harbor") -> Claim:
    return Claim(claim="used_during", office=office, first=first, last=last)


def by_day(kind: rep.ClaimKind, due: str, office: str = "harbor") -> Claim:
    return Claim(claim=kind, office=office, due=due)


GONE = ended("2026-11-21")
FIRST_MORE = len(steps())

CASES = [
    pytest.param(no_use("2026-11-22"), [GONE], "supported", id="no use, and none is"),
    pytest.param(no_use("2026-11-22"), [], "contradicted", id="no use, under contract"),
    pytest.param(
        no_use("2026-11-22"), [GONE, used("2026-11-23")], "contradicted", id="no use, asked"
    ),
    pytest.param(no_use("2026-11-22", "privacy"), [], "supported", id="another office"),
    pytest.param(no_use(BEFORE, "privacy"), [], "consistent", id="before it was whole"),
    pytest.param(no_requests(WHOLE), [], "supported", id="no new contract"),
    pytest.param(
        no_requests(WHOLE), [bought("2026-11-24")], "contradicted", id="a new one"
    ),
    pytest.param(no_requests(BEFORE), [], "contradicted", id="awarded that very day"),
    pytest.param(
        during("2026-11-22", "2026-11-24"), [used("2026-11-23")], "supported", id="used"
    ),
    pytest.param(
        during("2026-11-22", "2026-11-24", "routes"),
        [used("2026-11-23")],
        "supported",
        id="used by the unit itself",
    ),
    pytest.param(
        during("2026-11-22", "2026-11-24", "privacy"),
        [used("2026-11-23")],
        "consistent",
        id="used by another office",
    ),
    pytest.param(
        during("2026-11-22", "2026-11-24"),
        [GONE, used("2026-11-25")],
        "consistent",
        id="used a day later",
    ),
    pytest.param(
        during("2026-11", "2026-11"), [used("2026-11-23")], "supported", id="month"
    ),
    pytest.param(
        by_day("assessment_approved_by", "2026-12-31"),
        [],
        "consistent",
        id="not approved yet",
    ),
    pytest.param(
        by_day("policy_issued_by", "2026-12-31", "privacy"), [], "consistent", id="to come"
    ),
    pytest.param(
        by_day("policy_issued_by", "2026-11-24"), [], "overdue", id="none since it was said"
    ),
    pytest.param(
        by_day("policy_issued_by", "2026-11-25"),
        [procedures("2026-11-25")],
        "supported",
        id="issued the same day",
    ),
    pytest.param(
        by_day("policy_issued_by", "2026-11-25"),
        [procedures("2026-11-25", interim=True)],
        "consistent",
        id="interim procedures are no policy",
    ),
    pytest.param(
        by_day("contracts_ended", "2026-12-31"), [], "consistent", id="running on"
    ),
    pytest.param(
        by_day("contracts_ended", "2026-11-25"), [GONE], "supported", id="all have ended"
    ),
    pytest.param(
        by_day("contracts_ended", "2026-11-24"), [], "contradicted", id="said after its day"
    ),
    pytest.param(Claim(claim="safeguards", office="harbor"), [], "undecidable", id="words"),
    pytest.param(
        Claim(
            claim="ran",
            office="harbor",
            use="c-2",
            first="2026-11-22",
            last="2026-11-24",
        ),
        [
            bought("2026-11-22"),
            Step(fact=f.ContractEnded(contract="c-2"), actor="buyer", at=at("2026-11-24")),
        ],
        "supported",
        id="a contract that ran exactly so",
    ),
    pytest.param(
        Claim(
            claim="ran",
            office="harbor",
            use="c-2",
            first="2026-11-22",
            last="2026-11-23",
        ),
        [
            bought("2026-11-22"),
            Step(fact=f.ContractEnded(contract="c-2"), actor="buyer", at=at("2026-11-24")),
        ],
        "contradicted",
        id="a contract that ran longer",
    ),
]


@pytest.mark.parametrize(("claim", "more", "word"), CASES)
def test_a_claim_is_held_against_the_register(
    claim: Claim, more: list[Step], word: str
) -> None:
    if claim.claim == "policy_issued_by":
        # The department's own procedures are from before it was said, so not the promised ones.
        assert (
            one(claim, *more, said="2026-11-21" if word == "overdue" else None).verdict
            == word
        )
        return
    assert one(claim, *more).verdict == word


def test_what_a_verdict_rests_on_is_named_by_its_entry() -> None:
    found = one(no_use("2026-11-22"), GONE, used("2026-11-23"), used("2026-11-23", 2))
    assert found.because == (f"entry-{FIRST_MORE + 1}",)


def test_a_promise_is_late_when_it_is_kept_after_its_day() -> None:
    claim = by_day("policy_issued_by", "2026-11-23")
    assert one(claim, procedures("2026-11-23"), said="2026-11-22").verdict == "supported"
    assert one(claim, procedures("2026-11-24"), said="2026-11-22").verdict == "late"


def test_what_was_done_after_it_was_said_reverses_it() -> None:
    claim = no_use("2026-11-22")
    assert one(claim, GONE, said="2026-11-23").verdict == "supported"
    assert one(claim, GONE, used("2026-11-24"), said="2026-11-23").verdict == "reversed"


def test_two_statements_of_one_office_that_say_otherwise_conflict() -> None:
    said = s.StatementDrafted(
        statement="st-0",
        office="privacy",
        claims=(during("2026-11-22", "2026-11-23", "privacy"),),
        document=DIGEST,
    )
    digest = s.claims_digest(said)
    issued = s.StatementIssued(
        statement="st-0", digest=digest, size=1, verdicts=("consistent",)
    )
    day = at("2026-11-24")
    before = [
        Step(fact=said, actor="lawyer", at=day),
        Step(fact=issued, actor="chief", at=day),
    ]
    draft = s.StatementDrafted(
        statement="st-1",
        office="privacy",
        claims=(no_use("2026-11-22", "privacy"),),
        document=DIGEST,
    )
    (alone,) = held(record((), before[0]), draft, at=at("2026-11-25"))
    (found,) = held(record((), *before), draft, at=at("2026-11-25"))
    assert alone.verdict == "supported"  # a draft is not said yet
    assert (found.verdict, found.because) == ("conflicting", ("st-0.1",))


def test_a_reported_contract_speaks_against_a_claim_and_a_reported_approval_not_for_one() -> (
    None
):
    deal = rep.ContractReported(
        file=DIGEST,
        item="deal",
        confidence="A",
        sources=(),
        office="privacy",
        supplier=None,
        datasets=None,
        amount=None,
        amount_about=False,
        awarded="2026-11-23",
        ended=None,
    )
    approved = rep.AssessmentReported(
        file=DIGEST,
        item="reported-pia",
        assessment_kind="PIA",
        number=None,
        office="privacy",
        datasets=None,
        status="approved",
        covers=None,
        events=(rep.Event(event="approved", day=WHOLE, confidence="A", sources=()),),
    )
    view = record()
    facts: tuple[rep.ReportedFact, ...] = (deal, approved)
    for number, fact in enumerate(facts):
        view.apply(
            Recorded.made(
                index=FIRST_MORE + number,
                at=at("2026-11-24"),
                actor="beforehand",
                id=f"e-{number}",
                fact=fact,
                opened={},
                unmet=(),
            )
        )
    claims = (
        no_use("2026-11-22", "privacy"),
        by_day("assessment_approved_by", "2026-11-24", "privacy"),
    )
    draft = s.StatementDrafted(
        statement="st-1", office="privacy", claims=claims, document=DIGEST
    )
    first, second = held(view, draft, at=NOW, said=BEFORE)
    assert first.verdict == "reversed"
    assert second.verdict == "overdue"


def step(name: str, day: str, **changes: object) -> Step:
    """A step of the world, done again."""
    found = steps()[name]
    return replace(found, fact=msgspec.structs.replace(found.fact, **changes), at=at(day))


def test_a_kept_promise_stays_kept_when_the_same_text_is_approved_again() -> None:
    claim = by_day("assessment_approved_by", "2026-11-20")
    renewed = step("approved", "2026-11-23", expires="2028-11-20")
    assert one(claim, said=BEFORE).verdict == "supported"
    assert one(claim, renewed, said=BEFORE).verdict == "supported"
    assert (
        flips(entries([*issued((claim, "supported"), day=BEFORE), renewed]), at=NOW) == ()
    )


def test_an_edit_takes_no_approval_to_another_office() -> None:
    edited = step("draft", "2026-11-22", office="routes")
    for office in ("harbor", "routes"):
        claim = by_day("assessment_approved_by", "2026-11-20", office)
        before = one(claim, said=BEFORE)
        assert one(claim, edited, said=BEFORE).verdict == before.verdict
        assert before.verdict == ("supported" if office == "harbor" else "overdue")


def test_a_recommendation_that_is_imported_is_named_as_what_flips_a_promise() -> None:
    claim = by_day("policy_issued_by", "2026-11-24")
    closed = rep.RecommendationReported(
        file=DIGEST, item="task", confidence="A", sources=(), report="rep", number=1,
        to=None, text_known=True, response=None, due="2026-11-24", status="closed",
        status_as_of=None,
    )  # fmt: skip
    said = issued((claim, "consistent"))
    taken = Step(fact=closed, actor="beforehand", at=at("2026-11-25"))  # type: ignore[arg-type]
    first, second = flips(entries([*said, taken]), at=NOW)
    assert (first.was, first.now, first.entry) == ("consistent", "overdue", None)
    assert (second.now, second.entry) == ("undecidable", FIRST_MORE + len(said))


# -- after it was issued -----------------------------------------------------------------


def issued(*claims: tuple[Claim, s.VerdictWord], day: str = "2026-11-22") -> list[Step]:
    draft = s.StatementDrafted(
        statement="st-1",
        office="harbor",
        claims=tuple(claim for claim, _ in claims),
        document=DIGEST,
    )
    fact = s.StatementIssued(
        statement="st-1",
        digest=s.claims_digest(draft),
        size=1,
        verdicts=tuple(word for _, word in claims),
    )
    subscribed = s.StatementSubscribed(statement="st-1", person="analyst")
    return [
        Step(fact=draft, actor="manager", at=at(day)),
        Step(fact=fact, actor="chief", at=at(day)),
        Step(fact=subscribed, actor="analyst", at=at(day)),
    ]


def entries(more: Iterable[Step]) -> list[Recorded]:
    return [
        Recorded.made(
            index=index,
            at=step.at,
            actor=step.actor,
            id=f"e-{index}",
            fact=step.fact,
            opened=step.opened,
            unmet=(),
        )
        for index, step in enumerate([*steps().values(), *more])
    ]


CLEAN = [GONE, *issued((no_use("2026-11-22"), "supported"))]


def test_a_statement_that_nothing_bears_on_does_not_flip() -> None:
    other = replace(used("2026-11-23"), fact=f.SupplierNamed(supplier="other"))
    assert flips(entries([*CLEAN, other]), at=NOW) == ()


def test_the_entry_that_flips_a_verdict_is_named_with_who_subscribed() -> None:
    more = [*CLEAN, used("2026-11-23"), used("2026-11-24", 2)]
    (found,) = flips(entries(more), at=NOW)
    assert (found.statement, found.number) == ("st-1", 1)
    assert (found.was, found.now) == ("supported", "reversed")
    assert found.entry == FIRST_MORE + len(CLEAN)
    assert found.subscribers == ("analyst",)


def test_what_is_recorded_as_flipped_is_not_found_again() -> None:
    more = [*CLEAN, used("2026-11-23")]
    (found,) = flips(entries(more), at=NOW)
    more.append(Step(fact=found.fact, actor="beforehand", at=NOW))
    assert flips(entries(more), at=NOW) == ()
    later = [*more, used("2026-11-26", 3)]
    assert flips(entries(later), at=at("2026-11-27")) == ()


def test_a_day_that_passes_flips_a_promise_and_no_entry_is_named() -> None:
    claim = by_day("policy_issued_by", "2026-11-24")
    said = issued((claim, "consistent"))
    assert flips(entries(said), at=at("2026-11-24")) == ()
    (found,) = flips(entries(said), at=at("2026-11-25"))
    assert (found.was, found.now, found.entry) == ("consistent", "overdue", None)


def test_a_day_and_then_an_entry_flip_it_twice() -> None:
    claim = by_day("policy_issued_by", "2026-11-23")
    more = [*issued((claim, "consistent")), procedures("2026-11-25")]
    first, second = flips(entries(more), at=NOW)
    assert (first.was, first.now, first.entry) == ("consistent", "overdue", None)
    assert (second.was, second.now, second.entry) == ("overdue", "late", FIRST_MORE + 3)


def test_a_contract_awarded_after_it_was_said_flips_it() -> None:
    more = [*issued((no_requests("2026-11-22"), "supported")), bought("2026-11-24")]
    (found,) = flips(entries(more), at=NOW)
    assert (found.now, found.entry) == ("reversed", FIRST_MORE + 3)
    assert AWARD.contract not in found.why


def test_a_kept_promise_turns_supported_by_the_entry_that_kept_it() -> None:
    claim = by_day("policy_issued_by", "2026-12-24")
    more = [*issued((claim, "consistent")), procedures("2026-11-24")]
    (found,) = flips(entries(more), at=NOW)
    assert (found.now, found.entry) == ("supported", FIRST_MORE + 3)


def test_only_the_claim_that_flipped_is_told_of() -> None:
    more = [
        GONE,
        *issued(
            (no_requests("2026-11-22"), "supported"),
            (no_use("2026-11-22"), "supported"),
        ),
        used("2026-11-23"),
    ]
    (found,) = flips(entries(more), at=NOW)
    assert found.number == 2


# -- what may be issued ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "word", "day", "lacking"),
    [
        pytest.param(no_use(WHOLE), "supported", WHOLE, (), id="supported"),
        pytest.param(no_use(WHOLE), "consistent", WHOLE, (1,), id="only consistent"),
        pytest.param(
            by_day("policy_issued_by", WHOLE), "consistent", WHOLE, (), id="promise to come"
        ),
        pytest.param(
            by_day("policy_issued_by", BEFORE),
            "consistent",
            WHOLE,
            (1,),
            id="promise passed",
        ),
        pytest.param(
            by_day("contracts_ended", WHOLE), "overdue", WHOLE, (1,), id="promise not kept"
        ),
        pytest.param(
            Claim(claim="safeguards", office="harbor"),
            "undecidable",
            WHOLE,
            (1,),
            id="words",
        ),
    ],
)
def test_what_may_be_issued_is_supported_or_a_promise_whose_day_is_to_come(
    claim: Claim, word: s.VerdictWord, day: str, lacking: tuple[int, ...]
) -> None:
    assert s.unsupported((claim,), (word,), day) == lacking


def test_the_digest_binds_the_claims_and_the_text() -> None:
    draft = s.StatementDrafted(
        statement="st-1", office="harbor", claims=(no_use(WHOLE),), document=DIGEST
    )
    others = (
        msgspec.structs.replace(draft, document="1" * 64),
        msgspec.structs.replace(draft, claims=(no_use(BEFORE),)),
        msgspec.structs.replace(draft, office="routes"),
    )
    digests = {s.claims_digest(each) for each in (draft, *others)}
    assert len(digests) == 4
    assert TEXT not in digests


def test_the_record_keeps_one_entry_a_day_of_use() -> None:
    view: Record = record(
        (), used("2026-11-23"), used("2026-11-23", 2), used("2026-11-24", 3)
    )
    assert view.stating.days["routes", "feed"] == {
        "2026-11-23": FIRST_MORE,
        "2026-11-24": FIRST_MORE + 2,
    }
