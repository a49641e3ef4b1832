"""The access log on the wire."""

from __future__ import annotations

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from app.core.http.replies import Reply
from app.core.ids import ID_PATTERN


class AccessesQuery(BaseModel):
    """Which page of the log."""

    model_config = ConfigDict(extra="forbid")

    cursor: str | None = Field(default=None, pattern=ID_PATTERN)
    limit: int = Field(default=50, ge=1, le=100)
    since: AwareDatetime | None = None
    """Looks from this time on, such as 2026-11-23T00:00:00+08:00 (written as %2B08:00)."""
    until: AwareDatetime | None = None
    """Looks before this time."""


class WordsReply(Reply):
    """The same words in both languages."""

    zh: str
    en: str


class AccessItem(Reply):
    """One look at your data: who did what, whom they asked for which fields, why, and when."""

    id: str
    at: datetime
    actor_kind: str
    """self, terminal, system, staff or family."""
    actor: str
    """Who: such as a pharmacy's name."""
    action: str
    action_words: WordsReply
    source: str | None
    """The department's data that were asked for, where they were."""
    source_words: WordsReply | None
    outcome: str | None
    """What came of asking: live, not_found or failed; nothing was read in the last two."""
    purpose: str
    purpose_words: WordsReply
    legal_basis: WordsReply | None
    fields: list[str]
    """Names of the data that were read or asked for."""


class Accesses(Reply):
    """A page of the log, newest first."""

    items: list[AccessItem]
    next: str | None
