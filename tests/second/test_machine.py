"""No sequence of permitted acts reaches what the safeguards forbid, whoever does whatever."""

from __future__ import annotations

import os

import pytest

from tests.second.department import Department
from tests.second.machine import Everybody, profile, run_without
from tests.world import GUARDS

# `make soak` asks for more.
EXAMPLES = int(os.environ.get("BEFOREHAND_EXAMPLES", "20"))

Everybody.TestCase.settings = profile(EXAMPLES, 25)
TestWhatIsPermittedBreaksNoPromise = Everybody.TestCase

# Without these the machine soon finds an act that breaks the promise.
QUICK = {
    "assessment.approved assessment.text-in-force assessment.unexpired": "without an assessment",
    "request.approved": "without both decisions",
    "separation.own-access": "of oneself",
    "person.is-contracting-officer": "no contracting_officer",
    "assessment.text-in-force assessment.disclosed": "without an assessment",
}


def test_the_department_gets_to_its_first_question_by_permitted_acts_alone() -> None:
    here = Department()
    here.set_up()
    assert not here.promises.broken
    assert here.usual("ask")
    assert here.effects() == here.told_effects()


@pytest.mark.parametrize("left_out", QUICK)
def test_the_promises_do_not_hold_without_their_safeguards(left_out: str) -> None:
    with pytest.raises(AssertionError, match=QUICK[left_out]):
        run_without(left_out.split(), examples=80)


def test_what_is_left_out_is_a_safeguard() -> None:
    names = {name for some in QUICK for name in some.split()}
    assert names < set(GUARDS.safeguards)
