"""The sandbox: an invented department's acts, submitted in order from `cases/sandbox.yaml`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from typing import TYPE_CHECKING, TypeAlias, cast

import yaml
from msgspec import to_builtins

from beforehand.app import clock
from beforehand.app.holding import Delivery, hold
from beforehand.app.registers import App
from beforehand.assay import synthetic
from beforehand.assay.city import City
from beforehand.cells import Box, cells_in_box
from beforehand.documents.answers import canonical, read_answers
from beforehand.holdings.places import PlaceList
from beforehand.policy import sets
from beforehand.record.acts import Act, decode_act
from beforehand.refusal import Refusal
from beforehand.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from beforehand.holdings.disk import Snapshot

Value: TypeAlias = str | int | bool | list["Value"] | dict[str, "Value"] | None

SEED = 20_260
WEEKS_AGO = 8  # when the city's data begins: inside every retention period
PLACES = "invented-places-1"
AREA_LEVEL = 5
HALF_WIDTH = 0.35  # degrees around the city's centre
STREET = (0.004, 0.004)
DOWNTOWN = (0.03, 0.025)  # degrees east-west and north-south around the centre


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What ships: the register's names, its documents and its acts."""

    register: str
    title: str
    names: Mapping[str, str]
    papers: Mapping[str, str]
    documents: Mapping[str, str]
    acts: tuple[dict[str, Value], ...]
    use: tuple[dict[str, Value], ...]
    approvals: tuple[dict[str, Value], ...]


def story() -> Story:
    return Story(**yaml.safe_load(shipped("sandbox.yaml").decode()))


def shipped(name: str) -> bytes:
    """Return a file of `cases/` that ships."""
    return (resources.files("beforehand") / "cases" / name).read_bytes()


