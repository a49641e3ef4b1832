"""Notices and webhooks on the wire."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply
from app.core.ids import ID_PATTERN


class PageQuery(BaseModel):
    """Which page of a list."""

    model_config = ConfigDict(extra="forbid")

    cursor: str | None = Field(default=None, pattern=ID_PATTERN)
    limit: int = Field(default=50, ge=1, le=100)


class NoticeItem(Reply):
    """Something you were told."""

    id: str
    at: datetime
    kind: str
    """Such as `certificate.revoked`."""
    about: str
    """Id of the certificate."""
    zh: str
    en: str


class NoticesReply(Reply):
    """A page of notices, newest first."""

    items: list[NoticeItem]
    next: str | None


class WebhookBody(JsonBody):
    """Where a partner wants to be called."""

    url: str = Field(min_length=1, max_length=500, examples=["https://partner.example/webhooks"])


class WebhookPath(BaseModel):
    """Which webhook."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=64)


class WebhookReply(Reply):
    """A webhook."""

    id: str
    url: str
    state: str
    """ACTIVE, or DISABLED after failing for days."""
    created_at: datetime
    failing_since: datetime | None
    paused_until: datetime | None
    """It is left alone until then, after failures."""


class WebhooksReply(Reply):
    """All webhooks of a partner."""

    items: list[WebhookReply]


class DeliveryItem(Reply):
    """One attempt to call a webhook."""

    id: str
    message_id: str
    """As in the header `webhook-id`."""
    event: str
    attempt: int
    at: datetime
    outcome: str
    """delivered, failed, or dropped where the webhook was out of use."""
    status: int | None
    failure: str | None
    latency_ms: int


class DeliveriesReply(Reply):
    """A page of attempts, newest first."""

    items: list[DeliveryItem]
    next: str | None
