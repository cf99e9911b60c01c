"""Asking: the doors that the gate opens, made of safeguards, ledger and stored answers."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import msgspec

from beforehand.app import clock
from beforehand.app.registers import App
from beforehand.gate import answer as answers
from beforehand.gate import plan
from beforehand.gate.answer import Answer
from beforehand.gate.ask import Admission, Pace, Runner, Withheld, ask
from beforehand.gate.budget import NOTHING, Charge
from beforehand.gate.protection import Protection, price
from beforehand.gate.question import Question, canonical, parse
from beforehand.gate.question import identity as identity_of
from beforehand.gate.reading import decode
from beforehand.holdings import manifest as manifests
from beforehand.holdings.disk import read_manifest
from beforehand.record.acts import ID, Act
from beforehand.record.facts import QuestionAdmitted, QuestionAnswered, QuestionWithheld
from beforehand.record.terms import Area, Asked
from beforehand.record.view import quarter
from beforehand.refusal import InputError, Refusal, Unmet

DEADLINE_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What asking would cost and show, before anything is spent.

    repeats   the form was answered before, and the safeguards let this person ask it today:
              asking again costs nothing
    """

    protection: Protection
    unmet: tuple[Unmet, ...]
    left: Charge
    repeats: bool


def ask_question(app: App, data: bytes, *, actor: str, engine: Runner) -> Answer:
    """Ask the question in `data` and return the protected answer.

    Raises InputError (nothing written), Refusal (recorded), EngineError (withheld, charged).
    """
    question = parse(data)
    doors = RegisterDoors(app, actor)
    return ask(
        question,
        profile=_profile(app, question),
        doors=doors,
        engine=engine,
        pace=Pace(
            clock_ms=lambda: int(clock.monotonic() * 1000),
            sleep_ms=lambda wait: clock.sleep(wait / 1000),
        ),
        deadline_s=DEADLINE_S,
    )


def preview(app: App, data: bytes, *, actor: str) -> Preview:
    """Return what asking would cost, show and be refused for; nothing is written."""
    question = parse(data)
    protection = price(question, _profile(app, question))
    stored = stored_answer(app, identity_of(question)) is not None
    paid = NOTHING if stored else protection.charge
    unmet = app.check(_act(question, actor, charge=paid, name="q-preview", repeats=None))
    return Preview(
        protection=protection,
        unmet=unmet,
        repeats=stored and not unmet,
        left=left(app, question.dataset, question.assessment),
    )


def left(app: App, dataset: str, assessment: str) -> Charge:
    """Return what is left of this quarter's budget for `dataset` under an assessment's terms."""
    view = app.view()
    terms = view.assessments[assessment].draft.terms
    spent = view.spent.get((dataset, quarter(app.next_time())))
    rho, delta = (spent.rho_micro, spent.delta_e15) if spent else (0, 0)
    return Charge(
        rho_micro=max(0, terms.budget_rho_micro - rho),
        delta_e15=max(0, terms.budget_delta_e15 - delta),
    )


def left_for(app: App, data: bytes) -> Charge:
    """Return what is left for the dataset and assessment that a question names."""
    question = parse(data)
    return left(app, question.dataset, question.assessment)


def who_asks(data: bytes, named: str | None) -> tuple[str, bytes]:
    """Return who asks the question in a file, and the closed form alone.

    named   the person named beside the file, who then counts; else the file's `actor`
    Raises InputError when nobody is named: who asks is never inferred.
    """
    form = decode(data)
    actor = form.pop("actor", None) if isinstance(form, dict) else None
    actor = named if named is not None else actor
    if not isinstance(actor, str) or not ID.fullmatch(actor):
        raise InputError(
            where="actor",
            expected="the id of the person who asks",
            got="none" if actor is None else ascii(actor)[:60],
            do="Write it in the file as `actor`, or name the person with --as.",
        )
    return actor, json.dumps(form).encode()


