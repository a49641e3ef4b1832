"""Releases, tickets and draws on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply
from app.core.ids import ID_PATTERN

Mode = Literal["FIFO", "LOTTERY"]
_Id = Annotated[str, Field(min_length=1, max_length=64)]
_Text = Annotated[str, Field(min_length=1, max_length=200)]


class ReleaseBody(JsonBody):
    """A release that a hospital makes."""

    name: Annotated[str, Field(min_length=1, max_length=64)]
    mode: Mode
    session_ids: Annotated[list[_Id], Field(min_length=1, max_length=200)]
    tickets_from: AwareDatetime
    tickets_until: AwareDatetime | None = None
    """End of the entries of a lottery, `opens_at` unless given; a FIFO release gives out tickets
    until it closes."""
    opens_at: AwareDatetime
    closes_at: AwareDatetime
    """From then on the sessions are open to everybody."""
    admits_per_minute: Annotated[int, Field(ge=1, le=60_000)]
    admission_seconds: Annotated[int, Field(ge=30, le=86_400)] = 180
    most_tickets: Annotated[int, Field(ge=1, le=200_000)] = 100_000
    public_source: _Text | None = None
    """Of a lottery: which public number it will be drawn with, so that anybody can find it."""


class TicketBody(JsonBody):
    """What somebody stands in line for."""

    release_id: _Id


class DrawBody(JsonBody):
    """The public number."""

    public_value: _Text


class ReleasePath(BaseModel):
    """Which release."""

    model_config = ConfigDict(extra="forbid")

    id: _Id


class TicketPath(ReleasePath):
    """Which ticket."""


class ReleasedSessionPath(ReleasePath):
    """Which session."""


class EntriesQuery(BaseModel):
    """Which page."""

    model_config = ConfigDict(extra="forbid")

    cursor: str | None = Field(default=None, pattern=ID_PATTERN)
    limit: int = Field(default=1000, ge=1, le=5000)


class ReleaseReply(Reply):
    """A release."""

    id: str
    hospital_id: str
    name: str
    mode: Mode
    session_ids: list[str]
    tickets_from: datetime
    tickets_until: datetime
    opens_at: datetime
    closes_at: datetime
    admits_per_minute: int
    admission_seconds: int
    most_tickets: int
    commitment: str | None = None
    """Of a lottery: SHA-256 of its seed, hexadecimal."""
    public_source: str | None = None
    withdrawn_at: datetime | None = None


class HospitalReleaseReply(ReleaseReply):
    """A release, as its hospital sees it."""

    tickets: int
    used: int


class TicketReply(Reply):
    """A place in line."""

    id: str
    release_id: str
    status: Literal["UNDRAWN", "WAITING", "ADMITTED", "USED", "LAPSED", "ENDED"]
    rank: int | None = None
    ahead: int | None = None
    """How many before you are not admitted yet."""
    admits_at: datetime | None = None
    """When you are admitted; never changes."""
    admits_until: datetime | None = None
    wait_seconds: int | None = None
    poll_after_seconds: int | None = None
    """Look again after so many seconds, not earlier; left out where waiting changes nothing."""
    ticket: str
    """What a hold is asked for with. Yours alone."""


class DrawReply(Reply):
    """All that a lottery was drawn with, and nothing of who took part."""

    release_id: str
    formula: str
    commitment: str
    """SHA-256 of the seed; this and what follows in hexadecimal."""
    public_source: str
    tickets_until: datetime
    published_until: datetime
    """So long all tickets can be read, and the ranks recomputed."""
    closed_at: datetime | None = None
    entries: int | None = None
    entries_digest: str | None = None
    public_value: str | None = None
    seed: str | None = None
    drawn_at: datetime | None = None


class EntryReply(Reply):
    """One ticket."""

    ticket_id: str
    rank: int | None = None


class EntriesReply(Reply):
    """A page of tickets by their ids."""

    items: list[EntryReply]
    next: str | None = None
