"""Sealed counts on a register: committed to, opened one by one, and held beside what is on record."""

from __future__ import annotations

import hashlib
import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from beforehand.app import clock
from beforehand.app.importing import shelf_of
from beforehand.ledger.errors import MalformedEntryError
from beforehand.ledger.seal import seal
from beforehand.oversight import counted
from beforehand.oversight.live_claims import LiveClaims
from beforehand.oversight.matching import Proposal, Told, imported, on_record, proposals
from beforehand.record.acts import Act, check_form, each_key_once
from beforehand.record.checks import known
from beforehand.record.counting import (
    CountCommitted,
    Counted,
    CountOpened,
    ItemKind,
    Totals,
    opens,
    root_of,
    totals,
)
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from beforehand.app.registers import App
    from beforehand.record.counting import Count

_PLACE = re.compile(r" - at `\$\.(?P<place>items\[\d+\](?:\.[a-z_]+)?|[a-z_]+)")
_FORM = (
    "Each of `items` has fiscal_year, a whole number; item_kind, contract, database or other;"
    " covered, true or false; amount, a whole number or null; and item, an object."
)


class _Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One item as it is handed in: its public predicates, and what is sealed."""

    fiscal_year: int
    item_kind: ItemKind
    covered: bool
    amount: int | None
    item: dict[str, str | int | None]


class _Handed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    count: str
    office: str
    document: str
    items: tuple[_Item, ...]


class CountShown(msgspec.Struct, frozen=True, kw_only=True):
    """A count, with what anyone can add up; `opened` are numbers of items."""

    count: str
    office: str
    entry: int
    root: str
    totals: Totals
    opened: tuple[int, ...]


def commit_count(app: App, data: bytes, *, actor: str, where: str) -> CountShown:
    """Commit to the items in a file. Raises Refusal, InputError, which repeats no item."""
    handed = _handed(data, where=where)
    texts = [
        _disclosure(handed.count, number, one, where=where)
        for number, one in enumerate(handed.items, start=1)
    ]
    items = tuple(
        Counted(
            disclosure=hashlib.sha256(text.encode()).hexdigest(),
            fiscal_year=one.fiscal_year,
            item_kind=one.item_kind,
            covered=one.covered,
            amount=one.amount,
        )
        for one, text in zip(handed.items, texts, strict=True)
    )
    fact = CountCommitted(
        count=handed.count,
        office=handed.office,
        items=items,
        root=root_of(items) if items else "0" * 64,
        document=handed.document,
    )
    check_form(fact, where=where)
    app.submit(Act(actor=actor, fact=fact, sealed={"disclosures": list(texts)}))
    return show_count(app, handed.count)


def _handed(data: bytes, *, where: str) -> _Handed:
    """Return what was handed in. No error has a cause or a value: this is what is sealed."""
    try:
        handed = msgspec.json.decode(data, type=_Handed)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        # Of what the decoder says only the place is safe to repeat: our own names and numbers.
        at = _PLACE.search(str(error))
        raise InputError(
            where=f"{where}: {at['place']}" if at else where,
            expected="a count: count, office, document, items",
            got="another form",
            do=_FORM,
        ) from None
    try:
        each_key_once(data, where=where)
    except InputError:
        raise InputError(
            where=where, expected="each key once", got="one that stands twice"
        ) from None
    return handed


def _disclosure(count: str, number: int, one: _Item, *, where: str) -> str:
    value = {
        "fiscal_year": one.fiscal_year,
        "item_kind": one.item_kind,
        "covered": one.covered,
        "amount": one.amount,
        "item": one.item,
    }
    try:
        return seal(f"item-{number}", value, count, clock.salt()).text
    except MalformedEntryError:
        raise InputError(
            where=f"{where}: items[{number - 1}]",
            expected="values that an entry can hold",
            got="others",
        ) from None


def open_count(
    app: App, count: str, number: int, *, actor: str, disclosure: bytes | None = None
) -> tuple[int, object]:
    """Disclose one item; return the entry and what it is. Raises Refusal, InputError.

    disclosure   the text that opens it, where it is not to come from the vault
    """
    found = _count(app, count)
    texts = _texts(app, found) if disclosure is None else []
    if disclosure is None:
        # Where there is none of that number, what is empty is put to the safeguards and refused.
        disclosure = texts[number - 1].encode() if 1 <= number <= len(texts) else b""
    digest = hashlib.sha256(disclosure).hexdigest()
    fact = CountOpened(count=count, number=number, document=digest)
    value = _value(app, found, disclosure) if opens(found, number, digest) else None
    return _opened(app, Act(actor=actor, fact=fact), digest, disclosure), value


def _opened(app: App, act: Act, digest: str, disclosure: bytes) -> int:
    """Decide first, and only then keep the disclosure where documents are: it is sealed until then."""

    def job() -> int:
        at = app.next_time()
        decision = app.decide(act, at=at, given={digest: disclosure})
        if not decision.allowed:
            raise app.refused(act, decision, at=at)
        app.keep_document(disclosure)
        return app.append(act.fact, actor=act.actor, at=at, decision=decision).entry

    return app.in_turn(job)


def _value(app: App, found: Count, text: bytes) -> object:
    """Return what the disclosure says, checked as a stranger checks it. Raises InputError."""
    data, _ = app.entry(found.entry)
    try:
        _, value = counted.open_item(counted.read_count(data), text)
    except counted.CountError as error:
        raise InputError(
            where="disclosure", expected="the disclosure of an item", got=str(error)
        ) from error
    return value


def _texts(app: App, found: Count) -> list[str]:
    _, envelope = app.entry(found.entry)
    return msgspec.convert(app.unseal(envelope).get("disclosures", []), list[str])


def _count(app: App, count: str) -> Count:
    counts = app.view().counting.counts
    known("count", count, counts)
    return counts[count]


def show_count(app: App, count: str) -> CountShown:
    """Return a count and its sums. Raises InputError."""
    found = _count(app, count)
    return CountShown(
        count=count,
        office=found.committed.office,
        entry=found.entry,
        root=found.committed.root,
        totals=totals(found.committed.items),
        opened=tuple(sorted(found.opened)),
    )


def match_count(app: App, count: str) -> tuple[Proposal, ...]:
    """Propose which contract on record, or imported award, each item could be.

    Nothing is written.
    """
    found = _count(app, count)
    opened: dict[int, Told] = {
        number: msgspec.convert(
            _value(app, found, app.document(digest)), dict[str, str | int | None]
        )
        for number, digest in found.opened.items()
    }
    items = found.committed.items
    contracts = LiveClaims(app.view(), app.next_time()).contracts.values()
    if not app.view().imported.files:
        return proposals(items, opened, on_record(contracts))
    with shelf_of(app) as shelf:
        awards = imported(shelf.awards(), items, opened)
        return proposals(items, opened, itertools.chain(on_record(contracts), awards))


def verifier() -> bytes:
    """Return the text of the program that checks a count with nothing of ours."""
    return Path(counted.__file__).read_bytes()
