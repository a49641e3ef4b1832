"""Notices to persons; partners' webhooks and what was delivered to them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Enum,
    ForeignKey,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class Notice(Base):
    """Something a person was told. Rows are only ever added."""

    __tablename__ = "notices"
    __table_args__ = (
        CheckConstraint("zh <> '' AND en <> ''", name="in_both_languages"),
        UniqueConstraint("person_id", "message_id"),
        Index("ix_notices_person_id_id", "person_id", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    at: Mapped[datetime]
    """When it happened."""
    kind: Mapped[str]
    """Stable, such as `certificate.revoked`."""
    about: Mapped[str]
    """Id of what it is about."""
    zh: Mapped[str]
    en: Mapped[str]
    message_id: Mapped[str]
    """Of the outbox; unique, so that a repetition tells nobody twice."""


class EndpointState(StrEnum):
    """Whether a webhook is called."""

    ACTIVE = "ACTIVE"
    DISABLED = "DISABLED"
    """It failed for days, or said that it is gone; the partner may take it into use again."""
    REMOVED = "REMOVED"


class WebhookEndpoint(Base):
    """An address a partner wants to be called at."""

    __tablename__ = "webhook_endpoints"
    __table_args__ = (
        CheckConstraint("length(url) BETWEEN 1 AND 500", name="url"),
        CheckConstraint("failures >= 0", name="failures"),
        CheckConstraint("(failures = 0) = (failing_since IS NULL)", name="failing"),
        CheckConstraint("paused_until IS NULL OR failures > 0", name="paused"),
        CheckConstraint("cardinality(events) BETWEEN 1 AND 20", name="events"),
        Index(
            "uq_webhook_endpoints_merchant_id_url",
            "merchant_id",
            "url",
            unique=True,
            postgresql_where=text("state <> 'REMOVED'"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    merchant_id: Mapped[str] = mapped_column(ForeignKey("merchants.id"))
    url: Mapped[str]
    events: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    """What it is called for: types, or whole groups such as `certificate.*`."""
    state: Mapped[EndpointState] = mapped_column(
        Enum(EndpointState, native_enum=False, length=16, create_constraint=True, name="state")
    )
    created_at: Mapped[datetime]
    state_changed_at: Mapped[datetime]
    failures: Mapped[int]
    """In a row."""
    failing_since: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]
    """It is left alone until then."""


class WebhookSecret(Base):
    """A secret that calls to a webhook are signed with."""

    __tablename__ = "webhook_secrets"
    __table_args__ = (
        Index(
            "uq_webhook_secrets_endpoint_id_current",
            "endpoint_id",
            unique=True,
            postgresql_where=text("expires_at IS NULL"),
        ),
        Index("ix_webhook_secrets_endpoint_id", "endpoint_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    endpoint_id: Mapped[str] = mapped_column(ForeignKey("webhook_endpoints.id"))
    secret: Mapped[bytes]
    """Sealed; 32 bytes."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    """None: the current one; an earlier one signs too until then."""


class WebhookDelivery(Base):
    """One attempt to call a webhook."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        CheckConstraint("outcome IN ('delivered', 'failed', 'dropped')", name="outcome"),
        CheckConstraint("(outcome = 'delivered') = (failure IS NULL)", name="failure"),
        CheckConstraint("latency_ms >= 0", name="latency"),
        Index("ix_webhook_deliveries_endpoint_id_id", "endpoint_id", "id"),
        Index("ix_webhook_deliveries_at", "at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    endpoint_id: Mapped[str] = mapped_column(ForeignKey("webhook_endpoints.id"))
    message_id: Mapped[str]
    """What the partner gets as `webhook-id`: of the event."""
    event: Mapped[str]
    attempt: Mapped[int]
    """From 1."""
    at: Mapped[datetime]
    outcome: Mapped[str]
    status: Mapped[int | None]
    """HTTP status, where there was an answer."""
    failure: Mapped[str | None]
    """Stable name."""
    latency_ms: Mapped[int]


class DeadLetter(Base):
    """An event that a webhook was not told, and will not be unless the partner asks for it."""

    __tablename__ = "webhook_dead_letters"
    __table_args__ = (
        CheckConstraint(
            "reason IN ('out_of_use', 'gone', 'failing', 'attempts_used_up')", name="reason"
        ),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index(
            "ix_webhook_dead_letters_lying",
            "endpoint_id",
            "sequence",
            postgresql_where=text("replayed_at IS NULL"),
        ),
        Index("ix_webhook_dead_letters_event_id", "event_id"),
        Index("ix_webhook_dead_letters_died_at", "died_at"),
    )

    endpoint_id: Mapped[str] = mapped_column(ForeignKey("webhook_endpoints.id"), primary_key=True)
    event_id: Mapped[str] = mapped_column(
        ForeignKey("partner_events.id", ondelete="CASCADE"), primary_key=True
    )
    sequence: Mapped[int] = mapped_column(BigInteger)
    """Of the event: letters are read and replayed in its order."""
    died_at: Mapped[datetime]
    """When it was given up, the last time."""
    reason: Mapped[str]
    attempts: Mapped[int]
    """Calls that failed."""
    replayed_at: Mapped[datetime | None]
    """When it was sent on its way again; None: it lies here."""
