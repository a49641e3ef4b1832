"""Puts events for a partner into the outbox, one message a webhook."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from app.core.database import Database
from app.notifications.models import EndpointState, WebhookEndpoint
from app.notifications.ports import WebhookEvent
from app.outbox.service.posting import Outbox

DELIVERY: Final = "webhook.delivery"
"""Topic of the outbox: one event for one webhook."""


class Webhooks:
    """Tells partners."""

    def __init__(self, *, database: Database, outbox: Outbox) -> None:
        """Take the ports."""
        self._database = database
        self._outbox = outbox

    def publish(self, merchant_id: str, event: WebhookEvent, *, about: str) -> None:
        """Tell a partner at each of its active webhooks, in the transaction under way.

        Args:
            merchant_id: the partner.
            event: what happened.
            about: id of what it happened to; events about it keep their order.
        """
        active = select(WebhookEndpoint.id).where(
            WebhookEndpoint.merchant_id == merchant_id,
            WebhookEndpoint.state == EndpointState.ACTIVE,
        )
        with self._database.transaction() as tx:
            for endpoint_id in tx.scalars(active).all():
                self.post(endpoint_id, event, about=about)

    def post(self, endpoint_id: str, event: WebhookEvent, *, about: str) -> None:
        """Tell one webhook."""
        payload = {"endpoint": endpoint_id, "type": event.type, "data": dict(event.data)}
        self._outbox.post(DELIVERY, key=f"{endpoint_id}:{about}", payload=payload)
