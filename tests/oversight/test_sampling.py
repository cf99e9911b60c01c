"""Which questions a supervisor reads: drawn by a seed, and never without those that show a pattern."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from beforehand.oversight.sampling import Put, coworkers_of, draw, patterns
from beforehand.record.terms import Area
from beforehand.record.using import Flag
from tests.world import record

HOME = Area(columns=(100, 102), rows=(100, 102))
SEED = bytes(32)


def put(
    name: str, *, by: str = "ana", area: Area | None = HOME, case: bool | None = True
) -> Put:
    return Put(
        entry=1, question=name, at="", by=by, request="r", purpose="p", area=area, case=case
    )


def shown(one: Put, declared: dict[str, list[Area]]) -> set[str]:
    people = {"ana": frozenset({"ana", "ben"})}
    return {flag.pattern for flag in patterns([one], declared, people)}


def test_a_look_at_ones_own_places_a_coworkers_and_a_strangers() -> None:
    assert shown(put("q"), {"ana": [HOME]}) == {"own"}
    assert shown(put("q"), {"ben": [HOME]}) == {"coworker"}
    assert shown(put("q"), {"ana": [HOME], "ben": [HOME]}) == {"own", "coworker"}
    assert shown(put("q"), {"zoe": [HOME]}) == set()


def test_one_shared_cell_is_enough_and_a_shared_edge_is_none() -> None:
    touching = Area(columns=(101, 110), rows=(101, 110))
    beside = Area(columns=(102, 110), rows=(100, 102))
    assert shown(put("q", area=touching), {"ben": [HOME]}) == {"coworker"}
    assert shown(put("q", area=beside), {"ben": [HOME]}) == set()


def test_a_question_about_a_whole_town_looks_at_nobodys_home() -> None:
    town = Area(columns=(0, 41), rows=(80, 120))
    street = Area(columns=(80, 120), rows=(80, 120))
    assert (
        shown(put("q", area=town), {"ben": [Area(columns=(0, 1), rows=(90, 91))]}) == set()
    )
    assert shown(put("q", area=street), {"ben": [HOME]}) == {"coworker"}


def test_no_case_and_one_that_can_no_longer_be_opened_are_both_flagged() -> None:
    assert shown(put("q", case=False, area=None), {}) == {"no_case"}
    assert shown(put("q", case=None, area=None), {}) == {"no_case"}


def test_coworkers_are_those_of_the_office_and_of_those_above_and_below() -> None:
    found = coworkers_of(record(), "analyst")
    assert {"analyst", "supervisor", "root"} <= found
    assert "lawyer" not in found


@given(
    st.integers(0, 300),
    st.sets(st.integers(0, 299), max_size=5),
    st.binary(min_size=32, max_size=32),
)
def test_a_draw_has_every_flagged_question_and_a_tenth_of_the_rest(
    count: int, marked: set[int], seed: bytes
) -> None:
    questions = [put(f"q-{number}") for number in range(count)]
    flags = [
        Flag(question=f"q-{number}", pattern="own") for number in marked if number < count
    ]
    drawn = draw(questions, flags, seed=seed)
    flagged = {one.question for one in flags}
    others = count - len(flagged)
    assert flagged <= set(drawn)
    assert (
        len(set(drawn))
        == len(drawn)
        == len(flagged) + min(others, max(5, -(-others // 10)))
    )
    assert drawn == draw(questions, flags, seed=seed)


def test_another_seed_draws_other_questions() -> None:
    questions = [put(f"q-{number}") for number in range(100)]
    assert draw(questions, [], seed=SEED) != draw(questions, [], seed=b"1" * 32)
