"""Safeguard sets: Cedar text, read and checked.

The forbids are the source, and what Cedar is asked is derived from them (`derived.py`).
Checks at proposal refuse what would undo that (`conditions.py`), and a safeguard that can
match nothing: it would only look like one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources

import cedarpy

from beforehand.policy.conditions import Node, check_condition
from beforehand.policy.derived import Derived, derive
from beforehand.record.kinds import ACTS
from beforehand.refusal import InputError

SUBJECTS = (
    *(
        "assessment",
        "contract",
        "supplier",
        "person",
        "request",
        "separation",
        "procedures",
    ),
    *("process", "budget", "review", "retention", "place", "stop"),
    *("sealed", "hold", "deletion"),
    *("delegation", "exception", "incident", "rulebook", "statement", "count"),
    *("answering", "recommendation", "commitment", "query", "redress"),
)
ANNOTATIONS = {"id", "says", "remedy", "cites"}
HISTORY = {"purchase", "use"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Safeguard:
    """One safeguard. `history`: which reported acts it is asked of ("purchase", "use")."""

    id: str
    says: str
    remedy: str
    cites: str
    history: frozenset[str]
    acts: tuple[str, ...]
    condition: str
    text: str


@dataclass(frozen=True)
class SafeguardSet:
    """A set as proposed or adopted.

    text      the forbids, as published, or of a composition the digests of its parts; its
              SHA-256 is the set's name on the ledger
    """

    text: str
    safeguards: Mapping[str, Safeguard]

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def by_act(self) -> Mapping[str, tuple[Safeguard, ...]]:
        acts = sorted({act for one in self.safeguards.values() for act in one.acts})
        return {
            act: tuple(one for one in self.safeguards.values() if act in one.acts)
            for act in acts
        }

    def derived(self, act: str) -> Derived | None:
        """Return the policies of an act; None where no safeguard bears on it."""
        if act not in self._derived and act in self.by_act:
            self._derived[act] = derive(
                act,
                {one.id: one.condition for one in self.by_act[act]},
                numbers=number_attributes(),
            )
        return self._derived.get(act)

    @cached_property
    def _derived(self) -> dict[str, Derived]:
        return {}  # filled as acts are asked about: a command decides one or two


def baseline() -> SafeguardSet:
    """Return the safeguards that ship with Beforehand."""
    folder = resources.files("beforehand.policy") / "safeguards"
    files = sorted(
        (one for one in folder.iterdir() if one.name.endswith(".cedar")),
        key=lambda one: one.name,
    )
    return propose(
        "\n".join(one.read_text(encoding="utf-8") for one in files), where="baseline"
    )


def schema() -> str:
    folder = resources.files("beforehand.policy") / "safeguards"
    return (folder / "schema.cedarschema").read_text(encoding="utf-8")


def propose(text: str, *, where: str) -> SafeguardSet:
    """Return the set in `text`, checked. Raises InputError for what may not be adopted."""
    return propose_files({where: text})


def propose_files(files: Mapping[str, str]) -> SafeguardSet:
    """Return one set of the texts of several files, by name, checked. Raises InputError.

    Its text is theirs, one after another: that is what its digest is of.
    """
    return _one_set(files, checked=True)


def read(text: str, *, where: str) -> SafeguardSet:
    """Return a set that was adopted, read as it stands. Raises InputError if it is none.

    What is checked at proposal is not checked again: a set that was adopted stays readable,
    whatever later versions of the program would refuse.
    """
    return _one_set({where: text}, checked=False)


def _one_set(files: Mapping[str, str], *, checked: bool) -> SafeguardSet:
    safeguards: dict[str, Safeguard] = {}
    places: dict[str, str] = {}
    for where, text in files.items():
        for one in _read(text, where=where, checked=checked):
            if one.id in safeguards:
                raise InputError(
                    where=f"{where} ({one.id})",
                    expected="each id once",
                    got=f"another that is in {places[one.id]}",
                )
            safeguards[one.id], places[one.id] = one, where
    return SafeguardSet(
        text="\n".join(files.values()), safeguards=dict(sorted(safeguards.items()))
    )


def _read(text: str, *, where: str, checked: bool) -> list[Safeguard]:
    """Return the safeguards of one file, each by itself."""
    try:
        parsed = json.loads(cedarpy.policies_to_json_str(text))
    except ValueError as error:
        raise InputError(where=where, expected="Cedar policies", got=str(error)) from error
    policies = parsed["staticPolicies"]
    if parsed.get("templates") or not policies:
        raise InputError(where=where, expected="safeguards and no templates", got="other")
    found = {
        name: _safeguard(policy, where=f"{where}: policy {number}", checked=checked)
        for number, (name, policy) in enumerate(policies.items(), start=1)
    }
    for name, said in _misfits(text) if checked else ():
        of = f" ({found[name].id})" if name in found else ""
        raise InputError(
            where=f"{where}{of}", expected="safeguards that fit the schema", got=said
        )
    return list(found.values())


def _misfits(text: str) -> Iterator[tuple[str, str]]:
    """Yield what does not fit the schema: Cedar's name of each policy, and all said of it."""
    said: dict[str, set[str]] = {}
    for one in cedarpy.validate_policies(text, schema()).errors:
        name = str(one.policy_id)
        words = one.error.removeprefix(f"for policy `{name}`, ")
        said.setdefault(name, set()).add(words)
    for name, every in said.items():
        yield name, "; ".join(sorted(every))


