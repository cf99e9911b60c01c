"""Which fact may follow which: for each verb one act that is possible, and each way it is not."""

from __future__ import annotations

import msgspec
import pytest

from beforehand.policy.question import put
from beforehand.record import custody as c
from beforehand.record import facts as f
from beforehand.record.acts import Act, Json
from beforehand.record.checks import GrammarError
from beforehand.record.fold import Record
from beforehand.record.grammar import check, founds
from beforehand.record.kinds import ACTS
from beforehand.record.state import text_digest
from tests.record.generated import asked, plain
from tests.record.possible import (
    ADOPTED,
    AFTER_AWARD,
    ANSWERED,
    APPROVED,
    APPROVED_SET,
    BY_PIA,
    EDITED,
    ENDED,
    FACTS,
    HELD,
    OTHER,
    PLACES,
    POSSIBLE,
    PROPOSED_SET,
    PTA,
    REQUEST,
    SEALED,
    STOPPED,
    SUBMITTED,
    SUPPLIER,
    WITHDRAWN,
    Steps,
    act_by,
    by,
)
from tests.world import (
    AWARD,
    DRAFT,
    NOW,
    TERMS,
    record,
    steps,
)

# A verb, what is changed in its possible fact, and the place that the refusal names.
UNKNOWN: list[tuple[str, str, object, str]] = [
    ("name-office", "parent", "none", "parent"),
    ("appoint", "office", "none", "office"),
    ("name-dataset", "supplier", "none", "supplier"),
    ("name-dataset", "carries", ("feed", "none"), "carries"),
    ("file-threshold-analysis", "office", "none", "office"),
    ("file-threshold-analysis", "datasets", ("feed", "none"), "datasets"),
    ("approve-threshold-analysis", "threshold", "none", "threshold"),
    ("draft-assessment", "office", "none", "office"),
    ("draft-assessment", "threshold", "none", "threshold"),
    ("submit-assessment", "assessment", "none", "assessment"),
    ("review-assessment", "assessment", "none", "assessment"),
    ("approve-assessment", "assessment", "none", "assessment"),
    ("publish-assessment", "assessment", "none", "assessment"),
    ("withhold-assessment", "assessment", "none", "assessment"),
    ("withdraw-assessment", "assessment", "none", "assessment"),
    ("record-mitigation", "assessment", "none", "assessment"),
    ("record-mitigation", "mitigation", "none", "mitigation"),
    ("file-supplier-evidence", "dataset", "none", "dataset"),
    ("award", "office", "none", "office"),
    ("award", "supplier", "none", "supplier"),
    ("award", "datasets", ("feed", "none"), "datasets"),
    ("award", "assessment", "none", "assessment"),
    ("modify", "contract", "none", "contract"),
    ("modify", "datasets", ("none",), "datasets"),
    ("modify", "assessment", "none", "assessment"),
    ("end-contract", "contract", "none", "contract"),
    ("adopt-procedures", "office", "none", "office"),
    ("record-training", "person", "none", "person"),
    ("sign-rules", "person", "none", "person"),
    ("recertify-access", "person", "none", "person"),
    ("take-in", "dataset", "none", "dataset"),
    ("take-in", "office", "none", "office"),
    ("take-in", "contract", "none", "contract"),
    ("take-in", "assessment", "none", "assessment"),
    ("request-use", "office", "none", "office"),
    ("request-use", "dataset", "none", "dataset"),
    ("request-use", "assessment", "none", "assessment"),
    ("approve-use", "request", "none", "request"),
    ("concur-use", "request", "none", "request"),
    ("ask", "office", "none", "office"),
    ("ask", "dataset", "none", "dataset"),
    ("ask", "snapshot", OTHER, "snapshot"),
    ("ask", "request", "none", "request"),
    ("ask", "assessment", "none", "assessment"),
    ("answer", "question", "none", "question"),
    ("withhold-answer", "question", "none", "question"),
    ("review-use", "dataset", "none", "dataset"),
    ("review-use", "office", "none", "office"),
    ("stop-dataset", "dataset", "none", "dataset"),
    ("resume-dataset", "dataset", "none", "dataset"),
    ("open-sealed", "office", "none", "office"),
    ("place-hold", "on", "none", "on"),
    ("lift-hold", "hold", "none", "hold"),
    ("prove-deletion", "deletion", "none", "deletion"),
    ("propose-safeguards", "office", "none", "office"),
    ("adopt-safeguards", "office", "none", "office"),
]
# A verb, what is changed in its possible fact, and the same.
WRONG: list[tuple[str, str, str, object, str]] = [
    ("an assessment of an unknown dataset", "draft-assessment", "terms", ("datasets", ("none",)), "terms.datasets"),
    ("an assessment for an unknown office", "draft-assessment", "terms", ("offices", ("none",)), "terms.offices"),
    ("redrafted under another office", "draft-assessment", "office", "routes", "office"),
    ("submitted by another digest", "submit-assessment", "digest", OTHER, "digest"),
    ("reviewed by another digest", "review-assessment", "digest", OTHER, "digest"),
    ("approved by another digest", "approve-assessment", "digest", OTHER, "digest"),
    ("published by another digest", "publish-assessment", "digest", OTHER, "digest"),
    ("withheld by another digest", "withhold-assessment", "digest", OTHER, "digest"),
    ("a grid coarser than any", "draft-assessment", "terms", ("finest_grid", 21), "terms.finest_grid"),
    ("kept for ages", "draft-assessment", "terms", ("retention_days", 36_526), "terms.retention_days"),
    ("reviewed after ages", "draft-assessment", "terms", ("review_days", 2**53 - 1), "terms.review_days"),
    ("a contract for nothing", "award", "datasets", (), "datasets"),
    ("a contract modified to nothing", "modify", "datasets", (), "datasets"),
    ("a contract that ends before it starts", "award", "ends", "2026-11-19", "ends"),
    ("a contract modified to end before it starts", "modify", "ends", "2026-11-19", "ends"),
    ("days taken in backwards", "take-in", "last_day", "2026-09-30", "last_day"),
    ("a key under another's id", "add-log-key", "key", "00000000", "key"),
    ("a key that is none", "add-log-key", "vkey", "log.example+00000000+AAAA", "vkey"),
    ("an audit of another register", "audit-sealed", "register", "other", "register"),
    ("an audit of entries to come", "audit-sealed", "upto", 1_000, "upto"),
    ("a schedule of another register", "set-schedule", "register", "other", "register"),
    ("kept no day at all", "set-schedule", "days", 0, "days"),
    ("sealed for ages", "set-schedule", "days", 36_526, "days"),
    ("a deletion that left something", "prove-deletion", "remaining", 1, "remaining"),
    ("approved for another office", "approve-safeguards", "office", "dept", "policies"),
    ("another set approved", "approve-safeguards", "policies", "2" * 64, "policies"),
    ("withdrawn for another office", "withdraw-safeguards", "office", "dept", "policies"),
    ("another set withdrawn", "withdraw-safeguards", "policies", "2" * 64, "policies"),
    ("another register's clock", "note-clock-step", "register", "other", "register"),
    ("days requested backwards", "request-use", "last_day", "2026-09-30", "last_day"),
]  # fmt: skip
OTHER_DELETION = c.DeletionDecided(deletion="d-0", before="2026-01-01", keeping=(), parts=1)
# A name, a verb, the steps left out and added before it, and the place.
WHEN: list[tuple[str, str, tuple[str, ...], Steps, str]] = [
    ("an office twice", "name-office", (), (by(FACTS["name-office"]),), "office"),
    ("a supplier twice", "name-supplier", (), (by(FACTS["name-supplier"]),), "supplier"),
    ("a dataset twice", "name-dataset", (), (by(FACTS["name-dataset"]),), "dataset"),
    ("a threshold twice", "file-threshold-analysis", (), (by(PTA),), "threshold"),
    ("a threshold approved twice", "approve-threshold-analysis", (), (), "threshold"),
    ("submitted twice", "submit-assessment", (), (), "act"),
    ("reviewed twice", "review-assessment", (), (), "act"),
    ("published twice", "publish-assessment", (), (), "act"),
    ("withheld after publication", "withhold-assessment", (), (), "act"),
    ("withdrawn twice", "withdraw-assessment", (), (WITHDRAWN,), "assessment"),
    ("reviewed before it is submitted", "review-assessment", BY_PIA, (), "act"),
    ("approved before it is reviewed", "approve-assessment", BY_PIA[1:], (), "act"),
    ("published before it is approved", "publish-assessment", BY_PIA[2:], (), "act"),
    ("withheld before it is approved", "withhold-assessment", BY_PIA[2:], (), "act"),
    ("drafted after withdrawal", "draft-assessment", (), (WITHDRAWN,), "assessment"),
    ("submitted after withdrawal", "submit-assessment", BY_PIA, (WITHDRAWN,), "assessment"),
    ("reviewed after withdrawal", "review-assessment", BY_PIA[1:], (WITHDRAWN,), "assessment"),
    ("approved after withdrawal", "approve-assessment", BY_PIA[2:], (WITHDRAWN,), "assessment"),
    ("published after withdrawal", "publish-assessment", BY_PIA[3:], (WITHDRAWN,), "assessment"),
    ("withheld after withdrawal", "withhold-assessment", BY_PIA[3:], (WITHDRAWN,), "assessment"),
    ("mitigated after withdrawal", "record-mitigation", (), (WITHDRAWN,), "assessment"),
    ("submitted as superseded", "submit-assessment", BY_PIA, (by(EDITED),), "digest"),
    ("reviewed as superseded", "review-assessment", BY_PIA[1:], (by(EDITED),), "digest"),
    ("approved as superseded", "approve-assessment", BY_PIA[2:], (by(EDITED),), "digest"),
    ("published as superseded", "publish-assessment", BY_PIA[3:], (by(EDITED),), "digest"),
    ("a contract twice", "award", (), (), "contract"),
    ("modified after its end", "modify", (), (ENDED,), "contract"),
    ("ended twice", "end-contract", (), (ENDED,), "contract"),
    ("a snapshot twice", "take-in", (), (), "snapshot"),
    ("a request twice", "request-use", (), (), "request"),
    ("a question while it is open", "ask", (), (asked("q-1"),), "question"),
    ("answered twice", "answer", (), (asked("q-1"), by(ANSWERED)), "question"),
    ("withheld after its answer", "withhold-answer", (), (asked("q-1"), by(ANSWERED)), "question"),
    ("answered though never open", "answer", (), (asked("q-1", repeats="q-0"),), "question"),
    ("stopped twice", "stop-dataset", (), (STOPPED,), "dataset"),
    ("resumed while it runs", "resume-dataset", (), (), "dataset"),
    ("a key twice", "add-log-key", (), (by(FACTS["add-log-key"]),), "key"),
    ("the only key retired", "retire-log-key", (), (), "key"),
    ("the founding key retired twice", "retire-log-key", (), (by(FACTS["add-log-key"]), by(FACTS["retire-log-key"])), "key"),
    ("a reader's key twice", "name-reader", (), (by(FACTS["name-reader"]),), "public_key"),
    ("a hold twice", "place-hold", (), (by(FACTS["place-hold"]),), "hold"),
    ("a hold lifted twice", "lift-hold", (), (by(FACTS["place-hold"]), by(FACTS["lift-hold"])), "hold"),
    ("a deletion twice", "delete-sealed", (), (by(FACTS["delete-sealed"]), by(FACTS["prove-deletion"])), "deletion"),
    ("a deletion while another is unproved", "delete-sealed", (), (by(OTHER_DELETION),), "act"),
    ("a deletion proved twice", "prove-deletion", (), (by(FACTS["delete-sealed"]), by(FACTS["prove-deletion"])), "deletion"),
    ("opened a second time", "open-register", (), (), "act"),
    ("a set proposed twice", "propose-safeguards", (), (by(PROPOSED_SET),), "policies"),
    ("a set approved twice", "approve-safeguards", (), (by(PROPOSED_SET), by(APPROVED_SET)), "policies"),
    ("a set approved that is adopted", "approve-safeguards", (), (by(PROPOSED_SET), by(ADOPTED)), "policies"),
    ("a set withdrawn twice", "withdraw-safeguards", (), (by(PROPOSED_SET), by(FACTS["withdraw-safeguards"])), "policies"),
    ("an adopted set withdrawn twice", "withdraw-safeguards", (), (by(ADOPTED), by(FACTS["withdraw-safeguards"])), "policies"),
]  # fmt: skip


