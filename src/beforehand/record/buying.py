"""Facts about buying beyond award and modification: solicitations, exceptions, inquiries."""

from __future__ import annotations

from typing import Literal, TypeAlias, assert_never

import msgspec
from msgspec.structs import replace

from beforehand.record.shapes import Fact


class BuyingFact(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fact of this group."""


class SolicitationIssued(BuyingFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Offers are asked for. It needs all that an award needs of an assessment."""

    kind, act, about = "solicitation.issued", "solicit", "solicitation"
    solicitation: str
    office: str
    datasets: tuple[str, ...]
    purpose: str
    assessment: str | None
    pilot: bool


class SolicitationCancelled(
    BuyingFact, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    kind, act, about = "solicitation.cancelled", "cancel-solicitation", "solicitation"
    solicitation: str


class ExceptionRecorded(BuyingFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A named official's written departure from a safeguard, on the thing `on`.

    It is never a permit: it is shown wherever the safeguard bears on that thing.
    """

    kind, act, about = "exception.recorded", "record-exception", "exception"
    exception: str
    safeguard: str
    on: str
    official: str
    first_day: str
    last_day: str
    document: str


class ExceptionEnded(BuyingFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind, act, about = "exception.ended", "end-exception", "exception"
    exception: str


class InquiryOpened(BuyingFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Questions put to a supplier. `link` is the SHA-256 of a secret that opens one answer."""

    kind, act, about = "inquiry.opened", "ask-supplier", "inquiry"
    inquiry: str
    supplier: str
    dataset: str
    questions: tuple[str, ...]
    link: str
    expires: str
    document: str


class InquiryAnswered(BuyingFact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The supplier's own answer; the actor is the supplier. What is left out is unanswered.

    It is what the supplier says. Only `file-supplier-evidence` says that it was verified.
    """

    kind, act, about = "inquiry.answered", "answer-as-supplier", "inquiry"
    sealed = ("token",)
    inquiry: str
    origin: Literal["sdk", "auction", "mixed", "unanswered"]
    consent: Literal["evidenced", "none", "unanswered"]
    answered: tuple[str, ...]
    document: str


AnyBuyingFact: TypeAlias = (
    SolicitationIssued
    | SolicitationCancelled
    | ExceptionRecorded
    | ExceptionEnded
    | InquiryOpened
    | InquiryAnswered
)


class Solicitation(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    issued: SolicitationIssued
    at: str
    cancelled: str | None = None


class Departure(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """An exception on record."""

    recorded: ExceptionRecorded
    by: str
    at: str
    ended: str | None = None

    def holds(self, day: str) -> bool:
        told = self.recorded
        return told.first_day <= day <= told.last_day and self.ended is None


class Inquiry(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    opened: InquiryOpened
    at: str
    answer: InquiryAnswered | None = None
    answered_at: str | None = None

    @property
    def unanswered(self) -> tuple[str, ...]:
        """The questions that have no answer."""
        given = self.answer.answered if self.answer else ()
        return tuple(one for one in self.opened.questions if one not in given)


class Buying:
    """Solicitations, exceptions and inquiries, by id."""

    def __init__(self) -> None:
        self.solicitations: dict[str, Solicitation] = {}
        self.exceptions: dict[str, Departure] = {}
        self.inquiries: dict[str, Inquiry] = {}

    def apply(self, fact: AnyBuyingFact, *, by: str, at: str) -> None:
        match fact:
            case SolicitationIssued():
                self.solicitations[fact.solicitation] = Solicitation(issued=fact, at=at)
            case SolicitationCancelled():
                known = self.solicitations[fact.solicitation]
                self.solicitations[fact.solicitation] = replace(known, cancelled=at)
            case ExceptionRecorded():
                self.exceptions[fact.exception] = Departure(recorded=fact, by=by, at=at)
            case ExceptionEnded():
                ended = replace(self.exceptions[fact.exception], ended=at)
                self.exceptions[fact.exception] = ended
            case InquiryOpened():
                self.inquiries[fact.inquiry] = Inquiry(opened=fact, at=at)
            case InquiryAnswered():
                asked = self.inquiries[fact.inquiry]
                self.inquiries[fact.inquiry] = replace(asked, answer=fact, answered_at=at)
            case _:
                assert_never(fact)

    def exceptions_on(self, names: frozenset[str], day: str) -> dict[str, tuple[str, ...]]:
        """Return, by safeguard, the exceptions in force on that day on any of these ids."""
        found: dict[str, tuple[str, ...]] = {}
        for name, one in self.exceptions.items():
            if one.recorded.on in names and one.holds(day):
                bears = one.recorded.safeguard
                found[bears] = (*found.get(bears, ()), name)
        return found
