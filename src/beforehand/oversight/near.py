"""Which assessments an act can rest on, and which questions are alike: what makes an audit quick.

A condition that only compares (is this office among those, are these datasets among those, was
it approved by then) answers alike wherever those comparisons come out alike. So each such
question is put to Cedar once, and an assessment of no office of the act, whose answer is known
to be no, is not asked of at all. Where a safeguard says anything else, every question is asked.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias, cast

from beforehand.policy.decide import read_three_valued
from beforehand.policy.put import Moments

if TYPE_CHECKING:
    from beforehand.oversight.casefile_facts import Node
    from beforehand.policy.put import Facts, Put, Ref
    from beforehand.policy.sets import Safeguard, SafeguardSet
    from beforehand.record.reported import AssessmentReported, ReportedRecord

COVERS = "assessment.covers"
APPROVALS = ("approved", "published")
KINDS = {"assessment": "PIA", "threshold": "PTA"}
Path: TypeAlias = tuple[str, ...]
Leaf: TypeAlias = tuple[str, Path, Path]
Answers: TypeAlias = Mapping[str, bool | None]
RANK: dict[bool | None, int] = {False: 0, None: 1, True: 2}

_TRUE: Path = ("true",)
_COMPARED: frozenset[Leaf] = frozenset(
    leaf
    for kind in KINDS
    for leaf in (
        ("contains", (kind, "offices"), ("office",)),
        ("containsAll", (kind, "datasets"), ("datasets",)),
        ("<=", (kind, "approved"), ("at",)),
    )
)
# What no public record can speak to is left out of every question of an audit.
_NEVER_GIVEN = frozenset({"supplier", "procedures"})


class Near:
    """The assessments of one record, found by office and by dataset; answers already given."""

    def __init__(self, record: ReportedRecord, guards: SafeguardSet) -> None:
        self.record, self._guards = record, guards
        self._of_kind = {
            kind: [
                one for one in record.assessments.values() if one.assessment_kind == short
            ]
            for kind, short in KINDS.items()
        }
        self._by_office: dict[tuple[str, str], list[int]] = {}
        self._by_dataset: dict[tuple[str, str], list[int]] = {}
        for kind, some in self._of_kind.items():
            for at, one in enumerate(some):
                self._by_office.setdefault((kind, one.office), []).append(at)
                for dataset in self.carried(one.datasets):
                    self._by_dataset.setdefault((kind, dataset), []).append(at)
        self._history = [one for one in guards.safeguards.values() if one.history]
        self.compares_only = _compare_only(self._history, guards)
        self._answered: dict[Hashable, Answers] = {}
        self.said: dict[tuple[str, bool, bool], str] = {}  # sentences that acts share
        self._none_approved: dict[str, bool] = {}
        self._above: dict[str, tuple[str, ...]] = {}
        self._under: dict[str, frozenset[str]] = {}

    def carried(self, datasets: tuple[str, ...] | None) -> tuple[str, ...]:
        return self.record.carried(datasets or ())

    def offices_above(self, office: str) -> tuple[str, ...]:
        if office not in self._above:
            self._above[office] = self.record.unit_and_above(office)
        return self._above[office]

    def offices_under(self, office: str) -> frozenset[str]:
        if office not in self._under:
            self._under[office] = frozenset(self.record.units_under(office))
        return self._under[office]

    def none_approved(self, kind: str) -> bool:
        """Whether nothing of a kind has an approval on this record, in whatever office."""
        if kind not in self._none_approved:
            self._none_approved[kind] = not any(
                event.event in APPROVALS
                for one in self._of_kind[kind]
                for event in one.events
            )
        return self._none_approved[kind]

    def of(
        self, kind: str, offices: Iterable[str], bought: Iterable[str]
    ) -> list[AssessmentReported]:
        """Return those that an act of these offices and datasets can rest on, or must speak of."""
        if not self.compares_only:
            return self._of_kind[kind]
        found: set[int] = set()
        for office in offices:
            found.update(self._by_office.get((kind, office), ()))
        for dataset in bought:
            found.update(self._by_dataset.get((kind, dataset), ()))
        return [self._of_kind[kind][at] for at in sorted(found)]

    def read(
        self, kind: str, context: Facts, facts: Facts, *, put: Callable[[], Put], act: str
    ) -> Answers:
        """Return what the safeguards answer to the question that `put` makes.

        context, facts   of that question: the act, and what is tried as its `kind`
        """
        if not self.compares_only:
            return read_three_valued(self._guards, put())
        alike = act, kind, _compared(context, facts)
        known = self._answered.get(alike)
        if known is None:
            every = read_three_valued(self._guards, put())
            asked = {COVERS, *(one.id for one in self._history)}
            known = {name: every[name] for name in every if name in asked}
            self._answered[alike] = known
        return known


def _compared(context: Facts, facts: Facts) -> tuple[Hashable, ...]:
    """Return how each comparison comes out, in every reading of its days."""
    offices = cast("frozenset[str] | None", facts.get("offices"))
    datasets = cast("frozenset[Ref] | None", facts.get("datasets"))
    bought = cast("frozenset[Ref] | None", context.get("datasets"))
    approved, at = facts.get("approved"), cast("Moments", context["at"])
    return (
        None if offices is None else context["office"] in offices,
        datasets is None,
        None if bought is None else datasets is not None and bought <= datasets,
        (
            approved.first <= at.first,
            approved.first <= at.last,
            approved.last <= at.first,
            approved.last <= at.last,
        )
        if isinstance(approved, Moments)
        else None,
    )


def with_cover(safeguard: str, answers: Sequence[Answers]) -> list[bool | None]:
    """An assessment counts for an act only as far as it covers it: both, in three values."""
    if not safeguard.startswith("assessment.") or safeguard == "assessment.threshold":
        return [one[safeguard] for one in answers]
    return [
        one[safeguard]
        if one[safeguard] is False or COVERS not in one
        else min(one[safeguard], one[COVERS], key=RANK.__getitem__)
        for one in answers
    ]


# -- what the conditions say -------------------------------------------------------------


def _compare_only(history: list[Safeguard], guards: SafeguardSet) -> bool:
    """Whether answers follow from the comparisons alone, and another office's is always no."""
    if COVERS not in guards.safeguards:
        return False
    covers = _leaves(guards.safeguards[COVERS])
    if covers is None or _of_office("assessment") not in covers:
        return False
    for one in history:
        leaves = _leaves(one)
        if leaves is None:
            return False
        under_cover = one.id.startswith("assessment.") and one.id != "assessment.threshold"
        for kind in KINDS:
            names = any(leaf[1][:1] == (kind,) for leaf in leaves)
            covered = under_cover and kind == "assessment"
            if names and not covered and _of_office(kind) not in leaves:
                return False
    return True


