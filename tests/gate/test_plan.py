"""The one query: its golden text, and that nothing but whole numbers is ever put in."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beforehand.gate.plan import PRIME, SALTS, digest, keys, sql
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from beforehand.gate.question import Question

    Ask = Callable[..., Question]

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("devices-in-a-rectangle", {}),
        (
            "sightings-in-listed-cells",
            {"measure": "sightings", "area": {"cells": [9, 7, 8]}},
        ),
    ],
)
def test_the_text_is_the_golden_text(
    name: str, changed: dict[str, object], ask_for: Ask
) -> None:
    golden = (GOLDEN / f"{name}.sql").read_text(encoding="ascii")
    assert sql(ask_for(**changed), salt=1) == golden


def test_no_word_of_the_person_who_asks_is_in_the_text(ask_for: Ask) -> None:
    one = sql(ask_for(), salt=1)
    names = ("dataset", "office", "purpose", "request", "assessment", "profile")
    assert sql(ask_for(**{name: f"zz-{name}" for name in names}), salt=1) == one
    assert "'" not in one
    assert '"' not in one
    assert ";" not in one


def test_every_literal_is_a_whole_number(ask_for: Ask) -> None:
    words = set(re.findall(r"[A-Za-z_]\w*", sql(ask_for(), salt=1)))
    assert words == set(re.findall(r"[A-Za-z_]\w*", sql(ask_for(grid=4, l0=25), salt=99)))
    assert not re.search(r"[0-9]\.|[0-9][eE_]", sql(ask_for(), salt=1))


def test_the_salt_changes_what_is_kept_and_nothing_else(ask_for: Ask) -> None:
    texts = [re.sub(r"\d{7,}", "#", sql(ask_for(), salt=salt)) for salt in (1, 2)]
    assert texts[0] == texts[1]
    assert sql(ask_for(), salt=1) != sql(ask_for(), salt=2)


@given(st.integers(0, SALTS - 1))
def test_keys_are_small_enough_for_exact_arithmetic(salt: int) -> None:
    assert all(0 < key < PRIME for key in keys(salt))
    # seed: device below p, cell in two parts of 20 bits, a step below 2^18.
    largest = [PRIME - 1, 2**20 - 1, 2**20 - 1, 2**18 - 1, 1]
    total = sum(part * key for part, key in zip(largest, keys(salt), strict=True))
    assert total < 2**63
    assert (PRIME - 1) ** 2 < 2**63


def test_the_fifth_power_permutes_the_numbers_below_the_prime() -> None:
    # So two pairs of one device share a mix only if they share a seed.
    assert (PRIME - 1) % 5 != 0
    assert 2**PRIME % PRIME == 2 if PRIME < 100 else pow(2, PRIME, PRIME) == 2


@pytest.mark.parametrize(("level", "step"), [(5, 1), (0, 24), (0, 96)])
def test_a_form_finer_than_the_snapshot_is_an_error(
    ask_for: Ask, level: int, step: int
) -> None:
    with pytest.raises(InputError, match="grid and step"):
        sql(ask_for(), salt=1, level=level, step=step)


@pytest.mark.parametrize("salt", [-1, SALTS])
def test_a_salt_out_of_range_is_a_bug(salt: int) -> None:
    with pytest.raises(ValueError, match="salt"):
        keys(salt)


def test_the_digest_is_of_the_text_that_ran() -> None:
    assert digest("SELECT 1") == hashlib.sha256(b"SELECT 1").hexdigest()
