"""Several processes on one register at once, as a terminal and a web process are."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from beforehand.app.overseeing import replay_register
from beforehand.ledger.entry import decode_trusted
from beforehand.record.acts import Act
from beforehand.record.facts import SupplierNamed
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from beforehand.app.registers import App

# Names suppliers, some of which the others name too, from several threads; says each receipt.
WRITER = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from beforehand.app.registers import App
from beforehand.record.acts import Act
from beforehand.record.facts import SupplierNamed
from beforehand.refusal import InputError
folder, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
def one(number):
    supplier = f"{name}-{number}" if number % 3 else f"shared-{number}"
    try:
        receipt = app.submit(Act(actor="p-fir", fact=SupplierNamed(supplier=supplier)))
    except InputError:
        return supplier, None
    return supplier, receipt.entry
with App.open(folder) as app, ThreadPoolExecutor(4) as threads:
    for said in threads.map(one, range(count)):
        print(json.dumps(said), flush=True)
"""
COUNT = 60


def test_processes_and_threads_write_one_order_and_decide_on_the_same_record(
    app: App,
) -> None:
    size = app.ledger.size
    command = [sys.executable, "-c", WRITER, str(app.settings.folder)]
    others = [
        subprocess.Popen([*command, name, str(COUNT)], stdout=subprocess.PIPE, text=True)
        for name in ("desk", "terminal")
    ]
    said = [_name(app, f"here-{number}") for number in range(COUNT)]
    for other in others:
        output, _ = other.communicate(timeout=60)
        assert other.returncode == 0
        said += [tuple(json.loads(line)) for line in output.splitlines()]
    taken = {entry: supplier for supplier, entry in said if entry is not None}
    refused = [supplier for supplier, entry in said if entry is None]
    # A name that two of them wanted was given once, since each saw what the other had done.
    assert sorted(refused) == sorted(f"shared-{n}" for n in range(0, COUNT, 3))
    assert sorted(taken) == list(range(size, size + 3 * COUNT - len(refused)))
    entries = [decode_trusted(entry) for _, entry in app.ledger.entries(size)]
    assert [one.subject for one in entries] == [taken[n] for n in sorted(taken)]
    assert [one.at for one in entries] == sorted({one.at for one in entries})
    assert set(taken.values()) <= set(app.view().suppliers)
    assert replay_register(app).same


def _name(app: App, supplier: str) -> tuple[str, int | None]:
    try:
        receipt = app.submit(Act(actor="p-fir", fact=SupplierNamed(supplier=supplier)))
    except InputError:
        return supplier, None
    return supplier, receipt.entry