def refused(view: Record, act: Act) -> GrammarError:
    """Return why `act` is refused, the record being as before; fails if it is possible."""
    before = plain(view)
    with pytest.raises(GrammarError) as caught:
        check(view, act)
    assert plain(view) == before
    return caught.value


@pytest.mark.parametrize("verb", FACTS)
def test_an_act_that_makes_sense_is_possible_and_changes_nothing_by_being_checked(
    verb: str,
) -> None:
    without, more = PLACES[verb]
    view = record(without, *more)
    before = plain(view)
    check(view, act_by(FACTS[verb]))
    assert plain(view) == before


def test_the_table_of_possible_acts_has_every_verb() -> None:
    assert set(FACTS) == set(ACTS)
    assert len(POSSIBLE) == len(FACTS)


@pytest.mark.parametrize(
    ("verb", "name", "value", "where"),
    [pytest.param(*one, id=f"{one[0]} {one[1]}") for one in UNKNOWN],
)
def test_an_act_about_what_is_not_on_record_is_refused(
    verb: str, name: str, value: object, where: str
) -> None:
    without, more = PLACES[verb]
    fact = msgspec.structs.replace(FACTS[verb], **{name: value})
    why = refused(record(without, *more), act_by(fact))
    assert (why.where, why.expected) == (where, "an id that is on the record")
    assert why.got == repr(value if isinstance(value, str) else value[-1])  # type: ignore[index]


