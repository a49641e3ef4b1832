"""Consents and traces of one's own face on the wire."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.core.http.replies import Reply
from app.core.ids import ID_PATTERN


class ConsentsQuery(BaseModel):
    """Which page."""

    model_config = ConfigDict(extra="forbid")

    cursor: str | None = Field(default=None, pattern=ID_PATTERN)
    limit: int = Field(default=50, ge=1, le=100)


class ConsentWordsReply(Reply):
    """A text in both languages."""

    zh: str
    en: str


class ConsentReply(Reply):
    """One consent, given for one verification and over with it."""

    id: str
    """Of the verification."""
    accepted_at: datetime
    purpose: str
    text_version: str
    text: ConsentWordsReply | None
    """What was agreed to."""
    outcome: str
    """CREATED, IN_PROGRESS, PASSED, FAILED or EXPIRED."""
    this_device: bool
    """Whether it was given on the calling device."""


class ConsentsReply(Reply):
    """A page of consents, newest first."""

    items: list[ConsentReply]
    next: str | None


class BiometricsDeletedReply(Reply):
    """What was deleted of the caller's face."""

    sessions_ended: int
    """Verifications under way that ended, with template and measurements."""
    judgements_deleted: int
    """Past ones whose figures are gone."""
    hashes_until: datetime | None
    """Hashes of frames, from which no picture and no face can be made, refuse recordings of them
    until then."""
