"""The digits of a code."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from app.card.service.code_numbers import (
    code_hash,
    has_check_digit,
    is_online,
    new_code,
    possible_hashes,
)
from app.core.keys.provider import SecretKey

DRAWN = st.integers(min_value=0, max_value=10**15 - 1)


class Ring:
    """Keys by age, newest first."""

    def __init__(self, *materials: bytes) -> None:
        self.known = [SecretKey(kid=str(n), material=m) for n, m in enumerate(materials)]

    @property
    def active(self) -> SecretKey:
        return self.known[0]

    def find(self, kid: str) -> SecretKey | None:
        return next((key for key in self.known if key.kid == kid), None)


@given(DRAWN)
def test_a_code_has_18_digits_of_which_15_are_the_drawn_number(drawn: int) -> None:
    code = new_code(lambda _: drawn)
    assert re.fullmatch(r"[0-9]{18}", code)
    assert is_online(code)
    assert has_check_digit(code)
    assert int(code[2:17]) == drawn


def test_all_fifteen_digits_are_drawn() -> None:
    drawn_last = new_code(lambda upper: upper - 1)
    assert drawn_last[2:17] == "9" * 15


@given(DRAWN, st.integers(0, 17), st.integers(1, 9))
def test_any_single_wrong_digit_is_found(drawn: int, at: int, off: int) -> None:
    code = new_code(lambda _: drawn)
    wrong = code[:at] + str((int(code[at]) + off) % 10) + code[at + 1 :]
    assert not has_check_digit(wrong)


@given(DRAWN, st.integers(0, 16))
def test_any_swap_of_neighbours_is_found(drawn: int, at: int) -> None:
    code = new_code(lambda _: drawn)
    swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    assert has_check_digit(swapped) == (swapped == code)


def test_a_code_made_before_a_rotation_is_found_after_it() -> None:
    code = new_code(lambda _: 42)
    stored = code_hash(Ring(b"old" * 8), code)
    assert stored in possible_hashes(Ring(b"new" * 8, b"old" * 8), code)


def test_a_code_is_not_looked_for_under_keys_long_gone() -> None:
    code = new_code(lambda _: 42)
    stored = code_hash(Ring(b"old" * 8), code)
    assert stored not in possible_hashes(Ring(b"two" * 8, b"one" * 8, b"old" * 8), code)


def test_the_hash_depends_on_the_key() -> None:
    code = new_code(lambda _: 42)
    assert code_hash(Ring(b"one" * 8), code) != code_hash(Ring(b"two" * 8), code)
