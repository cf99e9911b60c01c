"""Statements held against the record: eight verdicts, fair to both sides, the first that fits.

    undecidable   a kind that cannot be checked, or what would decide it is missing
    contradicted  something certain, within the claimed time, speaks against it
    conflicting   the same office says otherwise of the same use; which is right is not decided
    late          a promise kept after its date
    overdue       a promise past its date and not kept on record
    reversed      after the day it was said the office did what it denies; it may have been true
    supported     a record that is complete for it shows it
    consistent    nothing certain on an incomplete record speaks against it

Only what holds in every reading of the days decides. The merely possible is listed as open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from beforehand.oversight import promises
from beforehand.oversight.promises import bounded, consistent, listed, runs, say
from beforehand.record import spans
from beforehand.record.spans import Span, Stretch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beforehand.oversight.findings import Verdict
    from beforehand.record.reported import ReportedRecord, StatementReported


def verdicts(record: ReportedRecord) -> tuple[Verdict, ...]:
    """Return the verdict on every statement, in the order of the case."""
    return tuple(verdict(record, one) for one in record.statements.values())


def verdict(record: ReportedRecord, statement: StatementReported) -> Verdict:  # noqa: PLR0911  # one case a kind
    """Return what the rest of `record` says of `statement`."""
    match statement.claim.claim:
        case "no_use":
            return _no_use(record, statement)
        case "no_new_requests":
            return _no_new_requests(record, statement)
        case "used_during":
            return _used_during(record, statement)
        case "ran":
            return _ran(record, statement)
        case "contracts_ended":
            return promises.contracts_ended(record, statement)
        case "assessment_approved_by":
            return promises.assessment_approved_by(record, statement)
        case "policy_issued_by":
            return promises.policy_issued_by(record, statement)
        case "safeguards":
            why = "It is kept and shown; nothing on a record of this kind can check it."
            return say(statement, "undecidable", why)
        case _ as kind:
            assert_never(kind)


@dataclass(frozen=True, slots=True)
class Denial:
    """The time in which a claim says that nothing was done: from `since` to the day of saying.

    It speaks of time up to that day, so it began no later. Where `since` surely comes after, it
    claims nothing yet, and only what came later can reverse it.
    """

    since: Span
    said: Span

    def surely_denies(self, act: Stretch) -> bool:
        """Whether some day of `act` is one the claim denies, whenever it was said.

        What only ended on the day the claim begins is in keeping with it.
        """
        begun_since = not act.first.possibly_before(self.since)
        return begun_since or self.since.surely_before(act.last)

    def possibly_denies(self, act: Stretch) -> bool:
        begun_since = not act.first.surely_before(self.since)
        return begun_since or self.since.possibly_before(act.last)

    def surely_before_said(self, act: Stretch) -> bool:
        """Whether an act that is denied had begun when the claim was made."""
        claims_nothing = self.said.surely_before(self.since)
        begun = not self.said.possibly_before(act.first)
        had_begun_since = not self.since.possibly_before(act.first)
        return not claims_nothing and (begun or had_begun_since)

    def surely_after_said(self, act: Stretch) -> bool:
        return self.said.surely_before(act.last)

    def surely_holds(self, period: Stretch) -> bool:
        """Whether the whole `period` lies within the denied time."""
        begun_since = not period.first.possibly_before(self.since)
        return begun_since and not self.said.possibly_before(period.last)


def denial(statement: StatementReported) -> Denial:
    said = spans.parse(statement.day)
    return Denial(_no_later(spans.parse(statement.claim.first), said), said)


def period(statement: StatementReported) -> Stretch:
    """Return the time a claimed use took: it speaks up to the day it was said, and no further."""
    said, last = spans.parse(statement.day), spans.parse(statement.claim.last)
    return bounded(spans.parse(statement.claim.first), _no_later(last, said))


def _no_later(day: Span, said: Span) -> Span:
    """Return what is left of `day` up to the day of saying; all of it, where it surely comes after."""
    if said.last is None or said.surely_before(day):
        return day
    return Span(day.first, said.last if day.last is None else min(day.last, said.last))


def _no_use(record: ReportedRecord, statement: StatementReported) -> Verdict:
    acts = runs(record, statement.claim.office)
    uses = record.uses_of(statement.claim.office)
    acts |= {item: Stretch(day, day) for item, day in uses.items()}
    did = "the office bought such data or had it under contract"
    found = _denied(record, statement, acts, f"{did}, or used it" if uses else did)
    if record.shows_all_use() and _is_shown(record, statement, found):
        why = "The register, whole for that time, holds neither a contract nor a use in it."
        return say(statement, "supported", why)
    return found


def _is_shown(record: ReportedRecord, statement: StatementReported, found: Verdict) -> bool:
    """Whether a denial against which nothing is even possible rests on a whole record."""
    claimed = denial(statement)
    speaks = not claimed.said.surely_before(claimed.since)
    clear = found.verdict == "consistent" and not found.open
    return clear and speaks and record.is_complete_for("contracts")


def _no_new_requests(record: ReportedRecord, statement: StatementReported) -> Verdict:
    held = runs(record, statement.claim.office)
    acts = {item: Stretch(one.first, one.first) for item, one in held.items()}
    found = _denied(record, statement, acts, "the office awarded a contract for such data")
    if _is_shown(record, statement, found):
        why = "The record is declared complete for contracts and holds none awarded since."
        return say(statement, "supported", why)
    return found


def _denied(
    record: ReportedRecord, statement: StatementReported, acts: dict[str, Stretch], did: str
) -> Verdict:
    claimed = denial(statement)
    against = {item: act for item, act in acts.items() if claimed.surely_denies(act)}
    before = [item for item, act in against.items() if claimed.surely_before_said(act)]
    after = [item for item, act in against.items() if claimed.surely_after_said(act)]
    possible = {item for item, act in acts.items() if claimed.possibly_denies(act)}
    possible -= {*before, *after}
    if before:
        why = (
            f"In the time it speaks of, up to the day it was said, {did}: {listed(before)}."
        )
        return say(statement, "contradicted", why, because=before, possible=possible)
    otherwise, perhaps = _said_otherwise(record, statement)
    possible |= perhaps
    if otherwise:
        return _conflicting(statement, otherwise, possible)
    if after:
        why = f"It may have been true when it was said; after that day, this record reports, {did}: {listed(after)}."
        return say(statement, "reversed", why, because=after, possible=possible)
    if against:
        why = (
            f"This record reports that {did} ({listed(against)}), but whether before or after"
            " this was said is not known."
        )
        open_still = possible - set(against)
        return say(statement, "undecidable", why, because=against, possible=open_still)
    return consistent(statement, possible=possible)


def _used_during(record: ReportedRecord, statement: StatementReported) -> Verdict:
    claimed = period(statement)
    held = runs(record, statement.claim.office)
    met = {item for item, one in held.items() if one.surely_meets(claimed)}
    possible = {item for item, one in held.items() if one.possibly_meets(claimed)} - met
    otherwise, perhaps = _said_otherwise(record, statement)
    possible |= perhaps
    if otherwise:
        return _conflicting(statement, otherwise, possible)
    used = [
        item
        for item, day in record.uses_of(statement.claim.office).items()
        if _falls_in(day, statement)
    ]
    if used:
        why = f"It was used in that time: {listed(used)}."
        return say(statement, "supported", why, because=used, possible=possible)
    throughout = [item for item in met if _surely_covers(held[item], claimed)]
    # A contract is access and not yet use: it supports the claim only on a whole record.
    if throughout and record.is_complete_for("contracts"):
        why = (
            "The record, declared complete for contracts, shows one in force all that time:"
            f" {listed(throughout)}."
        )
        return say(statement, "supported", why, because=throughout, possible=possible)
    return consistent(statement, because=met, possible=possible)


def _ran(record: ReportedRecord, statement: StatementReported) -> Verdict:
    claimed = period(statement)
    different = {
        one.item
        for one in _others(record, statement)
        if one.claim.claim == "ran"
        and one.claim.use is not None
        and one.claim.use == statement.claim.use
        and _surely_differ(period(one), claimed)
    }
    otherwise, perhaps = _said_otherwise(record, statement)
    if different | otherwise:
        return _conflicting(statement, different | otherwise, perhaps)
    own = runs(record, statement.claim.office).get(statement.claim.use or "")
    if own is None or not record.shows_all_use():
        return consistent(statement, possible=perhaps)
    item = [statement.claim.use or ""]
    if _surely_differ(own, claimed):
        why = "The contract of that id ran otherwise on this register."
        return say(statement, "contradicted", why, because=item, possible=perhaps)
    if _is_within(own.first, claimed.first) and _is_within(own.last, claimed.last):
        why = "The contract of that id ran exactly so on this register."
        return say(statement, "supported", why, because=item, possible=perhaps)
    return consistent(statement, because=item, possible=perhaps)


def _falls_in(day: Span, statement: StatementReported) -> bool:
    """Whether a day of use surely is one that the claim speaks of, up to the day it was said.

    Where it speaks of one month or year as a whole, any day of that is one.
    """
    claimed, said = statement.claim, spans.parse(statement.day)
    first, last = spans.parse(claimed.first), spans.parse(claimed.last)
    within = _is_within(day, first) if first == last else day.surely_within(first, last)
    return within and not said.possibly_before(day)


def _is_within(day: Span, span: Span) -> bool:
    """Whether every reading of `day` is a reading of `span`."""
    return not (
        day.first is None
        or day.last is None
        or (span.first is not None and day.first < span.first)
        or (span.last is not None and day.last > span.last)
    )


def _said_otherwise(
    record: ReportedRecord, statement: StatementReported
) -> tuple[set[str], set[str]]:
    """Return the statements that surely, and that possibly, say of use what this one denies.

    Or, the other way round, that deny the use of which this one speaks: two that conflict
    both show it.
    """
    surely, possibly = set[str](), set[str]()
    denies = statement.claim.claim == "no_use"
    for one in _others(record, statement):
        denied, used = (statement, one) if denies else (one, statement)
        is_pair = denied.claim.claim == "no_use" and used.claim.claim in (
            "used_during",
            "ran",
        )
        if not is_pair or not _is_under(record, used, denied):
            continue
        claimed, use = denial(denied), period(used)
        if _surely_in(claimed, use, throughout=used.claim.claim == "ran"):
            surely.add(one.item)
        elif claimed.possibly_denies(use) and not claimed.said.surely_before(use.first):
            possibly.add(one.item)
    return surely, possibly


def _surely_in(claimed: Denial, use: Stretch, *, throughout: bool) -> bool:
    """Whether `use` happened in the denied time.

    A use that ran throughout need only reach into it; one at some moment must lie wholly in it.
    """
    if throughout:
        return claimed.surely_denies(use) and claimed.surely_before_said(use)
    return claimed.surely_holds(use)


def _conflicting(
    statement: StatementReported, with_: set[str], possible: set[str]
) -> Verdict:
    why = (
        "The same office says otherwise of the same use elsewhere"
        f" ({listed(with_)}); which is right is not decided here."
    )
    return say(statement, "conflicting", why, because=with_, possible=possible)


def _others(
    record: ReportedRecord, statement: StatementReported
) -> Iterator[StatementReported]:
    """Yield the other statements by the same office, or one above or below it, about the same."""
    for one in record.statements.values():
        is_other = one.item != statement.item
        if is_other and (
            _is_under(record, one, statement) or _is_under(record, statement, one)
        ):
            yield one


def _is_under(
    record: ReportedRecord, lower: StatementReported, upper: StatementReported
) -> bool:
    """Whether `lower` is by and about the offices of `upper`, or units below them."""
    return upper.office in record.unit_and_above(
        lower.office
    ) and upper.claim.office in record.unit_and_above(lower.claim.office)


def _surely_differ(one: Stretch, other: Stretch) -> bool:
    return any(
        a.surely_before(b) or b.surely_before(a)
        for a, b in ((one.first, other.first), (one.last, other.last))
    )


def _surely_covers(outer: Stretch, inner: Stretch) -> bool:
    begun = not inner.first.possibly_before(outer.first)
    return begun and not outer.last.possibly_before(inner.last)
