"""The split's benchmark: purchases are the same every time, and a lost fen is counted."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bench.card.split import Shop, holds, main, violations


def test_the_same_seed_draws_the_same_purchases() -> None:
    one, other = Shop(7), Shop(7)
    assert [one.purchase() for _ in range(5)] == [other.purchase() for _ in range(5)]
    assert Shop(8).purchase() != Shop(7).purchase()


def test_no_identity_is_violated() -> None:
    assert violations(Shop(7), 300) == 0


def test_a_fen_lost_anywhere_is_noticed() -> None:
    shop = Shop(7)
    purchase = next(one for one in iter(shop.purchase, None) if one.split().fund)
    told = purchase.split()
    assert holds(purchase, told)
    assert not holds(purchase, replace(told, cash=told.cash + 1))
    assert not holds(purchase, replace(told, lines=told.lines[1:]))
    first = told.lines[0]
    off = first._replace(cash=first.cash + 1, person=first.person + 1)
    assert not holds(purchase, replace(told, lines=(off, *told.lines[1:])))
    poorer = replace(purchase.standing, cap_left=told.fund - 1)
    assert not holds(replace(purchase, standing=poorer), told)


def test_the_last_line_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--baskets", "50", "--lines", "2", "--seconds", "0.05"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["baskets"] == 50
    assert told["identity_violations"] == 0
    assert told["split_per_cpu_s"] > 0
