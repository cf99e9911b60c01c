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
from msgspec import inspect

from beforehand.refusal import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

Tree: TypeAlias = "str | list[Tree] | dict[str, Tree] | None"
MAX_BYTES = 5_000_000
MAX_DEPTH = 32
MAX_VALUES = 100_000  # with the next, bounds the memory that the paths take
MAX_KEY = 64
MAX_SHOWN = 60
WHOLE = "^(0|[1-9][0-9]{0,8})$"
Plain: TypeAlias = "str | int | bool | list[Plain] | dict[str, Plain] | None"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A text whose type says something of it that only the whole document can decide."""

    path: str
    text: str
    says: dict[str, str]


@dataclass(slots=True)
class Fitting:
    """Holds a document against a Struct type and gathers all that is wrong with it.

    Whole numbers and booleans are read from their text. A type's `description` is what a person
    is told was expected; its `extra` is handed on with the text in `marks`.
    """

    document: Document
    marks: list[Mark] = field(default_factory=list)
    problems: list[tuple[int, InputError]] = field(default_factory=list)

    def raise_first(self) -> None:
        if self.problems:
            raise min(self.problems, key=lambda problem: problem[0])[1]

    def refuse(self, path: str, expected: str, got: str, do: str = "") -> None:
        where = self.document.where(path)
        error = InputError(where=where, expected=expected, got=got, do=do)
        self.problems.append((self.document.lines[path], error))

    def fit(self, tree: Tree, kind: inspect.Type, path: str = "", says: str = "") -> Plain:  # noqa: C901, PLR0911  # one case a kind of type
        match kind:
            case inspect.Metadata():
                return self._fit_described(tree, kind, path)
            case inspect.UnionType():
                return self._fit_union(tree, kind, path)
            case inspect.StructType() if isinstance(tree, dict):
                return self._fit_map(tree, kind, path)
            case inspect.VarTupleType() if isinstance(tree, list):
                if len(tree) < (kind.min_length or 0):
                    self.refuse(path, f"at least {kind.min_length} here", f"{len(tree)}")
                return [
                    self.fit(one, kind.item_type, f"{path}[{at}]")
                    for at, one in enumerate(tree)
                ]
            case inspect.StrType() if isinstance(tree, str):
                # fullmatch: `$` alone would let a final line break through
                fits = kind.pattern is None or re.fullmatch(kind.pattern, tree)
                if not fits or len(tree) < (kind.min_length or 0):
                    self.refuse(path, says or "text", _shown(tree))
                return tree
            case inspect.LiteralType() if tree in kind.values:
                return tree
            case inspect.IntType() if isinstance(tree, str) and re.fullmatch(WHOLE, tree):
                return int(tree)
            case inspect.BoolType() if tree in ("true", "false"):
                return tree == "true"
        self.refuse(path, says or _words(kind), _shown(tree))
        return None

    def _fit_described(self, tree: Tree, kind: inspect.Metadata, path: str) -> Plain:
        if isinstance(tree, str) and kind.extra:
            self.marks.append(Mark(path=path, text=tree, says=kind.extra))
        described = (kind.extra_json_schema or {}).get("description", "")
        return self.fit(tree, kind.type, path, described)

    def _fit_union(self, tree: Tree, kind: inspect.UnionType, path: str) -> Plain:
        if tree is None and kind.includes_none:
            return None
        options = [one for one in kind.types if not isinstance(one, inspect.NoneType)]
        tagged = {one.tag: one for one in options if isinstance(one, inspect.StructType)}
        if len(options) == 1 or not isinstance(tree, dict):
            return self.fit(tree, options[0], path)
        word = tree.get("kind")
        if isinstance(word, str) and word in tagged:
            return self.fit(tree, tagged[word], path)
        at = f"{path}.kind" if "kind" in tree else path
        self.refuse(at, f"a kind, one of {', '.join(map(str, tagged))}", _shown(word))
        return None

    def _fit_map(self, tree: dict[str, Tree], kind: inspect.StructType, path: str) -> Plain:
        fields = {one.encode_name: one for one in kind.fields}
        known = [kind.tag_field, *fields] if kind.tag_field else list(fields)
        fitted: dict[str, Plain] = {}
        for key, value in tree.items():
            at = f"{path}.{key}" if path else key
            if key in fields:
                fitted[key] = self.fit(value, fields[key].type, at)
            elif key == kind.tag_field and isinstance(value, str):
                fitted[key] = value
            else:
                self.refuse(at, f"a key out of {', '.join(known)}", repr(key))
        for key, one in fields.items():
            if one.required and key not in tree:
                self.refuse(path, f"the key {key!r} in {path or 'the file'}", "none")
        return fitted


def _shown(tree: Tree) -> str:
    match tree:
        case None:
            return "null"
        case str():
            return repr(tree if len(tree) <= MAX_SHOWN else tree[:MAX_SHOWN] + "...")
        case list():
            return "a list"
        case dict():
            return "a map"


def _words(kind: inspect.Type) -> str:
    match kind:
        case inspect.LiteralType():
            return f"one of {', '.join(map(str, kind.values))}"
        case inspect.IntType():
            return "a whole number as 9"
        case inspect.BoolType():
            return "true or false"
        case inspect.VarTupleType():
            return "a list"
        case inspect.StructType():
            return "a map"
        case _:
            return "text"
