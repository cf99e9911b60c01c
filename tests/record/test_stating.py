"""The grammar of statements: each claim has exactly the fields of its form, and steps their order."""

from __future__ import annotations

import msgspec
import pytest

from beforehand.record import grammar
from beforehand.record import stating as s
from beforehand.record.acts import Act
from beforehand.record.checks import GrammarError
from beforehand.record.reported import Claim
from beforehand.record.stating_follows import MOST_CLAIMS, SAID
from tests.policy import stating_tables as t
from tests.world import Step, record

FIELDS = {"use": "feed", "first": "2026-11-21", "last": "2026-11-22", "due": "2026-12-01"}
CONFIRMED, ISSUE = t.CONFIRMATION, t.ISSUE


def refused(fact: s.AnyStatingFact, *more: Step) -> GrammarError:
    with pytest.raises(GrammarError) as caught:
        grammar.check(record((), *more), Act(actor="root", fact=fact))
    return caught.value


def drafting(*claims: Claim) -> s.StatementDrafted:
    return msgspec.structs.replace(t.DRAFTED, claims=claims)


@pytest.mark.parametrize("kind", SAID)
def test_a_claim_has_exactly_the_fields_of_its_form(kind: str) -> None:
    own = {name: FIELDS[name] for name in SAID[kind]}  # type: ignore[index]
    whole = Claim(claim=kind, office="harbor", **own)  # type: ignore[arg-type]
    grammar.check(record(()), Act(actor="root", fact=drafting(whole)))
    for name, value in FIELDS.items():
        wrong = None if name in own else value
        other = msgspec.structs.replace(whole, **{name: wrong})
        assert refused(drafting(other)).where == "claims[0]"


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"office": "none"}, "office"),
        ({"claims": ()}, "claims"),
        ({"claims": (t.UNUSED,) * (MOST_CLAIMS + 1)}, "claims"),
        (
            {"claims": (Claim(claim="no_use", office="none", first="2026"),)},
            "claims[0].office",
        ),
        (
            {"claims": (Claim(claim="no_use", office="harbor", first="2026-13"),)},
            "claims[0].first",
        ),
        (
            {
                "claims": (
                    Claim(
                        claim="used_during",
                        office="harbor",
                        first="2026-12",
                        last="2026-11",
                    ),
                )
            },
            "claims[0].last",
        ),
    ],
)
def test_a_draft_that_says_nothing_possible_is_refused(
    changes: dict[str, object], where: str
) -> None:
    assert refused(msgspec.structs.replace(t.DRAFTED, **changes)).where == where


OTHER_OFFICE = msgspec.structs.replace(t.DRAFTED, office="privacy")
AGAIN = msgspec.structs.replace(t.SUBSCRIBED, person="nobody")


@pytest.mark.parametrize(
    ("fact", "more", "where"),
    [
        pytest.param(t.CONFIRMED, (), "statement", id="nothing drafted"),
        pytest.param(
            msgspec.structs.replace(t.CONFIRMED, digest="1" * 64),
            (t.DRAFT,),
            "digest",
            id="text",
        ),
        pytest.param(t.CONFIRMED, (t.DRAFT, CONFIRMED), "digest", id="confirmed twice"),
        pytest.param(OTHER_OFFICE, (t.DRAFT,), "office", id="another office's"),
        pytest.param(
            t.DRAFTED, (t.DRAFT, CONFIRMED, ISSUE), "statement", id="drafted after"
        ),
        pytest.param(t.CONFIRMED, (t.DRAFT, ISSUE), "statement", id="confirmed after"),
        pytest.param(t.ISSUED, (t.DRAFT, CONFIRMED, ISSUE), "statement", id="issued twice"),
        pytest.param(
            msgspec.structs.replace(t.ISSUED, size=9_999),
            (t.DRAFT,),
            "size",
            id="of the future",
        ),
        pytest.param(
            msgspec.structs.replace(t.ISSUED, verdicts=("supported",)),
            (t.DRAFT,),
            "verdicts",
            id="a verdict missing",
        ),
        pytest.param(AGAIN, (t.DRAFT,), "person", id="nobody subscribes"),
        pytest.param(
            t.SUBSCRIBED, (t.DRAFT, t.by("analyst", t.SUBSCRIBED)), "person", id="twice"
        ),
        pytest.param(t.UNSUBSCRIBED, (t.DRAFT,), "person", id="never subscribed"),
        pytest.param(t.FLIPPED, (t.DRAFT,), "number", id="flipped before it is issued"),
        pytest.param(
            msgspec.structs.replace(t.FLIPPED, number=3),
            (t.DRAFT, CONFIRMED, ISSUE),
            "number",
            id="no such claim",
        ),
    ],
)
def test_a_fact_about_a_statement_out_of_turn_is_refused(
    fact: s.AnyStatingFact, more: tuple[Step, ...], where: str
) -> None:
    assert refused(fact, *more).where == where


def test_a_new_draft_voids_the_confirmation_and_the_old_text_restores_it() -> None:
    other = t.by("manager", drafting(t.UNUSED))
    stating = record((), t.DRAFT, CONFIRMED, other).stating.statements["st-1"]
    assert stating.digest not in stating.confirmed
    restored = record((), t.DRAFT, CONFIRMED, other, t.DRAFT).stating.statements["st-1"]
    assert restored.digest in restored.confirmed


def test_who_subscribed_and_ended_it_is_told_no_more() -> None:
    steps = (t.DRAFT, t.by("analyst", t.SUBSCRIBED))
    assert record((), *steps).stating.statements["st-1"].subscribers == {"analyst"}
    ended = record((), *steps, t.by("analyst", t.UNSUBSCRIBED))
    assert ended.stating.statements["st-1"].subscribers == set()
