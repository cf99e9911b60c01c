"""The terms of an assessment: what it promises, in a form that safeguards can enforce."""

from __future__ import annotations

from typing import Literal

import msgspec

Form = Literal["aggregate", "rows"]


class Area(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rectangle of the grid: half-open ranges of columns and rows at level 0 (50 m)."""

    columns: tuple[int, int]
    rows: tuple[int, int]

    def holds(self, other: Area) -> bool:
        """Whether every cell of `other` is a cell of this area."""
        return (
            self.columns[0] <= other.columns[0] < other.columns[1] <= self.columns[1]
            and self.rows[0] <= other.rows[0] < other.rows[1] <= self.rows[1]
        )


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A named price of one question.

    rho_micro   zCDP budget in millionths
    delta_e15   delta in units of 1e-15
    """

    name: str
    rho_micro: int
    delta_e15: int


class Mitigation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is promised against a risk, by whom, by when (ISO day)."""

    mitigation: str
    owner: str
    due: str


Level = Literal["negligible", "limited", "significant", "maximum"]
"""Of likelihood or severity, as the CNIL's guides on impact assessments grade them."""


class Risk(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A risk before and after what is promised against it.

    mitigations   of the terms; the risk that is left is the approver's to accept
    """

    risk: str
    likelihood: Level
    severity: Level
    likelihood_left: Level
    severity_left: Level
    mitigations: tuple[str, ...]


class Terms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an assessment allows and promises.

    finest_grid     finest grid level a result may have, 0 (50 m) to 20
    finest_step     finest time step, in units of 15 minutes
    budget_*        the most that may be spent on each dataset in one calendar quarter
    retention_days  how long a day of data may be kept
    review_days     the longest time between two reviews of an office's questions
    places          id of the list of sensitive places that are removed at take-in
    """

    datasets: tuple[str, ...]
    purposes: tuple[str, ...]
    offices: tuple[str, ...]
    forms: tuple[Form, ...]
    finest_grid: int
    finest_step: int
    area: Area
    profiles: tuple[Profile, ...]
    budget_rho_micro: int
    budget_delta_e15: int
    retention_days: int
    review_days: int
    places: str
    sharing: tuple[str, ...]
    mitigations: tuple[Mitigation, ...]

    def profile(self, name: str) -> Profile | None:
        return next((one for one in self.profiles if one.name == name), None)


class Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the safeguards need of a question's form; sealed with it on the ledger.

    grid, step            of the result: level, and units of 15 minutes
    window_start, _end    half-open, UTC, as 2026-03-02T00:00:00Z
    area                  the smallest rectangle of level-0 cells that holds the question's area
    canonical             the whole form in its one spelling
    """

    form: Form
    grid: int
    step: int
    window_start: str
    window_end: str
    area: Area
    canonical: str
