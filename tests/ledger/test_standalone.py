"""The stand-alone verifier: it and ours accept and refuse the same logs, at the same place."""

import ast
import json
import os
import random
import re
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from shutil import copytree
from subprocess import run
from types import ModuleType
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.ledger import Signer, verify_folder, workers
from beforehand.ledger import entry as entries
from beforehand.ledger import standalone as shipped
from beforehand.ledger.errors import LedgerError, VerificationError
from beforehand.ledger.merkle import inclusion_proof, leaf_hash, node_hash, root
from beforehand.ledger.note import sign
from beforehand.ledger.proof import open_tlog_proof, tlog_proof
from beforehand.ledger.verify import check_in_processes
from tests.ledger.bad_logs import FINE, HARMS, Harm, Log, checkpoint, entry, good_log

FILE = Path(shipped.__file__)
VECTORS = Path(__file__).parent / "vectors"
ORIGIN = "ledger.example/test"
Message: TypeAlias = str | None
"""What a verifier said was wrong; None if nothing was."""


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """Load the file as a stranger has it: a copy, elsewhere, under another name."""
    copy = tmp_path_factory.mktemp("elsewhere") / "verify.py"
    copy.write_bytes(FILE.read_bytes())
    spec = spec_from_file_location("verify_copied", copy)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture
def log(tmp_path: Path, signer: Signer) -> Log:
    return good_log(tmp_path / "log", signer)


def ours_says(log: Log, vkeys: str | None = None) -> Message:
    try:
        verify_folder(log.folder, vkeys or log.vkey, old_checkpoints=log.old)
    except VerificationError as error:
        return str(error)
    return None


def alone_says(alone: ModuleType, log: Log, vkeys: str | None = None) -> Message:
    olds = [("an old checkpoint", old.encode()) for old in log.old]
    try:
        alone.verify_log(log.folder, alone.read_keys(vkeys or log.vkey), olds)
    except alone.VerificationError as error:
        return str(error)
    return None


def place(message: Message) -> str:
    """Return where `message` says that something is wrong: what stands before its colon."""
    return "" if message is None else message.partition(":")[0].strip("'")


# -- every good and bad log


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS.keys())
def test_both_verifiers_refuse_a_bad_log_at_the_same_place(
    alone: ModuleType, log: Log, harm: Harm
) -> None:
    assert ours_says(log) is None
    wrong = ascii(harm(log))[1:-1]
    assert place(ours_says(log)) == place(alone_says(alone, log)) == wrong


@pytest.mark.parametrize("change", FINE.values(), ids=FINE.keys())
def test_both_verifiers_accept_what_is_odd_but_right(
    alone: ModuleType, log: Log, change: Callable[[Log], object]
) -> None:
    change(log)
    assert ours_says(log) is None
    assert alone_says(alone, log) is None


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 513])
def test_both_verifiers_accept_a_log_of_each_size(
    alone: ModuleType, tmp_path: Path, signer: Signer, size: int
) -> None:
    all_of_them = [entry(number) for number in range(size)]
    log = Log(folder=tmp_path / "log", signer=signer, entries=all_of_them, old=[])
    log.publish(all_of_them, earlier=range(0, size, 100))
    log.old.extend(checkpoint(signer, all_of_them[:old]) for old in range(0, size, 50))
    assert ours_says(log) is None
    assert alone_says(alone, log) is None


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Log:
    """A log with a full tile of level 1, large enough for several processes."""
    all_of_them = [entry(number) for number in range(70_000)]
    log = Log(
        folder=tmp_path_factory.mktemp("large") / "log",
        signer=Signer.generate(ORIGIN),
        entries=all_of_them,
        old=[],
    )
    log.publish(all_of_them, earlier=(69_900,))
    log.old.extend(checkpoint(log.signer, all_of_them[:old]) for old in (65_536, 69_999))
    return log


