"""A case file: what is on the public record of one case, as its authors gathered it.

`read_case` takes the bytes and refuses with file and line whatever the format does not allow
(docs/reference/case-file.md). `facts` are the case without its words, `prose` is its words.

A key that may be null may also be left out, which says the same: not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
from msgspec import inspect

from beforehand.oversight.casefile_entries import Case, Ran, UsedDuring
from beforehand.oversight.casefile_facts import Node, facts, prose
from beforehand.oversight.fitting import WHOLE, Fitting
from beforehand.oversight.yaml_text import read_yaml
from beforehand.record import spans

__all__ = ["Case", "facts", "json_schema", "prose", "read_case"]


def read_case(data: bytes, name: str) -> Case:
    """Return the case in `data`; `name` is what a person calls the file.

    Raises InputError for the first thing wrong, by line: first of all in what each part says,
    then in the order of days and in the tree of offices.
    """
    document = read_yaml(data, name)
    fitting = Fitting(document)
    plain = fitting.fit(document.tree, inspect.type_info(Case))
    _check_days(fitting)
    _check_ids(fitting)
    fitting.raise_first()
    case = msgspec.convert(plain, Case)
    _check_order(fitting, case)
    _check_parents(fitting, case)
    fitting.raise_first()
    return case


def _check_days(fitting: Fitting) -> None:
    for mark in fitting.marks:
        if mark.says.get("is") == "day":
            try:
                spans.parse(mark.text)
            except ValueError:
                fitting.refuse(mark.path, "a day of the calendar", repr(mark.text[:20]))


def _check_ids(fitting: Fitting) -> None:
    """Every id once in the whole file, and every reference to one of its kind."""
    found: dict[str, str] = {}
    for mark in fitting.marks:
        if mark.says.get("is") == "id":
            if mark.text in found:
                line = fitting.document.lines[found[mark.text]]
                fitting.refuse(
                    mark.path, "an id of its own", f"{mark.text!r} of line {line}"
                )
            found.setdefault(mark.text, mark.path)
    for mark in fitting.marks:
        kind = mark.says.get("to")
        is_of = re.split(r"[\[.]", found.get(mark.text, "case.id"))[0]
        if kind is not None and is_of != kind and (kind != "items" or is_of == "case"):
            fitting.refuse(mark.path, f"the id of one of the {kind}", repr(mark.text[:80]))


def _check_order(fitting: Fitting, case: Case) -> None:
    for path, began, ended in _stretches(case):
        if spans.parse(ended).surely_before(spans.parse(began)):
            fitting.refuse(path, f"an end not before {began}", repr(ended))


def _stretches(case: Case) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield where each end stands, its beginning and the end itself."""
    for at, contract in enumerate(case.contracts):
        yield f"contracts[{at}].ended", contract.awarded, contract.ended
    for at, count in enumerate(case.counts):
        if count.period is not None:
            yield f"counts[{at}].period.to", count.period.from_, count.period.to
    for at, one in enumerate(case.assessments):
        if one.covers is not None:
            yield f"assessments[{at}].covers.to", one.covers.from_, one.covers.to
    for at, statement in enumerate(case.statements):
        if isinstance(statement.claim, UsedDuring | Ran):
            yield f"statements[{at}].claim.to", statement.claim.from_, statement.claim.to


def _check_parents(fitting: Fitting, case: Case) -> None:
    parents = {one.id: one.parent for one in case.offices}
    for at, office in enumerate(case.offices):
        above: list[str] = []
        up = office.parent
        while up is not None and up not in above:
            above.append(up)
            up = parents[up]
        if office.id in above:
            ring = " under ".join([office.id, *above[: above.index(office.id) + 1]])
            fitting.refuse(
                f"offices[{at}].parent", "offices that end in one without parent", ring
            )


def json_schema() -> dict[str, Node]:
    """Return the JSON Schema (2020-12) of a case file's tree, in which every scalar is text.

    It knows the shape; ids, days of the calendar and the order of days are `read_case`'s.
    """
    written: dict[str, Node] = msgspec.json.decode(
        msgspec.json.encode(msgspec.json.schema(Case))
    )
    head: dict[str, Node] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A case file of Beforehand; every number and truth value is text",
    }
    return head | {key: _as_text(value) for key, value in written.items()}


def _as_text(node: Node) -> Node:
    """Turn whole numbers and booleans of a schema into the text that stands for them."""
    match node:
        case {"type": "integer"}:
            return {"type": "string", "pattern": WHOLE}
        case {"type": "boolean"}:
            return {"enum": ["true", "false"], "default": "false"}
        case dict():
            return {key: _as_text(value) for key, value in node.items()}
        case list():
            return [_as_text(one) for one in node]
        case _:
            return node
