"""Budget arithmetic: every charge is counted, and nothing goes below nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.gate.budget import NOTHING, Charge, left, spent
from beforehand.refusal import InputError

charges = st.lists(
    st.builds(Charge, rho_micro=st.integers(0, 10**7), delta_e15=st.integers(0, 10**9)),
    max_size=20,
)


@given(charges, charges)
def test_attacks_14_and_15_each_charge_counts_whatever_the_order(
    first: list[Charge], second: list[Charge]
) -> None:
    total = spent([*first, *second])
    assert total == spent([*reversed(second), *reversed(first)])
    assert total == spent([spent(first), spent(second)])
    assert total.rho_micro == sum(one.rho_micro for one in first + second)
    assert total.delta_e15 == sum(one.delta_e15 for one in first + second)


@given(charges)
def test_what_is_left_and_what_is_spent_make_the_limit(paid: list[Charge]) -> None:
    limit = Charge(rho_micro=10**9, delta_e15=10**11)
    assert spent([left(limit, paid), *paid]) == limit


@given(charges)
def test_attack_19_charges_that_each_fitted_never_overdraw(asked: list[Charge]) -> None:
    limit, paid = Charge(rho_micro=2 * 10**7, delta_e15=2 * 10**9), [NOTHING]
    for charge in asked:
        if charge.fits(left(limit, paid)):
            paid.append(charge)
    assert spent(paid).fits(limit)


def test_a_charge_fits_only_in_both_parts() -> None:
    limit = Charge(rho_micro=10, delta_e15=10)
    assert limit.fits(limit)
    assert not Charge(rho_micro=11, delta_e15=0).fits(limit)
    assert not Charge(rho_micro=0, delta_e15=11).fits(limit)


def test_an_overdrawn_part_is_nothing_and_lends_nothing() -> None:
    limit = Charge(rho_micro=10, delta_e15=10)
    assert left(limit, [Charge(rho_micro=30, delta_e15=1)]) == Charge(
        rho_micro=0, delta_e15=9
    )


@pytest.mark.parametrize(("rho_micro", "delta_e15"), [(-1, 0), (0, -1)])
def test_a_charge_below_nothing_cannot_be_made(rho_micro: int, delta_e15: int) -> None:
    with pytest.raises(InputError):
        Charge(rho_micro=rho_micro, delta_e15=delta_e15)
