"""A register's safeguard sets, from proposal to force: who, when, whose, and what replay says."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from beforehand.app.bundles import _documents
from beforehand.app.overseeing import replay_register
from beforehand.app.proposing import safeguards, try_proposal
from beforehand.ledger.entry import canonical
from beforehand.ledger.times import parse_time, time_text
from beforehand.policy.sets import baseline, read
from beforehand.record.facts import (
    ContractEnded,
    SafeguardsAdopted,
    SafeguardsAdopted2,
    SupplierNamed,
)
from beforehand.record.rulebook import SafeguardsProposed, name_of
from beforehand.refusal import InputError, Refusal
from tests.app.adopted import (
    CHIEF,
    OFFICER,
    PAST,
    act,
    adopt,
    approve,
    propose,
    take,
    withdraw,
)
from tests.app.sealed import move_clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from beforehand.app.registers import App
    from beforehand.ledger.entry import Envelope

OWN = """
@id("contract.counsel-ends") @says("Counsel did not end it.") @remedy("Ask counsel.")
@cites("An invented order of the harbor office")
forbid (principal, action in [Action::"end-contract"], resource) unless {
  context.roles.contains("counsel")
};
"""
NAMED = OWN.replace("contract.counsel-ends", "supplier.counsel-names").replace(
    "end-contract", "name-supplier"
)
SHIPPED = baseline().text
SECOND = f"{SHIPPED}\n// The second set.\n"
THIRD = f"{SHIPPED}\n{NAMED}"
ENDS = act("p-hazel", ContractEnded(contract="c-1"))
NAMES = act("p-fir", SupplierNamed(supplier="another"))


def unmet(app: App, what: object) -> set[str]:
    return {one.safeguard for one in app.check(what)}  # type: ignore[arg-type]


def newest(app: App) -> Envelope:
    return app.entry(app.ledger.size - 1)[1]


def midnight(app: App) -> tuple[str, str]:
    """Return the day after the newest entry, and its first moment."""
    at = app.ledger.last_time()
    assert at is not None
    day = (parse_time(at) + timedelta(days=1)).date().isoformat()
    return day, f"{day}T00:00:00.000000Z"


# -- the steps ---------------------------------------------------------------------------


def test_a_set_is_adopted_once_it_is_proposed_and_approved_and_not_before(app: App) -> None:
    digest = propose(app, THIRD)
    with pytest.raises(Refusal) as refused:
        take(app, THIRD)
    assert [one.safeguard for one in refused.value.unmet] == ["rulebook.approved"]
    approve(app, digest)
    with pytest.raises(Refusal):
        take(app, THIRD, day="2026-01-02")
    take(app, THIRD)
    assert app.guards().digest == digest
    assert unmet(app, NAMES) == {"supplier.counsel-names"}
    assert replay_register(app).same


def test_a_proposal_names_a_reason_and_a_text_that_are_kept(app: App) -> None:
    fact = SafeguardsProposed(
        policies="b" * 64, office="dia", in_force_from=PAST, document="c" * 64
    )
    size = app.ledger.size
    with pytest.raises(InputError, match="document with this digest"):
        app.submit(act(OFFICER, fact))
    kept = app.keep_document(b"why")
    with_reason = SafeguardsProposed(
        policies="b" * 64, office="dia", in_force_from=PAST, document=kept
    )
    with pytest.raises(InputError, match="document with this digest"):
        app.submit(act(OFFICER, with_reason))
    assert app.ledger.size == size


def test_a_dry_run_takes_the_text_that_comes_with_the_act(app: App) -> None:
    texts = [THIRD.encode(), b"why"]
    policies, document = (hashlib.sha256(one).hexdigest() for one in texts)
    fact = SafeguardsProposed(
        policies=policies, office="dia", in_force_from=PAST, document=document
    )
    assert app.check(act(OFFICER, fact), documents=texts) == ()


@pytest.mark.parametrize("step", ["proposed", "adopted"])
@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(OWN.replace("roles", "rolls"), "fit the schema", id="misspelt"),
        pytest.param(
            OWN.replace('context.roles.contains("counsel")', "true"),
            "always true",
            id="matches nothing",
        ),
        pytest.param(
            OWN.replace("contract.counsel-ends", "stop.none"),
            r"stop\.none.*each id once.*the set of dia",
            id="an id of the department's",
        ),
    ],
)
def test_what_may_not_be_in_force_is_an_error_at_each_step(
    app: App, step: str, text: str, words: str
) -> None:
    digest = app.keep_document(text.encode())
    size = app.ledger.size
    if step == "proposed":
        with pytest.raises(InputError, match=words):
            propose(app, text, office="harbor")
    else:
        fact = SafeguardsAdopted2(
            policies=digest, safeguards=1, office="harbor", in_force_from=PAST
        )
        with pytest.raises(InputError, match=words):
            app.submit(act(CHIEF, fact))
    assert app.ledger.size == size


def test_an_adoption_says_how_many_safeguards_the_set_has(app: App) -> None:
    fact = SafeguardsAdopted2(policies=app.keep_document(OWN.encode()), safeguards=2)
    with pytest.raises(InputError, match="how many the set has, 1, got 2"):
        app.submit(act(CHIEF, fact))


def test_an_office_cannot_add_to_an_act_that_the_department_does_not_guard(
    app: App,
) -> None:
    """It would match nothing: what the department's set does not guard is refused anyway."""
    ended = 'Action::"end-contract"'
    text = SHIPPED.replace(f"{ended}, ", "").replace(f", {ended}", "")
    assert ended not in text
    adopt(app, text)
    with pytest.raises(InputError, match="acts that the department's set guards"):
        propose(app, OWN, office="harbor")


