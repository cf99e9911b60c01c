"""Runs the product with a tape under it: its files, and its SQLite."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from beforehand.ledger import durable, sqlite
from tests.faults.lite import Sqlite, Vfs
from tests.faults.tape import Calls, Tape


@contextmanager
def recording(root: Path, *, store: str = "FULL", asleep: str = "(?!)") -> Iterator[Tape]:
    """Record what happens under `root` while the block runs.

    store    what SQLite runs with: less than FULL is not durable, and the product's check of
             that is then off
    asleep   a sync of another file or folder, whose name this expression matches, does nothing
    """
    tape = Tape(root)
    tape.take_in()
    vfs = Vfs(tape)
    with pytest.MonkeyPatch.context() as patch:
        # The product's store is the real one; only the module `sqlite3` under it is another.
        for module in (sqlite, durable):
            patch.setattr(module, "sqlite3", Sqlite(store))
            if store != "FULL":
                patch.setattr(module, "require_durable", lambda _: None)
        Calls(tape, asleep).replace(patch)
        try:
            yield tape
        finally:
            vfs.unregister()
    tape.require_complete()
