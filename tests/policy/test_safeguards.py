"""Each safeguard refuses, and lets through; and nothing that is missing ever counts as shown."""

from __future__ import annotations

import json

import msgspec
import pytest

from beforehand.policy.attributes import contract_facts
from beforehand.policy.decide import decide
from beforehand.policy.put import Put, Ref, moment
from beforehand.policy.question import put
from beforehand.policy.sets import SafeguardSet
from beforehand.record import custody as c
from beforehand.record import facts as f
from beforehand.record.acts import Act
from beforehand.record.fold import Record
from beforehand.record.kinds import DecidedFact
from beforehand.record.state import text_digest
from tests.policy import (
    answering_tables,
    counting_tables,
    group_tables,
    imported_tables,
    rulebook_tables,
    stating_tables,
)
from tests.world import (
    AREA,
    DIGEST,
    DRAFT,
    GUARDS,
    NOW,
    TERMS,
    TEXT,
    Step,
    ask,
    award,
    changed,
    person,
    record,
    steps,
)

LATER = "2027-11-25T10:00:00.000000Z"


def act(actor: str, fact: DecidedFact) -> Act:
    return Act(actor=actor, fact=fact)


def unmet(view: Record, what: Act, *, at: str = NOW) -> set[str]:
    return {one.safeguard for one in decide(GUARDS, put(view, what, at=at)).unmet}


KEY = c.KeyAdded(key="0123abcd", vkey="log.example+0123abcd+AAAA")
OPENED = c.SealedOpened(
    entry="e-1", part="case", office="routes", by="analyst", reason="oversight"
)
AUDITED = c.SealedAudited(
    register="test",
    reader="inspector_general",
    upto=1,
    opened=1,
    wrong=0,
    missing=0,
    deleted=0,
)
DELETION = c.DeletionDecided(deletion="d-1", before="2026-10-26", keeping=(), parts=1)


def held(on: str) -> Step:
    return Step(fact=c.HoldPlaced(hold="h-1", on=on, document=DIGEST), actor="lawyer")


OWN: dict[str, tuple[tuple[str, ...], Act]] = {
    "name-office": (
        (),
        act("root", f.OfficeNamed(office="x", office_kind="unit", parent="dept")),
    ),
    "appoint": (
        (),
        act(
            "root",
            f.PersonAppointed(
                person="new", office="harbor", roles=("analyst",), account="individual"
            ),
        ),
    ),
    "name-supplier": ((), act("manager", f.SupplierNamed(supplier="x"))),
    "name-dataset": (
        (),
        act(
            "manager",
            f.DatasetNamed(dataset="x", supplier="maker", contains=(), carries=()),
        ),
    ),
    "approve-threshold-analysis": (
        ("pta-approved",),
        act("reviewer", f.ThresholdApproved(threshold="pta")),
    ),
    "review-assessment": (
        ("reviewed", "approved", "published"),
        act("reviewer", f.AssessmentReviewed(assessment="pia", digest=TEXT)),
    ),
    "approve-assessment": (
        ("approved", "published"),
        act(
            "chief",
            f.AssessmentApproved(assessment="pia", digest=TEXT, expires="2027-01-01"),
        ),
    ),
    "award": ((), award()),
    "modify": (
        (),
        act(
            "buyer",
            f.ContractModified(
                contract="c-1",
                change="option",
                assessment="pia",
                datasets=("feed",),
                ends="2028-01-01",
            ),
        ),
    ),
    "take-in": (
        ("held", "request", "use-approved", "use-concurred"),
        act("steward", steps()["held"].fact),
    ),
    "record-training": ((), act("component", f.TrainingCompleted(person="analyst"))),
    "sign-rules": ((), act("analyst", f.RulesSigned(person="analyst", document=DIGEST))),
    "recertify-access": ((), act("supervisor", f.AccessRecertified(person="analyst"))),
    "request-use": (
        ("request", "use-approved", "use-concurred"),
        act("analyst", steps()["request"].fact),
    ),
    "approve-use": (("use-approved",), act("supervisor", f.UseApproved(request="r-1"))),
    "concur-use": (("use-concurred",), act("lawyer", f.UseConcurred(request="r-1"))),
    "ask": ((), ask()),
    "stop-dataset": ((), act("reviewer", f.DatasetStopped(dataset="feed"))),
    "add-log-key": ((), act("root", KEY)),
    "retire-log-key": ((), act("root", c.KeyRetired(key="00000000"))),
    "name-reader": (
        (),
        act("watcher", c.ReaderNamed(reader="inspector_general", public_key=DIGEST)),
    ),
    "open-sealed": ((), act("supervisor", OPENED)),
    "audit-sealed": ((), act("watcher", AUDITED)),
    "place-hold": ((), act("lawyer", c.HoldPlaced(hold="h-1", on="r-1", document=DIGEST))),
    "lift-hold": ((), act("watcher", c.HoldLifted(hold="h-1"))),
    "set-schedule": (
        (),
        act("chief", c.ScheduleSet(register="test", days=30, document=DIGEST)),
    ),
    "delete-sealed": ((), act("keeper", DELETION)),
}