class Sandbox:
    """The invented department, being built in a folder of its own."""

    def __init__(self, folder: Path, *, today: date, devices: int) -> None:
        self.story = story()
        self.today = today
        monday = today - timedelta(days=today.weekday(), weeks=WEEKS_AGO)
        self.city = City(devices=devices, first_day=monday)
        self.app = App.create(
            Settings(
                folder=folder,
                register=self.story.register,
                title=self.story.title,
                origin=f"beforehand.invalid/{folder.name}",
                about="live",
            )
        )
        documents = {
            **self.story.documents,
            "names": yaml.safe_dump(dict(self.story.names)),
            **{
                name: canonical(read_answers(shipped(file), file)).decode()
                for name, file in self.story.papers.items()
            },
        }
        self.documents = {
            name: self.app.keep_document(text.encode()) for name, text in documents.items()
        }
        self.guards = sets.baseline()
        self.app.keep_document(self.guards.text.encode())

    def govern(self) -> list[Refusal]:
        """Submit the acts up to use; return the refusals that the story expects."""
        return [refusal for act in self.story.acts if (refusal := self.submit(act))]

    def take_in(self, progress: Callable[[str, float], None]) -> Snapshot:
        """Make the city and take it in."""
        delivery = Delivery(
            rows=synthetic.generate(self.city, SEED),
            chunks=self.city.days,
            dataset="made-up-mobility",
            office="harbor",
            contract="c-1",
            assessment="pia-1",
            first_day=self.city.first_day,
            last_day=self.last_day,
        )
        listed = PlaceList(
            name=PLACES, version="1", places=synthetic.places(self.city, SEED)
        )
        return hold(self.app, delivery, actor="p-oak", places=listed, progress=progress)

    def request_use(self) -> None:
        for act in self.story.use:
            self.submit(act)

    def approve_use(self) -> None:
        for act in self.story.approvals:
            self.submit(act)

    def question(
        self, snapshot: Snapshot, around: tuple[float, float] = DOWNTOWN
    ) -> dict[str, Value]:
        """Return the question of the story: devices downtown, by cell and hour, on one Tuesday.

        around   half the width and half the height of its area, in degrees
        """
        tuesday = self.city.first_day + timedelta(days=8)
        return {
            "kind": "aggregate",
            "dataset": "made-up-mobility",
            "snapshot": snapshot.digest,
            "office": "harbor-routes",
            "purpose": "evacuation-planning",
            "request": "r-1",
            "assessment": "pia-1",
            "area": {"box": self._degrees(*around)},
            "window": {"start": f"{tuesday}T06:00:00Z", "end": f"{tuesday}T22:00:00Z"},
            "grid": AREA_LEVEL,
            "step": 4,
            "measure": "devices",
            "filters": [],
            "l0": 9,
            "profile": "standard",
        }

    @property
    def last_day(self) -> date:
        return self.city.first_day + timedelta(days=self.city.days - 1)

    def submit(self, template: Mapping[str, Value]) -> Refusal | None:
        """Submit one act of the story; return the refusal where it expects one."""
        expected = template.get("expect") == "refused"
        try:
            self.app.submit(self.act(template))
        except Refusal as refusal:
            if not expected:
                raise
            return refusal
        if expected:
            raise AssertionError(f"the story expects a refusal of {template}")
        return None

    def act(self, template: Mapping[str, Value]) -> Act:
        return decode_act(
            json.dumps(self.filled(template)).encode(), where=str(template.get("act"))
        )

    def filled(self, template: Mapping[str, Value]) -> dict[str, Value]:
        """Return an act of the story as JSON, with what was not known when it was written."""
        return {
            name: self._filled(value)
            for name, value in template.items()
            if name != "expect"
        }

    def _filled(self, value: Value) -> Value:
        match value:
            case dict():
                return {name: self._filled(one) for name, one in value.items()}
            case list():
                return [self._filled(one) for one in value]
            case str():
                return self._word(value)
            case _:
                return value

    def _word(self, word: str) -> Value:  # noqa: C901, PLR0911, PLR0912  # one case a kind of word
        kind, _, name = word.partition(":")
        match kind, name:
            case "document", _:
                return self.documents[name]
            case "digest", _:
                return self.app.view().assessments[name].digest
            case "statement", _:
                return self.app.view().stating.statements[name].digest
            case "terms", _:
                return _plain(self.app.view().assessments[name].draft.terms)
            case "risks", _:
                draft = self.app.view().assessments[name].draft
                return _plain(getattr(draft, "risks", ()))
            case "day", _:
                return (self.today + timedelta(days=int(name))).isoformat()
            case "policies", "":
                return self.guards.digest
            case "policies", "count":
                return len(self.guards.safeguards)
            case "city", "first":
                return self.city.first_day.isoformat()
            case "city", "last":
                return self.last_day.isoformat()
            case "city", "places":
                return PLACES
            case "city", "area":
                box = self._box().at(0)
                return {"columns": list(box.columns), "rows": list(box.rows)}
            case "city", "street":
                box = self._box_around(*STREET).at(0)
                return {"columns": list(box.columns), "rows": list(box.rows)}
            case _:
                return word

    def _box(self) -> Box:
        return self._box_around(HALF_WIDTH, HALF_WIDTH)

    def _box_around(self, across: float, along: float) -> Box:
        around = self._degrees(across, along)
        west, south, east, north = (
            float(str(around[side])) for side in ("west", "south", "east", "north")
        )
        return cells_in_box(west, south, east, north, AREA_LEVEL)

    def _degrees(self, across: float, along: float) -> dict[str, Value]:
        longitude, latitude = self.city.longitude_e7 / 1e7, self.city.latitude_e7 / 1e7
        return {
            "west": f"{longitude - across:.4f}",
            "south": f"{latitude - along:.4f}",
            "east": f"{longitude + across:.4f}",
            "north": f"{latitude + along:.4f}",
        }


def _plain(value: object) -> Value:
    return cast("Value", to_builtins(value))


def today() -> date:
    return clock.today()
