"""Check a sealed count: how many items, their sums, and what was opened of them. Trust nobody.

    python counted.py ENTRY [DISCLOSURE ...]

ENTRY is the bytes of a `count.committed` entry: `entry.json` of an evidence bundle, which `verify.py`
puts under the ledger's signature. Each DISCLOSURE is the text that opens one item. This one file
needs Python 3.9 or later and nothing else; it uses no network and writes nothing. It exits 0 when
all was right, 5 when something was not, 2 when it was called wrongly.
"""

# ruff: noqa: PLR2004, T201  # JSON is Any; the formats' own numbers; a script prints
from __future__ import annotations

import json
import sys
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

PREDICATES = ("fiscal_year", "item_kind", "covered", "amount")


class CountError(Exception):
    """Something is not as it was committed to."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys differ: of one that stands twice two readers could take two values."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _is_predicate(name: str, value: object) -> bool:
    """Whether a predicate can be counted and added up; true and false are no numbers."""
    if name == "amount" and value is None:
        return True
    return type(value) is {"item_kind": str, "covered": bool}.get(name, int)


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """The root (RFC 6962 s2.1) over at least one leaf."""
    hashes = [sha256(b"\x00" + one).digest() for one in leaves]
    while len(hashes) > 1:
        odd = hashes[-1:] if len(hashes) % 2 else []
        pairs = zip(hashes[::2], hashes[1::2])  # noqa: B905  # Python 3.9 has no strict
        hashes = [*(sha256(b"\x01" + a + b).digest() for a, b in pairs), *odd]
    return hashes[0]


def read_count(entry: bytes) -> dict[str, Any]:
    """The data of a `count.committed` entry, whose root and number of commitments are right."""
    try:
        fields = json.loads(entry, object_pairs_hook=_once)
        data: dict[str, Any] = fields["data"]
        kind, items, root = fields["kind"], data["items"], data["root"]
        digests = [bytes.fromhex(one["disclosure"]) for one in items]
        known = [[one[name] for name in PREDICATES] for one in items]
    except (ValueError, KeyError, TypeError) as error:
        raise CountError(f"not a count.committed entry: {error!r}") from error
    if kind != "count.committed" or not items or not isinstance(data.get("count"), str):
        raise CountError("not a count.committed entry with items")
    pairs = (pair for some in known for pair in zip(PREDICATES, some))  # noqa: B905
    if not all(_is_predicate(name, one) for name, one in pairs):
        raise CountError("a predicate is not of its kind")
    if len(set(digests)) < len(digests) or any(len(one) != 32 for one in digests):
        raise CountError("a commitment stands twice, or is not of 32 bytes")
    if tree_root(digests).hex() != root:
        raise CountError("the root is not that of the items")
    return data


def said(data: dict[str, Any]) -> list[str]:
    """The count and the sums, as anyone adds them up."""
    items = data["items"]
    amounts = [one["amount"] for one in items if one["amount"] is not None]
    years = sorted(Counter(one["fiscal_year"] for one in items).items())
    kinds = sorted(Counter(one["item_kind"] for one in items).items())
    return [
        f"Count {data['count']}: {len(items)} items, root {data['root']}",
        f"By kind: {', '.join(f'{kind} {many}' for kind, many in kinds)}",
        f"By fiscal year: {', '.join(f'{year}: {many}' for year, many in years)}",
        f"Without coverage: {sum(not one['covered'] for one in items)}",
        f"Amounts: {sum(amounts)} US dollars, told of {len(amounts)} items",
    ]


def open_item(data: dict[str, Any], disclosure: bytes) -> tuple[int, Any]:
    """Which item a disclosure opens, the first being 1, and what is in it."""
    digest = sha256(disclosure).hexdigest()
    numbers = [n for n, one in enumerate(data["items"], 1) if one["disclosure"] == digest]
    if not numbers:
        raise CountError("this opens none of the items that were committed to")
    (number,) = numbers
    try:
        padded = disclosure + b"=" * (-len(disclosure) % 4)
        _salt, part, holder = json.loads(urlsafe_b64decode(padded), object_pairs_hook=_once)
        value = holder["value"]
        inner = [value[name] for name in PREDICATES]
    except (ValueError, KeyError, TypeError) as error:
        raise CountError(f"item {number}: not a disclosure of an item") from error
    # Both are said inside, so that a disclosure cannot serve for another item or count.
    if (part, holder["entry"]) != (f"item-{number}", data["count"]):
        raise CountError(f"item {number}: was made for another item or another count")
    public = data["items"][number - 1]
    for name, found in zip(PREDICATES, inner):  # noqa: B905
        if found != public[name] or type(found) is not type(public[name]):
            raise CountError(f"item {number}: its {name} is not what was said of it")
    return number, value["item"]


def check(entry: bytes, disclosures: Iterable[bytes]) -> list[str]:
    """Check a count and each disclosure; return what to say."""
    data = read_count(entry)
    opened = [open_item(data, one) for one in disclosures]
    if len({number for number, _ in opened}) < len(opened):
        raise CountError("one item is shown twice")
    lines = [f"Opened: item {number} is {json.dumps(item)}" for number, item in opened]
    return [*said(data), *lines]


def main(arguments: Sequence[str]) -> int:
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        entry, *disclosures = [Path(one).read_bytes() for one in arguments]
        print(*check(entry, disclosures), sep="\n")
    except OSError as error:
        print(f"cannot be read: {error}", file=sys.stderr)
        return 2
    except CountError as error:
        print(f"Verification failed: {error}", file=sys.stderr)
        return 5
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
