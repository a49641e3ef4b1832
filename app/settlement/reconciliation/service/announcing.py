"""Tells operators, and the merchant concerned, of a new difference: handles the outbox's topic."""

from __future__ import annotations

from typing import Final

import structlog

from app.core.database import Database
from app.notifications.ports import WebhookEvent
from app.notifications.service.posting import PartnerEvents
from app.outbox.ports import Message, Postponed
from app.settlement.reconciliation.models import Difference
from app.settlement.reconciliation.states import OPEN

EVENT: Final = "reconciliation.difference"
log = structlog.get_logger("reconciliation")


class DifferenceAnnouncing:
    """Announces one difference, in the transaction that marks its message as handled: once.

    Operators are told by an error in the log, which is what raises an alarm: which books and the
    class; the list of open differences has the rest. One that is equal by now raises none.
    """

    def __init__(self, *, database: Database, events: PartnerEvents) -> None:
        """Take the ports."""
        self._database = database
        self._events = events

    def __call__(self, message: Message, /) -> Postponed | None:
        """Tell whom it concerns."""
        with self._database.transaction() as tx:
            row = tx.get_one(Difference, message.payload["difference"])
            if row.state not in OPEN:
                return None
            log.error("books_differ", source=row.compared.value, kind=row.kind.value)
            if row.merchant_id is not None:
                data = {
                    "difference": row.id,
                    "date": row.day.isoformat(),
                    "kind": row.kind.value,
                    "about": row.about,
                    "at": row.since.isoformat(),
                }
                event = WebhookEvent(type=EVENT, data=data)
                self._events.post(tx, row.merchant_id, event, about=row.id)
        return None
