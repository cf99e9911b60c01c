"""What a proposed set would have answered, act by act, on the entries as they stand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from beforehand.ledger.entry import DecisionDigests, Envelope, decode_trusted, encode
from beforehand.oversight.what_if import WhatIf, what_if
from beforehand.policy.decide import decide
from beforehand.policy.question import put
from beforehand.policy.sets import SafeguardSet, propose
from beforehand.record import facts as f
from beforehand.record.acts import Act, encode_act
from beforehand.record.encoding import envelope, recorded
from beforehand.record.fold import Record
from beforehand.record.kinds import DecidedFact
from tests.world import AWARD, GUARDS, NOW, ask, award, steps

if TYPE_CHECKING:
    from collections.abc import Mapping

COUNSEL_BUYS = """
@id("person.counsel-buys") @says("Counsel did not award it.") @remedy("Ask counsel.")
@cites("An invented order")
forbid (principal, action in [Action::"award"], resource) unless {
  context.roles.contains("counsel")
};
"""
END = f.ContractEnded(contract="c-2")


@dataclass
class History:
    """The invented department's facts, and then acts, each decided by the safeguards that ship."""

    entries: list[tuple[int, bytes, Envelope]] = field(default_factory=list)
    sealed: dict[str, Mapping[str, object]] = field(default_factory=dict)
    record: Record = field(default_factory=Record)

    def write(
        self, fact: DecidedFact, opened: Mapping[str, object], **about: object
    ) -> None:
        index = len(self.entries)
        about = {"at": NOW, "decision": None, **about}
        self.sealed[f"e-{index}"] = opened
        made = envelope(
            fact, entry_id=f"e-{index}", seal=dict.fromkeys(opened, "A" * 43), **about  # type: ignore[arg-type]
        )  # fmt: skip
        data = encode(made)
        self.entries.append((index, data, decode_trusted(data)))
        self.record.apply(recorded(index, data, unseal=self.unseal))

    def unseal(self, entry: Envelope) -> dict[str, object]:
        return dict(self.sealed[entry.id])

    def decided(self, act: Act) -> int:
        """Write what the safeguards that ship say of an act; return its index."""
        found = decide(GUARDS, put(self.record, act, at=NOW))
        unmet = tuple(one.safeguard for one in found.unmet)
        digests = DecisionDigests(
            policies=found.policies, question=found.question, unmet=unmet
        )
        if unmet:
            refusal = f.ActRefused(refused=act.verb, on=act.fact.subject, office=None)
            opened: Mapping[str, object] = {"act": encode_act(act)}
            self.write(refusal, opened, actor=act.actor, decision=digests)
        else:
            self.write(act.fact, act.sealed, actor=act.actor, decision=digests)
        return len(self.entries) - 1

    def under(self, guards: SafeguardSet) -> WhatIf:
        return what_if(
            self.entries, unseal=self.unseal, proposed=guards, named=lambda _: GUARDS
        )


def history(*acts: Act) -> History:
    found = History()
    for one in steps().values():
        found.write(one.fact, one.opened, actor=one.actor, at=one.at)
    for act in acts:
        found.decided(act)
    return found


def without(*ids: str) -> SafeguardSet:
    kept = {name: one for name, one in GUARDS.safeguards.items() if name not in ids}
    assert len(kept) == len(GUARDS.safeguards) - len(ids)
    return replace(GUARDS, safeguards=kept)


def stricter() -> SafeguardSet:
    return propose(GUARDS.text + COUNSEL_BUYS, where="test")


BOUGHT = award()
NOT_BOUGHT = Act(actor="supervisor", fact=msgspec.structs.replace(AWARD, contract="c-3"))
ENDED = Act(actor="buyer", fact=END)


def test_under_the_set_in_force_every_answer_is_what_it_was() -> None:
    found = history(BOUGHT, NOT_BOUGHT, ask(), ENDED).under(GUARDS)
    assert (found.asked_again, found.not_replayable, found.changed) == (4, 0, ())


