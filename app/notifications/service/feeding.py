"""Adds events to partners' feeds, and tells their webhooks: a handler of the outbox."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.core.ids import new_id
from app.notifications.feed_models import PartnerEvent, PartnerFeed
from app.notifications.models import EndpointState, WebhookEndpoint
from app.notifications.service.dead_letters import bury
from app.notifications.service.event_types import includes
from app.notifications.service.publishing import Webhooks
from app.outbox.ports import Message, Postponed

_OUT_OF_USE: Final = "out_of_use"


class FeedWriting:
    """Writes one event down for one partner, in the transaction that marks its message.

    1. It gets the next number of the partner's feed.
    2. Each active webhook that wants it is called, by a message of its own.
    3. For one that is disabled it becomes a dead letter at once: nothing is dropped unseen.
    """

    def __init__(self, *, database: Database, clock: Clock, webhooks: Webhooks) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._webhooks = webhooks

    def __call__(self, message: Message, /) -> Postponed | None:
        """Do so; there is nothing to wait for."""
        merchant_id = message.payload["merchant"]
        endpoints = select(WebhookEndpoint).where(
            WebhookEndpoint.merchant_id == merchant_id,
            WebhookEndpoint.state != EndpointState.REMOVED,
        )
        with self._database.transaction() as tx:
            event = appended(
                tx,
                merchant_id,
                event_type=message.payload["type"],
                about=message.payload["about"],
                data=message.payload["data"],
                at=message.created_at,
            )  # 1
            for endpoint in tx.scalars(endpoints.order_by(WebhookEndpoint.id)).all():
                if includes(endpoint.events, event.type):
                    self._tell(tx, endpoint, event)
        return None

    def _tell(self, tx: Session, endpoint: WebhookEndpoint, event: PartnerEvent) -> None:
        if endpoint.state == EndpointState.ACTIVE:
            self._webhooks.call(endpoint.id, event)  # 2
            return
        now = self._clock.now()
        bury(tx, endpoint.id, event.id, reason=_OUT_OF_USE, attempts=0, now=now)  # 3


def appended(
    tx: Session,
    merchant_id: str,
    *,
    event_type: str,
    about: str,
    data: dict[str, object],
    at: datetime,
) -> PartnerEvent:
    """Add an event to a partner's feed, under the next number.

    The row of the feed is held from here to the end of the transaction. Whoever comes next waits,
    and PostgreSQL shows what was committed before it lets go: a reader who sees a number sees all
    before it. One transaction adds to one feed, so that no two wait for each other.

    Args:
        tx: short: others of this partner's wait for it.
        merchant_id: whose feed.
        event_type: such as `certificate.revoked`.
        about: id of what it happened to.
        data: opaque ids, states and times.
        at: when it happened; the feed's time never goes back, so it may count as a bit later.
    """
    number = (
        insert(PartnerFeed)
        .values(merchant_id=merchant_id, last=1, at=at)
        .on_conflict_do_update(
            index_elements=[PartnerFeed.merchant_id],
            set_={"last": PartnerFeed.last + 1, "at": func.greatest(PartnerFeed.at, at)},
        )
        .returning(PartnerFeed.last, PartnerFeed.at)
    )
    last, since = tx.execute(number).one()
    event = PartnerEvent(
        merchant_id=merchant_id,
        sequence=last,
        id=new_id("evt", since),
        type=event_type,
        about=about,
        data=data,
        at=since,
    )
    tx.add(event)
    tx.flush()
    return event
