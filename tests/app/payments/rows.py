"""What the database holds of payments."""

from __future__ import annotations

import secrets
from typing import Protocol

from sqlalchemy import select

from app.core.database import Database
from app.outbox.service.dispatching import Dispatcher
from app.settlement.payments.models import PaymentAlert, PaymentEvent, PaymentRefund
from app.wiring.payments import payment_topics
from tests.app.payments.counterpart import Settler
from tests.app.world import World


class Kept(Protocol):
    """Whatever has the database."""

    @property
    def database(self) -> Database: ...


def events(at: Kept) -> list[PaymentEvent]:
    with at.database.separate() as tx:
        return list(tx.scalars(select(PaymentEvent).order_by(PaymentEvent.received_at)))


def refunds(at: Kept) -> dict[str, str]:
    with at.database.separate() as tx:
        return {one.refund_id: one.state.value for one in tx.scalars(select(PaymentRefund))}


def alerts(at: Kept) -> list[tuple[str, str, str, int]]:
    """About, reason, source and count of those that are open, by what they are about."""
    open_ones = select(PaymentAlert).where(PaymentAlert.closed_at.is_(None))
    with at.database.separate() as tx:
        found = tx.scalars(open_ones.order_by(PaymentAlert.about, PaymentAlert.reason))
        return [(one.about, one.reason, one.source, one.count) for one in found]


def handed(world: World, settler: Settler) -> int:
    """Hand on what waits; returns how many messages were tried."""
    dispatcher = Dispatcher(
        database=world.database,
        clock=world.clock,
        topics=payment_topics(world.shared, settler),
        randbelow=secrets.randbelow,
    )
    return dispatcher.run(most=100)
