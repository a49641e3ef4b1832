"""Adds events to partners' feeds, and tells their webhooks: a handler of the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from psycopg.types.json import Jsonb
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.core.ids import new_id
from app.core.statements import Tx, finally_run, rows
from app.notifications.feed_models import PartnerEvent, PartnerFeed
from app.notifications.models import EndpointState, WebhookEndpoint
from app.notifications.service.dead_letters import bury
from app.notifications.service.event_types import includes
from app.notifications.service.publishing import Webhooks
from app.outbox.ports import Message, Postponed

_OUT_OF_USE: Final = "out_of_use"
_WITH_WEBHOOKS: Final = """
SELECT DISTINCT merchant_id FROM webhook_endpoints
WHERE merchant_id = ANY(%(merchants)s) AND state <> 'REMOVED'
"""
# What `appended` does, where nobody has to know the number.
_NUMBER: Final = """
INSERT INTO partner_feeds AS feed (merchant_id, last, at) VALUES (%(merchant)s, 1, %(at)s)
ON CONFLICT (merchant_id) DO UPDATE SET last = feed.last + 1, at = greatest(feed.at, excluded.at)
"""
_APPEND: Final = """
INSERT INTO partner_events (merchant_id, sequence, id, type, about, data, at)
SELECT merchant_id, last, %(id)s, %(type)s, %(about)s, %(data)s, at
FROM partner_feeds WHERE merchant_id = %(merchant)s
"""


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

    def together(self, tx: Tx, messages: Sequence[Message], /) -> None:
        """Write many events down; only partners without webhooks save a look each.

        Feeds are held in the order of partners, those with webhooks first, so that two
        dispatchers never wait for each other in a circle.
        """
        merchants = sorted({message.payload["merchant"] for message in messages})
        called = {merchant for (merchant,) in rows(tx, _WITH_WEBHOOKS, {"merchants": merchants})}
        ordered = sorted(messages, key=lambda message: str(message.payload["merchant"]))
        for message in ordered:
            if message.payload["merchant"] in called:
                self(message)
        for message in ordered:
            if message.payload["merchant"] not in called:
                _append(tx, message)

    def _tell(self, tx: Session, endpoint: WebhookEndpoint, event: PartnerEvent) -> None:
        if endpoint.state == EndpointState.ACTIVE:
            self._webhooks.call(endpoint.id, event)  # 2
            return
        now = self._clock.now()
        bury(tx, endpoint.id, event.id, reason=_OUT_OF_USE, attempts=0, now=now)  # 3


def _append(tx: Tx, message: Message) -> None:
    values = {
        "merchant": message.payload["merchant"],
        "id": new_id("evt", message.created_at),
        "type": message.payload["type"],
        "about": message.payload["about"],
        "data": Jsonb(message.payload["data"]),
        "at": message.created_at,
    }
    finally_run(tx, _NUMBER, values)
    finally_run(tx, _APPEND, values)


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