def at_65_000(log: Log) -> None:
    log.change("tile/entries/253", b"id-65000", b"id-65001")


def late_and_early(log: Log) -> None:
    log.change("tile/entries/270", b"id-69200", b"id-69201")
    log.change("tile/entries/064", b"id-16400", b"id-16401")


def id_of_another_part(log: Log) -> None:
    log.again(lambda all_of_them: all_of_them.__setitem__(69_999, twice(69_999, 3)))


def time_across_parts(log: Log) -> None:
    early = entry(16_384).replace(b".016384Z", b".016383Z")
    log.again(lambda all_of_them: all_of_them.__setitem__(16_384, early))


def twice(number: int, other: int) -> bytes:
    return entry(number).replace(b'"id-%d"' % number, b'"id-%d"' % other)


@pytest.fixture
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_cores", lambda: 2)


@pytest.mark.usefixtures("two_cores")
@pytest.mark.parametrize(
    ("harm", "wrong"),
    [
        pytest.param(lambda _: None, "", id="none"),
        pytest.param(at_65_000, "entry 65,000", id="an entry changed"),
        pytest.param(late_and_early, "entry 16,400", id="two entries changed"),
        pytest.param(id_of_another_part, "entry 69,999", id="id used in another part"),
        pytest.param(time_across_parts, "entry 16,384", id="time between parts"),
    ],
)
def test_in_a_large_log_both_name_the_first_wrong_entry(
    alone: ModuleType,
    large: Log,
    tmp_path: Path,
    harm: Callable[[Log], object],
    wrong: str,
) -> None:
    copytree(large.folder, tmp_path / "log")
    log = Log(
        folder=tmp_path / "log",
        signer=large.signer,
        entries=large.entries,
        old=large.old if harm in (at_65_000, late_and_early) else [],
    )
    harm(log)
    assert place(ours_says(log)) == place(alone_says(alone, log)) == wrong
    # Several processes find the same hashes, or that something is wrong.
    found = check_in_processes(log.folder, len(log.entries), {})
    if wrong:
        assert found is None
    else:
        assert found is not None
        assert found[0] == b"".join([leaf_hash(one) for one in log.entries])


def test_groups_of_digits_are_needed_above_256_000_entries(alone: ModuleType) -> None:
    assert alone.Tile(-1, 1_234_067, 256).path == "tile/entries/x001/x234/067"
    assert alone.Tile(0, 1000, 7).path == "tile/0/x001/000.p/7"
    assert alone.read_path("tile/0/x001/000.p/7") == alone.Tile(0, 1000, 7)
    last = [tile.path for tile in alone.tiles_of(256_001)][-7:]
    assert last[:2] == ["tile/0/999", "tile/0/x001/000.p/1"]
    assert last[2:] == [
        *(f"tile/1/00{n}" for n in range(3)),
        "tile/1/003.p/232",
        "tile/2/000.p/3",
    ]


def test_any_byte_changed_is_found_by_both_at_the_same_place(
    alone: ModuleType, log: Log
) -> None:
    chance = random.Random(11)
    paths = sorted(p for p in log.folder.rglob("*") if p.is_file())
    for _ in range(300):
        path = chance.choice(paths)
        data = path.read_bytes()
        at = chance.randrange(len(data))
        changed = bytes([data[at] ^ (1 << chance.randrange(8))])
        path.write_bytes(data[:at] + changed + data[at + 1 :])
        said = ours_says(log)
        assert said is not None, (path, at)
        assert place(alone_says(alone, log)) == place(said), (path, at)
        path.write_bytes(data)
    assert ours_says(log) is alone_says(alone, log) is None


