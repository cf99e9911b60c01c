"""Holds a document of text against a Struct type: what fits is read, what does not is named."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeAlias

from msgspec import inspect

from beforehand.oversight.yaml_text import Document, Tree
from beforehand.refusal import InputError

MAX_SHOWN = 60
WHOLE = "^(0|[1-9][0-9]{0,8})$"
Plain: TypeAlias = "str | int | bool | list[Plain] | dict[str, Plain] | None"


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
