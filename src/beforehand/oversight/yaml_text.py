"""Reads YAML as text: a scalar is the text that was written, never a guess at its type.

2020-08 is no date, `no` no boolean, 1e3 no number. Plain null, ~ and nothing at all are None;
"null" in quotes is text. What can make one text read in two ways is refused: a key twice,
anchors, tags, merge keys, a second document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import yaml

from beforehand.refusal import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

Tree: TypeAlias = "str | list[Tree] | dict[str, Tree] | None"
MAX_BYTES = 5_000_000
MAX_DEPTH = 32
MAX_VALUES = 100_000  # with the next, bounds the memory that the paths take
MAX_KEY = 64
_NULLS = ("", "~", "null")
_UNPRINTABLE = re.compile(
    r"[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_PLAIN_WORDS = "Write the value out, once for each place that needs it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A tree of text and the line on which each part begins.

    lines   by path, as `contracts[3].awarded`; "" is the whole
    """

    name: str
    tree: Tree
    lines: dict[str, int]

    def where(self, path: str) -> str:
        return f"{self.name}:{self.lines[path]}"


def read_yaml(data: bytes, name: str) -> Document:
    """Return the one document in `data`; `name` is what a person calls the file.

    Raises InputError with the file and the line.
    """
    building = _Building(name)
    for event in _events(_text(data, name), name):
        building.take(event)
    if not building.has_document:
        raise InputError(
            where=f"{name}:1",
            expected="a YAML document",
            got="none",
            do="The file is empty.",
        )
    return Document(name=name, tree=building.tree, lines=building.lines)


def _text(data: bytes, name: str) -> str:
    if len(data) > MAX_BYTES:
        raise InputError(
            where=f"{name}:1",
            expected=f"at most {MAX_BYTES:,} bytes",
            got=f"{len(data):,}",
            do="Split the case into several files.",
        )
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            where=f"{name}:{line}",
            expected="UTF-8 text",
            got=f"the byte 0x{data[error.start]:02x}",
            do="Save the file as UTF-8.",
        ) from error
    found = _UNPRINTABLE.search(text)
    if found is not None:
        raise _unprintable(f"{name}:{text.count(chr(10), 0, found.start()) + 1}", found[0])
    return text


def _unprintable(where: str, character: str) -> InputError:
    return InputError(
        where=where,
        expected="characters that can be printed",
        got=f"the character U+{ord(character):04X}",
        do="Take it out.",
    )


def _events(text: str, name: str) -> Iterator[yaml.Event]:
    # libyaml, not PyYAML's own parser: that one is ten times slower and lets a ValueError out
    # for some escapes ("\U00110000").
    try:
        yield from yaml.parse(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise InputError(
            where=f"{name}:{mark.line + 1 if mark else 1}",
            expected="YAML",
            got=f"what its parser cannot read ({error.problem or error.context})",
            do="Text that holds a colon, a comma, a hash or a bracket needs quotes.",
        ) from error


@dataclass(slots=True)
class _Open:
    """A list or a map that has begun. `key`: the one that waits for its value."""

    node: list[Tree] | dict[str, Tree]
    path: str
    key: str | None = None


@dataclass(slots=True)
class _Building:
    """Builds the tree event by event, with its own stack, so depth costs no recursion."""

    name: str
    tree: Tree = None
    has_document: bool = False
    lines: dict[str, int] = field(default_factory=dict)
    stack: list[_Open] = field(default_factory=list)

    def take(self, event: yaml.Event) -> None:
        match event:
            case yaml.DocumentStartEvent():
                if self.has_document:
                    raise self._no(event, "one document", "a second")
                self.has_document = True
            case yaml.AliasEvent():
                raise self._no(event, "a value", f"the alias *{event.anchor}", _PLAIN_WORDS)
            case yaml.ScalarEvent():
                self._take_scalar(event)
            case yaml.SequenceStartEvent():
                self._begin(event, [], "a list")
            case yaml.MappingStartEvent():
                self._begin(event, {}, "a map")
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self.stack.pop()
            case _:
                pass  # the ends of the stream and of the document say nothing more

    def _take_scalar(self, event: yaml.ScalarEvent) -> None:
        self._check_plain(event)
        found = _UNPRINTABLE.search(event.value)  # an escape can write what the file cannot
        if found is not None:
            raise _unprintable(self._where(event), found[0])
        is_plain = bool(event.implicit[0])
        value = None if is_plain and event.value in _NULLS else str(event.value)
        top = self.stack[-1] if self.stack else None
        if top is not None and isinstance(top.node, dict) and top.key is None:
            self._take_key(event, top, value, is_plain=is_plain)
        else:
            self._place(event, value)

    def _take_key(
        self, event: yaml.ScalarEvent, top: _Open, key: str | None, *, is_plain: bool
    ) -> None:
        if key is None:
            raise self._no(event, "a text as key", "null")
        if key == "<<" and is_plain:
            raise self._no(event, "a key", "the merge key <<", _PLAIN_WORDS)
        if len(key) > MAX_KEY:
            raise self._no(event, f"a key of at most {MAX_KEY} characters", f"{len(key)}")
        path = f"{top.path}.{key}" if top.path else key
        if key in top.node:
            raise self._no(
                event, f"each key once, {key!r} is on line {self.lines[path]}", "it again"
            )
        top.key = key
        self.lines[path] = _line(event)

    def _begin(
        self,
        event: yaml.CollectionStartEvent,
        node: list[Tree] | dict[str, Tree],
        word: str,
    ) -> None:
        self._check_plain(event)
        if len(self.stack) == MAX_DEPTH:
            raise self._no(event, f"at most {MAX_DEPTH} levels", f"{word} one level deeper")
        top = self.stack[-1] if self.stack else None
        if top is not None and isinstance(top.node, dict) and top.key is None:
            raise self._no(event, "a text as key", word)
        self.stack.append(_Open(node, self._place(event, node)))

    def _place(self, event: yaml.NodeEvent, value: Tree) -> str:
        """Put `value` where it belongs and return its path."""
        line = _line(event)
        if len(self.lines) >= MAX_VALUES:
            raise self._no(event, f"at most {MAX_VALUES:,} values", "one more")
        if not self.stack:
            self.tree = value
            self.lines[""] = line
            return ""
        top = self.stack[-1]
        if isinstance(top.node, list):
            path = f"{top.path}[{len(top.node)}]"
            top.node.append(value)
            self.lines[path] = line
            return path
        key = top.key or ""
        top.node[key] = value
        top.key = None
        return f"{top.path}.{key}" if top.path else key

    def _check_plain(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.anchor is not None:
            raise self._no(event, "a value", f"the anchor &{event.anchor}", _PLAIN_WORDS)
        if event.tag is not None:
            raise self._no(
                event, "a value without a tag", f"the tag {event.tag}", "Leave it out."
            )

    def _where(self, event: yaml.Event) -> str:
        return f"{self.name}:{_line(event)}"

    def _no(self, event: yaml.Event, expected: str, got: str, do: str = "") -> InputError:
        return InputError(where=self._where(event), expected=expected, got=got, do=do)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark is not None else 1
