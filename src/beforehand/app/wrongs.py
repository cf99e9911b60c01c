"""What went wrong elsewhere, tried in the sandbox: each step is refused, impossible, or shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from beforehand.app.asking import ask_question
from beforehand.app.sampling import Sample, draw_sample
from beforehand.app.sandbox import DOWNTOWN, STREET
from beforehand.app.stories import Line, Step, Told, Walker, expect, read

if TYPE_CHECKING:
    from beforehand.app.registers import App
    from beforehand.app.sandbox import Sandbox
    from beforehand.gate.ask import Runner
    from beforehand.holdings.disk import Snapshot

STORY = "what-went-wrong.yaml"
ANALYST = "p-maple"
AREAS = {"downtown": DOWNTOWN, "street": STREET}


def lines() -> tuple[str, ...]:
    """Return what went wrong, one line each."""
    return tuple(one.line for one in read(STORY).lines)


def walk(
    sandbox: Sandbox, snapshot: Snapshot, *, engine: Runner, reported: App
) -> Iterator[Line]:
    """Try each in turn, and put right what is needed for the next.

    sandbox    with its data taken in and its use approved
    reported   a register of a reported history
    Raises AssertionError where a step does not end as the story says.
    """
    return _Walker(sandbox, snapshot, engine, reported).walk(read(STORY))


class _Walker(Walker):
    """One walk: it remembers the sample that was drawn."""

    def __init__(
        self, sandbox: Sandbox, snapshot: Snapshot, engine: Runner, reported: App
    ) -> None:
        super().__init__(sandbox)
        self._snapshot, self._engine, self._reported = snapshot, engine, reported
        self._sample: Sample | None = None

    def take(self, rest: Told) -> Step:
        if "due" in rest:
            is_reported = rest.pop("reported", False)
            return self.ahead(self._reported if is_reported else self.app, rest)
        if "sample" in rest and "act" not in rest:
            return self._draw(rest)
        if "act" in rest:
            self.act(self._with_sample(rest))
        else:
            question = self.sandbox.question(self._snapshot, AREAS[str(rest["ask"])])
            data = json.dumps(question).encode()
            ask_question(self.app, data, actor=ANALYST, engine=self._engine)
        return Step(tried=self.tried(rest), outcome="done")

    def _draw(self, rest: Told) -> Step:
        self._sample = draw_sample(
            self.app,
            office=str(rest["sample"]),
            dataset=str(rest["dataset"]),
            actor=str(rest["actor"]),
        )
        shown = {flag for one in self._sample.questions for flag in one.flags}
        expect(rest["shows"] in shown, rest["shows"], shown, rest)
        said = f"a question that looks at a {rest['shows']}'s own places"
        return Step(tried="sample", outcome="shown", said=said)

    def _with_sample(self, rest: Told) -> Told:
        """Put in what the draw gave: its id, and one judgement for each of its questions."""
        if self._sample is not None and rest.get("sample") == "sample:id":
            word = str(rest["judged"]).removeprefix("sample:")
            judged = [
                {"question": one.question, "judged": word} for one in self._sample.questions
            ]
            rest = {**rest, "sample": self._sample.sample, "judged": judged}
        return rest
