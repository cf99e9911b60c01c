"""An invented city's location data, row by row as a broker would deliver it. Pure.

Nothing here is or stands for a real person, device or place: the city lies in the middle of
the Atlantic Ocean. It is for demonstrations, tests and benchmarks.

**What it imitates.** Homes in shared buildings, workplaces of very unequal size, a dense
downtown, schools, errands near home and work, worship on Sundays, clinics, nights in a
shelter, nights away in another town, movement along streets between them; points a device
that differ a hundredfold, in short bursts, with silent days, gaps, and devices that come or
leave; errors that follow the stated accuracy; and the faults of real feeds: missing, zero and
malformed ids, several spellings of one id, (0, 0), not-a-number, swapped axes, stale times,
repeated rows.

**What it does not.** Who knows whom (households, friends, meetings), public transport, night
work, seasons and holidays, applications with their own habits of reporting, spoofed or
replayed positions, identifiers that rotate, a coast, streets that bend. Days are drawn more
alike than real ones, so a measure taken here says nothing of any real data.

**The same seed gives the same bytes** on any platform and number of threads: positions and
times are integers to the end, drawn without state (`chance`), and the one step to floating
point is a division by ten million, which IEEE 754 rounds in one way. Any day can be made
apart from the others (`day_rows`), so days can be made side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from beforehand.assay import city as table
from beforehand.assay.chance import below, chosen, draw, key, quantile
from beforehand.assay.city import City
from beforehand.assay.ground import Ground, lay_out
from beforehand.assay.habits import plan_day, positions
from beforehand.cells import Place, Sightings
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from beforehand.cells import Ints

__all__ = ["City", "Settled", "day_rows", "generate", "places", "settle"]

_DAY = 86_400
_FEWEST = 200
_MILLION = 1_000_000
_BURST = 600  # seconds that two sightings of a burst may lie apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A city with its ground laid out and its devices named, ready for any day."""

    city: City
    seed: int
    ground: Ground
    names: tuple[str, ...]


def settle(city: City, seed: int) -> Settled:
    """Return the city ready to make days of. Raises InputError: too few devices or days."""
    if city.devices < _FEWEST or city.days < 1:
        raise InputError(
            where="city",
            expected=f"at least {_FEWEST} devices and 1 day",
            got=f"{city.devices} devices and {city.days} days",
        )
    return Settled(
        city=city, seed=seed, ground=lay_out(city, seed), names=_names(city, seed)
    )


def generate(city: City, seed: int) -> Iterator[Sightings]:
    """Yield the raw rows of each day in turn, those of a day in no useful order.

    Cost: about 4 s and 150 MB for the default city's 7.4 million rows, on one core.
    """
    settled = settle(city, seed)
    for day in range(city.days):
        yield day_rows(settled, day)


def day_rows(settled: Settled, day: int) -> Sightings:
    """Return the raw rows of day number `day`, 0 being the city's first."""
    city, seed = settled.city, settled.seed
    device, number = _who(city, seed, day)
    # A counter of its own for each row: no device has a million sightings a day.
    row = (device << 20) | number
    second = _when(seed, day, device, number)
    heard = ~_in_gap(seed, day, device, second)
    device, row, second = device[heard], row[heard], second[heard]
    spot = positions(plan_day(city, settled.ground, seed, day), device, second)
    accuracy = quantile(key(seed, "accuracy", day), row, table.ACCURACY)
    raw = _Raw(
        device=device,
        second=second + _unix_day(city, day),
        longitude_e7=city.longitude_e7
        + _east_e7(spot.east + _error(seed, "e", day, row, accuracy)),
        latitude_e7=city.latitude_e7
        + _north_e7(spot.north + _error(seed, "n", day, row, accuracy)),
        accuracy=accuracy,
    )
    return _delivered(settled, day, row, raw)


