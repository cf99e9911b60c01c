"""A proposed set, held against a register's history; and the set that is in force there."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from beforehand.app.overseeing import replay_register
from beforehand.app.proposing import (
    IN_FORCE,
    Proposed,
    safeguards,
    shipped,
    try_proposal,
)
from beforehand.app.registers import App
from beforehand.policy.sets import SafeguardSet, baseline, propose
from beforehand.record.acts import Act
from beforehand.record.facts import ActRefused, SafeguardsAdopted
from beforehand.refusal import InputError
from tests.app.adopted import adopt

if TYPE_CHECKING:
    from pathlib import Path

COUNSEL_BUYS = """
@id("person.counsel-buys") @says("Counsel did not award it.") @remedy("Ask counsel.")
@cites("An invented order")
forbid (principal, action in [Action::"award"], resource) unless {
  context.roles.contains("counsel")
};
"""


def tried(
    app: App,
    text: str,
    *,
    adding: bool = False,
    told: list[tuple[str, float]] | None = None,
) -> Proposed:
    def tell(words: str, share: float) -> None:
        if told is not None:
            told.append((words, share))

    return try_proposal(app, {"new.cedar": text}, adding=adding, told=tell)


def text_of(guards: SafeguardSet, *without: str) -> str:
    kept = (one for one in guards.safeguards.values() if one.id not in without)
    return "\n".join(one.text for one in kept)


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file; of a database with what it has yet to take in."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith("-shm")
    }


def test_the_set_in_force_changes_no_answer_and_asks_what_a_replay_asks(app: App) -> None:
    told: list[tuple[str, float]] = []
    found = tried(app, app.guards().text, told=told)
    replayed = replay_register(app)
    assert found.policies == found.in_force == app.guards().digest
    assert (found.added, found.removed, found.altered) == ((), (), ())
    assert found.history.changed == ()
    assert found.history.asked_again == replayed.decisions > 30
    assert found.history.not_replayable == replayed.not_replayable
    assert told[-1] == (f"{found.entries:,} of {found.entries:,} entries", 1.0)


def test_it_lists_the_award_that_more_safeguards_would_have_refused(app: App) -> None:
    found = tried(app, COUNSEL_BUYS, adding=True)
    assert found.added == ("person.counsel-buys",)
    assert found.safeguards == len(app.guards().safeguards) + 1
    changed = {one.subject: one for one in found.history.changed}
    assert changed["c-1"].before == ()
    assert changed["c-1"].after == ("person.counsel-buys",)
    assert {one.verb for one in changed.values()} == {"award"}
    assert found.history.now_let_through == 0


def test_what_is_added_is_adopted_under_the_digest_that_was_tried(app: App) -> None:
    found = tried(app, COUNSEL_BUYS, adding=True)
    text = f"{app.guards().text}\n{COUNSEL_BUYS}"
    assert adopt(app, text) == found.policies
    assert app.guards().digest == found.policies
    assert tried(app, text).in_force == found.policies


def test_it_lists_the_refused_purchase_that_fewer_safeguards_would_have_let_through(
    app: App,
) -> None:
    refused = next(one for one in app.recorded() if isinstance(one.fact, ActRefused))
    assert refused.decision is not None
    before = refused.decision.unmet
    found = tried(app, text_of(app.guards(), *before))
    assert set(found.removed) == set(before)
    (only,) = found.history.changed
    assert (only.verb, only.before, only.after) == ("award", before, ())
    assert found.history.now_let_through == 1


def test_a_set_with_other_words_is_altered_and_answers_the_same(app: App) -> None:
    text = app.guards().text.replace("A stop order stands", "A stop order still stands")
    found = tried(app, text)
    assert found.altered == ("stop.none",)
    assert found.policies != found.in_force
    assert found.history.changed == ()


def test_nothing_is_written(app: App) -> None:
    before = digests(app.settings.folder)
    tried(app, COUNSEL_BUYS)
    tried(app, COUNSEL_BUYS, adding=True)
    safeguards(app)
    assert digests(app.settings.folder) == before


def test_what_may_not_be_adopted_is_refused_with_its_file_and_id(app: App) -> None:
    wrong = COUNSEL_BUYS.replace('"award"', '"buy"')
    with pytest.raises(InputError, match=r"new\.cedar: policy 1 \(person\.counsel-buys\)"):
        tried(app, wrong)
    own = app.guards().safeguards["stop.none"].text
    with pytest.raises(InputError, match="each id once") as refused:
        tried(app, own, adding=True)
    assert refused.value.where == "new.cedar (stop.none)"
    assert IN_FORCE in refused.value.got


def test_a_set_with_a_safeguard_that_can_match_nothing_cannot_be_adopted(app: App) -> None:
    wrong = COUNSEL_BUYS.replace('context.roles.contains("counsel")', "true")
    size = app.ledger.size
    digest = app.keep_document(wrong.encode())
    fact = SafeguardsAdopted(policies=digest, safeguards=1)
    with pytest.raises(InputError, match="always true"):
        app.submit(Act(actor="p-birch", fact=fact))
    assert app.ledger.size == size


def test_the_safeguards_that_ship_are_listed_with_all_their_words() -> None:
    found = shipped()
    ships = baseline()
    assert (found.register, found.policies, found.act) == (None, ships.digest, None)
    listed = [
        (one.id, one.says, one.remedy, one.cites, set(one.acts)) for one in found.safeguards
    ]
    expected = [
        (one.id, one.says, one.remedy, one.cites, set(one.acts))
        for one in ships.safeguards.values()
    ]
    assert listed == expected


def test_the_safeguards_in_force_are_those_that_the_register_adopted(app: App) -> None:
    before = safeguards(app)
    assert (before.register, before.policies) == ("sandbox", app.guards().digest)
    text = f"{app.guards().text}\n{COUNSEL_BUYS}"
    guards = propose(text, where="test")
    adopt(app, text)
    after = safeguards(app)
    assert after.policies == guards.digest
    assert {one.id for one in after.safeguards} - {one.id for one in before.safeguards} == {
        "person.counsel-buys"
    }


def test_only_those_that_bear_on_an_act_are_listed_when_one_is_named() -> None:
    found = shipped(act="award")
    assert found.act == "award"
    assert {one.id for one in found.safeguards} == {
        one.id for one in baseline().by_act["award"]
    }
    assert shipped(act="withhold-answer").safeguards == ()
    with pytest.raises(InputError, match="--act"):
        shipped(act="buy")