def _safeguard(policy: dict[str, Node], *, where: str, checked: bool) -> Safeguard:
    notes = policy.get("annotations")
    if not isinstance(notes, dict) or not set(notes) >= ANNOTATIONS:
        raise InputError(
            where=where,
            expected="@id, @says, @remedy and @cites",
            got=", ".join(notes) if isinstance(notes, dict) else "none",
        )
    said = {name: str(value or "").strip() for name, value in notes.items()}
    name = said["id"]
    where = f"{where} ({name})"
    if empty := sorted(key for key in ANNOTATIONS if not said[key]):
        raise InputError(
            where=where, expected="words in every annotation", got=f"none in {empty}"
        )
    history = frozenset(said.get("history", "").split())
    if ("history" in said and not history) or not history <= HISTORY:
        raise InputError(
            where=where, expected="@history of purchase or use", got=repr(said["history"])
        )
    conditions = policy.get("conditions")
    if policy.get("effect") != "forbid" or not isinstance(conditions, list):
        raise InputError(where=where, expected="a forbid", got=str(policy.get("effect")))
    kinds = [one.get("kind") for one in conditions if isinstance(one, dict)]
    if kinds != ["unless"] or any(
        policy.get(part) != {"op": "All"} for part in ("principal", "resource")
    ):
        raise InputError(
            where=where,
            expected="forbid (principal, action in [...], resource) unless { ... }",
            got=f"conditions {kinds}, or a principal or resource of its own",
        )
    only = conditions[0]
    body = only["body"] if isinstance(only, dict) else None
    acts = _acts(policy.get("action"))
    if checked:
        _check_id(name, where=where)
        check_condition(body, dates=date_attributes(), where=where)
        _check_acts(acts, policy.get("action"), where=where)
    return Safeguard(
        id=name,
        says=said["says"],
        remedy=said["remedy"],
        cites=said["cites"],
        history=history,
        acts=acts,
        condition=json.dumps(body),
        text=cedarpy.policies_from_json_str(
            json.dumps(
                {"staticPolicies": {"p": policy}, "templates": {}, "templateLinks": []}
            )
        ),
    )


def _check_id(name: str, *, where: str) -> None:
    subject, _, what = name.partition(".")
    if subject not in SUBJECTS or not what:
        raise InputError(where=where, expected=f"an id in {', '.join(SUBJECTS)}", got=name)


def _acts(action: Node) -> tuple[str, ...]:
    """Return the acts that a safeguard names; none where it bears on any act."""
    scope = action if isinstance(action, dict) else {}
    several = scope.get("entities", [scope.get("entity")])
    named = several if isinstance(several, list) else []
    return tuple(str(one["id"]) for one in named if isinstance(one, dict))


def _check_acts(acts: tuple[str, ...], action: Node, *, where: str) -> None:
    """Check that a safeguard bears on some acts, each once, each an act there is."""
    if not acts:
        raise InputError(
            where=where,
            expected="the acts it bears on, by name",
            got="an empty list, which matches nothing"
            if isinstance(action, dict) and "entities" in action
            else "any act",
        )
    if unknown := [one for one in acts if one not in ACTS]:
        raise InputError(
            where=where,
            expected="acts that the program has",
            got=", ".join(unknown),
            do="`beforehand safeguards` shows the acts that safeguards bear on.",
        )
    if len(set(acts)) < len(acts):
        raise InputError(where=where, expected="each act once", got=", ".join(acts))


@cache
def date_attributes() -> frozenset[str]:
    """Return the names of the attributes that the schema declares as moments."""
    return frozenset(re.findall(r"(\w+): Moment", schema()))


@cache
def number_attributes() -> frozenset[str]:
    """Return the names of the attributes that the schema declares as moments or numbers."""
    return frozenset(re.findall(r"(\w+)\??: (?:Moment|Long)\b", schema()))
