"""Hands believed notifications on: the handler of the outbox's topic `payment.event`."""

from __future__ import annotations

from app.core.database import Database
from app.outbox.ports import Message
from app.settlement.payments.models import PaymentEvent
from app.settlement.payments.ports import CashState, CashStatus, PaymentEvents


class PaymentHanding:
    """Tells whoever settles, in the transaction that marks the message as handled.

    What is written there for an event is so written once. An event that is refused comes again,
    and later ones of its order wait for it.
    """

    def __init__(self, *, database: Database, events: PaymentEvents) -> None:
        """Take the database and who is told."""
        self._database = database
        self._events = events

    def __call__(self, message: Message, /) -> None:
        """Hand one event on."""
        with self._database.transaction() as tx:
            event = tx.get_one(PaymentEvent, message.payload["event"])
            self._events.on_event(tx, event.order_id, status_of(event))


def status_of(event: PaymentEvent) -> CashStatus:
    """What an event says."""
    return CashStatus(
        state=CashState(event.state),
        amount=event.amount,
        provider_ref=event.provider_ref,
        at=event.occurred_at,
        refund_id=event.refund_id,
    )
