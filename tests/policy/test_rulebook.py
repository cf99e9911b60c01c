"""Sets from proposal to force: who may take which step, which set decides when, and whose."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beforehand.ledger.entry import canonical
from beforehand.policy.composing import Library, Trial, compose
from beforehand.policy.decide import decide
from beforehand.policy.office import office_of, sets_for
from beforehand.policy.put import Put
from beforehand.policy.question import put
from beforehand.policy.sets import SafeguardSet, propose, read
from beforehand.record import buying as b
from beforehand.record import facts as f
from beforehand.record import people as p
from beforehand.record import reviewing as r
from beforehand.record import rulebook as k
from beforehand.record import using as u
from beforehand.record.acts import Act, decode_act
from beforehand.record.fold import Record
from beforehand.record.kinds import DecidedFact
from beforehand.record.rulebook import in_force, name_of
from beforehand.refusal import InputError
from tests.policy.group_tables import (
    DELEGATION,
    INCIDENT,
    PROCESS,
    SOLICITED,
    THREAD,
    second_assessment,
)
from tests.policy.rulebook_tables import MORE_REFUSED
from tests.world import DIGEST, GUARDS, NOW, TEXT, Step, ask, award, record, steps

MIDNIGHT = "2026-12-01T00:00:00.000000Z"
JUST_BEFORE = "2026-11-30T23:59:59.999999Z"
OLD = "2026-11-20T10:00:00.000000Z"
COUNSEL_BUYS = """
@id("person.counsel-buys") @says("Counsel did not award it.") @remedy("Ask counsel.")
@cites("An invented order")
forbid (principal, action in [Action::"award"], resource) unless {
  context.roles.contains("counsel")
};
"""
BUYER_ASKS = COUNSEL_BUYS.replace("counsel", "supervisor").replace('"award"', '"ask"')
SETS = {
    name: propose(text, where=name)
    for name, text in {
        "second": GUARDS.text + "\n// the second\n",
        "third": GUARDS.text + "\n// the third\n",
        "counsel": COUNSEL_BUYS,
        "supervisor": BUYER_ASKS,
    }.items()
}
BY_DIGEST = {one.digest: one for one in (GUARDS, *SETS.values())}


def adopted(
    name: str, office: str | None = None, day: str | None = None, at: str = OLD
) -> Step:
    found = SETS[name]
    fact = f.SafeguardsAdopted2(
        policies=found.digest,
        safeguards=len(found.safeguards),
        office=office,
        in_force_from=day,
    )
    return Step(fact=fact, actor="chief", at=at)


def withdrawn(name: str, office: str, at: str = NOW) -> Step:
    fact = k.SafeguardsWithdrawn(policies=SETS[name].digest, office=office)
    return Step(fact=fact, actor="chief", at=at)


def named(view: Record, office: str | None, at: str) -> list[str]:
    """Return the names of the sets in force, in the order in which they are composed."""
    names = {one.digest: name for name, one in SETS.items()} | {GUARDS.digest: "first"}
    return [names[one] for one in in_force(view, office, at)]


# -- the steps ---------------------------------------------------------------------------


@pytest.mark.parametrize("case", MORE_REFUSED)
def test_a_step_out_of_place_is_refused(case: str) -> None:
    safeguard, view, what = MORE_REFUSED[case]
    found = {one.safeguard for one in decide(GUARDS, put(view, what, at=NOW)).unmet}
    assert safeguard in found


def test_an_adoption_as_it_was_written_before_offices_is_for_the_department_at_once() -> (
    None
):
    old = {"act": "adopt-safeguards", "actor": "chief", "policies": DIGEST, "safeguards": 1}
    act = decode_act(msgspec.json.encode(old), where="old")
    kv1 = f.SafeguardsAdopted(policies=DIGEST, safeguards=1)
    for fact in (act.fact, kv1):
        view = record((), Step(fact=fact, actor="chief", at=NOW))
        assert in_force(view, None, NOW) == (DIGEST,)
        assert in_force(view, None, JUST_BEFORE) == (DIGEST,)


def test_what_nobody_proposed_is_put_as_it_was_before_sets_were_proposed() -> None:
    """Old ledgers hold such adoptions: their questions, by digest, must come out the same."""
    kv1 = f.SafeguardsAdopted(policies=DIGEST, safeguards=1)
    kv2 = f.SafeguardsAdopted2(policies=DIGEST, safeguards=1)
    found = [put(record(), Act(actor="chief", fact=one), at=NOW) for one in (kv1, kv2)]
    assert found[0] == found[1]
    assert set(found[0].context) == {"at", "roles", "stands_for"}


# -- when --------------------------------------------------------------------------------


def test_a_set_decides_from_midnight_on_and_the_old_one_until_a_microsecond_before() -> (
    None
):
    view = record((), adopted("second", day="2026-12-01", at=NOW))
    assert named(view, None, NOW) == ["first"]
    assert named(view, None, JUST_BEFORE) == ["first"]
    assert named(view, None, MIDNIGHT) == ["second"]
    assert sets_for(view, award(), JUST_BEFORE) == (GUARDS.digest,)
    assert sets_for(view, award(), MIDNIGHT) == (SETS["second"].digest,)


def test_a_day_that_has_passed_counts_from_the_entry() -> None:
    view = record((), adopted("second", day="2020-01-01", at=NOW))
    assert named(view, None, "2026-11-25T09:59:59.999999Z") == ["first"]
    assert named(view, None, NOW) == ["second"]


def test_of_several_the_one_that_began_last_is_in_force() -> None:
    view = record(
        (),
        adopted("second", day="2026-12-01", at=NOW),
        adopted("third", at="2026-11-25T11:00:00.000000Z"),
    )
    assert named(view, None, "2026-11-25T11:00:00.000000Z") == ["third"]
    assert named(view, None, JUST_BEFORE) == ["third"]
    assert named(view, None, MIDNIGHT) == ["second"]


def test_of_two_that_begin_together_the_later_adopted_is_in_force() -> None:
    view = record(
        (),
        adopted("second", day="2026-12-01"),
        adopted("third", day="2026-12-01", at=NOW),
    )
    assert named(view, None, MIDNIGHT) == ["third"]


def test_what_is_withdrawn_before_its_day_never_comes_into_force() -> None:
    view = record(
        (),
        adopted("second", day="2026-12-01"),
        withdrawn("second", "dept"),
        adopted("counsel", "harbor", "2026-12-01"),
        withdrawn("counsel", "harbor"),
    )
    assert named(view, "harbor", MIDNIGHT) == ["first"]


def test_the_departments_set_in_force_is_never_withdrawn() -> None:
    view = record((), adopted("second"), withdrawn("second", "dept"))
    assert named(view, None, NOW) == ["second"]


def test_an_offices_set_ends_when_it_is_withdrawn_and_none_before_it_comes_back() -> None:
    view = record(
        (),
        adopted("counsel", "harbor"),
        adopted("supervisor", "harbor", at="2026-11-21T10:00:00.000000Z"),
        withdrawn("supervisor", "harbor"),
    )
    assert named(view, "harbor", "2026-11-20T10:00:00.000000Z") == ["first", "counsel"]
    assert named(view, "harbor", "2026-11-21T10:00:00.000000Z") == ["first", "supervisor"]
    assert named(view, "harbor", NOW) == ["first"]


def test_a_proposal_is_taken_back_before_what_is_adopted() -> None:
    again = k.SafeguardsProposed(
        policies=SETS["counsel"].digest,
        office="harbor",
        in_force_from="2026-12-01",
        document=DIGEST,
    )
    proposal = Step(fact=again, actor="component")
    both = (adopted("counsel", "harbor"), proposal, withdrawn("counsel", "harbor"))
    view = record((), *both)
    assert view.rulebook.proposals == {}
    assert named(view, "harbor", NOW) == ["first", "counsel"]
    assert named(record((), *both, withdrawn("counsel", "harbor")), "harbor", NOW) == [
        "first"
    ]


# -- whose -------------------------------------------------------------------------------


def test_an_offices_set_binds_it_and_all_under_it_nearest_last() -> None:
    view = record((), adopted("counsel", "harbor"), adopted("supervisor", "routes"))
    assert named(view, None, NOW) == ["first"]
    assert named(view, "dept", NOW) == ["first"]
    assert named(view, "privacy", NOW) == ["first"]
    assert named(view, "harbor", NOW) == ["first", "counsel"]
    assert named(view, "routes", NOW) == ["first", "counsel", "supervisor"]


ROUTES = msgspec.structs.replace(award().fact, contract="c-9", office="routes")


@pytest.mark.parametrize(
    ("fact", "office"),
    [
        pytest.param(award().fact, "harbor", id="its own"),
        pytest.param(ROUTES, "routes", id="its own, whatever it relies on"),
        pytest.param(ask().fact, "routes", id="a question's"),
        pytest.param(f.ContractEnded(contract="c-1"), "harbor", id="the contract's"),
        pytest.param(f.UseApproved(request="r-1"), "routes", id="the request's"),
        pytest.param(
            f.AssessmentSubmitted(assessment="pia", digest=TEXT),
            "harbor",
            id="assessment's",
        ),
        pytest.param(f.ThresholdApproved(threshold="pta"), "harbor", id="the threshold's"),
        pytest.param(r.ThreadResolved(thread="t-1"), "harbor", id="the remark's"),
        pytest.param(u.ProcessEnded(process="w-1"), "harbor", id="the legal process's"),
        pytest.param(
            u.NoticeGiven(incident="n-1", to="privacy_office", document=DIGEST),
            "routes",
            id="the incident's",
        ),
        pytest.param(
            b.SolicitationCancelled(solicitation="so-1"), "harbor", id="solicitation's"
        ),
        pytest.param(
            p.DelegationEnded(delegation="d-1"), "harbor", id="the delegated posts'"
        ),
        pytest.param(
            f.OfficeNamed(office="new", office_kind="unit", parent="routes"),
            "routes",
            id="the office above a new one",
        ),
        pytest.param(f.SupplierNamed(supplier="x"), None, id="nobody's"),
        pytest.param(f.DatasetStopped(dataset="feed"), None, id="no dataset's"),
        pytest.param(f.TrainingCompleted(person="analyst"), None, id="no person's"),
        pytest.param(
            k.SafeguardsWithdrawn(policies=DIGEST, office="harbor"),
            None,
            id="no set may keep itself in force",
        ),
    ],
)
def test_the_office_of_an_act(fact: DecidedFact, office: str | None) -> None:
    view = record(
        (),
        Step(fact=THREAD, actor="lawyer"),
        Step(fact=PROCESS, actor="lawyer", opened={"area": None, "device": "x"}),
        Step(fact=INCIDENT, actor="analyst"),
        Step(fact=SOLICITED, actor="buyer"),
        Step(fact=DELEGATION, actor="supervisor"),
    )
    assert office_of(view, Act(actor="root", fact=fact)) == office


# -- together ----------------------------------------------------------------------------


def test_a_single_set_goes_by_its_own_digest() -> None:
    assert compose([GUARDS]) is GUARDS
    assert name_of((GUARDS.digest,)) == GUARDS.digest


def test_a_composition_goes_by_the_digest_of_the_list_of_its_parts() -> None:
    parts = [GUARDS, SETS["counsel"]]
    digests = [one.digest for one in parts]
    expected = hashlib.sha256(canonical(digests)).hexdigest()
    assert compose(parts).digest == name_of(tuple(digests)) == expected
    assert expected != compose([*parts, SETS["supervisor"]]).digest
    library = Library(BY_DIGEST.__getitem__)
    assert library.listed(expected) is None
    assert library.composed(tuple(digests)).digest == expected
    assert library.listed(expected) == canonical(digests).decode()
    with pytest.raises(InputError, match="adopted before anything"):
        library.composed(())


def test_two_sets_with_one_id_are_not_composed_and_both_are_named() -> None:
    other = propose(COUNSEL_BUYS.replace("Ask counsel.", "Ask."), where="other")
    with pytest.raises(InputError, match=r"person\.counsel-buys") as refused:
        compose([GUARDS, SETS["counsel"], other])
    assert other.digest[:8] in str(refused.value)
    assert SETS["counsel"].digest[:8] in str(refused.value)


def test_an_act_that_only_an_addition_guards_stays_refused() -> None:
    """Or the addition would be the first to guard it, and so would let it through."""
    fewer = {
        name: replace(one, acts=tuple(act for act in one.acts if act != "award"))
        for name, one in GUARDS.safeguards.items()
    }
    department = SafeguardSet(text="x", safeguards=fewer)
    always = COUNSEL_BUYS.replace(
        'context.roles.contains("counsel")', 'context.roles.contains("contracting_officer")'
    )
    both = compose([department, propose(always, where="own")])
    question = put(record(), award(), at=NOW)
    for guards in (department, both):
        (only,) = decide(guards, question).unmet
        assert only.safeguard == "person.act-known"


VIEWS = [record(), record(("approved", "published")), record(("use-concurred",))]
ACTS = [
    award(),
    award("manager"),
    award(assessment=None),
    ask(),
    ask("supervisor"),
    ask(form={"grid": 3}),
    Act(actor="buyer", fact=f.ContractEnded(contract="c-1")),
    Act(actor="supervisor", fact=steps()["use-approved"].fact),
]
CONDITIONS = (
    'context.roles.contains("counsel")',
    'context.roles.contains("contracting_officer")',
    "context.at < principal.trained_until",
    'principal.individual == true && context.roles.containsAny(["analyst", "supervisor"])',
    'principal != Person::"analyst"',
)


@st.composite
def additions(draw: st.DrawFn) -> SafeguardSet:
    found = ""
    for number in range(draw(st.integers(1, 4))):
        verbs = draw(
            st.lists(
                st.sampled_from(["award", "ask", "end-contract", "approve-use"]),
                min_size=1,
                unique=True,
            )
        )
        acts = ", ".join(f'Action::"{verb}"' for verb in verbs)
        found += (
            f'@id("person.own-{number}") @says("Says.") @remedy("Do.") @cites("Law")\n'
            f"forbid (principal, action in [{acts}], resource)"
            f" unless {{ {draw(st.sampled_from(CONDITIONS))} }};\n"
        )
    return propose(found, where="own")


@settings(max_examples=60, deadline=None)
@given(
    additions(),
    st.sampled_from(VIEWS),
    st.sampled_from(ACTS),
    st.sampled_from([NOW, "2027-12-01T10:00:00.000000Z"]),
    st.sets(st.sampled_from(sorted(GUARDS.safeguards))),
)
def test_what_is_added_never_turns_a_refusal_into_an_allowance(
    own: SafeguardSet, view: Record, act: Act, at: str, gone: set[str]
) -> None:
    kept = {name: one for name, one in GUARDS.safeguards.items() if name not in gone}
    department = SafeguardSet(text="x", safeguards=kept)
    question: Put = put(view, act, at=at)
    alone = decide(department, question)
    together = decide(compose([department, own]), question)
    assert {one.safeguard for one in alone.unmet} <= {
        one.safeguard for one in together.unmet
    }
    assert alone.allowed or not together.allowed


# -- reading what was adopted ------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(COUNSEL_BUYS.replace('"award"', '"no-such-act"'), id="unknown act"),
        pytest.param(COUNSEL_BUYS.replace("roles", "rolls"), id="unknown attribute"),
        pytest.param(COUNSEL_BUYS.replace("person.", "someone."), id="unknown subject"),
        pytest.param(
            COUNSEL_BUYS.replace('context.roles.contains("counsel")', "true"), id="always"
        ),
    ],
)
def test_a_set_that_could_not_be_proposed_today_can_be_read(text: str) -> None:
    with pytest.raises(InputError):
        propose(text, where="test")
    assert len(read(text, where="test").safeguards) == 1


def test_a_set_is_read_as_it_was_proposed() -> None:
    assert read(GUARDS.text, where="test") == GUARDS
    with pytest.raises(InputError, match="Cedar"):
        read("forbid (", where="test")


# -- what if -----------------------------------------------------------------------------


def test_a_trial_puts_a_set_in_the_place_it_would_have() -> None:
    view = record((), adopted("counsel", "harbor"), *second_assessment())
    lookup = BY_DIGEST.__getitem__
    second, own = SETS["second"], SETS["supervisor"]

    department = Trial(second, office=None, named=lookup)
    found = department.guards(view, award(), NOW)
    assert found is not None
    assert found.digest == compose([second, SETS["counsel"]]).digest

    harbor = Trial(own, office="harbor", named=lookup)
    found = harbor.guards(view, award(), NOW)
    assert found is not None
    assert found.digest == compose([GUARDS, own]).digest
    named_by_nobody = Act(actor="manager", fact=f.SupplierNamed(supplier="x"))
    assert harbor.guards(view, named_by_nobody, NOW) is None

    routes = Trial(own, office="routes", named=lookup)
    assert routes.guards(view, award(), NOW) is None
    found = routes.guards(view, ask(), NOW)
    assert found is not None
    assert found.digest == compose([GUARDS, SETS["counsel"], own]).digest
