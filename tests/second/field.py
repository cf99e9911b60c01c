"""A real register on disk in which acts race: from threads here, and from a second process."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Barrier

import msgspec

from beforehand.app import clock
from beforehand.app.registers import App
from beforehand.record import facts as f
from beforehand.record.acts import Act, encode_act
from beforehand.record.checks import GrammarError
from beforehand.record.kinds import DecidedFact
from beforehand.record.state import text_digest
from beforehand.refusal import Refusal
from beforehand.settings import Settings
from tests.second.department import LAWFUL, NEEDLESS
from tests.second.templates import FIRST_DAY, department
from tests.world import GUARDS, TERMS

# Submits each act that it is told of, and says what came of it.
OTHER_PROCESS = """
import json, sys
from pathlib import Path
from beforehand.app.registers import App
from beforehand.record.acts import decode_act
from beforehand.record.checks import GrammarError
from beforehand.refusal import Refusal
with App.open(Path(sys.argv[1])) as app:
    print("ready", flush=True)
    for line in sys.stdin:
        try:
            receipt = app.submit(decode_act(line.encode(), where="race"))
            said = {"entry": receipt.entry, "at": receipt.at, "unmet": []}
        except Refusal as refusal:
            at = app.entry(refusal.entry)[1].at
            unmet = [one.safeguard for one in refusal.unmet]
            said = {"entry": refusal.entry, "at": at, "unmet": unmet}
        except GrammarError:
            said = {"entry": None, "at": "", "unmet": []}
        print(json.dumps(said), flush=True)
"""
# So much of everything that only what races can refuse.
AMPLE = msgspec.structs.replace(
    TERMS,
    budget_rho_micro=10**12,
    budget_delta_e15=10**15,
    retention_days=3000,
    review_days=3000,
)
MORE = (
    ("reviewer-2", "privacy", ("privacy_officer",)),
    ("deputy", "routes", ("analyst",)),
    ("supervisor-2", "harbor", ("supervisor",)),
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """`entry` is None where the grammar let nothing be written; `unmet` why it was refused."""

    entry: int | None
    at: str
    unmet: tuple[str, ...]

    @property
    def permitted(self) -> bool:
        return self.entry is not None and not self.unmet


class Field:
    """An open register, with its document, and another process on its folder if wanted."""

    def __init__(self, app: App, other: subprocess.Popen[str] | None) -> None:
        self.app, self.other = app, other
        self.document = app.keep_document(b"a document of the races")
        self.first_day = clock.today()
        self.offset = (self.first_day - FIRST_DAY).days
        self.threads = ThreadPoolExecutor(8)
        self.raced = 0

    def draft(self, assessment: str, **terms: object) -> f.AssessmentDrafted:
        known = department(self.offset)["draft"].fact
        if not isinstance(known, f.AssessmentDrafted):
            raise TypeError(known)
        due = [msgspec.structs.replace(one, due="9000-01-01") for one in TERMS.mitigations]
        changed = msgspec.structs.replace(AMPLE, mitigations=tuple(due), **terms)
        return msgspec.structs.replace(
            known, assessment=assessment, terms=changed, document=self.document
        )

    def ready(self, act: Act) -> Act:
        """With the parts that an act has on a register: a document that is kept, sealed ones."""
        fact = act.fact
        changes: dict[str, object] = {
            name: self.document for name in ("document", "evidence") if hasattr(fact, name)
        }
        if isinstance(fact, f.ThresholdFiled2):
            changes["retention_days"] = AMPLE.retention_days
        sealed = {part: act.sealed.get(part) for part in fact.sealed}
        return Act(
            actor=act.actor, fact=msgspec.structs.replace(fact, **changes), sealed=sealed
        )

    def does(self, actor: str, fact: DecidedFact, **sealed: object) -> Act:
        return self.ready(Act(actor=actor, fact=fact, sealed=msgspec.convert(sealed, dict)))

    def set_up(self) -> None:
        """Go through the steps of the invented department, on a real ledger."""
        self.app.keep_document(GUARDS.text.encode())
        digest = text_digest(self.draft("pia"))
        for name, (actor, step, sealed) in department(self.offset).items():
            if name in NEEDLESS:
                continue
            fact: DecidedFact = self.draft("pia") if name == "draft" else step
            if hasattr(fact, "digest"):
                fact = msgspec.structs.replace(fact, digest=digest)
            if isinstance(fact, f.ContractAwarded | f.AssessmentApproved | f.UseRequested):
                name_of_day = "ends" if isinstance(fact, f.ContractAwarded) else "expires"
                fact = msgspec.structs.replace(
                    fact, **{name_of_day: _years_on(self.first_day)}
                )
            act = Act(actor=LAWFUL.get(name, actor), fact=fact, sealed=sealed)
            self.app.submit(self.ready(act))
        for person, office, roles in MORE:
            posts = f.PersonAppointed(
                person=person,
                office=office,
                roles=roles,  # type: ignore[arg-type]  # they are roles
                account="individual",
            )
            self.app.submit(self.does("root", posts, name=person))
        training = f.TrainingCompleted(person="supervisor-2")
        self.app.submit(self.does("component", training))

    def take(self, *acts: Act) -> None:
        """Do these one after another, all permitted."""
        for act in acts:
            self.app.submit(act)

    # -- racing --------------------------------------------------------------------------

    def race(self, acts: Sequence[Act]) -> list[Outcome]:
        """Submit all at once; the first by the other process, where there is one."""
        self.raced += 1
        start = Barrier(len(acts))
        first = self._elsewhere if self.other is not None else self._here
        jobs = [
            self.threads.submit(first if number == 0 else self._here, act, start)
            for number, act in enumerate(acts)
        ]
        return [job.result() for job in jobs]

    def _here(self, act: Act, start: Barrier) -> Outcome:
        start.wait()
        try:
            receipt = self.app.submit(act)
        except Refusal as refusal:
            entry = refusal.entry or 0
            at = self.app.entry(entry)[1].at
            unmet = tuple(one.safeguard for one in refusal.unmet)
            return Outcome(entry=entry, at=at, unmet=unmet)
        except GrammarError:
            return Outcome(entry=None, at="", unmet=())
        return Outcome(entry=receipt.entry, at=receipt.at, unmet=())

    def _elsewhere(self, act: Act, start: Barrier) -> Outcome:
        other = self.other
        if other is None or other.stdin is None or other.stdout is None:
            raise TypeError(other)
        line = json.dumps(encode_act(act)) + "\n"
        start.wait()
        other.stdin.write(line)
        other.stdin.flush()
        said = json.loads(other.stdout.readline())
        return Outcome(entry=said["entry"], at=said["at"], unmet=tuple(said["unmet"]))


def _years_on(day: date) -> str:
    return day.replace(year=day.year + 2, day=1).isoformat()


@contextmanager
def field(folder: Path, *, processes: int = 1) -> Iterator[Field]:
    """Make a register with the invented department, and race in it."""
    settings = Settings(
        folder=folder,
        register="test",
        title="Races",
        origin="log.example/races",
        about="live",
        anchor=None,
    )
    other: subprocess.Popen[str] | None = None
    with App.create(settings) as app:
        made = Field(app, None)
        made.set_up()
        if processes > 1:
            other = subprocess.Popen(
                [sys.executable, "-c", OTHER_PROCESS, str(folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            made.other = other
            if other.stdout is None or other.stdout.readline() != "ready\n":
                raise RuntimeError(other)
        try:
            yield made
        finally:
            made.threads.shutdown()
            if other is not None:
                other.communicate(timeout=60)
