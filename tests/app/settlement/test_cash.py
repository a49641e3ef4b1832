"""The cash part and the rest: both done or both undone, whoever stays silent, repeats or lies."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.settlement.models.cash import CashOrder, CashRefund
from app.settlement.models.purchase import Settlement
from app.settlement.service.cash.saga import CashSaga
from app.settlement.states import CashState, RefundState
from tests.app.card.steps import json_of, refusal
from tests.app.settlement.fakes import LOST, SILENT, FakePayments, Status
from tests.app.settlement.steps import C, Shop, line, new_msgid, plain, sound

CASH = 5_000


def begin(shop: Shop, **changes: Any) -> Any:
    """A purchase of which the provider collects 50 yuan."""
    done = shop.buy(line(C, 1, 15_000 + CASH), cash="provider", **changes)
    assert done["split"]["cash"] == CASH
    return done


def later(shop: Shop, saga: CashSaga, minutes: float) -> None:
    """Time goes by, with the resolver at work."""
    steps = max(1, int(minutes * 2))
    for _ in range(steps):
        shop.world.clock.advance(seconds=minutes * 60 / steps)
        saga.resolve()


def order(shop: Shop) -> CashOrder:
    with shop.world.database.separate() as tx:
        return tx.scalars(select(CashOrder)).one()


def state_of(shop: Shop, settlement_id: str) -> str:
    """Its state; asked of the database, for the till's token ends after ten minutes."""
    with shop.world.database.separate() as tx:
        return tx.get_one(Settlement, settlement_id).state.value


def status_of(shop: Shop, msgid: str) -> tuple[str, str]:
    found = shop.message(msgid)
    return found["status"], found["settlement_status"]


def test_what_is_held_is_settled_when_it_is_paid(
    shop: Shop, payments: FakePayments, saga: CashSaga
) -> None:
    msgid = new_msgid()
    done = begin(shop, msgid=msgid)
    assert done["status"] == "HOLDING"
    assert status_of(shop, msgid) == ("PENDING", "CASH_PENDING")
    assert (shop.balance(), shop.balance("payable", merchant(shop))) == (0, 0)
    assert refusal(shop.reverse(done["settlement_id"]))[1] == "SETTLEMENT_NOT_DONE"
    payments.pay()
    later(shop, saga, 0.5)
    assert status_of(shop, msgid) == ("COMMITTED", "SETTLED")
    assert shop.balance("payable", merchant(shop)) == 15_000 + CASH
    assert shop.balance("cash", "provider") == CASH == payments.taken
    sound(shop.world)


def merchant(shop: Shop) -> str:
    return shop.world.merchants["平安大药房"]


@pytest.mark.parametrize("ended", ["FAILED", "CLOSED"])
def test_what_is_held_is_given_free_when_it_is_not_paid(
    shop: Shop, payments: FakePayments, saga: CashSaga, ended: str
) -> None:
    msgid = new_msgid()
    begin(shop, msgid=msgid)
    payments.pay(ended)
    later(shop, saga, 0.5)
    assert status_of(shop, msgid) == ("REJECTED", "VOIDED")
    assert shop.balance() == 15_000
    assert shop.year() == (0, 0, 0)
    sound(shop.world)


def test_time_closes_an_order_that_nobody_pays(
    shop: Shop, payments: FakePayments, saga: CashSaga
) -> None:
    done = begin(shop)
    later(shop, saga, 4)
    assert state_of(shop, done["settlement_id"]) == "CASH_PENDING"
    later(shop, saga, 3)
    assert state_of(shop, done["settlement_id"]) == "VOIDED"
    assert payments.orders[order(shop).id].state == "CLOSED"
    assert shop.balance() == 15_000
    sound(shop.world)


@pytest.mark.parametrize("fault", [LOST, SILENT])
def test_a_lost_answer_changes_nothing_and_is_asked_for_again(
    shop: Shop, payments: FakePayments, saga: CashSaga, fault: str
) -> None:
    payments.faults = [fault]
    done = begin(shop)
    assert state_of(shop, done["settlement_id"]) == "HOLDING"
    assert shop.balance() == 0
    later(shop, saga, 0.5)
    assert state_of(shop, done["settlement_id"]) == "CASH_PENDING"
    assert len(payments.orders) == 1
    payments.pay()
    later(shop, saga, 0.5)
    assert state_of(shop, done["settlement_id"]) == "SETTLED"
    sound(shop.world)