def test_what_was_let_through_and_would_be_refused_is_listed_with_words() -> None:
    past = history()
    index = past.decided(BOUGHT)
    found = past.under(stricter())
    (only,) = found.changed
    assert (found.now_refused, found.now_let_through, found.other_reasons) == (1, 0, 0)
    assert (only.entry, only.at, only.verb, only.actor, only.subject) == (
        *(index, NOW, "award", "buyer"),
        "c-2",
    )
    assert (only.before, only.after) == ((), ("person.counsel-buys",))
    assert [one.says for one in only.newly] == ["Counsel did not award it."]


def test_what_was_refused_and_would_be_let_through_is_listed_as_the_act_it_was() -> None:
    found = history(NOT_BOUGHT).under(without("person.is-contracting-officer"))
    (only,) = found.changed
    assert (found.now_refused, found.now_let_through, found.other_reasons) == (0, 1, 0)
    assert (only.verb, only.actor, only.subject) == ("award", "supervisor", "c-3")
    assert (only.before, only.after) == (("person.is-contracting-officer",), ())
    assert only.newly == ()


def test_what_would_be_refused_for_other_reasons_says_which_are_new() -> None:
    found = history(NOT_BOUGHT).under(stricter())
    (only,) = found.changed
    assert (found.now_refused, found.now_let_through, found.other_reasons) == (0, 0, 1)
    assert only.after == ("person.counsel-buys", "person.is-contracting-officer")
    assert [one.safeguard for one in only.newly] == ["person.counsel-buys"]


def test_an_answer_that_changes_does_not_change_what_came_after_it() -> None:
    """The award would have been refused; that its contract was then ended is asked all the same."""
    found = history(BOUGHT, ENDED).under(stricter())
    assert [one.subject for one in found.changed] == ["c-2"]
    assert found.changed[0].verb == "award"
    assert found.asked_again == 2


def test_an_act_that_the_proposed_set_forgets_would_be_refused() -> None:
    bearing = [
        name for name, one in GUARDS.safeguards.items() if "end-contract" in one.acts
    ]
    kept = without(*(set(bearing) - {"person.individual"}))
    alone = replace(kept.safeguards["person.individual"], acts=("award",))
    forgets = replace(kept, safeguards={**kept.safeguards, "person.individual": alone})
    (only,) = history(BOUGHT, ENDED).under(forgets).changed
    assert (only.verb, only.after) == ("end-contract", ("person.act-known",))


def test_a_refusal_whose_act_was_deleted_is_counted_and_not_asked() -> None:
    past = history(BOUGHT)
    past.sealed[f"e-{past.decided(NOT_BOUGHT)}"] = {}
    found = past.under(without("person.is-contracting-officer"))
    assert (found.asked_again, found.not_replayable, found.changed) == (1, 1, ())


def test_a_question_whose_request_was_deleted_is_counted_and_not_asked() -> None:
    past = history(ask())
    request = next(one.id for _, _, one in past.entries if one.kind == f.UseRequested.kind)
    past.sealed[request] = {}
    found = past.under(GUARDS)
    assert (found.asked_again, found.not_replayable) == (0, 1)


def test_without_entries_there_is_nothing_to_ask() -> None:
    found = what_if((), unseal=lambda _: {}, proposed=GUARDS, named=lambda _: GUARDS)
    assert found == WhatIf(
        asked_again=0,
        now_refused=0,
        now_let_through=0,
        other_reasons=0,
        not_replayable=0,
        changed=(),
    )


def test_the_result_is_json_that_reads_back() -> None:
    found = history(BOUGHT, NOT_BOUGHT).under(stricter())
    assert msgspec.json.decode(msgspec.json.encode(found), type=WhatIf) == found


PAST = history(BOUGHT, NOT_BOUGHT, ask(), ask("supervisor", question="q-2"), ENDED)
BEARING = sorted(
    one.id for one in GUARDS.safeguards.values() if {"award", "ask"} & set(one.acts)
)


@settings(max_examples=20)
@given(st.sets(st.sampled_from(BEARING), max_size=5))
def test_fewer_safeguards_can_only_let_through(
    gone: set[str],
) -> None:
    fewer = without(*gone)
    found = PAST.under(fewer)
    assert found.now_refused == 0
    assert all(set(one.after) == set(one.before) - gone for one in found.changed)
    assert all(one.newly == () for one in found.changed)


def test_more_safeguards_can_only_refuse() -> None:
    found = PAST.under(stricter())
    assert found.now_let_through == 0
    assert found.now_refused > 0
