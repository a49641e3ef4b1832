"""A purchase whose cash part the sandbox's payment provider collects, over HTTP both ways."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.settlement.models.cash import CashOrder
from app.settlement.models.purchase import Settlement
from app.settlement.service.cash.saga import CashSaga
from app.wiring.notifications import build_dispatcher
from app.wiring.payments import build_payments
from app.wiring.settlement import build_saga
from tests.app.family.steps import done
from tests.app.payments.conftest import provider, receiver, settings, world
from tests.app.payments.counterpart import Counterpart
from tests.app.settlement.steps import SCOPES, C, Shop, insure, line, sound
from tests.app.world import World

__all__ = ("provider", "receiver", "settings", "world")
OPENING, CASH = 15_000, 5_000


@pytest.fixture
def shop(world: World, tmp_path: Path) -> Shop:
    holder = world.citizen(name="欧阳修")
    assert holder.post("/v1/card").status_code == 201
    insure(world, holder, tmp_path, opening=OPENING)
    till = world.terminal(purposes=frozenset({"02121"}), scopes=SCOPES)
    return Shop(world=world, holder=holder, till=till)


@pytest.fixture
def saga(world: World) -> Iterator[CashSaga]:
    with ExitStack() as closing:
        yield build_saga(world.shared, payments=build_payments(world.shared, closing, seconds=0.5))


def begin(shop: Shop) -> Any:
    quote = shop.quote(line(C, 1, OPENING + CASH))
    return done(shop.settle(quote["quote_id"], cash="provider"), 202)


def order_id(shop: Shop) -> str:
    with shop.world.database.separate() as tx:
        return tx.scalars(select(CashOrder.id)).one()


def state_of(shop: Shop, settlement_id: str) -> str:
    with shop.world.database.separate() as tx:
        return tx.get_one(Settlement, settlement_id).state.value


def told(shop: Shop, provider: Counterpart) -> None:
    """The provider's webhooks come in, and the outbox hands them on."""
    provider.deliver()
    build_dispatcher(shop.world.shared).run(most=100)


@pytest.mark.parametrize("webhooks", ["usual", "double"])
def test_what_the_payer_pays_settles_the_purchase_by_its_notification(
    shop: Shop, provider: Counterpart, webhooks: str
) -> None:
    provider.switch(webhooks=webhooks)
    settlement_id = begin(shop)["settlement_id"]
    assert state_of(shop, settlement_id) == "CASH_PENDING"

    assert provider.pay(order_id(shop)) == 200
    told(shop, provider)

    assert state_of(shop, settlement_id) == "SETTLED"
    assert shop.balance() == 0
    sound(shop.world)


def test_a_declined_payment_undoes_the_insurance_part_too(
    shop: Shop, provider: Counterpart
) -> None:
    provider.switch(payer="declined")
    settlement_id = begin(shop)["settlement_id"]
    provider.pay(order_id(shop))
    told(shop, provider)

    assert state_of(shop, settlement_id) == "VOIDED"
    assert shop.balance() == OPENING
    sound(shop.world)


def test_money_that_comes_after_the_purchase_was_undone_goes_back_by_itself(
    shop: Shop, provider: Counterpart, saga: CashSaga
) -> None:
    provider.switch(payer="late")
    settlement_id = begin(shop)["settlement_id"]
    order = order_id(shop)
    for _ in range(8):
        shop.world.clock.advance(minutes=2)
        saga.resolve()
    assert state_of(shop, settlement_id) == "VOIDED"
    provider.pay(order)
    told(shop, provider)
    for _ in range(4):
        shop.world.clock.advance(minutes=2)
        saga.resolve()
        told(shop, provider)

    found = provider.order(order)
    assert (found["amount_fen"], found["refunded_fen"]) == (CASH, CASH)
    assert shop.balance() == OPENING
    sound(shop.world)


def test_a_lie_about_the_amount_settles_nothing(shop: Shop, provider: Counterpart) -> None:
    provider.switch(webhooks="lying")
    settlement_id = begin(shop)["settlement_id"]
    provider.pay(order_id(shop))
    told(shop, provider)

    assert state_of(shop, settlement_id) == "CASH_PENDING"
    sound(shop.world)


def test_an_order_that_never_arrived_is_undone_in_the_end(
    shop: Shop, provider: Counterpart, saga: CashSaga
) -> None:
    provider.switch(answers="unavailable")
    settlement_id = begin(shop)["settlement_id"]
    for _ in range(8):
        shop.world.clock.advance(minutes=2)
        saga.resolve()
    assert state_of(shop, settlement_id) == "VOIDED"
    provider.switch()
    for _ in range(3):
        shop.world.clock.advance(minutes=60)
        saga.resolve()

    with shop.world.database.separate() as tx:
        assert tx.scalars(select(CashOrder.state)).one().value == "DROPPED"
    assert shop.balance() == OPENING
    sound(shop.world)
