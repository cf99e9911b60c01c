"""Random questions: an act at a moment on a world, so chosen that much hangs on a day's end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from beforehand.record.acts import Act
from beforehand.record.checks import GrammarError
from beforehand.record.fold import Record
from beforehand.record.grammar import check
from tests.second.deadlines import deadlines
from tests.second.procedure import BEARING
from tests.second.worlds import World, text_of

# From a moment that is on record to one at which something that it began is over.
SPANS = (0, 0, 0, 1, 1, 2, 3, 4, 5, 30, 31, 100, 101, 210, 364, 365, 366, 1095, 1096, 1461)
SLIPS = (0, 0, -1, -1, 1, -999, -1000, 999, 1000)  # microseconds
# Acts on which most safeguards bear are put more often.
HEAVY = ("ask", "ask", "ask", "answer", "award", "modify", "take-in", "approve-use")
# Acts with safeguards of their own, which is the only place to see these.
OWN = (
    *(
        "approve-assessment",
        "approve-assessment",
        "review-assessment",
        "endorse-assessment",
    ),
    *("approve-threshold-analysis", "review-use", "review-use", "close-incident"),
    *("concur-use", "delegate", "record-exception", "answer-as-supplier", "delete-sealed"),
    *("adopt-safeguards", "approve-safeguards", "withdraw-safeguards", "record-process"),
    *("record-process", "review-use"),
    *("resolve-thread", "reopen-incident", "return-assessment", "recall-assessment"),
    *("give-notice", "unlock-account", "unlock-account", "give-opinion"),
    *("adopt-safeguards", "approve-safeguards", "close-incident", "review-assessment"),
    *("approve-threshold-analysis", "close-incident", "propose-safeguards"),
    *("close-recommendation", "rate-recommendation", "answer-recommendation"),
    *("answer-query", "lodge-query", "answer-redress", "issue-statement"),
    *("confirm-statement", "issue-statement", "confirm-lead", "make-recommendation"),
    *("confirm-statement", "subscribe-statement", "unsubscribe-statement"),
    *(
        "open-count",
        "open-count",
        "open-count",
        "award",
        "commit-count",
        "dismiss-lead",
        "confirm-lead",
    ),
    *("confirm-lead", "accept-delay", "accept-delay", "import-file"),
    *("approve-safeguards", "withdraw-safeguards", "adopt-safeguards", "issue-report"),
    *("stop-dataset", "review-assessment", "lock-account", "open-sealed", "unlock-account"),
    *("close-recommendation", "rate-recommendation", "answer-recommendation"),
    *("answer-query", "answer-query", "answer-redress", "close-recommendation"),
    *("answer-query", "answer-redress", "answer-redress", "answer-as-supplier"),
)
ROUNDS, EACH, STEPS = 6, 14, 4


class Question(NamedTuple):
    """`seed` and `number` make it again: the world of that seed, its question of that number."""

    seed: int
    number: int
    record: Record
    act: Act
    at: str


def questions(seed: int) -> Iterator[Question]:
    """Yield the questions of one world, which goes on changing between them."""
    rng = Random(seed)
    world = World(rng)
    world.set_up()
    number = 0
    for _ in range(rng.choice((0, 10, 30))):
        world.happen()
    for _ in range(ROUNDS):
        for _ in range(rng.choice((0, 1, STEPS))):
            world.happen()
        for _ in range(EACH):
            found = _question(world)
            if found is not None:
                yield Question(seed, number, world.record, *found)
                number += 1


def _question(world: World) -> tuple[Act, str] | None:
    """Return a question; None where the act that came up is not possible now."""
    rng = world.rng
    now = world.now
    world.now = _moment(world)
    verb = rng.choice(rng.choice((HEAVY, OWN, OWN, tuple(BEARING))))
    if not world.can(verb):
        verb = rng.choice(tuple(BEARING))
    act, at = world.act(verb), text_of(world.now)
    world.now = now
    try:
        check(world.record, act)
    except GrammarError:
        return None
    if rng.random() < 0.35:
        at = _to_the_moment(world, act, at)
    return act, at


def _to_the_moment(world: World, act: Act, at: str) -> str:
    """Put the act when something that it rests on begins or is over, or a moment off."""
    soonest = world.now + timedelta(microseconds=1)
    ahead = [one for one in deadlines(world.record, act, at) if one >= world.now]
    if not ahead:
        return at
    slip = timedelta(microseconds=world.rng.choice(SLIPS))
    return text_of(max(soonest, world.rng.choice(ahead) + slip))


def _moment(world: World) -> datetime:
    """A moment not before the world's own: mostly soon, else by the end of something."""
    rng = world.rng
    if rng.random() < 0.45:
        return world.now + timedelta(microseconds=rng.choice((1, 1, 1000, 10**6, 10**10)))
    known = rng.choice(world.moments) + timedelta(days=rng.choice(SPANS))
    if rng.random() < 0.5:
        known = datetime(known.year, known.month, known.day)  # noqa: DTZ001  # UTC
    known += timedelta(microseconds=rng.choice(SLIPS))
    return max(known, world.now + timedelta(microseconds=1))
