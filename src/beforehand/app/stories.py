"""Stories that ship as data, walked in a sandbox: each step ends as the story says, or it raises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, cast

import msgspec

from beforehand.app import clock
from beforehand.app.due import listing
from beforehand.app.sandbox import shipped
from beforehand.refusal import InputError, Refusal

if TYPE_CHECKING:
    from beforehand.app.registers import App, Receipt
    from beforehand.app.sandbox import Sandbox, Value


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """How one step ended.

    tried        the act or command, as one would name it
    outcome      refused, impossible, shown, recorded or done
    safeguards   those unmet, where it was refused
    entry        of the refusal or of what was recorded, on the ledger
    said         what a person reads
    """

    tried: str
    outcome: str
    safeguards: tuple[str, ...] = ()
    entry: int | None = None
    said: str = ""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What one line of a story came to."""

    line: str
    steps: tuple[Step, ...]

    @property
    def met(self) -> tuple[Step, ...]:
        """The steps that show something; the others only prepare them."""
        return tuple(one for one in self.steps if one.outcome != "done")


Told = dict[str, object]
"""One step as it is written: what to do first, then how it is to end."""


class _ToldLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    line: str
    steps: tuple[Told, ...]


class Story(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    documents: dict[str, str]
    lines: tuple[_ToldLine, ...]


class _Expected(msgspec.Struct, frozen=True, kw_only=True):
    """How a step is to end: refused by these at least, not possible, or neither."""

    refused: tuple[str, ...] = ()
    impossible: bool = False
    says: str = ""


class _Ahead(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`due`: what kind of date is overdue by then; `of`: of which thing or office."""

    due: str
    of: str | None = None
    after_days: int = 0


def read(name: str) -> Story:
    """Return a story of `cases/`."""
    return msgspec.yaml.decode(shipped(name), type=Story)


class Walker(ABC):
    """One walk through a story."""

    names: ClassVar[Mapping[str, str]] = {}
    """How a step is named that is no act, where not by its first word."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox, self.app = sandbox, sandbox.app

    def walk(self, story: Story) -> Iterator[Line]:
        """Take each step in turn. Raises AssertionError where one ends otherwise than told."""
        for name, text in story.documents.items():
            self.sandbox.documents[name] = self.app.keep_document(text.encode())
        for told in story.lines:
            yield Line(line=told.line, steps=tuple(map(self.step, told.steps)))

    def step(self, told: Told) -> Step:
        """Take one step. Raises AssertionError where it ends otherwise than told."""
        rest = dict(told)
        ends = {
            name: rest.pop(name) for name in _Expected.__struct_fields__ if name in rest
        }
        expected = msgspec.convert(ends, _Expected)
        try:
            found = self.take(rest)
        except Refusal as refusal:
            return _refused(self.tried(rest), refusal, expected, told)
        except InputError as error:
            if not expected.impossible:
                raise
            expect(expected.says in str(error), expected.says, str(error), told)
            return Step(tried=self.tried(rest), outcome="impossible", said=str(error))
        refused = bool(expected.refused or expected.impossible)
        expect(not refused, "a refusal", found.outcome, told)
        expect(expected.says in found.said, expected.says, found.said, told)
        return found

    @abstractmethod
    def take(self, rest: Told) -> Step:
        """Do what a step says, without how it is to end. Raises Refusal, InputError."""

    def tried(self, rest: Told) -> str:
        verb = next(iter(rest))
        return str(rest[verb]) if verb == "act" else self.names.get(verb, verb)

    def act(self, rest: Told) -> Receipt:
        return self.app.submit(self.sandbox.act(cast("Mapping[str, Value]", rest)))

    def ahead(self, app: App, rest: Told) -> Step:
        """Look ahead in the list of dates, as if nothing more were recorded."""
        asked = msgspec.convert(rest, _Ahead)
        found = listing(app, clock.now() + timedelta(days=asked.after_days))
        late = [
            one
            for one in found.due
            if one.what == asked.due
            and one.state == "overdue"
            and asked.of in (None, one.of, *one.offices)
        ]
        expect(bool(late), f"an overdue {asked.due}", "none", rest)
        said = f"{len(late)} overdue; the first: {late[0].of}, since {late[0].moment[:10]}"
        return Step(tried="due", outcome="shown", said=f"{said}. {late[0].do}")


def expect(holds: bool, wanted: object, found: object, told: object) -> None:  # noqa: FBT001  # what is asserted
    """Raise AssertionError where a step did not end as told; never skipped, unlike `assert`."""
    if not holds:
        raise AssertionError(f"the story expects {wanted}, not {found}, of {told}")


def _refused(tried: str, refusal: Refusal, expected: _Expected, told: Told) -> Step:
    unmet = tuple(one.safeguard for one in refusal.unmet)
    wanted = expected.refused
    as_told = bool(wanted) and set(wanted) <= set(unmet)
    expect(as_told, f"a refusal by {wanted}", unmet, told)
    expect(expected.says in str(refusal), expected.says, str(refusal), told)
    return Step(
        tried=tried,
        outcome="refused",
        # What the story is about comes first.
        safeguards=(*wanted, *(one for one in unmet if one not in wanted)),
        entry=refusal.entry,
        said=str(refusal),
    )