@pytest.mark.parametrize(
    ("verb", "name", "value", "where"), [pytest.param(*one[1:], id=one[0]) for one in WRONG]
)
def test_an_act_that_does_not_fit_is_refused(
    verb: str, name: str, value: object, where: str
) -> None:
    without, more = PLACES[verb]
    if name == "terms" and isinstance(value, tuple):
        value = msgspec.structs.replace(TERMS, **{value[0]: value[1]})
    fact = msgspec.structs.replace(FACTS[verb], **{name: value})
    assert refused(record(without, *more), act_by(fact)).where == where


@pytest.mark.parametrize(
    ("verb", "without", "more", "where"),
    [pytest.param(*one[1:], id=one[0]) for one in WHEN],
)
def test_an_act_out_of_turn_is_refused(
    verb: str, without: tuple[str, ...], more: Steps, where: str
) -> None:
    # The fold asks no order: what rests on a step that is left out may stay.
    assert refused(record(without, *more), act_by(FACTS[verb])).where == where


def test_evidence_is_by_the_supplier_of_the_dataset() -> None:
    fact = msgspec.structs.replace(FACTS["file-supplier-evidence"], supplier="rival")
    assert refused(record((), SUPPLIER), act_by(fact)).where == "supplier"
    assert refused(record(), act_by(fact)).where == "supplier"