def test_a_later_set_of_the_department_that_collides_names_both(app: App) -> None:
    own = adopt(app, OWN, office="harbor")
    with pytest.raises(InputError, match=r"contract\.counsel-ends") as refused:
        propose(app, f"{SHIPPED}\n{OWN}")
    assert "the set of harbor" in str(refused.value)
    assert own[:8] in str(refused.value)
    withdraw(app, own, office="harbor")
    propose(app, f"{SHIPPED}\n{OWN}")


def test_a_set_to_come_collides_too_and_a_sister_office_does_not(app: App) -> None:
    day, _ = midnight(app)
    adopt(app, OWN, office="harbor", day=day)
    with pytest.raises(InputError, match="the set of harbor"):
        propose(app, OWN.replace("Ask", "Do ask"), office="harbor-routes")
    adopt(app, OWN, office="land")


def test_a_register_from_before_sets_were_proposed_adopts_in_one_step_as_it_did(
    app: App,
) -> None:
    """Its own set decides that, until it adopts one that knows of proposals; and it replays."""
    old = "\n".join(
        one.text
        for one in baseline().safeguards.values()
        if not one.id.startswith("rulebook.") and one.id != "separation.proposer-approves"
    )
    adopt(app, old)
    for text in (f"{old}\n// Another.\n", SHIPPED):
        digest = app.keep_document(text.encode())
        count = len(read(text, where="test").safeguards)
        app.submit(act(CHIEF, SafeguardsAdopted(policies=digest, safeguards=count)))
        assert app.guards().digest == digest
    again = app.keep_document(old.encode())
    with pytest.raises(Refusal) as refused:
        app.submit(
            act(
                CHIEF,
                SafeguardsAdopted(
                    policies=again, safeguards=len(read(old, where="x").safeguards)
                ),
            )
        )
    assert [one.safeguard for one in refused.value.unmet] == ["rulebook.approved"]
    assert replay_register(app).same


# -- whose -------------------------------------------------------------------------------


def test_what_an_office_adds_binds_its_acts_alone_and_only_refuses_more(app: App) -> None:
    before = unmet(app, ENDS)
    own = adopt(app, f"{OWN}{NAMED}", office="harbor")
    assert unmet(app, ENDS) == before | {"contract.counsel-ends"}
    assert unmet(app, NAMES) == set()  # a supplier is no office's
    with pytest.raises(Refusal):
        app.submit(ENDS)
    decision = newest(app).decision
    assert decision is not None
    parts = [app.guards().digest, own]
    assert decision.policies == hashlib.sha256(canonical(parts)).hexdigest()
    assert replay_register(app).same
    withdraw(app, own, office="harbor")
    assert unmet(app, ENDS) == before
    assert replay_register(app).same


@pytest.mark.parametrize(
    "stated",
    [
        pytest.param(lambda alone, _: alone, id="without what the office adds"),
        pytest.param(lambda _, own: own, id="by the addition alone"),
        pytest.param(lambda alone, own: name_of((own, alone)), id="in another order"),
    ],
)
def test_a_decision_by_other_sets_than_those_in_force_is_found_by_replay(
    app: App, stated: Callable[[str, str], str]
) -> None:
    own = adopt(app, OWN.replace("counsel", "contracting_officer"), office="harbor")
    alone = app.guards().digest

    def job() -> int:
        at = app.next_time()
        made = replace(app.decide(ENDS, at=at), policies=stated(alone, own))
        assert made.allowed
        return app.append(ENDS.fact, actor=ENDS.actor, at=at, decision=made).entry

    entry = app.in_turn(job)
    assert replay_register(app).differing == (
        f"entry {entry:,}: decided by a set that was not in force",
    )


def test_the_evidence_of_a_composed_decision_has_every_part(app: App) -> None:
    own = adopt(app, OWN, office="harbor")
    with pytest.raises(Refusal):
        app.submit(ENDS)
    entry = newest(app)
    assert entry.decision is not None
    found = dict(_documents(app, entry))
    assert {entry.decision.policies, app.guards().digest, own} <= set(found)
    assert json.loads(found[entry.decision.policies]) == [app.guards().digest, own]
    assert found[own] == OWN.encode()


# -- when --------------------------------------------------------------------------------


