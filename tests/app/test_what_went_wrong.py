"""Each thing that went wrong, by its line in the field's own list: refused here, or shown."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import resources
from typing import TYPE_CHECKING

import pytest

from beforehand.app.overseeing import replay_register, take_case
from beforehand.app.sandbox import Sandbox
from beforehand.app.stories import Line
from beforehand.app.wrongs import lines, walk

if TYPE_CHECKING:
    from beforehand.gate.engines.engine import Engine

# The whole list, as people of the field tell it.
WENT_WRONG = (
    "bought before any approved PIA",
    'a "pilot" that never ended',
    "a contract enlarged during a pause",
    "data used after its contract ended and before its PIA existed",
    "threshold analysis never approved though access was bought",
    "no procedures, or interim ones only",
    "shared accounts and passwords",
    "audit logs that nobody asked for",
    'an employee following coworkers, "resolved administratively"',
    "the privacy office not enforcing its own rules",
    "the purchase of one vendor's data inside another vendor's product",
    'consent never verified ("none")',
    "a promised policy date that passed in silence",
    '"stopped" followed by a new purchase',
    "a PIA and a PTA that give different periods for the same use",
    'a signed form relabelled "draft"',
    "recommendations open for years with nobody showing it",
)


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> dict[str, Line]:
    folder = tmp_path_factory.mktemp("wrongs")
    case = resources.files("beforehand") / "cases" / "dhs-ctd.yaml"
    sandbox = Sandbox(folder / "sandbox", today=datetime.now(UTC).date(), devices=400)  # noqa: TID251  # tests follow the app's clock
    with (
        sandbox.app,
        take_case(
            case.read_bytes(), name="dhs-ctd.yaml", folder=folder / "dhs"
        ) as reported,
    ):
        sandbox.govern()
        snapshot = sandbox.take_in(lambda _words, _share: None)
        sandbox.request_use()
        sandbox.approve_use()
        found = {
            one.line: one
            for one in walk(sandbox, snapshot, engine=engine, reported=reported)
        }
        assert replay_register(sandbox.app).same
    return found


def test_the_walk_has_every_line() -> None:
    assert set(lines()) == set(WENT_WRONG)


@pytest.mark.parametrize("line", WENT_WRONG)
def test_it_is_refused_or_shown(line: str, walked: dict[str, Line]) -> None:
    wrong = walked[line]
    assert wrong.met
    for one in wrong.met:
        assert one.outcome in ("refused", "impossible", "shown")
        assert (one.outcome == "refused") == bool(one.safeguards)
        assert (one.entry is not None) == (one.outcome == "refused")
        assert one.said or one.outcome == "shown"
