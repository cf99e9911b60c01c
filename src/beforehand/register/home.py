"""The first page: who buys, under which assessment, what failed or was refused."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from beforehand.register import text
from beforehand.register.page import Edition, Page

if TYPE_CHECKING:
    from beforehand.oversight.findings import Audit, Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    office: str
    contracts: int
    uncovered: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    safeguard: str
    fails: int
    passes: int
    undecidable: int


def home(edition: Edition) -> Page:
    audit = edition.site.audit
    said = Counter[str](one.verdict for one in (audit.statements if audit else ()))
    return Page(
        path="index.html",
        template="home.html",
        title="Home",
        menu="Home",
        values={
            "buyers": buyers(edition),
            "answers": answers(audit.findings if audit else ()),
            "said": [(word, said[word]) for word in text.VERDICTS if word in said],
            "refused": refused(edition),
            "wrong": wrong(edition),
        },
    )


def buyers(edition: Edition) -> list[Buyer]:
    """Return the offices that have contracts, in the order of the record."""
    audit = edition.site.audit
    failed = Counter(
        office
        for one in (audit.findings if audit else ())
        if one.verdict == "fails"
        for office in one.offices
    )
    contracts = contract_offices(edition)
    return [
        Buyer(
            office=office,
            contracts=times,
            uncovered=sum(
                1
                for contract, of in contracts.items()
                if of == office and edition.lines[contract].uncovered_days
            ),
            failed=failed[office],
        )
        for office, times in Counter(contracts.values()).items()
    ]


def contract_offices(edition: Edition) -> dict[str, str]:
    """Return the office of each contract."""
    if edition.site.about == "record":
        return {
            key: one.office for key, one in edition.site.view.reported.contracts.items()
        }
    return {key: one.awarded.office for key, one in edition.site.view.contracts.items()}


def answers(findings: tuple[Finding, ...]) -> list[Answered]:
    """Return how often each safeguard failed, passed and could not be decided."""
    times = Counter((one.safeguard, one.verdict) for one in findings)
    return [
        Answered(
            safeguard=one,
            fails=times[one, "fails"],
            passes=times[one, "passes"],
            undecidable=times[one, "undecidable"],
        )
        for one in dict.fromkeys(one.safeguard for one in findings)
    ]


def refused(edition: Edition) -> int:
    """Return how often a safeguard was not met by a live act."""
    return sum(
        times
        for (kind, *_), times in edition.site.view.counted.items()
        if kind == "act.refused"
    )


def held(audit: Audit) -> str:
    """Say how many statements the record speaks against, by verdict."""
    words = [one.verdict for one in audit.statements]
    against = [
        f"{text.VERDICTS[word].lower()}: {words.count(word)}"
        for word in ("contradicted", "conflicting", "reversed", "late", "overdue")
        if word in words
    ]
    told = "; ".join(against) or "the record speaks against none"
    return f"Of {text.count(len(words), 'public statement')}, {told}."


def wrong(edition: Edition) -> str:
    """Say in a sentence or two what went wrong."""
    audit = edition.site.audit
    if audit is not None:
        findings = audit.findings
        failing = len({one.subject for one in findings if one.verdict == "fails"})
        acts = len({one.subject for one in findings})
        return (
            f"Of {text.count(acts, 'reported purchase or use', 'reported purchases and uses')},"
            f" {failing:,} {'fails' if failing == 1 else 'fail'} at least one safeguard in every"
            f" reading of what is known. {held(audit)}"
        )
    uncovered = sum(1 for one in edition.lines.values() if one.uncovered_days)
    return (
        f"{text.count(uncovered, 'contract has', 'contracts have')} days that no approved"
        f" assessment covered. Safeguards were not met {text.count(refused(edition), 'time')}, and"
        " each time the act was refused."
    )
