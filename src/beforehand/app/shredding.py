"""Deleting what is sealed at the end of its retention: decided, carried out, proved.

The commitments stay on the ledger; what opens them goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

import msgspec

from beforehand.app import clock
from beforehand.app.asking import read_stored
from beforehand.app.registers import App
from beforehand.ledger.entry import decode_trusted
from beforehand.ledger.errors import LedgerError
from beforehand.ledger.wraps import Place
from beforehand.policy.decide import decide
from beforehand.policy.question import put
from beforehand.record.acts import Act, check_form
from beforehand.record.custody import DeletionDecided, DeletionProved
from beforehand.record.deletion import covers
from beforehand.record.facts import QuestionAdmitted
from beforehand.refusal import InputError, Unmet

Step = Callable[[str], None]


def _no_step(_: str) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """What a deletion took, or (`deletion` is None) would take.

    resumed   an earlier run was cut off after its decision: this one finished that
    unmet     what a dry run would be refused for
    """

    deletion: str | None
    before: str
    keeping: tuple[str, ...]
    parts: int
    kept: int
    wraps: int = 0
    answers: int = 0
    resumed: bool = False
    unmet: tuple[Unmet, ...] = ()


def delete_sealed(
    app: App,
    *,
    before: str,
    keeping: tuple[str, ...] = (),
    actor: str,
    dry_run: bool = False,
    step: Step = _no_step,
) -> Deleted:
    """Delete the sealed parts of entries recorded before a day, save what is under hold.

    before    a day, as 2019-01-01
    keeping   every id under hold; an office stands for all that are under it
    step      told the name of each step that is done and durable

    A deletion that was decided and not proved is finished instead, whatever is asked: run it
    again for what is asked. Raises InputError (nothing written), Refusal (recorded).
    """
    view = app.view()
    waiting = next((one for one in view.deletions.values() if not one.proved), None)
    if waiting is not None and not dry_run:
        return replace(_carry_out(app, waiting.decided, actor, step), resumed=True)
    kept = frozenset(keeping).union(*(view.offices_under(one) for one in keeping))
    fact = DeletionDecided(
        deletion=clock.new_id("d"), before=before, keeping=tuple(sorted(kept)), parts=0
    )
    check_form(fact, where="deletion")
    scope = _scope(app, fact)
    fact = msgspec.structs.replace(fact, parts=len(scope.parts))
    act = Act(actor=actor, fact=fact)
    unmet = app.check(act)
    if dry_run:
        return Deleted(
            deletion=None, before=before, keeping=fact.keeping, unmet=unmet,
            parts=fact.parts, kept=scope.kept, answers=len(scope.answers),
        )  # fmt: skip
    if not unmet and not scope.parts:
        raise InputError(
            where="before",
            expected="a day before which something sealed and not held was recorded",
            got=before,
        )
    app.submit(act)
    step("decided")
    return _carry_out(app, fact, actor, step)


def _carry_out(app: App, fact: DeletionDecided, actor: str, step: Step) -> Deleted:
    """Do what was decided, in one turn, so that no hold can be placed meanwhile.

    actor   who carries it out: after a crash perhaps another than who decided
    Each step can be done again: a crash anywhere leaves a decision without a proof, and what
    was destroyed by then stays so.
    """

    def job() -> Deleted:
        name = fact.deletion
        _still_allowed(app, Act(actor=actor, fact=fact))
        scope = _scope(app, fact)
        every = [*scope.parts, *scope.answers]
        # Keys first: from here on nothing of it can be read, whatever happens.
        wraps = app.vault.destroy_wraps(every, deletion=name)
        step("wraps destroyed")
        parts = app.vault.delete_ciphertexts(scope.parts, deletion=name)
        step("ciphertexts deleted")
        answers = app.vault.delete_answers(scope.answers, deletion=name)
        step("answers deleted")
        proof = DeletionProved(
            deletion=name,
            parts=parts,
            wraps=wraps,
            answers=answers,
            kept=scope.kept,
            remaining=app.vault.remaining(every),
        )
        if proof.remaining:
            raise LedgerError(f"deletion {name}: {proof.remaining:,} parts remain")
        app.append_undecided(proof, actor=actor)
        return Deleted(
            deletion=name,
            before=fact.before,
            keeping=fact.keeping,
            parts=parts,
            kept=scope.kept,
            wraps=wraps,
            answers=answers,
        )

    done = app.in_turn(job)
    step("proved")
    return done


def _still_allowed(app: App, act: Act) -> None:
    """Decide again before anything is destroyed: a hold may have been placed since."""
    at = app.next_time()
    decision = decide(app.guards(act, at=at), put(app.current(), act, at=at))
    if not decision.allowed:
        raise app.refused(act, decision, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scope:
    """What a deletion takes: parts and stored answers; and how many parts a hold keeps."""

    parts: tuple[Place, ...]
    answers: tuple[Place, ...]
    kept: int


def _scope(app: App, fact: DeletionDecided) -> _Scope:
    """Work out what `fact` takes. By the ledger alone, so that a second run finds the same."""
    register, parts, kept = app.settings.register, list[Place](), 0
    gone_questions, repeated = set[str](), set[str]()
    for _, data in app.ledger.entries():
        envelope = decode_trusted(data)
        if not envelope.seal:
            continue
        taken = covers(fact, envelope, register=register)
        earlier = [
            one for one in app.deletions.of(envelope) if one.deletion != fact.deletion
        ]
        if taken and not earlier:
            parts += [Place(envelope.id, part, one) for part, one in envelope.seal.items()]
        elif not taken and not earlier and envelope.at[:10] < fact.before:
            kept += len(envelope.seal)
        if envelope.kind == QuestionAdmitted.kind:
            asked = msgspec.json.decode(envelope.data, type=QuestionAdmitted)
            if taken or earlier:
                gone_questions.add(asked.question)
            elif asked.repeats is not None:
                repeated.add(asked.repeats)
    answers = tuple(_answers_of(app, gone_questions - repeated))
    return _Scope(parts=tuple(parts), answers=answers, kept=kept)


def _answers_of(app: App, questions: set[str]) -> Iterator[Place]:
    """Yield the stored answers to `questions`, and those that nobody can read any more."""
    for place, data in app.vault.answers():
        if data is None or read_stored(data)[0] in questions:
            yield place


# -- what no entry commits to ------------------------------------------------------------


def orphans(app: App) -> set[Place]:
    """Return the parts in the vault that no entry commits to, in a turn: none is on its way.

    A crash between vault and ledger leaves one, of an act that never was recorded.
    """
    committed = chain.from_iterable(
        (Place(entry.id, part, one) for part, one in entry.seal.items())
        for entry in (decode_trusted(data) for _, data in app.ledger.entries())
    )
    return app.vault.places().difference(committed)


def remove_orphans(app: App) -> int:
    """Shred what `orphans` finds and return how many parts those were."""

    def job() -> int:
        found = orphans(app)
        app.vault.destroy_wraps(found, deletion="orphans")
        app.vault.delete_ciphertexts(found, deletion="orphans")
        return len(found)

    return app.in_turn(job)
