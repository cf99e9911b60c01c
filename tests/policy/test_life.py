"""The life of an assessment, each transition with its inverse; and who counts as whom."""

from __future__ import annotations

import msgspec
import pytest

from beforehand.policy.decide import decide
from beforehand.policy.question import put
from beforehand.record import facts as f
from beforehand.record.acts import Act
from beforehand.record.checks import GrammarError
from beforehand.record.fold import Record
from beforehand.record.grammar import check
from beforehand.record.state import Assessment
from tests.policy import group_tables as g
from tests.record.generated import recorded
from tests.world import (
    DRAFT,
    GUARDS,
    NOW,
    TERMS,
    TEXT,
    Step,
    ask,
    award,
    changed,
    record,
    steps,
)


def after(view: Record, *more: Step) -> Record:
    """Take steps that the grammar and the safeguards let through, or fail."""
    for one in more:
        act = Act(actor=one.actor, fact=one.fact, sealed=dict(one.opened))  # type: ignore[arg-type]  # a test's own values
        check(view, act)
        assert decide(GUARDS, put(view, act, at=NOW)).unmet == ()
        view.apply(
            recorded(
                view.size, Step(fact=one.fact, actor=one.actor, at=NOW, opened=one.opened)
            )
        )
    return view


def pia(view: Record) -> Assessment:
    return view.assessments["pia"]


def covered(view: Record) -> bool:
    return decide(GUARDS, put(view, award(), at=NOW)).allowed


SUBMIT, ENDORSE = steps()["submitted"], steps()["endorsed"]
REVIEW, APPROVE, PUBLISH = (steps()[name] for name in ("reviewed", "approved", "published"))
REST = ("submitted", "endorsed", "reviewed", "approved", "published")
# In the midst of its way, a step that takes it back, the stage then, and the way on again.
INVERSES = {
    "submitted and recalled": (REST[1:], g.by("manager", g.RECALLED), "draft", [SUBMIT, ENDORSE, REVIEW, APPROVE, PUBLISH]),
    "endorsed and returned": (REST[2:], g.by("component", g.RETURNED), "changes asked", [SUBMIT, ENDORSE, REVIEW, APPROVE, PUBLISH]),
    "reviewed and returned": (REST[3:], g.by("reviewer", g.RETURNED), "changes asked", [SUBMIT, ENDORSE, REVIEW, APPROVE, PUBLISH]),
    "approved and revoked": ((), g.by("chief", g.REVOKED), "published", [APPROVE]),
    "withdrawn and reinstated": ((), g.WITHDRAWN, "withdrawn", [g.by("chief", g.REINSTATED)]),
}  # fmt: skip


@pytest.mark.parametrize("case", INVERSES)
def test_each_transition_has_an_inverse_and_the_way_on_is_open(case: str) -> None:
    without, back, stage, again = INVERSES[case]
    view = after(record(without), back)
    assert pia(view).stage == stage
    assert not covered(view)
    assert covered(after(view, *again))


def test_a_superseded_assessment_covers_nothing_until_it_is_reinstated() -> None:
    view = after(record((), *g.second_assessment()), g.by("chief", g.SUPERSEDED))
    assert pia(view).stage == "superseded"
    assert not covered(view)
    assert decide(GUARDS, put(view, award(assessment="pia-2"), at=NOW)).allowed
    assert covered(after(view, g.by("chief", g.REINSTATED)))


def test_a_returned_text_cannot_be_approved_before_it_goes_the_whole_way() -> None:
    view = after(record(REST[3:]), g.by("reviewer", g.RETURNED))
    for step in (APPROVE, REVIEW, ENDORSE):
        with pytest.raises(GrammarError):
            check(view, Act(actor=step.actor, fact=step.fact))


def test_the_stages_come_in_their_order() -> None:
    view = record(REST)
    assert pia(view).stage == "draft"
    way = (SUBMIT, ENDORSE, REVIEW, APPROVE, PUBLISH)
    assert [pia(after(view, step)).stage for step in way] == [
        "in component review",
        "in privacy-office review",
        "reviewed by the privacy office",
        "approved",
        "published",
    ]


def test_an_accepted_delay_lifts_the_suspension_until_its_day_and_no_longer() -> None:
    late = "2026-12-02T00:00:00.000000Z"
    view = record()
    assert {one.safeguard for one in decide(GUARDS, put(view, award(), at=late)).unmet} == {
        "assessment.mitigations"
    }
    after(view, g.by("chief", g.DELAY))
    last = "2027-01-31T23:59:59.999999Z"
    ends = award(ends="2027-06-01")
    assert decide(GUARDS, put(view, ends, at=late)).allowed
    assert "assessment.mitigations" not in _unmet(view, ends, last)
    assert "assessment.mitigations" in _unmet(view, ends, "2027-02-01T00:00:00.000000Z")