def test_the_log_of_tessera_is_read_up_to_its_entries_which_are_not_ours(
    alone: ModuleType, tmp_path: Path
) -> None:
    folder = tmp_path / "log"
    copytree(VECTORS / "tessera-log", folder)
    old = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("checkpoint.*"))]
    for path in folder.glob("checkpoint.*"):
        path.unlink()
    vkey = (VECTORS / "tessera-log.vkey").read_text(encoding="utf-8")
    log = Log(folder=folder, signer=Signer.generate("unused"), entries=[], old=old)
    wrong = (ours_says(log, vkey), alone_says(alone, log, vkey))
    assert [place(one) for one in wrong] == ["entry 0", "entry 0"]
    (folder / "tile/0/000.p/9").write_bytes(bytes(288))
    wrong = (ours_says(log, vkey), alone_says(alone, log, vkey))
    assert [place(one) for one in wrong] == ["entry 0", "entry 0"]


# -- the rules of an entry alone

WHOLE = (
    b'{"actor":"p-1","at":"2026-11-24T03:24:56.123456Z","data":{"a":[1,{"b":null}],"c":"x"},'
    b'"decision":{"policies":"%s","question":"%s","unmet":["a.b"]},"id":"01","kind":"k","kv":1,'
    b'"refs":["00"],"seal":{"case":"X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"},'
    b'"subject":"s","v":1}'
) % (b"0123456789abcdef" * 4, b"fedcba9876543210" * 4)
PIECES = [
    *(b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b" ", b"\n", b"\t", b"\x00", b"\x7f"),
    *(b"\xff", b"\xc3\xa9", b"\xe2\x80\xa8", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"\xef\xbb\xbf"),
    *(b"\\u0000", b"\\u001f", b"\\u001F", b"\\ud83d", b"\\/", b"\\b", b"\\u00e9"),
    *(b"0", b"-", b"1.5", b"1e3", b"-0", b"9007199254740991", b"9007199254740992", b"NaN"),
    *(b"null", b"true", b"false", b"Infinity", b'"a":1', b'"seal":{}', b"{}", b"[]", b'""'),
    *(b'{"z":1,"a":2}', b'{"\xc3\xa9":1}', b"[" * 31 + b"]" * 31, b"[" * 33 + b"]" * 33),
]  # fmt: skip

edits = st.lists(
    st.tuples(
        st.integers(0, len(WHOLE)),
        st.integers(0, 9),
        st.sampled_from(PIECES) | st.binary(max_size=3),
    ),
    min_size=1,
    max_size=3,
)


def both_read(alone: ModuleType, one: bytes) -> tuple[bool, bool]:
    try:
        entries.decode(one)
        ours = True
    except LedgerError:
        ours = False
    try:
        alone.read_entry(one)
        theirs = True
    except alone.VerificationError:
        theirs = False
    return ours, theirs


@given(edits)
def test_both_read_the_same_entries_however_they_are_changed(
    alone: ModuleType, edits: list[tuple[int, int, bytes]]
) -> None:
    changed = WHOLE
    for at, length, piece in edits:
        changed = changed[:at] + piece + changed[at + length :]
    ours, theirs = both_read(alone, changed)
    assert ours == theirs, changed


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**54), 2**54) | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.sampled_from([*sorted(shipped.FIELDS), "w"]), json_values, st.sampled_from([" ", ""])
)
def test_both_read_the_same_entries_whatever_a_field_holds(
    alone: ModuleType, name: str, value: object, space: str
) -> None:
    fields = shipped.READER.decode(WHOLE.decode())
    fields[name] = value
    writer = json.JSONEncoder(
        ensure_ascii=False, sort_keys=True, separators=(",", ":" + space)
    )
    changed = writer.encode(fields).encode("utf-8", "surrogatepass")
    ours, theirs = both_read(alone, changed)
    assert ours == theirs, changed


def test_both_read_entries_of_65_535_bytes_and_none_longer(alone: ModuleType) -> None:
    longest = WHOLE.replace(b'"x"', b'"%s"' % (b"x" * (65_535 - len(WHOLE) + 1)))
    assert len(longest) == 65_535
    assert both_read(alone, longest) == (True, True)
    assert both_read(alone, longest.replace(b"xx", b"xxx", 1)) == (False, False)


