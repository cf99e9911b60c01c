"""The anchor: it holds the newest checkpoint, never goes back, and shows an older database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

import pytest

from beforehand.ledger import Ledger, Signer, Verifier, publish
from beforehand.ledger.anchor import Anchor
from beforehand.ledger.errors import (
    AnchorError,
    InconsistentError,
    NotOursError,
    OvertakenError,
    RolledBackError,
)
from beforehand.ledger.shelves import Folder

# The package gives its function the module's name.
publishing_module = import_module("beforehand.ledger.publish")

Fill: TypeAlias = Callable[[int], None]
Make: TypeAlias = Callable[..., bytes]


@pytest.fixture
def anchor(tmp_path: Path) -> Anchor:
    (tmp_path / "elsewhere").mkdir()
    return Anchor(tmp_path / "elsewhere" / "anchor")


def beside(anchor: Anchor, name: str) -> Path:
    """Return a path in the test's own folder, of which the anchor's is one part."""
    return anchor.path.parent.parent / name


def test_the_anchor_follows_the_newest_recorded_checkpoint(
    ledger: Ledger, fill: Fill, signer: Signer, anchor: Anchor
) -> None:
    for size in (3, 300):
        fill(size)
        signed = publish(ledger, beside(anchor, "out"), signer, anchor=anchor)
        assert anchor.path.read_text(encoding="utf-8") == signed.note
        found = anchor.check(ledger, known=tuple)
        assert found is not None
        assert found.size == size


def test_the_anchor_never_goes_back(
    ledger: Ledger, fill: Fill, signer: Signer, anchor: Anchor
) -> None:
    fill(3)
    older = publish(ledger, beside(anchor, "out"), signer, anchor=anchor)
    fill(4)
    newer = publish(ledger, beside(anchor, "out"), signer, anchor=anchor)
    anchor.move(older)
    assert anchor.path.read_text(encoding="utf-8") == newer.note


def test_the_anchor_moves_after_the_record_and_before_anybody_sees_the_checkpoint(
    ledger: Ledger,
    fill: Fill,
    signer: Signer,
    anchor: Anchor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill(3)
    out = Folder(beside(anchor, "out"))
    at: list[tuple[int, int, bool]] = []

    def noting(name: str) -> None:
        step = getattr(publishing_module, name)

        def noted(*given: object, **named: object) -> object:
            held = anchor.path.stat().st_size if anchor.path.exists() else -1
            at.append((len(ledger.checkpoints()), held, out.read("checkpoint") is not None))
            return step(*given, **named)

        monkeypatch.setattr(publishing_module, name, noted)

    for name in (
        "write_tiles",
        "record_checkpoint",
        "move_anchor",
        "show_checkpoint",
        "remove_partials",
    ):
        noting(name)
    size = len(publish(ledger, out, signer, anchor=anchor).note.encode())
    assert at == [
        (0, -1, False),
        (0, -1, False),
        (1, 0, False),
        (1, size, False),
        (1, size, True),
    ]


def restored_copy(ledger: Ledger, path: Path) -> Path:
    with closing(sqlite3.connect(ledger.store.address)) as db:
        db.execute("VACUUM INTO ?", (str(path),))
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
    return path


@pytest.mark.parametrize(
    "grown",
    [
        pytest.param(0, id="as it was"),
        pytest.param(1, id="grown to where the anchor is"),
        pytest.param(5, id="grown beyond it"),
    ],
)
def test_an_older_database_is_seen_from_the_anchor_alone(
    sqlite_ledger: Ledger,
    entry: Make,
    signer: Signer,
    anchor: Anchor,
    grown: int,
) -> None:
    ledger = sqlite_ledger
    append(ledger, entry, range(3))
    publish(ledger, beside(anchor, "out"), signer, anchor=anchor)
    copy = restored_copy(ledger, beside(anchor, "restored.sqlite"))
    append(ledger, entry, range(3, 4))
    publish(ledger, beside(anchor, "out"), signer, anchor=anchor)
    note = anchor.path.read_bytes()
    with closing(Ledger.open(copy)) as restored:
        # The same entries or others: neither is what this database signed.
        append(restored, entry, range(10, 10 + grown))
        with pytest.raises(InconsistentError) as said:
            anchor.check(restored, known=lambda: [signer.verifier])
        assert isinstance(said.value, RolledBackError) == (grown == 0)
        assert "Put the newest copy of the register in its place" in str(said.value)
        with pytest.raises(InconsistentError):
            publish(restored, beside(anchor, "new"), signer, anchor=anchor)
        assert len(restored.checkpoints()) == 1
    assert anchor.path.read_bytes() == note
    assert not (beside(anchor, "new") / "checkpoint").exists()


def test_a_database_with_the_same_entries_and_a_lost_checkpoint_is_rolled_back_too(
    sqlite_ledger: Ledger, entry: Make, signer: Signer, anchor: Anchor
) -> None:
    append(sqlite_ledger, entry, range(3))
    copy = restored_copy(sqlite_ledger, beside(anchor, "restored.sqlite"))
    publish(sqlite_ledger, beside(anchor, "out"), signer, anchor=anchor)
    with (
        closing(Ledger.open(copy)) as restored,
        pytest.raises(RolledBackError, match="no record"),
    ):
        publish(restored, beside(anchor, "out"), signer)


def append(ledger: Ledger, entry: Make, numbers: range) -> None:
    with ledger.group():
        for number in numbers:
            ledger.append(entry(number))


def test_a_missing_anchor_is_an_error_unless_nothing_was_ever_recorded(
    ledger: Ledger, fill: Fill, signer: Signer, anchor: Anchor
) -> None:
    fill(3)
    assert anchor.check(ledger, known=tuple) is None
    publish(ledger, beside(anchor, "out"), signer, anchor=anchor)
    anchor.path.unlink()
    with pytest.raises(
        AnchorError, match="copy the `checkpoint` of the newest publication"
    ):
        anchor.check(ledger, known=tuple)
    fill(4)
    with pytest.raises(AnchorError):
        publish(ledger, beside(anchor, "out"), signer, anchor=anchor)
    assert len(ledger.checkpoints()) == 1
    anchor.path.write_bytes((beside(anchor, "out") / "checkpoint").read_bytes())
    publish(ledger, beside(anchor, "out"), signer, anchor=anchor)
    anchor.path.unlink()
    anchor.path.parent.rmdir()
    with pytest.raises(AnchorError, match="is its volume mounted"):
        anchor.check(ledger, known=tuple)


def test_a_crash_between_the_record_and_the_first_anchor_does_not_lock_the_register(
    ledger: Ledger,
    fill: Fill,
    signer: Signer,
    anchor: Anchor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill(3)

    def crash(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(publishing_module, "move_anchor", crash)
        with pytest.raises(MemoryError):
            publish(ledger, beside(anchor, "out"), signer, anchor=anchor)
    assert len(ledger.checkpoints()) == 1
    assert anchor.check(ledger, known=tuple) is None
    signed = publish(ledger, beside(anchor, "out"), signer, anchor=anchor)
    assert anchor.path.read_text(encoding="utf-8") == signed.note


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"nonsense", id="damaged"),
        pytest.param(b"\xff\xfe", id="no text"),
        pytest.param(None, id="another log"),
    ],
)
def test_an_anchor_that_is_not_ours_is_refused_and_left_as_it_is(
    ledger: Ledger,
    fill: Fill,
    signer: Signer,
    anchor: Anchor,
    content: bytes | None,
) -> None:
    fill(3)
    if content is None:
        with closing(
            Ledger.create(beside(anchor, "b.sqlite"), origin="b.example")
        ) as other:
            note = publish(other, beside(anchor, "b"), Signer.generate("b.example")).note
        content = note.encode()
    anchor.path.write_bytes(content)
    with pytest.raises(NotOursError, match="no checkpoint of this log"):
        publish(ledger, beside(anchor, "out"), signer, anchor=anchor)
    assert anchor.path.read_bytes() == content
    assert ledger.checkpoints() == []


def test_a_recorded_note_is_known_to_the_letter_and_any_other_needs_a_key(
    ledger: Ledger, fill: Fill, signer: Signer, anchor: Anchor
) -> None:
    fill(3)
    signed = publish(ledger, beside(anchor, "out"), signer, anchor=anchor)

    def nobody() -> list[Verifier]:
        raise AssertionError("no key is needed")

    anchor.check(ledger, known=nobody)
    forged = signed.note.replace("\n3\n", "\n4\n")
    anchor.path.write_text(forged, encoding="utf-8")
    with pytest.raises(NotOursError, match="is false"):
        anchor.check(ledger, known=lambda: [signer.verifier])


def test_of_two_publishers_the_one_who_was_overtaken_signs_nothing(
    ledger: Ledger, fill: Fill, signer: Signer, tmp_path: Path
) -> None:
    fill(3)
    edge = ledger.head()
    fill(4)
    publish(ledger, tmp_path / "out", signer)
    with pytest.raises(OvertakenError, match="publish again"):
        publish(ledger, tmp_path / "late", signer, upto=edge)
    assert len(ledger.checkpoints()) == 1
    assert not (tmp_path / "late" / "checkpoint").exists()
