"""Recommendations as a plan of action and milestones (OSCAL 1.2), written and read.

Each recommendation is an item with a risk: its state, its day, and management's plan with a
milestone for every day that was set. Every other field is a property of the item, so that a
plan is read back whole. A plan that others wrote is read as a list of recommendations.
Source: NIST, OSCAL Plan of Action and Milestones model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

import msgspec

from beforehand.oversight.outside import exported, lists, told, values
from beforehand.oversight.outside.celltext import BETWEEN
from beforehand.oversight.outside.sightings import Row, Unread

if TYPE_CHECKING:
    from beforehand.oversight.outside.sightings import Body, Json
    from beforehand.oversight.outside.writing import Head

ROOT: Final = "plan-of-action-and-milestones"
FORM: Final = "oscal-poam"
OSCAL: Final = "1.2.1"
NS: Final = "urn:beforehand:recommendations"
LISTS: Final = ("recommendations", "reported-recommendations", "listed-recommendations")
_NAMESPACE: Final = UUID("3bd1c5f0-3a3a-5d0a-9f0e-6f1d8a1b7c55")
_LIST, _TEXT, _NONE = "list", "text", "none"
_is_plain = re.compile(r"\S(.*\S)?").fullmatch
_STATES: Final = {
    "open_resolved": "remediating",
    "open_partially_addressed": "remediating",
    "closed": "closed",
    "closed_implemented": "closed",
    "closed_not_implemented": "closed",
}
_CLOSED: Final = ("closed", "deviation-approved")


class _Said(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of a recommendation, from whichever list it comes.

    targets   every day that was set, in ISO 8601, the first one first
    """

    id: str
    report: str
    number: str
    text: str
    state: str
    targets: tuple[str, ...]
    response: str


# -- writing -----------------------------------------------------------------------------


def poam_of(head: Head, rows: Iterable[tuple[str, Body]]) -> bytes:
    """Return recommendations as a plan, each with the name of its list. There is at least one.

    Every id in it is made of what it names, so that the same record gives the same plan.
    """
    told_of = [(name, texts, _said(name, texts)) for name, texts in rows]
    plan = {
        "metadata": {
            "title": f"Recommendations in the register {head.register}",
            "last-modified": head.at,
            "version": str(head.entries),
            "oscal-version": OSCAL,
        },
        "system-id": {"id": head.origin},
        "risks": [_risk(one) for _, _, one in told_of],
        "poam-items": [_item(name, texts, one) for name, texts, one in told_of],
    }
    digest = msgspec.json.encode(plan).decode()
    return msgspec.json.format(
        msgspec.json.encode({ROOT: {"uuid": _uuid("plan", digest), **plan}}), indent=2
    )


def _uuid(*parts: str) -> str:
    return str(uuid5(_NAMESPACE, msgspec.json.encode(parts).decode()))


def _said(name: str, texts: Body) -> _Said:
    if name in told.LISTS:
        due = texts.get("targets") or texts.get("due") or ""
        return _Said(
            id=told.key(name, texts),
            report=texts.get("report_number") or texts["report"],
            number=texts["number"],
            text=texts["text"],
            state=texts["status"],
            targets=tuple(one for one in due.split(BETWEEN) if _is_day(one)),
            response=texts["response"],
        )
    columns = (
        "product_number",
        "product_title",
        "agency_affected",
        "recommendation_number",
    )
    text = texts["recommendation"]
    state = lists.state(texts["status"])
    return _Said(
        id=msgspec.json.encode((name, *(texts[one] for one in columns), text)).decode(),
        report=texts["product_number"] or texts["product_title"],
        number=texts["recommendation_number"],
        text=text,
        state=state,
        targets=(),
        response="",
    )


def _risk(one: _Said) -> dict[str, object]:
    state = one.state.replace("_", " ")
    if state == "unknown":
        state = "open as far as is known"
    risk: dict[str, object] = {
        "uuid": _uuid("risk", one.id),
        "title": _title(one),
        "description": one.text or _UNKNOWN,
        "statement": f"The recommendation is {state}.",
        "status": _STATES.get(one.state, "open"),
    }
    if one.targets:
        risk["deadline"] = f"{one.targets[-1]}T23:59:59Z"
    if one.targets or one.response:
        risk["remediations"] = [_plan(one)]
    return risk


_UNKNOWN: Final = "The text of this recommendation is not published, or not on record."


