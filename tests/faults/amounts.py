"""How much the harness does: little inside `make test`, much in the campaign (`make faults`)."""

import os
from typing import Final


def _amount(name: str, default: int) -> int:
    return int(os.environ.get(f"BEFOREHAND_{name}", default))


SEED: Final = _amount("SEED", 1)
KILLS: Final = _amount("KILLS", 12)
"""Kills at random moments, of each store."""
TURNS: Final = _amount("TURNS", 1)
"""Kills at each named step, of each store."""
CUTS: Final = _amount("CUTS", 40)
"""Power cuts, each at another moment of a run."""
