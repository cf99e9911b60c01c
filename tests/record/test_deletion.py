"""What a deletion takes, worked out from public values alone; and what the Record forgets by it."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beforehand.ledger.entry import Envelope
from beforehand.record import encoding
from beforehand.record import facts as f
from beforehand.record.custody import DeletionDecided
from beforehand.record.deletion import covers, texts
from beforehand.record.fold import Record
from beforehand.record.kinds import DecidedFact
from tests.record.generated import asked
from tests.world import AREA, Step, record, steps

AT = "2026-11-20T10:00:00.000000Z"
DAY, NEXT = "2026-11-20", "2026-11-21"


def entry(fact: DecidedFact, actor: str = "analyst", at: str = AT) -> Envelope:
    seal = dict.fromkeys(type(fact).sealed, "A" * 43)
    return encoding.envelope(
        fact, actor=actor, at=at, entry_id="e-1", decision=None, seal=seal
    )


def deletion(before: str = NEXT, *keeping: str) -> DeletionDecided:
    return DeletionDecided(deletion="d-1", before=before, keeping=keeping, parts=1)


REQUESTED = entry(steps()["request"].fact)
ASKED = entry(asked("q-1").fact)
NAMED = entry(steps()["lawyer"].fact, "root")
REFUSED = entry(f.ActRefused(refused="award", on="c-9", office=None), "buyer")


@pytest.mark.parametrize(
    ("one", "decided", "goes"),
    [
        pytest.param(REQUESTED, deletion(), True, id="recorded the day before"),
        pytest.param(REQUESTED, deletion(DAY), False, id="recorded on the day itself"),
        pytest.param(REQUESTED, deletion(NEXT, "test"), False, id="everything is held"),
        pytest.param(REQUESTED, deletion(NEXT, "r-1"), False, id="held as what it is about"),
        pytest.param(REQUESTED, deletion(NEXT, "analyst"), False, id="held as who acted"),
        pytest.param(REQUESTED, deletion(NEXT, "routes"), False, id="held by its office"),
        pytest.param(REQUESTED, deletion(NEXT, "feed"), False, id="held by its dataset"),
        pytest.param(REQUESTED, deletion(NEXT, "r-2"), True, id="another is held"),
        pytest.param(REQUESTED, deletion(NEXT, "r-2", "pia"), False, id="one of two is its own"),
        pytest.param(REQUESTED, deletion(NEXT, "r"), True, id="a piece of its id is no hold on it"),
        pytest.param(REQUESTED, deletion(NEXT, "request"), True, id="the name of a field is none"),
        pytest.param(ASKED, deletion(NEXT, "r-1"), False, id="a question under a held request"),
        pytest.param(ASKED, deletion(NEXT, "q-2"), True, id="another question is held"),
        pytest.param(NAMED, deletion(NEXT, "lawyer"), False, id="whom it is about"),
        pytest.param(NAMED, deletion(NEXT, "counsel"), False, id="a word in a list"),
        pytest.param(REFUSED, deletion(), True, id="a refused act"),
        pytest.param(REFUSED, deletion(NEXT, "r-2"), False, id="a refused act while anything is held"),
    ],
)  # fmt: skip
def test_an_entry_goes_or_stays(
    one: Envelope, decided: DeletionDecided, *, goes: bool
) -> None:
    assert covers(decided, one, register="test") == goes


def test_the_texts_of_a_value_are_all_that_stand_in_it_but_keys() -> None:
    value = {"a": "x", "b": ["y", {"c": ["z", 1, None, True]}], "d": {}}
    assert list(texts(value)) == ["x", "y", "z"]


def after(*more: Step) -> Record:
    return record((), *more)


keepings = st.lists(
    st.sampled_from(["r-1", "r-2", "analyst", "routes", "feed", "pia", "test", "nobody"]),
    max_size=3,
).map(tuple)


@settings(max_examples=40, deadline=None)
@given(keepings, st.sampled_from([DAY, NEXT]))
def test_the_record_forgets_exactly_what_goes(
    keeping: tuple[str, ...], before: str
) -> None:
    """Else a process that ran on would decide by what another, started after, cannot see."""
    decided = DeletionDecided(deletion="d-1", before=before, keeping=keeping, parts=1)
    view = after(asked("q-1"), Step(fact=decided, actor="keeper", at=AT))
    goes = covers(decided, REQUESTED, register="test")
    request = view.requests["r-1"]
    assert (request.area, request.has_case) == ((None, None) if goes else (AREA, True))
    goes = covers(decided, ASKED, register="test")
    assert (view.questions["q-1"].form is None) == goes


def test_what_is_recorded_after_a_deletion_is_known_as_ever() -> None:
    gone = Step(fact=deletion(), actor="keeper", at=AT)
    again = msgspec.structs.replace(steps()["request"].fact, request="r-2")
    view = after(
        gone, Step(fact=again, actor="analyst", at=AT, opened=steps()["request"].opened)
    )
    assert view.requests["r-1"].area is None
    assert view.requests["r-2"].area == AREA