ALLOWED: dict[str, tuple[Record, Act]] = {
    **{verb: (record(without), what) for verb, (without, what) in OWN.items()},
    **group_tables.ALLOWED,
    **rulebook_tables.ALLOWED,
    **stating_tables.ALLOWED,
    **counting_tables.ALLOWED,
    **answering_tables.ALLOWED,
    **imported_tables.ALLOWED,
}


@pytest.mark.parametrize("verb", ALLOWED)
def test_an_act_with_everything_in_place_is_allowed(verb: str) -> None:
    view, what = ALLOWED[verb]
    assert what.verb == verb
    assert unmet(view, what) == set()


_OTHER_TERMS = msgspec.structs.replace(TERMS, sharing=("somebody",))


def _terms(**changes: object) -> dict[str, Step]:
    """A record whose assessment was drafted, and taken through review, with other terms."""
    terms = msgspec.structs.replace(TERMS, **changes)
    digest = text_digest(msgspec.structs.replace(DRAFT, terms=terms))
    found = changed("draft", terms=terms)
    for name in ("submitted", "endorsed", "reviewed", "approved", "published"):
        found |= changed(name, digest=digest)
    return found


def _after(**named: Step) -> Record:
    return record((), *named.values())


def _redrafted() -> Record:
    fact = msgspec.structs.replace(steps()["draft"].fact, terms=_OTHER_TERMS)
    return record((), Step(fact=fact, actor="manager"))


def _spent() -> Record:
    asked = ask().fact
    return record(
        (),
        *(
            Step(
                fact=msgspec.structs.replace(asked, question=f"q-{n}"),
                actor="analyst",
                opened=ask().sealed,
            )
            for n in (7, 8)
        ),
    )


