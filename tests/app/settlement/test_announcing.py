"""Merchants and holders hear of what happened to a purchase, once."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from app.notifications.models import EndpointState, WebhookEndpoint
from app.outbox.models import OutboxMessage
from app.wiring.notifications import build_dispatcher
from tests.app.card.steps import json_of
from tests.app.settlement.steps import Shop, plain


def told(shop: Shop) -> list[tuple[str, str]]:
    """Hand everything on; what is then to be sent to the merchant's webhook: event, settlement."""
    build_dispatcher(shop.world.shared).run(most=100)
    query = select(OutboxMessage.payload).where(OutboxMessage.topic == "webhook.delivery")
    with shop.world.database.separate() as tx:
        payloads = tx.scalars(query.order_by(OutboxMessage.number)).all()
    return [(one["type"], one["data"]["settlement"]) for one in payloads]


@pytest.fixture
def hook(shop: Shop) -> None:
    now = shop.world.clock.now()
    with shop.world.database.separate() as tx:
        tx.add(
            WebhookEndpoint(
                id="whk_1",
                merchant_id=shop.world.merchants["平安大药房"],
                url="https://pharmacy.example/hook",
                events=["settlement.*"],
                state=EndpointState.ACTIVE,
                created_at=now,
                state_changed_at=now,
                failures=0,
            )
        )


@pytest.mark.usefixtures("hook")
def test_the_merchant_hears_of_settlement_refund_and_reversal(shop: Shop) -> None:
    settlement_id = shop.buy(plain(1_000, 2))["settlement_id"]
    shop.refund(settlement_id, (1, 1))
    shop.reverse(settlement_id)
    events = ["settlement.settled", "settlement.refunded", "settlement.reversed"]
    assert told(shop) == [(event, settlement_id) for event in events]
    with shop.world.database.separate() as tx:
        payloads = json.dumps(list(tx.scalars(select(OutboxMessage.payload))), ensure_ascii=False)
    assert "欧阳修" not in payloads
    assert shop.person_id not in payloads


def test_the_holder_hears_of_what_was_not_their_doing(shop: Shop) -> None:
    first = shop.buy(plain(2_700, 5))["settlement_id"]
    shop.buy(plain(2_700, 5))
    third = shop.buy(plain(2_700, 5))["settlement_id"]
    shop.reverse(first)
    told(shop)
    notices = json_of(shop.holder.get("/v1/me/notices"))["items"]
    kinds = {(one["kind"], one["about"]) for one in notices}
    assert kinds == {("purchase.reversed", first), ("purchase.adjusted", third)}
    adjusted = next(one for one in notices if one["kind"] == "purchase.adjusted")
    assert "-63.00" in adjusted["zh"]
    assert "-63.00" in adjusted["en"]


def test_nothing_is_told_twice(shop: Shop) -> None:
    settlement_id = shop.buy(plain(1_000))["settlement_id"]
    shop.reverse(settlement_id)
    for _ in range(2):
        told(shop)
    assert len(json_of(shop.holder.get("/v1/me/notices"))["items"]) == 1
