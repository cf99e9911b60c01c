"""Decisions, decided acts, replay and the fold.

Repeat with: make bench-record

The goals are for 2 quiet cores. A decision is timed from Record and act to Decision: the
question is gathered, put to Cedar, and digested. Raw Cedar answers the same question: the one
permit of the act on the whole context, with policies and entities parsed beforehand.
"""

from __future__ import annotations

import gc
import resource
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count, islice
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import cedarpy
import msgspec

from beforehand.app.overseeing import found, replay_register
from beforehand.app.registers import App
from beforehand.ledger.entry import DecisionDigests, Envelope, encode
from beforehand.oversight.replay import replay
from beforehand.policy.decide import decide
from beforehand.policy.put import live
from beforehand.policy.question import put
from beforehand.record import facts as f
from beforehand.record.acts import Act
from beforehand.record.encoding import envelope, recorded, sealed_away
from beforehand.record.fold import Record
from beforehand.record.kinds import DecidedFact
from beforehand.settings import Settings
from tests.policy import plain
from tests.world import ASKED, DIGEST, FORM, GUARDS, NOW, ask, person, record, steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PEOPLE = 10_000
ACTS = 4_000
FACTS = 1_000_000
BATCH = 20_000
REPLAYED = 2_000
WRITERS = 32
SEAL = "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"


def run() -> None:
    _decisions()
    _replayed_questions()
    _acts_on_a_register()
    _fold()


# -- one decision


def _decisions() -> None:
    crowd = [person(f"x-{number}", "routes", "analyst") for number in range(PEOPLE)]
    view = record((), *crowd)
    act, refused = ask(), ask(profile="none")
    if not decide(GUARDS, put(view, act, at=NOW)).allowed:
        raise AssertionError("the benchmark's question should be allowed")
    raw = _times(_raw_cedar(view, act))
    whole = _times(lambda: decide(GUARDS, put(view, act, at=NOW)))
    gathered = _times(lambda: put(view, act, at=NOW))
    no = _times(lambda: decide(GUARDS, put(view, refused, at=NOW)))
    bearing = len(GUARDS.by_act["ask"])
    print(
        f"decision `ask`, {bearing} safeguards of {len(GUARDS.safeguards)}, {PEOPLE:,} people:"
    )
    print(f"  allowed, p50   {whole:7.0f} us   goal 300 us; {gathered:.0f} of it gathers")
    print(f"  refused, p50   {no:7.0f} us   goal 600 us; every unmet safeguard explained")
    print(f"  raw Cedar      {raw:7.0f} us   allowed / raw {whole / raw:.2f}x")
    print(f"  decisions/s    {1e6 / whole:7.0f}")


def _raw_cedar(view: Record, act: Act) -> Callable[[], object]:
    question = put(view, act, at=NOW)
    context, texts = plain.texts(question, live)
    entities = cedarpy.Entities.from_json_str(texts)
    permit = plain.permit(GUARDS, question.action)
    request = {
        "principal": question.principal._asdict(),
        "action": {"type": "Action", "id": question.action},
        "resource": question.resource._asdict(),
        "context": context,
    }
    return lambda: cedarpy.is_authorized(request, permit, entities)


def _times(work: Callable[[], object], rounds: int = 1_000) -> float:
    """Return the least of five median times of `work`, in microseconds.

    The least, because what else the machine does only ever adds.
    """
    medians = []
    for _ in range(5):
        found_times = []
        for _ in range(rounds):
            started = time.perf_counter()
            work()
            found_times.append(time.perf_counter() - started)
        medians.append(median(found_times))
    return min(medians) * 1e6


# -- replay


def _replayed_questions() -> None:
    """Replay questions and answers, each of its own moment and with its own budget left."""
    entries = list(_question_entries())
    opened = {one.id: {**steps()["request"].opened, "form": FORM} for _, _, one in entries}
    started = time.perf_counter()
    again = replay(
        entries,
        unseal=lambda one: opened[one.id],
        guards_named=lambda _: GUARDS,
        audit=lambda *_: "",
        acted=lambda _: None,
    )
    took = time.perf_counter() - started
    # What is put on record beforehand has no decisions, and replay says so.
    if any("no decision" not in one for one in again.differing):
        raise AssertionError(again.differing[-1])
    print(
        f"replay, {again.decisions:,} questions and answers"
        f"  {again.decisions / took:7.0f}/s   goal 2,500/s"
    )


def _question_entries() -> Iterator[tuple[int, bytes, Envelope]]:
    """Yield the entries of the invented department, and then what its analyst asked."""
    view = Record()
    for step in steps().values():
        sealed = dict.fromkeys(step.opened, SEAL)
        yield _entered(view, Act(actor=step.actor, fact=step.fact), step.at, None, sealed)
    for number in range(REPLAYED):
        minute, second = divmod(number, 60)
        at = f"2026-11-25T{10 + minute // 60}:{minute % 60:02}:{second:02}.000000Z"
        question = f"q-{number // 2}"
        asked = ask(question=question, rho_micro=1, delta_e15=1)
        answered = f.QuestionAnswered(
            question=question, answer=DIGEST, plan=DIGEST, shown=10, hidden=20
        )
        act = Act(actor="analyst", fact=answered) if number % 2 else asked
        decision = decide(GUARDS, put(view, act, at=at))
        if not decision.allowed:
            raise AssertionError(decision.unmet)
        digests = DecisionDigests(
            policies=decision.policies, question=decision.question, unmet=()
        )
        yield _entered(view, act, at, digests, dict.fromkeys(act.sealed, SEAL))


