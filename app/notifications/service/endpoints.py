"""A partner's webhooks: registered, looked at, taken out of and back into use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import NOT_FOUND
from app.core.ids import new_id
from app.notifications.errors import WEBHOOK_KNOWN, WEBHOOKS_TOO_MANY
from app.notifications.models import EndpointState, WebhookDelivery, WebhookEndpoint
from app.notifications.ports import WebhookEvent
from app.notifications.service.addresses import Addresses
from app.notifications.service.publishing import Webhooks

MOST: Final = 5
"""Webhooks of one partner."""
PING: Final = "webhook.ping"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveriesPage:
    """Some attempts, newest first, and the cursor of the next page."""

    items: Sequence[WebhookDelivery]
    next: str | None


class WebhookEndpoints:
    """Keeps the webhooks of partners; each sees its own alone."""

    def __init__(
        self, *, database: Database, clock: Clock, addresses: Addresses, webhooks: Webhooks
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._addresses = addresses
        self._webhooks = webhooks

    def add(self, merchant_id: str, url: str) -> WebhookEndpoint:
        """Register a webhook; a ping is on its way to it.

        1. The address may be called. 2. It is not registered yet. 3. There are not too many.
        Both are asked under a lock of the partner's, so that two at once do not get around them.

        Raises:
            DomainError: WEBHOOK_URL_REFUSED, WEBHOOK_KNOWN, WEBHOOKS_TOO_MANY.
        """
        self._addresses.target(url)  # 1
        now = self._clock.now()
        made = WebhookEndpoint(
            id=new_id("whk", now),
            merchant_id=merchant_id,
            url=url,
            state=EndpointState.ACTIVE,
            created_at=now,
            state_changed_at=now,
            failures=0,
            failing_since=None,
            paused_until=None,
        )
        with self._database.transaction() as tx:
            tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(merchant_id, 0))))
            urls = [one.url for one in _of(tx, merchant_id)]
            if url in urls:  # 2
                raise WEBHOOK_KNOWN(pointer="/url")
            if len(urls) >= MOST:  # 3
                raise WEBHOOKS_TOO_MANY()
            tx.add(made)
            tx.flush()
            self._ping(made)
        return made

    def all(self, merchant_id: str) -> Sequence[WebhookEndpoint]:
        """All of a partner, oldest first."""
        with self._database.transaction() as tx:
            return _of(tx, merchant_id)

    def remove(self, merchant_id: str, endpoint_id: str) -> None:
        """Take a webhook out of use for good; what was on its way is dropped.

        Raises:
            DomainError: NOT_FOUND, the same for another partner's.
        """
        self._set(merchant_id, endpoint_id, EndpointState.REMOVED)

    def resume(self, merchant_id: str, endpoint_id: str) -> WebhookEndpoint:
        """Take a disabled webhook into use again, with a ping; an active one stays so.

        Raises:
            DomainError: NOT_FOUND, also for one that was removed.
        """
        with self._database.transaction():
            found = self._set(merchant_id, endpoint_id, EndpointState.ACTIVE)
            self._ping(found)
        return found

    def deliveries(
        self, merchant_id: str, endpoint_id: str, *, before: str | None, limit: int
    ) -> DeliveriesPage:
        """What was delivered to a webhook and what was not, newest first.

        Raises:
            DomainError: NOT_FOUND.
        """
        query = select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint_id)
        if before is not None:
            query = query.where(WebhookDelivery.id < before)
        with self._database.transaction() as tx:
            if endpoint_id not in {one.id for one in _of(tx, merchant_id)}:
                raise NOT_FOUND()
            found = tx.scalars(query.order_by(WebhookDelivery.id.desc()).limit(limit + 1)).all()
        return DeliveriesPage(
            items=found[:limit], next=found[limit - 1].id if len(found) > limit else None
        )

    def _set(self, merchant_id: str, endpoint_id: str, state: EndpointState) -> WebhookEndpoint:
        change = (
            update(WebhookEndpoint)
            .where(
                WebhookEndpoint.id == endpoint_id,
                WebhookEndpoint.merchant_id == merchant_id,
                WebhookEndpoint.state != EndpointState.REMOVED,
            )
            .values(
                state=state,
                state_changed_at=self._clock.now(),
                failures=0,
                failing_since=None,
                paused_until=None,
            )
            .returning(WebhookEndpoint)
        )
        with self._database.transaction() as tx:
            found = tx.scalars(change).one_or_none()
        if found is None:
            raise NOT_FOUND()
        return found

    def _ping(self, endpoint: WebhookEndpoint) -> None:
        event = WebhookEvent(type=PING, data={"webhook": endpoint.id})
        self._webhooks.post(endpoint.id, event, about=PING)


def _of(tx: Session, merchant_id: str) -> Sequence[WebhookEndpoint]:
    query = select(WebhookEndpoint).where(
        WebhookEndpoint.merchant_id == merchant_id,
        WebhookEndpoint.state != EndpointState.REMOVED,
    )
    return tx.scalars(query.order_by(WebhookEndpoint.id)).all()
