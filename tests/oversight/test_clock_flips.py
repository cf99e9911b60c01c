"""Each kind of date flips: by one entry more, and, where it is dated, by one microsecond more."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Final, get_args

import msgspec
import pytest

from beforehand.oversight.clock_words import Kind
from beforehand.oversight.clocks import Due, due
from beforehand.record import buying as b
from beforehand.record import custody as c
from beforehand.record import facts as f
from beforehand.record import people as p
from beforehand.record import rulebook as k
from beforehand.record import using as u
from tests.oversight import test_clocks as tc
from tests.policy import answering_tables as t
from tests.policy import group_tables as g
from tests.record.generated import recorded
from tests.world import DIGEST, NOW, SAMPLE, Step, changed, record, steps

if TYPE_CHECKING:
    from beforehand.record.fold import Record
    from beforehand.record.kinds import DecidedFact

LATER: Final = "2026-11-24T10:00:00.000000Z"


def later(actor: str, fact: DecidedFact) -> Step:
    return Step(fact=fact, actor=actor, at=LATER)


def step(name: str, **changes: object) -> Step:
    """A step of the world, done again or only now."""
    found = steps()[name]
    fact = msgspec.structs.replace(found.fact, **changes)
    return Step(fact=fact, actor=found.actor, at=LATER, opened=found.opened)


WITHDRAWN: Final = k.SafeguardsWithdrawn(policies=DIGEST, office="harbor")
ADVICE_CLOSED: Final = msgspec.structs.replace(tc.ADVICE, status="closed")
TASK_CLOSED: Final = msgspec.structs.replace(ADVICE_CLOSED, to=None)
UNANSWERED: Final = Step(fact=g.ANSWER, actor="maker", at="2026-11-22T10:00:00.000000Z")
SOLVED: Final = c.DeletionProved(
    deletion="d-1", parts=1, wraps=1, answers=0, kept=0, remaining=0
)
# A record in which the date stands, and the one entry that settles it.
SETTLES: Final[dict[Kind, tuple[Record, Step]]] = {
    "assessment-lapses": (record(), g.WITHDRAWN),
    "assessment-not-disclosed": (record(("published",)), step("published")),
    "threshold-lapses": (record(), later("reviewer", g.REVOKED_PTA)),
    "mitigation": (record(), tc.DONE),
    "remark-open": (record(g.IN_REVIEW, g.REMARK), later("lawyer", g.RESOLVED)),
    "contract-ends": (record(), later("buyer", f.ContractEnded(contract="c-1"))),
    "pilot-year": (
        record(instead=changed("award", pilot=True)),
        later("buyer", f.ContractEnded(contract="c-1")),
    ),
    "supplier-reassessment": (record(), step("evidence")),
    "supplier-link": (tc.inquired(), later("maker", g.ANSWER)),
    "supplier-unanswered": (tc.inquired(UNANSWERED), step("evidence")),
    "dataset-stopped": (
        record((), tc.STOPPED),
        later("chief", f.DatasetResumed(dataset="feed")),
    ),
    "review-of-use": (
        record((), tc.asked_once(), g.by("supervisor", SAMPLE)),
        later("supervisor", g.REVIEW),
    ),
    "legal-process": (
        record((), g.RECORDED),
        later("lawyer", u.ProcessEnded(process="w-1")),
    ),
    "exigency": (record((), g.DECLARED), later("lawyer", g.RESOLVE)),
    "incident-notice": (record((), g.OPENED, g.NOTICES[0]), g.NOTICES[1]),
    "incident-open": (record((), g.OPENED, *g.NOTICES), later("reviewer", g.CLOSED)),
    "interim-procedures": (
        record(instead=changed("procedures", interim=True)),
        step("procedures", procedures="p-2"),
    ),
    "training": (record(), step("trained-analyst")),
    "rules-of-behavior": (record(), step("signed-analyst")),
    "recertification": (
        record(instead=changed("recertified-analyst", at="2026-08-01T10:00:00.000000Z")),
        step("recertified-analyst"),
    ),
    "account-locked": (
        record((), g.by("supervisor", g.LOCK)),
        later("reviewer", g.UNLOCK),
    ),
    "delegation": (
        record((), g.DELEGATED),
        later("root", p.DelegationEnded(delegation="d-1")),
    ),
    "acting": (
        record((), g.by("root", g.ACTING)),
        later("root", p.ActingEnded(acting="a-1")),
    ),
    "exception": (
        record((), g.by("chief", g.EXCEPTION)),
        later("chief", b.ExceptionEnded(exception="x-1")),
    ),
    "sealed-retention": (record((), tc.DECIDED), later("keeper", SOLVED)),
    "deletion-unproved": (record((), tc.DECIDED), later("keeper", SOLVED)),
    "safeguards-proposed": (
        record((), Step(fact=tc.PROPOSED, actor="component")),
        later("component", WITHDRAWN),
    ),
    "safeguards-begin": (record((), tc.ADOPTED), later("chief", WITHDRAWN)),
    "recommendation-answer": (record((), *t.ANSWERED), later("watcher", t.RATED)),
    "recommendation-target": (record((), *t.DONE[:-1]), later("watcher", t.CLOSED)),
    "commitment-due": (record((), t.PROMISED), later("manager", t.KEPT)),
    "query": (record((), t.LODGED), later("manager", t.REPLY)),
    "redress": (record((), t.RECEIVED), later("component", t.SETTLED)),
    "recommendation": (
        tc.reported(tc.CASE, tc.REPORT, tc.ADVICE),
        Step(fact=ADVICE_CLOSED, actor="x", at=LATER),  # type: ignore[arg-type]
    ),
    "commitment": (
        tc.reported(tc.CASE, tc.PROMISE),
        Step(fact=TASK_CLOSED, actor="x", at=LATER),  # type: ignore[arg-type]
    ),
}
# No entry settles these: a use request ends by itself, and that a day of data was deleted
# stands in the holdings alone. What makes the date is left out instead.
MADE_BY: Final[dict[Kind, str]] = {"use-request": "request", "retention": "held"}


def listed(view: Record, kind: Kind) -> set[tuple[object, ...]]:
    found = (one for one in due(view, NOW) if one.what == kind)
    return {(one.of, one.part, one.moment) for one in found}


@pytest.mark.parametrize("kind", SETTLES)
def test_one_entry_more_settles_a_date_that_stood(kind: Kind) -> None:
    before, settling = SETTLES[kind]
    view = deepcopy(before)
    stood = listed(view, kind)
    assert stood
    view.apply(recorded(view.size, settling))
    assert stood - listed(view, kind)


@pytest.mark.parametrize("kind", MADE_BY)
def test_what_no_entry_settles_is_there_by_the_one_entry_that_makes_it(kind: Kind) -> None:
    rest = ("request", "use-approved", "use-concurred")
    left_out = rest if MADE_BY[kind] == "request" else (MADE_BY[kind],)
    assert listed(record(), kind)
    assert not listed(record(left_out), kind)


def test_every_kind_of_date_has_an_entry_that_flips_it() -> None:
    assert {*SETTLES, *MADE_BY} == set(get_args(Kind))
    assert not {*SETTLES} & {*MADE_BY}


# -- one microsecond ---------------------------------------------------------------------

UNDATED: Final[frozenset[Kind]] = frozenset(
    (*tc.STANDING, "incident-open", "supplier-unanswered", "deletion-unproved")
)
DATED: Final[dict[Kind, tuple[Record, str]]] = {
    **{one.kind: (one.view, one.of) for one in tc.REFUSING},
    **{kind: (one[0], one[1]) for kind, one in tc.OTHERS.items() if kind not in UNDATED},
}
BEGINS: Final = (
    "safeguards-begin"  # from its moment on it is in force, and no date any more
)


def at(view: Record, kind: Kind, of: str, moment: str) -> list[Due]:
    return [one for one in due(view, moment) if (one.what, one.of) == (kind, of)]


@pytest.mark.parametrize("kind", DATED)
def test_a_dated_kind_is_overdue_from_its_moment_on_and_not_before(kind: Kind) -> None:
    view, of = DATED[kind]
    first, *_ = at(view, kind, of, NOW)
    before = tc.moved(first.moment, microseconds=-1)
    assert [one.state for one in at(view, kind, of, before)][:1] == ["today"]
    states = [one.state for one in at(view, kind, of, first.moment)]
    assert states[:1] == ([] if kind == BEGINS else ["overdue"])


@pytest.mark.parametrize("kind", sorted(UNDATED))
def test_an_undated_kind_is_overdue_for_as_long_as_it_stands(kind: Kind) -> None:
    view = tc.STANDING[kind][0] if kind in tc.STANDING else tc.OTHERS[kind][0]
    found = [one for one in due(view, NOW) if one.what == kind]
    assert [(one.state, one.dated) for one in found] == [("overdue", False)]


def test_every_kind_of_date_is_dated_or_stands() -> None:
    assert {*DATED, *UNDATED} == set(get_args(Kind))
    assert not {*DATED} & UNDATED
