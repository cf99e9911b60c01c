"""From the Record and an act to the Cedar question: the only place that knows both.

It gathers the few things the act names (facts sliced, never all entities) and leaves out
whatever is not on the record.
"""

from __future__ import annotations

import msgspec

from beforehand.policy.asker import Asker
from beforehand.policy.attributes import (
    PTA_YEARS,
    YEAR,
    after,
    days_after,
    later,
    refs,
    second,
    years_later,
)
from beforehand.policy.of_answering import of_answering
from beforehand.policy.of_counting import of_counting
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
from beforehand.policy.of_imported import of_imported
from beforehand.policy.of_rulebook import of_rulebook
from beforehand.policy.of_stating import of_stating
from beforehand.policy.put import Put, Ref, day
from beforehand.record import custody as c
from beforehand.record import facts as f
from beforehand.record.acts import Act
from beforehand.record.answering import AnsweringFact
from beforehand.record.buying import BuyingFact
from beforehand.record.counting import CountingFact
from beforehand.record.imported import ImportedFact
from beforehand.record.people import PeopleFact
from beforehand.record.reviewing import ReviewingFact
from beforehand.record.rulebook import RulebookFact
from beforehand.record.state import UseLog, UseRequest
from beforehand.record.stating import StatingFact
from beforehand.record.terms import Area, Asked, Terms
from beforehand.record.using import UsingFact
from beforehand.record.view import RecordView, quarter

# Acts that buy, take in or ask data: no two people are kept apart in them.
OF_DATA = frozenset({"solicit", "award", "modify", "take-in", "ask", "answer"})
# What makes location data identifiable, whatever its supplier says of it.
IDENTIFIABLE = frozenset(
    {"advertising_id", "device_id", "device_location_history", "precise_geolocation"}
)


def put(view: RecordView, act: Act, *, at: str) -> Put:
    """Return the question that `act`, at the moment `at`, puts to the safeguards."""
    asker = _Question(view, act, at)
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


class _Question(Asker):
    """One question, filled by what its act is about."""

    def fill(self) -> None:  # noqa: C901, PLR0912, PLR0915  # one case a group of kinds
        view, fact = self.view, self.act.fact
        match fact:  # frequent kinds first
            case f.QuestionAdmitted():
                form = self.act.sealed.get("form")
                asked = None if form is None else msgspec.convert(form, Asked)
                self.asking(fact, asked)
                self.price(fact)
            case f.QuestionAnswered():
                question = view.questions[fact.question]
                self.asking(question.admitted, question.form)
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
            case StatingFact():
                of_stating(self, fact)
            case CountingFact():
                of_counting(self, fact)
            case f.SafeguardsAdopted() | RulebookFact():
                of_rulebook(self, fact)
            case AnsweringFact():
                of_answering(self, fact)
            case ImportedFact():
                of_imported(self, fact)
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

    # -- acts of one kind -----------------------------------------------------------------

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
        self.context["retained_from"] = days_after(self.at[:10], -terms.retention_days)
        if asked is not None:
            self.form(asked, terms, view.requests[fact.request].area)

    def process(self, request: UseRequest, asked: Asked | None) -> None:
        if (facts := process_facts(self, request, asked)) is not None:
            self.context["process"] = facts

    def pilot(self, awarded: f.ContractAwarded, ends: str) -> None:
        self.context |= {
            "pilot": awarded.pilot,
            "ends": after(ends),
            "pilot_until": days_after(awarded.starts, YEAR),
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

    def deleting(self, fact: c.DeletionDecided) -> None:
        view = self.view
        self.of_department()
        self.context |= {
            "before": day(fact.before),
            "keeping": frozenset(fact.keeping),
            "holds": held(view),
        }
        if (schedule := view.schedule) is not None:
            self.context["deletable_before"] = days_after(self.at[:10], -schedule.days)
            self.context["schedule_setter"] = self.named(schedule.by)
