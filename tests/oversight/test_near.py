"""The quick audit says what the slow one says, to the letter; and knows when it must be slow."""

from __future__ import annotations

import pytest

from beforehand.oversight import near
from beforehand.oversight.audit import findings
from beforehand.policy import sets
from beforehand.policy.sets import baseline
from tests.oversight.large import large_case


def test_the_quick_audit_finds_what_asking_every_question_finds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record, guards = large_case(contracts=60, assessments=12), baseline()
    quick = findings(record, guards)
    monkeypatch.setattr(near, "_compare_only", lambda *_: False)
    assert quick == findings(record, guards)
    assert len({one.verdict for one in quick}) > 1


@pytest.mark.parametrize(
    ("condition", "quick"),
    [
        ("context.assessment.approved <= context.at", True),
        ('context.office == "harbor"', False),
        ('context.assessment.offices.contains("harbor")', False),
        ("context.threshold.approved <= context.at", False),
        ("context.assessment.approved <= context.at || context.pilot", False),
    ],
    ids=["compares", "names an office", "names one of a set", "whatever office", "or"],
)
def test_a_safeguard_that_says_more_than_it_compares_has_every_question_asked(
    condition: str, quick: bool
) -> None:
    old = "context.assessment.approved <= context.at"
    text = baseline().text
    changed = text.replace(old, condition)
    assert changed != text or condition == old
    guards = sets.read(changed, where="test")
    assert near.Near(large_case(1, 1), guards).compares_only == quick
