"""Noise: what a question costs, and what of its counts may be shown.

The unit of privacy is one device in one release: `plan` keeps at most `l0` (cell, step)
counts of a device, each moved by at most `linf`. OpenDP alone makes the noise (discrete
Gaussian) and states the loss (zCDP); no other source of chance touches a count.

Two routes, chosen by the form alone and never by the data:

- a rectangle of cells: the data names the counts, so which ones exist tells of a device too.
  Counts below a threshold are hidden, and delta is spent on that;
- a listing: every cell named is noised and shown, zeros too. No threshold, no delta.

Sources: Canonne, Kamath, Steinke, The Discrete Gaussian for Differential Privacy (2020);
Rogers, A Unifying Privacy Analysis Framework for Unknown Domain Algorithms (2023).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import opendp.prelude as dp
from opendp.core import measurement_map

from beforehand.gate.budget import Charge
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from beforehand.gate.question import Question

# The part of OpenDP without a finished proof document or outside review is "contrib"; both
# measurements used here have a proof document, and no more of it is switched on.
dp.enable_features("contrib")

Key: TypeAlias = tuple[int, int]  # (cell, step), both at the question's own coarseness
Counts: TypeAlias = "Mapping[Key, int]"

SIGHTINGS_CAP = 4  # sightings of one device that one (cell, step) count takes in
_MILLI, _MICRO, _E15 = 10**3, 10**6, 10**15
_MOST = 10**9  # searches end here: sigma in thousandths, or a threshold
_STEP_BITS = 18  # a form holds at most 200,000 < 2^18 steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """How one release is protected, and what that costs.

    l0           most counts one device may touch
    linf         most it may move each
    sigma_milli  the noise's standard deviation, in thousandths
    threshold    smallest count that can show; None where nothing is hidden
    charge       what is really spent, rounded up; never above what was asked
    """

    l0: int
    linf: int
    sigma_milli: int
    threshold: int | None
    charge: Charge

    @property
    def half_width(self) -> int:
        """Half of the 95% interval of a shown count, rounded up: 1.96 sigma."""
        return -(-196 * self.sigma_milli // 100_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """Noisy counts in (cell, step) order, and how many counts of the form stay hidden."""

    cells: tuple[tuple[int, int, int], ...]
    hidden: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a question would cost and show; it depends on the form alone."""

    protection: Protection
    partitions: int
    half_width: int


def linf(question: Question) -> int:
    """Return how far one device may move one count."""
    return 1 if question.measure == "devices" else SIGHTINGS_CAP


def price(question: Question, profile: Charge) -> Protection:
    """Return the least noise that `profile` pays for.

    Raises InputError when the profile cannot pay for a release of this form at all.
    """
    return least_noise(
        l0=question.l0, linf=linf(question), profile=profile, listed=question.listed
    )


def preview(question: Question, profile: Charge) -> Preview:
    """Return price, sigma and smallest visible count, before anything is spent."""
    protection = price(question, profile)
    return Preview(
        protection=protection,
        partitions=question.partitions,
        half_width=protection.half_width,
    )


@lru_cache(maxsize=256)
def least_noise(*, l0: int, linf: int, profile: Charge, listed: bool) -> Protection:
    """Return the smallest sigma, then threshold, whose loss is within `profile`.

    Cost: about 60 maps of OpenDP, 30 ms, the first time; a profile's are few.
    """
    if profile.rho_micro < 1 or not (listed or profile.delta_e15 >= 1):
        raise InputError(
            where="profile",
            expected="rho above 0, and delta above 0 where the data names the cells",
            got=f"rho {profile.rho_micro} millionths, delta {profile.delta_e15}e-15",
        )
    sigma = _smallest(
        lambda one: (
            _loss(l0, linf, one, None if listed else _MOST).rho_micro <= profile.rho_micro
        )
    )
    threshold = None
    if not listed:
        threshold = _smallest(
            lambda one: _loss(l0, linf, sigma, one).delta_e15 <= profile.delta_e15
        )
    # Read again from the very measurement that will run: the search only found it.
    charge = _loss(l0, linf, sigma, threshold)
    if not charge.fits(profile):
        raise AssertionError("a search of OpenDP's map ended above what was asked")
    return Protection(
        l0=l0, linf=linf, sigma_milli=sigma, threshold=threshold, charge=charge
    )