def test_both_read_every_short_depth_alike(alone: ModuleType) -> None:
    for depth in range(28, 37):
        for inner in (b"", b"0", b'{"a":{}}'):
            value = b"[" * depth + inner + b"]" * depth
            ours, theirs = both_read(alone, WHOLE.replace(b'"x"', value))
            assert ours == theirs, (depth, inner)


# -- keys


def test_while_a_key_changes_one_of_both_is_enough_and_neither_may_be_false(
    alone: ModuleType, log: Log
) -> None:
    new = Signer.generate(log.signer.name)
    both = f"{log.vkey}\n{new.verifier.vkey}\n"
    assert ours_says(log, both) is alone_says(alone, log, both) is None
    signed = checkpoint(log.signer, log.entries) + signature(checkpoint(new, log.entries))
    log.write("checkpoint", signed.encode())
    for keys in (both, log.vkey, new.verifier.vkey):
        log.old.clear()
        assert ours_says(log, keys) is alone_says(alone, log, keys) is None
    false = checkpoint(log.signer, log.entries) + signature(
        checkpoint(new, log.entries[1:])
    )
    log.write("checkpoint", false.encode())
    assert ours_says(log) is alone_says(alone, log) is None
    assert (
        place(ours_says(log, both)) == place(alone_says(alone, log, both)) == "checkpoint"
    )


def signature(note: str) -> str:
    return note.rpartition("\n\n")[2]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda _: "", id="nothing"),
        pytest.param(lambda vkey: f"{vkey}\n\n", id="an empty line"),
        pytest.param(lambda vkey: f"{vkey}\n{vkey}\n", id="one key twice"),
        pytest.param(
            lambda vkey: f"{vkey}\n{Signer.generate('other.example').verifier.vkey}\n",
            id="keys of two names",
        ),
        pytest.param(
            lambda vkey: vkey.replace("\n", "\r\n") + "\r\n", id="carriage return"
        ),
        pytest.param(lambda vkey: vkey + "=", id="padding too much"),
        pytest.param(lambda vkey: vkey.partition("+")[0], id="a name alone"),
        pytest.param(
            lambda vkey: vkey.replace("ledger.example", "ledger.exemple"),
            id="name of another",
        ),
        pytest.param(
            lambda vkey: re.sub(r"\+(\w{8})\+", "+00000000+", vkey), id="another id"
        ),
    ],
)
def test_both_refuse_a_malformed_file_of_keys(
    alone: ModuleType, log: Log, change: Callable[[str], str]
) -> None:
    keys = change(log.vkey)
    assert place(ours_says(log, keys or "\n")) == "the verifier key"
    with pytest.raises(alone.VerificationError):
        alone.read_keys(keys)


# -- receipts


def receipt(signer: Signer, size: int, index: int) -> tuple[bytes, str]:
    all_of_them = [entry(number) for number in range(size)]
    leaves = [leaf_hash(one) for one in all_of_them]

    def hash_at(level: int, number: int) -> bytes:
        return root(leaves[number << level : (number + 1) << level])

    proof = inclusion_proof(index, size, hash_at)
    note = checkpoint(signer, all_of_them)
    return all_of_them[index], tlog_proof(index=index, proof=proof, checkpoint_note=note)


