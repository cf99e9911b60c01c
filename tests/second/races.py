"""Acts that race, and what must be so whichever comes first. Each says whether it was safe."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Lock
from typing import TypeAlias

import msgspec

from beforehand.record import facts as f
from beforehand.record import people as p
from beforehand.record import reviewing as r
from beforehand.record.acts import Act
from beforehand.record.state import text_digest
from tests.second.field import Field, Outcome
from tests.second.templates import department
from tests.world import ask

BODIES = (
    ("privacy_office", "reviewer"),
    ("counsel", "lawyer"),
    ("civil_liberties", "liberty"),
    ("affected_groups", "component"),
)


def _endorsed(here: Field, name: str) -> dict[str, str]:
    """Draft an assessment and take it to the privacy office; what names its text."""
    draft = here.draft(name)
    of = {"assessment": name, "digest": text_digest(draft)}
    here.take(
        here.does("manager", draft),
        here.does("component", f.AssessmentSubmitted(**of)),
        here.does("component", r.AssessmentEndorsed(**of)),
    )
    return of


def _award(here: Field, name: str, assessment: str) -> Act:
    fact = department(here.offset)["award"].fact
    starts = here.first_day.isoformat()
    changed = msgspec.structs.replace(
        fact, contract=name, assessment=assessment, starts=starts
    )
    return here.does("buyer", changed)


def _shuffled(rng: Random, *of: str) -> list[str]:
    return rng.sample(of, len(of))


def two_reviewers(here: Field, name: str, rng: Random) -> bool:
    """Of two reviews of one text, or two decisions on one use, exactly one counts."""
    if rng.random() < 0.5:
        of = _endorsed(here, name)
        acts = [
            here.does(who, f.AssessmentReviewed(**of))
            for who in _shuffled(rng, "reviewer", "reviewer-2")
        ]
        found = here.race(acts)
        by = here.app.view().assessments[name].reviewed[of["digest"]]
    else:
        step = department(here.offset)["request"]
        fact = msgspec.structs.replace(step.fact, request=name)
        here.take(here.does("analyst", fact, **step.sealed))
        acts = [
            here.does(who, f.UseApproved(request=name))
            for who in _shuffled(rng, "supervisor", "supervisor-2")
        ]
        found = here.race(acts)
        by = here.app.view().requests[name].approved_by or ""
    won = [act.actor for act, one in zip(acts, found, strict=True) if one.permitted]
    lost = [one for one in found if one.entry is None]
    return won == [by] and len(lost) == 1


def edit_under_approval(here: Field, name: str, rng: Random) -> bool:
    """No approval binds to the edited text, and nothing is bought under it."""
    of = _endorsed(here, name)
    given = [
        here.does(
            who,
            r.OpinionGiven(**of, body=body, outcome="agrees", document=here.document),  # type: ignore[arg-type]
        )
        for body, who in BODIES
    ]
    here.take(*given, here.does("reviewer", f.AssessmentReviewed(**of)))
    expires = (here.first_day + timedelta(days=400)).isoformat()
    edited = here.draft(name, sharing=("partner",))
    acts = [
        here.does("chief", f.AssessmentApproved(**of, expires=expires)),
        here.does("manager", edited),
    ]
    rng.shuffle(acts)
    found = dict(zip((act.verb for act in acts), here.race(acts), strict=True))
    known = here.app.view().assessments[name]
    approval, edit = found["approve-assessment"], found["draft-assessment"]
    award = here.race([_award(here, f"c-{name}", name)])[0]
    in_order = approval.entry is None or (approval.entry < (edit.entry or 0))
    return (
        edit.permitted
        and known.digest == text_digest(edited)
        and known.digest not in known.approvals
        and (known.approvals.keys() == {of["digest"]}) == approval.permitted
        and in_order
        and not award.permitted
        and bool({"assessment.text-in-force", "assessment.approved"} & set(award.unmet))
    )


def lock_against_question(here: Field, name: str, rng: Random) -> bool:
    """A question by a locked account is refused: those before the lock, or after its end, are not."""
    lock = here.does("root", p.AccountLocked(person="analyst", reason="inquiry"))
    unlock = here.does(
        "reviewer",
        p.AccountUnlocked(person="analyst", outcome="one_person", document=here.document),
    )
    locks = rng.random() < 0.5
    if not locks:
        here.take(lock)
    asks = [_ask(here, f"{name}-{number}") for number in range(3)]
    turn, *asked = here.race([lock if locks else unlock, *asks])
    if locks:
        here.take(unlock)
    turned = turn.entry
    return turned is not None and all(
        _on_the_side(one, before=locks, turned=turned, unmet=("person.unlocked",))
        for one in asked
    )


def _ask(here: Field, question: str) -> Act:
    template = ask()
    fact = msgspec.structs.replace(template.fact, question=question)
    start = here.first_day - timedelta(days=45)
    window = {
        "window_start": f"{start}T00:00:00Z",
        "window_end": f"{start + timedelta(days=1)}T00:00:00Z",
    }
    form = template.sealed["form"]
    if not isinstance(form, dict):
        raise TypeError(form)
    return here.does("analyst", fact, form={**form, **window})


def _on_the_side(
    one: Outcome, *, before: bool, turned: int, unmet: tuple[str, ...]
) -> bool:
    """Whether an act was permitted on one side of an entry, and refused on the other."""
    return (
        one.entry is not None
        and one.permitted == ((one.entry < turned) == before)
        and (one.permitted or one.unmet == unmet)
    )


def delegation_against_approval(here: Field, name: str, rng: Random) -> bool:
    """A delegate decides until the delegation ends, and not after."""
    today = here.app.next_time()[:10]
    given = p.DelegationMade(
        delegation=name,
        delegator="reviewer",
        delegate="deputy",
        office="privacy",
        roles=("privacy_officer",),
        first_day=today,
        last_day=today,
    )
    filed = msgspec.structs.replace(department(here.offset)["pta"].fact, threshold=name)
    here.take(here.does("reviewer", given), here.does("manager", filed))
    acts = [
        here.does("reviewer", p.DelegationEnded(delegation=name)),
        here.does("deputy", f.ThresholdApproved(threshold=name)),
    ]
    rng.shuffle(acts)
    found = dict(zip((act.verb for act in acts), here.race(acts), strict=True))
    ended, decided = found["end-delegation"], found["approve-threshold-analysis"]
    known = here.app.view().thresholds[name]
    return (
        ended.permitted
        and _on_the_side(
            decided,
            before=True,
            turned=ended.entry or 0,
            unmet=("person.is-privacy-officer",),
        )
        and bool(known.approved) == decided.permitted
    )


class SteppingClock:
    """A clock that goes on by a step each time that it is read, from any thread."""

    def __init__(self, first: datetime) -> None:
        self.at, self.step = first, timedelta(microseconds=100)
        self._lock = Lock()

    def now(self) -> datetime:
        with self._lock:
            self.at += self.step
            return self.at


def lapse_at_midnight(here: Field, name: str, rng: Random, time: SteppingClock) -> bool:
    """What was approved until a day is permitted before its midnight, and refused from it on."""
    digest = text_digest(here.draft("pia"))
    lapses = time.at.date() + timedelta(days=1)
    approval = f.AssessmentApproved(
        assessment="pia", digest=digest, expires=lapses.isoformat()
    )
    here.take(here.does("chief", approval))
    midnight = datetime(lapses.year, lapses.month, lapses.day, tzinfo=UTC)
    time.at = midnight - timedelta(microseconds=rng.choice((0, 300, 900, 1500)))
    time.step = timedelta(microseconds=rng.choice((1, 37, 100, 150)))
    found: list[Outcome] = []
    for again in range(2):
        acts = [_award(here, f"{name}-{again}-{number}", "pia") for number in range(8)]
        found += here.race(acts)
    time.step = timedelta(microseconds=100)
    last = f"{lapses.isoformat()}T00:00:00.000000Z"
    return all(
        one.permitted == (one.at < last)
        and (one.permitted or one.unmet == ("assessment.unexpired",))
        for one in found
    )


Race: TypeAlias = Callable[[Field, str, Random], bool]
RACES: Mapping[str, Race] = {
    "two reviewers": two_reviewers,
    "an edit under an approval": edit_under_approval,
    "a lock, or its end, and questions": lock_against_question,
    "the end of a delegation and an approval by it": delegation_against_approval,
}


def run(here: Field, race: str, *, times: int, rng: Random) -> int:
    """Race so often, and return how often it was safe."""
    word = race.rsplit(maxsplit=1)[-1]
    return sum(
        RACES[race](here, f"{word}-{number}-{rng.getrandbits(32):08x}", rng)
        for number in range(times)
    )
