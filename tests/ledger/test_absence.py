"""What is not on the ledger: shown to a stranger by every entry of a range, and by no fewer."""

from __future__ import annotations

import json
import sys
from base64 import b64encode
from dataclasses import dataclass, replace
from io import BytesIO
from subprocess import run
from typing import TYPE_CHECKING
from zipfile import ZipFile

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.ledger import Envelope, LedgerError, Signer, canonical, encode, standalone
from beforehand.ledger.absence import Claim, absence_bundle, open_absence
from beforehand.ledger.merkle import Edge, leaf_hash, root
from beforehand.ledger.tiles import decode_bundle, encode_bundle
from tests.ledger.bad_logs import checkpoint

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KIND, OFFICE = "question.admitted", "harbor"
SINCE = "2026-03-01T00:00:00.000000Z"
SIZE, BEGIN = 23, 11
Files = dict[str, bytes]


def made(number: int, *, kind: str = "rules.signed", office: object = "routes") -> bytes:
    """Entries 0 to 10 are of February, from 11 on of March."""
    month, day = (2, number + 1) if number < BEGIN else (3, number - BEGIN + 1)
    data = {"office": office} if office is not None else {}
    return encode(
        Envelope(
            actor="p-1",
            at=f"2026-{month:02}-{day:02}T10:00:00.000000Z",
            data=msgspec.Raw(canonical(data)),
            decision=None,
            id=f"id-{number}",
            kind=kind,
            kv=1,
            refs=(),
            seal={},
            subject="s-1",
        )
    )


@dataclass(frozen=True, kw_only=True)
class Case:
    """A log and a claim about it, and the bundle that whoever holds the key could make."""

    signer: Signer
    entries: tuple[bytes, ...]
    first: int = BEGIN - 1
    kind: str = KIND
    offices: tuple[str, ...] = (OFFICE,)
    since: str = SINCE

    @property
    def claim(self) -> Claim:
        return Claim(
            first=self.first, kind=self.kind, offices=self.offices, since=self.since
        )

    @property
    def vkey(self) -> str:
        return self.signer.verifier.vkey

    def edge(self) -> Edge:
        edge = Edge()
        edge.extend([leaf_hash(one) for one in self.entries[: self.first]])
        return edge

    def files(self) -> Files:
        """The files unchecked, for attacks."""
        hashes = (f"{b64encode(one).decode()}\n" for one in self.edge().hashes)
        return {
            "absence.json": canonical(self.claim),
            "before.edge": "".join(hashes).encode(),
            "entries": encode_bundle(self.entries[self.first :]),
            "checkpoint": checkpoint(self.signer, list(self.entries)).encode(),
            "log.vkey": f"{self.vkey}\n".encode(),
        }

    def bundle(self) -> bytes:
        return absence_bundle(
            self.claim,
            self.entries[self.first :],
            edge=self.edge(),
            checkpoint=checkpoint(self.signer, list(self.entries)),
            vkey=self.vkey,
            title="An absence",
        )


@pytest.fixture
def case(signer: Signer) -> Case:
    return Case(signer=signer, entries=tuple(made(number) for number in range(SIZE)))


def wrong(files: Files, vkey: str | None = None) -> tuple[str, str]:
    """Return why both verifiers refuse; fails if one of them does not."""
    with pytest.raises(LedgerError) as ours:
        open_absence(files, vkey)
    with pytest.raises(standalone.VerificationError) as alone:
        standalone.verify_absence(files, vkey)
    return str(ours.value), str(alone.value)


def with_(case: Case, number: int, entry: bytes) -> Case:
    entries = (*case.entries[:number], entry, *case.entries[number + 1 :])
    return replace(case, entries=entries)


def test_a_range_without_such_an_entry_shows_that_there_is_none(case: Case) -> None:
    found = standalone.verify_absence(case.files(), case.vkey)
    assert (found.kind, found.offices, found.since) == (KIND, [OFFICE], SINCE)
    assert (found.until, found.first) == ("2026-03-12T10:00:00.000000Z", BEGIN - 1)
    assert found.head.size == SIZE
    ours = open_absence(case.files(), case.vkey)
    assert (ours.claim, ours.until, ours.head.root) == (
        case.claim,
        found.until,
        found.head.root,
    )


@pytest.mark.parametrize("first", range(BEGIN))
def test_a_range_may_begin_earlier_than_it_must(case: Case, first: int) -> None:
    early = replace(case, first=first)
    assert standalone.verify_absence(early.files()).first == first
    assert open_absence(early.files()).claim.first == first


