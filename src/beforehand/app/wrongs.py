"""What went wrong elsewhere, tried in the sandbox: each step is refused, impossible, or shown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import msgspec

from beforehand.app import clock
from beforehand.app.asking import ask_question
from beforehand.app.due import listing
from beforehand.app.sampling import Sample, draw_sample
from beforehand.app.sandbox import DOWNTOWN, STREET, shipped
from beforehand.refusal import InputError, Refusal

if TYPE_CHECKING:
    from beforehand.app.registers import App
    from beforehand.app.sandbox import Sandbox, Value
    from beforehand.gate.ask import Runner
    from beforehand.holdings.disk import Snapshot

ANALYST = "p-maple"
AREAS = {"downtown": DOWNTOWN, "street": STREET}


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """How one step ended.

    tried        the act or command, as one would name it
    outcome      refused, impossible, shown or done
    safeguards   those unmet, where it was refused; `entry` is the refusal's on the ledger
    said         what a person reads
    """

    tried: str
    outcome: str
    safeguards: tuple[str, ...] = ()
    entry: int | None = None
    said: str = ""


class Wrong(msgspec.Struct, frozen=True, kw_only=True):
    line: str
    steps: tuple[Step, ...]

    @property
    def met(self) -> tuple[Step, ...]:
        """The steps in which it was refused, impossible or shown."""
        return tuple(one for one in self.steps if one.outcome != "done")


class _Told(msgspec.Struct):
    line: str
    steps: list[dict[str, object]]


class _Story(msgspec.Struct):
    documents: dict[str, str]
    wrongs: list[_Told]


def lines() -> tuple[str, ...]:
    """Return what went wrong, one line each."""
    return tuple(one.line for one in _story().wrongs)


def walk(
    sandbox: Sandbox, snapshot: Snapshot, *, engine: Runner, reported: App
) -> Iterator[Wrong]:
    """Try each in turn, and put right what is needed for the next.

    sandbox    with its data taken in and its use approved
    reported   a register of a reported history
    Raises AssertionError where a step does not end as the story says.
    """
    story = _story()
    for name, text in story.documents.items():
        sandbox.documents[name] = sandbox.app.keep_document(text.encode())
    walker = _Walker(sandbox, snapshot, engine, reported)
    for told in story.wrongs:
        yield Wrong(line=told.line, steps=tuple(walker.step(one) for one in told.steps))


def _story() -> _Story:
    return msgspec.yaml.decode(shipped("what-went-wrong.yaml"), type=_Story)


class _Walker:
    """One walk: it remembers the sample that was drawn."""

    def __init__(
        self, sandbox: Sandbox, snapshot: Snapshot, engine: Runner, reported: App
    ) -> None:
        self._sandbox, self._snapshot = sandbox, snapshot
        self._engine, self._reported = engine, reported
        self._sample: Sample | None = None

    def step(self, told: dict[str, object]) -> Step:
        """Take one step. Raises AssertionError where it ends otherwise than told."""
        rest = dict(told)
        expected = {
            name: rest.pop(name, None) for name in ("refused", "impossible", "says")
        }
        if "due" in rest:
            return self._due(rest)
        tried = str(rest.get("act") or ("ask" if "ask" in rest else "sample"))
        try:
            self._take(rest)
        except Refusal as refusal:
            return _refused(tried, refusal, expected, told)
        except InputError as error:
            if not expected["impossible"]:
                raise
            return Step(tried=tried, outcome="impossible", said=str(error))
        if expected["refused"] or expected["impossible"]:
            raise AssertionError(f"the story expects a refusal of {told}")
        if "shows" in rest:
            said = f"a question that looks at a {rest['shows']}'s own places"
            return Step(tried=tried, outcome="shown", said=said)
        return Step(tried=tried, outcome="done")

    def _take(self, rest: dict[str, object]) -> None:
        app = self._sandbox.app
        if "act" in rest:
            app.submit(self._sandbox.act(self._with_sample(rest)))
        elif "ask" in rest:
            question = self._sandbox.question(self._snapshot, AREAS[str(rest["ask"])])
            data = json.dumps(question).encode()
            ask_question(app, data, actor=ANALYST, engine=self._engine)
        else:
            self._sample = draw_sample(
                app,
                office=str(rest["sample"]),
                dataset=str(rest["dataset"]),
                actor=str(rest["actor"]),
            )
            shown = {flag for one in self._sample.questions for flag in one.flags}
            if rest["shows"] not in shown:
                raise AssertionError(f"the sample shows {shown} alone")

    def _with_sample(self, rest: dict[str, object]) -> Mapping[str, Value]:
        """Put in what the draw gave: its id, and one judgement for each of its questions."""
        if self._sample is not None and rest.get("sample") == "sample:id":
            word = str(rest["judged"]).removeprefix("sample:")
            judged = [
                {"question": one.question, "judged": word} for one in self._sample.questions
            ]
            rest = {**rest, "sample": self._sample.sample, "judged": judged}
        return cast("Mapping[str, Value]", rest)

    def _due(self, rest: Mapping[str, object]) -> Step:
        """Look ahead in the list of dates, as if nothing more were recorded."""
        app = self._reported if rest.get("reported") else self._sandbox.app
        days = int(str(rest.get("after_days", 0)))
        found = listing(app, clock.now() + timedelta(days=days))
        late = [
            one
            for one in found.due
            if one.what == rest["due"]
            and one.state == "overdue"
            and rest.get("of") in (None, one.of, *one.offices)
        ]
        if not late:
            raise AssertionError(f"nothing is overdue of {rest}")
        said = f"{len(late)} overdue; the first: {late[0].of}, since {late[0].moment[:10]}"
        return Step(tried="due", outcome="shown", said=f"{said}. {late[0].do}")


def _refused(
    tried: str, refusal: Refusal, expected: Mapping[str, object], told: Mapping[str, object]
) -> Step:
    unmet = tuple(one.safeguard for one in refusal.unmet)
    wanted = msgspec.convert(expected["refused"] or [], list[str])
    says = str(expected["says"] or "")
    if not wanted or not set(wanted) <= set(unmet) or says not in str(refusal):
        raise AssertionError(f"the story expects {wanted} of {told}, not {unmet}")
    return Step(
        tried=tried,
        outcome="refused",
        # What the story is about comes first.
        safeguards=(*wanted, *(one for one in unmet if one not in wanted)),
        entry=refusal.entry,
        said=str(refusal),
    )
