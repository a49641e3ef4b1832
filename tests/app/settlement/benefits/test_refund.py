"""Units taken back cost each payer what they paid, and never a fen more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settlement.benefits.basket import MOST_QUANTITY
from app.settlement.benefits.errors import BasketRefused, Reason
from app.settlement.benefits.outcome import LineSplit
from app.settlement.benefits.refund import rest, take_back
from app.settlement.benefits.split import Category, Line, Standing, Terms, split
from tests.app.settlement.benefits.baskets import BASKETS, REFERENCE, STANDINGS, TERMS
from tests.app.settlement.benefits.baskets import standing as standing_of
from tests.app.settlement.benefits.baskets import terms as terms_of
from tests.app.settlement.benefits.test_split_promises import COMPONENTS, identities


@given(BASKETS, TERMS, STANDINGS, st.data())
def test_units_taken_back_one_after_another_come_to_the_line(
    basket: list[Line], terms: Terms, where: Standing, data: st.DataObject
) -> None:
    whole = left_over = split(basket, terms, where).lines[0]
    left = data.draw(st.integers(1, 30))
    parts = []
    while left:
        units = data.draw(st.integers(1, left))
        part = take_back(left_over, units=units, left=left)
        left_over, left = rest(left_over, part), left - units
        identities(part)
        identities(left_over)
        parts.append(part)
    assert left_over == LineSplit(whole.code, *[0] * len(COMPONENTS))
    for name in COMPONENTS:
        assert sum(getattr(part, name) for part in parts) == getattr(whole, name)


def test_half_of_a_line_is_half_of_every_component() -> None:
    where = standing_of(account=120_00)
    line = split(REFERENCE[:1], terms_of(), where).lines[0]
    part = take_back(line, units=2, left=4)
    assert (part.total, part.in_scope, part.fund, part.account) == (60_00, 60_00, 36_00, 24_00)


def test_one_of_the_most_units_can_be_taken_back() -> None:
    line = split(
        [Line(code="A", category=Category.A, amount=MOST_QUANTITY)], terms_of(), standing_of()
    ).lines[0]
    assert take_back(line, units=1, left=MOST_QUANTITY).total == 1


def test_the_price_of_a_unit_goes_back_whole() -> None:
    line = split(
        [Line(code="A", category=Category.A, amount=3 * 333)], terms_of(), standing_of()
    ).lines[0]
    assert take_back(line, units=1, left=3).total == 333


@pytest.mark.parametrize(
    ("units", "left"), [(0, 3), (-1, 3), (4, 3), (1, MOST_QUANTITY + 1), (True, 1)]
)
def test_more_units_than_are_left_are_refused(units: int, left: int) -> None:
    line = split(REFERENCE, terms_of(), standing_of()).lines[0]
    with pytest.raises(BasketRefused) as refused:
        take_back(line, units=units, left=left)
    assert refused.value.reason is Reason.UNITS
