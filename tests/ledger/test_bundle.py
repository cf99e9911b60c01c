"""The evidence bundle: what it proves to a stranger, and that nothing in it can be changed unseen."""

import os
import re
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from subprocess import run
from zipfile import ZipFile

import msgspec
import pytest

from beforehand.ledger import (
    DecisionDigests,
    Disclosure,
    Envelope,
    LedgerError,
    Signer,
    canonical,
    encode,
    seal,
    standalone,
)
from beforehand.ledger.bundle import bundle, verifier
from beforehand.ledger.merkle import inclusion_proof, leaf_hash, root
from beforehand.ledger.proof import tlog_proof
from tests.ledger.bad_logs import checkpoint
from tests.ledger.bad_logs import entry as numbered

DOCUMENT = b"The assessment, as it was approved.\n"
POLICIES = b"forbid (principal, action, resource);\n"
DIGEST, POLICY_DIGEST = (sha256(one).hexdigest() for one in (DOCUMENT, POLICIES))
INDEX, SIZE = 5, 11
TITLE = "Contract <c-1> & its case"
SALT = bytes(range(32))
CASE = seal("case", "24-cr-1187", "id-5", SALT)
AREA = seal("area", {"cells": [1, 2], "note": None}, "id-5", SALT[::-1])


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a bundle is made of, before it is made."""

    signer: Signer
    entry: bytes
    receipt: str
    disclosures: Mapping[str, str] = field(
        default_factory=lambda: {"case": CASE.text, "area": AREA.text}
    )
    documents: Mapping[str, bytes] = field(
        default_factory=lambda: {DIGEST: DOCUMENT, POLICY_DIGEST: POLICIES}
    )
    index: int = INDEX
    vkey: str = ""
    origin: str = ""

    def bundle(self) -> bytes:
        return bundle(
            entry=self.entry,
            index=self.index,
            receipt=self.receipt,
            vkey=self.vkey or self.signer.verifier.vkey,
            disclosures=self.disclosures,
            documents=self.documents,
            title=TITLE,
            origin=self.origin or self.signer.name,
        )


@pytest.fixture
def evidence(signer: Signer, envelope: Callable[..., Envelope]) -> Evidence:
    one = encode(
        envelope(
            INDEX,
            data=msgspec.Raw(canonical({"days": 30, "files": [{"text": DIGEST}]})),
            decision=DecisionDigests(policies=POLICY_DIGEST, question="0" * 64, unmet=()),
            seal={part.part: part.commitment for part in (AREA, CASE)},
        )
    )
    entries = [numbered(number) for number in range(SIZE)]
    entries[INDEX] = one
    return Evidence(signer=signer, entry=one, receipt=receipt_of(entries, signer))


def receipt_of(entries: list[bytes], signer: Signer, index: int = INDEX) -> str:
    leaves = [leaf_hash(one) for one in entries]

    def hash_at(level: int, number: int) -> bytes:
        return root(leaves[number << level : (number + 1) << level])

    proof = inclusion_proof(index, len(entries), hash_at)
    note = checkpoint(signer, entries)
    return tlog_proof(index=index, proof=proof, checkpoint_note=note)


@pytest.fixture
def unzipped(evidence: Evidence, tmp_path: Path) -> Path:
    folder = tmp_path / "evidence"
    with ZipFile(BytesIO(evidence.bundle())) as archive:
        archive.extractall(folder)
    return folder


def check(folder: Path, *arguments: object) -> tuple[int, str, str]:
    """Run the bundle's own verify.py in its folder, as a stranger does."""
    done = run(
        [sys.executable, "-I", "verify.py", ".", *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
    )
    return done.returncode, done.stdout, done.stderr


def says(folder: Path, vkey: str | None = None) -> str:
    """What the stand-alone verifier says is wrong, without a new process; or nothing."""
    try:
        files = {
            path: standalone.read_file(folder, path)
            for path in standalone.files_below(folder)
        }
        standalone.verify_bundle(files, vkey)
    except standalone.VerificationError as error:
        return str(error)
    return ""


def test_a_bundle_is_checked_in_an_empty_folder_with_python_alone(
    unzipped: Path, evidence: Evidence
) -> None:
    status, said, wrong = check(unzipped)
    assert (status, wrong) == (0, "")
    assert said.startswith(
        "Verified: entry.json is entry 5 of ledger.example/test, 11 entries"
    )
    assert 'Opened: the sealed part case is "24-cr-1187"\n' in said
    assert 'Opened: the sealed part area is {"cells": [1, 2], "note": null}\n' in said
    assert f"Matched: the entry names documents/{DIGEST}\n" in said
    assert f"Matched: the entry names documents/{POLICY_DIGEST}\n" in said
    assert "The key came with this bundle" in said
    assert evidence.signer.verifier.vkey in said
    assert "Compare it" in said


def test_a_key_from_elsewhere_decides_and_one_from_within_is_refused(
    unzipped: Path, evidence: Evidence, tmp_path: Path
) -> None:
    key = tmp_path / "key"
    key.write_text(evidence.signer.verifier.vkey + "\n", encoding="utf-8")
    status, said, _ = check(unzipped, "--vkey", key)
    assert (status, "came with this bundle" in said) == (0, False)
    status, said, wrong = check(unzipped, "--vkey", "log.vkey")
    assert (status, said, "lies in the folder" in wrong) == (5, "", True)
    key.write_text(Signer.generate(evidence.signer.name).verifier.vkey, encoding="utf-8")
    status, said, wrong = check(unzipped, "--vkey", key)
    assert (status, said) == (5, "")
    assert wrong.startswith("Verification failed: receipt.tlog-proof: expected a signature")
    status, _, wrong = check(unzipped, "--old", "log.vkey")
    assert (status, "has a receipt of its own" in wrong) == (2, True)


def test_a_bundle_holds_these_files_and_the_same_bytes_each_time(
    evidence: Evidence,
) -> None:
    made = evidence.bundle()
    turned = replace(
        evidence,
        disclosures=dict(reversed(list(evidence.disclosures.items()))),
        documents=dict(reversed(list(evidence.documents.items()))),
    )
    assert made == evidence.bundle() == turned.bundle()
    with ZipFile(BytesIO(made)) as archive:
        assert archive.namelist() == sorted(
            [
                "disclosures/area.txt",
                "disclosures/case.txt",
                f"documents/{DIGEST}",
                f"documents/{POLICY_DIGEST}",
                "entry.json",
                "index.html",
                "log.vkey",
                "receipt.tlog-proof",
                "verify.py",
            ]
        )
        assert archive.read("entry.json") == evidence.entry
        assert (
            archive.read("verify.py")
            == verifier()
            == Path(standalone.__file__).read_bytes()
        )
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


PROVED = [
    "entry.json",
    "receipt.tlog-proof",
    "log.vkey",
    "disclosures/area.txt",
    "disclosures/case.txt",
    f"documents/{DIGEST}",
    f"documents/{POLICY_DIGEST}",
]


@pytest.mark.parametrize("path", PROVED)
def test_each_file_altered_is_named(unzipped: Path, path: str) -> None:
    original = (unzipped / path).read_bytes()
    # A change of a key or proof shows where it no longer fits: in the file or in the receipt.
    named = {path, "receipt.tlog-proof"} if path in PROVED[:3] else {path}
    for at in range(len(original)):
        (unzipped / path).write_bytes(
            original[:at] + bytes([original[at] ^ 1]) + original[at + 1 :]
        )
        assert says(unzipped).partition(":")[0] in named, at
    for data in (b"", original[:-1], original + b"x", original + b"\n"):
        if path == "log.vkey" and data == original[:-1]:
            continue  # the key's last newline may be left out
        (unzipped / path).write_bytes(data)
        assert says(unzipped).partition(":")[0] in named, data
    status, said, wrong = check(unzipped)
    assert (status, said) == (5, "")
    assert wrong.partition(":")[2].partition(":")[0].strip() in named


@pytest.mark.parametrize("path", PROVED[:3])
def test_a_needed_file_that_is_missing_is_named(unzipped: Path, path: str) -> None:
    (unzipped / path).unlink()
    assert says(unzipped) == f"{path}: missing"


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        pytest.param("README", "does not belong", id="another file"),
        pytest.param("disclosures/case", "does not belong", id="no disclosure's name"),
        pytest.param("disclosures/name.txt", "no such sealed part", id="a part it has not"),
        pytest.param("documents/readme", "does not belong", id="no digest"),
        pytest.param(f"documents/{DIGEST.upper()}", "does not belong", id="capitals"),
        pytest.param(f"documents/{'0' * 64}", "not have the digest", id="another digest"),
        pytest.param(
            f"documents/{sha256(b'x').hexdigest()}", "no document that", id="not named"
        ),
        pytest.param("tile/0/000", "does not belong", id="a tile"),
    ],
)
def test_a_file_that_does_not_belong_is_refused(
    unzipped: Path, path: str, wrong: str
) -> None:
    (unzipped / path).parent.mkdir(parents=True, exist_ok=True)
    (unzipped / path).write_bytes(b"x")
    assert says(unzipped).startswith(f"{path}: ")
    assert wrong in says(unzipped)


