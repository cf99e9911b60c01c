"""The named steps at which the harness can kill a process.

No product code knows of them: each names a function of the product (or of Python, as the
product calls it), which the killed process wraps. A name that is gone fails loudly, so that a
rename cannot drop a step, and so does a step that is never reached.
"""

import os
import re
import signal
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from threading import Lock
from typing import Any, Final, Literal, NamedTuple


class Step(NamedTuple):
    """One place to die.

    function   "module:name" or "module:Class.name"; `{store}` is the class of the ledger's store
    when       before the call, or after it returned
    about      only calls whose arguments, as text, match this expression count
    often      the kill comes at a call drawn from the first so many
    """

    function: str
    when: Literal["before", "after"]
    about: str = ""
    often: int = 4

    @property
    def touches_the_store(self) -> bool:
        modules = ("{store}", "beforehand.ledger.tables", "beforehand.ledger.ledger")
        return self.function.startswith(modules)


STORES: Final = {
    "sqlite": "beforehand.ledger.sqlite:SqliteStore",
    "postgresql": "beforehand.ledger.postgresql:PostgresqlStore",
}

_PUBLISH: Final = "beforehand.ledger.publish"
STEPS: Final = {
    "before an append": Step("beforehand.ledger.tables:Group.add", "before", often=100),
    "after an append": Step("beforehand.ledger.tables:Group.add", "after", often=100),
    "before a group is written": Step(
        "beforehand.ledger.tables:Group.write", "before", often=30
    ),
    "after a group is written": Step(
        "beforehand.ledger.tables:Group.write", "after", often=30
    ),
    "before a commit": Step("{store}._commit", "before", often=30),
    "after a commit, before it is acknowledged": Step("{store}._commit", "after", often=30),
    "before the tiles": Step(f"{_PUBLISH}:write_tiles", "before"),
    "before a tile": Step("beforehand.ledger.shelves:_write", "before", often=12),
    "when a tile is open and empty": Step(
        "pathlib:Path.open", "after", about="/tile/.*wb", often=12
    ),
    "after a tile": Step("beforehand.ledger.shelves:_write", "after", often=12),
    "after the tiles": Step(f"{_PUBLISH}:write_tiles", "after"),
    "before the checkpoint is recorded": Step(
        "beforehand.ledger.ledger:Ledger.record_checkpoint", "before"
    ),
    "after the checkpoint is recorded": Step(
        "beforehand.ledger.ledger:Ledger.record_checkpoint", "after"
    ),
    "after the anchor is made": Step(
        "beforehand.ledger.anchor:Anchor.prepare", "after", often=2
    ),
    "before the anchor moves": Step("beforehand.ledger.anchor:Anchor.move", "before"),
    "when the new anchor is open and empty": Step(
        "pathlib:Path.open", "after", about=r"\.anchor\.new"
    ),
    "before the rename of the anchor": Step(
        "pathlib:Path.replace", "before", about=r"\.anchor\.new"
    ),
    "after the anchor moved": Step("beforehand.ledger.anchor:Anchor.move", "after"),
    "before the checkpoint is shown": Step(f"{_PUBLISH}:show_checkpoint", "before"),
    "when the new checkpoint is open and empty": Step(
        "pathlib:Path.open", "after", about=r"\.checkpoint\.new"
    ),
    "before the rename of the checkpoint": Step(
        "pathlib:Path.replace", "before", about=r"\.checkpoint\.new"
    ),
    "after the rename of the checkpoint": Step(
        "pathlib:Path.replace", "after", about=r"\.checkpoint\.new"
    ),
    "after the checkpoint is shown": Step(f"{_PUBLISH}:show_checkpoint", "after"),
    "after partial tiles are removed": Step(f"{_PUBLISH}:remove_partials", "after"),
    "before a sync": Step("os:fsync", "before", often=40),
    "after a sync": Step("os:fsync", "after", often=40),
}


def find(function: str, store: str) -> tuple[object, str]:
    """Return the owner and the name of a step's function; raise if there is none."""
    module, _, names = function.format(store=STORES[store]).partition(":")
    *owners, name = names.split(".")
    owner: object = import_module(module)
    for one in owners:
        owner = getattr(owner, one)
    if not callable(getattr(owner, name)):
        raise TypeError(f"{function} is no function")
    return owner, name


def kill_at(step: Step, nth: int, *, store: str) -> None:
    """Kill this process with SIGKILL at the nth time that it comes to `step`."""
    owner, name = find(step.function, store)
    original: Callable[..., Any] = getattr(owner, name)
    lock = Lock()
    left = nth

    def come(*given: object) -> None:
        nonlocal left
        if re.search(step.about, str(given)):
            with lock:
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

    @wraps(original)
    def wrapped(*args: object, **named: object) -> object:
        if step.when == "before":
            come(args, named)
        result: object = original(*args, **named)
        if step.when == "after":
            come(args, named)
        return result

    setattr(owner, name, wrapped)
