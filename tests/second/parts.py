"""The sealed parts of acts, as they may be: the form of a question, a case, an area, a token."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from beforehand.record import facts as f
from beforehand.record.acts import Json
from tests.second.chance import Chance
from tests.second.days import start
from tests.second.templates import AREAS
from tests.world import AREA


def as_requested(
    fact: f.QuestionAdmitted, sealed: dict[str, Json], chance: Chance
) -> dict[str, Json]:
    """Ask in the form that the use was requested in."""
    request, form = chance.record.requests.get(fact.request), sealed["form"]
    if request is None or not isinstance(form, dict):
        return sealed
    return {"form": {**form, "form": request.asked.form}}


def other_part(part: str, value: Json, chance: Chance) -> Json:
    """Return another value of a sealed part."""
    rng = chance.rng
    match part:
        case "form" if isinstance(value, dict):
            return _form(value, chance)
        case "case":
            return rng.choice(("case-1", None))
        case "area":
            same: Json = msgspec.to_builtins(AREA)
            return rng.choice((same, None, _some_area(chance)))
        case "device":
            return rng.choice((None, "aaid-1"))
        case "token":
            return rng.choice((value, "a guess", None))
        case _:
            return value


def _form(form: dict[str, Json], chance: Chance) -> Json:
    rng = chance.rng
    new = dict(form)
    for _ in range(rng.choice((1, 1, 2))):
        match rng.choice(("form", "grid", "step", "window", "window", "area", "none")):
            case "form":
                new["form"] = rng.choice(("aggregate", "rows"))
            case "grid":
                new["grid"] = rng.choice((0, 4, 5, 6))
            case "step":
                new["step"] = rng.choice((1, 3, 4, 5))
            case "window":
                new |= _window(chance)
            case "area":
                new["area"] = _some_area(chance)
            case _:
                return None if rng.random() < 0.3 else new
    return new


def _window(chance: Chance) -> dict[str, Json]:
    """A time by the ends of the days that requests name."""
    rng = chance.rng
    named = [start(one.asked.first_day) for one in chance.record.requests.values()]
    named += [start(one.asked.last_day) for one in chance.record.requests.values()]
    named += [start(chance.day()), start(chance.today.isoformat())]
    first = rng.choice(named) + timedelta(days=rng.choice((-100, -1, 0, 0, 1)))
    last = rng.choice(named) + timedelta(days=rng.choice((0, 1, 1)))
    first += timedelta(seconds=rng.choice((0, 0, -1, 1, 3600)))
    last = max(first, last) + timedelta(seconds=rng.choice((0, 0, 1, 3600)))
    return {
        "window_start": first.isoformat() + "Z",
        "window_end": last.isoformat() + "Z",
    }


def _some_area(chance: Chance) -> Json:
    found: Json = msgspec.to_builtins(chance.rng.choice(AREAS))
    return found
