"""Verify a Beforehand ledger, a receipt, evidence of an entry or of an absence. Trust nobody.

    python verify.py DIR --vkey FILE [--old CHECKPOINT ...]
    python verify.py [DIR] --vkey FILE --proof RECEIPT --entry FILE
    python verify.py BUNDLE [--vkey FILE]
    python verify.py BUNDLE --absence [--vkey FILE]

DIR is a published log, or a published site with the log in its folder `log`. BUNDLE is an evidence
bundle, unzipped; with `--absence`, one that shows that something is not there. FILE holds the log's verifier key; have it from elsewhere than what you verify.

This one file needs Python 3.9 or later and the package `cryptography`, for Ed25519 and nothing
else. It uses no network and writes nothing. Its exit status is 0 when everything was right, 5 when
something was wrong (the first wrong thing is named), 2 when it was called wrongly.

It reads in one sitting, from the bottom up in meaning: the hash tree, signed notes, entries, tiles,
then what is made of them: a log, a receipt, a bundle, an absence. The formats are RFC 6962 (tree), RFC 8785
(entries), RFC 9901 (disclosures) and the C2SP signed-note, tlog-checkpoint, tlog-tiles, tlog-proof.
"""

# ruff: noqa: ANN401, PLR2004, T201  # JSON is Any; the formats' own numbers stand where they are used; a script prints
from __future__ import annotations

import argparse
import json
import os
import re
import sys
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class VerificationError(Exception):
    """Something is not what the key's holder signed. The message names the first such thing."""


def require(truth: object, otherwise: str) -> None:
    if not truth:
        raise VerificationError(otherwise)


def shown(text: str) -> str:
    """What was read may hold anything: a terminal is only given printable ASCII."""
    return ascii(text[:80])[1:-1]


# -- The hash tree (RFC 6962 s2.1) ----------------------------------------------------------------


def leaf_hash(entry: bytes) -> bytes:
    # The prefixes 0x00 and 0x01 stop a leaf passing for a node, and a node for a leaf.
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def tree_root(hashes: Sequence[bytes]) -> bytes:
    """The root over at least one hash.

    Pairing neighbours, and lifting an odd last one as it is, splits as RFC 6962 says: at the
    largest power of two below the number of hashes.
    """
    while len(hashes) > 1:
        odd = hashes[-1:] if len(hashes) % 2 else []
        hashes = [*map(node_hash, hashes[::2], hashes[1::2]), *odd]
    return hashes[0]


def root_at(size: int, rows: Sequence[Sequence[bytes]]) -> bytes:
    """The root that the first `size` entries have.

    rows   rows[L][i] is the root of entries [i * 256^L, (i + 1) * 256^L)
    """
    if size == 0:
        return sha256(b"").digest()
    # One full subtree for each bit that is set in `size`, the largest first.
    subtrees, start = [], 0
    for height in reversed(range(size.bit_length())):
        if size >> height & 1:
            level, above = divmod(height, 8)
            first = (start >> height) << above
            subtrees.append(tree_root(rows[level][first : first + (1 << above)]))
            start += 1 << height
    result = subtrees.pop()
    while subtrees:
        result = node_hash(subtrees.pop(), result)
    return result


def root_from(edge: Sequence[bytes], first: int, leaves: Iterable[bytes]) -> bytes:
    """The root of a tree, from the edge that its first `first` entries have, and all other leaves.

    edge   one hash for each bit that is set in `first`: the full subtrees, the largest first
    """
    require(all(len(one) == 32 for one in edge), "a hash of the edge is not of 32 bytes")
    full = sum(first >> height & 1 for height in range(first.bit_length()))
    require(len(edge) == full, f"the edge of {first:,} entries has {full} hashes")
    subtrees = list(edge)
    for size, leaf in enumerate(leaves, first):
        node, bits = leaf, size
        while bits & 1:  # a full subtree of that height waits on the left
            node, bits = node_hash(subtrees.pop(), node), bits >> 1
        subtrees.append(node)
    require(subtrees, "there is no entry")
    result = subtrees.pop()
    while subtrees:
        result = node_hash(subtrees.pop(), result)
    return result


