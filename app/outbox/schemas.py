"""The outbox on the operator's wire."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.core.http.replies import Reply


class QueuedMessagePath(BaseModel):
    """Names a message."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=64)


class GivenUpReply(Reply):
    """A message that was given up."""

    id: str
    topic: str
    attempts: int
    failure: str
    """Stable name of what went wrong last."""
    dead_at: datetime


class QueueReply(Reply):
    """How the outbox stands."""

    waiting: int
    overdue_seconds: int
    """How long the oldest message that is due has been; 0 where none is. It grows where no
    dispatcher runs."""
    dead: int
    items: list[GivenUpReply]
    """The latest hundred of the dead ones."""


class RetriedReply(Reply):
    """A message that is due again."""

    id: str