def test_a_delay_cannot_bring_a_date_forward() -> None:
    sooner = msgspec.structs.replace(g.DELAY, until="2026-11-26")
    view = after(record(), g.by("chief", sooner))
    assert "assessment.mitigations" not in _unmet(
        view, award(), "2026-11-30T00:00:00.000000Z"
    )


def test_a_dissent_is_an_opinion_and_a_missing_one_is_not() -> None:
    """The civil liberties office dissents in the invented department, and it is approved."""
    assert pia(record()).opinions[TEXT]["civil_liberties"] == "dissents"
    assert "assessment.opinions" in _unmet(
        record(("opinion-liberties", *g.IN_REVIEW)), g.act("chief", g.APPROVE), NOW
    )


def test_an_edit_voids_the_opinions_and_the_endorsement_too() -> None:
    other = msgspec.structs.replace(
        DRAFT, terms=msgspec.structs.replace(TERMS, sharing=("x",))
    )
    view = after(record(), g.by("manager", other))
    assert pia(view).stage == "draft"
    assert pia(view).digest not in pia(view).opinions
    assert pia(after(view, g.by("manager", DRAFT))).stage == "published"


def test_a_thread_is_reopened_and_blocks_again() -> None:
    view = after(record(g.IN_REVIEW), g.REMARK)
    approve = g.act("chief", g.APPROVE)
    assert "assessment.threads-resolved" in _unmet(view, approve, NOW)
    after(view, g.by("manager", g.ANSWERED), g.by("lawyer", g.RESOLVED))
    assert _unmet(view, approve, NOW) == set()
    after(view, g.by("lawyer", g.REOPENED))
    assert "assessment.threads-resolved" in _unmet(view, approve, NOW)


def test_a_revoked_threshold_analysis_covers_nothing_and_stays_signed() -> None:
    view = after(record(), g.by("reviewer", g.REVOKED_PTA))
    assert "assessment.threshold" in _unmet(view, award(), NOW)
    assert view.thresholds["pta"].revoked
    with pytest.raises(GrammarError):
        check(view, Act(actor="manager", fact=steps()["pta"].fact))
    assert covered(after(view, steps()["pta-approved"]))


# -- acting for another ------------------------------------------------------------------

COUNSEL_TOO = msgspec.structs.replace(g.DELEGATION, delegation="d-2", delegate="lawyer")


def test_a_delegate_may_do_what_was_delegated_and_the_delegator_did_not_decide() -> None:
    view = after(record(("use-approved",)), g.DELEGATED)
    approve = g.act("component", f.UseApproved(request="r-1"))
    assert _unmet(view, approve, NOW) == {"person.trained"}


def test_a_delegate_of_the_requester_cannot_approve_the_request() -> None:
    view = record(("use-approved",), instead=changed("request", actor="chief"))
    chief = msgspec.structs.replace(
        g.DELEGATION,
        delegator="chief",
        delegate="supervisor",
        office="privacy",
        roles=("chief_privacy_officer",),
    )
    after(view, g.by("chief", chief))
    assert "separation.requester-approves" in _unmet(
        view, g.act("supervisor", f.UseApproved(request="r-1")), NOW
    )


def test_who_delegated_to_the_approver_cannot_concur() -> None:
    """What a delegate decided, the delegator has decided."""
    view = after(record(("use-approved", "use-concurred")), g.by("supervisor", COUNSEL_TOO))
    after(view, g.by("lawyer", f.UseConcurred(request="r-1")))
    assert "separation.one-decision" in _unmet(
        view, g.act("supervisor", f.UseApproved(request="r-1")), NOW
    )


def test_a_delegation_ends_and_with_it_the_posts() -> None:
    view = after(record(("use-approved",)), g.DELEGATED)
    approve = g.act("component", f.UseApproved(request="r-1"))
    assert "person.is-supervisor" not in _unmet(view, approve, NOW)
    assert "person.is-supervisor" in _unmet(view, approve, "2026-12-21T00:00:00.000000Z")
    gone = f.PersonAppointed(
        person="supervisor", office="harbor", roles=(), account="individual"
    )
    after(view, g.by("root", gone))
    assert "person.is-supervisor" in _unmet(view, approve, NOW)


def _unmet(view: Record, act: Act, at: str) -> set[str]:
    return {one.safeguard for one in decide(GUARDS, put(view, act, at=at)).unmet}


# -- procedures --------------------------------------------------------------------------


def test_procedures_to_come_leave_those_in_force_until_their_day() -> None:
    coming = f.ProceduresAdopted2(
        procedures="p-2",
        office="dept",
        document="0" * 64,
        in_force_from="2026-12-24",
        interim=True,
    )
    view = after(record(), g.by("chief", coming))
    for at, unmet in (
        ("2026-12-23T23:59:59.999999Z", set()),
        ("2026-12-24T00:00:00.000000Z", {"procedures.final"}),
    ):
        assert _unmet(view, ask(), at) & {"procedures.final", "procedures.adopted"} == unmet
