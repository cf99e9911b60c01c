"""Noise: its price, its spread, and what the threshold hides."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beforehand.gate.budget import Charge
from beforehand.gate.protection import SIGHTINGS_CAP, least_noise, preview, price, release
from beforehand.gate.question import L0_CHOICES, Listing
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from beforehand.gate.question import Question

    Ask = Callable[..., Question]

USUAL = Charge(rho_micro=50_000, delta_e15=10_000_000)  # rho 0.05, delta 1e-8
DRAWS = 100_000


def test_the_measured_reference_is_met() -> None:
    # gate.md, Protection: l0 24, rho 0.05, delta 1e-8.
    protection = least_noise(l0=24, linf=1, profile=USUAL, listed=False)
    assert (protection.sigma_milli, protection.threshold) == (15_492, 97)
    assert protection.charge == Charge(rho_micro=50_000, delta_e15=6_917_065)


@pytest.mark.parametrize("l0", L0_CHOICES)
@pytest.mark.parametrize("linf", [1, SIGHTINGS_CAP])
@pytest.mark.parametrize("listed", [False, True])
def test_sigma_is_what_zcdp_asks_for(l0: int, linf: int, listed: bool) -> None:
    protection = least_noise(l0=l0, linf=linf, profile=USUAL, listed=listed)
    # Bun and Steinke 2016, prop. 6: rho = l2^2 / (2 sigma^2). Sigma is cut upward.
    exact = 1000 * math.sqrt(l0) * linf / math.sqrt(2 * 0.05)
    assert 0 <= protection.sigma_milli - exact < 2


@settings(deadline=None, max_examples=25)
@given(
    st.sampled_from(L0_CHOICES),
    st.sampled_from([1, SIGHTINGS_CAP]),
    st.integers(1, 10**7),
    st.integers(100, 10**12),
    st.booleans(),
)
def test_no_more_is_spent_than_was_asked(
    l0: int,
    linf: int,
    rho_micro: int,
    delta_e15: int,
    listed: bool,
) -> None:
    profile = Charge(rho_micro=rho_micro, delta_e15=delta_e15)
    protection = least_noise(l0=l0, linf=linf, profile=profile, listed=listed)
    assert protection.charge.fits(profile)
    assert protection.charge.rho_micro > 0
    assert (protection.charge.delta_e15 > 0) is not listed
    assert (protection.threshold is None) is listed


def test_a_listing_spends_no_delta_and_hides_nothing(ask_for: Ask) -> None:
    question = ask_for(area={"cells": [5, 6]})
    protection = price(question, USUAL)
    assert protection.threshold is None
    assert protection.charge.delta_e15 == 0
    released = release({}, question, protection)
    assert len(released.cells) == question.partitions == 12
    assert released.hidden == 0
    assert [one[:2] for one in released.cells] == sorted(one[:2] for one in released.cells)


def test_sightings_cost_noise_in_proportion_to_their_cap(ask_for: Ask) -> None:
    devices = price(ask_for(), USUAL).sigma_milli
    sightings = price(ask_for(measure="sightings"), USUAL).sigma_milli
    assert abs(sightings - SIGHTINGS_CAP * devices) <= SIGHTINGS_CAP


@pytest.mark.parametrize(
    ("profile", "listed"),
    [
        pytest.param(Charge(rho_micro=0, delta_e15=10), False, id="no-rho"),
        pytest.param(Charge(rho_micro=0, delta_e15=10), True, id="no-rho-listed"),
        pytest.param(Charge(rho_micro=10, delta_e15=0), False, id="no-delta"),
    ],
)
def test_a_profile_that_pays_for_nothing_is_an_error(
    profile: Charge,
    listed: bool,
) -> None:
    with pytest.raises(InputError):
        least_noise(l0=1, linf=1, profile=profile, listed=listed)


def test_a_preview_tells_the_cost_and_what_could_show(ask_for: Ask) -> None:
    seen = preview(ask_for(l0=25), USUAL)
    assert seen.protection.threshold == 99
    assert seen.protection.charge.rho_micro <= 50_000
    assert seen.partitions == 36
    assert seen.half_width == 31  # 1.96 x 15.812 = 30.99


def test_counts_below_the_threshold_are_hidden(ask_for: Ask) -> None:
    question = ask_for(l0=25, area={"level": 4, "columns": [0, 30], "rows": [0, 5]})
    protection = price(question, USUAL)
    counts = {(cell, step): 1 for cell in range(100) for step in question.steps}
    # One count of 1 shows with probability under 1e-9 (the delta above, over l0).
    released = release(counts, question, protection)
    assert released.cells == ()
    assert released.hidden == question.partitions == 900


def test_what_shows_is_at_or_above_the_threshold_and_keeps_its_place(ask_for: Ask) -> None:
    question = ask_for(l0=25, area={"level": 4, "columns": [0, 100], "rows": [0, 50]})
    protection = price(question, USUAL)
    assert protection.threshold is not None
    around = {
        (cell, step): protection.threshold
        for cell in range(2000)
        for step in question.steps
    }
    top = {(2**32 - 1, question.steps[-1]): 10**6}
    released = release(around | top, question, protection)
    assert all(count >= protection.threshold for _, _, count in released.cells)
    # Of counts right at the threshold half show, and some more: 12,000 fair coins.
    assert 0.47 < len(released.cells) / len(around) < 0.56
    assert released.hidden == question.partitions - len(released.cells)
    cell, step, count = released.cells[-1]
    assert (cell, step) == (2**32 - 1, question.steps[-1])
    assert abs(count - 10**6) < 12 * 16
    assert {(cell, step) for cell, step, _ in released.cells} <= set(around | top)


# -- attack 25: the noise fits its sigma ------------------------------------------------

EDGES = range(-46, 47, 4)  # 25 bins for sigma 15.812; each end holds 170 of 100,000
CRITICAL = 80.0  # chi-square, 24 degrees of freedom: above it with probability 6e-8
FAR = 5.5  # standard deviations: beyond it with probability 4e-8


def chi_square(noise: Sequence[int], sigma: float) -> float:
    """Return chi-square of `noise` against the discrete Gaussian, summed by hand."""
    weights = {x: math.exp(-x * x / (2 * sigma * sigma)) for x in range(-400, 401)}
    total = sum(weights.values())
    bins = [-401, *EDGES, 401]
    value = 0.0
    for low, high in pairwise(bins):
        expected = (
            len(noise) * sum(w for x, w in weights.items() if low < x <= high) / total
        )
        seen = sum(1 for x in noise if low < x <= high)
        value += (seen - expected) ** 2 / expected
    return value


def noise_of(question: Question) -> list[int]:
    """Return the noise on `DRAWS` zeros; one hour of as many listed cells."""
    many = msgspec.structs.replace(question, area=Listing(cells=tuple(range(DRAWS))))
    return [count for _, _, count in release({}, many, price(many, USUAL)).cells]


@pytest.fixture(scope="module")
def noise() -> list[int]:
    """One set of draws for the tests below: it takes 3 s."""
    return []


def drawn(noise: list[int], ask_for: Ask) -> list[int]:
    if not noise:
        hour = {"start": "2026-03-02T00:00:00Z", "end": "2026-03-02T01:00:00Z"}
        noise += noise_of(ask_for(l0=25, area={"cells": [0]}, window=hour))
    return noise


def test_attack_25_the_noise_of_100_000_draws_fits_its_sigma(
    noise: list[int], ask_for: Ask
) -> None:
    draws = drawn(noise, ask_for)
    assert len(draws) == DRAWS
    assert chi_square(draws, 15.812) < CRITICAL


def test_the_chi_square_above_notices_a_sigma_that_is_five_percent_off(
    noise: list[int], ask_for: Ask
) -> None:
    assert chi_square(drawn(noise, ask_for), 15.812 * 1.05) > CRITICAL
    assert chi_square(drawn(noise, ask_for), 15.812 / 1.05) > CRITICAL


@pytest.mark.parametrize("apart", [1, 2, 7])
def test_attack_25_the_noise_of_one_cell_tells_nothing_of_another(
    noise: list[int], ask_for: Ask, apart: int
) -> None:
    draws = drawn(noise, ask_for)
    products = sum(a * b for a, b in zip(draws, draws[apart:], strict=False))
    correlation = products / (15.812**2 * (DRAWS - apart))
    assert abs(correlation) < FAR / math.sqrt(DRAWS)


def test_attack_25_the_noise_above_a_threshold_fits_its_sigma(ask_for: Ask) -> None:
    question = ask_for(l0=25, area={"level": 4, "columns": [0, 100], "rows": [0, 100]})
    cells = {(cell, step): 10_000 for cell in range(4000) for step in question.steps}
    released = release(cells, question, price(question, USUAL))
    draws = [count - 10_000 for _, _, count in released.cells]
    assert len(draws) == 24_000
    assert chi_square(draws, 15.812) < CRITICAL


def test_two_releases_of_one_question_draw_afresh(ask_for: Ask) -> None:
    question = ask_for(l0=25, area={"cells": list(range(50))})
    protection = price(question, USUAL)
    assert release({}, question, protection) != release({}, question, protection)