REFUSED: dict[str, tuple[Record, Act, str]] = {
    **group_tables.REFUSED,
    **rulebook_tables.REFUSED,
    **stating_tables.REFUSED,
    **counting_tables.REFUSED,
    **answering_tables.REFUSED,
    **imported_tables.REFUSED,
    "assessment.approved": (record(("approved", "published")), award(), NOW),
    "assessment.text-in-force": (_redrafted(), award(), NOW),
    "assessment.unexpired": (record(), award(), "2027-11-20T00:00:00.000000Z"),
    "assessment.standing": (
        record((), Step(fact=f.AssessmentWithdrawn(assessment="pia"), actor="chief")),
        award(),
        NOW,
    ),
    "assessment.disclosed": (record(("published",)), award(), NOW),
    "assessment.covers": (record(instead=_terms(offices=("routes",))), award(), NOW),
    "assessment.covers-purpose": (record(), award(purpose="other"), NOW),
    "assessment.covers-form": (record(instead=_terms(forms=("rows",))), ask(), NOW),
    "assessment.resolution": (record(), ask(form={"grid": 4}), NOW),
    "assessment.area": (
        record(),
        ask(form={"area": {"columns": [0, 3201], "rows": [0, 3200]}}),
        NOW,
    ),
    "assessment.mitigations": (record(), award(), "2026-12-02T00:00:00.000000Z"),
    "assessment.threshold": (record(("pta-approved",)), award(), NOW),
    "assessment.threshold-current": (record(), award(), "2029-11-20T00:00:00.000000Z"),
    "contract.started": (record(instead=changed("award", starts="2026-11-26")), ask(), NOW),
    "contract.unended": (record(instead=changed("award", ends="2026-11-24")), ask(), NOW),
    "contract.covers": (record(instead=changed("award", purpose="other")), ask(), NOW),
    "supplier.provenance": (
        record(instead=changed("evidence", origin="unanswered")),
        award(),
        NOW,
    ),
    "supplier.consent": (record(instead=changed("evidence", consent="none")), award(), NOW),
    "supplier.reassessed": (record(), award(), "2027-11-20T10:00:00.000000Z"),
    "procedures.adopted": (
        record(instead=changed("procedures", in_force_from="2026-11-26")),
        ask(),
        NOW,
    ),
    "person.individual": (record(instead=changed("analyst", account="shared")), ask(), NOW),
    "person.trained": (record(), ask(), "2027-11-20T10:00:00.000000Z"),
    "person.rules-signed": (record(), ask(), "2027-11-20T10:00:00.000000Z"),
    "person.recertified": (record(), ask(), "2027-01-01T00:00:00.000000Z"),
    "person.is-administrator": (
        record(),
        act("chief", f.OfficeNamed(office="x", office_kind="unit", parent="dept")),
        NOW,
    ),
    "person.is-program-manager": (
        record(),
        act("buyer", f.SupplierNamed(supplier="x")),
        NOW,
    ),
    "person.is-component-privacy-officer": (
        record(),
        act("chief", f.TrainingCompleted(person="analyst")),
        NOW,
    ),
    "person.is-privacy-officer": (
        record(("pta-approved",)),
        act("chief", f.ThresholdApproved(threshold="pta")),
        NOW,
    ),
    "person.is-chief-privacy-officer": (
        record(),
        act("component", f.AssessmentWithdrawn(assessment="pia")),
        NOW,
    ),
    "person.is-contracting-officer": (record(), award("manager"), NOW),
    "person.is-counsel": (
        record(("use-concurred",)),
        act("chief", f.UseConcurred(request="r-1")),
        NOW,
    ),
    "person.is-supervisor": (
        record(("use-approved",)),
        act("chief", f.UseApproved(request="r-1")),
        NOW,
    ),
    "person.is-analyst": (record(), ask("supervisor"), NOW),
    "person.is-data-steward": (
        record(("held", "request", "use-approved", "use-concurred")),
        act("analyst", steps()["held"].fact),
        NOW,
    ),
    "person.may-stop": (record(), act("analyst", f.DatasetStopped(dataset="feed")), NOW),
    "separation.requester-approves": (
        record(("use-approved",), instead=changed("request", actor="supervisor")),
        act("supervisor", f.UseApproved(request="r-1")),
        NOW,
    ),
    "separation.one-decision": (
        record(
            ("use-concurred",),
            instead=changed("lawyer", person="supervisor", roles=("counsel",)),
        ),
        act("supervisor", f.UseConcurred(request="r-1")),
        NOW,
    ),
    "separation.drafter-approves": (
        record(("approved", "published"), instead=changed("draft", actor="chief")),
        act(
            "chief",
            f.AssessmentApproved(assessment="pia", digest=TEXT, expires="2027-01-01"),
        ),
        NOW,
    ),
    "separation.reviewer-approves": (
        record(("approved", "published")),
        act(
            "reviewer",
            f.AssessmentApproved(assessment="pia", digest=TEXT, expires="2027-01-01"),
        ),
        NOW,
    ),
    "separation.filer-approves": (
        record(("pta-approved",), instead=changed("pta", actor="reviewer")),
        act("reviewer", f.ThresholdApproved(threshold="pta")),
        NOW,
    ),
    "separation.own-signature": (
        record(),
        act("supervisor", f.RulesSigned(person="analyst", document=DIGEST)),
        NOW,
    ),
    "separation.own-access": (
        record(),
        act("supervisor", f.AccessRecertified(person="supervisor")),
        NOW,
    ),
    "separation.own-use": (
        record((), Step(fact=ask().fact, actor="supervisor", opened=ask().sealed)),
        act(
            "supervisor", f.UseReviewed(office="routes", dataset="feed", finding="in_order")
        ),
        NOW,
    ),
    "request.approved": (record(("use-approved",)), ask(), NOW),
    "request.concurred": (record(("use-concurred",)), ask(), NOW),
    "request.case": (
        record(
            instead=changed(
                "request", opened={"case": None, "area": msgspec.to_builtins(AREA)}
            )
        ),
        ask(),
        NOW,
    ),
    "request.covers": (record(), ask(office="harbor"), NOW),
    "request.area": (
        record(
            instead=changed(
                "request",
                opened={"case": "1", "area": {"columns": [0, 3199], "rows": [0, 3200]}},
            )
        ),
        ask(),
        NOW,
    ),
    "request.period": (record(), ask(form={"window_end": "2026-10-31T01:00:00Z"}), NOW),
    "request.unexpired": (record(), ask(), "2027-01-01T00:00:00.000000Z"),
    "request.own": (
        record(
            (),
            Step(
                fact=f.PersonAppointed(
                    person="other",
                    office="routes",
                    roles=("analyst",),
                    account="individual",
                ),
                actor="root",
            ),
        ),
        ask("other"),
        NOW,
    ),
    "request.text-unchanged": (_redrafted(), ask(), NOW),
    "process.rows": (record(), ask(form={"form": "rows"}), NOW),
    "budget.profile": (record(), ask(rho_micro=50_001), NOW),
    "budget.enough": (_spent(), ask(), NOW),
    "review.current": (
        record(
            (),
            Step(
                fact=ask().fact,
                actor="analyst",
                opened=ask().sealed,
                at="2026-11-20T11:00:00.000000Z",
            ),
        ),
        ask(question="q-2"),
        "2026-12-20T11:00:00.000000Z",
    ),
    "retention.inside": (record(), ask(), "2027-01-11T00:00:00.000000Z"),
    "place.removed": (record(instead=_terms(places="list-2")), ask(), NOW),
    "person.is-inspector-general": (record(), act("chief", AUDITED), NOW),
    "person.may-name-reader": (
        record(),
        act("root", c.ReaderNamed(reader="inspector_general", public_key=DIGEST)),
        NOW,
    ),
    "sealed.opened-by-role": (record(), act("manager", OPENED), NOW),
    "sealed.not-own-act": (
        record(),
        act("supervisor", msgspec.structs.replace(OPENED, by="supervisor")),
        NOW,
    ),
    "hold.by-counsel": (
        record(),
        act("chief", c.HoldPlaced(hold="h-1", on="r-1", document=DIGEST)),
        NOW,
    ),
    "deletion.past-retention": (
        record(),
        act("keeper", msgspec.structs.replace(DELETION, before="2026-10-27")),
        NOW,
    ),
    "deletion.keeps-holds": (record((), held("r-1")), act("keeper", DELETION), NOW),
    "deletion.not-own-schedule": (
        record(instead=changed("schedule", actor="keeper")),
        act("keeper", DELETION),
        NOW,
    ),
    "stop.none": (
        record((), Step(fact=f.DatasetStopped(dataset="feed"), actor="chief")),
        ask(),
        NOW,
    ),
}