def root_by_proof(*, index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """The root to which an inclusion proof leads (RFC 9162 s2.1.3.2)."""
    require(all(len(one) == 32 for one in proof), "a hash in the proof is not of 32 bytes")
    require(index < size, f"entry {index:,} is not in a tree of {size:,}")
    node, last, result = index, size - 1, leaf
    for sibling in proof:
        require(last != 0, "the proof has more hashes than such a proof has")
        if node & 1 or node == last:
            result = node_hash(sibling, result)
            while node and not node & 1:  # levels at which it was lifted without a sibling
                node, last = node >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        node, last = node >> 1, last >> 1
    require(last == 0, "the proof has fewer hashes than such a proof has")
    return result


# -- Signed notes, keys and checkpoints (C2SP signed-note, tlog-checkpoint) -----------------------

Keys = dict[tuple[str, bytes], Ed25519PublicKey]  # by name and key id
CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")  # of these, a note may hold the newline alone


class Checkpoint(NamedTuple):
    origin: str
    size: int
    root: bytes


def strict_base64(text: str) -> bytes:
    # It must equal its own re-encoding: else a last character could change and nobody see it.
    try:
        data = b64decode(text, validate=True)
    except ValueError as error:
        raise VerificationError(f"expected base64, got {shown(text)}") from error
    require(b64encode(data).decode() == text, f"not the one valid base64: {shown(text)}")
    return data


def require_name(name: str) -> None:
    bad = "+" in name or CONTROL.search(name) or any(map(str.isspace, name))
    require(name and not bad, f"not the name of a key: {shown(name)}")


def read_keys(text: str) -> Keys:
    """Read verifier keys, `<name>+<key id in hex>+<base64>`, one a line.

    There are several while a log changes its key; all have the one name of the log.
    """
    keys: Keys = {}
    for line in text.removesuffix("\n").split("\n"):
        # Base64 may hold a `+`, a name may not: so only the first two separate.
        name, _, rest = line.partition("+")
        key_id, _, encoded = rest.partition("+")
        require_name(name)
        blob = strict_base64(encoded)
        require(
            len(blob) == 33 and blob[0] == 1, "expected an Ed25519 key (type 1, 32 bytes)"
        )
        expected = sha256(name.encode() + b"\n" + blob).digest()[:4]
        require(expected.hex() == key_id, f"key id {shown(key_id)} is not that of the key")
        alike = (name, expected) not in keys and all(name == other for other, _ in keys)
        require(alike, "expected keys of one name, each with its own id")
        keys[name, expected] = Ed25519PublicKey.from_public_bytes(blob[1:])
    return keys


def open_checkpoint(note: str, keys: Keys) -> Checkpoint:
    """Read a signed checkpoint; one of `keys` must have signed it, and none falsely."""
    require(len(note) <= 1_000_000, "the note is too long")
    require(not CONTROL.search(note), "the note has control characters")
    # The last empty line separates: a note's text may have empty lines of its own.
    text, separator, tail = note.rpartition("\n\n")
    whole = separator and tail.endswith("\n")
    require(whole, "expected a text, an empty line, then signature lines")
    text += "\n"
    signed = [check_signature(line, text, keys) for line in tail[:-1].split("\n")]
    name = next(iter(keys))[0]
    require(any(signed), f"expected a signature by {shown(name)}, with a key id we know")
    checkpoint = read_checkpoint(text)
    # A log signs for itself alone: its origin is the name of its keys.
    require(checkpoint.origin == name, f"a checkpoint of {shown(checkpoint.origin)}")
    return checkpoint


def check_signature(line: str, text: str, keys: Keys) -> bool:
    """Whether one of `keys` made this signature line; signatures of others are passed over."""
    match = re.fullmatch("\u2014 ([^ ]+) ([^ ]+)", line)
    if match is None:
        raise VerificationError(f"not a signature line: {shown(line)}")
    name, blob = match[1], strict_base64(match[2])
    require_name(name)
    require(len(blob) > 4, "a signature is too short")
    key = keys.get((name, blob[:4]))
    if key is None:
        return False
    try:
        key.verify(blob[4:], text.encode())
    except InvalidSignature as error:
        raise VerificationError(f"the signature of {shown(name)} is false") from error
    return True


def read_checkpoint(text: str) -> Checkpoint:
    lines = text.split("\n")
    whole = len(lines) >= 4 and not lines[-1] and all(lines[:-1])
    require(whole, "expected a checkpoint of three lines or more, none empty")
    origin, size, root = lines[0], decimal(lines[1]), strict_base64(lines[2])
    require(len(root) == 32, f"expected a root of 32 bytes, got {len(root)}")
    return Checkpoint(origin, size, root)


def decimal(text: str) -> int:
    right = re.fullmatch("0|[1-9][0-9]{0,18}", text)
    require(right, f"expected a decimal, got {shown(text)}")
    return int(text)


# -- Entries (RFC 8785, without floats) -----------------------------------------------------------

MAX_INTEGER = 2**53 - 1  # what every JSON reader keeps exact
MAX_DEPTH = 32  # levels below `data`
FIELDS = {
    "actor": str, "at": str, "data": dict, "decision": dict, "id": str, "kind": str, "kv": int,
    "refs": list, "seal": dict, "subject": str, "v": int,
}  # fmt: skip  # in the order that a canonical entry has them
KINDS = [*FIELDS.values()]
UNDECIDED = [type(None) if name == "decision" else kind for name, kind in FIELDS.items()]
TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z", re.ASCII)
DIGEST = re.compile("[0-9a-f]{64}")  # SHA-256 in hex
# SHA-256 in base64url: 43 characters hold 258 bits, so the last has two bits that must be zero.
COMMITMENT = re.compile("[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")


def no_float(text: str) -> NoReturn:
    raise ValueError(f"a float has no place in an entry: {text[:40]}")


def integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > MAX_INTEGER:
        raise ValueError(f"an integer is below 2^53, got {text[:40]}")
    return int(text)


READER = json.JSONDecoder(parse_float=no_float, parse_constant=no_float, parse_int=integer)
WRITER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read_canonical(data: bytes) -> Any:
    """Read JSON in its one valid form: to write it again must give the same bytes.

    That refuses spaces, keys out of order or twice, and needless escapes, all at once.
    """
    try:
        value = READER.decode(data.decode())
        same = WRITER.encode(value).encode() == data
    except (ValueError, RecursionError) as error:
        raise VerificationError(f"not canonical JSON: {shown(str(error))}") from error
    require(same, "not in its one valid form")
    return value


def read_entry(entry: bytes) -> dict[str, Any]:
    """Read one entry, which must be in its one valid form and have each field in its form."""
    require(len(entry) <= 65_535, "an entry has at most 65,535 bytes")
    fields: dict[str, Any] = read_canonical(entry)
    right: object = type(fields) is dict and fields.keys() == FIELDS.keys()
    require(right, "expected an object with exactly the fields of an entry")
    right = [*map(type, fields.values())] in (KINDS, UNDECIDED)
    require(right, "a field is not of its type")
    right = fields["id"] and fields["kind"] and fields["kv"] >= 1 and fields["v"] == 1
    require(right, "`id`, `kind`, `kv` or `v` is out of its range")
    require(are_strings(fields["refs"]), "`refs` is not of strings")
    check_time(fields["at"])
    if fields["decision"] is not None:
        check_decision(fields["decision"])
    right = all(is_text(COMMITMENT, one) for one in fields["seal"].values())
    require(right, "a commitment in `seal` is not a SHA-256 in base64url")
    # Of most entries nothing need be walked: a key outside ASCII stands as it is, never escaped,
    # and what opens less than 32 times does not nest deeper.
    if not entry.isascii() or entry.count(b"{") + entry.count(b"[") > MAX_DEPTH:
        check_nesting([fields["data"], fields["seal"]])
    return fields


def are_strings(values: list[Any]) -> bool:
    return all(type(one) is str for one in values)


def is_text(form: re.Pattern[str], value: object) -> bool:
    return type(value) is str and form.fullmatch(value) is not None


def check_time(at: str) -> None:
    try:
        datetime.fromisoformat(at[:19])
    except ValueError as error:  # the 30th of February
        raise VerificationError(f"`at` is no time that exists: {shown(at)}") from error
    # Python from 3.14 on reads the hour 24 as midnight.
    require(TIME.fullmatch(at) and at[11:13] != "24", "`at` is not in its one valid form")


def check_decision(decision: dict[str, Any]) -> None:
    right = decision.keys() == {"policies", "question", "unmet"}
    require(right, "`decision` does not have exactly policies, question, unmet")
    for name in ("policies", "question"):
        require(is_text(DIGEST, decision[name]), f"`{name}` is not a SHA-256 in hex")
    unmet = decision["unmet"]
    require(type(unmet) is list and are_strings(unmet), "`unmet` is not of strings")


def check_nesting(level: list[Any]) -> None:
    """Walk values one level at a time, so that no depth of nesting can exhaust the stack."""
    for _ in range(MAX_DEPTH + 1):
        inner: list[Any] = []
        for value in level:
            if type(value) is dict:
                require(all(map(str.isascii, value)), "a key is not ASCII")
                inner += value.values()
            elif type(value) is list:
                inner += value
        level = inner
    require(not level, f"values nest more than {MAX_DEPTH} deep")


# -- Tiles and entry bundles (C2SP tlog-tiles) ----------------------------------------------------

ENTRIES = -1  # the `level` of the bundles of entries, which lie beside the tiles of level 0
TILE = re.compile(
    r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True)
class Tile:
    level: int
    index: int
    width: int  # 256, or less in a partial tile

    @property
    def path(self) -> str:
        groups, rest = [f"{self.index % 1000:03}"], self.index // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03}")
            rest //= 1000
        level = "entries" if self.level == ENTRIES else self.level
        part = "" if self.width == 256 else f".p/{self.width}"
        return f"tile/{level}/{'/'.join(groups)}{part}"


def hashes_at(level: int, size: int) -> int:
    """How many hashes, or entries, all tiles of `level` hold. Only full tiles are hashed upward."""
    return size if level == ENTRIES else size >> (8 * level)


def tiles_of(size: int) -> Iterator[Tile]:
    """Every tile and bundle that a log of `size` entries needs."""
    level = ENTRIES
    while hashes_at(level, size):
        full, partial = divmod(hashes_at(level, size), 256)
        yield from (Tile(level, index, 256) for index in range(full))
        if partial:
            yield Tile(level, full, partial)
        level += 1


def read_path(path: str) -> Tile:
    match = TILE.fullmatch(path)
    if match is not None:
        level = ENTRIES if match[1] == "entries" else int(match[1])
        index = int(match[2].replace("x", "").replace("/", ""))
        tile = Tile(level, index, int(match[3] or 256))
        # Of 256 or more there is no partial tile; and each tile has one path alone.
        if level < 64 and tile.width <= 256 and tile.path == path:
            return tile
    raise VerificationError(f"{shown(path)}: does not belong in a log")


# -- A log ----------------------------------------------------------------------------------------


def verify_log(folder: Path, keys: Keys, olds: Iterable[tuple[str, bytes]]) -> Checkpoint:
    """Check every byte of every file below `folder`, and that the log extends each old checkpoint.

    olds   old checkpoints, each with the name to give it when it is wrong
    """
    paths = set(files_below(folder))
    require("checkpoint" in paths, "checkpoint: missing")
    head = open_note("checkpoint", read_file(folder, "checkpoint"), keys)
    old_heads = [(what, open_note(what, note, keys)) for what, note in olds]
    log = Log(folder, older_tiles(paths - {"checkpoint"}, head.size))
    rows = log.check_tiles(log.check_entries(head.size))
    right = root_at(head.size, rows) == head.root
    require(right, f"checkpoint: its root is not that of the {head.size:,} entries")
    for what, old in old_heads:
        larger = f"{what} has {old.size:,} entries, this ledger has {head.size:,}"
        require(old.size <= head.size, larger)
        forked = f"this ledger does not begin with the {old.size:,} entries of {what}"
        require(root_at(old.size, rows) == old.root, forked)
    return head


def open_note(what: str, note: bytes, keys: Keys) -> Checkpoint:
    with place(what):
        return open_checkpoint(note.decode(), keys)


def files_below(folder: Path) -> Iterator[str]:
    """The path of every file below `folder`. A link or a device does not belong there."""

    def unreadable(error: OSError) -> NoReturn:  # os.walk would pass it over in silence
        raise VerificationError(f"a folder cannot be read: {shown(str(error))}") from error

    for above, folders, files in os.walk(folder, onerror=unreadable):
        folders.sort()
        for name in sorted([*folders, *files]):
            path = Path(above, name)
            relative = path.relative_to(folder).as_posix()
            if path.is_symlink() or not (path.is_dir() or path.is_file()):
                raise VerificationError(f"{shown(relative)}: not a plain file")
            if name in files:
                yield relative


def read_file(folder: Path, path: str) -> bytes:
    try:
        return (folder / path).read_bytes()
    except OSError as error:
        raise VerificationError(
            f"{shown(path)}: cannot be read: {error.strerror}"
        ) from error


Older = dict[tuple[int, int], list[Tile]]  # by level and index


def older_tiles(paths: set[str], size: int) -> Older:
    """The partial tiles left by smaller sizes; nothing may be missing, and nothing more be there."""
    needed = set()
    for tile in tiles_of(size):  # stops at the first one missing, whatever size was signed
        path = tile.path
        require(path in paths, f"{path}: missing")
        needed.add(path)
    older: Older = {}
    for path in sorted(paths - needed):
        tile = read_path(path)
        within = tile.index * 256 + tile.width <= hashes_at(tile.level, size)
        require(within, f"{path}: is beyond the {size:,} entries of the checkpoint")
        older.setdefault((tile.level, tile.index), []).append(tile)
    return older


class Log(NamedTuple):
    folder: Path
    older: Older

    def check_entries(self, size: int) -> list[bytes]:
        """Check bundles against the tiles of level 0, and each entry; return the leaf hashes."""
        leaves: list[bytes] = []
        order = Order()
        for first in range(0, size, 256):
            bundle = Tile(ENTRIES, first // 256, min(256, size - first))
            data = read_file(self.folder, bundle.path)
            entries = read_bundle(data, bundle)
            hashes = [leaf_hash(entry) for entry in entries]
            self.compare(Tile(0, bundle.index, bundle.width), hashes, "entry")
            for part in self.older.get((ENTRIES, bundle.index), ()):
                length = sum(2 + len(entry) for entry in entries[: part.width])
                same = read_file(self.folder, part.path) == data[:length]
                require(same, f"{part.path}: differs from {bundle.path}")
            for part in self.older.get((0, bundle.index), ()):
                self.compare(part, hashes, "entry")
            for number, entry in enumerate(entries, first):
                order.check(number, entry)
            leaves += hashes
        return leaves

    def check_tiles(self, leaves: list[bytes]) -> list[list[bytes]]:
        """Check the tiles of level 1 and above; return the hashes of every level."""
        rows = [leaves]
        while len(rows[-1]) >= 256:
            below, level = rows[-1], len(rows)
            row = [
                tree_root(below[at - 256 : at]) for at in range(256, len(below) + 1, 256)
            ]
            rows.append(row)
            for index in range((len(row) + 255) // 256):
                hashes = row[index * 256 : index * 256 + 256]
                for tile in (
                    Tile(level, index, len(hashes)),
                    *self.older.get((level, index), ()),
                ):
                    self.compare(tile, hashes, f"tile of level {level - 1}")
        return rows

    def compare(self, tile: Tile, hashes: list[bytes], what: str) -> None:
        """The tile's file must hold the first of `hashes`, as many as the tile is wide."""
        data, expected = read_file(self.folder, tile.path), b"".join(hashes[: tile.width])
        fits = len(data) == len(expected)
        require(fits, f"{tile.path}: has {len(data)} bytes, not {len(expected)}")
        if data != expected:
            wrong = next(
                n for n, one in enumerate(hashes) if data[n * 32 : n * 32 + 32] != one
            )
            number = f"{what} {tile.index * 256 + wrong:,}"
            raise VerificationError(f"{number}: does not have the hash in {tile.path}")


def read_bundle(data: bytes, tile: Tile) -> list[bytes]:
    """For each entry, its length as two bytes (the high one first), then its bytes."""
    return split_entries(tile.path, data, tile.width)


def split_entries(path: str, data: bytes, count: int) -> list[bytes]:
    entries, at = [], 0
    while at < len(data):
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        entries.append(data[start:at])
    require(at == len(data), f"{path}: ends in the middle of an entry")
    require(len(entries) == count, f"{path}: has {len(entries)} entries, not {count}")
    return entries


class Order:
    """What holds from one entry to the next: a later time, and an id never used before."""

    def __init__(self) -> None:
        self.last = ""
        self.ids: set[str] = set()

    def check(self, number: int, entry: bytes) -> None:
        try:
            fields = read_entry(entry)
        except VerificationError as error:
            raise VerificationError(f"entry {number:,}: {error}") from error
        at, its_id = fields["at"], fields["id"]
        if at <= self.last:
            raise VerificationError(
                f"entry {number:,}: its time {at} is not after {self.last}"
            )
        if its_id in self.ids:
            raise VerificationError(
                f"entry {number:,}: its id {shown(its_id)} was used before"
            )
        self.last = at
        self.ids.add(its_id)


# -- A receipt (C2SP tlog-proof) ------------------------------------------------------------------


def open_receipt(receipt: str, entry: bytes, keys: Keys) -> tuple[int, Checkpoint]:
    """The index that the receipt proves for `entry`, and the checkpoint it proves it under."""
    body, separator, note = receipt.partition("\n\n")
    first, *lines = body.split("\n")
    right: object = separator and first == "c2sp.org/tlog-proof@v1"
    require(right, "expected a text that starts with c2sp.org/tlog-proof@v1")
    if lines and lines[0].startswith("extra "):  # nobody signed it: it is not used
        strict_base64(lines.pop(0)[6:])
    right = lines and lines[0].startswith("index ")
    require(right, "expected a line with the index of the entry")
    index, proof = decimal(lines[0][6:]), [strict_base64(line) for line in lines[1:]]
    head = open_checkpoint(note, keys)
    found = root_by_proof(index=index, size=head.size, leaf=leaf_hash(entry), proof=proof)
    require(found == head.root, f"does not prove this entry at index {index:,}")
    return index, head


# -- An evidence bundle ---------------------------------------------------------------------------

NEEDED = ("entry.json", "receipt.tlog-proof", "log.vkey")
# These two are for people and for running. Nothing signs them, so nothing in them is checked.
UNCHECKED = ("index.html", "verify.py")


@dataclass(frozen=True)
class Evidence:
    index: int
    head: Checkpoint
    opened: dict[str, Any]  # sealed part -> its value
    documents: list[str]  # digests


def verify_bundle(files: dict[str, bytes], vkey: str | None = None) -> Evidence:
    """Check an evidence bundle, given as path -> bytes.

    vkey   verifier keys had from elsewhere; the bundle's own alone prove less
    """
    for path in NEEDED:
        require(path in files, f"{path}: missing")
    with place("log.vkey"):
        keys = [read_keys(files["log.vkey"].decode())]
    if vkey is not None:
        with place("the verifier key"):
            keys.append(read_keys(vkey))
    with place("entry.json"):
        fields = read_entry(files["entry.json"])
    with place("receipt.tlog-proof"):
        receipt = files["receipt.tlog-proof"].decode()
        # The keys from elsewhere come last, and decide; the bundle's own must be right as well.
        index, head = [open_receipt(receipt, files["entry.json"], one) for one in keys][-1]
    opened: dict[str, Any] = {}
    documents = []
    for path in sorted(set(files).difference(NEEDED, UNCHECKED)):
        folder, _, name = path.partition("/")
        with place(shown(path)):
            if folder == "disclosures" and name[-4:] == ".txt":
                opened[name[:-4]] = open_disclosure(files[path], name[:-4], fields)
            elif folder == "documents" and DIGEST.fullmatch(name):
                check_document(files[path], name, fields)
                documents.append(name)
            else:
                raise VerificationError("does not belong in an evidence bundle")
    return Evidence(index, head, opened, documents)


def open_disclosure(disclosure: bytes, part: str, entry: dict[str, Any]) -> Any:
    """The value of a sealed part (RFC 9901 s4.2): `[salt, part, {"entry": id, "value": ...}]`."""
    require(part in entry["seal"], "the entry has no such sealed part")
    fits = base64url(sha256(disclosure).digest()) == entry["seal"][part]
    require(fits, "does not open the commitment that the entry holds")
    try:
        text = disclosure.decode()
        data = b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
        _salt, its_part, inner = read_canonical(data)
        its_entry, value = inner["entry"], inner["value"]
    except (ValueError, TypeError, KeyError) as error:
        raise VerificationError("no [salt, part, {entry, value}] in base64url") from error
    # Both are said inside, so that a disclosure cannot be moved to another place.
    fits = its_part == part and its_entry == entry["id"] and len(inner) == 2
    require(fits, "was made for another part or another entry")
    return value


def base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def check_document(document: bytes, digest: str, entry: dict[str, Any]) -> None:
    fits = sha256(document).hexdigest() == digest
    require(fits, "does not have the digest that it is named by")
    values: list[Any] = [entry["data"], entry["decision"]]
    for value in values:  # which grows while it is walked: first what is above, then within
        if type(value) is dict:
            values += value.values()
        elif type(value) is list:
            values += value
    require(digest in values, "is no document that the entry names")


# -- An absence -----------------------------------------------------------------------------------

ABSENT = ("absence.json", "before.edge", "entries", "checkpoint", "log.vkey")


class Absence(NamedTuple):
    """No entry of `kind`, of `offices` (of any, if there are none), from `since` to `until`."""

    kind: str
    offices: list[str]
    since: str
    until: str  # the time of the newest entry: what came later nobody signed yet
    first: int  # the first entry shown
    head: Checkpoint


def verify_absence(files: dict[str, bytes], vkey: str | None = None) -> Absence:
    """Check a bundle that shows every entry from before `since` to the end of a signed ledger."""
    for path in ABSENT:
        require(path in files, f"{path}: missing")
    for path in sorted(set(files).difference(ABSENT, UNCHECKED)):
        raise VerificationError(f"{shown(path)}: does not belong in such a bundle")
    with place("log.vkey"):
        keys = [read_keys(files["log.vkey"].decode())]
    if vkey is not None:
        with place("the verifier key"):
            keys.append(read_keys(vkey))
    with place("checkpoint"):  # the keys from elsewhere come last, and decide
        head = [open_checkpoint(files["checkpoint"].decode(), one) for one in keys][-1]
    with place("absence.json"):
        kind, offices, since, first = read_claim(files["absence.json"])
    with place("before.edge"):
        edge = [strict_base64(one) for one in files["before.edge"].decode().split()]
    require(first < head.size, f"entries: start beyond the {head.size:,} entries signed")
    entries = split_entries("entries", files["entries"], head.size - first)
    with place("entries"):
        root = root_from(edge, first, map(leaf_hash, entries))
        require(root == head.root, "are not those of the checkpoint, each and in order")
    order = Order()
    for number, entry in enumerate(entries, first):
        order.check(number, entry)
        fields = read_entry(entry)
        if number == first:  # else an earlier entry of that time could be left out
            late = f"entry {number:,}: is not before {since}, so some may be missing"
            require(not first or fields["at"] < since, late)
        absent = fields["at"] < since or not is_match(fields, kind, offices)
        require(absent, f"entry {number:,}: is a {shown(kind)} that should not be there")
    require(order.last >= since, f"the ledger ends before {since}: it shows nothing since")
    return Absence(kind, offices, since, order.last, first, head)


def read_claim(data: bytes) -> tuple[str, list[str], str, int]:
    claim: Any = read_canonical(data)
    fields = {"first", "kind", "offices", "since"}
    right: object = type(claim) is dict and claim.keys() == fields
    require(right, "expected exactly first, kind, offices, since")
    first, kind, offices, since = claim.values()
    right = [*map(type, claim.values())] == [int, str, list, str] and first >= 0 and kind
    require(right and are_strings(offices), "a field is not of its type")
    check_time(since)
    return kind, offices, since, first


def is_match(fields: dict[str, Any], kind: str, offices: list[str]) -> bool:
    """Whether an entry is, or for all it says may be, of this kind and one of these offices."""
    office = fields["data"].get("office")
    other = type(office) is str and office not in offices
    return bool(fields["kind"] == kind and not (offices and other))


@contextmanager
def place(name: str) -> Iterator[None]:
    """Say where it was, in whatever is found wrong."""
    try:
        yield
    except (VerificationError, UnicodeDecodeError) as error:
        raise VerificationError(f"{name}: {error}") from error


# -- The command ----------------------------------------------------------------------------------


class UsageError(Exception):
    """It was called wrongly."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="verify.py")
    parser.add_argument(
        "folder", metavar="DIR", type=Path, nargs="?", help="log, site, bundle"
    )
    parser.add_argument(
        "--vkey", type=Path, help="the verifier key, from elsewhere than DIR"
    )
    parser.add_argument("--old", type=Path, action="extend", nargs="+", default=[])
    parser.add_argument("--proof", type=Path, help="a receipt, for the entry in --entry")
    parser.add_argument("--entry", type=Path, help="the bytes of one entry")
    parser.add_argument(
        "--absence", action="store_true", help="DIR shows that something is not there"
    )
    try:
        print(*verify(parser.parse_args(arguments)), sep="\n")
    except VerificationError as error:
        print(f"Verification failed: {error}", file=sys.stderr)
        return 5
    except UsageError as error:
        parser.error(str(error))  # exits with 2
    return 0


def verify(asked: argparse.Namespace) -> list[str]:
    """Verify what was asked for; return what to say about it."""
    folder, vkey = asked.folder, asked.vkey
    if folder is not None and not folder.is_dir():
        raise UsageError(f"{folder} is not a folder")
    inside = folder and vkey and vkey.resolve().is_relative_to(folder.resolve())
    changed = "whoever changed one changed both; have the key from elsewhere"
    require(not inside, f"{vkey} lies in the folder it is to verify: {changed}")
    if asked.absence or (folder and (folder / ABSENT[0]).is_file()):
        if folder is None or asked.proof or asked.entry or asked.old:
            raise UsageError("an absence needs its folder, and --vkey alone beside it")
        return say_absence(folder, vkey)
    if folder and all((folder / name).is_file() for name in NEEDED[:2]):
        if asked.proof or asked.entry or asked.old:
            raise UsageError(
                "an evidence bundle has a receipt of its own: give --vkey alone"
            )
        return say_bundle(folder, vkey)
    if vkey is None or (asked.proof is None) != (asked.entry is None):
        raise UsageError("expected --vkey FILE; and --proof with --entry, or neither")
    if folder is None and asked.proof is None:
        raise UsageError("expected a folder or a receipt to verify")
    with place("the verifier key"):
        keys = read_keys(given(vkey).decode())
    olds = [(f"an old checkpoint ({path})", given(path)) for path in asked.old]
    said = []
    if asked.proof:
        with place("the receipt"):
            receipt = given(asked.proof).decode()
            index, head = open_receipt(receipt, given(asked.entry), keys)
        # The receipt's own checkpoint is an old one, which the log must extend.
        olds.append(
            ("the checkpoint of the receipt", receipt.partition("\n\n")[2].encode())
        )
        said = [f"The receipt proves the entry at index {index:,}, under {described(head)}"]
    if folder:
        site = folder / "log"
        log = site if not (folder / "checkpoint").exists() and site.is_dir() else folder
        said.insert(0, f"Verified {described(verify_log(log, keys, olds))}")
    return said


def say_bundle(folder: Path, vkey: Path | None) -> list[str]:
    files = {path: read_file(folder, path) for path in files_below(folder)}
    with place("the verifier key"):
        outside = None if vkey is None else given(vkey).decode()
    found = verify_bundle(files, outside)
    said = [f"Verified: entry.json is entry {found.index:,} of {described(found.head)}"]
    for part, value in found.opened.items():
        said.append(f"Opened: the sealed part {shown(part)} is {json.dumps(value)}")
    said += [f"Matched: the entry names documents/{digest}" for digest in found.documents]
    return said + ([] if outside is not None else say_key(files))


def say_key(files: dict[str, bytes]) -> list[str]:
    return [
        "The key came with this bundle, so whoever made the bundle may have made the key:",
        *files["log.vkey"].decode().split(),
        "Compare it with the one that the log's owner gives elsewhere, or use --vkey FILE.",
    ]


def say_absence(folder: Path, vkey: Path | None) -> list[str]:
    files = {path: read_file(folder, path) for path in files_below(folder)}
    outside = None if vkey is None else given(vkey).decode()
    found = verify_absence(files, outside)
    of = f" of {', '.join(map(shown, found.offices))}" if found.offices else ""
    said = [
        f"Verified: no {shown(found.kind)}{of} from {found.since} to {found.until}",
        f"Shown: every entry from {found.first:,} to the last of {described(found.head)}",
    ]
    return said + ([] if outside is not None else say_key(files))


def given(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error


def described(head: Checkpoint) -> str:
    return f"{shown(head.origin)}, {head.size:,} entries, root {head.root.hex()}"


if __name__ == "__main__":
    sys.exit(main())
