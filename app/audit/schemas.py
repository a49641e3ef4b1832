"""The access log on the wire."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.core.http.replies import Reply
from app.core.ids import ID_PATTERN


class AccessesQuery(BaseModel):
    """Which page of the log."""

    model_config = ConfigDict(extra="forbid")

    cursor: str | None = Field(default=None, pattern=ID_PATTERN)
    limit: int = Field(default=50, ge=1, le=100)


class AccessItem(Reply):
    """One look at your data."""

    id: str
    at: datetime
    actor_kind: str
    actor: str
    action: str
    purpose: str
    fields: list[str]


class Accesses(Reply):
    """A page of the log, newest first."""

    items: list[AccessItem]
    next: str | None