@pytest.mark.parametrize("safeguard", sorted(GUARDS.safeguards))
def test_each_safeguard_refuses(safeguard: str) -> None:
    view, what, at = REFUSED[safeguard]
    assert safeguard in unmet(view, what, at=at)


def test_the_table_of_refusals_names_every_safeguard_and_no_other() -> None:
    assert set(REFUSED) == set(GUARDS.safeguards)


@pytest.mark.parametrize("safeguard", sorted(GUARDS.safeguards))
def test_each_safeguard_lets_through_an_act_it_bears_on(safeguard: str) -> None:
    bears_on = set(GUARDS.safeguards[safeguard].acts) & set(ALLOWED)
    assert bears_on
    for verb in bears_on:
        view, what = ALLOWED[verb]
        assert safeguard not in unmet(view, what)


def test_a_lapse_is_at_midnight_to_the_microsecond() -> None:
    at = "2027-01-01T00:00:00.000000Z"
    just_before = "2026-12-31T23:59:59.999999Z"
    view = record(instead=_terms(mitigations=(), retention_days=400))
    assert "request.unexpired" not in unmet(view, ask(), at=just_before)
    assert "request.unexpired" in unmet(view, ask(), at=at)


def test_an_edit_voids_the_approval_and_undoing_it_restores_it() -> None:
    assert "assessment.text-in-force" in unmet(_redrafted(), award())
    changed_text = Step(
        fact=msgspec.structs.replace(steps()["draft"].fact, terms=_OTHER_TERMS),
        actor="manager",
    )
    assert unmet(record((), changed_text, steps()["draft"]), award()) == set()


