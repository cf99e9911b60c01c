"""Reading back: pages by cursor, what comes next, the Record as of any size or moment."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

import msgspec
import pytest

from beforehand.app import history
from beforehand.app.history import Asked
from beforehand.ledger.entry import decode_trusted
from beforehand.ledger.errors import InconsistentError
from beforehand.ledger.times import parse_time
from beforehand.record.acts import Act
from beforehand.record.facts import SupplierNamed
from beforehand.record.fold import Record, fold
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from beforehand.app.registers import App
    from beforehand.record.view import RecordView


def plain(value: object) -> object:
    """Return a Record's values in a form that compares by content."""
    if isinstance(value, msgspec.Struct):
        return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(map(repr, value))
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return plain(vars(value)) if hasattr(value, "__dict__") else value


def test_the_record_as_of_a_size_is_the_fold_of_that_many_entries(app: App) -> None:
    entries = list(app.recorded())
    chance = random.Random(7)
    sizes = {0, 1, len(entries), *(chance.randrange(len(entries)) for _ in range(50))}
    for size in sizes:
        expected = fold(entries[:size])
        assert plain(history.as_of(app, size)) == plain(expected)
    assert plain(history.as_of(app, 3)) != plain(history.as_of(app, 4))


def test_no_record_is_given_as_of_a_size_that_never_was(app: App) -> None:
    for size in (-1, app.ledger.size + 1):
        with pytest.raises(InputError, match="entries"):
            history.as_of(app, size)


def test_a_moment_holds_the_entries_recorded_by_then(app: App) -> None:
    times = [parse_time(decode_trusted(entry).at) for _, entry in app.ledger.entries()]
    second = timedelta(seconds=1)
    assert history.size_at(app, times[0] - second) == 0
    assert history.size_at(app, times[-1] + second) == len(times)
    for number in (0, 1, 5, len(times) - 1):
        assert history.size_at(app, times[number]) == number + 1
        before = times[number] - timedelta(microseconds=1)
        assert history.size_at(app, before) == sum(one <= before for one in times)


def test_pages_read_on_from_one_another_without_a_gap(app: App) -> None:
    read: list[int] = []
    asked = Asked(limit=7)
    while True:
        page = history.page(app, asked)
        read += [number for number, _ in page.entries]
        if page.after is None:
            break
        assert len(page.entries) == 7
        asked = msgspec.structs.replace(asked, after=page.after)
    assert read == list(range(app.ledger.size))


def test_following_gives_what_is_there_and_then_what_comes(app: App) -> None:
    size = app.ledger.size
    coming = history.follow(app, Asked(after=size - 2))
    assert [number for number, _ in islice(coming, 1)] == [size - 1]
    app.submit(Act(actor="p-fir", fact=SupplierNamed(supplier="one-more")))
    number, entry = next(coming)
    assert (number, decode_trusted(entry).subject) == (size, "one-more")


@pytest.mark.parametrize(
    ("text", "end", "moment"),
    [
        pytest.param("2026-11-25", False, "2026-11-25T00:00:00+00:00", id="a day's start"),
        pytest.param("2026-11-25", True, "2026-11-26T00:00:00+00:00", id="a day's end"),
        pytest.param("2026-11-25T09:30:00Z", False, "2026-11-25T09:30:00+00:00", id="UTC"),
        pytest.param("2026-11-25T09:30", False, "2026-11-25T09:30:00+00:00", id="no zone"),
        pytest.param(
            "2026-11-25T09:30:00+02:00", True, "2026-11-25T07:30:00+00:00", id="a zone"
        ),
    ],
)
def test_a_moment_is_read_as_a_person_writes_it(text: str, end: bool, moment: str) -> None:
    assert history.read_moment(text, where="x", end=end) == datetime.fromisoformat(moment)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-02-30", "9999-12-31", "25:00"])
def test_what_is_no_moment_is_an_error(text: str) -> None:
    with pytest.raises(InputError, match="a day as 2026-11-25"):
        history.read_moment(text, where="--since", end=True)


def test_the_index_is_made_anew_and_what_was_wrong_in_it_is_counted(app: App) -> None:
    size = app.ledger.size
    assert history.rebuild(app) == history.Rebuilt(entries=size, index=0)
    with closing(sqlite3.connect(app.settings.index)) as db, db:
        db.execute("UPDATE named SET actor = 'p-nobody' WHERE number IN (3, 4)")
        db.execute("DELETE FROM named WHERE number = 5")
    wrong = [number for number, _ in app.find(actor="p-nobody")]
    assert wrong == [3, 4]
    # A row that is missing shifts those after it in the comparison: all of them are counted.
    assert history.rebuild(app).index >= 3
    assert app.find(actor="p-nobody") == []
    assert history.rebuild(app).index == 0


def test_an_index_that_is_thrown_away_is_made_again(app: App) -> None:
    before = app.find(kind="act.refused")
    assert before
    app.settings.index.unlink()
    assert app.find(kind="act.refused") == before


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        pytest.param(
            "UPDATE entries SET bytes = (SELECT bytes FROM entries WHERE number = 2)"
            " WHERE number = 1",
            "entry 2: its time",
            id="an entry put in the place of another",
        ),
        pytest.param(
            "UPDATE entries SET bytes = CAST(replace(CAST(bytes AS TEXT), 'p-alder', 'p-other')"
            " AS BLOB)",
            "not what they hash to",
            id="every entry in another's name",
        ),
    ],
)
def test_a_tree_that_is_not_its_entries_is_said_and_not_mended(
    app: App, statement: str, says: str
) -> None:
    with closing(sqlite3.connect(app.settings.ledger)) as db, db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            db.execute(f"DROP TRIGGER {name}")
        db.execute(statement)
    with pytest.raises(InconsistentError, match=says):
        history.rebuild(app)


def test_two_records_differ_for_the_comparison_when_one_fact_does(app: App) -> None:
    def changed() -> RecordView:
        record = Record()
        for entry in app.recorded():
            if not isinstance(entry.fact, SupplierNamed):
                record.apply(entry)
        return record

    assert plain(changed()) != plain(history.as_of(app, app.ledger.size))
