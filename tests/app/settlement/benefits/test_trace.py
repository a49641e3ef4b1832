"""Every split can be followed, number by number."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest
from hypothesis import given

from app.settlement.benefits.basket import WHOLE_BP
from app.settlement.benefits.split import (
    Category,
    Line,
    Split,
    Standing,
    Step,
    Terms,
    split,
    trace,
)
from app.settlement.benefits.trace import StepCode
from app.settlement.benefits.trace_words import STEPS, per_cent, sentence, yuan
from tests.app.settlement.benefits.baskets import (
    BASKETS,
    REFERENCE,
    STANDINGS,
    TERMS,
    standing,
    terms,
)

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def traced(basket: list[Line], by: Terms, where: Standing) -> tuple[Split, tuple[Step, ...]]:
    told = split(basket, by, where)
    return told, trace(basket, by, where, told, rule="somewhere/2026.1")


@given(BASKETS, TERMS, STANDINGS)
def test_the_steps_lead_to_the_split(basket: list[Line], by: Terms, where: Standing) -> None:
    told, steps = traced(basket, by, where)
    named = {step.code: step.numbers for step in steps}
    of_lines = [step for step in steps if step.line is not None]
    for name in ("own", "over", "self_first", "in_scope"):
        assert sum(step.numbers.get(name, 0) for step in of_lines) == getattr(told, name)
    bands = [step.numbers for step in steps if step.code is StepCode.BAND]
    assert sum(one["part"] for one in bands) == told.beyond
    share = sum(one["part"] * one["ratio_bp"] for one in bands)
    assert named[StepCode.FUND]["fund"] == (2 * share + WHOLE_BP) // (2 * WHOLE_BP)
    assert named.get(StepCode.CAP, named[StepCode.FUND])["fund"] == told.fund
    assert named[StepCode.PERSON]["person"] == told.person
    paid = sum(named[code]["paid"] for code in (StepCode.ACCOUNT, StepCode.MUTUAL) if code in named)
    assert paid == told.account
    assert named[StepCode.CASH]["cash"] == told.cash


@given(BASKETS, TERMS, STANDINGS)
def test_every_step_of_a_line_names_its_place_and_item(
    basket: list[Line], by: Terms, where: Standing
) -> None:
    _, steps = traced(basket, by, where)
    for step in steps:
        if step.line is not None:
            assert basket[step.line - 1].code == step.item
    assert {step.line for step in steps} - {None} == set(range(1, len(basket) + 1))


@given(BASKETS, TERMS, STANDINGS)
def test_every_step_has_a_sentence_in_both_languages(
    basket: list[Line], by: Terms, where: Standing
) -> None:
    for step in traced(basket, by, where)[1]:
        assert "{" not in sentence(step, "zh") + sentence(step, "en")


def test_each_code_has_words() -> None:
    assert STEPS.keys() == set(StepCode)
    assert [code for code, (zh, en) in STEPS.items() if zh[-1] != "。" or en[-1] != "."] == []
    assert [code for code, (_, en) in STEPS.items() if CHINESE.search(en)] == []


def test_a_purchase_reads_as_a_person_would_reckon_it() -> None:
    by, where = terms(), standing(left=100_00, cap=50_00, account=150_00, mutual=100_00)
    told = split(REFERENCE, by, where)
    steps = trace(REFERENCE, by, where, told, rule="qingchuan-employee-pharmacy/2026.1")
    assert [sentence(step, "en") for step in steps] == [
        "By benefit rule qingchuan-employee-pharmacy/2026.1.",
        "Line 1, A: of 120.00 yuan 120.00 yuan are in scope.",
        "Line 2, B: 200.00 yuan, limit 180.00 yuan, 20.00 yuan above it.",
        "Line 2, B: class B, 10% of 180.00 yuan paid first: 18.00 yuan.",
        "Line 2, B: of 200.00 yuan 162.00 yuan are in scope.",
        "Line 3, C: class C, 30.00 yuan are your own.",
        "In all 350.00 yuan: own 30.00, over 20.00, paid first 18.00, scope 282.00.",
        "Deductible left 100.00 yuan, in scope 282.00 yuan: 100.00 yuan fall below it.",
        "Of this, 182.00 yuan are paid at 60%.",
        "Beyond the deductible 182.00 yuan: the fund's share is 109.20 yuan.",
        "Cap left 50.00 yuan: the fund pays 50.00 yuan instead of 109.20 yuan.",
        "350.00 yuan less 50.00 yuan of the fund: your part is 300.00 yuan.",
        "Own account: 150.00 yuan available, 150.00 yuan paid.",
        "Mutual aid: 100.00 yuan available, 100.00 yuan paid.",
        "In cash 50.00 yuan.",
    ]
    assert sentence(steps[3], "zh") == ("第 2 行 B：乙类，180.00 元的 10% 先行自付，计 18.00 元。")


def test_who_may_not_pay_is_not_in_the_trace() -> None:
    by = terms(account=False, mutual=False)
    where = standing(account=1, mutual=1)
    codes = {step.code for step in trace(REFERENCE, by, where, split(REFERENCE, by, where))}
    assert not codes & {StepCode.ACCOUNT, StepCode.MUTUAL, StepCode.RULE}


def test_what_did_not_happen_is_not_in_the_trace() -> None:
    within = [Line(code="A", category=Category.A, amount=100, limit=100)]
    by, where = terms((None, 10_000)), standing(cap=100)
    codes = [step.code for step in trace(within, by, where, split(within, by, where))]
    assert StepCode.OVER not in codes
    assert StepCode.CAP not in codes
    assert StepCode.SCOPE in codes


def test_a_step_holds_codes_and_numbers_and_no_words() -> None:
    assert [field.name for field in fields(Step)] == ["code", "numbers", "line", "item", "rule"]


@pytest.mark.parametrize(("fen", "text"), [(0, "0.00"), (5, "0.05"), (12_345_678, "123456.78")])
def test_fen_are_written_as_yuan(fen: int, text: str) -> None:
    assert yuan(fen) == text


@pytest.mark.parametrize(
    ("basis_points", "text"),
    [(0, "0%"), (1, "0.01%"), (825, "8.25%"), (1000, "10%"), (6050, "60.5%"), (10_000, "100%")],
)
def test_basis_points_are_written_as_per_cent(basis_points: int, text: str) -> None:
    assert per_cent(basis_points) == text