def test_what_a_dataset_carries_counts_as_bought() -> None:
    view = record(
        (),
        Step(
            fact=f.DatasetNamed(dataset="inner", supplier="maker", contains=(), carries=()),
            actor="manager",
        ),
        Step(
            fact=f.DatasetNamed(
                dataset="outer", supplier="maker", contains=(), carries=("inner", "feed")
            ),
            actor="manager",
        ),
    )
    assert {"assessment.covers", "supplier.consent"} <= unmet(
        view, award(datasets=("outer",))
    )


def test_a_stop_on_a_carried_dataset_stops_what_carries_it() -> None:
    view = record(
        (),
        Step(
            fact=f.DatasetNamed(
                dataset="outer", supplier="maker", contains=(), carries=("feed",)
            ),
            actor="manager",
        ),
        Step(fact=f.DatasetStopped(dataset="feed"), actor="chief"),
    )
    assert "stop.none" in unmet(view, award(datasets=("outer",)))


def test_an_award_without_an_assessment_lists_every_requirement_at_once() -> None:
    found = decide(GUARDS, put(record(), award(assessment=None), at=NOW)).unmet
    assert {one.safeguard for one in found} >= {
        "assessment.approved",
        "assessment.covers",
        "assessment.threshold",
    }
    assert all(not one.shown for one in found if one.safeguard.startswith("assessment."))


def _without(question: Put, place: Ref | None, name: str) -> Put:
    if place is None:
        context = {key: value for key, value in question.context.items() if key != name}
        return Put(
            action=question.action,
            principal=question.principal,
            resource=question.resource,
            context=context,
            entities=question.entities,
        )
    entities = {
        ref: {key: value for key, value in facts.items() if (ref, key) != (place, name)}
        for ref, facts in question.entities.items()
        if (ref, "") != (place, name)
    }
    return Put(
        action=question.action,
        principal=question.principal,
        resource=question.resource,
        context=question.context,
        entities=entities,
    )


@pytest.mark.parametrize("verb", ALLOWED)
def test_nothing_that_is_missing_ever_allows(verb: str) -> None:
    """Leave out each entity and each attribute that a safeguard of the act mentions."""
    view, what = ALLOWED[verb]
    question = put(view, what, at=NOW)
    assert decide(GUARDS, question).allowed
    for ref in question.entities:
        assert not decide(GUARDS, _without(question, ref, "")).allowed, ref
    # The second side of an `or` need not be known where the first holds.
    conditions = [one.condition for one in GUARDS.by_act[verb]]
    text = " ".join(one for one in conditions if not one.startswith('{"||"'))
    names = {
        value: name for name, value in question.context.items() if isinstance(value, Ref)
    }
    places: list[tuple[Ref | None, str]] = [(None, name) for name in question.context]
    places += [(ref, name) for ref, facts in question.entities.items() for name in facts]
    for place, name in places:
        inside: dict[str, object] = {"Var": "context"}
        if place == question.principal:
            inside = {"Var": "principal"}
        elif place is not None:
            inside = {".": {"left": inside, "attr": names.get(place)}}
        mentioned = json.dumps({".": {"left": inside, "attr": name}}) in text
        assert (
            not mentioned or not decide(GUARDS, _without(question, place, name)).allowed
        ), (
            place,
            name,
        )


def test_an_act_that_no_safeguard_bears_on_is_refused() -> None:
    what = act("root", f.QuestionWithheld(question="q-1", reason="engine_failed"))
    view = record((), Step(fact=ask().fact, actor="analyst", opened=ask().sealed))
    assert [one.safeguard for one in decide(GUARDS, put(view, what, at=NOW)).unmet] == [
        "person.act-known"
    ]


def test_a_set_without_one_safeguard_is_another_set() -> None:
    names = sorted(GUARDS.safeguards)
    fewer = SafeguardSet(text="x", safeguards={n: GUARDS.safeguards[n] for n in names[1:]})
    assert fewer.digest != GUARDS.digest


@pytest.mark.parametrize(
    ("office", "may"),
    [
        pytest.param("harbor", True, id="the office itself"),
        pytest.param("dept", True, id="the department above"),
        pytest.param("routes", False, id="a unit below"),
        pytest.param("land", False, id="another component"),
        pytest.param("law", True, id="a staff office of the department"),
        pytest.param("land-law", False, id="a staff office of another component"),
    ],
)
def test_a_post_counts_for_its_office_and_those_below_it_alone(
    office: str, *, may: bool
) -> None:
    view = record(
        ("buyer",),
        Step(
            fact=f.OfficeNamed(office="land", office_kind="component", parent="dept"),
            actor="root",
        ),
        Step(
            fact=f.OfficeNamed(office="land-law", office_kind="counsel", parent="land"),
            actor="root",
        ),
        person("elsewhere", office, "contracting_officer"),
    )
    found = unmet(view, award("elsewhere"))
    assert ("person.is-contracting-officer" in found) == (not may)