def _of_office(kind: str) -> Leaf:
    return "contains", (kind, "offices"), ("office",)


def _leaves(safeguard: Safeguard) -> frozenset[Leaf] | None:
    """Return the comparisons that a condition joins by "and"; None if it says anything else."""
    found: set[Leaf] = set()
    waiting: list[Node] = [json.loads(safeguard.condition)]
    while waiting:
        match waiting.pop():
            case {"&&": {"left": left, "right": right}}:
                waiting += [left, right]
            case dict() as node if (leaf := _leaf(node)) is not None:
                found.add(leaf)
            case _:
                return None
    return frozenset(found)


def _leaf(node: dict[str, Node]) -> Leaf | None:
    operator, sides = next(iter(node.items()), ("", None))
    if len(node) != 1 or not isinstance(sides, dict):
        return None
    left, right = _path(sides.get("left")), _path(sides.get("right"))
    if left is None or right is None:
        return None
    leaf = operator, left, right
    known = leaf in _COMPARED or (
        left[:1] != () and left[0] in _NEVER_GIVEN and operator in ("==", "<=")
    )
    return leaf if known else None


def _path(node: Node) -> Path | None:
    """Return the names from the context down; None for what is no name, and not `true`."""
    match node:
        case {"Value": True}:
            return _TRUE
        case {"Var": "context"}:
            return ()
        case {".": {"left": left, "attr": str(name)}}:
            above = _path(left)
            return None if above is None else (*above, name)
        case _:
            return None
