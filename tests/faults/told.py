"""What a ledger told the world, and the laws that must hold of it after any fault."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final, Self, TypeAlias

import msgspec

from beforehand.ledger import (
    Checkpoint,
    Envelope,
    Ledger,
    Signer,
    Verifier,
    encode,
    next_time,
    parse_time,
    publish,
    verify_folder,
)
from beforehand.ledger.anchor import Anchor
from beforehand.ledger.checkpoint import open_checkpoint
from beforehand.ledger.entry import decode_trusted
from beforehand.ledger.errors import LedgerError
from beforehand.ledger.merkle import root_at
from beforehand.ledger.tiles import WIDTH, hashes_at, parse_path

ORIGIN: Final = "ledger.example/faults"
_START: Final = parse_time("2026-01-01T00:00:00.000000Z")


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a ledger lies, with what it published, its anchor and its key.

    folder     of everything that is a file
    database   the address of the ledger where it is not a file
    """

    folder: str
    database: str | None = None

    @classmethod
    def make(cls, root: Path, *, database: str | None = None) -> Self:
        place = cls(folder=str(root), database=database)
        (root / "elsewhere").mkdir(parents=True)
        (root / "key").write_text(Signer.generate(ORIGIN).private_text, encoding="ascii")
        return place

    @property
    def root(self) -> Path:
        return Path(self.folder)

    @property
    def address(self) -> Path | str:
        return self.database or self.root / "ledger.sqlite"

    @property
    def store(self) -> str:
        return "postgresql" if self.database else "sqlite"

    @property
    def published(self) -> Path:
        return self.root / "published"

    def signer(self) -> Signer:
        return Signer.from_private_text((self.root / "key").read_text(encoding="ascii"))

    def anchor(self) -> Anchor:
        return Anchor(self.root / "elsewhere" / "anchor")


class Acknowledged(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """An entry was said to be durable at this index."""

    index: int
    id: str


class Published(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A signed checkpoint was said to be shown."""

    note: str


Saying: TypeAlias = Acknowledged | Published


def read_sayings(output: bytes) -> list[Saying]:
    """Return what a process said before it died; a last line that it did not finish is none."""
    whole = output[: output.rfind(b"\n") + 1]
    decoder = msgspec.json.Decoder(Saying)
    return [decoder.decode(line) for line in whole.splitlines()]


def entry(ledger: Ledger, name: str) -> bytes:
    """Return the next entry of a ledger; to be made inside a group."""
    return entry_at(next_time(ledger.last_time(), _START), name)


def entry_at(at: str, name: str) -> bytes:
    return encode(
        Envelope(
            actor="p-1",
            at=at,
            data=msgspec.Raw(b"{}"),
            decision=None,
            id=name,
            kind="k",
            kv=1,
            refs=(),
            seal={},
            subject="s-1",
        )
    )


class BrokenLawError(Exception):
    """A fault lost or contradicted what the ledger had told the world."""


class Told:
    """Everything that was told of one ledger.

    entries   index -> id, each acknowledged
    shown     signed checkpoints that publishing acknowledged: the last is still to be seen
    seen      signed checkpoints that anybody may have seen, acknowledged or not
    """

    def __init__(self, sayings: Iterable[Saying] = ()) -> None:
        self.entries: dict[int, str] = {}
        self.shown: list[str] = []
        self.seen: list[str] = []
        self.add(sayings)

    def add(self, sayings: Iterable[Saying]) -> None:
        for one in sayings:
            match one:
                case Acknowledged(index=index, id=name):
                    if self.entries.setdefault(index, name) != name:
                        raise BrokenLawError(
                            f"entry {index} was said to be {self.entries[index]} and {name}"
                        )
                case Published(note=note):
                    self.shown.append(note)

    def copy(self) -> "Told":
        other = Told()
        other.entries |= self.entries
        other.shown += self.shown
        other.seen += self.seen
        return other

    def check(self, place: Place) -> None:
        """Raise BrokenLawError, or what the product raises, unless every law holds.

        Appends and publishes too: a ledger that can only be read has not come through.
        """
        with closing(Ledger.open(place.address)) as ledger:
            self._check_entries(ledger)
            self._check_checkpoints(ledger, place)
            self._check_published(place)
            self._work_on(ledger, place)

    def _check_entries(self, ledger: Ledger) -> None:
        ids = [decode_trusted(one).id for _, one in ledger.entries()]
        if len(set(ids)) != len(ids):
            raise BrokenLawError("an id is there twice")
        for index, name in self.entries.items():
            if index >= len(ids) or ids[index] != name:
                raise BrokenLawError(
                    f"entry {index} was acknowledged as {name}, and is"
                    f" {ids[index] if index < len(ids) else 'lost'}"
                )

    def _check_checkpoints(self, ledger: Ledger, place: Place) -> None:
        verifier = place.signer().verifier
        size = ledger.size
        with ledger.hashes(size) as hash_at:
            for note in {*self.shown, *self.seen}:
                one = open_checkpoint(note, verifier)
                if one.size > size or root_at(one.size, hash_at) != one.root:
                    raise BrokenLawError(
                        f"a checkpoint of {one.size} was shown, and the {size} entries contradict it"
                    )
        held = place.anchor().check(ledger, known=lambda: [verifier])
        _require_reached(self.shown, held, place, "the anchor holds")

    def _check_published(self, place: Place) -> None:
        path = place.published / "checkpoint"
        held = None
        if path.exists():
            vkey = place.signer().verifier.vkey
            held = verify_shown(place.published, vkey)
            self.seen.append(path.read_text(encoding="utf-8"))
        _require_reached(self.shown, held, place, "the folder shows")

    def _work_on(self, ledger: Ledger, place: Place) -> None:
        with ledger.group():
            name = f"after {ledger.size}"
            index = ledger.append(entry(ledger, name))
        signer = place.signer()
        signed = publish(ledger, place.published, signer, anchor=place.anchor())
        old = {*self.shown, *self.seen}
        verify_folder(place.published, signer.verifier.vkey, old_checkpoints=old)
        self.add([Acknowledged(index=index, id=name), Published(note=signed.note)])


def _require_reached(
    shown: list[str], held: Checkpoint | None, place: Place, where: str
) -> None:
    verifier = place.signer().verifier
    told = max((open_checkpoint(one, verifier).size for one in shown), default=None)
    if told is not None and (held is None or held.size < told):
        raise BrokenLawError(
            f"a checkpoint of {told} was published, and {where} {held and held.size}"
        )


def verify_shown(folder: Path, vkey: str) -> Checkpoint:
    """Verify what a reader finds who starts at `checkpoint`.

    What a run that was cut short wrote beyond the checkpoint is left aside; verify_folder
    refuses it until the next run has covered it.
    """
    note = (folder / "checkpoint").read_text(encoding="utf-8", errors="replace")
    size = open_checkpoint(note, Verifier.from_vkey(vkey)).size
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        copy = Path(name) / "copy"
        shutil.copytree(folder, copy, copy_function=os.link)
        for path in _beyond(copy, size):
            path.unlink()
        return verify_folder(copy, vkey)


def _beyond(folder: Path, size: int) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        if path.name == ".checkpoint.new":
            yield path
            continue
        try:
            tile = parse_path(path.relative_to(folder).as_posix())
        except LedgerError:
            continue  # verifying names it
        if tile.index * WIDTH + tile.width > hashes_at(tile.level, size):
            yield path
