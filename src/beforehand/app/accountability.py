"""Oversight, part by part, in the sandbox: what was promised and said, against what is recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, assert_never, cast

from beforehand.app import accountability_steps as s
from beforehand.app import noting
from beforehand.app.absences import absence_of
from beforehand.app.accountability_checks import taken_back, verified_offline
from beforehand.app.asking import ask_question
from beforehand.app.counting import commit_count, open_count, show_count
from beforehand.app.exporting import export_all
from beforehand.app.importing import import_file
from beforehand.app.promising import promised
from beforehand.app.publishing import publish
from beforehand.app.radar import judge, radar
from beforehand.app.stating import check_statement, issue_statement, watch_statements
from beforehand.app.stories import Line, Step, Told, Walker, expect, read
from beforehand.ledger.durable import write_file
from beforehand.oversight import counted

if TYPE_CHECKING:
    from beforehand.app.sandbox import Sandbox, Value
    from beforehand.gate.ask import Runner
    from beforehand.holdings.disk import Snapshot

STORY = "held-to-account.yaml"
ANALYST = "p-maple"

Found: TypeAlias = tuple[int | None, str]
"""The entry that a step made, and what it says."""


def lines() -> tuple[str, ...]:
    """Return the parts of oversight that are shown, one line each."""
    return tuple(one.line for one in read(STORY).lines)


def walk(
    sandbox: Sandbox, snapshot: Snapshot, *, engine: Runner, site: Path
) -> Iterator[Line]:
    """Show each part in turn.

    sandbox   with its data taken in and its use approved
    site      where it is published: what is signed is what an absence is proved of
    Raises AssertionError where a step does not end as the story says.
    """
    return Accountability(sandbox, snapshot, engine=engine, site=site).walk(read(STORY))


class Accountability(Walker):
    """One walk: it remembers the entries that are marked."""

    names = s.NAMES

    def __init__(
        self, sandbox: Sandbox, snapshot: Snapshot, *, engine: Runner, site: Path
    ) -> None:
        super().__init__(sandbox)
        self._snapshot, self._engine, self._site = snapshot, engine, site
        self._marks: dict[str, int] = {}

    def take(self, rest: Told) -> Step:
        mark = rest.pop("mark", None)
        if "act" in rest:
            step = Step(tried=self.tried(rest), outcome="done", entry=self.act(rest).entry)
        elif "due" in rest:
            step = self.ahead(self.app, rest)
        else:
            filled = self.sandbox.filled(cast("dict[str, Value]", rest))
            entry, said = self._called(s.form(dict(filled)))
            step = Step(
                tried=self.tried(rest),
                outcome="done" if not said else "shown" if entry is None else "recorded",
                entry=entry,
                said=said,
            )
        if mark is not None and step.entry is not None:
            self._marks[str(mark)] = step.entry
        return step

    def _called(self, told: s.AnyForm) -> Found:  # noqa: C901, PLR0911, PLR0912  # one case a form
        match told:
            case s.Ask():
                return self._ask()
            case s.Oversee():
                return self._oversee(told)
            case s.Recommended():
                return self._recommended(told)
            case s.Promised():
                return self._promised(told)
            case s.Committed():
                return self._committed(told)
            case s.Check():
                return self._check(told)
            case s.Issue():
                return self._issue(told)
            case s.Watch():
                return self._watch(told)
            case s.Asked():
                return self._asked(told)
            case s.Commit():
                return self._commit(told)
            case s.Open():
                return self._open(told)
            case s.Absent():
                return self._absent(told)
            case s.Redressed():
                return self._redressed(told)
            case s.Import():
                return self._import(told)
            case s.Look():
                return self._look(told)
            case s.Confirm():
                return self._judge(told.confirm, told, confirm=True)
            case s.Dismiss():
                return self._judge(told.dismiss, told, confirm=False)
            case s.Export():
                return self._export(told)
            case _:
                assert_never(told)

    def _ask(self) -> Found:
        question = json.dumps(self.sandbox.question(self._snapshot)).encode()
        answer = ask_question(self.app, question, actor=ANALYST, engine=self._engine)
        return answer.entry, ""

    # -- recommendations, terms, commitments ---------------------------------------------

    def _oversee(self, told: s.Oversee) -> Found:
        found = noting.oversee(self.app)
        reopened = {one.recommendation: one.failing.entry for one in found.reopened}
        silent = {one.query: one.days for one in found.silent}
        wanted = {name: self._marks[mark] for name, mark in told.reopens.items()}
        expect(reopened == wanted, wanted, reopened, told)
        expect(silent == told.silent, told.silent, silent, told)
        noted: list[noting.Reopening | noting.Silence] = [*found.reopened, *found.silent]
        offices = {one.office for one in noted}
        expect(offices == {told.oversee}, told.oversee, offices, told)
        again = noting.oversee(self.app, dry_run=True)
        expect(not (again.reopened or again.silent), "nothing new at once", again, told)
        said = [
            *(
                f"{one.recommendation} is open again, by its live check: {one.failing.of},"
                f" entry {one.failing.entry:,}"
                for one in found.reopened
            ),
            *(
                f"no answer to {one.query} by {one.office} in {one.days:,} days"
                for one in found.silent
            ),
        ]
        return noted[-1].entry, "; ".join(said)

    def _recommended(self, told: s.Recommended) -> Found:
        (one,) = (
            one
            for one in noting.standing(self.app).recommendations
            if one.recommendation == told.recommendation
        )
        found = (one.status, one.response, one.targets, one.holds)
        wanted = (told.status, told.response, told.targets, told.check)
        expect(found == wanted, wanted, found, told)
        *before, due = one.targets
        slipped = f"planned by {due}, slipped from {', '.join(before)}"
        said = f"{_plain(one.status)}; {one.response}; {slipped}"
        return None, f"{said}; its live check {one.holds}"

    def _promised(self, told: s.Promised) -> Found:
        rows = promised(self.app, told.promised)
        kept = sum(one.verdict == "kept" for one in rows)
        broken = {one.term: one.entries for one in rows if one.verdict == "broken"}
        wanted = {term: (self._marks[mark],) for term, mark in told.broken.items()}
        left = len(rows) - kept - len(broken)
        found = kept, broken, left
        as_told = told.kept, wanted, told.not_yet_observable
        expect(found == as_told, as_told, found, told)
        by = {
            entries: [t for t, o in broken.items() if o == entries]
            for entries in broken.values()
        }
        said = "; ".join(
            f"{', '.join(terms)}: entry {', '.join(f'{one:,}' for one in entries)}"
            for entries, terms in by.items()
        )
        counts = f"{kept} terms kept, {len(broken)} broken ({said})"
        return None, f"{counts}, {left} not yet observable"

    def _committed(self, told: s.Committed) -> Found:
        (one,) = (
            one
            for one in noting.standing(self.app).commitments
            if one.commitment == told.commitment
        )
        found, wanted = (one.state, one.targets), (told.state, told.targets)
        expect(found == wanted, wanted, found, told)
        *before, due = one.targets
        return None, f"{one.state} for {due}, moved from {', '.join(before)}"

    # -- statements ----------------------------------------------------------------------

    def _check(self, told: s.Check) -> Found:
        draft = json.dumps(told.check).encode()
        checked = check_statement(self.app, draft, where=str(told.check["statement"]))
        lacks = {one.number: one.verdict for one in checked.claims if not one.issuable}
        expect(lacks == told.lacks, told.lacks, lacks, told)
        because = {name for one in checked.claims for name in one.because}
        wanted = {f"entry-{self._marks[mark]}" for mark in told.because}
        expect(wanted <= because, wanted, because, told)
        said = "; ".join(
            f"claim {one.number} is {one.verdict}: {one.why}"
            for one in checked.claims
            if not one.issuable
        )
        return None, said

    def _issue(self, told: s.Issue) -> Found:
        issued = issue_statement(self.app, told.issue, actor=told.actor)
        expect(issued.verdicts == told.verdicts, told.verdicts, issued.verdicts, told)
        words = (f"claim {n} {word}" for n, word in enumerate(issued.verdicts, start=1))
        return issued.entry, f"{', '.join(words)}, on the {issued.size:,} entries before it"

    def _watch(self, told: s.Watch) -> Found:
        flips = watch_statements(self.app, dry_run=False)
        found = [
            (one.statement, one.number, one.was, one.now, one.entry, one.subscribers)
            for one in flips
        ]
        by = self._marks[told.by]
        wanted = (told.watch, told.claim, told.was, told.now, by, told.tells)
        expect(found == [wanted], wanted, found, told)
        (one,) = flips
        ((entry, _),) = self.app.find(kind="statement.flipped", subject=told.watch)
        said = f"claim {one.number}: {one.was} -> {one.now}, by entry {by:,}. {one.why}"
        return entry, f"{said} To tell: {', '.join(one.subscribers)}."

    # -- questions and redress -----------------------------------------------------------

    def _asked(self, told: s.Asked) -> Found:
        (one,) = (one for one in noting.asked(self.app).queries if one.query == told.query)
        found = one.state, one.days, one.days_overdue
        wanted = told.state, told.days, told.days_overdue
        expect(found == wanted, wanted, found, told)
        about = ", ".join(one.concerning)
        waited = f"{one.days} days, {one.days_overdue} past its date"
        said = f"from the {one.asker}, about {about}: silence for {waited}"
        return None, said

    def _redressed(self, told: s.Redressed) -> Found:
        (one,) = (
            one
            for one in noting.asked(self.app).redress
            if (one.office, one.redress_kind) == (told.redress, told.kind)
        )
        found = one.received, one.waiting, one.no_record
        wanted = told.received, told.waiting, told.no_record
        expect(found == wanted, wanted, found, told)
        said = (
            f"{told.kind}, {told.redress}: {one.received} received, {one.waiting} waiting"
        )
        return None, f"{said}, {one.no_record} answered: no record"

    # -- sealed counts -------------------------------------------------------------------

    def _commit(self, told: s.Commit) -> Found:
        handed = {
            "count": told.commit,
            "office": told.office,
            "document": told.document,
            "items": told.items,
        }
        where = f"{told.commit}.json"
        shown = commit_count(
            self.app, json.dumps(handed).encode(), actor=told.actor, where=where
        )
        sums = shown.totals
        found = {name: getattr(sums, name) for name in told.counts}
        expect(found == told.counts, told.counts, found, told)
        entry, _ = self.app.entry(shown.entry)
        counted.check(entry, ())
        for item in told.items:
            names = cast("dict[str, str]", item["item"]).values()
            clear = [name for name in names if name.encode() in entry]
            expect(not clear, "no name in the entry", clear, told)
        said = f"{sums.items} items, {sums.uncovered} without coverage; {sums.amount:,} US dollars"
        return shown.entry, f"{said}, told of {sums.told}; no name"

    def _open(self, told: s.Open) -> Found:
        given = None if told.disclosure is None else told.disclosure.encode()
        entry, item = open_count(
            self.app, told.open, told.number, actor=told.actor, disclosure=given
        )
        expect(item == told.item, told.item, item, told)
        shown = show_count(self.app, told.open)
        committed, _ = self.app.entry(shown.entry)
        opened = self.app.view().counting.counts[told.open].opened
        # As a stranger checks it, who has the entry and what was disclosed and no vault.
        counted.check(committed, [self.app.document(one) for one in opened.values()])
        said = ", ".join(told.item.values())
        return (
            entry,
            f"item {told.number} is {said}; {len(opened)} of {shown.totals.items} opened",
        )

    # -- what is not there ---------------------------------------------------------------

    def _absent(self, told: s.Absent) -> Found:
        publish(self.app, self._site)  # an absence is proved of what is signed
        data = absence_of(
            self.app,
            kind=told.absence,
            offices=told.offices,
            since=date.fromisoformat(told.since),
        )
        path = self.app.settings.folder / f"{told.file}.zip"
        write_file(path, data)
        return None, f"{verified_offline(path, self.app.settings.vkey)} ({path.name})"

    # -- the outside in ------------------------------------------------------------------

    def _import(self, told: s.Import) -> Found:
        file = resources.files("beforehand") / "cases" / told.import_
        with resources.as_file(file) as path:
            result = import_file(
                self.app, path, actor=told.actor, told=lambda _rows, _share: None
            )
        landed = result.landed
        uneven = [one.name for one in landed.members if not one.adds_up()]
        expect(not uneven, "counts that add up", uneven, told)
        found = landed.count("new"), landed.refused(), landed.flagged()
        wanted = told.new, told.refuses, told.flags
        expect(found == wanted, wanted, found, told)
        said = f"{landed.count('read')} rows: {landed.count('new')} new"
        said += "".join(f", {n} refused ({why})" for why, n in landed.refused().items())
        flags = ", ".join(landed.flagged())
        return result.entry, f"{said}; flagged: {flags}" if flags else said

    def _look(self, told: s.Look) -> Found:
        found = radar(self.app)
        leads = tuple(one.lead for one in found.leads)
        seen = found.awards, leads, found.assessed
        wanted = told.radar, told.leads, told.assessed
        expect(seen == wanted, wanted, seen, told)
        first = found.leads[0]
        covered = (
            f"{len(leads)} leads of {found.awards} awards, {len(found.assessed)} assessed"
        )
        said = f"{covered}; the first: {first.award}, {first.vendor}"
        return None, f"{said}. {first.doubts[0].says}"

    def _judge(self, lead: str, told: s.Confirm | s.Dismiss, *, confirm: bool) -> Found:
        reason = self.app.document(told.reason)
        _, receipt = judge(self.app, lead, actor=told.actor, reason=reason, confirm=confirm)
        word = "confirmed" if confirm else "dismissed"
        return receipt.entry, f"{lead} {word} by {told.actor}"

    def _export(self, told: s.Export) -> Found:
        written = tuple(export_all(self.app, self.app.settings.folder / told.export))
        rows = {one.list: one.rows for one in written if one.list in told.rows}
        expect(rows == told.rows, told.rows, rows, told)
        taken_back(written)
        every = len({one.list for one in written})
        said = (
            f"{every} lists in {len(written)} files, recommendations as an OSCAL plan too"
        )
        return None, f"{said}; another register took each row back"


def _plain(word: str) -> str:
    return word.replace("_", " ")