def release(counts: Counts, question: Question, protection: Protection) -> Released:
    """Return noisy counts, bounded before as `protection` assumes.

    counts   (cell, step) -> count, all inside the question's form; absent means 0
    Cost: about 30 us a count.
    """
    shown = (
        _thresholded(counts, question, protection)
        if protection.threshold is not None
        else _plain(counts, question, protection)
    )
    return Released(cells=shown, hidden=question.partitions - len(shown))


def _thresholded(
    counts: Counts, question: Question, protection: Protection
) -> tuple[tuple[int, int, int], ...]:
    # One i64 key a count: a cell of any level has at most 40 bits, its step here 18.
    first = question.steps.start
    keyed = {cell << _STEP_BITS | step - first: n for (cell, step), n in counts.items()}
    noisy = _threshold_mechanism(protection.sigma_milli, protection.threshold or 0)(keyed)
    low = (1 << _STEP_BITS) - 1
    return tuple(
        (key >> _STEP_BITS, (key & low) + first, noisy[key]) for key in sorted(noisy)
    )


def _plain(
    counts: Counts, question: Question, protection: Protection
) -> tuple[tuple[int, int, int], ...]:
    keys = listed_keys(question)
    noisy = _plain_mechanism(protection.sigma_milli)([counts.get(key, 0) for key in keys])
    return tuple((cell, step, n) for (cell, step), n in zip(keys, noisy, strict=True))


def listed_keys(question: Question) -> Sequence[Key]:
    """Return every (cell, step) of a form that lists its cells, in order."""
    cells = getattr(question.area, "cells", ())
    return [(cell, step) for cell in cells for step in question.steps]


# -- OpenDP ------------------------------------------------------------------------------


def _loss(l0: int, linf: int, sigma_milli: int, threshold: int | None) -> Charge:
    """Return what one release loses, each part rounded up to the ledger's unit."""
    l2 = (
        math.isqrt(l0 - 1) + 1
    )  # sqrt(l0), rounded up; OpenDP takes sqrt(l0) * linf if less
    if threshold is None:
        rho, delta = measurement_map(_plain_mechanism(sigma_milli), l2 * linf), 0.0
    else:
        mechanism = _threshold_mechanism(sigma_milli, threshold)
        rho, delta = measurement_map(mechanism, (l0, l2 * linf, linf))
    # A float is a fraction: compared exactly, so that rounding up is never undone.
    return Charge(
        rho_micro=math.ceil(Fraction(rho) * _MICRO),
        delta_e15=math.ceil(Fraction(delta) * _E15),
    )


def _plain_mechanism(sigma_milli: int) -> dp.Measurement:
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T="i64")
    return dp.m.make_gaussian(*space, sigma_milli / _MILLI)


def _threshold_mechanism(sigma_milli: int, threshold: int) -> dp.Measurement:
    integers = dp.atom_domain(T="i64")
    space = (
        dp.map_domain(integers, integers),
        dp.l02inf_distance(dp.absolute_distance(T="i64")),
    )
    return dp.m.make_gaussian_threshold(*space, sigma_milli / _MILLI, threshold)


def _smallest(enough: Callable[[int], bool]) -> int:
    """Return the smallest number in [1, 10^9] that is enough. Raises InputError: none is."""
    if not enough(_MOST):
        raise InputError(
            where="profile",
            expected="a budget that noise can meet",
            got="one that is too small",
        )
    low, high = 0, _MOST
    while high - low > 1:
        middle = (low + high) // 2
        if enough(middle):
            high = middle
        else:
            low = middle
    return high