def test_an_approval_may_be_renewed() -> None:
    check(record(), act_by(APPROVED))


def test_a_text_that_was_restored_keeps_its_steps() -> None:
    view = record((), by(EDITED), by(DRAFT))
    check(view, act_by(APPROVED))
    assert refused(view, act_by(SUBMITTED)).where == "act"
    check(
        record((), by(EDITED)),
        act_by(f.AssessmentSubmitted(assessment="pia", digest=text_digest(EDITED))),
    )


def test_a_question_can_be_decided_under_the_longest_terms_that_may_be_drafted() -> None:
    terms = msgspec.structs.replace(
        TERMS, finest_grid=20, retention_days=36_525, review_days=36_525
    )
    draft = by(msgspec.structs.replace(DRAFT, terms=terms))
    check(record(), act_by(draft.fact))
    put(record((), draft), act_by(asked("q-9").fact), at=NOW)


def test_an_award_may_name_no_assessment() -> None:
    check(record(), act_by(msgspec.structs.replace(AWARD, contract="c-9", assessment=None)))


def test_a_day_alone_is_a_whole_period() -> None:
    day = {"first_day": "2026-10-01", "last_day": "2026-10-01"}
    check(record(AFTER_AWARD[1:]), act_by(msgspec.structs.replace(HELD, **day)))
    check(record(AFTER_AWARD[2:]), act_by(msgspec.structs.replace(REQUEST, **day)))


