"""Random fields of facts: ids that are on record, days near a moment, numbers near an edge."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import TYPE_CHECKING

import msgspec
from msgspec import inspect

from beforehand.record.acts import DAYS, DIGESTS
from beforehand.record.terms import Area
from tests.second.templates import AREAS, OTHER
from tests.world import DIGEST, GUARDS

if TYPE_CHECKING:
    from beforehand.record.fold import Record

# Days from the day of the act: where something that is counted in days begins or is over.
FROM_TODAY = (
    *(-1096, -1095, -400, -366, -365, -364, -211, -210, -101, -100, -99, -31, -30, -29),
    *(-5, -4, -4, -3, -3, -2, -2, -1, -1, -1, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 29, 30),
    *(31, 99, 100, 208, 209, 210, 211, 363, 364, 364, 365, 365, 366, 400, 1095, 1096),
)
NUMBERS: dict[str, tuple[int, ...]] = {
    "rho_micro": (0, 1, 49_999, 50_000, 50_000, 50_001, 100_000),
    "delta_e15": (0, 9_999_999, 10_000_000, 10_000_000, 10_000_001, 20_000_000),
    "budget_rho_micro": (0, 50_000, 100_000, 100_001, 150_000, 10_000_000),
    "budget_delta_e15": (0, 10_000_000, 20_000_000, 1_000_000_000),
    "grid": (0, 4, 5, 5, 6, 20),
    "finest_grid": (0, 4, 5, 5, 6, 20),
    "step": (1, 3, 4, 4, 5, 96),
    "finest_step": (1, 3, 4, 4, 5, 96),
    "days": (1, 29, 30, 31, 100),
    "retention_days": (0, 1, 30, 99, 100, 100, 101, 400),
    "review_days": (0, 1, 29, 30, 30, 31, 400),
    "north_e4": (0, 1_240_000, 1_289_000, 1_289_050, 1_800_000),
    "east_e4": (0, 610_000, 1_030_000, 1_030_050, 3_599_999),
    "remaining": (0, 0, 0, 1),
}
WORDS: dict[str, tuple[str, ...]] = {
    "purpose": ("planning", "planning", "planning", "other"),
    "purposes": ("planning", "planning", "other"),
    "places": ("list-1", "list-1", "list-1", "list-2"),
    "name": ("standard", "standard", "fine"),
    "profile": ("standard", "standard", "standard", "fine"),
    "mitigation": ("check", "check", "audit"),
    "mitigations": ("check", "check", "audit"),
    "contains": (
        "advertising_id",
        "device_location_history",
        "name",
        "precise_geolocation",
    ),
    "questions": ("origin", "consent", "q-1", "q-2", "q-3"),
    "answered": ("origin", "consent"),
    "safeguard": tuple(GUARDS.safeguards)[:3],
    "sharing": ("partner", "another"),
    "risk": ("singled-out", "inferred"),
    "register": ("test", "test", "test", "other"),
    "section": ("2.1",),
}
NOBODY = "nobody"


def on_record(record: Record, name: str) -> Iterable[str]:  # noqa: C901, PLR0911, PLR0912  # one case a name
    """The ids on record that a field of this name can hold."""
    authorities = record.people.authorities
    match name:
        case "office" | "parent" | "offices" | "owner" | "issuer":
            return record.offices
        case "person" | "delegator" | "delegate" | "official" | "by" | "administrator":
            return record.persons
        case "supplier":
            return record.suppliers
        case "dataset" | "datasets" | "carries":
            return record.datasets
        case "assessment" | "successor":
            return record.assessments
        case "delegation" | "acting":
            return authorities
        case "process" | "obtained":
            return record.using.processes
        case "incident":
            return record.using.incidents
        case "sample":
            return [one.drawn.sample for one in record.using.samples.values()]
        case "site" | "session":
            return record.people.sites if name == "site" else record.people.sessions
        case "solicitation" | "exception":
            kept: dict[str, object] = getattr(record.buying, f"{name}s")
            return kept
        case "inquiry":
            return record.buying.inquiries
        case "question":
            return record.questions
        case "report" | "finding" | "recommendation" | "commitment":
            found_here: dict[str, object] = getattr(record.answering, f"{name}s")
            return found_here
        case "replacement":
            return record.answering.commitments
        case "query" | "redress":
            answering = record.answering
            return answering.queries if name == "query" else answering.redress
        case "count":
            return record.counting.counts
        case "statement":
            return record.stating.statements
        case "file" | "lead":
            imported = record.imported
            return imported.files if name == "file" else imported.leads
        case "concerning":
            return record.datasets
        case "on" | "keeping":
            return (*record.offices, *record.requests, *record.persons, "test")
        case "policies":
            return [policies for policies, _ in record.rulebook.proposals]
        case _:
            found: dict[str, object] = getattr(record, f"{name}s", {})
            return found


class Chance:
    """Random values for fields, on one record, near one day."""

    def __init__(self, rng: Random, record: Record, today: date) -> None:
        self.rng, self.record, self.today = rng, record, today

    def day(self) -> str:
        return (self.today + timedelta(days=self.rng.choice(FROM_TODAY))).isoformat()

    def id(self, name: str) -> str:
        known = list(on_record(self.record, name))
        if known and self.rng.random() < 0.93:
            return self.rng.choice(known)
        if name in ("policies", "snapshot", "file"):
            return self.rng.choice((DIGEST, OTHER))
        return NOBODY

    def text(self, name: str) -> str:
        if name in DAYS:
            return self.day()
        if name in WORDS:
            return self.rng.choice(WORDS[name])
        if name in DIGESTS and name not in ("policies", "file"):
            return self.rng.choice((DIGEST, OTHER))
        return self.id(name)

    def value(self, kind: inspect.Type, name: str) -> object:  # noqa: C901, PLR0911  # one case a kind
        rng = self.rng
        match kind:
            case inspect.LiteralType():
                return rng.choice(kind.values)
            case inspect.BoolType():
                return rng.random() < 0.5
            case inspect.IntType():
                return rng.choice(NUMBERS.get(name, (0, 1, 2, 5, 20)))
            case inspect.StrType():
                return self.text(name)
            case inspect.NoneType():
                return None
            case inspect.UnionType():
                return self.value(rng.choice(kind.types), name)
            case inspect.VarTupleType():
                return self.several(kind.item_type, name)
            case inspect.TupleType():
                return tuple(self.value(one, name) for one in kind.item_types)
            case inspect.StructType() if kind.cls is Area:
                return rng.choice(AREAS)
            case inspect.StructType():
                return self.made(kind.cls)
            case _:
                raise TypeError(kind)

    def made(self, kind: type[msgspec.Struct]) -> msgspec.Struct:
        """Return a struct of a class with every field by chance."""
        return kind(**{name: self.value(of, name) for name, of in fields(kind)})

    def several(self, kind: inspect.Type, name: str) -> tuple[object, ...]:
        count = self.rng.choice((0, 1, 1, 1, 2, 2, 3))
        return tuple(self.value(kind, name) for _ in range(count))

    def change(self, struct: msgspec.Struct, times: int) -> msgspec.Struct:
        """Return a struct with some of its fields, or of fields inside them, changed."""
        changes: dict[str, object] = {}
        for _ in range(times if fields(type(struct)) else 0):
            name, kind = self.rng.choice(fields(type(struct)))
            now = getattr(struct, name)
            if isinstance(now, Area):
                changes[name] = self.rng.choice(AREAS)
            elif isinstance(now, msgspec.Struct) and self.rng.random() < 0.9:
                changes[name] = self.change(now, self.rng.choice((1, 1, 2)))
            else:
                changes[name] = self.value(kind, name)
        return msgspec.structs.replace(struct, **changes)


@cache
def fields(kind: type[msgspec.Struct]) -> tuple[tuple[str, inspect.Type], ...]:
    found = inspect.type_info(kind)
    if not isinstance(found, inspect.StructType):
        raise TypeError(kind)
    return tuple((one.name, one.type) for one in found.fields)
