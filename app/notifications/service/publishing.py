"""Puts calls to webhooks into the outbox, one message a call."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from app.core.clock import Clock
from app.core.ids import new_id
from app.notifications.feed_models import PartnerEvent
from app.outbox.service.posting import Outbox

DELIVERY: Final = "webhook.delivery"
"""Topic of the outbox: one event for one webhook."""
PING: Final = "webhook.ping"


class Webhooks:
    """Has webhooks called, in the transaction under way."""

    def __init__(self, *, clock: Clock, outbox: Outbox) -> None:
        """Take the ports."""
        self._clock = clock
        self._outbox = outbox

    def call(self, endpoint_id: str, event: PartnerEvent) -> None:
        """Tell a webhook of an event; calls about one thing keep their order."""
        payload = {
            **_payload(endpoint_id, event.id, event.type, event.at),
            "data": event.data,
            "sequence": event.sequence,
        }
        self._outbox.post(DELIVERY, key=f"{endpoint_id}:{event.about}", payload=payload)

    def ping(self, endpoint_id: str) -> None:
        """Call a webhook to see whether it is there; no event of a feed."""
        now = self._clock.now()
        payload = {
            **_payload(endpoint_id, new_id("evt", now), PING, now),
            "data": {"webhook": endpoint_id},
        }
        self._outbox.post(DELIVERY, key=f"{endpoint_id}:{PING}", payload=payload)


def _payload(endpoint_id: str, event_id: str, event_type: str, at: datetime) -> dict[str, object]:
    return {"endpoint": endpoint_id, "id": event_id, "type": event_type, "at": at.isoformat()}
