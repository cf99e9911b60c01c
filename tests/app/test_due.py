"""What is due: as of now, as it was, and as it will be."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from importlib import resources
from typing import TYPE_CHECKING

import pytest

from beforehand.app.due import Listing, listing
from beforehand.app.overseeing import take_case
from beforehand.ledger.times import parse_time, time_text
from beforehand.policy.sets import propose
from beforehand.record import facts as f
from beforehand.refusal import InputError
from tests.app.dated import make, stop_clock
from tests.policy import group_tables as g
from tests.world import DIGEST, NOW, Step, ask

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from beforehand.app.registers import App

DAYS = ("21", "22", "23", "24")
HAPPENED = [
    g.DECLARED,
    Step(fact=f.DatasetStopped(dataset="feed"), actor="chief"),
    g.by("lawyer", g.RESOLVE),
    Step(
        fact=f.MitigationDone(assessment="pia", mitigation="check", evidence=DIGEST),
        actor="manager",
    ),
]
ALONE = """
@id("stop.none") @says("A stop stands.") @remedy("Wait.") @cites("An order")
forbid (principal, action in [Action::"award"], resource) unless { context.stopped == false };
"""


def on(day: str) -> str:
    return f"2026-11-{day}T10:00:00.000000Z"


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """One thing more happens on each of four days; it is the fifth."""
    stop_clock(monkeypatch)
    more = [replace(one, at=on(day)) for one, day in zip(HAPPENED, DAYS, strict=True)]
    with make(tmp_path / "register", more) as made:
        yield made


def kinds(found: Listing) -> set[str]:
    return {one.what for one in found.due}


@pytest.mark.parametrize("number", range(len(DAYS)))
def test_as_of_a_past_moment_is_what_the_register_said_then(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    later = parse_time(on(DAYS[number])) + timedelta(hours=1)
    then = [replace(one, at=on(day)) for one, day in zip(HAPPENED, DAYS, strict=True)]
    past = listing(app, later)
    stop_clock(monkeypatch, time_text(later))
    with make(tmp_path / "then", then[: number + 1]) as at_that_size:
        assert listing(at_that_size) == past
    assert past.entries == app.ledger.size - len(DAYS) + number + 1
    assert not past.forecast


def test_each_thing_that_happened_shows_from_its_entry_on(app: App) -> None:
    def at(day: str) -> set[str]:
        return kinds(listing(app, parse_time(on(day))))

    assert "exigency" not in kinds(listing(app, parse_time(on("20"))))
    assert "exigency" in at("21") & at("22")
    assert "exigency" not in at("23")
    assert "dataset-stopped" in at("22") - at("21")
    assert "mitigation" in at("23") - at("24")


def test_a_stop_is_listed_since_its_newest_order(app: App) -> None:
    (stop,) = [one for one in listing(app).due if one.what == "dataset-stopped"]
    assert (stop.moment, stop.days_open) == (on("22"), 3)


def test_a_moment_to_come_is_a_forecast_on_what_stands(app: App) -> None:
    now, later = listing(app), listing(app, parse_time("2027-02-01T00:00:00.000000Z"))
    assert (now.at, now.forecast, later.forecast) == (NOW, False, True)
    assert now.entries == later.entries == app.ledger.size
    states = {one.what: one.state for one in later.due}
    assert states["recertification"] == "overdue"
    assert {one.what: one.state for one in now.due}["recertification"] == "coming"


def test_before_its_first_entry_a_register_has_nothing_due(app: App) -> None:
    found = listing(app, parse_time("2020-01-01T00:00:00.000000Z"))
    assert (found.entries, found.due) == (0, ())


def test_within_so_many_days_leaves_out_what_is_later(app: App) -> None:
    every = listing(app).due
    for days in (0, 36, 37, 10**9):
        until = parse_time(NOW) + timedelta(days=min(days, 10**5))
        expected = [one for one in every if parse_time(one.moment) <= until]
        assert list(listing(app, within=days).due) == expected
    assert "recertification" not in kinds(listing(app, within=36))
    assert "recertification" in kinds(listing(app, within=37))


def test_an_office_and_a_person_each_see_their_own(app: App) -> None:
    assert {one.offices for one in listing(app, office="routes").due} == {("routes",)}
    assert "use-request" in kinds(listing(app, person="analyst"))
    assert "dataset-stopped" in kinds(listing(app, person="chief"))
    with pytest.raises(InputError, match="an office"):
        listing(app, office="nowhere")
    with pytest.raises(InputError, match="a person"):
        listing(app, person="nobody")


def test_a_safeguard_that_is_not_in_force_is_not_said_to_refuse(app: App) -> None:
    few = propose(ALONE, where="few")
    app.keep_document(ALONE.encode())
    fact = f.SafeguardsAdopted(policies=few.digest, safeguards=1)
    app.in_turn(lambda: app.append_undecided(fact, actor="chief"))
    found = {one.what: one for one in listing(app).due}
    assert found["dataset-stopped"].safeguard == "stop.none"
    assert found["use-request"].safeguard is None
    assert "have no request.unexpired" in found["use-request"].stops
    before = listing(app, parse_time(NOW) - timedelta(seconds=1)).due
    assert {one.safeguard for one in before} >= {"request.unexpired"}


def test_what_is_sealed_is_not_in_the_list(app: App) -> None:
    assert ask().sealed
    assert "case-1" not in str(listing(app).due)


def test_what_a_public_record_promised_and_recommended_is_due_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_clock(monkeypatch)
    case = resources.files("beforehand") / "cases" / "dhs-ctd.yaml"
    with take_case(case.read_bytes(), name="case", folder=tmp_path / "dhs") as app:
        found = {one.of: one for one in listing(app).due}
        assert found["dhs-policy-by-june-2024"].state == "overdue"
        assert found["oig-23-61-8"].moment == "2024-07-01T00:00:00.000000Z"
        assert (found["oig-23-61-8"].days_open or 0) > 1000
        assert {one.what for one in found.values()} <= {"recommendation", "commitment"}
        assert listing(app, office="cbp").due
