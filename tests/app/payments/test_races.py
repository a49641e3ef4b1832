"""What several processes do with one order at the same moment happens once."""

from __future__ import annotations

import json
import time
from collections import Counter

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from app.outbox.models import OutboxMessage
from app.settlement.payments.service.orders import PaymentBook
from sandbox.payments.signing import signed_headers
from tests.app.payments.rows import events
from tests.app.racing import raced
from tests.app.world import World

ORDER, AMOUNT, RACERS = "ord_1", 1000, 5
MODULE = "tests.app.payments.racers"


def notification() -> list[str]:
    """A signed one, as a racer takes it."""
    key, at = Ed25519PrivateKey.generate(), int(time.time())
    data = {
        "order_id": ORDER,
        "refund_id": None,
        "provider_ref": "pay_1",
        "state": "PAID",
        "amount_fen": AMOUNT,
    }
    body = json.dumps(
        {"type": "payment.succeeded", "timestamp": "2026-11-23T08:00:00Z", "data": data}
    )
    signed = signed_headers(body.encode(), message_id="evt_1", at=at, key=key)
    public = key.public_key().public_bytes_raw().hex()
    return [public, "evt_1", str(at), signed["webhook-signature"], body]


def test_orders_refunds_and_notifications_at_the_same_moment_count_once(world: World) -> None:
    told = notification()
    acts = [
        [
            ["order", ORDER, str(AMOUNT)],
            ["refund", ORDER, f"ref_{n}", "300"],
            ["refund", ORDER, "ref_same", "100"],
            ["receive", *told],
        ]
        for n in range(RACERS)
    ]
    url = world.settings.database_url.get_secret_value()

    came = raced(MODULE, [[url, json.dumps(one)] for one in acts])

    orders, apart, same, received = (
        Counter(column) for column in zip(*map(str.split, came), strict=True)
    )
    assert orders == {"new": 1, "known": RACERS - 1}
    assert apart == {"new": 3, "PAYMENT_REFUND_TOO_MUCH": RACERS - 3}
    assert same == {"new": 1, "known": RACERS - 1}
    assert received == {"new": 1, "known": RACERS - 1}
    book = PaymentBook(database=world.database, clock=world.clock)
    assert book.order(ORDER).refund_asked == AMOUNT
    assert len(events(world)) == 1
    with world.database.separate() as tx:
        posted = select(func.count()).where(OutboxMessage.topic == "payment.event")
        assert tx.scalar(posted) == 1
