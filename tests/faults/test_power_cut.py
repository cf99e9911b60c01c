"""After a power cut everything is there that was acknowledged, and nothing contradicts it."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Final, NamedTuple

import pytest

from beforehand.ledger import Ledger, LedgerError, Sequencer, publish
from beforehand.refusal import InputError
from tests.faults.amounts import CUTS, SEED
from tests.faults.disk import Disk, FolderSynced, Renamed, Synced
from tests.faults.recording import recording
from tests.faults.tape import Tape
from tests.faults.told import (
    ORIGIN,
    Acknowledged,
    BrokenLawError,
    Place,
    Published,
    Told,
    entry,
)

CONTROL_CUTS: Final = 200
BROKEN: Final = (BrokenLawError, LedgerError, InputError, sqlite3.DatabaseError)
"""Every way in which a loss shows: a law, the start-up check, or SQLite's own."""


class Cut(NamedTuple):
    """What a power cut at one event of a run left, and what had been told by then."""

    at: int
    told: Told
    left: dict[str, bytes | None]


def run(tape: Tape, place: Place) -> None:
    """Append from several threads and publish meanwhile; close the ledger, and go on."""
    for turn in range(2):
        with closing(Ledger.open(place.address)) as ledger:
            append_and_publish(tape, place, ledger, turn)


def append_and_publish(tape: Tape, place: Place, ledger: Ledger, turn: int) -> None:
    def take(name: str) -> int:
        return ledger.append_new(entry(ledger, name))

    sequencer = Sequencer(group=ledger.group, take=take, lost=lambda: None)

    def append(thread: int) -> None:
        for number in range(50):
            name = f"{turn}-{thread}-{number}"
            tape.say(Acknowledged(index=sequencer.submit(name), id=name))

    threads = [Thread(target=append, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        signed = publish(ledger, place.published, place.signer(), anchor=place.anchor())
        tape.say(Published(note=signed.note))
    sequencer.close()


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """Give a folder in memory where there is one: what lies in it is about no real disk."""
    shared = Path("/dev/shm")  # noqa: S108
    with TemporaryDirectory(dir=shared if shared.is_dir() else tmp_path) as name:
        yield Path(name)


def record(place: Place, **weak: str) -> tuple[Tape, int]:
    """Record a run; return also where in it the ledger had been made."""
    with recording(place.root, **weak) as tape:
        Ledger.create(place.address, origin=ORIGIN).close()
        made = len(tape.items)
        run(tape, place)
    return tape, made


def cuts(tape: Tape, made: int, *, many: int) -> Iterator[Cut]:
    """Yield power cuts, half of them right before or after a sync, a rename or a saying."""
    chance = random.Random(SEED)
    kinds = (Synced, FolderSynced, Renamed, Acknowledged, Published)
    near = [
        at + after
        for at, one in enumerate(tape.items)
        if isinstance(one, kinds) and at >= made
        for after in (0, 1)
    ]
    anywhere = range(made, len(tape.items) + 1)
    moments = sorted(chance.choice(chance.choice((near, anywhere))) for _ in range(many))
    disk, told, done = Disk(), Told(), 0
    for number, at in enumerate(moments):
        for item in tape.items[done:at]:
            if isinstance(item, Acknowledged | Published):
                told.add([item])
                continue
            disk.apply(item)
            if isinstance(item, Renamed) and item.new.endswith("/checkpoint"):
                # Anybody may read it from here on.
                told.seen.append(disk.read(item.new).decode())
        done = at
        yield Cut(at, told.copy(), disk.after_cut(random.Random(f"{SEED} {number}")))


def restart(cut: Cut, root: Path) -> None:
    """Put what the cut left in a folder, and hold it against what was told."""
    for name, data in cut.left.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if data is None:
            path.mkdir(exist_ok=True)
        else:
            path.write_bytes(data)
    cut.told.check(Place(folder=str(root)))
    rmtree(root)


def restart_after_each(tape: Tape, made: int, memory: Path, *, many: int) -> None:
    for number, cut in enumerate(cuts(tape, made, many=many)):
        try:
            restart(cut, memory / f"cut-{number}")
        except BROKEN as error:
            error.add_note(f"cut {number}, before event {cut.at}, which came after")
            for one in tape.items[max(0, cut.at - 12) : cut.at]:
                error.add_note(repr(one)[:120])
            raise


def test_a_power_cut_loses_nothing_told(memory: Path) -> None:
    tape, made = record(Place.make(memory / "place"))
    restart_after_each(tape, made, memory, many=CUTS)


@pytest.mark.parametrize(
    ("weak", "shows"),
    [
        pytest.param({"store": "OFF"}, None, id="no sync of SQLite"),
        pytest.param(
            {"store": "NORMAL"}, "was acknowledged", id="no sync of the log of SQLite"
        ),
        pytest.param({"asleep": r".*/tile/.*\d"}, None, id="no sync of tiles"),
        pytest.param(
            {"asleep": r".*/tile(/entries|/\d)?"}, None, id="no sync of folders of tiles"
        ),
        pytest.param(
            {"asleep": r".*/\.checkpoint\.new"}, None, id="no sync of the checkpoint"
        ),
        pytest.param({"asleep": "published"}, None, id="no sync of the folder published"),
        pytest.param({"asleep": r".*/\.anchor\.new"}, None, id="no sync of the anchor"),
        pytest.param({"asleep": "elsewhere"}, None, id="no sync of the anchor's folder"),
    ],
)
def test_without_one_kind_of_sync_a_power_cut_loses_what_was_told(
    memory: Path, weak: dict[str, str], shows: str | None
) -> None:
    tape, made = record(Place.make(memory / "place"), **weak)
    with pytest.raises(BROKEN, match=shows):
        restart_after_each(tape, made, memory, many=CONTROL_CUTS)
