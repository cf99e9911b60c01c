"""The two ways a person is told no.

`Refusal`: a safeguard said no. It is shown to the person and stands on the ledger.
`InputError`: what was given cannot be read or used. Nothing was decided and nothing written.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """One safeguard that an act does not meet.

    shown   False when the safeguard could not be asked because a fact it needs is missing:
            then nothing was found against the act, it was just not shown to be covered.
    noted   exceptions on record that bear on it, as sentences; none lets anything through
    """

    safeguard: str
    says: str
    remedy: str
    cites: str
    shown: bool = True
    noted: tuple[str, ...] = ()


class Refusal(Exception):  # noqa: N818  # a refusal is an answer, not a fault
    """A safeguard said no.

    what    the act, as a phrase that follows "Refused:"
    unmet   every safeguard that was not met, at least one
    entry   the index of the ledger entry that records the refusal; None for a dry run
    """

    def __init__(self, *, what: str, unmet: tuple[Unmet, ...], entry: int | None) -> None:
        super().__init__(what)
        self.what = what
        self.unmet = unmet
        self.entry = entry

    def __str__(self) -> str:
        where = "" if self.entry is None else f" (entry {self.entry:,})"
        lines = [f"Refused: {self.what}{where}."]
        for one in self.unmet:
            unshown = (
                "" if one.shown else "A fact it needs is not on record. It guards against: "
            )
            lines += [
                f"  {one.safeguard}  {unshown}{one.says}",
                f"    {one.remedy} [{one.cites}]",
                *(f"    {said}" for said in one.noted),
            ]
        return "\n".join(lines)


class InputError(ValueError):
    """The input or the world is wrong; says where, what was expected, what came, what to do.

    where     file and line, or the field's path; "" when there is no better place
    do        what the person can do next; may be ""
    """

    def __init__(self, *, where: str, expected: str, got: str, do: str = "") -> None:
        self.where = where
        self.expected = expected
        self.got = got
        self.do = do
        place = f"{where}: " if where else ""
        then = f" {do}" if do else ""
        super().__init__(f"{place}expected {expected}, got {got}.{then}")
