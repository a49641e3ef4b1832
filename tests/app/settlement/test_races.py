"""Invariants under real processes on a real database."""

from __future__ import annotations

import json
import signal
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core.access.principals import Terminal
from app.settlement.models.cash import CashOrder
from app.settlement.models.purchase import Settlement
from app.settlement.models.quote import Quote
from app.settlement.states import CashState
from app.wiring.settlement import build_saga
from tests.app.programs import Program
from tests.app.settlement.dying import FilePayments
from tests.app.settlement.racers import Act, Race, run
from tests.app.settlement.steps import C, Shop, insure, line, new_msgid, person_of, plain, sound


@pytest.fixture
def race(shop: Shop) -> Race:
    settings = shop.world.settings
    shop.quote(plain(1_000))
    with shop.world.database.separate() as tx:
        terminal_id, merchant_id = tx.execute(select(Quote.terminal_id, Quote.merchant_id)).one()
    return Race(
        database_url=settings.database_url.get_secret_value(),
        redis_url=settings.redis_url.get_secret_value(),
        var_dir=settings.var_dir,
        now=shop.world.clock.now(),
        terminal=Terminal(
            terminal_id=terminal_id,
            merchant_id=merchant_id,
            merchant_name="平安大药房",
            thumbprint="",
            purposes=frozenset({"02121"}),
            scope=frozenset({"settlement"}),
        ),
    )


def settles(*quotes: Any) -> list[Act]:
    return [Act(kind="settle", about=one["quote_id"], msgid=new_msgid()) for one in quotes]


def settlements(shop: Shop) -> int:
    with shop.world.database.separate() as tx:
        return int(tx.scalar(select(func.count()).select_from(Settlement)) or 0)


def done(outcomes: list[str], prefix: str = "stl_") -> int:
    return sum(one.startswith(prefix) for one in outcomes)


def test_racing_for_the_last_fen_of_the_account_one_wins(shop: Shop, race: Race) -> None:
    quotes = [shop.quote(line(C, 1, 15_000)) for _ in range(6)]
    outcomes = run(race, settles(*quotes))
    assert done(outcomes) == 1
    assert Counter(outcomes)["QUOTE_STALE"] == 5
    assert shop.balance() == 0
    sound(shop.world)


def test_racing_for_deductible_and_cap_one_wins(shop: Shop, race: Race) -> None:
    shop.use_up(deductible=29_900, fund=249_990, in_scope=500_000)
    quotes = [shop.quote(plain(2_700, 2)) for _ in range(6)]
    outcomes = run(race, settles(*quotes))
    assert done(outcomes) == 1
    deductible, fund, _ = shop.year()
    assert (deductible, fund) == (30_000, quotes[0]["split"]["fund"] + 249_990)
    with shop.world.database.separate() as tx:
        assert tx.scalars(select(Settlement.deductible)).one() == 100


def test_racing_for_the_last_fen_of_a_relative_one_wins(
    shop: Shop, race: Race, family: Any, tmp_path: Path
) -> None:
    phones = [shop.world.citizen(name=name) for name in ("张伟", "王芳", "李娜")]
    payer = person_of(shop.world, phones[0])
    insure(shop.world, phones[0], tmp_path, opening=5_000)
    family.payers = [(payer, 100_000)]
    quotes = []
    for phone in phones[1:]:
        phone.post("/v1/card")
        insure(shop.world, phone, tmp_path)
        relative = Shop(world=shop.world, holder=phone, till=shop.till)
        quotes.append(relative.quote(line(C, 1, 5_000)))
    assert [one["split"]["mutual"] for one in quotes] == [5_000, 5_000]
    outcomes = run(replace(race, payers=((payer, 100_000),)), settles(*quotes))
    assert (done(outcomes), outcomes.count("QUOTE_STALE")) == (1, 1)
    assert shop.balance("own", payer) == 0
    sound(shop.world)


