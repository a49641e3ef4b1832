"""Secrets that calls are signed with: one for each webhook, told once, sealed, replaceable."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.core.fields import FieldCipher, Place
from app.core.ids import new_id
from app.notifications.errors import WEBHOOK_SECRETS_TOO_MANY
from app.notifications.models import WebhookSecret
from app.notifications.service.owning import owned

PREFIX: Final = "whsec_"
"""Of a secret as partners get it (Standard Webhooks 1.0.0, signature scheme)."""
MOST: Final = 4
"""Secrets of a webhook that sign at once, the current one among them."""
_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """A new secret."""

    secret: str = field(repr=False)
    """As the partner keeps it; it is never told again."""
    earlier_until: datetime | None
    """How long the one before signs too; None: there was none."""


class WebhookSecrets:
    """Makes, replaces and reads the secrets of webhooks."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        cipher: FieldCipher,
        randomness: Callable[[int], bytes],
    ) -> None:
        """Take the ports.

        Args:
            database: where they are, sealed.
            clock: tells which ones sign.
            cipher: seals them.
            randomness: gives so many unforeseeable bytes.
        """
        self._database = database
        self._clock = clock
        self._cipher = cipher
        self._randomness = randomness

    def made(self, tx: Session, endpoint_id: str) -> str:
        """Give a webhook a new secret, in the transaction under way.

        Returns:
            The secret as the partner gets it, once: `whsec_` and base64 of 32 random bytes.
        """
        now = self._clock.now()
        row, material = new_id("whs", now), self._randomness(_BYTES)
        tx.add(
            WebhookSecret(
                id=row,
                endpoint_id=endpoint_id,
                secret=self._cipher.seal(material, _place(row)),
                created_at=now,
                expires_at=None,
            )
        )
        tx.flush()
        return PREFIX + base64.b64encode(material).decode()

    def rotate(self, merchant_id: str, endpoint_id: str, *, overlap: timedelta) -> Rotated:
        """Replace the secret.

        1. The webhook is the partner's, and held: two rotations come one after the other.
        2. There are not too many that sign, so that a call stays small.
        3. The ones before sign for the overlap at most: those that end earlier still do.

        Args:
            merchant_id: the partner.
            endpoint_id: the webhook.
            overlap: zero where somebody else may have the secret.

        Raises:
            DomainError: NOT_FOUND, WEBHOOK_SECRETS_TOO_MANY.
        """
        now = self._clock.now()
        with self._database.transaction() as tx:
            owned(tx, merchant_id, endpoint_id, hold=True)  # 1
            live = tx.scalars(select(WebhookSecret.id).where(_live(endpoint_id, now))).all()
            if overlap and len(live) >= MOST:  # 2
                raise WEBHOOK_SECRETS_TOO_MANY()
            _end(tx, endpoint_id, now + overlap)  # 3
            until = now + overlap if live else None
            return Rotated(secret=self.made(tx, endpoint_id), earlier_until=until)

    def live(self, tx: Session, endpoint_id: str) -> Sequence[bytes]:
        """What a call to a webhook is signed with now, newest first; none: it has no secret.

        Raises:
            FieldUnreadable: the database's fault, or its key is gone.
        """
        query = select(WebhookSecret).where(_live(endpoint_id, self._clock.now()))
        found = tx.scalars(query.order_by(WebhookSecret.id.desc()).limit(MOST)).all()
        return [self._cipher.open(row.secret, _place(row.id)) for row in found]


class SecretSweep:
    """Housekeeping of secrets that sign no more."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def sweep(self) -> int:
        """Forget them; returns how many."""
        over = delete(WebhookSecret).where(WebhookSecret.expires_at <= self._clock.now())
        with self._database.separate() as tx:
            return len(tx.scalars(over.returning(WebhookSecret.id)).all())


def forget_secrets(tx: Session, endpoint_id: str) -> None:
    """Delete the secrets of a webhook that is called no more."""
    tx.execute(delete(WebhookSecret).where(WebhookSecret.endpoint_id == endpoint_id))


def _end(tx: Session, endpoint_id: str, until: datetime) -> None:
    tx.execute(
        update(WebhookSecret)
        .where(WebhookSecret.endpoint_id == endpoint_id)
        # PostgreSQL's LEAST passes over NULL.
        .values(expires_at=func.least(WebhookSecret.expires_at, until))
        .execution_options(synchronize_session=False)
    )


def _live(endpoint_id: str, now: datetime) -> ColumnElement[bool]:
    ends = WebhookSecret.expires_at
    return (WebhookSecret.endpoint_id == endpoint_id) & (ends.is_(None) | (ends > now))


def _place(row: str) -> Place:
    return Place("webhook_secrets", "secret", row)
