"""Calls webhooks: the handler of the outbox's deliveries."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import DomainError
from app.core.ids import new_id
from app.core.keys.provider import SigningRing
from app.notifications.models import EndpointState, WebhookDelivery, WebhookEndpoint
from app.notifications.ports import Caller, Sent
from app.notifications.service.addresses import Addresses
from app.notifications.service.dead_letters import bury
from app.notifications.service.signing import signed_headers
from app.notifications.service.signing_secrets import WebhookSecrets
from app.notifications.service.standard_signing import standard_headers
from app.outbox.ports import Message, Postponed, Retries

RETRIES: Final = Retries(first=timedelta(seconds=5), longest=timedelta(hours=6), most=40)
"""Of one message: longer than a webhook may fail before it is disabled, which ends them all.
The last attempt that fails makes it the partner's dead letter, not the operator's."""
PAUSES: Final = Retries(first=timedelta(seconds=5), longest=timedelta(hours=1))
"""Of a webhook that fails: its other messages wait too, so that it is not called in vain for
each, and a slow one does not keep the dispatchers from the others."""
DISABLED_AFTER: Final = timedelta(days=3)
"""Of failing without one success."""
_FEWEST: Final = 5
"""Failures before a webhook is disabled, however long ago the first was."""
_GONE: Final = 410
_KEEP: Final = timedelta(days=30)


class WebhookDelivering:
    """Delivers one event to one webhook.

    1. A webhook that is out of use gets nothing; one that pauses is left alone.
    2. Its address is judged anew, and what was judged is what is called.
    3. The body is signed twice: with the webhook's own secrets (Standard Webhooks), and with a
       key that is published as JWKS (RFC 9421). Id and time stand under both signatures.
    4. Each attempt is written down, where the partner can read it.
    5. What is given up becomes a dead letter, which the partner can have sent again.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        addresses: Addresses,
        caller: Caller,
        ring: SigningRing,
        secrets: WebhookSecrets,
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._addresses = addresses
        self._caller = caller
        self._ring = ring
        self._secrets = secrets

    def __call__(self, message: Message, /) -> Postponed | None:
        """Deliver it, or say when to try again."""
        with self._database.transaction() as tx:
            endpoint = tx.get_one(WebhookEndpoint, message.payload["endpoint"])
            if endpoint.state != EndpointState.ACTIVE:  # 1
                dropped = Sent(status=None, failure="out_of_use", latency_ms=0)
                self._note(tx, message, dropped, outcome="dropped")
                self._give_up(tx, endpoint, message, "out_of_use", tried=message.attempts)
                return None
            if endpoint.paused_until is not None and endpoint.paused_until > self._clock.now():
                return Postponed(failure="paused", not_before=endpoint.paused_until, counts=False)
            sent = self._sent(tx, endpoint, message)
            self._note(tx, message, sent, outcome="failed" if sent.failure else "delivered")  # 4
            if sent.failure is None:
                self._recovered(tx, endpoint)
                return None
            return self._failed(tx, endpoint, message, sent)

    def _sent(self, tx: Session, endpoint: WebhookEndpoint, message: Message) -> Sent:
        try:
            target = self._addresses.target(endpoint.url)  # 2
        except DomainError:
            return Sent(status=None, failure="address_refused", latency_ms=0)
        body, now, about = body_of(message), self._clock.now(), id_of(message)
        secrets = self._secrets.live(tx, endpoint.id)
        headers = {  # 3
            **standard_headers(body=body, message_id=about, now=now, secrets=secrets),
            **signed_headers(
                url=endpoint.url, body=body, message_id=about, now=now, key=self._ring.active
            ),
        }
        return self._caller.post(target, headers=headers, body=body)

    def _note(self, tx: Session, message: Message, sent: Sent, *, outcome: str) -> None:
        now = self._clock.now()
        tx.add(
            WebhookDelivery(
                id=new_id("dlv", now),
                endpoint_id=message.payload["endpoint"],
                message_id=id_of(message),
                event=message.payload["type"],
                attempt=message.attempts + 1,
                at=now,
                outcome=outcome,
                status=sent.status,
                failure=sent.failure,
                latency_ms=sent.latency_ms,
            )
        )
        tx.flush()

    def _recovered(self, tx: Session, endpoint: WebhookEndpoint) -> None:
        if endpoint.failures:
            _write(tx, endpoint, failures=0, failing_since=None, paused_until=None)

    def _failed(
        self, tx: Session, endpoint: WebhookEndpoint, message: Message, sent: Sent
    ) -> Postponed | None:
        now, tried = self._clock.now(), message.attempts + 1
        failures, since = endpoint.failures + 1, endpoint.failing_since or now
        pause = max(PAUSES.pause(failures, jitter=1), _asked(sent))
        _write(tx, endpoint, failures=failures, failing_since=since, paused_until=now + pause)
        long = now - since >= DISABLED_AFTER and failures >= _FEWEST
        if long or sent.status == _GONE:
            _write(tx, endpoint, state=EndpointState.DISABLED, state_changed_at=now)
            reason = "gone" if sent.status == _GONE else "failing"
        elif tried >= RETRIES.most:
            reason = "attempts_used_up"
        else:
            return Postponed(failure=sent.failure or "failed", not_before=now + pause)
        self._give_up(tx, endpoint, message, reason, tried=tried)
        return None

    def _give_up(  # 5
        self, tx: Session, endpoint: WebhookEndpoint, message: Message, reason: str, *, tried: int
    ) -> None:
        if endpoint.state != EndpointState.REMOVED:
            now = self._clock.now()
            bury(tx, endpoint.id, id_of(message), reason=reason, attempts=tried, now=now)


class DeliverySweep:
    """Housekeeping of the delivery log."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def sweep(self) -> int:
        """Forget attempts of more than thirty days ago; returns how many."""
        over = delete(WebhookDelivery).where(WebhookDelivery.at < self._clock.now() - _KEEP)
        with self._database.separate() as tx:
            return len(tx.scalars(over.returning(WebhookDelivery.id)).all())


def _asked(sent: Sent) -> timedelta:
    return min(timedelta(seconds=sent.retry_after or 0), PAUSES.longest)


def id_of(message: Message) -> str:
    """What a call is known by: the event's id; a message of an earlier version has its own."""
    return str(message.payload.get("id", message.id))


def body_of(message: Message) -> bytes:
    """The body of a call: the same bytes at each attempt, also when it is replayed."""
    payload, members = message.payload, dict[str, Any]()
    at = datetime.fromisoformat(payload["at"]) if "at" in payload else message.created_at
    members |= {"type": payload["type"], "timestamp": written(at), "data": payload["data"]}
    if "sequence" in payload:
        members["sequence"] = payload["sequence"]
    return json.dumps(members, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def written(at: datetime) -> str:
    """A time as partners get it: RFC 3339, UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _write(tx: Session, endpoint: WebhookEndpoint, **values: object) -> None:
    tx.execute(
        update(WebhookEndpoint)
        .where(WebhookEndpoint.id == endpoint.id, WebhookEndpoint.state == EndpointState.ACTIVE)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
