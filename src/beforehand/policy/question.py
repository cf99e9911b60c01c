"""From the Record and an act to the Cedar question: the only place that knows both.

It gathers the few things the act names (facts sliced, never all entities) and leaves out
whatever is not on the record.
"""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from beforehand.policy.attributes import (
    PTA_YEARS,
    YEAR,
    after,
    assessment_facts,
    contract_facts,
    later,
    person_facts,
    refs,
    request_facts,
    second,
    supplier_facts,
    threshold_facts,
    years_later,
)
from beforehand.policy.of_groups import (
    clocks,
    of_buying,
    of_people,
    of_reviewing,
    of_using,
    opened_threads,
    process_facts,
    review_facts,
)
from beforehand.policy.of_rulebook import of_rulebook
from beforehand.policy.put import Facts, Put, Ref, day, moment
from beforehand.record import custody as c
from beforehand.record import facts as f
from beforehand.record.acts import Act
from beforehand.record.buying import BuyingFact
from beforehand.record.people import Authority, PeopleFact
from beforehand.record.reviewing import ReviewingFact
from beforehand.record.rulebook import RulebookFact
from beforehand.record.shapes import Role
from beforehand.record.state import UseLog, UseRequest
from beforehand.record.terms import Area, Asked, Terms
from beforehand.record.using import UsingFact
from beforehand.record.view import RecordView, quarter

# Posts in these offices act for the office that they belong to, and all under it.
STAFF_OFFICES = ("privacy_office", "counsel", "inspector_general", "civil_liberties")

# Acts that buy, take in or ask data: no two people are kept apart in them.
OF_DATA = frozenset({"solicit", "award", "modify", "take-in", "ask", "answer"})
# What makes location data identifiable, whatever its supplier says of it.
IDENTIFIABLE = frozenset(
    {"advertising_id", "device_id", "device_location_history", "precise_geolocation"}
)


def put(view: RecordView, act: Act, *, at: str) -> Put:
    """Return the question that `act`, at the moment `at`, puts to the safeguards."""
    asker = Asker(view, act, at)
    asker.fill()
    return Put(
        action=act.verb,
        principal=Ref("Person", act.actor),
        resource=asker.resource,
        context=asker.context,
        entities=asker.entities,
    )


def held(view: RecordView) -> frozenset[str]:
    """Return every id that is under hold; an office with all that are under it."""
    named = {one.on for one in view.holds.values() if not one.lifted}
    return frozenset(named.union(*(view.offices_under(one) for one in named)))


