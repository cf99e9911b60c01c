"""Laws of the rulebook: whatever is done with sets, the department always has one in force."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beforehand.ledger.times import time_text
from beforehand.policy.question import put
from beforehand.record import facts as f
from beforehand.record import rulebook as k
from beforehand.record.acts import Act
from beforehand.record.checks import GrammarError
from beforehand.record.fold import Record
from beforehand.record.grammar import check
from beforehand.record.kinds import DecidedFact
from beforehand.record.rulebook import deciding, in_force
from tests.record.generated import plain, recorded
from tests.world import DIGEST, GUARDS, Step, record, steps

START = datetime(2026, 11, 25, 10, tzinfo=UTC)
OFFICES = ("dept", "harbor", "routes")
names = st.sampled_from(["a" * 64, "b" * 64, "c" * 64])
offices = st.sampled_from(OFFICES)
days = st.sampled_from(["2020-01-01", "2026-11-26", "2026-11-28", "2026-12-01"])
facts = st.one_of(
    st.builds(
        k.SafeguardsProposed,
        policies=names,
        office=offices,
        in_force_from=days,
        document=st.just(DIGEST),
    ),
    st.builds(k.SafeguardsApproved, policies=names, office=offices),
    st.builds(k.SafeguardsWithdrawn, policies=names, office=offices),
    st.builds(f.SafeguardsAdopted, policies=names, safeguards=st.just(1)),
    st.builds(
        f.SafeguardsAdopted2,
        policies=names,
        safeguards=st.just(1),
        office=st.none() | offices,
        in_force_from=st.none() | days,
    ),
)
later_facts = st.lists(st.tuples(facts, st.integers(1, 40)), max_size=25)


def history(drawn: list[tuple[DecidedFact, int]]) -> list[tuple[Record, str]]:
    """Return the record after each fact that was possible, and the moment it was recorded."""
    view, now = record(), START
    found = [(view, time_text(now))]
    for fact, hours in drawn:
        now += timedelta(hours=hours)
        at = time_text(now)
        try:
            check(view, Act(actor="chief", fact=fact))
        except GrammarError:
            continue
        put(view, Act(actor="chief", fact=fact), at=at)
        view.apply(recorded(view.size, Step(fact=fact, actor="chief", at=at)))
        found.append((view, at))
    return found


@settings(max_examples=150, deadline=None)
@given(later_facts)
def test_the_department_always_has_a_set_in_force_and_it_comes_first(
    drawn: list[tuple[DecidedFact, int]],
) -> None:
    view, at = history(drawn)[-1]
    for hours in (0, 1, 24, 24 * 30):
        moment = time_text(datetime.fromisoformat(at) + timedelta(hours=hours))
        for office in (None, *OFFICES, "privacy"):
            found = deciding(view, office, moment)
            assert found[0].office == "dept"
            chain = view.above(office)[::-1] if office else ("dept",)
            whose = [one.office for one in found]
            assert whose == [
                one for one in chain if one in whose
            ]  # each once, nearest last
            assert in_force(view, office, moment) == tuple(one.policies for one in found)
            assert all(one.since <= moment and one.at <= moment for one in found)


@settings(max_examples=150, deadline=None)
@given(later_facts)
def test_what_was_in_force_at_a_moment_is_never_other_afterwards(
    drawn: list[tuple[DecidedFact, int]],
) -> None:
    """What is adopted or withdrawn later changes no earlier moment: so a replay can find it."""
    view, now = record(), START
    seen = []
    for fact, hours in drawn:
        now += timedelta(hours=hours)
        at = time_text(now)
        seen.append((at, [in_force(view, one, at) for one in OFFICES]))
        try:
            check(view, Act(actor="chief", fact=fact))
        except GrammarError:
            continue
        after = time_text(now + timedelta(microseconds=1))
        view.apply(recorded(view.size, Step(fact=fact, actor="chief", at=after)))
    for at, expected in seen:
        assert [in_force(view, one, at) for one in OFFICES] == expected


@settings(max_examples=60, deadline=None)
@given(later_facts)
def test_a_proposal_that_is_taken_back_leaves_everything_as_it_was(
    drawn: list[tuple[DecidedFact, int]],
) -> None:
    view, at = history(drawn)[-1]
    before = plain(view.rulebook)
    new = {"policies": "d" * 64, "office": "harbor"}
    made = k.SafeguardsProposed(**new, in_force_from="2026-12-01", document=DIGEST)
    for fact in (made, k.SafeguardsApproved(**new), k.SafeguardsWithdrawn(**new)):
        check(view, Act(actor="chief", fact=fact))
        view.apply(recorded(view.size, Step(fact=fact, actor="chief", at=at)))
    assert plain(view.rulebook) == before


def test_the_first_adoption_is_for_the_department_at_once() -> None:
    first = record(tuple(steps())[1:])
    assert in_force(first, None, time_text(START)) == ()
    fact = f.SafeguardsAdopted2(policies=GUARDS.digest, safeguards=1)
    check(first, Act(actor="root", fact=fact))
    later = msgspec.structs.replace(fact, office="dept", in_force_from="2999-01-01")
    with pytest.raises(GrammarError, match="in force at once"):
        check(first, Act(actor="root", fact=later))
