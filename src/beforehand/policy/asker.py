"""Gathering a question: what the acts have in common, and the things that they name."""

from __future__ import annotations

from beforehand.policy.attributes import (
    assessment_facts,
    contract_facts,
    person_facts,
    refs,
    request_facts,
    supplier_facts,
    threshold_facts,
)
from beforehand.policy.put import Facts, Ref, moment
from beforehand.record.acts import Act
from beforehand.record.people import Authority
from beforehand.record.shapes import Role
from beforehand.record.state import UseLog
from beforehand.record.view import RecordView

# Posts in these offices act for the office that they belong to, and all under it.
STAFF_OFFICES = ("privacy_office", "counsel", "inspector_general", "civil_liberties")


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

    # -- what acts have in common --------------------------------------------------------

    def roles(self, *offices: str) -> None:
        """The roles that the actor holds for these offices; for any office when none is named."""
        held = self.held()
        for_these = {above for office in offices for above in self.view.above(office)}
        self.context["roles"] = frozenset(
            str(role)
            for office, roles in held
            if not offices or self.serves(office) in for_these
            for role in roles
        )

    def roles_in(self, office: str) -> None:
        """The roles that the actor holds in this very office."""
        self.context["roles"] = frozenset(
            str(role) for one, roles in self.held() for role in roles if one == office
        )

    def held(self) -> list[tuple[str, frozenset[Role]]]:
        """The actor's posts by office, those of others included."""
        person = self.view.persons.get(self.act.actor)
        held = list(person.roles.items()) if person else []
        held += [
            (one.office, one.roles & self.own_posts(one) if one.of else one.roles)
            for one in self.view.people.authorities_of(self.act.actor, self.at[:10])
        ]
        return held

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
                self.context["procedures"] = {
                    "in_force_from": moment(adopted.since),
                    "interim": getattr(adopted.adopted, "interim", False),
                }
                return

    def reviewing_use(self, office: str, dataset: str) -> None:
        self.roles(office)
        log = self.view.use_logs.get((office, dataset), UseLog())
        self.context["askers"] = refs("Person", log.askers)

    def of_department(self) -> None:
        """The register's own acts are for the office above all others."""
        if self.view.department is not None:
            self.roles(self.view.department)

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
