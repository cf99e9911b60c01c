"""What questions cost. Whole numbers only, rounded up; sums never forget a charge.

Releases compose by addition: rho under zCDP (Bun and Steinke 2016), and delta beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from beforehand.refusal import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """A price, a sum of prices, or a limit.

    rho_micro   zCDP in millionths, >= 0
    delta_e15   delta in units of 1e-15, >= 0
    """

    rho_micro: int
    delta_e15: int

    def __post_init__(self) -> None:
        if self.rho_micro < 0 or self.delta_e15 < 0:
            raise InputError(
                where="charge",
                expected="nothing below 0",
                got=f"{self.rho_micro}, {self.delta_e15}",
            )

    def fits(self, left: Charge) -> bool:
        """Whether `left` is enough for this charge, in both parts."""
        return self.rho_micro <= left.rho_micro and self.delta_e15 <= left.delta_e15


NOTHING = Charge(rho_micro=0, delta_e15=0)


def spent(charges: Iterable[Charge]) -> Charge:
    """Return the sum of all charges, whatever came of their questions."""
    rho_micro, delta_e15 = 0, 0
    for charge in charges:
        rho_micro += charge.rho_micro
        delta_e15 += charge.delta_e15
    return Charge(rho_micro=rho_micro, delta_e15=delta_e15)


def left(limit: Charge, charges: Iterable[Charge]) -> Charge:
    """Return what remains of `limit`; a part that was overdrawn is 0, never below."""
    gone = spent(charges)
    return Charge(
        rho_micro=max(0, limit.rho_micro - gone.rho_micro),
        delta_e15=max(0, limit.delta_e15 - gone.delta_e15),
    )