class RegisterDoors:
    """The gate's doors on one register, for one person."""

    def __init__(self, app: App, actor: str) -> None:
        self.app, self.actor = app, actor
        self._names: dict[int, str] = {}

    def admit(self, question: Question, *, identity: str, charge: Charge) -> Admission:
        name = clock.new_id("q")
        folder = self.app.settings.snapshots / question.snapshot[:16]
        manifest = _manifest(folder, question.snapshot)

        def job() -> tuple[int, Answer | None]:
            stored = stored_answer(self.app, identity)
            paid = charge if stored is None else NOTHING
            repeats = None if stored is None else stored[0]
            act = _act(question, self.actor, charge=paid, name=name, repeats=repeats)
            # The safeguards first: only those whom they let ask today learn of a stored answer.
            receipt = self.app.take(act)
            return receipt.entry, None if stored is None else stored[1]

        entry, stored = self.app.in_turn(job)
        self._names[entry] = name
        return Admission(
            entry=entry,
            salt=clock.question_salt(plan.SALTS),
            folder=folder,
            files=tuple((one.name, one.sha256) for one in manifest.files),
            level=manifest.terms.level,
            step=manifest.terms.step,
            stored=stored,
        )

    def answered(self, admission: Admission, given: Answer) -> None:
        name = self._names[admission.entry]
        data = given.to_json()
        fact = QuestionAnswered(
            question=name,
            answer=hashlib.sha256(data).hexdigest(),
            plan=given.plan,
            shown=len(given.cells),
            hidden=given.hidden,
        )
        act = Act(actor=self.actor, fact=fact)

        def job() -> None:
            at = self.app.next_time()
            decision = self.app.decide(act, at=at)
            if not decision.allowed:
                raise Refusal(
                    what=f"letting the answer to {name} go, since authority ended meanwhile",
                    unmet=decision.unmet,
                    entry=admission.entry,
                )
            # Stored first: a crash before the entry leaves an answer that was paid for and
            # not given yet; the other way round would leave an entry without its answer.
            kept = json.dumps({"question": name, "answer": data.decode()}).encode()
            self.app.vault.keep(given.question, kept)
            self.app.append(fact, actor=self.actor, at=at, decision=decision)

        self.app.in_turn(job)

    def withheld(self, admission: Admission, reason: Withheld) -> None:
        fact = QuestionWithheld(question=self._names[admission.entry], reason=reason)
        self.app.in_turn(lambda: self.app.append_undecided(fact, actor=self.actor))


def stored_answer(app: App, identity: str) -> tuple[str, Answer] | None:
    """Return the answer that is kept for a question, with the id it was first given under."""
    data = app.vault.kept(identity)
    return None if data is None else read_stored(data)


def read_stored(data: bytes) -> tuple[str, Answer]:
    kept = json.loads(data)
    return kept["question"], answers.from_json(kept["answer"].encode())


def as_asked(question: Question) -> Asked:
    """Return what the safeguards need of the form."""
    bounds = question.bounds
    return Asked(
        form=question.kind,
        grid=question.grid,
        step=question.step,
        window_start=question.window.start,
        window_end=question.window.end,
        area=Area(columns=bounds.columns, rows=bounds.rows),
        canonical=canonical(question).decode(),
    )


def _act(
    question: Question, actor: str, *, charge: Charge, name: str, repeats: str | None
) -> Act:
    fact = QuestionAdmitted(
        question=name,
        office=question.office,
        dataset=question.dataset,
        snapshot=question.snapshot,
        assessment=question.assessment,
        request=question.request,
        purpose=question.purpose,
        profile=question.profile,
        rho_micro=charge.rho_micro,
        delta_e15=charge.delta_e15,
        repeats=repeats,
    )
    return Act(
        actor=actor, fact=fact, sealed={"form": msgspec.to_builtins(as_asked(question))}
    )


def _profile(app: App, question: Question) -> Charge:
    known = app.view().assessments.get(question.assessment)
    if known is None:
        raise InputError(
            where="assessment",
            expected="an id that is on the record",
            got=question.assessment,
        )
    profile = known.draft.terms.profile(question.profile)
    if profile is None:
        names = ", ".join(one.name for one in known.draft.terms.profiles)
        raise InputError(where="profile", expected=f"one of {names}", got=question.profile)
    return Charge(rho_micro=profile.rho_micro, delta_e15=profile.delta_e15)


def _manifest(folder: Path, snapshot: str) -> manifests.Manifest:
    """Return the manifest whose digest is the snapshot's id. Raises InputError.

    Before anything is decided or charged; the engine hashes the files themselves.
    """
    if not folder.is_dir():
        raise InputError(where="snapshot", expected="one that is held here", got=snapshot)
    manifest = read_manifest(folder)
    found = manifests.digest(manifests.encode(manifest))
    if found != snapshot:
        raise InputError(where=str(folder), expected=f"the manifest {snapshot}", got=found)
    return manifest
