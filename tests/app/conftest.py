"""One sandbox with a small city, built once; each test works on a copy of its folder."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from beforehand.app.registers import App
from beforehand.app.sandbox import Sandbox
from beforehand.gate.engines.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Built:
    folder: Path
    question: bytes
    refusals: tuple[str, ...]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The sandbox with its data taken in and a use requested, but not yet approved."""
    folder = tmp_path_factory.mktemp("built") / "sandbox"
    sandbox = Sandbox(folder, today=datetime.now(UTC).date(), devices=400)  # noqa: TID251  # tests follow the app's clock
    with sandbox.app:
        refusals = sandbox.govern()
        snapshot = sandbox.take_in(lambda _words, _share: None)
        sandbox.request_use()
        question = sandbox.question(snapshot)
    return Built(
        folder=folder,
        question=json.dumps(question).encode(),
        refusals=tuple(str(one) for one in refusals),
    )


@pytest.fixture
def app(built: Built, tmp_path: Path) -> Iterator[App]:
    shutil.copytree(built.folder, tmp_path / "sandbox")
    with App.open(tmp_path / "sandbox") as opened:
        yield opened


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    with Engine() as running:
        yield running
