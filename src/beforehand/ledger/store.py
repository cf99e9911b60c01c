"""What a ledger needs of its store: rows as of one moment, and one writer at a time.

Two are built, SQLite and PostgreSQL; `open_store` picks by the address.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias
from urllib.parse import unquote

from beforehand.ledger.errors import LedgerError

if TYPE_CHECKING:
    from beforehand.ledger.postgresql import PostgresqlStore

Row: TypeAlias = tuple[Any, ...]

_ADDRESS: Final = re.compile(
    r"(postgres(?:ql)?://)(?:([^/@]*)@)?([^?]*)(?:\?(.*))?", re.DOTALL
)
_SECRET: Final = ("password", "sslpassword")


class Rows(Protocol):
    """An open transaction. The SQL is what both stores read; `?` stands for a value."""

    def all(self, sql: str, values: Sequence[object] = (), /) -> list[Row]: ...

    def each(self, sql: str, values: Sequence[object] = (), /) -> Iterator[Row]:
        """Yield rows as they are fetched, however many there are."""
        ...

    def add(self, table: str, rows: Sequence[Row], /) -> None:
        """Insert rows, each with a value for every column of `table`."""
        ...

    def run(self, sql: str, values: Sequence[object] = (), /) -> None: ...


class Store(Protocol):
    """Where the rows of one ledger lie. Threads may share it.

    check   called before each write, under the writer's lock; what it raises refuses the write
    """

    check: Callable[[], None]

    @property
    def address(self) -> str:
        """Where it is, to show a person; without a password."""
        ...

    def read(self) -> AbstractContextManager[Rows]:
        """Give what is durable at this one moment, whatever is written meanwhile."""
        ...

    def write(self) -> AbstractContextManager[Rows]:
        """Give the rows to this caller alone; what it did is durable when the block ends.

        Waits for whoever else is writing, in this process or another. An error that leaves
        the block leaves nothing written. Raises DurabilityError, ClosedError.
        """
        ...

    def retire(self, rows: Rows, /, *, size: int) -> None:
        """Refuse everybody from now on, also those who hold it open: the ledger moved elsewhere.

        rows   of the open transaction of `write`, so that nobody writes meanwhile
        size   how many entries it has, for the message
        """
        ...

    def close(self) -> None: ...


def open_store(address: Path | str) -> Store:
    """Open the store at a path (SQLite) or at a `postgresql://` address.

    Raises DurabilityError if it would acknowledge what a power cut could lose.
    """
    if is_postgresql(address):
        return _postgresql()(str(address))
    from beforehand.ledger.sqlite import SqliteStore  # noqa: PLC0415  # beside the other

    return SqliteStore(Path(address))


def create_store(address: Path | str, *, origin: str) -> Store:
    """Make the empty tables of a ledger. Raises LedgerError if there are some already."""
    if is_postgresql(address):
        return _postgresql().create(str(address), origin=origin)
    from beforehand.ledger.sqlite import SqliteStore  # noqa: PLC0415  # beside the other

    return SqliteStore.create(Path(address), origin=origin)


def require_empty(address: Path | str) -> None:
    """Raise LedgerError unless `create_store` could make a ledger there."""
    if is_postgresql(address):
        _postgresql().require_empty(str(address))
    else:
        from beforehand.ledger.sqlite import SqliteStore  # noqa: PLC0415  # beside the other

        SqliteStore.require_empty(Path(address))


def is_postgresql(address: Path | str) -> bool:
    return isinstance(address, str) and _ADDRESS.match(address) is not None


def without_password(address: str) -> str:
    """Return a `postgresql://` address as it may be shown or kept."""
    given = _ADDRESS.fullmatch(address)
    if given is None:
        return address
    scheme, user, place, options = given.groups()
    # libpq takes a user and password from everything before an @ that no / precedes.
    who = "" if user is None else user.partition(":")[0] + "@"
    kept = [
        one
        for one in (options or "").split("&")
        if unquote(one.partition("=")[0]) not in _SECRET
    ]
    return f"{scheme}{who}{place}" + ("" if options is None else "?" + "&".join(kept))


def _postgresql() -> type["PostgresqlStore"]:
    try:
        from beforehand.ledger.postgresql import PostgresqlStore  # noqa: PLC0415  # an extra
    except ImportError as error:
        raise LedgerError(
            'a ledger in PostgreSQL needs: pip install "beforehand[postgresql]"'
        ) from error
    return PostgresqlStore