def test_a_contract_starts_no_earlier_than_it_was_recorded() -> None:
    view = record(instead=changed("award", starts="2020-01-01"))
    facts = contract_facts(view.contracts["c-1"], ("feed",))
    assert facts["starts"] == moment("2026-11-20T10:00:00.000000Z")


# -- keys, sealed parts, holds and deletion ----------------------------------------------


@pytest.mark.parametrize(
    ("reader", "actor", "may"),
    [
        pytest.param(
            "inspector_general", "watcher", True, id="the inspector general's own"
        ),
        pytest.param("inspector_general", "root", False, id="by an administrator"),
        pytest.param("inspector_general", "chief", False, id="by the privacy office"),
        pytest.param("office", "root", True, id="the office's, by an administrator"),
        pytest.param("office", "watcher", False, id="the office's, by the watcher"),
    ],
)
def test_each_reader_is_named_by_its_own(
    reader: c.Reader, actor: str, *, may: bool
) -> None:
    what = act(actor, c.ReaderNamed(reader=reader, public_key=DIGEST))
    assert ("person.may-name-reader" in unmet(record(), what)) == (not may)


@pytest.mark.parametrize(
    ("actor", "office", "may"),
    [
        pytest.param("supervisor", "routes", True, id="a supervisor above"),
        pytest.param("lawyer", "harbor", True, id="the department's counsel"),
        pytest.param("reviewer", "dept", True, id="the privacy office"),
        pytest.param("watcher", "routes", True, id="the inspector general"),
        pytest.param("supervisor", "dept", False, id="a supervisor of a part"),
        pytest.param("steward", "harbor", False, id="who keeps the data"),
        pytest.param("root", "routes", False, id="an administrator"),
        pytest.param("buyer", "harbor", False, id="who buys"),
    ],
)
def test_a_part_is_opened_by_a_post_for_its_office(
    actor: str, office: str, *, may: bool
) -> None:
    what = act(actor, msgspec.structs.replace(OPENED, office=office, by="somebody"))
    assert ("sealed.opened-by-role" in unmet(record(), what)) == (not may)
    assert (unmet(record(), what) == set()) == may


def test_not_even_the_inspector_general_opens_what_they_sealed_themselves() -> None:
    what = act("watcher", msgspec.structs.replace(OPENED, by="watcher"))
    assert unmet(record(), what) == {"sealed.not-own-act"}


def test_without_a_schedule_nothing_is_deleted() -> None:
    found = decide(GUARDS, put(record(("schedule",)), act("keeper", DELETION), at=NOW))
    assert {one.safeguard for one in found.unmet if not one.shown} == {
        "deletion.past-retention",
        "deletion.not-own-schedule",
    }


@pytest.mark.parametrize(
    ("on", "keeping", "may"),
    [
        pytest.param("r-1", ("r-1",), True, id="what is held is kept"),
        pytest.param("r-1", ("r-1", "analyst"), True, id="and more"),
        pytest.param("r-1", ("r-2",), False, id="something else is kept"),
        pytest.param("test", (), False, id="everything is held"),
        pytest.param("test", ("r-1",), False, id="everything is held and one thing kept"),
        pytest.param("harbor", ("harbor",), False, id="a held office without its units"),
        pytest.param("harbor", ("harbor", "routes"), True, id="a held office, whole"),
    ],
)
def test_a_deletion_keeps_all_that_is_under_hold(
    on: str, keeping: tuple[str, ...], *, may: bool
) -> None:
    what = act("keeper", msgspec.structs.replace(DELETION, keeping=keeping))
    assert ("deletion.keeps-holds" in unmet(record((), held(on)), what)) == (not may)


def test_a_hold_that_was_lifted_holds_nothing() -> None:
    lifted = Step(fact=c.HoldLifted(hold="h-1"), actor="lawyer")
    assert unmet(record((), held("r-1"), lifted), act("keeper", DELETION)) == set()


def test_a_steward_of_a_part_deletes_nothing_of_the_whole() -> None:
    assert "person.is-data-steward" in unmet(record(), act("steward", DELETION))
