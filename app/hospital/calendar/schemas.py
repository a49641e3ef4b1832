"""Calendar feeds on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply

Shows = Literal["discreet", "department"]


class CalendarBody(JsonBody):
    """What the calendar may say."""

    shows: Shows = "discreet"
    """`discreet`: that there is an appointment, and when. `department`: also where."""


class CalendarPath(BaseModel):
    """Which calendar: what stands in the link."""

    model_config = ConfigDict(extra="forbid")

    secret: str = Field(max_length=64)


class CalendarLinkReply(Reply):
    """A new link. Whoever has it sees the calendar; it is told this once."""

    url: str
    shows: Shows
    created_at: datetime


class CalendarReply(Reply):
    """The link in force, but for its secret."""

    shows: Shows
    created_at: datetime
    last_read_at: datetime | None = None
    """To the hour; none: nobody has read it yet."""
