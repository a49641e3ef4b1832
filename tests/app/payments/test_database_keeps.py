"""What was ordered and told stays as it was, whoever writes to the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import redis
from sqlalchemy import Executable, insert, text, update
from sqlalchemy.exc import IntegrityError

from app.core.database import Database
from app.settlement.payments.models import PaymentEvent, PaymentOrder, PaymentRefund, RefundState
from app.settlement.payments.service.orders import PaymentBook
from tests.clean import forget_everything
from tests.conftest import Servers
from tests.fakes import FakeClock

ORDER, AMOUNT = "ord_1", 1000


@pytest.fixture
def database(servers: Servers) -> Iterator[Database]:
    database = Database(servers.database_url, pool_size=2)
    memory = redis.Redis.from_url(servers.redis_url)
    forget_everything(database, memory)
    yield database
    memory.close()
    database.close()


@pytest.fixture
def book(database: Database, clock: FakeClock) -> PaymentBook:
    return PaymentBook(database=database, clock=clock)


NOW = datetime(2026, 11, 23, tzinfo=UTC)
FORBIDDEN: dict[str, Executable] = {
    "refunds beyond the order": update(PaymentOrder).values(refund_asked=AMOUNT + 1),
    "refunds below nothing": update(PaymentOrder).values(refund_asked=-1),
    "another amount": update(PaymentOrder).values(amount=AMOUNT - 1),
    "another reference": update(PaymentOrder).values(provider_ref="pay_2"),
    "no reference any more": update(PaymentOrder).values(provider_ref=None),
    "another refund": update(PaymentRefund).values(amount=2),
    "a refund that failed after it was done": update(PaymentRefund).values(
        state=RefundState.FAILED
    ),
    "an event that is rewritten": update(PaymentEvent).values(amount=1),
    "an order of nothing": insert(PaymentOrder).values(
        order_id="ord_2", amount=0, refund_asked=0, created_at=NOW
    ),
    "an order with a path for an id": insert(PaymentOrder).values(
        order_id="../x", amount=1, refund_asked=0, created_at=NOW
    ),
    "an event of a refund without a refund": insert(PaymentEvent).values(
        id="evt_2",
        order_id=ORDER,
        state="REFUNDED",
        amount=1,
        provider_ref="pay_1",
        occurred_at=NOW,
        received_at=NOW,
        sha256=bytes(32),
    ),
    "an order that is deleted": text("DELETE FROM payment_orders"),
    "a refund that is deleted": text("DELETE FROM payment_refunds"),
    "an event that is deleted": text("DELETE FROM payment_events"),
}


@pytest.mark.parametrize("what", list(FORBIDDEN))
def test_the_database_itself_refuses(database: Database, book: PaymentBook, what: str) -> None:
    book.begin(ORDER, AMOUNT)
    book.name(ORDER, "pay_1")
    refund = book.begin_refund(ORDER, "ref_1", 1).refund
    book.end_refund(refund, RefundState.DONE)
    with database.separate() as tx:
        tx.add(
            PaymentEvent(
                id="evt_1",
                order_id=ORDER,
                refund_id=None,
                state="PAID",
                amount=AMOUNT,
                provider_ref="pay_1",
                occurred_at=NOW,
                received_at=NOW,
                sha256=bytes(32),
            )
        )

    with pytest.raises(IntegrityError), database.separate() as tx:
        tx.execute(FORBIDDEN[what])


def test_two_orders_cannot_have_one_reference(book: PaymentBook) -> None:
    book.begin(ORDER, AMOUNT)
    book.begin("ord_2", AMOUNT)

    assert book.name(ORDER, "pay_1")
    assert book.name(ORDER, "pay_1")
    assert not book.name(ORDER, "pay_2")
    assert not book.name("ord_2", "pay_1")