def test_a_link_in_a_bundle_is_refused(unzipped: Path) -> None:
    (unzipped / "documents" / DIGEST).rename(unzipped.parent / "elsewhere")
    (unzipped / "documents" / DIGEST).symlink_to(unzipped.parent / "elsewhere")
    assert says(unzipped) == f"documents/{DIGEST}: not a plain file"


def test_a_page_or_a_verifier_that_is_missing_or_changed_proves_nothing_else(
    unzipped: Path,
) -> None:
    (unzipped / "index.html").write_text("lies", encoding="utf-8")
    (unzipped / "verify.py").unlink()
    assert says(unzipped) == ""


OTHERS = [
    pytest.param("case", seal("case", "24-cr-1187", "id-6", SALT), id="another entry"),
    pytest.param("case", seal("name", "24-cr-1187", "id-5", SALT), id="another part"),
    pytest.param("case", seal("case", "24-cr-1187", "id-5", bytes(32)), id="another salt"),
    pytest.param("case", seal("case", "24-cr-1188", "id-5", SALT), id="another value"),
    pytest.param("area", CASE, id="moved to another part"),
]


@pytest.mark.parametrize(("part", "other"), OTHERS)
def test_a_disclosure_of_anything_else_is_refused(
    unzipped: Path, evidence: Evidence, part: str, other: Disclosure
) -> None:
    (unzipped / f"disclosures/{part}.txt").write_text(other.text, encoding="ascii")
    assert says(unzipped).startswith(f"disclosures/{part}.txt: does not open")
    with pytest.raises(LedgerError):
        replace(evidence, disclosures={part: other.text}).bundle()