@pytest.mark.parametrize("at", [BEGIN, 15, SIZE - 1])
def test_one_such_entry_in_the_range_is_named(case: Case, at: int) -> None:
    one = with_(case, at, made(at, kind=KIND, office=OFFICE))
    ours, alone = wrong(one.files(), one.vkey)
    assert ours == alone == f"entry {at}: is a {KIND} that should not be there"
    with pytest.raises(LedgerError, match=f"entry {at}: "):
        one.bundle()


def test_such_an_entry_before_the_day_and_others_in_the_range_do_not_count(
    case: Case,
) -> None:
    before = with_(case, BEGIN - 1, made(BEGIN - 1, kind=KIND, office=OFFICE))
    another = with_(before, 15, made(15, kind=KIND, office="routes"))
    assert standalone.verify_absence(another.files()).kind == KIND
    assert open_absence(another.files()).claim.kind == KIND


@pytest.mark.parametrize("office", [None, 7, "harbor"])
def test_an_entry_of_the_kind_that_names_no_other_office_counts(
    case: Case, office: object
) -> None:
    one = with_(case, 15, made(15, kind=KIND, office=office))
    assert "entry 15: is a" in wrong(one.files())[1]


def test_of_no_office_means_of_any(case: Case) -> None:
    anybody = replace(case, offices=())
    assert standalone.verify_absence(anybody.files()).offices == []
    one = with_(anybody, 15, made(15, kind=KIND, office="routes"))
    assert "entry 15: is a" in wrong(one.files())[1]


# -- attacks -----------------------------------------------------------------------------


def guilty(case: Case) -> Case:
    """The log that was signed, which has the entry: the attacks are to hide it."""
    return with_(case, 15, made(15, kind=KIND, office=OFFICE))


def hidden(files: Files) -> Files:
    entries = decode_bundle(files["entries"])
    del entries[15 - (BEGIN - 1)]
    return {**files, "entries": encode_bundle(entries)}


def replaced(files: Files) -> Files:
    entries = decode_bundle(files["entries"])
    entries[15 - (BEGIN - 1)] = made(15)
    return {**files, "entries": encode_bundle(entries)}


def reordered(files: Files) -> Files:
    entries = decode_bundle(files["entries"])
    entries[3], entries[4] = entries[4], entries[3]
    return {**files, "entries": encode_bundle(entries)}


def cut_short(files: Files) -> Files:
    entries = decode_bundle(files["entries"])[: 15 - (BEGIN - 1)]
    return {**files, "entries": encode_bundle(entries)}


def doubled(files: Files) -> Files:
    entries = decode_bundle(files["entries"])
    entries[5] = entries[4]
    return {**files, "entries": encode_bundle(entries)}


def half_an_entry(files: Files) -> Files:
    return {**files, "entries": files["entries"][:-1]}


@pytest.mark.parametrize(
    "attack", [hidden, replaced, reordered, cut_short, doubled, half_an_entry]
)
def test_no_entry_of_the_range_can_be_left_out_changed_or_moved(
    case: Case, attack: Callable[[Files], Files]
) -> None:
    wrong(attack(guilty(case).files()), case.vkey)
    wrong(attack(case.files()), case.vkey) if attack is not replaced else None


@pytest.mark.parametrize("first", [BEGIN, 16, SIZE - 1])
def test_a_range_that_begins_too_late_is_refused(case: Case, first: int) -> None:
    ours, alone = wrong(replace(guilty(case), first=first).files(), case.vkey)
    assert ours == alone == f"entry {first}: is not before {SINCE}, so some may be missing"


def test_a_range_from_the_very_first_entry_needs_none_before_it(case: Case) -> None:
    since = "2026-01-01T00:00:00.000000Z"
    whole = replace(case, first=0, since=since)
    assert standalone.verify_absence(whole.files()).first == 0
    assert "is not before" in wrong(replace(case, since=since).files())[1]


def test_a_number_that_is_not_the_first_entrys_own_is_refused(case: Case) -> None:
    files = replace(guilty(case), first=16).files()
    for claimed in (BEGIN - 1, 15, 17):
        claim = msgspec.structs.replace(case.claim, first=claimed)
        wrong({**files, "absence.json": canonical(claim)}, case.vkey)


def test_a_checkpoint_of_another_size_or_another_log_is_refused(case: Case) -> None:
    files = guilty(case).files()
    shorter = checkpoint(case.signer, list(case.entries[:15])).encode()
    wrong({**files, "checkpoint": shorter}, case.vkey)
    innocent = checkpoint(case.signer, list(case.entries)).encode()
    wrong({**files, "checkpoint": innocent}, case.vkey)
    other = Signer.generate(case.signer.name)
    forged = replace(case, signer=other).files()
    assert standalone.verify_absence(forged).head.size == SIZE  # by its own key alone
    wrong(forged, case.vkey)


