"""Subscriptions to certificates on the wire."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.core.http.replies import Reply
from app.core.ids import ID_PATTERN
from app.documents.schemas.checks import CheckBody


class FollowBody(CheckBody):
    """What is printed on the certificate, and for how long its changes are wanted."""

    days: int = Field(default=90, ge=1, le=366)


class FollowingsQuery(BaseModel):
    """Which page."""

    model_config = ConfigDict(extra="forbid")

    cursor: str | None = Field(default=None, pattern=ID_PATTERN)
    limit: int = Field(default=50, ge=1, le=100)


class FollowingReply(Reply):
    """A subscription."""

    id: str
    certificate: str
    """Identifier printed on the certificate."""
    status: str
    expires_at: datetime


class FollowingsReply(Reply):
    """A page of subscriptions, newest first."""

    items: list[FollowingReply]
    next: str | None
