"""Slips on the wire."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply
from app.core.ids import ID_PATTERN
from app.hospital.slips.service.codes import LONGEST


class SlipPath(BaseModel):
    """Of which appointment."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=ID_PATTERN)


class SlipBody(JsonBody):
    """What the desk scanned."""

    code: str = Field(min_length=1, max_length=LONGEST)


class SlipReply(Reply):
    """The appointment behind a slip, as it stands now."""

    appointment_id: str
    status: str
    """Its state."""
    current: bool
    """Nothing happened since the slip was printed."""
    number: int
    """In the queue."""
    department: str
    practitioner: str
    starts_at: datetime
    ends_at: datetime
    session: str
    """The hospital's own id."""
