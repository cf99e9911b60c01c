"""The parameters of an invented city, and the tables its habits are drawn from. Pure data.

Tables are evenly spaced quantiles: `chance.quantile` draws from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """How large, when and where. Clocks in the city keep UTC.

    The default place is open ocean: no land lies within 1,200 km, so no row can be mistaken
    for a sighting of anyone.

    devices      200 or more; buildings and venues grow with them
    first_day    the first of `days` days
    longitude_e7, latitude_e7   the centre, in 1e-7 degrees; distances are laid out flat
                 with the scale of latitude 30, so another latitude stretches the city
    """

    name: str = "Nowhere-on-Sea"
    devices: int = 20_000
    first_day: date = date(2026, 3, 2)
    days: int = 30
    longitude_e7: int = -400_056_878
    latitude_e7: int = 299_964_882


# Distances, in decimetres.
NEIGHBOURHOODS = 48
SPREAD = 110_000  # neighbourhoods lie within this of the centre, each way
BLOCK = 9_000  # a home lies within this of its neighbourhood's middle
DOWNTOWN = 21_000  # downtown buildings lie within this of the centre, each way
AWAY_EAST, AWAY_NORTH = 900_000, 600_000  # the other town, where people spend nights away
AWAY_SPREAD = 60_000

# Shares, in thousandths.
WORKS = 850
WORKS_DOWNTOWN = 720
VENUE_DOWNTOWN = 350
HAS_SCHOOL = 120
WORSHIPS = 150
GOES_TO_CLINIC = 180  # of devices; each goes now and then
IN_SHELTER = 6
TRIP_A_WEEK = 70
LEFT_OR_CAME = 300  # seen in part of the period only
SILENT_DAY = 110
GAP_IN_DAY = 200
UPPER_CASE = 400  # devices whose ids come in capitals

# Category, how many for 20,000 devices, radius in metres.
SENSITIVE = (
    ("clinic", 10, 100),
    ("school", 14, 150),
    ("shelter", 3, 100),
    ("worship", 16, 100),
)

# Sightings a device and day, in sixteenths: half have under 8, one in a hundred over 120.
RATE = (
    *(5, 9, 13, 16, 19, 22, 25, 28, 31, 33, 36, 39, 42, 45, 48, 51, 54, 57, 61, 64, 68, 71),
    *(75, 79, 83, 87, 91, 96, 101, 106, 111, 116, 122, 127, 134, 140, 147, 154, 162, 170),
    *(178, 187, 197, 207, 219, 231, 244, 258, 273, 290, 309, 329, 353, 379, 409, 443, 484),
    *(532, 591, 667, 766, 909, 1137, 1612, 2931),
)
# Second of the day at which a sighting falls: a few by night, most from 7 to 22 o'clock.
HOURS = (
    *(0, 9_000, 20_000, 24_600, 27_200, 29_600, 31_900, 34_200, 36_400, 38_600, 40_700),
    *(42_600, 44_500, 46_500, 48_600, 50_700, 52_800, 54_800, 56_700, 58_600, 60_500),
    *(62_400, 64_300, 66_200, 68_100, 70_000, 71_900, 73_900, 76_000, 78_300, 80_700),
    *(83_400, 86_399),
)
# Normal, in 256ths of its deviation, cut at 2.75 of them.
NORMAL = (
    *(-703, -551, -477, -429, -393, -363, -337, -315, -294, -276, -259, -242, -227, -213),
    *(-199, -185, -173, -160, -148, -137, -125, -114, -103, -92, -82, -71, -61, -50, -40),
    *(-30, -20, -10, 0, 10, 20, 30, 40, 50, 61, 71, 82, 92, 103, 114, 125, 137, 148, 160),
    *(173, 185, 199, 213, 227, 242, 259, 276, 294, 315, 337, 363, 393, 429, 477, 551, 703),
)
# Horizontal accuracy, decimetres: half under 14 m, the worst from cell towers.
ACCURACY = (
    *(30, 40, 45, 49, 50, 50, 55, 60, 66, 70, 80, 90, 100, 110, 120, 130, 140, 150, 170),
    *(180, 200, 220, 240, 260, 290, 330, 370, 430, 500, 650, 1_000, 4_000, 25_000),
)
# When people leave home, second of the day.
LEAVES_HOME = (21_600, 25_200, 26_400, 27_300, 28_200, 29_100, 30_300, 32_400, 36_000)
# When people leave work, second of the day.
LEAVES_WORK = (54_000, 57_600, 59_400, 60_600, 61_500, 62_400, 63_600, 66_000, 70_200)

# Of a million rows as brokers deliver them, how many are spoiled and how, in this order.
SPOILED = (
    ("no id", 3_000),
    ("zero id", 5_000),
    ("malformed id", 1_000),
    ("null island", 1_500),
    ("not a number", 500),
    ("out of range", 100),
    ("axes swapped", 200),
    ("stale", 1_000),
    ("other spelling", 8_000),
    ("without hyphens", 2_000),
)
REPEATED = 10_000  # of a million rows, delivered twice
MALFORMED = ("unknown", "6f1c0e", "00000000-0000-0000-0000-00000000000g", "(null)")