class Asker:
    """Gathers one question's context and entities."""

    def __init__(self, view: RecordView, act: Act, at: str) -> None:
        self.view, self.act, self.at = view, act, at
        self.context: Facts = {"at": moment(at)}
        self.entities: dict[Ref, Facts] = {}
        self.resource = Ref("Thing", act.fact.subject)
        # Everyone that the actor counts as, for the rules that keep two people apart.
        self.stood = view.people.stands_for(act.actor, at[:10])
        self.person(act.actor)

    def fill(self) -> None:  # noqa: C901, PLR0912, PLR0915  # one case a group of kinds
        view, fact = self.view, self.act.fact
        match fact:
            case f.OfficeNamed():
                self.roles(fact.parent)
            case f.PersonAppointed():
                self.roles(fact.office)
                self.context["person"] = self.named(fact.person)
            case f.TrainingCompleted() | f.RulesSigned() | f.AccessRecertified():
                self.roles(*view.persons[fact.person].roles)
                self.context["person"] = self.person(fact.person)
            case f.ThresholdApproved():
                filed = view.thresholds[fact.threshold].filed
                self.roles(filed.office)
                self.context["threshold"] = self.threshold(fact.threshold)
                self.context["identifiable"] = self.identifiable(filed.datasets)
            case f.AssessmentReviewed():
                self.roles(view.assessments[fact.assessment].draft.office)
                self.context["assessment"] = self.assessment(fact.assessment)
            case f.AssessmentApproved():
                draft = view.assessments[fact.assessment].draft
                self.roles(draft.office)
                self.context["assessment"] = self.assessment(fact.assessment)
                self.context["threshold"] = self.threshold(draft.threshold)
                self.context |= {
                    "open_threads": opened_threads(self, fact.assessment),
                    "expires": day(fact.expires),
                    "last_possible": day(years_later(self.at[:10], PTA_YEARS)),
                }
            case (
                f.AssessmentSubmitted()
                | f.AssessmentPublished()
                | f.AssessmentWithheld()
                | f.AssessmentWithdrawn()
                | f.MitigationDone()
            ):
                self.roles(view.assessments[fact.assessment].draft.office)
            case f.ThresholdFiled() | f.AssessmentDrafted() | f.ProceduresAdopted():
                self.roles(fact.office)
            case f.ContractEnded():
                self.roles(view.contracts[fact.contract].awarded.office)
            case f.ContractAwarded():
                self.buying(fact.office, fact.purpose, fact.datasets, fact.assessment)
                self.pilot(fact, fact.ends)
                self.context["piloted"] = self.piloted(fact)
            case f.ContractModified():
                awarded = view.contracts[fact.contract].awarded
                self.buying(awarded.office, awarded.purpose, fact.datasets, fact.assessment)
                self.pilot(awarded, fact.ends)
            case f.HoldingTaken():
                self.taking(fact)
            case f.UseRequested():
                self.roles(fact.office)
            case f.UseApproved() | f.UseConcurred():
                self.deciding_use(fact.request)
            case f.QuestionAdmitted():
                form = self.act.sealed.get("form")
                asked = None if form is None else msgspec.convert(form, Asked)
                self.asking(fact, asked)
                self.price(fact)
            case f.QuestionAnswered():
                question = view.questions[fact.question]
                self.asking(question.admitted, question.form)
            case f.UseReviewed():
                self.reviewing_use(fact.office, fact.dataset)
                self.context["review"] = review_facts(self, fact)
            case PeopleFact():
                of_people(self, fact)
            case ReviewingFact():
                of_reviewing(self, fact)
            case BuyingFact():
                of_buying(self, fact)
            case UsingFact():
                of_using(self, fact)
            case f.SafeguardsAdopted() | RulebookFact():
                of_rulebook(self, fact)
            case c.SealedOpened():
                self.roles(fact.office)
                self.context["entry_actor"] = self.named(fact.by)
            case c.ReaderNamed():
                self.of_department()
                self.context["reader"] = fact.reader
            case c.DeletionDecided():
                self.deleting(fact)
            case (
                c.KeyAdded()
                | c.KeyRetired()
                | c.SealedAudited()
                | c.HoldPlaced()
                | c.HoldLifted()
                | c.ScheduleSet()
            ):
                self.of_department()
            case _:
                self.roles()
        self.entities.setdefault(self.resource, {})
        if self.act.verb not in OF_DATA:
            self.context["stands_for"] = refs("Person", self.stood)

    # -- what acts have in common --------------------------------------------------------

    def roles(self, *offices: str) -> None:
        """The roles that the actor holds for these offices; for any office when none is named."""
        person = self.view.persons.get(self.act.actor)
        held = list(person.roles.items()) if person else []
        held += [
            (one.office, one.roles & self.own_posts(one) if one.of else one.roles)
            for one in self.view.people.authorities_of(self.act.actor, self.at[:10])
        ]
        for_these = {above for office in offices for above in self.view.above(office)}
        self.context["roles"] = frozenset(
            str(role)
            for office, roles in held
            if not offices or self.serves(office) in for_these
            for role in roles
        )

    def own_posts(self, given: Authority) -> frozenset[Role]:
        """The posts that who delegated still holds: no delegate has more, or passes it on."""
        of = self.view.persons.get(given.of or "")
        return of.roles.get(given.office, frozenset()) if of else frozenset()

    def serves(self, office: str) -> str:
        known = self.view.offices[office]
        return known.parent if known.kind in STAFF_OFFICES and known.parent else office

    def office(self, office: str) -> None:
        self.roles(office)
        self.context["office"] = office
        self.context["offices"] = frozenset(self.view.above(office))

    def buying(
        self, office: str, purpose: str, datasets: tuple[str, ...], assessment: str | None
    ) -> None:
        self.office(office)
        del self.context["offices"]
        self.coverage(purpose, datasets, assessment)
        self.supplier(datasets)

    def coverage(
        self, purpose: str, datasets: tuple[str, ...], assessment: str | None
    ) -> None:
        carried = self.view.carried(datasets)
        self.context["purpose"] = purpose
        self.context["datasets"] = refs("Dataset", carried)
        self.context["stopped"] = any(self.view.datasets[one].stopped for one in carried)
        if assessment is not None:
            self.context["assessment"] = self.assessment(assessment)
            threshold = self.view.assessments[assessment].draft.threshold
            self.context["threshold"] = self.threshold(threshold)

    def supplier(self, datasets: tuple[str, ...]) -> None:
        carried = self.view.carried(datasets)
        found = [self.view.evidence.get(one) for one in carried]
        self.context["supplier"] = supplier_facts(
            [one for one in found if one], len(carried)
        )

    def procedures(self, office: str) -> None:
        """A department's procedures bind all; those of the nearest office are asked about."""
        for one in self.view.above(office):
            if known := self.view.procedures.get(one):
                adopted = known.standing(self.at)
                starts = max(day(adopted.adopted.in_force_from), moment(adopted.at))
                self.context["procedures"] = {
                    "in_force_from": starts,
                    "interim": getattr(adopted.adopted, "interim", False),
                }
                return

    def taking(self, fact: f.HoldingTaken) -> None:
        contract = self.view.contracts[fact.contract]
        self.office(fact.office)
        self.coverage(contract.awarded.purpose, (fact.dataset,), fact.assessment)
        self.supplier((fact.dataset,))
        self.context["contract"] = self.contract(fact.contract)
        self.procedures(fact.office)
        self.context |= {"grid": fact.grid, "step": fact.step, "places": fact.places}

    def deciding_use(self, request: str) -> None:
        known = self.view.requests[request]
        asked = known.asked
        self.office(asked.office)
        del self.context["offices"]
        self.process(known, None)
        self.coverage(asked.purpose, (asked.dataset,), asked.assessment)
        self.context["form"] = asked.form
        self.context["request"] = self.request(request)
        self.procedures(asked.office)

    def asking(self, fact: f.QuestionAdmitted, asked: Asked | None) -> None:
        view = self.view
        self.resource = Ref("Dataset", fact.dataset)
        self.office(fact.office)
        self.coverage(fact.purpose, (fact.dataset,), fact.assessment)
        self.supplier((fact.dataset,))
        self.procedures(fact.office)
        self.context["request"] = self.request(fact.request)
        self.context["clocks"] = clocks(self, fact.office, view.carried((fact.dataset,)))
        self.process(view.requests[fact.request], asked)
        terms = view.assessments[fact.assessment].draft.terms
        snapshot = view.snapshots[fact.snapshot].taken
        if snapshot.dataset == fact.dataset:  # else it is not what is asked about
            self.context["contract"] = self.contract(snapshot.contract)
            self.context["places"] = snapshot.places
        kept = date.fromisoformat(self.at[:10]) - timedelta(days=terms.retention_days)
        self.context["retained_from"] = day(kept.isoformat())
        if asked is not None:
            self.form(asked, terms, view.requests[fact.request].area)

    def process(self, request: UseRequest, asked: Asked | None) -> None:
        if (facts := process_facts(self, request, asked)) is not None:
            self.context["process"] = facts

    def reviewing_use(self, office: str, dataset: str) -> None:
        self.roles(office)
        log = self.view.use_logs.get((office, dataset), UseLog())
        self.context["askers"] = refs("Person", log.askers)

    def pilot(self, awarded: f.ContractAwarded, ends: str) -> None:
        year = date.fromisoformat(awarded.starts) + timedelta(days=YEAR)
        self.context |= {
            "pilot": awarded.pilot,
            "ends": after(ends),
            "pilot_until": day(year.isoformat()),
        }

    def piloted(self, fact: f.ContractAwarded) -> bool:
        """Whether the office has had a pilot of any of this data, or of what it carries."""
        carried = set(self.view.carried(fact.datasets))
        return any(
            one.awarded.pilot
            and one.awarded.office == fact.office
            and not carried.isdisjoint(self.view.carried(one.datasets))
            for one in self.view.contracts.values()
        )

    def identifiable(self, datasets: tuple[str, ...]) -> bool:
        """Whether any of the data, or of what it carries, is about a device by its id."""
        found = (self.view.datasets[one].named for one in self.view.carried(datasets))
        return any(not IDENTIFIABLE.isdisjoint(one.contains) for one in found)

    def form(self, asked: Asked, terms: Terms, requested: Area | None) -> None:
        self.context |= {
            "form": asked.form,
            "grid": asked.grid,
            "step": asked.step,
            "window_start": second(asked.window_start),
            "window_end": second(asked.window_end),
            "inside_assessed_area": terms.area.holds(asked.area),
        }
        if requested is not None:
            self.context["inside_requested_area"] = requested.holds(asked.area)

    def price(self, fact: f.QuestionAdmitted) -> None:
        terms = self.view.assessments[fact.assessment].draft.terms
        if profile := terms.profile(fact.profile):
            self.context["profile"] = {
                "rho_micro": profile.rho_micro,
                "delta_e15": profile.delta_e15,
            }
        spent = self.view.spent.get((fact.dataset, quarter(self.at)))
        used = (spent.rho_micro, spent.delta_e15) if spent else (0, 0)
        self.context |= {
            "rho_micro": fact.rho_micro,
            "delta_e15": fact.delta_e15,
            "rho_left_micro": terms.budget_rho_micro - used[0],
            "delta_left_e15": terms.budget_delta_e15 - used[1],
        }
        log = self.view.use_logs.get((fact.office, fact.dataset), UseLog())
        since = log.unreviewed_since or self.at
        self.context["review_due"] = later(since, terms.review_days)

    def of_department(self) -> None:
        """The register's own acts are for the office above all others."""
        if self.view.department is not None:
            self.roles(self.view.department)

    def deleting(self, fact: c.DeletionDecided) -> None:
        view = self.view
        self.of_department()
        self.context |= {
            "before": day(fact.before),
            "keeping": frozenset(fact.keeping),
            "holds": held(view),
        }
        if (schedule := view.schedule) is not None:
            kept = date.fromisoformat(self.at[:10]) - timedelta(days=schedule.days)
            self.context["deletable_before"] = day(kept.isoformat())
            self.context["schedule_setter"] = self.named(schedule.by)

    # -- the things an act names ---------------------------------------------------------

    def person(self, person: str) -> Ref:
        ref = Ref("Person", person)
        if known := self.view.persons.get(person):
            locked = person in self.view.people.locks
            self.entities[ref] = person_facts(known, locked=locked)
        return ref

    def named(self, person: str) -> Ref:
        """A person that is spoken of, who need not be on the record: the act brings them in."""
        ref = self.person(person)
        self.entities.setdefault(ref, {})
        return ref

    def threshold(self, threshold: str) -> Ref:
        known = self.view.thresholds[threshold]
        under = self.view.offices_under(known.filed.office)
        return self.give(Ref("Threshold", threshold), threshold_facts(known, under))

    def assessment(self, assessment: str) -> Ref:
        known = self.view.assessments[assessment]
        return self.give(Ref("Assessment", assessment), assessment_facts(known))

    def contract(self, contract: str) -> Ref:
        known = self.view.contracts[contract]
        carried = self.view.carried(known.datasets)
        return self.give(Ref("Contract", contract), contract_facts(known, carried))

    def request(self, request: str) -> Ref:
        return self.give(
            Ref("Request", request), request_facts(self.view.requests[request])
        )

    def give(self, ref: Ref, facts: Facts) -> Ref:
        self.entities[ref] = facts
        return ref
