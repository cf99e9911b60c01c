"""How the register says things: dates, counts, money, digests and words of judgement.

What is not known reads "unknown" and is never left blank.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from beforehand.record import spans
from beforehand.register.timeline import DAY

if TYPE_CHECKING:
    from beforehand.record.state import Assessment
    from beforehand.register.timeline import Stretch, Timeline

UNKNOWN = "unknown"
SOON_DAYS = 90  # from when on a page says that an approval lapses
CELL_METRES, STEP_MINUTES = 50, 15

CONFIDENCE = {
    "A": "A, official text",
    "B": "B, press, law firm or NGO",
    "C": "C, secondary copy only",
}
ANSWERS = {
    "passes": "Passes",
    "fails": "Fails",
    "undecidable": "Cannot be decided",
}
VERDICTS = {
    "supported": "Supported",
    "consistent": "Consistent",
    "contradicted": "Contradicted",
    "conflicting": "Conflicting",
    "reversed": "Reversed",
    "late": "Late",
    "overdue": "Overdue",
    "undecidable": "Cannot be decided",
}
REPLIES = {
    "known": "Answered",
    "denied": "Answered: denied",
    "withheld": "Answered: withheld",
    "unknown": "Answered: not known",
    "none": "No answer reported",
}
STATES = {
    "open_unresolved": "Open, no agreed plan",
    "open_resolved": "Open, plan agreed",
    "open": "Open",
    "closed": "Closed",
    "unknown": UNKNOWN,
}
RAN = {
    "surely": "ran, in every reading",
    "perhaps": "may have run",
    "planned": "planned",
    "no": "did not run",
}
COVERED = {
    "covered": "covered by an approved assessment",
    "uncovered": "not covered",
    "undecided": "cannot be decided",
}


def plain(word: str) -> str:
    """Return a word of the record as people read it: `under_review` as "under review"."""
    return word.replace("_", " ")


def span(edtf: str | None) -> str:
    """Return a day or span of days as people read it, to stand without a verb."""
    if edtf is None:
        return UNKNOWN
    return spans.words(spans.parse(edtf)).removeprefix("on ").removeprefix("in ")


def moment(at: str) -> str:
    """Return a moment (UTC, ISO 8601) as "30 September 2026, 14:05 UTC"."""
    day = spans.day_words(date.fromisoformat(at[:10]))
    return f"{day}, {at[11:16]} UTC" if len(at) > len("2026-09-30T") else day


def month(iso: str) -> str:
    """Return `2026-09` as "September 2026"."""
    return spans.day_words(date.fromisoformat(f"{iso}-01")).removeprefix("1 ")


def known(value: object) -> str:
    """Return `value` as text, "unknown" for None."""
    return UNKNOWN if value is None else str(value)


def count(number: int, one: str, several: str | None = None) -> str:
    """Return "1 contract", "2 contracts"."""
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"


def money(amount: str | None, *, about: bool) -> str:
    if amount is None:
        return UNKNOWN
    value = Decimal(amount)
    dollars = f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"
    return f"{'about ' if about else ''}{dollars} US dollars"


def short(digest: str) -> str:
    """Return the first and the last 8 characters of a digest."""
    return digest if len(digest) <= 17 else f"{digest[:8]}…{digest[-8:]}"  # noqa: PLR2004


def rho(micro: int) -> str:
    """Return a budget in millionths of rho as a decimal."""
    return f"{Decimal(micro) / 1_000_000:f}"


def delta(e15: int) -> str:
    """Return a delta in units of 1e-15 in scientific notation."""
    return "0" if e15 == 0 else f"{Decimal(e15) * Decimal('1e-15'):.3g}"


def grid(level: int) -> str:
    """Return the cell size of a grid level."""
    return f"cells of {CELL_METRES * 2**level:,} m"


def step(size: int) -> str:
    """Return the length of a time step."""
    return f"steps of {size * STEP_MINUTES:,} minutes"


def stretch_days(one: Stretch) -> str:
    last = spans.day_words(one.last)
    if one.first is None:
        return f"from an {UNKNOWN} day to {last}"
    if one.first == one.last:
        return last
    return f"{spans.day_words(one.first)} to {last}"


def uncovered(line: Timeline) -> str:
    """Say how many days were uncovered: only those that are so in every reading."""
    if line.is_exact:
        return count(line.uncovered_days, "day") if line.uncovered_days else "none"
    if line.sure_days == 0:
        return "no single day is certain: too little is known of when it ran"
    if line.uncovered_days == 0:
        return "none that is certain"
    return f"at least {count(line.uncovered_days, 'day')}"


def status(assessment: Assessment, today: date) -> str:
    """Return the status word of a live assessment as of `today`."""
    if assessment.status != "In force":
        return assessment.status
    expires = date.fromisoformat(assessment.approvals[assessment.digest].expires)
    if expires <= today:
        return "Lapsed"
    left = (expires - today) // DAY
    return f"Lapses in {count(left, 'day')}" if left <= SOON_DAYS else "In force"
