"""Evidence that something is not on the ledger: every entry of a range, and the edge before it.

A stranger recomputes from the edge and the entries the root that the log's key signed, so no entry
of the range can be left out, changed or moved, and looks through them. The range starts with an
entry from before the day that is spoken of and ends with the last one signed. Pure, but for
reading the files that ship beside this one.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from beforehand.ledger import standalone
from beforehand.ledger.bundle import evidence_page, verifier, zipped
from beforehand.ledger.checkpoint import Checkpoint, open_checkpoint
from beforehand.ledger.entry import Envelope, canonical, decode
from beforehand.ledger.errors import LedgerError, VerificationError
from beforehand.ledger.index import office_of
from beforehand.ledger.merkle import Edge, leaf_hash
from beforehand.ledger.note import read_vkeys, strict_base64
from beforehand.ledger.tiles import decode_bundle, encode_bundle
from beforehand.ledger.times import require_times

_FILES: Final = {"absence.json", "before.edge", "entries", "checkpoint", "log.vkey"}
_PEOPLES: Final = {"index.html", "verify.py"}


class Claim(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """No entry of `kind`, of these offices, since a moment; of any office, if none is named.

    first   the first entry that is shown
    """

    first: int
    kind: str
    offices: tuple[str, ...]
    since: str


class Absence(msgspec.Struct, frozen=True, kw_only=True):
    """What was shown. `until`: the time of the newest entry that the checkpoint covers."""

    claim: Claim
    until: str
    head: Checkpoint


def absence_bundle(
    claim: Claim,
    entries: Sequence[bytes],
    *,
    edge: Edge,
    checkpoint: str,
    vkey: str,
    title: str,
) -> bytes:
    """Return the evidence as a zip, the same bytes for the same arguments.

    entries      every entry from `claim.first` to the last that the checkpoint covers
    edge         of the entries before them
    checkpoint   the signed note

    Raises LedgerError if it would not verify, above all where there is such an entry.
    """
    files = {
        "absence.json": canonical(claim),
        "before.edge": "".join(
            f"{b64encode(one).decode()}\n" for one in edge.hashes
        ).encode(),
        "entries": encode_bundle(entries),
        "checkpoint": checkpoint.encode(),
        "log.vkey": (vkey.removesuffix("\n") + "\n").encode(),
        "verify.py": verifier(),
    }
    found = open_absence(files, vkey)
    try:
        standalone.verify_absence(files, vkey)
    except standalone.VerificationError as error:
        raise VerificationError(f"this bundle would not verify: {error}") from error
    return zipped(files | {"index.html": _page(found, title, vkey).encode()})


def open_absence(files: Mapping[str, bytes], vkeys: str | None = None) -> Absence:
    """Return what a bundle shows. Raises LedgerError naming what is wrong.

    vkeys   the log's keys, had from elsewhere; the bundle's own alone prove less

    `ledger/standalone.py` does the same with no import of ours; the two must agree.
    """
    if missing := sorted(_FILES - set(files)):
        raise VerificationError(f"{missing[0]}: missing")
    if more := sorted(set(files) - _FILES - _PEOPLES):
        raise VerificationError(f"{more[0]}: does not belong in such a bundle")
    try:
        own, note = files["log.vkey"].decode(), files["checkpoint"].decode()
        lines = files["before.edge"].decode().split()
        claim = msgspec.json.decode(files["absence.json"], type=Claim)
    except (UnicodeDecodeError, msgspec.DecodeError) as error:
        raise VerificationError(f"not an absence: {error}") from error
    if canonical(claim) != files["absence.json"] or claim.first < 0 or not claim.kind:
        raise VerificationError("absence.json: not in its one valid form")
    require_times([claim.since])
    head = [open_checkpoint(note, *read_vkeys(one)) for one in (own, vkeys) if one][-1]
    entries = decode_bundle(files["entries"])
    if not entries or claim.first + len(entries) != head.size:
        raise VerificationError(f"entries: not those up to the {head.size:,} signed")
    edge = Edge(claim.first, map(strict_base64, lines))
    edge.extend([leaf_hash(one) for one in entries])
    if edge.root() != head.root:
        raise VerificationError(
            "entries: are not those of the checkpoint, each and in order"
        )
    *_, last = _checked(claim, entries)
    if last.at < claim.since:
        raise VerificationError(f"the ledger ends before {claim.since}")
    return Absence(claim=claim, until=last.at, head=head)


def _checked(claim: Claim, entries: Sequence[bytes]) -> Iterator[Envelope]:
    """Yield the entries, each of which must be in its place and none of the kind."""
    before, ids = "", set[str]()
    for number, data in enumerate(entries, claim.first):
        try:
            entry = decode(data)
        except LedgerError as error:
            raise VerificationError(f"entry {number:,}: {error}") from error
        if entry.at <= before or entry.id in ids:
            raise VerificationError(f"entry {number:,}: its time or id does not follow")
        if number == claim.first > 0 and entry.at >= claim.since:
            why = f"is not before {claim.since}, so some may be missing"
            raise VerificationError(f"entry {number:,}: {why}")
        if entry.at >= claim.since and is_match(entry, claim):
            raise VerificationError(
                f"entry {number:,}: is a {claim.kind} that should not be there"
            )
        before = entry.at
        ids.add(entry.id)
        yield entry


def is_match(entry: Envelope, claim: Claim) -> bool:
    """Whether an entry is, or for all it says may be, of that kind and one of those offices."""
    if entry.kind != claim.kind:
        return False
    office = office_of(entry)
    return office is None or not claim.offices or office in claim.offices


def _page(found: Absence, title: str, vkey: str) -> str:
    claim, head = found.claim, found.head
    texts = {
        "title": title,
        "origin": head.origin,
        "kind": claim.kind,
        "offices": ", ".join(claim.offices) or "any office",
        "since": claim.since,
        "until": found.until,
        "first": f"{claim.first:,}",
        "size": f"{head.size:,}",
        "root": head.root.hex(),
        "vkeys": " ".join(vkey.split()),
    }
    return evidence_page("absence.html", texts)
