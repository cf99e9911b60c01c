from collections.abc import Iterator

import pytest

from tests.ledger.postgres_server import Server, running_server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Give the one PostgreSQL server of all tests."""
    with running_server() as server:
        yield server


@pytest.fixture
def database(server: Server) -> Iterator[str]:
    """Give the address of an empty database."""
    with server.database() as address:
        yield address