def _title(one: _Said) -> str:
    """A title stands on one line, whatever another register says."""
    number = f" {one.number}" if one.number else ""
    return values.spaced(f"Recommendation{number} of {one.report}")


def _is_day(text: str) -> bool:
    """Whether it is a day of the calendar: another register may say any text."""
    day, _ = values.read_day(text, "unknown")
    return day == text and len(text) == len("2026-11-25")


def _plan(one: _Said) -> dict[str, object]:
    answer = one.response.replace("_", " ") or "none on record"
    plan: dict[str, object] = {
        "uuid": _uuid("plan", one.id),
        "lifecycle": "completed" if _STATES.get(one.state) == "closed" else "planned",
        "title": "Management's answer and plan",
        "description": f"Management's answer: {answer}.",
    }
    if one.targets:
        plan["tasks"] = [
            {
                "uuid": _uuid("milestone", one.id, str(number), day),
                "type": "milestone",
                "title": "Target date"
                if number == 1
                else f"Target date, slip {number - 1}",
                "timing": {"on-date": {"date": f"{day}T23:59:59Z"}},
            }
            for number, day in enumerate(one.targets, 1)
        ]
    return plan


def _item(name: str, texts: Body, one: _Said) -> dict[str, object]:
    return {
        "uuid": _uuid("item", one.id),
        "title": _title(one),
        "description": one.text or _UNKNOWN,
        "props": [_prop(_LIST, name), *_props(name, texts)],
        "related-risks": [{"risk-uuid": _uuid("risk", one.id)}],
    }


def _props(name: str, texts: Body) -> Iterator[dict[str, str]]:
    """Every column that says something; the text is the item's description."""
    for column, said in texts.items():
        if column == _text_of(name):
            if not said:
                yield _prop(_TEXT, _NONE)
        elif said:
            yield _prop(column, said)


def _prop(name: str, said: str) -> dict[str, str]:
    """A value must stand on one line with nothing around it; any other is a remark."""
    prop = {"name": name, "ns": NS, "value": said}
    return prop if _is_plain(said) else {**prop, "value": "remarks", "remarks": said}


def _text_of(name: str) -> str:
    return _TEXT if name in told.LISTS else "recommendation"


# -- reading -----------------------------------------------------------------------------


def records(answer: Mapping[str, Json]) -> tuple[str, list[Json]]:
    """Return the format, and each item with the plan's title and its risk's status."""
    plan = answer.get(ROOT)
    plan = plan if isinstance(plan, dict) else {}
    risks = {_text(one, "uuid"): _text(one, "status") for one in _listed(plan, "risks")}
    metadata = plan.get("metadata")
    return FORM, [
        {
            "item": one,
            "title": _text(metadata, "title"),
            "changed": _text(metadata, "last-modified"),
            "status": next(
                (
                    risks.get(_text(risk, "risk-uuid"), "")
                    for risk in _listed(one, "related-risks")
                ),
                "",
            ),
        }
        for one in _listed(plan, "poam-items")
    ]


def read(record: Mapping[str, Json], as_of: str) -> Row:
    """Return what one item says, with what `records` put beside it."""
    item = record["item"]
    said = {
        _text(one, "name"): _text(one, "remarks") or _text(one, "value")
        for one in _listed(item, "props")
        if _text(one, "ns") == NS
    }
    name, text = said.pop(_LIST, ""), _text(item, "description")
    if not name:
        return _foreign(record, text, as_of)
    if name not in LISTS:
        return Unread(reason=told.REASON)
    known = said.pop(_TEXT, "") != _NONE
    texts = {**said, **({_text_of(name): text} if known else {})}
    return exported.read_texts(name, texts, as_of)


def _foreign(record: Mapping[str, Json], text: str, as_of: str) -> Row:
    status = _text(record, "status")
    found = {
        "title": _text(record, "title"),
        "number": _text(record["item"], "uuid") or _text(record["item"], "title"),
        "text": text or _text(record["item"], "title"),
        "status": "closed" if status in _CLOSED else "open" if status else "",
        "comment": _text(record["item"], "title"),
    }
    changed, _ = values.read_day(_text(record, "changed"), "unknown")
    said = {one: text for one, text in found.items() if text}
    return lists.recommendation(said, changed or as_of)


def _listed(value: Json, name: str) -> list[Json]:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def _text(value: Json | Mapping[str, Json], name: str) -> str:
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, str) else ""
