from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from beforehand.ledger import Envelope, Signer, SqliteLedger, encode, time_text

START = datetime(2026, 1, 1, tzinfo=UTC)
ORIGIN = "ledger.example/test"


def _envelope(number: int, **changes: object) -> Envelope:
    plain = Envelope(
        actor="p-1",
        at=time_text(START + timedelta(microseconds=number)),
        data=msgspec.Raw(b'{"days":30,"form":"aggregate"}'),
        decision=None,
        id=f"id-{number}",
        kind="contract.awarded",
        kv=1,
        refs=(),
        seal={},
        subject="c-1",
    )
    return msgspec.structs.replace(plain, **changes)


@pytest.fixture
def envelope() -> Callable[..., Envelope]:
    """Make the envelope of one number: later numbers are later in time."""
    return _envelope


@pytest.fixture
def entry() -> Callable[..., bytes]:
    """Make the bytes of one entry: later numbers are later in time."""

    def make(number: int, **changes: object) -> bytes:
        return encode(_envelope(number, **changes))

    return make


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    ledger = SqliteLedger.create(tmp_path / "ledger.sqlite", origin=ORIGIN)
    yield ledger
    ledger.close()


@pytest.fixture
def fill(ledger: SqliteLedger, entry: Callable[..., bytes]) -> Callable[[int], None]:
    """Append numbered entries until the ledger has so many."""

    def until(size: int) -> None:
        with ledger.group():
            for number in range(ledger.size, size):
                ledger.append(entry(number))

    return until


@pytest.fixture
def signer() -> Signer:
    return Signer.generate(ORIGIN)