@pytest.mark.parametrize(
    ("sealed", "wrong"),
    [
        pytest.param(seal("case", 1, "id-6", SALT), "another part or another", id="entry"),
        pytest.param(seal("name", 1, "id-5", SALT), "another part or another", id="part"),
    ],
)
def test_a_commitment_to_what_names_another_place_does_not_open(
    unzipped: Path,
    evidence: Evidence,
    signer: Signer,
    sealed: Disclosure,
    wrong: str,
) -> None:
    """The one who sealed it sealed junk: the commitment fits, what it holds does not."""
    junk = evidence.entry.replace(CASE.commitment.encode(), sealed.commitment.encode())
    entries = [numbered(number) for number in range(SIZE)]
    entries[INDEX] = junk
    receipt = receipt_of(entries, signer)
    (unzipped / "entry.json").write_bytes(junk)
    (unzipped / "receipt.tlog-proof").write_text(receipt, encoding="utf-8")
    (unzipped / "disclosures/case.txt").write_text(sealed.text, encoding="ascii")
    assert wrong in says(unzipped)
    with pytest.raises(LedgerError):
        replace(
            evidence, entry=junk, receipt=receipt, disclosures={"case": sealed.text}
        ).bundle()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"index": 6}, id="another index"),
        pytest.param({"origin": "other.example"}, id="another origin"),
        pytest.param({"vkey": "nonsense"}, id="no key"),
        pytest.param({"vkey": Signer.generate("x.example").verifier.vkey}, id="another key"),
        pytest.param({"receipt": "nonsense"}, id="no receipt"),
        pytest.param({"entry": numbered(5)}, id="another entry"),
        pytest.param({"entry": b"{}"}, id="no entry"),
        pytest.param({"disclosures": {"name": CASE.text}}, id="part that it has not"),
        pytest.param({"disclosures": {"../case": CASE.text}}, id="part out of the folder"),
        pytest.param({"disclosures": {"case": CASE.text + "\n"}}, id="newline after"),
        pytest.param({"documents": {DIGEST: POLICIES}}, id="another document"),
        pytest.param({"documents": {sha256(b"").hexdigest(): b""}}, id="document not named"),
        pytest.param({"documents": {DIGEST.upper(): DOCUMENT}}, id="digest in capitals"),
        pytest.param({"documents": {f"../{DIGEST}": DOCUMENT}}, id="document out of the folder"),
    ],
)  # fmt: skip
def test_no_bundle_is_made_that_would_not_verify(
    evidence: Evidence, change: dict[str, object]
) -> None:
    with pytest.raises(LedgerError):
        replace(evidence, **change).bundle()  # type: ignore[arg-type]


def test_a_bundle_without_disclosures_or_documents_verifies(
    evidence: Evidence, tmp_path: Path
) -> None:
    bare = replace(evidence, disclosures={}, documents={})
    with ZipFile(BytesIO(bare.bundle())) as archive:
        archive.extractall(tmp_path)
    assert says(tmp_path) == ""


class Page(HTMLParser):
    """Reads a page: its tags, its attributes, and whether each tag is closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_loads_nothing_and_shows_what_it_was_given(
    unzipped: Path, evidence: Evidence
) -> None:
    text = (unzipped / "index.html").read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    assert page.open == []
    assert page.tags.count("h1") == 1
    assert not {"script", "img", "link", "a", "iframe"} & set(page.tags)
    assert {name for name, _ in page.attributes} <= {
        "lang", "charset", "name", "content", "http-equiv",
    }  # fmt: skip
    assert "Contract &lt;c-1&gt; &amp; its case" in text
    for shown in ("24-cr-1187", DIGEST, evidence.signer.verifier.vkey, CASE.commitment):
        assert shown in text
    for not_proved in (
        "key is the department",
        "others are shown",
        "is true",
        "may hold junk",
    ):
        assert not_proved in text


@pytest.mark.skipif(
    not (shutil.which("openssl") and shutil.which("basenc")),
    reason="needs openssl and basenc",
)
def test_the_command_on_the_page_prints_the_commitment(unzipped: Path) -> None:
    text = (unzipped / "index.html").read_text(encoding="utf-8")
    commands = re.findall(r"<pre>(openssl .*?)</pre>", text)
    printed = {
        run(
            ["sh", "-c", one],
            cwd=unzipped,
            capture_output=True,
            check=True,
            encoding="ascii",
        ).stdout.strip()
        for one in commands
    }
    assert printed == {CASE.commitment, AREA.commitment}