def test_inclusion_is_proved_and_refused_as_each_published_vector_says(
    alone: ModuleType,
) -> None:
    lines = (VECTORS / "inclusion.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 98
    for case in map(json.loads, lines):
        leaf, head = (b64decode(case[name] or "") for name in ("leafHash", "root"))
        proof = [b64decode(one) for one in case["proof"] or ()]
        try:
            found = alone.root_by_proof(
                index=case["leafIdx"], size=case["treeSize"], leaf=leaf, proof=proof
            )
        except alone.VerificationError:
            found = None
        # The length of a leaf's hash need not be looked at: it is computed from the entry.
        assert (found == head and len(leaf) == 32) != case["wantErr"], case["path"]


def test_a_key_holder_who_signs_a_wrong_size_proves_nothing(
    alone: ModuleType, signer: Signer
) -> None:
    one = entry(0)
    for size, proof in ((2, []), (3, []), (1, [leaf_hash(one)])):
        head = leaf_hash(one) if not proof else node_hash(proof[0], leaf_hash(one))
        note = sign(f"{signer.name}\n{size}\n{b64encode(head).decode()}\n", signer)
        text = tlog_proof(index=0, proof=proof, checkpoint_note=note)
        assert both_prove(alone, text, one, signer) == (None, None)


def both_prove(
    alone: ModuleType, text: str, one: bytes, signer: Signer
) -> tuple[int | None, int | None]:
    try:
        ours: int | None = open_tlog_proof(text, one, signer.verifier)[0]
    except LedgerError:
        ours = None
    try:
        theirs = alone.open_receipt(text, one, alone.read_keys(signer.verifier.vkey))[0]
    except alone.VerificationError:
        theirs = None
    return ours, theirs


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 11, 33])
def test_a_receipt_of_each_entry_proves_it_in_both(
    alone: ModuleType, signer: Signer, size: int
) -> None:
    for index in range(size):
        one, text = receipt(signer, size, index)
        assert both_prove(alone, text, one, signer) == (index, index)
        assert both_prove(alone, text, entry(size), signer) == (None, None)
        other = text.replace(f"index {index}\n", f"index {index + 1}\n")
        assert both_prove(alone, other, one, signer) == (None, None)


def test_a_receipt_changed_anywhere_proves_nothing_in_both(
    alone: ModuleType, signer: Signer
) -> None:
    one, text = receipt(signer, 11, 6)
    chance = random.Random(3)
    for _ in range(400):
        at = chance.randrange(len(text))
        piece = chance.choice(["", "\n", "A", "0", " ", "=", "\u2014", "extra AAAA\n"])
        changed = text[:at] + piece + text[at + chance.randrange(2) :]
        ours, theirs = both_prove(alone, changed, one, signer)
        assert ours == theirs, changed
        assert ours is None or changed == text or "extra" in changed, changed


# -- as a stranger runs it