def test_a_set_decides_from_midnight_on_by_itself(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    day, first = midnight(app)
    before = app.guards().digest
    digest = adopt(app, THIRD, day=day)
    just_before = time_text(parse_time(first) - timedelta(microseconds=1))
    assert app.decide(NAMES, at=just_before).policies == before
    assert app.decide(NAMES, at=just_before).allowed
    assert app.decide(NAMES, at=first).policies == digest
    assert not app.decide(NAMES, at=first).allowed
    app.submit(NAMES)
    move_clock(monkeypatch, days=2)
    with pytest.raises(Refusal):
        app.submit(act("p-fir", SupplierNamed(supplier="later")))
    assert replay_register(app).same


def test_three_sets_in_succession_and_an_offices_addition_replay_the_same(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = set()

    def ended() -> None:
        with pytest.raises(Refusal):
            app.submit(ENDS)
        decision = newest(app).decision
        assert decision is not None
        used.add(decision.policies)

    adopt(app, OWN, office="harbor")
    ended()
    adopt(app, SECOND)
    ended()
    day, _ = midnight(app)
    adopt(app, THIRD, day=day)
    ended()
    move_clock(monkeypatch, days=2)
    ended()
    found = replay_register(app)
    assert found.same, found.differing
    assert len(used) == 3


def test_an_adopted_set_stays_readable_when_it_could_not_be_proposed_any_more(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    adopt(app, THIRD)
    monkeypatch.setattr("beforehand.policy.sets.SUBJECTS", ("nothing",))
    assert replay_register(app).same
    with pytest.raises(InputError, match="an id in nothing"):
        propose(app, SECOND)


# -- what is listed, and what if ---------------------------------------------------------


def test_the_list_says_where_each_safeguard_comes_from(app: App) -> None:
    own = adopt(app, OWN, office="harbor")
    alone = safeguards(app)
    assert (alone.office, alone.policies) == (None, app.guards().digest)
    assert {one.office for one in alone.safeguards} == {"dia"}
    found = safeguards(app, office="harbor-routes")
    assert found.policies == app.guards(ENDS).digest
    by_office = {one.id: one.office for one in found.safeguards}
    assert by_office.pop("contract.counsel-ends") == "harbor"
    assert set(by_office.values()) == {"dia"}
    assert [(one.office, one.policies, one.in_force) for one in found.sets] == [
        ("dia", app.guards().digest, True),
        ("harbor", own, True),
    ]
    with pytest.raises(InputError, match="--office"):
        safeguards(app, office="nowhere")


def test_the_list_says_what_is_proposed_approved_and_to_come(app: App) -> None:
    day, first = midnight(app)
    before = app.guards().digest
    waiting = propose(app, SECOND)
    digest = propose(app, THIRD, day=day)
    approve(app, digest)
    pending = {one.policies: one for one in safeguards(app).proposals}
    assert pending[waiting].approved is None
    assert (pending[digest].by, pending[digest].approved_by) == (OFFICER, CHIEF)
    assert pending[digest].in_force_from == day
    take(app, THIRD, day=day)
    found = safeguards(app)
    assert [one.policies for one in found.proposals] == [waiting]
    assert [(one.policies, one.since, one.in_force) for one in found.sets][1:] == [
        (digest, first, False)
    ]
    assert found.policies == before
    assert safeguards(app, as_of=day).policies == digest
    assert safeguards(app, as_of=first).policies == digest
    yesterday = time_text(parse_time(first) - timedelta(microseconds=1))
    assert safeguards(app, as_of=yesterday).policies == before


def test_what_if_asks_again_only_what_an_offices_set_would_decide(app: App) -> None:
    buys = OWN.replace('"end-contract"', '"award"')

    def tried(office: str | None) -> tuple[int, set[str]]:
        found = try_proposal(
            app,
            {"own.cedar": buys},
            adding=office is None,
            office=office,
            told=lambda _words, _share: None,
        )
        assert found.added == ("contract.counsel-ends",)
        assert found.office == (None if office == "dia" else office)
        return found.history.asked_again, {one.subject for one in found.history.changed}

    asked, changed = tried(None)
    of_harbor, same = tried("harbor")
    assert "c-1" in changed
    assert same == changed
    assert 0 < of_harbor < asked
    assert tried("land") == (tried("land")[0], set())


def test_what_if_for_an_office_is_checked_as_at_a_proposal(app: App) -> None:
    def told(_words: str, _share: float) -> None:
        return None

    collides = OWN.replace("contract.counsel-ends", "stop.none")
    with pytest.raises(InputError, match="the set of dia"):
        try_proposal(app, {"x": collides}, adding=False, office="harbor", told=told)
    with pytest.raises(InputError, match="--office"):
        try_proposal(app, {"x": OWN}, adding=False, office="nowhere", told=told)
    with pytest.raises(InputError, match="--adding"):
        try_proposal(app, {"x": OWN}, adding=True, office="harbor", told=told)
