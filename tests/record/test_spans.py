"""Spans: what a roughly known day means, and what is sure or merely possible of it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.record.spans import UNKNOWN, Span, parse, until


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        pytest.param("2020-08-05", date(2020, 8, 5), date(2020, 8, 5), id="day"),
        pytest.param("2020-08-05~", date(2020, 8, 4), date(2020, 8, 6), id="about a day"),
        pytest.param(
            "2021-01-01~", date(2020, 12, 31), date(2021, 1, 2), id="about new year"
        ),
        pytest.param(
            "2020-02", date(2020, 2, 1), date(2020, 2, 29), id="month of a leap year"
        ),
        pytest.param("2021-02", date(2021, 2, 1), date(2021, 2, 28), id="month"),
        pytest.param("2020-02~", date(2020, 1, 1), date(2020, 3, 31), id="about a month"),
        pytest.param("2020-01~", date(2019, 12, 1), date(2020, 2, 29), id="about January"),
        pytest.param("2020-12~", date(2020, 11, 1), date(2021, 1, 31), id="about December"),
        pytest.param("2020", date(2020, 1, 1), date(2020, 12, 31), id="year"),
        pytest.param("2020~", date(2019, 1, 1), date(2021, 12, 31), id="about a year"),
        pytest.param(None, None, None, id="not known"),
    ],
)
def test_a_day_means_this_span(
    text: str | None, first: date | None, last: date | None
) -> None:
    assert parse(text) == Span(first, last)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "20",
            "2020-8",
            "2020-13",
            "2020-00",
            "2021-02-29",
            "2020-08-32",
            "0999",
            "9999",
        ),
        *("~", "2020-08-05~~", "2020 ", " 2020", "2020\n", "2020-08-05T00:00", "2020/2021"),
        "\uff12\uff10\uff12\uff10",
    ],
)
def test_what_is_no_day_is_refused_with_what_came(text: str) -> None:
    with pytest.raises(ValueError, match="expected a day as 2020-08-05") as refused:
        parse(text)
    assert repr(text) in str(refused.value)


def test_a_span_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="expected a last day not before 2020-01-02"):
        Span(date(2020, 1, 2), date(2020, 1, 1))


# A narrow range of years, so that spans often touch and overlap.
DAYS = st.dates(date(2019, 1, 1), date(2021, 12, 31))
EXACT = st.builds(
    lambda day, length, about: day.isoformat()[:length] + "~" * about,
    DAYS,
    st.sampled_from([4, 7, 10]),
    st.booleans(),
)
SPANS = st.one_of(st.none(), EXACT).map(parse)


@given(SPANS, SPANS)
def test_what_is_surely_before_is_possibly_before(one: Span, other: Span) -> None:
    if one.surely_before(other):
        assert one.possibly_before(other)
        assert not other.possibly_before(one)


@given(SPANS, SPANS, SPANS)
def test_what_is_surely_within_is_possibly_within(
    one: Span, first: Span, last: Span
) -> None:
    if one.surely_within(first, last):
        assert one.possibly_within(first, last)


@given(EXACT, EXACT, st.data())
def test_sure_and_possible_are_every_and_some_reading(
    one: str, other: str, data: st.DataObject
) -> None:
    left, right = parse(one), parse(other)
    assert left.first is not None
    assert left.last is not None
    assert right.first is not None
    assert right.last is not None
    before = data.draw(st.dates(left.first, left.last)) < data.draw(
        st.dates(right.first, right.last)
    )
    assert before or not left.surely_before(right)
    assert left.possibly_before(right) or not before


@given(EXACT.filter(lambda text: not text.endswith("~")))
def test_about_widens_on_both_sides(text: str) -> None:
    exact, about = parse(text), parse(text + "~")
    assert exact.first is not None
    assert exact.last is not None
    assert about.first is not None
    assert about.last is not None
    assert about.first < exact.first <= exact.last < about.last


@given(SPANS)
def test_nothing_is_sure_and_all_is_possible_of_a_day_not_known(span: Span) -> None:
    assert not UNKNOWN.surely_before(span)
    assert not span.surely_before(UNKNOWN)
    assert UNKNOWN.possibly_before(span)
    assert span.possibly_before(UNKNOWN)
    assert not span.surely_within(UNKNOWN, UNKNOWN)
    assert span.possibly_within(UNKNOWN, UNKNOWN)


@given(SPANS)
def test_until_keeps_only_the_last_day(span: Span) -> None:
    assert until(span) == Span(None, span.last)
