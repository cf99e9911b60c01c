"""How fast the ledger is, each figure beside its goal. F is the median fsync of this run."""

import os
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from statistics import median, quantiles
from threading import Thread
from time import perf_counter

import msgspec

from beforehand.ledger import (
    DecisionDigests,
    Envelope,
    Sequencer,
    Signer,
    SqliteLedger,
    encode,
    publish,
    time_text,
    verify_folder,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
ORIGIN = "bench.example/log"
DIGEST = sha256(b"policies").hexdigest()
GROUP = 1000
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


def _sequencer(ledger: SqliteLedger) -> Sequencer[int, int]:
    def take(number: int) -> int:
        # The time is given in the order of taking, as the app gives it.
        return ledger.append(encode(_envelope(number, ledger.size)), office="o-1")

    return Sequencer(group=ledger.group, take=take, lost=lambda: None)


def _one_writer(folder: Path, flush: float) -> None:
    ledger = SqliteLedger.create(folder / "one", origin=ORIGIN)
    sequencer = _sequencer(ledger)
    times = [_timed(partial(sequencer.submit, n)) for n in range(300)]
    sequencer.close()
    ledger.close()
    goal = 2 * flush + 0.001
    print(f"one writer, p50: {median(times) * 1e3:.2f} ms (goal {goal * 1e3:.2f} ms)")


def _many_writers(folder: Path, flush: float) -> None:
    ledger = SqliteLedger.create(folder / "many", origin=ORIGIN)
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


def _bulk_export_verify(folder: Path, count: int) -> None:
    ledger = SqliteLedger.create(folder / "bulk", origin=ORIGIN)
    entries = [encode(_envelope(n, n)) for n in range(count)]

    def append_all() -> None:
        for first in range(0, count, GROUP):
            with ledger.group():
                for entry in entries[first : first + GROUP]:
                    ledger.append(entry, office="o-1")

    seconds = _timed(append_all)
    print(f"bulk, groups of {GROUP}: {count / seconds:,.0f} appends/s (goal 30,000)")
    entries.clear()
    part = count / 1_000_000
    signer = Signer.generate(ORIGIN)
    out = folder / "out"
    seconds = _timed(lambda: publish(ledger, out, signer))
    print(f"export of {count:,}: {seconds:.2f} s (goal {10 * part:.1f} s)")
    ledger.close()
    seconds = _timed(lambda: verify_folder(out, signer.verifier.vkey))
    print(f"verify of {count:,}: {seconds:.2f} s (goal {5 * part:.1f} s)")


def _timed(act: Callable[[], object]) -> float:
    start = perf_counter()
    act()
    return perf_counter() - start


if __name__ == "__main__":
    if len(sys.argv) > 1:
        os.environ["BENCH_ENTRIES"] = sys.argv[1]
    run()