# -- sealed parts of a use request -------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "value"),
    [
        pytest.param("area", None, id="no area"),
        pytest.param("area", [0, 1, 0, 1], id="an area as a list"),
        pytest.param("area", {"columns": [0, 1]}, id="half an area"),
        pytest.param("area", {"columns": [0, 1], "rows": [0, 1, 2]}, id="three rows"),
        pytest.param("area", {"columns": [0, 1], "rows": ["0", "1"]}, id="rows as text"),
        pytest.param(
            "area", {"columns": [0, 1], "rows": [False, True]}, id="rows as truth values"
        ),
        pytest.param(
            "area", {"columns": [0, 1], "rows": [0, 1], "why": 1}, id="an area with more"
        ),
        pytest.param("case", "", id="an empty case"),
        pytest.param("case", " \t", id="a blank case"),
        pytest.param("case", "case-1 ", id="a case with a space behind it"),
        pytest.param("case", 1, id="a case as a number"),
        pytest.param("case", ["case-1"], id="a list of cases"),
        pytest.param("case", {}, id="a case as an object"),
    ],
)
def test_a_use_request_with_a_malformed_sealed_part_is_refused(
    part: str, value: Json
) -> None:
    view = record(AFTER_AWARD[2:])
    why = refused(view, act_by(REQUEST, {**SEALED, part: value}))
    assert why.where == f"sealed.{part}"


def test_a_use_request_may_have_no_case_but_not_no_area() -> None:
    view = record(AFTER_AWARD[2:])
    check(view, act_by(REQUEST, {**SEALED, "case": None}))
    assert refused(view, act_by(REQUEST, {"case": "case-1"})).where == "sealed.area"


# -- the first two entries ---------------------------------------------------------------


def first(count: int) -> Record:
    return record(tuple(steps())[count:])


@pytest.mark.parametrize("verb", sorted(set(FACTS) - {"open-register"}))
def test_nothing_comes_before_the_register_is_opened(verb: str) -> None:
    why = refused(first(0), act_by(FACTS[verb]))
    assert (why.where, why.got) == ("act", f"`{verb}` on a register that is empty")


@pytest.mark.parametrize("verb", sorted(set(FACTS) - {"adopt-safeguards"}))
def test_nothing_comes_between_the_opening_and_the_safeguards(verb: str) -> None:
    assert refused(first(1), act_by(FACTS[verb])).where == "act"


@pytest.mark.parametrize("size", range(4))
def test_only_the_first_two_entries_found_the_register(size: int) -> None:
    founding = {verb for verb, fact in FACTS.items() if founds(first(size), act_by(fact))}
    assert founding == {0: {"open-register"}, 1: {"adopt-safeguards"}}.get(size, set())


def test_a_refusal_is_never_an_act() -> None:
    fact = f.ActRefused(refused="award", on="c-2", office=None)
    assert refused(record(), Act(actor="root", fact=fact)).where == "act"


# -- keys and holds ----------------------------------------------------------------------

ADD_KEY = by(FACTS["add-log-key"])
RETIRE_FOUNDING = by(FACTS["retire-log-key"])
ADDED = FACTS["add-log-key"].subject


def test_a_log_always_keeps_a_key() -> None:
    """Of the founding key and an added one, either may go, and then not the other."""
    retire_added = c.KeyRetired(key=ADDED)
    check(record((), ADD_KEY), act_by(retire_added))
    view = record((), ADD_KEY, RETIRE_FOUNDING)
    assert refused(view, act_by(retire_added)).where == "key"
    view = record((), ADD_KEY, by(retire_added))
    assert refused(view, act_by(FACTS["retire-log-key"])).where == "key"
    assert refused(view, act_by(retire_added)).where == "key"


def test_a_key_that_no_entry_added_is_the_founding_one_and_there_is_one_such() -> None:
    view = record((), ADD_KEY, RETIRE_FOUNDING)
    assert refused(view, act_by(c.KeyRetired(key="11111111"))).where == "key"


def test_a_key_that_was_retired_is_never_added_again() -> None:
    view = record((), ADD_KEY, by(c.KeyRetired(key=ADDED)))
    assert refused(view, act_by(ADD_KEY.fact)).where == "key"


@pytest.mark.parametrize(
    "on", ["r-1", "q-5", "analyst", "routes", "feed", "c-1", "pia", "maker", "test"]
)
def test_a_hold_is_on_something_that_the_register_knows(on: str) -> None:
    check(record(), act_by(c.HoldPlaced(hold="h-1", on=on, document="0" * 64)))
