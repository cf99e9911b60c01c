"""Oversight: the audit of a large case, and the import of a large download.

Goals, on two cores: the audit of 10,000 contracts and 1,000 assessments in 10 s; the import
of 1,000,000 rows of today's 297 columns at 20,000 rows a second, in bounded memory.
"""

from __future__ import annotations

import csv
import io
import resource
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from beforehand.app.importing import import_file
from beforehand.app.overseeing import audit, found
from beforehand.app.radar import radar
from beforehand.app.registers import App
from beforehand.policy.sets import baseline
from beforehand.record.acts import Act
from beforehand.record.facts import PersonAppointed
from beforehand.settings import Settings
from tests.oversight.large import ASSESSMENTS, CONTRACTS, large_case

ROWS = 1_000_000
DATA = Path(__file__).parents[1] / "tests" / "data" / "usaspending"
COLUMNS = DATA / "columns_contracts_primetransactions_2025.txt"
SAMPLE = DATA / "ice_contract_transactions_fy2017_sample.csv"


def run() -> None:
    _audit()
    _import(ROWS)


# -- the audit ---------------------------------------------------------------------------


def _audit() -> None:
    record, guards = large_case(), baseline()
    begun = time.perf_counter()
    result = audit(record, guards)
    took = time.perf_counter() - begun
    print(
        f"audit of {CONTRACTS:,} contracts and {ASSESSMENTS:,} assessments:"
        f" {took:.1f} s (goal 10), {len(result.findings):,} findings"
    )


# -- the import --------------------------------------------------------------------------


def download(path: Path, rows: int) -> None:
    """Write a zip as USAspending delivers it, in members of 500,000 rows."""
    columns = COLUMNS.read_text(encoding="utf-8").split()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number, first in enumerate(range(0, rows, 500_000), 1):
            name = f"Contracts_PrimeTransactions_2026-11-25_{number}.csv"
            with archive.open(name, "w", force_zip64=True) as member:
                text = io.TextIOWrapper(member, encoding="utf-8", newline="")
                writer = csv.writer(text)
                writer.writerow(columns)
                writer.writerows(_rows(columns, first, min(rows, first + 500_000)))
                text.flush()


def _rows(columns: list[str], first: int, last: int) -> Iterator[list[str]]:
    """Rows as wide and as full as real ones; what names and dates them is invented."""
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        real = [[one.get(name) or "" for name in columns] for one in csv.DictReader(file)]
    places = {name: columns.index(name) for name in _named(0)}
    for at in range(first, last):
        row = list(real[at % len(real)])
        for name, value in _named(at).items():
            row[places[name]] = value
        yield row


def _named(at: int) -> dict[str, str]:
    number = f"70CTD0{at // 4 % 90 + 10}FR{at // 4:07}"
    day = f"{2010 + at % 15}-{1 + at % 12:02}-{1 + at % 28:02}"
    vendor = "BABEL STREET, LLC" if at % 50_000 == 7 else f"VENDOR {at % 5_000}, INC."
    return {
        "contract_award_unique_key": f"CONT_AWD_{number}_7012_-NONE-_-NONE-",
        "award_id_piid": number,
        "modification_number": f"P{at % 4:05}" if at % 4 else "0",
        "transaction_number": "0",
        "federal_action_obligation": f"{at * 37 % 10**8 / 100}",
        "total_dollars_obligated": f"{at * 39 % 10**9 / 100}",
        "current_total_value_of_award": f"{at * 41 % 10**9 / 100}",
        "potential_total_value_of_award": f"{at * 43 % 10**9 / 100}",
        "action_date": day,
        "period_of_performance_start_date": day,
        "period_of_performance_current_end_date": "2029-09-30 00:00:00",
        "awarding_sub_agency_code": "7012",
        "awarding_sub_agency_name": "U.S. IMMIGRATION AND CUSTOMS ENFORCEMENT",
        "recipient_name": vendor,
        "recipient_parent_name": vendor,
        "transaction_description": f"SOFTWARE, LICENSES AND SUPPORT NUMBER {at}",
        "last_modified_date": f"2024-07-{1 + at % 28:02} 08:26:00+00",
    }


def _register(folder: Path) -> App:
    settings = Settings(
        folder=folder, register="bench", title="Bench", origin="log.example/b", about="live"
    )
    app = App.create(settings)
    document = app.keep_document(b"names")
    found(app, register="bench", department="dept", document=document, administrator="root")
    fact = PersonAppointed(
        person="officer", office="dept", roles=("privacy_officer",), account="individual"
    )
    app.submit(Act(actor="root", fact=fact, sealed={"name": "invented"}))
    return app


def _import(rows: int) -> None:
    with tempfile.TemporaryDirectory(prefix="beforehand-") as temporary:
        path = Path(temporary) / "download.zip"
        download(path, rows)
        before = _peak_mb()
        with _register(Path(temporary) / "register") as app:
            begun, worked = time.perf_counter(), time.process_time()
            result = import_file(
                app, path, actor="officer", told=lambda _rows, _share: None
            )
            took, work = time.perf_counter() - begun, time.process_time() - worked
            print(
                f"import of {rows:,} rows: {took:.0f} s, {rows / took:,.0f} rows/s (goal"
                f" 20,000), {rows / work:,.0f} a second of this process's time; memory"
                f" {before:.0f} -> {_peak_mb():.0f} MB, and {_peak_mb(resource.RUSAGE_CHILDREN):.0f}"
                f" MB in the reader's process; {result.awards:,} awards"
            )
            begun = time.perf_counter()
            leads = len(radar(app).leads)
            print(f"radar over them: {time.perf_counter() - begun:.0f} s, {leads} leads")


def _peak_mb(of: int = resource.RUSAGE_SELF) -> float:
    return resource.getrusage(of).ru_maxrss / 1024