def test_an_older_checkpoint_proves_only_as_far_as_it_reaches(case: Case) -> None:
    older = replace(guilty(case), entries=case.entries[:14])
    assert standalone.verify_absence(older.files(), case.vkey).until < "2026-03-04"
    before = replace(case, entries=case.entries[:BEGIN])
    assert "ends before" in wrong(before.files(), case.vkey)[1]


def test_an_edge_with_another_hash_or_one_too_few_is_refused(case: Case) -> None:
    files = case.files()
    lines = files["before.edge"].split()
    wrong({**files, "before.edge": lines[0]}, case.vkey)
    other = b64encode(bytes(32))
    wrong({**files, "before.edge": b"\n".join([other, *lines[1:]])}, case.vkey)
    short = b64encode(bytes(31))
    wrong({**files, "before.edge": b"\n".join([short, *lines[1:]])}, case.vkey)


@pytest.mark.parametrize(
    "claim",
    [
        b"{}",
        b"[]",
        b'{"first":10,"kind":"question.admitted","offices":["harbor"],"since":"2026-03-01"}',
        b'{"first":10, "kind":"k","offices":[],"since":"2026-03-01T00:00:00.000000Z"}',
        b'{"first":-1,"kind":"k","offices":[],"since":"2026-03-01T00:00:00.000000Z"}',
        b'{"first":10,"kind":"","offices":[],"since":"2026-03-01T00:00:00.000000Z"}',
        b'{"first":10,"kind":"k","offices":[1],"since":"2026-03-01T00:00:00.000000Z"}',
        b'{"first":true,"kind":"k","offices":[],"since":"2026-03-01T00:00:00.000000Z"}',
        b'{"first":10,"kind":"k","more":1,"offices":[],"since":"2026-03-01T00:00:00.000000Z"}',
    ],
)
def test_a_claim_in_another_form_is_refused(case: Case, claim: bytes) -> None:
    wrong({**case.files(), "absence.json": claim})


@pytest.mark.parametrize("name", standalone.ABSENT)
def test_every_file_is_needed_and_no_other_belongs_there(case: Case, name: str) -> None:
    files = case.files()
    assert (
        wrong({key: one for key, one in files.items() if key != name})[1]
        == f"{name}: missing"
    )
    assert "does not belong" in wrong({**files, "more": b""})[1]


@given(size=st.integers(1, 70), data=st.data())
def test_the_root_from_any_edge_is_the_root(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(b"%d" % number) for number in range(size)]
    first = data.draw(st.integers(0, size - 1))
    edge = Edge()
    edge.extend(leaves[:first])
    assert standalone.root_from(edge.hashes, first, leaves[first:]) == root(leaves)


def test_a_stranger_checks_the_zip_with_python_alone(case: Case, tmp_path: Path) -> None:
    folder, key = tmp_path / "evidence", tmp_path / "key.txt"
    with ZipFile(BytesIO(case.bundle())) as archive:
        archive.extractall(folder)
    key.write_text(case.vkey + "\n")
    words = [sys.executable, str(folder / "verify.py"), str(folder)]
    done = run([*words, "--absence", "--vkey", str(key)], capture_output=True, check=False)
    said = done.stdout.decode()
    assert done.returncode == 0, done.stderr
    assert f"Verified: no {KIND} of {OFFICE} from {SINCE} to 2026-03-12" in said
    assert "every entry from 10 to the last of" in said
    without_flag = run(words, capture_output=True, check=False)
    assert b"Compare it with the one that the log's owner gives" in without_flag.stdout
    (folder / "entries").write_bytes(hidden(case.files())["entries"])
    assert run([*words, "--absence"], capture_output=True, check=False).returncode == 5
    both = run([*words, "--absence", "--old", str(key)], capture_output=True, check=False)
    assert both.returncode == 2


def test_the_page_says_what_is_absent_and_equal_content_is_equal_bytes(case: Case) -> None:
    with ZipFile(BytesIO(case.bundle())) as archive:
        page = archive.read("index.html").decode()
        assert json.loads(archive.read("absence.json"))["kind"] == KIND
    for text in (KIND, OFFICE, SINCE, "2026-03-12T10:00:00.000000Z"):
        assert text in page
    assert case.bundle() == case.bundle()
