"""Yuan and fen: exact, both ways, whatever is written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.settlement.chs.numbers import merchant_code
from app.settlement.chs.yuan import fen_of, units_of, yuan_of

AMOUNTS = st.integers(min_value=0, max_value=10**12 - 1)


@given(AMOUNTS)
@example(0)
@example(1)
@example(2**53 + 1)
def test_what_is_written_is_read_again(fen: int) -> None:
    assert fen_of(yuan_of(fen % 10**12)) == fen % 10**12


def test_places_that_are_left_out_are_zeros() -> None:
    assert (fen_of("7"), fen_of("12.5"), fen_of("0.05")) == (700, 1250, 5)


@given(AMOUNTS, st.integers(min_value=0, max_value=4))
def test_zeros_at_the_end_are_nothing(fen: int, zeros: int) -> None:
    assert fen_of(yuan_of(fen) + "0" * zeros) == fen


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_it_is_written_as_decimal_arithmetic_has_it(fen: int) -> None:
    assert Decimal(yuan_of(fen)) == Decimal(fen) / 100
    assert len(yuan_of(fen).partition(".")[2]) == 2


@given(st.text(max_size=24) | st.text("0123456789.+-eE_, ٣", max_size=14))
def test_no_text_is_read_as_another_amount(text: str) -> None:
    try:
        fen = fen_of(text)
    except ValueError:
        return
    assert text.isascii()
    assert Decimal(text) * 100 == fen
    assert 0 <= fen < 10**12


@pytest.mark.parametrize(
    "text",
    ["", ".", "1.", ".5", "01", "-1", "+1", "1e2", "1,5", " 1", "1\n", "1_0", "٣", "NaN", "1.001"],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"decimal|fen"):
        fen_of(text)


def test_units_are_whole() -> None:
    assert (units_of("2"), units_of("12.0000")) == (2, 12)
    for text in ("0.5", "2.0001", "two", "-1"):
        with pytest.raises(ValueError, match=r"decimal|unit"):
            units_of(text)


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_merchants_code_has_twelve_characters_and_never_changes(one: str, two: str) -> None:
    assert merchant_code(one).isascii()
    assert len(merchant_code(one)) == 12
    assert (merchant_code(one) == merchant_code(two)) == (one == two)
