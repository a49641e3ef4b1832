"""What each purpose discloses."""

from __future__ import annotations

import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.card.schemas import Purpose
from app.card.service.purposes import PURPOSES, Mask

NUMBER = "990101199001011234"


@given(st.text(min_size=1, max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_a_mask_keeps_the_length_and_hides_at_least_one_character(
    value: str, first: int, last: int
) -> None:
    masked = Mask(first=first, last=last).apply(value)
    assert len(masked) == len(value)
    assert "*" in masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张伟", "张*"), ("欧阳修", "欧**"), ("阿依古丽·买买提", "阿*******"), ("丁", "*")],
)
def test_of_a_name_the_first_character_stays(name: str, masked: str) -> None:
    assert PURPOSES["02121"].name.apply(name) == masked


@pytest.mark.parametrize(
    ("purpose", "masked"),
    [
        ("01101", "9901**********1234"),
        ("01301", "9901**********1234"),
        ("01302", "**************1234"),
        ("02121", "9901**********1234"),
    ],
)
def test_of_a_number_each_purpose_shows_only_its_part(purpose: str, masked: str) -> None:
    assert PURPOSES[purpose].citizen_number.apply(NUMBER) == masked


def test_every_purpose_of_the_contract_says_what_it_discloses() -> None:
    assert set(typing.get_args(Purpose)) == set(PURPOSES)