def test_sixteen_processes_with_one_message_settle_once(shop: Shop, race: Race) -> None:
    (act,) = settles(shop.quote(plain(1_000)))
    outcomes = run(race, [act] * 16)
    assert len(set(outcomes)) == 1
    assert done(outcomes) == 16
    assert settlements(shop) == 1
    assert shop.balance() == 14_000
    sound(shop.world)


def test_fence_and_settlement_cannot_both_win(shop: Shop, race: Race) -> None:
    (act,) = settles(shop.quote(plain(1_000)))
    fence = Act(kind="fence", about="", msgid=act.msgid)
    outcomes = run(race, [act, fence, act, fence])
    if done(outcomes):
        assert Counter(outcomes[1::2]) == {"COMMITTED": 2}
        assert settlements(shop) == 1
    else:
        assert outcomes == ["MSGID_FENCED", "NEVER_SEEN"] * 2
        assert settlements(shop) == 0
    sound(shop.world)


def test_the_last_unit_goes_back_once(shop: Shop, race: Race) -> None:
    settlement_id = shop.buy(plain(1_000, 2))["settlement_id"]
    acts = [
        Act(kind="refund", about=settlement_id, msgid=new_msgid(), units=((1, 1),))
        for _ in range(5)
    ] + [Act(kind="reverse", about=settlement_id, msgid=new_msgid())]
    outcomes = run(race, acts)
    assert 1 <= done(outcomes, "rfd_") <= 2
    assert set(outcomes) - {one for one in outcomes if one.startswith("rfd_")} <= {
        "REFUND_TOO_LARGE",
        "SETTLEMENT_REVERSED",
    }
    assert shop.balance() == 15_000
    assert shop.year() == (0, 0, 0)
    sound(shop.world)


def test_buying_and_giving_back_never_wait_in_a_circle(shop: Shop, race: Race) -> None:
    bought = [shop.buy(plain(2_700, 2))["settlement_id"] for _ in range(4)]
    quotes = [shop.quote(plain(1_000)) for _ in range(4)]
    backs = [Act(kind="reverse", about=one, msgid=new_msgid()) for one in bought]
    outcomes = run(race, [*settles(*quotes), *backs])
    assert done(outcomes, "rfd_") == 4
    assert set(outcomes) & {"UNAVAILABLE", "BALANCE_MOVED"} == set()
    assert shop.year()[2] == 1_000 * done(outcomes)
    sound(shop.world)


@pytest.mark.parametrize(
    "point", ["held", "claimed", "created", "applied", "paid", "settling", "settled"]
)
def test_what_was_killed_at_any_step_comes_to_one_end(
    shop: Shop, race: Race, tmp_path: Path, point: str
) -> None:
    quote = shop.quote(line(C, 1, 20_000))
    provider, msgid = tmp_path / "provider.json", new_msgid()
    told = {
        "database_url": race.database_url,
        "redis_url": race.redis_url,
        "var_dir": str(race.var_dir),
        "now": race.now.isoformat(),
        "terminal": [race.terminal.terminal_id, race.terminal.merchant_id],
        "quote": quote["quote_id"],
        "msgid": msgid,
        "provider": str(provider),
        "point": point,
    }
    with Program("tests.app.settlement.dying", [json.dumps(told)]) as died:
        died.rest()
        assert died.exitcode == -signal.SIGKILL
    payments = FilePayments(provider)
    saga = build_saga(shop.world.shared, payments=payments)
    for _ in range(4):
        shop.world.clock.advance(seconds=15)
        payments.pay_all()
        saga.resolve()
    with shop.world.database.separate() as tx:
        assert tx.scalars(select(Settlement.state)).one().value == "SETTLED"
        assert tx.scalars(select(CashOrder.state)).one() is CashState.PAID
    assert payments.taken == 5_000
    assert shop.message(msgid)["status"] == "COMMITTED"
    assert shop.balance() == 0
    assert shop.balance("cash", "provider") == 5_000
    sound(shop.world)
