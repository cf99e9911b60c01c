"""Decisions, decided acts and the fold.

Repeat with: .venv/bin/python -m bench record

The goals are for 2 quiet cores. A decision is timed from Record and act to Decision: the
question is gathered, put to the one permit, and digested.
"""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import cedarpy
import msgspec

from beforehand.app.overseeing import found
from beforehand.app.registers import App
from beforehand.ledger.entry import DecisionDigests, Envelope, encode
from beforehand.policy.decide import decide
from beforehand.policy.put import live
from beforehand.policy.question import put
from beforehand.record import facts as f
from beforehand.record.acts import Act
from beforehand.record.encoding import envelope, recorded, sealed_away
from beforehand.settings import Settings
from tests.world import ASKED, DIGEST, GUARDS, NOW, ask, person, record

if TYPE_CHECKING:
    from collections.abc import Callable

PEOPLE = 10_000
ACTS = 4_000
QUESTIONS = 50_000
WRITERS = 32


def run() -> None:
    _decisions()
    _acts_on_a_register()
    _fold()


def _times(work: Callable[[], object], rounds: int = 2_000) -> float:
    """Return the median time of `work`, in microseconds."""
    found_times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        found_times.append(time.perf_counter() - started)
    return median(found_times) * 1e6


def _decisions() -> None:
    crowd = [person(f"x-{number}", "routes", "analyst") for number in range(PEOPLE)]
    view = record((), *crowd)
    act = ask()
    question = put(view, act, at=NOW)
    reading = question.read(live)
    entities = cedarpy.Entities.from_json_str(reading.entities)
    bearing = len(GUARDS.by_act["ask"])
    if not decide(GUARDS, question).allowed:
        raise AssertionError("the benchmark's question should be allowed")
    raw = _times(
        lambda: cedarpy.is_authorized(reading.request(), GUARDS.permit["ask"], entities)
    )
    whole = _times(lambda: decide(GUARDS, put(view, act, at=NOW)))
    refused = ask(profile="none")
    no = _times(lambda: decide(GUARDS, put(view, refused, at=NOW)), 500)
    print(
        f"decision `ask`, {bearing} safeguards of {len(GUARDS.safeguards)}, {PEOPLE:,} people:"
    )
    print(f"  allowed, p50   {whole:7.0f} us   goal 300 us")
    print(f"  refused, p50   {no:7.0f} us   (every unmet safeguard explained)")
    print(
        f"  raw Cedar      {raw:7.0f} us   parsed policies and entities; ratio {whole / raw:.2f}"
    )
    print(f"  decisions/s    {1e6 / whole:7.0f}")


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


def _entries(number: int) -> list[f.DecidedFact]:
    """Return what one question leaves: an admission, an answer, now and then a review."""
    asked = msgspec.structs.replace(ASKED, question=f"q-{number}")
    answered = f.QuestionAnswered(
        question=f"q-{number}", answer=DIGEST, plan=DIGEST, shown=10, hidden=20
    )
    reviewed = f.UseReviewed(office="routes", dataset="feed", finding="in_order")
    refused = f.ActRefused(refused="ask", on="feed", office="routes")
    now_and_then: list[f.DecidedFact] = [reviewed, refused] if number % 10 == 0 else []
    return [asked, answered, *now_and_then]


def _fold() -> None:
    """Fold the facts that a busy register has most of, from their bytes."""
    decision = DecisionDigests(policies=DIGEST, question=DIGEST, unmet=())
    rows = [
        encode(
            envelope(
                fact,
                actor="analyst",
                at=f"2026-11-25T10:00:00.{number:06}Z",
                entry_id=f"e-{number}-{fact.kind}",
                decision=decision,
                seal={},
            )
        )
        for number in range(QUESTIONS)
        for fact in _entries(number)
    ]
    plain = msgspec.json.Decoder(Envelope)
    started = time.perf_counter()
    for data in rows:
        plain.decode(data)
    raw = time.perf_counter() - started
    folded = record()
    first = folded.size
    started = time.perf_counter()
    for index, data in enumerate(rows, first):
        folded.apply(recorded(index, data, unseal=sealed_away))
    took = time.perf_counter() - started
    print(f"fold, decoding included  {len(rows) / took:9,.0f}/s   goal 250,000/s")
    print(f"  decoding the envelope alone {len(rows) / raw:,.0f}/s; ratio {took / raw:.2f}")
