"""The three-valued reading agrees with every reading of the dates, and says when they differ."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from beforehand.policy.decide import read_three_valued
from beforehand.policy.put import Moments, Put, Ref, exactly
from beforehand.policy.sets import propose

TEXT = """
@id("assessment.approved") @says("a") @remedy("b") @cites("c")
forbid (principal, action in [Action::"award"], resource) unless {
  context.assessment.approved <= context.at
};
@id("assessment.unexpired") @says("a") @remedy("b") @cites("c")
forbid (principal, action in [Action::"award"], resource) unless {
  context.at < context.assessment.expires
};
"""
GUARDS = propose(TEXT, where="test")
WHO, WHAT, PIA = Ref("Person", "p"), Ref("Thing", "t"), Ref("Assessment", "a")
days = st.integers(0, 6)
spans = st.tuples(days, days).map(lambda pair: Moments(min(pair), max(pair)))


def question(at: Moments, approved: Moments | None, expires: Moments) -> Put:
    facts = (
        {"expires": expires}
        if approved is None
        else {"approved": approved, "expires": expires}
    )
    return Put(
        action="award",
        principal=WHO,
        resource=WHAT,
        context={"at": at, "assessment": PIA},
        entities={WHO: {}, WHAT: {}, PIA: dict(facts)},
    )


@given(spans, spans, spans)
def test_it_is_certain_exactly_when_every_reading_agrees(
    at: Moments, approved: Moments, expires: Moments
) -> None:
    found = read_three_valued(GUARDS, question(at, approved, expires))
    before = {
        a <= t for a in range(approved[0], approved[1] + 1) for t in range(at[0], at[1] + 1)
    }
    until = {
        t < e for e in range(expires[0], expires[1] + 1) for t in range(at[0], at[1] + 1)
    }
    assert found["assessment.approved"] == (before.pop() if len(before) == 1 else None)
    assert found["assessment.unexpired"] == (until.pop() if len(until) == 1 else None)


def test_what_is_not_known_cannot_be_decided_and_does_not_hide_what_is() -> None:
    found = read_three_valued(GUARDS, question(exactly(5), None, exactly(3)))
    assert found == {"assessment.approved": None, "assessment.unexpired": False}