def test_a_silent_provider_holds_nobodys_money_for_long(
    shop: Shop, payments: FakePayments, saga: CashSaga
) -> None:
    payments.faults = [SILENT] * 100
    done = begin(shop)
    later(shop, saga, 9)
    assert state_of(shop, done["settlement_id"]) == "HOLDING"
    later(shop, saga, 3)
    assert state_of(shop, done["settlement_id"]) == "VOIDED"
    assert (order(shop).state, shop.balance()) == (CashState.LOST, 15_000)
    sound(shop.world)


def test_money_that_comes_after_all_goes_back_by_itself(
    shop: Shop, payments: FakePayments, saga: CashSaga
) -> None:
    payments.faults = [LOST] + [SILENT] * 100
    done = begin(shop)
    later(shop, saga, 12)
    assert state_of(shop, done["settlement_id"]) == "VOIDED"
    payments.pay()
    payments.faults = []
    later(shop, saga, 130)
    assert (payments.taken, payments.returned) == (CASH, CASH)
    assert state_of(shop, done["settlement_id"]) == "VOIDED"
    assert (shop.balance("cash", "provider"), shop.balance("suspense", "late-cash")) == (0, 0)
    with shop.world.database.separate() as tx:
        assert tx.scalars(select(CashRefund.state)).one() is RefundState.DONE
    sound(shop.world)


def test_a_late_notification_of_a_closed_order_goes_back_too(
    shop: Shop, payments: FakePayments, saga: CashSaga
) -> None:
    done = begin(shop)
    later(shop, saga, 6)
    assert state_of(shop, done["settlement_id"]) == "VOIDED"
    order_id = payments.pay()
    for _ in range(2):  # it tells us twice
        with shop.world.database.transaction() as tx:
            saga.on_event(tx, order_id, Status("PAID", CASH))
    later(shop, saga, 1)
    assert payments.returned == CASH
    assert shop.balance() == 15_000
    sound(shop.world)


def test_a_notification_settles_at_once_and_a_double_one_changes_nothing(
    shop: Shop, payments: FakePayments, saga: CashSaga
) -> None:
    done = begin(shop)
    order_id = payments.pay()
    for _ in range(3):
        with shop.world.database.transaction() as tx:
            saga.on_event(tx, order_id, Status("PAID", CASH))
    assert state_of(shop, done["settlement_id"]) == "SETTLED"
    later(shop, saga, 15)
    assert payments.returned == 0
    sound(shop.world)


def test_who_lies_about_the_amount_is_not_believed(
    shop: Shop, payments: FakePayments, saga: CashSaga
) -> None:
    payments.lies_by = 1
    payments.pays_at_once = True
    done = begin(shop)
    later(shop, saga, 4)
    assert state_of(shop, done["settlement_id"]) == "HOLDING"
    payments.lies_by = 0
    later(shop, saga, 1)
    assert state_of(shop, done["settlement_id"]) == "SETTLED"


def test_cash_goes_back_as_it_came(shop: Shop, payments: FakePayments, saga: CashSaga) -> None:
    payments.pays_at_once = True
    done = begin(shop)
    payments.faults = [LOST, SILENT]
    assert shop.reverse(done["settlement_id"]).status_code == 201
    later(shop, saga, 2)
    assert payments.returned == CASH
    assert len(payments.refunds) == 1
    assert shop.balance("cash", "provider") == 0
    sound(shop.world)


def test_a_purchase_without_a_cash_part_asks_no_provider(
    shop: Shop, payments: FakePayments
) -> None:
    answer = shop.settle(shop.quote(plain(1_000))["quote_id"], cash="provider")
    assert (answer.status_code, json_of(answer)["cash_by"]) == (201, "none")
    assert payments.calls == []


def test_what_waits_stands_still_while_the_year_moves(
    shop: Shop, payments: FakePayments, saga: CashSaga
) -> None:
    first = shop.buy(plain(2_700, 15))
    waiting = shop.buy(plain(2_700, 5), cash="provider")
    assert waiting["split"]["deductible"] == 0
    assert shop.reverse(first["settlement_id"]).status_code == 201
    assert shop.year() == (0, 8_100, 13_500)
    payments.pay()
    later(shop, saga, 0.5)
    assert state_of(shop, waiting["settlement_id"]) == "SETTLED"
    assert shop.year() == (13_500, 0, 13_500)
    sound(shop.world)
