"""A partner's webhooks: registered, looked at, taken out of and back into use."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select, update

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import NOT_FOUND
from app.core.ids import new_id
from app.notifications.errors import WEBHOOK_KNOWN, WEBHOOKS_TOO_MANY
from app.notifications.models import EndpointState, WebhookDelivery, WebhookEndpoint
from app.notifications.service.addresses import Addresses
from app.notifications.service.event_types import chosen
from app.notifications.service.owning import all_of, owned
from app.notifications.service.publishing import Webhooks
from app.notifications.service.signing_secrets import WebhookSecrets, forget_secrets

MOST: Final = 5
"""Webhooks of one partner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A webhook that was just registered."""

    endpoint: WebhookEndpoint
    secret: str = field(repr=False)
    """What its calls are signed with; told this once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveriesPage:
    """Some attempts, newest first, and the cursor of the next page."""

    items: Sequence[WebhookDelivery]
    next: str | None


class WebhookEndpoints:
    """Keeps the webhooks of partners; each sees its own alone."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        addresses: Addresses,
        webhooks: Webhooks,
        secrets: WebhookSecrets,
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._addresses = addresses
        self._webhooks = webhooks
        self._secrets = secrets

    def add(
        self,
        merchant_id: str,
        url: str,
        *,
        events: Collection[str] | None,
        scopes: Collection[str],
    ) -> Registered:
        """Register a webhook; a ping is on its way to it.

        1. The client may have it called for these events. 2. The address may be called.
        3. It is not registered yet. 4. There are not too many. The last two are asked under a
        lock of the partner's, so that two at once do not get around them.

        Args:
            merchant_id: the partner.
            url: where it is called.
            events: what for; None: all that the scopes allow.
            scopes: of the client that asks.

        Raises:
            DomainError: WEBHOOK_EVENT_UNKNOWN, WEBHOOK_EVENT_NOT_ALLOWED, WEBHOOK_URL_REFUSED,
                WEBHOOK_KNOWN, WEBHOOKS_TOO_MANY.
        """
        wanted = chosen(events, scopes=scopes)  # 1
        self._addresses.target(url)  # 2
        made = _fresh(merchant_id, url, wanted, now=self._clock.now())
        with self._database.transaction() as tx:
            tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(merchant_id, 0))))
            urls = [one.url for one in all_of(tx, merchant_id)]
            if url in urls:  # 3
                raise WEBHOOK_KNOWN(pointer="/url")
            if len(urls) >= MOST:  # 4
                raise WEBHOOKS_TOO_MANY()
            tx.add(made)
            tx.flush()
            secret = self._secrets.made(tx, made.id)
            self._webhooks.ping(made.id)
        return Registered(endpoint=made, secret=secret)

    def choose(
        self,
        merchant_id: str,
        endpoint_id: str,
        *,
        events: Collection[str] | None,
        scopes: Collection[str],
    ) -> WebhookEndpoint:
        """Have a webhook called for other events from now on; arguments as of `add`.

        Raises:
            DomainError: NOT_FOUND, WEBHOOK_EVENT_UNKNOWN, WEBHOOK_EVENT_NOT_ALLOWED.
        """
        return self._set(merchant_id, endpoint_id, events=chosen(events, scopes=scopes))

    def all(self, merchant_id: str) -> Sequence[WebhookEndpoint]:
        """All of a partner, oldest first."""
        with self._database.transaction() as tx:
            return all_of(tx, merchant_id)

    def remove(self, merchant_id: str, endpoint_id: str) -> None:
        """Take a webhook out of use for good; what was on its way is dropped.

        Raises:
            DomainError: NOT_FOUND, the same for another partner's.
        """
        with self._database.transaction() as tx:
            self._set(merchant_id, endpoint_id, **self._state(EndpointState.REMOVED))
            forget_secrets(tx, endpoint_id)

    def resume(self, merchant_id: str, endpoint_id: str) -> WebhookEndpoint:
        """Take a disabled webhook into use again, with a ping; an active one stays so.

        What it was not told meanwhile are dead letters, to be replayed when the partner asks.

        Raises:
            DomainError: NOT_FOUND, also for one that was removed.
        """
        with self._database.transaction():
            found = self._set(merchant_id, endpoint_id, **self._state(EndpointState.ACTIVE))
            self._webhooks.ping(found.id)
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
            owned(tx, merchant_id, endpoint_id)
            found = tx.scalars(query.order_by(WebhookDelivery.id.desc()).limit(limit + 1)).all()
        return DeliveriesPage(
            items=found[:limit], next=found[limit - 1].id if len(found) > limit else None
        )

    def _state(self, state: EndpointState) -> dict[str, Any]:
        return {
            "state": state,
            "state_changed_at": self._clock.now(),
            "failures": 0,
            "failing_since": None,
            "paused_until": None,
        }

    def _set(
        self,
        merchant_id: str,
        endpoint_id: str,
        **values: Any,  # noqa: ANN401 - columns
    ) -> WebhookEndpoint:
        change = (
            update(WebhookEndpoint)
            .where(
                WebhookEndpoint.id == endpoint_id,
                WebhookEndpoint.merchant_id == merchant_id,
                WebhookEndpoint.state != EndpointState.REMOVED,
            )
            .values(**values)
            .returning(WebhookEndpoint)
        )
        with self._database.transaction() as tx:
            found = tx.scalars(change).one_or_none()
        if found is None:
            raise NOT_FOUND()
        return found


def _fresh(merchant_id: str, url: str, events: list[str], *, now: datetime) -> WebhookEndpoint:
    return WebhookEndpoint(
        id=new_id("whk", now),
        merchant_id=merchant_id,
        url=url,
        events=events,
        state=EndpointState.ACTIVE,
        created_at=now,
        state_changed_at=now,
        failures=0,
        failing_since=None,
        paused_until=None,
    )
