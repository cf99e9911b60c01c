"""Acts made to fit what is on record, as people's do: else chance would seldom make one that does.

Each fits by default and misses now and then by one day, one word or one person.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

from msgspec.structs import replace

from beforehand.record import answering as a
from beforehand.record import buying as b
from beforehand.record import counting as n
from beforehand.record import custody as c
from beforehand.record import facts as f
from beforehand.record import people as p
from beforehand.record import reviewing as r
from beforehand.record import rulebook as k
from beforehand.record import stating as t
from beforehand.record import using as u
from beforehand.record.kinds import DecidedFact
from tests.second.case import text
from tests.second.told_of import answered_for
from tests.world import GUARDS

if TYPE_CHECKING:
    from beforehand.record.fold import Record

QUESTIONS = ("q-1", "q-2", "q-3")


def fitted(  # noqa: C901, PLR0911, PLR0912  # one case a kind
    fact: DecidedFact, actor: str, *, record: Record, rng: Random, today: date
) -> DecidedFact:
    """Return `fact` with its parts as the record wants them of `actor` today."""
    match fact:
        case f.QuestionAdmitted():
            return _question(fact, record, rng)
        case f.ContractAwarded() if rng.random() < 0.4:
            ends = _day(today, rng.choice((30, 363, 364, 364, 365)))
            return replace(fact, pilot=True, starts=_day(today, 0), ends=ends)
        case f.ContractAwarded():
            return replace(fact, starts=_day(today, rng.choice((-1, 0, 0, 1, 3))))
        case f.ContractModified() if rng.random() < 0.5:
            starts = date.fromisoformat(record_starts(record, fact.contract, today))
            return replace(fact, ends=_day(starts, rng.choice((364, 364, 365, 700))))
        case f.HoldingTaken() if record.contracts and rng.random() < 0.4:
            return replace(fact, contract=rng.choice(list(record.contracts)))
        case f.UseReviewed2():
            return _review(fact, record, rng)
        case u.SampleDrawn():
            return _sample(fact, rng)
        case u.ProcessRecorded() if fact.process_kind == "exigency" or rng.random() < 0.3:
            fact = replace(fact, process_kind="exigency")
            return replace(fact, expires=_day(today, rng.choice((1, 2, 2, 3))))
        case u.IncidentOpened():
            return replace(
                fact, discovered=_day(today, rng.choice((1, 0, 0, -1, -3, -4, -5)))
            )
        case p.DelegationMade():
            return _delegation(fact, actor, record, rng, today)
        case p.ActingNamed():
            last = _day(today, rng.choice((1, 30, 208, 209, 210)))
            return replace(fact, first_day=_day(today, 0), last_day=last)
        case b.ExceptionRecorded():
            last = _day(today, rng.choice((0, 30, 363, 364, 365)))
            official = actor if rng.random() < 0.8 else fact.official
            return replace(fact, official=official, first_day=_day(today, 0), last_day=last)
        case c.DeletionDecided():
            return _deletion(fact, record, rng, today)
        case f.ThresholdFiled() if rng.random() < 0.5:
            return replace(fact, needs_assessment=False)
        case f.DatasetNamed() if rng.random() < 0.5:
            return replace(fact, contains=("advertising_id",))
        case f.AssessmentApproved() if rng.random() < 0.7:
            days = rng.choice((0, 1, 30, 365, 1095, 1096, 1097, 1097, 1461))
            return replace(fact, expires=_day(today, days))
        case r.DelayAccepted() if rng.random() < 0.7:
            return replace(fact, until=_day(today, rng.choice((30, 364, 364, 365, 366))))
        case p.AccountLocked() if rng.random() < 0.3:
            return replace(fact, person="watcher")
        case c.SealedOpened() if rng.random() < 0.2:
            return replace(fact, by=actor)
        case u.NoticeGiven() if rng.random() < 0.8:
            known = record.using.incidents.get(fact.incident)
            told = known.notified if known else ()
            to = "privacy_office" if "inspector_general" in told else "inspector_general"
            return replace(fact, to=to)
        case p.SessionOpened():
            person = actor if rng.random() < 0.9 else fact.person
            return replace(fact, person=person)
        case n.CountCommitted():
            return replace(fact, root=n.root_of(fact.items))
        case n.CountOpened():
            return _opened(fact, record, rng)
        case t.StatementIssued():
            return _issued(fact, record, rng)
        case t.StatementSubscribed() | t.StatementUnsubscribed() if rng.random() < 0.7:
            return replace(fact, person=actor)
        case k.SafeguardsProposed() if rng.random() < 0.5:
            return replace(fact, policies=rng.choice((GUARDS.digest, "2" * 64)))
        case k.SafeguardsApproved() | k.SafeguardsWithdrawn() | f.SafeguardsAdopted2():
            return _rulebook(fact, record, rng)
        case a.AnsweringFact():
            return answered_for(fact, actor, record=record, rng=rng, today=today)
        case _:
            return fact


def concerned(fact: DecidedFact, record: Record) -> frozenset[str]:
    """Return who has a hand in what an act is about, and those who act or acted for them."""
    hands = _hands(fact, record)
    return hands | {
        one.person for one in record.people.authorities.values() if one.of in hands
    }


def _hands(fact: DecidedFact, record: Record) -> frozenset[str]:  # noqa: PLR0911
    match fact:
        case f.ThresholdApproved() if fact.threshold in record.thresholds:
            return record.thresholds[fact.threshold].filers
        case f.UseApproved() | f.UseConcurred() if fact.request in record.requests:
            known = record.requests[fact.request]
            return known.requesters | known.deciders
        case u.IncidentClosed() if fact.incident in record.using.incidents:
            return frozenset({record.using.incidents[fact.incident].by})
        case u.SampleDrawn() | f.UseReviewed():
            log = record.use_logs.get((fact.office, fact.dataset))
            return log.askers if log else frozenset()
        case r.ThreadResolved() | r.ThreadReopened() if fact.thread in record.threads:
            return frozenset({record.threads[fact.thread].by})
        case a.RecommendationRated() | a.RecommendationClosed():
            told = record.answering.recommendations.get(fact.recommendation)
            return told.hands if told else frozenset()
        case t.StatementConfirmed() if fact.statement in record.stating.statements:
            return record.stating.statements[fact.statement].drafters
        case k.SafeguardsApproved():
            made = record.rulebook.proposals.get((fact.policies, fact.office))
            return made.proposers if made else frozenset()
        case _ if getattr(fact, "assessment", None) in record.assessments:
            of = record.assessments[text(fact, "assessment")]
            return of.drafted_by.union(*of.reviewers.values())
        case _:
            return frozenset()


def _opened(fact: n.CountOpened, record: Record, rng: Random) -> n.CountOpened:
    known = record.counting.counts.get(fact.count)
    shown = [one.disclosure for one in known.committed.items] if known else [fact.document]
    number = rng.randrange(0, len(shown) + 2)
    document = rng.choice(shown)
    if 1 <= number <= len(shown) and rng.random() < 0.7:
        document = shown[number - 1]
    return replace(fact, number=number, document=document)


def _issued(fact: t.StatementIssued, record: Record, rng: Random) -> t.StatementIssued:
    known = record.stating.statements.get(fact.statement)
    words: tuple[t.VerdictWord, ...] = ("supported", "supported", "consistent", "late")
    claims = known.drafted.claims if known else ()
    return replace(fact, verdicts=tuple(rng.choice(words) for _ in claims))


def _day(today: date, days: int) -> str:
    return (today + timedelta(days=days)).isoformat()


def record_starts(record: Record, contract: str, today: date) -> str:
    known = record.contracts.get(contract)
    return known.awarded.starts if known else today.isoformat()


def _question(fact: f.QuestionAdmitted, record: Record, rng: Random) -> f.QuestionAdmitted:
    """Ask what some use request is for, of some snapshot of its data."""
    if not record.requests or rng.random() < 0.2:
        return fact
    name = rng.choice(list(record.requests))
    asked = record.requests[name].asked
    found = [one for one in record.snapshots.values() if one.taken.dataset == asked.dataset]
    return replace(
        fact,
        request=name,
        office=asked.office,
        dataset=asked.dataset,
        assessment=asked.assessment,
        purpose=asked.purpose,
        snapshot=rng.choice(found).taken.snapshot if found else fact.snapshot,
    )


def _review(fact: f.UseReviewed2, record: Record, rng: Random) -> f.UseReviewed2:
    drawn = [key for key, log in record.use_logs.items() if log.sampled is not None]
    known = record.using.samples.get(rng.choice(drawn)) if drawn else None
    if known is None:
        return fact
    fact = replace(fact, office=known.drawn.office, dataset=known.drawn.dataset)
    careful = rng.random() < 0.6
    flagged = {one.question for one in known.drawn.flags}
    words: tuple[u.Judged, ...] = ("in_order", "explained", "referred")
    judged = tuple(
        u.QuestionJudged(
            question=one,
            judged="explained" if careful and one in flagged else rng.choice(words),
        )
        for one in known.drawn.questions
    )
    if not careful and judged:
        judged = rng.choice((judged[1:], (*judged, judged[0]), judged))
    referred = any(one.judged == "referred" for one in judged)
    finding = "referred" if referred and rng.random() < 0.9 else "in_order"
    return replace(fact, sample=known.drawn.sample, judged=judged, finding=finding)


def _sample(fact: u.SampleDrawn, rng: Random) -> u.SampleDrawn:
    questions = tuple(one for one in QUESTIONS if rng.random() < 0.5)
    flags = tuple(
        u.Flag(question=one, pattern="own") for one in questions if rng.random() < 0.4
    )
    return replace(fact, questions=questions, flags=flags)


def _delegation(
    fact: p.DelegationMade, actor: str, record: Record, rng: Random, today: date
) -> p.DelegationMade:
    """Some of somebody's posts, often the actor's own, given to somebody else."""
    persons = list(record.persons)
    known = actor in record.persons and rng.random() < 0.5
    delegator = actor if known else rng.choice(persons)
    offices = [name for name, held in record.persons[delegator].roles.items() if held]
    if not offices:
        return fact
    office = rng.choice(offices)
    own = sorted(record.persons[delegator].roles[office])
    roles = tuple(own) if rng.random() < 0.8 else ("supervisor", "counsel")
    delegate = actor if rng.random() < 0.15 else rng.choice(persons)
    return replace(
        fact,
        delegator=delegator,
        delegate=delegate,
        office=office,
        roles=roles,
        first_day=_day(today, rng.choice((0, 0, -5, 3))),
        last_day=_day(today, rng.choice((10, 30, 208, 209, 210, 212, 213))),
    )


def _deletion(
    fact: c.DeletionDecided, record: Record, rng: Random, today: date
) -> c.DeletionDecided:
    days = record.schedule.days if record.schedule else 30
    held = {one.on for one in record.holds.values() if not one.lifted}
    held |= {under for one in held for under in record.offices_under(one)}
    keeping = sorted(held)
    if keeping and rng.random() < 0.2:
        keeping.pop(rng.randrange(len(keeping)))
    before = _day(today, rng.choice((-days, -days, -days - 1, -days + 1)))
    return replace(fact, before=before, keeping=tuple(keeping))


def _rulebook(
    fact: k.SafeguardsApproved | k.SafeguardsWithdrawn | f.SafeguardsAdopted2,
    record: Record,
    rng: Random,
) -> DecidedFact:
    """A set that was proposed for the office, or that it adopted."""
    proposals: Mapping[tuple[str, str], k.Proposal] = record.rulebook.proposals
    keys = list(proposals)
    if isinstance(fact, f.SafeguardsAdopted2) and rng.random() < 0.8:
        keys = [key for key, made in proposals.items() if made.approved]
    if isinstance(fact, k.SafeguardsWithdrawn):
        keys += [
            (one.policies, office)
            for office, adopted in record.rulebook.adopted.items()
            for one in adopted
        ]
    if not keys:
        return fact
    key = rng.choice(keys)
    found = replace(fact, policies=key[0], office=key[1])
    if isinstance(found, f.SafeguardsAdopted2) and key in proposals:
        day = proposals[key].made.in_force_from
        found = replace(found, in_force_from=day if rng.random() < 0.8 else None)
    return found
