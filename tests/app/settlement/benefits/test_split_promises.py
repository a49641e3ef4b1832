"""What holds of every basket, whatever it holds, to the fen."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.settlement.benefits.basket import WHOLE_BP
from app.settlement.benefits.outcome import LineSplit
from app.settlement.benefits.shares import shares
from app.settlement.benefits.split import Category, Line, Split, Standing, Terms, split
from tests.app.settlement.benefits.baskets import BASKETS, STANDINGS, TERMS

Basket = list[Line]
COMPONENTS = LineSplit._fields[1:]


def rounded(exact: Fraction) -> int:
    return math.floor(exact + Fraction(1, 2))


def fund_by_the_book(beyond: int, terms: Terms, where: Standing) -> int:
    """The fund's part in fractions, fen by fen of the bands, as the docstring says it."""
    low, high, begins, share = where.beyond, where.beyond + beyond, 0, Fraction(0)
    for band in terms.bands:
        ends = high if band.upto is None else band.upto
        overlap = max(0, min(high, ends) - max(low, begins))
        share += Fraction(overlap * band.ratio_bp, WHOLE_BP)
        begins = ends
    return min(rounded(share), where.cap_left)


def identities(told: Split | LineSplit) -> None:
    assert told.total == told.own + told.over + told.self_first + told.in_scope
    assert told.total == told.fund + told.person
    assert told.person == told.account + told.cash
    assert 0 <= told.mutual <= told.account
    assert 0 <= told.deductible <= told.in_scope
    assert 0 <= told.fund <= told.in_scope - told.deductible
    assert min(told.own, told.over, told.self_first, told.in_scope, told.cash) >= 0


@given(BASKETS, TERMS, STANDINGS)
def test_the_identities_hold_in_all_and_for_each_line(
    basket: Basket, terms: Terms, where: Standing
) -> None:
    told = split(basket, terms, where)
    identities(told)
    for line in told.lines:
        identities(line)


@given(BASKETS, TERMS, STANDINGS)
def test_lines_add_up_to_the_basket(basket: Basket, terms: Terms, where: Standing) -> None:
    told = split(basket, terms, where)
    assert [line.code for line in told.lines] == [line.code for line in basket]
    for name in COMPONENTS:
        assert sum(getattr(line, name) for line in told.lines) == getattr(told, name)


@given(BASKETS, TERMS, STANDINGS)
def test_the_split_is_what_the_book_says(basket: Basket, terms: Terms, where: Standing) -> None:
    told = split(basket, terms, where)
    own = sum(line.amount for line in basket if line.category is Category.C)
    covered = {
        place: min(line.amount, line.limit or line.amount)
        for place, line in enumerate(basket)
        if line.category is not Category.C
    }
    first = sum(
        rounded(Fraction(fen * basket[place].self_first_bp, WHOLE_BP))
        for place, fen in covered.items()
    )
    in_scope = sum(covered.values()) - first
    assert (told.own, told.self_first, told.in_scope) == (own, first, in_scope)
    assert told.deductible == min(where.deductible_left, in_scope)
    assert told.fund == fund_by_the_book(in_scope - told.deductible, terms, where)
    own_account = min(told.person, where.account) if terms.account_pays else 0
    assert told.own_account == own_account
    mutual = min(told.person - own_account, where.mutual) if terms.mutual_pays else 0
    assert told.mutual == mutual


@given(BASKETS, TERMS, STANDINGS)
def test_nobody_pays_more_than_is_left(basket: Basket, terms: Terms, where: Standing) -> None:
    told = split(basket, terms, where)
    assert told.fund <= where.cap_left
    assert told.deductible <= where.deductible_left
    assert told.own_account <= where.account
    assert told.mutual <= where.mutual


@given(BASKETS, TERMS, STANDINGS, st.integers(1, 60_000))
def test_more_on_the_account_never_costs_more_cash(
    basket: Basket, terms: Terms, where: Standing, more: int
) -> None:
    before = split(basket, terms, where)
    richer = split(basket, terms, replace(where, account=where.account + more))
    helped = split(basket, terms, replace(where, mutual=where.mutual + more))
    assert max(richer.cash, helped.cash) <= before.cash
    assert richer.fund == helped.fund == before.fund


@given(BASKETS, TERMS, STANDINGS, st.integers(1, 60_000))
def test_a_higher_cap_or_a_lower_deductible_never_costs_the_person_more(
    basket: Basket, terms: Terms, where: Standing, fen: int
) -> None:
    before = split(basket, terms, where)
    assert split(basket, terms, replace(where, cap_left=where.cap_left + fen)).person <= (
        before.person
    )
    flat = replace(terms, bands=(terms.bands[-1],))
    lower = replace(where, deductible_left=max(0, where.deductible_left - fen))
    assert split(basket, flat, lower).person <= split(basket, flat, where).person


@given(BASKETS, TERMS, STANDINGS)
def test_the_same_basket_is_always_split_alike(
    basket: Basket, terms: Terms, where: Standing
) -> None:
    assert split(basket, terms, where) == split(tuple(basket), terms, where)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=50), st.data())
def test_shares_add_up_and_none_is_more_than_its_weight_or_a_fen_off(
    weights: list[int], data: st.DataObject
) -> None:
    whole = sum(weights)
    amount = data.draw(st.integers(0, whole))
    found = shares(amount, weights, whole)
    assert sum(found) == amount
    for share, weight in zip(found, weights, strict=True):
        assert 0 <= share <= weight
        assert not whole or abs(share - Fraction(amount * weight, whole)) < 1
