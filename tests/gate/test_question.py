"""The closed form: one reading, one spelling, one identity, and every mistake named."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.cells import Box, interleave
from beforehand.gate.question import L0_CHOICES, area_within, canonical, identity, parse
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from beforehand.gate.question import Question

    Form = dict[str, object]
    Ask = Callable[..., Question]

IDS = ("dataset", "office", "purpose", "request", "assessment", "profile")
SQL = (
    pytest.param("read_csv('/etc/passwd')", id="attack-8-read_csv"),
    pytest.param("query_table('snapshot')", id="attack-8-query_table"),
    pytest.param("x' UNION SELECT device FROM snapshot --", id="attack-9-union"),
    pytest.param("WITH t AS (SELECT 1) SELECT * FROM t", id="attack-9-cte"),
    pytest.param("a/**/b", id="attack-10-comment"),
    pytest.param("tr\u0430ffic", id="attack-10-cyrillic-a"),
    pytest.param("1_000", id="attack-10-underscore"),
    pytest.param('"device"', id="attack-11-quoted"),
    pytest.param("a; DROP TABLE snapshot", id="attack-12-two-statements"),
    pytest.param("Traffic", id="attack-3-upper-case"),
    pytest.param("traffic ", id="attack-3-space-after"),
    pytest.param(" traffic", id="attack-3-space-before"),
    pytest.param("traffic\n", id="attack-3-newline-after"),
    pytest.param("\uff54raffic", id="attack-3-full-width"),
    pytest.param("traffic\u200b", id="attack-3-zero-width"),
    pytest.param("\u0131d", id="attack-3-dotless-i"),
    pytest.param("", id="empty"),
    pytest.param("a" * 65, id="too-long"),
    pytest.param(7, id="number"),
    pytest.param(None, id="null"),
    pytest.param(["traffic"], id="list"),
)


def refused(form: object) -> InputError:
    with pytest.raises(InputError) as error:
        parse(json.dumps(form).encode())
    assert error.value.expected
    assert error.value.got
    return error.value


@pytest.mark.parametrize("text", SQL)
@pytest.mark.parametrize("field", [*IDS, "snapshot", "kind", "measure"])
def test_attacks_3_and_8_to_12_a_name_that_is_no_plain_id_is_refused(
    form: Form, field: str, text: object
) -> None:
    assert refused(form | {field: text}).where == field


@pytest.mark.parametrize("text", SQL[:9])
@pytest.mark.parametrize("field", ["area", "window", "grid", "step", "l0", "filters"])
def test_attacks_8_to_12_sql_where_a_number_or_object_belongs_is_refused(
    form: Form, field: str, text: object
) -> None:
    assert refused(form | {field: text}).where == field


@pytest.mark.parametrize("side", ["west", "south", "east", "north"])
@pytest.mark.parametrize(
    "value",
    ["1e1", "1_0", "0x1", " 1", "1;", "NaN", "inf", "\u0661", "+1", "1.", True, None, [1]],
)
def test_attack_10_a_side_that_is_no_plain_decimal_is_refused(
    form: Form, side: str, value: object
) -> None:
    box = {"west": "0", "south": "0", "east": "1", "north": "1", side: value}
    assert refused(form | {"area": {"box": box}}).where == f"area.box.{side}"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"[" * 10_000 + b"]" * 10_000, "brackets", id="attack-13-deep-list"),
        pytest.param(b'{"a":' * 10_000, "brackets", id="attack-13-deep-object"),
        pytest.param(b'"' + b"a" * 100_000 + b'"', "bytes", id="attack-13-100-kB"),
        pytest.param(b"1" * 90_000, "JSON", id="attack-13-long-number"),
        pytest.param(b"\xff\xfe", "JSON", id="not-utf-8"),
        pytest.param(b"", "JSON", id="nothing"),
        pytest.param(b"[]", "object", id="a-list"),
        pytest.param(b'{"grid":NaN}', "finite", id="NaN"),
        pytest.param(b'{"grid":-Infinity}', "finite", id="Infinity"),
        pytest.param(b'{"grid":1,"grid":2}', "once", id="a-field-twice"),
        pytest.param(b"{} {}", "JSON", id="attack-12-two-objects"),
    ],
)
def test_attack_13_what_is_not_one_small_object_is_refused(
    data: bytes, expected: str
) -> None:
    with pytest.raises(InputError, match=expected):
        parse(data)


@pytest.mark.parametrize("field", ["device", "having", "order", "sql", "Grid", "gr\u0456d"])
def test_an_unknown_field_is_refused_by_name(form: Form, field: str) -> None:
    assert refused(form | {field: 1}).got == "a field unknown here"


def test_every_field_is_needed(form: Form) -> None:
    for field in form:
        rest = {name: value for name, value in form.items() if name != field}
        assert refused(rest).where == field


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        pytest.param({"grid": 21}, "grid", id="grid-21"),
        pytest.param({"grid": -1}, "grid", id="grid-below-0"),
        pytest.param({"grid": True}, "grid", id="grid-true"),
        pytest.param({"grid": 4.0}, "grid", id="grid-as-a-fraction"),
        pytest.param({"grid": 10**30}, "grid", id="grid-huge"),
        pytest.param({"grid": "800 m"}, "grid", id="attack-2-metres-for-levels"),
        pytest.param({"grid": 5}, "area.level", id="area-of-another-level"),
        pytest.param({"step": 60}, "step", id="attack-2-minutes-for-steps"),
        pytest.param({"step": 3}, "step", id="step-3"),
        pytest.param({"l0": 24}, "l0", id="l0-no-square"),
        pytest.param({"l0": 36}, "l0", id="l0-36"),
        pytest.param({"kind": "rows"}, "kind", id="rows"),
        pytest.param({"measure": "people"}, "measure", id="measure"),
        pytest.param({"filters": [{"device": 1}]}, "filters", id="a-filter"),
        pytest.param({"filters": {}}, "filters", id="filters-as-an-object"),
        pytest.param({"snapshot": "A1" * 32}, "snapshot", id="digest-in-capitals"),
        pytest.param({"area": {"cells": []}}, "area.cells", id="no-cells"),
        pytest.param({"area": {"cells": [-1]}}, "area.cells", id="cell-below-0"),
        pytest.param({"area": {"cells": [4**16]}}, "area.cells", id="cell-off-the-grid"),
        pytest.param({"area": {"cells": ["1) OR (1=1"]}}, "area.cells", id="cell-as-sql"),
        pytest.param({"area": {"cells": [1.0]}}, "area.cells", id="cell-as-a-fraction"),
        pytest.param({"area": {"cells": [True]}}, "area.cells", id="cell-true"),
        pytest.param({"area": {"cells": [1], "box": {}}}, "area.box", id="two-areas"),
        pytest.param({"area": {}}, "area.level", id="no-area"),
        pytest.param(
            {"area": {"level": 4, "columns": [5, 5], "rows": [1, 2]}},
            "area.columns",
            id="empty",
        ),
        pytest.param(
            {"area": {"level": 4, "columns": [5, 4], "rows": [1, 2]}},
            "area.columns",
            id="crossing",
        ),
        pytest.param(
            {"area": {"level": 4, "columns": [0, 65537], "rows": [1, 2]}},
            "area.columns",
            id="columns-off-the-grid",
        ),
        pytest.param(
            {"area": {"level": 4, "columns": [0, 1, 2], "rows": [1, 2]}},
            "area.columns",
            id="three",
        ),
        pytest.param(
            {"area": {"level": 4, "columns": [0, 1000], "rows": [0, 1000]}},
            "area and window",
            id="over-200,000",
        ),
    ],
)
def test_a_field_out_of_its_range_is_named(form: Form, changed: Form, where: str) -> None:
    assert refused(form | changed).where == where


@pytest.mark.parametrize(
    "box",
    [
        pytest.param(
            {"west": 1, "south": 0, "east": 0, "north": 1}, id="west-east-crossed"
        ),
        pytest.param(
            {"west": 0, "south": 1, "east": 1, "north": 0}, id="south-north-crossed"
        ),
        pytest.param({"west": 0, "south": 0, "east": 0, "north": 1}, id="empty"),
        pytest.param(
            {"west": 179, "south": 0, "east": 181, "north": 1}, id="over-the-edge"
        ),
        pytest.param(
            {"west": 0, "south": "-90.5", "east": 1, "north": 1}, id="past-the-pole"
        ),
        pytest.param(
            {"west": 0, "south": 0, "east": 500_000, "north": 1}, id="attack-2-metres"
        ),
        pytest.param({"west": 0, "south": 0, "east": 1}, id="a-side-missing"),
        pytest.param(
            {"west": 0, "south": 0, "east": 1, "north": 1, "z": 1}, id="a-side-more"
        ),
    ],
)
def test_a_box_that_is_no_box_is_refused(form: Form, box: Form) -> None:
    assert refused(form | {"area": {"box": box}}).where.startswith("area")


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1e99999999999999999999", "1" * 400])
def test_a_number_too_large_for_any_map_is_refused(form: Form, number: str) -> None:
    box = {"west": 0, "south": 0, "east": "#", "north": 1}
    text = json.dumps(form | {"area": {"box": box}}).replace('"#"', number)
    with pytest.raises(InputError, match=r"area\.box\.east"):
        parse(text.encode())


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param(
            "2026-03-02T00:15:00Z", "2026-03-02T06:00:00Z", id="start-inside-a-step"
        ),
        pytest.param("2026-03-02T00:00:00Z", "2026-03-02T06:00:01Z", id="one-second-more"),
        pytest.param("2026-03-02T06:00:00Z", "2026-03-02T06:00:00Z", id="empty"),
        pytest.param("2026-03-02T06:00:00Z", "2026-03-02T00:00:00Z", id="backwards"),
        pytest.param("2026-02-29T00:00:00Z", "2026-03-02T00:00:00Z", id="no-such-day"),
        pytest.param("2026-03-01T24:00:00Z", "2026-03-02T06:00:00Z", id="hour-24"),
        pytest.param("2026-03-02T00:00:60Z", "2026-03-02T06:00:00Z", id="leap-second"),
        pytest.param("2026-03-02 00:00:00Z", "2026-03-02T06:00:00Z", id="space"),
        pytest.param("2026-03-02T00:00:00+00:00", "2026-03-02T06:00:00Z", id="offset"),
        pytest.param("2026-03-02T00:00:00", "2026-03-02T06:00:00Z", id="no-zone"),
        pytest.param("2026-03-02", "2026-03-03", id="days"),
        pytest.param(
            "1969-12-29T00:00:00Z", "2026-03-02T06:00:00Z", id="before-the-first-step"
        ),
        pytest.param("0000-01-01T00:00:00Z", "2026-03-02T06:00:00Z", id="year-0"),
        pytest.param(1772409600, 1772431200, id="attack-2-seconds"),
    ],
)
def test_attack_17_a_window_off_the_steps_is_refused(
    form: Form, start: object, end: object
) -> None:
    window = {"start": start, "end": end}
    assert refused(form | {"window": window}).where.startswith("window.")


def test_attack_17_weeks_start_on_monday(form: Form) -> None:
    sunday = {"start": "2026-03-01T00:00:00Z", "end": "2026-03-08T00:00:00Z"}
    monday = {"start": "2026-03-02T00:00:00Z", "end": "2026-03-09T00:00:00Z"}
    assert refused(form | {"step": 672, "window": sunday}).where == "window.start"
    parse(json.dumps(form | {"step": 672, "window": monday}).encode())


def test_attack_17_a_box_off_the_cells_is_snapped_outward(ask_for: Ask) -> None:
    inner = {"west": "-77.0001", "south": "38.8001", "east": -76.9501, "north": 38.8499}
    area = ask_for(area={"box": inner}).area
    assert isinstance(area, Box)
    west, south, east, north = area.degrees()
    assert west <= -77.0001
    assert south <= 38.8001
    assert east >= -76.9501
    assert north >= 38.8499
    # No more than what is needed: one cell less on any side would cut the box.
    smaller = Box(
        level=4,
        columns=(area.columns[0] + 1, area.columns[1] - 1),
        rows=(area.rows[0] + 1, area.rows[1] - 1),
    ).degrees()
    assert smaller[0] > -77.0001
    assert smaller[1] > 38.8001
    assert smaller[2] < -76.9501
    assert smaller[3] < 38.8499


def test_one_question_spelled_in_many_ways_has_one_identity(
    form: Form, ask_for: Ask
) -> None:
    as_numbers = {"west": -77.0001, "south": 38.8001, "east": -76.9501, "north": 38.8499}
    as_text = {name: str(value) for name, value in as_numbers.items()}
    boxed = ask_for(area={"box": as_numbers})
    assert isinstance(boxed.area, Box)
    snapped = {"level": 4, "columns": boxed.area.columns, "rows": boxed.area.rows}
    backwards = json.dumps(dict(reversed((form | {"area": snapped}).items())), indent=3)
    spellings = [boxed, ask_for(area={"box": as_text}), parse(backwards.encode())]
    assert len({identity(one) for one in spellings}) == 1
    assert len({canonical(one) for one in spellings}) == 1


def test_cells_in_any_order_or_doubled_are_one_question(ask_for: Ask) -> None:
    spellings = [ask_for(area={"cells": cells}) for cells in ([7, 9, 8], [9, 9, 8, 7, 7])]
    assert identity(spellings[0]) == identity(spellings[1])
    assert spellings[0].cells == 3


def test_any_other_field_makes_another_question(ask_for: Ask) -> None:
    changed: list[Form] = [{name: "other"} for name in IDS]
    changed += [{"snapshot": "b2" * 32}, {"measure": "sightings"}, {"l0": 9}, {"step": 24}]
    changed += [{"area": {"cells": [7]}}]
    changed += [
        {"window": {"start": "2026-03-02T00:00:00Z", "end": "2026-03-02T07:00:00Z"}}
    ]
    assert len({identity(ask_for(**one)) for one in [{}, *changed]}) == len(changed) + 1


def test_the_identity_of_the_form_never_changes(ask_for: Ask) -> None:
    # A known answer: stored answers and sealed forms are found by it for ever.
    assert canonical(ask_for()) == (
        b'{"area":{"columns":[23469,23472],"level":4,"rows":[38503,38505]},"assessment":"pia-1",'
        b'"dataset":"city.2026","filters":[],"grid":4,"kind":"aggregate","l0":4,"measure":"devices",'
        b'"office":"unit-1","profile":"usual","purpose":"traffic","request":"u-1","snapshot":"'
        + b"a1" * 32
        + b'","step":4,"window":{"end":"2026-03-02T06:00:00Z","start":"2026-03-02T00:00:00Z"}}'
    )
    assert (
        identity(ask_for())
        == "b1d005fd0348b32b3549a7ce46078a083ad38727d8a7a1ce12a6ef379e4e46a3"
    )


LEVELS = st.integers(0, 20)


@st.composite
def forms(draw: st.DrawFn) -> Form:
    grid = draw(LEVELS)
    side = 2 ** (20 - grid)
    column, row = draw(st.integers(0, side - 1)), draw(st.integers(0, side - 1))
    wide = draw(st.integers(1, min(40, side - column)))
    tall = draw(st.integers(1, min(40, side - row)))
    cells = draw(st.lists(st.integers(0, 4 ** (20 - grid) - 1), min_size=1, max_size=20))
    area: Form = {
        "level": grid,
        "columns": [column, column + wide],
        "rows": [row, row + tall],
    }
    days = draw(st.tuples(st.integers(1, 15), st.integers(16, 28)))
    return {
        **{
            name: draw(st.from_regex(r"[a-z0-9][a-z0-9.-]{0,63}", fullmatch=True))
            for name in IDS
        },
        "kind": "aggregate",
        "snapshot": draw(st.from_regex(r"[0-9a-f]{64}", fullmatch=True)),
        "area": draw(st.sampled_from([area, {"cells": cells}])),
        "window": {
            "start": f"2026-03-{days[0]:02}T00:00:00Z",
            "end": f"2026-03-{days[1]:02}T18:00:00Z",
        },
        "grid": grid,
        "step": 24,
        "measure": draw(st.sampled_from(["devices", "sightings"])),
        "filters": [],
        "l0": draw(st.sampled_from(L0_CHOICES)),
    }


@given(forms())
def test_parsing_the_canonical_form_gives_the_question_back(form: Form) -> None:
    question = parse(json.dumps(form).encode())
    assert parse(canonical(question)) == question
    assert canonical(parse(canonical(question))) == canonical(question)
    assert all(type(one) is not float for one in _leaves(json.loads(canonical(question))))


def _leaves(value: object) -> list[object]:
    if isinstance(value, dict):
        return [leaf for one in value.values() for leaf in _leaves(one)]
    if isinstance(value, list):
        return [leaf for one in value for leaf in _leaves(one)]
    return [value]


@given(
    st.binary(max_size=200)
    | st.recursive(st.none(), st.lists).map(lambda v: json.dumps(v).encode())
)
def test_no_bytes_at_all_give_anything_but_a_question_or_an_input_error(
    data: bytes,
) -> None:
    with pytest.raises(InputError):
        parse(data)


def test_containment_is_exact_to_one_cell(ask_for: Ask) -> None:
    columns, rows = (23469 * 16, 23472 * 16), (38503 * 16, 38505 * 16)
    question = ask_for()
    assert question.bounds == Box(level=0, columns=columns, rows=rows)
    assert area_within(question, columns=columns, rows=rows)
    assert not area_within(question, columns=(columns[0] + 1, columns[1]), rows=rows)
    assert not area_within(question, columns=(columns[0], columns[1] - 1), rows=rows)
    assert not area_within(question, columns=columns, rows=(rows[0] + 1, rows[1]))
    assert not area_within(question, columns=columns, rows=(rows[0], rows[1] - 1))


def test_the_bounds_of_listed_cells_hold_each_of_them(ask_for: Ask) -> None:
    cells = interleave(np.array([5, 9]), np.array([8, 3])).tolist()
    question = ask_for(area={"cells": cells})
    assert question.listed
    assert question.bounds == Box(level=0, columns=(80, 160), rows=(48, 144))


def test_the_size_of_a_form_is_cells_times_steps(ask_for: Ask) -> None:
    question = ask_for()
    assert (question.cells, len(question.steps), question.partitions) == (6, 6, 36)
    assert (
        question.steps.start * 4 * 900
        == math.floor(question.moments[0].timestamp()) - 345_600
    )
