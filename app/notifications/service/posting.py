"""The door for services that have something to tell a partner."""

from __future__ import annotations

import json
from typing import Final

from app.core.clock import Clock
from app.core.statements import Tx
from app.notifications.ports import WebhookEvent
from app.notifications.service.event_types import EVENT_SCOPES
from app.outbox.service.posting import post_in

PARTNER_EVENT: Final = "partner.event"
"""Topic of the outbox: one event for one partner."""
_MOST_BYTES: Final = 4096


class PartnerEvents:
    """Posts events to partners: into their feeds, and from there to their webhooks."""

    def __init__(self, *, clock: Clock) -> None:
        """Take the clock."""
        self._clock = clock

    def post(self, tx: Tx, merchant_id: str, event: WebhookEvent, *, about: str) -> None:
        """Tell a partner; it is told if, and only if, the transaction commits.

        The number in the feed is given later, when the outbox's message is handled: whoever posts
        waits for nobody. Events about one thing keep their order.

        Args:
            tx: the transaction of what happened.
            merchant_id: the partner.
            event: what happened; its type is one of `EVENT_SCOPES`, its data 4096 bytes at most.
            about: id of what it happened to.

        Raises:
            ValueError: the event is not of that kind, which is a fault of the caller's.
        """
        data = dict(event.data)
        if event.type not in EVENT_SCOPES or len(json.dumps(data).encode()) > _MOST_BYTES:
            raise ValueError(event.type)
        payload = {"merchant": merchant_id, "type": event.type, "about": about, "data": data}
        key = f"{merchant_id}:{about}"
        post_in(tx, PARTNER_EVENT, key=key, payload=payload, now=self._clock.now())
