"""Coverage timelines: which days count, worked out by hand."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.record.spans import UNKNOWN, Span, parse
from beforehand.register.timeline import DAY, Cover, Ran, Run, timeline

UNTIL = date(2026, 11, 24)
FIRST, LAST = date(2018, 1, 1), date(2026, 12, 31)
A_YEAR = date(2026, 1, 1)  # enough for the properties, which look at every day


def cover(approved: str | None, *, surely: bool = True, lost: Span | None = None) -> Cover:
    return Cover(assessment="review", surely=surely, approved=parse(approved), lost=lost)


def run(awarded: str | None, ended: str | None) -> Run:
    return Run(starts=parse(awarded), ends=parse(ended), until=UNTIL)


@pytest.mark.parametrize(
    ("awarded", "ended", "covers", "whole", "sure", "uncovered"),
    [
        pytest.param("2020-03-01", "2020-03-31", (), True, 31, 31, id="never covered"),
        pytest.param(
            "2020-03-01", "2020-03-31", (cover("2020-02-01"),), True, 31, 0, id="covered"
        ),
        pytest.param(
            "2020-03-01",
            "2020-03-31",
            (cover("2020-03-11"),),
            True,
            31,
            10,
            id="covered from the eleventh",
        ),
        pytest.param(
            "2020-03-01",
            "2020-03-31",
            (cover("2020-03"),),
            True,
            31,
            0,
            id="approved in the month, so no day is surely uncovered",
        ),
        pytest.param(
            "2020-03-01",
            "2020-03-31",
            (cover("2020-01-01", lost=parse("2020-03-21")),),
            True,
            31,
            11,
            id="lost from the twenty-first",
        ),
        pytest.param(
            "2020-03-01",
            "2020-03-31",
            (cover("2020-01-01", surely=False),),
            True,
            31,
            0,
            id="an assessment that may be for other datasets",
        ),
        pytest.param(
            "2020-03-01", "2020-03-31", (), False, 31, 0, id="record not complete"
        ),
        pytest.param("2020", "2022", (), True, 367, 367, id="rough years"),
        pytest.param(None, "2021-09", (), True, 0, 0, id="award unknown, end rough"),
        pytest.param(None, "2023-09-30", (), True, 1, 1, id="award unknown, end exact"),
        pytest.param("2022", None, (), True, 0, 0, id="end unknown, award rough"),
        pytest.param("2020-08-05", None, (), True, 1, 1, id="end unknown, award exact"),
        pytest.param(None, None, (), True, 0, 0, id="nothing known"),
        pytest.param("2021-11", "2023-06", (), True, 549, 549, id="two rough months"),
        pytest.param(
            "2026-11-20", "2026-12-10", (), True, 5, 5, id="days to come do not count"
        ),
    ],
)
def test_only_days_that_are_sure_in_every_reading_are_counted(  # noqa: PLR0917
    awarded: str | None,
    ended: str | None,
    covers: tuple[Cover, ...],
    whole: bool,
    sure: int,
    uncovered: int,
) -> None:
    line = timeline(run(awarded, ended), covers, whole=whole, first=FIRST, last=LAST)
    assert (line.sure_days, line.uncovered_days) == (sure, uncovered)


def test_an_end_that_is_unknown_may_be_any_day_up_to_the_last_the_record_speaks_of() -> (
    None
):
    line = timeline(run("2022", None), (), whole=True, first=FIRST, last=LAST)
    listed = [(one.first, one.last, one.ran) for one in line.listed]
    assert listed == [(date(2022, 1, 1), UNTIL, "perhaps")]


def test_a_beginning_that_is_unknown_is_said_to_be() -> None:
    line = timeline(run(None, "2021-09"), (), whole=True, first=FIRST, last=LAST)
    assert line.open_start
    assert line.listed[0].first is None
    assert line.listed[0].days is None
    assert line.listed[-1].last == date(2021, 9, 30)


def test_what_is_planned_is_neither_sure_nor_perhaps() -> None:
    line = timeline(run("2026-11-20", "2026-12-10"), (), whole=True, first=FIRST, last=LAST)
    assert [(one.ran, one.days) for one in line.listed] == [("surely", 5), ("planned", 16)]


def test_rough_dates_or_an_assessment_that_may_cover_make_a_count_a_least_one() -> None:
    def exact(awarded: str, ended: str, *covers: Cover) -> bool:
        period = run(awarded, ended)
        return timeline(period, covers, whole=True, first=FIRST, last=LAST).is_exact

    assert exact("2020-03-01", "2020-03-31", cover("2020-03-11"))
    assert not exact("2020-03", "2020-03-31", cover("2020-03-11"))
    assert not exact("2020-03-01", "2020-03-31", cover("2020-03"))


days = st.dates(min_value=A_YEAR, max_value=LAST)
spans = st.one_of(
    st.just(UNKNOWN),
    st.builds(lambda a, b: Span(min(a, b), max(a, b)), days, days),
    st.builds(lambda a: Span(a, a), days),
)
covers = st.builds(
    Cover,
    assessment=st.just("review"),
    surely=st.booleans(),
    approved=spans,
    lost=st.one_of(st.none(), spans),
)


@given(spans, spans, st.lists(covers, max_size=3), st.booleans())
def test_each_day_of_a_stretch_gives_the_answer_of_the_stretch(
    starts: Span,
    ends: Span,
    covering: list[Cover],
    whole: bool,
) -> None:
    period = Run(starts=starts, ends=ends, until=UNTIL)
    line = timeline(period, tuple(covering), whole=whole, first=A_YEAR, last=LAST)
    at = A_YEAR
    for one in line.stretches:
        assert one.first in (None, at)
        while at <= one.last:
            assert one.ran == period.on(at)
            assert (one.cover == "covered") == any(c.surely_on(at) for c in covering)
            at += DAY
    assert at == LAST + DAY


@given(days, days, days, days)
def test_a_sure_day_lies_in_every_reading_of_the_dates(
    a: date, b: date, c: date, d: date
) -> None:
    starts, ends = Span(min(a, b), max(a, b)), Span(min(c, d), max(c, d))
    rough = Run(starts=starts, ends=ends, until=UNTIL)
    readings: list[Run] = [
        Run(starts=Span(s, s), ends=Span(e, e), until=UNTIL)
        for s in (starts.first, starts.last)
        for e in (ends.first, ends.last)
        if s is not None and e is not None and s <= e
    ]
    probes = [one for one in (a, b, c, d) if one <= UNTIL]
    for day in probes:
        exact: list[Ran] = [one.on(day) for one in readings]
        if rough.on(day) == "surely":
            assert all(one == "surely" for one in exact)