def places(city: City, seed: int) -> tuple[Place, ...]:
    """Return the sensitive places of the city, as a list of such places would name them."""
    ground = lay_out(city, seed)
    radius = {category: metres for category, _, metres in table.SENSITIVE}
    longitude = (city.longitude_e7 + _east_e7(ground.sensitive.east)) / 1e7
    latitude = (city.latitude_e7 + _north_e7(ground.sensitive.north)) / 1e7
    return tuple(
        Place(category=c, longitude=x, latitude=y, radius_metres=radius[c])
        for c, x, y in zip(
            ground.categories, longitude.tolist(), latitude.tolist(), strict=True
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Raw:
    """Rows before the feed spoils any: integers in seconds, 1e-7 degrees, decimetres."""

    device: Ints
    second: Ints
    longitude_e7: Ints
    latitude_e7: Ints
    accuracy: Ints


def _names(city: City, seed: int) -> tuple[str, ...]:
    """Return each device's id as it usually comes, then the same otherwise spelled.

    Two spellings follow a city of n devices: from n in the other case, from 2n without
    hyphens; then the zero id and the malformed ones.
    """
    device = np.arange(city.devices, dtype=np.int64)
    halves = (draw(key(seed, half), device).tolist() for half in ("id high", "id low"))
    bare = [f"{high:016x}{low:016x}" for high, low in zip(*halves, strict=True)]
    # Version 4 and variant 1, as random UUIDs are written (RFC 9562 s5.4).
    texts = [f"{t[:8]}-{t[8:12]}-4{t[13:16]}-a{t[17:20]}-{t[20:]}" for t in bare]
    upper = chosen(key(seed, "upper case"), device, table.UPPER_CASE).tolist()
    usual = [t.upper() if u else t for t, u in zip(texts, upper, strict=True)]
    other = [t if u else t.upper() for t, u in zip(texts, upper, strict=True)]
    zero = "00000000-0000-0000-0000-000000000000"
    return (*usual, *other, *(t.replace("-", "") for t in usual), zero, *table.MALFORMED)


def _who(city: City, seed: int, day: int) -> tuple[Ints, Ints]:
    """Return device and number of each of the day's sightings, before gaps."""
    device = np.arange(city.devices, dtype=np.int64)
    rate = quantile(key(seed, "rate"), device, table.RATE)
    today = rate * (10 + below(key(seed, "busy", day), device, 17)) // 16
    count = (today + below(key(seed, "dither", day), device, 16)) // 16
    partly = chosen(key(seed, "partly"), device, table.LEFT_OR_CAME)
    turn = below(key(seed, "turn"), device, city.days + 1)
    comes = chosen(key(seed, "comes"), device, 500)
    absent = partly & np.where(comes, day < turn, day >= turn)
    count[absent | chosen(key(seed, "silent", day), device, table.SILENT_DAY)] = 0
    first = np.repeat(np.cumsum(count) - count, count)
    return np.repeat(device, count), np.arange(count.sum(), dtype=np.int64) - first


def _when(seed: int, day: int, device: Ints, number: Ints) -> Ints:
    """Return the second of the day of each sighting; of three, two are minutes apart."""
    follows = (number % 3 == 1).astype(np.int64)
    row = (device << 20) | number
    start = quantile(key(seed, "hour", day), row - follows, table.HOURS)
    later = below(key(seed, "burst", day), row, _BURST) * follows
    second: Ints = np.minimum(start + later, _DAY - 1)
    return second


def _in_gap(seed: int, day: int, device: Ints, second: Ints) -> NDArray[np.bool_]:
    """Return which sightings fall in a device's silent hours of that day."""
    starts = 21_600 + below(key(seed, "gap", day), device, 54_000)
    ends = starts + 7_200 + below(key(seed, "gap length", day), device, 18_000)
    gap = chosen(key(seed, "has gap", day), device, table.GAP_IN_DAY)
    return gap & (second >= starts) & (second < ends)


def _error(seed: int, axis: str, day: int, row: Ints, accuracy: Ints) -> Ints:
    """Return the error along one axis: two thirds of fixes lie within their accuracy."""
    normal = quantile(key(seed, "error " + axis, day), row, table.NORMAL)
    return normal * accuracy * 2 // (3 * 256)


def _east_e7(decimetres: Ints) -> Ints:
    """1e-7 degrees of longitude: a decimetre is 10.3600 of them at latitude 30."""
    return decimetres * 103_600 // 10_000


def _north_e7(decimetres: Ints) -> Ints:
    """1e-7 degrees of latitude: a decimetre is 9.0208 of them at latitude 30."""
    return decimetres * 90_208 // 10_000


def _unix_day(city: City, day: int) -> int:
    return (city.first_day - date(1970, 1, 1)).days * _DAY + day * _DAY


def _delivered(settled: Settled, day: int, row: Ints, raw: _Raw) -> Sightings:
    """Return the rows as the feed hands them over: some spoiled, some twice."""
    count, seed = settled.city.devices, settled.seed
    spoiled = _spoiled(seed, day, row)
    device, second = raw.device.copy(), raw.second.copy()
    longitude, latitude = raw.longitude_e7 / 1e7, raw.latitude_e7 / 1e7
    device[spoiled["other spelling"]] += count
    device[spoiled["without hyphens"]] += 2 * count
    device[spoiled["zero id"]] = 3 * count
    bad = spoiled["malformed id"]
    device[bad] = 3 * count + 1 + below(key(seed, "bad id"), row[bad], len(table.MALFORMED))
    device[spoiled["no id"]] = -1
    stale = spoiled["stale"]
    second[stale] -= _DAY * (40 + below(key(seed, "stale", day), row[stale], 700))
    swapped = spoiled["axes swapped"]
    longitude[swapped], latitude[swapped] = latitude[swapped], longitude[swapped]
    for name, value in (
        ("null island", 0.0),
        ("not a number", np.nan),
        ("out of range", 361.0),
    ):
        longitude[spoiled[name]] = latitude[spoiled[name]] = value
    once = np.arange(len(row))
    twice = once[below(key(seed, "repeated", day), row, _MILLION) < table.REPEATED]
    order = np.concatenate((once, twice))
    return Sightings(
        names=settled.names,
        device=device[order].astype(np.int32),
        seconds=second[order],
        longitude=longitude[order],
        latitude=latitude[order],
        accuracy=raw.accuracy[order] / 10,
    )


def _spoiled(seed: int, day: int, row: Ints) -> dict[str, Ints]:
    """Return the positions of the rows of each fault; a row has at most one."""
    lot = below(key(seed, "spoiled", day), row, _MILLION)
    faults, start = {}, 0
    for name, share in table.SPOILED:
        faults[name] = np.flatnonzero((lot >= start) & (lot < start + share))
        start += share
    return faults