def _entered(
    view: Record,
    act: Act,
    at: str,
    decision: DecisionDigests | None,
    seal: Mapping[str, str],
) -> tuple[int, bytes, Envelope]:
    """Take an act into the Record, and return its entry."""
    index = view.size
    entry = envelope(
        act.fact,
        actor=act.actor,
        at=at,
        entry_id=f"e-{index}",
        decision=decision,
        seal=seal,
    )
    data = encode(entry)
    opened = {**steps()["request"].opened, "form": FORM}
    view.apply(recorded(index, data, unseal=lambda _: opened))
    return index, data, entry


# -- acts on a register


def _acts_on_a_register() -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            folder=Path(folder) / "bench",
            register="bench",
            title="bench",
            origin="beforehand.invalid/bench",
            about="live",
        )
        with App.create(settings) as app:
            document = app.keep_document(b"dept: Bench\n")
            found(
                app,
                register="bench",
                department="dept",
                document=document,
                administrator="root",
            )
            appoint = f.PersonAppointed(
                person="manager",
                office="dept",
                roles=("program_manager",),
                account="individual",
            )
            app.submit(Act(actor="root", fact=appoint))
            _acts(app)
            _replayed_register(app)


def _acts(app: App) -> None:
    acts = [
        Act(actor="manager", fact=f.SupplierNamed(supplier=f"s-{number}"))
        for number in range(ACTS)
    ]
    started = time.perf_counter()
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(app.submit, acts))
    took = time.perf_counter() - started
    print(
        f"decided acts, {WRITERS} writers   {ACTS / took:7.0f}/s   goal 1,500/s (durable)"
    )


def _replayed_register(app: App) -> None:
    started = time.perf_counter()
    again = replay_register(app)
    took = time.perf_counter() - started
    if not again.same:
        raise AssertionError(again.differing[0])
    print(f"replay of that register  {again.decisions / took:9.0f}/s   goal 2,500/s")


# -- the fold


def _facts(number: int) -> list[DecidedFact]:
    """Return what one question leaves: an admission, an answer, now and then what goes with it."""
    asked = msgspec.structs.replace(ASKED, question=f"q-{number}")
    answered = f.QuestionAnswered(
        question=f"q-{number}", answer=DIGEST, plan=DIGEST, shown=10, hidden=20
    )
    some: list[DecidedFact] = [asked, answered]
    if number % 10 == 0:
        some += [
            f.UseReviewed(office="routes", dataset="feed", finding="in_order"),
            f.ActRefused(refused="ask", on="feed", office="routes"),
        ]
    if number % 100 == 0:
        who = f"x-{number}"
        some += [
            person(who, "routes", "analyst").fact,
            f.TrainingCompleted(person=who),
            f.RulesSigned(person=who, document=DIGEST),
            f.AccessRecertified(person=who),
            f.SupplierNamed(supplier=f"s-{number}"),
        ]
    return some


def _batches() -> Iterator[list[bytes]]:
    """Yield FACTS entries, some at a time, so that their bytes do not weigh on the figures."""
    decision = DecisionDigests(policies=DIGEST, question=DIGEST, unmet=())
    facts = (one for number in count() for one in _facts(number))
    for first in range(0, FACTS, BATCH):
        yield [
            encode(
                envelope(
                    fact,
                    actor="analyst",
                    at=f"2026-11-25T10:{number // 1_000_000:02}:00.{number % 1_000_000:06}Z",
                    entry_id=f"e-{number}",
                    decision=decision,
                    seal={},
                )
            )
            for number, fact in enumerate(islice(facts, BATCH), first)
        ]


def _fold() -> None:
    """Fold the facts that a busy register has most of, from their bytes."""
    plain_decoder = msgspec.json.Decoder(Envelope)
    folded = record()
    raw = took = 0.0
    before = 0
    for rows in _batches():
        started = time.perf_counter()
        for data in rows:
            plain_decoder.decode(data)
        raw += time.perf_counter() - started
        first = folded.size
        started = time.perf_counter()
        for index, data in enumerate(rows, first):
            folded.apply(recorded(index, data, unseal=sealed_away))
        took += time.perf_counter() - started
        before = before or _resident_bytes()  # one batch and what it takes is there by now
    grown = _resident_bytes() - before
    print(f"fold, {FACTS:,} mixed facts  {FACTS / took:9,.0f}/s   goal 250,000/s")
    print(f"  decoding the envelope alone {FACTS / raw:,.0f}/s; ratio {took / raw:.2f}")
    print(
        f"  memory: {grown / 2**20:.0f} MiB more resident (RSS) after the last batch of"
        f" {BATCH:,} than after the first; {folded.size:,} entries folded"
    )


def _resident_bytes() -> int:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()