def strangers(folder: Path, *arguments: object) -> tuple[int, str, str]:
    """Run the file alone in `folder`, with neither our packages nor msgspec to be had."""
    (folder / "verify.py").write_bytes(FILE.read_bytes())
    program = (
        "import sys, runpy; sys.modules['beforehand'] = sys.modules['msgspec'] = None;"
        " sys.argv[0] = 'verify.py'; runpy.run_path('verify.py', run_name='__main__')"
    )
    done = run(
        [sys.executable, "-I", "-c", program, *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
    )
    return done.returncode, done.stdout, done.stderr


def test_a_stranger_verifies_a_log_a_site_and_a_receipt(
    log: Log, tmp_path: Path, signer: Signer
) -> None:
    away = tmp_path / "away"
    away.mkdir()
    key = tmp_path / "key"
    key.write_text(log.vkey + "\n", encoding="utf-8")
    head = root([leaf_hash(one) for one in log.entries]).hex()
    verified = f"Verified {signer.name}, 300 entries, root {head}\n"
    for number, old in enumerate(log.old):
        (away / f"old{number}").write_text(old, encoding="utf-8")
    olds = ("--old", "old0", "old1", "--old", "old2")
    assert strangers(away, log.folder, "--vkey", key, *olds) == (0, verified, "")
    site = log.folder.parent / "site"
    copytree(log.folder, site / "log")
    (site / "index.html").write_text("a page", encoding="utf-8")
    assert strangers(away, site, "--vkey", key) == (0, verified, "")
    one, text = receipt(signer, 258, 7)
    (away / "entry").write_bytes(one)
    (away / "receipt").write_text(text, encoding="utf-8")
    proof = ("--proof", "receipt", "--entry", "entry")
    status, said, _ = strangers(away, "--vkey", key, *proof)
    assert (status, said.partition(",")[0]) == (
        0,
        "The receipt proves the entry at index 7",
    )
    status, said, _ = strangers(away, log.folder, "--vkey", key, *proof)
    assert (status, said.startswith(verified), said.count("\n")) == (0, True, 2)


def test_a_stranger_is_told_the_first_thing_that_is_wrong(log: Log, tmp_path: Path) -> None:
    away = tmp_path / "away"
    away.mkdir()
    key = tmp_path / "key"
    key.write_text(log.vkey + "\n", encoding="utf-8")
    inside = log.folder / "key"
    inside.write_text(log.vkey, encoding="utf-8")
    status, said, wrong = strangers(away, log.folder, "--vkey", inside)
    assert (status, said) == (5, "")
    assert "lies in the folder it is to verify" in wrong
    (tmp_path / "link").symlink_to(log.folder)
    status, said, wrong = strangers(away, log.folder, "--vkey", tmp_path / "link" / "key")
    assert (status, "lies in the folder" in wrong) == (5, True)
    inside.unlink()
    one, text = receipt(log.signer, 258, 7)
    (away / "entry").write_bytes(one.replace(b"c-1", b"c-2"))
    (away / "receipt").write_text(text, encoding="utf-8")
    proof = ("--proof", "receipt", "--entry", "entry")
    status, said, wrong = strangers(away, log.folder, "--vkey", key, *proof)
    assert (status, said) == (5, "")
    assert wrong.startswith("Verification failed: the receipt: ")
    log.change("tile/entries/000", b"id-99", b"id-98")
    status, said, wrong = strangers(away, log.folder, "--vkey", key)
    assert (status, said) == (5, "")
    assert wrong.startswith("Verification failed: entry 99: ")


def test_the_checkpoint_of_a_receipt_is_held_against_the_log(
    log: Log, tmp_path: Path
) -> None:
    away = tmp_path / "away"
    away.mkdir()
    key = tmp_path / "key"
    key.write_text(log.vkey + "\n", encoding="utf-8")
    one, text = receipt(log.signer, 301, 7)
    (away / "entry").write_bytes(one)
    (away / "receipt").write_text(text, encoding="utf-8")
    status, _, wrong = strangers(
        away, log.folder, "--vkey", key, "--proof", "receipt", "--entry", "entry"
    )
    assert status == 5
    assert "the checkpoint of the receipt has 301 entries, this ledger has 300" in wrong


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param((), "expected --vkey FILE", id="nothing"),
        pytest.param(("--vkey", "key"), "expected a folder", id="key alone"),
        pytest.param(("nowhere", "--vkey", "key"), "is not a folder", id="no folder"),
        pytest.param(("log",), "expected --vkey FILE", id="no key"),
        pytest.param(
            ("log", "--vkey", "nowhere"), "cannot be read", id="no file of the key"
        ),
        pytest.param(
            ("log", "--vkey", "key", "--old", "no"), "cannot be read", id="no old"
        ),
        pytest.param(
            ("log", "--vkey", "key", "--proof", "key"),
            "--proof with --entry",
            id="no entry",
        ),
        pytest.param(("log", "--verify"), "unrecognized", id="unknown option"),
    ],
)
def test_a_wrong_call_exits_with_2(
    log: Log, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    (tmp_path / "key").write_text(log.vkey + "\n", encoding="utf-8")
    status, said, wrong = strangers(tmp_path, *arguments)
    assert (status, said) == (2, "")
    assert says in wrong


def test_the_file_imports_the_standard_library_and_cryptography_alone() -> None:
    tree = ast.parse(FILE.read_text(encoding="utf-8"), feature_version=(3, 9))
    names = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
        )
    }
    assert names - set(sys.stdlib_module_names) == {"cryptography"}
