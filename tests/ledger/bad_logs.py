"""Published logs, good and bad: what both verifiers must accept, and where both must stop.

A log is made here from entries alone, with no check: a key holder may sign anything.
"""

import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from beforehand.ledger.merkle import leaf_hash, root
from beforehand.ledger.note import Signer, sign
from beforehand.ledger.tiles import ENTRIES, WIDTH, encode_bundle, hashes_at, tiles_of

TEMPLATE: Final = (
    '{{"actor":"p-1","at":"{at}","data":{{"days":30,"form":"aggregate"}},"decision":null,'
    '"id":"id-{number}","kind":"contract.awarded","kv":1,"refs":[],"seal":{{}},'
    '"subject":"c-1","v":1}}'
)


def entry(number: int) -> bytes:
    second, micro = divmod(number, 1_000_000)
    at = f"2026-01-01T00:00:{second:02}.{micro:06}Z"
    return TEMPLATE.format(at=at, number=number).encode()


@dataclass(frozen=True, kw_only=True)
class Log:
    """One published log, to be changed; `old` are checkpoints that a verifier kept."""

    folder: Path
    signer: Signer
    entries: Sequence[bytes]
    old: list[str]

    @property
    def vkey(self) -> str:
        return self.signer.verifier.vkey

    def publish(self, entries: Sequence[bytes], *, earlier: Iterable[int] = ()) -> None:
        """Write all that `entries` make, with the partial tiles of earlier sizes."""
        rows = [[leaf_hash(one) for one in entries]]
        while len(rows[-1]) >= WIDTH:
            below = rows[-1]
            rows.append(
                [root(below[at - WIDTH : at]) for at in range(WIDTH, len(below) + 1, WIDTH)]
            )
        for size in (*earlier, len(entries)):
            for tile in tiles_of(size):
                first = tile.index * WIDTH
                if tile.level == ENTRIES:
                    data = encode_bundle(entries[first : first + tile.width])
                else:
                    data = b"".join(rows[tile.level][first : first + tile.width])
                whole = hashes_at(tile.level, len(entries)) >= first + WIDTH
                if tile.width == WIDTH or not whole:
                    self.write(tile.path, data)
        self.write("checkpoint", checkpoint(self.signer, entries).encode())

    def again(self, changed: Callable[[list[bytes]], object]) -> None:
        """Publish other entries, every hash and signature right."""
        entries = list(self.entries)
        changed(entries)
        for path in sorted(self.folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        self.publish(entries)

    def read(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()

    def write(self, path: str, data: bytes) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_bytes(data)

    def change(self, path: str, old: bytes, new: bytes) -> None:
        data = self.read(path)
        assert old in data
        self.write(path, data.replace(old, new, 1))


def checkpoint(signer: Signer, entries: Sequence[bytes], *, name: str = "") -> str:
    head = b64encode(root([leaf_hash(one) for one in entries])).decode()
    return sign(f"{name or signer.name}\n{len(entries)}\n{head}\n", signer)


def good_log(folder: Path, signer: Signer) -> Log:
    """300 entries, published at 40, 258 and 300: partial tiles of an older size are in it."""
    entries = [entry(number) for number in range(300)]
    log = Log(folder=folder, signer=signer, entries=entries, old=[])
    log.publish(entries, earlier=(40, 258))
    log.old.extend(checkpoint(signer, entries[:size]) for size in (0, 40, 258, 300))
    return log


# -- kinds of harm: each changes a good log and returns the place that both verifiers must name

Harm: TypeAlias = Callable[[Log], str]


def placed(place: str, change: Callable[[Log], object]) -> Harm:
    def harm(log: Log) -> str:
        change(log)
        return place

    return harm


def missing(path: str) -> Harm:
    def harm(log: Log) -> str:
        (log.folder / path).unlink()
        return path

    return harm


def added(path: str, data: bytes = b"x") -> Harm:
    def harm(log: Log) -> str:
        log.write(path, data)
        return path

    return harm


def whole_as(path: str, whole: str) -> Harm:
    """Put the bytes of a whole tile under another name as well."""

    def harm(log: Log) -> str:
        log.write(path, log.read(whole))
        return path

    return harm


def resized(path: str, by: int, place: str = "") -> Harm:
    def harm(log: Log) -> str:
        data = log.read(path)
        log.write(path, data[:by] if by < 0 else data + bytes(by))
        return place or path

    return harm


def linked(path: str) -> Harm:
    def harm(log: Log) -> str:
        target = log.folder.parent / "elsewhere"
        (log.folder / path).rename(target)
        (log.folder / path).symlink_to(target)
        return path

    return harm


def stray_link(log: Log) -> str:
    (log.folder / "tile/0/999").symlink_to("nowhere")
    return "tile/0/999"


def stray_pipe(log: Log) -> str:
    os.mkfifo(log.folder / "pipe")
    return "pipe"


def folder_for_file(log: Log) -> str:
    (log.folder / "tile/0/000").unlink()
    (log.folder / "tile/0/000").mkdir()
    return "tile/0/000"


def swapped(one: str, other: str, place: str) -> Harm:
    def harm(log: Log) -> str:
        first, second = log.read(one), log.read(other)
        log.write(one, second)
        log.write(other, first)
        return place

    return harm


def replaced(path: str, old: bytes, new: bytes, place: str) -> Harm:
    def harm(log: Log) -> str:
        log.change(path, old, new)
        return place

    return harm


def head(make: Callable[[Log], str]) -> Harm:
    """Put another checkpoint in the place of the right one."""

    def harm(log: Log) -> str:
        log.write("checkpoint", make(log).encode())
        return "checkpoint"

    return harm


def body(text: str) -> Harm:
    """Sign another text as the checkpoint: the key holder is not to be trusted."""

    def note(log: Log) -> str:
        right = b64encode(root([leaf_hash(one) for one in log.entries])).decode()
        changed = text.replace("ORIGIN", log.signer.name).replace("LOOSE", loose(right))
        return sign(changed.replace("ROOT", right), log.signer)

    return head(note)


def control_character(log: Log) -> str:
    """Sign, over no check of ours, a line of others with a tabulator in it."""
    text = checkpoint(log.signer, log.entries).partition("\n\n")[0] + "\na\tb\n"
    blob = log.signer.verifier.key_id + log.signer.signature(text)
    note = f"{text}\n\u2014 {log.signer.name} {b64encode(blob).decode()}\n"
    log.write("checkpoint", note.encode())
    return "checkpoint"


def loose(base64: str) -> str:
    """The same bytes to a lax reader: a bit that no byte uses is set."""
    letter = chr(ord(base64[-2]) + 1)
    assert b64decode(f"{base64[:-2]}{letter}=") == b64decode(base64)
    return f"{base64[:-2]}{letter}="


def loose_signature(log: Log) -> str:
    text, _, signature = checkpoint(log.signer, log.entries).rpartition(" ")
    log.write("checkpoint", f"{text} {loose(signature.strip())}\n".encode())
    return "checkpoint"


def entry_is(number: int, old: str, new: str) -> Harm:
    """Change one entry and sign the log anew: all hashes are right, the entry is not."""

    def harm(log: Log) -> str:
        right = log.entries[number]
        assert old.encode() in right
        wrong = right.replace(old.encode(), new.encode("utf-8", "surrogatepass"), 1)
        log.again(lambda entries: entries.__setitem__(number, wrong))
        return f"entry {number}"

    return harm


def entries_are(changed: Callable[[list[bytes]], object], number: int) -> Harm:
    def harm(log: Log) -> str:
        log.again(changed)
        return f"entry {number}"

    return harm


def fork(size: int) -> Harm:
    def harm(log: Log) -> str:
        other = [one.replace(b"c-1", b"c-2") for one in log.entries[:size]]
        log.old.append(checkpoint(log.signer, other))
        return f"this ledger does not begin with the {size} entries of an old checkpoint"

    return harm


def larger_old(log: Log) -> str:
    log.old.append(checkpoint(log.signer, [*log.entries, entry(300)]))
    return "an old checkpoint has 301 entries, this ledger has 300"


def old_of_another(log: Log) -> str:
    log.old.append(checkpoint(Signer.generate(log.signer.name), log.entries))
    return "an old checkpoint"


def old_of_no_form(log: Log) -> str:
    log.old.append("x")
    return "an old checkpoint"


def entry_and_hash(log: Log) -> str:
    """Change an entry, and its hash as well: then the root that was signed is another."""
    wrong = log.entries[299].replace(b"c-1", b"c-9")
    log.change("tile/entries/001.p/44", log.entries[299], wrong)
    log.change("tile/0/001.p/44", leaf_hash(log.entries[299]), leaf_hash(wrong))
    return "checkpoint"


def shrunk(log: Log) -> str:
    """Show fewer entries than an old checkpoint has, in a log that is right in itself."""
    log.again(lambda entries: entries.__delitem__(slice(299, None)))
    return "an old checkpoint has 300 entries, this ledger has 299"


def empty_with_entries(log: Log) -> str:
    log.old.clear()
    log.write("checkpoint", sign(f"{log.signer.name}\n0\n{EMPTY}\n", log.signer).encode())
    return "tile/0/000"


EMPTY: Final = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
ZEROS: Final = b64encode(bytes(32)).decode()
DATA: Final = '{"days":30,"form":"aggregate"}'
DIGEST: Final = "0123456789abcdef" * 4
COMMITMENT: Final = "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"
TAIL: Final = "tile/entries/001.p/44"


def decided(policies: str = DIGEST, rest: str = f'"question":"{DIGEST}","unmet":[]') -> str:
    return f'"decision":{{"policies":"{policies}",{rest}}}'


def sealed(commitment: str) -> str:
    return f'"seal":{{"case":"{commitment}"}}'


HARMS: Final[dict[str, Harm]] = {
    # files
    **{
        f"missing {path}": missing(path)
        for path in (
            "checkpoint",
            "tile/entries/000",
            TAIL,
            "tile/0/000",
            "tile/0/001.p/44",
            "tile/1/000.p/1",
        )
    },
    **{
        f"stray {path}": added(path)
        for path in (
            "README",
            "checkpoint.old",
            ".checkpoint.new",
            "log.vkey",
            "tile/0/002",
            "tile/0/001.p/45",
            "tile/0/001",
            "tile/2/000.p/1",
            "tile/63/000",
            "tile/64/000.p/1",
            "tile/00/000",
            "tile/entries/x000/001",
            "tile/entries/001.p/045",
            "tile/entries/001.p/0",
            "tile/entries/000.p/256",
            "tile/0/000.p/index.html",
            "tile/0/1000",
            "tile/0/x001/000",
            "tile/0/0\u0660\u0661",
            "tile/entries/x000000/001",
        )
    },
    "a partial tile wider than a tile": whole_as("tile/0/000.p/300", "tile/0/000"),
    "a partial bundle wider than a bundle": whole_as(
        "tile/entries/000.p/300", "tile/entries/000"
    ),
    "a name that is no UTF-8": added(os.fsdecode(b"tile/\xff")),
    "a link for a file": linked("tile/0/000"),
    "a link for a folder": linked("tile/entries"),
    "a link for the checkpoint": linked("checkpoint"),
    "a link to nowhere": stray_link,
    "a pipe": stray_pipe,
    "a folder for a file": folder_for_file,
    "a bundle cut short": resized("tile/entries/000", -1),
    "a bundle cut between entries": resized(TAIL, -2 - len(entry(299))),
    "a bundle with a byte after it": resized("tile/entries/000", 1),
    "a bundle with an empty entry after it": resized(TAIL, 2),
    "a bundle that is empty": added("tile/entries/000", b""),
    "a tile cut short": resized("tile/0/000", -1),
    "a tile cut between hashes": resized("tile/0/001.p/44", -32),
    "a tile with a hash after it": resized("tile/0/000", 32),
    "a tile of level 1 that is empty": added("tile/1/000.p/1", b""),
    "an older bundle cut short": resized("tile/entries/001.p/2", -1),
    "an older bundle with more": resized("tile/entries/001.p/2", 1),
    "an older tile cut short": resized("tile/0/001.p/2", -32),
    "an older tile that differs": replaced(
        "tile/0/001.p/2", leaf_hash(entry(257)), bytes(32), "entry 257"
    ),
    "an older bundle that differs": replaced(
        "tile/entries/001.p/2", b"id-257", b"id-258", "tile/entries/001.p/2"
    ),
    "hashes swapped with entries": swapped("tile/0/000", "tile/entries/000", "tile/entries/000"),
    # entries and tiles against each other
    "an entry changed": replaced(TAIL, b"id-271", b"id-272", "entry 271"),
    "an entry and its hash changed": entry_and_hash,
    "a hash of level 0 changed": replaced(
        "tile/0/000", leaf_hash(entry(7)), bytes(32), "entry 7"
    ),
    "a hash of level 1 changed": placed("tile of level 0 0", added("tile/1/000.p/1", bytes(32))),
    # checkpoints
    "a checkpoint of another key": head(
        lambda log: checkpoint(Signer.generate(log.signer.name), log.entries)
    ),
    "a checkpoint of another origin": body("other.example\n300\nROOT\n"),
    "another root": body(f"ORIGIN\n300\n{ZEROS}\n"),
    "a root that is too short": body("ORIGIN\n300\nAAAA\n"),
    "a root in base64 with spare bits": body("ORIGIN\n300\nLOOSE\n"),
    "a signature in base64 with spare bits": loose_signature,
    "a control character that was signed": control_character,
    "a root in base64url": body(f"ORIGIN\n300\n{'_' * 42}8=\n"),
    "a size with a zero before it": body("ORIGIN\n0300\nROOT\n"),
    "a size with a sign": body("ORIGIN\n+300\nROOT\n"),
    "a size in other digits": body("ORIGIN\n\u0663\u0660\u0660\nROOT\n"),
    "a size of twenty digits": body(f"ORIGIN\n{'9' * 20}\n{ZEROS}\n"),
    "no root": body("ORIGIN\n300\n"),
    "an empty line in the checkpoint": body("ORIGIN\n300\nROOT\n\nmore\n"),
    "no signature": head(lambda log: checkpoint(log.signer, log.entries).split("\u2014")[0]),
    "no newline at the end": head(lambda log: checkpoint(log.signer, log.entries)[:-1]),
    "an empty line at the end": head(lambda log: checkpoint(log.signer, log.entries) + "\n"),
    "a hyphen for the dash": head(
        lambda log: checkpoint(log.signer, log.entries).replace("\u2014", "-")
    ),
    "a carriage return": head(
        lambda log: checkpoint(log.signer, log.entries).replace("\n", "\r\n")
    ),
    "a second signature that is false": head(
        lambda log: checkpoint(log.signer, log.entries)
        + checkpoint(log.signer, log.entries[:-1]).rpartition("\n\n")[2]
    ),
    "a signature of others that is malformed": head(
        lambda log: checkpoint(log.signer, log.entries) + "\u2014 other.example AAAA\n"
    ),
    "a signature of others whose name has a plus": head(
        lambda log: checkpoint(log.signer, log.entries) + "\u2014 other+1 AAAAAAAA\n"
    ),
    "a signature of others whose name has a space of its own kind": head(
        lambda log: checkpoint(log.signer, log.entries) + "\u2014 other\u00a01 AAAAAAAA\n"
    ),
    "a signature of others in no base64": head(
        lambda log: checkpoint(log.signer, log.entries) + "\u2014 other.example A*AA\n"
    ),
    "a checkpoint that is no UTF-8": added("checkpoint", b"\xff\n\n\xff\n"),
    "an empty checkpoint": added("checkpoint", b""),
    "a size beyond all files": placed(
        "tile/entries/001", body(f"ORIGIN\n{10**18}\n{ZEROS}\n")
    ),
    "a size of one less": placed(
        "tile/entries/001.p/43", head(lambda log: checkpoint(log.signer, log.entries[:299]))
    ),
    "size 0 beside tiles": empty_with_entries,
    # old checkpoints
    "a fork at 40": fork(40),
    "a fork at 256": fork(256),
    "a fork at 299": fork(299),
    "a fork at 300": fork(300),
    "a larger old checkpoint": larger_old,
    "an old checkpoint of another key": old_of_another,
    "an old checkpoint of no form": old_of_no_form,
    "entries taken back": shrunk,
    # from one entry to the next
    "an id used twice": entry_is(299, '"id-299"', '"id-1"'),
    "an id used twice in a bundle": entry_is(258, '"id-258"', '"id-257"'),
    "a time that stands still": entry_is(256, "00.000256Z", "00.000255Z"),
    "a time that goes back": entry_is(7, "00.000007Z", "00.000005Z"),
    "two entries in the wrong order": entries_are(
        lambda entries: entries.insert(256, entries.pop(257)), 257
    ),
    "an entry twice": entries_are(lambda entries: entries.insert(3, entries[2]), 3),
    "an empty entry": entries_are(lambda entries: entries.__setitem__(255, b""), 255),
    "an entry that is wrong after one that repeats an id": entries_are(
        lambda entries: entries.__setitem__(
            slice(4, 6), [entries[4].replace(b'"id-4"', b'"id-3"'), b"{}"]
        ),
        4,
    ),
    # the form of an entry
    **{
        f"entry: {name}": entry_is(260, old, new)
        for name, old, new in (
            ("space", '"kv":1', '"kv": 1'),
            ("newline after", '"v":1}', '"v":1}\n'),
            ("fields unsorted", '"kv":1,"refs":[]', '"refs":[],"kv":1'),
            ("field twice", '"kv":1', '"kv":1,"kv":1'),
            ("unknown field", '"kv":1', '"kv":1,"kw":1'),
            ("field missing", '"kv":1,', ""),
            ("needless escape", '"p-1"', '"\\u0070-1"'),
            ("lone surrogate", '"p-1"', '"\ud83d"'),
            ("float", '"days":30', '"days":30.5'),
            ("float that is whole", '"days":30', '"days":30.0'),
            ("exponent", '"days":30', '"days":3e1'),
            ("minus zero", '"days":30', '"days":-0'),
            ("not a number", '"days":30', '"days":NaN'),
            ("integer of 2^53", '"days":30', '"days":9007199254740992'),
            ("integer of -2^53", '"days":30', '"days":-9007199254740992'),
            ("huge integer", '"days":30', f'"days":{"9" * 5000}'),
            ("large integer inside", '"days":30', '"days":[{"a":9007199254740992}]'),
            ("float inside", '"days":30', '"days":[[0.5]]'),
            ("nested 33 deep", '"days":30', f'"days":{"[" * 33}{"]" * 33}'),
            ("a value 33 deep", '"days":30', f'"days":{"[" * 32}0{"]" * 32}'),
            ("nested beyond any stack", '"days":30', f'"days":{"[" * 30000}{"]" * 30000}'),
            ("key outside ASCII", '"days"', '"d\u00e5ys"'),
            ("key outside ASCII inside", '"days":30', '"days":{"\u00e9":1}'),
            ("data no object", DATA, "[]"),
            ("version zero", '"kv":1', '"kv":0'),
            ("version true", '"kv":1', '"kv":true'),
            ("version too large", '"kv":1', '"kv":9007199254740992'),
            ("another envelope", '"v":1', '"v":2'),
            ("envelope true", '"v":1', '"v":true'),
            ("empty id", '"id-260"', '""'),
            ("empty kind", '"contract.awarded"', '""'),
            ("actor null", '"p-1"', "null"),
            ("refs null", '"refs":[]', '"refs":null'),
            ("a ref that is a number", '"refs":[]', '"refs":[1]'),
            ("31 November", "2026-01-01", "2026-11-31"),
            ("hour 24", "T00:00", "T24:00"),
            ("second 60", ":00.000260", ":60.000260"),
            ("year 0", "2026-01", "0000-01"),
            ("five decimals", ".000260Z", ".00026Z"),
            ("offset", "Z", "+00:00"),
            ("other digits", "2026-01", "\u0662\u0660\u0662\u0666-01"),
            ("decision an array", '"decision":null', '"decision":[]'),
            ("decision incomplete", '"decision":null', '"decision":{}'),
            ("digest in capitals", '"decision":null', decided(DIGEST.upper())),
            ("digest too short", '"decision":null', decided(DIGEST[:-1])),
            ("question no digest", '"decision":null', decided(rest='"question":"q","unmet":[]')),
            ("unmet null", '"decision":null', decided(rest=f'"question":"{DIGEST}","unmet":null')),
            ("unmet a number", '"decision":null', decided(rest=f'"question":"{DIGEST}","unmet":[1]')),
            ("commitment too short", '"seal":{}', sealed(COMMITMENT[:-1])),
            ("commitment padded", '"seal":{}', sealed(COMMITMENT + "=")),
            ("commitment with spare bits", '"seal":{}', sealed(COMMITMENT[:-1] + "1")),
            ("commitment null", '"seal":{}', '"seal":{"case":null}'),
            ("part outside ASCII", '"seal":{}', f'"seal":{{"ca\u017fe":"{COMMITMENT}"}}'),
        )
    },
}  # fmt: skip


def fine(old: str, new: str) -> Callable[[Log], object]:
    def change(log: Log) -> None:
        entry_is(260, old, new)(log)
        log.old.clear()

    return change


def no_older_tiles(log: Log) -> None:
    for path in ("tile/0/001.p/2", "tile/entries/001.p/2"):
        (log.folder / path).unlink()


# What looks odd and is right: both must accept it.
FINE: Final[dict[str, Callable[[Log], object]]] = {
    "as it is": lambda _: None,
    "a folder that a crash left empty": lambda log: (log.folder / "tile/0/000.p").mkdir(),
    "no older tiles": no_older_tiles,
    "extension lines in the checkpoint": lambda log: log.write(
        "checkpoint",
        sign(
            checkpoint(log.signer, log.entries).partition("\n\n")[0] + "\nmore\n", log.signer
        ).encode(),
    ),
    "signatures of others": lambda log: log.write(
        "checkpoint",
        sign(
            checkpoint(log.signer, log.entries).partition("\n\n")[0] + "\n",
            Signer.generate("other.example"),
            log.signer,
            Signer.generate(log.signer.name),
        ).encode(),
    ),
    "a decision": fine('"decision":null', decided()),
    "a seal": fine('"seal":{}', sealed(COMMITMENT)),
    "nested 32 deep": fine('"days":30', f'"days":{"[" * 32}{"]" * 32}'),
    "brackets in a text": fine('"aggregate"', f'"{"[{" * 99}"'),
    "the largest integer": fine('"days":30', '"days":[9007199254740991,-9007199254740991]'),
    "every escape": fine('"p-1"', '"\\u0000\\b\\t\\n\\f\\r\\u001f\\"\\\\/\x7f\u2028\U0001f600"'),
    "an empty actor and key": fine('"days":30', '"":"","days":true'),
}  # fmt: skip
