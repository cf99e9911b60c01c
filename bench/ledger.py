"""How fast the ledger is, each figure beside its goal, and beside raw SQLite and two peers.

Repeat with: make bench-ledger. F is the median fsync of the same run.

Raw SQLite, the floor, inserts the same bytes under a number and nothing else: no check, no
hash, no id. The peers are used as their manuals show: pymerkle's SQLite tree and the
eventsourcing library's SQLite application, each call durable by itself, and, where they
have one, their call for many at once.
"""

import os
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from statistics import median, quantiles
from threading import Thread
from time import perf_counter
from uuid import NAMESPACE_URL as NAMES
from uuid import uuid5

import msgspec
import pymerkle  # type: ignore[import-untyped]
from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from beforehand.ledger import (
    DecisionDigests,
    Envelope,
    Ledger,
    Sequencer,
    Signer,
    encode,
    publish,
    time_text,
    verify_folder,
)
from beforehand.ledger.entry import encode_unchecked

START = datetime(2026, 1, 1, tzinfo=UTC)
ORIGIN = "bench.example/log"
DIGEST = sha256(b"policies").hexdigest()
GROUP = 1000
TOGETHER = 100
WRITERS = 32


def run() -> None:
    """Print the figures. The number of entries is BENCH_ENTRIES, 100,000 unless told."""
    count = int(os.environ.get("BENCH_ENTRIES", "100000"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        flush = _fsync_seconds(folder)
        print(f"F, median fsync: {flush * 1e3:.2f} ms")
        _one_writer(folder, flush)
        _many_writers(folder, flush)
        _beside_others(folder)
        _bulk_export_verify(folder, count)


def _envelope(number: int, index: int) -> Envelope:
    return Envelope(
        actor="p-9f2c",
        at=time_text(START + timedelta(microseconds=index)),
        data=msgspec.Raw(b'{"dataset":"d-1","form":"aggregate","rho":1000}'),
        decision=DecisionDigests(policies=DIGEST, question=DIGEST, unmet=()),
        id=f"01JD{number:022}",
        kind="question.admitted",
        kv=1,
        refs=("01JC0000000000000000000000",),
        seal={"area": "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"},
        subject="d-1",
    )


def _fsync_seconds(folder: Path) -> float:
    times = []
    with (folder / "flush").open("wb") as file:
        for _ in range(100):
            file.write(b"x" * 4096)
            file.flush()
            start = perf_counter()
            os.fsync(file.fileno())
            times.append(perf_counter() - start)
    return median(times)


def _sequencer(ledger: Ledger) -> Sequencer[int, int]:
    def take(number: int) -> int:
        # The time is given in the order of taking, as the app gives it.
        return ledger.append_new(encode_unchecked(_envelope(number, ledger.size)))

    return Sequencer(group=ledger.group, take=take, lost=lambda: None)


def _one_writer(folder: Path, flush: float) -> None:
    ledger = Ledger.create(folder / "one", origin=ORIGIN)
    sequencer = _sequencer(ledger)
    times = [_timed(partial(sequencer.submit, n)) for n in range(300)]
    sequencer.close()
    ledger.close()
    goal = 2 * flush + 0.001
    print(f"one writer, p50: {median(times) * 1e3:.2f} ms (goal {goal * 1e3:.2f} ms)")


def _many_writers(folder: Path, flush: float) -> None:
    ledger = Ledger.create(folder / "many", origin=ORIGIN)
    sequencer = _sequencer(ledger)
    times: list[float] = []
    each = 500

    def write(writer: int) -> None:
        for n in range(writer * each, (writer + 1) * each):
            start = perf_counter()
            sequencer.submit(n)
            times.append(perf_counter() - start)

    threads = [Thread(target=write, args=(writer,)) for writer in range(WRITERS)]

    def all_of_them() -> None:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    seconds = _timed(all_of_them)
    sequencer.close()
    ledger.close()
    slow = quantiles(times, n=100)[98]
    goal = max(0.025, 6 * flush)
    print(
        f"{WRITERS} writers: {len(times) / seconds:,.0f} durable/s (goal 5,000),"
        f" p99 {slow * 1e3:.1f} ms (goal {goal * 1e3:.1f} ms)"
    )


# -- side by side


def _beside_others(folder: Path) -> None:
    """Append the same entries everywhere, in turns, and print each rate and the ratios."""
    entries = [encode(_envelope(n, n)) for n in range(20_000)]
    rounds = [
        {
            "ours": _ours(folder, entries, turn),
            "raw": _raw(folder, entries, turn),
            "pymerkle": _pymerkle(folder, entries[:400], turn, many=False),
            "pymerkle, many at once": _pymerkle(folder, entries[:5_000], turn, many=True),
            "eventsourcing": _eventsourcing(folder, entries[:400], turn, together=1),
            "eventsourcing, 100 at once": _eventsourcing(
                folder, entries[:5_000], turn, together=TOGETHER
            ),
        }
        for turn in range(3)
    ]
    rate = {name: median([one[name] for one in rounds]) for name in rounds[0]}
    ours = rate["ours"]
    print(f"{TOGETHER} a commit: ours {ours:,.0f}/s; raw SQLite {rate['raw']:,.0f}/s;")
    print(f"  raw is {rate['raw'] / ours:.2f} x ours (goal: within 2)")
    for name, goal in (("pymerkle", "at least 50"), ("eventsourcing", "at least 50")):
        print(f"  {name}: {rate[name]:,.0f}/s; ours is {ours / rate[name]:.0f} x ({goal})")
    for name in ("pymerkle, many at once", "eventsourcing, 100 at once"):
        print(f"  {name}: {rate[name]:,.0f}/s; ours is {ours / rate[name]:.1f} x")


def _ours(folder: Path, entries: list[bytes], turn: int) -> float:
    ledger = Ledger.create(folder / f"ours-{turn}", origin=ORIGIN)

    def append_all() -> None:
        for first in range(0, len(entries), TOGETHER):
            _append(ledger, entries[first : first + TOGETHER])

    seconds = _timed(append_all)
    ledger.close()
    return len(entries) / seconds


def _raw(folder: Path, entries: list[bytes], turn: int) -> float:
    with closing(sqlite3.connect(folder / f"raw-{turn}", isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("CREATE TABLE entries (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL)")

        def insert_all() -> None:
            for first in range(0, len(entries), TOGETHER):
                some = entries[first : first + TOGETHER]
                db.execute("BEGIN IMMEDIATE")
                db.executemany("INSERT INTO entries VALUES (?, ?)", enumerate(some, first))
                db.execute("COMMIT")

        return len(entries) / _timed(insert_all)


def _pymerkle(folder: Path, entries: list[bytes], turn: int, *, many: bool) -> float:
    tree = pymerkle.SqliteTree(str(folder / f"pymerkle-{turn}-{many}"))

    def append_all() -> None:
        if many:
            tree.append_entries(entries)
        else:
            for entry in entries:
                tree.append_entry(entry)

    seconds = _timed(append_all)
    tree.close()
    return len(entries) / seconds


def _eventsourcing(
    folder: Path, entries: list[bytes], turn: int, *, together: int
) -> float:
    store = SQLiteDatastore(str(folder / f"eventsourcing-{turn}-{together}"))
    recorder = SQLiteApplicationRecorder(store)
    recorder.create_table()
    stream = uuid5(NAMES, ORIGIN)
    events = [
        StoredEvent(
            originator_id=stream, originator_version=n, topic="question.admitted", state=one
        )
        for n, one in enumerate(entries)
    ]

    def insert_all() -> None:
        for first in range(0, len(events), together):
            recorder.insert_events(events[first : first + together])

    seconds = _timed(insert_all)
    store.close()
    return len(entries) / seconds


# -- a whole ledger


def _bulk_export_verify(folder: Path, count: int) -> None:
    ledger = Ledger.create(folder / "bulk", origin=ORIGIN)
    seconds = 0.0
    for first in range(0, count, GROUP):
        some = [encode_unchecked(_envelope(n, n)) for n in range(first, first + GROUP)]
        seconds += _timed(partial(_append, ledger, some))
    print(f"bulk, groups of {GROUP}: {count / seconds:,.0f} appends/s (goal 30,000)")
    part = count / 1_000_000
    signer = Signer.generate(ORIGIN)
    out = folder / "out"
    seconds = _timed(lambda: publish(ledger, out, signer))
    print(f"export of {count:,}: {seconds:.2f} s (goal {10 * part:.1f} s)")
    ledger.close()
    seconds = _timed(lambda: verify_folder(out, signer.verifier.vkey))
    print(f"verify of {count:,}: {seconds:.2f} s (goal {5 * part:.1f} s)")


def _append(ledger: Ledger, entries: list[bytes]) -> None:
    with ledger.group():
        ledger.append_many(entries)


def _timed(act: Callable[[], object]) -> float:
    start = perf_counter()
    act()
    return perf_counter() - start


if __name__ == "__main__":
    if len(sys.argv) > 1:
        os.environ["BENCH_ENTRIES"] = sys.argv[1]
    run()
