"""What a basket costs whom, by example."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.settlement.benefits.basket import (
    LONGEST_CODE,
    MOST_BANDS,
    MOST_FEN,
    MOST_LINE_FEN,
    MOST_LINES,
    MOST_QUANTITY,
)
from app.settlement.benefits.basket import line_amount as amount_of
from app.settlement.benefits.errors import BasketRefused, Reason
from app.settlement.benefits.split import Band, Category, Line, Split, Standing, Terms, split
from tests.app.settlement.benefits.baskets import FULL, REFERENCE, standing, terms

GUIDE = Path(__file__).parents[4] / "docs" / "benefits.md"
CASES: dict[str, tuple[Standing, tuple[int, int, int, int, int, int]]] = {
    "deductible left 1000, account 150": (
        standing(left=1000_00, account=150_00),
        (282_00, 0, 350_00, 150_00, 0, 200_00),
    ),
    "met, account 150, mutual 50": (
        standing(account=150_00, mutual=50_00),
        (0, 169_20, 180_80, 180_80, 30_80, 0),
    ),
    "met, cap left 40, account 0": (
        standing(cap=40_00),
        (0, 40_00, 310_00, 0, 0, 310_00),
    ),
    "left 100, account 0, mutual ample": (
        standing(left=100_00, mutual=FULL),
        (100_00, 109_20, 240_80, 240_80, 240_80, 0),
    ),
}


@pytest.mark.parametrize(("where", "paid"), CASES.values(), ids=CASES)
def test_the_reference_cases_come_out_to_the_fen(
    where: Standing, paid: tuple[int, int, int, int, int, int]
) -> None:
    told = split(REFERENCE, terms(), where)
    assert (told.own, told.over, told.self_first, told.in_scope) == (30_00, 20_00, 18_00, 282_00)
    assert (
        told.deductible,
        told.fund,
        told.person,
        told.account,
        told.mutual,
        told.cash,
    ) == paid


def test_the_guide_prints_the_reference_cases_as_they_come_out() -> None:
    rows = [row.strip("| \n").split(" | ") for row in GUIDE.read_text(encoding="utf-8").split("\n")]
    printed = {row[0]: [fen(text) for text in row[1:]] for row in rows if row[0] in CASES}
    assert printed == {name: list(paid) for name, (_, paid) in CASES.items()}


def fen(yuan: str) -> int:
    return int(yuan.replace(".", ""))


def test_what_is_paid_first_is_rounded_half_up_once_a_line() -> None:
    line = Line(code="B", category=Category.B, amount=5, self_first_bp=1000)
    assert split([line], terms(), standing()).self_first == 1
    assert split([line, line], terms(), standing()).self_first == 2
    below = Line(code="B", category=Category.B, amount=4, self_first_bp=1000)
    assert split([below], terms(), standing()).self_first == 0


def test_only_what_is_below_the_limit_price_is_paid_first_of() -> None:
    line = Line(code="B", category=Category.B, amount=1000, limit=500, self_first_bp=2000)
    told = split([line], terms(), standing())
    assert (told.over, told.self_first, told.in_scope) == (500, 100, 400)


def one_line(amount: int) -> list[Line]:
    return [Line(code="A", category=Category.A, amount=amount)]


@pytest.mark.parametrize(
    ("beyond", "fund"),
    [
        (0, 1000 * 5 // 10 + 500 * 8 // 10),
        (600, 400 * 5 // 10 + 1000 * 8 // 10 + 100 * 9 // 10),
        (1000, 1000 * 8 // 10 + 500 * 9 // 10),
        (5000, 1500 * 9 // 10),
    ],
)
def test_each_part_is_paid_by_the_band_it_falls_into(beyond: int, fund: int) -> None:
    bands = terms((1000, 5000), (2000, 8000), (None, 9000))
    assert split(one_line(1500), bands, standing(beyond=beyond)).fund == fund


def test_the_bands_shares_are_added_before_they_are_rounded() -> None:
    halves = terms((1, 2500), (None, 2500))
    assert split(one_line(2), halves, standing()).fund == 1  # 0.25 + 0.25 is half a fen


def test_the_deductible_does_not_move_a_person_on_in_the_bands() -> None:
    told = split(one_line(1000), terms((500, 0), (None, 10_000)), standing(left=600))
    assert (told.deductible, told.beyond, told.fund) == (600, 400, 0)


def test_what_the_cap_cuts_off_still_counts_as_beyond_the_deductible() -> None:
    told = split(one_line(1000), terms(), standing(cap=1))
    assert (told.fund, told.beyond) == (1, 1000)


@pytest.mark.parametrize(
    ("account", "mutual", "paid"),
    [
        (True, True, (300, 100)),
        (True, False, (200, 0)),
        (False, True, (100, 100)),
        (False, False, (0, 0)),
    ],
)
def test_accounts_pay_only_where_the_terms_let_them(
    account: bool,  # noqa: FBT001 - a case's column
    mutual: bool,  # noqa: FBT001 - as above
    paid: tuple[int, int],
) -> None:
    told = split(
        one_line(1000),
        terms((None, 0), account=account, mutual=mutual),
        standing(account=200, mutual=100),
    )
    assert (told.account, told.mutual) == paid
    assert told.cash == 1000 - paid[0]


def test_a_line_of_class_c_gets_nothing_of_the_fund_and_its_part_of_the_account() -> None:
    told = split(REFERENCE, terms(), standing(account=90_40))
    own = told.lines[2]
    assert (own.fund, own.person, own.account, own.cash) == (0, 30_00, 15_00, 15_00)


def test_no_lines_and_too_many_are_refused() -> None:
    for lines, reason in (
        ([], Reason.NO_LINES),
        (one_line(1) * (MOST_LINES + 1), Reason.TOO_MANY_LINES),
        (one_line(1) * 10_000, Reason.TOO_MANY_LINES),
    ):
        with pytest.raises(BasketRefused) as refused:
            split(lines, terms(), standing())
        assert refused.value.reason is reason
    assert len(split(one_line(1) * MOST_LINES, terms(), standing()).lines) == MOST_LINES


BAD_LINES: list[tuple[dict[str, Any], Reason]] = [
    ({"amount": 0}, Reason.AMOUNT),
    ({"amount": -1}, Reason.AMOUNT),
    ({"amount": MOST_LINE_FEN + 1}, Reason.AMOUNT),
    ({"amount": 1.0}, Reason.AMOUNT),
    ({"amount": True}, Reason.AMOUNT),
    ({"code": ""}, Reason.CODE),
    ({"code": "X" * 41}, Reason.CODE),
    ({"category": "C"}, Reason.CATEGORY),
    ({"category": None}, Reason.CATEGORY),
    ({"limit": 0}, Reason.LIMIT),
    ({"limit": MOST_FEN + 1}, Reason.LIMIT),
    ({"category": Category.C, "limit": 5}, Reason.LIMIT),
    ({"self_first_bp": 100}, Reason.SELF_FIRST),
    ({"category": Category.C, "self_first_bp": 100}, Reason.SELF_FIRST),
    ({"category": Category.B, "self_first_bp": -1}, Reason.SELF_FIRST),
    ({"category": Category.B, "self_first_bp": 10_000}, Reason.SELF_FIRST),
    ({"category": Category.B, "self_first_bp": 0.1}, Reason.SELF_FIRST),
]


@pytest.mark.parametrize(("change", "reason"), BAD_LINES, ids=range(len(BAD_LINES)))
def test_a_line_that_cannot_be_split_is_never_made(change: dict[str, Any], reason: Reason) -> None:
    with pytest.raises(BasketRefused) as refused:
        Line(**{"code": "X", "category": Category.A, "amount": 100, **change})
    assert refused.value.reason is reason
    assert str(refused.value) == reason.value


BAD_BANDS: list[tuple[Band, ...]] = [
    (),
    (Band(upto=100, ratio_bp=1),),
    (Band(upto=None, ratio_bp=1), Band(upto=None, ratio_bp=1)),
    (Band(upto=100, ratio_bp=1), Band(upto=100, ratio_bp=1), Band(upto=None, ratio_bp=1)),
    (Band(upto=0, ratio_bp=1), Band(upto=None, ratio_bp=1)),
    (Band(upto=None, ratio_bp=10_001),),
    (Band(upto=None, ratio_bp=-1),),
    (Band(upto=5, ratio_bp=10_001), Band(upto=None, ratio_bp=1)),
    (*(Band(upto=n, ratio_bp=1) for n in range(1, 17)), Band(upto=None, ratio_bp=1)),
]


@pytest.mark.parametrize("bands", BAD_BANDS, ids=range(len(BAD_BANDS)))
def test_bands_that_leave_a_fen_without_a_ratio_are_refused(bands: tuple[Band, ...]) -> None:
    with pytest.raises(BasketRefused) as refused:
        Terms(bands=bands, account_pays=True, mutual_pays=True)
    assert refused.value.reason is Reason.BANDS


@pytest.mark.parametrize("name", ["deductible_left", "cap_left", "account", "mutual", "beyond"])
@pytest.mark.parametrize("value", [-1, MOST_FEN + 1, 1.5, True])
def test_a_standing_no_ledger_can_say_is_refused(name: str, value: int) -> None:
    figures: dict[str, Any] = dict.fromkeys(
        ("deductible_left", "cap_left", "account", "mutual", "beyond"), 0
    )
    with pytest.raises(BasketRefused) as refused:
        Standing(**{**figures, name: value})
    assert refused.value.reason is Reason.STANDING


@pytest.mark.parametrize(
    ("unit_price", "quantity", "reason"),
    [
        (0, 1, Reason.UNIT_PRICE),
        (-5, 1, Reason.UNIT_PRICE),
        (MOST_LINE_FEN + 1, 1, Reason.UNIT_PRICE),
        (1, 0, Reason.QUANTITY),
        (1, -1, Reason.QUANTITY),
        (1, MOST_QUANTITY + 1, Reason.QUANTITY),
        (1, 10**30, Reason.QUANTITY),
        (MOST_LINE_FEN, 2, Reason.AMOUNT),
        (MOST_LINE_FEN // 2 + 1, 2, Reason.AMOUNT),
    ],
)
def test_quantities_and_prices_have_bounds(unit_price: int, quantity: int, reason: Reason) -> None:
    with pytest.raises(BasketRefused) as refused:
        amount_of(unit_price=unit_price, quantity=quantity)
    assert refused.value.reason is reason


@pytest.mark.parametrize(
    ("unit_price", "quantity"),
    [(1, 1), (333, 3), (1, MOST_QUANTITY), (MOST_LINE_FEN, 1), (MOST_LINE_FEN // 2, 2)],
)
def test_what_is_within_the_bounds_costs_its_price_times_its_quantity(
    unit_price: int, quantity: int
) -> None:
    assert amount_of(unit_price=unit_price, quantity=quantity) == unit_price * quantity


def test_the_bounds_themselves_are_allowed() -> None:
    line = Line(code="X" * LONGEST_CODE, category=Category.A, amount=MOST_LINE_FEN, limit=1)
    most = tuple(Band(upto=n, ratio_bp=10_000) for n in range(1, MOST_BANDS))
    told = split([line], terms(), standing(cap=MOST_FEN))
    assert (told.over, told.fund) == (MOST_LINE_FEN - 1, 1)
    bands = (*most, Band(upto=None, ratio_bp=0))
    many = Terms(bands=bands, account_pays=True, mutual_pays=True)
    assert split(one_line(100), many, standing()).fund == MOST_BANDS - 1
    assert (MOST_LINES, MOST_BANDS, MOST_QUANTITY) == (100, 16, 9_999)
    assert (MOST_LINE_FEN, MOST_FEN) == (100_000_000, 10**12)


def test_a_year_of_which_nothing_is_told_begins_in_the_first_band() -> None:
    fresh = Standing(deductible_left=0, cap_left=FULL, account=0, mutual=0)
    assert split(one_line(1), terms((1, 10_000), (None, 0)), fresh).fund == 1


def test_the_largest_basket_there_is_can_be_split() -> None:
    lines = [Line(code="A", category=Category.A, amount=MOST_LINE_FEN)] * MOST_LINES
    told: Split = split(lines, terms(), standing(cap=MOST_FEN, account=MOST_FEN))
    assert told.total == told.fund + told.account == MOST_LINE_FEN * MOST_LINES
